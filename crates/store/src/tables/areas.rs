//! The area tree with its validity and former names.

use jiff::civil::Date;
use linli_domain::{Area, AreaPath, Permit, Scope, Subject, Verb};

use crate::{
    AreaNode, ReadTx, StoreError, WriteError, WriteTx,
    dialect::{Row, Val, quoted},
    schema::values::{date, path},
    sql::{
        Sql,
        filter::{push_prefix, push_scope},
        insert_text,
    },
    tx::permitted_on,
};

/// A name an area had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormerName {
    /// Name.
    pub name: String,
    /// First day, `None` when always.
    pub from: Option<Date>,
    /// Last day.
    pub to: Date,
}

impl ReadTx<'_> {
    /// The area with a code.
    pub fn area(&mut self, code: &str) -> Result<Option<Area>, StoreError> {
        if let Some(known) = self.later.area(code) {
            return Ok(known.clone());
        }
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_area WHERE code = "));
        sql.bind(Val::text(code));
        let found = self.rows_beside(&sql, area)?.pop();
        self.later.know_area(code, &found);
        Ok(found)
    }

    /// The area at a path.
    pub fn area_at(&mut self, path: &AreaPath) -> Result<Option<Area>, StoreError> {
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_area WHERE path = "));
        sql.bind(Val::text(path.as_str()));
        self.first(&sql, area)
    }

    /// Areas by code, in one statement; absent ones are left out.
    pub fn areas(&mut self, codes: &[&str]) -> Result<Vec<Area>, StoreError> {
        let mut areas = Vec::with_capacity(codes.len());
        for chunk in codes.chunks(1024) {
            let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_area WHERE code IN ("));
            sql.bind_all(chunk.iter().map(|code| Val::text(*code))).push(")");
            areas.extend(self.rows(&sql, area)?);
        }
        Ok(areas)
    }

    /// Children of `parent` that lie in the scope and are valid on `on`, by code. Without a parent: the tops of the scope.
    pub fn area_children(
        &mut self,
        scope: &Scope,
        parent: Option<&str>,
        on: Date,
    ) -> Result<Vec<AreaNode>, StoreError> {
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_area WHERE "));
        match (parent, scope) {
            (Some(parent), _) => {
                sql.push("parent = ").bind(Val::text(parent)).push(" AND ");
                push_scope(&mut sql, "path", scope);
            }
            (None, Scope::Everywhere) => {
                sql.push("parent IS NULL");
            }
            (None, Scope::Areas(tops)) if tops.is_empty() => return Ok(Vec::new()),
            (None, Scope::Areas(tops)) => {
                sql.push("path IN (").bind_all(tops.iter().map(|top| Val::text(top.as_str()))).push(")");
            }
        }
        push_valid(&mut sql, on);
        sql.push(" ORDER BY code");
        let children = self.rows(&sql, area)?;
        let mut with_children = std::collections::HashSet::new();
        for chunk in children.chunks(1024) {
            let mut sql = self.sql("SELECT DISTINCT parent FROM linli_area WHERE parent IN (");
            sql.bind_all(chunk.iter().map(|child| Val::text(&child.code))).push(")");
            push_valid(&mut sql, on);
            with_children.extend(self.rows(&sql, |row| row.text(0))?);
        }
        let node = |area: Area| AreaNode { has_children: with_children.contains(&area.code), area };
        Ok(children.into_iter().map(node).collect())
    }

    /// Areas in the scope by part of the name, beginning of the pinyin initials, or beginning of the code; the shortest path first.
    pub fn area_search(
        &mut self,
        scope: &Scope,
        text: &str,
        kind: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Area>, StoreError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let limit = limit.clamp(1, 200) as usize;
        let mut found = self.search_step(scope, kind, limit, &mut |sql| {
            sql.push("(");
            push_prefix(sql, "name", text);
            if text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
                sql.push(" OR ");
                push_prefix(sql, "initials", &text.to_ascii_lowercase());
            } else if text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                sql.push(" OR ");
                push_prefix(sql, "code", text);
            }
            sql.push(")");
        })?;
        if found.len() < limit && !text.is_ascii() {
            let more = self.search_step(scope, kind, limit, &mut |sql| {
                let param = sql.param(Val::text(text));
                let contains = sql.dialect.contains("name", &param);
                sql.push(&contains);
            })?;
            for area in more {
                if found.len() < limit && !found.iter().any(|known| known.code == area.code) {
                    found.push(area);
                }
            }
        }
        Ok(found)
    }

    /// The areas from the root to `path`.
    pub fn area_ancestry(&mut self, path: &AreaPath) -> Result<Vec<Area>, StoreError> {
        let paths = path.ancestry();
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_area WHERE path IN ("));
        sql.bind_all(paths.iter().map(|path| Val::text(path.as_str()))).push(") ORDER BY path");
        self.rows(&sql, area)
    }

    /// Every area at or below `path`, by path.
    pub fn areas_below(
        &mut self,
        path: &AreaPath,
        each: &mut dyn FnMut(Area) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_area WHERE "));
        push_scope(&mut sql, "path", &Scope::Areas(vec![path.clone()]));
        sql.push(" ORDER BY path");
        self.query(&sql, &mut |row| each(area(row)?))
    }

    /// Every area, by code, streamed.
    pub fn areas_all(&mut self, each: &mut dyn FnMut(Area) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let sql = self.sql(format!("SELECT {COLUMNS} FROM linli_area ORDER BY code"));
        self.query(&sql, &mut |row| each(area(row)?))
    }

    /// How many areas there are.
    pub fn area_count(&mut self) -> Result<u64, StoreError> {
        let sql = self.sql("SELECT count(*) FROM linli_area");
        let count = self.first(&sql, |row| row.int(0))?.unwrap_or_default();
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// Names an area had before, oldest first.
    pub fn area_names(&mut self, code: &str) -> Result<Vec<FormerName>, StoreError> {
        let mut sql = self.sql("SELECT name, first_day, last_day FROM linli_area_name WHERE code = ");
        sql.bind(Val::text(code)).push(" ORDER BY last_day");
        self.rows(&sql, |row| {
            let from = row.maybe_text(1)?.map(|day| date(&day)).transpose()?;
            Ok(FormerName { name: row.text(0)?, from, to: date(&row.text(2)?)? })
        })
    }
}

impl WriteTx<'_> {
    /// Makes or changes an area (permit: `Areas`, `Manage`).
    pub fn put_area(&mut self, permit: &Permit, area: &Area) -> Result<(), WriteError> {
        self.put_areas(permit, std::slice::from_ref(area))
    }

    /// [`Self::put_area`] for many by few statements.
    pub fn put_areas(&mut self, permit: &Permit, areas: &[Area]) -> Result<(), WriteError> {
        permitted_on(permit, &Subject::Areas, &[Verb::Manage])?;
        if areas.iter().any(|area| !permit.scope().covers(&area.path)) {
            return Err(WriteError::OutOfScope);
        }
        for chunk in areas.chunks(512) {
            let mut text = insert_text("linli_area", COLUMNS, 11, chunk.len());
            text.push_str(
                " ON CONFLICT (code) DO UPDATE SET kind = excluded.kind, name = excluded.name, \
                 initials = excluded.initials, valid_from = excluded.valid_from, valid_to = excluded.valid_to, \
                 counted_households = excluded.counted_households, counted_residents = excluded.counted_residents",
            );
            let params: Vec<Val> = chunk.iter().flat_map(cells).collect();
            self.execute(&text, &params)?;
        }
        Ok(())
    }

    /// Closes an area: `last_day` is its last day of validity.
    pub fn close_area(&mut self, permit: &Permit, code: &str, last_day: Date) -> Result<(), WriteError> {
        self.managed(permit, code)?;
        let params = [Val::text(last_day.to_string()), Val::text(code)];
        self.execute("UPDATE linli_area SET valid_to = $1 WHERE code = $2", &params)?;
        Ok(())
    }

    /// Renames an area from a day on and keeps the old name with its dates.
    pub fn rename_area(
        &mut self,
        permit: &Permit,
        code: &str,
        name: &str,
        initials: &str,
        from: Date,
    ) -> Result<(), WriteError> {
        let area = self.managed(permit, code)?;
        if area.name == name {
            return Ok(());
        }
        let last_day = from.yesterday().map_err(|_| StoreError::query("a day outside the calendar"))?;
        let since = self.area_names(code)?.last().and_then(|former| former.to.tomorrow().ok()).or(area.valid_from);
        let text = "INSERT INTO linli_area_name (code, last_day, name, first_day) VALUES ($1, $2, $3, $4) \
                    ON CONFLICT (code, last_day) DO UPDATE SET name = excluded.name";
        let first_day = Val::maybe(since.map(|day| day.to_string()));
        self.execute(text, &[Val::text(code), Val::text(last_day.to_string()), Val::text(area.name), first_day])?;
        let params = [Val::text(name), Val::text(initials), Val::text(code)];
        self.execute("UPDATE linli_area SET name = $1, initials = $2 WHERE code = $3", &params)?;
        Ok(())
    }

    /// Moves an area below another parent: rewrites the paths of its subtree and of all rows, past ones too, that stand on it.
    /// At or above the community the rows keep their home; below it they take the home of the new parent.
    pub fn move_area(&mut self, permit: &Permit, code: &str, new_parent: &str) -> Result<u64, WriteError> {
        let moved = self.managed(permit, code)?;
        let parent = self.managed(permit, new_parent)?;
        let segment = moved.path.as_str().rsplit('/').next().unwrap_or_default();
        let to = parent.path.child(segment).map_err(|error| StoreError::query(error.to_string()))?;
        if moved.path.covers(&parent.path) {
            return Err(StoreError::query("an area cannot be moved below itself").into());
        }
        if to == moved.path {
            return Ok(0);
        }
        if self.area_at(&to)?.is_some() {
            return Err(StoreError::Exists(to.to_string()).into());
        }
        // At and above the community an area is its own home.
        let home = (moved.home != moved.code && moved.home != parent.home).then_some(parent.home);
        let shift = Shift { from: moved.path, to, old_home: moved.home, new_home: home };
        let mut rows = self.shift_paths("linli_area", "path", &shift)?;
        if let Some(home) = &shift.new_home {
            let mut sql = self.sql("UPDATE linli_area SET home = ");
            sql.bind(Val::text(home)).push(" WHERE ");
            push_scope(&mut sql, "path", &Scope::Areas(vec![shift.to.clone()]));
            self.run(&sql)?;
        }
        let params = [Val::text(new_parent), Val::text(code)];
        self.execute("UPDATE linli_area SET parent = $1 WHERE code = $2", &params)?;
        self.shift_paths("linli_grant", "area", &shift)?;
        self.shift_paths("linli_batch", "area", &shift)?;
        self.drop_tallies()?;
        // Answers keep the home they were given at: it is where they lie, their path says where they belong.
        for (table, column) in [
            ("linli_form", "area"),
            ("linli_link", "area"),
            ("linli_submission", "path"),
            ("linli_conflict", "path"),
            ("linli_task", "area"),
            ("linli_complaint", "area"),
            ("linli_assignment", "path"),
            ("linli_visit", "path"),
            ("linli_confirmed", "path"),
            ("linli_case", "area"),
            ("linli_channel", "area"),
            ("linli_occurrence", "path"),
            ("linli_schedule_on", "area"),
            ("linli_queue", "path"),
            ("linli_appointment", "path"),
        ] {
            self.shift_paths(table, column, &shift)?;
        }
        self.shift_seeks(&shift.from, &shift.to)?;
        let schema = self.schema.clone();
        for plan in schema.plans() {
            rows += self.shift_paths(&plan.table, "path", &shift)?;
            self.shift_paths(&plan.past, "path", &shift)?;
            if let Some(home) = &shift.new_home {
                self.shift_home(plan, &shift, home)?;
            }
        }
        Ok(rows)
    }
}

const COLUMNS: &str = "code, path, parent, kind, name, initials, home, valid_from, valid_to, counted_households, \
    counted_residents";

/// A subtree's way from one place to another.
struct Shift {
    from: AreaPath,
    to: AreaPath,
    old_home: String,
    new_home: Option<String>,
}

fn area(row: &Row<'_>) -> Result<Area, StoreError> {
    let day = |at: usize| row.maybe_text(at)?.map(|day| date(&day)).transpose();
    Ok(Area {
        code: row.text(0)?,
        path: path(&row.text(1)?)?,
        parent: row.maybe_text(2)?,
        kind: row.text(3)?,
        name: row.text(4)?,
        initials: row.text(5)?,
        home: row.text(6)?,
        valid_from: day(7)?,
        valid_to: day(8)?,
        counted_households: row.maybe_int(9)?,
        counted_residents: row.maybe_int(10)?,
    })
}

fn cells(area: &Area) -> [Val; 11] {
    let day = |day: Option<Date>| Val::maybe(day.map(|day| day.to_string()));
    [
        Val::text(&area.code),
        Val::text(area.path.as_str()),
        Val::maybe(area.parent.clone()),
        Val::text(&area.kind),
        Val::text(&area.name),
        Val::text(&area.initials),
        Val::text(&area.home),
        day(area.valid_from),
        day(area.valid_to),
        area.counted_households.map_or(Val::Null, Val::Int),
        area.counted_residents.map_or(Val::Null, Val::Int),
    ]
}

fn push_valid(sql: &mut Sql, on: Date) {
    let day = on.to_string();
    sql.push(" AND (valid_from IS NULL OR valid_from <= ").bind(Val::text(&day));
    sql.push(") AND (valid_to IS NULL OR valid_to >= ").bind(Val::text(&day)).push(")");
}

impl ReadTx<'_> {
    fn search_step(
        &mut self,
        scope: &Scope,
        kind: Option<&str>,
        limit: usize,
        what: &mut dyn FnMut(&mut Sql),
    ) -> Result<Vec<Area>, StoreError> {
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_area WHERE "));
        push_scope(&mut sql, "path", scope);
        push_valid(&mut sql, self.now().china_date());
        if let Some(kind) = kind {
            sql.push(" AND kind = ").bind(Val::text(kind));
        }
        sql.push(" AND ");
        what(&mut sql);
        sql.push(" ORDER BY length(path), path LIMIT ").bind(Val::Int(limit as i64));
        self.rows(&sql, area)
    }
}

impl WriteTx<'_> {
    /// The area `code`, which the permit may change.
    fn managed(&mut self, permit: &Permit, code: &str) -> Result<Area, WriteError> {
        permitted_on(permit, &Subject::Areas, &[Verb::Manage])?;
        let area = self.area(code)?.ok_or(WriteError::NotFound)?;
        if permit.scope().covers(&area.path) { Ok(area) } else { Err(WriteError::OutOfScope) }
    }

    fn shift_paths(&mut self, table: &str, column: &str, shift: &Shift) -> Result<u64, StoreError> {
        let mut sql = self.sql(format!("UPDATE {} SET {column} = CAST(", quoted(table)));
        sql.bind(Val::text(shift.to.as_str())).push(&format!(" AS TEXT) || substr({column}, "));
        sql.push(&(shift.from.as_str().len() + 1).to_string()).push(") WHERE ");
        push_scope(&mut sql, column, &Scope::Areas(vec![shift.from.clone()]));
        self.run(&sql)
    }

    /// Gives the records that stand in the moved subtree, with all their past, their new home.
    fn shift_home(&mut self, plan: &crate::schema::EntityPlan, shift: &Shift, home: &str) -> Result<(), StoreError> {
        let here = Scope::Areas(vec![shift.to.clone()]);
        let rest: Vec<String> = plan.columns.iter().skip(1).map(|column| quoted(&column.name)).collect();
        let rest = rest.join(", ");
        let moved = |sql: &mut Sql| {
            sql.push("home = ").bind(Val::text(&shift.old_home));
            sql.push(&format!(" AND id IN (SELECT id FROM {} WHERE ", quoted(&plan.table)));
            push_scope(sql, "path", &here);
            sql.push(")");
        };
        let mut sql = self.sql("UPDATE linli_claim SET home = ");
        sql.bind(Val::text(home)).push(" WHERE entity = ").bind(Val::text(&plan.entity.name)).push(" AND ");
        moved(&mut sql);
        self.run(&sql)?;
        // The past first: which records moved is read from the current rows.
        for (table, rest) in [(&plan.past, format!("{rest}, until")), (&plan.table, rest)] {
            let table = quoted(table);
            let mut sql = self.sql(format!("INSERT INTO {table} (home, {rest}) SELECT CAST("));
            sql.bind(Val::text(home)).push(&format!(" AS TEXT), {rest} FROM {table} WHERE "));
            moved(&mut sql);
            self.run(&sql)?;
            let mut sql = self.sql(format!("DELETE FROM {table} WHERE "));
            moved(&mut sql);
            self.run(&sql)?;
        }
        Ok(())
    }
}
