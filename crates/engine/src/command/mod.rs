//! Command: how departments answer when a street whistles.

mod league;

pub use league::{LeagueFilter, LeagueItem, LeagueItems, LeagueUnit, league};
