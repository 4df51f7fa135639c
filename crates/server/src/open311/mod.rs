//! Open311 GeoReport v2 on the wire: one tree, written as JSON or as XML. XML is only ever written, never read.

mod form;
mod tree;

pub use form::{decoded, last, report_of};
pub use tree::{Format, Node};
