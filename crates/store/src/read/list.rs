//! Lists: pages that stay fast at a million rows.
//!
//! A page is looked for in two ways. First along the index of its sort order, for a bounded number of rows: a list that
//! most rows belong to fills its page there. Failing that, the filter decides how the table is read (the covering index of
//! area and filter fields, or a pointed index), and only the rows of the page are fetched. Neither needs statistics.

use linli_domain::{
    Permit, Record, Scope, Verb,
    record::{ListQuery, Page},
};

use crate::{
    ReadTx, StoreError,
    dialect::{Val, quoted},
    schema::{EntityPlan, values::record},
    sql::{
        Sql,
        filter::{Filter, push_prefix, push_scope},
        order::{Cursor, Order},
    },
    tx::{Clear, LOOK, permitted},
};

/// Rows walked along the sort order before the filter is asked.
const WALK: i64 = 4_000;
/// A scope of fewer rows is read whole.
const SMALL: i64 = 3_000;
/// Most records of a page.
const PAGE: u32 = 1_000;

impl ReadTx<'_> {
    /// A page of a list.
    pub fn list(&mut self, permit: &Permit, query: &ListQuery) -> Result<Page, StoreError> {
        permitted(permit, &query.entity, LOOK)?;
        let schema = self.schema.clone();
        let plan = schema.plan(&query.entity)?;
        let limit = query.limit.clamp(1, PAGE) as usize;
        let scope = self.filter(plan, permit, query).scope;
        let small = query.as_of.is_none() && self.is_small(plan, &scope)?;
        let filter = self.filter(plan, permit, query);
        let walked = if query.sort.is_empty() && query.as_of.is_none() { filter.search_walks() } else { None };
        let (order, prefix) = match walked {
            // A search by name or initials is answered in their order.
            Some((order, prefix)) => (order, Some(prefix)),
            None => (Order::of(plan, &query.sort)?, None),
        };
        let cursor = query.after.as_deref().map(Cursor::from_text).transpose()?;
        let prefix = prefix.as_deref();
        let list = List { plan, filter: &filter, order: &order, cursor: cursor.as_ref(), limit: limit + 1, prefix };
        let walk =
            query.as_of.is_none() && !small && order.is_indexed(plan) && (prefix.is_some() || !filter.is_pointed());
        let (walk, ask) = (walk.then(|| list.walk(self)).transpose()?, list.ask(self, small)?);
        let all = prefix.map(|prefix| list.found(self, prefix));
        if let Some(sql) = walk {
            let rows = self.page_rows(&sql, plan, &order)?;
            if rows.len() > limit {
                return page(rows, limit);
            }
            // Everything that begins like this was walked along: there is no more.
            if let Some(all) = all
                && self.first(&all, |row| row.int(0))?.unwrap_or_default() < WALK
            {
                return page(rows, limit);
            }
        }
        let rows = self.page_rows(&ask, plan, &order)?;
        page(rows, limit)
    }

    fn page_rows(&mut self, sql: &Sql, plan: &EntityPlan, order: &Order) -> Result<Vec<(Record, Cursor)>, StoreError> {
        self.rows(sql, |row| Ok((record(row, plan)?, order.cursor(row, plan.visible())?)))
    }

    /// Whether so few rows lie in the scope that they are best read whole.
    pub(crate) fn is_small(&mut self, plan: &EntityPlan, scope: &Scope) -> Result<bool, StoreError> {
        if matches!(scope, Scope::Everywhere) {
            return Ok(false);
        }
        let table = self.ctx.dialect.by_index(&plan.table, &plan.facet);
        let mut sql = self.sql(format!("SELECT count(*) FROM (SELECT 1 FROM {table} WHERE "));
        push_scope(&mut sql, "path", scope);
        sql.push(&format!(" LIMIT {SMALL}) AS probe"));
        Ok(self.first(&sql, |row| row.int(0))?.unwrap_or_default() < SMALL)
    }

    /// Every record of a list (its limit and cursor do not count), streamed.
    pub fn scan(
        &mut self,
        permit: &Permit,
        query: &ListQuery,
        each: &mut dyn FnMut(Record) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        permitted(permit, &query.entity, LOOK)?;
        let schema = self.schema.clone();
        let plan = schema.plan(&query.entity)?;
        let sql = self.scan_sql(permit, query, plan, &plan.select)?;
        self.query(&sql, &mut |row| each(record(row, plan)?))
    }

    /// [`Self::scan`] with the sensitive values in clear, for record linkage (`Import`) and unmasked exports (`Reveal`).
    /// The caller audits.
    pub fn scan_plain(
        &mut self,
        permit: &Permit,
        query: &ListQuery,
        each: &mut dyn FnMut(Record, Clear) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        permitted(permit, &query.entity, &[Verb::Import, Verb::Reveal])?;
        let schema = self.schema.clone();
        let plan = schema.plan(&query.entity)?;
        let sealed: Vec<_> = plan.fields.iter().filter(|field| field.is_sealed()).collect();
        let mut columns = plan.select.clone();
        for field in &sealed {
            columns.push_str(", ");
            columns.push_str(field.column_names()[0]);
        }
        let sql = self.scan_sql(permit, query, plan, &columns)?;
        let ctx = self.ctx;
        self.query(&sql, &mut |row| {
            let record = record(row, plan)?;
            let mut clear = Clear::new();
            for (offset, field) in sealed.iter().enumerate() {
                if let Some(bytes) = row.maybe_bytes(plan.visible() + offset)? {
                    let place = plan.place(&field.field.name, record.id);
                    clear.insert(field.field.name.clone(), ctx.crypto.open(&place, &bytes)?);
                }
            }
            each(record, clear)
        })
    }

    fn scan_sql(
        &self,
        permit: &Permit,
        query: &ListQuery,
        plan: &EntityPlan,
        columns: &str,
    ) -> Result<Sql, StoreError> {
        let filter = self.filter(plan, permit, query);
        let mut sql = self.sql(format!("SELECT {columns} FROM "));
        push_rows(&mut sql, plan, query, None);
        sql.push(" WHERE ");
        filter.push(&mut sql)?;
        // Oldest first, unless the list says otherwise: then nobody need sort a million rows.
        if query.sort.is_empty() {
            sql.push(" ORDER BY id");
        } else {
            Order::of(plan, &query.sort)?.push(&mut sql, false);
        }
        Ok(sql)
    }
}

fn page(mut rows: Vec<(Record, Cursor)>, limit: usize) -> Result<Page, StoreError> {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = match rows.last() {
        Some((_, cursor)) if more => Some(cursor.to_text()?),
        _ => None,
    };
    Ok(Page { records: rows.into_iter().map(|(record, _)| record).collect(), next })
}

/// Appends the rows a list is taken from: the table, or both tables as of a moment.
pub(crate) fn push_rows(sql: &mut Sql, plan: &EntityPlan, query: &ListQuery, index: Option<&str>) {
    let table = match index {
        Some(index) => sql.dialect.by_index(&plan.table, index),
        None => quoted(&plan.table),
    };
    let Some(at) = query.as_of else {
        sql.push(&table);
        return;
    };
    let (all, past) = (&plan.all, quoted(&plan.past));
    sql.push(&format!("(SELECT {all} FROM {} WHERE since <= ", quoted(&plan.table))).bind(Val::Int(at.0));
    sql.push(&format!(" UNION ALL SELECT {all} FROM {past} WHERE since <= ")).bind(Val::Int(at.0));
    sql.push(" AND until > ").bind(Val::Int(at.0)).push(") AS rows_then");
}

/// A page to be found.
struct List<'a> {
    plan: &'a EntityPlan,
    filter: &'a Filter<'a>,
    order: &'a Order,
    cursor: Option<&'a Cursor>,
    limit: usize,
    /// Beginning of the first sort key that is searched for.
    prefix: Option<&'a str>,
}

impl List<'_> {
    fn columns(&self) -> String {
        format!("{}, {}", self.plan.select, self.order.columns())
    }

    fn after(&self, sql: &mut Sql) -> Result<(), StoreError> {
        self.cursor.map_or(Ok(()), |cursor| self.order.push_after(sql, cursor))
    }

    /// Along the index of the sort order, for [`WALK`] rows.
    fn walk(&self, tx: &ReadTx<'_>) -> Result<Sql, StoreError> {
        let query = self.filter.query;
        let plain = query.conditions.is_empty() && query.filter.is_none();
        let needed = if plain { &self.plan.walked } else { &self.plan.all };
        let mut sql = tx.sql(format!("SELECT {} FROM (SELECT {needed} FROM ", self.columns()));
        sql.push(&quoted(&self.plan.table)).push(" WHERE 1 = 1");
        if let (Some(key), Some(prefix)) = (self.order.keys.first(), self.prefix) {
            sql.push(" AND ");
            push_prefix(&mut sql, &key.column, prefix);
        }
        self.after(&mut sql)?;
        self.order.push(&mut sql, false);
        sql.push(&format!(" LIMIT {WALK}) AS walked WHERE "));
        self.filter.push(&mut sql)?;
        // Rows come out as they are walked along. Sorted once more, all of them would be read for the first fifty.
        sql.push(" LIMIT ").bind(Val::Int(self.limit as i64));
        Ok(sql)
    }

    /// How many rows begin like this, counted as far as one walks.
    fn found(&self, tx: &ReadTx<'_>, prefix: &str) -> Sql {
        let mut sql = tx.sql(format!("SELECT count(*) FROM (SELECT 1 FROM {} WHERE ", quoted(&self.plan.table)));
        push_prefix(&mut sql, &self.order.keys[0].column, prefix);
        sql.push(&format!(" LIMIT {WALK}) AS found"));
        sql
    }

    /// By the filter; the rows of the page are fetched last.
    fn ask(&self, tx: &ReadTx<'_>, small: bool) -> Result<Sql, StoreError> {
        let everywhere = matches!(self.filter.scope, Scope::Everywhere) && !self.filter.is_tagged();
        let covered = small || self.prefix.is_some() || !self.filter.is_pointed();
        let index = (covered && !everywhere && !self.is_nowhere()).then_some(self.filter.facet());
        let mut sql = tx.sql(format!("SELECT {} FROM ", self.columns()));
        if self.filter.query.as_of.is_none() && self.order.is_by_id() {
            sql.push(&quoted(&self.plan.table)).push(" WHERE id IN (SELECT id FROM ");
            push_rows(&mut sql, self.plan, self.filter.query, index);
            sql.push(" WHERE ");
            self.filter.push(&mut sql)?;
            self.after(&mut sql)?;
            self.order.push(&mut sql, true);
            sql.push(" LIMIT ").bind(Val::Int(self.limit as i64)).push(")");
        } else {
            push_rows(&mut sql, self.plan, self.filter.query, index);
            sql.push(" WHERE ");
            self.filter.push(&mut sql)?;
            self.after(&mut sql)?;
        }
        self.order.push(&mut sql, false);
        sql.push(" LIMIT ").bind(Val::Int(self.limit as i64));
        Ok(sql)
    }

    fn is_nowhere(&self) -> bool {
        matches!(&self.filter.scope, Scope::Areas(areas) if areas.is_empty())
    }
}
