//! Members of staff, some of them in several departments, a few unable to work with customers.

use std::collections::HashSet;

use rand::{Rng, RngExt};

use crate::{
    chance,
    config::Config,
    view::{Department, Staff, StaffDepartment},
    world::names,
};

pub(super) fn make(config: &Config, departments: &[Department]) -> Vec<Staff> {
    let mut taken = HashSet::new();
    (0..config.n_staff)
        .map(|n| {
            let mut rng = chance::rng(config.seed, "staff", n as u64);
            let (surname, surname_latin) = chance::pick(&mut rng, names::SURNAMES);
            let (given, given_latin) = chance::pick(&mut rng, names::GIVEN);
            let latin = format!("{surname_latin}{given_latin}");
            let mut userid = match n % 7 {
                5 => latin.to_lowercase(),
                6 => format!("{}.{}", surname_latin.to_lowercase(), given_latin.to_lowercase()),
                _ => latin,
            };
            if !taken.insert(userid.to_lowercase()) {
                userid = format!("{userid}-{n}");
                taken.insert(userid.to_lowercase());
            }
            // The first ones own groups when `n_owners` is given, so they must be able to work.
            let may_be_odd = n >= config.n_owners.unwrap_or(0);
            let status = match n {
                _ if may_be_odd && n % 23 == 22 => 4,
                _ if may_be_odd && n % 37 == 36 => 2,
                _ => 1,
            };
            let follows = status == 1 && !(may_be_odd && n % 17 == 16);
            let departments = places(&mut rng, n, departments);
            Staff { userid, name: format!("{surname}{given}"), status, departments, follows }
        })
        .collect()
}

/// One department for most, two or three for every sixth; the root has few direct members.
fn places(rng: &mut impl Rng, n: usize, departments: &[Department]) -> Vec<StaffDepartment> {
    let n_places = if n % 6 == 3 { 2 + n % 2 } else { 1 }.min(departments.len());
    let mut places: Vec<StaffDepartment> = Vec::new();
    while places.len() < n_places {
        let at_root = departments.len() == 1 || n.is_multiple_of(40) && places.is_empty();
        let index = if at_root { 0 } else { rng.random_range(1..departments.len()) };
        let id = departments[index].id;
        if places.iter().any(|place| place.id == id) {
            // A corp of two departments has no third place.
            if departments.len() <= n_places {
                break;
            }
            continue;
        }
        let order = if n % 50 == 7 { 2_147_484_646 } else { rng.random_range(0..10_000) };
        places.push(StaffDepartment { id, order, leader: rng.random_range(0..12) == 0 });
    }
    places
}

/// What a member does, by their place in the list.
pub(crate) fn position(index: usize) -> &'static str {
    names::POSITIONS[index % names::POSITIONS.len()]
}
