//! Parameters put into expressions: what is evaluated or compiled to SQL holds constants only.

use std::collections::BTreeMap;

use crate::{
    catalogue::Catalogue,
    expr::{Expr, Literal, TypedExpr},
    value::Value,
};

use super::{
    formula::Term,
    model::{Measure, PARAM_SCALE, ParamKind, What},
};

/// The parameters of a pack with the values that hold for one question.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Params {
    known: BTreeMap<String, (ParamKind, Literal)>,
}

impl Params {
    /// Those of `pack`, with what a reader changes for this question: values by name, or by `pack/name` where two packs
    /// have one of that name. A value of another type leaves the city's; [`Self::wrong`] says which.
    pub fn of(catalogue: &Catalogue, pack: &str, asked: &BTreeMap<String, String>) -> Self {
        let own = catalogue.params.iter().filter_map(|(full, param)| {
            let (home, name) = full.split_once('/')?;
            if home != pack {
                return None;
            }
            let changed = asked.get(full).or_else(|| asked.get(name)).and_then(|text| param.kind.read(text));
            Some((name.to_owned(), (param.kind.clone(), changed.unwrap_or_else(|| param.value.clone()))))
        });
        Self { known: own.collect() }
    }

    /// Names in `asked` that are no parameter of any pack, or whose value is not of its type.
    pub fn wrong<'a>(catalogue: &Catalogue, asked: &'a BTreeMap<String, String>) -> Vec<&'a str> {
        let fits = |name: &str, text: &str| {
            let mut named = catalogue
                .params
                .iter()
                .filter(|(full, _)| *full == name || full.rsplit('/').next() == Some(name))
                .peekable();
            named.peek().is_some() && named.any(|(_, param)| param.kind.read(text).is_some())
        };
        asked.iter().filter(|(name, text)| !fits(name, text)).map(|(name, _)| name.as_str()).collect()
    }

    /// The value of `name`.
    pub fn get(&self, name: &str) -> Option<&Literal> {
        self.known.get(name).map(|(_, value)| value)
    }

    /// The day that `name` says.
    pub fn date(&self, name: &str) -> Option<jiff::civil::Date> {
        match self.get(name)? {
            Literal::Date(day) => Some(*day),
            _ => None,
        }
    }

    /// All of them as texts.
    pub fn texts(&self) -> BTreeMap<String, String> {
        self.known.iter().map(|(name, (kind, value))| (name.clone(), kind.text(value))).collect()
    }

    /// What `name` is worth in a formula.
    pub fn term(&self, name: &str) -> Option<Term> {
        let (kind, value) = self.known.get(name)?;
        Some(match value {
            #[expect(clippy::cast_precision_loss, reason = "figures far below 2^53")]
            Literal::Int(units) if *kind == ParamKind::Decimal => {
                Term::Number(*units as f64 / 10f64.powi(i32::from(PARAM_SCALE)))
            }
            #[expect(clippy::cast_precision_loss, reason = "figures far below 2^53")]
            Literal::Int(number) => Term::Number(*number as f64),
            Literal::Bool(flag) => Term::Number(f64::from(u8::from(*flag))),
            Literal::Text(text) => Term::Word(text.clone()),
            Literal::Date(day) => Term::Word(day.to_string()),
            Literal::Null => return None,
        })
    }

    /// The expression with constants in the places of parameters.
    pub fn bind(&self, typed: &TypedExpr) -> TypedExpr {
        let mut bound = typed.clone();
        self.put(&mut bound.expr);
        bound
    }

    /// A measure with its filter and its number bound.
    pub fn bind_measure(&self, measure: &Measure) -> Measure {
        let mut bound = measure.clone();
        bound.filter = measure.filter.as_ref().map(|filter| self.bind(filter));
        match &mut bound.what {
            What::Mean { of, .. } => *of = self.bind(of),
            What::AreasWhere { inner, having, .. } => {
                **inner = self.bind_measure(inner);
                *having = self.bind(having);
            }
            _ => {}
        }
        bound
    }

    fn put(&self, expr: &mut Expr) {
        if let Expr::Field(name) = expr {
            if let Some(value) = self.get(name) {
                *expr = Expr::Literal(value.clone());
            }
            return;
        }
        for child in expr.children_mut() {
            self.put(child);
        }
    }
}

/// A number as a value of a filter's scope with [`PARAM_SCALE`] places: `n` in `having`.
pub fn scaled(number: f64) -> Value {
    let units = (number * 10f64.powi(i32::from(PARAM_SCALE))).round();
    #[expect(clippy::cast_possible_truncation, reason = "checked to be within")]
    if units.abs() < 9e18 { Value::Int(units as i64) } else { Value::Null }
}
