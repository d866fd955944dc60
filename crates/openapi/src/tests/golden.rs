//! The documentation's own example of the list of groups, and its examples of requests.

use scrm::{
    PublicId,
    testing::{PutGroup, PutTask, put_department, put_groups, put_staff, put_tasks},
};
use serde_json::{Value, json};
use store::testing::TestDb;

use crate::testing::{Api, NOW_MS};

const OWNER: i64 = 451_653_062_381_760;
const LIST: &str = "/api/v3/groupSop/getGroupList";

fn published() -> Value {
    serde_json::from_str(include_str!("golden/get_group_list.response.json")).unwrap()
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap()
}

/// The time in a version 1 UUID, in epoch milliseconds.
fn made_at_ms(uuid: &str) -> i64 {
    const GREGORIAN_TO_EPOCH: i64 = 0x01b2_1dd2_1381_4000;
    let part = |range| i64::from_str_radix(&uuid[range], 16).unwrap();
    let ticks = (part(13..16) << 48) | (part(8..12) << 32) | part(0..8);
    (ticks - GREGORIAN_TO_EPOCH) / 10_000
}

/// A local time of the example as epoch milliseconds; Shanghai is 8 hours ahead all year.
fn moment_ms(local: &str) -> i64 {
    let local = if local.len() == 16 { format!("{local}:00") } else { local.to_owned() };
    let local: jiff::civil::DateTime = local.parse().unwrap();
    local
        .to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8)))
        .unwrap()
        .timestamp()
        .as_millisecond()
}

/// Puts the example's rows, and two older groups of the same owner, which the example has on its page 2.
async fn put_published(api: &Api) {
    let (scrm, corp) = (&api.scrm, api.app.corp);
    put_department(scrm, corp, 2, "Mmmmmmmm部门!!!!不要动").await;
    put_department(scrm, corp, 3, "TY").await;
    put_staff(scrm, corp, OWNER, "孟祥宇", &[2, 3]).await;
    let reply = published();
    let rows = reply["data"]["result"].as_array().unwrap();
    let mut groups = Vec::new();
    let mut tasks = Vec::new();
    for (id, row) in (1..).zip(rows) {
        let own = row["tasks"].as_array().unwrap();
        let raw_name = own.first().map_or(text(row, "chatName"), |task| text(task, "chatName"));
        groups.push(group(
            id,
            text(row, "chatId"),
            raw_name,
            text(row, "chatName"),
            moment_ms(text(row, "createTimeGroup")),
        ));
        for task in own {
            tasks.push(PutTask {
                sop: 1_000 + i64::try_from(tasks.len()).unwrap(),
                sop_uuid: PublicId::parse(text(task, "sopInfoId")).unwrap(),
                title: text(task, "title").to_owned(),
                mode: task["mode"].as_i64().unwrap(),
                creator: task["creatorId"].as_i64().unwrap(),
                group: id,
                uuid: PublicId::parse(text(task, "id")).unwrap(),
                state: task["sendStatus"].as_i64().unwrap(),
                due_at_ms: moment_ms(text(task, "startTime")),
                created_at_ms: made_at_ms(text(task, "id")),
            });
        }
    }
    groups.push(group(98, "wrOlder1", "更早的群", "更早的群", moment_ms("2020-01-02 00:00:00")));
    groups.push(group(99, "wrOlder2", "最早的群", "最早的群", moment_ms("2020-01-01 00:00:00")));
    put_groups(scrm, corp, &groups).await;
    put_tasks(scrm, corp, &tasks).await;
}

fn group(id: i64, chat_id: &str, raw_name: &str, name: &str, created_at_ms: i64) -> PutGroup {
    PutGroup {
        id,
        chat_id: chat_id.to_owned(),
        owner: OWNER,
        raw_name: raw_name.to_owned(),
        display_name: name.to_owned(),
        created_at_ms,
        is_dissolved: false,
        tags: Vec::new(),
    }
}

/// Tasks of the first row in one order: there the example contradicts itself (see the decisions).
fn with_sorted_tasks(mut reply: Value) -> Value {
    let tasks = reply["data"]["result"][0]["tasks"].as_array_mut().unwrap();
    tasks.sort_by_key(|task| text(task, "id").to_owned());
    reply
}

/// The names of an object's members in their order, of the first object at each depth.
fn member_order(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for part in text.split('"').collect::<Vec<_>>().windows(2) {
        let is_member = part[1].trim_start().starts_with(':');
        if is_member && !names.contains(&part[0].to_owned()) {
            names.push(part[0].to_owned());
        }
    }
    names
}

store::on_both! { scrm::MIGRATIONS,
    async fn the_published_reply_comes_out_exactly(test: &TestDb) {
        let api = Api::on(test).await;
        put_published(&api).await;
        for user_id in [format!("{OWNER}"), format!("\"{OWNER}\"")] {
            let body = format!(r#"{{"pageSize":10,"userId":{user_id}}}"#);
            let text = api.call_text(LIST, body).await;
            let reply: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(with_sorted_tasks(reply), with_sorted_tasks(published()));
            let example = include_str!("golden/get_group_list.response.json");
            assert_eq!(member_order(&text), member_order(example));
        }
        let second = api.call(LIST, format!(r#"{{"pageNo":2,"userId":{OWNER}}}"#)).await;
        let shown = second.data["result"].as_array().unwrap().iter().map(|row| text(row, "chatId"));
        assert_eq!(shown.collect::<Vec<_>>(), ["wrOlder1", "wrOlder2"]);
        assert_eq!(second.data["totalCount"], 12);
    }

    async fn the_published_request_is_accepted_as_it_stands(test: &TestDb) {
        let api = Api::on(test).await;
        put_published(&api).await;
        // Its owner is another than that of the reply, and unknown here: an empty page.
        let reply = api.call(LIST, include_str!("golden/get_group_list.request.json")).await;
        assert_eq!(reply.code, 0, "{}", reply.message);
        assert_eq!(
            reply.data,
            json!({"totalCount": 0, "totalPage": 0, "pageNo": 1, "pageSize": 10, "result": []})
        );
    }

    async fn the_documented_examples_of_all_six_calls_are_accepted(test: &TestDb) {
        let api = Api::on(test).await;
        put_published(&api).await;
        let chat_id = "wr2ohRCAAAmcbrAflgvXBh6iCHGhB-TA";
        // Of the examples, ids that do not exist here, masked addresses and items of type 99 are replaced.
        let by_hand = json!({
            "groupInfos": [{"chatId": chat_id, "chatOwner": OWNER.to_string()}],
            "title": "API测试0424145100002",
            "sopContents": [{
                "showDate": 5,
                "showTime": "10:00",
                "sopDatas": [
                    {"type": 1, "content": "#客户备注##客户昵称##员工姓名#"},
                    {
                        "type": 3,
                        "fileName": "Snipaste.png",
                        "fileUrl": "https://files.example.com/y.png",
                        "mediaId": "31sR...",
                        "fileId": 9176,
                        "link": "https://www.example.com/",
                        "title": "这是一个链接"
                    }
                ]
            }],
            "mode": 1
        });
        let by_assistant = json!({
            "title": "测试API042410500001",
            "sopContents": [{
                "sendTime": "2022-04-24 11:37",
                "sopDatas": [{"type": 1, "content": "文本"}]
            }],
            "instruction": "收到了吗",
            "owners": [OWNER.to_string()],
            "chatIds": [chat_id]
        });
        let examples = [
            ("/api/v3/echo", json!({"hello": "world"})),
            ("/api/v3/get-users", json!({"pageNo": 1, "pageSize": 20, "deleted": 0, "name": "张三"})),
            ("/api/v3/tags/list-tree", json!({})),
            (LIST, json!({"pageSize": 10, "userId": OWNER})),
            ("/api/v3/groupSop/addGroupCorporate", by_hand),
            ("/api/v3/groupSop/addGroupAssistant", by_assistant),
        ];
        for base in ["", "/apiServer"] {
            for (path, example) in &examples {
                let reply = api.call(&format!("{base}{path}"), example.to_string()).await;
                assert_eq!((reply.status, reply.code), (200, 0), "{base}{path}: {}", reply.message);
                assert_eq!(reply.message, "success");
            }
        }
        // Two SOPs of each kind, whose tasks are listed with their group.
        let list = api.call(LIST, json!({"keyword": "测测测"}).to_string()).await;
        let tasks = list.data["result"][0]["tasks"].as_array().unwrap();
        let of = |title: &str| tasks.iter().filter(|task| task["title"] == title).count();
        assert_eq!((of("API测试0424145100002"), of("测试API042410500001")), (2, 2));
        let due_at_once = tasks.iter().find(|t| t["title"] == "测试API042410500001").unwrap();
        assert_eq!(due_at_once["startTime"], "2026-01-01 08:00", "the minute of creation");
        assert_eq!((due_at_once["mode"].as_i64(), due_at_once["sendStatus"].as_i64()), (Some(0), Some(0)));
        assert_eq!(moment_ms("2026-01-01 08:00"), NOW_MS);
    }

    async fn a_page_of_any_size_costs_ten_statements_at_most(test: &TestDb) {
        let api = Api::on(test).await;
        put_published(&api).await;
        for size in [1, 10, 12] {
            let before = api.scrm.db.n_statements();
            let reply = api.call(LIST, format!(r#"{{"pageSize":{size}}}"#)).await;
            assert_eq!(reply.data["result"].as_array().unwrap().len(), size);
            // The app, its company, and eight of the list.
            let n_statements = api.scrm.db.n_statements() - before;
            assert!(n_statements <= 10, "{n_statements} for {size} groups");
        }
    }
}

#[test]
fn the_time_of_a_version_1_uuid_is_that_of_the_examples_first_task() {
    let made = made_at_ms("e6968046c51111ecbc3000163e06cc86");
    assert_eq!(made - made.rem_euclid(60_000), moment_ms("2022-04-26 11:35"));
}
