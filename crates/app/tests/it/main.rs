//! The program as its users meet it: the real binary, real folders, real signals.

mod cli;
mod crash;
mod house;
mod overlay;
mod program;
