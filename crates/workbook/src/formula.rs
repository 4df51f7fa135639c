//! (formula)
