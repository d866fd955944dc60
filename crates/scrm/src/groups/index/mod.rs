//! The group index: what the list's filters ask of a company's groups, in memory, so that a page of a million
//! groups costs what one of a thousand does.
//!
//! What it was made of does not change ([`base`]); groups that changed since are kept apart ([`delta`]) until
//! there are many, and a new base is made of both. Changes come by the company's change sequence, inside the
//! request that is answered: an answer is never older than the database.

mod base;
mod common;
mod delta;
mod follow;
mod kept;
mod load;
mod page;
#[cfg(test)]
mod tests;

use memchr::memmem::Finder;

use super::{Filter, TagMatch, list::Found};
use crate::{StaffId, TagId, text, users::Scope};
pub(super) use kept::page;
pub use kept::{Indexes, Limits, tick};

/// A group in an index. Dissolved ones have no entry.
#[derive(Debug, Clone)]
struct Entry {
    group: Found,
    folded_name: String,
}

impl Entry {
    fn new(group: Found) -> Self {
        Self { folded_name: text::folded(&group.display_name), group }
    }
}

/// A filter, made ready.
pub(super) struct Query {
    owner: Option<StaffId>,
    name_part: Option<NamePart>,
    /// None twice.
    tags: Vec<TagId>,
    tag_match: TagMatch,
    created_from_ms: i64,
    created_to_ms: i64,
    scope: Scope,
}

/// A part of a name, folded.
struct NamePart {
    text: String,
    finder: Finder<'static>,
}

impl NamePart {
    fn new(part: &str) -> Self {
        let text = text::folded(part);
        Self { finder: Finder::new(text.as_bytes()).into_owned(), text }
    }
}

impl Query {
    pub(super) fn new(filter: &Filter) -> Self {
        let part = filter.name_part.as_deref().filter(|part| !part.is_empty());
        let mut tags = filter.tags.clone();
        tags.sort_unstable();
        tags.dedup();
        Self {
            owner: filter.owner,
            name_part: part.map(NamePart::new),
            tags,
            tag_match: filter.tag_match,
            created_from_ms: filter.created_from_ms.unwrap_or(i64::MIN),
            created_to_ms: filter.created_to_ms.unwrap_or(i64::MAX),
            scope: filter.scope.clone(),
        }
    }

    /// Whether a group is left.
    pub(super) fn fits_group(&self, group: &Found) -> bool {
        self.fits(&Entry::new(group.clone()))
    }

    fn fits(&self, entry: &Entry) -> bool {
        let group = &entry.group;
        let has = |tag: &TagId| group.tags.binary_search(tag).is_ok();
        self.owner.is_none_or(|owner| owner == group.owner)
            && self.scope.holds(group.owner)
            && (self.created_from_ms..=self.created_to_ms).contains(&group.created_at_ms)
            && (self.tags.is_empty()
                || match self.tag_match {
                    TagMatch::Any => self.tags.iter().any(has),
                    TagMatch::All => self.tags.iter().all(has),
                    TagMatch::None => !self.tags.iter().any(has),
                })
            && self
                .name_part
                .as_ref()
                .is_none_or(|part| part.finder.find(entry.folded_name.as_bytes()).is_some())
    }
}
