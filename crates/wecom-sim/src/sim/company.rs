//! What the administrator does with staff and departments in the console.

use crate::{
    callback::Event,
    desk::Desk,
    error::Error,
    op::Op,
    sim::{Sim, who::staff},
    view::{Department, StaffDepartment},
    world::StaffNo,
};

impl Sim {
    /// A member of staff leaves the company; their groups wait for another owner.
    pub fn staff_leaves(&self, userid: &str) -> Result<(), Error> {
        let desk = &mut *self.desk();
        let no = staff(desk, userid)?;
        let userid = desk.state.world.member(no).userid.clone();
        desk.record(Op::StaffLeft { at_ms: desk.now_ms(), userid: userid.clone() })?;
        desk.tell(&Event::contact("delete_user").text("UserID", &userid));
        if desk.sees(no) {
            desk.tell(&Event::subscription(&userid, "unsubscribe"));
        }
        Ok(())
    }

    /// Somebody begins to work in these departments, activated and with customer contact.
    pub fn add_staff(&self, userid: &str, name: &str, departments: &[u32]) -> Result<(), Error> {
        let desk = &mut *self.desk();
        check_new_userid(desk, userid)?;
        let departments = places(desk, departments)?;
        let event = user_event("create_user", userid, &departments);
        desk.record(Op::StaffJoined {
            at_ms: desk.now_ms(),
            userid: userid.to_owned(),
            name: name.to_owned(),
            departments,
        })?;
        desk.tell(&event);
        let no = staff(desk, userid)?;
        tell_subscription(desk, no, false);
        Ok(())
    }

    /// A member of staff goes to other departments.
    pub fn move_staff(&self, userid: &str, departments: &[u32]) -> Result<(), Error> {
        let desk = &mut *self.desk();
        let no = staff(desk, userid)?;
        let was_seen = desk.sees(no);
        let departments = places(desk, departments)?;
        let userid = desk.state.world.member(no).userid.clone();
        let event = user_event("update_user", &userid, &departments);
        desk.record(Op::StaffMoved { at_ms: desk.now_ms(), userid, departments })?;
        desk.tell(&event);
        tell_subscription(desk, no, was_seen);
        Ok(())
    }

    /// A member of staff gets another userid, by which everything of theirs goes on.
    ///
    /// WeCom allows it once, for an id that it made itself; here it is allowed to all.
    pub fn rename_userid(&self, userid: &str, new_userid: &str) -> Result<(), Error> {
        let desk = &mut *self.desk();
        let no = staff(desk, userid)?;
        check_new_userid(desk, new_userid)?;
        let member = desk.state.world.member(no);
        let userid = member.userid.clone();
        let event = user_event("update_user", &userid, &member.departments);
        let new_userid = new_userid.to_owned();
        let event = event.text("NewUserID", &new_userid);
        desk.record(Op::StaffRenamed { at_ms: desk.now_ms(), userid, new_userid })?;
        desk.tell(&event);
        Ok(())
    }

    /// A department is made; gives its id.
    pub fn add_department(&self, name: &str, parent_id: u32) -> Result<u32, Error> {
        let desk = &mut *self.desk();
        find(desk, parent_id)?;
        let departments = &desk.state.world.departments;
        // One id of the seed is near 2^31; new ones go on after the small ones.
        let small = departments.iter().map(|department| department.id).filter(|id| *id < 1 << 31);
        let id = small.max().unwrap_or(0) + 1;
        let department = Department { id, name: name.to_owned(), parent_id, order: 0 };
        desk.record(Op::DepartmentAdded { at_ms: desk.now_ms(), department })?;
        desk.refresh_visible();
        desk.tell(&Event::contact("create_party").number("Id", id).number("ParentId", parent_id));
        Ok(id)
    }

    /// A department gets another name or parent; only a new parent is told in a callback.
    pub fn change_department(
        &self,
        id: u32,
        name: Option<&str>,
        parent_id: Option<u32>,
    ) -> Result<(), Error> {
        let desk = &mut *self.desk();
        let mut department = find(desk, id)?;
        let moved = parent_id.is_some_and(|parent_id| parent_id != department.parent_id);
        if let Some(parent_id) = parent_id.filter(|_| moved) {
            find(desk, parent_id)?;
            let below = desk.state.world.subtree(id);
            if department.parent_id == 0 || below.iter().any(|d| d.id == parent_id) {
                return Err(Error::Department { id, why: "cannot be moved there" });
            }
            department.parent_id = parent_id;
        }
        if let Some(name) = name {
            name.clone_into(&mut department.name);
        }
        let parent_id = department.parent_id;
        desk.record(Op::DepartmentChanged { at_ms: desk.now_ms(), department })?;
        desk.refresh_visible();
        if moved {
            let event = Event::contact("update_party").number("Id", id);
            desk.tell(&event.number("ParentId", parent_id));
        }
        Ok(())
    }

    /// An empty department is removed.
    pub fn remove_department(&self, id: u32) -> Result<(), Error> {
        let desk = &mut *self.desk();
        find(desk, id)?;
        let world = &desk.state.world;
        let present = |no: &StaffNo| !desk.state.left.contains(no);
        if world.subtree(id).len() > 1 || world.members_of(id).iter().any(present) {
            return Err(Error::Department { id, why: "is not empty" });
        }
        desk.record(Op::DepartmentRemoved { at_ms: desk.now_ms(), id })?;
        desk.refresh_visible();
        desk.tell(&Event::contact("delete_party").number("Id", id));
        Ok(())
    }
}

fn check_new_userid(desk: &Desk, userid: &str) -> Result<(), Error> {
    let well_formed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let fits = (1..=64).contains(&userid.len()) && userid.bytes().all(well_formed);
    if fits && desk.state.world.find_staff(userid).is_none() {
        Ok(())
    } else {
        Err(Error::UseridTaken(userid.to_owned()))
    }
}

fn find(desk: &Desk, id: u32) -> Result<Department, Error> {
    let mut departments = desk.state.world.departments.iter();
    departments.find(|department| department.id == id).cloned().ok_or(Error::UnknownDepartment(id))
}

fn places(desk: &Desk, ids: &[u32]) -> Result<Vec<StaffDepartment>, Error> {
    let place = |id: &u32| {
        find(desk, *id).map(|department| StaffDepartment {
            id: department.id,
            order: 0,
            leader: false,
        })
    };
    // WeCom puts somebody without a department into the root.
    if ids.is_empty() { Ok(vec![place(&1)?]) } else { ids.iter().map(place).collect() }
}

fn user_event(change: &str, userid: &str, departments: &[StaffDepartment]) -> Event {
    let ids: Vec<String> = departments.iter().map(|place| place.id.to_string()).collect();
    Event::contact(change).text("UserID", userid).text("Department", &ids.join(","))
}

/// Tells the app of somebody who came into its visible range or left it.
pub(super) fn tell_subscription(desk: &mut Desk, no: StaffNo, was_seen: bool) {
    let event = match (was_seen, desk.sees(no)) {
        (false, true) => "subscribe",
        (true, false) => "unsubscribe",
        (true, true) | (false, false) => return,
    };
    let userid = desk.state.world.member(no).userid.clone();
    desk.tell(&Event::subscription(&userid, event));
}
