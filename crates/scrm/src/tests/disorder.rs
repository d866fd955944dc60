//! What is lost, doubled, out of order or broken off: in the end the mirror is what WeCom has.

use std::future::pending;

use store::testing::TestDb;
use wecom_sim::{Fault, FaultRule};

use super::{
    World,
    actions::{Dice, act, change_user_id},
    compare::assert_same,
    events::{Sender, Telling, read_anew, tell_in_disorder},
    small,
};
use crate::{MIGRATIONS, refresh, sync};

/// A company with groups and customers, synchronised.
async fn with_all(test: &TestDb) -> World {
    let world = World::start_as(test, config(40)).await;
    world.sync().await;
    world
}

fn config(n_groups: usize) -> wecom_sim::Config {
    wecom_sim::Config { n_customers: 40, ..small(8, n_groups) }
}

/// People act and events arrive as the dice want; `lost` and `doubled` in percent.
async fn days(
    world: &World,
    sender: &Sender,
    dice: &Dice,
    n_actions: usize,
    lost: usize,
    doubled: usize,
) {
    let telling = Telling { n_actions, lost, doubled, apart_ms: 1 };
    tell_in_disorder(world, sender, dice, telling, act).await;
    world.clock.advance(refresh::DETAILS_MS + 60_000);
    read_anew(world).await;
}

store::on_both! { MIGRATIONS,
    async fn events_that_are_lost_doubled_and_shuffled_are_made_good_by_a_synchronisation(test: &TestDb) {
        let world = with_all(test).await;
        let sender = Sender::set_up(&world).await;
        let dice = Dice::seeded(1);
        for _ in 0..8 {
            days(&world, &sender, &dice, 50, 10, 10).await;
            change_user_id(&world.sim.sim, &dice);
        }
        world.sync().await;
        assert_same(&world).await;
        let report = world.sync().await;
        assert_eq!(report.n_written(), 0, "nothing is left to repair: {report:?}");
    }

    async fn events_that_all_arrive_need_no_synchronisation(test: &TestDb) {
        // Without customers: no event tells that those of a member who left are gone.
        let world = World::synced(test, 8, 40).await;
        let sender = Sender::set_up(&world).await;
        days(&world, &sender, &Dice::seeded(11), 250, 0, 10).await;
        assert_same(&world).await;
    }

    async fn what_wecom_tells_may_lag_behind_its_events(test: &TestDb) {
        let world = with_all(test).await;
        let sender = Sender::set_up(&world).await;
        let sim = &world.sim.sim;
        sim.set_limits(wecom_sim::Limits { late_data_ms: 1_900, ..sim.limits() });
        let dice = Dice::seeded(12);
        for _ in 0..4 {
            days(&world, &sender, &dice, 50, 0, 0).await;
            // A run in the middle of it all.
            act(sim, &dice);
            world.sync().await;
        }
        days(&world, &sender, &dice, 10, 0, 0).await;
        assert_same(&world).await;
    }

    async fn calls_that_fail_by_chance_leave_no_trace_in_the_end(test: &TestDb) {
        let world = World::start_as(test, config(150)).await;
        let sim = &world.sim.sim;
        let sender = Sender::set_up(&world).await;
        let dice = Dice::seeded(5);
        let faults = [
            (0.03, Fault::Errcode { errcode: -1 }),
            (0.02, Fault::Errcode { errcode: 45_033 }),
            (0.02, Fault::Errcode { errcode: 40_014 }),
            (0.01, Fault::Errcode { errcode: 50_100 }),
            (0.03, Fault::Http { status: 502 }),
            (0.02, Fault::CutBeforeEffect),
            (0.02, Fault::CutAfterEffect),
            (0.02, Fault::CutBody),
        ];
        for (p, fault) in faults {
            sim.fail_by_chance(FaultRule { call: None, p, fault }).unwrap();
        }
        while n_calls(&world) < 10_000 {
            // It may fail as a whole, when the departments cannot be listed; the next goes on.
            sync::run(&world.scrm, world.corp, "test", &|_| {}, pending()).await.ok();
            days(&world, &sender, &dice, 40, 10, 10).await;
            sim.expire_tokens();
        }
        sim.clear_faults();
        world.sync().await;
        world.sync().await;
        assert_same(&world).await;
    }
}

fn n_calls(world: &World) -> u64 {
    let calls = [
        "gettoken",
        "department/list",
        "user/list",
        "user/get",
        "get_follow_user_list",
        "get_corp_tag_list",
        "groupchat/list",
        "groupchat/get",
        "batch/get_by_user",
        "externalcontact/list",
        "externalcontact/get",
    ];
    calls.iter().map(|call| world.sim.sim.n_calls(call)).sum()
}
