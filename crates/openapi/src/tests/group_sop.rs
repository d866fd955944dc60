//! What reaches the domain and what comes back: filters of the list, and refusals of SOPs by code.

use scrm::{
    TagId, group_tags,
    testing::{PutGroup, put_department, put_groups, put_staff},
};
use serde_json::{Value, json};
use store::testing::TestDb;

use crate::testing::{Api, NOW_MS, Reply};

pub(super) const OWNER: i64 = 463_352_988_837_952;
pub(super) const OTHER: i64 = 463_352_988_837_953;
pub(super) const DAY_MS: i64 = 86_400_000;

/// OWNER is in department 2. Three groups: a (OWNER, today 08:00, tags 1 and 2), b (OWNER, yesterday, tag 1), c (OTHER, the day
/// before, no tag). The ids of the two tags.
pub(super) async fn three_groups(api: &Api) -> [i64; 2] {
    let (scrm, corp) = (&api.scrm, api.app.corp);
    put_department(scrm, corp, 2, "销售一部").await;
    put_staff(scrm, corp, OWNER, "张三", &[2]).await;
    put_staff(scrm, corp, OTHER, "李四", &[]).await;
    let names = ["重点".to_owned(), "新群".to_owned()];
    let made = group_tags::create(scrm, corp, "级别", &names).await.unwrap();
    let tags: Vec<TagId> = made.tags.iter().map(|tag| tag.id).collect();
    let group = |id, chat_id: &str, owner, name: &str, tags: &[TagId]| PutGroup {
        id,
        chat_id: chat_id.to_owned(),
        owner,
        raw_name: name.to_owned(),
        display_name: name.to_owned(),
        created_at_ms: NOW_MS - (id - 1) * DAY_MS,
        is_dissolved: false,
        tags: tags.to_vec(),
    };
    let groups = [
        group(1, "a", OWNER, "福利 VIP 群", &tags),
        group(2, "b", OWNER, "折扣50%群", &tags[..1]),
        group(3, "c", OTHER, "折扣500群", &[]),
    ];
    put_groups(scrm, corp, &groups).await;
    [tags[0].0, tags[1].0]
}

fn chat_ids(reply: &Reply) -> String {
    let rows = reply.data["result"].as_array().unwrap();
    rows.iter().map(|row| row["chatId"].as_str().unwrap()).collect()
}

/// A request for an SOP by hand over group a, with one change.
fn by_hand(change: impl FnOnce(&mut Value)) -> String {
    let mut request = json!({
        "groupInfos": [{"chatId": "a", "chatOwner": OWNER.to_string()}],
        "title": "欢迎",
        "sopContents": [{
            "showDate": 1,
            "showTime": "10:00",
            "sopDatas": [{"type": 1, "content": "你好"}]
        }]
    });
    change(&mut request);
    request.to_string()
}

/// The same by assistant.
fn by_assistant(change: impl FnOnce(&mut Value)) -> String {
    let mut request = json!({
        "chatIds": ["a"],
        "title": "欢迎",
        "sopContents": [{
            "sendTime": "2026-01-02 10:00",
            "sopDatas": [{"type": 1, "content": "你好"}]
        }]
    });
    change(&mut request);
    request.to_string()
}

store::on_both! { scrm::MIGRATIONS,
    async fn each_filter_of_the_list_reaches_the_domain(test: &TestDb) {
        let api = Api::on(test).await;
        let [one, two] = three_groups(&api).await;
        for (request, expected, total) in [
            (json!({}), "abc", 3),
            (json!({"userId": OWNER}), "ab", 2),
            (json!({"userId": OTHER.to_string()}), "c", 1),
            (json!({"keyword": "vip"}), "a", 1),
            (json!({"keyword": "折扣"}), "bc", 2),
            (json!({"keyword": "50%"}), "b", 1),
            (json!({"keyword": "", "userId": null}), "abc", 3),
            (json!({"tagGroupIds": [one, two]}), "ab", 2),
            (json!({"tagGroupIds": [one, two], "conditionOp": 0}), "ab", 2),
            (json!({"tagGroupIds": [one, two.to_string()], "conditionOp": 1}), "a", 1),
            (json!({"tagGroupIds": [two], "conditionOp": "2"}), "bc", 2),
            (json!({"tagGroupIds": [], "conditionOp": 2}), "abc", 3),
            (json!({"startCreateTime": "2025-12-31"}), "ab", 2),
            (json!({"startCreateTime": "2025-12-31 08:00:01"}), "a", 1),
            (json!({"endCreateTime": "2025-12-31"}), "bc", 2),
            (json!({"endCreateTime": "2025-12-31 08:00:00"}), "bc", 2),
            (json!({"startCreateTime": "2025-12-31", "endCreateTime": "2025-12-31"}), "b", 1),
            (json!({"pageSize": 2, "pageNo": 2}), "c", 3),
            (json!({"pageSize": 2, "pageNo": 9}), "", 3),
            (json!({"userId": OWNER, "keyword": "群", "tagGroupIds": [two]}), "a", 1),
        ] {
            let reply = api.call("/api/v3/groupSop/getGroupList", request.to_string()).await;
            assert_eq!(reply.code, 0, "{request}: {}", reply.message);
            assert_eq!(chat_ids(&reply), expected, "{request}");
            assert_eq!(reply.data["totalCount"], total, "{request}");
        }
    }

    async fn an_sop_that_cannot_be_made_is_refused_by_code_and_named(test: &TestDb) {
        let api = Api::on(test).await;
        three_groups(&api).await;
        let hand = "/api/v3/groupSop/addGroupCorporate";
        let assistant = "/api/v3/groupSop/addGroupAssistant";
        let nobody = "499999999999999";
        for (path, request, code, named) in [
            (hand, by_hand(|r| r["groupInfos"][0]["chatId"] = json!("wrNone")), 40_404, "wrNone"),
            (hand, by_hand(|r| r["groupInfos"][0]["chatOwner"] = json!(nobody)), 40_404, nobody),
            (hand, by_hand(|r| r["groupInfos"][0]["chatOwner"] = json!(OTHER)), 40_409, "group a"),
            (hand, by_hand(|r| r["groupInfos"] = json!([])), 40_001, "groupInfos"),
            (hand, by_hand(|r| r["sopContents"] = json!([])), 40_001, "sopContents"),
            (
                hand,
                by_hand(|r| r["sopContents"][0]["sopDatas"] = json!([])),
                40_001,
                "sopContents[0].sopDatas",
            ),
            (
                hand,
                by_hand(|r| r["sopContents"][0]["showTime"] = json!("25:00")),
                40_001,
                "sopContents[0].showTime",
            ),
            (
                hand,
                by_hand(|r| r["sopContents"][0]["showDate"] = json!(0)),
                40_001,
                "sopContents[0].showDate",
            ),
            (assistant, by_assistant(|r| r["chatIds"] = json!(["a", "wrNone"])), 40_404, "wrNone"),
            (assistant, by_assistant(|r| r["owners"] = json!([nobody])), 40_404, nobody),
            (assistant, by_assistant(|r| r["owners"] = json!([OTHER])), 40_409, "group a"),
            (
                assistant,
                by_assistant(|r| r["sopContents"][0]["sendTime"] = json!("2026-02-30 10:00")),
                40_001,
                "sopContents[0].sendTime",
            ),
            (
                assistant,
                by_assistant(|r| r["sopContents"][0]["sopDatas"][0]["content"] = json!("#群名称#")),
                40_001,
                "#群名称#",
            ),
        ] {
            let reply = api.call(path, request.as_str()).await;
            assert_eq!((reply.status, reply.code), (200, code), "{request}: {}", reply.message);
            assert!(reply.message.contains(named), "{} does not name {named}", reply.message);
            assert_eq!(reply.data, Value::Null);
        }
        let states = scrm::sop::n_by_state(&api.scrm, api.app.corp).await.unwrap();
        assert_eq!(states, [], "nothing was half made");
        let made = api.call(hand, by_hand(|_| ())).await;
        assert_eq!(made.data.as_str().map(str::len), Some(32), "{}", made.message);
    }
}
