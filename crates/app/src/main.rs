//! `linli`: the one program. Each subcommand is a file in `commands/`; this file is their table of contents.

mod commands;
mod machine;
mod options;
mod output;
mod progress;
mod shipped;

use std::process::ExitCode;

use clap::Parser;

use crate::options::Cli;

/// A request makes and drops many small things on several threads: the system's allocator spends a sixth of it on that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    commands::run(cli)
}
