//! Between the claim and the call: what changed meanwhile does not go out.

use store::{params, testing::TestDb};

use super::{
    ADD, MINUTE_MS, NOW, fresh, made_up, reasons, statuses, told_by, with_sop, with_worker,
};
use crate::{
    MIGRATIONS,
    send::{self, begin, claim_tick, hand_over, hand_over_tick},
    sop::{
        self, Actor, Mode,
        tests::{chats, sop, step},
    },
    tests::World,
};

store::statements! {
    SET_STATES = "UPDATE sops SET state = $2 WHERE corp_id = $1";
    SET_POSITIONS = "UPDATE sops SET plan_position = $2 WHERE corp_id = $1";
    EDIT = "UPDATE sop_steps SET version = 2 WHERE corp_id = $1";
    KEEP_EDITED = "INSERT INTO sop_step_contents (corp_id, sop_id, step_no, version, content)
        SELECT corp_id, sop_id, step_no, 2, $2 FROM sop_step_contents WHERE corp_id = $1";
    REMOVE_STEPS = "UPDATE sop_steps SET is_removed = TRUE WHERE corp_id = $1";
    DAMAGE = "UPDATE send_batches SET content = '{' WHERE corp_id = $1 AND batch_id = $2";
    NO_MSGID = "UPDATE send_batches SET msgid = NULL WHERE corp_id = $1 AND batch_id = $2";
    DISSOLVE = "UPDATE customer_groups SET is_dissolved = TRUE WHERE corp_id = $1 AND chat_id = $2";
}

async fn change(world: &World, statement: &'static store::Statement, values: &[store::Value<'_>]) {
    let mut tx = world.scrm.db.begin().await.unwrap();
    tx.execute(statement, values).await.unwrap();
    tx.commit().await.unwrap();
}

/// A company whose due tasks are in batches that were not handed over.
async fn claimed(test: &TestDb, n_owners: usize, n_groups: usize, mode: Mode) -> World {
    let world = with_sop(test, n_owners, n_groups, mode).await;
    while sop::plan_tick(&world.scrm, world.corp).await.unwrap() {}
    while claim_tick(&world.scrm, world.corp, "test").await.unwrap() {}
    world
}

async fn ready(world: &World) -> Vec<(send::Batch, hand_over::Request)> {
    let open = send::open(&world.scrm, world.corp, send::BatchState::Ready).await.unwrap();
    let mut prepared = Vec::new();
    with_worker(world, async |worker| {
        for batch in open {
            let request = made_up(worker, &batch).await;
            prepared.push((batch, request));
        }
    })
    .await;
    prepared
}

/// The first group leaves its SOP.
async fn first_leaves(world: &World) {
    let groups = world.groups().await;
    let sop = groups[0].tasks[0].sop.id;
    let chats = std::slice::from_ref(&groups[0].chat_id);
    sop::leave(&world.scrm, world.corp, &sop, chats, Actor::System).await.unwrap();
}

store::on_both! { MIGRATIONS,
    async fn what_is_paused_or_planned_anew_after_the_claim_waits(test: &TestDb) {
        for (statement, held, free) in
            [(&SET_STATES, Some(2_i64), Some(1_i64)), (&SET_POSITIONS, Some(0), None)]
        {
            let world = claimed(&fresh(test).await, 2, 6, Mode::Assistant).await;
            change(&world, statement, &params![world.corp, held]).await;
            hand_over_tick(&world.scrm, world.corp, "test").await.unwrap();
            assert_eq!(world.sim.sim.n_calls("externalcontact/add_msg_template"), 0);
            let states = sop::n_by_state(&world.scrm, world.corp).await.unwrap();
            assert_eq!(states, [(sop::TaskState::Planned, 6)]);
            assert_eq!(reasons(&world).await, ["SOP、内容或群主在发送前有变化，将按新的情况发送"]);
            change(&world, statement, &params![world.corp, free]).await;
            world.tick_after(MINUTE_MS).await;
            assert_eq!(statuses(&world).await, [(1, 6)].into());
            assert_eq!(world.sim.sim.mass_messages().len(), 2);
            assert!(reasons(&world).await.is_empty());
        }
    }

    async fn what_was_ended_deleted_or_removed_after_the_claim_is_cancelled(test: &TestDb) {
        for (statement, values, reason) in [
            (&SET_STATES, 3_i64, "SOP 已结束"),
            (&SET_STATES, 9, ""),
            (&REMOVE_STEPS, 0, "这一步已从 SOP 中删除"),
        ] {
            let world = claimed(&fresh(test).await, 2, 6, Mode::Assistant).await;
            let values = &params![world.corp, values][..statement.sqlite.matches('$').count()];
            change(&world, statement, values).await;
            hand_over_tick(&world.scrm, world.corp, "test").await.unwrap();
            assert_eq!(world.sim.sim.n_calls("externalcontact/add_msg_template"), 0);
            let states = sop::n_by_state(&world.scrm, world.corp).await.unwrap();
            assert_eq!(states, [(sop::TaskState::Cancelled, 6)]);
            // Tasks of deleted SOPs are not listed.
            if !reason.is_empty() {
                assert_eq!(reasons(&world).await, [reason]);
            }
        }
    }

    async fn a_group_that_has_another_owner_by_now_is_in_his_message(test: &TestDb) {
        let world = claimed(test, 2, 6, Mode::Assistant).await;
        let groups = world.sim.sim.groups();
        let moved = &groups[0];
        let heir = groups.iter().find(|group| group.owner != moved.owner).unwrap().owner.clone();
        world.sim.sim.change_owner(&moved.chat_id, &heir).unwrap();
        world.sync().await;
        world.tick().await;
        world.tick_after(MINUTE_MS).await;
        assert_eq!(statuses(&world).await, [(1, 6)].into());
        let messages = world.sim.sim.mass_messages();
        assert_eq!(messages.len(), 3, "the heir's own groups had theirs already");
        let of_moved: Vec<_> =
            messages.iter().filter(|m| m.chat_ids.contains(&moved.chat_id)).collect();
        assert_eq!(of_moved.len(), 1);
        assert_eq!(of_moved[0].sender, heir);
        assert!(messages.iter().all(|message| message.fail_list.is_empty()));
    }

    async fn a_step_that_was_edited_after_the_claim_goes_out_as_edited(test: &TestDb) {
        let world = claimed(test, 1, 3, Mode::Assistant).await;
        let content = serde_json::to_string(&[sop::tests::text("新内容")]).unwrap();
        change(&world, &KEEP_EDITED, &params![world.corp, &content]).await;
        change(&world, &EDIT, &params![world.corp]).await;
        world.tick().await;
        assert_eq!(statuses(&world).await, [(0, 3)].into());
        world.tick().await;
        assert_eq!(statuses(&world).await, [(1, 3)].into());
        let messages = world.sim.sim.mass_messages();
        assert_eq!((messages.len(), messages[0].text.as_str()), (1, "新内容"));
    }

    async fn a_group_that_was_dissolved_after_the_claim_fails_and_the_others_go(test: &TestDb) {
        let world = claimed(test, 1, 3, Mode::Assistant).await;
        let gone = world.sim.sim.groups()[0].chat_id.clone();
        change(&world, &DISSOLVE, &params![world.corp, &gone]).await;
        world.tick().await;
        let states = sop::n_by_state(&world.scrm, world.corp).await.unwrap();
        assert_eq!(states, [(sop::TaskState::HandedOver, 2), (sop::TaskState::Failed, 1)]);
        assert!(!world.sim.sim.mass_messages()[0].chat_ids.contains(&gone));
    }

    async fn a_card_tells_of_what_is_left_when_it_is_first_sent(test: &TestDb) {
        let world = claimed(test, 1, 4, Mode::Manual).await;
        let groups = world.groups().await;
        // One is taken out by hand, one falls out in the moment of sending.
        let sop_id = groups[0].tasks[0].sop.id;
        let chats = std::slice::from_ref(&groups[0].chat_id);
        sop::leave(&world.scrm, world.corp, &sop_id, chats, Actor::System).await.unwrap();
        change(&world, &DISSOLVE, &params![world.corp, &groups[1].chat_id]).await;
        world.tick().await;
        let card = world.sim.sim.app_messages().remove(0);
        assert!(card.description.contains("请向 2 个客户群发送"), "{card:?}");
        let (_, tasks) = told_by(&world, &card).await;
        let open = tasks.iter().filter(|task| task.state == sop::TaskState::HandedOver);
        assert_eq!((open.count(), tasks.len()), (2, 4));
    }

    async fn a_card_that_may_have_come_is_sent_again_byte_for_byte(test: &TestDb) {
        let world = claimed(test, 1, 4, Mode::Manual).await;
        world.sim.sim.fail_next("message/send", wecom_sim::Fault::CutAfterEffect).unwrap();
        world.tick().await;
        first_leaves(&world).await;
        world.tick_after(MINUTE_MS).await;
        assert_eq!(world.sim.sim.n_calls("message/send"), 2);
        assert_eq!(world.sim.sim.app_messages().len(), 1);
        let card = world.sim.sim.app_messages().remove(0);
        assert!(card.description.contains("请向 4 个客户群发送"), "{card:?}");
        let (_, tasks) = told_by(&world, &card).await;
        let cancelled: Vec<_> = tasks
            .iter()
            .filter(|task| task.state == sop::TaskState::Cancelled)
            .map(|task| task.reason.as_deref())
            .collect();
        assert_eq!(cancelled, [Some("群已被移出 SOP")], "the page tells the truth");
    }

    async fn a_card_that_was_refused_is_about_what_is_left(test: &TestDb) {
        let world = claimed(test, 1, 4, Mode::Manual).await;
        let busy = wecom_sim::Fault::Errcode { errcode: 45_009 };
        world.sim.sim.fail_next("message/send", busy).unwrap();
        world.tick().await;
        first_leaves(&world).await;
        world.tick_after(MINUTE_MS).await;
        let card = world.sim.sim.app_messages().remove(0);
        assert!(card.description.contains("请向 3 个客户群发送"), "{card:?}");
    }

    async fn a_card_that_was_lost_is_not_repeated_while_its_sop_is_paused(test: &TestDb) {
        let world = claimed(test, 1, 4, Mode::Manual).await;
        world.sim.sim.fail_next("message/send", wecom_sim::Fault::CutBeforeEffect).unwrap();
        world.tick().await;
        let id = world.groups().await[0].tasks[0].sop.id;
        sop::pause(&world.scrm, world.corp, &id, Actor::System).await.unwrap();
        world.tick_after(MINUTE_MS).await;
        assert!(world.sim.sim.app_messages().is_empty());
        sop::resume(&world.scrm, world.corp, &id, Actor::System).await.unwrap();
        world.tick_after(MINUTE_MS).await;
        assert_eq!(world.sim.sim.app_messages().len(), 1);
        assert_eq!(statuses(&world).await, [(1, 4)].into());
    }

    async fn a_call_that_would_begin_late_in_its_lease_is_not_made(test: &TestDb) {
        let world = claimed(test, 2, 4, Mode::Assistant).await;
        let prepared = ready(&world).await;
        let ids: Vec<_> = prepared.iter().map(|(batch, _)| batch.id).collect();
        with_worker(&world, async |worker| {
            let begun = begin::begin(worker, prepared).await.unwrap();
            assert_eq!(begun.len(), 2);
            // Other calls of the round took that long.
            world.clock.advance(world.scrm.rules.lease_ms / 2 + 1);
            hand_over::make_calls(worker, begun).await.unwrap();
        })
        .await;
        assert_eq!(world.sim.sim.n_calls("externalcontact/add_msg_template"), 0);
        let again = send::open(&world.scrm, world.corp, send::BatchState::Ready).await.unwrap();
        assert_eq!(again.iter().map(|batch| batch.id).collect::<Vec<_>>(), ids);
        assert!(again.iter().all(|b| b.n_attempts == 0 && b.unknown_since_ms.is_none()));
        world.tick().await;
        assert_eq!(statuses(&world).await, [(1, 4)].into());
        assert_eq!(world.sim.sim.mass_messages().len(), 2);
    }

    async fn two_processes_that_begin_the_same_messages_make_each_once(test: &TestDb) {
        let world = claimed(test, 3, 6, Mode::Assistant).await;
        let (mine, theirs) = (ready(&world).await, ready(&world).await);
        with_worker(&world, async |worker| {
            assert_eq!(begin::begin(worker, mine).await.unwrap().len(), 3);
            assert_eq!(begin::begin(worker, theirs).await.unwrap().len(), 0);
        })
        .await;
    }

    async fn a_message_whose_data_is_damaged_fails_wherever_it_is(test: &TestDb) {
        for is_lost in [true, false] {
            let world = claimed(&fresh(test).await, 2, 4, Mode::Assistant).await;
            if is_lost {
                world.sim.sim.fail_next(ADD, wecom_sim::Fault::CutAfterEffect).unwrap();
            }
            let batch = ready(&world).await.remove(0).0;
            world.tick().await;
            let damage = if is_lost { &DAMAGE } else { &NO_MSGID };
            change(&world, damage, &params![world.corp, batch.id]).await;
            world.tick_after(MINUTE_MS).await;
            world.tick_after(MINUTE_MS).await;
            let states = sop::n_by_state(&world.scrm, world.corp).await.unwrap();
            assert_eq!(states, [(sop::TaskState::HandedOver, 2), (sop::TaskState::Failed, 2)]);
            assert_eq!(reasons(&world).await, ["保存的数据已损坏"]);
        }
    }

    async fn one_damaged_message_holds_up_no_other(test: &TestDb) {
        let world = with_sop(test, 2, 4, Mode::Assistant).await;
        let groups = world.groups().await;
        let new = sop(Mode::Assistant, chats(&groups), vec![step(NOW, "另一条")]);
        sop::create(&world.scrm, world.corp, new).await.unwrap();
        while claim_tick(&world.scrm, world.corp, "test").await.unwrap() {}
        let batch = ready(&world).await.remove(0).0;
        change(&world, &DAMAGE, &params![world.corp, batch.id]).await;
        world.tick().await;
        let states = sop::n_by_state(&world.scrm, world.corp).await.unwrap();
        assert_eq!(states, [(sop::TaskState::HandedOver, 6), (sop::TaskState::Failed, 2)]);
    }
}
