//! The one expression language outside forms: a small, typed subset of CEL for guards, filters, computed fields and
//! rules. `pack` parses and types it here, [`eval`] runs it on a record in memory, `store` compiles the same
//! [`TypedExpr`] to SQL; both must give the same answer, so this page defines the meaning exactly.
//!
//! # What can be written
//!
//! | | |
//! |---|---|
//! | literals | `true` `false` `null` `12` `1.50` `"text"` `date("2024-01-01")` |
//! | fields | `name`, `household.kind`; typed by the [`Scope`]; every field may be null |
//! | logic | `a && b`, `a \|\| b`, `!a`, `cond ? a : b` |
//! | comparison | `==` `!=` `<` `<=` `>` `>=`, `x in ["1", "2"]`, `"21" in codes` |
//! | knowing | `has(x)`, `x == null`, `x != null` |
//! | text | `a + b`, `a.startsWith("x")`, `a.endsWith("x")`, `a.contains("x")`, `size(a)` |
//! | numbers | `+` `-` `*` `/` and a leading `-` |
//! | days | `today`, `age(birth_date)` (or `years(…)`), `d + days(30)`, `d - days(30)`, `d1 - d2` (days, a whole number), `date(moment)` |
//! | lists | `size(codes)` |
//!
//! # What it means
//!
//! - **Representation.** Whole numbers, decimals (in units of `10^-scale`) and money (a decimal of scale 2, so `12.5`
//!   means yuan) are all `i64`; the parser brings both sides to one scale with [`Expr::Scale`], so comparing and
//!   calculating are plain integer operations and nothing is ever floating point. Codes are text. Days are whole numbers.
//! - **Unknown.** Logic has three values like SQL's. Every operation with a null operand is null, except: `&&` is false
//!   when any part is false, `||` is true when any part is true, `IsNull` is never null, and a ternary whose condition is
//!   null takes the branch behind the colon (`CASE WHEN`). A filter keeps a row only when the answer is true; a check of
//!   a record is broken only when it is false.
//! - **`x in […]`** is null when `x` is null; the list is never empty and holds no null.
//! - **Division** truncates toward zero; by zero it is null (SQL: `NULLIF(divisor, 0)`). A division with a decimal has
//!   at least six places.
//! - **Overflow** of `i64`, and dates outside the years −9999 to 9999, are null. Values of real registers stay far from
//!   it.
//! - **Text** compares by Unicode code point (SQLite `BINARY`, PostgreSQL `COLLATE "C"`), `size` counts code points,
//!   and the tests for start, end and part respect case; the empty text is part of every text.
//! - **`age(d)`** is `year(today) − year(d)`, less one if month and day of `today` come before those of `d` (someone
//!   born on 29 February is a year older on 1 March). It is negative for days in the future.
//! - **`date(moment)`** is the day in China (UTC+8, no daylight saving).
//! - **A list of codes** is null when empty, so `size` is null too; write `!has(codes)` for "none".

mod ast;
mod error;
mod eval;
mod functions;
mod numbers;
mod relate;
mod scan;
mod scope;
mod translate;

pub use ast::{ArithmeticOp, CompareOp, Expr, Literal, TextTest, Type, TypedExpr};
pub use error::ExprError;
pub use eval::{eval, holds};
pub use scope::{Scope, ScopeField};
pub use translate::{parse, parse_filter};
