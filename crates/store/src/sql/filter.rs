//! The `WHERE` of a list: scope first, then what was asked.

use jiff::civil::Date;
use linli_domain::{
    AreaPath, FieldKind, Scope, Value,
    record::{Condition, ListQuery},
};

use super::{Sql, after_prefix, expr, order::Order};
use crate::{
    StoreError,
    crypto::Crypto,
    dialect::{Val, quoted},
    schema::{
        EntityPlan, FieldPlan, Storage,
        values::{check, encode, hash_kind},
    },
};

/// What a list's `WHERE` is made from.
pub(crate) struct Filter<'a> {
    pub(crate) plan: &'a EntityPlan,
    pub(crate) crypto: &'a Crypto,
    pub(crate) scope: Scope,
    pub(crate) query: &'a ListQuery,
    pub(crate) today: Date,
}

impl Filter<'_> {
    /// Appends the condition; begins with the scope.
    pub(crate) fn push(&self, sql: &mut Sql) -> Result<(), StoreError> {
        push_scope(sql, "path", &self.scope);
        if !self.query.with_ended {
            sql.push(" AND ended_on IS NULL");
        }
        for condition in &self.query.conditions {
            sql.push(" AND ");
            self.condition(sql, condition)?;
        }
        if let Some(filter) = &self.query.filter {
            sql.push(" AND ");
            expr::condition(sql, self.plan, filter, self.today)?;
        }
        if let Some(search) = self.query.search.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            sql.push(" AND ");
            self.search(sql, search);
        }
        Ok(())
    }

    /// Whether an index narrows the list by more than its area and the covering index's fields.
    pub(crate) fn is_pointed(&self) -> bool {
        let pointed = |condition: &Condition| match condition {
            Condition::Exact(..) | Condition::Prefix(..) => true,
            Condition::In(name, values) => {
                let reference = |field: &FieldPlan| matches!(field.field.kind, FieldKind::Ref { .. });
                !values.is_empty() && self.plan.field(name).is_ok_and(reference)
            }
            _ => false,
        };
        self.query.conditions.iter().any(pointed) || self.query.search.is_some()
    }

    fn condition(&self, sql: &mut Sql, condition: &Condition) -> Result<(), StoreError> {
        match condition {
            Condition::In(name, values) => self.one_of(sql, name, values),
            Condition::Between(name, low, high) => {
                let (field, column) = self.open(name)?;
                sql.push("(").push(column).push(" IS NOT NULL");
                for (bound, operator) in [(low, " >= "), (high, " <= ")] {
                    check(field, bound)?;
                    if !bound.is_null() {
                        sql.push(" AND ").push(column).push(operator).bind(encode(bound));
                    }
                }
                sql.push(")");
                Ok(())
            }
            Condition::Prefix(name, prefix) => {
                let (_, column) = self.open(name)?;
                push_prefix(sql, column, prefix);
                Ok(())
            }
            Condition::Known(name, known) => {
                let column = match &self.plan.field(name)?.storage {
                    Storage::Open { column, .. } | Storage::Name { column, .. } => column,
                    Storage::Sealed { hash, .. } => hash,
                };
                sql.push(column).push(if *known { " IS NOT NULL" } else { " IS NULL" });
                Ok(())
            }
            Condition::Exact(name, clear) => {
                let field = self.plan.field(name)?;
                match &field.storage {
                    Storage::Sealed { .. } => self.sealed_is(sql, field, clear),
                    Storage::Open { column, .. } | Storage::Name { column, .. } if field.field.kind.is_text() => {
                        sql.push(column).push(" = ").bind(Val::text(clear));
                    }
                    _ => return Err(StoreError::query(format!("`{name}` is not text"))),
                }
                Ok(())
            }
        }
    }

    fn hash(&self, field: &FieldPlan, clear: &str) -> Val {
        Val::Bytes(self.crypto.lookup(hash_kind(&field.field.kind), clear))
    }

    fn open(&self, name: &str) -> Result<(&FieldPlan, &str), StoreError> {
        let field = self.plan.field(name)?;
        let column = field.open_column();
        let column =
            column.ok_or_else(|| StoreError::query(format!("`{name}` is sensitive: only exact values are found")))?;
        Ok((field, column))
    }

    fn one_of(&self, sql: &mut Sql, name: &str, values: &[Value]) -> Result<(), StoreError> {
        let (field, column) = self.open(name)?;
        if values.is_empty() {
            sql.push("1 = 0");
            return Ok(());
        }
        let known: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
        let mut parts = Vec::new();
        if matches!(field.field.kind, FieldKind::Codes { .. }) {
            if known.len() == values.len() {
                // Said so that the index of records with codes can be used.
                sql.push(column).push(" IS NOT NULL AND ");
            }
            for value in &known {
                let codes: Vec<&str> = match value {
                    Value::Codes(codes) => codes.iter().map(String::as_str).collect(),
                    Value::Text(code) => vec![code],
                    _ => return Err(StoreError::query(format!("a value of another type for `{name}`"))),
                };
                for code in codes {
                    let param = sql.param(Val::Text(format!("|{code}|")));
                    parts.push(sql.dialect.contains(column, &param));
                }
            }
        } else if !known.is_empty() {
            let mut params = Vec::new();
            for value in &known {
                check(field, value)?;
                params.push(sql.param(encode(value)));
            }
            parts.push(match params.as_slice() {
                [one] => format!("{column} = {one}"),
                many => format!("{column} IN ({})", many.join(", ")),
            });
        }
        if known.len() < values.len() {
            parts.push(format!("{column} IS NULL"));
        }
        let text = if parts.is_empty() { "1 = 0".to_owned() } else { format!("({})", parts.join(" OR ")) };
        sql.push(&text);
        Ok(())
    }

    /// Rows whose sealed field has this value. Living holders of a unique value are found by its claim, others by the hash.
    fn sealed_is(&self, sql: &mut Sql, field: &FieldPlan, clear: &str) {
        let Storage::Sealed { hash: column, .. } = &field.storage else { return };
        let hash = self.hash(field, clear);
        sql.push("(").push(column).push(" = ").bind(hash.clone());
        if field.field.unique && self.query.as_of.is_none() {
            sql.push(" AND id IN (SELECT id FROM linli_claim WHERE hash = ").bind(hash.clone());
            sql.push(" AND entity = ").bind(Val::text(&self.plan.entity.name));
            sql.push(" AND field = ").bind(Val::text(&field.field.name));
            if self.query.with_ended {
                sql.push(" UNION ALL SELECT id FROM ")
                    .push(&quoted(&self.plan.table))
                    .push(" WHERE ended_on IS NOT NULL AND ");
                sql.push(column).push(" = ").bind(hash);
            }
            sql.push(")");
        }
        sql.push(")");
    }

    /// What was typed into the search box: the beginning of a name or its initials, or an exact sensitive value.
    fn search(&self, sql: &mut Sql, text: &str) {
        let fields: Vec<&FieldPlan> =
            self.plan.fields.iter().filter(|field| field.field.search && self.may_hit(field, text)).collect();
        match fields.as_slice() {
            [] => drop(sql.push("1 = 0")),
            [field] => self.search_in(sql, field, text),
            // Each part by its own index: neither database joins all of them by itself.
            many if self.query.as_of.is_none() => {
                sql.push("id IN (");
                for (at, field) in many.iter().enumerate() {
                    sql.push(if at > 0 { " UNION ALL SELECT id FROM " } else { "SELECT id FROM " });
                    sql.push(&quoted(&self.plan.table)).push(" WHERE ");
                    self.search_in(sql, field, text);
                }
                sql.push(")");
            }
            many => {
                for (at, field) in many.iter().enumerate() {
                    sql.push(if at > 0 { " OR " } else { "(" });
                    self.search_in(sql, field, text);
                }
                sql.push(")");
            }
        }
    }

    fn search_in(&self, sql: &mut Sql, field: &FieldPlan, text: &str) {
        match self.prefix_column(field, text) {
            Some(column) if column.ends_with("_py\"") => push_prefix(sql, column, &text.to_ascii_lowercase()),
            Some(column) => push_prefix(sql, column, text),
            None => self.sealed_is(sql, field, text),
        }
    }

    /// Whether a search for `text` can find anything in a field.
    fn may_hit(&self, field: &FieldPlan, text: &str) -> bool {
        self.prefix_column(field, text).is_some() || (field.is_sealed() && is_number_like(text))
    }

    /// The column whose beginning `text` may be.
    fn prefix_column<'p>(&self, field: &'p FieldPlan, text: &str) -> Option<&'p str> {
        match &field.storage {
            Storage::Name { column, .. } if !text.is_ascii() => Some(column),
            Storage::Name { initials, .. } if text.bytes().all(|byte| byte.is_ascii_alphabetic()) => Some(initials),
            Storage::Open { column, .. } if field.field.kind.is_text() => Some(column),
            _ => None,
        }
    }

    /// The order a search without sort order is answered in, and what it walks along there: a name or its initials, if that
    /// is all the search can hit.
    pub(crate) fn search_walks(&self) -> Option<(Order, String)> {
        let text = self.query.search.as_deref()?.trim();
        let mut found = self.plan.fields.iter().filter(|field| field.field.search && self.may_hit(field, text));
        let first = found.next().filter(|_| !text.is_empty())?;
        let (Storage::Name { column, initials }, None) = (&first.storage, found.next()) else { return None };
        Some(match text.is_ascii() {
            true => (Order::along(&[initials, column]), text.to_ascii_lowercase()),
            false => (Order::along(&[column]), text.to_owned()),
        })
    }

    /// The narrowest covering index of what is asked for: records with some of the codes of a list, or all of the scope.
    pub(crate) fn facet(&self) -> &str {
        let tagged = self.query.conditions.iter().find_map(|condition| match condition {
            Condition::In(name, values) if !values.is_empty() && !values.iter().any(Value::is_null) => {
                self.plan.tags.get(name)
            }
            _ => None,
        });
        tagged.unwrap_or(&self.plan.facet)
    }

    /// Whether [`Self::facet`] is one of few records.
    pub(crate) fn is_tagged(&self) -> bool {
        self.query.as_of.is_none() && self.facet() != self.plan.facet
    }
}

/// Only what holds a digit can be an identity number, a phone or a code.
fn is_number_like(text: &str) -> bool {
    text.chars().any(char::is_numeric)
}

/// Text that begins with `prefix`, as a range an index can answer.
pub(crate) fn push_prefix(sql: &mut Sql, column: &str, prefix: &str) {
    sql.push("(").push(column).push(" >= ").bind(Val::text(prefix));
    if let Some(end) = after_prefix(prefix) {
        sql.push(" AND ").push(column).push(" < ").bind(Val::Text(end));
    }
    sql.push(")");
}

/// The rows at or below the areas of a scope, as one range, or one range around several.
pub(crate) fn push_scope(sql: &mut Sql, column: &str, scope: &Scope) {
    let Scope::Areas(areas) = scope else {
        sql.push("1 = 1");
        return;
    };
    // A path's own rows and those below are `path ≤ row < path + '0'`: only `/` sorts before `0` there.
    let end = |area: &AreaPath| area.below().1;
    let range = |sql: &mut Sql, low: String, high: String| {
        sql.push(column).push(" >= ").bind(Val::Text(low));
        sql.push(" AND ").push(column).push(" < ").bind(Val::Text(high));
    };
    match areas.as_slice() {
        [] => {
            sql.push("1 = 0");
        }
        [area] => range(sql, area.as_str().to_owned(), end(area)),
        [first, .., _] => {
            let last = areas.iter().map(end).max().unwrap_or_default();
            let low = areas.iter().map(AreaPath::as_str).min().unwrap_or(first.as_str()).to_owned();
            range(sql, low, last);
            sql.push(" AND (");
            for (at, area) in areas.iter().enumerate() {
                sql.push(if at > 0 { " OR (" } else { "(" });
                range(sql, area.as_str().to_owned(), end(area));
                sql.push(")");
            }
            sql.push(")");
        }
    }
}
