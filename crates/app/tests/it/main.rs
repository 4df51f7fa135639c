//! The program as its users meet it: the real binary, real folders, real signals.

mod bad_files;
mod cli;
mod crash;
mod full_disk;
mod house;
mod overlay;
mod program;
mod served;
mod system;
