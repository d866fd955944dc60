//! Uploads that messages wait for: each file once, whoever needs it, in a lane of their own, so that a slow one
//! holds up no message without it. How an upload ended wakes those that wait for the file.

use futures_util::{StreamExt as _, stream};
use store::params;

use super::{
    Batch, N_AT_ONCE, Worker,
    events::{self, EventKind},
    hand_over::{BACK_OFF_MS, MAX_BACK_OFF_MS},
    sql,
};
use crate::{
    Error, Scrm, corps,
    corps::Corp,
    files::media::{self, Need, Use},
};

/// Uploads begun in one tick.
pub(super) const UPLOADS_PER_TICK: i64 = 8;
/// How long it is remembered that WeCom refused a file for good. Then a message that needs it tries again.
const REFUSAL_KEPT_MS: i64 = 10 * 60_000;
/// A message that nobody woke looks for itself.
const LOOK_AGAIN_MS: i64 = 60_000;

/// An upload that messages wait for.
pub(super) struct Wish {
    need: Need,
    next_at_ms: i64,
    n_failures: i64,
    /// Empty before the first try.
    failure: String,
    is_final: bool,
}

/// Postpones a batch in state Ready until files are uploaded; when WeCom has refused one for good, what it
/// said, and the batch is not changed.
pub(super) async fn wait_for(
    worker: &Worker<'_>,
    batch: &Batch,
    missing: &[Need],
) -> Result<Option<String>, Error> {
    let (corp, now_ms) = (worker.corp.id, worker.scrm.clock.now_ms());
    let mut tx = corps::begin_alone(worker.scrm, corp).await?;
    let mut failure = None;
    for need in missing {
        let key = params![corp, need.file, need.what.number(), now_ms];
        tx.execute(&sql::WANT_UPLOAD, &key).await?;
        let wish = tx.query_opt(&sql::UPLOAD, &key[..3], wish).await?;
        let Some(wish) = wish.filter(|wish| !wish.failure.is_empty()) else { continue };
        if wish.is_final {
            return Ok(Some(wish.failure));
        }
        failure = failure.max(Some((wish.next_at_ms, wish.failure)));
    }
    let Some(first) = missing.first() else { return Ok(None) };
    let next_at_ms = match &failure {
        Some((next_at_ms, _)) => next_at_ms + LOOK_AGAIN_MS,
        None => now_ms + LOOK_AGAIN_MS,
    };
    let reason = failure.as_ref().map_or("waits for the upload of its files", |(_, why)| why);
    let values = params![corp, batch.id, next_at_ms, reason, first.file];
    if tx.execute(&sql::WAIT_FOR_FILE, &values).await? == 1 && failure.is_some() {
        events::note(&mut tx, corp, now_ms, &[(batch.id, EventKind::Refused, reason)]).await?;
    }
    tx.commit().await?;
    Ok(None)
}

/// The uploads whose time has come.
pub(super) async fn due(scrm: &Scrm, corp: &Corp) -> Result<Vec<Wish>, Error> {
    let mut reader = scrm.db.reader().await?;
    let values = params![corp.id, scrm.clock.now_ms(), UPLOADS_PER_TICK];
    Ok(reader.query(&sql::DUE_UPLOADS, &values, wish).await?)
}

/// Makes uploads, a few at a time.
pub(super) async fn upload(worker: &Worker<'_>, wishes: Vec<Wish>) -> Result<(), Error> {
    let outcomes: Vec<Result<(), Error>> = stream::iter(wishes)
        .map(|wish| upload_one(worker, wish))
        .buffer_unordered(N_AT_ONCE)
        .collect()
        .await;
    outcomes.into_iter().collect()
}

async fn upload_one(worker: &Worker<'_>, wish: Wish) -> Result<(), Error> {
    let Worker { scrm, corp, client, .. } = worker;
    let Wish { need, n_failures, .. } = wish;
    let outcome = media::upload(scrm, corp.id, client, need).await;
    let now_ms = scrm.clock.now_ms();
    let mut tx = corps::begin_alone(scrm, corp.id).await?;
    match outcome {
        Ok(()) => {
            tx.execute(&sql::UPLOADED, &params![corp.id, need.file, need.what.number()]).await?;
        }
        Err(Error::Attachment { what, is_final }) => {
            let doublings = u32::try_from(n_failures.clamp(0, 10)).expect("clamped");
            let pause_ms = (BACK_OFF_MS << doublings).min(MAX_BACK_OFF_MS);
            let next_at_ms = now_ms + if is_final { REFUSAL_KEPT_MS } else { pause_ms };
            let (file, kind) = (need.file, need.what.number());
            let values = params![corp.id, file, kind, next_at_ms, &what, is_final];
            tx.execute(&sql::UPLOAD_FAILED, &values).await?;
        }
        Err(error) => return Err(error),
    }
    tx.execute(&sql::WAKE, &params![corp.id, need.file, now_ms]).await?;
    Ok(tx.commit().await?)
}

fn wish(row: &store::Row<'_>) -> Result<Wish, store::Error> {
    Ok(Wish {
        need: Need { file: row.get(0)?, what: Use::from_column(row.get(1)?)? },
        next_at_ms: row.get(2)?,
        n_failures: row.get(3)?,
        failure: row.get(4)?,
        is_final: row.get(5)?,
    })
}
