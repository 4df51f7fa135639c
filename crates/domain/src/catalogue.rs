//! The Catalogue: everything the packs declare, checked and typed. Names are stable and namespaced (`people/resident`).

mod codes;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    actor::{Subject, Verb},
    expr::TypedExpr,
    flow::Flow,
    insight::{Indicator, Param},
    lang::Label,
    report::Report,
    schedule::Schedule,
    service::ServiceItem,
};

pub use codes::{Code, CodeList};

/// All packs of an installation, checked as a whole.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Catalogue {
    /// Packs in the order they were loaded (a pack comes after those it needs).
    pub packs: Vec<PackInfo>,
    /// Levels of the area tree, top down.
    pub levels: Vec<AreaLevel>,
    /// Registers by namespaced name.
    pub entities: BTreeMap<String, Entity>,
    /// Code lists by namespaced name.
    pub code_lists: BTreeMap<String, CodeList>,
    /// Roles by namespaced name.
    pub roles: BTreeMap<String, Role>,
    /// Report tables that are known by title.
    pub tables: BTreeMap<String, ReportTable>,
    /// Flows by namespaced name.
    #[serde(default)]
    pub flows: BTreeMap<String, Flow>,
    /// Recurring duties by namespaced name.
    #[serde(default)]
    pub schedules: BTreeMap<String, Schedule>,
    /// Items of the one window by namespaced name.
    #[serde(default)]
    pub items: BTreeMap<String, ServiceItem>,
    /// Parameters of indicators by namespaced name.
    #[serde(default)]
    pub params: BTreeMap<String, Param>,
    /// Indicators by namespaced name.
    #[serde(default)]
    pub indicators: BTreeMap<String, Indicator>,
    /// Written reports by namespaced name.
    #[serde(default)]
    pub reports: BTreeMap<String, Report>,
}

/// Head of a pack: `pack.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PackInfo {
    /// Folder name and namespace.
    pub id: String,
    /// Title.
    pub title: Label,
    /// Version of the pack, `major.minor.patch`.
    pub version: String,
    /// Packs that must be present.
    pub needs: Vec<String>,
    /// Whether the pack is on only in an emergency.
    pub mode: PackMode,
    /// Counts below this are suppressed in shared or public figures; 0 suppresses none.
    pub small_count_threshold: u32,
}

/// When a pack is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PackMode {
    /// Always.
    #[default]
    Always,
    /// Only while the emergency mode is on.
    Emergency,
}

/// A level of the area tree: `levels.toml` of `packs/network`. Levels 1–5 are the statistical ones and fixed in meaning;
/// those below the community are the city's to choose (R1; five recommended: street, community, estate, grid, building).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AreaLevel {
    /// Identifier by the glossary: `province` `city` `district` `street` `community` `estate` `grid` `building` `unit`.
    pub kind: String,
    /// Rank from 1 (province) downwards; a child's rank is greater than its parent's.
    pub rank: u8,
    /// Label.
    pub label: Label,
    /// Digits a child adds to its parent's code when the code is made by the program (below the community).
    pub code_digits: u8,
    /// Whether the recommended standard tree has this level (R1's conformance check).
    pub recommended: bool,
    /// Whether an area of this kind may be left out between its parent and its children.
    pub optional: bool,
}

/// A register: one typed table, one list page, one record page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entity {
    /// Namespaced name, `people/resident`.
    pub name: String,
    /// Label, singular (Chinese has no plural).
    pub label: Label,
    /// One sentence for the empty state and the docs.
    pub about: Label,
    /// Field whose value names a record in lists and links.
    pub title: String,
    /// Deepest-first list of area kinds a record may hang on; empty means any level from the community down.
    pub area_kinds: Vec<String>,
    /// Groups of fields on the record page, in order.
    pub groups: Vec<FieldGroup>,
    /// Fields in page order.
    pub fields: Vec<Field>,
    /// One-to-many relations shown on the record page.
    pub relations: Vec<Relation>,
    /// Rules over several fields; a record that breaks one is refused with its message.
    pub checks: Vec<Check>,
    /// Default list.
    pub view: View,
    /// Code list of reasons for ending a record (moved away, died, demolished…), if restricted.
    pub end_reasons: Option<String>,
    /// Which fields describe a person for record linkage, if this register holds people.
    pub person: Option<PersonFields>,
}

impl Entity {
    /// The field called `name`.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The data element of a field: `people/resident/name`.
    pub fn element(&self, field: &Field) -> String {
        field.element.clone().unwrap_or_else(|| format!("{}/{}", self.name, field.name))
    }
}

/// Fields of an entity that describe a person, for record linkage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonFields {
    /// Person's name.
    pub name: String,
    /// Identity number.
    pub identity: Option<String>,
    /// Birth date.
    pub birth: Option<String>,
    /// Sex code (GB/T 2261.1).
    pub sex: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// Reference to the household.
    pub household: Option<String>,
}

/// A titled group of fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldGroup {
    /// Identifier, used by [`Field::group`].
    pub id: String,
    /// Label.
    pub label: Label,
}

/// A field of a register.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Name within the entity, `birth_date`; also the column's name.
    pub name: String,
    /// Label.
    pub label: Label,
    /// One sentence of help under the input.
    pub help: Option<Label>,
    /// Group on the record page; the first group when absent.
    pub group: Option<String>,
    /// Type.
    pub kind: FieldKind,
    /// Data element when it is not `entity/field`, for values that several registers share.
    pub element: Option<String>,
    /// Whether a record without it is refused.
    pub required: bool,
    /// Whether no two living records of the whole installation may share a value.
    pub unique: bool,
    /// How private it is.
    pub sensitivity: Sensitivity,
    /// Why a sensitive field is held (must be stated).
    pub purpose: Option<Label>,
    /// Days a sensitive value is kept after the record ended (must be stated).
    pub retention_days: Option<u32>,
    /// Whether lists can be filtered by it: it becomes part of the list's covering index.
    pub filter: bool,
    /// Whether the general search looks at it: name prefix and pinyin initials, or exact value for sensitive fields.
    pub search: bool,
    /// Whether the field is off until a city turns it on (priority groups).
    pub off_by_default: bool,
    /// Filled from another field, and then not typed by people.
    pub derive: Option<Derive>,
    /// Column headings offices use for it.
    pub synonyms: Vec<String>,
}

/// Type of a field: how it is checked, kept, shown and matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FieldKind {
    /// Free text of at most `max` characters.
    Text {
        /// Greatest number of characters.
        max: u32,
    },
    /// Long text, several lines.
    LongText,
    /// Person's name, normalised, with pinyin initials kept beside it.
    PersonName,
    /// GB 11643 identity number.
    IdentityNumber,
    /// GB 32100 unified social credit code.
    CreditCode,
    /// Phone number, normalised to digits.
    Phone,
    /// Postal address text.
    Address,
    /// Calendar day.
    Date,
    /// Moment.
    Time,
    /// Whole number.
    Integer {
        /// Least value allowed.
        min: Option<i64>,
        /// Greatest value allowed.
        max: Option<i64>,
    },
    /// Decimal with a fixed number of places.
    Decimal {
        /// Places after the point.
        scale: u8,
        /// Unit shown after the value, `㎡`.
        unit: Option<String>,
    },
    /// Money in fen.
    Money,
    /// Yes or no.
    Bool,
    /// One code of a list.
    Code {
        /// Namespaced code list.
        list: String,
    },
    /// Several codes of a list.
    Codes {
        /// Namespaced code list.
        list: String,
    },
    /// Another record of the same community.
    Ref {
        /// Namespaced entity.
        entity: String,
    },
}

impl FieldKind {
    /// Whether its value is [`crate::Value::Text`].
    pub fn is_text(&self) -> bool {
        matches!(
            self,
            Self::Text { .. }
                | Self::LongText
                | Self::PersonName
                | Self::IdentityNumber
                | Self::CreditCode
                | Self::Phone
                | Self::Address
                | Self::Code { .. }
        )
    }
}

/// How private a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Anyone in scope sees it.
    #[default]
    Open,
    /// Personal data: anyone in scope with the register's `read` sees it; never in public figures.
    Personal,
    /// Encrypted at rest, masked by default, findable by exact value, revealed with a purpose and audited.
    Sensitive,
}

/// Computations that fill a field from another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", content = "from", rename_all = "snake_case")]
pub enum Derive {
    /// Birth date out of an identity number field.
    BirthDate(String),
    /// Sex code (GB/T 2261.1) out of an identity number field.
    Sex(String),
}

/// One-to-many relation: the records of `entity` whose field `by` refers to this record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// Identifier.
    pub id: String,
    /// Label.
    pub label: Label,
    /// Namespaced entity of the many.
    pub entity: String,
    /// Its reference field.
    pub by: String,
    /// Columns shown.
    pub columns: Vec<String>,
}

/// A rule over the fields of one record. It is broken when the expression is false; unknown (nothing known) passes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// What must hold.
    pub must: TypedExpr,
    /// Field the message stands beside.
    pub field: Option<String>,
    /// What to tell the person.
    pub message: Label,
}

/// The default list of a register.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct View {
    /// Columns shown.
    pub columns: Vec<String>,
    /// Sort: field names, `-` before a descending one. Empty: newest first.
    pub sort: Vec<String>,
}

/// A role: what an account may do within the area it is granted for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Namespaced name, `network/community`.
    pub name: String,
    /// Label.
    pub label: Label,
    /// Kind of area it is usually granted for.
    pub level: String,
    /// What is allowed.
    pub allow: Vec<Allow>,
    /// Roles it may give to others within its own area although it does not hold all they allow. Namespaced.
    #[serde(default)]
    pub appoints: Vec<String>,
}

/// Verbs on the subjects that a pattern names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allow {
    /// Which subjects.
    pub on: SubjectPattern,
    /// Which verbs.
    pub verbs: Vec<Verb>,
}

/// `people/*`, `people/resident`, a flow (`grid/incident`), or the name of a built-in subject (`accounts`, `areas`, `audit`,
/// `forms`, `responses`, `tasks`, `notices`, `schedules`, `packs`, `system`). A pack's pattern names its registers and flows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubjectPattern(pub String);

impl SubjectPattern {
    /// Whether the pattern names `subject`.
    pub fn matches(&self, subject: &Subject) -> bool {
        let name = subject.name();
        self.0 == name
            || (matches!(subject, Subject::Entity(_) | Subject::Flow(_))
                && (self.0 == "*"
                    || self.0.strip_suffix("/*").is_some_and(|pack| name.split('/').next() == Some(pack))))
    }
}

/// A department's report table that is known by its title: what a row is and which rows belong in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportTable {
    /// Namespaced name.
    pub name: String,
    /// Title.
    pub title: Label,
    /// Words of which one must stand in the sheet's title.
    pub title_words: Vec<String>,
    /// Register whose records are the rows.
    pub entity: String,
    /// Which records; all when absent.
    pub filter: Option<TypedExpr>,
    /// Headings that this table uses for an element: heading → `entity/field` element.
    pub columns: BTreeMap<String, String>,
}
