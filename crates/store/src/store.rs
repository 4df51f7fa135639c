//! The handle to an open store.

use std::{path::Path, sync::Arc};

use linli_domain::Catalogue;

use crate::{BackupInfo, Keys, MigrationClass, MigrationPlan, ReadTx, StoreConfig, StoreError, VerifyReport, WriteTx};

/// An open store. Cheap to clone; the last clone to go stops its threads.
#[derive(Clone)]
pub struct Store {
    inner: Arc<()>,
}

#[expect(unused_variables, reason = "signatures first; bodies follow in the next commit")]
impl Store {
    /// Opens a store and makes its fixed tables when they are absent.
    pub fn open(config: StoreConfig) -> Result<Self, StoreError> {
        unimplemented!()
    }

    /// The installed Catalogue; empty when none was installed.
    pub fn catalogue(&self) -> Arc<Catalogue> {
        unimplemented!()
    }

    /// What it takes to install `wanted`.
    pub fn plan(&self, wanted: &Catalogue) -> Result<MigrationPlan, StoreError> {
        unimplemented!()
    }

    /// Installs `wanted` when no step is graver than `allow`.
    pub fn migrate(&self, wanted: Catalogue, allow: MigrationClass) -> Result<MigrationPlan, StoreError> {
        unimplemented!()
    }

    /// Runs `f` in a transaction and answers once it is durable. Writes that wait are committed together, each behind its
    /// own savepoint; `f` may run again after a conflict, so it must not have effects of its own.
    pub async fn write<T, E>(&self, f: impl FnMut(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        unimplemented!()
    }

    /// [`Self::write`] for the command line and jobs: blocks the thread.
    pub fn write_blocking<T, E>(&self, f: impl FnMut(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        unimplemented!()
    }

    /// Runs `f` on a snapshot.
    pub async fn read<T, E>(&self, f: impl FnOnce(&mut ReadTx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        unimplemented!()
    }

    /// [`Self::read`] for the command line and jobs: blocks the thread.
    pub fn read_blocking<T, E>(&self, f: impl FnOnce(&mut ReadTx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        unimplemented!()
    }

    /// Writes a consistent copy into one file while reading and writing go on.
    pub fn backup(&self, to: &Path, include_keys: bool) -> Result<BackupInfo, StoreError> {
        unimplemented!()
    }

    /// Restores a backup into an empty target.
    pub fn restore(file: &Path, into: StoreConfig) -> Result<BackupInfo, StoreError> {
        unimplemented!()
    }

    /// The keys inside a backup that was made with them.
    pub fn keys_in_backup(file: &Path) -> Result<Option<Keys>, StoreError> {
        unimplemented!()
    }

    /// Checks everything that must hold: audit chains, unique claims, continuity of history, homes.
    pub fn verify(&self) -> Result<VerifyReport, StoreError> {
        unimplemented!()
    }

    /// Whether a write would be durable now.
    pub fn health(&self) -> Result<(), StoreError> {
        unimplemented!()
    }
}

#[expect(unused_variables, reason = "signatures first; bodies follow in the next commit")]
impl Keys {
    /// Reads the keys of an installation; makes them (file mode 0600) when the file is absent.
    pub fn load_or_create(path: &Path) -> Result<Self, StoreError> {
        unimplemented!()
    }

    /// Keys from the system's source of randomness.
    pub fn random(cipher: crate::CipherSuite) -> Result<Self, StoreError> {
        unimplemented!()
    }
}
