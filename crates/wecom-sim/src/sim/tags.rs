//! What the administrator does with the tag library in the console.

use std::cmp::Reverse;

use crate::{
    callback::Event,
    chance,
    error::Error,
    op::{NewTag, Op},
    sim::Sim,
    state::tags::Found,
    view::{CorpTag, CorpTagGroup},
};

impl Sim {
    /// Makes a group of tags; gives its id and those of the tags.
    pub fn add_tags(&self, group: &str, names: &[&str]) -> Result<(String, Vec<String>), Error> {
        let desk = &mut *self.desk();
        let about = format!("console tag {}", desk.state.tags.n_ids());
        let mut rng = chance::rng(desk.config.seed, &about, 0);
        let group_id = chance::id(&mut rng, "et", 30);
        let tag = |name: &&str| NewTag {
            id: chance::id(&mut rng, "et", 30),
            name: (*name).to_owned(),
            order: 0,
        };
        let tags: Vec<NewTag> = names.iter().map(tag).collect();
        let ids: Vec<String> = tags.iter().map(|tag| tag.id.clone()).collect();
        desk.record(Op::CorpTagsAdded {
            at_ms: desk.now_ms(),
            group_id: group_id.clone(),
            group_name: group.to_owned(),
            group_order: 0,
            tags,
            by_app: false,
        })?;
        desk.tell(&Event::tag("create", &group_id, true));
        for id in &ids {
            desk.tell(&Event::tag("create", id, false));
        }
        Ok((group_id, ids))
    }

    /// Gives a tag or a group of tags another name.
    pub fn rename_tag(&self, id: &str, name: &str) -> Result<(), Error> {
        let desk = &mut *self.desk();
        let found = desk.state.tags.find(id).ok_or_else(|| Error::UnknownTag(id.to_owned()))?;
        let event = Event::tag("update", id, matches!(found, Found::Group(_)));
        let (at_ms, id, name) = (desk.now_ms(), id.to_owned(), Some(name.to_owned()));
        desk.record(Op::CorpTagEdited { at_ms, id, name, order: None })?;
        desk.tell(&event);
        Ok(())
    }

    /// Deletes a tag, or a group with all its tags.
    pub fn delete_tag(&self, id: &str) -> Result<(), Error> {
        let desk = &mut *self.desk();
        let found = desk.state.tags.find(id).ok_or_else(|| Error::UnknownTag(id.to_owned()))?;
        // The tags of a deleted group are not announced.
        let event = Event::tag("delete", id, matches!(found, Found::Group(_)));
        let (at_ms, ids) = (desk.now_ms(), vec![id.to_owned()]);
        desk.record(Op::CorpTagsDeleted { at_ms, ids })?;
        desk.tell(&event);
        Ok(())
    }

    /// The administrator puts the last tag of a group first, or without one the last group.
    pub fn shuffle_tags(&self, group_id: Option<&str>) -> Result<(), Error> {
        let desk = &mut *self.desk();
        let library = &desk.state.tags;
        let mut in_order: Vec<(u32, String)> = match group_id {
            None => {
                let groups = library.groups().iter().filter(|group| !group.deleted);
                groups.map(|group| (group.order, group.id.clone())).collect()
            }
            Some(id) => {
                let Some(Found::Group(place)) = library.find(id) else {
                    return Err(Error::UnknownTag(id.to_owned()));
                };
                let tags = library.groups()[place].tags.iter().filter(|tag| !tag.deleted);
                tags.map(|tag| (tag.order, tag.id.clone())).collect()
            }
        };
        in_order.sort_by_key(|(order, _)| Reverse(*order));
        in_order.rotate_right(1);
        let at_ms = desk.now_ms();
        for (order, (_, id)) in (1..).zip(in_order.into_iter().rev()) {
            desk.record(Op::CorpTagEdited { at_ms, id, name: None, order: Some(order) })?;
        }
        desk.tell(&Event::tags_shuffled(group_id.unwrap_or_default()));
        Ok(())
    }

    /// The tag library without what was deleted.
    pub fn tags(&self) -> Vec<CorpTagGroup> {
        let desk = self.desk();
        let groups = desk.state.tags.groups().iter().filter(|group| !group.deleted);
        groups
            .map(|group| CorpTagGroup {
                id: group.id.clone(),
                name: group.name.clone(),
                order: group.order,
                tags: group
                    .tags
                    .iter()
                    .filter(|tag| !tag.deleted)
                    .map(|tag| CorpTag {
                        id: tag.id.clone(),
                        name: tag.name.clone(),
                        order: tag.order,
                        by_app: tag.by_app,
                    })
                    .collect(),
            })
            .collect()
    }
}
