//! Claims: one row for each unique value of a living record, keyed by the value's hash, so that uniqueness holds over all
//! communities without an index that would span them.

use linli_domain::{Permit, RecordId};

use crate::{
    Holder, StoreError, WriteError, WriteTx,
    dialect::Val,
    schema::{
        EntityPlan, FieldPlan, Storage,
        values::{clear_text, decode, hash_kind},
    },
    write::later::FEW,
};

/// A claim that is to be made.
pub(crate) struct Claim<'p> {
    pub(crate) hash: Vec<u8>,
    pub(crate) field: &'p FieldPlan,
    pub(crate) home: String,
    pub(crate) id: RecordId,
}

pub(crate) const COLUMNS: &str = "hash, entity, field, home, id";

/// Hash of a field's value in the cells of a row.
pub(crate) fn claim_hash(tx: &WriteTx<'_>, field: &FieldPlan, cells: &[Val]) -> Result<Option<Vec<u8>>, StoreError> {
    if let Storage::Sealed { .. } = field.storage {
        return Ok(match cells.get(field.first + 1) {
            Some(Val::Bytes(hash)) => Some(hash.clone()),
            _ => None,
        });
    }
    let kind = &field.field.kind;
    let clear = clear_text(&decode(cells, field.first, kind)?, kind);
    Ok(clear.map(|clear| tx.ctx.crypto.lookup(hash_kind(kind), &clear)))
}

impl WriteTx<'_> {
    /// Makes claims by few statements; refuses with the first that is taken. A few wait for the end of their batch.
    pub(crate) fn claim(&mut self, permit: &Permit, plan: &EntityPlan, claims: &[Claim<'_>]) -> Result<(), WriteError> {
        if claims.is_empty() {
            return Ok(());
        }
        let row = |claim: &Claim<'_>| {
            vec![
                Val::Bytes(claim.hash.clone()),
                Val::text(&plan.entity.name),
                Val::text(&claim.field.field.name),
                Val::text(&claim.home),
                Val::Id(claim.id.0),
            ]
        };
        let rows = claims.iter().map(row);
        if self.later.is_on() && claims.len() <= FEW {
            self.later.claims(rows);
            return Ok(());
        }
        let schema = self.schema.clone();
        if self.insert_now(&[(&schema.claims, rows.collect())])? < claims.len() as u64 {
            self.refuse_taken(permit, plan, claims)?;
        }
        Ok(())
    }

    fn refuse_taken(&mut self, permit: &Permit, plan: &EntityPlan, claims: &[Claim<'_>]) -> Result<(), WriteError> {
        for claim in claims {
            let name = &claim.field.field.name;
            let holders = self.holders(&plan.entity.name, name, std::slice::from_ref(&claim.hash))?;
            let Some(holder) = holders.get(&claim.hash).filter(|holder| **holder != claim.id.0) else {
                continue;
            };
            let here = self.in_scope(plan, permit, &[*holder])?;
            // A value given twice in one call is held by a record of that call, which has no row yet.
            let own = claims.iter().any(|other| other.id.0 == *holder);
            let holder = if own || here.contains(holder) { Holder::Here(RecordId(*holder)) } else { Holder::Elsewhere };
            return Err(WriteError::Taken { field: name.clone(), holder, id: claim.id });
        }
        Ok(())
    }

    /// Follows a change of a row: frees claims it no longer needs, makes those it needs now.
    pub(crate) fn reclaim(
        &mut self,
        permit: &Permit,
        plan: &EntityPlan,
        old: &[Val],
        new: &[Val],
    ) -> Result<(), WriteError> {
        let (Some(Val::Id(id)), Some(Val::Text(home))) = (new.get(1), new.first()) else {
            return Err(StoreError::Corrupt("a row without key".into()).into());
        };
        let lives = |cells: &[Val]| cells.get(10).is_none_or(Val::is_null);
        let mut claims = Vec::new();
        for field in plan.fields.iter().filter(|field| field.field.unique) {
            let before = if lives(old) { claim_hash(self, field, old)? } else { None };
            let after = if lives(new) { claim_hash(self, field, new)? } else { None };
            if before == after && old.first() == new.first() {
                continue;
            }
            if let Some(hash) = before {
                let mut sql = self.sql("DELETE FROM linli_claim WHERE hash = ");
                sql.bind(Val::Bytes(hash)).push(" AND entity = ").bind(Val::text(&plan.entity.name));
                sql.push(" AND field = ").bind(Val::text(&field.field.name)).push(" AND id = ").bind(Val::Id(*id));
                self.run(&sql)?;
            }
            if let Some(hash) = after {
                claims.push(Claim { hash, field, home: home.clone(), id: RecordId(*id) });
            }
        }
        self.claim(permit, plan, &claims)
    }
}
