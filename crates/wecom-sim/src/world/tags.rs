//! The corp's tag library.

use crate::{chance, config::Config, world::names};

/// A group of tags.
pub(crate) struct TagGroup {
    pub(crate) id: String,
    pub(crate) name: &'static str,
    pub(crate) order: u32,
    pub(crate) created_at_s: i64,
    pub(crate) tags: Vec<Tag>,
}

/// A corp tag.
pub(crate) struct Tag {
    pub(crate) id: String,
    pub(crate) name: &'static str,
    pub(crate) order: u32,
    pub(crate) created_at_s: i64,
}

pub(super) fn make(config: &Config) -> Vec<TagGroup> {
    let made_at_s = config.groups_made_before_s - 3 * 365 * 86_400;
    (1..)
        .zip(names::TAGS)
        .map(|(n, (name, tags))| {
            let mut rng = chance::rng(config.seed, "tag group", n);
            let created_at_s = made_at_s + n.cast_signed() * 86_400;
            let id = chance::id(&mut rng, "et", 30);
            let tags = (0..)
                .zip(*tags)
                .map(|(order, name)| Tag {
                    id: chance::id(&mut rng, "et", 30),
                    name,
                    order,
                    created_at_s,
                })
                .collect();
            let order = if n == 2 { 2_147_484_646 } else { 100 };
            TagGroup { id, name, order, created_at_s, tags }
        })
        .collect()
}
