//! Making SOPs, what is refused, and marking; each other part of their life has a file of its own.

mod edit;
mod follow;
mod life;
mod meanwhile;
mod model;
mod plan;
mod preview;

use store::testing::TestDb;

use super::{
    Actor, Audience, ChosenChat, ContentItem, Mark, Mode, NewSop, NewStep, SopKind, StepTime,
    TaskState, create, mark_tasks, n_by_state,
};
use crate::{
    Error, MIGRATIONS, PublicId, StaffId,
    groups::ListedGroup,
    tests::{NOW_MS, World},
    zone::MINUTE_MS,
};

pub fn text(content: &str) -> ContentItem {
    ContentItem::Text { content: content.to_owned() }
}

pub fn step(time: StepTime, content: &str) -> NewStep {
    NewStep { time, content: vec![text(content)] }
}

pub fn sop(mode: Mode, audience: Audience, steps: Vec<NewStep>) -> NewSop {
    let counts_days = steps.iter().any(|step| matches!(step.time, StepTime::NthDay { .. }));
    NewSop {
        title: "欢迎新群".to_owned(),
        instruction: String::new(),
        mode,
        kind: if counts_days { SopKind::DaysSinceJoining } else { SopKind::FixedTimes },
        audience,
        steps,
        creator: None,
        is_draft: false,
        actor: Actor::System,
        once: None,
    }
}

pub fn chats(groups: &[ListedGroup]) -> Audience {
    let chosen = |group: &ListedGroup| ChosenChat { chat_id: group.chat_id.clone(), owner: None };
    Audience::Chats(groups.iter().map(chosen).collect())
}

/// A fixed time so many minutes from the start of the tests.
pub fn in_minutes(n: i64) -> StepTime {
    StepTime::At { at_ms: NOW_MS + n * MINUTE_MS }
}

/// (start in minutes from the start of the tests, status, reason) of a group's tasks, as listed.
pub async fn listed(world: &World, chat_id: &str) -> Vec<(i64, i64, Option<String>)> {
    let groups = world.groups().await;
    let group = groups.iter().find(|group| group.chat_id == chat_id).expect("the group is listed");
    let minutes = |at_ms: i64| (at_ms - NOW_MS).div_euclid(MINUTE_MS);
    group.tasks.iter().map(|t| (minutes(t.start_at_ms), t.status, t.reason.clone())).collect()
}

const NOW: StepTime = StepTime::At { at_ms: NOW_MS };

/// The next id of an SOP, not taken: the transaction is rolled back.
async fn next_id(world: &World) -> i64 {
    let mut tx = world.scrm.db.begin().await.unwrap();
    crate::counters::take(&mut tx, world.corp, crate::counters::INTERNAL, 1).await.unwrap()
}

store::on_both! { MIGRATIONS,
    async fn each_group_gets_one_task_a_step_at_the_steps_time(test: &TestDb) {
        let world = World::synced(test, 3, 12).await;
        world.clock.set(NOW_MS + 20_500);
        let groups = world.groups().await;
        let steps = vec![
            step(StepTime::NthDay { day_no: 1, minute_of_day: 9 * 60 }, "早于现在"),
            step(StepTime::NthDay { day_no: 1, minute_of_day: 18 * 60 }, "当天"),
            step(StepTime::NthDay { day_no: 5, minute_of_day: 600 }, "第五天"),
            step(StepTime::At { at_ms: NOW_MS + 90_000 }, "固定"),
        ];
        let new = sop(Mode::Manual, chats(&groups[..2]), steps);
        let id = create(&world.scrm, world.corp, new).await.unwrap();
        let groups = world.groups().await;
        let zone = crate::Zone::parse("Asia/Shanghai").unwrap();
        for group in &groups[..2] {
            let times: Vec<String> =
                group.tasks.iter().map(|task| zone.minutes_text(task.start_at_ms)).collect();
            // A time that is past is the minute of creation.
            let expected =
                ["2026-03-02 09:30", "2026-03-02 09:31", "2026-03-02 18:00", "2026-03-06 10:00"];
            assert_eq!(times, expected);
            assert!(group.tasks.iter().all(|task| task.sop.id == id && task.status == 0));
        }
        assert!(groups[2..].iter().all(|group| group.tasks.is_empty()));
    }

    async fn what_is_wrong_is_named_and_nothing_is_made(test: &TestDb) {
        let world = World::synced(test, 3, 12).await;
        let groups = world.groups().await;
        let (mine, other) = (&groups[0], groups.iter().find(|g| g.owner_id != groups[0].owner_id));
        let other_owner = other.unwrap().owner_id;
        let chosen = |chat_id: &str, owner| {
            Audience::Chats(vec![
                ChosenChat { chat_id: mine.chat_id.clone(), owner: None },
                ChosenChat { chat_id: chat_id.to_owned(), owner },
            ])
        };
        world.sim.sim.dissolve_group(&groups[5].chat_id).unwrap();
        world.sync().await;
        let nobody = StaffId(499_999_999_999_999);
        let hello = || vec![step(NOW, "你好")];
        let chat_ids = || vec![mine.chat_id.clone()];
        let before = next_id(&world).await;
        for (audience, steps, kind, named) in [
            (chosen("wrNobody", None), hello(), "not found", "wrNobody"),
            (chosen(&groups[5].chat_id, None), hello(), "not found", "dissolved"),
            (chosen(&mine.chat_id, Some(other_owner)), hello(), "conflict", &mine.chat_id),
            (chosen(&mine.chat_id, Some(nobody)), hello(), "not found", "499999999999999"),
            (
                Audience::ChatsOf { chat_ids: chat_ids(), owners: vec![other_owner] },
                hello(),
                "conflict",
                &mine.chat_id,
            ),
            (Audience::AllOf { owners: vec![nobody] }, hello(), "not found", "499999999999999"),
            (Audience::Chats(vec![]), hello(), "invalid", "no group"),
            (chats(&groups[..1]), vec![], "invalid", "steps"),
            (
                chats(&groups[..1]),
                vec![step(NOW, "a"), NewStep { time: NOW, content: vec![] }],
                "invalid",
                "step 2",
            ),
            (
                chats(&groups[..1]),
                vec![step(StepTime::NthDay { day_no: 0, minute_of_day: 0 }, "a")],
                "invalid",
                "day",
            ),
            (chats(&groups[..1]), vec![step(NOW, "在#群名称#")], "invalid", "#群名称#"),
        ] {
            let new = sop(Mode::Assistant, audience.clone(), steps);
            let refusal = create(&world.scrm, world.corp, new).await.unwrap_err();
            let found = match &refusal {
                Error::NotFound(_) => "not found",
                Error::Conflict(_) => "conflict",
                Error::Invalid(_) | Error::Content(_) => "invalid",
                other => panic!("{other}"),
            };
            assert_eq!(found, kind, "{audience:?}: {refusal}");
            assert!(refusal.to_string().contains(named), "{refusal} does not name {named}");
        }
        let untitled =
            NewSop { title: " ".to_owned(), ..sop(Mode::Manual, chats(&groups[..1]), hello()) };
        assert!(create(&world.scrm, world.corp, untitled).await.is_err());
        assert_eq!(n_by_state(&world.scrm, world.corp).await.unwrap(), []);
        assert_eq!(next_id(&world).await, before, "no id was taken for good");
    }

    async fn owners_alone_mean_all_their_groups(test: &TestDb) {
        let world = World::synced(test, 3, 12).await;
        let owner = world.groups().await[0].owner_id;
        let audience = Audience::AllOf { owners: vec![owner] };
        create(&world.scrm, world.corp, sop(Mode::Assistant, audience, vec![step(NOW, "你好")]))
            .await
            .unwrap();
        for group in world.groups().await {
            assert_eq!(group.tasks.len(), usize::from(group.owner_id == owner));
        }
    }

    async fn of_many_tasks_the_200_latest_are_listed_in_order(test: &TestDb) {
        let world = World::synced(test, 1, 2).await;
        let groups = world.groups().await;
        for round in 0..3_i64 {
            let steps = (0..80)
                .map(|n| StepTime::At { at_ms: NOW_MS + (n * 3 + round) * MINUTE_MS })
                .map(|time| step(time, "x"))
                .collect();
            let new = sop(Mode::Manual, chats(&groups[..1]), steps);
            create(&world.scrm, world.corp, new).await.unwrap();
        }
        let tasks = &world.groups().await[0].tasks;
        let starts: Vec<i64> = tasks.iter().map(|task| task.start_at_ms).collect();
        let expected: Vec<i64> = (40..240).map(|minute| NOW_MS + minute * MINUTE_MS).collect();
        assert_eq!(starts, expected);
    }

    async fn manual_tasks_are_marked_once_handed_over(test: &TestDb) {
        let world = World::synced(test, 1, 4).await;
        let groups = world.groups().await;
        let steps = vec![step(NOW, "现在"), step(StepTime::At { at_ms: NOW_MS + 3_600_000 }, "后来")];
        create(&world.scrm, world.corp, sop(Mode::Manual, chats(&groups), steps)).await.unwrap();
        world.tick().await;
        let groups = world.groups().await;
        let now: Vec<PublicId> = groups.iter().map(|group| group.tasks[0].id).collect();
        let later = groups[0].tasks[1].id;
        let mark = async |ids: &[PublicId], mark| {
            mark_tasks(&world.scrm, world.corp, ids, mark, Actor::System).await
        };
        let too_early = mark(&[now[0], later], Mark::Sent).await.unwrap_err();
        assert!(matches!(&too_early, Error::Conflict(text) if text.contains(&later.to_string())));
        let unknown = mark(&[now[0], PublicId([7; 16])], Mark::Sent).await.unwrap_err();
        assert!(matches!(unknown, Error::NotFound(_)));
        let impossible = |reason: &str| Mark::Impossible { reason: reason.to_owned() };
        assert!(matches!(mark(&now, impossible(" ")).await, Err(Error::Invalid(_))));
        assert_eq!(mark(&now[..2], Mark::Sent).await.unwrap(), 2);
        assert_eq!(mark(&now[..2], Mark::Sent).await.unwrap(), 0, "again is nothing");
        assert_eq!(mark(&now[2..3], impossible("群已封")).await.unwrap(), 1);
        let ended = mark(&now[2..3], Mark::Sent).await.unwrap_err();
        assert!(matches!(ended, Error::Conflict(_)));
        let listed: Vec<(i64, Option<String>)> = world
            .groups()
            .await
            .iter()
            .map(|group| (group.tasks[0].status, group.tasks[0].reason.clone()))
            .collect();
        let failed = (3, Some("群已封".to_owned()));
        assert_eq!(listed, [(2, None), (2, None), failed, (1, None)]);
    }

    async fn a_task_that_failed_for_another_reason_cannot_be_said_to_be_impossible(test: &TestDb) {
        let world = World::synced(test, 1, 1).await;
        let groups = world.groups().await;
        let new = sop(Mode::Manual, chats(&groups), vec![step(NOW, "你好")]);
        create(&world.scrm, world.corp, new).await.unwrap();
        let owner = world.sim.sim.group(&groups[0].chat_id).unwrap().owner;
        world.sim.sim.staff_leaves(&owner).unwrap();
        world.sync().await;
        world.tick().await;
        let task = world.groups().await[0].tasks[0].clone();
        assert_eq!(task.status, 3);
        let mark = Mark::Impossible { reason: "群已封".to_owned() };
        let refusal = mark_tasks(&world.scrm, world.corp, &[task.id], mark, Actor::System).await;
        assert!(matches!(refusal, Err(Error::Conflict(_))), "{refusal:?}");
    }

    async fn an_assistants_task_cannot_be_marked_by_hand(test: &TestDb) {
        let world = World::synced(test, 1, 1).await;
        let groups = world.groups().await;
        let new = sop(Mode::Assistant, chats(&groups), vec![step(NOW, "你好")]);
        create(&world.scrm, world.corp, new).await.unwrap();
        let id = world.groups().await[0].tasks[0].id;
        let refusal = mark_tasks(&world.scrm, world.corp, &[id], Mark::Sent, Actor::System).await.unwrap_err();
        assert!(matches!(refusal, Error::Conflict(_)), "{refusal}");
    }

    async fn tasks_of_deleted_sops_are_not_listed(test: &TestDb) {
        let world = World::synced(test, 1, 1).await;
        let groups = world.groups().await;
        let new = sop(Mode::Manual, chats(&groups), vec![step(NOW, "你好")]);
        let id = create(&world.scrm, world.corp, new).await.unwrap();
        crate::sop::delete(&world.scrm, world.corp, &id, Actor::System).await.unwrap();
        assert!(world.groups().await[0].tasks.is_empty());
        world.tick().await;
        let states = n_by_state(&world.scrm, world.corp).await.unwrap();
        assert_eq!(states, [(TaskState::Cancelled, 1)], "and none is handed over");
        assert!(world.sim.sim.app_messages().is_empty());
    }
}
