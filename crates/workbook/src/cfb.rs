//! (cfb)
