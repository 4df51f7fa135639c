//! The installation: version, data, packs, pending migration, last backup.

use std::path::Path;

use linli_domain::{Actor, Subject, Timestamp, Verb};
use linli_store::MigrationPlan;
use serde::Serialize;
use serde_json::{Value as Json, json};
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
    /// What a migration would do, when one is pending: `{statements, summary}`.
    #[schema(value_type = Option<Object>)]
    pub pending_migration: Option<Json>,
    /// When a backup was last made, RFC 3339 in UTC.
    pub last_backup: Option<String>,
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
                pending_migration: tx.setting(PENDING)?,
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

/// Notes what a migration would do (`None` or no steps: nothing). Blocks the thread.
pub fn note_pending_migration(engine: &Engine, plan: Option<&MigrationPlan>) -> Result<(), Problem> {
    let plan = plan.filter(|plan| !plan.steps.is_empty()).map(|plan| {
        let class = plan.class().map(|class| format!("{class:?}").to_lowercase());
        json!({ "statements": plan.steps.len(), "summary": class })
    });
    engine.store.write_blocking(move |tx| match &plan {
        Some(plan) => Ok(tx.put_setting(PENDING, plan)?),
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
