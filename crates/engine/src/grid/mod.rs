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
pub mod learn;
mod map;
mod near;
mod outline;
mod suggest;

pub(crate) use geo::area_of;
pub use map::{MapFilter, map};
pub use near::{NearCase, NearItems, NearQuery, near};
pub use outline::collection as areas_collection;
pub use outline::{OutlineNote, OutlineReport, areas_geojson, import_outlines};
pub(crate) use suggest::suggested;
pub use suggest::{Basis, KindGuess, Suggestions, UnitGuess, suggest};

/// The flow of grid events.
pub const FLOW: &str = "grid/incident";
/// Code list of their classes.
pub const CLASSES: &str = "grid/incident_class";
/// Register of handling units.
pub const UNITS: &str = "network/unit";
