//! Collection: forms that never ask twice.
//!
//! | file | what for |
//! |---|---|
//! | `held` | how much of what a form asks is held already, by area |

pub mod held;
