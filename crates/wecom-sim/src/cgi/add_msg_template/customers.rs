//! Which customers a message goes to, and which member has to send to each.
//!
//! A customer whom several members follow gets it from the one who was last in touch with them.
//! The simulator knows no chats, so that is the member whose relation is the youngest. Members who
//! were deleted by the customer, have left or are outside the visible range do not count.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashSet},
};

use serde::Deserialize;

use crate::{
    desk::Desk,
    op::{CustomerTask, Relation},
    wire::Refusal,
    world::{StaffNo, customers::CustomerNo},
};

const MAX_CUSTOMERS: usize = 10_000;
const MAX_TAGS_OF_GROUP: usize = 100;

#[derive(Deserialize)]
pub(super) struct Asked {
    external_userid: Option<Vec<String>>,
    tag_filter: Option<TagFilter>,
}

#[derive(Deserialize)]
struct TagFilter {
    group_list: Option<Vec<TagGroup>>,
}

#[derive(Deserialize)]
struct TagGroup {
    tag_list: Option<Vec<String>>,
}

/// Tasks by member, and external userids.
pub(super) struct Targets {
    /// At least one.
    pub(super) tasks: Vec<CustomerTask>,
    pub(super) refused: Vec<String>,
}

/// Names win over tags. A sender alone means all of their customers.
pub(super) fn targets(
    desk: &Desk,
    sender: Option<StaffNo>,
    asked: Asked,
) -> Result<Targets, Refusal> {
    let named = asked.external_userid.unwrap_or_default();
    if named.len() > MAX_CUSTOMERS {
        return Err(Refusal::field("external_userid", "exceed max length 10000"));
    }
    let tags = tags(desk, asked.tag_filter)?;
    let mut tasks = Tasks::default();
    if named.is_empty() {
        if sender.is_none() && tags.is_empty() {
            return Err(Refusal::of(40063));
        }
        for customer in customers_of(desk, sender) {
            _ = tasks.add(desk, customer, |staff, relation| {
                sender.is_none_or(|sender| sender == staff) && has_tags(relation, &tags)
            });
        }
    } else {
        let mut seen = HashSet::new();
        for userid in named.into_iter().filter(|userid| seen.insert(userid.clone())) {
            let found = desk.state.customers.find(&desk.state.world, &userid);
            let of_sender =
                |staff, _: &Relation| sender.is_none_or(|sender: StaffNo| sender == staff);
            if !found.is_some_and(|customer| tasks.add(desk, customer, of_sender)) {
                tasks.refused.push(userid);
            }
        }
    }
    tasks.close(desk)
}

/// The tags of each group, one of which a customer needs.
fn tags(desk: &Desk, filter: Option<TagFilter>) -> Result<Vec<Vec<String>>, Refusal> {
    let groups = filter.and_then(|filter| filter.group_list).unwrap_or_default();
    let groups = groups.into_iter().map(|group| group.tag_list.unwrap_or_default());
    let groups: Vec<Vec<String>> = groups.filter(|tags| !tags.is_empty()).collect();
    if groups.iter().any(|tags| tags.len() > MAX_TAGS_OF_GROUP) {
        return Err(Refusal::field("tag_list", "exceed max length 100"));
    }
    if groups.iter().flatten().any(|id| desk.state.tags.tag(id).is_none()) {
        return Err(Refusal::of(40068));
    }
    Ok(groups)
}

fn has_tags(relation: &Relation, groups: &[Vec<String>]) -> bool {
    groups.iter().all(|tags| tags.iter().any(|tag| relation.tag_ids.contains(tag)))
}

/// Of one member, or of all in the visible range.
fn customers_of(desk: &Desk, sender: Option<StaffNo>) -> BTreeSet<CustomerNo> {
    let state = &desk.state;
    let staff = match sender {
        Some(sender) => vec![sender],
        None => (0..state.world.staff.len()).map(StaffNo::at).collect(),
    };
    let of = |staff| state.customers.of_staff(&state.world, staff, 0, usize::MAX >> 1);
    staff.into_iter().filter(|no| may_send(desk, *no)).flat_map(of).collect()
}

fn may_send(desk: &Desk, no: StaffNo) -> bool {
    !desk.state.left.contains(&no) && desk.sees(no)
}

#[derive(Default)]
struct Tasks {
    by_sender: BTreeMap<StaffNo, Vec<CustomerNo>>,
    refused: Vec<String>,
}

impl Tasks {
    /// Gives a customer to one of the followers who fit; false when there is none.
    fn add(
        &mut self,
        desk: &Desk,
        customer: CustomerNo,
        fits: impl Fn(StaffNo, &Relation) -> bool,
    ) -> bool {
        let followers = desk.state.customers.followers(&desk.state.world, customer).into_iter();
        let sender = followers
            .filter(|(_, relation)| !relation.half && !relation.left)
            .filter(|(staff, relation)| may_send(desk, *staff) && fits(*staff, relation))
            .max_by_key(|(staff, relation)| (relation.created_at_s, Reverse(*staff)));
        let Some((sender, _)) = sender else { return false };
        self.by_sender.entry(sender).or_default().push(customer);
        true
    }

    fn close(self, desk: &Desk) -> Result<Targets, Refusal> {
        if self.by_sender.is_empty() {
            return Err(Refusal::of(41048));
        }
        let state = &desk.state;
        let userid = |no| state.customers.person(&state.world, no).userid;
        let task = |(sender, customers): (StaffNo, Vec<CustomerNo>)| CustomerTask {
            sender: state.world.member(sender).userid.clone(),
            external_userids: customers.into_iter().map(userid).collect(),
        };
        let tasks = self.by_sender.into_iter().map(task).collect();
        Ok(Targets { tasks, refused: self.refused })
    }
}
