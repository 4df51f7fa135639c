//! What the door promises: real HTTP on a real store, with a clock that can be advanced. SQLite, and PostgreSQL too when
//! `LINLI_TEST_POSTGRES` names a server where databases may be made.

mod access;
mod accounts;
mod answers;
mod areas;
mod audit;
mod case_kit;
mod collect;
mod collect_kit;
mod flow_clocks;
mod flow_kit;
mod flow_sight;
mod flow_versions;
mod flows;
mod grid;
mod home;
mod hostile;
mod insight;
mod notices;
mod oidc;
mod open311;
mod openapi;
mod process;
mod provider;
mod public;
mod receivers;
mod records;
mod regimes;
mod reports;
mod schedules;
mod scope;
mod service;
mod sheets;
mod tasks;
mod visits;
mod world;
