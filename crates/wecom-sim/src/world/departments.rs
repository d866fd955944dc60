//! Departments: a tree with four children to a node, and the odd ids and names that real ones have.

use crate::{config::Config, view::Department, world::names};

/// An id above 2^31, as some corps have.
const LARGE_ID: u32 = 2_147_484_646;

pub(super) fn make(config: &Config) -> Vec<Department> {
    let mut made: Vec<Department> = Vec::with_capacity(config.n_departments);
    for n in 0..config.n_departments {
        let last_of_many = n + 1 == config.n_departments && n >= 3;
        let id = if last_of_many { LARGE_ID } else { number(n + 1) };
        let parent_id = if n == 0 { 0 } else { made[parent(n)].id };
        let order = if n % 9 == 4 { LARGE_ID } else { number(100_000 - 100 * (n % 1_000)) };
        made.push(Department { id, name: name(n), parent_id, order });
    }
    made
}

fn parent(n: usize) -> usize {
    (n - 1) / 4
}

/// The company, its regions, their teams, and numbered squads below.
fn name(n: usize) -> String {
    let team = |n: usize| names::TEAMS[n % names::TEAMS.len()];
    let region = |n: usize| names::REGIONS[n % names::REGIONS.len()];
    match n {
        0 => names::COMPANY.to_owned(),
        1..=4 => region(n).to_owned(),
        5..=20 if n % 11 == 5 => format!("{},{}", team(n), region(parent(n))),
        5..=20 if n % 11 == 8 => format!("{}，{}", region(parent(n)), team(n)),
        5..=20 => format!("{}{}", region(parent(n)), team(n)),
        _ => format!("{}{n}组", team(n)),
    }
}

fn number(n: usize) -> u32 {
    u32::try_from(n).expect("fewer than 2^32 departments")
}
