//! Files of the data folder: made once, replaced whole, never half-written.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use linli_pack::{PackFiles, read_dir};

use crate::{Problem, ProblemKind};

/// Makes the data folder when it is absent; answers whether it holds no packs yet.
pub(super) fn prepare(data: &Path) -> Result<bool, Problem> {
    fs::create_dir_all(data.join("uploads")).map_err(|cause| folder_problem(data, &cause))?;
    restrict(data).map_err(|cause| folder_problem(data, &cause))?;
    recover(data, "packs")
        .and_then(|()| recover(data, "packs-shipped"))
        .map_err(|cause| folder_problem(data, &cause))?;
    Ok(!data.join("packs").exists())
}

/// Packs in the data folder; none when the folder is absent.
pub(super) fn read_packs(data: &Path, name: &str) -> Result<PackFiles, Problem> {
    let folder = data.join(name);
    if !folder.exists() {
        return Ok(PackFiles::new());
    }
    read_dir(&folder).map_err(|error| {
        Problem::new(
            ProblemKind::Invalid,
            "pack.unreadable",
            format!("无法读取业务包:{error}"),
            format!("The packs cannot be read: {error}"),
        )
    })
}

/// Replaces a folder of packs: written beside, then renamed, so that a crash leaves the old or the new one, never a mixture.
pub(super) fn write_packs(data: &Path, name: &str, files: &PackFiles) -> Result<(), Problem> {
    let problem = |cause: io::Error| folder_problem(&data.join(name), &cause);
    if read_packs(data, name)? == *files {
        return Ok(());
    }
    let (fresh, old, place) = (data.join(format!("{name}.new")), data.join(format!("{name}.old")), data.join(name));
    let _absent = fs::remove_dir_all(&fresh);
    for (path, text) in files.iter() {
        let file = fresh.join(path);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent).map_err(problem)?;
        }
        fs::write(&file, text).map_err(problem)?;
    }
    fs::create_dir_all(&fresh).map_err(problem)?;
    let _absent = fs::remove_dir_all(&old);
    if place.exists() {
        fs::rename(&place, &old).map_err(problem)?;
    }
    fs::rename(&fresh, &place).map_err(problem)?;
    let _absent = fs::remove_dir_all(&old);
    Ok(())
}

/// Puts the old folder back when a crash came between the two renames.
fn recover(data: &Path, name: &str) -> io::Result<()> {
    let (old, place) = (data.join(format!("{name}.old")), data.join(name));
    if old.exists() && !place.exists() {
        fs::rename(old, place)?;
    }
    Ok(())
}

/// Everything of the data folder that belongs into a backup beside the database and the keys, by relative name.
pub(super) fn files(data: &Path) -> Result<Vec<(String, PathBuf)>, Problem> {
    let mut found = vec![("linli.toml".to_owned(), data.join("linli.toml"))];
    for name in ["packs", "packs-shipped", "uploads"] {
        below(data, name, &mut found).map_err(|cause| folder_problem(data, &cause))?;
    }
    Ok(found)
}

fn below(data: &Path, name: &str, found: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    let folder = data.join(name);
    if !folder.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{name}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            below(data, &name, found)?;
        } else {
            found.push((name, entry.path()));
        }
    }
    Ok(())
}

#[cfg(unix)]
fn restrict(data: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(data, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn restrict(_data: &Path) -> io::Result<()> {
    Ok(())
}

fn folder_problem(folder: &Path, cause: &io::Error) -> Problem {
    let kind = match cause.kind() {
        io::ErrorKind::StorageFull => ProblemKind::Full,
        _ => ProblemKind::Internal,
    };
    let folder = folder.display();
    Problem::new(
        kind,
        "data.folder",
        format!("无法使用数据目录 {folder}:{cause}"),
        format!("The data folder {folder} cannot be used: {cause}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(text: &str) -> PackFiles {
        PackFiles::from_iter([("people/pack.toml", text)])
    }

    #[test]
    fn packs_are_replaced_whole() {
        let data = tempfile::tempdir().unwrap();
        let both = PackFiles::from_iter([("people/pack.toml", "a = 1\n"), ("people/roles.toml", "b = 2\n")]);
        write_packs(data.path(), "packs", &both).unwrap();
        write_packs(data.path(), "packs", &files("a = 3\n")).unwrap();
        assert_eq!(read_packs(data.path(), "packs").unwrap(), files("a = 3\n"));
    }

    #[test]
    fn a_crash_between_the_renames_loses_nothing() {
        let data = tempfile::tempdir().unwrap();
        write_packs(data.path(), "packs", &files("a = 1\n")).unwrap();
        fs::rename(data.path().join("packs"), data.path().join("packs.old")).unwrap();
        assert!(!prepare(data.path()).unwrap(), "the packs are there again");
        assert_eq!(read_packs(data.path(), "packs").unwrap(), files("a = 1\n"));
    }
}
