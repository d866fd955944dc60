//! Reading a company's groups into an index, in parts, while everything else goes on. What changes meanwhile has
//! a number after the one the reading began at, and is read once more by whoever asks first.

use std::cmp::Reverse;

use store::params;

use super::{
    base::{Base, Builder, Row},
    delta::State,
};
use crate::{
    CorpId, Error, GroupId, Scrm, StaffId, TagId, corps,
    groups::{list::Found, sql},
};

/// Groups read at a time.
const GROUPS_PER_PART: i64 = 5_000;

/// Groups in the order of their ids.
#[derive(Default)]
struct Rows {
    heads: Vec<(GroupId, StaffId, i64)>,
    /// Of each row its chat id, WeCom's name and the displayed name.
    texts: String,
    /// Where these three begin.
    starts: Vec<[usize; 3]>,
    tags: Vec<TagId>,
    /// Where each row's tags begin, for rows whose tags are read.
    tag_starts: Vec<usize>,
}

/// All groups of a company; nothing when there is no room for an index of them.
pub(super) async fn load(scrm: &Scrm, corp: CorpId) -> Result<Option<State>, Error> {
    let seq = corps::change_seq(&mut *scrm.db.reader().await?, corp).await?;
    let mut rows = Rows::default();
    let mut after = GroupId(0);
    while let Some(last) = read_part(scrm, corp, after, &mut rows).await? {
        after = last;
        // SQLite answers without waiting; others may run in between.
        tokio::task::yield_now().await;
    }
    let built = tokio::task::spawn_blocking(move || rows.built()).await;
    Ok(built.expect("it does not panic").map(|base| State::new(base, seq)))
}

/// The groups after one; the last of them.
async fn read_part(
    scrm: &Scrm,
    corp: CorpId,
    after: GroupId,
    rows: &mut Rows,
) -> Result<Option<GroupId>, Error> {
    let mut reader = scrm.db.reader().await?;
    let from = rows.heads.len();
    let values = params![corp, after, GROUPS_PER_PART];
    for group in reader.query(&sql::ALL_AFTER, &values, sql::found).await? {
        rows.push(&group);
    }
    let Some(last) = rows.heads.last().map(|head| head.0).filter(|_| rows.heads.len() > from)
    else {
        return Ok(None);
    };
    let read = |row: &store::Row<'_>| Ok((row.get::<GroupId>(0)?, row.get::<TagId>(1)?));
    let mut place = from;
    rows.tag_starts.push(rows.tags.len());
    for (group, tag) in reader.query(&sql::TAGS_BETWEEN, &params![corp, after, last], read).await? {
        while rows.heads[place].0 < group {
            place += 1;
            rows.tag_starts.push(rows.tags.len());
        }
        // Those of dissolved groups are passed over.
        if rows.heads[place].0 == group {
            rows.tags.push(tag);
        }
    }
    rows.tag_starts.resize(rows.heads.len(), rows.tags.len());
    Ok(Some(last))
}

impl Rows {
    fn push(&mut self, group: &Found) {
        let chat_id = self.texts.len();
        self.texts.push_str(&group.chat_id);
        let raw_name = self.texts.len();
        self.texts.push_str(&group.raw_name);
        let display_name = self.texts.len();
        self.texts.push_str(&group.display_name);
        self.starts.push([chat_id, raw_name, display_name]);
        self.heads.push((group.id, group.owner, group.created_at_ms));
    }

    fn row(&self, place: usize) -> Row<'_> {
        let [chat_id, raw_name, display_name] = self.starts[place];
        let end = self.starts.get(place + 1).map_or(self.texts.len(), |next| next[0]);
        let end_of_tags = self.tag_starts.get(place + 1).copied().unwrap_or(self.tags.len());
        let (id, owner, created_at_ms) = self.heads[place];
        Row {
            id,
            owner,
            created_at_ms,
            chat_id: &self.texts[chat_id..raw_name],
            raw_name: &self.texts[raw_name..display_name],
            display_name: &self.texts[display_name..end],
            tags: &self.tags[self.tag_starts[place]..end_of_tags],
        }
    }

    fn built(self) -> Option<Base> {
        let mut order: Vec<usize> = (0..self.heads.len()).collect();
        let key = |place: usize| {
            let row = self.row(place);
            (Reverse(row.created_at_ms), row.chat_id)
        };
        order.sort_unstable_by(|&a, &b| key(a).cmp(&key(b)));
        let mut builder = Builder::new(self.heads.len());
        for place in order {
            builder.push(&self.row(place));
        }
        builder.finish()
    }
}
