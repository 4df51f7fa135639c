//! What the store promises, on SQLite and, when `LINLI_TEST_POSTGRES` names a server where databases may be made, on
//! PostgreSQL: the same scenarios on both.

mod audit;
mod backup;
mod cases;
mod collect;
mod durable;
mod expr;
mod history;
mod lists;
mod measure;
mod migrate;
mod notices;
mod records;
mod scope;
mod support;
mod tables;
mod tally;
mod tls;
mod writer;
