//! How customers follow WeCom: members are asked in blocks, what is told is compared with what is stored a
//! page at a time, and only what changed is written.
//!
//! Where a run stands is committed with each page: blocks go by our numbers of the members, and inside a
//! block WeCom's cursor goes on. A page may be missing or empty without a word, so nothing ends because it
//! was not on a page: after a block each member's list of ids is read, and whoever is in only one of the
//! two places is asked for by himself, before his relation is marked as gone.

use std::collections::{BTreeSet, HashMap, HashSet};

use futures_util::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::{Session, Value, params};
use wecom::{codes, customers::MAX_BATCH_USERS};

use super::{
    counts,
    fetch::{self, Answer},
    sql,
    write::{self, Said},
};
use crate::{
    CorpId, Error, Scrm, StaffId, callbacks, corps, org, refresh,
    refresh::{Outcome, Thing},
    sync::{self, N_AT_ONCE, Run, is_about_one},
    text,
};

/// Customers asked for by id and written in one transaction.
const CUSTOMERS_PER_TX: usize = 100;
/// Customers of one member whom WeCom lists and no page told of are asked for by id; when they are many, the
/// pages failed, and the next run reads them.
const MISSING_ASKED: usize = 50;
/// A customer who could not be read is read by himself after this time.
const FAILED_AGAIN_MS: i64 = 300_000;
/// WeCom may not show a relation for some seconds after it was made: a customer whom it says nobody follows
/// is asked for again after this time.
const NOBODY_AGAIN_MS: i64 = 10_000;
/// So many answers of that kind are believed.
const NOBODY_ATTEMPTS: i64 = 3;

/// Where the part stands.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Step {
    /// Relations of members up to this one are read.
    read: i64,
    /// Whether they are still listed is checked for members up to this one.
    checked: i64,
    /// The next page of the block that begins after `read`.
    cursor: Option<String>,
    /// Of whom the cursor goes on: it is of no use for others.
    cursor_of: String,
}

/// Whose customers are to be read.
struct Follower {
    id: StaffId,
    user_id: String,
    /// Whether WeCom can be asked what he has; of others only what is here is checked.
    is_asked: bool,
}

/// A page as WeCom answered.
struct Fetched {
    page: Result<wecom::customers::BatchPage, wecom::Error>,
    began_at_ms: i64,
}

/// Brings all customers up to date. How many relations there are to read is counted with a call a member
/// when none is stored yet; later it is what is stored, and grows.
pub(crate) async fn follow(client: &wecom::Client, run: &mut Run<'_>) -> Result<(), Error> {
    let mut reader = run.scrm.db.reader().await?;
    let all = org::all_staff(&mut reader, run.corp).await?;
    let mut staff: HashMap<String, StaffId> =
        all.iter().map(|member| (text::folded(&member.wecom_user_id), member.id)).collect();
    let followers = followers(&mut reader, run.corp, all).await?;
    let n_stored = counts(&mut reader, run.corp).await?.n_relations;
    drop(reader);
    let mut step = match run.step() {
        Some(step) => step,
        None => {
            let n_stored = usize::try_from(n_stored).unwrap_or(0);
            let n_total = if n_stored > 0 { n_stored } else { count(client, &followers).await };
            run.set_total(n_total).await?;
            Step::default()
        }
    };
    let (read, ahead): (Vec<Follower>, Vec<Follower>) =
        followers.into_iter().partition(|follower| follower.id.0 <= step.read);
    let unchecked = read.iter().position(|f| f.id.0 > step.checked).unwrap_or(read.len());
    check(client, run, &read[unchecked..], &mut step, &mut staff).await?;
    for block in ahead.chunks(MAX_BATCH_USERS) {
        read_block(client, run, block, &mut step, &mut staff).await?;
        check(client, run, block, &mut step, &mut staff).await?;
    }
    Ok(())
}

/// Brings one customer up to date, after an event. That nobody follows him is believed when WeCom says so
/// the third time.
pub(crate) async fn refresh(
    scrm: &Scrm,
    corp: CorpId,
    client: &wecom::Client,
    external_user_id: &str,
    n_attempts: i64,
) -> Result<Outcome, Error> {
    let answer = fetch::get(client, external_user_id.to_owned()).await;
    if matches!(answer, Answer::Nobody(_)) && n_attempts + 1 < NOBODY_ATTEMPTS {
        return Ok(Outcome::AskAgain(NOBODY_AGAIN_MS));
    }
    let mut said = Said::default();
    if let Some((_, error)) = said.add(answer) {
        return Err(error.into());
    }
    let mut tx = corps::begin_alone(scrm, corp).await?;
    let user_ids = said.relations.iter().map(|told| told.follow_info.userid.as_str());
    let known = org::staff_by_user_ids(&mut tx, corp, user_ids).await?;
    let mut staff = known.into_iter().map(|(user_id, member)| (user_id, member.id)).collect();
    write::store(&mut tx, corp, &said, &mut staff, scrm.clock.now_ms()).await?;
    tx.commit().await?;
    Ok(Outcome::Done)
}

/// Those who may contact customers, and those who could when they got some, in the order of their ids.
async fn followers(
    reader: &mut Session,
    corp: CorpId,
    all: Vec<org::Member>,
) -> Result<Vec<Follower>, Error> {
    let is_asked = |m: &org::Member| m.is_readable && !m.is_deleted && m.can_contact;
    let others: Vec<Value<'_>> =
        all.iter().filter(|member| !is_asked(member)).map(|member| member.id.into()).collect();
    let with_live: BTreeSet<StaffId> = reader
        .query_list(&sql::MEMBERS_WITH_LIVE, &params![corp], &others, |row| row.get(0))
        .await?
        .into_iter()
        .collect();
    let followers = all.into_iter().map(|member| Follower {
        is_asked: is_asked(&member),
        id: member.id,
        user_id: member.wecom_user_id,
    });
    Ok(followers.filter(|f| f.is_asked || with_live.contains(&f.id)).collect())
}

/// How many relations there are to read, as far as that can be told.
async fn count(client: &wecom::Client, followers: &[Follower]) -> usize {
    let user_ids: Vec<String> =
        followers.iter().filter(|f| f.is_asked).map(|f| f.user_id.clone()).collect();
    let counts = stream::iter(user_ids)
        .map(async |user_id| fetch::list_of(client, &user_id).await.map_or(0, |ids| ids.len()))
        .buffer_unordered(N_AT_ONCE)
        .collect::<Vec<usize>>()
        .await;
    counts.into_iter().sum()
}

/// Reads and writes all relations of at most 100 members. When WeCom refuses them for the sake of one they
/// are asked one by one; who cannot be read is named.
async fn read_block(
    client: &wecom::Client,
    run: &mut Run<'_>,
    block: &[Follower],
    step: &mut Step,
    staff: &mut HashMap<String, StaffId>,
) -> Result<(), Error> {
    let asked: Vec<&Follower> = block.iter().filter(|follower| follower.is_asked).collect();
    let end = block.last().map_or(step.read, |last| last.id.0);
    let failed = match asked.first() {
        Some(_) => read_pages(client, run, &asked, end, step, staff).await?,
        None => None,
    };
    match failed {
        Some(error) if is_about_one(&error) => {
            for follower in &asked {
                step.cursor = None;
                let end = follower.id.0;
                match read_pages(client, run, &[*follower], end, step, staff).await? {
                    // He has no customer.
                    Some(error) if error.errcode() == Some(codes::NOT_EXTERNAL_CONTACT) => {}
                    Some(error) => {
                        let user_id = &follower.user_id;
                        run.report().problem(format!("customers of {user_id}: {error}"));
                    }
                    None => {}
                }
            }
        }
        Some(error) => {
            let (first, last) = (&asked[0].user_id, &asked[asked.len() - 1].user_id);
            let problem = format!("customers of the members {first} to {last}: {error}");
            run.report().problem(problem);
        }
        None => {}
    }
    step.read = end;
    step.cursor = None;
    Ok(())
}

/// Reads and writes page after page; while one is written, the next is read. The error when one could not
/// be read, although they were begun anew.
async fn read_pages(
    client: &wecom::Client,
    run: &mut Run<'_>,
    followers: &[&Follower],
    end: i64,
    step: &mut Step,
    staff: &mut HashMap<String, StaffId>,
) -> Result<Option<wecom::Error>, Error> {
    let clock = run.scrm.clock.clone();
    let user_ids: Vec<String> = followers.iter().map(|f| f.user_id.clone()).collect();
    let fetch_page = async |cursor: Option<String>| {
        let began_at_ms = clock.now_ms();
        Fetched { page: fetch::page(client, &user_ids, cursor.as_deref()).await, began_at_ms }
    };
    let mut has_begun_anew = false;
    let asked = hex::encode(Sha256::digest(user_ids.join("|")));
    let cursor = step.cursor.take().filter(|_| step.cursor_of == asked);
    step.cursor_of = asked;
    let mut fetched = fetch_page(cursor).await;
    loop {
        let began_at_ms = fetched.began_at_ms;
        match fetched.page {
            Ok(page) => {
                let next = page.next_cursor.clone();
                match &next {
                    Some(_) => step.cursor.clone_from(&next),
                    None => (step.read, step.cursor) = (end, None),
                }
                let n = page.relations.len();
                run.report().n_read += n;
                let said = Said { relations: page.relations, ..Said::default() };
                let stored = store_said(run, &said, began_at_ms, &[], n, step, staff);
                let Some(next) = next else {
                    stored.await?;
                    return Ok(None);
                };
                let (next, stored) = tokio::join!(fetch_page(Some(next)), stored);
                stored?;
                fetched = next;
            }
            Err(error) if sync::is_about_all(&error) => return Err(error.into()),
            Err(error) if has_begun_anew || is_about_one(&error) => return Ok(Some(error)),
            Err(_) => {
                has_begun_anew = true;
                fetched = fetch_page(None).await;
            }
        }
    }
}

/// Asks for those by id who are here and not listed, or the other way; ends what is gone.
async fn check(
    client: &wecom::Client,
    run: &mut Run<'_>,
    followers: &[Follower],
    step: &mut Step,
    staff: &mut HashMap<String, StaffId>,
) -> Result<(), Error> {
    let Some(last) = followers.last() else { return Ok(()) };
    let (scrm, corp) = (run.scrm, run.corp);
    let asked: Vec<(StaffId, String, bool)> =
        followers.iter().map(|f| (f.id, f.user_id.clone(), f.is_asked)).collect();
    let differing = stream::iter(asked)
        .map(async |(id, user_id, is_asked)| {
            let listed_by = is_asked.then_some(user_id.as_str());
            let differing = differing(scrm, corp, client, id, listed_by).await;
            (user_id, differing)
        })
        .buffer_unordered(N_AT_ONCE)
        .collect::<Vec<_>>()
        .await;
    sync::stop_if_nothing_answers(&differing, |(_, differing)| match differing {
        Err(Error::WeCom(error)) => Some(error),
        _ => None,
    })?;
    let mut to_ask = BTreeSet::new();
    for (user_id, differing) in differing {
        match differing {
            Ok(differing) => to_ask.extend(differing),
            Err(Error::WeCom(error)) => {
                run.report().problem(format!("the list of customers of {user_id}: {error}"));
            }
            Err(other) => return Err(other),
        }
    }
    let to_ask: Vec<String> = to_ask.into_iter().collect();
    for part in to_ask.chunks(CUSTOMERS_PER_TX) {
        let began_at_ms = scrm.clock.now_ms();
        let answers = fetch::get_all(client, part.to_vec()).await;
        sync::stop_if_nothing_answers(&answers, |answer| match answer {
            Answer::Failed(_, error) => Some(error),
            _ => None,
        })?;
        let mut said = Said::default();
        let failed: Vec<(String, wecom::Error)> =
            answers.into_iter().filter_map(|answer| said.add(answer)).collect();
        store_said(run, &said, began_at_ms, &failed, 0, step, staff).await?;
    }
    step.checked = last.id.0;
    let tx = scrm.db.begin().await?;
    run.commit(tx, 0, step).await
}

/// The member's customers who are here and whom WeCom does not list; and some of those whom it lists and no
/// page told of, or told of in vain. Of a member who cannot be asked, or of whom WeCom says that it does not
/// know him, all who are here.
async fn differing(
    scrm: &Scrm,
    corp: CorpId,
    client: &wecom::Client,
    id: StaffId,
    user_id: Option<&str>,
) -> Result<Vec<String>, Error> {
    let listed = match user_id {
        Some(user_id) => match fetch::list_of(client, user_id).await {
            Err(error) if is_about_one(&error) => Default::default(),
            listed => listed?,
        },
        None => Default::default(),
    };
    let mut reader = scrm.db.reader().await?;
    let live =
        reader.query(&sql::LIVE_OF_MEMBER, &params![corp, id], |row| row.get::<String>(0)).await?;
    let live: HashSet<String> = live.into_iter().collect();
    let missing = listed.difference(&live).take(MISSING_ASKED);
    Ok(live.difference(&listed).chain(missing).cloned().collect())
}

/// Writes what WeCom said from `began_at_ms` on, and commits that the part stands at `step`.
async fn store_said(
    run: &mut Run<'_>,
    said: &Said,
    began_at_ms: i64,
    failed: &[(String, wecom::Error)],
    n: usize,
    step: &Step,
    staff: &mut HashMap<String, StaffId>,
) -> Result<(), Error> {
    let corp = run.corp;
    let told = said.relations.iter().map(|told| &told.external_contact.external_userid);
    let things: BTreeSet<Thing> =
        told.chain(&said.whole).map(|id| Thing::Customer(id.clone())).collect();
    let things: Vec<Thing> = things.into_iter().collect();
    let mut tx = corps::begin_alone(run.scrm, corp).await?;
    let now_ms = run.scrm.clock.now_ms();
    // What was read may be older than what an event has told since.
    let overtaken = callbacks::told_since(&mut tx, corp, &things, began_at_ms).await?;
    refresh::want(&mut tx, corp, &overtaken, now_ms + refresh::SETTLE_MS).await?;
    let again: Vec<Thing> = failed.iter().map(|(id, _)| Thing::Customer(id.clone())).collect();
    refresh::want(&mut tx, corp, &again, now_ms + FAILED_AGAIN_MS).await?;
    let n_written = write::store(&mut tx, corp, said, staff, now_ms).await?;
    let report = run.report();
    report.n_written += n_written;
    for (external_user_id, error) in failed {
        report.problem(format!("customer {external_user_id}: {error}"));
    }
    run.commit(tx, n, step).await
}
