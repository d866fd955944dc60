//! Looking for many lost messages at a time.

use store::testing::TestDb;
use wecom_sim::Fault;

use super::{ADD, MINUTE_MS, crashed_before_the_call, statuses, with_sop};
use crate::{MIGRATIONS, sop::Mode};

store::on_both! { MIGRATIONS,
    async fn wecom_is_asked_once_for_all_that_are_looked_for(test: &TestDb) {
        let world = with_sop(test, 12, 24, Mode::Assistant).await;
        crashed_before_the_call(&world).await;
        world.tick_after(MINUTE_MS).await;
        assert_eq!(world.sim.sim.n_calls("externalcontact/get_groupmsg_list_v2"), 1);
        // None has a trace: each is made again.
        for _ in 0..11 {
            world.tick_after(MINUTE_MS).await;
        }
        assert_eq!(statuses(&world).await, [(1, 24)].into());
        assert_eq!(world.sim.sim.mass_messages().len(), 12);
    }

    async fn equal_messages_are_told_apart_by_asking_for_each_once(test: &TestDb) {
        let mut world = with_equal_texts(test, 10).await;
        world.scrm.rules.unknown_repeat_ms = 10 * MINUTE_MS;
        // Each tick loses replies; none is made twice.
        world.sim.sim.fail_times(ADD, Fault::CutAfterEffect, 10).unwrap();
        for _ in 0..12 {
            world.tick_after(20_000).await;
        }
        let n_made = world.sim.sim.mass_messages().len();
        assert_eq!(n_made, 10);
        assert_eq!(statuses(&world).await, [(1, 20)].into());
    }
}

/// The same text for all owners.
async fn with_equal_texts(test: &TestDb, n_owners: usize) -> crate::tests::World {
    use crate::sop::{
        create,
        tests::{chats, sop, step},
    };
    let world = crate::tests::World::synced(test, n_owners, 2 * n_owners).await;
    let groups = world.groups().await;
    let new = sop(Mode::Assistant, chats(&groups), vec![step(super::NOW, "同样的话")]);
    create(&world.scrm, world.corp, new).await.unwrap();
    world
}
