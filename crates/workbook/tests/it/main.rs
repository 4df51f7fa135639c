//! The workbook crate seen from outside, on files as offices really send them.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod fill;
mod hostile;
mod marks;
mod old;
mod opening;
mod support;
mod tables;
