//! The life of an SOP by our own calls: states, edits, groups that come and go, lists, progress, history.

use serde_json::{Value, json};
use store::testing::TestDb;

use super::{
    group_sop::{DAY_MS, OTHER, OWNER, three_groups},
    sop_create::{by_days, day, ok, refused, with},
};
use crate::testing::{Api, Reply};

fn path(call: &str) -> String {
    format!("/api/v3/group-sop/{call}")
}

/// One of our calls about one SOP.
async fn of(api: &Api, call: &str, id: &Value) -> Value {
    ok(api, &path(call), json!({ "sopId": id })).await
}

async fn made(api: &Api, change: Value) -> Value {
    ok(api, &path("create"), with(&by_days(), change)).await
}

async fn state(api: &Api, id: &Value) -> Value {
    of(api, "detail", id).await["state"].clone()
}

/// planned, handedOver, sent, failed, expired, cancelled.
fn counts(of: &Value) -> [i64; 6] {
    ["planned", "handedOver", "sent", "failed", "expired", "cancelled"]
        .map(|name| of[name].as_i64().unwrap())
}

/// What every call about one SOP needs beside its id.
fn full(call: &str, id: &Value) -> Value {
    let request = json!({ "sopId": id });
    match call {
        "join" | "leave" => with(&request, json!({"chatIds": ["b"]})),
        "try" => with(&request, json!({"stepNo": 1, "chatId": "b"})),
        _ => request,
    }
}

/// The group list's task of a group.
fn first_task(list: &Reply) -> String {
    let rows = list.data["result"].as_array().unwrap();
    let tasks = rows.iter().flat_map(|row| row["tasks"].as_array().into_iter().flatten());
    tasks.map(|task| task["id"].as_str().unwrap().to_owned()).next().unwrap()
}

store::on_both! { scrm::MIGRATIONS,
    async fn each_call_about_an_sop_refuses_ids_that_are_wrong_and_ids_of_nothing(test: &TestDb) {
        let api = Api::on(test).await;
        three_groups(&api).await;
        let nothing = json!("0".repeat(32));
        for call in [
            "start", "pause", "resume", "end", "delete", "join", "leave", "try", "remind", "detail", "progress",
            "edit", "edit-preview",
        ] {
            refused(&api, &path(call), full(call, &nothing), 40_404, "there is no SOP").await;
            let malformed = "sopId: \"b\" is not the id of an SOP (32 hexadecimal digits)";
            refused(&api, &path(call), full(call, &json!("b")), 40_001, malformed).await;
            refused(&api, &path(call), full(call, &Value::Null), 40_001, "sopId: is required").await;
        }
        let history = "/api/v3/sop-tasks/history";
        refused(&api, history, json!({"taskId": nothing}), 40_404, "there is no task").await;
        refused(&api, history, json!({"taskId": "b"}), 40_001, "taskId: \"b\" is not a task id").await;
    }

    async fn an_sop_is_started_paused_resumed_ended_and_deleted(test: &TestDb) {
        let api = Api::on(test).await;
        three_groups(&api).await;
        let id = made(&api, json!({"draft": 1})).await;
        for call in ["pause", "resume", "end", "join", "leave"] {
            refused(&api, &path(call), full(call, &id), 40_409, "").await;
        }
        of(&api, "start", &id).await;
        assert_eq!(state(&api, &id).await, 1);
        refused(&api, &path("start"), full("start", &id), 40_409, "").await;
        for call in ["pause", "pause"] {
            assert_eq!(of(&api, call, &id).await, Value::Null);
            assert_eq!(state(&api, &id).await, 2);
        }
        for call in ["resume", "resume"] {
            assert_eq!(of(&api, call, &id).await, Value::Null);
            assert_eq!(state(&api, &id).await, 1);
        }
        let over = json!({"cancelledCount": 1, "handedOverCount": 0});
        assert_eq!(of(&api, "end", &id).await, over);
        assert_eq!(state(&api, &id).await, 3);
        let nothing = json!({"cancelledCount": 0, "handedOverCount": 0});
        assert_eq!(of(&api, "end", &id).await, nothing);
        for call in ["start", "pause", "resume", "join", "leave"] {
            refused(&api, &path(call), full(call, &id), 40_409, "").await;
        }
        let edit = json!({"sopId": id, "title": "新"});
        refused(&api, &path("edit"), edit.clone(), 40_409, "").await;
        refused(&api, &path("edit-preview"), edit, 40_409, "").await;
        of(&api, "delete", &id).await;
        refused(&api, &path("detail"), full("detail", &id), 40_404, "there is no SOP").await;
        refused(&api, &path("delete"), full("delete", &id), 40_404, "there is no SOP").await;
        let late = made(&api, json!({"draft": 1, "kind": 0, "sopContents": [
            {"sendTime": "2026-01-01 09:00", "sopDatas": [{"type": 1, "content": "你好"}]}
        ]})).await;
        api.clock.advance(DAY_MS);
        refused(&api, &path("start"), full("start", &late), 40_001, "step 1: its time is past").await;
    }

    async fn an_edit_does_what_its_preview_says(test: &TestDb) {
        let api = Api::on(test).await;
        three_groups(&api).await;
        let id = made(&api, json!({"sopContents": [day(2, "10:00", "一"), day(3, "10:00", "二")]})).await;
        let keep = with(&day(2, "10:00", "一改"), json!({"stepNo": 1}));
        let edit = json!({
            "sopId": id, "title": "改", "instruction": "说明",
            "sopContents": [keep, day(4, "09:00", "三"), day(5, "09:00", "四")]
        });
        let expected = json!({
            "stepsAdded": 2, "stepsChanged": 1, "stepsRemoved": 1, "tasksChanged": 2, "tasksKept": 0
        });
        assert_eq!(ok(&api, &path("edit-preview"), edit.clone()).await, expected);
        assert_eq!(of(&api, "detail", &id).await["title"], "欢迎", "a preview changes nothing");
        assert_eq!(ok(&api, &path("edit"), edit).await, expected);
        let detail = of(&api, "detail", &id).await;
        assert_eq!((&detail["title"], &detail["instruction"]), (&json!("改"), &json!("说明")));
        let numbers: Vec<&Value> =
            detail["sopContents"].as_array().unwrap().iter().map(|step| &step["stepNo"]).collect();
        assert_eq!(numbers, [1, 3, 4], "numbers stay");
        assert_eq!(detail["sopContents"][0]["sopDatas"][0]["content"], "一改");
        for (change, code, begins) in [
            (json!({"sopContents": [with(&day(2, "10:00", "a"), json!({"stepNo": 9}))]}), 40_404, ""),
            (json!({"sopContents": [with(&day(2, "10:00", "a"), json!({"stepNo": 0}))]}), 40_001,
                "sopContents[0].stepNo: 0 is not between"),
            (json!({"title": "题".repeat(101)}), 40_001, "title: "),
            (json!({"rule": {"owners": [OWNER]}}), 40_409, "SOP "),
        ] {
            let request = with(&json!({ "sopId": id }), change);
            refused(&api, &path("edit-preview"), request.clone(), code, begins).await;
            refused(&api, &path("edit"), request, code, begins).await;
        }
    }

    async fn groups_join_and_leave_and_progress_adds_up(test: &TestDb) {
        let api = Api::on(test).await;
        three_groups(&api).await;
        let id = made(&api, json!({"sopContents": [day(2, "10:00", "一"), day(3, "10:00", "二")]})).await;
        let chats = |ids: Value| json!({"sopId": id, "chatIds": ids});
        let joined = ok(&api, &path("join"), chats(json!(["a", "b", "c"]))).await;
        assert_eq!(joined, json!({"joinedCount": 2, "thereAlreadyCount": 1}));
        refused(&api, &path("join"), chats(json!(["wrNone"])), 40_404, "there is no customer group wrNone").await;
        refused(&api, &path("join"), chats(json!([])), 40_001, "chatIds: must not be empty").await;
        refused(&api, &path("leave"), chats(json!(["wrNone"])), 40_404, "there is no customer group wrNone").await;
        let left = ok(&api, &path("leave"), chats(json!(["c"]))).await;
        assert_eq!(left, json!({"cancelledCount": 2, "keptCount": 0}));
        let progress = of(&api, "progress", &id).await;
        assert_eq!(progress["groupCount"], 2);
        assert_eq!(counts(&progress["total"]), [4, 0, 0, 0, 0, 2]);
        for part in ["steps", "owners"] {
            let mut sum = [0; 6];
            for counted in progress[part].as_array().unwrap() {
                for (sum, n) in sum.iter_mut().zip(counts(counted)) {
                    *sum += n;
                }
            }
            assert_eq!(sum, counts(&progress["total"]), "{part}");
        }
        let owners: Vec<&Value> =
            progress["owners"].as_array().unwrap().iter().map(|owner| &owner["salesId"]).collect();
        assert_eq!(owners, [&json!(OWNER.to_string()), &json!(OTHER.to_string())]);
    }

    async fn a_step_is_tried_in_one_group(test: &TestDb) {
        let api = Api::on(test).await;
        three_groups(&api).await;
        let id = made(&api, json!({"draft": 1})).await;
        let trial = json!({"sopId": id, "stepNo": 1, "chatId": "b"});
        let tried = ok(&api, &path("try"), trial.clone()).await;
        // Lost replies: a group gets the message once under the same key.
        let keyed = with(&trial, json!({"idempotencyKey": "try-1"}));
        let once = ok(&api, &path("try"), keyed.clone()).await;
        assert_ne!(once, tried);
        assert_eq!(ok(&api, &path("try"), keyed).await, once);
        let detail = of(&api, "detail", &tried).await;
        assert_eq!((&detail["title"], &detail["groupCount"]), (&json!("[测试] 欢迎"), &json!(1)));
        assert_eq!(detail["sopContents"][0]["sendTime"], "2026-01-01 08:00");
        assert_eq!(state(&api, &id).await, 0, "the draft stays one");
        for (change, code) in [
            (json!({"stepNo": 2}), 40_404),
            (json!({"chatId": "wrNone"}), 40_404),
            (json!({"stepNo": 0}), 40_001),
            (json!({"chatId": null}), 40_001),
        ] {
            refused(&api, &path("try"), with(&trial, change), code, "").await;
        }
    }

    async fn the_list_is_filtered_by_state_and_title_and_paged(test: &TestDb) {
        let api = Api::on(test).await;
        three_groups(&api).await;
        for (title, change) in [("VIP 一", json!({})), ("vip 二", json!({"draft": 1})), ("100%_三", json!({}))] {
            made(&api, with(&change, json!({"title": title}))).await;
            api.clock.advance(1_000);
        }
        let list = ok(&api, &path("list"), json!({"state": 1, "pageSize": 1})).await;
        of(&api, "pause", &list["result"][0]["sopId"]).await;
        for (request, expected, total) in [
            (json!({}), vec!["100%_三", "vip 二", "VIP 一"], 3),
            (json!({"state": 0}), vec!["vip 二"], 1),
            (json!({"state": "1"}), vec!["VIP 一"], 1),
            (json!({"state": 2}), vec!["100%_三"], 1),
            (json!({"state": 3}), vec![], 0),
            (json!({"keyword": "Vip"}), vec!["vip 二", "VIP 一"], 2),
            (json!({"keyword": "%_"}), vec!["100%_三"], 1),
            (json!({"keyword": "", "state": null}), vec!["100%_三", "vip 二", "VIP 一"], 3),
            (json!({"keyword": "vip", "state": 0}), vec!["vip 二"], 1),
            (json!({"pageSize": 2, "pageNo": 2}), vec!["VIP 一"], 3),
            (json!({"pageSize": 2, "pageNo": 3}), vec![], 3),
        ] {
            let found = ok(&api, &path("list"), request.clone()).await;
            let titles: Vec<&Value> =
                found["result"].as_array().unwrap().iter().map(|sop| &sop["title"]).collect();
            assert_eq!(titles, expected, "{request}");
            assert_eq!(found["totalCount"], total, "{request}");
        }
        refused(&api, &path("list"), json!({"state": 4}), 40_001, "state: 4 is not between 0 and 3").await;
    }

    async fn all_tasks_of_a_group_are_listed_page_by_page(test: &TestDb) {
        let api = Api::on(test).await;
        three_groups(&api).await;
        let days: Vec<Value> = (1..=70).map(|no| day(no, "10:00", "一")).collect();
        for _ in 0..3 {
            made(&api, json!({"sopContents": days, "chatIds": ["b"]})).await;
        }
        let listed = ok(&api, "/api/v3/groupSop/getGroupList", json!({"keyword": ""})).await;
        let groups = listed["result"].as_array().unwrap();
        let shown = groups.iter().find(|group| group["chatId"] == "b").unwrap()["tasks"].clone();
        let of_page = async |no: i64| {
            let request = json!({"chatId": "b", "pageNo": no, "pageSize": 105});
            ok(&api, "/api/v3/sop-tasks/list", request).await
        };
        let (first, second) = (of_page(1).await, of_page(2).await);
        assert_eq!((&first["totalCount"], &second["totalCount"]), (&json!(210), &json!(210)));
        let all = [first, second].map(|page| page["result"].as_array().unwrap().clone()).concat();
        assert_eq!(json!(all[10..]), shown, "the list of groups shows the latest 200");
        for (chat, code) in [(json!("wrNone"), 40_404), (json!(null), 40_001)] {
            refused(&api, "/api/v3/sop-tasks/list", json!({ "chatId": chat }), code, "").await;
        }
    }

    async fn the_history_of_a_task_tells_what_happened_and_who_did_it(test: &TestDb) {
        let api = Api::on(test).await;
        three_groups(&api).await;
        let id = made(&api, json!({"sopContents": [day(1, "08:00", "一")]})).await;
        let task = first_task(&api.call("/api/v3/groupSop/getGroupList", "").await);
        let corp = api.app.corp;
        api.clock.advance(1_000);
        scrm::send::claim_tick(&api.scrm, corp, "worker").await.unwrap();
        let actor = api.caller().await.actor().to_string();
        let planned = json!({
            "time": "2026-01-01 08:00:00", "what": "planned", "actor": actor, "detail": id
        });
        let claimed =
            json!({"time": "2026-01-01 08:00:01", "what": "claimed", "actor": null, "detail": "1"});
        let history = "/api/v3/sop-tasks/history";
        let told = ok(&api, history, json!({ "taskId": task })).await;
        assert_eq!(told, json!([planned, claimed]));
        api.clock.advance(1_000);
        of(&api, "end", &id).await;
        let told = ok(&api, history, json!({ "taskId": task })).await;
        let cancelled = json!({
            "time": "2026-01-01 08:00:02", "what": "cancelled", "actor": actor, "detail": "SOP 已结束"
        });
        assert_eq!((told[0]["what"].as_str(), &told[1], &told[2]), (Some("planned"), &claimed, &cancelled));
    }

    async fn the_history_tells_of_every_message_a_task_was_in_without_numbers_of_ours(test: &TestDb) {
        let api = Api::on(test).await;
        three_groups(&api).await;
        let id = made(&api, json!({"sopContents": [day(1, "08:00", "一")]})).await;
        let task = first_task(&api.call("/api/v3/groupSop/getGroupList", "").await);
        let (scrm, corp) = (&api.scrm, api.app.corp);
        scrm::send::claim_tick(scrm, corp, "worker").await.unwrap();
        of(&api, "pause", &id).await;
        // Paused: the message is left alone before WeCom is called, and the task waits for another.
        scrm::send::hand_over_tick(scrm, corp, "worker").await.unwrap();
        of(&api, "resume", &id).await;
        // An owner gets one notice a minute.
        api.clock.advance(60_000);
        scrm::send::claim_tick(scrm, corp, "worker").await.unwrap();
        let told = ok(&api, "/api/v3/sop-tasks/history", json!({ "taskId": task })).await;
        let told: Vec<[&str; 2]> = told.as_array().unwrap().iter()
            .map(|chapter| ["what", "detail"].map(|name| chapter[name].as_str().unwrap()))
            .collect();
        let id = id.as_str().unwrap();
        assert_eq!(told, [["planned", id], ["claimed", "1"], ["given_back", "1"], ["closed", ""], ["claimed", "1"]]);
    }

    async fn reminding_counts_messages_in_owners_hands(test: &TestDb) {
        let api = Api::on(test).await;
        three_groups(&api).await;
        let id = made(&api, json!({})).await;
        let nothing = json!({"messageCount": 0, "overLimitCount": 0});
        assert_eq!(of(&api, "remind", &id).await, nothing, "nothing is handed over yet");
        let acts = of(&api, "detail", &id).await["acts"].clone();
        assert_eq!(acts[0]["action"], "remind");
    }
}
