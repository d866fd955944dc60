//! Corp tags made, changed and deleted by the app. [D92117]
//!
//! An app may change and delete only tags that it has made itself (81011). Nothing done here
//! causes a callback.

use serde::{Deserialize, Serialize};

use super::TagGroup;
use crate::{Client, Error, call::Call, reply::Nothing};

/// At most this many characters in the name of a tag or a group. [D92117]
pub const MAX_NAME_CHARS: usize = 30;

/// Makes tags, and their group when it is new; answers the group with the tags made.
///
/// 40071 when a name exists already, 40126 when the corp has 10,000 tags, 40068 when there is no
/// such group. Names that occur twice in the request become one tag. No tags, an empty name or one
/// beyond [`MAX_NAME_CHARS`] is not sent.
pub async fn add(client: &Client, tags: &NewTags) -> Result<TagGroup, Error> {
    let NewTags { group, tags } = tags;
    let group_name = match group {
        NewTagsGroup::Existing { .. } => None,
        NewTagsGroup::Named { name, .. } => Some(name),
    };
    if tags.is_empty() {
        return Err(Error::not_sent(&ADD, "no tag"));
    }
    if !tags.iter().map(|tag| &tag.name).chain(group_name).all(|name| is_name(name)) {
        return Err(Error::not_sent(&ADD, "a name is not 1 to 30 characters long"));
    }
    let reply: Added = client.post(&ADD, &AddBody { group, tag: tags }).await?;
    Ok(reply.tag_group)
}

/// Gives a tag or a group another name or place.
///
/// 40068 when there is none, 40071 when the name exists already, 81011 when it was made by somebody
/// else. A change of nothing, or a name that is not 1 to [`MAX_NAME_CHARS`] long, is not sent.
pub async fn edit(client: &Client, edit: &EditTag) -> Result<(), Error> {
    let EditTag { id, name, order } = edit;
    if id.is_empty() || (name.is_none() && order.is_none()) {
        return Err(Error::not_sent(&EDIT, "no tag or nothing to change"));
    }
    if name.as_deref().is_some_and(|name| !is_name(name)) {
        return Err(Error::not_sent(&EDIT, "the name is not 1 to 30 characters long"));
    }
    let Nothing {} = client.post(&EDIT, edit).await?;
    Ok(())
}

/// Deletes tags, and groups with all their tags; a group without tags goes too.
///
/// 40068 when there is none, 81011 when it was made by somebody else. Nothing to delete is not
/// sent.
pub async fn delete(client: &Client, tags: &DeleteTags) -> Result<(), Error> {
    if tags.tag_id.is_empty() && tags.group_id.is_empty() {
        return Err(Error::not_sent(&DELETE, "nothing to delete"));
    }
    let Nothing {} = client.post(&DELETE, tags).await?;
    Ok(())
}

/// Tags to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTags {
    /// Where they belong.
    pub group: NewTagsGroup,
    /// At least one.
    pub tags: Vec<NewTag>,
}

/// The group of new tags.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum NewTagsGroup {
    /// A group that exists.
    Existing {
        /// `et…`.
        group_id: String,
    },
    /// The group of that name, which is made when there is none.
    Named {
        /// Up to [`MAX_NAME_CHARS`].
        #[serde(rename = "group_name")]
        name: String,
        /// Larger comes first; of no effect when the group exists.
        #[serde(skip_serializing_if = "Option::is_none")]
        order: Option<u32>,
    },
}

/// A tag to make.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct NewTag {
    /// Up to [`MAX_NAME_CHARS`].
    pub name: String,
    /// Larger comes first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<u32>,
}

/// What to change of a tag or a group; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct EditTag {
    /// The tag or the group.
    pub id: String,
    /// Up to [`MAX_NAME_CHARS`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Larger comes first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<u32>,
}

/// What to delete.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DeleteTags {
    /// Tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tag_id: Vec<String>,
    /// Groups with all their tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub group_id: Vec<String>,
}

const ADD: Call = Call::write("externalcontact/add_corp_tag");
const EDIT: Call = Call::set("externalcontact/edit_corp_tag");
const DELETE: Call = Call::set("externalcontact/del_corp_tag");

fn is_name(name: &str) -> bool {
    (1..=MAX_NAME_CHARS).contains(&name.chars().count())
}

#[derive(Serialize)]
struct AddBody<'a> {
    #[serde(flatten)]
    group: &'a NewTagsGroup,
    tag: &'a [NewTag],
}

#[derive(Deserialize)]
struct Added {
    tag_group: TagGroup,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Reply, Server, parse, with_token};

    const ADDED: &str = include_str!("../../examples-of-replies/add_corp_tag.json");
    const OK: &str = include_str!("../../examples-of-replies/ok.json");

    fn tags(group: NewTagsGroup) -> NewTags {
        let last = NewTag { name: "😀\"".to_owned(), order: Some(u32::MAX) };
        NewTags { group, tags: vec![NewTag { name: "名".repeat(30), order: None }, last] }
    }

    fn named(name: &str) -> NewTagsGroup {
        NewTagsGroup::Named { name: name.to_owned(), order: None }
    }

    async fn answering(body: &'static str) -> Server {
        Server::start(move |request| with_token(request, || Reply::json(body))).await
    }

    #[tokio::test]
    async fn tags_are_made_in_a_new_or_an_existing_group() {
        let server = answering(ADDED).await;
        let client = server.client();
        let group = add(&client, &tags(named("组"))).await.unwrap();
        assert_eq!((group.group_id.as_str(), group.tag.len()), ("TAG_GROUPID1", 2));
        assert_eq!((group.tag[1].id.as_str(), group.tag[1].order), ("TAG_ID2", 2));
        add(&client, &tags(NewTagsGroup::Existing { group_id: "et1".to_owned() })).await.unwrap();
        let names = format!(
            r#""tag":[{{"name":"{}"}},{{"name":"😀\"","order":4294967295}}]}}"#,
            "名".repeat(30)
        );
        assert_eq!(
            server.bodies_of("externalcontact/add_corp_tag"),
            [format!(r#"{{"group_name":"组",{names}"#), format!(r#"{{"group_id":"et1",{names}"#)]
        );
    }

    #[tokio::test]
    async fn tags_without_a_proper_name_are_not_sent() {
        let server = answering(ADDED).await;
        let long = "名".repeat(31);
        let wrong = [
            tags(named("")),
            tags(named(&long)),
            NewTags { tags: Vec::new(), ..tags(named("a")) },
            NewTags { tags: vec![NewTag::default()], ..tags(named("a")) },
            NewTags { tags: vec![NewTag { name: long.clone(), order: None }], ..tags(named("a")) },
        ];
        for wrong in wrong {
            let error = add(&server.client(), &wrong).await.unwrap_err();
            assert!(matches!(error, Error::NotSent { .. }), "{wrong:?}");
        }
        assert_eq!(server.requests().len(), 0);
    }

    #[test]
    fn a_success_without_the_group_is_malformed() {
        let reply = parse::<Added>(&ADD, OK).map(|added| added.tag_group);
        assert!(matches!(reply, Err(Error::Malformed { .. })));
    }

    #[tokio::test]
    async fn a_tag_gets_another_name_or_another_place() {
        let server = answering(OK).await;
        let client = server.client();
        let rename = EditTag { id: "et1".to_owned(), name: Some("新".to_owned()), order: None };
        edit(&client, &rename).await.unwrap();
        edit(&client, &EditTag { name: None, order: Some(0), ..rename.clone() }).await.unwrap();
        assert_eq!(
            server.bodies_of("externalcontact/edit_corp_tag"),
            [r#"{"id":"et1","name":"新"}"#, r#"{"id":"et1","order":0}"#]
        );
        let wrong = [
            EditTag { name: None, ..rename.clone() },
            EditTag { id: String::new(), ..rename.clone() },
            EditTag { name: Some(String::new()), ..rename.clone() },
            EditTag { name: Some("名".repeat(31)), ..rename },
        ];
        for wrong in wrong {
            let error = edit(&client, &wrong).await.unwrap_err();
            assert!(matches!(error, Error::NotSent { .. }), "{wrong:?}");
        }
    }

    #[tokio::test]
    async fn tags_and_groups_are_deleted_but_never_nothing() {
        let server = answering(OK).await;
        let client = server.client();
        let tag = DeleteTags { tag_id: vec!["et1".to_owned()], group_id: Vec::new() };
        delete(&client, &tag).await.unwrap();
        let group = DeleteTags { tag_id: Vec::new(), group_id: vec!["et2".to_owned()] };
        delete(&client, &group).await.unwrap();
        let error = delete(&client, &DeleteTags::default()).await.unwrap_err();
        assert!(matches!(error, Error::NotSent { .. }));
        assert_eq!(
            server.bodies_of("externalcontact/del_corp_tag"),
            [r#"{"tag_id":["et1"]}"#, r#"{"group_id":["et2"]}"#]
        );
    }

    #[tokio::test]
    async fn a_tag_of_another_app_is_refused_with_advice() {
        let server = answering(r#"{"errcode":81011,"errmsg":"no right"}"#).await;
        let edited = EditTag { id: "et1".to_owned(), name: None, order: Some(1) };
        let error = edit(&server.client(), &edited).await.unwrap_err();
        assert!(error.advice().is_some_and(|advice| advice.contains("[D92117]")));
    }
}
