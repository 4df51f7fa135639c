//! (xls)
