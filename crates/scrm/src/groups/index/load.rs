//! Reading a company's groups into an index, in parts, while everything else goes on. What changes meanwhile has
//! a number after the one the reading began at, and is read once more by whoever asks first.

use std::cmp::Reverse;

use store::params;

use super::{
    base::{Base, Builder},
    delta::State,
};
use crate::{CorpId, Error, GroupId, Scrm, StaffId, TagId, corps, groups::sql};

/// Groups read at a time.
const GROUPS_PER_PART: i64 = 5_000;

/// Groups in the order of their ids.
#[derive(Default)]
struct Rows {
    heads: Vec<(GroupId, StaffId, i64)>,
    /// Where each row's texts begin: chat id, then name.
    texts: Vec<u8>,
    starts: Vec<(usize, usize)>,
    /// (place of the row, tag), in order.
    tags: Vec<(u32, TagId)>,
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
    let read = |row: &store::Row<'_>| {
        let head = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok((head, row.get::<String>(3)?, row.get::<String>(4)?))
    };
    for (head, chat_id, name) in reader.query(&sql::ALL_AFTER, &values, read).await? {
        rows.push(head, &chat_id, &name);
    }
    let Some(last) = rows.heads.last().map(|head| head.0).filter(|_| rows.heads.len() > from)
    else {
        return Ok(None);
    };
    let read = |row: &store::Row<'_>| Ok((row.get::<GroupId>(0)?, row.get::<TagId>(1)?));
    let mut place = from;
    for (group, tag) in reader.query(&sql::TAGS_BETWEEN, &params![corp, after, last], read).await? {
        while rows.heads[place].0 < group {
            place += 1;
        }
        // Those of dissolved groups are passed over.
        if rows.heads[place].0 == group {
            rows.tags.push((u32::try_from(place).unwrap_or(u32::MAX), tag));
        }
    }
    Ok(Some(last))
}

impl Rows {
    fn push(&mut self, head: (GroupId, StaffId, i64), chat_id: &str, name: &str) {
        let start = self.texts.len();
        self.starts.push((start, start + chat_id.len()));
        self.heads.push(head);
        self.texts.extend_from_slice(chat_id.as_bytes());
        self.texts.extend_from_slice(name.as_bytes());
    }

    fn chat_id(&self, place: usize) -> &[u8] {
        let (start, middle) = self.starts[place];
        &self.texts[start..middle]
    }

    fn name(&self, place: usize) -> &[u8] {
        let end = self.starts.get(place + 1).map_or(self.texts.len(), |next| next.0);
        &self.texts[self.starts[place].1..end]
    }

    fn tags(&self, place: u32) -> impl Iterator<Item = TagId> + '_ {
        let from = self.tags.partition_point(|(at, _)| *at < place);
        self.tags[from..].iter().take_while(move |(at, _)| *at == place).map(|(_, tag)| *tag)
    }

    fn built(self) -> Option<Base> {
        let n = u32::try_from(self.heads.len()).ok()?;
        let mut order: Vec<u32> = (0..n).collect();
        order.sort_unstable_by(|&a, &b| {
            let (a, b) = (a as usize, b as usize);
            let at_ms = |place: usize| Reverse(self.heads[place].2);
            at_ms(a).cmp(&at_ms(b)).then_with(|| self.chat_id(a).cmp(self.chat_id(b)))
        });
        let n_chat_bytes: usize = self.starts.iter().map(|(start, middle)| middle - start).sum();
        let n_name_bytes = self.texts.len() - n_chat_bytes;
        let mut builder = Builder::new(self.heads.len(), n_name_bytes, n_chat_bytes);
        for row in order {
            let place = row as usize;
            builder.push(self.heads[place], self.chat_id(place), self.name(place));
            self.tags(row).for_each(|tag| builder.tag(tag));
        }
        builder.finish()
    }
}
