//! SOPs that follow a rule, and those for new groups.

use store::testing::TestDb;

use super::{in_minutes, listed, sop, step};
use crate::{
    MIGRATIONS, group_tags,
    sop::{
        Actor, Audience, Edit, Mode, NewSop, Rule, SopKind, StepTime, create, edit, leave, progress,
    },
    tests::{NOW_MS, World},
    zone::MINUTE_MS,
};

const APP: Actor = Actor::App(7);

fn by_rule(rule: Rule, follows: bool) -> NewSop {
    let steps = vec![step(in_minutes(0), "现在"), step(in_minutes(60), "后来")];
    sop(Mode::Manual, Audience::Rule { rule, follows }, steps)
}

fn named(part: &str) -> Rule {
    Rule { name_part: part.to_owned(), ..Rule::default() }
}

async fn n_groups(world: &World, id: &crate::PublicId) -> i64 {
    progress(&world.scrm, world.corp, id).await.unwrap().card.n_groups
}

store::on_both! { MIGRATIONS,
    async fn groups_join_and_leave_as_they_change(test: &TestDb) {
        let world = World::synced(test, 2, 5).await;
        let groups = world.groups().await;
        let (chat, other) = (&groups[0].chat_id, &groups[1].chat_id);
        world.sim.sim.rename_group(chat, "VIP 一群").unwrap();
        world.sync().await;
        let id = create(&world.scrm, world.corp, by_rule(named("vip"), true)).await.unwrap();
        assert_eq!(n_groups(&world, &id).await, 1);
        let states = async |chat: &str| -> Vec<(i64, i64)> {
            listed(&world, chat).await.into_iter().map(|task| (task.0, task.1)).collect()
        };
        assert_eq!(states(chat).await, [(0, 0), (60, 0)], "those of the call are due at once");
        world.clock.advance(MINUTE_MS);
        world.sim.sim.rename_group(other, "新 vip 群").unwrap();
        world.sim.sim.rename_group(chat, "普通群").unwrap();
        world.sync().await;
        world.tick().await;
        assert_eq!(states(other).await, [(60, 0)], "one that comes later gets what is to come");
        assert_eq!(states(chat).await, [(0, 5), (60, 5)]);
        assert_eq!(n_groups(&world, &id).await, 1);
        world.sim.sim.rename_group(chat, "又是 vip").unwrap();
        world.sync().await;
        world.tick().await;
        assert_eq!(states(chat).await, [(0, 5), (60, 0)]);
        leave(&world.scrm, world.corp, &id, std::slice::from_ref(chat), APP).await.unwrap();
        world.sim.sim.rename_group(chat, "还是 vip").unwrap();
        world.sync().await;
        world.tick().await;
        assert_eq!(states(chat).await, [(0, 5), (60, 5)], "taken out by hand, it stays out");
        let acts = crate::sop::detail(&world.scrm, world.corp, &id).await.unwrap().acts;
        let acts: Vec<&str> = acts.iter().map(|act| act.action.as_str()).collect();
        assert_eq!(acts, ["leave", "create"], "what the rule did would hide what people did");
    }

    async fn a_rule_that_is_not_followed_chooses_once(test: &TestDb) {
        let world = World::synced(test, 2, 5).await;
        let groups = world.groups().await;
        let owner = groups[0].owner_id;
        let rule = Rule { owners: vec![owner], ..Rule::default() };
        let id = create(&world.scrm, world.corp, by_rule(rule, false)).await.unwrap();
        let n = groups.iter().filter(|group| group.owner_id == owner).count();
        assert_eq!(n_groups(&world, &id).await, i64::try_from(n).unwrap());
        let other = groups.iter().find(|group| group.owner_id != owner).unwrap();
        let new_owner = user_of(&world, &groups[0].chat_id);
        world.sim.sim.change_owner(&other.chat_id, &new_owner).unwrap();
        world.sync().await;
        world.tick().await;
        assert_eq!(n_groups(&world, &id).await, i64::try_from(n).unwrap());
    }

    async fn putting_a_tag_on_a_group_lets_it_join(test: &TestDb) {
        let world = World::synced(test, 1, 3).await;
        let groups = world.groups().await;
        let made = group_tags::create(&world.scrm, world.corp, "级别", &["重点".to_owned()]).await;
        let tag = made.unwrap().tags[0].id;
        let rule = Rule { any_tags: vec![tag], ..Rule::default() };
        let id = create(&world.scrm, world.corp, by_rule(rule, true)).await.unwrap();
        assert_eq!(n_groups(&world, &id).await, 0);
        let chat_ids = vec![groups[1].chat_id.clone()];
        let change = group_tags::TagChange { chat_ids, add: vec![tag], remove: vec![] };
        group_tags::change(&world.scrm, world.corp, &change).await.unwrap();
        world.tick().await;
        assert_eq!(n_groups(&world, &id).await, 1);
        assert_eq!(listed(&world, &groups[1].chat_id).await.len(), 2);
    }

    async fn a_new_group_counts_days_from_its_making_however_late_it_is_found(test: &TestDb) {
        let world = World::synced(test, 1, 2).await;
        let steps = vec![
            step(StepTime::NthDay { day_no: 1, minute_of_day: 9 * 60 + 45 }, "欢迎"),
            step(StepTime::NthDay { day_no: 1, minute_of_day: 18 * 60 }, "晚上好"),
            step(StepTime::NthDay { day_no: 3, minute_of_day: 600 }, "第三天"),
        ];
        let audience = Audience::NewGroups { rule: Rule::default() };
        let new = NewSop { kind: SopKind::NewGroups, ..sop(Mode::Manual, audience, steps) };
        let id = create(&world.scrm, world.corp, new).await.unwrap();
        world.clock.advance(10 * MINUTE_MS);
        let owner = user_of(&world, &world.groups().await[0].chat_id);
        let chat = world.sim.sim.add_group(&owner, "新群", 3).unwrap();
        // The callback is lost; a synchronisation finds it an hour later.
        world.clock.advance(60 * MINUTE_MS);
        world.sync().await;
        world.tick().await;
        assert_eq!(n_groups(&world, &id).await, 1, "older groups take no part");
        let tasks: Vec<(i64, i64)> =
            listed(&world, &chat).await.into_iter().map(|task| (task.0, task.1)).collect();
        // 9:45 fell due meanwhile: late, but not too late.
        assert_eq!(tasks, [(15, 1), (510, 0), (2 * 24 * 60 + 30, 0)]);
    }

    async fn an_owner_who_moves_to_another_department_brings_his_groups(test: &TestDb) {
        let world = World::synced(test, 2, 5).await;
        let chat = world.groups().await[0].chat_id.clone();
        let department = world.sim.sim.add_department("直播部", 1).unwrap();
        world.sync().await;
        let departments = vec![crate::DepartmentId(i64::from(department))];
        let rule = Rule { departments, ..Rule::default() };
        let id = create(&world.scrm, world.corp, by_rule(rule, true)).await.unwrap();
        assert_eq!(n_groups(&world, &id).await, 0);
        let owner = user_of(&world, &chat);
        world.sim.sim.move_staff(&owner, &[department]).unwrap();
        world.sync().await;
        world.tick().await;
        let owned = world.sim.sim.groups().into_iter().filter(|group| group.owner == owner).count();
        assert_eq!(n_groups(&world, &id).await, i64::try_from(owned).unwrap());
    }

    async fn a_department_that_is_put_under_another_brings_its_groups(test: &TestDb) {
        let world = World::synced(test, 1, 3).await;
        let owner = user_of(&world, &world.groups().await[0].chat_id);
        let below = world.sim.sim.add_department("华东", 1).unwrap();
        let above = world.sim.sim.add_department("销售部", 1).unwrap();
        world.sim.sim.move_staff(&owner, &[below]).unwrap();
        world.sync().await;
        let departments = vec![crate::DepartmentId(i64::from(above))];
        let rule = Rule { departments, ..Rule::default() };
        let id = create(&world.scrm, world.corp, by_rule(rule, true)).await.unwrap();
        world.tick().await;
        assert_eq!(n_groups(&world, &id).await, 0);
        world.sim.sim.change_department(below, None, Some(above)).unwrap();
        world.sync().await;
        world.tick().await;
        assert_eq!(n_groups(&world, &id).await, 3);
    }

    async fn tasks_in_the_owners_hands_are_taken_back_for_the_same_reason(test: &TestDb) {
        let world = World::synced(test, 1, 2).await;
        let chat = world.groups().await[0].chat_id.clone();
        world.sim.sim.rename_group(&chat, "甲").unwrap();
        world.sync().await;
        create(&world.scrm, world.corp, by_rule(named("甲"), true)).await.unwrap();
        world.tick().await;
        world.sim.sim.rename_group(&chat, "乙").unwrap();
        world.sync().await;
        world.tick().await;
        let left = listed(&world, &chat).await;
        assert_eq!((left[0].1, left[1].1), (5, 5));
        assert_eq!(left[0].2, left[1].2);
    }

    async fn a_dissolved_group_gets_nothing_more(test: &TestDb) {
        let world = World::synced(test, 1, 2).await;
        let groups = world.groups().await;
        let owner = groups[0].owner_id;
        let rule = Rule { owners: vec![owner], ..Rule::default() };
        let id = create(&world.scrm, world.corp, by_rule(rule, true)).await.unwrap();
        world.sim.sim.dissolve_group(&groups[0].chat_id).unwrap();
        world.sync().await;
        world.tick().await;
        let progress = progress(&world.scrm, world.corp, &id).await.unwrap();
        assert_eq!(progress.card.n_groups, 1);
        let total = progress.total;
        assert_eq!((total.n_handed_over, total.n_planned, total.n_failed), (1, 1, 2));
    }

    async fn another_rule_is_applied_to_all_groups(test: &TestDb) {
        let world = World::synced(test, 1, 4).await;
        let groups = world.groups().await;
        for (group, name) in groups.iter().zip(["甲一", "甲二", "乙一", "丙"]) {
            world.sim.sim.rename_group(&group.chat_id, name).unwrap();
        }
        world.sync().await;
        let id = create(&world.scrm, world.corp, by_rule(named("甲"), true)).await.unwrap();
        assert_eq!(n_groups(&world, &id).await, 2);
        world.clock.set(NOW_MS + 30 * MINUTE_MS);
        let other = Edit { rule: Some(named("一")), ..Edit::default() };
        edit(&world.scrm, world.corp, &id, &other, APP).await.unwrap();
        world.tick().await;
        let open = async |chat: &str| -> Vec<i64> {
            let tasks = listed(&world, chat).await.into_iter();
            tasks.filter(|task| task.1 != 5).map(|task| task.0).collect()
        };
        assert_eq!(open(&groups[0].chat_id).await, [0, 60], "甲一 stays");
        assert_eq!(open(&groups[1].chat_id).await, [0_i64; 0], "甲二 goes");
        assert_eq!(open(&groups[2].chat_id).await, [60], "乙一 comes late");
        assert_eq!(open(&groups[3].chat_id).await, [0_i64; 0]);
    }
}

/// WeCom's id of a group's owner.
fn user_of(world: &World, chat_id: &str) -> String {
    world.sim.sim.group(chat_id).unwrap().owner
}
