//! How much of what a form would ask is held already.

use std::collections::BTreeMap;

use linli_domain::{AreaPath, Permit, record::ListQuery};

use crate::{
    ReadTx, StoreError,
    dialect::quoted,
    schema::{EntityPlan, Storage, values::path},
    tx::{LOOK, permitted},
};

/// Records of a place, and of how many each field is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Records.
    pub records: u64,
    /// Known, in the order the fields were asked for.
    pub known: Vec<u64>,
}

impl Coverage {
    /// Adds another place's.
    pub fn add(&mut self, more: &Self) {
        self.records += more.records;
        self.known.resize(self.known.len().max(more.known.len()), 0);
        for (sum, known) in self.known.iter_mut().zip(&more.known) {
            *sum += known;
        }
    }
}

impl ReadTx<'_> {
    /// Of how many living records of a list each field is known, by the area at `depth` path segments; one statement.
    /// Sealed fields count too: only whether something is known is told.
    pub fn coverage(
        &mut self,
        permit: &Permit,
        query: &ListQuery,
        fields: &[&str],
        depth: usize,
    ) -> Result<BTreeMap<AreaPath, Coverage>, StoreError> {
        permitted(permit, &query.entity, LOOK)?;
        let schema = self.schema.clone();
        let plan = schema.plan(&query.entity)?;
        let counts = counts(plan, fields)?;
        let mut sql = self.sql(format!("SELECT path, count(*){counts} FROM {} WHERE ", quoted(&plan.table)));
        self.filter(plan, permit, query).push(&mut sql)?;
        sql.push(" GROUP BY path");
        let mut covered: BTreeMap<String, Coverage> = BTreeMap::new();
        self.query(&sql, &mut |row| {
            let count = |at: usize| Ok::<_, StoreError>(u64::try_from(row.int(at)?).unwrap_or_default());
            let known = (0..fields.len()).map(|at| count(at + 2)).collect::<Result<Vec<_>, _>>()?;
            let place = row.text(0)?;
            let end = place.match_indices('/').nth(depth.max(1) - 1).map_or(place.len(), |(at, _)| at);
            covered.entry(place[..end].to_owned()).or_default().add(&Coverage { records: count(1)?, known });
            Ok(())
        })?;
        covered.into_iter().map(|(place, coverage)| Ok((path(&place)?, coverage))).collect()
    }
}

fn counts(plan: &EntityPlan, fields: &[&str]) -> Result<String, StoreError> {
    let mut text = String::new();
    for name in fields {
        let column = match &plan.field(name)?.storage {
            Storage::Open { column, .. } | Storage::Name { column, .. } => column,
            Storage::Sealed { hash, .. } => hash,
        };
        text.push_str(&format!(", count({column})"));
    }
    Ok(text)
}
