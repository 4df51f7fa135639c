//! A department's template is filled: lists (a row for each person, household, dwelling) and cross tables (counts by area
//! and category). The template's own layout stays; what it holds already is never changed.
//!
//! | module | what for |
//! |---|---|
//! | [`commands`], [`model`], [`report`] | take in, confirm, take the file; all in one call; what is shown and kept |
//! | [`guess`] | which register a table wants, which of its records, what its columns are |
//! | [`produce`] | templates and choices → cells, gaps, notes |
//! | [`load`], [`source`] | records, and where the value of a cell comes from |
//! | [`list`], [`complete`] | empty lists; lists that name their rows already |
//! | [`axis`], [`cross`] | heads of cross tables as conditions, and counting |
//! | [`around`], [`title`] | filters; `____社区`, `填表日期：` |

pub mod around;
pub mod axis;
pub mod commands;
pub mod complete;
pub mod cross;
pub mod guess;
pub mod list;
pub mod load;
pub mod model;
pub mod produce;
pub mod report;
pub mod source;
pub mod title;

pub(crate) use commands::choices;
pub use commands::{FillOptions, Filled, file, file_of, fill_file, gaps, get, list, set_mapping, stage};
pub use model::{Fill, TableChoice};
pub use report::FillReport;
