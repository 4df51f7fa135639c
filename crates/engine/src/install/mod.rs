//! An installation: a data folder with a database, keys, uploads and the city's packs, and how it is opened and upgraded.
//!
//! | in the data folder | what for |
//! |---|---|
//! | `linli.db` | the database, unless PostgreSQL is named |
//! | `secret.key` | keys of the sensitive fields; guard it, back it up apart |
//! | `linli.toml` | configuration, optional |
//! | `packs/` | packs in force; the city may change them |
//! | `packs-shipped/` | the packs the program shipped when `packs/` was last brought up to date |
//! | `uploads/` | files people sent |

mod folder;
mod upgrade;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use linli_domain::{Clock, Diagnostic, Ids, Lang};
use linli_pack::PackFiles;
use linli_store::{BackupInfo, Database, Keys, MigrationClass, MigrationPlan, Store, StoreConfig, StoreError};

use crate::{Config, Engine, Problem, ProblemKind, Randomness, collect, config::ConfigError, flow, system};

pub use upgrade::Wanted;

/// Where an installation is.
#[derive(Debug, Clone)]
pub struct Place {
    /// Data folder.
    pub data: PathBuf,
    /// PostgreSQL instead of the file in the data folder.
    pub database: Option<String>,
}

/// What only the binary has.
#[derive(Clone)]
pub struct Machine {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids.
    pub ids: Arc<dyn Ids>,
    /// Unguessable bytes.
    pub random: Arc<dyn Randomness>,
    /// The packs inside the program.
    pub shipped: PackFiles,
}

/// Writes that may wait for the writer before more are refused with 503.
const QUEUE: usize = 4096;
/// Writer connections on PostgreSQL: more than four gained nothing when it was measured (spec/storage.md).
const WRITERS: usize = 4;

/// Opens an installation; a new data folder gets keys, the shipped packs and their tables.
///
/// An installation whose packs were changed, or that an older program made, opens as it was: [`plan`] says what is pending and
/// [`migrate`] does it.
pub fn open(place: &Place, machine: &Machine) -> Result<Engine, Problem> {
    let config = Config::load(&place.data, |name| std::env::var(name).ok()).map_err(config_problem)?;
    let fresh = folder::prepare(&place.data)?;
    let store = Store::open(store_config(place, machine)?).map_err(unopened)?;
    let engine = Engine::new(
        store,
        &place.data,
        Arc::clone(&machine.clock),
        Arc::clone(&machine.ids),
        Arc::clone(&machine.random),
        config,
    );
    if fresh || engine.catalogue().entities.is_empty() {
        migrate(&engine, &machine.shipped, MigrationClass::Additive)?;
    }
    Ok(engine)
}

/// Whoever starts the program must know why its database does not answer; visitors need not.
fn unopened(error: StoreError) -> Problem {
    match error {
        StoreError::Unavailable(reason) => Problem::new(
            ProblemKind::Busy,
            "store.unreachable",
            format!("无法连接数据库:{reason}"),
            format!("The database cannot be reached: {reason}"),
        ),
        other => other.into(),
    }
}

/// How the store of `place` is opened.
pub fn store_config(place: &Place, machine: &Machine) -> Result<StoreConfig, Problem> {
    let database = match &place.database {
        Some(url) => Database::Postgres(url.clone()),
        None => Database::Sqlite(place.data.join("linli.db")),
    };
    let keys = keys(place)?;
    Ok(StoreConfig {
        database,
        keys,
        clock: Arc::clone(&machine.clock),
        ids: Arc::clone(&machine.ids),
        readers: std::thread::available_parallelism().map_or(4, |cores| cores.get().clamp(4, 16)),
        writers: WRITERS,
        queue: QUEUE,
    })
}

fn keys(place: &Place) -> Result<Keys, Problem> {
    let file = place.data.join("secret.key");
    let config = Config::load(&place.data, |name| std::env::var(name).ok()).map_err(config_problem)?;
    if !file.exists() {
        match Keys::random(config.cipher)?.save(&file) {
            // Another process made them a moment ago: those are the keys.
            Ok(()) | Err(StoreError::Exists(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Keys::load_or_create(&file)?)
}

/// What installing the city's packs, brought up to the shipped ones, would do.
pub fn plan(engine: &Engine, shipped: &PackFiles) -> Result<(Wanted, MigrationPlan), Problem> {
    let wanted = upgrade::wanted(engine, shipped)?;
    let plan = if wanted.is_refused() { MigrationPlan::default() } else { engine.store.plan(&wanted.catalogue)? };
    Ok((wanted, plan))
}

/// Installs the city's packs, brought up to the shipped ones. Packs with errors, or whose own tests fail, are refused whole.
/// The packs are written first: when the program dies between, the next run finishes the tables.
pub fn migrate(
    engine: &Engine,
    shipped: &PackFiles,
    allow: MigrationClass,
) -> Result<(Wanted, MigrationPlan), Problem> {
    let (wanted, plan) = plan(engine, shipped)?;
    if wanted.is_refused() {
        return Err(packs_refused(&wanted.diagnostics));
    }
    if let Some(class) = plan.class().filter(|class| *class > allow) {
        return Err(class_refused(class));
    }
    let changed = flow::changed_without_version(engine, &wanted.catalogue)?;
    if !changed.is_empty() {
        return Err(flows_refused(&changed));
    }
    folder::write_packs(&engine.data, "packs", &wanted.files)?;
    folder::write_packs(&engine.data, "packs-shipped", shipped)?;
    let done = engine.store.migrate(wanted.catalogue.clone(), allow)?;
    // What was not permitted stays pending.
    let left = engine.store.plan(&wanted.catalogue)?;
    system::note_pending_migration(engine, system::Pending::of(&left, false).as_ref())?;
    Ok((wanted, done))
}

/// Notes for the page what is pending: packs that were changed or shipped anew since the tables were last brought up to date,
/// or that have errors. Answers whether anything is.
pub fn note_pending(engine: &Engine, shipped: &PackFiles) -> Result<bool, Problem> {
    let (wanted, plan) = plan(engine, shipped)?;
    let pending = if wanted.is_refused() {
        Some(system::Pending::refused())
    } else {
        system::Pending::of(&plan, wanted.catalogue != *engine.catalogue())
    };
    system::note_pending_migration(engine, pending.as_ref())?;
    Ok(pending.is_some())
}

/// Publishes the forms of the packs in force that are not published yet; answers how many. Without areas there is nobody to
/// hand them to, and nothing is done. Called when a server starts, and by the demo.
pub fn install_forms(engine: &Engine) -> Result<usize, Problem> {
    let files = folder::read_packs(&engine.data, "packs")?;
    collect::form::install_shipped(engine, &Engine::operator(), &files)
}

/// Checks packs as a whole and runs their tests when they are otherwise sound.
pub fn check_packs(files: &PackFiles) -> (linli_domain::Catalogue, Vec<Diagnostic>) {
    let (catalogue, mut diagnostics) = linli_pack::load(files);
    if !diagnostics.iter().any(is_error) {
        diagnostics.extend(linli_pack::run_tests(&catalogue, files));
    }
    (catalogue, diagnostics)
}

fn is_error(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity == linli_domain::Severity::Error
}

fn packs_refused(diagnostics: &[Diagnostic]) -> Problem {
    let text = |lang: Lang| -> String {
        let lines: Vec<String> =
            diagnostics.iter().filter(|diagnostic| is_error(diagnostic)).map(|one| one.render(lang)).collect();
        lines.join("\n")
    };
    Problem::new(
        ProblemKind::Invalid,
        "pack.refused",
        format!("业务包有错误,没有安装:\n{}", text(Lang::Zh)),
        format!("The packs have errors and were not installed:\n{}", text(Lang::En)),
    )
    .with("diagnostics", serde_json::to_value(diagnostics).unwrap_or_default())
}

fn class_refused(class: MigrationClass) -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "migrate.class",
        format!(
            "迁移包含“{class:?}”级别的步骤,需要明确许可。先用 linli migrate --plan 查看,再加 --allow-destructive 执行。"
        ),
        format!(
            "The migration has {class:?} steps. Look with `linli migrate --plan`, then run it with --allow-destructive."
        ),
    )
}

/// Cases finish on the version they were opened by: what is said under it cannot change any more.
fn flows_refused(flows: &[String]) -> Problem {
    let names = flows.join(", ");
    Problem::new(
        ProblemKind::Conflict,
        "flow.version_used",
        format!("流程 {names} 的内容变了,但版本没有变,而已有案件按这个版本办理。请在文件中写一个新的 version。"),
        format!("The flows {names} have changed, but not their version, and cases run on it. Write a new `version`."),
    )
}

fn config_problem(error: ConfigError) -> Problem {
    Problem::new(
        ProblemKind::Invalid,
        "config.invalid",
        format!("配置文件有误:{error}"),
        format!("The configuration cannot be used: {error}"),
    )
}

/// Backs up the database, the packs, the configuration and the uploads into one file, while everything goes on.
pub fn backup(engine: &Engine, to: &Path, with_keys: bool) -> Result<BackupInfo, Problem> {
    let at = engine.now();
    let info = engine.store.backup_with_files(to, with_keys, &folder::files(&engine.data)?)?;
    system::note_backup(engine, at)?;
    Ok(info)
}

/// Restores a backup into a new data folder. A backup with keys brings them along; for one without, `secret.key` must have been
/// put into the folder beforehand.
pub fn restore(place: &Place, machine: &Machine, file: &Path) -> Result<BackupInfo, Problem> {
    folder::prepare(&place.data)?;
    if place.data.join("packs").exists() {
        return Err(Problem::new(
            ProblemKind::Conflict,
            "restore.not_empty",
            "目标目录已有数据，恢复只写入新目录。请换一个目录。",
            "The folder holds an installation already; a backup is restored into a new folder only.",
        ));
    }
    if let Some(keys) = Store::keys_in_backup(file)? {
        keys.save(&place.data.join("secret.key"))?;
    }
    let info = Store::restore(file, store_config(place, machine)?)?;
    Store::extract_files(file, &place.data)?;
    Ok(info)
}
