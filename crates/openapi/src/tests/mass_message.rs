//! addTask: fields in both forms, what is refused, and the SOP that comes of it.

use serde_json::{Value, json};
use store::testing::TestDb;

use super::{
    group_sop::{OWNER, three_groups},
    sop_create::{ok, refused, with},
};
use crate::testing::Api;

const ADD: &str = "/api/v3/groupSend/addTask";

fn request() -> Value {
    json!({"title": "群发", "users": [OWNER], "sendInfo": {"text": "你好"}})
}

async fn detail(api: &Api, id: &Value) -> Value {
    ok(api, "/api/v3/group-sop/detail", json!({ "sopId": id })).await
}

store::on_both! { scrm::MIGRATIONS,
    async fn a_mass_message_takes_every_field_in_both_of_its_forms(test: &TestDb) {
        let api = Api::on(test).await;
        three_groups(&api).await;
        let link = json!({"type": 3, "title": "活动", "link": "https://example.com/"});
        let text = json!({"type": 1, "content": "你好"});
        let now = "2026-01-01 08:00";
        for (change, time, items) in [
            (json!({}), now, json!([text])),
            (json!({"users": [OWNER.to_string()]}), now, json!([text])),
            (json!({"sendType": 1}), now, json!([text])),
            (json!({"sendType": "1"}), now, json!([text])),
            (json!({"sendType": "其他"}), now, json!([text])),
            (json!({"sendTime": ""}), now, json!([text])),
            (json!({"sendTime": "2025-12-31 23:00:00"}), "2025-12-31 23:00", json!([text])),
            (json!({"sendTime": "2026-04-24 15:59:30"}), "2026-04-24 15:59", json!([text])),
            (json!({"sendTime": "2026-04-24 15:59"}), "2026-04-24 15:59", json!([text])),
            (json!({"sendInfo": {"text": "你好", "sendData": link}}), now, json!([text, link])),
            (json!({"sendInfo": {"text": "你好", "sendData": [link, link]}}), now, json!([text, link, link])),
            (json!({"sendInfo": {"text": "你好", "sendData": []}}), now, json!([text])),
            (json!({"sendInfo": {"text": "", "sendData": link}}), now, json!([link])),
            (json!({"sendInfo": {"sendData": [link]}}), now, json!([link])),
        ] {
            let request = with(&request(), change);
            let id = ok(&api, ADD, request.clone()).await;
            let found = detail(&api, &id).await;
            assert_eq!((&found["kind"], &found["mode"]), (&json!(3), &json!(0)), "{request}");
            assert_eq!(found["groupCount"], 2, "all groups of the owner");
            assert_eq!(found["sopContents"][0]["sendTime"], time, "{request}");
            assert_eq!(found["sopContents"][0]["sopDatas"], items, "{request}");
        }
    }

    async fn what_a_mass_message_cannot_be_is_refused_by_its_field(test: &TestDb) {
        let api = Api::on(test).await;
        three_groups(&api).await;
        let link = |title: &str| json!({"type": 3, "title": title, "link": "https://example.com/"});
        let data = |data: Value| json!({"sendInfo": {"text": "你好", "sendData": data}});
        for (change, code, begins) in [
            (json!({"users": null}), 40_001, "users: is required"),
            (json!({"users": []}), 40_001, "users: must not be empty"),
            (json!({"users": ["x"]}), 40_001, "users[0]: \"x\" is not an id"),
            (json!({"users": [499_999_999_999_999_i64]}), 40_404, ""),
            (json!({"title": ""}), 40_001, "title: must not be empty"),
            (json!({"sendTime": "2026-04-24"}), 40_001, "sendTime: names a day only"),
            (json!({"sendTime": "soon"}), 40_001, "sendTime: \"soon\" is not a time"),
            (json!({"sendInfo": null}), 40_001, "sendInfo: is required"),
            (json!({"sendInfo": {}}), 40_001, "sendInfo.text: text or sendData is required"),
            (json!({"sendInfo": {"text": " ", "sendData": []}}), 40_001, "sendInfo.text: text or sendData"),
            (json!({"sendInfo": {"text": "#群名称#"}}), 40_001, "sendInfo.text: "),
            (data(json!("x")), 40_001, "sendInfo.sendData"),
            (data(json!({"type": 3, "title": "t"})), 40_001, "sendInfo.sendData[0].link: is required for a link"),
            (data(json!([link("t"), {"type": 7}])), 40_001, "sendInfo.sendData[1].type: 7 is not accepted"),
            (data(json!([link("t"), link(&"题".repeat(43))])), 40_001, "sendInfo.sendData[1].title: "),
        ] {
            refused(&api, ADD, with(&request(), change), code, begins).await;
        }
        let states = scrm::sop::n_by_state(&api.scrm, api.app.corp).await.unwrap();
        assert_eq!(states, []);
    }
}
