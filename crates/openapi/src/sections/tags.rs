//! SOP任务: the tree of customer tags.

use schemars::JsonSchema;
use scrm::tags::{self, Tag, TagGroup};
use serde::{Deserialize, Serialize};

use super::SOP_TASKS;
use crate::{About, Caller, Endpoint, Origin, Refusal};

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::new(
        About {
            path: "/api/v3/tags/list-tree",
            title_zh: "查询标签树",
            title: "corp tag tree",
            about: "The customer tags of WeCom (企业标签), by group, in WeCom's order. Tags on customer \
                    groups have calls of their own, under Group tags.",
            section: SOP_TASKS,
            scope: "tags:read",
            origin: Origin::Contract,
            request_example: "{}",
        },
        list_tree,
        || {
            let tag = |id, name: &str, qw_tag_id: &str| WireTag {
                id,
                name: name.to_owned(),
                qw_tag_id: qw_tag_id.to_owned(),
            };
            vec![WireTagGroup {
                name: "企业类型".to_owned(),
                id: 56_970,
                qw_tag_id: "etGroup".to_owned(),
                tags: vec![tag(56_972, "央企", "etTagA"), tag(56_971, "国企", "etTagB")],
            }]
        },
    )]
}

#[derive(Deserialize, JsonSchema)]
struct ListTree {}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CustomerTagGroup")]
struct WireTagGroup {
    name: String,
    /// Our id.
    id: i64,
    /// WeCom's id.
    qw_tag_id: String,
    tags: Vec<WireTag>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CustomerTag")]
struct WireTag {
    /// Our id.
    id: i64,
    name: String,
    /// WeCom's id.
    qw_tag_id: String,
}

async fn list_tree(caller: &Caller, _: ListTree) -> Result<Vec<WireTagGroup>, Refusal> {
    let tree = tags::tree(&caller.scrm, caller.corp.id).await?;
    Ok(tree.into_iter().map(WireTagGroup::from).collect())
}

impl From<TagGroup> for WireTagGroup {
    fn from(group: TagGroup) -> Self {
        let tags = group.tags.into_iter().map(WireTag::from).collect();
        Self { name: group.name, id: group.id.0, qw_tag_id: group.wecom_id, tags }
    }
}

impl From<Tag> for WireTag {
    fn from(tag: Tag) -> Self {
        Self { id: tag.id.0, name: tag.name, qw_tag_id: tag.wecom_id }
    }
}
