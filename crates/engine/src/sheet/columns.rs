//! What a column of a ledger or a template stands for.

use linli_domain::{Catalogue, Entity, FieldKind};

use super::parts::Parts;

/// What a column stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A data element: every field of the row's records that holds it. `people/resident/name`
    Element(String),
    /// The name of an area of a kind. `@area/grid`
    Area(String),
    /// Number of the row, counted when a template is filled. `@sequence`
    Sequence,
    /// Age in years on the template's day. `@age`
    Age,
}

impl Target {
    /// The name as mappings write it.
    pub fn name(&self) -> String {
        match self {
            Self::Element(element) => element.clone(),
            Self::Area(kind) => format!("@area/{kind}"),
            Self::Sequence => "@sequence".into(),
            Self::Age => "@age".into(),
        }
    }

    /// Reads [`Self::name`] for rows with these parts; `None` when they hold no such element.
    pub fn read(name: &str, parts: &Parts<'_>, catalogue: &Catalogue) -> Option<Self> {
        match name {
            "@sequence" => Some(Self::Sequence),
            "@age" => Some(Self::Age),
            _ => match name.strip_prefix("@area/") {
                Some(kind) => {
                    catalogue.levels.iter().any(|level| level.kind == kind).then(|| Self::Area(kind.to_owned()))
                }
                None => (!parts.slots(name).is_empty()).then(|| Self::Element(name.to_owned())),
            },
        }
    }
}

/// Headings for the names of areas beside the level's own label.
pub fn area_headings(kind: &str, label: &str) -> Vec<String> {
    let mut words = vec![label.to_owned()];
    for pattern in ["所属", "所在"] {
        words.push(format!("{pattern}{label}"));
    }
    words.push(format!("{label}名称"));
    let more: &[&str] = match kind {
        "street" => &["街道(乡镇)", "乡镇", "镇街", "街道办事处", "所属街镇"],
        "community" => &["社区(村)", "村(社区)", "居委会", "社区居委会", "村居", "所属村居"],
        "estate" => &["小区", "住宅小区", "所在院落"],
        "grid" => &["网格号", "网格编号", "责任网格", "网格"],
        "building" => &["楼宇"],
        "district" => &["区县", "县(市、区)", "所属区"],
        _ => &[],
    };
    words.extend(more.iter().map(|word| (*word).to_owned()));
    words
}

/// Headings of a column that counts rows.
pub const SEQUENCE_HEADINGS: &[&str] = &["序号", "编号", "序", "No", "No.", "号"];

/// Headings of a column for the age.
pub const AGE_HEADINGS: &[&str] = &["年龄", "周岁", "年龄(周岁)", "年龄(岁)", "岁数", "实足年龄"];

/// The field that holds a birth date, for ages.
pub fn birth_field(entity: &Entity) -> Option<&str> {
    let person = entity.person.as_ref()?;
    let field = entity.field(person.birth.as_deref()?)?;
    matches!(field.kind, FieldKind::Date).then_some(field.name.as_str())
}
