//! Functions of [`crate::ReadTx`] over records.

mod history;
mod list;
mod record;
mod summary;
mod unique;
