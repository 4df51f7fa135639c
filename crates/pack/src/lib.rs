//! Reads packs into one checked [`Catalogue`](linli_domain::Catalogue), runs the packs' own tests, and merges a city's
//! changes with an upgrade of the shipped packs. Pure over [`PackFiles`]; nothing here knows SQL, HTTP or tokio.
//!
//! | module | what for |
//! |---|---|
//! | [`files`] | a tree of pack files, from a folder or embedded |
//! | [`load`] | packs → Catalogue and all diagnostics at once |
//! | [`sample`] | the packs' own tests |
//! | [`merge`] | three-way merge: shipped before, shipped now, the city's |
//!
//! The format is described in `docs/packs.md`.

pub mod files;
mod load;
pub mod merge;
mod names;
mod report;
pub mod sample;
mod source;
mod toml_read;

pub use files::{PackFiles, ReadDirError, read_dir};
pub use load::{answer_scope, forms, load, question_type};
pub use merge::{Conflict, merge3};
pub use sample::{has_errors, heading_field, run_tests};
