//! Settings of the installation.

use serde_json::Value as Json;

use crate::{ReadTx, StoreError, WriteTx};

#[expect(unused_variables, reason = "signatures first; bodies follow in the next commit")]
impl ReadTx<'_> {
    /// A setting.
    pub fn setting(&mut self, key: &str) -> Result<Option<Json>, StoreError> {
        unimplemented!()
    }

    /// All settings whose key begins with `prefix`.
    pub fn settings(&mut self, prefix: &str) -> Result<Vec<(String, Json)>, StoreError> {
        unimplemented!()
    }
}

#[expect(unused_variables, reason = "signatures first; bodies follow in the next commit")]
impl WriteTx<'_> {
    /// Keeps a setting.
    pub fn put_setting(&mut self, key: &str, value: &Json) -> Result<(), StoreError> {
        unimplemented!()
    }

    /// Forgets a setting.
    pub fn drop_setting(&mut self, key: &str) -> Result<(), StoreError> {
        unimplemented!()
    }
}
