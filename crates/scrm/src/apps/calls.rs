//! The log of calls that came to the open API, for those who write programs that call it: what came of each call, and
//! why one was refused.
//!
//! It holds the newest [`KEPT_CALLS`] calls of a company, [`KEPT_MS`] at most, and of very many in one second not all. A
//! call that names no app of ours belongs to no company and is not kept. Never here: a body, a sign, a key. (A reason may quote a value that was refused.)

use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
};

use store::{Value, params};

use super::sql;
use crate::{CorpId, Error, Page, Scrm, counters, text};

/// How many calls of a company are kept.
pub const KEPT_CALLS: i64 = 10_000;
/// How long a call is kept: 7 days.
pub const KEPT_MS: i64 = 7 * 24 * 3_600_000;

/// A call that came.
#[derive(Debug, Clone)]
pub struct Call {
    /// The appId that it names, whether there is such an app or not.
    pub app_id: String,
    /// When it came.
    pub at_ms: i64,
    /// What it called.
    pub path: &'static str,
    /// The code that it was answered with; 0 = carried out.
    pub code: i64,
    /// The status of the transport.
    pub http_status: u16,
    /// How long the answer took.
    pub duration_ms: i64,
    /// Where it came from, if that is known.
    pub address: Option<IpAddr>,
    /// Why it was refused, as its caller was told; empty when it was carried out.
    pub reason: String,
}

/// What the log says of one call; the members are those of [`Call`].
#[expect(missing_docs, reason = "see Call")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number; calls written later have larger ones.
    pub id: i64,
    pub app_id: String,
    pub at_ms: i64,
    pub path: String,
    pub code: i64,
    pub http_status: i64,
    pub duration_ms: i64,
    /// Empty where it is not known.
    pub address: String,
    pub reason: String,
}

/// Which calls to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of one app.
    pub app_id: Option<String>,
    /// Only those that were not carried out.
    pub only_refused: bool,
    /// A part of the path, ASCII letters without regard to case.
    pub path_part: Option<String>,
}

/// Writes calls, in one transaction, and forgets those that are too many then. Calls that name no app of ours are left
/// out.
pub async fn record(scrm: &Scrm, calls: &[Call]) -> Result<(), Error> {
    let by_corp = by_company(scrm, calls).await?;
    if by_corp.is_empty() {
        return Ok(());
    }
    let mut tx = scrm.db.begin().await?;
    // Companies in one order, lest two processes wait for each other.
    for (corp, calls) in by_corp {
        add(&mut tx, corp, &calls).await?;
    }
    Ok(tx.commit().await?)
}

async fn by_company<'a>(
    scrm: &Scrm,
    calls: &'a [Call],
) -> Result<BTreeMap<CorpId, Vec<&'a Call>>, Error> {
    let mut app_ids: Vec<&str> = calls.iter().map(|call| call.app_id.as_str()).collect();
    app_ids.sort_unstable();
    app_ids.dedup();
    let named: Vec<Value<'_>> = app_ids.into_iter().map(Value::from).collect();
    let mut reader = scrm.db.reader().await?;
    let owners: HashMap<String, CorpId> = reader
        .query_list(&sql::OWNERS, &[], &named, |row| Ok((row.get(0)?, row.get(1)?)))
        .await?
        .into_iter()
        .collect();
    let mut by_corp: BTreeMap<CorpId, Vec<&Call>> = BTreeMap::new();
    for call in calls {
        if let Some(&corp) = owners.get(&call.app_id) {
            by_corp.entry(corp).or_default().push(call);
        }
    }
    Ok(by_corp)
}

async fn add(tx: &mut store::Tx, corp: CorpId, calls: &[&Call]) -> Result<(), Error> {
    let first_no = counters::take(tx, corp, counters::CALLS, calls.len()).await?;
    let texts: Vec<_> = calls
        .iter()
        .map(|call| {
            let address = call.address.as_ref().map(IpAddr::to_string).unwrap_or_default();
            (text::folded(call.path), address)
        })
        .collect();
    let mut values: Vec<Value<'_>> = Vec::new();
    let mut last_no = first_no;
    for ((no, call), (folded, address)) in (first_no..).zip(calls).zip(&texts) {
        let Call { app_id, at_ms, path, code, http_status, duration_ms, reason, .. } = call;
        let status = i64::from(*http_status);
        values.extend(params![corp, no, app_id, *at_ms, *path, folded, *code, status]);
        values.extend(params![*duration_ms, address, reason]);
        last_no = no;
    }
    tx.execute_rows(&sql::ADD_CALLS, &values).await?;
    // Numbers have no gaps, so this leaves the newest.
    tx.execute(&sql::FORGET_CALLS_UP_TO, &params![corp, last_no - KEPT_CALLS]).await?;
    Ok(())
}

/// A page of a company's calls, the last written first, and how many there are in all.
pub async fn list(
    scrm: &Scrm,
    corp: CorpId,
    filter: &Filter,
    page: Page,
) -> Result<(i64, Vec<Entry>), Error> {
    let app_id = filter.app_id.as_deref().unwrap_or_default();
    let pattern = text::like_part(filter.path_part.as_deref().unwrap_or_default());
    let only_refused = filter.only_refused;
    let mut reader = scrm.db.reader().await?;
    let counting = params![corp, app_id, &pattern, only_refused];
    let n_total = reader.query_opt(&sql::COUNT_CALLS, &counting, |row| row.get(0)).await?;
    let paging = params![corp, app_id, &pattern, only_refused, page.size, page.offset()];
    let entries = reader.query(&sql::PAGE_OF_CALLS, &paging, sql::call).await?;
    Ok((n_total.unwrap_or(0), entries))
}

/// Forgets calls older than [`KEPT_MS`]; [`record`] sees to those that are too many.
pub async fn prune(scrm: &Scrm, corp: CorpId) -> Result<(), Error> {
    let before_ms = scrm.clock.now_ms() - KEPT_MS;
    let mut tx = scrm.db.begin().await?;
    tx.execute(&sql::FORGET_CALLS_BEFORE, &params![corp, before_ms]).await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests;
