//! A backup is one zip file: the database (a SQLite file, or each PostgreSQL table as binary `COPY`), optionally the keys,
//! files of the installation, and last a manifest with the checksum of every part.

mod archive;
mod files;
mod tables;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use linli_domain::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    BackupInfo, Database, Keys, Store, StoreConfig, StoreError,
    dialect::{Conn, quoted, sqlite},
    run,
};
use archive::{Reading, Writing};
pub(crate) use files::extract as extract_files;

const DATABASE: &str = "linli.db";
const KEYS: &str = "keys.json";

/// What an archive holds.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    format: u32,
    database: String,
    at: Timestamp,
    rows: BTreeMap<String, u64>,
    /// SHA-256 of each part.
    parts: BTreeMap<String, String>,
    tables: Vec<tables::Shape>,
}

/// Writes a backup of the database behind `conn`.
pub(crate) fn write(
    conn: &mut Conn,
    config: &StoreConfig,
    keys: Option<&Keys>,
    at: Timestamp,
    to: &Path,
    beside_it: &[(String, PathBuf)],
) -> Result<BackupInfo, StoreError> {
    if to.exists() {
        return Err(StoreError::Exists(to.display().to_string()));
    }
    let part = beside(to, "part");
    let outcome = write_part(conn, config, keys, at, &part, beside_it);
    let rows = match outcome {
        Ok(rows) => rows,
        Err(error) => {
            remove(&part);
            return Err(error);
        }
    };
    fs::rename(&part, to)?;
    sync_folder(to)?;
    Ok(BackupInfo { file: to.to_owned(), at, bytes: fs::metadata(to)?.len(), rows, with_keys: keys.is_some() })
}

fn write_part(
    conn: &mut Conn,
    config: &StoreConfig,
    keys: Option<&Keys>,
    at: Timestamp,
    part: &Path,
    beside_it: &[(String, PathBuf)],
) -> Result<BTreeMap<String, u64>, StoreError> {
    let mut archive = Writing::create(part)?;
    let mut manifest = Manifest {
        format: 1,
        database: if conn.dialect().is_sqlite() { "sqlite" } else { "postgres" }.into(),
        at,
        rows: BTreeMap::new(),
        parts: BTreeMap::new(),
        tables: Vec::new(),
    };
    if let Conn::Sqlite(lite) = conn {
        let snapshot = beside(part, "snapshot");
        let copied = copy(lite, &snapshot).and_then(|()| archive.add_file(DATABASE, &snapshot));
        let counted = copied.and_then(|()| count(&snapshot));
        remove(&snapshot);
        manifest.rows = counted?;
    } else {
        conn.begin_read()?;
        let outcome = tables::write(conn, &mut archive);
        conn.rollback();
        (manifest.tables, manifest.rows) = outcome?;
    }
    if let Some(keys) = keys {
        debug_assert!(*keys == config.keys, "the keys of the store");
        archive.add(KEYS, keys.to_text()?.as_bytes())?;
    }
    files::add(&mut archive, beside_it)?;
    manifest.parts = archive.parts().clone();
    let rows = manifest.rows.clone();
    archive.finish(&serde_json::to_vec_pretty(&manifest)?)?;
    Ok(rows)
}

/// Copies the file page by page inside one read transaction: writers go on, and the copy is one moment.
fn copy(lite: &sqlite::Lite, to: &Path) -> Result<(), StoreError> {
    let mut target = rusqlite::Connection::open(to).map_err(sqlite::error)?;
    let backup = rusqlite::backup::Backup::new(lite.raw(), &mut target).map_err(sqlite::error)?;
    match backup.step(-1).map_err(sqlite::error)? {
        rusqlite::backup::StepResult::Done => {}
        _ => return Err(StoreError::Conflict),
    }
    drop(backup);
    // The copy of a WAL database says so in its header; as one file it must not.
    target.execute_batch("PRAGMA journal_mode = DELETE").map_err(sqlite::error)?;
    target.close().map_err(|(_, error)| sqlite::error(error))
}

fn count(file: &Path) -> Result<BTreeMap<String, u64>, StoreError> {
    let mut conn = Conn::Sqlite(sqlite::Lite::reader(file)?);
    let names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    let names = conn.rows(names, &[], |row| row.text(0))?;
    let mut rows = BTreeMap::new();
    for name in names {
        let count = conn.number(&format!("SELECT count(*) FROM {}", quoted(&name)), &[])?;
        rows.insert(name, u64::try_from(count).unwrap_or_default());
    }
    Ok(rows)
}

/// Restores an archive into an empty target, and opens it once to be sure of the keys.
pub(crate) fn restore(file: &Path, into: StoreConfig) -> Result<BackupInfo, StoreError> {
    let mut archive = Reading::open(file)?;
    let manifest: Manifest = serde_json::from_slice(&archive.manifest()?)?;
    if manifest.format != 1 {
        return Err(StoreError::Corrupt(format!("the archive has format {}", manifest.format)));
    }
    match (&into.database, manifest.database.as_str()) {
        (Database::Sqlite(target), "sqlite") => {
            if fs::metadata(target).is_ok_and(|found| found.len() > 0) {
                return Err(StoreError::Exists(target.display().to_string()));
            }
            let part = beside(target, "part");
            let extracted = archive.extract(DATABASE, &manifest.parts, &part);
            if let Err(error) = extracted {
                remove(&part);
                return Err(error);
            }
            fs::rename(&part, target)?;
            sync_folder(target)?;
        }
        (Database::Postgres(_), "postgres") => run::apart(&into.database, true, |conn| {
            tables::restore(conn, &mut archive, &manifest.tables, &manifest.parts)
        })?,
        (_, database) => {
            return Err(StoreError::Schema(format!("the archive is of {database}, the target is not")));
        }
    }
    let with_keys = manifest.parts.contains_key(KEYS);
    let info = BackupInfo {
        file: file.to_owned(),
        at: manifest.at,
        bytes: fs::metadata(file)?.len(),
        rows: manifest.rows,
        with_keys,
    };
    drop(Store::open(into)?);
    Ok(info)
}

/// The keys inside an archive.
pub(crate) fn keys(file: &Path) -> Result<Option<Keys>, StoreError> {
    let mut archive = Reading::open(file)?;
    let manifest: Manifest = serde_json::from_slice(&archive.manifest()?)?;
    if !manifest.parts.contains_key(KEYS) {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    archive.read(KEYS, &manifest.parts, &mut |piece| {
        bytes.extend_from_slice(piece);
        Ok(())
    })?;
    let text = String::from_utf8(bytes).map_err(|_| StoreError::Corrupt("the keys in the archive".into()))?;
    Keys::from_text(&text).map(Some)
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

fn remove(file: &Path) {
    if let Err(error) = fs::remove_file(file)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(%error, file = %file.display(), "a temporary file stays behind");
    }
}

/// A renamed file is only surely there when its folder is on the disk.
fn sync_folder(file: &Path) -> Result<(), StoreError> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}
