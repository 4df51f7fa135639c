//! The area tree: keyed by the 12-digit statistical code, extended below the community.

mod names;

pub use names::{AreaRef, NameCache};
