//! What the commands promise, on a real store.

mod area;
mod jobs;
mod sheet_apply;
mod sheet_fill;
mod sheet_import;
mod sheet_kit;
mod tasks;
mod world;
