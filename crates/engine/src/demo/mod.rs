//! The demo city: Harbin as the statistics name it, one street of it in full with synthetic people.
//!
//! [`install`] makes it.
//!
//! | module | what for |
//! |---|---|
//! | [`dice`] | random numbers that never change |
//! | [`names`], [`identity`] | names, and numbers that pass every check and can be told from real ones |
//! | [`plan`] | estates, grids, buildings, units, dwellings of the street |
//! | [`family`], [`person`], [`care`] | who lives together, what they do, who needs care |
//! | [`street`] | the street in full |
//! | [`former`], [`edits`] | who left, what changed since 2016 |
//! | [`records`], [`areas`], [`clock`] | the street as records, the tree of areas, the clock that was turned back |
//! | [`accounts`] | accounts to sign in with, and the street's workers |
//! | [`samples`] | ledgers and templates for the tour |
//! | [`incidents`], [`applications`], `cases` | grid events and applications of ninety days, units and offices |
//! | [`duty`], `tasks` | responsibility lists, and the collection tasks that cite them |
//! | `regimes` | registers of the regimes, schedules in force |
//! | `figures` | registers of the district's communities since 2016, the survey and its answers |
//! | [`troubles`] | people registered twice, stale addresses: the survey report's troubles |

pub mod accounts;
pub mod applications;
pub mod areas;
pub mod care;
mod cases;
pub mod clock;
pub mod dice;
pub mod duty;
pub mod edits;
pub mod family;
mod figures;
pub mod former;
pub mod identity;
pub mod incidents;
mod install;
pub mod names;
pub mod person;
pub mod plan;
pub mod records;
mod regimes;
pub mod samples;
pub mod street;
mod tasks;
pub mod troubles;

pub use accounts::PASSWORD;
pub use clock::DemoClock;
pub use install::{DemoOptions, DemoProgress, DemoSummary, REFERENCE_DAY, banner, install};

#[cfg(test)]
mod case_tests;
#[cfg(test)]
mod figure_tests;
#[cfg(test)]
mod install_tests;
#[cfg(test)]
mod record_tests;
#[cfg(test)]
mod street_tests;
