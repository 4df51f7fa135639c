//! Functions of [`crate::ReadTx`] over records.

mod coverage;
mod history;
mod list;
mod measure;
mod record;
mod roster;
mod summary;
mod unique;

pub use coverage::Coverage;
pub use measure::{MeasureBy, MeasureRow};
