//! Who holds a unique value, in the whole installation, without saying more than the scope allows.

use std::collections::HashMap;

use linli_domain::{Permit, RecordId, Verb};
use uuid::Uuid;

use crate::{
    ReadTx, StoreError, UniqueHit,
    dialect::{Val, quoted},
    schema::{EntityPlan, values::hash_kind},
    sql::filter::push_scope,
    tx::permitted,
};

/// Making a record needs to know whether its unique values are free.
const ASK: &[Verb] =
    &[Verb::Read, Verb::Create, Verb::Edit, Verb::End, Verb::Merge, Verb::Reveal, Verb::Export, Verb::Import];

impl ReadTx<'_> {
    /// Who holds `clear` in a `unique` field.
    pub fn find_by_unique(
        &mut self,
        permit: &Permit,
        entity: &str,
        field: &str,
        clear: &str,
    ) -> Result<UniqueHit, StoreError> {
        let hits = self.find_many_by_unique(permit, entity, field, &[clear])?;
        Ok(hits.into_iter().next().unwrap_or(UniqueHit::Free))
    }

    /// Who holds each of these values in a `unique` field, in the order of `clear`, by two statements for each 1,024.
    pub fn find_many_by_unique(
        &mut self,
        permit: &Permit,
        entity: &str,
        field: &str,
        clear: &[&str],
    ) -> Result<Vec<UniqueHit>, StoreError> {
        permitted(permit, entity, ASK)?;
        let schema = self.schema.clone();
        let plan = schema.plan(entity)?;
        let kind = hash_kind(&plan.field(field)?.field.kind);
        let hashes: Vec<Vec<u8>> = clear.iter().map(|text| self.ctx.crypto.lookup(kind, text)).collect();
        let holders = self.holders(entity, field, &hashes)?;
        let ids: Vec<Uuid> = holders.values().copied().collect();
        let here = self.in_scope(plan, permit, &ids)?;
        let hit = |hash: &Vec<u8>| match holders.get(hash) {
            None => UniqueHit::Free,
            Some(id) if here.contains(id) => UniqueHit::Here(RecordId(*id)),
            Some(_) => UniqueHit::Elsewhere,
        };
        Ok(hashes.iter().map(hit).collect())
    }

    /// Holders of the claims with these hashes.
    pub(crate) fn holders(
        &mut self,
        entity: &str,
        field: &str,
        hashes: &[Vec<u8>],
    ) -> Result<HashMap<Vec<u8>, Uuid>, StoreError> {
        let mut holders = HashMap::new();
        for chunk in hashes.chunks(1024) {
            let mut sql = self.sql("SELECT hash, id FROM linli_claim WHERE entity = ");
            sql.bind(Val::text(entity)).push(" AND field = ").bind(Val::text(field)).push(" AND hash IN (");
            let rest = chunk.len().next_power_of_two() - chunk.len();
            let padded = chunk.iter().chain(std::iter::repeat_n(&chunk[0], rest));
            sql.bind_all(padded.map(|hash| Val::Bytes(hash.clone()))).push(")");
            for (hash, id) in self.rows(&sql, |row| Ok((row.bytes(0)?, row.id(1)?)))? {
                holders.insert(hash, id);
            }
        }
        Ok(holders)
    }

    /// Which of these records lie in the scope.
    pub(crate) fn in_scope(
        &mut self,
        plan: &EntityPlan,
        permit: &Permit,
        ids: &[Uuid],
    ) -> Result<Vec<Uuid>, StoreError> {
        let mut here = Vec::new();
        for chunk in ids.chunks(1024) {
            let mut sql = self.sql(format!("SELECT id FROM {} WHERE id IN (", quoted(&plan.table)));
            let rest = chunk.len().next_power_of_two() - chunk.len();
            let padded = chunk.iter().chain(std::iter::repeat_n(&chunk[0], rest));
            sql.bind_all(padded.map(|id| Val::Id(*id))).push(") AND ");
            push_scope(&mut sql, "path", permit.scope());
            here.extend(self.rows(&sql, |row| row.id(0))?);
        }
        Ok(here)
    }
}
