//! Counts answered by a tally.

use linli_domain::{
    FieldKind, Permit, Scope, Value,
    record::{Condition, ListQuery},
};

use super::{DEPTH, FIELDS, is_coded, mark};
use crate::{
    ReadTx, StoreError,
    dialect::Val,
    schema::{EntityPlan, values::encode},
    sql::filter::push_scope,
};

/// A count that a tally can answer: fields, each with the values that count.
struct Question {
    fields: Vec<(String, Vec<String>)>,
}

impl Question {
    /// `None` when the count needs more than codes of living records.
    fn of(plan: &EntityPlan, query: &ListQuery) -> Option<Self> {
        let searched = query.search.as_deref().is_some_and(|text| !text.trim().is_empty());
        if searched || query.as_of.is_some() || query.with_ended || query.filter.is_some() {
            return None;
        }
        let mut fields: Vec<(String, Vec<String>)> = Vec::new();
        for condition in &query.conditions {
            let Condition::In(name, values) = condition else { return None };
            let field = plan.field(name).ok().filter(|field| is_coded(field))?;
            let fits = |value: &Value| match value {
                Value::Null => true,
                Value::Text(_) => matches!(field.field.kind, FieldKind::Code { .. }),
                Value::Bool(_) => matches!(field.field.kind, FieldKind::Bool),
                _ => false,
            };
            if values.is_empty() || !values.iter().all(fits) || fields.iter().any(|(known, _)| known == name) {
                return None;
            }
            fields.push((name.clone(), values.iter().map(|value| mark(&encode(value))).collect()));
        }
        (fields.len() <= FIELDS).then_some(Self { fields })
    }
}

impl ReadTx<'_> {
    /// The count by a tally; `None` when there is none. Then one may be asked for.
    pub(crate) fn tallied(
        &mut self,
        plan: &EntityPlan,
        permit: &Permit,
        query: &ListQuery,
    ) -> Result<Option<u64>, StoreError> {
        // What this transaction wrote is not in the tallies yet.
        if !self.is_reading || !self.ctx.dialect.is_sqlite() {
            return Ok(None);
        }
        let Some(question) = Question::of(plan, query) else { return Ok(None) };
        let scope = self.filter(plan, permit, query).scope;
        if let Scope::Areas(areas) = &scope
            && (areas.is_empty() || areas.iter().any(|area| area.as_str().split('/').count() > DEPTH))
        {
            return Ok(None);
        }
        let asked: Vec<&String> = question.fields.iter().map(|(name, _)| name).collect();
        let tallies = super::all(self.conn)?;
        let fitting = tallies
            .iter()
            .filter(|tally| tally.entity == plan.entity.name && asked.iter().all(|name| tally.fields.contains(name)));
        let Some(tally) = fitting.min_by_key(|tally| tally.fields.len()) else {
            if self.is_large(plan, &scope)? {
                let mut fields: Vec<String> = asked.into_iter().cloned().collect();
                fields.sort();
                self.ctx.wishes.ask(&plan.entity.name, fields);
            }
            return Ok(None);
        };
        self.ctx.wishes.use_of(tally.id);
        let mut sql = self.sql("SELECT coalesce(sum(n), 0) FROM linli_tally_row WHERE tally = ");
        sql.bind(Val::Int(tally.id)).push(" AND ");
        push_scope(&mut sql, "path", &scope);
        for (name, values) in &question.fields {
            let at = tally.fields.iter().position(|field| field == name).unwrap_or_default();
            sql.push(&format!(" AND v{} IN (", at + 1)).bind_all(values.iter().map(Val::text)).push(")");
        }
        let count = self.first(&sql, |row| row.int(0))?.unwrap_or_default();
        Ok(Some(u64::try_from(count).unwrap_or_default()))
    }

    /// Whether counting the scope's rows takes long.
    fn is_large(&mut self, plan: &EntityPlan, scope: &Scope) -> Result<bool, StoreError> {
        let large = self.ctx.wishes.large();
        let mut sql = self.sql(format!(
            "SELECT count(*) FROM (SELECT 1 FROM {} WHERE ",
            self.ctx.dialect.by_index(&plan.table, &plan.facet)
        ));
        push_scope(&mut sql, "path", scope);
        sql.push(&format!(" LIMIT {large}) AS probe"));
        Ok(self.first(&sql, |row| row.int(0))?.unwrap_or_default() >= large)
    }
}
