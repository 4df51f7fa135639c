//! Files beside the database that belong to an installation: its packs, its configuration, what people uploaded.

use std::{
    fs,
    path::{Component, Path, PathBuf},
};

use super::{
    Manifest,
    archive::{Reading, Writing},
};
use crate::StoreError;

/// Parts of an archive that are files of the data folder.
const PREFIX: &str = "files/";

/// Adds files under their names, `packs/people/pack.toml`. One that went away meanwhile is left out.
pub(super) fn add(archive: &mut Writing, files: &[(String, PathBuf)]) -> Result<(), StoreError> {
    for (name, file) in files.iter().filter(|(_, file)| file.is_file()) {
        archive.add_file(&format!("{PREFIX}{name}"), file)?;
    }
    Ok(())
}

/// Writes the files of an archive below `folder`; answers how many.
pub(crate) fn extract(archive: &Path, folder: &Path) -> Result<usize, StoreError> {
    let mut reading = Reading::open(archive)?;
    let manifest: Manifest = serde_json::from_slice(&reading.manifest()?)?;
    let mut count = 0;
    for part in manifest.parts.keys() {
        let Some(name) = part.strip_prefix(PREFIX) else { continue };
        let below = Path::new(name);
        // An archive from elsewhere must not write beside the folder.
        if !below.components().all(|step| matches!(step, Component::Normal(_))) {
            return Err(StoreError::Corrupt(format!("`{part}` in the archive")));
        }
        let file = folder.join(below);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent)?;
        }
        reading.extract(part, &manifest.parts, &file)?;
        count += 1;
    }
    Ok(count)
}
