//! Tests of the crate from outside.

mod docs;
mod figures;
mod load;
mod shipped;
