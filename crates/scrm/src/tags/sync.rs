//! How customer tags follow WeCom.

use std::collections::HashMap;

use store::{Row, Session, Tx, Value, params};

use super::sql;
use crate::{
    CorpId, Error, Scrm, TagGroupId, callbacks, corps, counters,
    refresh::{self, Thing},
    sync::{self, Run},
};

/// A row of either table; `group` is the tag's group, nothing for a group.
#[derive(Clone, PartialEq, Eq)]
struct Entry {
    id: i64,
    group: Option<TagGroupId>,
    wecom_id: String,
    name: String,
    sort_order: i64,
    created_at_ms: i64,
    is_deleted: bool,
}

/// Brings all tags up to date, in a run. Without them the run goes on, unless WeCom refuses everything.
pub(crate) async fn follow(client: &wecom::Client, run: &mut Run<'_>) -> Result<(), Error> {
    run.set_total(1).await?;
    let corp = run.corp;
    let began_at_ms = run.scrm.clock.now_ms();
    let listed = match wecom::tags::corp_tags(client).await {
        Ok(listed) => listed,
        Err(error) if sync::is_about_all(&error) => return Err(error.into()),
        Err(error) => {
            run.report().problem(error.to_string());
            Vec::new()
        }
    };
    let mut tx = corps::begin_alone(run.scrm, run.corp).await?;
    // What was read may be older than what an event has told since.
    let overtaken =
        callbacks::told_since(&mut tx, corp, &[Thing::CustomerTags], began_at_ms).await?;
    let at_ms = run.scrm.clock.now_ms() + refresh::SETTLE_MS;
    refresh::want(&mut tx, corp, &overtaken, at_ms).await?;
    let report = run.report();
    report.n_read = listed.iter().map(|group| 1 + group.tag.len()).sum();
    report.n_written += store(&mut tx, corp, &listed).await?;
    if listed.is_empty() && report.n_problems == 0 {
        let stored = stored(&mut tx, corp, &sql::GROUPS, group_entry).await?;
        if stored.values().any(|group| !group.is_deleted) {
            report.problem("WeCom listed no customer tag; nothing was removed".to_owned());
        }
    }
    run.commit(tx, 1, &()).await
}

/// The same after an event.
pub(crate) async fn refresh(
    scrm: &Scrm,
    corp: CorpId,
    client: &wecom::Client,
) -> Result<(), Error> {
    let listed = wecom::tags::corp_tags(client).await?;
    let mut tx = corps::begin_alone(scrm, corp).await?;
    store(&mut tx, corp, &listed).await?;
    Ok(tx.commit().await?)
}

/// Writes what changed; how many rows that took. Tags that are missing are marked as gone, unless none is
/// listed at all.
async fn store(
    tx: &mut Tx,
    corp: CorpId,
    listed: &[wecom::tags::TagGroup],
) -> Result<usize, Error> {
    if listed.is_empty() {
        return Ok(0);
    }
    let stored = stored(tx, corp, &sql::GROUPS, group_entry).await?;
    let fetched = listed.iter().map(|group| Entry {
        id: 0,
        group: None,
        wecom_id: group.group_id.clone(),
        name: group.group_name.clone(),
        sort_order: group.order,
        created_at_ms: group.create_time * 1_000,
        is_deleted: group.deleted,
    });
    let (changed, ids) = changes(tx, corp, stored, fetched.collect()).await?;
    let values: Vec<Value<'_>> = changed
        .iter()
        .flat_map(|e| {
            params![corp, e.id, &e.wecom_id, &e.name, e.sort_order, e.created_at_ms, e.is_deleted]
        })
        .collect();
    tx.execute_rows(&sql::PUT_GROUPS, &values).await?;
    let n_groups = changed.len();

    let stored = self::stored(tx, corp, &sql::TAGS, tag_entry).await?;
    let fetched = listed.iter().flat_map(|group| {
        let group_id = TagGroupId(ids[&group.group_id]);
        group.tag.iter().map(move |tag| Entry {
            id: 0,
            group: Some(group_id),
            wecom_id: tag.id.clone(),
            name: tag.name.clone(),
            sort_order: tag.order,
            created_at_ms: tag.create_time * 1_000,
            is_deleted: tag.deleted,
        })
    });
    let (changed, _) = changes(tx, corp, stored, fetched.collect()).await?;
    let values: Vec<Value<'_>> = changed
        .iter()
        .flat_map(|e| {
            let group = e.group;
            params![
                corp,
                e.id,
                group,
                &e.wecom_id,
                &e.name,
                e.sort_order,
                e.created_at_ms,
                e.is_deleted
            ]
        })
        .collect();
    tx.execute_rows(&sql::PUT_TAGS, &values).await?;
    Ok(n_groups + changed.len())
}

async fn stored(
    session: &mut Session,
    corp: CorpId,
    statement: &'static store::Statement,
    read: fn(&Row<'_>) -> Result<Entry, store::Error>,
) -> Result<HashMap<String, Entry>, Error> {
    let entries = session.query(statement, &params![corp], read).await?;
    Ok(entries.into_iter().map(|entry| (entry.wecom_id.clone(), entry)).collect())
}

/// The rows to write, and our id of every fetched entry by WeCom's.
async fn changes(
    tx: &mut Tx,
    corp: CorpId,
    mut stored: HashMap<String, Entry>,
    fetched: Vec<Entry>,
) -> Result<(Vec<Entry>, HashMap<String, i64>), Error> {
    let n_new = fetched.iter().filter(|entry| !stored.contains_key(&entry.wecom_id)).count();
    let mut next_id = counters::take(tx, corp, counters::SHORT, n_new).await?;
    let mut changed = Vec::new();
    let mut ids = HashMap::new();
    for mut entry in fetched {
        let known = stored.remove(&entry.wecom_id);
        entry.id = known.as_ref().map_or_else(
            || {
                next_id += 1;
                next_id - 1
            },
            |known| known.id,
        );
        ids.insert(entry.wecom_id.clone(), entry.id);
        if known.as_ref() != Some(&entry) {
            changed.push(entry);
        }
    }
    let gone = stored.into_values().filter(|entry| !entry.is_deleted);
    changed.extend(gone.map(|entry| Entry { is_deleted: true, ..entry }));
    Ok((changed, ids))
}

fn group_entry(row: &Row<'_>) -> Result<Entry, store::Error> {
    Ok(Entry {
        id: row.get(0)?,
        group: None,
        wecom_id: row.get(1)?,
        name: row.get(2)?,
        sort_order: row.get(3)?,
        created_at_ms: row.get(4)?,
        is_deleted: row.get(5)?,
    })
}

fn tag_entry(row: &Row<'_>) -> Result<Entry, store::Error> {
    Ok(Entry {
        id: row.get(0)?,
        group: Some(row.get(1)?),
        wecom_id: row.get(2)?,
        name: row.get(3)?,
        sort_order: row.get(4)?,
        created_at_ms: row.get(5)?,
        is_deleted: row.get(6)?,
    })
}
