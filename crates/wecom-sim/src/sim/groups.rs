//! What people do with groups in the client.

use crate::{
    callback::Event,
    chance,
    desk::{Desk, Lagging},
    error::Error,
    op::Op,
    sim::{
        Sim,
        who::{customer, group, staff},
    },
    world::StaffNo,
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
        let op = Op::GroupAdded {
            at_ms: desk.now_ms(),
            chat_id: chat_id.clone(),
            owner: desk.state.world.member(owner).userid.clone(),
            name: name.to_owned(),
            n_members,
        };
        desk.record_late(Lagging::Group(&chat_id), op)?;
        desk.tell(&Event::chat(owner, "create", &chat_id));
        Ok(chat_id)
    }

    /// Gives a group another name, also the empty one.
    pub fn rename_group(&self, chat_id: &str, name: &str) -> Result<(), Error> {
        let desk = &mut *self.desk();
        let owner = group(desk, chat_id)?.owner;
        let (at_ms, name) = (desk.now_ms(), name.to_owned());
        let op = Op::GroupRenamed { at_ms, chat_id: chat_id.to_owned(), name };
        desk.record_late(Lagging::Group(chat_id), op)?;
        desk.tell(&update(owner, chat_id, "change_name"));
        Ok(())
    }

    /// Gives a group another notice; empty takes it away.
    pub fn set_notice(&self, chat_id: &str, notice: &str) -> Result<(), Error> {
        let desk = &mut *self.desk();
        let owner = group(desk, chat_id)?.owner;
        let (at_ms, notice) = (desk.now_ms(), notice.to_owned());
        let op = Op::GroupNoticed { at_ms, chat_id: chat_id.to_owned(), notice };
        desk.record_late(Lagging::Group(chat_id), op)?;
        desk.tell(&update(owner, chat_id, "change_notice"));
        Ok(())
    }

    /// Ends a group for good.
    pub fn dissolve_group(&self, chat_id: &str) -> Result<(), Error> {
        let desk = &mut *self.desk();
        let owner = group(desk, chat_id)?.owner;
        let at_ms = desk.now_ms();
        let op = Op::GroupDissolved { at_ms, chat_id: chat_id.to_owned() };
        desk.record_late(Lagging::Group(chat_id), op)?;
        desk.tell(&Event::chat(owner, "dismiss", chat_id));
        Ok(())
    }

    /// Makes a present member of staff the owner; they join when they were not in the group.
    pub fn change_owner(&self, chat_id: &str, owner: &str) -> Result<(), Error> {
        let desk = &mut *self.desk();
        let version = group(desk, chat_id)?.member_version();
        let owner = staff(desk, owner)?;
        let userid = desk.state.world.member(owner).userid.clone();
        let op = Op::OwnerChanged {
            at_ms: desk.now_ms(),
            chat_id: chat_id.to_owned(),
            owner: userid.clone(),
        };
        desk.record_late(Lagging::Group(chat_id), op)?;
        if group(desk, chat_id)?.member_version() != version {
            tell_members(desk, chat_id, &version, Change::Joined { by_code: false }, &userid)?;
        }
        desk.tell(&update(owner, chat_id, "change_owner"));
        Ok(())
    }

    /// A new customer joins by the group's code; gives the external userid.
    pub fn add_member(&self, chat_id: &str, name: &str) -> Result<String, Error> {
        self.join_group(chat_id, Joining { name: name.to_owned(), ..Joining::default() })
    }

    /// Somebody joins a group; gives the userid.
    pub fn join_group(&self, chat_id: &str, joining: Joining) -> Result<String, Error> {
        let desk = &mut *self.desk();
        let version = group(desk, chat_id)?.member_version();
        let invitor = joining.invitor.as_deref().map(|userid| staff(desk, userid)).transpose()?;
        let invitor = invitor.map(|no| desk.state.world.member(no).userid.clone());
        let (userid, name, unionid) = match &joining.external_userid {
            Some(userid) => {
                let no = customer(desk, userid)?;
                let person = desk.state.customers.person(&desk.state.world, no);
                (person.userid, person.name, person.unionid)
            }
            None => {
                let mut rng = chance::rng(desk.config.seed, &format!("{chat_id} {version}"), 0);
                (chance::id(&mut rng, "wm", 30), joining.name, None)
            }
        };
        let members = group(desk, chat_id)?.members(&desk.state.world);
        if members.iter().any(|member| member.userid == userid) {
            return Err(Error::MemberAlready { chat_id: chat_id.to_owned(), userid });
        }
        let by_code = invitor.is_none();
        let op = Op::MemberAdded {
            at_ms: desk.now_ms(),
            chat_id: chat_id.to_owned(),
            userid: userid.clone(),
            name,
            unionid,
            invitor,
        };
        desk.record_late(Lagging::Group(chat_id), op)?;
        tell_members(desk, chat_id, &version, Change::Joined { by_code }, &userid)?;
        Ok(userid)
    }

    /// Somebody leaves a group; not its owner.
    pub fn remove_member(&self, chat_id: &str, userid: &str) -> Result<(), Error> {
        self.member_goes(chat_id, userid, false)
    }

    /// Somebody is put out of a group by its owner.
    pub fn put_out_member(&self, chat_id: &str, userid: &str) -> Result<(), Error> {
        self.member_goes(chat_id, userid, true)
    }

    fn member_goes(&self, chat_id: &str, userid: &str, put_out: bool) -> Result<(), Error> {
        let desk = &mut *self.desk();
        let row = group(desk, chat_id)?;
        let version = row.member_version();
        let is_owner = desk.state.world.member(row.owner).userid == userid;
        let members = row.members(&desk.state.world);
        if is_owner || !members.iter().any(|member| member.userid == userid) {
            let (chat_id, userid) = (chat_id.to_owned(), userid.to_owned());
            return Err(Error::UnknownMember { chat_id, userid });
        }
        let op = Op::MemberRemoved {
            at_ms: desk.now_ms(),
            chat_id: chat_id.to_owned(),
            userid: userid.to_owned(),
        };
        desk.record_late(Lagging::Group(chat_id), op)?;
        tell_members(desk, chat_id, &version, Change::Gone { put_out }, userid)
    }
}

/// How somebody comes into a group.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default)]
pub struct Joining {
    /// A newcomer's name.
    pub name: String,
    /// Somebody who is known; `None` for a newcomer.
    pub external_userid: Option<String>,
    /// The member of staff who invited them; `None` for the group's code.
    pub invitor: Option<String>,
}

enum Change {
    Joined { by_code: bool },
    Gone { put_out: bool },
}

/// An event of members with the versions before and after; its scenes are not those of
/// `groupchat/get`: 0 invited and 3 by code, 0 left and 1 put out.
fn tell_members(
    desk: &mut Desk,
    chat_id: &str,
    last_version: &str,
    change: Change,
    userid: &str,
) -> Result<(), Error> {
    let row = group(desk, chat_id)?;
    let (owner, version) = (row.owner, row.member_version());
    let event = match change {
        Change::Joined { by_code } => {
            let scene = if by_code { 3 } else { 0 };
            update(owner, chat_id, "add_member").number("JoinScene", scene)
        }
        Change::Gone { put_out } => {
            update(owner, chat_id, "del_member").number("QuitScene", u8::from(put_out))
        }
    };
    let event = event.number("MemChangeCnt", 1).items("MemChangeList", &[userid]);
    desk.tell(&event.text("LastMemVer", last_version).text("CurMemVer", &version));
    Ok(())
}

fn update(owner: StaffNo, chat_id: &str, detail: &str) -> Event {
    Event::chat(owner, "update", chat_id).text("UpdateDetail", detail)
}
