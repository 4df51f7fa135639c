//! The only crate that knows SQL: typed tables made from the Catalogue, planned migrations, the group-commit writer,
//! scoped reads, history. SQLite and PostgreSQL (and, by its schema rules, Citus) through one code path.
//!
//! | module | what for |
//! |---|---|
//! | [`config`], [`error`] | where the data is, under which keys; what can go wrong |
//! | [`store`] | [`Store`]: the handle; [`Store::read`] and [`Store::write`] |
//! | [`types`] | answers: pages, facets, plans, reports |
//! | `run` | threads that own connections: the bounded queue, the group-commit writer, the readers |
//! | `dialect` | every difference between SQLite, PostgreSQL and Citus, and nothing else |
//! | `schema` | tables of a Catalogue, statements written once per entity |
//! | `migrate` | difference of two schemas as a plan: additive, rewrite, destructive |
//! | `sql` | list queries and typed expressions as SQL |
//! | `read`, `write` | functions of [`ReadTx`] and [`WriteTx`] over records |
//! | [`tables`] | areas, accounts, sessions, audit, jobs, import batches…: the fixed tables |
//! | `tally` | counts kept in the transaction that changes them |
//! | `crypto` | sealing, keyed hashes, masks |
//! | `backup`, `verify` | one-file backup, restore, and the check of everything that must hold |
//!
//! Invariants: no read or write of records without a [`linli_domain::Permit`], whose scope is part of the SQL; nothing is
//! answered before it is durable; sensitive values are never stored or logged in clear.

mod backup;
pub mod config;
mod crypto;
mod dialect;
pub mod error;
mod migrate;
mod read;
mod run;
mod schema;
mod sql;
pub mod store;
pub mod tables;
mod tally;
pub mod tx;
pub mod types;
mod verify;
mod write;

pub use config::{CipherSuite, Database, Keys, StoreConfig};
pub use error::{Holder, StoreError, WriteError};
pub use read::{Coverage, MeasureBy, MeasureRow};
pub use store::Store;
pub use tx::{Clear, CountRow, ReadTx, WriteTx};
pub use types::*;
