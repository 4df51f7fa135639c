//! The zip container of an .xlsx (ISO/IEC 29500-2), opened with suspicion: sizes are counted while inflating, not believed.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, BufReader, Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::error::BookError;
use crate::limits::Limits;

/// Below this an inflated part is never called a bomb by its ratio.
const RATIO_MATTERS_FROM: u64 = 32 << 20;

/// Most bytes from one `<` to the next. A cell holds at most 32,767 characters; whoever reads XML keeps what lies between in
/// memory, however well it was compressed.
const TOKEN: usize = 8 << 20;

/// Names of parts, without a leading slash, to their bytes.
pub(crate) type Parts = std::collections::BTreeMap<String, Vec<u8>>;

/// An opened container.
pub(crate) struct Package<'a> {
    pub(crate) archive: ZipArchive<Cursor<&'a [u8]>>,
    /// Lower-case part name (part names are compared without case) → name as stored and index.
    index: HashMap<String, (String, usize)>,
    limits: Limits,
    inflated: u64,
}

/// Carried inside an `io::Error` out of the middle of a read.
#[derive(Debug)]
struct Bomb;

impl fmt::Display for Bomb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("inflates beyond the limits")
    }
}

impl std::error::Error for Bomb {}

/// What an IO error met while inflating a part means.
pub(crate) fn read_error(part: &str, e: &io::Error) -> BookError {
    if e.get_ref().is_some_and(|inner| inner.is::<Bomb>()) {
        return BookError::ZipBomb { part: part.to_owned() };
    }
    match e.kind() {
        io::ErrorKind::UnexpectedEof => BookError::Truncated,
        _ => BookError::damaged(part, e),
    }
}

fn zip_error(part: &str, e: ZipError) -> BookError {
    match e {
        ZipError::Io(e) => read_error(part, &e),
        ZipError::UnsupportedArchive(why) if why == ZipError::PASSWORD_REQUIRED => BookError::Encrypted,
        ZipError::InvalidPassword => BookError::Encrypted,
        e => BookError::damaged(part, e),
    }
}

impl<'a> Package<'a> {
    /// Reads the directory. A file that begins as a zip and has no directory at its end was cut off.
    pub(crate) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, BookError> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| match e {
            ZipError::InvalidArchive(_) | ZipError::Io(_) => BookError::Truncated,
            e => zip_error("zip", e),
        })?;
        if archive.len() > limits.max_entries {
            return Err(BookError::ZipBomb { part: format!("{} entries", archive.len()) });
        }
        let mut index = HashMap::with_capacity(archive.len());
        for i in 0..archive.len() {
            let file = archive.by_index_raw(i).map_err(|e| zip_error("zip", e))?;
            let name = file.name().map_err(|e| zip_error("zip", e))?.replace('\\', "/");
            let name = name.trim_start_matches('/').to_owned();
            index.insert(name.to_lowercase(), (name, i));
        }
        Ok(Self { archive, index, limits: limits.clone(), inflated: 0 })
    }

    /// The name under which a part is stored, when it is there.
    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        self.index.get(&name.trim_start_matches('/').to_lowercase()).map(|(stored, _)| stored.as_str())
    }

    /// The names of all parts.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.index.values().map(|(name, _)| name.as_str())
    }

    /// Hands a part, which is XML, to `read` as a stream.
    pub(crate) fn stream<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut dyn io::BufRead) -> Result<T, BookError>,
    ) -> Result<T, BookError> {
        self.inflate(name, TOKEN, read)
    }

    fn inflate<T>(
        &mut self,
        name: &str,
        token: usize,
        read: impl FnOnce(&mut dyn io::BufRead) -> Result<T, BookError>,
    ) -> Result<T, BookError> {
        let Some((_, i)) = self.index.get(&name.trim_start_matches('/').to_lowercase()) else {
            return Err(BookError::damaged(name, "missing"));
        };
        let file = self.archive.by_index(*i).map_err(|e| zip_error(name, e))?;
        let by_ratio = file.compressed_size().saturating_mul(self.limits.max_ratio).max(RATIO_MATTERS_FROM);
        let allowed = by_ratio.min(self.limits.max_inflated.saturating_sub(self.inflated));
        let mut capped = Capped { inner: file, left: allowed, token, run: 0 };
        let result = read(&mut BufReader::with_capacity(64 << 10, &mut capped));
        self.inflated += allowed - capped.left;
        result
    }

    /// A whole part.
    pub(crate) fn read(&mut self, name: &str) -> Result<Vec<u8>, BookError> {
        self.inflate(name, usize::MAX, |reader| {
            let mut bytes = Vec::new();
            reader.read_to_end(&mut bytes).map_err(|e| read_error(name, &e))?;
            Ok(bytes)
        })
    }

    /// A whole part as text, without its byte order mark.
    pub(crate) fn read_text(&mut self, name: &str) -> Result<String, BookError> {
        let mut bytes = self.read(name)?;
        if bytes.starts_with(b"\xEF\xBB\xBF") {
            bytes.drain(..3);
        }
        String::from_utf8(bytes).map_err(|_| BookError::damaged(name, "not UTF-8"))
    }
}

/// Stops a read that has gone on for too long.
struct Capped<R> {
    inner: R,
    left: u64,
    /// Most bytes without a `<`, and how many there were since the last.
    token: usize,
    run: usize,
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.left = self.left.checked_sub(n as u64).ok_or_else(|| io::Error::other(Bomb))?;
        self.run = match buf[..n].iter().rposition(|byte| *byte == b'<') {
            Some(at) => n - at,
            None => self.run.saturating_add(n),
        };
        if self.run > self.token { Err(io::Error::other(Bomb)) } else { Ok(n) }
    }
}
