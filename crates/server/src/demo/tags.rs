//! Tags on some groups, so that the list has something to filter by.

use scrm::group_tags::{self, MAX_GROUPS_PER_CHANGE, TagChange};

use super::World;

/// Name, and every how manieth group gets it.
const LEVELS: [(&str, usize); 3] = [("重点客户", 5), ("新客户", 3), ("沉默客户", 11)];
const TRADES: [(&str, usize); 3] = [("餐饮", 4), ("零售", 7), ("教育", 9)];

/// Makes the tags and puts them on groups.
pub async fn put(world: &World) -> anyhow::Result<()> {
    let groups = world.sim.groups();
    let chat_ids: Vec<String> =
        groups.into_iter().filter(|group| !group.dissolved).map(|group| group.chat_id).collect();
    for (group_name, tags) in [("客户等级", LEVELS), ("客户行业", TRADES)] {
        let names: Vec<String> = tags.iter().map(|(name, _)| (*name).to_owned()).collect();
        let made = group_tags::create(&world.scrm, world.corp.id, group_name, &names).await?;
        for (name, every) in tags {
            let Some(tag) = made.tags.iter().find(|tag| tag.name == name) else { continue };
            let chosen: Vec<String> = chat_ids.iter().step_by(every).cloned().collect();
            for chat_ids in chosen.chunks(MAX_GROUPS_PER_CHANGE) {
                let change =
                    TagChange { chat_ids: chat_ids.to_vec(), add: vec![tag.id], remove: vec![] };
                group_tags::change(&world.scrm, world.corp.id, &change).await?;
            }
        }
    }
    Ok(())
}
