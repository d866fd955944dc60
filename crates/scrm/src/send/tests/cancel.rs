//! Taking back what is in messages already: what WeCom says was sent wins.

use store::testing::TestDb;
use wecom_sim::{Confirm, Fault, MassState};

use super::{ADD, HOUR_MS, MINUTE_MS, made_up, reasons, statuses, told_by, with_sop, with_worker};
use crate::{
    Error, MIGRATIONS, PublicId,
    send::{self, begin, claim_tick, events::EventKind, hand_over, story, track},
    sop::{self, Actor, Mode, TaskState},
    tests::World,
};

async fn the_sop(world: &World) -> PublicId {
    world.groups().await[0].tasks[0].sop.id
}

async fn end(world: &World) {
    let id = the_sop(world).await;
    sop::end(&world.scrm, world.corp, &id, Actor::App(7)).await.unwrap();
    while sop::plan_tick(&world.scrm, world.corp).await.unwrap() {}
}

/// What happened to the message of a task, as words.
async fn happened(world: &World, task: PublicId) -> Vec<String> {
    let chapters = story(&world.scrm, world.corp, &task).await.unwrap();
    chapters.into_iter().map(|chapter| chapter.what).collect()
}

store::on_both! { MIGRATIONS,
    async fn what_waits_for_its_owners_is_withdrawn_with_the_sop(test: &TestDb) {
        let world = with_sop(test, 2, 6, Mode::Assistant).await;
        world.tick().await;
        world.clock.advance(10_000);
        let message = world.sim.sim.mass_messages().remove(0);
        world.sim.sim.confirm(&message.msgid, Confirm::All).unwrap();
        end(&world).await;
        world.tick().await;
        assert_eq!(statuses(&world).await, [(2, 3), (5, 3)].into(), "what was sent stays sent");
        assert_eq!(reasons(&world).await, ["SOP 已结束"]);
        let states: Vec<MassState> =
            world.sim.sim.mass_messages().into_iter().map(|message| message.state).collect();
        assert_eq!(states, [MassState::Sent, MassState::Cancelled]);
        world.sim.sim.confirm_all_waiting(None).unwrap();
        assert_eq!(world.sim.sim.ledger().len(), 3);
        for group in world.groups().await {
            let task = &group.tasks[0];
            let words = happened(&world, task.id).await;
            let is_sent = task.status == 2;
            assert_eq!(words.contains(&"not_withdrawn".to_owned()), is_sent, "{words:?}");
        }
    }

    async fn of_a_message_that_was_half_sent_the_rest_is_cancelled(test: &TestDb) {
        let world = with_sop(test, 1, 5, Mode::Assistant).await;
        world.tick().await;
        world.clock.advance(10_000);
        let message = world.sim.sim.mass_messages().remove(0);
        let chosen = message.chat_ids[..2].to_vec();
        world.sim.sim.confirm(&message.msgid, Confirm::Chats(chosen)).unwrap();
        end(&world).await;
        for _ in 0..4 {
            world.tick_after(5 * MINUTE_MS).await;
        }
        assert_eq!(statuses(&world).await, [(2, 2), (5, 3)].into());
        assert_eq!(world.sim.sim.n_calls("externalcontact/cancel_groupmsg_send"), 1);
    }

    async fn one_group_of_a_message_under_way_cannot_be_withdrawn(test: &TestDb) {
        let world = with_sop(test, 1, 3, Mode::Assistant).await;
        world.tick().await;
        let groups = world.groups().await;
        let (id, chats) = (the_sop(&world).await, std::slice::from_ref(&groups[0].chat_id));
        sop::leave(&world.scrm, world.corp, &id, chats, Actor::System).await.unwrap();
        world.tick().await;
        assert_eq!(statuses(&world).await, [(1, 3)].into());
        assert_eq!(world.sim.sim.n_calls("externalcontact/cancel_groupmsg_send"), 0);
    }

    async fn what_is_sent_by_hand_is_cancelled_at_once_and_the_page_says_so(test: &TestDb) {
        let world = with_sop(test, 1, 3, Mode::Manual).await;
        world.tick().await;
        let card = world.sim.sim.app_messages().remove(0);
        end(&world).await;
        assert_eq!(statuses(&world).await, [(5, 3)].into());
        let (_, tasks) = told_by(&world, &card).await;
        assert_eq!(tasks.len(), 3);
        for task in tasks {
            let reason = task.reason.as_deref();
            assert_eq!((task.state, reason), (TaskState::Cancelled, Some("SOP 已结束")));
        }
        let id = world.groups().await[0].tasks[0].id;
        let refusal = sop::mark_tasks(
            &world.scrm,
            world.corp,
            &[id],
            sop::Mark::Sent,
            Actor::App(7),
        )
        .await
        .unwrap_err();
        assert!(matches!(refusal, Error::Conflict(_)), "{refusal}");
        world.tick_after(HOUR_MS * 80).await;
        assert_eq!(world.sim.sim.app_messages().len(), 1, "nobody is reminded of it");
        assert_eq!(statuses(&world).await, [(5, 3)].into());
    }

    async fn outcomes_and_leaving_at_the_same_time_do_not_wait_for_each_other(test: &TestDb) {
        let world = with_sop(test, 60, 180, Mode::Manual).await;
        while claim_tick(&world.scrm, world.corp, "test").await.unwrap() {}
        let ready = send::open(&world.scrm, world.corp, send::BatchState::Ready).await.unwrap();
        let id = the_sop(&world).await;
        let chats: Vec<_> = world.groups().await.into_iter().map(|g| g.chat_id).collect();
        with_worker(&world, async |worker| {
            let mut prepared = Vec::new();
            for batch in ready {
                let request = made_up(worker, &batch).await;
                prepared.push((batch, request));
            }
            let begun = begin::begin(worker, prepared).await.unwrap();
            // As their calls happened to end.
            let accepted: Vec<_> = begun
                .into_iter()
                .rev()
                .map(|begun| {
                    let msgid = begun.batch.id.to_string();
                    (begun.batch, hand_over::Accepted { msgid, refused_chats: vec![] })
                })
                .collect();
            let (stored, left) = tokio::join!(
                hand_over::store_accepted(worker, &accepted, EventKind::Accepted),
                sop::leave(&world.scrm, world.corp, &id, &chats, Actor::System),
            );
            stored.unwrap();
            left.unwrap();
        })
        .await;
        assert_eq!(statuses(&world).await, [(5, 180)].into());
    }

    async fn a_message_of_unknown_effect_is_found_and_then_withdrawn(test: &TestDb) {
        let world = with_sop(test, 1, 3, Mode::Assistant).await;
        world.sim.sim.fail_next(ADD, Fault::CutAfterEffect).unwrap();
        world.tick().await;
        end(&world).await;
        for _ in 0..6 {
            world.tick_after(10_000).await;
        }
        assert_eq!(statuses(&world).await, [(5, 3)].into());
        let messages = world.sim.sim.mass_messages();
        assert_eq!(messages.len(), 1);
        assert_eq!(messages[0].state, MassState::Cancelled);
    }

    async fn a_message_without_a_trace_is_not_made_again_once_its_sop_is_over(test: &TestDb) {
        let world = with_sop(test, 1, 3, Mode::Assistant).await;
        world.sim.sim.fail_next(ADD, Fault::CutBeforeEffect).unwrap();
        world.tick().await;
        end(&world).await;
        for _ in 0..13 {
            world.tick_after(MINUTE_MS).await;
        }
        assert_eq!(statuses(&world).await, [(5, 3)].into());
        assert_eq!(world.sim.sim.n_calls("externalcontact/add_msg_template"), 1);
    }

    async fn withdrawing_is_tried_until_wecom_answers(test: &TestDb) {
        let world = with_sop(test, 1, 3, Mode::Assistant).await;
        world.tick().await;
        let busy = Fault::Errcode { errcode: 45_009 };
        world.sim.sim.fail_times("externalcontact/cancel_groupmsg_send", busy, 3).unwrap();
        end(&world).await;
        world.tick().await;
        assert_eq!(statuses(&world).await, [(1, 3)].into());
        // After such a refusal the client leaves WeCom alone for a minute.
        for _ in 0..5 {
            world.tick_after(MINUTE_MS).await;
        }
        assert_eq!(statuses(&world).await, [(5, 3)].into());
        assert_eq!(world.sim.sim.mass_messages()[0].state, MassState::Cancelled);
    }

    async fn a_wish_that_comes_while_a_result_is_read_is_looked_at_at_once(test: &TestDb) {
        let world = with_sop(test, 1, 3, Mode::Assistant).await;
        world.tick().await;
        world.tick_after(HOUR_MS).await;
        world.clock.advance(HOUR_MS);
        let open = send::open(&world.scrm, world.corp, send::BatchState::Tracking).await.unwrap();
        with_worker(&world, async |worker| {
            let leased = send::lease(worker, &open[0]).await.unwrap().unwrap();
            end(&world).await;
            track::mass_message(worker, leased).await.unwrap();
        })
        .await;
        assert_eq!(statuses(&world).await, [(1, 3)].into());
        world.tick().await;
        assert_eq!(statuses(&world).await, [(5, 3)].into());
    }
}
