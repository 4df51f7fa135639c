//! (delimited)
