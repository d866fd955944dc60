//! What staff and customers do with each other in the client.

use crate::{
    callback::Event,
    chance,
    desk::{Desk, Lagging},
    error::Error,
    op::{Op, Relation, Remark},
    sim::{
        Sim, look,
        who::{customer, friends, staff},
    },
    view::Customer,
    world::{StaffNo, customers::Person},
};

/// How a member of staff and a customer meet.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default)]
pub struct Meeting {
    /// Somebody who is there already, a stranger in a group for one; `None` for a newcomer.
    pub external_userid: Option<String>,
    /// A newcomer's name.
    pub name: String,
    /// WeCom's number for the way; 1 is a scanned code.
    pub add_way: u8,
    /// The live code's parameter.
    pub state: String,
    /// The member added the customer, not the other way.
    pub added_by_member: bool,
    /// The member does not add back, and no call shows the relation.
    pub half: bool,
}

impl Sim {
    /// Somebody becomes a customer of a member of staff; gives the external userid.
    ///
    /// A half relation becomes whole, and one that the customer left begins anew.
    pub fn customer_adds(&self, userid: &str, meeting: Meeting) -> Result<String, Error> {
        let desk = &mut *self.desk();
        let staff = staff(desk, userid)?;
        let state = &desk.state;
        let (person, known) = match &meeting.external_userid {
            None => {
                let n = state.customers.n_newcomers() as u64;
                let mut rng = chance::rng(desk.config.seed, "new customer", n);
                let external_userid = chance::id(&mut rng, "wm", 30);
                let unionid = Some(chance::id(&mut rng, "oz", 26));
                let name = meeting.name;
                (Person { userid: external_userid, name, unionid, gender: 0 }, None)
            }
            Some(userid) => {
                let no = customer(desk, userid)?;
                let relation = state.customers.relation(&state.world, staff, no);
                (state.customers.person(&state.world, no), relation)
            }
        };
        let userid = state.world.member(staff).userid.clone();
        if known.as_ref().is_some_and(|relation| !relation.half && !relation.left) {
            return Err(Error::AlreadyFriends { userid, external_userid: person.userid });
        }
        let at_ms = desk.now_ms();
        let relation = Relation {
            created_at_s: at_ms.div_euclid(1_000),
            add_way: meeting.add_way,
            state: meeting.state,
            added_by_member: meeting.added_by_member,
            half: meeting.half,
            left: false,
            ..known.unwrap_or_default()
        };
        let external_userid = person.userid.clone();
        let change =
            if relation.half { "add_half_external_contact" } else { "add_external_contact" };
        let event = Event::customer(staff, change)
            .text("UserID", &userid)
            .text("ExternalUserID", &external_userid)
            .text_unless_empty("State", &relation.state);
        let op = Op::CustomerAdded {
            at_ms,
            userid,
            external_userid: person.userid,
            name: person.name,
            unionid: person.unionid,
            relation,
        };
        desk.record_late(Lagging::Customer(&external_userid), op)?;
        desk.tell(&event);
        Ok(external_userid)
    }

    /// A member of staff deletes a customer; the relation is gone for every call.
    pub fn staff_deletes_customer(&self, userid: &str, customer: &str) -> Result<(), Error> {
        let desk = &mut *self.desk();
        let (staff, ..) = friends(desk, userid, customer)?;
        let userid = desk.state.world.member(staff).userid.clone();
        let (at_ms, external_userid) = (desk.now_ms(), customer.to_owned());
        let op = Op::CustomerDeleted { at_ms, userid, external_userid };
        desk.record_late(Lagging::Customer(customer), op)?;
        tell(desk, staff, "del_external_contact", customer);
        Ok(())
    }

    /// A customer deletes a member of staff, whose side of the relation stays.
    pub fn customer_deletes_staff(&self, userid: &str, customer: &str) -> Result<(), Error> {
        let desk = &mut *self.desk();
        let (staff, ..) = friends(desk, userid, customer)?;
        let userid = desk.state.world.member(staff).userid.clone();
        let (at_ms, external_userid) = (desk.now_ms(), customer.to_owned());
        let op = Op::CustomerLeft { at_ms, userid, external_userid };
        desk.record_late(Lagging::Customer(customer), op)?;
        tell(desk, staff, "del_follow_user", customer);
        Ok(())
    }

    /// A member of staff notes something about a customer.
    pub fn remark_customer(
        &self,
        userid: &str,
        customer: &str,
        remark: Remark,
    ) -> Result<(), Error> {
        let desk = &mut *self.desk();
        let (staff, ..) = friends(desk, userid, customer)?;
        let userid = desk.state.world.member(staff).userid.clone();
        let (at_ms, external_userid) = (desk.now_ms(), customer.to_owned());
        let others = (&remark.remark, &remark.description, &remark.remark_company);
        let only_mobiles = others == (&None, &None, &None);
        let op = Op::CustomerRemarked { at_ms, userid, external_userid, remark };
        desk.record_late(Lagging::Customer(customer), op)?;
        if !only_mobiles || desk.outbox.policy.mobiles_are_told {
            tell(desk, staff, "edit_external_contact", customer);
        }
        Ok(())
    }

    /// A member of staff marks a customer with corp tags, or takes them away.
    pub fn mark_customer(
        &self,
        userid: &str,
        customer: &str,
        add: &[String],
        remove: &[String],
    ) -> Result<(), Error> {
        let desk = &mut *self.desk();
        let (staff, ..) = friends(desk, userid, customer)?;
        let unknown = |id: &&String| desk.state.tags.tag(id).is_none();
        if let Some(id) = add.iter().find(unknown) {
            return Err(Error::UnknownTag(id.clone()));
        }
        let userid = desk.state.world.member(staff).userid.clone();
        let (at_ms, external_userid) = (desk.now_ms(), customer.to_owned());
        let (add, remove) = (add.to_vec(), remove.to_vec());
        let op = Op::CustomerMarked { at_ms, userid, external_userid, add, remove };
        desk.record_late(Lagging::Customer(customer), op)?;
        tell(desk, staff, "edit_external_contact", customer);
        Ok(())
    }

    /// One customer; `None` for somebody unknown. Somebody whom nobody follows has no followers.
    pub fn customer(&self, external_userid: &str) -> Option<Customer> {
        let desk = self.desk();
        let no = desk.state.customers.find(&desk.state.world, external_userid)?;
        Some(look::customer(&desk, no))
    }

    /// Everybody whom staff follow, with all followers. Large worlds make a large list.
    pub fn customers(&self) -> Vec<Customer> {
        let desk = self.desk();
        let all = (0..desk.state.n_people()).map(|no| look::customer(&desk, no));
        all.filter(|customer| !customer.followers.is_empty()).collect()
    }
}

fn tell(desk: &mut Desk, staff: StaffNo, change: &str, external_userid: &str) {
    let userid = desk.state.world.member(staff).userid.clone();
    let event = Event::customer(staff, change);
    desk.tell(&event.text("UserID", &userid).text("ExternalUserID", external_userid));
}
