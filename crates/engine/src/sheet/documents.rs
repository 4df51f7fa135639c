//! Files people bring and files made for them: the bytes lie in the data folder under their SHA-256, the store knows who
//! brought what.

use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use linli_domain::{Actor, RecordId};
use linli_store::tables::Document;
use sha2::{Digest, Sha256};

use crate::{Engine, Problem, ProblemKind};

/// Most bytes of an uploaded workbook.
pub const MOST_BYTES: u64 = 64 << 20;

/// An upload that lies on the disk but is not yet known to the store. Dropped without being [kept](keep), it is deleted.
#[derive(Debug)]
pub struct Received {
    /// Where it lies for now.
    pub path: PathBuf,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
}

impl Drop for Received {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A file that is being received piece by piece.
pub struct Receiving {
    path: PathBuf,
    file: fs::File,
    hash: Sha256,
    size: u64,
    most: u64,
}

impl Receiving {
    /// Begins a file in the data folder.
    pub fn begin(engine: &Engine) -> Result<Self, Problem> {
        let folder = engine.data.join("uploads").join("incoming");
        fs::create_dir_all(&folder).map_err(disk)?;
        let path = folder.join(engine.ids.next().to_string());
        let file = fs::File::create_new(&path).map_err(disk)?;
        Ok(Self { path, file, hash: Sha256::new(), size: 0, most: MOST_BYTES })
    }

    /// Takes a piece.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), Problem> {
        self.size += piece.len() as u64;
        if self.size > self.most {
            return Err(too_large(self.most));
        }
        self.hash.update(piece);
        self.file.write_all(piece).map_err(disk)
    }

    /// Ends the file: it is on the disk when this returns.
    pub fn finish(mut self) -> Result<Received, Problem> {
        self.file.sync_all().map_err(disk)?;
        let sha256 = hex::encode(std::mem::take(&mut self.hash).finalize());
        // The file stays: what lies at `path` belongs to `Received` now.
        let path = std::mem::take(&mut self.path);
        Ok(Received { path, sha256, size: self.size })
    }
}

impl Drop for Receiving {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Receives bytes that are at hand.
pub fn receive(engine: &Engine, bytes: &[u8]) -> Result<Received, Problem> {
    let mut receiving = Receiving::begin(engine)?;
    receiving.push(bytes)?;
    receiving.finish()
}

/// Keeps a received file for good and answers with its row; the caller writes the row in its own transaction.
pub fn keep(
    engine: &Engine,
    actor: &Actor,
    mut received: Received,
    name: &str,
    kind: &str,
) -> Result<Document, Problem> {
    let place = place(&engine.data, &received.sha256);
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder).map_err(disk)?;
    }
    fs::rename(&received.path, &place).map_err(disk)?;
    received.path = PathBuf::new();
    Ok(Document {
        id: engine.ids.next(),
        name: plain_name(name),
        sha256: received.sha256.clone(),
        size: i64::try_from(received.size).unwrap_or(i64::MAX),
        kind: kind.to_owned(),
        by: actor.account,
        at: engine.now(),
    })
}

/// The bytes of a kept file.
pub fn bytes(engine: &Engine, sha256: &str) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let read = fs::File::open(place(&engine.data, sha256)).and_then(|mut file| file.read_to_end(&mut bytes));
    match read {
        Ok(_) => Ok(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Problem::new(
            ProblemKind::NotFound,
            "document.gone",
            "原文件已不在数据目录中，请重新上传。",
            "The uploaded file is no longer in the data folder; upload it again.",
        )),
        Err(error) => Err(disk(error)),
    }
}

/// Reads a file from the machine's own disk (command line), within the size limit.
pub fn read_local(path: &Path) -> Result<Vec<u8>, Problem> {
    let shown = path.display();
    let unreadable = |error: io::Error| {
        Problem::new(
            ProblemKind::Invalid,
            "file.unreadable",
            format!("无法读取文件 {shown}：{error}。"),
            format!("The file {shown} cannot be read: {error}."),
        )
    };
    let size = fs::metadata(path).map_err(unreadable)?.len();
    if size > MOST_BYTES {
        return Err(too_large(MOST_BYTES));
    }
    fs::read(path).map_err(unreadable)
}

/// Refusal of a file that is too large.
pub fn too_large(most: u64) -> Problem {
    let what = linli_domain::Label::new("文件", "The file");
    Problem::too_large(&what, &format!("{} MB", most >> 20))
}

/// Disk faults as problems; a full disk says so.
pub fn disk(error: io::Error) -> Problem {
    Problem::from(linli_store::StoreError::from(error))
}

/// An id as a path piece never leaves its folder, since it is hexadecimal.
fn place(data: &Path, sha256: &str) -> PathBuf {
    let safe: String = sha256.chars().filter(char::is_ascii_hexdigit).collect();
    data.join("uploads").join(safe.get(..2).unwrap_or("00")).join(safe)
}

/// The last piece of a name, without control characters, at most 120 characters.
pub fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control()).take(120).collect();
    if clean.trim().is_empty() { "未命名".to_owned() } else { clean }
}

/// Id out of a text of the API, or the same "not found" as for an unknown one.
pub fn id_of(text: &str) -> Result<RecordId, Problem> {
    text.parse().map_err(|_| Problem::no_record())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_hashes_cannot_leave_their_folder() {
        assert_eq!(plain_name("C:\\台账\\居民.xlsx"), "居民.xlsx");
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name("\u{0}"), "未命名");
        let place = place(Path::new("/data"), "../../ab12");
        assert_eq!(place, Path::new("/data/uploads/ab/ab12"));
    }
}
