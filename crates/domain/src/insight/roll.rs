//! Measures that are kept up to date as rows are written (roll-ups).

use std::collections::BTreeMap;

use crate::{
    catalogue::Catalogue,
    expr::{Expr, Type, TypedExpr},
};

use super::{
    bind::Params,
    model::{Measure, What},
};

/// What is kept for a measure: how many living rows of a register pass a filter, and the sum of a number over them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roll {
    /// Names the same content in every process; another filter is another roll-up.
    pub id: String,
    /// Register.
    pub entity: String,
    /// The measure, bound.
    pub measure: RollMeasure,
}

/// Filter and number of a roll-up.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RollMeasure {
    /// Which rows.
    pub filter: Option<TypedExpr>,
    /// The number that is added up.
    pub add: Option<TypedExpr>,
    /// Whether only rows that have the number count.
    pub known_only: bool,
}

impl RollMeasure {
    /// What a bound measure over a register counts and adds up.
    pub fn of(measure: &Measure) -> Option<Self> {
        let (add, known_only) = match &measure.what {
            What::Count { .. } | What::Distinct { .. } | What::Counted { .. } => (None, false),
            What::Sum { field, scale, .. } => {
                let ty = if *scale == 0 { Type::Int } else { Type::Decimal(*scale) };
                (Some(TypedExpr { source: field.clone(), ty, expr: Expr::Field(field.clone()) }), false)
            }
            What::Mean { of, .. } => (Some(of.clone()), true),
            What::AreasWhere { inner, .. } => return Self::of(inner),
            _ => return None,
        };
        Some(Self { filter: measure.filter.clone(), add, known_only })
    }

    /// Whether it can change without a row changing.
    pub fn depends_on_today(&self) -> bool {
        let depends = |typed: &Option<TypedExpr>| typed.as_ref().is_some_and(TypedExpr::depends_on_today);
        depends(&self.filter) || depends(&self.add)
    }
}

impl Roll {
    /// The roll-up of a bound measure that is read as of now; `None` when rows must be read.
    pub fn of(measure: &Measure) -> Option<Self> {
        let entity = measure.what.entity()?.to_owned();
        let source = match &measure.what {
            What::AreasWhere { inner, .. } => inner,
            _ => measure,
        };
        if source.at.is_some() || measure.at.is_some() {
            return None;
        }
        let kept = RollMeasure::of(measure)?;
        if kept.depends_on_today() {
            return None;
        }
        let text = serde_json::to_string(&(&entity, &kept)).ok()?;
        Some(Self { id: format!("{:016x}", digest(text.as_bytes())), entity, measure: kept })
    }

    /// All that the indicators of a Catalogue need, by register, each once.
    pub fn all(catalogue: &Catalogue) -> BTreeMap<String, Vec<Self>> {
        let mut found: BTreeMap<String, BTreeMap<String, Self>> = BTreeMap::new();
        for indicator in catalogue.indicators.values() {
            let params = Params::of(catalogue, indicator.pack(), &BTreeMap::new());
            let rolls = indicator.measures.values().filter_map(|measure| Self::of(&params.bind_measure(measure)));
            for roll in rolls {
                // Whether there are records at all is asked wherever a figure finds nothing.
                let all =
                    Measure { what: What::Count { entity: roll.entity.clone() }, filter: None, at: None, area: None };
                let any = Self::of(&all).into_iter().map(|one| (one.id.clone(), one));
                found.entry(roll.entity.clone()).or_default().extend(any);
                found.entry(roll.entity.clone()).or_default().insert(roll.id.clone(), roll);
            }
        }
        found.into_iter().map(|(entity, rolls)| (entity, rolls.into_values().collect())).collect()
    }
}

/// FNV-1a, 64 bits: names a few hundred measures apart.
fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
