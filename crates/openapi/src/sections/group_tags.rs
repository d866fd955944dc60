//! 群标签: tags on customer groups. Ours, since WeCom has none.

use schemars::JsonSchema;
use scrm::{
    TagId,
    group_tags::{self, GroupTagGroup, MAX_GROUPS_PER_CHANGE, MAX_NAME_CHARS, TagChange},
};
use serde::{Deserialize, Serialize};

use super::GROUP_TAGS;
use crate::{
    About, Caller, Endpoint, Origin, Refusal,
    wire::{Id, List, Text},
};

/// Tags in one call, at most.
const MAX_TAGS: usize = 50;

type Name = Text<1, MAX_NAME_CHARS>;
type ChatId = Text<1, 128>;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::new(
            About {
                path: "/api/v3/group-tags/list-tree",
                title_zh: "查询群标签树",
                title: "group tag tree",
                about: "All tags for customer groups, by group of tags, oldest first. Their ids are what \
                        tagGroupIds of getGroupList takes.",
                section: GROUP_TAGS,
                scope: "groups:read",
                origin: Origin::Ours,
                request_example: "{}",
            },
            list_tree,
            || vec![WireGroup::example()],
        ),
        Endpoint::new(
            About {
                path: "/api/v3/group-tags/create",
                title_zh: "创建群标签",
                title: "create group tags",
                about: "Adds tags to the group of tags with this name, which is made when missing. Tags \
                        that it has are kept, so that the call can be repeated. Answers the whole group.",
                section: GROUP_TAGS,
                scope: "groups:write",
                origin: Origin::Ours,
                request_example: r#"{"groupName":"等级","tagNames":["重点","普通"]}"#,
            },
            create,
            WireGroup::example,
        ),
        Endpoint::new(
            About {
                path: "/api/v3/group-tags/mark",
                title_zh: "批量标记群标签",
                title: "tag and untag customer groups",
                about: "Puts tags on customer groups and takes tags off them. One unknown group or tag \
                        refuses the whole call.",
                section: GROUP_TAGS,
                scope: "groups:write",
                origin: Origin::Ours,
                request_example: MARK_EXAMPLE,
            },
            mark,
            || Marked { added_count: 1, removed_count: 0 },
        ),
    ]
}

const MARK_EXAMPLE: &str = r#"{
  "chatIds": ["wr2ohRCAAAmcbrAflgvXBh6iCHGhB-TA"],
  "addTagIds": [10002],
  "removeTagIds": [10003]
}"#;

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "GroupTagListTree")]
struct ListTree {}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CreateGroupTags")]
struct Create {
    /// The name of the group of tags.
    group_name: Name,
    tag_names: List<Name, 1, MAX_TAGS>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "MarkGroups")]
struct Mark {
    /// WeCom's chat ids.
    chat_ids: List<ChatId, 1, MAX_GROUPS_PER_CHANGE>,
    /// Ids of tags to put on each.
    #[serde(default)]
    add_tag_ids: List<Id, 0, MAX_TAGS>,
    /// Ids of tags to take off each.
    #[serde(default)]
    remove_tag_ids: List<Id, 0, MAX_TAGS>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "GroupTagGroup")]
struct WireGroup {
    id: i64,
    name: String,
    tags: Vec<WireTag>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "GroupTag")]
struct WireTag {
    id: i64,
    name: String,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "MarkedGroups")]
struct Marked {
    /// Taggings that are new.
    added_count: u64,
    /// Taggings that are gone.
    removed_count: u64,
}

async fn list_tree(caller: &Caller, _: ListTree) -> Result<Vec<WireGroup>, Refusal> {
    let tree = group_tags::tree(&caller.scrm, caller.corp.id).await?;
    Ok(tree.into_iter().map(WireGroup::from).collect())
}

async fn create(caller: &Caller, request: Create) -> Result<WireGroup, Refusal> {
    let names: Vec<String> = request.tag_names.0.into_iter().map(|Text(name)| name).collect();
    let corp = caller.corp.id;
    let group = group_tags::create(&caller.scrm, corp, &request.group_name.0, &names).await?;
    Ok(group.into())
}

async fn mark(caller: &Caller, request: Mark) -> Result<Marked, Refusal> {
    if request.add_tag_ids.0.is_empty() && request.remove_tag_ids.0.is_empty() {
        return Err(Refusal::field("addTagIds", "addTagIds or removeTagIds is required"));
    }
    let ids = |List(ids): List<Id, 0, MAX_TAGS>| ids.into_iter().map(|Id(id)| TagId(id)).collect();
    let change = TagChange {
        chat_ids: request.chat_ids.0.into_iter().map(|Text(chat_id)| chat_id).collect(),
        add: ids(request.add_tag_ids),
        remove: ids(request.remove_tag_ids),
    };
    let changed = group_tags::change(&caller.scrm, caller.corp.id, &change).await?;
    Ok(Marked { added_count: changed.n_added, removed_count: changed.n_removed })
}

impl From<GroupTagGroup> for WireGroup {
    fn from(group: GroupTagGroup) -> Self {
        let tag = |tag: group_tags::GroupTag| WireTag { id: tag.id.0, name: tag.name };
        Self { id: group.id.0, name: group.name, tags: group.tags.into_iter().map(tag).collect() }
    }
}

impl WireGroup {
    fn example() -> Self {
        let tag = |id, name: &str| WireTag { id, name: name.to_owned() };
        let tags = vec![tag(10_002, "重点"), tag(10_003, "普通")];
        Self { id: 10_001, name: "等级".to_owned(), tags }
    }
}
