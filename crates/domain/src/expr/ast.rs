//! The typed tree that is evaluated and compiled to SQL.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Type {
    /// Yes or no.
    Bool,
    /// Whole number; a number of days too.
    Int,
    /// Whole number of units of `10^-scale`.
    Decimal(u8),
    /// Text.
    Text,
    /// Code of a list; text that is compared but not ordered.
    Code,
    /// Several codes of a list.
    Codes,
    /// Calendar day.
    Date,
    /// Moment.
    Timestamp,
    /// Another record; can be compared and be null.
    Ref,
}

/// A constant. Decimals are in units of the scale their surroundings need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Literal {
    /// Nothing known; only as a branch of [`Expr::If`].
    Null,
    /// Yes or no.
    Bool(bool),
    /// Whole number, or decimal units.
    Int(i64),
    /// Text or code.
    Text(String),
    /// Calendar day.
    Date(Date),
}

/// Comparison between two values of one representation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompareOp {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// Integer arithmetic; division truncates toward zero and is null by zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArithmeticOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

/// Where a part must stand in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextTest {
    /// At its beginning.
    StartsWith,
    /// At its end.
    EndsWith,
    /// Anywhere.
    Contains,
}

/// An expression whose types have been checked; every variant is one SQL construct. The meaning is in the
/// [module's documentation](super).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expr {
    /// A constant.
    Literal(Literal),
    /// A field of the record, by its name in the [`super::Scope`].
    Field(String),
    /// The day the expression is asked for.
    Today,
    /// `!a`
    Not(Box<Expr>),
    /// `a && b && …`, at least two.
    All(Vec<Expr>),
    /// `a || b || …`, at least two.
    Any(Vec<Expr>),
    /// Comparison; both sides have the same representation.
    Compare {
        /// Which.
        op: CompareOp,
        /// Left side.
        left: Box<Expr>,
        /// Right side.
        right: Box<Expr>,
    },
    /// `a IS NULL`, never null itself.
    IsNull(Box<Expr>),
    /// `a IN (…)`; at least one literal, none null.
    In {
        /// What is looked for.
        item: Box<Expr>,
        /// Where.
        list: Vec<Literal>,
    },
    /// Whether a list of codes holds a code.
    Holds {
        /// The list.
        codes: Box<Expr>,
        /// The code.
        code: Box<Expr>,
    },
    /// Whether a text has a part.
    Text {
        /// Where the part must stand.
        test: TextTest,
        /// The text.
        text: Box<Expr>,
        /// The part.
        part: Box<Expr>,
    },
    /// Calculation with whole numbers.
    Arithmetic {
        /// Which.
        op: ArithmeticOp,
        /// Left side.
        left: Box<Expr>,
        /// Right side.
        right: Box<Expr>,
    },
    /// `-a`
    Negate(Box<Expr>),
    /// `value × 10^places`: brings decimals to one scale.
    Scale {
        /// The number.
        value: Box<Expr>,
        /// Power of ten, 1 to 18.
        places: u8,
    },
    /// `a || b` of SQL: two texts joined.
    Concat(Box<Expr>, Box<Expr>),
    /// A day so many days later (earlier, when negative).
    AddDays {
        /// The day.
        date: Box<Expr>,
        /// How many.
        days: Box<Expr>,
    },
    /// `later − earlier` in days.
    DaysBetween {
        /// The day counted to.
        later: Box<Expr>,
        /// The day counted from.
        earlier: Box<Expr>,
    },
    /// The day in China of a moment.
    DateOf(Box<Expr>),
    /// Full years from a day to today.
    Age(Box<Expr>),
    /// Code points of a text.
    Length(Box<Expr>),
    /// How many codes a list holds.
    Count(Box<Expr>),
    /// `CASE WHEN condition THEN then ELSE otherwise END`
    If {
        /// Decides; null counts as false.
        condition: Box<Expr>,
        /// Value when true.
        then: Box<Expr>,
        /// Value otherwise.
        otherwise: Box<Expr>,
    },
}

impl Expr {
    /// The parts directly below this one, left to right.
    pub fn children(&self) -> Vec<&Expr> {
        match self {
            Self::Literal(_) | Self::Field(_) | Self::Today => Vec::new(),
            Self::All(parts) | Self::Any(parts) => parts.iter().collect(),
            Self::Not(a)
            | Self::IsNull(a)
            | Self::In { item: a, .. }
            | Self::Negate(a)
            | Self::Scale { value: a, .. }
            | Self::DateOf(a)
            | Self::Age(a)
            | Self::Length(a)
            | Self::Count(a) => vec![a],
            Self::Compare { left: a, right: b, .. }
            | Self::Holds { codes: a, code: b }
            | Self::Text { text: a, part: b, .. }
            | Self::Arithmetic { left: a, right: b, .. }
            | Self::Concat(a, b)
            | Self::AddDays { date: a, days: b }
            | Self::DaysBetween { later: a, earlier: b } => vec![a, b],
            Self::If { condition, then, otherwise } => vec![condition, then, otherwise],
        }
    }

    /// The same, to be changed.
    pub fn children_mut(&mut self) -> Vec<&mut Expr> {
        match self {
            Self::Literal(_) | Self::Field(_) | Self::Today => Vec::new(),
            Self::All(parts) | Self::Any(parts) => parts.iter_mut().collect(),
            Self::Not(a)
            | Self::IsNull(a)
            | Self::In { item: a, .. }
            | Self::Negate(a)
            | Self::Scale { value: a, .. }
            | Self::DateOf(a)
            | Self::Age(a)
            | Self::Length(a)
            | Self::Count(a) => vec![a],
            Self::Compare { left: a, right: b, .. }
            | Self::Holds { codes: a, code: b }
            | Self::Text { text: a, part: b, .. }
            | Self::Arithmetic { left: a, right: b, .. }
            | Self::Concat(a, b)
            | Self::AddDays { date: a, days: b }
            | Self::DaysBetween { later: a, earlier: b } => vec![a, b],
            Self::If { condition, then, otherwise } => vec![condition, then, otherwise],
        }
    }
}

/// A checked expression with its type and the text it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedExpr {
    /// As it was written.
    pub source: String,
    /// Type of the answer.
    pub ty: Type,
    /// The tree.
    pub expr: Expr,
}

impl TypedExpr {
    /// Names of the fields it reads, sorted, each once.
    pub fn free_fields(&self) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![&self.expr];
        while let Some(expr) = waiting.pop() {
            if let Expr::Field(name) = expr {
                found.insert(name.as_str());
            }
            waiting.extend(expr.children());
        }
        found
    }

    /// Whether the answer can change from one day to the next without the record changing.
    pub fn depends_on_today(&self) -> bool {
        let mut waiting = vec![&self.expr];
        while let Some(expr) = waiting.pop() {
            if matches!(expr, Expr::Today | Expr::Age(_)) {
                return true;
            }
            waiting.extend(expr.children());
        }
        false
    }
}
