//! (xlsx/mod)
