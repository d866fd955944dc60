//! What is read anew, when, how often, and by whom.

use store::testing::TestDb;
use wecom_sim::Fault;

use super::{
    MOST_ATTEMPTS, PAUSE_MS, REFUSED_PAUSE_MS, SETTLE_MS, Thing, due, n_waiting, tick, want,
};
use crate::{
    MIGRATIONS,
    tests::{
        World,
        compare::assert_same,
        events::{Sender, read_anew},
    },
};

/// WeCom's gateway answers in its place.
const BROKEN: Fault = Fault::Http { status: 502 };
/// The address of this machine is not allowed: of any thing the answer would be the same.
const REFUSED: Fault = Fault::Errcode { errcode: 60_020 };

/// Calls of a reading that fails: it asks a second time.
const FAILED: u64 = 2;
/// Calls of a reading that does not.
const READ: u64 = 1;

/// Lets the next readings of groups fail.
fn fail(world: &World, fault: Fault, n_readings: usize) {
    world.sim.sim.fail_times("groupchat/get", fault, 2 * n_readings).unwrap();
}

fn a_group(world: &World) -> String {
    world.sim.sim.groups()[0].chat_id.clone()
}

/// A group that has another name since it was synchronised, and of which no event told.
fn renamed_group(world: &World) -> String {
    let chat_id = a_group(world);
    world.sim.sim.rename_group(&chat_id, "新名").unwrap();
    // Longer than what WeCom tells may lag.
    world.clock.advance(60_000);
    chat_id
}

async fn want_group(world: &World, chat_id: &str, at_ms: i64) {
    let mut tx = world.scrm.db.begin().await.unwrap();
    want(&mut tx, world.corp, [&Thing::Group(chat_id.to_owned())], at_ms).await.unwrap();
    tx.commit().await.unwrap();
}

async fn want_group_now(world: &World, chat_id: &str) {
    want_group(world, chat_id, world.clock.now_ms()).await;
}

/// Reads what is due; how often WeCom was asked for a group.
async fn n_asked(world: &World) -> u64 {
    let n_before = world.sim.sim.n_calls("groupchat/get");
    read_anew(world).await;
    world.sim.sim.n_calls("groupchat/get") - n_before
}

/// The same after a time, at the end of which exactly something is due.
async fn n_asked_after(world: &World, pause_ms: i64) -> u64 {
    world.clock.advance(pause_ms - 1);
    assert_eq!(n_asked(world).await, 0, "nothing is read before {pause_ms} ms are over");
    world.clock.advance(1);
    n_asked(world).await
}

async fn waiting(world: &World) -> i64 {
    n_waiting(&world.scrm, world.corp).await.unwrap()
}

store::on_both! { MIGRATIONS,
    async fn a_group_wanted_twice_is_read_once(test: &TestDb) {
        let world = World::synced(test, 2, 4).await;
        let chat_id = renamed_group(&world);
        want_group_now(&world, &chat_id).await;
        want_group_now(&world, &chat_id).await;
        assert_eq!(waiting(&world).await, 1);
        assert_eq!(n_asked(&world).await, READ);
        assert_eq!(waiting(&world).await, 0);
        assert_same(&world).await;
    }

    async fn a_group_wanted_now_and_later_is_read_at_both_times(test: &TestDb) {
        let world = World::synced(test, 2, 4).await;
        let (chat_id, now_ms) = (a_group(&world), world.clock.now_ms());
        for at_ms in [now_ms + 10_000, now_ms, now_ms + 5_000] {
            want_group(&world, &chat_id, at_ms).await;
        }
        assert_eq!(n_asked(&world).await, READ);
        assert_eq!(n_asked_after(&world, 10_000).await, READ);
        assert_eq!(waiting(&world).await, 0);
    }

    async fn what_wecom_fails_to_tell_is_read_again_after_growing_pauses(test: &TestDb) {
        let world = World::synced(test, 2, 4).await;
        let chat_id = renamed_group(&world);
        fail(&world, BROKEN, 3);
        want_group_now(&world, &chat_id).await;
        assert_eq!(n_asked(&world).await, FAILED);
        assert_eq!(n_asked_after(&world, 5_000).await, FAILED);
        assert_eq!(n_asked_after(&world, 10_000).await, FAILED);
        assert_eq!(waiting(&world).await, 1);
        assert_eq!(n_asked_after(&world, 20_000).await, READ);
        assert_eq!(waiting(&world).await, 0);
        assert_same(&world).await;
    }

    async fn what_fails_again_and_again_is_left_to_the_next_synchronisation(test: &TestDb) {
        let world = World::synced(test, 2, 4).await;
        let chat_id = renamed_group(&world);
        fail(&world, BROKEN, 8);
        want_group_now(&world, &chat_id).await;
        assert_eq!(n_asked(&world).await, FAILED);
        for n_failed in 1..MOST_ATTEMPTS {
            assert_eq!(waiting(&world).await, 1);
            let pause_ms = PAUSE_MS << (n_failed - 1);
            assert_eq!(n_asked_after(&world, pause_ms).await, FAILED, "after {n_failed}");
        }
        assert_eq!(waiting(&world).await, 0);
        world.clock.advance(3_600_000);
        assert_eq!(n_asked(&world).await, 0);
        world.sync().await;
        assert_same(&world).await;
    }

    async fn a_refusal_of_everything_puts_off_by_a_minute_and_is_no_failure(test: &TestDb) {
        let world = World::synced(test, 2, 4).await;
        let chat_id = renamed_group(&world);
        // More often than a thing may fail.
        fail(&world, REFUSED, 10);
        want_group_now(&world, &chat_id).await;
        assert_eq!(n_asked(&world).await, FAILED);
        for _ in 1..10 {
            assert_eq!(n_asked_after(&world, REFUSED_PAUSE_MS).await, FAILED);
        }
        world.clock.advance(REFUSED_PAUSE_MS);
        let due = due(&world.scrm, world.corp, 10).await.unwrap();
        assert_eq!(due, [(Thing::Group(chat_id), 0)]);
        assert_eq!(n_asked(&world).await, READ);
        assert_eq!(waiting(&world).await, 0);
        assert_same(&world).await;
    }

    async fn an_event_on_what_has_failed_often_begins_its_count_anew(test: &TestDb) {
        let world = World::synced(test, 2, 4).await;
        let sender = Sender::set_up(&world).await;
        let sim = &world.sim.sim;
        let chat_id = a_group(&world);
        fail(&world, BROKEN, 6);
        want_group_now(&world, &chat_id).await;
        assert_eq!(n_asked(&world).await, FAILED);
        for n_failed in 1..5 {
            let pause_ms = PAUSE_MS << (n_failed - 1);
            assert_eq!(n_asked_after(&world, pause_ms).await, FAILED, "after {n_failed}");
        }
        sim.rename_group(&chat_id, "新名").unwrap();
        sender.pass_on(&world).await;
        // The sixth failure is the first since the event.
        assert_eq!(n_asked_after(&world, SETTLE_MS).await, FAILED);
        assert_eq!(n_asked_after(&world, PAUSE_MS).await, READ);
        assert_same(&world).await;
    }

    async fn two_processes_do_not_read_at_the_same_time(test: &TestDb) {
        let world = World::synced(test, 2, 4).await;
        let chat_id = renamed_group(&world);
        let sim = &world.sim.sim;
        let n_before = sim.n_calls("groupchat/get");
        sim.fail_next("groupchat/get", Fault::Hang { ms: 300 }).unwrap();
        want_group_now(&world, &chat_id).await;
        let (first, second) = tokio::join!(tick(&world.scrm, world.corp, "one"), async {
            while sim.n_calls("groupchat/get") == n_before {
                tokio::task::yield_now().await;
            }
            tick(&world.scrm, world.corp, "two").await
        });
        assert_eq!((first.unwrap(), second.unwrap()), (true, false));
        assert_eq!(sim.n_calls("groupchat/get"), n_before + 1);
        assert_eq!(waiting(&world).await, 0);
        assert_same(&world).await;
    }
}
