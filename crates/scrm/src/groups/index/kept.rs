//! The indexes that this process keeps: of which companies, and how much memory they may take.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use store::params;

use super::{
    Query,
    follow::{Answer, Index},
    load,
};
use crate::{
    CorpId, Error, Page, Scrm,
    groups::{list::Found, sql},
};

/// Memory of one group in an index, about.
const BYTES_PER_GROUP: usize = 300;
/// When an index that found no room, or could not be made, is tried again.
const TRY_AGAIN_MS: i64 = 60_000;

/// How much memory indexes may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all indexes together; a company that finds no room is answered from the database. 0 = none is
    /// kept.
    pub max_bytes: usize,
    /// An index that nobody asked for so long is dropped, in ms.
    pub idle_ms: i64,
}

/// The indexes of this process; clones are the same ones.
#[derive(Clone)]
pub struct Indexes(Arc<Inner>);

struct Inner {
    limits: Limits,
    kept: Mutex<HashMap<CorpId, Kept>>,
}

struct Kept {
    /// When somebody asked last.
    asked_at_ms: i64,
    /// Nothing while it is not made.
    index: Option<Arc<Index>>,
    try_at_ms: i64,
}

impl Indexes {
    /// None yet.
    pub fn new(limits: Limits) -> Self {
        Self(Arc::new(Inner { limits, kept: Mutex::default() }))
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<CorpId, Kept>> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that somebody asks for a company's groups now; its index, if it is there.
    pub(crate) fn asked(&self, corp: CorpId, now_ms: i64) -> Option<Arc<Index>> {
        if self.0.limits.max_bytes == 0 {
            return None;
        }
        let mut kept = self.kept();
        let kept = kept.entry(corp).or_insert(Kept { asked_at_ms: 0, index: None, try_at_ms: 0 });
        kept.asked_at_ms = now_ms;
        kept.index.clone()
    }

    /// An index of a company's groups is to be made, though nobody has asked yet.
    pub fn want(&self, corp: CorpId, now_ms: i64) {
        self.asked(corp, now_ms);
    }

    fn put(&self, corp: CorpId, index: Option<Index>, try_at_ms: i64) {
        if let Some(kept) = self.kept().get_mut(&corp) {
            kept.index = index.map(Arc::new);
            kept.try_at_ms = try_at_ms;
        }
    }

    /// The company's index is of no use any more.
    fn forget(&self, corp: CorpId, lost: &Arc<Index>) {
        if let Some(kept) = self.kept().get_mut(&corp) {
            kept.index.take_if(|index| Arc::ptr_eq(index, lost));
        }
    }

    fn n_bytes(&self) -> usize {
        self.kept().values().filter_map(|kept| kept.index.as_ref()).map(|it| it.n_bytes()).sum()
    }

    fn forget_idle(&self, now_ms: i64) {
        self.kept().retain(|_, kept| now_ms - kept.asked_at_ms < self.0.limits.idle_ms);
    }

    /// Of which company an index is to be made.
    fn wanted(&self, now_ms: i64) -> Option<CorpId> {
        let kept = self.kept();
        let is_wanted = |kept: &Kept| kept.index.is_none() && kept.try_at_ms <= now_ms;
        kept.iter().filter(|(_, kept)| is_wanted(kept)).map(|(corp, _)| *corp).min()
    }

    fn scattered(&self) -> Option<(CorpId, Arc<Index>)> {
        let kept = self.kept();
        let mut made = kept.iter().filter_map(|(corp, kept)| Some((*corp, kept.index.clone()?)));
        made.find(|(_, index)| index.is_scattered())
    }
}

/// A page of a company's groups by its index; nothing when the database is to be asked. With it comes the reader
/// that sees what the index saw.
pub(crate) async fn page(
    scrm: &Scrm,
    corp: CorpId,
    query: &Query,
    page: Page,
) -> Result<Option<(store::Reader, i64, Vec<Found>)>, Error> {
    /// An index that is newer than the reader each time changes very fast.
    const N_TRIES: usize = 8;
    let Some(index) = scrm.group_indexes.asked(corp, scrm.clock.now_ms()) else { return Ok(None) };
    for _ in 0..N_TRIES {
        let mut reader = scrm.db.reader().await?;
        match index.page(&mut reader, query, page).await? {
            Answer::Page(n_total, groups) => return Ok(Some((reader, n_total, groups))),
            Answer::Newer => {}
            Answer::Lost => {
                scrm.group_indexes.forget(corp, &index);
                break;
            }
        }
    }
    Ok(None)
}

/// Does one thing that is to be done for indexes: drops those that nobody asks for, makes one that is asked for,
/// or gathers one. True when there may be more to do.
pub async fn tick(scrm: &Scrm) -> Result<bool, Error> {
    let indexes = &scrm.group_indexes;
    let now_ms = scrm.clock.now_ms();
    indexes.forget_idle(now_ms);
    if let Some((corp, index)) = indexes.scattered() {
        if !index.gather().await {
            indexes.forget(corp, &index);
        }
        return Ok(true);
    }
    let Some(corp) = indexes.wanted(now_ms) else { return Ok(false) };
    // Until it is there: one that cannot be made is not tried at once again.
    indexes.put(corp, None, now_ms + TRY_AGAIN_MS);
    let n_groups = {
        let mut reader = scrm.db.reader().await?;
        reader.query_opt(&sql::COUNT_ALL, &params![corp], |row| row.get::<i64>(0)).await?
    };
    let n_bytes = usize::try_from(n_groups.unwrap_or(0)).unwrap_or(0) * BYTES_PER_GROUP;
    if indexes.n_bytes() + n_bytes > indexes.0.limits.max_bytes {
        tracing::warn!(corp.id = %corp, n_groups, "no room for a group index; lists are slower");
        return Ok(true);
    }
    let Some(state) = load::load(scrm, corp).await? else { return Ok(true) };
    let index = Index::new(corp, state);
    let (n_groups, n_bytes) = (index.n_groups(), index.n_bytes());
    let took_ms = scrm.clock.now_ms() - now_ms;
    tracing::info!(corp.id = %corp, n_groups, n_bytes, took_ms, "group index ready");
    indexes.put(corp, Some(index), 0);
    Ok(true)
}
