//! The corp as the seed makes it, and its people and departments as they stand.
//!
//! What people do is `state`; only who works where is kept up to date here, by `company`, for it is
//! looked up at every turn. What the seed decides about groups and customers never changes.
//!
//! Group members are not kept: `members` makes a group's list whenever it is asked for.

mod company;
pub(crate) mod customers;
mod departments;
mod groups;
pub(crate) mod members;
mod names;
pub(crate) mod staff;
mod tags;

use std::collections::{HashMap, HashSet};

use crate::{
    config::Config,
    error::Error,
    view::{Department, Staff},
};

use customers::Friends;
pub(crate) use groups::SeededGroup;
pub(crate) use tags::TagGroup;

/// A member of staff by their place in the world's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct StaffNo(u32);

impl StaffNo {
    pub(crate) fn at(index: usize) -> Self {
        Self(u32::try_from(index).expect("fewer than 2^32 members of staff"))
    }

    pub(crate) fn index(self) -> usize {
        usize::try_from(self.0).expect("usize has 32 bits at least")
    }
}

/// What the seed made.
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) departments: Vec<Department>,
    pub(crate) staff: Vec<Staff>,
    pub(crate) tags: Vec<TagGroup>,
    /// How many people outside there are; groups share them, and staff follow the first of them.
    pub(crate) n_customers: u32,
    pub(crate) friends: Friends,
    /// Seeded groups and relations are older than this.
    pub(crate) made_before_s: i64,
    n_staff_at_start: usize,
    staff_by_folded_userid: HashMap<String, StaffNo>,
    staff_by_department: HashMap<u32, Vec<StaffNo>>,
}

impl World {
    /// Makes the corp and its first groups.
    pub(crate) fn make(config: &Config) -> Result<(Self, Vec<SeededGroup>), Error> {
        for (what, n) in [("n_departments", config.n_departments), ("n_staff", config.n_staff)] {
            if n == 0 {
                return Err(Error::TooSmall { what });
            }
        }
        let departments = departments::make(config);
        let staff = staff::make(config, &departments);
        let per_group = config.n_members_per_group.max(1);
        let n_customers = match config.n_customers {
            0 => (config.n_groups * per_group / 2).max(1_000 + 16 * per_group),
            // Every twentieth in the groups is nobody's friend.
            n => n + n / 20 + 100 + 16 * per_group,
        };
        let followers = staff.iter().enumerate().filter(|(_, member)| member.follows);
        let followers = followers.map(|(n, _)| StaffNo::at(n)).collect();
        let n_friends = u32::try_from(config.n_customers).unwrap_or(u32::MAX);
        let mut world = Self {
            seed: config.seed,
            friends: Friends::of(config.seed, n_friends, followers),
            made_before_s: config.groups_made_before_s,
            n_staff_at_start: staff.len(),
            tags: tags::make(config),
            n_customers: u32::try_from(n_customers).unwrap_or(u32::MAX),
            departments,
            staff,
            staff_by_folded_userid: HashMap::new(),
            staff_by_department: HashMap::new(),
        };
        world.index_staff();
        let groups = groups::make(config, &world);
        Ok((world, groups))
    }

    /// The member with this userid in any case, also when they left.
    pub(crate) fn find_staff(&self, userid: &str) -> Option<StaffNo> {
        self.staff_by_folded_userid.get(&fold(userid)).copied()
    }

    pub(crate) fn member(&self, no: StaffNo) -> &Staff {
        &self.staff[no.index()]
    }

    /// The direct members of a department, largest order first.
    pub(crate) fn members_of(&self, department: u32) -> &[StaffNo] {
        self.staff_by_department.get(&department).map_or(&[], Vec::as_slice)
    }

    /// The department and everything below it, parents first; empty for an unknown id.
    pub(crate) fn subtree(&self, root: u32) -> Vec<&Department> {
        // A parent stands before its children in the list, so one pass is enough.
        let mut ids = HashSet::from([root]);
        let mut found = Vec::new();
        for department in &self.departments {
            if department.id == root || ids.contains(&department.parent_id) {
                ids.insert(department.id);
                found.push(department);
            }
        }
        found
    }
}

fn fold(userid: &str) -> String {
    userid.to_ascii_lowercase()
}
