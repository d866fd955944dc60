//! What happens between the moment a task is taken up and the moment its message is handed over: nothing of
//! the old goes out, and what is still wanted goes out once.

use store::testing::TestDb;
use wecom_sim::Fault;

use super::{ADD, HOUR_MS, MINUTE_MS, all_confirm, n_reached, reasons, statuses};
use crate::{
    MIGRATIONS, PublicId,
    send::{claim_tick, hand_over_tick},
    sop::{
        self, Actor, Audience, Edit, EditedStep, Mode, NewSop, SopKind, StepTime,
        tests::{chats, in_minutes, sop, step},
    },
    tests::World,
};

const APP: Actor = Actor::App(7);

async fn claim(world: &World) {
    while claim_tick(&world.scrm, world.corp, "test").await.unwrap() {}
}

async fn hand_over(world: &World) {
    while hand_over_tick(&world.scrm, world.corp, "test").await.unwrap() {}
}

/// One owner with three groups in an SOP of one step, due now, whose tasks are taken up.
async fn claimed(test: &TestDb, mode: Mode) -> (World, PublicId) {
    let world = World::synced(test, 1, 3).await;
    let groups = world.groups().await;
    let id = made(&world, mode, chats(&groups), "旧").await;
    claim(&world).await;
    (world, id)
}

async fn made(world: &World, mode: Mode, audience: Audience, text: &str) -> PublicId {
    let new = sop(mode, audience, vec![step(in_minutes(0), text)]);
    sop::create(&world.scrm, world.corp, new).await.unwrap()
}

fn one_step(time: StepTime, text: &str) -> Edit {
    let step = EditedStep { step_no: Some(1), step: step(time, text) };
    Edit { steps: Some(vec![step]), ..Edit::default() }
}

async fn edit(world: &World, id: &PublicId, edit: &Edit) {
    sop::edit(&world.scrm, world.corp, id, edit, APP).await.unwrap();
}

/// Texts of all mass messages, in the order of their making.
fn texts(world: &World) -> Vec<String> {
    world.sim.sim.mass_messages().into_iter().map(|message| message.text).collect()
}

fn n_out(world: &World) -> usize {
    world.sim.sim.mass_messages().len() + world.sim.sim.app_messages().len()
}

/// All confirm, and every group was reached once, with this text.
async fn reached_once(world: &World, text: &str) {
    all_confirm(world).await;
    world.tick_after(MINUTE_MS).await;
    let reached = n_reached(world);
    assert_eq!(reached.len(), 3);
    assert!(reached.values().all(|&n| n == 1));
    assert!(world.sim.sim.ledger().iter().all(|entry| entry.text == text));
}

store::on_both! { MIGRATIONS,
    async fn what_may_have_come_is_not_planned_again_when_its_group_comes_back(test: &TestDb) {
        let (world, id) = claimed(test, Mode::Manual).await;
        world.sim.sim.fail_next("message/send", Fault::CutAfterEffect).unwrap();
        hand_over(&world).await;
        let chats: Vec<String> = world.groups().await.into_iter().map(|g| g.chat_id).collect();
        sop::leave(&world.scrm, world.corp, &id, &chats, APP).await.unwrap();
        sop::join(&world.scrm, world.corp, &id, &chats, APP).await.unwrap();
        for _ in 0..5 {
            world.tick_after(MINUTE_MS).await;
        }
        assert_eq!(world.sim.sim.app_messages().len(), 1);
    }

    async fn what_was_paused_is_held_back_and_goes_out_once_after_it(test: &TestDb) {
        let (world, id) = claimed(test, Mode::Assistant).await;
        sop::pause(&world.scrm, world.corp, &id, APP).await.unwrap();
        hand_over(&world).await;
        world.tick_after(HOUR_MS).await;
        assert_eq!(n_out(&world), 0);
        assert_eq!(statuses(&world).await, [(0, 3)].into());
        sop::resume(&world.scrm, world.corp, &id, APP).await.unwrap();
        world.tick_after(MINUTE_MS).await;
        assert_eq!(texts(&world), ["旧"]);
        reached_once(&world, "旧").await;
    }

    async fn a_pause_that_was_over_before_the_call_changes_nothing(test: &TestDb) {
        let (world, id) = claimed(test, Mode::Assistant).await;
        sop::pause(&world.scrm, world.corp, &id, APP).await.unwrap();
        sop::resume(&world.scrm, world.corp, &id, APP).await.unwrap();
        hand_over(&world).await;
        world.tick_after(MINUTE_MS).await;
        assert_eq!(texts(&world), ["旧"]);
    }

    async fn what_was_rewritten_goes_out_once_with_the_new_content(test: &TestDb) {
        let (world, id) = claimed(test, Mode::Assistant).await;
        edit(&world, &id, &one_step(in_minutes(0), "新")).await;
        hand_over(&world).await;
        assert_eq!(n_out(&world), 0, "the old content does not go out");
        world.tick_after(MINUTE_MS).await;
        assert_eq!(texts(&world), ["新"]);
        reached_once(&world, "新").await;
    }

    async fn what_was_moved_goes_out_once_at_its_new_time(test: &TestDb) {
        let (world, id) = claimed(test, Mode::Assistant).await;
        edit(&world, &id, &one_step(in_minutes(60), "新")).await;
        hand_over(&world).await;
        world.tick_after(59 * MINUTE_MS).await;
        assert_eq!(n_out(&world), 0);
        world.tick_after(MINUTE_MS).await;
        assert_eq!(texts(&world), ["新"]);
        reached_once(&world, "新").await;
    }

    async fn a_step_moved_while_its_call_is_of_unknown_effect_keeps_to_its_new_time(test: &TestDb) {
        let (world, id) = claimed(test, Mode::Assistant).await;
        world.sim.sim.fail_next(ADD, Fault::CutBeforeEffect).unwrap();
        hand_over(&world).await;
        edit(&world, &id, &one_step(in_minutes(60), "新")).await;
        for _ in 0..59 {
            world.tick_after(MINUTE_MS).await;
        }
        assert_eq!(n_out(&world), 0, "WeCom had no trace of it: it is planned for the new time");
        world.tick_after(MINUTE_MS).await;
        assert_eq!(texts(&world), ["新"]);
        reached_once(&world, "新").await;
    }

    async fn a_step_moved_to_a_day_that_is_past_for_a_group_is_not_sent_to_it(test: &TestDb) {
        let world = World::synced(test, 1, 3).await;
        let groups = world.groups().await;
        let second_day = StepTime::NthDay { day_no: 2, minute_of_day: 600 };
        let new = NewSop {
            kind: SopKind::DaysSinceJoining,
            ..sop(Mode::Assistant, chats(&groups), vec![step(second_day, "旧")])
        };
        let id = sop::create(&world.scrm, world.corp, new).await.unwrap();
        world.clock.advance(25 * HOUR_MS);
        claim(&world).await;
        edit(&world, &id, &one_step(StepTime::NthDay { day_no: 1, minute_of_day: 600 }, "新")).await;
        hand_over(&world).await;
        world.tick_after(MINUTE_MS).await;
        assert_eq!(n_out(&world), 0);
        assert_eq!(statuses(&world).await, [(5, 3)].into());
        assert_eq!(reasons(&world).await, ["这一步改到了对本群已过去的时间"]);
    }

    async fn a_group_that_left_falls_out_and_comes_back_once(test: &TestDb) {
        let (world, id) = claimed(test, Mode::Assistant).await;
        let chat = vec![world.groups().await[0].chat_id.clone()];
        sop::leave(&world.scrm, world.corp, &id, &chat, APP).await.unwrap();
        sop::join(&world.scrm, world.corp, &id, &chat, APP).await.unwrap();
        hand_over(&world).await;
        world.tick_after(MINUTE_MS).await;
        all_confirm(&world).await;
        world.tick_after(MINUTE_MS).await;
        assert_eq!(n_reached(&world).len(), 3);
        assert!(n_reached(&world).values().all(|&n| n == 1));
    }

    async fn a_group_that_left_while_the_call_was_of_unknown_effect_is_not_repeated(test: &TestDb) {
        let (world, id) = claimed(test, Mode::Assistant).await;
        world.sim.sim.fail_next(ADD, Fault::CutBeforeEffect).unwrap();
        hand_over(&world).await;
        let chat = world.groups().await[0].chat_id.clone();
        let left = sop::leave(&world.scrm, world.corp, &id, std::slice::from_ref(&chat), APP).await;
        assert_eq!(left.unwrap().n_kept, 1, "it may be out already");
        for _ in 0..12 {
            world.tick_after(MINUTE_MS).await;
        }
        let messages = world.sim.sim.mass_messages();
        assert_eq!(messages.len(), 1);
        assert!(!messages[0].chat_ids.contains(&chat));
        assert_eq!(statuses(&world).await, [(1, 2), (5, 1)].into());
        assert_eq!(reasons(&world).await, ["群已被移出 SOP"]);
    }

    async fn two_processes_with_pauses_in_between_hand_over_once(test: &TestDb) {
        let world = World::synced(test, 8, 80).await;
        let groups = world.groups().await;
        let id = made(&world, Mode::Assistant, chats(&groups), "你好").await;
        let (scrm, corp) = (&world.scrm, world.corp);
        let work = async |holder: &'static str| {
            for _ in 0..12 {
                match crate::testing::send_tick(scrm, corp, holder).await {
                    Ok(_) | Err(crate::Error::Store(store::Error::Busy)) => {}
                    Err(error) => panic!("{error}"),
                }
                tokio::task::yield_now().await;
            }
        };
        let pauses = async {
            for _ in 0..6 {
                sop::pause(scrm, corp, &id, APP).await.unwrap();
                tokio::task::yield_now().await;
                sop::resume(scrm, corp, &id, APP).await.unwrap();
            }
        };
        tokio::join!(work("a"), work("b"), pauses);
        world.tick_after(MINUTE_MS).await;
        world.tick_after(MINUTE_MS).await;
        assert_eq!(statuses(&world).await, [(1, 80)].into());
        assert_eq!(world.sim.sim.mass_messages().len(), 8);
        all_confirm(&world).await;
        assert_eq!(n_reached(&world).len(), 80);
        assert!(n_reached(&world).values().all(|&n| n == 1));
    }
}
