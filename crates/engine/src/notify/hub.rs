//! Waking the pages that listen: by account within this process. What other processes tell is found by looking from time to
//! time, so a wake that is lost costs seconds, never a notice.

use std::{sync::Arc, time::Duration};

use linli_domain::RecordId;
use tokio::sync::{broadcast, watch};

/// Wakes that may wait for a slow listener; one that falls behind looks for itself.
const BEHIND: usize = 1_024;

/// Where pages listen.
#[derive(Debug)]
pub struct Hub {
    wakes: broadcast::Sender<Arc<[RecordId]>>,
    closed: watch::Sender<bool>,
}

impl Default for Hub {
    fn default() -> Self {
        Self { wakes: broadcast::Sender::new(BEHIND), closed: watch::Sender::new(false) }
    }
}

/// A page that listens.
#[derive(Debug)]
pub struct Listener {
    account: RecordId,
    wakes: broadcast::Receiver<Arc<[RecordId]>>,
    closed: watch::Receiver<bool>,
}

/// Why a page looks again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// Something was told to its account.
    Told,
    /// Nothing was heard for a while.
    Quiet,
    /// The server is about to end.
    Ended,
}

impl Hub {
    /// Wakes those who listen for one of `accounts`.
    pub fn wake(&self, accounts: impl Into<Arc<[RecordId]>>) {
        let accounts = accounts.into();
        if !accounts.is_empty() {
            // Nobody listening is no error.
            let _listeners = self.wakes.send(accounts);
        }
    }

    /// Listens for `account`.
    pub fn listen(&self, account: RecordId) -> Listener {
        Listener { account, wakes: self.wakes.subscribe(), closed: self.closed.subscribe() }
    }

    /// Ends all listening: the server is about to end.
    pub fn close(&self) {
        self.closed.send_replace(true);
    }
}

impl Listener {
    /// Waits until there may be something new, `most` at the longest.
    pub async fn wait(&mut self, most: Duration) -> Wake {
        let (account, wakes) = (self.account, &mut self.wakes);
        let woken = async {
            loop {
                match wakes.recv().await {
                    Ok(accounts) if !accounts.contains(&account) => {}
                    Ok(_) | Err(_) => return,
                }
            }
        };
        tokio::select! {
            _ = self.closed.wait_for(|closed| *closed) => Wake::Ended,
            heard = tokio::time::timeout(most, woken) => if heard.is_ok() { Wake::Told } else { Wake::Quiet },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(number: u64) -> RecordId {
        RecordId(uuid::Uuid::from_u64_pair(0, number))
    }

    #[tokio::test]
    async fn a_page_wakes_for_its_own_account_only_and_ends_with_the_server() {
        let hub = Hub::default();
        let (mut one, mut other) = (hub.listen(account(1)), hub.listen(account(2)));
        hub.wake(vec![account(1)]);
        let soon = Duration::from_secs(60);
        assert_eq!(tokio::time::timeout(Duration::from_secs(5), one.wait(soon)).await.unwrap(), Wake::Told);
        assert_eq!(one.wait(Duration::from_millis(1)).await, Wake::Quiet);
        let waited = tokio::time::timeout(Duration::from_millis(50), other.wait(soon)).await;
        assert!(waited.is_err(), "the other sleeps on");
        hub.close();
        assert_eq!(other.wait(soon).await, Wake::Ended);
    }
}
