//! What comes out of the crate is what offices open.

mod opened;
mod package;
mod sample;
mod texts;
