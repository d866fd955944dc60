//! What people do with groups in the client, and a member of staff who leaves.

use crate::{
    chance, desk::Desk, error::Error, op::Op, sim::Sim, state::groups::GroupRow, world::StaffNo,
};

const MAX_MEMBERS: usize = 500;

impl Sim {
    /// The owner writes into a group by hand.
    pub fn post(&self, owner: &str, chat_id: &str, text: &str) -> Result<(), Error> {
        let desk = &mut *self.desk();
        let sender = staff(desk, owner)?;
        if group(desk, chat_id)?.owner != sender {
            let (owner, chat_id) = (owner.to_owned(), chat_id.to_owned());
            return Err(Error::NotTheOwner { owner, chat_id });
        }
        desk.record(Op::PostedByHand {
            at_ms: desk.now_ms(),
            owner: desk.state.world.member(sender).userid.clone(),
            chat_id: chat_id.to_owned(),
            text: text.to_owned(),
        })
    }

    /// Somebody makes a group of 1 to 500 members, owner included; gives its chat id.
    pub fn add_group(&self, owner: &str, name: &str, member_count: usize) -> Result<String, Error> {
        let desk = &mut *self.desk();
        let owner = staff(desk, owner)?;
        let n = desk.state.groups.rows().len() as u64;
        let chat_id = chance::id(&mut chance::rng(desk.config.seed, "new group", n), "wr", 30);
        let n_members = u32::try_from(member_count.clamp(1, MAX_MEMBERS)).expect("at most 500");
        desk.record(Op::GroupAdded {
            at_ms: desk.now_ms(),
            chat_id: chat_id.clone(),
            owner: desk.state.world.member(owner).userid.clone(),
            name: name.to_owned(),
            n_members,
        })?;
        Ok(chat_id)
    }

    /// Gives a group another name, also the empty one.
    pub fn rename_group(&self, chat_id: &str, name: &str) -> Result<(), Error> {
        let desk = &mut *self.desk();
        group(desk, chat_id)?;
        let (at_ms, name) = (desk.now_ms(), name.to_owned());
        desk.record(Op::GroupRenamed { at_ms, chat_id: chat_id.to_owned(), name })
    }

    /// Ends a group for good.
    pub fn dissolve_group(&self, chat_id: &str) -> Result<(), Error> {
        let desk = &mut *self.desk();
        group(desk, chat_id)?;
        let at_ms = desk.now_ms();
        desk.record(Op::GroupDissolved { at_ms, chat_id: chat_id.to_owned() })
    }

    /// Makes a present member of staff the owner; they join when they were not in the group.
    pub fn change_owner(&self, chat_id: &str, owner: &str) -> Result<(), Error> {
        let desk = &mut *self.desk();
        group(desk, chat_id)?;
        let owner = staff(desk, owner)?;
        desk.record(Op::OwnerChanged {
            at_ms: desk.now_ms(),
            chat_id: chat_id.to_owned(),
            owner: desk.state.world.member(owner).userid.clone(),
        })
    }

    /// A new customer joins by the group's code; gives the external userid.
    pub fn add_member(&self, chat_id: &str, name: &str) -> Result<String, Error> {
        let desk = &mut *self.desk();
        let version = group(desk, chat_id)?.member_version();
        let mut rng = chance::rng(desk.config.seed, &format!("{chat_id} {version}"), 0);
        let userid = chance::id(&mut rng, "wm", 30);
        desk.record(Op::MemberAdded {
            at_ms: desk.now_ms(),
            chat_id: chat_id.to_owned(),
            userid: userid.clone(),
            name: name.to_owned(),
        })?;
        Ok(userid)
    }

    /// Somebody leaves a group or is put out; not its owner.
    pub fn remove_member(&self, chat_id: &str, userid: &str) -> Result<(), Error> {
        let desk = &mut *self.desk();
        let row = group(desk, chat_id)?;
        let is_owner = desk.state.world.member(row.owner).userid == userid;
        let members = row.members(&desk.state.world);
        if is_owner || !members.iter().any(|member| member.userid == userid) {
            let (chat_id, userid) = (chat_id.to_owned(), userid.to_owned());
            return Err(Error::UnknownMember { chat_id, userid });
        }
        let (at_ms, userid) = (desk.now_ms(), userid.to_owned());
        desk.record(Op::MemberRemoved { at_ms, chat_id: chat_id.to_owned(), userid })
    }

    /// A member of staff leaves the company; their groups wait for another owner.
    pub fn staff_leaves(&self, userid: &str) -> Result<(), Error> {
        let desk = &mut *self.desk();
        let no = staff(desk, userid)?;
        let userid = desk.state.world.member(no).userid.clone();
        desk.record(Op::StaffLeft { at_ms: desk.now_ms(), userid })
    }
}

fn staff(desk: &Desk, userid: &str) -> Result<StaffNo, Error> {
    desk.state.present(userid).ok_or_else(|| Error::UnknownStaff(userid.to_owned()))
}

fn group<'a>(desk: &'a Desk, chat_id: &str) -> Result<&'a GroupRow, Error> {
    let unknown = || Error::UnknownGroup(chat_id.to_owned());
    let no = desk.state.groups.find(chat_id).ok_or_else(unknown)?;
    let row = desk.state.groups.row(no);
    if row.dissolved { Err(Error::Dissolved(chat_id.to_owned())) } else { Ok(row) }
}
