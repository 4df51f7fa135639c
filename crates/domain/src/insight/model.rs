//! What `indicators.toml` declares.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    expr::{Literal, Type, TypedExpr},
    lang::Label,
};

use super::formula::Formula;

/// Places behind the point of decimal parameters, and of `n` in `having`.
pub const PARAM_SCALE: u8 = 4;

/// A value that a pack's indicators share (a threshold, a base date, which denominator). A city sets it; a reader may
/// change it for one question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Param {
    /// Name within the pack.
    pub name: String,
    /// Label.
    pub label: Label,
    /// Type.
    pub kind: ParamKind,
    /// Value; decimals in units of `10^-`[`PARAM_SCALE`], choices and areas as text.
    pub value: Literal,
}

/// Types of parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParamKind {
    /// A day.
    Date,
    /// A whole number.
    Integer,
    /// A number.
    Decimal,
    /// Yes or no.
    Bool,
    /// One of several words.
    Choice(Vec<String>),
    /// Code of an area; empty: not chosen.
    Area,
}

impl ParamKind {
    /// Its type in filters.
    pub fn ty(&self) -> Type {
        match self {
            Self::Date => Type::Date,
            Self::Integer => Type::Int,
            Self::Decimal => Type::Decimal(PARAM_SCALE),
            Self::Bool => Type::Bool,
            Self::Choice(_) => Type::Code,
            Self::Area => Type::Text,
        }
    }

    /// Reads a value as people and addresses write it; `None` when it is not one of this type.
    pub fn read(&self, text: &str) -> Option<Literal> {
        let text = text.trim();
        Some(match self {
            Self::Date => Literal::Date(text.parse().ok()?),
            Self::Integer => Literal::Int(text.parse().ok()?),
            Self::Decimal => Literal::Int(crate::value::parse_decimal(text, PARAM_SCALE)?),
            Self::Bool => Literal::Bool(text.parse().ok()?),
            Self::Choice(words) => Literal::Text(words.iter().find(|word| *word == text)?.clone()),
            Self::Area => {
                let is_code = text.len() <= 40 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
                Literal::Text(is_code.then(|| text.to_owned())?)
            }
        })
    }

    /// The text that [`Self::read`] reads.
    pub fn text(&self, value: &Literal) -> String {
        match (self, value) {
            (Self::Decimal, Literal::Int(units)) => {
                let text = crate::value::decimal_text(*units, PARAM_SCALE);
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            }
            (_, Literal::Null) => String::new(),
            (_, Literal::Bool(flag)) => flag.to_string(),
            (_, Literal::Int(number)) => number.to_string(),
            (_, Literal::Text(text)) => text.clone(),
            (_, Literal::Date(day)) => day.to_string(),
        }
    }
}

/// An indicator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Indicator {
    /// Namespaced name, `facility/coverage`.
    pub name: String,
    /// Label.
    pub label: Label,
    /// The definition in one sentence.
    pub about: Label,
    /// Figures of the survey report it answers.
    pub figures: Vec<u8>,
    /// Group on the page.
    pub group: String,
    /// Unit.
    pub unit: Unit,
    /// Words after the number.
    pub suffix: Option<Label>,
    /// Places shown.
    pub decimals: u8,
    /// Which way is good.
    pub direction: Direction,
    /// What is to be reached.
    pub target: Option<Target>,
    /// The value, over names of measures, parameters and indicators.
    pub value: Formula,
    /// Its text.
    pub value_text: String,
    /// Least denominator (or numerator, without one) for a value.
    pub needs: i64,
    /// Kinds of area it makes sense for; empty: all.
    pub levels: Vec<String>,
    /// Measures by name; `numerator` and `denominator` among them.
    pub measures: BTreeMap<String, Measure>,
    /// Name of the date parameter it is compared with.
    pub base: Option<String>,
    /// The same from another basis (questionnaire beside register), shown together.
    pub also: Option<String>,
    /// Whether areas may be ranked by it.
    pub rank: bool,
}

impl Indicator {
    /// The pack it belongs to.
    pub fn pack(&self) -> &str {
        self.name.split('/').next().unwrap_or_default()
    }

    /// Whether it makes sense for a kind of area.
    pub fn has_level(&self, kind: &str) -> bool {
        self.levels.is_empty() || self.levels.iter().any(|level| level == kind)
    }

    /// Other indicators that its value needs.
    pub fn needed(&self) -> Vec<&str> {
        let measured = self.measures.values().filter_map(|measure| match &measure.what {
            What::Indicator { name } => Some(name.as_str()),
            _ => None,
        });
        let formulas = [Some(&self.value), self.target.as_ref().map(|target| &target.value)];
        let named = formulas.into_iter().flatten().flat_map(Formula::names).filter(|name| name.contains('/'));
        measured.chain(named).collect()
    }

    /// Where its figures come from: `register`, `answers`, `cases`, `areas`, `indicator`, or `mixed`.
    pub fn basis(&self) -> &'static str {
        let mut found: Option<&'static str> = None;
        for measure in self.measures.values() {
            let basis = match measure.what.basis() {
                // A denominator of areas does not make a register's figure mixed.
                "areas" | "number" if self.measures.len() > 1 => continue,
                basis => basis,
            };
            match found {
                Some(known) if known != basis => return "mixed",
                _ => found = Some(basis),
            }
        }
        found.unwrap_or("areas")
    }
}

/// Units of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A number of things.
    Count,
    /// The formula's quotient × 100.
    Percent,
    /// Percentage points, as the formula gives them.
    Points,
    /// Yuan.
    Yuan,
    /// 10,000 yuan: the formula's yuan ÷ 10,000.
    WanYuan,
    /// Years.
    Years,
    /// A plain quotient.
    Per,
}

impl Unit {
    /// All of them with their names in packs.
    pub const ALL: [(&'static str, Self); 7] = [
        ("count", Self::Count),
        ("percent", Self::Percent),
        ("points", Self::Points),
        ("yuan", Self::Yuan),
        ("wan_yuan", Self::WanYuan),
        ("years", Self::Years),
        ("per", Self::Per),
    ];

    /// What the formula's value is multiplied by.
    pub fn factor(self) -> f64 {
        match self {
            Self::Percent => 100.0,
            Self::WanYuan => 1e-4,
            _ => 1.0,
        }
    }
}

/// Which way is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More is better.
    Up,
    /// Less is better.
    Down,
    /// Neither.
    #[default]
    None,
}

impl Direction {
    /// Whether `value` has reached `target`; nothing when there is no good direction.
    pub fn reached(self, value: f64, target: f64) -> Option<bool> {
        match self {
            Self::Up => Some(value >= target),
            Self::Down => Some(value <= target),
            Self::None => None,
        }
    }
}

/// What is to be reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// The value, in the indicator's unit: a number, or arithmetic over parameters and indicators.
    pub value: Formula,
    /// Until when.
    pub by: Option<jiff::civil::Date>,
}

/// One count, sum or mean over rows of one source under one filter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// What is measured.
    pub what: What,
    /// Which rows; parameters are still names in it.
    pub filter: Option<TypedExpr>,
    /// Date parameter: read as of that day instead of the day asked for.
    pub at: Option<String>,
    /// Area parameter: read there instead of the area asked for.
    pub area: Option<String>,
}

/// What a measure measures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// Records of a register.
    Count {
        /// Namespaced register.
        entity: String,
    },
    /// Sum of a numeric field.
    Sum {
        /// Namespaced register.
        entity: String,
        /// Field.
        field: String,
        /// Places behind its point; money has 2.
        scale: u8,
    },
    /// Mean of a number over the records that have one.
    Mean {
        /// Namespaced register.
        entity: String,
        /// The number.
        of: TypedExpr,
    },
    /// Areas of a level that have at least one such record.
    Distinct {
        /// Kind of area.
        level: String,
        /// Namespaced register.
        entity: String,
    },
    /// Areas of a level.
    Areas {
        /// Kind of area.
        level: String,
    },
    /// Living records, and where an area holds none what the area tree says was counted there: households, residents.
    Counted {
        /// Namespaced register: `people/household` or `people/resident`.
        entity: String,
    },
    /// Areas of a level whose own measure fits.
    AreasWhere {
        /// Kind of area.
        level: String,
        /// Measured in each.
        inner: Box<Measure>,
        /// Which fit, over `n`.
        having: TypedExpr,
    },
    /// Cases of a flow.
    Cases {
        /// Namespaced flow.
        flow: String,
    },
    /// Valid answers to a form.
    Answers {
        /// Namespaced form.
        form: String,
        /// Id that its answers carry.
        id: String,
    },
    /// Another indicator's value.
    Indicator {
        /// Namespaced indicator.
        name: String,
    },
    /// A constant.
    Number {
        /// The number.
        value: f64,
    },
}

impl What {
    /// Where it comes from.
    pub fn basis(&self) -> &'static str {
        match self {
            Self::Count { .. }
            | Self::Sum { .. }
            | Self::Mean { .. }
            | Self::Distinct { .. }
            | Self::Counted { .. } => "register",
            Self::Areas { .. } => "areas",
            Self::AreasWhere { inner, .. } => inner.what.basis(),
            Self::Cases { .. } => "cases",
            Self::Answers { .. } => "answers",
            Self::Indicator { .. } => "indicator",
            Self::Number { .. } => "number",
        }
    }

    /// The register whose records it reads.
    pub fn entity(&self) -> Option<&str> {
        match self {
            Self::Count { entity }
            | Self::Sum { entity, .. }
            | Self::Mean { entity, .. }
            | Self::Distinct { entity, .. }
            | Self::Counted { entity } => Some(entity),
            Self::AreasWhere { inner, .. } => inner.what.entity(),
            _ => None,
        }
    }

    /// Places behind the point of what it adds up.
    pub fn scale(&self) -> u8 {
        match self {
            Self::Sum { scale, .. } => *scale,
            Self::Mean { of, .. } => match of.ty {
                Type::Decimal(scale) => scale,
                _ => 0,
            },
            _ => 0,
        }
    }
}
