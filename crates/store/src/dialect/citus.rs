//! Citus: the same tables, distributed by their first key column or copied to every node.

use super::quoted;
use crate::schema::table::{Spread, Table};

/// Statement that spreads a new table over the nodes.
pub(crate) fn spread(table: &Table) -> Option<String> {
    let name = quoted(&table.name).replace('\'', "''");
    match &table.spread {
        Spread::By(column) => Some(format!("SELECT create_distributed_table('{name}', '{column}')")),
        Spread::Everywhere => Some(format!("SELECT create_reference_table('{name}')")),
        Spread::Local => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_register_is_distributed_by_home() {
        let table = Table { name: "people_resident".into(), spread: Spread::By("home"), ..Table::default() };
        assert_eq!(spread(&table).as_deref(), Some("SELECT create_distributed_table('\"people_resident\"', 'home')"));
    }
}
