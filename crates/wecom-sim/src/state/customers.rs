//! Customers and relations as they stand: the seeded ones with everything changed since.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::{
    op::{Relation, Remark},
    world::{
        StaffNo, World,
        customers::{self, CustomerNo, Person},
    },
};

/// What differs from the seed.
#[derive(Default)]
pub(crate) struct Customers {
    /// Those who came after the start; the first has the number `world.n_customers`.
    newcomers: Vec<Person>,
    by_userid: HashMap<String, CustomerNo>,
    /// `None` is a relation that ended.
    changed: BTreeMap<(StaffNo, CustomerNo), Option<Relation>>,
    changed_by_customer: BTreeSet<(CustomerNo, StaffNo)>,
}

impl Customers {
    /// The customer with this external userid, also one whom nobody follows.
    pub(crate) fn find(&self, world: &World, userid: &str) -> Option<CustomerNo> {
        self.by_userid.get(userid).copied().or_else(|| customers::find(world, userid))
    }

    /// The person behind a number that `find` or a list gave.
    pub(crate) fn person(&self, world: &World, no: CustomerNo) -> Person {
        match no.checked_sub(world.n_customers).and_then(|n| usize::try_from(n).ok()) {
            Some(n) => self.newcomers[n].clone(),
            None => customers::person(world, no),
        }
    }

    /// How many customers there are or were, strangers included.
    pub(crate) fn n_newcomers(&self) -> usize {
        self.newcomers.len()
    }

    /// The relation of a pair, also a half one.
    pub(crate) fn relation(
        &self,
        world: &World,
        staff: StaffNo,
        no: CustomerNo,
    ) -> Option<Relation> {
        match self.changed.get(&(staff, no)) {
            Some(changed) => changed.clone(),
            None if world.friends.follows(staff, no) => Some(customers::relation(world, staff, no)),
            None => None,
        }
    }

    /// All with a relation to a customer, in the order of the staff.
    pub(crate) fn followers(&self, world: &World, no: CustomerNo) -> Vec<(StaffNo, Relation)> {
        let mut staff: BTreeSet<StaffNo> = world.friends.followers(no).into_iter().collect();
        let changed = self.changed_by_customer.range((no, StaffNo::at(0))..);
        staff.extend(changed.take_while(|(of, _)| *of == no).map(|(_, staff)| *staff));
        let pair = |staff| self.relation(world, staff, no).map(|relation| (staff, relation));
        staff.into_iter().filter_map(pair).collect()
    }

    /// The first so many customers of a member at or after `from` whom they added back.
    pub(crate) fn of_staff(
        &self,
        world: &World,
        staff: StaffNo,
        from: CustomerNo,
        limit: usize,
    ) -> Vec<CustomerNo> {
        let changed = || self.changed.range((staff, from)..=(staff, CustomerNo::MAX));
        let shown = |relation: &Option<Relation>| relation.as_ref().is_some_and(|r| !r.half);
        let n_gone = changed().filter(|(_, relation)| !shown(relation)).count();
        let seeded = world.friends.customers_of(staff, from, limit.saturating_add(n_gone));
        let seeded = seeded.into_iter().filter(|no| !self.changed.contains_key(&(staff, *no)));
        let mut found: Vec<CustomerNo> = seeded.collect();
        let changed = changed().filter(|(_, relation)| shown(relation)).map(|((_, no), _)| *no);
        found.extend(changed.take(limit));
        found.sort_unstable();
        found.truncate(limit);
        found
    }

    pub(super) fn befriend(
        &mut self,
        world: &World,
        staff: StaffNo,
        person: Person,
        relation: Relation,
    ) {
        let no = self.find(world, &person.userid).unwrap_or_else(|| {
            let n = u32::try_from(self.newcomers.len()).expect("fewer than 2^32 customers");
            let no = world.n_customers + n;
            self.by_userid.insert(person.userid.clone(), no);
            self.newcomers.push(person);
            no
        });
        self.put(staff, no, Some(relation));
    }

    pub(super) fn end(&mut self, world: &World, staff: StaffNo, userid: &str) {
        if let Some(no) = self.find(world, userid) {
            self.put(staff, no, None);
        }
    }

    pub(super) fn change(
        &mut self,
        world: &World,
        staff: StaffNo,
        userid: &str,
        change: impl FnOnce(&mut Relation),
    ) {
        let Some(no) = self.find(world, userid) else { return };
        let Some(mut relation) = self.relation(world, staff, no) else { return };
        change(&mut relation);
        self.put(staff, no, Some(relation));
    }

    fn put(&mut self, staff: StaffNo, no: CustomerNo, relation: Option<Relation>) {
        self.changed.insert((staff, no), relation);
        self.changed_by_customer.insert((no, staff));
    }
}

/// Puts what was given in the place of what was there.
pub(super) fn note(relation: &mut Relation, remark: Remark) {
    let Remark { remark, description, remark_company, remark_mobiles } = remark;
    let put = |place: &mut String, given: Option<String>| {
        if let Some(given) = given {
            *place = given;
        }
    };
    put(&mut relation.remark, remark);
    put(&mut relation.description, description);
    put(&mut relation.remark_company, remark_company);
    if let Some(mobiles) = remark_mobiles {
        relation.remark_mobiles = mobiles.into_iter().filter(|m| !m.is_empty()).collect();
    }
}

/// Takes tags away, then adds those not there.
pub(super) fn mark(relation: &mut Relation, add: Vec<String>, remove: &[String]) {
    relation.tag_ids.retain(|id| !remove.contains(id));
    for id in add {
        if !relation.tag_ids.contains(&id) {
            relation.tag_ids.push(id);
        }
    }
}
