//! Starting, pausing, resuming, ending, deleting; joining and leaving by hand; repeating a call.

use store::testing::TestDb;

use super::{chats, in_minutes, listed, sop, step};
use crate::{
    Error, MIGRATIONS,
    once::Once,
    sop::{
        Actor, Joined, Mode, NewSop, Over, SopState, StepTime, create, delete, detail, end, join,
        leave, pause, progress, resume, start,
    },
    tests::{NOW_MS, World},
    zone::MINUTE_MS,
};

const APP: Actor = Actor::App(7);
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

fn conflict<T: std::fmt::Debug>(outcome: Result<T, Error>) -> String {
    match outcome {
        Err(Error::Conflict(text)) => text,
        other => panic!("{other:?}"),
    }
}

store::on_both! { MIGRATIONS,
    async fn a_draft_has_no_tasks_before_it_is_started(test: &TestDb) {
        let world = World::synced(test, 1, 2).await;
        let (scrm, corp) = (&world.scrm, world.corp);
        let groups = world.groups().await;
        let chat = groups[0].chat_id.as_str();
        let steps = vec![
            step(StepTime::NthDay { day_no: 2, minute_of_day: 600 }, "第二天"),
            step(in_minutes(90), "定时"),
        ];
        let new = NewSop { is_draft: true, ..sop(Mode::Manual, chats(&groups), steps) };
        let id = create(scrm, corp, new).await.unwrap();
        world.tick_after(60 * MINUTE_MS).await;
        assert_eq!(listed(&world, chat).await, []);
        assert_eq!(conflict(pause(scrm, corp, &id, APP).await), format!(
            "SOP {id} does not run: it is a draft, or it has ended"
        ));
        assert!(conflict(end(scrm, corp, &id, APP).await).contains("draft"));
        world.clock.advance(DAY_MS);
        let late = start(scrm, corp, &id, APP).await.unwrap_err();
        assert!(late.to_string().contains("step 2: its time is past"), "{late}");
        world.clock.set(NOW_MS + 80 * MINUTE_MS);
        start(scrm, corp, &id, APP).await.unwrap();
        assert!(conflict(start(scrm, corp, &id, APP).await).contains("started already"));
        // Tomorrow at 10:00, counted from the start.
        assert_eq!(listed(&world, chat).await, [(90, 0, None), (30 + 24 * 60, 0, None)]);
        let acts: Vec<String> = detail(scrm, corp, &id)
            .await
            .unwrap()
            .acts
            .into_iter()
            .map(|act| format!("{} {}", act.actor, act.action))
            .collect();
        assert_eq!(acts, ["app:7 start", "system create"]);
    }

    async fn what_falls_due_in_a_pause_is_sent_after_it_or_expires(test: &TestDb) {
        let world = World::synced(test, 1, 1).await;
        let (scrm, corp) = (&world.scrm, world.corp);
        let groups = world.groups().await;
        let chat = groups[0].chat_id.as_str();
        let steps = vec![step(in_minutes(10), "早"), step(in_minutes(2_000), "晚")];
        let id = create(scrm, corp, sop(Mode::Assistant, chats(&groups), steps)).await.unwrap();
        pause(scrm, corp, &id, APP).await.unwrap();
        pause(scrm, corp, &id, APP).await.unwrap();
        world.tick_after(2_010 * MINUTE_MS).await;
        assert_eq!(world.sim.sim.mass_messages().len(), 0, "nothing goes out in a pause");
        resume(scrm, corp, &id, APP).await.unwrap();
        resume(scrm, corp, &id, APP).await.unwrap();
        world.tick().await;
        let tasks = listed(&world, chat).await;
        assert_eq!((tasks[0].1, tasks[1].1), (4, 1), "a day late is too late, ten minutes are not");
        assert!(tasks[0].2.is_some(), "and it is said why");
    }

    async fn of_an_ended_sop_nothing_goes_out_and_all_is_final(test: &TestDb) {
        let world = World::synced(test, 2, 6).await;
        let (scrm, corp) = (&world.scrm, world.corp);
        let groups = world.groups().await;
        let steps = vec![step(in_minutes(0), "现在"), step(in_minutes(60), "后来")];
        let id = create(scrm, corp, sop(Mode::Manual, chats(&groups), steps)).await.unwrap();
        world.tick().await;
        let over = end(scrm, corp, &id, APP).await.unwrap();
        assert_eq!(over, Over { n_cancelled: 6, n_handed_over: 6 });
        assert_eq!(end(scrm, corp, &id, APP).await.unwrap(), Over::default(), "once is enough");
        world.tick_after(61 * MINUTE_MS).await;
        for group in &groups {
            let states: Vec<i64> =
                listed(&world, &group.chat_id).await.iter().map(|task| task.1).collect();
            assert_eq!(states, [5, 5]);
        }
        let progress = progress(scrm, corp, &id).await.unwrap();
        assert_eq!((progress.total.n_cancelled, progress.card.state), (12, SopState::Ended));
        assert!(!progress.card.is_planning);
        assert!(conflict(resume(scrm, corp, &id, APP).await).contains("does not run"));
        delete(scrm, corp, &id, APP).await.unwrap();
        assert_eq!(listed(&world, &groups[0].chat_id).await, []);
        assert!(matches!(detail(scrm, corp, &id).await, Err(Error::NotFound(_))));
    }

    async fn groups_that_join_by_hand_get_what_is_still_to_come(test: &TestDb) {
        let world = World::synced(test, 1, 3).await;
        let (scrm, corp) = (&world.scrm, world.corp);
        let groups = world.groups().await;
        let steps = vec![
            step(StepTime::NthDay { day_no: 1, minute_of_day: 600 }, "一"),
            step(StepTime::NthDay { day_no: 2, minute_of_day: 600 }, "二"),
        ];
        let id = create(scrm, corp, sop(Mode::Manual, chats(&groups[..1]), steps)).await.unwrap();
        // 12:00, after the first day's step.
        world.clock.set(NOW_MS + 150 * MINUTE_MS);
        let chat_ids = vec![groups[1].chat_id.clone(), groups[0].chat_id.clone()];
        let joined = join(scrm, corp, &id, &chat_ids, APP).await.unwrap();
        assert_eq!(joined, Joined { n_joined: 1, n_there_already: 1 });
        assert_eq!(listed(&world, &groups[1].chat_id).await, [(30 + 24 * 60, 0, None)]);
        let unknown = vec![groups[2].chat_id.clone(), "wrNobody".to_owned()];
        let refusal = join(scrm, corp, &id, &unknown, APP).await.unwrap_err();
        assert!(refusal.to_string().contains("wrNobody"), "{refusal}");
        assert_eq!(listed(&world, &groups[2].chat_id).await, [], "all or nothing");
        world.tick_after(DAY_MS).await;
        assert_eq!(listed(&world, &groups[1].chat_id).await[0].1, 1, "it goes out when due");
    }

    async fn a_group_that_leaves_gets_nothing_more_until_it_comes_back(test: &TestDb) {
        let world = World::synced(test, 1, 2).await;
        let (scrm, corp) = (&world.scrm, world.corp);
        let groups = world.groups().await;
        let chat = groups[0].chat_id.clone();
        let steps = [10, 20, 30].map(|n| step(in_minutes(n), "你好")).to_vec();
        let id = create(scrm, corp, sop(Mode::Manual, chats(&groups), steps)).await.unwrap();
        let left = leave(scrm, corp, &id, std::slice::from_ref(&chat), APP).await.unwrap();
        assert_eq!(left.n_cancelled, 3);
        world.tick_after(15 * MINUTE_MS).await;
        let states = |tasks: Vec<(i64, i64, Option<String>)>| -> Vec<i64> {
            tasks.into_iter().map(|task| task.1).collect()
        };
        assert_eq!(states(listed(&world, &chat).await), [5, 5, 5]);
        assert_eq!(states(listed(&world, &groups[1].chat_id).await), [1, 0, 0]);
        join(scrm, corp, &id, std::slice::from_ref(&chat), APP).await.unwrap();
        assert_eq!(states(listed(&world, &chat).await), [5, 0, 0], "what is past stays cancelled");
        world.tick_after(20 * MINUTE_MS).await;
        assert_eq!(states(listed(&world, &chat).await), [5, 1, 1]);
        let progress = progress(scrm, corp, &id).await.unwrap();
        assert_eq!(progress.card.n_groups, 2);
    }

    async fn a_call_with_a_key_is_carried_out_once_a_day(test: &TestDb) {
        let world = World::synced(test, 1, 1).await;
        let (scrm, corp) = (&world.scrm, world.corp);
        let groups = world.groups().await;
        let asked = async |digest: u8| {
            let key = "a-key".to_owned();
            let once = Once { app_no: 7, call: "create", key, digest: [digest; 32] };
            let steps = vec![step(in_minutes(10), "你好")];
            let new = sop(Mode::Manual, chats(&groups), steps);
            create(scrm, corp, NewSop { once: Some(once), ..new }).await
        };
        let first = asked(1).await.unwrap();
        assert_eq!(asked(1).await.unwrap(), first);
        assert!(conflict(asked(2).await).contains("a-key"));
        assert_eq!(listed(&world, &groups[0].chat_id).await.len(), 1);
        world.clock.advance(DAY_MS);
        crate::once::forget_old(scrm, corp).await.unwrap();
        assert_ne!(asked(2).await.unwrap(), first);
    }
}
