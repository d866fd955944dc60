//! Quiet hours: nothing goes out in them, and nothing is lost by them.

use store::testing::TestDb;

use super::{HOUR_MS, MINUTE_MS, NOW_MS, fresh, reasons, statuses, with_sop, with_worker};
use crate::{
    MIGRATIONS,
    send::{self, QuietHours, claim_tick, hand_over},
    sop::{
        self, Mode,
        tests::{chats, in_minutes, sop, step},
    },
    tests::World,
};

/// The tests begin at 09:30.
const NIGHT: QuietHours = QuietHours { from_minute: 22 * 60, to_minute: 8 * 60 };

async fn with_night(test: &TestDb, mode: Mode, due_in_minutes: i64) -> World {
    let mut world = World::synced(test, 1, 3).await;
    world.scrm.rules.quiet = Some(NIGHT);
    let groups = world.groups().await;
    let new = sop(mode, chats(&groups), vec![step(in_minutes(due_in_minutes), "晚安")]);
    sop::create(&world.scrm, world.corp, new).await.unwrap();
    world.tick().await;
    world
}

store::on_both! { MIGRATIONS,
    async fn what_falls_due_at_night_goes_out_in_the_morning(test: &TestDb) {
        // Due at 23:30.
        let world = with_night(test, Mode::Assistant, 14 * 60).await;
        world.tick_after(14 * HOUR_MS).await;
        assert_eq!(statuses(&world).await, [(0, 3)].into());
        // 07:59, and 08:00.
        world.clock.set(NOW_MS + 22 * HOUR_MS + 29 * MINUTE_MS);
        world.tick().await;
        assert_eq!(statuses(&world).await, [(0, 3)].into());
        world.tick_after(MINUTE_MS).await;
        assert_eq!(statuses(&world).await, [(1, 3)].into());
    }

    async fn how_late_it_is_counts_from_the_end_of_the_night(test: &TestDb) {
        for (late_ms, status) in [(2 * HOUR_MS, 1), (2 * HOUR_MS + MINUTE_MS, 4)] {
            let mut world =
                with_night(&fresh(test).await, Mode::Assistant, 14 * 60).await;
            world.scrm.rules.late_send_max_ms = 2 * HOUR_MS;
            world.clock.set(NOW_MS + 22 * HOUR_MS + 30 * MINUTE_MS + late_ms);
            world.tick().await;
            assert_eq!(statuses(&world).await, [(status, 3)].into());
            let said = if status == 4 { "服务恢复时已超过允许的最晚发送时间" } else { "" };
            assert_eq!(reasons(&world).await.concat(), said);
        }
    }

    async fn what_was_claimed_before_the_night_is_not_handed_over_in_it(test: &TestDb) {
        // Due at 21:59, when WeCom refuses for a while.
        let world = with_night(test, Mode::Manual, 12 * 60 + 29).await;
        let busy = wecom_sim::Fault::Errcode { errcode: 45_009 };
        world.sim.sim.fail_next("message/send", busy).unwrap();
        world.clock.set(NOW_MS + (12 * 60 + 29) * MINUTE_MS + 55_000);
        world.tick().await;
        for _ in 0..9 {
            world.tick_after(HOUR_MS).await;
            assert!(world.sim.sim.app_messages().is_empty());
        }
        world.tick_after(2 * HOUR_MS).await;
        assert_eq!(world.sim.sim.app_messages().len(), 1);
        assert_eq!(statuses(&world).await, [(1, 3)].into());
    }

    async fn a_card_that_was_lost_is_not_repeated_in_quiet_hours(test: &TestDb) {
        let mut world = World::synced(test, 1, 3).await;
        world.scrm.rules.quiet =
            Some(QuietHours { from_minute: 9 * 60 + 31, to_minute: 11 * 60 });
        let groups = world.groups().await;
        let new = sop(Mode::Manual, chats(&groups), vec![step(in_minutes(0), "早安")]);
        sop::create(&world.scrm, world.corp, new).await.unwrap();
        world.sim.sim.fail_next("message/send", wecom_sim::Fault::CutBeforeEffect).unwrap();
        world.tick().await;
        for _ in 0..8 {
            world.tick_after(10 * MINUTE_MS).await;
        }
        assert_eq!(world.sim.sim.n_calls("message/send"), 1);
        world.tick_after(10 * MINUTE_MS).await;
        assert_eq!(world.sim.sim.app_messages().len(), 1);
        assert_eq!(statuses(&world).await, [(1, 3)].into());
    }

    async fn no_round_begins_in_quiet_hours(test: &TestDb) {
        let mut world = with_sop(test, 1, 3, Mode::Manual).await;
        while claim_tick(&world.scrm, world.corp, "test").await.unwrap() {}
        let ready = send::open(&world.scrm, world.corp, send::BatchState::Ready).await.unwrap();
        assert_eq!(ready.len(), 1);
        // It became 09:30 while the rounds before it were handed over.
        world.scrm.rules.quiet = Some(QuietHours { from_minute: 9 * 60 + 30, to_minute: 11 * 60 });
        with_worker(&world, async |worker| hand_over::hand_over(worker, ready).await.unwrap()).await;
        assert_eq!(world.sim.sim.n_calls("message/send"), 0);
    }

    async fn nobody_is_reminded_at_night(test: &TestDb) {
        // Handed over at 20:00: four hours later it is night.
        let world = with_night(test, Mode::Assistant, 630).await;
        world.tick_after(630 * MINUTE_MS).await;
        for _ in 0..11 {
            world.tick_after(HOUR_MS).await;
        }
        assert_eq!(world.sim.sim.mass_messages()[0].n_reminders, 0);
        world.tick_after(HOUR_MS).await;
        assert_eq!(world.sim.sim.mass_messages()[0].n_reminders, 1);
    }

    async fn results_are_looked_at_by_night_too(test: &TestDb) {
        let world = with_night(test, Mode::Assistant, 12 * 60).await;
        world.tick_after(12 * HOUR_MS + 10_000).await;
        world.clock.set(NOW_MS + 13 * HOUR_MS);
        world.sim.sim.confirm_all_waiting(None).unwrap();
        world.tick().await;
        assert_eq!(statuses(&world).await, [(2, 3)].into());
    }
}
