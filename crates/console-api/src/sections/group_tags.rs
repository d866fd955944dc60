//! Tags of customer groups.

use schemars::JsonSchema;
use scrm::{TagGroupId, TagId, audit, group_tags, users::Right};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    About, Caller, Endpoint, Refusal,
    wire::{Id, Nothing, Text},
};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let about = |path, title_zh, title| About { path, title_zh, title };
    let right = Right::TagGroups;
    vec![
        Endpoint::with_right(
            about("group-tags/list", "群标签", "list tags of groups"),
            Right::Read,
            list,
        ),
        Endpoint::with_right(
            about("group-tags/counts", "各标签的群数", "how many groups carry each tag"),
            Right::Read,
            counts,
        ),
        Endpoint::with_right(about("group-tags/create", "新建群标签", "make tags"), right, create),
        Endpoint::with_right(
            about("group-tags/rename", "重命名群标签", "rename a tag"),
            right,
            rename,
        ),
        Endpoint::with_right(
            about("group-tags/remove", "删除群标签", "remove a tag from everywhere"),
            right,
            remove,
        ),
        Endpoint::with_right(
            about("group-tags/rename-group", "重命名标签组", "rename a group of tags"),
            right,
            rename_group,
        ),
        Endpoint::with_right(
            about("group-tags/remove-group", "删除标签组", "remove an empty group of tags"),
            right,
            remove_group,
        ),
        Endpoint::with_right(
            about("groups/tag", "修改客户群的标签", "put tags on a group and take tags off it"),
            right,
            tag,
        ),
    ]
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TagOne {
    chat_id: Text<128>,
    #[serde(default)]
    add_ids: Vec<Id>,
    #[serde(default)]
    remove_ids: Vec<Id>,
}

async fn tag(caller: Caller, request: TagOne) -> Result<Nothing, Refusal> {
    let (scrm, corp) = (&caller.scrm, caller.place.corp.id);
    let tags = |ids: Vec<Id>| -> Vec<TagId> { ids.into_iter().map(|Id(id)| TagId(id)).collect() };
    let (add, remove) = (tags(request.add_ids), tags(request.remove_ids));
    let group = (&caller.place.scope, &*request.chat_id.0);
    group_tags::change_one(scrm, corp, group, (&add, &remove), &caller.author()).await?;
    Ok(Nothing {})
}

#[derive(Serialize, JsonSchema)]
struct TagGroups {
    rows: Vec<TagGroup>,
}

#[derive(Serialize, JsonSchema)]
struct TagGroup {
    id: Id,
    name: String,
    tags: Vec<Tag>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Tag {
    id: Id,
    name: String,
}

async fn list(caller: Caller, _: Nothing) -> Result<TagGroups, Refusal> {
    let (scrm, corp) = (&caller.scrm, caller.place.corp.id);
    let tree = group_tags::tree(scrm, corp).await?;
    let shown = |tag: group_tags::GroupTag| Tag { id: Id(tag.id.0), name: tag.name };
    let rows = tree.into_iter().map(|group| TagGroup {
        id: Id(group.id.0),
        name: group.name,
        tags: group.tags.into_iter().map(shown).collect(),
    });
    Ok(TagGroups { rows: rows.collect() })
}

#[derive(Serialize, JsonSchema)]
struct TagCounts {
    rows: Vec<TagCount>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct TagCount {
    id: Id,
    /// Groups that he sees and that carry it.
    n_groups: i64,
}

async fn counts(caller: Caller, _: Nothing) -> Result<TagCounts, Refusal> {
    let corp = caller.place.corp.id;
    let counts = group_tags::n_tagged(&caller.scrm, corp, &caller.place.scope).await?;
    let shown = |(TagId(id), n_groups)| TagCount { id: Id(id), n_groups };
    Ok(TagCounts { rows: counts.into_iter().map(shown).collect() })
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Create {
    /// Of the group of tags, which is made when there is none.
    group_name: Text<100>,
    /// Those that it has are kept as they are.
    names: Vec<Text<100>>,
}

async fn create(caller: Caller, request: Create) -> Result<Nothing, Refusal> {
    let (scrm, corp) = (&caller.scrm, caller.place.corp.id);
    let group = request.group_name.0.trim().to_owned();
    let names: Vec<String> = request.names.iter().map(|name| name.0.trim().to_owned()).collect();
    group_tags::create(scrm, corp, &group, &names).await?;
    let detail = json!({ "tags": names });
    audit::note(scrm, corp, &caller.author(), "create_tags", &group, &detail).await?;
    Ok(Nothing {})
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Rename {
    id: Id,
    name: Text<100>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct One {
    id: Id,
}

async fn rename(caller: Caller, request: Rename) -> Result<Nothing, Refusal> {
    let (corp, id, name) = (caller.place.corp.id, TagId(request.id.0), request.name.0);
    group_tags::rename_tag(&caller.scrm, corp, id, name.trim(), &caller.author()).await?;
    Ok(Nothing {})
}

async fn rename_group(caller: Caller, request: Rename) -> Result<Nothing, Refusal> {
    let (corp, id, name) = (caller.place.corp.id, TagGroupId(request.id.0), request.name.0);
    group_tags::rename_group(&caller.scrm, corp, id, name.trim(), &caller.author()).await?;
    Ok(Nothing {})
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Removed {
    n_taggings: u64,
}

async fn remove(caller: Caller, One { id: Id(id) }: One) -> Result<Removed, Refusal> {
    // It takes the tag off everybody's groups.
    if caller.place.scope != scrm::users::Scope::Everything {
        let what = "a tag may be on groups outside your departments".to_owned();
        return Err(scrm::Error::Forbidden(what).into());
    }
    let (corp, author) = (caller.place.corp.id, caller.author());
    let removed = group_tags::remove_tag(&caller.scrm, corp, TagId(id), &author).await?;
    Ok(Removed { n_taggings: removed.n_taggings })
}

async fn remove_group(caller: Caller, One { id: Id(id) }: One) -> Result<Nothing, Refusal> {
    let (corp, author) = (caller.place.corp.id, caller.author());
    group_tags::remove_group(&caller.scrm, corp, TagGroupId(id), &author).await?;
    Ok(Nothing {})
}
