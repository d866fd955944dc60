//! The staff's own pages: whoever WeCom names is in, with what was handed to him.

use scrm::{
    groups,
    sop::{
        self, Actor, Audience, ChosenChat, ContentItem, Mode, NewSop, NewStep, SopKind, StepTime,
    },
};
use serde_json::{Value, json};
use store::testing::TestDb;

use super::{Connected, Way, cookie, param};
use crate::tests::{Reply, post};

const START: &str = "/h5/wecom/start";

/// A company in which every owner was told of a task by hand for each of his groups.
async fn told(test: &TestDb) -> (Connected, Vec<groups::ListedGroup>) {
    let connected = Connected::on(test).await;
    let (scrm, corp) = (&connected.console.scrm, connected.console.corp);
    let page = scrm::Page { no: 1, size: 50 };
    let found = groups::list(scrm, corp, &groups::Filter::default(), page).await.unwrap().groups;
    let now_ms = scrm.clock.now_ms();
    let chosen =
        |group: &groups::ListedGroup| ChosenChat { chat_id: group.chat_id.clone(), owner: None };
    let new = NewSop {
        title: "欢迎".to_owned(),
        instruction: String::new(),
        mode: Mode::Manual,
        kind: SopKind::FixedTimes,
        audience: Audience::Chats(found.iter().map(chosen).collect()),
        steps: vec![NewStep {
            time: StepTime::At { at_ms: now_ms },
            content: vec![ContentItem::Text { content: "欢迎来到#群名称#".to_owned() }],
        }],
        creator: None,
        is_draft: false,
        actor: Actor::System,
        once: None,
    };
    sop::create(scrm, corp, new).await.unwrap();
    while scrm::testing::send_tick(scrm, corp, "test").await.unwrap() {}
    (connected, found)
}

impl Connected {
    /// Where somebody comes back to, and the cookie he has then.
    async fn to_desk(&self, way: &Way) -> (String, Option<String>) {
        let (to, headers) = self.come_back(way).await;
        (to, cookie(&headers, "siyu_desk"))
    }

    async fn at_desk(&self, group: &groups::ListedGroup) -> String {
        let sim = self.sim.sim.groups();
        let owner = &sim.iter().find(|known| known.chat_id == group.chat_id).unwrap().owner;
        let way = self.leave_from(START, "/", owner).await;
        let (to, cookie) = self.to_desk(&way).await;
        assert_eq!(to, "/h5/");
        cookie.expect("a session")
    }

    async fn desk(&self, cookie: &str, path: &str, body: Value) -> Reply {
        let (path, cookie) = (format!("/h5/api/{path}"), format!("siyu_desk={cookie}"));
        post(&self.console.router, &path, &cookie, body, &[("x-siyu-console", "1")]).await
    }
}

store::on_both! { scrm::MIGRATIONS,
    async fn a_member_of_staff_does_his_tasks_and_no_others(test: &TestDb) {
        let (connected, groups) = told(test).await;
        let own = connected.at_desk(&groups[0]).await;
        let other = groups.iter().find(|group| group.owner_id != groups[0].owner_id).unwrap();
        let others = connected.at_desk(other).await;
        assert_eq!(connected.desk(&own, "me", json!({})).await.body["name"], groups[0].owner_name);
        let tasks = connected.desk(&own, "tasks", json!({"part": "open"})).await.body["rows"].clone();
        let task = &tasks.as_array().unwrap()[0];
        assert_eq!((&task["state"], &task["title"]), (&json!("handed"), &json!("欢迎")));
        let of_task = json!({"taskId": task["id"]});
        let text = format!("欢迎来到{}", task["groupName"].as_str().unwrap());
        let content = connected.desk(&own, "content", of_task.clone()).await.body;
        assert_eq!(content["content"], json!([{"kind": "text", "content": text}]));
        let sent = json!({"taskIds": [task["id"]], "outcome": "sent"});
        assert_eq!(connected.desk(&others, "content", of_task).await.status, 404);
        assert_eq!(connected.desk(&others, "mark", sent.clone()).await.status, 404);
        let no_reason = json!({"taskIds": [task["id"]], "outcome": "impossible", "reason": " "});
        assert_eq!(connected.desk(&own, "mark", no_reason).await.status, 400);
        assert_eq!(connected.desk(&own, "mark", sent).await.body, json!({"nChanged": 1}));
        let done = connected.desk(&own, "tasks", json!({"part": "done"})).await.body;
        assert_eq!(done["rows"][0]["state"], "sent");
    }

    async fn what_is_over_used_or_forged_lets_nobody_in(test: &TestDb) {
        let (connected, groups) = told(test).await;
        let owner = connected.sim.sim.groups()[0].owner.clone();
        let way = connected.leave_from(START, "/task", &owner).await;
        let wrong = Way { state: "0".repeat(64), code: way.code.clone(), errand: way.errand.clone(), ..Way::default() };
        let (to, cookie) = connected.to_desk(&wrong).await;
        assert_eq!((to.split('?').next().unwrap(), &*param(&to, "problem"), cookie), ("/h5/sign-in", "other_state", None));
        let (to, cookie) = connected.to_desk(&way).await;
        assert_eq!(to, "/h5/task");
        let cookie = cookie.unwrap();
        let (to, again) = connected.to_desk(&way).await;
        assert_eq!((&*param(&to, "problem"), again), ("used", None));
        let forgotten = Way { errand: String::new(), state: way.state.clone(), code: way.code.clone(), ..Way::default() };
        let (to, none) = connected.to_desk(&forgotten).await;
        assert_eq!((to.split('?').next().unwrap(), &*param(&to, "problem"), none), ("/h5/sign-in", "no_errand", None));
        // Neither cookie opens the other's door.
        let token = cookie.split_once('.').unwrap().1.to_owned();
        assert!(connected.me(&token).await.is_none());
        let tasks = json!({"part": "open"});
        assert_eq!(connected.desk(&format!("9.{token}"), "tasks", tasks.clone()).await.status, 401);
        assert_eq!(connected.desk(&cookie, "tasks", tasks.clone()).await.status, 200);
        connected.console.clock.advance(scrm::desk::SESSION_MS);
        assert_eq!(connected.desk(&cookie, "tasks", tasks.clone()).await.status, 401);
        let fresh = connected.at_desk(&groups[0]).await;
        assert_eq!(connected.desk(&fresh, "sign-out", json!({})).await.status, 200);
        assert_eq!(connected.desk(&fresh, "tasks", tasks).await.status, 401);
    }

    async fn only_own_pages_are_proven_to_wecom(test: &TestDb) {
        let (connected, groups) = told(test).await;
        let own = connected.at_desk(&groups[0]).await;
        let public_url = connected.console.scrm.rules.public_url.trim_end_matches('/');
        let other = json!({"url": "https://evil.example.com/h5/"});
        assert_eq!(connected.desk(&own, "proof", other).await.status, 400);
        let proof = connected.desk(&own, "proof", json!({"url": format!("{public_url}/h5/?a=1")})).await.body;
        assert!(proof["signature"].is_string() && proof["agentSignature"].is_string(), "{proof}");
    }
}
