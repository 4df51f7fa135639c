//! Tables of a Catalogue, and for each entity the statements that are written once and used for every row.

pub(crate) mod fixed;
mod fixed_collect;
mod fixed_flows;
mod fixed_notices;
mod fixed_service;
mod fixed_tasks;
pub(crate) mod insert;
pub(crate) mod names;
pub(crate) mod table;
pub(crate) mod values;

use std::{collections::BTreeMap, sync::Arc};

use insert::Insert;
use linli_domain::{Catalogue, Entity, Field, FieldKind, catalogue::Sensitivity, insight::Roll};
use table::{Column, ColumnType, Index, Spread, Table};

use crate::{
    StoreError,
    dialect::{quoted, quoted_list},
    tables::audit,
    write::claim,
};

/// The installed Catalogue and what was made of it.
pub(crate) struct Schema {
    pub(crate) catalogue: Arc<Catalogue>,
    plans: BTreeMap<String, EntityPlan>,
    /// What indicators need kept, by register.
    rolls: BTreeMap<String, Vec<Roll>>,
    pub(crate) claims: Insert,
    pub(crate) audits: Insert,
}

/// An entity with its tables and statements.
pub(crate) struct EntityPlan {
    pub(crate) entity: Entity,
    /// Name of the table of current rows.
    pub(crate) table: String,
    /// Name of the table of past rows.
    pub(crate) past: String,
    pub(crate) fields: Vec<FieldPlan>,
    /// All columns of the current table, in order.
    pub(crate) columns: Vec<Column>,
    /// Quoted: what a [`linli_domain::Record`] is made of.
    pub(crate) select: String,
    /// Quoted: all columns.
    pub(crate) all: String,
    /// Quoted: [`Self::select`] and the initials of names, what a list without conditions is found and sorted by.
    pub(crate) walked: String,
    pub(crate) indexes: Vec<Index>,
    /// Name of the covering index of (area, id, ended, filter fields).
    pub(crate) facet: String,
    /// Names of the covering indexes of the records that have codes at all, by field with several codes.
    pub(crate) tags: BTreeMap<String, String>,
    /// `INSERT` of new rows.
    pub(crate) insert: Insert,
}

/// A field with its columns.
pub(crate) struct FieldPlan {
    pub(crate) field: Field,
    /// Position of its visible column in [`EntityPlan::select`].
    pub(crate) at: usize,
    /// Position of its first column in [`EntityPlan::columns`].
    pub(crate) first: usize,
    pub(crate) storage: Storage,
}

/// How a field is kept. Column names are quoted.
pub(crate) enum Storage {
    /// One column.
    Open { column: String, kind: ColumnType },
    /// A name and its pinyin initials.
    Name { column: String, initials: String },
    /// Sealed, hashed, masked.
    Sealed { sealed: String, hash: String, masked: String },
}

impl FieldPlan {
    /// Column that conditions and sorting look at; `None` when the field is sealed.
    pub(crate) fn open_column(&self) -> Option<&str> {
        match &self.storage {
            Storage::Open { column, .. } | Storage::Name { column, .. } => Some(column),
            Storage::Sealed { .. } => None,
        }
    }

    pub(crate) fn is_sealed(&self) -> bool {
        matches!(self.storage, Storage::Sealed { .. })
    }

    /// How many columns it has.
    pub(crate) fn width(&self) -> usize {
        match self.storage {
            Storage::Open { .. } => 1,
            Storage::Name { .. } => 2,
            Storage::Sealed { .. } => 3,
        }
    }

    /// Quoted names of its columns, in order.
    pub(crate) fn column_names(&self) -> Vec<&str> {
        match &self.storage {
            Storage::Open { column, .. } => vec![column],
            Storage::Name { column, initials } => vec![column, initials],
            Storage::Sealed { sealed, hash, masked } => vec![sealed, hash, masked],
        }
    }
}

/// Type of a field's open column.
pub(crate) fn column_type(kind: &FieldKind) -> ColumnType {
    match kind {
        FieldKind::Bool
        | FieldKind::Integer { .. }
        | FieldKind::Decimal { .. }
        | FieldKind::Money
        | FieldKind::Time => ColumnType::Int,
        FieldKind::Ref { .. } => ColumnType::Id,
        _ => ColumnType::Text,
    }
}

/// Unquoted columns of a field.
pub(crate) fn field_columns(field: &Field) -> Vec<Column> {
    let name = names::column(&field.name);
    if field.sensitivity == Sensitivity::Sensitive {
        return vec![
            Column::open(format!("{name}_c"), ColumnType::Bytes),
            Column::open(format!("{name}_h"), ColumnType::Bytes),
            Column::open(format!("{name}_m"), ColumnType::Text),
        ];
    }
    let mut columns = vec![Column::open(name.clone(), column_type(&field.kind))];
    if matches!(field.kind, FieldKind::PersonName) {
        columns.push(Column::open(format!("{name}_py"), ColumnType::Text));
    }
    columns
}

fn meta_columns() -> Vec<Column> {
    use ColumnType::{Id, Int, Text};
    let kinds = [Text, Id, Text, Int, Int, Int, Text, Id, Text, Text, Text, Text, Id, Text];
    let required = [true, true, true, true, true, true, true, true, true, true, false, false, false, true];
    let named = names::META.iter().zip(kinds).zip(required);
    named.map(|((name, kind), required)| Column { name: (*name).to_owned(), kind, required }).collect()
}

impl Schema {
    /// Makes the schema of a Catalogue. All that is wrong with it is said at once.
    pub(crate) fn of(catalogue: Arc<Catalogue>) -> Result<Self, StoreError> {
        let mut wrong = Vec::new();
        let mut tables: BTreeMap<String, &str> = BTreeMap::new();
        for entity in catalogue.entities.values() {
            for table in [names::table(&entity.name), names::past(&entity.name)] {
                if table.starts_with("linli_") || table.starts_with("sqlite_") || table.starts_with("pg_") {
                    wrong.push(format!("{}: the table name `{table}` is reserved", entity.name));
                }
                if let Some(other) = tables.insert(table.clone(), &entity.name) {
                    wrong.push(format!("{} and {other} would share the table `{table}`", entity.name));
                }
            }
            let mut columns: BTreeMap<String, &str> =
                names::META.iter().map(|name| ((*name).to_owned(), "every register")).collect();
            for field in &entity.fields {
                for column in field_columns(field) {
                    if let Some(other) = columns.insert(column.name.to_lowercase(), &field.name) {
                        wrong.push(format!(
                            "{}: `{}` and `{other}` would share the column `{}`",
                            entity.name, field.name, column.name
                        ));
                    }
                }
            }
        }
        if !wrong.is_empty() {
            return Err(StoreError::Schema(wrong.join("; ")));
        }
        let plans = catalogue.entities.values().map(|entity| (entity.name.clone(), EntityPlan::of(entity))).collect();
        Ok(Self {
            rolls: Roll::all(&catalogue),
            catalogue,
            plans,
            claims: Insert::new("linli_claim", claim::COLUMNS, 5, 512),
            audits: Insert::new("linli_audit", audit::COLUMNS, 12, 64),
        })
    }

    /// The entity `name`.
    pub(crate) fn plan(&self, name: &str) -> Result<&EntityPlan, StoreError> {
        self.plans.get(name).ok_or_else(|| StoreError::query(format!("there is no register `{name}`")))
    }

    /// What indicators need kept of the register `name`.
    pub(crate) fn rolls(&self, name: &str) -> &[Roll] {
        self.rolls.get(name).map_or(&[], Vec::as_slice)
    }

    /// All entities.
    pub(crate) fn plans(&self) -> impl Iterator<Item = &EntityPlan> {
        self.plans.values()
    }
}

impl EntityPlan {
    fn of(entity: &Entity) -> Self {
        let (table, past) = (names::table(&entity.name), names::past(&entity.name));
        let mut columns = meta_columns();
        let mut visible: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        let mut fields = Vec::new();
        for field in &entity.fields {
            let own = field_columns(field);
            let name = |at: usize| quoted(&own[at].name);
            let (storage, shown) = match own.len() {
                1 => (Storage::Open { column: name(0), kind: own[0].kind }, 0),
                2 => (Storage::Name { column: name(0), initials: name(1) }, 0),
                _ => (Storage::Sealed { sealed: name(0), hash: name(1), masked: name(2) }, 2),
            };
            fields.push(FieldPlan { field: field.clone(), at: visible.len(), first: columns.len(), storage });
            visible.push(own[shown].name.clone());
            columns.extend(own);
        }
        let indexes = indexes_of(entity, &table);
        let facet = indexes.first().map(|index| index.name.clone()).unwrap_or_default();
        let tag = |field: &&Field| {
            let only = known(&names::column(&field.name));
            let index = indexes
                .iter()
                .find(|index| index.only == only && index.columns.first().is_some_and(|c| c == "path"))?;
            Some((field.name.clone(), index.name.clone()))
        };
        let tags = entity.fields.iter().filter(is_tag).filter_map(|field| tag(&field)).collect();
        let all: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let all = quoted_list(&all);
        let mut walked = quoted_list(&visible);
        for field in &fields {
            if let FieldPlan { storage: Storage::Name { initials, .. }, .. } = field {
                walked.push_str(", ");
                walked.push_str(initials);
            }
        }
        Self {
            entity: entity.clone(),
            select: quoted_list(&visible),
            insert: Insert::new(&table, &all, columns.len(), 64),
            all,
            walked,
            table,
            past,
            fields,
            columns,
            indexes,
            facet,
            tags,
        }
    }

    /// The field `name`.
    pub(crate) fn field(&self, name: &str) -> Result<&FieldPlan, StoreError> {
        let found = self.fields.iter().find(|plan| plan.field.name == name);
        found.ok_or_else(|| StoreError::query(format!("{} has no field `{name}`", self.entity.name)))
    }

    /// Number of columns of a [`linli_domain::Record`].
    pub(crate) fn visible(&self) -> usize {
        names::META.len() + self.fields.len()
    }

    /// Place of a sealed value: what it is bound to.
    pub(crate) fn place(&self, field: &str, id: linli_domain::RecordId) -> Vec<u8> {
        let mut place = format!("{}\u{0}{field}\u{0}", self.entity.name).into_bytes();
        place.extend_from_slice(id.0.as_bytes());
        place
    }

    /// The two tables of the entity.
    pub(crate) fn tables(&self) -> [Table; 2] {
        let key = |columns: &[&str]| columns.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let current = Table {
            name: self.table.clone(),
            columns: self.columns.clone(),
            key: key(&["home", "id"]),
            indexes: self.indexes.clone(),
            spread: Spread::By("home"),
            clustered: false,
        };
        let mut columns = self.columns.clone();
        columns.push(Column::required("until", ColumnType::Int));
        let by = |columns: &[&str]| {
            let columns = key(columns);
            Index { name: names::index(&self.past, "by", &columns), columns, unique: false, only: String::new() }
        };
        let past = Table {
            name: self.past.clone(),
            columns,
            key: key(&["home", "id", "version"]),
            indexes: vec![by(&["id", "version"]), by(&["path", "until"])],
            spread: Spread::By("home"),
            clustered: false,
        };
        [current, past]
    }
}

/// An index to be: what it is for, its columns, and the rows it holds.
type Wanted = (&'static str, Vec<String>, String);

/// Indexes of an entity's table; the facet index comes first.
fn indexes_of(entity: &Entity, table: &str) -> Vec<Index> {
    let open = |field: &&Field| field.sensitivity != Sensitivity::Sensitive;
    // A scope is a range of paths, so nothing behind the path is searched by: the id comes next, because ids are made in
    // order and the new rows of a place then share a page.
    let mut facet = ["path", "id", "ended_on"].map(str::to_owned).to_vec();
    let filters = entity.fields.iter().filter(|field| field.filter).filter(open);
    facet.extend(filters.map(|field| names::column(&field.name)));
    let tags = entity.fields.iter().filter(is_tag).map(|field| known(&names::column(&field.name)));
    let tags: Vec<Wanted> = tags.map(|known| ("facet", facet.clone(), known)).collect();
    let mut wanted: Vec<Wanted> = vec![("facet", facet, String::new()), ("by", vec!["id".to_owned()], String::new())];
    wanted.extend(tags);
    // Whether anything changed in an area is asked each time a phone looks for a newer list.
    wanted.push(("by", vec!["path".to_owned(), "since".to_owned()], String::new()));
    for field in &entity.fields {
        wanted.extend(indexes_of_field(field, field.search || field.name == entity.title));
    }
    if let Some(first) = entity.view.sort.first() {
        let name = first.trim_start_matches('-');
        if let Some(field) = entity.field(name).filter(open)
            && !matches!(field.kind, FieldKind::PersonName)
        {
            wanted.push(("by", vec![names::column(name), "id".to_owned()], String::new()));
        }
    }
    let mut kinds = meta_columns();
    kinds.extend(entity.fields.iter().flat_map(field_columns));
    let typed = |column: &String| {
        let kind = kinds.iter().find(|known| known.name == *column).map(|known| known.kind);
        format!("{column}:{kind:?}")
    };
    let mut indexes: Vec<Index> = Vec::new();
    for (what, columns, only) in wanted {
        // A column of another type is another column, and needs another index.
        let mut marks: Vec<String> = columns.iter().map(typed).collect();
        marks.push(only.clone());
        let name = names::index(table, what, &marks);
        if !indexes.iter().any(|index| index.name == name) {
            indexes.push(Index { name, columns, unique: false, only });
        }
    }
    indexes
}

/// Whether a field's records are few enough, and looked for often enough, to have a covering index of their own: several codes
/// in one column cannot be searched for, only read.
fn is_tag(field: &&Field) -> bool {
    field.filter && field.sensitivity != Sensitivity::Sensitive && matches!(field.kind, FieldKind::Codes { .. })
}

/// Condition of an index of known values.
fn known(column: &str) -> String {
    format!("{} IS NOT NULL", quoted(column))
}

/// Indexes a field is found by. Each costs a page of every write, so none holds rows that nobody looks for.
fn indexes_of_field(field: &Field, found: bool) -> Vec<Wanted> {
    let name = names::column(&field.name);
    if field.sensitivity == Sensitivity::Sensitive {
        let hash = format!("{name}_h");
        // Living holders of a unique value are found by their claim.
        return match (field.unique, field.search) {
            (true, _) => vec![("by", vec![hash], known("ended_on"))],
            (false, true) => vec![("by", vec![hash.clone()], known(&hash))],
            (false, false) => Vec::new(),
        };
    }
    match field.kind {
        FieldKind::PersonName if found => vec![
            ("by", vec![format!("{name}_py"), name.clone(), "id".to_owned()], String::new()),
            ("by", vec![name, "id".to_owned()], String::new()),
        ],
        FieldKind::PersonName => Vec::new(),
        FieldKind::Ref { .. } => vec![("by", vec![name.clone()], known(&name))],
        _ if field.search => vec![("by", vec![name], String::new())],
        _ => Vec::new(),
    }
}
