//! The way of a message, against the simulator over HTTP: exactly once, whatever goes wrong.

mod begin;
mod between;
mod cancel;
mod claim;
mod quiet;
mod remind;
mod resolve;
mod story;

use std::collections::HashMap;

use store::{params, testing::TestDb};
use wecom_sim::{AppMessage, Confirm, Fault, MassState};

use super::{Reminded, hand_over};

use crate::{
    BatchId, MIGRATIONS, Page,
    desk::{self, DeskSession, DeskTask},
    org,
    sop::{
        self, Actor, Mode, SopFilter, StepTime, TaskState,
        tests::{chats, sop, step, text},
    },
    testing::send_tick,
    tests::{NOW_MS, World, small},
};

const NOW: StepTime = StepTime::At { at_ms: NOW_MS };
const FIRST_PAGE: Page = Page { no: 1, size: 10 };
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const ADD: &str = "externalcontact/add_msg_template";

/// A company in which an SOP of one step, due now, was made for all groups.
async fn with_sop(test: &TestDb, n_owners: usize, n_groups: usize, mode: Mode) -> World {
    with_sop_in(World::synced(test, n_owners, n_groups).await, mode).await
}

async fn with_sop_in(world: World, mode: Mode) -> World {
    let groups = world.groups().await;
    let new = sop(mode, chats(&groups), vec![step(NOW, "大家好，我是#员工姓名#")]);
    sop::create(&world.scrm, world.corp, new).await.unwrap();
    world
}

/// How many groups have their only task in which state, as listed.
async fn statuses(world: &World) -> HashMap<i64, usize> {
    let mut counted = HashMap::new();
    for group in world.groups().await {
        *counted.entry(group.tasks[0].status).or_default() += 1;
    }
    counted
}

async fn reasons(world: &World) -> Vec<String> {
    let mut reasons: Vec<String> =
        world.groups().await.into_iter().filter_map(|g| g.tasks[0].reason.clone()).collect();
    reasons.sort();
    reasons.dedup();
    reasons
}

/// How often each group was reached.
fn n_reached(world: &World) -> HashMap<String, usize> {
    let mut counted = HashMap::new();
    for entry in world.sim.sim.ledger() {
        *counted.entry(entry.chat_id).or_default() += 1;
    }
    counted
}

/// Past the window in which WeCom says "being dispatched", then all owners confirm.
async fn all_confirm(world: &World) {
    world.clock.advance(10_000);
    world.sim.sim.confirm_all_waiting(None).unwrap();
}

store::on_both! { MIGRATIONS,
    async fn a_mass_message_goes_to_each_owner_and_reaches_each_group_once(test: &TestDb) {
        let world = with_sop(test, 50, 1_000, Mode::Assistant).await;
        assert_eq!(statuses(&world).await, [(0, 1_000)].into());
        world.tick().await;
        assert_eq!(statuses(&world).await, [(1, 1_000)].into());
        assert_eq!(world.sim.sim.mass_messages().len(), 50);
        assert!(world.sim.sim.ledger().is_empty(), "nothing is sent before the owners confirm");
        all_confirm(&world).await;
        world.tick().await;
        assert_eq!(statuses(&world).await, [(2, 1_000)].into());
        let reached = n_reached(&world);
        assert_eq!(reached.len(), 1_000);
        assert!(reached.values().all(|&n| n == 1));
        let entry = &world.sim.sim.ledger()[0];
        let staff = world.sim.sim.staff();
        let owner = staff.iter().find(|member| member.userid == entry.sender).unwrap();
        assert_eq!(entry.text, format!("大家好，我是{}", owner.name));
    }

    async fn a_manual_sop_tells_each_owner_once_and_leads_to_what_to_send(test: &TestDb) {
        let world = with_sop(test, 50, 1_000, Mode::Manual).await;
        world.tick().await;
        world.tick_after(MINUTE_MS).await;
        assert_eq!(statuses(&world).await, [(1, 1_000)].into());
        let notices = world.sim.sim.app_messages();
        assert_eq!(notices.len(), 50);
        assert_eq!(world.sim.sim.n_app_messages_suppressed(), 0);
        assert!(notices[0].description.contains("请向 20 个客户群发送"), "{:?}", notices[0]);
        let (owner, tasks) = told_by(&world, &notices[0]).await;
        assert_eq!(tasks.len(), 20);
        let shown = desk::content(&world.scrm, &owner, &tasks[0].id).await.unwrap();
        assert_eq!(shown.content, [text(&format!("大家好，我是{}", owner.name))]);
        let groups = world.groups().await;
        let ids: Vec<_> = groups.iter().map(|group| group.tasks[0].id).collect();
        let staff = world.sim.sim.staff();
        for group in &groups[..3] {
            let owner = staff.iter().find(|member| member.name == group.owner_name).unwrap();
            world.sim.sim.post(&owner.userid, &group.chat_id, "大家好").unwrap();
        }
        let n = sop::mark_tasks(&world.scrm, world.corp, &ids[..3], sop::Mark::Sent, sop::Actor::System).await.unwrap();
        assert_eq!(n, 3);
        assert_eq!(statuses(&world).await, [(1, 997), (2, 3)].into());
    }

    async fn a_step_is_handed_over_when_it_is_due_and_not_before(test: &TestDb) {
        let world = World::synced(test, 2, 6).await;
        let groups = world.groups().await;
        let later = StepTime::At { at_ms: NOW_MS + 2 * HOUR_MS };
        let new = sop(Mode::Assistant, chats(&groups), vec![step(later, "下午好")]);
        sop::create(&world.scrm, world.corp, new).await.unwrap();
        world.tick_after(2 * HOUR_MS - 1).await;
        assert_eq!(statuses(&world).await, [(0, 6)].into());
        world.tick_after(1).await;
        assert_eq!(statuses(&world).await, [(1, 6)].into());
    }

    async fn two_workers_at_once_hand_over_once(test: &TestDb) {
        let world = with_sop(test, 20, 200, Mode::Assistant).await;
        let work = async |holder: &'static str| loop {
            match send_tick(&world.scrm, world.corp, holder).await {
                Ok(true) | Err(crate::Error::Store(store::Error::Busy)) => {}
                Ok(false) => break,
                Err(error) => panic!("{error}"),
            }
        };
        tokio::join!(work("a"), work("b"), work("c"));
        world.tick().await;
        assert_eq!(statuses(&world).await, [(1, 200)].into());
        assert_eq!(world.sim.sim.mass_messages().len(), 20);
    }

    async fn a_message_whose_reply_was_lost_is_found_and_not_made_again(test: &TestDb) {
        let world = with_sop(test, 8, 80, Mode::Assistant).await;
        world.sim.sim.fail_times(ADD, Fault::CutAfterEffect, 8).unwrap();
        world.tick().await;
        assert_eq!(statuses(&world).await, [(0, 80)].into(), "not known to be accepted");
        let n_made = world.sim.sim.mass_messages().len();
        assert!(n_made < 8, "once a reply is lost, no more messages are made in the same tick");
        for _ in 0..4 {
            world.tick_after(10_000).await;
        }
        assert_eq!(statuses(&world).await, [(1, 80)].into());
        all_confirm(&world).await;
        world.tick_after(MINUTE_MS).await;
        assert_eq!(statuses(&world).await, [(2, 80)].into());
        assert_eq!(world.sim.sim.mass_messages().len(), 8);
        assert!(n_reached(&world).values().all(|&n| n == 1));
    }

    async fn a_message_of_which_wecom_has_no_trace_is_repeated_after_ten_minutes(test: &TestDb) {
        let world = with_sop(test, 2, 8, Mode::Assistant).await;
        world.sim.sim.fail_times(ADD, Fault::CutBeforeEffect, 2).unwrap();
        world.tick().await;
        for _ in 0..9 {
            world.tick_after(MINUTE_MS).await;
            assert!(world.sim.sim.mass_messages().is_empty());
        }
        world.tick_after(MINUTE_MS + 5_000).await;
        world.tick().await;
        assert_eq!(world.sim.sim.mass_messages().len(), 2);
        assert_eq!(statuses(&world).await, [(1, 8)].into());
    }

    async fn a_crash_between_the_commit_and_the_call_loses_nothing(test: &TestDb) {
        let world = with_sop(test, 3, 12, Mode::Assistant).await;
        crashed_before_the_call(&world).await;
        world.tick().await;
        assert!(world.sim.sim.mass_messages().is_empty(), "another process holds the lease");
        world.tick_after(world.scrm.rules.lease_ms + 1).await;
        assert!(world.sim.sim.mass_messages().is_empty(), "its effect is not known yet");
        for _ in 0..11 {
            world.tick_after(MINUTE_MS).await;
        }
        assert_eq!(world.sim.sim.mass_messages().len(), 3);
        assert_eq!(statuses(&world).await, [(1, 12)].into());
    }

    async fn of_two_equal_messages_one_waits_until_the_others_effect_is_known(test: &TestDb) {
        let world = World::synced(test, 1, 6).await;
        let groups = world.groups().await;
        for part in groups.chunks(3) {
            let new = sop(Mode::Assistant, chats(part), vec![step(NOW, "同样的话")]);
            sop::create(&world.scrm, world.corp, new).await.unwrap();
        }
        world.sim.sim.fail_next(ADD, Fault::CutAfterEffect).unwrap();
        world.tick().await;
        assert_eq!(world.sim.sim.mass_messages().len(), 1);
        for _ in 0..4 {
            world.tick_after(10_000).await;
        }
        assert_eq!(statuses(&world).await, [(1, 6)].into());
        assert_eq!(world.sim.sim.mass_messages().len(), 2);
        all_confirm(&world).await;
        world.tick_after(MINUTE_MS).await;
        assert_eq!(statuses(&world).await, [(2, 6)].into());
        assert_eq!(n_reached(&world).len(), 6);
    }

    async fn a_notice_whose_reply_was_lost_is_repeated_and_delivered_once(test: &TestDb) {
        let world = with_sop(test, 4, 20, Mode::Manual).await;
        world.sim.sim.fail_times("message/send", Fault::CutAfterEffect, 2).unwrap();
        world.sim.sim.fail_times("message/send", Fault::CutBeforeEffect, 1).unwrap();
        world.tick().await;
        world.tick_after(10_000).await;
        assert_eq!(statuses(&world).await, [(1, 20)].into());
        assert_eq!(world.sim.sim.app_messages().len(), 4);
        assert_eq!(world.sim.sim.n_app_messages_suppressed(), 2);
    }

    async fn refusals_that_pass_are_tried_again_and_others_end_the_tasks(test: &TestDb) {
        let world = with_sop(test, 1, 4, Mode::Assistant).await;
        world.sim.sim.fail_next(ADD, Fault::Errcode { errcode: 45_033 }).unwrap();
        world.tick().await;
        assert_eq!(statuses(&world).await, [(0, 4)].into());
        world.sim.sim.fail_next(ADD, Fault::Errcode { errcode: 40_058 }).unwrap();
        world.tick_after(MINUTE_MS).await;
        assert_eq!(statuses(&world).await, [(3, 4)].into());
        let reason = reasons(&world).await;
        assert!(reason[0].contains("40058"), "{reason:?}");
    }

    async fn groups_that_the_owner_left_out_fail_after_the_second_reading(test: &TestDb) {
        let world = with_sop(test, 1, 5, Mode::Assistant).await;
        world.tick().await;
        world.clock.advance(10_000);
        let message = world.sim.sim.mass_messages().remove(0);
        let chosen = message.chat_ids[..3].to_vec();
        world.sim.sim.confirm(&message.msgid, Confirm::Chats(chosen)).unwrap();
        world.tick().await;
        assert_eq!(statuses(&world).await, [(1, 2), (2, 3)].into());
        for _ in 0..4 {
            world.tick_after(5 * MINUTE_MS).await;
        }
        assert_eq!(statuses(&world).await, [(2, 3), (3, 2)].into());
        assert_eq!(reasons(&world).await, ["群主发送时没有选择这个群"]);
    }

    async fn the_story_of_a_sent_task_does_not_tell_why_others_of_its_message_failed(test: &TestDb) {
        let world = with_sop(test, 1, 2, Mode::Assistant).await;
        world.tick().await;
        world.clock.advance(10_000);
        let message = world.sim.sim.mass_messages().remove(0);
        world.sim.sim.confirm(&message.msgid, Confirm::AllBut(1)).unwrap();
        for _ in 0..4 {
            world.tick_after(5 * MINUTE_MS).await;
        }
        let found = sop::list(&world.scrm, world.corp, &SopFilter::default(), FIRST_PAGE).await.unwrap();
        let of_sop = found.sops[0].id.to_string();
        for group in world.groups().await {
            let task = &group.tasks[0];
            let story = crate::send::story(&world.scrm, world.corp, &task.id).await.unwrap();
            let told: Vec<(&str, &str)> =
                story.iter().map(|chapter| (chapter.what.as_str(), chapter.detail.as_str())).collect();
            let end = if task.status == 2 { ("sent", "") } else { ("failed", "群主发送时没有选择这个群") };
            assert_eq!(told[0], ("planned", of_sop.as_str()));
            assert_eq!(told[1..4], [("claimed", "2"), ("begun", ""), ("accepted", message.msgid.as_str())]);
            assert!(told.contains(&end) && told.contains(&("closed", "")), "{told:?}");
        }
    }

    async fn owners_are_reminded_on_demand_as_often_as_wecom_allows(test: &TestDb) {
        let world = with_sop(test, 2, 4, Mode::Assistant).await;
        world.tick().await;
        let found = sop::list(&world.scrm, world.corp, &SopFilter::default(), FIRST_PAGE).await.unwrap();
        let id = found.sops[0].id;
        for expected in [(2, 0), (2, 0), (2, 0), (0, 2)] {
            let Reminded { n_messages, n_over_limit } =
                crate::send::remind(&world.scrm, world.corp, &id, Actor::System).await.unwrap();
            assert_eq!((n_messages, n_over_limit), expected);
            world.tick_after(MINUTE_MS).await;
        }
    }

    async fn what_nobody_confirmed_is_withdrawn_and_expires(test: &TestDb) {
        let world = with_sop(test, 2, 6, Mode::Assistant).await;
        world.tick().await;
        world.tick_after(HOUR_MS).await;
        assert_eq!(statuses(&world).await, [(1, 6)].into());
        world.tick_after(71 * HOUR_MS + MINUTE_MS).await;
        assert_eq!(statuses(&world).await, [(4, 6)].into());
        let messages = world.sim.sim.mass_messages();
        assert!(messages.iter().all(|message| message.state == MassState::Cancelled));
        world.sim.sim.confirm_all_waiting(None).unwrap();
        assert!(world.sim.sim.ledger().is_empty());
    }

    async fn what_was_sent_last_is_read_before_it_is_withdrawn(test: &TestDb) {
        let config = wecom_sim::Config { shows_cancelled: false, ..small(2, 6) };
        let world = with_sop_in(World::synced_as(test, config).await, Mode::Assistant).await;
        world.tick().await;
        world.tick_after(71 * HOUR_MS).await;
        let message = world.sim.sim.mass_messages().remove(0);
        world.sim.sim.confirm(&message.msgid, Confirm::All).unwrap();
        world.tick_after(HOUR_MS + MINUTE_MS).await;
        assert_eq!(statuses(&world).await, [(2, 3), (4, 3)].into());
    }

    async fn a_manual_task_that_nobody_marked_expires(test: &TestDb) {
        let world = with_sop(test, 1, 2, Mode::Manual).await;
        world.tick().await;
        world.tick_after(72 * HOUR_MS + MINUTE_MS).await;
        assert_eq!(statuses(&world).await, [(4, 2)].into());
    }

    async fn after_a_long_downtime_tasks_expire_and_after_a_short_one_they_are_sent(test: &TestDb) {
        for (away_ms, status) in [(23 * HOUR_MS, 1), (25 * HOUR_MS, 4)] {
            let world = World::synced(&fresh(test).await, 1, 2).await;
            let groups = world.groups().await;
            let new = sop(Mode::Assistant, chats(&groups), vec![step(NOW, "你好")]);
            sop::create(&world.scrm, world.corp, new).await.unwrap();
            world.tick_after(away_ms).await;
            assert_eq!(statuses(&world).await, [(status, 2)].into());
        }
    }

    async fn an_owner_who_cannot_send_and_a_dissolved_group_fail_with_the_reason(test: &TestDb) {
        let world = with_sop(test, 2, 6, Mode::Assistant).await;
        let groups = world.sim.sim.groups();
        let gone = groups[0].clone();
        let leaver = groups.iter().find(|group| group.owner != gone.owner).unwrap().owner.clone();
        world.sim.sim.dissolve_group(&gone.chat_id).unwrap();
        world.sim.sim.staff_leaves(&leaver).unwrap();
        world.sync().await;
        world.tick().await;
        assert_eq!(statuses(&world).await, [(1, 2), (3, 3)].into());
        assert_eq!(reasons(&world).await, ["群主已离职，请先转让群"]);
        let states = sop::n_by_state(&world.scrm, world.corp).await.unwrap();
        assert_eq!(states, [(TaskState::HandedOver, 2), (TaskState::Failed, 4)]);
    }

    async fn groups_that_wecom_refuses_fail_at_once(test: &TestDb) {
        let world = with_sop(test, 1, 4, Mode::Assistant).await;
        let chat_id = world.sim.sim.groups()[0].chat_id.clone();
        world.sim.sim.dissolve_group(&chat_id).unwrap();
        world.tick().await;
        assert_eq!(statuses(&world).await, [(1, 3), (3, 1)].into());
        assert_eq!(reasons(&world).await, ["企业微信无法向这个群发送"]);
    }

    async fn a_process_slower_than_its_lease_cannot_undo_what_another_did(test: &TestDb) {
        let world = with_sop(test, 1, 3, Mode::Assistant).await;
        crashed_before_the_call(&world).await;
        let slow = {
            let mut reader = world.scrm.db.reader().await.unwrap();
            let corp = crate::corps::get(&mut reader, world.corp).await.unwrap();
            let past = params![world.corp, 1_i64, i64::MAX, 1_i64];
            let batch =
                reader.query(&crate::send::sql::OPEN, &past, crate::send::sql::batch).await.unwrap().remove(0);
            (corp, batch)
        };
        // Another process finds no trace, repeats the call and has it accepted.
        for _ in 0..12 {
            world.tick_after(MINUTE_MS).await;
        }
        assert_eq!(statuses(&world).await, [(1, 3)].into());
        // Only now does the slow one learn that its own call failed.
        let client = crate::corps::client(&world.scrm, world.corp).await.unwrap();
        let (corp, batch) = slow;
        let worker = crate::send::Worker { scrm: &world.scrm, corp: &corp, client, holder: "killed", has_met_unknown: false.into() };
        let now_ms = world.clock.now_ms();
        crate::send::later(&worker, &batch, crate::send::BatchState::Ready, now_ms, None, None).await.unwrap();
        let reason = &crate::send::Reason::TooLate;
        crate::send::hand_over::never_handed_over(&worker, &batch, TaskState::Failed, reason)
            .await
            .unwrap();
        world.tick_after(MINUTE_MS).await;
        assert_eq!(statuses(&world).await, [(1, 3)].into());
        assert_eq!(world.sim.sim.mass_messages().len(), 1);
    }

    async fn of_several_equal_messages_none_is_taken_and_none_is_repeated(test: &TestDb) {
        let world = with_sop(test, 1, 3, Mode::Assistant).await;
        // Somebody else's program makes the same message twice, and our call is lost.
        crashed_before_the_call(&world).await;
        let client = crate::corps::client(&world.scrm, world.corp).await.unwrap();
        let group = world.sim.sim.groups().remove(0);
        let owner = world.sim.sim.staff().into_iter().find(|m| m.userid == group.owner).unwrap();
        for _ in 0..2 {
            let message = wecom::mass_messages::GroupMessage {
                sender: group.owner.clone(),
                chat_ids: vec![group.chat_id.clone()],
                text: Some(format!("大家好，我是{}", owner.name)),
                attachments: vec![],
            };
            wecom::mass_messages::create_for_groups(&client, &message).await.unwrap();
        }
        for _ in 0..20 {
            world.tick_after(MINUTE_MS).await;
        }
        assert_eq!(world.sim.sim.mass_messages().len(), 2);
        assert_eq!(statuses(&world).await, [(3, 3)].into());
        assert!(reasons(&world).await[0].contains("多条相同的消息"));
    }

    async fn a_message_that_cannot_be_looked_for_fails_at_its_deadline(test: &TestDb) {
        let world = with_sop(test, 1, 3, Mode::Assistant).await;
        crashed_before_the_call(&world).await;
        let refused = Fault::Errcode { errcode: 48_002 };
        world.sim.sim.fail_times("get_groupmsg_list_v2", refused, 1_000).unwrap();
        for _ in 0..73 {
            world.tick_after(HOUR_MS).await;
        }
        assert_eq!(statuses(&world).await, [(3, 3)].into());
        assert!(reasons(&world).await[0].contains("48002"));
        assert!(world.sim.sim.n_calls("get_groupmsg_list_v2") < 100);
    }

    async fn a_message_whose_owner_left_ends_at_its_deadline(test: &TestDb) {
        let world = with_sop(test, 1, 3, Mode::Assistant).await;
        world.tick().await;
        for call in ["get_groupmsg_task", "cancel_groupmsg_send"] {
            let left = Fault::Errcode { errcode: 40_003 };
            world.sim.sim.fail_times(call, left, 10_000).unwrap();
        }
        world.tick_after(HOUR_MS).await;
        assert_eq!(statuses(&world).await, [(1, 3)].into());
        world.tick_after(72 * HOUR_MS).await;
        assert_eq!(statuses(&world).await, [(4, 3)].into());
    }

    async fn a_message_that_wecom_refused_until_it_was_late_is_not_sent(test: &TestDb) {
        let world = with_sop(test, 1, 3, Mode::Assistant).await;
        world.sim.sim.fail_times(ADD, Fault::Errcode { errcode: 45_009 }, 1_000).unwrap();
        for _ in 0..25 {
            world.tick_after(HOUR_MS).await;
        }
        assert_eq!(statuses(&world).await, [(4, 3)].into());
        assert!(world.sim.sim.mass_messages().is_empty());
    }

    async fn a_notice_of_unknown_effect_is_not_repeated_outside_wecoms_window(test: &TestDb) {
        let world = with_sop(test, 1, 3, Mode::Manual).await;
        world.sim.sim.fail_next("message/send", Fault::CutAfterEffect).unwrap();
        let refused = Fault::Errcode { errcode: 45_009 };
        world.sim.sim.fail_times("message/send", refused, 1_000).unwrap();
        for _ in 0..300 {
            world.tick_after(MINUTE_MS).await;
        }
        assert_eq!(world.sim.sim.app_messages().len(), 1);
        assert_eq!(statuses(&world).await, [(3, 3)].into());
        assert_eq!(reasons(&world).await, ["无法确认群主是否收到了提醒"]);
    }

    async fn a_late_notice_of_unknown_effect_is_not_said_to_be_refused(test: &TestDb) {
        let world = with_sop(test, 1, 3, Mode::Manual).await;
        world.sim.sim.fail_next("message/send", Fault::CutAfterEffect).unwrap();
        let refused = Fault::Errcode { errcode: 45_009 };
        world.sim.sim.fail_times("message/send", refused, 1_000).unwrap();
        world.tick().await;
        // Repeated and refused; then the server is down for a day.
        world.tick_after(10_000).await;
        world.tick_after(25 * HOUR_MS).await;
        assert_eq!(statuses(&world).await, [(3, 3)].into());
        assert_eq!(reasons(&world).await, ["无法确认群主是否收到了提醒"]);
    }

    async fn a_notice_that_was_only_refused_may_be_sent_hours_later(test: &TestDb) {
        let mut world = with_sop(test, 1, 3, Mode::Manual).await;
        world.scrm.rules.remind_after_ms = 0;
        world.sim.sim.fail_times("message/send", Fault::Errcode { errcode: 45_009 }, 30).unwrap();
        for _ in 0..600 {
            world.tick_after(MINUTE_MS).await;
        }
        assert_eq!(world.sim.sim.app_messages().len(), 1);
        assert_eq!(statuses(&world).await, [(1, 3)].into());
    }

    async fn an_owner_gets_one_notice_a_minute(test: &TestDb) {
        let world = with_sop(test, 1, 3, Mode::Manual).await;
        world.tick().await;
        let groups = world.groups().await;
        for _ in 0..2 {
            let new = sop(Mode::Manual, chats(&groups), vec![step(NOW, "再来一条")]);
            sop::create(&world.scrm, world.corp, new).await.unwrap();
        }
        world.tick_after(MINUTE_MS - 1).await;
        assert_eq!(world.sim.sim.app_messages().len(), 1);
        world.tick_after(1).await;
        assert_eq!(world.sim.sim.app_messages().len(), 2);
        let listed = world.groups().await;
        assert!(listed.iter().all(|group| group.tasks.iter().all(|task| task.status == 1)));
    }

    async fn a_task_that_expired_may_still_be_marked_as_sent(test: &TestDb) {
        let world = with_sop(test, 1, 2, Mode::Manual).await;
        world.tick().await;
        world.tick_after(73 * HOUR_MS).await;
        assert_eq!(statuses(&world).await, [(4, 2)].into());
        let id = world.groups().await[0].tasks[0].id;
        sop::mark_tasks(&world.scrm, world.corp, &[id], sop::Mark::Sent, sop::Actor::System).await.unwrap();
        assert_eq!(statuses(&world).await, [(2, 1), (4, 1)].into());
    }

    async fn a_token_that_died_is_no_reason_to_lose_a_message(test: &TestDb) {
        let world = with_sop(test, 3, 9, Mode::Assistant).await;
        world.sim.sim.expire_tokens();
        world.tick().await;
        assert_eq!(statuses(&world).await, [(1, 9)].into());
    }
}

/// The number of the batch and the token in the address of its page.
/// Whom a notice is for, and the tasks that it leads to.
async fn told_by(world: &World, notice: &AppMessage) -> (DeskSession, Vec<DeskTask>) {
    let id = notice.url.rsplit('/').next().unwrap().parse().unwrap();
    let mut tx = world.scrm.db.begin().await.unwrap();
    let known = std::iter::once(&*notice.touser);
    let found = org::staff_by_user_ids(&mut tx, world.corp, known).await.unwrap();
    drop(tx);
    let member = found.into_values().next().unwrap();
    let owner = DeskSession::of(world.corp, member.id, &member.name);
    let mut tasks = Vec::new();
    for part in [desk::Part::Open, desk::Part::Done] {
        tasks.extend(desk::tasks(&world.scrm, &owner, part, None).await.unwrap());
    }
    tasks.retain(|task| task.notice == BatchId(id));
    (owner, tasks)
}

/// The call of a batch that lacks no file.
async fn made_up(worker: &super::Worker<'_>, batch: &super::Batch) -> hand_over::Request {
    match hand_over::request(worker, batch).await.unwrap() {
        hand_over::Prepared::Call(request) => request,
        hand_over::Prepared::Lacks(needs) => panic!("{needs:?}"),
    }
}

/// What the steps of sending work with.
async fn with_worker(world: &World, work: impl AsyncFnOnce(&super::Worker<'_>)) {
    let corp = {
        let mut reader = world.scrm.db.reader().await.unwrap();
        crate::corps::get(&mut reader, world.corp).await.unwrap()
    };
    let client = crate::corps::client(&world.scrm, world.corp).await.unwrap();
    work(&super::Worker {
        scrm: &world.scrm,
        corp: &corp,
        client,
        holder: "test",
        has_met_unknown: false.into(),
    })
    .await;
}

/// Another database of the same kind, for a test that needs two.
async fn fresh(test: &TestDb) -> TestDb {
    match test.db.backend() {
        store::Backend::Sqlite => store::testing::sqlite(MIGRATIONS).await,
        store::Backend::Postgres => store::testing::postgres(MIGRATIONS).await,
    }
}

/// What a process leaves that is killed after its commit and before its call: batches in state Calling
/// under its lease.
async fn crashed_before_the_call(world: &World) {
    let mut corp_reader = world.scrm.db.reader().await.unwrap();
    let corp = crate::corps::get(&mut corp_reader, world.corp).await.unwrap();
    drop(corp_reader);
    super::claim::due_tasks(&world.scrm, &corp, "killed").await.unwrap();
    let now_ms = world.clock.now_ms();
    let mut tx = world.scrm.db.begin().await.unwrap();
    let open = params![world.corp, 0_i64, now_ms, 100_i64];
    for batch in tx.query(&super::sql::OPEN, &open, super::sql::batch).await.unwrap() {
        let until_ms = now_ms + world.scrm.rules.lease_ms;
        let values = params![world.corp, batch.id, now_ms, "killed", until_ms];
        tx.execute(&super::sql::START_CALL, &values).await.unwrap();
    }
    tx.commit().await.unwrap();
}
