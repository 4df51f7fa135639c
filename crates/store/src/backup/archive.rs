//! A zip file whose parts have checksums.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufReader, BufWriter, Read, Write},
    path::Path,
};

use sha2::{Digest, Sha256};
use zip::{CompressionMethod, ZipArchive, ZipWriter, result::ZipError, write::SimpleFileOptions};

use crate::StoreError;

const MANIFEST: &str = "manifest.json";
const PIECE: usize = 1 << 18;

/// An archive being written.
pub(super) struct Writing {
    zip: ZipWriter<BufWriter<File>>,
    parts: BTreeMap<String, String>,
    open: Option<(String, Sha256)>,
}

impl Writing {
    pub(super) fn create(file: &Path) -> Result<Self, StoreError> {
        let mut options = File::options();
        options.write(true).read(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let zip = ZipWriter::new(BufWriter::new(options.open(file)?));
        Ok(Self { zip, parts: BTreeMap::new(), open: None })
    }

    pub(super) fn parts(&self) -> &BTreeMap<String, String> {
        &self.parts
    }

    /// Begins a part.
    pub(super) fn begin(&mut self, name: &str) -> Result<(), StoreError> {
        self.start(name)?;
        self.open = Some((name.to_owned(), Sha256::new()));
        Ok(())
    }

    fn start(&mut self, name: &str) -> Result<(), StoreError> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(1))
            .large_file(true);
        self.zip.start_file(name, options).map_err(zip_error)
    }

    /// Appends to the part that was begun.
    pub(super) fn append(&mut self, piece: &[u8]) -> Result<(), StoreError> {
        if let Some((_, digest)) = &mut self.open {
            digest.update(piece);
        }
        Ok(self.zip.write_all(piece)?)
    }

    /// Ends the part that was begun.
    pub(super) fn end(&mut self) {
        if let Some((name, digest)) = self.open.take() {
            self.parts.insert(name, hex::encode(digest.finalize()));
        }
    }

    /// Adds a whole part.
    pub(super) fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.begin(name)?;
        self.append(bytes)?;
        self.end();
        Ok(())
    }

    /// Adds a file.
    pub(super) fn add_file(&mut self, name: &str, file: &Path) -> Result<(), StoreError> {
        self.begin(name)?;
        let mut source = File::open(file)?;
        let mut piece = vec![0; PIECE];
        loop {
            let length = source.read(&mut piece)?;
            if length == 0 {
                break;
            }
            self.append(&piece[..length])?;
        }
        self.end();
        Ok(())
    }

    /// Adds the manifest and makes the archive durable.
    pub(super) fn finish(mut self, manifest: &[u8]) -> Result<(), StoreError> {
        self.start(MANIFEST)?;
        self.zip.write_all(manifest)?;
        let writer = self.zip.finish().map_err(zip_error)?;
        let file = writer.into_inner().map_err(|error| StoreError::from(error.into_error()))?;
        Ok(file.sync_all()?)
    }
}

/// An archive being read.
pub(super) struct Reading {
    zip: ZipArchive<BufReader<File>>,
}

impl Reading {
    pub(super) fn open(file: &Path) -> Result<Self, StoreError> {
        Ok(Self { zip: ZipArchive::new(BufReader::new(File::open(file)?)).map_err(zip_error)? })
    }

    pub(super) fn manifest(&mut self) -> Result<Vec<u8>, StoreError> {
        let mut bytes = Vec::new();
        let part = self.zip.by_name(MANIFEST).map_err(zip_error)?;
        part.take(64 << 20).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Hands a part out in pieces; an error at its end when its checksum is another.
    pub(super) fn read(
        &mut self,
        name: &str,
        parts: &BTreeMap<String, String>,
        each: &mut dyn FnMut(&[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut part = self.zip.by_name(name).map_err(zip_error)?;
        let (mut digest, mut piece) = (Sha256::new(), vec![0; PIECE]);
        loop {
            let length = part.read(&mut piece)?;
            if length == 0 {
                break;
            }
            digest.update(&piece[..length]);
            each(&piece[..length])?;
        }
        if parts.get(name) == Some(&hex::encode(digest.finalize())) {
            Ok(())
        } else {
            Err(StoreError::Corrupt(format!("`{name}` in the archive")))
        }
    }

    /// Writes a part to a file, durably.
    pub(super) fn extract(
        &mut self,
        name: &str,
        parts: &BTreeMap<String, String>,
        to: &Path,
    ) -> Result<(), StoreError> {
        let mut file = File::create(to)?;
        self.read(name, parts, &mut |piece| Ok(file.write_all(piece)?))?;
        Ok(file.sync_all()?)
    }
}

fn zip_error(error: ZipError) -> StoreError {
    match error {
        ZipError::Io(error) => error.into(),
        other => StoreError::Corrupt(format!("the archive: {other}")),
    }
}
