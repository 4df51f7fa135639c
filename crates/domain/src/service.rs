//! Items of the one window: what a resident may apply for, judged against what the registers already know.
//!
//! An item is data (`packs/service/items/*.toml`). Its conditions and the checks of its materials are expressions over one
//! person: fields of the resident by their names, fields of the household as `household.NAME`. What cannot be told from the
//! registers stays unknown and is asked, never guessed.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    catalogue::Field,
    expr::{Expr, TypedExpr, holds},
    lang::Label,
    value::Value,
};

/// Register of the people who apply.
pub const PERSON: &str = "people/resident";
/// Register of their households.
pub const HOUSEHOLD: &str = "people/household";
/// Field of a person that names the household.
pub const HOUSEHOLD_FIELD: &str = "household";

/// An item of the one window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServiceItem {
    /// Namespaced name, `service/advanced_age_allowance`.
    pub name: String,
    /// Code that people cite, `MZ-03`; unique.
    pub code: String,
    /// Title.
    pub title: Label,
    /// Sort of item, a code of `service/item_kind`.
    pub kind: String,
    /// For whom it is.
    pub audience: Label,
    /// What an applicant should know.
    pub guide: Option<Label>,
    /// Laws and rules it rests on.
    pub basis: Vec<String>,
    /// Promised working days from acceptance to decision.
    pub limit: u32,
    /// Fee in fen.
    pub fee: i64,
    /// Kind of area whose desk decides: `community` or `street`.
    pub decided_at: String,
    /// What happens instead of a certificate, for items that replace one.
    pub instead: Option<Label>,
    /// Who may apply.
    pub conditions: Vec<Condition>,
    /// What must be handed in unless data verify it.
    pub materials: Vec<Material>,
    /// What is asked; a field with a data element is filled in from the registers.
    pub fields: Vec<Field>,
    /// An XLSForm of a pack that asks beside the fields; its questions that bear a field's name fill that field.
    pub form: Option<String>,
}

/// A condition of an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    /// In words.
    pub text: Label,
    /// Over the person.
    pub when: TypedExpr,
}

/// A material of an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Material {
    /// Name within the item.
    pub name: String,
    /// Label.
    pub label: Label,
    /// What it is.
    pub kind: MaterialKind,
    /// When this holds of the person, the material need not be handed in.
    pub verify: Option<TypedExpr>,
    /// Whether an application without it is complete.
    pub optional: bool,
    /// Certificate that offices used to ask communities for, and that data replace.
    pub certificate: Option<String>,
}

/// What a material is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaterialKind {
    /// A form that the applicant fills in.
    Form,
    /// A paper that the applicant brings.
    Paper,
    /// Something the registers hold.
    Held,
}

/// Whether an item is for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fits {
    /// Every condition holds.
    Yes,
    /// One does not.
    No,
    /// None fails, but not all can be told.
    Unknown,
}

/// An item judged for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Whether it is for them.
    pub fits: Fits,
    /// Of each condition: whether it holds, `None` when that cannot be told.
    pub conditions: Vec<Option<bool>>,
    /// Of each material: whether data verify it.
    pub verified: Vec<bool>,
    /// Fields (as expressions name them) that must be known to tell the rest.
    pub missing: Vec<String>,
}

impl ServiceItem {
    /// Fields of the person that the item's conditions and materials look at, as expressions name them.
    pub fn looks_at(&self) -> BTreeSet<&str> {
        let conditions = self.conditions.iter().map(|one| &one.when);
        let materials = self.materials.iter().filter_map(|one| one.verify.as_ref());
        conditions.chain(materials).flat_map(TypedExpr::free_fields).collect()
    }

    /// Those of [`Self::looks_at`] whose value matters. Of the others it only matters whether there is one, so that nobody
    /// needs to see it in clear.
    pub fn compares(&self) -> BTreeSet<&str> {
        let conditions = self.conditions.iter().map(|one| &one.when);
        let materials = self.materials.iter().filter_map(|one| one.verify.as_ref());
        conditions.chain(materials).flat_map(|typed| compared(&typed.expr)).collect()
    }

    /// Judges the item for the person whose fields `field` gives, on the day `today`.
    pub fn judge(&self, field: &dyn Fn(&str) -> Value, today: Date) -> Judgement {
        let mut missing = Vec::new();
        let conditions: Vec<Option<bool>> = self
            .conditions
            .iter()
            .map(|one| {
                let answer = holds(&one.when, field, today);
                if answer.is_none() {
                    let unknown = one.when.free_fields().into_iter().filter(|name| field(name).is_null());
                    missing.extend(unknown.map(str::to_owned));
                }
                answer
            })
            .collect();
        let fits = if conditions.contains(&Some(false)) {
            Fits::No
        } else if conditions.contains(&None) {
            Fits::Unknown
        } else {
            Fits::Yes
        };
        missing.sort();
        missing.dedup();
        let verified = self
            .materials
            .iter()
            .map(|one| one.verify.as_ref().is_some_and(|verify| holds(verify, field, today) == Some(true)));
        Judgement { fits, conditions, verified: verified.collect(), missing }
    }
}

/// Fields of an expression but those whose presence alone is asked.
fn compared(expr: &Expr) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![expr];
    while let Some(expr) = waiting.pop() {
        match expr {
            Expr::Field(name) => {
                found.insert(name.as_str());
            }
            Expr::IsNull(inner) if matches!(**inner, Expr::Field(_)) => {}
            other => waiting.extend(other.children()),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::expr::{Scope, Type, parse_filter};

    fn item() -> ServiceItem {
        let scope = Scope::new().with("birth_date", Type::Date).with("kind", Type::Code).with("card", Type::Text);
        let read = |text: &str| parse_filter(text, &scope).unwrap();
        let material = |name: &str, verify: Option<&str>| Material {
            name: name.into(),
            label: Label::new(name, name),
            kind: MaterialKind::Paper,
            verify: verify.map(read),
            optional: false,
            certificate: None,
        };
        let condition = |text: &str| Condition { text: Label::new(text, text), when: read(text) };
        ServiceItem {
            name: "service/x".into(),
            code: "X-1".into(),
            title: Label::new("x", "x"),
            kind: "benefit".into(),
            audience: Label::new("x", "x"),
            form: None,
            guide: None,
            basis: Vec::new(),
            limit: 5,
            fee: 0,
            decided_at: "street".into(),
            instead: None,
            conditions: vec![condition("age(birth_date) >= 80"), condition("kind == \"a\"")],
            materials: vec![material("card", Some("card != null")), material("photo", None)],
            fields: Vec::new(),
        }
    }

    fn judged(known: &[(&str, Value)]) -> Judgement {
        let field =
            |name: &str| known.iter().find(|(held, _)| *held == name).map_or(Value::Null, |(_, value)| value.clone());
        item().judge(&field, date(2026, 11, 1))
    }

    #[test]
    fn an_item_fits_only_when_every_condition_is_known_to_hold() {
        let (old, young) = (Value::Date(date(1940, 1, 1)), Value::Date(date(1990, 1, 1)));
        let kind = || Value::text("a");
        assert_eq!(judged(&[("birth_date", old.clone()), ("kind", kind())]).fits, Fits::Yes);
        assert_eq!(judged(&[("birth_date", young), ("kind", kind())]).fits, Fits::No);
        let unknown = judged(&[("birth_date", old)]);
        assert_eq!((unknown.fits, unknown.missing), (Fits::Unknown, vec!["kind".to_owned()]));
        assert_eq!(judged(&[("kind", Value::text("b"))]).fits, Fits::No, "one failure decides, whatever is unknown");
    }

    #[test]
    fn a_material_is_verified_by_data_only_when_its_check_is_true() {
        assert_eq!(judged(&[("card", Value::text("1"))]).verified, [true, false]);
        assert_eq!(judged(&[]).verified, [false, false]);
        assert_eq!(item().looks_at().into_iter().collect::<Vec<_>>(), ["birth_date", "card", "kind"]);
        assert_eq!(
            item().compares().into_iter().collect::<Vec<_>>(),
            ["birth_date", "kind"],
            "the card's number is not"
        );
    }
}
