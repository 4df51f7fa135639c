//! Forms by the field's standards. Pure: no clock, no network, no database.
//!
//! | module | what it does |
//! |---|---|
//! | [`xlsform`] | XLSForm (.xlsx, .xls, .csv, Markdown) → ODK XForm, with every diagnostic by sheet, row and column |
//! | [`xpath`] | XPath 1.0 with the ODK functions: text → checked expression → value |
//! | [`model`] | an XForm's XML → [`model::Form`]: questions, binds, choices, entities, what depends on what |
//! | [`instance`] | a submission's XML → tree: identity, rows, entity changes, edits, blank instances |
//! | [`check`] | what a submission breaks of its form's rules; relevance and calculations anew |
//! | [`tree`] | XML in an arena, read with limits and without document types |
#![cfg_attr(not(test), warn(clippy::unwrap_used))]

pub mod check;
pub mod instance;
pub mod message;
pub mod model;
pub mod tree;
pub mod xlsform;
pub mod xpath;
