//! Tests of the crate from outside.

mod docs;
mod load;
mod shipped;
