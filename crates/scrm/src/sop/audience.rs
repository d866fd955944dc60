//! The groups that an SOP is made for: found and checked, all or nothing.

use std::collections::{HashMap, HashSet};

use store::Session;

use super::{Audience, MAX_CHATS, MAX_GROUPS, Rule};
use crate::{
    CorpId, Error, GroupId, StaffId, group_tags,
    groups::{self, Group},
    org,
};

/// The chosen groups, by id and none twice; empty where a rule chooses them later.
pub(super) async fn chosen(
    session: &mut Session,
    corp: CorpId,
    audience: &Audience,
) -> Result<Vec<GroupId>, Error> {
    let mut chosen: Vec<GroupId> = match audience {
        Audience::Chats(chats) => {
            let chat_ids: Vec<String> = chats.iter().map(|chat| chat.chat_id.clone()).collect();
            let found = limited(session, corp, &chat_ids).await?;
            let mut groups = Vec::new();
            for chat in chats {
                let group = groups::known(&found, &chat.chat_id)?;
                if let Some(owner) = chat.owner {
                    check_owner(session, corp, group, &[owner]).await?;
                }
                groups.push(group.id);
            }
            groups
        }
        Audience::ChatsOf { chat_ids, owners } => {
            check_staff(session, corp, owners).await?;
            let found = limited(session, corp, chat_ids).await?;
            let mut groups = Vec::new();
            for chat_id in chat_ids {
                let group = groups::known(&found, chat_id)?;
                check_owner(session, corp, group, owners).await?;
                groups.push(group.id);
            }
            groups
        }
        Audience::AllOf { owners } => {
            check_staff(session, corp, owners).await?;
            groups::ids_of_owners(session, corp, owners).await?
        }
        Audience::Rule { rule, .. } | Audience::NewGroups { rule } => {
            check_rule(session, corp, rule).await?;
            return Ok(vec![]);
        }
    };
    chosen.sort_unstable();
    chosen.dedup();
    match chosen.len() {
        0 => Err(Error::Invalid("there is no group to send to".to_owned())),
        n if n > MAX_GROUPS => Err(too_many(n, MAX_GROUPS)),
        _ => Ok(chosen),
    }
}

async fn limited(
    session: &mut Session,
    corp: CorpId,
    chat_ids: &[String],
) -> Result<HashMap<String, Group>, Error> {
    if chat_ids.len() > MAX_CHATS {
        return Err(too_many(chat_ids.len(), MAX_CHATS));
    }
    groups::by_chat_ids(session, corp, chat_ids).await
}

fn too_many(n: usize, most: usize) -> Error {
    Error::Invalid(format!("{n} groups; at most {most} can be chosen this way"))
}

async fn check_owner(
    session: &mut Session,
    corp: CorpId,
    group: &Group,
    owners: &[StaffId],
) -> Result<(), Error> {
    if owners.contains(&group.owner) {
        return Ok(());
    }
    // Only on the way to a refusal: a member who does not exist is another mistake than a wrong one.
    check_staff(session, corp, owners).await?;
    Err(Error::Conflict(format!(
        "the customer group {} belongs to {}, not to {}",
        group.chat_id,
        group.owner,
        owners.iter().map(StaffId::to_string).collect::<Vec<_>>().join(", ")
    )))
}

/// [`Error::NotFound`] for an owner, department or tag that a rule names and that is not there.
pub(super) async fn check_rule(
    session: &mut Session,
    corp: CorpId,
    rule: &Rule,
) -> Result<(), Error> {
    check_staff(session, corp, &rule.owners).await?;
    org::check_departments(session, corp, &rule.departments).await?;
    let tags = [&rule.any_tags[..], &rule.all_tags, &rule.no_tags].concat();
    group_tags::check(session, corp, &tags).await
}

async fn check_staff(session: &mut Session, corp: CorpId, ids: &[StaffId]) -> Result<(), Error> {
    let found = org::staff_by_ids(session, corp, ids).await?;
    let found: HashSet<StaffId> = found.into_iter().map(|member| member.id).collect();
    match ids.iter().find(|id| !found.contains(id)) {
        Some(id) => Err(Error::NotFound(format!("there is no member of staff {id}"))),
        None => Ok(()),
    }
}
