//! The demo city: Harbin as the statistics name it, one street of it in full with synthetic people.
//!
//! | module | what for |
//! |---|---|
//! | [`dice`] | random numbers that never change |
//! | [`names`], [`identity`] | names, and numbers that pass every check and can be told from real ones |
//! | [`plan`] | estates, grids, buildings, units, dwellings of the street |
//! | [`family`], [`person`], [`care`] | who lives together, what they do, who needs care |
//! | [`street`] | the street in full |
//! | [`troubles`] | people registered twice, stale addresses: the survey report's troubles |

pub mod care;
pub mod dice;
pub mod family;
pub mod identity;
pub mod names;
pub mod person;
pub mod plan;
pub mod street;
pub mod troubles;

#[cfg(test)]
mod street_tests;
