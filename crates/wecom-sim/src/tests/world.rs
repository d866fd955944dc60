use std::collections::HashSet;

use ambient::ManualClock;

use crate::{Config, Sim};

fn sim(config: Config) -> Sim {
    Sim::new(config, ManualClock::at(0).clock()).expect("the world is well-formed")
}

#[test]
fn the_world_is_the_same_for_the_same_seed_and_another_for_another() {
    let (first, again, other) =
        (sim(Config::default()), sim(Config::default()), sim(Config::seeded(2)));
    assert_eq!(first.groups(), again.groups());
    assert_eq!(first.staff(), again.staff());
    assert_eq!(first.departments(), again.departments());
    assert_ne!(first.groups(), other.groups());
    assert_ne!(first.config().corp_id, other.config().corp_id);
}

#[test]
fn the_default_world_has_the_oddities_of_real_ones() {
    let sim = sim(Config::default());
    let groups = sim.groups();
    let n_unnamed = groups.iter().filter(|group| group.name.is_empty()).count();
    assert!((30..200).contains(&n_unnamed), "{n_unnamed} of 3000 groups have no name");
    for odd in ["🎉", ",", "\"", "%", "_", "'", "\\"] {
        assert!(groups.iter().any(|group| group.name.contains(odd)), "no group name has {odd}");
    }
    let departments = sim.departments();
    assert!(departments.iter().any(|department| department.id > 1 << 31));
    assert!(departments.iter().any(|department| department.name.contains(',')));
    let staff = sim.staff();
    assert!(staff.iter().any(|member| member.departments.len() > 1));
    assert!(staff.iter().any(|member| member.status == 2));
    assert!(staff.iter().any(|member| member.status == 4));
    assert!(staff.iter().any(|member| member.status == 1 && !member.follows));
}

#[test]
fn few_owners_have_many_groups_and_ids_are_unique() {
    let sim = sim(Config::default());
    let groups = sim.groups();
    let chat_ids: HashSet<_> = groups.iter().map(|group| &group.chat_id).collect();
    assert_eq!(chat_ids.len(), 3_000);
    let staff = sim.staff();
    let userids: HashSet<_> = staff.iter().map(|member| member.userid.to_lowercase()).collect();
    assert_eq!(userids.len(), 200);
    let most = staff.iter().map(|m| groups.iter().filter(|g| g.owner == m.userid).count()).max();
    assert!(most > Some(60), "the largest owner has {most:?} groups");
}

#[test]
fn a_corp_of_one_person_and_one_department_can_be_made() {
    let config = Config {
        n_departments: 1,
        n_staff: 1,
        n_groups: 2,
        n_members_per_group: 0,
        ..Config::default()
    };
    assert_eq!(sim(config).groups().len(), 2);
}

#[test]
fn a_corp_without_staff_is_refused() {
    let config = Config { n_staff: 0, ..Config::default() };
    assert!(Sim::new(config, ManualClock::at(0).clock()).is_err());
}
