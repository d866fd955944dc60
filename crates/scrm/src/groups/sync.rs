//! How customer groups follow WeCom: owners are listed in blocks, each group is fetched, compared with
//! what is stored, and only what changed is written.
//!
//! Blocks go by our numbers of the owners and chat ids by their order, so that an interrupted run goes on
//! where it stood. A group that is no longer listed is asked for by its id before it is marked as
//! dissolved: an empty page, a failed block or an owner out of sight must not make groups disappear.

use std::collections::HashMap;

use futures_util::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};
use store::{Tx, Value, params};

use super::{
    fetch::{self, Answer, Listed},
    sql, write,
};
use crate::{
    CorpId, Error, Scrm, StaffId, callbacks, corps, org, refresh,
    refresh::Thing,
    sync::{self, N_AT_ONCE, Run},
    text,
};

/// Owners in one list call: WeCom's limit, and 81017 forbids asking for all at once.
const OWNERS_PER_CALL: usize = 100;
/// Groups read in one go.
const GROUPS_PER_PART: usize = 200;
/// Rows of groups and members in one transaction, unless one group alone has more: callbacks that come
/// meanwhile wait for it.
const ROWS_PER_TX: usize = 6_000;
/// A group that could not be read is read by itself after this time.
const FAILED_AGAIN_MS: i64 = 300_000;

/// Where the part stands: owners up to this one are done, and of those after it, up to `until`, chat ids up
/// to this one.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Step {
    owner: i64,
    until: i64,
    chat_id: String,
}

/// A block of groups as WeCom answered.
struct Fetched {
    answers: Vec<Answer>,
    began_at_ms: i64,
}

/// Brings all groups up to date.
pub(crate) async fn follow(client: &wecom::Client, run: &mut Run<'_>) -> Result<(), Error> {
    let mut reader = run.scrm.db.reader().await?;
    let staff = org::all_staff(&mut reader, run.corp).await?;
    drop(reader);
    let mut step = match run.step() {
        Some(step) => step,
        None => {
            let n_total = count(client, &staff).await;
            run.set_total(n_total).await?;
            Step::default()
        }
    };
    let mut known: HashMap<String, StaffId> =
        staff.iter().map(|m| (text::folded(&m.wecom_user_id), m.id)).collect();
    let ahead: Vec<&org::Member> = staff.iter().filter(|m| m.id.0 > step.owner).collect();
    // The block that was interrupted is the same, though there are more staff now.
    let n_begun = ahead.iter().take_while(|m| m.id.0 <= step.until).count();
    let (begun, rest) = ahead.split_at(n_begun);
    for owners in begun.chunks(OWNERS_PER_CALL).chain(rest.chunks(OWNERS_PER_CALL)) {
        let until = owners[owners.len() - 1].id.0;
        let mut listed = list_block(client, owners, run).await?;
        listed.retain(|chat_id, _| *chat_id > step.chat_id);
        follow_block(client, run, listed, &Step { until, ..step }, &mut known).await?;
        step = Step { owner: until, until, chat_id: String::new() };
    }
    let tx = run.scrm.db.begin().await?;
    run.commit(tx, 0, &step).await
}

/// Brings some groups up to date, after events: what differs is written in a transaction that is the
/// caller's to commit, at once. Those that could not be read come with their errors.
pub(crate) async fn refresh(
    scrm: &Scrm,
    corp: CorpId,
    client: &wecom::Client,
    chat_ids: &[String],
) -> Result<(Tx, HashMap<String, wecom::Error>), Error> {
    let wanted = chat_ids.iter().map(|chat_id| (chat_id.clone(), None)).collect();
    let answers = fetch::get_all(client, wanted).await;
    let mut tx = corps::begin_alone(scrm, corp).await?;
    let written = write::store(&mut tx, corp, answers, &mut HashMap::new()).await?;
    Ok((tx, written.failed.into_iter().collect()))
}

/// How many groups there are to read, as far as that can be told.
async fn count(client: &wecom::Client, staff: &[org::Member]) -> usize {
    let user_ids: Vec<String> = staff.iter().map(|member| member.wecom_user_id.clone()).collect();
    let blocks: Vec<Vec<String>> = user_ids.chunks(OWNERS_PER_CALL).map(<[_]>::to_vec).collect();
    let counts = stream::iter(blocks)
        .map(async |owners| fetch::list(client, &owners).await.map_or(0, |listed| listed.len()))
        .buffer_unordered(N_AT_ONCE)
        .collect::<Vec<usize>>()
        .await;
    counts.into_iter().sum()
}

/// The groups that these owners have in WeCom or here. Those that are here and not listed are asked for as
/// well; their owners' status is then not known.
async fn list_block(
    client: &wecom::Client,
    owners: &[&org::Member],
    run: &mut Run<'_>,
) -> Result<Listed, Error> {
    let user_ids: Vec<String> = owners.iter().map(|owner| owner.wecom_user_id.clone()).collect();
    let mut listed = match fetch::list(client, &user_ids).await {
        Ok(listed) => listed,
        Err(error) if sync::is_about_all(&error) => return Err(error.into()),
        Err(error) if sync::is_about_one(&error) => {
            // The other 99 are not to suffer for him.
            let mut listed = Listed::new();
            for user_id in &user_ids {
                match fetch::list(client, std::slice::from_ref(user_id)).await {
                    Ok(of_one) => listed.extend(of_one),
                    Err(error) if sync::is_about_all(&error) => return Err(error.into()),
                    Err(error) => {
                        run.report().problem(format!("groups of the owner {user_id}: {error}"));
                    }
                }
            }
            listed
        }
        Err(error) => {
            let (first, last) = (&user_ids[0], &user_ids[user_ids.len() - 1]);
            run.report().problem(format!("groups of the owners {first} to {last}: {error}"));
            Listed::new()
        }
    };
    let ids: Vec<Value<'_>> = owners.iter().map(|owner| owner.id.into()).collect();
    let mut reader = run.scrm.db.reader().await?;
    let live = reader
        .query_list(&sql::LIVE_CHAT_IDS, &params![run.corp], &ids, |row| row.get::<String>(0))
        .await?;
    for chat_id in live {
        listed.entry(chat_id).or_insert(None);
    }
    Ok(listed)
}

/// Reads and writes a block; while one part of it is on its way to be stored, the next is asked for.
async fn follow_block(
    client: &wecom::Client,
    run: &mut Run<'_>,
    listed: Listed,
    step: &Step,
    owners: &mut HashMap<String, StaffId>,
) -> Result<(), Error> {
    let clock = run.scrm.clock.clone();
    let listed: Vec<(String, Option<i64>)> = listed.into_iter().collect();
    let fetch_part = async |part: &[(String, Option<i64>)]| {
        let began_at_ms = clock.now_ms();
        let mut answers = fetch::get_all(client, part.iter().cloned().collect()).await;
        answers.sort_unstable_by(|a, b| a.chat_id().cmp(b.chat_id()));
        Fetched { answers, began_at_ms }
    };
    let mut parts = listed.chunks(GROUPS_PER_PART);
    let Some(first) = parts.next() else { return Ok(()) };
    let mut fetched = fetch_part(first).await;
    for part in parts {
        let (next, stored) = tokio::join!(fetch_part(part), store_part(run, fetched, step, owners));
        stored?;
        fetched = next;
    }
    store_part(run, fetched, step, owners).await
}

/// Stores answers in the order of their chat ids, some rows at a time.
async fn store_part(
    run: &mut Run<'_>,
    fetched: Fetched,
    step: &Step,
    owners: &mut HashMap<String, StaffId>,
) -> Result<(), Error> {
    let Fetched { answers, began_at_ms } = fetched;
    sync::stop_if_nothing_answers(&answers, |answer| match answer {
        Answer::Failed(_, error) => Some(error),
        _ => None,
    })?;
    let mut answers = answers.into_iter().peekable();
    while let Some(first) = answers.next() {
        let mut n_rows = first.n_rows();
        let mut some = vec![first];
        while let Some(next) = answers.next_if(|next| n_rows + next.n_rows() <= ROWS_PER_TX) {
            n_rows += next.n_rows();
            some.push(next);
        }
        store_some(run, some, began_at_ms, step, owners).await?;
    }
    Ok(())
}

async fn store_some(
    run: &mut Run<'_>,
    answers: Vec<Answer>,
    began_at_ms: i64,
    step: &Step,
    owners: &mut HashMap<String, StaffId>,
) -> Result<(), Error> {
    let corp = run.corp;
    let n = answers.len();
    let step = Step { chat_id: answers[n - 1].chat_id().clone(), ..*step };
    let things: Vec<Thing> =
        answers.iter().map(|answer| Thing::Group(answer.chat_id().clone())).collect();
    let mut tx = corps::begin_alone(run.scrm, corp).await?;
    // What was read may be older than what an event has told since.
    let overtaken = callbacks::told_since(&mut tx, corp, &things, began_at_ms).await?;
    let now_ms = run.scrm.clock.now_ms();
    refresh::want(&mut tx, corp, &overtaken, now_ms + refresh::SETTLE_MS).await?;
    let written = write::store(&mut tx, corp, answers, owners).await?;
    let failed: Vec<Thing> =
        written.failed.iter().map(|(chat_id, _)| Thing::Group(chat_id.clone())).collect();
    refresh::want(&mut tx, corp, &failed, now_ms + FAILED_AGAIN_MS).await?;
    let report = run.report();
    report.n_read += n;
    report.n_written += written.n_rows;
    if let Some(first) = written.out_of_sight.first() {
        let n = written.out_of_sight.len();
        report.problem(format!("{n} groups outside the app's visible range, {first} the first"));
    }
    for (chat_id, error) in written.failed {
        report.problem(format!("group {chat_id}: {error}"));
    }
    run.commit(tx, n, &step).await
}
