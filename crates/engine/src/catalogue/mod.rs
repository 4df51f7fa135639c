//! What the packs declare, as the page draws itself from it, with what one may do to each register.

use linli_domain::{
    Actor, Catalogue, Entity, Field, FieldKind, Label, Verb,
    catalogue::{AreaLevel, Code, CodeList, Derive, PackMode, Sensitivity},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Engine, views::Text};

/// The Catalogue for one account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CatalogueView {
    /// Packs with their versions: changes when any of them does.
    pub version: String,
    /// Levels of the area tree, top down.
    pub levels: Vec<LevelView>,
    /// Registers.
    pub entities: Vec<EntityView>,
    /// Code lists.
    pub code_lists: Vec<CodeListView>,
    /// Roles.
    pub roles: Vec<RoleView>,
    /// Packs.
    pub packs: Vec<PackView>,
}

/// A level of the area tree.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LevelView {
    /// `street`, `community`, `grid` …
    pub kind: String,
    /// From 1 downwards.
    pub rank: u8,
    /// Label.
    #[schema(value_type = Text)]
    pub label: Label,
    /// Digits a child adds to its parent's code.
    pub code_digits: u8,
    /// Whether it may be left out.
    pub optional: bool,
    /// Whether the recommended tree has it.
    pub recommended: bool,
}

/// A register.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EntityView {
    /// `pack/entity`.
    pub name: String,
    /// Label.
    #[schema(value_type = Text)]
    pub label: Label,
    /// One sentence.
    #[schema(value_type = Text)]
    pub about: Label,
    /// Field that names a record.
    pub title: String,
    /// Kinds of area a record may hang on; empty: any from the community down.
    pub area_kinds: Vec<String>,
    /// Groups of fields.
    pub groups: Vec<GroupView>,
    /// Fields in page order.
    pub fields: Vec<FieldView>,
    /// One-to-many relations.
    pub relations: Vec<RelationView>,
    /// Default list.
    pub view: ViewView,
    /// Code list of end reasons.
    pub end_reasons: Option<String>,
    /// Whether it holds people (duplicates can be looked for).
    pub people: bool,
    /// What one may do to it.
    #[schema(value_type = Vec<String>)]
    pub permissions: Vec<Verb>,
}

/// A group of fields.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GroupView {
    /// Identifier.
    pub id: String,
    /// Label.
    #[schema(value_type = Text)]
    pub label: Label,
}

/// A field.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FieldView {
    /// Name within the register.
    pub name: String,
    /// Label.
    #[schema(value_type = Text)]
    pub label: Label,
    /// Help under the input.
    #[schema(value_type = Option<Text>)]
    pub help: Option<Label>,
    /// Group.
    pub group: Option<String>,
    /// Data element.
    pub element: String,
    /// Type: `{kind: "code", list: "people/sex"}`.
    #[schema(value_type = FieldKindView)]
    pub kind: FieldKind,
    /// Whether a record needs it.
    pub required: bool,
    /// Whether no two records share a value.
    pub unique: bool,
    /// `open`, `personal` or `sensitive`.
    #[schema(value_type = String)]
    pub sensitivity: Sensitivity,
    /// Whether lists can be filtered by it.
    pub filter: bool,
    /// Whether the general search looks at it.
    pub search: bool,
    /// Why a sensitive field is held.
    #[schema(value_type = Option<Text>)]
    pub purpose: Option<Label>,
    /// Set when it is filled from another field: `{rule: "sex", from: "identity_number"}`.
    #[schema(value_type = Option<DeriveView>)]
    pub derived: Option<Derive>,
    /// Whether it is off until a city turns it on.
    pub off_by_default: bool,
}

/// How a field is filled from another.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeriveView {
    /// `birth_date` or `sex`.
    pub rule: String,
    /// Field it comes from.
    pub from: String,
}

/// Type of a field.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FieldKindView {
    /// `text`, `long_text`, `person_name`, `identity_number`, `credit_code`, `phone`, `address`, `date`, `time`, `integer`,
    /// `decimal`, `money`, `bool`, `code`, `codes`, `ref`.
    pub kind: String,
    /// Most characters of a `text`, or greatest `integer`.
    pub max: Option<i64>,
    /// Least `integer`.
    pub min: Option<i64>,
    /// Places of a `decimal`.
    pub scale: Option<u8>,
    /// Unit of a `decimal`.
    pub unit: Option<String>,
    /// Code list of a `code` or `codes`.
    pub list: Option<String>,
    /// Register of a `ref`.
    pub entity: Option<String>,
}

/// A one-to-many relation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RelationView {
    /// Identifier.
    pub id: String,
    /// Label.
    #[schema(value_type = Text)]
    pub label: Label,
    /// Register of the many.
    pub entity: String,
    /// Its reference field.
    pub by: String,
    /// Columns shown.
    pub columns: Vec<String>,
}

/// The default list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ViewView {
    /// Columns.
    pub columns: Vec<String>,
    /// Sort.
    pub sort: Vec<String>,
}

/// A code list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CodeListView {
    /// Name.
    pub name: String,
    /// Label.
    #[schema(value_type = Text)]
    pub label: Label,
    /// Standard it comes from.
    pub standard: String,
    /// Codes in order.
    pub codes: Vec<CodeView>,
}

/// A code.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CodeView {
    /// Code as stored.
    pub code: String,
    /// Label.
    #[schema(value_type = Text)]
    pub label: Label,
    /// Code above it.
    pub parent: Option<String>,
    /// Whether it may no longer be chosen.
    pub retired: bool,
}

/// A role.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RoleView {
    /// Name.
    pub name: String,
    /// Label.
    #[schema(value_type = Text)]
    pub label: Label,
    /// Kind of area it is usually granted for.
    pub level: String,
    /// What is allowed.
    pub allow: Vec<AllowView>,
}

/// Verbs on subjects.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AllowView {
    /// `people/*`, `accounts` …
    pub on: String,
    /// Verbs.
    #[schema(value_type = Vec<String>)]
    pub verbs: Vec<Verb>,
}

/// A pack.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PackView {
    /// Identifier.
    pub id: String,
    /// Title.
    #[schema(value_type = Text)]
    pub title: Label,
    /// Version.
    pub version: String,
    /// `always` or `emergency`.
    #[schema(value_type = String)]
    pub mode: PackMode,
}

/// The Catalogue as `actor` may use it.
pub fn view(engine: &Engine, actor: &Actor) -> CatalogueView {
    let catalogue = engine.catalogue();
    let packs: Vec<PackView> = packs(&catalogue);
    CatalogueView {
        version: packs.iter().map(|pack| format!("{}@{}", pack.id, pack.version)).collect::<Vec<_>>().join(" "),
        levels: catalogue.levels.iter().map(level).collect(),
        entities: catalogue.entities.values().map(|one| entity(engine, actor, one)).collect(),
        code_lists: catalogue.code_lists.values().map(code_list).collect(),
        roles: catalogue
            .roles
            .values()
            .map(|role| RoleView {
                name: role.name.clone(),
                label: role.label.clone(),
                level: role.level.clone(),
                allow: role
                    .allow
                    .iter()
                    .map(|allow| AllowView { on: allow.on.0.clone(), verbs: allow.verbs.clone() })
                    .collect(),
            })
            .collect(),
        packs,
    }
}

/// Installed packs.
pub(crate) fn packs(catalogue: &Catalogue) -> Vec<PackView> {
    let pack = |pack: &linli_domain::catalogue::PackInfo| PackView {
        id: pack.id.clone(),
        title: pack.title.clone(),
        version: pack.version.clone(),
        mode: pack.mode,
    };
    catalogue.packs.iter().map(pack).collect()
}

fn level(level: &AreaLevel) -> LevelView {
    LevelView {
        kind: level.kind.clone(),
        rank: level.rank,
        label: level.label.clone(),
        code_digits: level.code_digits,
        optional: level.optional,
        recommended: level.recommended,
    }
}

fn entity(engine: &Engine, actor: &Actor, entity: &Entity) -> EntityView {
    const VERBS: [Verb; 8] =
        [Verb::Read, Verb::Create, Verb::Edit, Verb::End, Verb::Merge, Verb::Reveal, Verb::Export, Verb::Import];
    EntityView {
        name: entity.name.clone(),
        label: entity.label.clone(),
        about: entity.about.clone(),
        title: entity.title.clone(),
        area_kinds: entity.area_kinds.clone(),
        groups: entity
            .groups
            .iter()
            .map(|group| GroupView { id: group.id.clone(), label: group.label.clone() })
            .collect(),
        fields: entity.fields.iter().map(|one| field(entity, one)).collect(),
        relations: entity
            .relations
            .iter()
            .map(|one| RelationView {
                id: one.id.clone(),
                label: one.label.clone(),
                entity: one.entity.clone(),
                by: one.by.clone(),
                columns: one.columns.clone(),
            })
            .collect(),
        view: ViewView { columns: entity.view.columns.clone(), sort: entity.view.sort.clone() },
        end_reasons: entity.end_reasons.clone(),
        people: entity.person.is_some(),
        permissions: VERBS.into_iter().filter(|verb| engine.permit_entity(actor, *verb, entity).is_ok()).collect(),
    }
}

fn field(entity: &Entity, field: &Field) -> FieldView {
    field_view(field, entity.element(field))
}

/// How answers show a field that is the data element `element`.
pub(crate) fn field_view(field: &Field, element: String) -> FieldView {
    FieldView {
        name: field.name.clone(),
        label: field.label.clone(),
        help: field.help.clone(),
        group: field.group.clone(),
        element,
        kind: field.kind.clone(),
        required: field.required,
        unique: field.unique,
        sensitivity: field.sensitivity,
        filter: field.filter,
        search: field.search,
        purpose: field.purpose.clone(),
        derived: field.derive.clone(),
        off_by_default: field.off_by_default,
    }
}

/// A code list as pages read it.
pub(crate) fn code_list(list: &CodeList) -> CodeListView {
    let code = |code: &Code| CodeView {
        code: code.code.clone(),
        label: code.label.clone(),
        parent: code.parent.clone(),
        retired: code.retired,
    };
    CodeListView {
        name: list.name.clone(),
        label: list.label.clone(),
        standard: list.standard.clone(),
        codes: list.codes.iter().map(code).collect(),
    }
}
