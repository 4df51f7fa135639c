//! The file that holds the keys.

use std::{fs, io::Write, path::Path};

use serde::{Deserialize, Serialize};

use crate::{CipherSuite, Keys, StoreError};

#[derive(Serialize, Deserialize)]
struct KeyFile {
    cipher: CipherSuite,
    data_key: String,
    hash_key: String,
}

impl Keys {
    /// Reads the keys of an installation; makes them (file mode 0600) when the file is absent.
    pub fn load_or_create(path: &Path) -> Result<Self, StoreError> {
        match fs::read_to_string(path) {
            Ok(text) => return Self::from_text(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        let keys = Self::random(CipherSuite::default())?;
        match keys.save(path) {
            Err(StoreError::Exists(_)) => Self::from_text(&fs::read_to_string(path)?),
            Err(error) => Err(error),
            Ok(()) => Ok(keys),
        }
    }

    /// Writes the keys to a new file of mode 0600. [`StoreError::Exists`] when there is one.
    pub fn save(&self, path: &Path) -> Result<(), StoreError> {
        // Written whole under another name first: a half-written key file must never be found.
        let part = path.with_extension("part");
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&part)?;
        file.write_all(self.to_text()?.as_bytes())?;
        file.sync_all()?;
        drop(file);
        let linked = fs::hard_link(&part, path);
        fs::remove_file(&part)?;
        match linked {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                Err(StoreError::Exists(path.display().to_string()))
            }
            other => Ok(other?),
        }
    }

    /// Keys from the system's source of randomness.
    pub fn random(cipher: CipherSuite) -> Result<Self, StoreError> {
        let mut keys = Self { cipher, data_key: [0; 32], hash_key: [0; 32] };
        for key in [&mut keys.data_key, &mut keys.hash_key] {
            getrandom::fill(key).map_err(|error| StoreError::Io(error.to_string()))?;
        }
        Ok(keys)
    }

    pub(crate) fn to_text(&self) -> Result<String, StoreError> {
        Ok(serde_json::to_string_pretty(&KeyFile {
            cipher: self.cipher,
            data_key: hex::encode(self.data_key),
            hash_key: hex::encode(self.hash_key),
        })?)
    }

    pub(crate) fn from_text(text: &str) -> Result<Self, StoreError> {
        let file: KeyFile = serde_json::from_str(text).map_err(|_| StoreError::Corrupt("the key file".into()))?;
        let key = |text: &str| {
            let mut key = [0; 32];
            hex::decode_to_slice(text, &mut key).map_err(|_| StoreError::Corrupt("the key file".into()))?;
            Ok::<_, StoreError>(key)
        };
        Ok(Self { cipher: file.cipher, data_key: key(&file.data_key)?, hash_key: key(&file.hash_key)? })
    }
}
