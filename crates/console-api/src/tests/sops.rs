//! SOPs as operators of a part of the company see and make them.

use scrm::MIGRATIONS;
use serde_json::{Value, json};
use store::testing::TestDb;

use super::{Browser, Console, JIA, NOW_MS, YI};

/// An SOP of one message in an hour.
fn sop(audience: Value) -> Value {
    json!({
        "title": "周末活动", "mode": "assistant", "kind": "fixed_times", "audience": audience,
        "steps": [{
            "time": {"atMs": NOW_MS + 3_600_000},
            "content": [{"kind": "text", "content": "到店有礼"}],
        }],
    })
}

fn by_rule(rule: Value) -> Value {
    json!({"kind": "rule", "rule": rule, "follows": false})
}

async fn make(browser: &mut Browser<'_>, new: Value) -> String {
    browser.ok("sops/create", new).await["id"].as_str().unwrap().to_owned()
}

async fn listed(browser: &mut Browser<'_>) -> Vec<Value> {
    let listed = browser.ok("sops/list", json!({})).await;
    assert_eq!(listed["total"].as_u64(), Some(listed["rows"].as_array().unwrap().len() as u64));
    listed["rows"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect()
}

store::on_both! { MIGRATIONS,
    async fn an_operator_of_a_department_reaches_its_groups_alone(test: &TestDb) {
        let console = Console::on(test).await.with_groups().await;
        let mut operator = console.operator().await;
        let found = operator.ok("sops/preview", sop(by_rule(json!({})))).await;
        assert_eq!((&found["nGroups"], &found["nOwners"]), (&json!(2), &json!(1)), "{found}");
        let id = make(&mut operator, sop(by_rule(json!({})))).await;
        let tasks = operator.ok("sops/tasks", json!({"id": id})).await;
        let chats: Vec<&Value> = tasks["rows"].as_array().unwrap().iter().map(|t| &t["chatId"]).collect();
        assert_eq!(chats, ["wr1", "wr2"]);
        let others = [
            by_rule(json!({"ownerIds": [YI.to_string()]})),
            json!({"kind": "chats", "chatIds": ["wr1", "wr3"]}),
        ];
        for audience in others {
            operator.refused("sops/create", sop(audience.clone()), 403, "not_yours").await;
            operator.refused("sops/preview", sop(audience), 403, "not_yours").await;
        }
        assert_eq!(listed(&mut operator).await, [json!(id)]);
    }

    async fn an_operator_of_a_department_sees_of_others_sops_his_own_groups(test: &TestDb) {
        let console = Console::on(test).await.with_groups().await;
        let mut admin = console.admin().await;
        let of_all = make(&mut admin, sop(by_rule(json!({"name": "群"})))).await;
        let of_yi = make(&mut admin, sop(by_rule(json!({"ownerIds": [YI.to_string()]})))).await;
        let mut operator = console.operator().await;
        assert_eq!(listed(&mut operator).await, [json!(of_all)]);
        let one = json!({"id": of_all});
        assert_eq!(operator.ok("sops/progress", one.clone()).await["total"]["planned"], 2);
        let owners = operator.ok("sops/progress", one.clone()).await["owners"].clone();
        assert_eq!((owners.as_array().unwrap().len(), &owners[0]["ownerId"]), (1, &json!(JIA.to_string())));
        assert_eq!(operator.ok("sops/tasks", one.clone()).await["total"], 2);
        let of_other = json!({"id": of_all, "ownerId": YI.to_string()});
        assert_eq!(operator.ok("sops/tasks", of_other).await["total"], 0);
        assert_eq!(operator.ok("sops/detail", one.clone()).await["mayChange"], false);
        for act in ["pause", "resume", "end", "delete", "remind"] {
            operator.refused(&format!("sops/{act}"), one.clone(), 403, "not_yours").await;
            operator.refused(&format!("sops/{act}"), json!({"id": of_yi}), 404, "not_found").await;
        }
        for call in ["detail", "progress", "tasks"] {
            operator.refused(&format!("sops/{call}"), json!({"id": of_yi}), 404, "not_found").await;
        }
        let edit = json!({"id": of_all, "title": "改名"});
        operator.refused("sops/edit", edit, 403, "not_yours").await;
        let all = admin.ok("sops/tasks", json!({"id": of_yi})).await;
        let task = json!({"taskId": all["rows"][0]["id"]});
        operator.refused("sops/task-story", task.clone(), 404, "not_found").await;
        admin.ok("sops/task-story", task).await;
        let span = json!({"fromMs": NOW_MS, "untilMs": NOW_MS + 86_400_000});
        let days = operator.ok("calendar/list", span).await;
        assert_eq!(days["rows"].as_array().unwrap().len(), 1, "{days}");
        assert_eq!(days["rows"][0]["counts"]["planned"], 2, "{days}");
    }

    async fn whoever_only_looks_on_changes_no_sop(test: &TestDb) {
        let console = Console::on(test).await.with_groups().await;
        let id = make(&mut console.admin().await, sop(by_rule(json!({"name": "群"})))).await;
        let mut viewer = console.viewer().await;
        assert_eq!(viewer.ok("sops/progress", json!({"id": id})).await["total"]["planned"], 3);
        for act in ["start", "pause", "resume", "end", "delete", "remind", "edit", "preview-edit"] {
            viewer.refused(&format!("sops/{act}"), json!({"id": id}), 403, "no_right").await;
        }
        viewer.refused("sops/create", sop(by_rule(json!({}))), 403, "no_right").await;
        let own = json!({"login": "own", "role": "own", "staffId": YI.to_string()});
        let mut own = console.user(own).await;
        assert_eq!(own.ok("sops/progress", json!({"id": id})).await["total"]["planned"], 1);
        own.refused("sops/end", json!({"id": id}), 403, "no_right").await;
    }
}
