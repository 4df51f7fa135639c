//! Forms by the field's standards. Pure: no clock, no network, no database.
//!
//! | module | what it does |
//! |---|---|
//! | [`xlsform`] | XLSForm (.xlsx, .xls, .csv, Markdown) → ODK XForm, with every diagnostic by sheet, row and column |
//! | [`xpath`] | XPath 1.0 with the ODK functions |
#![cfg_attr(not(test), warn(clippy::unwrap_used))]

pub mod xlsform;
pub mod xpath;
