//! `add_corp_tag`, `edit_corp_tag`, `del_corp_tag`: an app changes only the tags it made.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    cgi::{Answers, Call, Takes},
    chance,
    desk::Desk,
    op::{NewTag, Op},
    state::tags::{Found, TagGroup, TagLibrary},
    wire::{Answer, Asked, Refusal},
};

pub(super) const ADD: Call = Call {
    path: "externalcontact/add_corp_tag",
    takes: Takes::Body { on_get: 40058 },
    lists: &[],
    answer: Answers::Tree(add),
};
pub(super) const EDIT: Call = Call {
    path: "externalcontact/edit_corp_tag",
    takes: Takes::Body { on_get: 40058 },
    lists: &[],
    answer: Answers::Tree(edit),
};
pub(super) const DELETE: Call = Call {
    path: "externalcontact/del_corp_tag",
    takes: Takes::Body { on_get: 40058 },
    lists: &[],
    answer: Answers::Tree(delete),
};

const MAX_NAME_CHARS: usize = 30;
const MAX_TAGS: usize = 10_000;

#[derive(Deserialize)]
struct Add {
    group_id: Option<String>,
    group_name: Option<String>,
    order: Option<u32>,
    tag: Option<Vec<TagToAdd>>,
}

#[derive(Deserialize)]
struct TagToAdd {
    name: Option<String>,
    order: Option<u32>,
}

fn add(desk: &mut Desk, asked: &Asked) -> Answer {
    let Add { group_id, group_name, order, tag } = asked.json()?;
    let library = &desk.state.tags;
    let group = match (given(group_id), given(group_name)) {
        (Some(id), _) => Target::There(group_with_id(library, &id)?),
        (None, None) => return Err(Refusal::field("group_name", "missing")),
        (None, Some(name)) => match live(library).find(|group| group.name == name) {
            Some(group) => Target::There(group),
            None => Target::New(check_name(name)?),
        },
    };
    let mut names = HashSet::new();
    let mut tags = Vec::new();
    for (n, TagToAdd { name, order }) in tag.unwrap_or_default().into_iter().enumerate() {
        let name = check_name(name.unwrap_or_default())?;
        if matches!(group, Target::There(group) if has_tag(group, &name)) {
            return Err(Refusal::of(40071));
        }
        // Names given twice in one call become one tag.
        if names.insert(name.clone()) {
            let id = next_id(desk, n as u64 + 1);
            tags.push(NewTag { id, name, order: order.unwrap_or(0) });
        }
    }
    if tags.is_empty() {
        return Err(Refusal::field("tag", "missing"));
    }
    if library.n_tags() + tags.len() > MAX_TAGS {
        return Err(Refusal::of(40126));
    }
    let (group_id, group_name, group_order) = match group {
        Target::There(group) => (group.id.clone(), group.name.clone(), group.order),
        Target::New(name) => (next_id(desk, 0), name, order.unwrap_or(0)),
    };
    let new: Vec<String> = tags.iter().map(|tag| tag.id.clone()).collect();
    desk.record(Op::CorpTagsAdded {
        at_ms: desk.now_ms(),
        group_id: group_id.clone(),
        group_name,
        group_order,
        tags,
        by_app: true,
    })?;
    let group = group_with_id(&desk.state.tags, &group_id)?;
    let tags = group.tags.iter().filter(|tag| new.contains(&tag.id));
    let tags: Vec<Value> = tags
        .map(|tag| {
            let (id, name, order) = (&tag.id, &tag.name, tag.order);
            json!({ "id": id, "name": name, "create_time": tag.created_at_s, "order": order })
        })
        .collect();
    Ok(json!({ "tag_group": {
        "group_id": group.id,
        "group_name": group.name,
        "create_time": group.created_at_s,
        "order": group.order,
        "tag": tags,
    }}))
}

enum Target<'a> {
    There(&'a TagGroup),
    New(String),
}

#[derive(Deserialize)]
struct Edit {
    id: Option<String>,
    name: Option<String>,
    order: Option<u32>,
}

fn edit(desk: &mut Desk, asked: &Asked) -> Answer {
    let Edit { id, name, order } = asked.json()?;
    let id = given(id).ok_or_else(|| Refusal::field("id", "missing"))?;
    let library = &desk.state.tags;
    let found = library.find(&id).ok_or_else(|| Refusal::of(40068))?;
    check_own(library, found)?;
    let name = given(name).map(check_name).transpose()?;
    if let Some(name) = &name {
        let taken = match found {
            Found::Group(_) => live(library).any(|group| group.name == *name && group.id != id),
            Found::Tag(group, _) => {
                let tags = &library.groups()[group].tags;
                tags.iter().any(|tag| !tag.deleted && tag.name == *name && tag.id != id)
            }
        };
        if taken {
            return Err(Refusal::of(40071));
        }
    }
    desk.record(Op::CorpTagEdited { at_ms: desk.now_ms(), id, name, order })?;
    Ok(json!({}))
}

#[derive(Deserialize)]
struct Delete {
    tag_id: Option<Vec<String>>,
    group_id: Option<Vec<String>>,
}

fn delete(desk: &mut Desk, asked: &Asked) -> Answer {
    let Delete { tag_id, group_id } = asked.json()?;
    let mut ids = tag_id.unwrap_or_default();
    ids.extend(group_id.unwrap_or_default());
    if ids.is_empty() {
        return Err(Refusal::of(40063));
    }
    let library = &desk.state.tags;
    for id in &ids {
        let found = library.find(id).ok_or_else(|| Refusal::of(40068))?;
        check_own(library, found)?;
    }
    desk.record(Op::CorpTagsDeleted { at_ms: desk.now_ms(), ids })?;
    Ok(json!({}))
}

fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

fn live(library: &TagLibrary) -> impl Iterator<Item = &TagGroup> {
    library.groups().iter().filter(|group| !group.deleted)
}

fn has_tag(group: &TagGroup, name: &str) -> bool {
    group.tags.iter().any(|tag| !tag.deleted && tag.name == name)
}

fn group_with_id<'a>(library: &'a TagLibrary, id: &str) -> Result<&'a TagGroup, Refusal> {
    match library.find(id) {
        Some(Found::Group(place)) => Ok(&library.groups()[place]),
        Some(Found::Tag(..)) | None => Err(Refusal::of(40068)),
    }
}

fn check_name(name: String) -> Result<String, Refusal> {
    let fits = (1..=MAX_NAME_CHARS).contains(&name.chars().count());
    if fits { Ok(name) } else { Err(Refusal::of(40072)) }
}

/// A group is the app's own when it made the group and every tag in it.
fn check_own(library: &TagLibrary, found: Found) -> Result<(), Refusal> {
    let own = match found {
        Found::Tag(group, tag) => library.groups()[group].tags[tag].by_app,
        Found::Group(group) => {
            let group = &library.groups()[group];
            group.by_app && group.tags.iter().all(|tag| tag.deleted || tag.by_app)
        }
    };
    if own { Ok(()) } else { Err(Refusal::of(81011)) }
}

/// The `n`-th id of this call; the number of ids so far keeps it from coming twice.
fn next_id(desk: &Desk, n: u64) -> String {
    let about = format!("new tag {}", desk.state.tags.n_ids());
    chance::id(&mut chance::rng(desk.config.seed, &about, n), "et", 30)
}
