//! Grid events: what a text is about, what lies near, the map; outlines of areas.
//!
//! | file | what for |
//! |---|---|
//! | `learn` | models of streets, learned from closed cases by a job |
//! | `suggest` | class and handling unit of a text |
//! | `near` | open events of the same class near by |
//! | `map` | cases on the map |
//! | `geo`, `outline` | outlines of areas: import, point in area, schematic tiles |

mod geo;
mod outline;

pub(crate) use geo::area_of;
pub use outline::{OutlineNote, OutlineReport, areas_geojson, import_outlines};

/// The flow of grid events.
pub const FLOW: &str = "grid/incident";
/// Code list of their classes.
pub const CLASSES: &str = "grid/incident_class";
/// Register of handling units.
pub const UNITS: &str = "network/unit";
