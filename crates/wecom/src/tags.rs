//! The corp's tags for customers (企业标签), in groups.

use serde::{Deserialize, Serialize};

mod change;

pub use change::{
    DeleteTags, EditTag, MAX_NAME_CHARS, NewTag, NewTags, NewTagsGroup, add, delete, edit,
};

use crate::{Client, Error, call::Call, lenient};

/// All tags of the corp; there is no paging, at most 10,000 tags exist. [D92117]
pub async fn corp_tags(client: &Client) -> Result<Vec<TagGroup>, Error> {
    let reply: TagGroups = client.post(&CORP_TAGS, &Everything {}).await?;
    Ok(reply.tag_group)
}

/// Some tags, or some groups with all their tags, deleted ones included; each tells whether it is.
/// [D92117]
///
/// What never existed is absent. Tags and groups together are not sent, since WeCom would leave the
/// tags out, and neither are none of both, which WeCom would take for all.
pub async fn corp_tags_by_ids(
    client: &Client,
    tag_ids: &[String],
    group_ids: &[String],
) -> Result<Vec<TagGroup>, Error> {
    if tag_ids.is_empty() == group_ids.is_empty() {
        return Err(Error::not_sent(&CORP_TAGS, "not either tags or groups"));
    }
    let reply: TagGroups =
        client.post(&CORP_TAGS, &ByIds { tag_id: tag_ids, group_id: group_ids }).await?;
    Ok(reply.tag_group)
}

/// A group of tags; never empty in WeCom.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TagGroup {
    /// `et…`.
    pub group_id: String,
    /// Up to 30 characters.
    #[serde(default, deserialize_with = "lenient::text")]
    pub group_name: String,
    /// Unix seconds.
    #[serde(default, deserialize_with = "lenient::int")]
    pub create_time: i64,
    /// Unsigned 32 bits; larger comes first.
    #[serde(default, deserialize_with = "lenient::int")]
    pub order: i64,
    /// Whether it has been deleted; told only when asked for by id.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub deleted: bool,
    /// Its tags.
    #[serde(default, deserialize_with = "lenient::list")]
    pub tag: Vec<Tag>,
}

/// A tag.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Tag {
    /// `et…`.
    pub id: String,
    /// Up to 30 characters.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: String,
    /// Unix seconds.
    #[serde(default, deserialize_with = "lenient::int")]
    pub create_time: i64,
    /// Unsigned 32 bits; larger comes first.
    #[serde(default, deserialize_with = "lenient::int")]
    pub order: i64,
    /// Whether it has been deleted; told only when asked for by id.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub deleted: bool,
}

const CORP_TAGS: Call = Call::read("externalcontact/get_corp_tag_list");

/// The body without a filter.
#[derive(Serialize)]
struct Everything {}

#[derive(Serialize)]
struct ByIds<'a> {
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    tag_id: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    group_id: &'a [String],
}

#[derive(Deserialize)]
struct TagGroups {
    #[serde(default, deserialize_with = "lenient::list")]
    tag_group: Vec<TagGroup>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Reply, Server, parse, with_token};

    #[test]
    fn the_documented_tags_are_read() {
        let body = include_str!("../examples-of-replies/get_corp_tag_list.json");
        let groups = parse::<TagGroups>(&CORP_TAGS, body).unwrap().tag_group;
        assert_eq!((groups[0].group_id.as_str(), groups[0].deleted), ("TAG_GROUPID1", false));
        assert_eq!(groups[0].create_time, 1_557_838_797);
        let tags = &groups[0].tag;
        assert_eq!((tags[1].name.as_str(), tags[1].order, tags[1].deleted), ("NAME2", 2, true));
    }

    #[test]
    fn tags_listed_without_a_filter_do_not_tell_whether_they_are_deleted() {
        let body = r#"{"tag_group":[{"group_id":"et1","order":"4294967295","tag":null}]}"#;
        let groups = parse::<TagGroups>(&CORP_TAGS, body).unwrap().tag_group;
        assert_eq!((groups[0].deleted, groups[0].order), (false, 4_294_967_295));
        assert_eq!(groups[0].tag, []);
    }

    #[tokio::test]
    async fn tags_asked_for_by_id_tell_whether_they_are_deleted() {
        let body = include_str!("../examples-of-replies/get_corp_tag_list.json");
        let server = Server::start(move |request| with_token(request, || Reply::json(body))).await;
        let (client, ids) = (server.client(), vec!["et1".to_owned()]);
        let groups = corp_tags_by_ids(&client, &ids, &[]).await.unwrap();
        assert!(groups[0].tag[1].deleted);
        corp_tags_by_ids(&client, &[], &ids).await.unwrap();
        assert_eq!(
            server.bodies_of("externalcontact/get_corp_tag_list"),
            [r#"{"tag_id":["et1"]}"#, r#"{"group_id":["et1"]}"#]
        );
        for (tags, groups) in [(&[][..], &[][..]), (&ids, &ids)] {
            let error = corp_tags_by_ids(&client, tags, groups).await.unwrap_err();
            assert!(matches!(error, Error::NotSent { .. }));
        }
    }
}
