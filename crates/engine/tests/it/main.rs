//! What the commands promise, on a real store.

mod area;
mod jobs;
mod world;
