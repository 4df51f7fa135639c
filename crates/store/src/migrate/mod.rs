//! The difference of the installed Catalogue and a wanted one, as steps that are shown before they run.
//!
//! Expand, then contract: new tables, columns and indexes first, then rows are rewritten, then what is no longer wanted is
//! dropped, and that only when asked; otherwise its columns stay, retired.

pub(crate) mod apply;
pub(crate) mod install;
mod steps;

use std::{collections::BTreeSet, sync::Arc};

use linli_domain::{Catalogue, Entity, Field, FieldKind, Label, catalogue::Sensitivity};

use crate::{
    MigrationClass, MigrationPlan, MigrationStep, StoreError,
    dialect::{Conn, Dialect, quoted},
    schema::{Schema, column_type, field_columns, names, table::Index},
};
pub(crate) use steps::{Action, Step};

/// Steps with what they do.
pub(crate) struct Migration {
    pub(crate) steps: Vec<Step>,
    pub(crate) schema: Arc<Schema>,
    /// Tables and columns that stay although nothing wants them, `table` or `table.column`.
    pub(crate) retired: Vec<String>,
}

impl Migration {
    pub(crate) fn plan(&self) -> MigrationPlan {
        let shown = |step: &Step| MigrationStep {
            class: step.class,
            sql: step.sql.clone(),
            table: step.table.clone(),
            rows: step.rows,
            why: step.why.clone(),
        };
        MigrationPlan { steps: self.steps.iter().map(shown).collect() }
    }
}

/// What it takes to get from the installed Catalogue to `wanted`.
pub(crate) fn plan(conn: &mut Conn, wanted: &Catalogue) -> Result<Migration, StoreError> {
    let (installed, retired) = install::installed(conn)?;
    let schema = Arc::new(Schema::of(Arc::new(wanted.clone()))?);
    let old = Schema::of(Arc::new(installed))?;
    let mut planner = Planner {
        dialect: conn.dialect(),
        indexes: install::indexes(conn)?,
        retired,
        expand: vec![],
        rewrite: vec![],
        unindex: vec![],
        contract: vec![],
    };
    for entity in wanted.entities.values() {
        match old.catalogue.entities.get(&entity.name) {
            None => planner.new_entity(&schema, entity)?,
            Some(before) => {
                let rows = rows_of(conn, &names::table(&entity.name))?;
                planner.changed_entity(&schema, &old, before, entity, rows)?;
            }
        }
    }
    for entity in old.catalogue.entities.values().filter(|entity| !wanted.entities.contains_key(&entity.name)) {
        let rows = rows_of(conn, &names::table(&entity.name))?;
        planner.gone_entity(entity, rows);
    }
    let mut steps = planner.expand;
    steps.extend(planner.rewrite);
    steps.extend(planner.unindex);
    steps.extend(planner.contract);
    Ok(Migration { steps, schema, retired: planner.retired })
}

fn rows_of(conn: &mut Conn, table: &str) -> Result<u64, StoreError> {
    let rows = conn.number(&format!("SELECT count(*) FROM {}", quoted(table)), &[])?;
    Ok(u64::try_from(rows).unwrap_or_default())
}

struct Planner {
    dialect: Dialect,
    /// Indexes that are there and whole; a build that was cut off leaves none.
    indexes: BTreeSet<String>,
    retired: Vec<String>,
    expand: Vec<Step>,
    rewrite: Vec<Step>,
    /// Indexes go before the columns they are on.
    unindex: Vec<Step>,
    contract: Vec<Step>,
}

/// Name a column that nothing wants any more is remembered by.
fn retired_name(table: &str, column: &crate::schema::table::Column) -> String {
    format!("{table}.{}:{:?}", column.name, column.kind)
}

impl Planner {
    fn new_entity(&mut self, schema: &Schema, entity: &Entity) -> Result<(), StoreError> {
        let why = Label::new(format!("新登记表“{}”", entity.label.zh), format!("new register \"{}\"", entity.label.en));
        for table in schema.plan(&entity.name)?.tables() {
            if self.retired.contains(&table.name) {
                // A register of this name was here before; what it was is not known any more.
                let mut step = Step::sql(format!("DROP TABLE {}", quoted(&table.name)), &table.name, 0, &why);
                step.class = MigrationClass::Destructive;
                self.expand.push(step);
            }
            self.retired.retain(|kept| *kept != table.name && !kept.starts_with(&format!("{}.", table.name)));
            self.expand.push(Step::sql(self.dialect.create_table(&table), &table.name, 0, &why));
            if self.dialect == Dialect::Citus
                && let Some(spread) = crate::dialect::citus::spread(&table)
            {
                self.expand.push(Step::sql(spread, &table.name, 0, &why));
            }
            for index in table.indexes.iter().filter(|index| self.dialect.wants(&table, index)) {
                let text = self.dialect.create_index(&table.name, index, false);
                self.expand.push(Step::sql(text, &table.name, 0, &why));
            }
        }
        Ok(())
    }

    fn changed_entity(
        &mut self,
        schema: &Schema,
        old: &Schema,
        before: &Entity,
        after: &Entity,
        rows: u64,
    ) -> Result<(), StoreError> {
        for field in &after.fields {
            match before.field(&field.name) {
                None => self.new_field(after, field),
                Some(was) => self.changed_field(after, was, field, rows),
            }
            let claimed = before.field(&field.name).filter(|was| was.unique);
            let kept = claimed.is_some_and(|was| was.kind == field.kind && was.sensitivity == field.sensitivity);
            if claimed.is_some() && !(field.unique && kept) {
                let why = why(field, "不再以原方式要求唯一", "is no longer unique in the old way");
                let text = format!("-- the claims of {}", field.name);
                self.rewrite.push(Step::doing(text, after, rows, why, Action::Unclaim(field.name.clone())));
            }
            if field.unique && !kept {
                let why = why(field, "要求唯一", "must be unique");
                let text = format!("-- one claim for each value of {}", field.name);
                self.rewrite.push(Step::doing(text, after, rows, why, Action::Claim(field.name.clone())));
            }
        }
        for field in before.fields.iter().filter(|field| after.field(&field.name).is_none()) {
            self.gone_field(before, field, rows);
        }
        for (old_table, new_table) in old.plan(&before.name)?.tables().iter().zip(schema.plan(&after.name)?.tables()) {
            let missing = |index: &&Index| !self.indexes.contains(&index.name) && self.dialect.wants(&new_table, index);
            for index in new_table.indexes.iter().filter(missing) {
                let why = Label::new("列表与查找所用的索引", "index for lists and searches");
                if self.dialect != Dialect::Sqlite {
                    let text = self.dialect.drop_index(&index.name, true);
                    self.rewrite.push(Step::index(text, &new_table.name, 0, &why));
                }
                let text = self.dialect.create_index(&new_table.name, index, true);
                self.rewrite.push(Step::index(text, &new_table.name, rows, &why));
            }
            for index in old_table.indexes.iter().filter(|index| !new_table.indexes.contains(index)) {
                let why = Label::new("不再使用的索引", "index no longer used");
                let text = self.dialect.drop_index(&index.name, true);
                self.unindex.push(Step::index(text, &new_table.name, 0, &why));
            }
        }
        Ok(())
    }

    fn new_field(&mut self, entity: &Entity, field: &Field) {
        let why = why(field, "新增字段", "new field");
        for table in [names::table(&entity.name), names::past(&entity.name)] {
            for column in field_columns(field) {
                let name = retired_name(&table, &column);
                if self.retired.contains(&name) {
                    // The column of a field that was here before: its values come back.
                    self.retired.retain(|kept| *kept != name);
                    continue;
                }
                let place = format!("{table}.{}:", column.name);
                if self.retired.iter().any(|kept| kept.starts_with(&place)) {
                    let text = format!("ALTER TABLE {} DROP COLUMN {}", quoted(&table), quoted(&column.name));
                    let mut step = Step::sql(text, &table, 0, &why);
                    step.class = MigrationClass::Destructive;
                    self.expand.push(step);
                    self.retired.retain(|kept| !kept.starts_with(&place));
                }
                self.expand.push(Step::sql(self.dialect.add_column(&table, &column), &table, 0, &why));
            }
        }
    }

    fn changed_field(&mut self, entity: &Entity, was: &Field, field: &Field, rows: u64) {
        let was_sealed = was.sensitivity == Sensitivity::Sensitive;
        let sealed = field.sensitivity == Sensitivity::Sensitive;
        let text = format!("-- {}: {:?} → {:?}, row by row", field.name, was.kind, field.kind);
        if was_sealed != sealed || (sealed && was.kind != field.kind) || differs_in_columns(was, field) {
            let why = why(field, "改变保存方式", "is kept in another way");
            for table in [names::table(&entity.name), names::past(&entity.name)] {
                self.swap_columns(&table, was, field, &why);
            }
            let action = Action::Convert { was: Box::new(was.clone()), field: field.name.clone() };
            self.rewrite.push(Step::doing(text, entity, rows, why, action));
        } else if was.kind != field.kind {
            let why = why(field, "改变类型", "changes its type");
            let mut step = Step::doing(text, entity, 0, why, Action::Nothing);
            step.class =
                if narrows(&was.kind, &field.kind) { MigrationClass::Rewrite } else { MigrationClass::Additive };
            if step.class == MigrationClass::Rewrite {
                step.rows = rows;
                step.action = Action::Fit(field.name.clone());
            }
            self.rewrite.push(step);
        }
    }

    /// Makes the columns a field is to be kept in, beside those it was kept in.
    fn swap_columns(&mut self, table: &str, was: &Field, field: &Field, why: &Label) {
        let (old, new) = (field_columns(was), field_columns(field));
        for column in old.iter().filter(|column| !new.contains(column)) {
            let kept = steps::kept_as(column, &new);
            if kept != column.name {
                let (table_name, from, to) = (quoted(table), quoted(&column.name), quoted(&kept));
                let text = format!("ALTER TABLE {table_name} RENAME COLUMN {from} TO {to}");
                self.expand.push(Step::sql(text, table, 0, why));
            }
            let text = format!("ALTER TABLE {} DROP COLUMN {}", quoted(table), quoted(&kept));
            let mut step = Step::sql(text, table, 0, why);
            step.class = MigrationClass::Rewrite;
            self.contract.push(step);
        }
        for column in new.iter().filter(|column| !old.contains(column)) {
            self.expand.push(Step::sql(self.dialect.add_column(table, column), table, 0, why));
        }
    }

    fn gone_field(&mut self, entity: &Entity, field: &Field, rows: u64) {
        let why = why(field, "删除字段", "is removed");
        for table in [names::table(&entity.name), names::past(&entity.name)] {
            for column in field_columns(field) {
                let text = format!("ALTER TABLE {} DROP COLUMN {}", quoted(&table), quoted(&column.name));
                let mut step = Step::sql(text, &table, rows, &why);
                step.class = MigrationClass::Destructive;
                step.action = Action::Drop(retired_name(&table, &column));
                self.contract.push(step);
            }
        }
        if field.unique {
            let text = format!("-- the claims of {}", field.name);
            let step = Step::doing(text, entity, rows, why, Action::Unclaim(field.name.clone()));
            self.contract.push(step);
        }
    }

    fn gone_entity(&mut self, entity: &Entity, rows: u64) {
        let why = Label::new(
            format!("删除登记表“{}”", entity.label.zh),
            format!("register \"{}\" is removed", entity.label.en),
        );
        for table in [names::table(&entity.name), names::past(&entity.name)] {
            let mut step = Step::sql(format!("DROP TABLE {}", quoted(&table)), &table, rows, &why);
            step.class = MigrationClass::Destructive;
            step.action = Action::Drop(table);
            self.contract.push(step);
        }
    }
}

fn why(field: &Field, zh: &str, en: &str) -> Label {
    Label::new(format!("“{}”{zh}", field.label.zh), format!("\"{}\" {en}", field.label.en))
}

/// Whether values must be copied from old columns into new ones.
fn differs_in_columns(was: &Field, field: &Field) -> bool {
    column_type(&was.kind) != column_type(&field.kind)
        || matches!(was.kind, FieldKind::PersonName) != matches!(field.kind, FieldKind::PersonName)
        || scale(&was.kind) != scale(&field.kind)
        || matches!(was.kind, FieldKind::Codes { .. }) != matches!(field.kind, FieldKind::Codes { .. })
        || matches!(was.kind, FieldKind::Date) != matches!(field.kind, FieldKind::Date)
}

/// Power of ten of a number's units: money is a decimal of scale 2.
fn scale(kind: &FieldKind) -> u8 {
    match kind {
        FieldKind::Decimal { scale, .. } => *scale,
        FieldKind::Money => 2,
        FieldKind::Time => u8::MAX,
        FieldKind::Bool => u8::MAX - 1,
        _ => 0,
    }
}

/// Whether values that were allowed may no longer be.
fn narrows(was: &FieldKind, now: &FieldKind) -> bool {
    let most = |kind: &FieldKind| match kind {
        FieldKind::Text { max } => Some(*max),
        _ => None,
    };
    match (was, now) {
        (FieldKind::Integer { min: a, max: b }, FieldKind::Integer { min: c, max: d }) => {
            c.is_some_and(|c| a.is_none_or(|a| c > a)) || d.is_some_and(|d| b.is_none_or(|b| d < b))
        }
        (_, FieldKind::Text { max }) => most(was).is_none_or(|was| was > *max),
        _ => false,
    }
}
