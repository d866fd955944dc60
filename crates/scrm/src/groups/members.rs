//! The members of a group, and how a new list of them is written over the old one.

use std::collections::HashMap;

use store::{Error, Row};

use crate::GroupId;

/// A member as WeCom lists him, and the number that keeps his place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub member_no: i64,
    pub wecom_id: String,
    /// 1 staff, 2 somebody outside.
    pub kind: i64,
    pub name: String,
    pub group_nickname: String,
    pub union_id: String,
    pub invitor_id: String,
    /// WeCom's: 1 invited, 2 by link, 3 by QR code.
    pub join_scene: i64,
    pub join_state: String,
    pub joined_at_ms: i64,
}

/// What to write so that the stored members become the listed ones.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub put: Vec<Member>,
    pub removed: Vec<i64>,
}

pub(crate) fn read(row: &Row<'_>) -> Result<(GroupId, Member), Error> {
    let member = Member {
        member_no: row.get(1)?,
        wecom_id: row.get(2)?,
        kind: row.get(3)?,
        name: row.get(4)?,
        group_nickname: row.get(5)?,
        union_id: row.get(6)?,
        invitor_id: row.get(7)?,
        join_scene: row.get(8)?,
        join_state: row.get(9)?,
        joined_at_ms: row.get(10)?,
    };
    Ok((row.get(0)?, member))
}

pub(crate) fn from_wecom(member: &wecom::groups::GroupMember) -> Member {
    Member {
        member_no: 0,
        wecom_id: member.userid.clone(),
        kind: member.kind,
        name: member.name.clone(),
        group_nickname: member.group_nickname.clone(),
        union_id: member.unionid.clone(),
        invitor_id: member.invitor.as_ref().map_or_else(String::new, |who| who.userid.clone()),
        join_scene: member.join_scene,
        join_state: member.state.clone(),
        joined_at_ms: member.join_time * 1_000,
    }
}

/// Members who stay keep their number, so that one who joins or leaves is one row; only when WeCom lists
/// them in another order are all numbered anew.
pub(crate) fn difference(stored: &[Member], listed: Vec<Member>) -> Difference {
    let numbers: HashMap<&str, i64> =
        stored.iter().map(|member| (member.wecom_id.as_str(), member.member_no)).collect();
    let mut next_no = stored.last().map_or(1, |last| last.member_no + 1);
    let mut numbered = listed;
    for member in &mut numbered {
        member.member_no = numbers.get(member.wecom_id.as_str()).copied().unwrap_or_else(|| {
            next_no += 1;
            next_no - 1
        });
    }
    let is_in_order = numbered.windows(2).all(|pair| pair[0].member_no < pair[1].member_no);
    if !is_in_order {
        for (number, member) in (1..).zip(&mut numbered) {
            member.member_no = number;
        }
    }
    let before: HashMap<i64, &Member> =
        stored.iter().map(|member| (member.member_no, member)).collect();
    let kept: std::collections::HashSet<i64> =
        numbered.iter().map(|member| member.member_no).collect();
    Difference {
        removed: before.keys().copied().filter(|number| !kept.contains(number)).collect(),
        put: numbered
            .into_iter()
            .filter(|member| before.get(&member.member_no) != Some(&member))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(member_no: i64, id: &str) -> Member {
        Member {
            member_no,
            wecom_id: id.to_owned(),
            kind: 2,
            name: format!("name of {id}"),
            group_nickname: String::new(),
            union_id: String::new(),
            invitor_id: String::new(),
            join_scene: 1,
            join_state: String::new(),
            joined_at_ms: 0,
        }
    }

    fn listed(ids: &[&str]) -> Vec<Member> {
        ids.iter().map(|id| member(0, id)).collect()
    }

    #[test]
    fn one_who_leaves_and_one_who_joins_are_one_row_each() {
        let stored = [member(1, "a"), member(2, "b"), member(5, "c")];
        let change = difference(&stored, listed(&["a", "c", "d"]));
        assert_eq!(change, Difference { put: vec![member(6, "d")], removed: vec![2] });
    }

    #[test]
    fn the_same_list_writes_nothing() {
        let stored = [member(1, "a"), member(7, "b")];
        let change = difference(&stored, listed(&["a", "b"]));
        assert_eq!(change, Difference { put: vec![], removed: vec![] });
    }

    #[test]
    fn another_order_numbers_all_anew() {
        let stored = [member(3, "a"), member(4, "b")];
        let mut change = difference(&stored, listed(&["b", "a"]));
        change.removed.sort_unstable();
        let put = vec![member(1, "b"), member(2, "a")];
        assert_eq!(change, Difference { put, removed: vec![3, 4] });
    }
}
