//! One file per command.

mod area;
mod backup;
mod demo;
mod fill;
mod form;
mod import;
mod migrate;
mod pack;
mod report;
mod serve;
mod user;
mod verify;

use std::{process::ExitCode, sync::Arc};

use linli_engine::{
    Engine, Problem,
    install::{self, Machine, Place},
};

use crate::{
    machine::{MachineIds, MachineRandomness, WallClock},
    options::{self, Cli, Command},
    output::{Refusal, Voice},
    shipped,
};

/// Runs the command and tells how it ended.
pub fn run(cli: Cli) -> ExitCode {
    let voice = Voice { lang: cli.lang.into(), json: cli.json };
    let done = match cli.command {
        Command::Demo { place } => demo::run(voice, &place),
        Command::Serve { place, listen } => serve::run(voice, &place, listen),
        Command::User { command } => user::run(voice, command),
        Command::Area { command } => area::run(voice, command),
        Command::Import { place, entity, area, file, dry_run, errors } => {
            import::run(voice, &place, &import::Ledger { entity, area, file, dry_run, errors })
        }
        Command::Fill { place, area, template, out, purpose, mask } => {
            fill::run(voice, &place, &fill::Order { area, template, out, purpose, mask })
        }
        Command::Report { place, name, area, as_of, against, params, pages, out } => {
            report::run(voice, &place, &report::Order { name, area, as_of, against, params, pages, out })
        }
        Command::Form { command } => form::run(voice, &command),
        Command::Pack { command } => pack::run(voice, &command),
        Command::Migrate { place, plan, allow_destructive } => migrate::run(voice, &place, plan, allow_destructive),
        Command::Backup { place, file, with_keys } => backup::backup(voice, &place, &file, with_keys),
        Command::Restore { place, file } => backup::restore(voice, &place, &file),
        Command::Verify { place } => verify::run(voice, &place),
    };
    match done {
        Ok(code) => code,
        Err(refusal) => voice.refuse(&refusal),
    }
}

/// A problem of the engine as the command line says it.
fn refusal(voice: Voice, problem: &Problem) -> Refusal {
    let mut message = problem.text(voice.lang).to_owned();
    for field in &problem.fields {
        message.push_str(&format!("\n  {}: {}", field.field, field.message.text(voice.lang)));
    }
    Refusal { code: problem.code.to_owned(), message, detail: problem.extra.clone() }
}

fn machine() -> Machine {
    machine_with(Arc::new(WallClock))
}

fn machine_with(clock: Arc<dyn linli_domain::Clock>) -> Machine {
    Machine { clock, ids: Arc::new(MachineIds), random: Arc::new(MachineRandomness), shipped: shipped::packs() }
}

fn place(options: &options::Place) -> Place {
    Place { data: options.data.clone(), database: options.database.clone() }
}

fn open(voice: Voice, options: &options::Place) -> Result<Engine, Refusal> {
    install::open(&place(options), &machine()).map_err(|problem| refusal(voice, &problem))
}

/// Opens an installation that must be there: a mistyped `--data` must not make a new one.
fn open_existing(voice: Voice, options: &options::Place) -> Result<Engine, Refusal> {
    if options.data.join("packs").exists() {
        return open(voice, options);
    }
    let folder = options.data.display();
    Err(Refusal::new(
        "data.absent",
        match voice.lang {
            linli_domain::Lang::Zh => format!("{folder} 不是 Linli 的数据目录。先用 linli demo 或 linli serve 建立。"),
            linli_domain::Lang::En => {
                format!("{folder} is not a data folder of Linli. Make one with `linli demo` or `linli serve`.")
            }
        },
    ))
}

fn runtime() -> Result<tokio::runtime::Runtime, Refusal> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|cause| Refusal::new("machine.threads", cause.to_string()))
}
