//! How events are stored before they are answered: those that come at the same time share a commit.
//!
//! Whoever comes first while a commit is under way takes all that have gathered meanwhile into the next
//! one. So a thousand events a second cost some hundred commits, and an event waits for two at most.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex},
};

use store::{Value, params};
use tokio::sync::oneshot;

use super::{ReceiverKind, sql};
use crate::{CorpId, Error, Scrm, counters};

/// An event that was decrypted and read.
#[derive(Debug, Clone)]
pub(super) struct Received {
    pub(super) corp: CorpId,
    pub(super) kind: ReceiverKind,
    /// SHA-256 of the plaintext.
    pub(super) digest: [u8; 32],
    /// What it is about; empty for nothing we mirror.
    pub(super) thing: String,
    /// The event's name, under which it is counted.
    pub(super) name: String,
    pub(super) plaintext: String,
    pub(super) received_at_ms: i64,
}

/// Events that wait for their commit.
#[derive(Clone, Default)]
pub struct Inbox(Arc<Inner>);

#[derive(Default)]
struct Inner {
    waiting: Mutex<Vec<Waiting>>,
    commits: tokio::sync::Mutex<()>,
}

struct Waiting {
    event: Received,
    stored: oneshot::Sender<Result<(), Arc<Error>>>,
}

/// The event could not be stored; the reason is shared by all of one commit.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the event could not be stored: {0}")]
pub struct NotStored(Arc<Error>);

impl Inbox {
    /// Returns when the event is committed, or was known already.
    pub(super) async fn store(&self, scrm: &Scrm, event: Received) -> Result<(), NotStored> {
        loop {
            let (stored, mut answer) = oneshot::channel();
            let waiting = Waiting { event: event.clone(), stored };
            self.0.waiting.lock().expect("no panic while held").push(waiting);
            let turn = self.0.commits.lock().await;
            // Another one's commit may have had this event along.
            if let Ok(outcome) = answer.try_recv() {
                return outcome.map_err(NotStored);
            }
            let all = std::mem::take(&mut *self.0.waiting.lock().expect("no panic while held"));
            let outcome = commit(scrm, &all).await.map_err(Arc::new);
            for waiting in all {
                // An error: its caller has gone away meanwhile.
                waiting.stored.send(outcome.clone()).ok();
            }
            drop(turn);
            // Nothing: somebody had taken the event along and went away before the commit.
            if let Ok(outcome) = answer.try_recv() {
                return outcome.map_err(NotStored);
            }
        }
    }
}

async fn commit(scrm: &Scrm, all: &[Waiting]) -> Result<(), Error> {
    let mut by_corp: BTreeMap<CorpId, Vec<&Received>> = BTreeMap::new();
    for Waiting { event, .. } in all {
        by_corp.entry(event.corp).or_default().push(event);
    }
    let mut tx = scrm.db.begin().await?;
    for (corp, events) in by_corp {
        let digests: Vec<Value<'_>> = events.iter().map(|event| (&event.digest).into()).collect();
        let known = tx
            .query_list(&sql::KNOWN, &params![corp], &digests, |row| row.get::<Vec<u8>>(0))
            .await?;
        let mut known: HashSet<Vec<u8>> = known.into_iter().collect();
        let new: Vec<&Received> =
            events.into_iter().filter(|event| known.insert(event.digest.to_vec())).collect();
        let first_no = counters::take(&mut tx, corp, counters::EVENTS, new.len()).await?;
        let mut counts: HashMap<&str, (i64, i64)> = HashMap::new();
        let mut values: Vec<Value<'_>> = Vec::new();
        for (event_no, event) in (first_no..).zip(new) {
            let Received { kind, digest, thing, name, plaintext, received_at_ms, .. } = event;
            let kind = kind.number();
            values.extend(params![corp, event_no, digest, kind, thing, plaintext, *received_at_ms]);
            let count = counts.entry(name).or_default();
            *count = (count.0 + 1, *received_at_ms);
        }
        tx.execute_rows(&sql::ADD, &values).await?;
        // In one order, lest two nodes wait for each other.
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_unstable();
        let values: Vec<Value<'_>> =
            counts.iter().flat_map(|(name, (n, last))| params![corp, *name, *n, *last]).collect();
        tx.execute_rows(&sql::COUNT, &values).await?;
    }
    Ok(tx.commit().await?)
}
