//! Pure core of Linli: ids, clock, areas, actors and permits, the Catalogue's types, and every decision as a pure function.
//!
//! This crate knows nothing of SQL, HTTP, files or tokio, and cannot block. What it decides, `store` keeps and
//! `engine` orders. Table of contents:
//!
//! | module | what for |
//! |---|---|
//! | [`lang`] | the two languages every message exists in |
//! | [`diagnostic`] | findings with file, line and column that accumulate |
//! | [`document`] | a written document before it becomes a file |
//! | [`ids`], [`clock`] | record ids and time as parameters |
//! | [`value`] | typed field values and their JSON form |
//! | [`catalogue`] | what the packs declare: entities, fields, code lists, roles, levels, report tables |
//! | [`area`] | area codes, paths, levels |
//! | [`actor`] | who asks, what they may do: grants, scope, [`actor::permit`] |
//! | [`quiet`] | hours in which nobody is disturbed by what can wait |
//! | [`record`] | records, versions, sources, list queries: the language between `engine` and `store` |
//! | [`rules`] | is this record acceptable, and in what normal form? |
//! | [`check`] | parsing and normalising dirty text: identity numbers, phones, names, dates |
//! | [`linkage`] | are these two descriptions the same person? |
//! | [`merging`] | which of two changes of a record hold, and where people must decide |
//! | [`expr`] | the CEL subset: typed AST, evaluator |
//! | [`calendar`] | time limits in hours, days, working hours and working days |
//! | [`flow`] | cases: what an act comes to, how a history adds up, what a clock does |
//! | [`insight`] | indicators: what packs declare, and measures → value or reason |
//! | [`schedule`] | recurring duties: when a rule falls, whose turn it is |
//! | [`sheet_match`] | which data element is this spreadsheet column? |
//! | [`service`] | items of the one window, judged for a person |
//! | [`report`] | written reports: templates and facts → document |
//! | [`suggest`], [`near`], [`tiles`] | which class a text is, what lies near, a schematic map |
//! | [`survey`] | statistics of surveys: shares, cross tables, weights, samples, quality, open answers |
//! | [`task`] | what a collection task must state, and what may be done to it |

pub mod actor;
pub mod area;
pub mod calendar;
pub mod catalogue;
pub mod check;
pub mod clock;
pub mod diagnostic;
pub mod document;
pub mod expr;
pub mod flow;
pub mod ids;
pub mod insight;
pub mod lang;
pub mod linkage;
pub mod merging;
pub mod near;
pub mod quiet;
pub mod record;
pub mod report;
pub mod rules;
pub mod schedule;
pub mod service;
pub mod sheet_match;
pub mod suggest;
pub mod survey;
pub mod task;
pub mod tiles;
pub mod value;

pub use actor::{Actor, Permit, Scope, Subject, Verb};
pub use area::{Area, AreaPath};
pub use catalogue::{Catalogue, Entity, Field, FieldKind};
pub use clock::{Clock, Timestamp};
pub use diagnostic::{Diagnostic, Severity};
pub use ids::{Ids, RecordId};
pub use lang::{Label, Lang};
pub use record::{Record, Source, Values};
pub use value::Value;
