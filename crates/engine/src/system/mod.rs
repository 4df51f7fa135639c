//! The installation: version, data, packs, pending migration, last backup.

use std::path::Path;

use linli_domain::{Actor, Subject, Timestamp, Verb};
use linli_store::MigrationPlan;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::{
    Engine, Problem,
    catalogue::{self, PackView},
    register::moment,
};

/// Setting that holds when a backup was last made.
const LAST_BACKUP: &str = "backup/last";
/// Setting that holds what a migration would do, when one is pending.
const PENDING: &str = "migration/pending";

/// The installation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SystemView {
    /// Version of the program.
    pub version: String,
    /// Bytes in the data folder.
    pub data_bytes: u64,
    /// Areas in the tree.
    pub areas: u64,
    /// Packs in force.
    pub packs: Vec<PackView>,
    /// What a migration would do, when one is pending.
    pub pending_migration: Option<Pending>,
    /// When a backup was last made, RFC 3339 in UTC.
    pub last_backup: Option<String>,
}

/// A migration that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pending {
    /// Statements it would run.
    pub statements: usize,
    /// The gravest of them, `additive`, `rewrite` or `destructive`; `definitions` when only words, roles or rules differ;
    /// `refused` when the packs have errors.
    pub summary: String,
}

impl Pending {
    /// Packs with errors: nothing can be installed.
    pub fn refused() -> Self {
        Self { statements: 0, summary: "refused".into() }
    }

    /// What `plan` would do; `differs`: whether definitions differ even where no statement is needed.
    pub fn of(plan: &MigrationPlan, differs: bool) -> Option<Self> {
        let summary = match plan.class() {
            Some(class) => format!("{class:?}").to_lowercase(),
            None if differs => "definitions".into(),
            None => return None,
        };
        Some(Self { statements: plan.steps.len(), summary })
    }
}

/// The installation, for those who may read it.
pub async fn view(engine: &Engine, actor: &Actor) -> Result<SystemView, Problem> {
    engine.permit(actor, Verb::Read, Subject::System)?;
    let folder = engine.data.clone();
    let data_bytes = tokio::task::spawn_blocking(move || bytes_in(&folder)).await.map_err(Problem::internal)?;
    let packs = catalogue::packs(&engine.catalogue());
    engine
        .store
        .read(move |tx| {
            Ok(SystemView {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                data_bytes,
                areas: tx.area_count()?,
                packs,
                pending_migration: tx.setting(PENDING)?.and_then(|kept| serde_json::from_value(kept).ok()),
                last_backup: tx.setting(LAST_BACKUP)?.and_then(|at| at.as_str().map(str::to_owned)),
            })
        })
        .await
}

/// Notes that a backup was made at `at`. Blocks the thread.
pub fn note_backup(engine: &Engine, at: Timestamp) -> Result<(), Problem> {
    let at = Json::String(moment(at));
    engine.store.write_blocking(move |tx| Ok(tx.put_setting(LAST_BACKUP, &at)?))
}

/// Notes what a migration would do (`None`: nothing). Blocks the thread.
pub fn note_pending_migration(engine: &Engine, pending: Option<&Pending>) -> Result<(), Problem> {
    let kept = pending.map(serde_json::to_value).transpose().map_err(Problem::internal)?;
    engine.store.write_blocking(move |tx| match &kept {
        Some(pending) => Ok(tx.put_setting(PENDING, pending)?),
        None => Ok(tx.drop_setting(PENDING)?),
    })
}

fn bytes_in(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries
        .filter_map(Result::ok)
        .filter_map(|entry| Some((entry.path(), entry.metadata().ok()?)))
        .map(|(path, metadata)| if metadata.is_dir() { bytes_in(&path) } else { metadata.len() })
        .sum()
}
