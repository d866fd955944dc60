//! Looking for what is due: what it costs, what it leaves for later.

use store::{params, testing::TestDb};

use super::{MINUTE_MS, NOW, NOW_MS, statuses};
use crate::{
    MIGRATIONS,
    send::{claim, claim_tick},
    sop::{
        self, Mode, StepTime,
        tests::{chats, in_minutes, sop, step},
    },
    tests::World,
};

store::statements! {
    NEXT_DUE = "SELECT next_due_at_ms FROM sops WHERE corp_id = $1 ORDER BY sop_id";
    NOT_PLANNED = "UPDATE sop_tasks SET state = 5 WHERE corp_id = $1 AND step_no = 1";
}

async fn make(world: &World, mode: Mode, steps: &[StepTime]) {
    let groups = world.groups().await;
    // Equal messages to one owner go out one after the other.
    let n_before = groups.first().map_or(0, |group| group.tasks.len());
    let steps =
        (n_before..).zip(steps).map(|(no, &time)| step(time, &format!("你好 {no}"))).collect();
    sop::create(&world.scrm, world.corp, sop(mode, chats(&groups), steps)).await.unwrap();
    while sop::plan_tick(&world.scrm, world.corp).await.unwrap() {}
}

/// Minutes from now until each SOP is looked at again; nothing = never.
async fn next_due(world: &World) -> Vec<Option<i64>> {
    let mut reader = world.scrm.db.reader().await.unwrap();
    let read = |row: &store::Row<'_>| row.get::<i64>(0);
    let found = reader.query(&NEXT_DUE, &params![world.corp], read).await.unwrap();
    let minutes = |ms: i64| (ms != i64::MAX).then(|| (ms - NOW_MS).div_euclid(MINUTE_MS));
    found.into_iter().map(minutes).collect()
}

async fn n_statements_of_a_look(world: &World) -> u64 {
    let before = world.scrm.db.n_statements();
    assert!(!claim_tick(&world.scrm, world.corp, "test").await.unwrap());
    world.scrm.db.n_statements() - before
}

/// Statements on tasks and messages that are meant to read all of a company's: counts for metrics, and what a
/// process does once when it ends.
const MAY_READ_ALL: &[&str] = &["scrm::sop::sql::N_BY_STATE", "scrm::send::sql::RELEASE"];

#[tokio::test]
async fn no_statement_on_tasks_or_messages_reads_all_of_a_company() {
    let test = store::testing::sqlite(MIGRATIONS).await;
    let statements: Vec<_> = crate::statements()
        .into_iter()
        .filter(|it| {
            ["sop_tasks", "send_batches", "send_events"].iter().any(|t| it.sqlite.contains(t))
        })
        .collect();
    // The queue by its state alone would be all that are followed, sorted.
    let reads_all =
        |line: &String| line.contains("(corp_id=?)") || line.contains("(corp_id=? AND state<?)");
    let plans = store::check::plans(&test.db, &statements).await.unwrap();
    let found: Vec<_> = plans
        .iter()
        .filter(|plan| plan.lines.iter().any(reads_all) && !MAY_READ_ALL.contains(&plan.name))
        .collect();
    assert!(found.is_empty(), "{found:#?}");
}

store::on_both! { MIGRATIONS,
    async fn a_look_that_finds_nothing_costs_the_same_however_much_is_planned(test: &TestDb) {
        let world = World::synced(test, 2, 40).await;
        let with_nothing = n_statements_of_a_look(&world).await;
        let later: Vec<StepTime> = (1..20).map(in_minutes).collect();
        for _ in 0..5 {
            make(&world, Mode::Assistant, &later).await;
        }
        assert_eq!(n_statements_of_a_look(&world).await, with_nothing);
        assert!(with_nothing <= 2, "{with_nothing}");
    }

    async fn after_a_claim_an_sop_is_next_looked_at_when_its_next_task_is_due(test: &TestDb) {
        let world = World::synced(test, 2, 4).await;
        make(&world, Mode::Assistant, &[NOW, in_minutes(90)]).await;
        make(&world, Mode::Assistant, &[NOW]).await;
        world.tick().await;
        assert_eq!(next_due(&world).await, [Some(90), None]);
        world.tick_after(90 * MINUTE_MS).await;
        assert_eq!(next_due(&world).await, [None, None]);
        assert_eq!(world.sim.sim.mass_messages().len(), 6);
    }

    async fn an_owner_gets_so_many_messages_a_minute_and_the_others_later(test: &TestDb) {
        let mut world = World::synced(test, 2, 4).await;
        world.scrm.rules.messages_per_owner_and_minute = 2;
        for _ in 0..5 {
            make(&world, Mode::Assistant, &[NOW]).await;
        }
        for n_messages in [4, 8, 10, 10] {
            world.tick().await;
            world.tick_after(MINUTE_MS - 1).await;
            assert_eq!(world.sim.sim.mass_messages().len(), n_messages);
            world.clock.advance(1);
        }
        assert_eq!(next_due(&world).await, [None; 5]);
    }

    async fn who_has_had_enough_is_next_looked_at_in_the_next_minute(test: &TestDb) {
        let world = World::synced(test, 1, 2).await;
        world.clock.advance(20_000);
        make(&world, Mode::Manual, &[NOW]).await;
        world.tick().await;
        make(&world, Mode::Manual, &[NOW]).await;
        world.tick().await;
        assert_eq!(next_due(&world).await, [None, Some(1)]);
        world.tick_after(40_000).await;
        assert_eq!(next_due(&world).await, [None, None]);
        assert!(world.groups().await.iter().all(|g| g.tasks.iter().all(|t| t.status == 1)));
    }

    async fn what_another_process_took_since_the_look_is_looked_at_anew(test: &TestDb) {
        let world = World::synced(test, 1, 3).await;
        make(&world, Mode::Assistant, &[NOW, NOW]).await;
        let company = {
            let mut reader = world.scrm.db.reader().await.unwrap();
            crate::corps::get(&mut reader, world.corp).await.unwrap()
        };
        let sops = claim::due_sops(&world.scrm, &company).await.unwrap();
        let (tasks, _) =
            claim::read_due(&world.scrm, &company, &sops).await.unwrap();
        assert_eq!(tasks.len(), 6);
        let mut tx = world.scrm.db.begin().await.unwrap();
        tx.execute(&NOT_PLANNED, &params![world.corp]).await.unwrap();
        tx.commit().await.unwrap();
        let claimed = claim::claim_portion(&world.scrm, &company, &tasks).await;
        assert!(claimed.unwrap().is_none(), "nothing is written");
        world.tick().await;
        let states = sop::n_by_state(&world.scrm, world.corp).await.unwrap();
        assert_eq!(states, [(sop::TaskState::HandedOver, 3), (sop::TaskState::Cancelled, 3)]);
    }

    async fn while_another_process_claims_nothing_is_claimed(test: &TestDb) {
        let world = World::synced(test, 1, 3).await;
        make(&world, Mode::Assistant, &[NOW]).await;
        let lease = format!("claim {}", world.corp);
        let now_ms = world.clock.now_ms();
        assert!(jobs::take(&world.scrm.db, &lease, "other", now_ms, 30_000).await.unwrap());
        world.tick().await;
        assert_eq!(statuses(&world).await, [(0, 3)].into());
        world.tick_after(30_000).await;
        assert_eq!(statuses(&world).await, [(1, 3)].into());
    }
}
