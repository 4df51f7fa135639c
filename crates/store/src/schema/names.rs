//! Names of tables, columns and indexes, made from the Catalogue's.

use sha2::{Digest, Sha256};

/// Longest identifier PostgreSQL keeps, less what is appended.
const LONGEST: usize = 48;

/// Columns every register has.
pub(crate) const META: [&str; 14] = [
    "home",
    "id",
    "path",
    "version",
    "since",
    "created",
    "by_name",
    "by_id",
    "source_kind",
    "source_ref",
    "ended_on",
    "ended_reason",
    "merged_into",
    "change",
];

/// Table of an entity: `people/resident` → `people_resident`.
pub(crate) fn table(entity: &str) -> String {
    short(&entity.replace('/', "_"))
}

/// Table of an entity's past versions.
pub(crate) fn past(entity: &str) -> String {
    format!("{}_past", table(entity))
}

/// Column of a field. A field that is called like a column of every register gets an underscore.
pub(crate) fn column(field: &str) -> String {
    let name = short(field);
    if META.contains(&name.as_str()) || name == "until" { format!("{name}_") } else { name }
}

/// Index of a table on columns.
pub(crate) fn index(table: &str, what: &str, columns: &[String]) -> String {
    let mut digest = hex::encode(Sha256::digest(columns.join(",").as_bytes()));
    digest.truncate(6);
    format!("{}_{what}_{digest}", shortened(table, 38))
}

fn short(name: &str) -> String {
    shortened(name, LONGEST)
}

/// The name itself when it is short enough, else its beginning and a digest.
fn shortened(name: &str, longest: usize) -> String {
    if name.len() <= longest {
        return name.to_owned();
    }
    let digest = hex::encode(Sha256::digest(name.as_bytes()));
    let mut end = longest - 9;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}_{}", &name[..end], &digest[..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_called_like_a_meta_column_gets_its_own() {
        assert_eq!(column("path"), "path_");
        assert_eq!(column("birth_date"), "birth_date");
    }

    #[test]
    fn no_name_is_longer_than_postgresql_keeps() {
        let long = "x".repeat(200);
        assert!(past(&long).len() < 63 && index(&past(&long), "facet", std::slice::from_ref(&long)).len() < 63);
        assert_ne!(table(&long), table(&format!("{long}y")));
    }
}
