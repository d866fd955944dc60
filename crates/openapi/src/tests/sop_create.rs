//! Making SOPs of every kind by our own calls: what detail shows of them, and what is refused.

use serde_json::{Value, json};
use store::testing::TestDb;

use super::group_sop::{DAY_MS, OTHER, OWNER, three_groups};
use crate::testing::{Api, FileServer};

const CREATE: &str = "/api/v3/group-sop/create";
const PREVIEW: &str = "/api/v3/group-sop/preview";

/// data of a call that succeeds.
pub(super) async fn ok(api: &Api, path: &str, request: Value) -> Value {
    let reply = api.call(path, request.to_string()).await;
    assert_eq!((reply.status, reply.code), (200, 0), "{path} {request}: {}", reply.message);
    reply.data
}

/// A call that is refused, with this code and a message that begins so.
pub(super) async fn refused(api: &Api, path: &str, request: Value, code: i64, begins: &str) {
    let reply = api.call(path, request.to_string()).await;
    assert_eq!(reply.code, code, "{path} {request}: {}", reply.message);
    assert!(reply.message.starts_with(begins), "{path} {request}: {}", reply.message);
    assert_eq!(reply.data, Value::Null);
}

/// `base` with the members of `change` in place of its own; null removes one.
pub(super) fn with(base: &Value, change: Value) -> Value {
    let mut request = base.clone();
    let members = request.as_object_mut().unwrap();
    for (name, value) in change.as_object().unwrap() {
        members.remove(name);
        if !value.is_null() {
            members.insert(name.clone(), value.clone());
        }
    }
    request
}

/// By days since joining, on group a, with a step that is due on the second day.
pub(super) fn by_days() -> Value {
    json!({
        "title": "欢迎",
        "kind": 1,
        "chatIds": ["a"],
        "sopContents": [day(2, "10:00", "你好")]
    })
}

pub(super) fn day(day_no: i64, time: &str, content: &str) -> Value {
    let datas = json!([{"type": 1, "content": content}]);
    json!({"showDate": day_no, "showTime": time, "sopDatas": datas})
}

fn at(time: &str) -> Value {
    json!({"sendTime": time, "sopDatas": [{"type": 1, "content": "你好"}]})
}

/// A step as detail shows it.
fn shown(step_no: i64, step: &Value) -> Value {
    let members = ["sendTime", "showDate", "showTime", "sopDatas"];
    let mut shown = json!({ "stepNo": step_no });
    for name in members {
        shown[name] = step[name].clone();
    }
    shown
}

store::on_both! { scrm::MIGRATIONS,
    async fn each_kind_is_shown_as_it_was_made(test: &TestDb) {
        let api = Api::on(test).await;
        three_groups(&api).await;
        let days = json!([day(1, "00:05", "早"), day(3, "18:30", "晚")]);
        for (change, state, n_groups, follows, by_rule) in [
            (json!({"kind": 0, "sopContents": [at("2026-01-02 10:00")]}), 1, 1, false, false),
            (json!({"kind": "0", "mode": 0, "sopContents": [at("2026-01-02 10:00")]}), 1, 1, false, false),
            (json!({"kind": 1, "sopContents": days}), 1, 1, false, false),
            (json!({"kind": 1, "draft": 1, "instruction": "请准时"}), 0, 0, false, false),
            (json!({"kind": 1, "chatIds": null, "owners": [OWNER]}), 1, 2, false, false),
            (json!({"kind": 1, "chatIds": null, "rule": {"keyword": "折扣"}}), 1, 2, false, true),
            (json!({"kind": 1, "chatIds": null, "rule": {"keyword": "折扣"}, "follow": 1}), 1, 2, true, true),
            (json!({"kind": 2, "chatIds": null, "sopContents": days}), 1, 0, true, true),
            (json!({"kind": 2, "chatIds": null, "rule": {"owners": [OTHER]}}), 1, 0, true, true),
            // Among steps that count days one may stand on a date.
            (json!({"kind": 1, "sopContents": [day(2, "10:00", "你好"), at("2026-01-02 10:00")]}), 1, 1, false, false),
        ] {
            let request = with(&by_days(), change);
            let id = ok(&api, CREATE, request.clone()).await;
            let detail = ok(&api, "/api/v3/group-sop/detail", json!({ "sopId": id })).await;
            let kind: i64 = request["kind"].to_string().trim_matches('"').parse().unwrap();
            let mode = request["mode"].as_i64().unwrap_or(1);
            let instruction = request["instruction"].as_str().unwrap_or_default();
            assert_eq!(detail["sopId"], id);
            assert_eq!(detail["title"], "欢迎");
            assert_eq!(detail["instruction"], instruction);
            assert_eq!((&detail["kind"], &detail["mode"]), (&json!(kind), &json!(mode)), "{request}");
            assert_eq!((&detail["state"], &detail["groupCount"]), (&json!(state), &json!(n_groups)), "{request}");
            assert_eq!((&detail["follow"], &detail["byRule"]), (&json!(follows), &json!(by_rule)), "{request}");
            let steps = request["sopContents"].as_array().unwrap();
            let expected: Vec<Value> = (1..).zip(steps).map(|(no, step)| shown(no, step)).collect();
            assert_eq!(detail["sopContents"], json!(expected), "{request}");
            assert_eq!(detail["acts"][0]["action"], "create");
        }
    }

    async fn the_rule_is_shown_as_it_was_given(test: &TestDb) {
        let api = Api::on(test).await;
        three_groups(&api).await;
        let rule = json!({
            "owners": [OTHER], "departmentIds": [], "anyTagIds": [], "allTagIds": [], "noTagIds": [],
            "keyword": "折扣", "startCreateTime": "2025-01-01 00:00:00", "endCreateTime": null,
            "minMembers": 3, "maxMembers": null
        });
        let request = json!({"kind": 1, "chatIds": null, "rule": rule, "follow": 1});
        let id = ok(&api, CREATE, with(&by_days(), request)).await;
        let detail = ok(&api, "/api/v3/group-sop/detail", json!({ "sopId": id })).await;
        assert_eq!(detail["rule"], rule);
    }

    async fn detail_and_progress_have_this_form_to_the_letter(test: &TestDb) {
        let api = Api::on(test).await;
        three_groups(&api).await;
        let id = ok(&api, CREATE, with(&by_days(), json!({"instruction": "请准时"}))).await;
        let id = id.as_str().unwrap();
        let card = format!(
            "\"sopId\":\"{id}\",\"title\":\"欢迎\",\"instruction\":\"请准时\",\"mode\":1,\"kind\":1,\"state\":1,\
             \"planning\":false,\"groupCount\":1,\"creatorId\":0,\"createTime\":\"2026-01-01 08:00:00\",\
             \"startTime\":\"2026-01-01 08:00:00\",\"endTime\":null"
        );
        let one = json!({ "sopId": id }).to_string();
        let actor = api.caller().await.actor();
        let detail = api.call_text("/api/v3/group-sop/detail", one.as_str()).await;
        assert_eq!(
            detail,
            format!(
                "{{\"code\":0,\"message\":\"success\",\"data\":{{{card},\"follow\":false,\"byRule\":false,\"rule\":null,\
                 \"sopContents\":[{{\"stepNo\":1,\"sendTime\":null,\"showDate\":2,\"showTime\":\"10:00\",\
                 \"sopDatas\":[{{\"type\":1,\"content\":\"你好\"}}]}}],\"acts\":[{{\"time\":\"2026-01-01 08:00:00\",\
                 \"actor\":\"{actor}\",\"action\":\"create\",\
                 \"detail\":\"{{\\\"draft\\\":false,\\\"groups\\\":1,\\\"steps\\\":1}}\"}}]}}}}"
            )
        );
        let counts = "\"planned\":1,\"handedOver\":0,\"sent\":0,\"failed\":0,\"expired\":0,\"cancelled\":0";
        let progress = api.call_text("/api/v3/group-sop/progress", one.as_str()).await;
        assert_eq!(
            progress,
            format!(
                "{{\"code\":0,\"message\":\"success\",\"data\":{{{card},\"total\":{{{counts}}},\
                 \"steps\":[{{\"stepNo\":1,{counts}}}],\"owners\":[{{\"salesId\":\"{OWNER}\",{counts}}}]}}}}"
            )
        );
    }

    async fn under_a_key_the_same_call_is_carried_out_once_for_a_day(test: &TestDb) {
        let api = Api::on(test).await;
        three_groups(&api).await;
        let steps = json!([day(2, "10:00", "你好")]);
        let mass = json!({"title": "群发", "users": [OWNER], "sendInfo": {"text": "你好"}});
        let calls = [
            (CREATE, by_days()),
            ("/api/v3/groupSop/addGroupCorporate",
                json!({"groupInfos": [{"chatId": "a"}], "title": "欢迎", "sopContents": steps})),
            ("/api/v3/groupSop/addGroupAssistant",
                json!({"chatIds": ["a"], "title": "欢迎", "sopContents": [at("2026-01-02 10:00")]})),
            ("/api/v3/groupSend/addTask", mass),
        ];
        let mut made = Vec::new();
        for (path, request) in &calls {
            let keyed = with(request, json!({"idempotencyKey": "k1"}));
            let first = ok(&api, path, keyed.clone()).await;
            assert_eq!(ok(&api, path, keyed.clone()).await, first, "{path}");
            let other = with(&keyed, json!({"title": "别的"}));
            refused(&api, path, other, 40_409, "idempotencyKey \"k1\" was used for another request").await;
            assert!(!made.contains(&first), "a key belongs to one call");
            made.push(first);
            let without = ok(&api, path, request.clone()).await;
            assert!(!made.contains(&without));
            made.push(without);
        }
        let n = ok(&api, "/api/v3/group-sop/list", json!({})).await["totalCount"].clone();
        assert_eq!(n, made.len());
        api.clock.advance(DAY_MS + 1);
        let again = ok(&api, CREATE, with(&by_days(), json!({"idempotencyKey": "k1"}))).await;
        assert!(!made.contains(&again), "after a day the key is free");
    }

    async fn a_repeated_call_is_answered_without_fetching_and_though_it_would_be_refused_now(test: &TestDb) {
        let api = Api::on(test).await;
        three_groups(&api).await;
        let server = FileServer::start(|_| b"the price list".to_vec());
        let card = json!({"title": "新品", "link": "https://a.cn"});
        let mc = ok(&api, "/api/v3/materials/marketing/create", card).await;
        let datas = json!([{"type": 6, "fileUrl": server.url("/a.txt")}, {"type": 99, "mcId": mc}]);
        let day = json!([{"showDate": 2, "showTime": "10:00", "sopDatas": datas}]);
        let at = json!([{"sendTime": "2026-01-02 10:00", "sopDatas": datas}]);
        let base = json!({"title": "欢迎", "idempotencyKey": "k1"});
        let calls = [
            (CREATE, json!({"kind": 1, "chatIds": ["a"], "sopContents": day})),
            ("/api/v3/groupSop/addGroupCorporate", json!({"groupInfos": [{"chatId": "a"}], "sopContents": day})),
            ("/api/v3/groupSop/addGroupAssistant", json!({"chatIds": ["a"], "sopContents": at})),
            ("/api/v3/groupSend/addTask", json!({"users": [OWNER], "sendInfo": {"sendData": datas}})),
        ];
        let calls = calls.map(|(path, request)| (path, with(&base, request)));
        let mut made = Vec::new();
        for (path, request) in &calls {
            made.push(ok(&api, path, request.clone()).await);
        }
        let n_asked = server.asked().len();
        ok(&api, "/api/v3/materials/marketing/delete", json!({ "mcId": mc })).await;
        for ((path, request), made) in calls.iter().zip(&made) {
            assert_eq!(&ok(&api, path, request.clone()).await, made, "{path}");
            let other = with(request, json!({"title": "别的"}));
            refused(&api, path, other, 40_409, "idempotencyKey \"k1\" was used for another request").await;
        }
        assert_eq!(server.asked().len(), n_asked, "nothing is fetched for a repetition");
    }

    async fn each_condition_of_a_rule_chooses_groups(test: &TestDb) {
        let api = Api::on(test).await;
        let [one, two] = three_groups(&api).await;
        let by_rule = with(&by_days(), json!({"chatIds": null}));
        for (rule, n_groups) in [
            (json!({"owners": [OWNER]}), 2),
            (json!({"owners": [OWNER.to_string(), OTHER]}), 3),
            (json!({"departmentIds": [2]}), 2),
            (json!({"anyTagIds": [one, two]}), 2),
            (json!({"allTagIds": [one, two]}), 1),
            (json!({"noTagIds": [two]}), 2),
            (json!({"keyword": "vip"}), 1),
            (json!({"startCreateTime": "2025-12-31"}), 2),
            (json!({"endCreateTime": "2025-12-30"}), 1),
            (json!({"minMembers": 1}), 0),
            (json!({"maxMembers": "0"}), 3),
            (json!({"owners": [OWNER], "noTagIds": [two], "keyword": ""}), 1),
        ] {
            let request = with(&by_rule, json!({ "rule": rule }));
            let preview = ok(&api, PREVIEW, request.clone()).await;
            assert_eq!(preview["groupCount"], n_groups, "{rule}");
            assert_eq!(preview["taskCount"], n_groups, "{rule}");
            let id = ok(&api, CREATE, request).await;
            let detail = ok(&api, "/api/v3/group-sop/detail", json!({ "sopId": id })).await;
            assert_eq!(detail["groupCount"], n_groups, "{rule}");
        }
    }

    async fn what_cannot_be_made_is_refused_by_name_by_create_and_preview(test: &TestDb) {
        let api = Api::on(test).await;
        three_groups(&api).await;
        let rule = json!({"keyword": "折扣"});
        let no_time = json!({"sopDatas": [{"type": 1, "content": "a"}]});
        let both = with(&at("2026-01-02 10:00"), json!({"showDate": 1, "showTime": "10:00"}));
        let backwards = json!({"startCreateTime": "2026-01-02", "endCreateTime": "2026-01-01"});
        for (change, code, begins) in [
            (json!({"kind": null}), 40_001, "kind: is required"),
            (json!({"kind": 3}), 40_001, "kind: 3 is not between 0 and 2"),
            (json!({"mode": 2}), 40_001, "mode: 2 is not between 0 and 1"),
            (json!({"title": " "}), 40_001, "title: must not be empty"),
            (json!({"chatIds": null}), 40_001, "chatIds: chatIds or owners is required"),
            (json!({"rule": rule}), 40_001, "chatIds: groups are chosen by a rule here"),
            (json!({"kind": 2}), 40_001, "chatIds: groups are chosen by a rule here"),
            (json!({"chatIds": null, "rule": {}}), 40_001, "rule: it has no condition"),
            (json!({"chatIds": null, "rule": {"keyword": ""}}), 40_001, "rule: it has no condition"),
            (json!({"chatIds": null, "rule": backwards}), 40_001, "rule: the end of the time of creation"),
            (json!({"chatIds": null, "rule": {"minMembers": 2, "maxMembers": 1}}), 40_001, "rule: the most members"),
            (json!({"chatIds": null, "rule": {"owners": ["x"]}}), 40_001, "rule.owners[0]: \"x\" is not an id"),
            (json!({"chatIds": ["wrNone"]}), 40_404, "there is no customer group wrNone"),
            (json!({"owners": [OTHER]}), 40_409, "the customer group a belongs to"),
            (json!({"sopContents": [day(1, "10:00", "a"), both]}), 40_001,
                "sopContents[1].sendTime: give either sendTime or showDate with showTime"),
            (json!({"sopContents": [no_time]}), 40_001, "sopContents[0].showDate: is required where there is no sendTime"),
            (json!({"sopContents": [with(&day(1, "10:00", "a"), json!({"showTime": null}))]}), 40_001,
                "sopContents[0].showTime: is required with showDate"),
            (json!({"sopContents": [at("2026-01-02")]}), 40_001, "sopContents[0].sendTime: names a day only"),
            (json!({"kind": 0}), 40_001, "step 1: it counts days"),
        ] {
            let request = with(&by_days(), change);
            refused(&api, CREATE, request.clone(), code, begins).await;
            refused(&api, PREVIEW, request, code, begins).await;
        }
        let states = scrm::sop::n_by_state(&api.scrm, api.app.corp).await.unwrap();
        assert_eq!(states, []);
    }
}
