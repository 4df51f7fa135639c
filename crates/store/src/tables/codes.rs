//! Codes that are told to one person and kept nowhere: made of a key of the installation and what they open.

use linli_domain::RecordId;

use crate::ReadTx;

impl ReadTx<'_> {
    /// Sixteen bytes that only this installation can make for `what` and `id`, the same whenever they are asked for.
    pub fn told_code(&self, what: &str, id: RecordId) -> Vec<u8> {
        self.ctx.crypto.lookup(&format!("told {what} text"), &id.to_string())
    }
}
