//! Reminding owners, and telling their leaders.

use store::{params, testing::TestDb};
use wecom_sim::Fault;

use super::{HOUR_MS, MINUTE_MS, NOW, fresh, statuses, told_by, with_sop, with_worker};
use crate::{
    BatchId, CorpId, MIGRATIONS,
    send::{BatchState, Reminded, lease, open, page, remind, story, track, track_tick},
    sop::{
        self, Actor, Mode,
        tests::{chats, sop, step},
    },
    tests::World,
};

const REMIND: &str = "externalcontact/remind_groupmsg_send";

store::statements! {
    DAMAGE = "UPDATE sop_step_contents SET content = '{' WHERE corp_id = $1";
    NOBODY_LEADS = "UPDATE staff_departments SET is_leader = FALSE WHERE corp_id = $1";
    /// Whoever is not the owner leads the departments of the owner.
    ONE_LEADS = "INSERT INTO staff_departments (corp_id, staff_id, place, department_id, is_leader)
        SELECT corp_id, $3, 90 + place, department_id, TRUE
        FROM staff_departments
        WHERE corp_id = $1 AND staff_id = $2";
    OTHERS = "SELECT staff_id, wecom_user_id FROM staff WHERE corp_id = $1 AND staff_id <> $2 ORDER BY staff_id";
}

async fn words(world: &World) -> Vec<String> {
    let task = world.groups().await[0].tasks[0].id;
    let story = story(&world.scrm, world.corp, &task).await.unwrap();
    story.into_iter().map(|chapter| chapter.what).collect()
}

fn n_times(words: &[String], word: &str) -> usize {
    words.iter().filter(|it| *it == word).count()
}

async fn mark(world: &World, tasks: &[crate::PublicId]) {
    sop::mark_tasks(&world.scrm, world.corp, tasks, sop::Mark::Sent, Actor::App(7)).await.unwrap();
}

async fn remind_now(world: &World) -> Reminded {
    let sop = world.groups().await[0].tasks[0].sop.id;
    let reminded = remind(&world.scrm, world.corp, &sop, Actor::App(7)).await.unwrap();
    world.tick().await;
    reminded
}

store::on_both! { MIGRATIONS,
    async fn wecom_reminds_an_owner_who_has_not_confirmed(test: &TestDb) {
        let world = with_sop(test, 2, 4, Mode::Assistant).await;
        world.tick().await;
        world.clock.advance(10_000);
        let confirmed = world.sim.sim.mass_messages().remove(0);
        world.sim.sim.confirm(&confirmed.msgid, wecom_sim::Confirm::All).unwrap();
        world.tick().await;
        world.tick_after(4 * HOUR_MS - 11_000).await;
        let n_reminders = || -> Vec<usize> {
            world.sim.sim.mass_messages().iter().map(|message| message.n_reminders).collect()
        };
        assert_eq!(n_reminders(), [0, 0]);
        world.tick_after(MINUTE_MS).await;
        assert_eq!(n_reminders(), [0, 1], "who has sent is left in peace");
        for _ in 0..67 {
            world.tick_after(HOUR_MS).await;
        }
        // After 4, 24, 44 and 64 hours.
        assert_eq!(n_reminders(), [0, 4]);
    }

    async fn of_reminders_wecom_takes_three_within_a_day(test: &TestDb) {
        let world = with_sop(test, 1, 2, Mode::Assistant).await;
        world.tick().await;
        for _ in 0..3 {
            world.clock.advance(HOUR_MS / 2);
            let reminded = remind_now(&world).await;
            assert_eq!(reminded, Reminded { n_messages: 1, n_over_limit: 0 });
        }
        assert_eq!(world.sim.sim.mass_messages()[0].n_reminders, 3);
        let over = Reminded { n_messages: 0, n_over_limit: 1 };
        assert_eq!(remind_now(&world).await, over);
        world.tick_after(4 * HOUR_MS).await;
        assert_eq!(world.sim.sim.n_calls(REMIND), 3, "nor is it asked for a fourth one by itself");
        world.clock.advance(20 * HOUR_MS);
        world.tick().await;
        assert_eq!(world.sim.sim.n_calls(REMIND), 4);
        assert_eq!(n_times(&words(&world).await, "reminded"), 4);
    }

    async fn a_reminder_that_wecom_refuses_harms_nothing_and_is_not_repeated(test: &TestDb) {
        let world = with_sop(test, 1, 2, Mode::Assistant).await;
        world.tick().await;
        world.sim.sim.fail_next(REMIND, Fault::CutAfterEffect).unwrap();
        assert_eq!(remind_now(&world).await.n_messages, 1);
        world.tick_after(MINUTE_MS).await;
        assert_eq!(world.sim.sim.n_calls(REMIND), 1);
        let words = words(&world).await;
        let n = (n_times(&words, "reminding"), n_times(&words, "remind_failed"));
        assert_eq!(n, (1, 1), "{words:?}");
        assert_eq!(statuses(&world).await, [(1, 2)].into());
    }

    async fn who_sends_by_hand_gets_a_card_about_what_still_waits(test: &TestDb) {
        let world = with_sop(test, 1, 3, Mode::Manual).await;
        world.tick().await;
        let done = world.groups().await[0].tasks[0].id;
        mark(&world, &[done]).await;
        world.tick_after(4 * HOUR_MS).await;
        let cards = world.sim.sim.app_messages();
        assert_eq!(cards.len(), 2);
        assert_eq!(cards[1].title, "还有 2 个群待发送");
        assert_eq!(cards[1].touser, cards[0].touser);
        assert_eq!(cards[1].url, cards[0].url, "it leads to the same page");
        assert_eq!(told_by(&world, &cards[1]).await.1.len(), 3);
        // WeCom would drop the same card again.
        world.clock.advance(MINUTE_MS);
        assert_eq!(remind_now(&world).await.n_messages, 1);
        assert_eq!(world.sim.sim.app_messages().len(), 3);
        assert_eq!(world.sim.sim.n_app_messages_suppressed(), 0);
        assert_eq!(statuses(&world).await, [(1, 2), (2, 1)].into());
    }

    async fn a_card_about_what_was_marked_meanwhile_is_not_sent(test: &TestDb) {
        let world = with_sop(test, 1, 2, Mode::Manual).await;
        world.tick().await;
        let groups = world.groups().await;
        let sop = groups[0].tasks[0].sop.id;
        remind(&world.scrm, world.corp, &sop, Actor::App(7)).await.unwrap();
        while track_tick(&world.scrm, world.corp, "test").await.unwrap() {}
        let tasks: Vec<_> = groups.iter().map(|group| group.tasks[0].id).collect();
        mark(&world, &tasks).await;
        world.tick().await;
        assert_eq!(world.sim.sim.app_messages().len(), 1);
    }

    async fn nobody_is_said_to_be_reminded_of_what_was_marked_already(test: &TestDb) {
        let world = with_sop(test, 1, 2, Mode::Manual).await;
        world.tick().await;
        let groups = world.groups().await;
        let sop = groups[0].tasks[0].sop.id;
        remind(&world.scrm, world.corp, &sop, Actor::App(7)).await.unwrap();
        let tasks: Vec<_> = groups.iter().map(|group| group.tasks[0].id).collect();
        mark(&world, &tasks).await;
        world.tick_after(25 * HOUR_MS).await;
        let words = words(&world).await;
        for word in ["reminding", "reminded", "leader_told"] {
            assert_eq!(n_times(&words, word), 0, "{words:?}");
        }
    }

    async fn the_reminder_is_about_what_waits_and_needs_no_readable_content(test: &TestDb) {
        let world = with_sop(test, 1, 2, Mode::Manual).await;
        let groups = world.groups().await;
        let new = sop(Mode::Manual, chats(&groups), vec![step(NOW, "第二条")]);
        let new = sop::NewSop { title: "还没发的".to_owned(), ..new };
        sop::create(&world.scrm, world.corp, new).await.unwrap();
        world.tick().await;
        let waits = |task: &&sop::ListedTask| &*task.sop.title != "还没发的";
        let groups = world.groups().await;
        let done: Vec<_> =
            groups.iter().filter_map(|g| g.tasks.iter().find(waits)).map(|task| task.id).collect();
        mark(&world, &done).await;
        let mut tx = world.scrm.db.begin().await.unwrap();
        tx.execute(&DAMAGE, &params![world.corp]).await.unwrap();
        tx.commit().await.unwrap();
        world.tick_after(4 * HOUR_MS).await;
        let card = world.sim.sim.app_messages().pop().unwrap();
        assert_eq!(card.title, "还有 2 个群待发送");
        assert!(card.description.starts_with("还没发的"), "{card:?}");
    }

    async fn a_wish_to_remind_during_a_look_is_not_forgotten(test: &TestDb) {
        let world = with_sop(test, 1, 2, Mode::Assistant).await;
        world.tick().await;
        world.clock.advance(HOUR_MS);
        let batch = open(&world.scrm, world.corp, BatchState::Tracking).await.unwrap().remove(0);
        let sop = world.groups().await[0].tasks[0].sop.id;
        with_worker(&world, async |worker| {
            let held = lease(worker, &batch).await.unwrap().unwrap();
            remind(&world.scrm, world.corp, &sop, Actor::App(7)).await.unwrap();
            track::mass_message(worker, held).await.unwrap();
        })
        .await;
        world.tick().await;
        assert_eq!(world.sim.sim.mass_messages()[0].n_reminders, 1);
    }

    async fn nobody_is_reminded_where_reminders_are_switched_off(test: &TestDb) {
        for mode in [Mode::Assistant, Mode::Manual] {
            let mut world = with_sop(&fresh(test).await, 1, 2, mode).await;
            (world.scrm.rules.remind_after_ms, world.scrm.rules.leader_after_ms) = (0, 0);
            world.tick().await;
            let n_cards = world.sim.sim.app_messages().len();
            for _ in 0..71 {
                world.tick_after(HOUR_MS).await;
            }
            assert_eq!(world.sim.sim.n_calls(REMIND), 0);
            assert_eq!(world.sim.sim.app_messages().len(), n_cards);
        }
    }

    async fn leaders_are_told_once_of_what_was_not_sent_for_a_day(test: &TestDb) {
        for mode in [Mode::Assistant, Mode::Manual] {
            let mut world = with_sop(&fresh(test).await, 1, 2, mode).await;
            world.scrm.rules.remind_after_ms = 0;
            let owner = world.groups().await[0].owner_id;
            let mut tx = world.scrm.db.begin().await.unwrap();
            tx.execute(&NOBODY_LEADS, &params![world.corp]).await.unwrap();
            let others = tx
                .query(&OTHERS, &params![world.corp, owner], |row| {
                    Ok((row.get::<crate::StaffId>(0)?, row.get::<String>(1)?))
                })
                .await
                .unwrap();
            let (leader, user_id) = &others[0];
            tx.execute(&ONE_LEADS, &params![world.corp, owner, *leader]).await.unwrap();
            tx.commit().await.unwrap();
            world.tick().await;
            let n_before = world.sim.sim.app_messages().len();
            for _ in 0..71 {
                world.tick_after(HOUR_MS).await;
            }
            let cards = world.sim.sim.app_messages().split_off(n_before);
            assert_eq!(cards.len(), 1);
            assert_eq!(cards[0].touser, *user_id);
            let name = &world.groups().await[0].owner_name;
            assert_eq!(cards[0].title, format!("{name} 还有 2 个群未发送"));
            assert_eq!(n_times(&words(&world).await, "leader_told"), 1);
            let (batch, token) = page_of(&cards[0].url);
            let shown = page(&world.scrm, world.corp, BatchId(batch), &token).await.unwrap().unwrap();
            assert_eq!((&shown.owner_name, shown.tasks.len()), (name, 2), "what he is told of");
            for (corp, batch, token) in [
                (world.corp, batch, &token[1..]),
                (world.corp, batch, &[0; 16][..]),
                (world.corp, batch + 1, &token[..]),
                (CorpId(world.corp.0 + 1), batch, &token[..]),
            ] {
                assert!(page(&world.scrm, corp, BatchId(batch), token).await.unwrap().is_none());
            }
        }
    }

    async fn that_nobody_leads_an_owner_is_told_by_the_story(test: &TestDb) {
        let world = with_sop(test, 1, 2, Mode::Manual).await;
        let mut tx = world.scrm.db.begin().await.unwrap();
        tx.execute(&NOBODY_LEADS, &params![world.corp]).await.unwrap();
        tx.commit().await.unwrap();
        world.tick().await;
        world.tick_after(25 * HOUR_MS).await;
        let task = world.groups().await[0].tasks[0].id;
        let story = story(&world.scrm, world.corp, &task).await.unwrap();
        let told: Vec<_> = story.iter().filter(|chapter| chapter.what == "leader_told").collect();
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].detail, "nobody");
    }
}

/// The batch and the token of the page that a leader's card leads to.
fn page_of(url: &str) -> (i64, Vec<u8>) {
    let parts: Vec<&str> = url.rsplit('/').take(2).collect();
    (parts[1].parse().unwrap(), hex::decode(parts[0]).unwrap())
}
