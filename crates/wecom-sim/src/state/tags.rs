//! The tag library as it stands. Deleted tags stay, for replies by id show them.

use std::collections::HashMap;

use crate::{op::NewTag, world};

/// A group of tags.
#[derive(Clone, Debug)]
pub(crate) struct TagGroup {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) order: u32,
    pub(crate) created_at_s: i64,
    pub(crate) by_app: bool,
    pub(crate) deleted: bool,
    pub(crate) tags: Vec<Tag>,
}

/// A corp tag.
#[derive(Clone, Debug)]
pub(crate) struct Tag {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) order: u32,
    pub(crate) created_at_s: i64,
    pub(crate) by_app: bool,
    pub(crate) deleted: bool,
}

/// Where an id of the library points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Group(usize),
    Tag(usize, usize),
}

/// All tag groups in the order of creation.
pub(crate) struct TagLibrary {
    groups: Vec<TagGroup>,
    by_id: HashMap<String, Found>,
}

impl TagLibrary {
    /// The tags made in the console before the start.
    pub(super) fn of(seeded: &[world::TagGroup]) -> Self {
        let mut library = Self { groups: Vec::new(), by_id: HashMap::new() };
        for group in seeded {
            let (name, at_s) = (group.name.to_owned(), group.created_at_s);
            let place = library.group(&group.id, name, group.order, at_s, false);
            for tag in &group.tags {
                let new =
                    NewTag { id: tag.id.clone(), name: tag.name.to_owned(), order: tag.order };
                library.push(place, new, tag.created_at_s, false);
            }
        }
        library
    }

    pub(crate) fn groups(&self) -> &[TagGroup] {
        &self.groups
    }

    /// Tags that are not deleted.
    pub(crate) fn n_tags(&self) -> usize {
        self.groups.iter().flat_map(|group| &group.tags).filter(|tag| !tag.deleted).count()
    }

    /// Ids given out, deleted ones included.
    pub(crate) fn n_ids(&self) -> usize {
        self.by_id.len()
    }

    /// The group or tag with this id unless it is deleted.
    pub(crate) fn find(&self, id: &str) -> Option<Found> {
        let found = *self.by_id.get(id)?;
        let deleted = match found {
            Found::Group(group) => self.groups[group].deleted,
            Found::Tag(group, tag) => self.groups[group].tags[tag].deleted,
        };
        (!deleted).then_some(found)
    }

    /// A tag that is there, with its group.
    pub(crate) fn tag(&self, id: &str) -> Option<(&TagGroup, &Tag)> {
        match self.find(id)? {
            Found::Group(_) => None,
            Found::Tag(group, tag) => {
                let group = &self.groups[group];
                Some((group, &group.tags[tag]))
            }
        }
    }

    pub(super) fn add(
        &mut self,
        group_id: &str,
        group_name: String,
        group_order: u32,
        tags: Vec<NewTag>,
        at_s: i64,
        by_app: bool,
    ) {
        let place = self.group(group_id, group_name, group_order, at_s, by_app);
        for tag in tags {
            self.push(place, tag, at_s, by_app);
        }
    }

    pub(super) fn edit(&mut self, id: &str, name: Option<String>, order: Option<u32>) {
        let (place_of_name, place_of_order) = match self.find(id) {
            None => return,
            Some(Found::Group(group)) => {
                let group = &mut self.groups[group];
                (&mut group.name, &mut group.order)
            }
            Some(Found::Tag(group, tag)) => {
                let tag = &mut self.groups[group].tags[tag];
                (&mut tag.name, &mut tag.order)
            }
        };
        *place_of_name = name.unwrap_or_else(|| std::mem::take(place_of_name));
        *place_of_order = order.unwrap_or(*place_of_order);
    }

    /// A group goes with its tags, and with its last tag.
    pub(super) fn delete(&mut self, ids: &[String]) {
        for id in ids {
            match self.find(id) {
                None => {}
                Some(Found::Group(group)) => {
                    let group = &mut self.groups[group];
                    group.deleted = true;
                    group.tags.iter_mut().for_each(|tag| tag.deleted = true);
                }
                Some(Found::Tag(group, tag)) => {
                    let group = &mut self.groups[group];
                    group.tags[tag].deleted = true;
                    group.deleted = group.tags.iter().all(|tag| tag.deleted);
                }
            }
        }
    }

    /// The place of a group, made when it is not there.
    fn group(&mut self, id: &str, name: String, order: u32, at_s: i64, by_app: bool) -> usize {
        if let Some(Found::Group(place)) = self.by_id.get(id) {
            return *place;
        }
        let place = self.groups.len();
        self.by_id.insert(id.to_owned(), Found::Group(place));
        let (id, tags) = (id.to_owned(), Vec::new());
        let deleted = false;
        self.groups.push(TagGroup { id, name, order, created_at_s: at_s, by_app, deleted, tags });
        place
    }

    fn push(&mut self, group: usize, tag: NewTag, at_s: i64, by_app: bool) {
        let NewTag { id, name, order } = tag;
        let tags = &mut self.groups[group].tags;
        self.by_id.insert(id.clone(), Found::Tag(group, tags.len()));
        tags.push(Tag { id, name, order, created_at_s: at_s, by_app, deleted: false });
    }
}
