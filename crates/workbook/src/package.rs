//! (package)
