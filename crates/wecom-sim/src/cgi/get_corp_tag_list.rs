//! `get_corp_tag_list`: the tag library, whole or by ids. Group ids win over tag ids.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    cgi::{Answers, Call, Takes},
    desk::Desk,
    state::tags::TagGroup,
    wire::{Answer, Asked},
};

pub(super) const CALL: Call = Call {
    path: "externalcontact/get_corp_tag_list",
    takes: Takes::Body { on_get: 40058 },
    lists: &["tag_group"],
    answer: Answers::Tree(answer),
};

#[derive(Deserialize)]
struct Request {
    tag_id: Option<Vec<String>>,
    group_id: Option<Vec<String>>,
}

fn answer(desk: &mut Desk, asked: &Asked) -> Answer {
    let Request { tag_id, group_id } = asked.json()?;
    let (tag_ids, group_ids) = (tag_id.unwrap_or_default(), group_id.unwrap_or_default());
    let by_id = !tag_ids.is_empty() || !group_ids.is_empty();
    let wanted =
        |group: &TagGroup, tag_id: &String| match (group_ids.as_slice(), tag_ids.as_slice()) {
            ([], []) => true,
            ([], tag_ids) => tag_ids.contains(tag_id),
            (group_ids, _) => group_ids.contains(&group.id),
        };
    let groups = desk.state.tags.groups().iter().filter_map(|group| {
        let tags = group.tags.iter().filter(|tag| {
            // Deleted ones are shown to those who ask for them by id.
            (by_id || !tag.deleted) && wanted(group, &tag.id)
        });
        let tags: Vec<Value> = tags
            .map(|tag| {
                let made = json!({
                    "id": tag.id,
                    "name": tag.name,
                    "create_time": tag.created_at_s,
                    "order": tag.order,
                });
                with_deleted(made, by_id, tag.deleted)
            })
            .collect();
        let made = json!({
            "group_id": group.id,
            "group_name": group.name,
            "create_time": group.created_at_s,
            "order": group.order,
            "tag": tags,
        });
        (!tags.is_empty()).then(|| with_deleted(made, by_id, group.deleted))
    });
    Ok(json!({ "tag_group": groups.collect::<Vec<_>>() }))
}

/// `deleted` stands only in replies to questions by id.
fn with_deleted(mut made: Value, by_id: bool, deleted: bool) -> Value {
    if by_id {
        made["deleted"] = json!(deleted);
    }
    made
}
