//! Open311 GeoReport v2 on the wire: one tree, written as JSON or as XML. XML is only ever written, never read.

mod tree;

pub use tree::{Format, Node};
