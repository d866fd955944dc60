//! Customer groups, by chat id and by owner.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use crate::{
    chance,
    world::{
        SeededGroup, StaffNo, World,
        members::{self, Member, MemberKind},
    },
};

/// A group by its place in the order of creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct GroupNo(pub(crate) u32);

impl GroupNo {
    fn at(index: usize) -> Self {
        Self(u32::try_from(index).expect("fewer than 2^32 groups"))
    }

    fn index(self) -> usize {
        usize::try_from(self.0).expect("usize has 32 bits at least")
    }
}

/// One group.
#[derive(Clone)]
pub(crate) struct GroupRow {
    pub(crate) chat_id: String,
    pub(crate) name: String,
    /// `None` for none.
    pub(crate) notice: Option<Box<str>>,
    pub(crate) owner: StaffNo,
    pub(crate) created_at_s: i64,
    pub(crate) dissolved: bool,
    /// The present owner took it over from one who had left.
    pub(crate) inherited: bool,
    founder: StaffNo,
    n_members_at_start: u32,
    /// `None` until somebody joins or leaves.
    changed_members: Option<Vec<Member>>,
    n_member_changes: u64,
}

impl GroupRow {
    pub(crate) fn members(&self, world: &World) -> Cow<'_, [Member]> {
        match &self.changed_members {
            Some(changed) => Cow::Borrowed(changed),
            None => Cow::Owned(self.members_at_start(world)),
        }
    }

    pub(crate) fn n_members(&self) -> usize {
        let at_start = usize::try_from(self.n_members_at_start).expect("usize has 32 bits");
        self.changed_members.as_ref().map_or(at_start, Vec::len)
    }

    /// 32 hex digits that change with every change of members.
    pub(crate) fn member_version(&self) -> String {
        let parts = [self.chat_id.as_bytes(), &self.n_member_changes.to_le_bytes()];
        format!("{:032x}", chance::digest(&parts))
    }

    fn members_at_start(&self, world: &World) -> Vec<Member> {
        members::of(world, &self.chat_id, self.founder, self.created_at_s, self.n_members_at_start)
    }

    fn change_members(&mut self, world: &World, change: impl FnOnce(&mut Vec<Member>)) {
        let mut changed = self.members(world).into_owned();
        change(&mut changed);
        self.changed_members = Some(changed);
        self.n_member_changes += 1;
    }
}

/// All groups, dissolved ones included.
#[derive(Default)]
pub(crate) struct Groups {
    rows: Vec<GroupRow>,
    by_chat_id: HashMap<String, GroupNo>,
    /// Without the dissolved ones.
    by_owner: BTreeMap<StaffNo, BTreeSet<GroupNo>>,
    n_dissolved: usize,
}

impl Groups {
    pub(crate) fn of(seeded: Vec<SeededGroup>) -> Self {
        let mut groups = Self::default();
        for group in seeded {
            let SeededGroup { chat_id, name, owner, created_at_s, n_members } = group;
            groups.add(chat_id, name, owner, created_at_s, n_members);
        }
        groups
    }

    pub(crate) fn find(&self, chat_id: &str) -> Option<GroupNo> {
        self.by_chat_id.get(chat_id).copied()
    }

    pub(crate) fn row(&self, no: GroupNo) -> &GroupRow {
        &self.rows[no.index()]
    }

    /// In the order of creation.
    pub(crate) fn rows(&self) -> &[GroupRow] {
        &self.rows
    }

    pub(crate) fn n_dissolved(&self) -> usize {
        self.n_dissolved
    }

    /// The groups of an owner that are not dissolved and come at or after `from`.
    pub(crate) fn owned_from(
        &self,
        owner: StaffNo,
        from: GroupNo,
    ) -> impl Iterator<Item = GroupNo> + '_ {
        self.by_owner.get(&owner).into_iter().flat_map(move |all| all.range(from..).copied())
    }

    /// How many groups an owner has that are not dissolved.
    pub(crate) fn n_owned(&self, owner: StaffNo) -> usize {
        self.by_owner.get(&owner).map_or(0, BTreeSet::len)
    }

    /// The present owner of a group that is not dissolved.
    pub(crate) fn owns(&self, owner: StaffNo, no: GroupNo) -> bool {
        self.by_owner.get(&owner).is_some_and(|all| all.contains(&no))
    }

    /// Owners of at least one group, in the order of the staff.
    pub(crate) fn owners_from(&self, from: StaffNo) -> impl Iterator<Item = StaffNo> + '_ {
        self.by_owner.range(from..).filter(|(_, all)| !all.is_empty()).map(|(owner, _)| *owner)
    }

    pub(super) fn add(
        &mut self,
        chat_id: String,
        name: String,
        owner: StaffNo,
        created_at_s: i64,
        n_members: u32,
    ) {
        let no = GroupNo::at(self.rows.len());
        self.by_chat_id.insert(chat_id.clone(), no);
        self.by_owner.entry(owner).or_default().insert(no);
        self.rows.push(GroupRow {
            chat_id,
            name,
            notice: None,
            owner,
            created_at_s,
            dissolved: false,
            inherited: false,
            founder: owner,
            n_members_at_start: n_members.max(1),
            changed_members: None,
            n_member_changes: 0,
        });
    }

    pub(super) fn rename(&mut self, chat_id: &str, name: String) {
        if let Some(row) = self.row_mut(chat_id) {
            row.name = name;
        }
    }

    pub(super) fn set_notice(&mut self, chat_id: &str, notice: &str) {
        if let Some(row) = self.row_mut(chat_id) {
            row.notice = (!notice.is_empty()).then(|| notice.into());
        }
    }

    pub(super) fn dissolve(&mut self, chat_id: &str) {
        let Some(no) = self.find(chat_id) else { return };
        let row = &mut self.rows[no.index()];
        if !std::mem::replace(&mut row.dissolved, true) {
            self.n_dissolved += 1;
            self.by_owner.entry(row.owner).or_default().remove(&no);
        }
    }

    pub(super) fn change_owner(
        &mut self,
        world: &World,
        left: &BTreeSet<StaffNo>,
        chat_id: &str,
        owner: StaffNo,
        at_s: i64,
    ) {
        let Some(no) = self.find(chat_id) else { return };
        let row = &mut self.rows[no.index()];
        row.inherited = left.contains(&row.owner);
        let before = std::mem::replace(&mut row.owner, owner);
        let newcomer = members::staff(world, owner, at_s, None);
        if !row.members(world).iter().any(|member| member.userid == newcomer.userid) {
            row.change_members(world, |all| all.push(newcomer));
        }
        self.by_owner.entry(before).or_default().remove(&no);
        self.by_owner.entry(owner).or_default().insert(no);
    }

    pub(super) fn add_member(&mut self, world: &World, chat_id: &str, member: Member) {
        if let Some(row) = self.row_mut(chat_id) {
            row.change_members(world, |all| all.push(member));
        }
    }

    pub(super) fn remove_member(&mut self, world: &World, chat_id: &str, userid: &str) {
        if let Some(row) = self.row_mut(chat_id) {
            row.change_members(world, |all| all.retain(|member| member.userid != userid));
        }
    }

    /// Where members are kept, and not made from the world, they and who invited them have texts
    /// of their own.
    pub(super) fn rename_staff(&mut self, old: &str, new: &str) {
        let kept = self.rows.iter_mut().filter_map(|row| row.changed_members.as_mut());
        for member in kept.flatten() {
            if member.kind == MemberKind::Staff && member.userid == old {
                new.clone_into(&mut member.userid);
            }
            if let Some(invitor) = member.invitor.as_mut().filter(|invitor| *invitor == old) {
                new.clone_into(invitor);
            }
        }
    }

    fn row_mut(&mut self, chat_id: &str) -> Option<&mut GroupRow> {
        self.find(chat_id).map(|no| &mut self.rows[no.index()])
    }
}
