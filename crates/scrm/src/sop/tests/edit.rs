//! Editing: what is handed over stays, the rest is planned anew.

use store::testing::TestDb;

use super::{chats, in_minutes, listed, sop, step};
use crate::{
    Error, MIGRATIONS, PublicId,
    sop::{
        Actor, Difference, Edit, EditedStep, Mode, NewStep, StepTime, create, detail, edit,
        preview_edit,
    },
    tests::{NOW_MS, World},
    zone::MINUTE_MS,
};

const APP: Actor = Actor::App(7);

fn keep(step_no: i64, step: NewStep) -> EditedStep {
    EditedStep { step_no: Some(step_no), step }
}

fn add(step: NewStep) -> EditedStep {
    EditedStep { step_no: None, step }
}

fn steps(steps: Vec<EditedStep>) -> Edit {
    Edit { steps: Some(steps), ..Edit::default() }
}

/// Two groups, steps at once and in 60, 120 and 180 minutes; the first is handed over.
async fn begun(test: &TestDb) -> (World, PublicId, String) {
    let world = World::synced(test, 1, 2).await;
    let groups = world.groups().await;
    let at = [0, 60, 120, 180].map(|n| step(in_minutes(n), "旧")).to_vec();
    let new = sop(Mode::Assistant, chats(&groups), at);
    let id = create(&world.scrm, world.corp, new).await.unwrap();
    world.tick().await;
    let chat = groups[0].chat_id.clone();
    (world, id, chat)
}

store::on_both! { MIGRATIONS,
    async fn what_is_handed_over_stays_and_the_rest_is_planned_anew(test: &TestDb) {
        let (world, id, chat) = begun(test).await;
        let other = steps(vec![
            keep(1, step(in_minutes(0), "新")),
            keep(2, step(in_minutes(60), "新")),
            keep(3, step(in_minutes(150), "旧")),
            add(step(in_minutes(30), "加")),
        ]);
        let expected = Difference {
            n_steps_added: 1,
            n_steps_changed: 3,
            n_steps_removed: 1,
            n_tasks_changed: 6,
            n_tasks_kept: 2,
        };
        let (scrm, corp) = (&world.scrm, world.corp);
        assert_eq!(preview_edit(scrm, corp, &id, &other).await.unwrap(), expected);
        let before = [(0, 1, None), (60, 0, None), (120, 0, None), (180, 0, None)];
        assert_eq!(listed(&world, &chat).await, before, "a preview changes nothing");
        assert_eq!(edit(scrm, corp, &id, &other, APP).await.unwrap(), expected);
        let tasks: Vec<(i64, i64)> =
            listed(&world, &chat).await.into_iter().map(|task| (task.0, task.1)).collect();
        assert_eq!(tasks, [(0, 1), (30, 0), (60, 0), (150, 0), (180, 5)]);
        world.tick_after(200 * MINUTE_MS).await;
        let mut texts: Vec<String> =
            world.sim.sim.mass_messages().into_iter().map(|message| message.text).collect();
        texts.sort_unstable();
        assert_eq!(texts, ["加", "新", "旧", "旧"], "each goes out as it is when it goes out");
    }

    async fn an_edit_that_cannot_be_is_refused_and_changes_nothing(test: &TestDb) {
        let (world, id, chat) = begun(test).await;
        world.clock.set(NOW_MS + 70 * MINUTE_MS);
        let same = || keep(2, step(in_minutes(60), "旧"));
        for (other, named) in [
            (steps(vec![same(), keep(3, step(in_minutes(10), "旧"))]), "step 2: its time is past"),
            (steps(vec![same(), add(step(in_minutes(10), "加"))]), "step 2: its time is past"),
            (steps(vec![keep(9, step(in_minutes(90), "旧"))]), "no step 9"),
            (steps(vec![same(), same()]), "named twice"),
            (steps(vec![]), "1 to 100 steps"),
            (Edit { title: Some(" ".to_owned()), ..Edit::default() }, "title"),
            (Edit { rule: Some(crate::sop::Rule::default()), ..Edit::default() }, "follows no rule"),
        ] {
            let refusal = edit(&world.scrm, world.corp, &id, &other, APP).await.unwrap_err();
            assert!(refusal.to_string().contains(named), "{refusal}");
        }
        assert_eq!(listed(&world, &chat).await.len(), 4);
        assert_eq!(detail(&world.scrm, world.corp, &id).await.unwrap().steps.len(), 4);
    }

    async fn a_day_that_is_past_for_a_group_makes_no_task_for_it(test: &TestDb) {
        let world = World::synced(test, 1, 2).await;
        let groups = world.groups().await;
        let day = |day_no, text: &str| step(StepTime::NthDay { day_no, minute_of_day: 600 }, text);
        let new = sop(Mode::Manual, chats(&groups[..1]), vec![day(5, "五")]);
        let id = create(&world.scrm, world.corp, new).await.unwrap();
        world.clock.advance(3 * 24 * 60 * MINUTE_MS);
        let late = [groups[1].chat_id.clone()];
        crate::sop::join(&world.scrm, world.corp, &id, &late, APP).await.unwrap();
        let other = steps(vec![keep(1, day(2, "二")), add(day(3, "三"))]);
        edit(&world.scrm, world.corp, &id, &other, APP).await.unwrap();
        let states = async |chat: &str| -> Vec<i64> {
            listed(&world, chat).await.into_iter().map(|task| task.1).collect()
        };
        assert_eq!(states(&groups[0].chat_id).await, [5], "its second and third day are past");
        assert_eq!(states(&groups[1].chat_id).await, [0, 0]);
        let again = steps(vec![keep(1, day(6, "六"))]);
        edit(&world.scrm, world.corp, &id, &again, APP).await.unwrap();
        assert_eq!(states(&groups[0].chat_id).await, [0], "taken up again");
        assert_eq!(states(&groups[1].chat_id).await, [5, 0], "the removed third day, then the sixth");
        let missing = PublicId([3; 16]);
        let refusal = edit(&world.scrm, world.corp, &missing, &Edit::default(), APP).await;
        assert!(matches!(refusal, Err(Error::NotFound(_))));
    }
}
