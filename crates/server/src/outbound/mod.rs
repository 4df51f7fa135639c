//! What leaves the house: takes what is due from the outbox and sends it, several at once, each within its time. A receiver
//! that hangs holds up to two hands and nobody else; a process that dies leaves everything in the outbox.
//!
//! | file | what for |
//! |---|---|
//! | `addresses` | which addresses may be spoken to |
//! | `post` | webhooks and group robots, over HTTP |
//! | `mail` | mail, over SMTP |

mod addresses;
mod mail;
mod post;

use std::{collections::HashMap, sync::Arc, time::Duration};

use linli_engine::{
    Engine,
    notify::{self, Delivery, Outcome, Parcel},
};
use tokio::{sync::watch, task::JoinSet};

/// Hands for one receiver.
const FOR_ONE: usize = 2;

/// Pause between two looks into the outbox.
const EVERY: Duration = Duration::from_secs(1);

/// What sending needs.
struct Sender {
    engine: Engine,
    client: reqwest::Client,
}

/// Sends until told to stop; what is under way then is finished or taken again later.
pub async fn work(engine: Engine, mut stopped: watch::Receiver<bool>) {
    let client = match post::client(&engine.config.notify) {
        Ok(client) => client,
        Err(error) => {
            tracing::error!(%error, "nothing can be sent: there is no HTTP client");
            return;
        }
    };
    let sender = Arc::new(Sender { engine, client });
    let most = usize::try_from(sender.engine.config.notify.at_once).unwrap_or(1).max(1);
    let (mut under_way, mut busy) = (JoinSet::new(), HashMap::<String, usize>::new());
    loop {
        // Freed hands first, so that one look fills them all.
        while let Some(done) = under_way.try_join_next() {
            free(&mut busy, done.ok());
        }
        for parcel in taken(&sender, most - under_way.len().min(most), &busy).await {
            *busy.entry(parcel.target.clone()).or_default() += 1;
            under_way.spawn(one(sender.clone(), parcel));
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            done = under_way.join_next(), if !under_way.is_empty() => free(&mut busy, done.and_then(Result::ok)),
            _ = stopped.wait_for(|stop| *stop) => return,
        }
    }
}

fn free(busy: &mut HashMap<String, usize>, target: Option<String>) {
    match target {
        Some(target) => {
            let left = busy.get(&target).copied().unwrap_or(0).saturating_sub(1);
            if left == 0 {
                busy.remove(&target);
            } else {
                busy.insert(target, left);
            }
        }
        // A hand that panicked does not say for whom it worked: better all are free than one is lost.
        None => busy.clear(),
    }
}

/// What is due, at most as many as there are free hands and never more than two for one receiver.
async fn taken(sender: &Arc<Sender>, free: usize, busy: &HashMap<String, usize>) -> Vec<Parcel> {
    if free == 0 {
        return Vec::new();
    }
    let mut held = busy.clone();
    let mut all = Vec::new();
    // One after the other, because the first of a receiver may be the last it has a hand for.
    while all.len() < free {
        let full: Vec<String> =
            held.iter().filter(|(_, hands)| **hands >= FOR_ONE).map(|(target, _)| target.clone()).collect();
        let handle = sender.clone();
        let found = tokio::task::spawn_blocking(move || notify::take(&handle.engine, 1, &full)).await;
        match found {
            Ok(Ok(parcels)) if !parcels.is_empty() => {
                for parcel in parcels {
                    *held.entry(parcel.target.clone()).or_default() += 1;
                    all.push(parcel);
                }
            }
            Ok(Ok(_)) => break,
            Ok(Err(problem)) => {
                tracing::warn!(%problem, "the outbox could not be looked into");
                break;
            }
            Err(panic) => {
                tracing::error!(%panic, "looking into the outbox panicked");
                break;
            }
        }
    }
    all
}

/// Sends one and notes what came of it; answers for whom it was.
async fn one(sender: Arc<Sender>, parcel: Parcel) -> String {
    let most = Duration::from_secs(u64::from(sender.engine.config.notify.timeout_seconds.clamp(1, 60)));
    let sent = async {
        match &parcel.delivery {
            Delivery::Post { url, headers, body, robot } => {
                post::send(&sender.client, &sender.engine.config.notify, url, headers, body, *robot).await
            }
            Delivery::Mail { to, subject, text } => {
                mail::send(&sender.engine, parcel.id, to, subject, text, most).await
            }
        }
    };
    let outcome = tokio::time::timeout(most, sent).await.unwrap_or_else(|_| {
        Outcome::Failed(format!("{} 秒内没有应答 / no answer within {} seconds", most.as_secs(), most.as_secs()))
    });
    let target = parcel.target.clone();
    let noted = tokio::task::spawn_blocking(move || notify::settle(&sender.engine, &parcel, &outcome)).await;
    match noted {
        Ok(Ok(())) => {}
        Ok(Err(problem)) => {
            tracing::warn!(%problem, "what came of a message could not be noted; it will be sent again")
        }
        Err(panic) => tracing::error!(%panic, "noting what came of a message panicked"),
    }
    target
}
