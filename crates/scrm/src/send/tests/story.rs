//! Every change of a task can be explained afterwards.

use store::{params, testing::TestDb};
use wecom_sim::Fault;

use super::{ADD, MINUTE_MS, all_confirm, with_sop};
use crate::{
    Error, MIGRATIONS, PublicId,
    send::{claim_tick, hand_over_tick, story},
    sop::{self, Actor, Mark, Mode},
    tests::World,
};

store::statements! {
    SET_STATES = "UPDATE sops SET state = $2 WHERE corp_id = $1";
}

/// Who did what, as words.
async fn told(world: &World) -> Vec<String> {
    let task = world.groups().await[0].tasks[0].id;
    let chapters = story(&world.scrm, world.corp, &task).await.unwrap();
    assert!(chapters.is_sorted_by_key(|chapter| chapter.at_ms), "{chapters:?}");
    let told = |chapter: crate::send::Chapter| match chapter.actor {
        Some(actor) => format!("{actor} {}", chapter.what),
        None => chapter.what,
    };
    chapters.into_iter().map(told).collect()
}

store::on_both! { MIGRATIONS,
    async fn the_story_of_a_message_that_was_sent(test: &TestDb) {
        let world = with_sop(test, 1, 1, Mode::Assistant).await;
        world.sim.sim.fail_next(ADD, Fault::Errcode { errcode: 45_033 }).unwrap();
        world.tick().await;
        world.tick_after(MINUTE_MS).await;
        all_confirm(&world).await;
        world.tick().await;
        assert_eq!(
            told(&world).await,
            ["system planned", "claimed", "begun", "refused", "begun", "accepted", "closed", "sent"]
        );
    }

    async fn the_story_of_one_that_was_lost_and_found(test: &TestDb) {
        let world = with_sop(test, 1, 1, Mode::Assistant).await;
        world.sim.sim.fail_next(ADD, Fault::CutAfterEffect).unwrap();
        world.tick().await;
        world.tick_after(20_000).await;
        assert_eq!(
            told(&world).await,
            ["system planned", "claimed", "begun", "unknown", "adopted"]
        );
    }

    async fn the_story_goes_on_from_the_message_that_a_task_was_in_before(test: &TestDb) {
        let world = with_sop(test, 1, 1, Mode::Assistant).await;
        while claim_tick(&world.scrm, world.corp, "test").await.unwrap() {}
        let set = async |state: i64| {
            let mut tx = world.scrm.db.begin().await.unwrap();
            tx.execute(&SET_STATES, &params![world.corp, state]).await.unwrap();
            tx.commit().await.unwrap();
        };
        set(2).await;
        hand_over_tick(&world.scrm, world.corp, "test").await.unwrap();
        let before = ["system planned", "claimed", "given_back", "closed"];
        assert_eq!(told(&world).await, before);
        set(1).await;
        world.tick_after(MINUTE_MS).await;
        let after = ["claimed", "after", "begun", "accepted"];
        assert_eq!(told(&world).await, [&before[..], &after[..]].concat());
    }

    async fn the_story_names_who_marked_a_task_and_who_planned_it(test: &TestDb) {
        let world = with_sop(test, 1, 1, Mode::Manual).await;
        world.tick().await;
        world.clock.advance(MINUTE_MS);
        let task = world.groups().await[0].tasks[0].id;
        let reason = Mark::Impossible { reason: "群已停用".to_owned() };
        let app = Actor::App(7);
        sop::mark_tasks(&world.scrm, world.corp, &[task], reason, app).await.unwrap();
        assert_eq!(
            told(&world).await,
            ["system planned", "claimed", "begun", "accepted", "app:7 failed"]
        );
        let end = story(&world.scrm, world.corp, &task).await.unwrap().pop().unwrap();
        assert_eq!(end.detail, "群已停用");
    }

    async fn an_unknown_task_has_no_story(test: &TestDb) {
        let world = World::start(test, 1, 1).await;
        let unknown = story(&world.scrm, world.corp, &PublicId([7; 16])).await.unwrap_err();
        assert!(matches!(unknown, Error::NotFound(_)), "{unknown}");
    }
}
