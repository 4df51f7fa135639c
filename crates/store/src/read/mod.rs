//! Functions of [`crate::ReadTx`] over records.

mod coverage;
mod history;
mod list;
mod record;
mod roster;
mod summary;
mod unique;

pub use coverage::Coverage;
