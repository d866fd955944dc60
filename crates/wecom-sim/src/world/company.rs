//! Staff and departments change: the lists and the indexes over them.

use std::{cmp::Reverse, collections::HashMap};

use crate::{
    view::{Department, Staff, StaffDepartment},
    world::{StaffNo, World, fold},
};

impl World {
    /// Somebody new; a userid that is taken changes nothing.
    pub(crate) fn hire(&mut self, member: Staff) {
        if self.find_staff(&member.userid).is_none() {
            self.staff.push(member);
            self.index_staff();
        }
    }

    /// Gives somebody another userid; answers the one before.
    pub(crate) fn rename(&mut self, no: StaffNo, userid: String) -> String {
        let before = std::mem::replace(&mut self.staff[no.index()].userid, userid);
        self.index_staff();
        before
    }

    /// Puts somebody into other departments.
    pub(crate) fn place(&mut self, no: StaffNo, departments: Vec<StaffDepartment>) {
        self.staff[no.index()].departments = departments;
        self.index_staff();
    }

    /// Makes a department, or changes the one with its id.
    pub(crate) fn put_department(&mut self, department: Department) {
        match self.departments.iter_mut().find(|known| known.id == department.id) {
            Some(known) => *known = department,
            None => self.departments.push(department),
        }
        self.sort_departments();
    }

    pub(crate) fn remove_department(&mut self, id: u32) {
        self.departments.retain(|department| department.id != id);
    }

    pub(super) fn index_staff(&mut self) {
        let numbered = || self.staff.iter().enumerate().map(|(n, member)| (StaffNo::at(n), member));
        let by_userid = numbered().map(|(no, member)| (fold(&member.userid), no)).collect();
        let mut by_department: HashMap<u32, Vec<StaffNo>> = HashMap::new();
        for (no, member) in numbered() {
            for place in &member.departments {
                by_department.entry(place.id).or_default().push(no);
            }
        }
        for (id, members) in &mut by_department {
            members.sort_by_key(|no| {
                let places = &self.staff[no.index()].departments;
                let place = places.iter().find(|place| place.id == *id);
                Reverse(place.expect("indexed under its own departments").order)
            });
        }
        self.staff_by_folded_userid = by_userid;
        self.staff_by_department = by_department;
    }

    /// Parents before children again, else in the order there was.
    fn sort_departments(&mut self) {
        let mut left = std::mem::take(&mut self.departments);
        while !left.is_empty() {
            let known = |id: u32| id == 0 || self.departments.iter().any(|d| d.id == id);
            let Some(next) = left.iter().position(|department| known(department.parent_id)) else {
                self.departments.append(&mut left);
                return;
            };
            let department = left.remove(next);
            self.departments.push(department);
        }
    }
}
