//! OLE compound files ([MS-CFB]): just enough to tell an old workbook from a locked one and to reach its stream.

use crate::error::BookError;

/// The first bytes of a compound file.
pub(crate) const MAGIC: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// Sector numbers from here on are markers.
const LAST_SECTOR: u32 = 0xFFFF_FFFA;

/// An opened compound file.
pub(crate) struct Compound<'a> {
    bytes: &'a [u8],
    sector: usize,
    fat: Vec<u32>,
    mini_fat: Vec<u32>,
    mini: Vec<u8>,
    mini_cutoff: u64,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    start: u32,
    size: u64,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

impl<'a> Compound<'a> {
    /// Reads the allocation tables and the directory. Anything that points outside the file means that it was cut off.
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, BookError> {
        Self::try_open(bytes).ok_or(BookError::Truncated)
    }

    fn try_open(bytes: &'a [u8]) -> Option<Self> {
        let shift = u16_at(bytes, 30)?;
        if !bytes.starts_with(&MAGIC) || !(shift == 9 || shift == 12) {
            return None;
        }
        let mut file = Self {
            bytes,
            sector: 1 << shift,
            fat: Vec::new(),
            mini_fat: Vec::new(),
            mini: Vec::new(),
            mini_cutoff: u64::from(u32_at(bytes, 56)?),
            entries: Vec::new(),
        };
        file.fat = file.read_fat()?;
        let directory = file.chain(u32_at(bytes, 48)?)?;
        file.entries = directory.chunks_exact(128).filter_map(entry).collect();
        file.mini_fat = match u32_at(bytes, 60)? {
            start if start < LAST_SECTOR => words(&file.chain(start)?),
            _ => Vec::new(),
        };
        // The root entry comes first; its stream is where small streams live.
        if let Some(root) = file.entries.first().filter(|e| e.start < LAST_SECTOR && e.size > 0) {
            file.mini = file.chain(root.start)?;
        }
        Some(file)
    }

    fn at(&self, sector: u32) -> Option<&'a [u8]> {
        let from = (sector as usize).checked_add(1)?.checked_mul(self.sector)?;
        // Some writers do not fill the last sector up.
        let to = from.checked_add(self.sector)?.min(self.bytes.len());
        self.bytes.get(from..to).filter(|s| !s.is_empty())
    }

    fn read_fat(&self) -> Option<Vec<u32>> {
        let mut fat = Vec::new();
        let count = u32_at(self.bytes, 44)? as usize;
        let mut sectors: Vec<u32> =
            (0..109).filter_map(|i| u32_at(self.bytes, 76 + 4 * i)).take_while(|s| *s < LAST_SECTOR).collect();
        let mut next = u32_at(self.bytes, 68)?;
        while next < LAST_SECTOR && sectors.len() <= self.bytes.len() / self.sector {
            let mut more = words(self.at(next)?);
            next = more.pop()?;
            sectors.extend(more.into_iter().take_while(|s| *s < LAST_SECTOR));
        }
        for sector in sectors.into_iter().take(count) {
            fat.extend(words(self.at(sector)?));
        }
        Some(fat)
    }

    fn chain(&self, start: u32) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let mut sector = start;
        while sector < LAST_SECTOR {
            out.extend_from_slice(self.at(sector)?);
            if out.len() > self.bytes.len() {
                return None;
            }
            sector = *self.fat.get(sector as usize)?;
        }
        Some(out)
    }

    fn mini_chain(&self, start: u32) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let mut sector = start;
        while sector < LAST_SECTOR {
            let from = (sector as usize).checked_mul(64)?;
            out.extend_from_slice(self.mini.get(from..from + 64)?);
            if out.len() > self.mini.len() {
                return None;
            }
            sector = *self.mini_fat.get(sector as usize)?;
        }
        Some(out)
    }

    /// Whether there is a stream or storage of that name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|e| e.name.eq_ignore_ascii_case(name))
    }

    /// The bytes of a stream.
    pub(crate) fn stream(&self, name: &str) -> Result<Vec<u8>, BookError> {
        let entry = self.entries.iter().find(|e| e.name.eq_ignore_ascii_case(name));
        let entry = entry.ok_or_else(|| BookError::damaged(name, "missing"))?;
        let small = entry.size < self.mini_cutoff;
        let bytes = if small { self.mini_chain(entry.start) } else { self.chain(entry.start) };
        let mut bytes = bytes.ok_or(BookError::Truncated)?;
        if (bytes.len() as u64) < entry.size {
            return Err(BookError::Truncated);
        }
        bytes.truncate(entry.size as usize);
        Ok(bytes)
    }
}

fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

fn entry(bytes: &[u8]) -> Option<Entry> {
    let length = usize::from(u16_at(bytes, 64)?).min(64);
    if length < 2 {
        return None;
    }
    let units: Vec<u16> = (0..length / 2 - 1).filter_map(|i| u16_at(bytes, 2 * i)).collect();
    Some(Entry {
        name: String::from_utf16_lossy(&units),
        start: u32_at(bytes, 116)?,
        size: u64::from(u32_at(bytes, 120)?),
    })
}
