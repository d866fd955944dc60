//! Planning in parts: what is cut off goes on, and nothing goes out before the end.

use store::{Session, params, testing::TestDb};

use super::{chats, in_minutes, listed, sop, step};
use crate::{
    GroupId, MIGRATIONS, PublicId,
    groups::{self, ListedGroup},
    sop::{
        Actor, Mode, NewSop, TaskState, create, end, n_by_state, plan_tick, progress, sql, stored,
    },
    tests::World,
};

store::on_both! { MIGRATIONS,
    async fn planning_that_was_cut_off_goes_on_and_nothing_goes_out_before(test: &TestDb) {
        // 100 steps: 10 groups a part.
        let world = World::synced(test, 3, 50).await;
        let groups = world.groups().await;
        let steps = (0..100).map(|n| step(in_minutes(n * 600), "你好")).collect();
        let id = create(&world.scrm, world.corp, sop(Mode::Assistant, chats(&groups), steps))
            .await
            .unwrap();
        assert_eq!(progress(&world.scrm, world.corp, &id).await.unwrap().total.n_planned, 5_000);
        // As if the server had been killed before the last part.
        let mut tx = world.scrm.db.begin().await.unwrap();
        let last = *ids_of(&mut tx, &world, &groups).await.last().unwrap();
        let sop_id = stored::find(&mut tx, world.corp, &id).await.unwrap().id;
        tx.execute(&FORGET_TASKS, &params![world.corp, last]).await.unwrap();
        tx.execute(&FORGET_GROUP, &params![world.corp, sop_id, last]).await.unwrap();
        let ids = last.0.to_le_bytes().to_vec();
        tx.execute_rows(&sql::ADD_JOINING, &params![world.corp, sop_id, 3_i64, &ids]).await.unwrap();
        let position = params![world.corp, sop_id, i64::MAX];
        tx.execute(&sql::SET_PLAN_POSITION, &position).await.unwrap();
        tx.commit().await.unwrap();
        while crate::testing::send_tick(&world.scrm, world.corp, "test").await.unwrap() {}
        assert_eq!(world.sim.sim.mass_messages().len(), 0, "not wholly planned");
        world.tick().await;
        let progress = progress(&world.scrm, world.corp, &id).await.unwrap();
        assert!(!progress.card.is_planning);
        let total = progress.total;
        assert_eq!((total.n_planned, total.n_handed_over), (4_950, 50));
        assert_eq!(progress.by_step.len(), 100);
    }

    async fn an_sop_that_is_ended_while_it_is_planned_makes_no_more_tasks(test: &TestDb) {
        let world = World::synced(test, 1, 2).await;
        let groups = world.groups().await;
        let steps = vec![step(in_minutes(5), "你好")];
        let id = create(&world.scrm, world.corp, sop(Mode::Manual, chats(&groups[..1]), steps))
            .await
            .unwrap();
        let mut tx = world.scrm.db.begin().await.unwrap();
        let sop_id = stored::find(&mut tx, world.corp, &id).await.unwrap().id;
        let ids = ids_of(&mut tx, &world, &groups[1..]).await[0].0.to_le_bytes().to_vec();
        tx.execute_rows(&sql::ADD_JOINING, &params![world.corp, sop_id, 9_i64, &ids]).await.unwrap();
        tx.commit().await.unwrap();
        end(&world.scrm, world.corp, &id, Actor::System).await.unwrap();
        world.tick().await;
        assert_eq!(listed(&world, &groups[0].chat_id).await[0].1, 5);
        assert_eq!(listed(&world, &groups[1].chat_id).await, []);
    }
}

/// Our ids of some groups, in order.
async fn ids_of(session: &mut Session, world: &World, listed: &[ListedGroup]) -> Vec<GroupId> {
    let chat_ids: Vec<String> = listed.iter().map(|group| group.chat_id.clone()).collect();
    let found = groups::by_chat_ids(session, world.corp, &chat_ids).await.unwrap();
    let mut ids: Vec<GroupId> = found.values().map(|group| group.id).collect();
    ids.sort_unstable();
    ids
}

store::statements! {
    FORGET_TASKS = "DELETE FROM sop_tasks WHERE corp_id = $1 AND group_id = $2";
    FORGET_GROUP = "DELETE FROM sop_groups WHERE corp_id = $1 AND sop_id = $2 AND group_id = $3";
    NO_TASKS = "ALTER TABLE sop_tasks RENAME TO tasks_elsewhere";
    TASKS_AGAIN = "ALTER TABLE tasks_elsewhere RENAME TO sop_tasks";
    DAMAGE = "UPDATE sops SET rule = '{' WHERE corp_id = $1 AND title = $2";
}

pub(super) async fn change(
    world: &World,
    statement: &'static store::Statement,
    values: &[store::Value<'_>],
) {
    let mut tx = world.scrm.db.begin().await.unwrap();
    tx.execute(statement, values).await.unwrap();
    tx.commit().await.unwrap();
}

/// Makes an SOP while no task can be written.
pub(super) async fn unplanned(world: &World, new: NewSop) -> PublicId {
    change(world, &NO_TASKS, &[]).await;
    let id = create(&world.scrm, world.corp, new).await.unwrap();
    change(world, &TASKS_AGAIN, &[]).await;
    id
}

/// The same of all groups, with a title.
async fn titled_unplanned(world: &World, title: &str) {
    let groups = world.groups().await;
    let new = sop(Mode::Manual, chats(&groups), vec![step(in_minutes(5), "你好")]);
    unplanned(world, NewSop { title: title.to_owned(), ..new }).await;
}

store::on_both! { MIGRATIONS,
    async fn a_call_that_took_effect_is_not_refused_when_planning_fails(test: &TestDb) {
        let world = World::synced(test, 1, 3).await;
        titled_unplanned(&world, "一").await;
        assert_eq!(n_by_state(&world.scrm, world.corp).await.unwrap(), []);
        world.tick().await;
        assert_eq!(
            n_by_state(&world.scrm, world.corp).await.unwrap(),
            [(TaskState::Planned, 3)]
        );
    }

    async fn an_sop_that_cannot_be_planned_holds_up_no_other(test: &TestDb) {
        let world = World::synced(test, 1, 3).await;
        titled_unplanned(&world, "一").await;
        titled_unplanned(&world, "二").await;
        change(&world, &DAMAGE, &params![world.corp, "一"]).await;
        plan_tick(&world.scrm, world.corp).await.unwrap_err();
        assert_eq!(
            n_by_state(&world.scrm, world.corp).await.unwrap(),
            [(TaskState::Planned, 3)]
        );
    }
}
