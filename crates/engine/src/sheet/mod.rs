//! Ledgers in, departments' templates filled, lists out.
//!
//! | module | what for |
//! |---|---|
//! | [`import`] | an office's ledger: match, compare (dry run), decide, apply in chunks, undo, hand back with errors marked |
//! | [`fill`] | a department's template: lists and cross tables, gaps by grid |
//! | [`export`] | a register's list as .xlsx or .csv |
//! | [`parts`], [`columns`] | what a row of a sheet carries, and what a column stands for |
//! | [`places`] | areas by the names that ledgers use |
//! | [`cell`], [`show`] | cells into values and values into cells |
//! | [`known`] | which field of an entity is the room, the household number… |
//! | [`matching`] | tables of a workbook, and what their columns are taken for |
//! | [`documents`] | uploaded files on disk |

pub mod cell;
pub mod columns;
pub mod documents;
pub mod export;
pub mod fill;
pub mod import;
pub mod known;
pub mod matching;
pub mod parts;
pub mod places;
pub mod show;
