//! Which data element is each column of a spreadsheet? Decided by what was chosen before, by the heading, and by what the
//! values look like; shown with its reasons, corrected by people, remembered for the next sheet.
//!
//! - [`match_columns`] ranks the candidates of every column and assigns them one to one. Two columns never silently
//!   claim one element, and a column that fits two elements equally well is reported, not guessed.
//! - Headings are compared after their noise is gone (spaces inside 姓 名, line breaks, `*`, （必填）, units, numbering).
//!   A heading about somebody else (户主姓名, or 姓名 below 户主) is never taken for the person of the row.
//! - Values confirm a heading, stand in for a missing one, and veto a wrong one (电话 over a column of identity numbers).
//!
//! Confidence: remembered 0.99, exact label 0.95, synonym 0.92, common synonym 0.88, similar heading 0.66–0.85, values
//! alone up to 0.75. From [`ACCEPT`] on a match is taken unless another column or element is as good.

mod assign;
mod label;
mod looks;
mod rank;
mod words;

use std::collections::HashMap;

use crate::{
    check::ChoiceOption,
    lang::{Label, Lang},
};

pub use looks::looks_like;

/// A match of at least this confidence is taken without asking.
pub const ACCEPT: f64 = 0.6;

/// A column as it was read from a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ColumnSeen {
    /// Its own heading, the lowest cell of a merged header; empty when there is none.
    pub label: String,
    /// Headings above it, outermost first.
    pub path: Vec<String>,
    /// Unit found in or below the heading.
    pub unit: Option<String>,
    /// Up to a few hundred of its values as text.
    pub samples: Vec<String>,
    /// Rows with a value.
    pub filled: usize,
    /// Rows in all.
    pub total: usize,
}

impl ColumnSeen {
    /// A column of which only heading and values are known.
    pub fn new(label: impl Into<String>, samples: &[&str]) -> Self {
        Self {
            label: label.into(),
            samples: samples.iter().map(|s| (*s).to_owned()).collect(),
            filled: samples.len(),
            total: samples.len(),
            ..Self::default()
        }
    }
}

/// A data element a column may be.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Its name, `people/resident/name`; anything the caller understands.
    pub key: String,
    /// Labels in all languages.
    pub labels: Vec<String>,
    /// Headings offices use for it.
    pub synonyms: Vec<String>,
    /// What its values are.
    pub kind: ValueKind,
    /// Steps from the register whose records are the rows: 0 for its own fields, 1 for those of its household… Of two
    /// elements with one heading the nearer is meant.
    pub distance: u8,
}

/// What the values of an element are.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueKind {
    /// Any text.
    Text,
    /// Names of persons.
    PersonName,
    /// Identity numbers.
    IdentityNumber,
    /// Unified social credit codes.
    CreditCode,
    /// Phones.
    Phone,
    /// Days, months or years.
    Date,
    /// Whole numbers.
    Integer,
    /// Decimals.
    Decimal,
    /// Amounts of money.
    Money,
    /// Marks for yes and no.
    YesNo,
    /// Entries of a code list.
    Code {
        /// The list.
        options: Vec<ChoiceOption>,
    },
    /// Addresses.
    Address,
}

/// A kind of values without its details.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ValueKindTag {
    /// Identity numbers, rounded ones too.
    IdentityNumber,
    /// Unified social credit codes.
    CreditCode,
    /// Phones.
    Phone,
    /// 1, 2, 3…
    Sequence,
    /// Dates.
    Date,
    /// Marks for yes and no.
    YesNo,
    /// Names of persons.
    PersonName,
    /// Addresses.
    Address,
    /// Whole numbers.
    Integer,
    /// Decimals.
    Decimal,
    /// Amounts of money.
    Money,
    /// Entries of a code list.
    Code,
    /// Other text.
    Text,
}

impl ValueKindTag {
    /// What the values are called.
    pub fn label(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::IdentityNumber => ("身份证号", "identity numbers"),
            Self::CreditCode => ("统一社会信用代码", "credit codes"),
            Self::Phone => ("电话号码", "phone numbers"),
            Self::Sequence => ("序号", "row numbers"),
            Self::Date => ("日期", "dates"),
            Self::YesNo => ("是/否", "yes or no"),
            Self::PersonName => ("姓名", "names"),
            Self::Address => ("地址", "addresses"),
            Self::Integer => ("整数", "whole numbers"),
            Self::Decimal => ("小数", "decimals"),
            Self::Money => ("金额", "amounts of money"),
            Self::Code => ("选项", "options of a list"),
            Self::Text => ("文字", "text"),
        };
        lang.pick(zh, en)
    }
}

/// Why a column may be an element.
#[derive(Debug, Clone, PartialEq)]
pub enum MatchReason {
    /// Somebody chose it for this heading before.
    Remembered,
    /// The heading is its label.
    ExactLabel,
    /// The heading is one of its synonyms.
    Synonym,
    /// The heading commonly means the same as its label.
    CommonSynonym,
    /// The heading is like its label or a synonym (0 to 1).
    SimilarLabel(f64),
    /// This share of the values is of its kind.
    ValuesFit(f64),
    /// Only this share of the values is of its kind; they rather are of the other.
    ValuesContradict(f64, ValueKindTag),
}

impl MatchReason {
    /// In words.
    pub fn message(&self, lang: Lang) -> String {
        let percent = |share: f64| format!("{:.0}%", share * 100.0);
        let label = match self {
            Self::Remembered => Label::new("以前为这个表头选过", "chosen for this heading before"),
            Self::ExactLabel => Label::new("表头就是它的名称", "the heading is its label"),
            Self::Synonym => Label::new("表头是它的别名", "the heading is one of its synonyms"),
            Self::CommonSynonym => Label::new("表头通常指它", "the heading commonly means it"),
            Self::SimilarLabel(_) => Label::new("表头与它的名称相近", "the heading is like its label"),
            Self::ValuesFit(share) => {
                Label::new(format!("{} 的内容相符", percent(*share)), format!("{} of the values fit", percent(*share)))
            }
            Self::ValuesContradict(share, tag) => Label::new(
                format!("只有 {} 的内容相符，更像{}", percent(*share), tag.label(Lang::Zh)),
                format!("only {} of the values fit; they look like {}", percent(*share), tag.label(Lang::En)),
            ),
        };
        label.text(lang).to_owned()
    }
}

/// A candidate for a column.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// Key of the candidate.
    pub key: String,
    /// 0 to 1.
    pub confidence: f64,
    /// Why, strongest first.
    pub reasons: Vec<MatchReason>,
}

/// What was decided for a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is this element; no other column is.
    Matched {
        /// Key of the element.
        key: String,
        /// 0 to 1.
        confidence: f64,
    },
    /// It numbers the rows.
    Sequence,
    /// It may equally be any of these: ask.
    Ambiguous {
        /// Keys, best first.
        keys: Vec<String>,
    },
    /// It would be this element, but these columns are as good or better: ask.
    Conflict {
        /// Key of the element.
        key: String,
        /// The other columns.
        with: Vec<usize>,
    },
    /// It is none of the candidates.
    Unmatched,
}

/// What is known about a column after matching.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnMatch {
    /// Index of the column.
    pub column: usize,
    /// What was decided.
    pub outcome: Outcome,
    /// Candidates, best first, at most a handful.
    pub ranked: Vec<Match>,
    /// What the values look like, best first.
    pub looks_like: Vec<(ValueKindTag, f64)>,
    /// The heading says one thing and the values another.
    pub warning: Option<MatchReason>,
}

/// Matches all columns of a sheet. `remembered` maps headings ([`remember_key`]) to keys.
pub fn match_columns(
    columns: &[ColumnSeen],
    candidates: &[Candidate],
    remembered: &HashMap<String, String>,
) -> Vec<ColumnMatch> {
    let ranked = rank::rank(columns, candidates, remembered);
    assign::assign(ranked)
}

/// Under what a person's choice for this column is remembered: its heading without noise, with whom it is about.
pub fn remember_key(column: &ColumnSeen) -> String {
    label::Heading::of(column).whole
}

#[cfg(test)]
mod tests;
