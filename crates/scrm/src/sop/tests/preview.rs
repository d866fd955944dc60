//! What an SOP would do, told before it does it; and trying a step.

use store::testing::TestDb;

use super::{chats, in_minutes, listed, sop, step};
use crate::{
    MIGRATIONS,
    send::Reason,
    sop::{
        Actor, Audience, Mode, NewSop, Quota, Rule, SopKind, StepTime, Trial, Warning, create,
        preview, try_step,
    },
    tests::World,
};

fn trial(step_no: i64, chat_id: &str) -> Trial {
    let chat_id = chat_id.to_owned();
    Trial { step_no, chat_id, creator: None, actor: Actor::System, once: None }
}

store::on_both! { MIGRATIONS,
    async fn a_preview_counts_messages_by_day_and_names_who_cannot_send(test: &TestDb) {
        let world = World::synced(test, 2, 6).await;
        let groups = world.groups().await;
        let owner = groups[0].owner_id;
        let n_of_owner = groups.iter().filter(|group| group.owner_id == owner).count();
        world.sim.sim.staff_leaves(&world.sim.sim.group(&groups[0].chat_id).unwrap().owner).unwrap();
        world.sync().await;
        let groups = world.groups().await;
        let steps = vec![
            step(in_minutes(-5), "#客户昵称#你好"),
            step(in_minutes(60), "b"),
            step(StepTime::NthDay { day_no: 2, minute_of_day: 600 }, "c"),
        ];
        let new = sop(Mode::Assistant, chats(&groups), steps);
        let found = preview(&world.scrm, world.corp, &new).await.unwrap();
        assert_eq!((found.n_groups, found.n_tasks), (groups.len(), 3 * groups.len()));
        let days: Vec<(String, usize, usize)> = found
            .days
            .iter()
            .map(|day| (day.date.to_string(), day.n_tasks, day.n_messages))
            .collect();
        let n_owners = found.n_owners;
        assert_eq!(days, [
            ("2026-03-02".to_owned(), 2 * groups.len(), 2 * n_owners),
            ("2026-03-03".to_owned(), groups.len(), n_owners),
        ]);
        let unable: Vec<_> = found.unable.into_iter().map(|o| (o.n_groups, o.why)).collect();
        assert_eq!(unable, [(n_of_owner, Reason::OwnerLeft)]);
        assert_eq!(found.warnings, [
            Warning::PlaceholderLeftOut { step: 1 },
            Warning::DueAtOnce { step: 1 },
        ]);
        assert_eq!(listed(&world, &groups[0].chat_id).await, [], "nothing was made");
    }

    async fn groups_whose_quota_would_be_used_up_are_counted(test: &TestDb) {
        let mut world = World::synced(test, 1, 2).await;
        world.scrm.rules.quota = Quota::SevenAWeek;
        let groups = world.groups().await;
        let six = (0..6).map(|n| step(in_minutes(n * 10), "x")).collect();
        create(&world.scrm, world.corp, sop(Mode::Assistant, chats(&groups[..1]), six)).await.unwrap();
        let day = 24 * 60;
        // Monday to Wednesday, and the Monday after.
        let steps = [60, day, 2 * day, 7 * day].map(|n| step(in_minutes(n), "y")).to_vec();
        let new = sop(Mode::Assistant, chats(&groups), steps);
        let found = preview(&world.scrm, world.corp, &new).await.unwrap();
        let over: Vec<usize> = found.days.iter().map(|day| day.n_groups_over_quota).collect();
        assert_eq!(over, [0, 1, 1, 0]);
    }

    async fn an_sop_for_new_groups_waits_for_them(test: &TestDb) {
        let world = World::synced(test, 1, 2).await;
        let steps = vec![step(StepTime::NthDay { day_no: 1, minute_of_day: 600 }, "欢迎")];
        let audience = Audience::NewGroups { rule: Rule::default() };
        let new = NewSop { kind: SopKind::NewGroups, ..sop(Mode::Manual, audience, steps) };
        let found = preview(&world.scrm, world.corp, &new).await.unwrap();
        assert_eq!((found.n_groups, found.warnings), (0, vec![Warning::NoGroupYet]));
        let rule = Rule { name_part: "没有这样的群".to_owned(), ..Rule::default() };
        let audience = Audience::Rule { rule, follows: false };
        let new = sop(Mode::Manual, audience, vec![step(in_minutes(5), "你好")]);
        let found = preview(&world.scrm, world.corp, &new).await.unwrap();
        assert_eq!((found.n_groups, found.warnings), (0, vec![Warning::NoGroup]));
    }

    async fn a_step_is_tried_in_one_group_before_the_start(test: &TestDb) {
        let world = World::synced(test, 1, 2).await;
        let groups = world.groups().await;
        let steps = vec![step(in_minutes(60), "正式")];
        let new = NewSop { is_draft: true, ..sop(Mode::Assistant, chats(&groups), steps) };
        let id = create(&world.scrm, world.corp, new).await.unwrap();
        let (scrm, corp, chat) = (&world.scrm, world.corp, &groups[1].chat_id);
        let creator = Some(groups[0].owner_id);
        try_step(scrm, corp, &id, Trial { creator, ..trial(1, chat) }).await.unwrap();
        world.tick().await;
        let tried = world.groups().await.into_iter().find(|group| group.chat_id == *chat);
        assert_eq!(tried.unwrap().tasks[0].sop.creator_id, groups[0].owner_id.0);
        assert_eq!(listed(&world, chat).await, [(0, 1, None)]);
        assert_eq!(listed(&world, &groups[0].chat_id).await, []);
        let unknown = try_step(scrm, corp, &id, trial(2, chat)).await.unwrap_err();
        assert!(unknown.to_string().contains("no step 2"), "{unknown}");
    }
}
