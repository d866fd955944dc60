//! What changes while an SOP is still being planned: nobody loses a step by it, and nobody gets one that he was
//! to be spared.

use store::testing::TestDb;

use super::{
    chats, in_minutes, listed,
    plan::{change, unplanned},
    sop, step,
};
use crate::{
    Error, MIGRATIONS, PublicId, StaffId, TagId,
    sop::{
        Actor, Audience, Edit, EditedStep, Joined, Mode, NewSop, Rule, create, edit, follow_tick,
        join, leave, plan_tick, preview_edit, progress, start,
    },
    tests::{NOW_MS, World},
    zone::MINUTE_MS,
};

const APP: Actor = Actor::App(7);

store::statements! {
    DAMAGE = "UPDATE sops SET rule = '{' WHERE corp_id = $1 AND title = 'damaged'";
}

fn steps() -> Vec<crate::sop::NewStep> {
    vec![step(in_minutes(0), "现在"), step(in_minutes(60), "后来")]
}

/// For all groups of the name.
fn by_rule(part: &str) -> NewSop {
    let rule = Rule { name_part: part.to_owned(), ..Rule::default() };
    sop(Mode::Manual, Audience::Rule { rule, follows: true }, steps())
}

async fn renamed(world: &World, chat: &str, name: &str) {
    world.sim.sim.rename_group(chat, name).unwrap();
    world.sync().await;
}

async fn planned(world: &World) {
    while plan_tick(&world.scrm, world.corp).await.unwrap() {}
}

async fn followed(world: &World) {
    while follow_tick(&world.scrm, world.corp).await.unwrap() {}
}

/// Minutes and states of a group's tasks.
async fn tasks(world: &World, chat: &str) -> Vec<(i64, i64)> {
    listed(world, chat).await.into_iter().map(|task| (task.0, task.1)).collect()
}

async fn n_groups(world: &World, id: &PublicId) -> i64 {
    progress(&world.scrm, world.corp, id).await.unwrap().card.n_groups
}

store::on_both! { MIGRATIONS,
    async fn who_leaves_before_his_turn_gets_nothing(test: &TestDb) {
        let world = World::synced(test, 1, 3).await;
        let groups = world.groups().await;
        for group in &groups {
            renamed(&world, &group.chat_id, "群").await;
        }
        for new in [sop(Mode::Manual, chats(&groups), steps()), by_rule("群")] {
            let before: usize = world.groups().await.iter().map(|group| group.tasks.len()).sum();
            let id = unplanned(&world, new).await;
            let chat = std::slice::from_ref(&groups[0].chat_id);
            leave(&world.scrm, world.corp, &id, chat, APP).await.unwrap();
            planned(&world).await;
            assert_eq!(tasks(&world, &chat[0]).await, []);
            assert_eq!(n_groups(&world, &id).await, 2);
            let after: usize = world.groups().await.iter().map(|group| group.tasks.len()).sum();
            assert_eq!(after - before, 4);
        }
    }

    async fn who_is_to_join_has_not_to_be_added(test: &TestDb) {
        let world = World::synced(test, 1, 3).await;
        let groups = world.groups().await;
        let id = unplanned(&world, sop(Mode::Manual, chats(&groups[..2]), steps())).await;
        world.clock.advance(MINUTE_MS);
        let both = [groups[0].chat_id.clone(), groups[2].chat_id.clone()];
        let joined = join(&world.scrm, world.corp, &id, &both, APP).await.unwrap();
        assert_eq!(joined, Joined { n_joined: 1, n_there_already: 1 });
        planned(&world).await;
        assert_eq!(tasks(&world, &both[0]).await, [(0, 0), (60, 0)], "in time");
        assert_eq!(tasks(&world, &both[1]).await, [(60, 0)], "late");
    }

    async fn a_change_to_a_group_does_not_make_it_late(test: &TestDb) {
        let world = World::synced(test, 1, 3).await;
        let groups = world.groups().await;
        let chat = &groups[0].chat_id;
        renamed(&world, chat, "甲").await;
        followed(&world).await;
        unplanned(&world, by_rule("甲")).await;
        world.clock.advance(MINUTE_MS);
        renamed(&world, chat, "还是甲").await;
        followed(&world).await;
        planned(&world).await;
        assert_eq!(tasks(&world, chat).await, [(0, 0), (60, 0)]);
    }

    async fn another_rule_does_not_make_groups_late(test: &TestDb) {
        let world = World::synced(test, 1, 3).await;
        let groups = world.groups().await;
        let chat = &groups[0].chat_id;
        renamed(&world, chat, "甲乙").await;
        let id = unplanned(&world, by_rule("甲")).await;
        world.clock.advance(MINUTE_MS);
        let rule = Rule { name_part: "乙".to_owned(), ..Rule::default() };
        let other = Edit { rule: Some(rule), ..Edit::default() };
        edit(&world.scrm, world.corp, &id, &other, APP).await.unwrap();
        planned(&world).await;
        assert_eq!(tasks(&world, chat).await, [(0, 0), (60, 0)]);
    }

    async fn a_draft_that_got_more_steps_is_planned_in_more_parts(test: &TestDb) {
        let world = World::synced(test, 3, 30).await;
        let groups = world.groups().await;
        let one = vec![step(in_minutes(5), "一")];
        let new = NewSop { is_draft: true, ..sop(Mode::Manual, chats(&groups), one) };
        let id = create(&world.scrm, world.corp, new).await.unwrap();
        let steps = (1..=100).map(|n| EditedStep {
            step_no: (n == 1).then_some(1),
            step: step(in_minutes(5 * n), "一"),
        });
        let more = Edit { steps: Some(steps.collect()), ..Edit::default() };
        edit(&world.scrm, world.corp, &id, &more, APP).await.unwrap();
        start(&world.scrm, world.corp, &id, APP).await.unwrap();
        planned(&world).await;
        assert_eq!(progress(&world.scrm, world.corp, &id).await.unwrap().total.n_planned, 3_000);
    }

    async fn what_was_brought_back_by_hand_stays_whatever_the_rule_says(test: &TestDb) {
        let world = World::synced(test, 1, 2).await;
        let chat = world.groups().await[0].chat_id.clone();
        renamed(&world, &chat, "甲").await;
        let id = create(&world.scrm, world.corp, by_rule("甲")).await.unwrap();
        renamed(&world, &chat, "乙").await;
        followed(&world).await;
        assert_eq!(n_groups(&world, &id).await, 0);
        join(&world.scrm, world.corp, &id, std::slice::from_ref(&chat), APP).await.unwrap();
        renamed(&world, &chat, "丙").await;
        followed(&world).await;
        assert_eq!(n_groups(&world, &id).await, 1);
    }

    async fn what_a_rule_names_must_be_there(test: &TestDb) {
        let world = World::synced(test, 1, 2).await;
        let id = create(&world.scrm, world.corp, by_rule("甲")).await.unwrap();
        let empty = Rule::default;
        for (rule, named) in [
            (Rule { owners: vec![StaffId(7)], ..empty() }, "member of staff 7"),
            (Rule { departments: vec![crate::DepartmentId(99)], ..empty() }, "department 99"),
            (Rule { no_tags: vec![TagId(8)], name_part: "甲".to_owned(), ..empty() }, "tag 8"),
        ] {
            let audience = Audience::Rule { rule: rule.clone(), follows: true };
            let new = sop(Mode::Manual, audience, steps());
            let other = Edit { rule: Some(rule), ..Edit::default() };
            for refused in [
                create(&world.scrm, world.corp, new).await.map(drop),
                preview_edit(&world.scrm, world.corp, &id, &other).await.map(drop),
                edit(&world.scrm, world.corp, &id, &other, APP).await.map(drop),
            ] {
                match refused {
                    Err(Error::NotFound(what)) => assert!(what.contains(named), "{what}"),
                    other => panic!("{other:?}"),
                }
            }
        }
    }

    async fn an_sop_that_cannot_be_read_keeps_no_other_from_following(test: &TestDb) {
        let world = World::synced(test, 1, 2).await;
        let chat = world.groups().await[0].chat_id.clone();
        let damaged = NewSop { title: "damaged".to_owned(), ..by_rule("甲") };
        create(&world.scrm, world.corp, damaged).await.unwrap();
        let id = create(&world.scrm, world.corp, by_rule("甲")).await.unwrap();
        change(&world, &DAMAGE, &store::params![world.corp]).await;
        renamed(&world, &chat, "甲").await;
        followed(&world).await;
        assert_eq!(n_groups(&world, &id).await, 1);
    }

    async fn a_draft_can_be_started_within_the_minute_of_its_first_step(test: &TestDb) {
        let world = World::synced(test, 1, 2).await;
        let groups = world.groups().await;
        let new = NewSop { is_draft: true, ..sop(Mode::Manual, chats(&groups), steps()) };
        let id = create(&world.scrm, world.corp, new).await.unwrap();
        world.clock.set(NOW_MS + 10_000);
        start(&world.scrm, world.corp, &id, APP).await.unwrap();
    }
}
