//! Endpoints one by one, and what holds for all of them.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::{Origin, endpoints, scopes, testing::Api};

#[test]
fn the_table_is_well_formed() {
    let mut paths = HashSet::new();
    for endpoint in endpoints() {
        let about = &endpoint.about;
        assert!(paths.insert(about.path), "{} stands twice", about.path);
        assert!(about.path.starts_with("/api/v3/"), "{}", about.path);
        let texts = [about.title_zh, about.title, about.about, about.scope];
        assert!(texts.iter().all(|text| !text.is_empty()), "{}", about.path);
        assert!((endpoint.reply_example)().is_ok(), "{}", about.path);
    }
    assert_eq!(
        scopes().into_iter().collect::<Vec<_>>(),
        [
            "echo",
            "groups:read",
            "groups:write",
            "materials:read",
            "materials:write",
            "org:read",
            "sop:read",
            "sop:write",
            "tags:read",
        ]
    );
}

#[test]
fn the_contracts_calls_are_there() {
    let of_contract: Vec<&str> = endpoints()
        .iter()
        .filter(|endpoint| endpoint.about.origin == Origin::Contract)
        .map(|endpoint| endpoint.about.path)
        .collect();
    assert_eq!(
        of_contract,
        [
            "/api/v3/echo",
            "/api/v3/get-users",
            "/api/v3/tags/list-tree",
            "/api/v3/groupSop/getGroupList",
            "/api/v3/groupSop/addGroupCorporate",
            "/api/v3/groupSop/addGroupAssistant",
            "/api/v3/groupSend/addTask",
        ]
    );
}

store::on_both! { scrm::MIGRATIONS,
    async fn every_example_is_accepted_where_what_it_names_exists(test: &store::testing::TestDb) {
        let api = Api::on(test).await;
        api.put_what_examples_name().await;
        for endpoint in endpoints() {
            let reply = api.call(endpoint.about.path, endpoint.about.request_example).await;
            // mark-impossible comes after mark-sent, on the same task; the SOP of the examples is no draft.
            let path = endpoint.about.path;
            let is_too_late = path.ends_with("/mark-impossible") || path.ends_with("/start");
            let expected = if is_too_late { 40_409 } else { 0 };
            assert_eq!(reply.code, expected, "{}: {reply:?}", endpoint.about.path);
        }
    }
}

#[tokio::test]
async fn echo_gives_back_every_byte_of_the_value() {
    let test = store::testing::sqlite(scrm::MIGRATIONS).await;
    let api = Api::on(&test).await;
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let values = [
        r#"{"b":1.10,"a":12345678901234567890123,"a":-0.0e+7}"#,
        "{ \"spaced\" :\t[ 1 , 2 ] }",
        r#""\u6d4b\ud83d\ude00/\/""#,
        "1E400",
        "null",
        &deep,
    ];
    for value in values {
        let text = api.call_text("/api/v3/echo", value).await;
        assert_eq!(text, format!(r#"{{"code":0,"message":"success","data":{value}}}"#));
    }
    let reply = api.call("/api/v3/echo", "").await;
    assert_eq!(reply.text, r#"{"code":0,"message":"success","data":null}"#);
    assert_eq!(api.call("/api/v3/echo", "{oops").await.code, 40_000);
    assert_eq!(api.call("/api/v3/echo", [b'"', 0xff, b'"']).await.code, 40_000);
}

#[tokio::test]
async fn lists_of_an_empty_company_are_empty_in_the_contracts_form() {
    let test = store::testing::sqlite(scrm::MIGRATIONS).await;
    let api = Api::on(&test).await;
    let page = json!({"totalCount":0,"totalPage":0,"pageNo":3,"pageSize":20,"result":[]});
    let asked =
        r#"{"pageNo":"3","pageSize":"20","userId":"","keyword":null,"name":"","unknown":[]}"#;
    for path in ["/api/v3/get-users", "/api/v3/groupSop/getGroupList"] {
        assert_eq!(api.call(path, asked).await.data, page, "{path}");
    }
    for path in ["/api/v3/tags/list-tree", "/api/v3/group-tags/list-tree"] {
        assert_eq!(api.call(path, "").await.data, json!([]), "{path}");
    }
}

#[tokio::test]
async fn members_of_a_page_stand_in_the_contracts_order() {
    let test = store::testing::sqlite(scrm::MIGRATIONS).await;
    let api = Api::on(&test).await;
    let page = r#"{"totalCount":0,"totalPage":0,"pageNo":1,"pageSize":10,"result":[]}"#;
    let reply = api.call("/api/v3/groupSop/getGroupList", "").await;
    assert_eq!(reply.text, format!(r#"{{"code":0,"message":"success","data":{page}}}"#));
}

#[tokio::test]
async fn group_tags_are_made_listed_and_kept() {
    let test = store::testing::sqlite(scrm::MIGRATIONS).await;
    let api = Api::on(&test).await;
    let path = "/api/v3/group-tags/create";
    let made = api.call(path, r#"{"groupName":"等级","tagNames":["重点","普通"]}"#).await;
    let names = |group: &Value| -> Vec<String> {
        let tags = group["tags"].as_array().unwrap();
        tags.iter().map(|tag| tag["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&made.data), ["重点", "普通"]);
    let again = api.call(path, r#"{"groupName":"等级","tagNames":["新","重点"]}"#).await;
    assert_eq!(names(&again.data), ["重点", "普通", "新"]);
    let tree = api.call("/api/v3/group-tags/list-tree", "").await;
    assert_eq!(tree.data, json!([again.data]));
}
