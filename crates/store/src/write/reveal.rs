//! Sensitive values in clear.

use linli_domain::{Permit, RecordId, Verb};
use serde_json::json;

use crate::{
    StoreError, WriteError, WriteTx,
    dialect::{Val, quoted},
    schema::Storage,
    sql::filter::push_scope,
    tables::NewAudit,
    tx::permitted,
};

impl WriteTx<'_> {
    /// A sensitive value in clear (verb `Reveal`); the audit entry, with the purpose and the network address of whoever asks,
    /// is part of the same transaction. Empty text when the value is unknown.
    pub fn reveal(
        &mut self,
        permit: &Permit,
        entity: &str,
        id: RecordId,
        field: &str,
        purpose: &str,
        address: Option<&str>,
    ) -> Result<String, WriteError> {
        permitted(permit, entity, &[Verb::Reveal])?;
        if purpose.trim().is_empty() {
            return Err(StoreError::NotPermitted("a sensitive value is only revealed for a purpose".into()).into());
        }
        let schema = self.schema.clone();
        let plan = schema.plan(entity)?;
        let Storage::Sealed { sealed, .. } = &plan.field(field)?.storage else {
            return Err(StoreError::query(format!("`{field}` is not sensitive")).into());
        };
        let mut sql = self.sql(format!("SELECT path, {sealed} FROM {} WHERE id = ", quoted(&plan.table)));
        sql.bind(Val::Id(id.0)).push(" AND ");
        push_scope(&mut sql, "path", permit.scope());
        let found = self.first(&sql, |row| Ok((row.text(0)?, row.maybe_bytes(1)?)))?;
        let (path, bytes) = found.ok_or(WriteError::NotFound)?;
        let clear = match bytes {
            Some(bytes) => self.ctx.crypto.open(&plan.place(field, id), &bytes)?,
            None => String::new(),
        };
        self.audit(NewAudit {
            account: permit.account(),
            name: permit.actor_name().to_owned(),
            action: "reveal".into(),
            subject: entity.into(),
            reference: id.to_string(),
            area: Some(crate::schema::values::path(&path)?),
            detail: json!({ "field": field, "purpose": purpose }),
            address: address.map(str::to_owned),
        })?;
        Ok(clear)
    }
}
