//! Idempotency: a write that is sent twice counts once and is answered with its first answer.

use linli_domain::Actor;
use linli_store::{Once, WriteTx};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Engine, Problem};

/// What identifies a request: the key its sender chose, and a hash of what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// `Idempotency-Key`, at most 100 characters.
    pub key: String,
    /// SHA-256 over method, path and body.
    pub request: [u8; 32],
}

impl Engine {
    /// Runs `write` in one transaction; with an idempotency key that was used before, answers as then instead.
    pub async fn write_once<T>(
        &self,
        actor: &Actor,
        once: Option<Idempotency>,
        mut write: impl FnMut(&mut WriteTx<'_>) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
    {
        let account = actor.account;
        self.store
            .write(move |tx| {
                let Some(once) = &once else { return write(tx) };
                match tx.once(&once.key, account, &once.request)? {
                    Once::Replay(answer) => serde_json::from_value(answer).map_err(Problem::internal),
                    Once::OtherContent => Err(Problem::idempotency_other_content()),
                    Once::First => {
                        let answer = write(tx)?;
                        let kept = serde_json::to_value(&answer).map_err(Problem::internal)?;
                        tx.remember(&once.key, account, &kept)?;
                        Ok(answer)
                    }
                }
            })
            .await
    }

    /// The first answer to this request, when it was sent before. Only for decisions that must come before [`Self::write_once`].
    pub async fn replay<T>(&self, actor: &Actor, once: &Idempotency) -> Result<Option<T>, Problem>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let (once, account) = (once.clone(), actor.account);
        let seen = self
            .store
            .write::<Option<T>, Unseen>(move |tx| match tx.once(&once.key, account, &once.request)? {
                Once::Replay(answer) => {
                    serde_json::from_value(answer).map(Some).map_err(|e| Unseen::Problem(Problem::internal(e)))
                }
                Once::OtherContent => Err(Unseen::Problem(Problem::idempotency_other_content())),
                // Rolled back, so that the key stays free.
                Once::First => Err(Unseen::Free),
            })
            .await;
        match seen {
            Ok(answer) => Ok(answer),
            Err(Unseen::Free) => Ok(None),
            Err(Unseen::Problem(problem)) => Err(problem),
        }
    }
}

enum Unseen {
    Free,
    Problem(Problem),
}

impl From<linli_store::StoreError> for Unseen {
    fn from(error: linli_store::StoreError) -> Self {
        Self::Problem(error.into())
    }
}
