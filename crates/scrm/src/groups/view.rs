//! One group as people look at it.

use store::params;

use super::{
    ListedGroup, by_chat_ids, known,
    list::{Found, describe},
    members, sql,
};
use crate::{CorpId, Error, Scrm, TagId, users::Scope};

/// A group with its members.
#[derive(Debug)]
pub struct GroupDetail {
    /// What the list shows, without tasks.
    pub group: ListedGroup,
    /// Its notice (群公告), may be empty.
    pub notice: String,
    /// Its tags.
    pub tags: Vec<TagId>,
    /// In WeCom's order.
    pub members: Vec<GroupMember>,
}

/// Somebody in a group.
#[derive(Debug, Clone)]
pub struct GroupMember {
    /// WeCom's id: a user id, or an external one.
    pub wecom_id: String,
    /// His name, empty where WeCom does not tell.
    pub name: String,
    /// His name in this group, may be empty.
    pub group_nickname: String,
    /// One of the company's staff; otherwise a customer.
    pub is_staff: bool,
    /// When he joined.
    pub joined_at_ms: i64,
}

/// [`Error::NotFound`] for a group that is unknown, dissolved or another's.
pub async fn check_seen(
    scrm: &Scrm,
    corp: CorpId,
    scope: &Scope,
    chat_id: &str,
) -> Result<(), Error> {
    let mut reader = scrm.db.reader().await?;
    let mut found = by_chat_ids(&mut reader, corp, &[chat_id.to_owned()]).await?;
    found.retain(|_, group| scope.holds(group.owner));
    known(&found, chat_id).map(|_| ())
}

/// One group; [`Error::NotFound`] for one that is unknown, dissolved or another's.
pub async fn detail(
    scrm: &Scrm,
    corp: CorpId,
    scope: &Scope,
    chat_id: &str,
) -> Result<GroupDetail, Error> {
    /// WeCom's kind of a member who is one of the staff.
    const STAFF: i64 = 1;
    let mut reader = scrm.db.reader().await?;
    let wanted = [chat_id.to_owned()];
    let mut found = by_chat_ids(&mut reader, corp, &wanted).await?;
    found.retain(|_, group| scope.holds(group.owner));
    let group = known(&found, chat_id)?;
    let read = |row: &store::Row<'_>| Ok((row.get::<String>(0)?, row.get::<i64>(1)?));
    let rest = reader.query_opt(&sql::REST_OF, &params![corp, group.id], read).await?;
    let (notice, created_at_ms) = rest.unwrap_or_default();
    let list = [group.id.into()];
    let tags: Vec<TagId> =
        reader.query_list(&sql::TAGS_OF, &params![corp], &list, |row| row.get(1)).await?;
    let members = reader.query_list(&sql::MEMBERS, &params![corp], &list, members::read).await?;
    let bare = Found {
        id: group.id,
        chat_id: group.chat_id.clone(),
        owner: group.owner,
        raw_name: group.raw_name.clone(),
        display_name: group.display_name.clone(),
        created_at_ms,
        tags: tags.clone(),
    };
    let members = members.into_iter().map(|(_, member)| GroupMember {
        is_staff: member.kind == STAFF,
        wecom_id: member.wecom_id,
        name: member.name,
        group_nickname: member.group_nickname,
        joined_at_ms: member.joined_at_ms,
    });
    let described = describe(&mut reader, corp, vec![bare]).await?;
    let group = described.into_iter().next().expect("as many come back as were given");
    Ok(GroupDetail { group, notice, tags, members: members.collect() })
}
