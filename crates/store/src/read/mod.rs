//! Functions of [`crate::ReadTx`] over records.

mod history;
mod list;
mod record;
mod roster;
mod summary;
mod unique;
