//! XPath 1.0 with the ODK functions: text → [`Expr`] (with places) → [`Program`] (names interned, functions resolved)
//! → [`Value`].
//!
//! # What differs from XPath 1.0, because forms rely on it
//!
//! - **Context in repeats.** `/data/member/name` seen from inside `member[2]` means `member[2]/name`: every step but the
//!   last follows the path of the question itself while names agree (XForms deviation that JavaRosa and Enketo share).
//! - **Nothing is empty text.** A path that finds nothing, or only what is not relevant, compares and converts as `''`.
//! - **Dates are text** in ISO 8601; where a number is needed they are days since 1970-01-01 of the local zone (a moment:
//!   with its fraction). `decimal-date-time` counts from UTC, as the specification says.
//! - **Comparison of numbers** allows 1e-12, as JavaRosa does.
//! - **Names match by their local part.**
//! - **`regex` matches the whole text**, with Java's ASCII `\d \w \s`; look-around and back-references are reported as
//!   not supported rather than failed.
//!
//! Evaluation never panics and is bounded by [`Session::fuel`].

mod ast;
mod compile;
mod error;
mod eval;
mod function;
mod geo;
mod hash;
mod number;
mod parse;
mod pattern;
mod print;
mod program;
mod random;
mod secondary;
mod session;
mod time;
mod token;
mod value;

pub use ast::{Axis, BinaryOp, Expr, ExprKind, NodeTest, Step};
pub use compile::compile;
pub use error::{EvalError, XPathError};
pub use eval::Eval;
pub use function::{Func, known_functions};
pub(crate) use geo::points as geo_points;
pub use number::{format_number, parse_number};
pub use parse::parse;
pub(crate) use program::Move;
pub use program::{Names, Program};
pub use random::shuffled;
pub use secondary::Secondary;
pub use session::{Inside, Live, Nowhere, Outside, Session, World};
pub use time::{DateParts, Moment};
pub(crate) use time::{parse_date, parse_moment, parse_time};
pub use value::{NodeRef, NodeSet, Value};
