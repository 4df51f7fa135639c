//! Tests of the crate from outside.

mod load;
mod shipped;
