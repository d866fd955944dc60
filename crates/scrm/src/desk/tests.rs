//! What one owner sees and marks of his tasks by hand, and nobody else.

use store::testing::TestDb;
use wecom::tickets;

use super::{DeskSession, DeskTask, Part, content, mark, proof, tasks};
use crate::{
    Error, MIGRATIONS, StaffId, corps,
    groups::ListedGroup,
    send::claim_tick,
    sop::{
        self, ContentItem, Mark, Mode, StepTime, TaskState,
        tests::{chats, sop, step},
    },
    tests::{NOW_MS, World},
};

/// Two owners with two groups each, all with a task by hand of which they were told.
async fn told(test: &TestDb) -> (World, Vec<ListedGroup>) {
    let world = World::synced(test, 2, 4).await;
    let groups = world.groups().await;
    let due = StepTime::At { at_ms: NOW_MS };
    let new = sop(Mode::Manual, chats(&groups), vec![step(due, "#群名称#的朋友，我是#员工姓名#")]);
    sop::create(&world.scrm, world.corp, new).await.unwrap();
    world.tick().await;
    (world, groups)
}

fn session(world: &World, staff: StaffId) -> DeskSession {
    DeskSession::of(world.corp, staff, "小王")
}

async fn of(world: &World, staff: StaffId, part: Part) -> Vec<DeskTask> {
    tasks(&world.scrm, &session(world, staff), part, None).await.unwrap()
}

store::on_both! { MIGRATIONS,
    async fn an_owner_sees_his_own_tasks_each_with_what_to_send(test: &TestDb) {
        let (world, groups) = told(test).await;
        let owner = groups[0].owner_id;
        let own = of(&world, owner, Part::Open).await;
        let mut chats: Vec<_> = own.iter().map(|task| &task.chat_id).collect();
        let mut expected: Vec<_> =
            groups.iter().filter(|g| g.owner_id == owner).map(|g| &g.chat_id).collect();
        chats.sort();
        expected.sort();
        assert_eq!(chats, expected);
        assert!(own.iter().all(|task| task.state == TaskState::HandedOver && task.message == 0));
        let shown = content(&world.scrm, &session(&world, owner), &own[0].id).await.unwrap();
        let text = format!("{}的朋友，我是小王", own[0].group_name);
        assert_eq!(shown.content, [ContentItem::Text { content: text }]);
        let one = Some(&*own[0].chat_id);
        let of_group = tasks(&world.scrm, &session(&world, owner), Part::Open, one).await.unwrap();
        assert_eq!(of_group, [own[0].clone()]);
    }

    async fn what_he_was_not_told_of_yet_is_not_his(test: &TestDb) {
        let world = World::synced(test, 1, 2).await;
        let groups = world.groups().await;
        let due = StepTime::At { at_ms: NOW_MS };
        let new = sop(Mode::Manual, chats(&groups), vec![step(due, "你好")]);
        sop::create(&world.scrm, world.corp, new).await.unwrap();
        while claim_tick(&world.scrm, world.corp, "test").await.unwrap() {}
        for part in [Part::Open, Part::Done] {
            assert_eq!(of(&world, groups[0].owner_id, part).await, []);
        }
        world.tick().await;
        assert_eq!(of(&world, groups[0].owner_id, Part::Open).await.len(), 2);
    }

    async fn another_owners_task_cannot_be_seen_or_marked(test: &TestDb) {
        let (world, groups) = told(test).await;
        let owner = groups[0].owner_id;
        let other = groups.iter().find(|group| group.owner_id != owner).unwrap().owner_id;
        let (own, others) = (of(&world, owner, Part::Open).await, of(&world, other, Part::Open).await);
        let me = session(&world, owner);
        let seen = content(&world.scrm, &me, &others[0].id).await;
        assert!(matches!(seen, Err(Error::NotFound(_))), "{seen:?}");
        let both = [own[0].id, others[0].id];
        let marked = mark(&world.scrm, &me, &both, Mark::Sent).await;
        assert!(matches!(marked, Err(Error::NotFound(_))), "{marked:?}");
        assert_eq!(of(&world, owner, Part::Open).await, own);
        assert_eq!(of(&world, other, Part::Open).await, others);
    }

    async fn what_is_marked_is_done(test: &TestDb) {
        let (world, groups) = told(test).await;
        let owner = groups[0].owner_id;
        let me = session(&world, owner);
        let own = of(&world, owner, Part::Open).await;
        assert_eq!(mark(&world.scrm, &me, &[own[0].id], Mark::Sent).await.unwrap(), 1);
        let reason = "群已停用".to_owned();
        let impossible = Mark::Impossible { reason };
        assert_eq!(mark(&world.scrm, &me, &[own[1].id], impossible).await.unwrap(), 1);
        assert_eq!(of(&world, owner, Part::Open).await, []);
        let done = of(&world, owner, Part::Done).await;
        let told: Vec<_> = done.iter().map(|task| (task.id, task.state, task.reason.as_deref())).collect();
        assert!(told.contains(&(own[0].id, TaskState::Sent, None)), "{told:?}");
        assert!(told.iter().any(|(id, state, reason)| {
            (*id, *state) == (own[1].id, TaskState::Failed) && reason.is_some_and(|r| r.contains("群已停用"))
        }), "{told:?}");
        let again = mark(&world.scrm, &me, &[own[0].id], Mark::Sent).await.unwrap();
        assert_eq!(again, 0, "twice is once");
    }

    async fn config_is_signed_by_the_companys_ticket_and_agent_config_by_the_apps(test: &TestDb) {
        let world = World::synced(test, 1, 1).await;
        let me = session(&world, world.groups().await[0].owner_id);
        let url = format!("{}/h5/group", world.scrm.rules.public_url);
        let found = proof(&world.scrm, &me, &format!("{url}#wechat_redirect")).await.unwrap();
        let client = corps::client(&world.scrm, world.corp).await.unwrap();
        let sign = |ticket: &str| tickets::signature(ticket, &found.nonce, found.timestamp_s, &url);
        assert_eq!(found.corp_signature, sign(&tickets::corp_ticket(&client).await.unwrap()));
        assert_eq!(found.agent_signature, sign(&tickets::agent_ticket(&client).await.unwrap()));
        assert_eq!(world.sim.sim.n_calls("get_jsapi_ticket"), 1, "tickets are kept");
    }
}
