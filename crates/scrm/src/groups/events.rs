//! Member lists continued from events, without asking WeCom: the chain of `member_version`. [D92130]

use std::collections::HashMap;

use store::{Tx, Value, params};

use super::{
    Stored,
    members::{self, Difference, Member},
    sql, write,
};
use crate::{CorpId, Error, GroupId, customers, org, text};

/// Somebody came or went, as an event tells it.
#[derive(Debug, Clone)]
pub(crate) struct MembersChanged {
    pub(crate) chat_id: String,
    pub(crate) has_joined: bool,
    /// User ids and external user ids.
    pub(crate) members: Vec<String>,
    /// `member_version` before and after.
    pub(crate) last_version: String,
    pub(crate) current_version: String,
    /// Events tell 3 for the QR code and 0 for both kinds of invitation.
    pub(crate) join_scene: Option<i64>,
    pub(crate) at_ms: i64,
}

/// What became of an event.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Applied {
    /// The list is continued; names and the like are to be read later.
    Continued(GroupId),
    /// It was known already.
    Known,
    /// It does not follow on what is stored: the group must be read.
    MustRead,
}

const SCENE_INVITED: i64 = 1;
const SCENE_QR_CODE: i64 = 3;

/// Continues the stored member list where the event follows on it.
///
/// An unnamed group must be read: people see its members' names instead. The caller notes the change.
pub(crate) async fn apply_members(
    tx: &mut Tx,
    corp: CorpId,
    change: &MembersChanged,
) -> Result<Applied, Error> {
    let chat_id = [Value::from(&change.chat_id)];
    let found = tx.query_list(&sql::STORED, &params![corp], &chat_id, sql::stored).await?;
    let Some(group) = found.into_iter().next() else { return Ok(Applied::MustRead) };
    if group.member_version == change.current_version {
        return Ok(Applied::Known);
    }
    if group.is_dissolved
        || group.raw_name.is_empty()
        || group.member_version != change.last_version
    {
        return Ok(Applied::MustRead);
    }
    let ids = [group.id.into()];
    let stored = tx.query_list(&sql::MEMBERS, &params![corp], &ids, members::read).await?;
    let stored: Vec<Member> = stored.into_iter().map(|(_, member)| member).collect();
    let difference = if change.has_joined {
        joined(tx, corp, &stored, change).await?
    } else {
        gone(&stored, change)
    };
    let Some(difference) = difference else { return Ok(Applied::MustRead) };
    let n_members = stored.len() + difference.put.len() - difference.removed.len();
    let id = group.id;
    let now = Stored {
        n_members: i64::try_from(n_members).expect("a group has few members"),
        member_version: change.current_version.clone(),
        ..group
    };
    write::put_groups(tx, corp, &[now]).await?;
    write::put_members(tx, corp, &[(id, difference)]).await?;
    Ok(Applied::Continued(id))
}

/// The new members at the end of the list; nothing when one of them is there already.
async fn joined(
    tx: &mut Tx,
    corp: CorpId,
    stored: &[Member],
    change: &MembersChanged,
) -> Result<Option<Difference>, Error> {
    if stored.iter().any(|member| change.members.contains(&member.wecom_id)) {
        return Ok(None);
    }
    let ids = || change.members.iter().map(String::as_str);
    let staff = org::staff_by_user_ids(tx, corp, ids()).await?;
    let customers: HashMap<String, String> = customers::names(tx, corp, &change.members).await?;
    let first_no = stored.last().map_or(1, |last| last.member_no + 1);
    let put = (first_no..).zip(&change.members).map(|(member_no, id)| {
        let colleague = staff.get(&text::folded(id));
        let name = colleague.map(|member| &member.name).or_else(|| customers.get(id));
        Member {
            member_no,
            wecom_id: id.clone(),
            kind: if colleague.is_some() {
                wecom::groups::KIND_STAFF
            } else {
                wecom::groups::KIND_EXTERNAL
            },
            name: name.cloned().unwrap_or_default(),
            group_nickname: String::new(),
            union_id: String::new(),
            invitor_id: String::new(),
            join_scene: match change.join_scene {
                Some(SCENE_QR_CODE) => SCENE_QR_CODE,
                _ => SCENE_INVITED,
            },
            join_state: String::new(),
            joined_at_ms: change.at_ms,
        }
    });
    Ok(Some(Difference { put: put.collect(), removed: Vec::new() }))
}

/// Nothing when one of them is not in the list.
fn gone(stored: &[Member], change: &MembersChanged) -> Option<Difference> {
    let removed: Option<Vec<i64>> = change
        .members
        .iter()
        .map(|id| {
            let found = stored.iter().find(|member| member.wecom_id.eq_ignore_ascii_case(id));
            found.map(|member| member.member_no)
        })
        .collect();
    Some(Difference { put: Vec::new(), removed: removed? })
}
