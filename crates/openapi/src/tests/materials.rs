//! Files, marketing contents, and the items that name them.

use scrm::testing::put_staff;
use serde_json::{Value, json};
use store::testing::TestDb;

use crate::testing::Api;

const ASSISTANT: &str = "/api/v3/groupSop/addGroupAssistant";
const PNG: &str = "iVBORw0KGgoAAAAA";

async fn uploaded(api: &Api, name: &str, content: &str) -> Value {
    let request = json!({ "fileName": name, "content": content }).to_string();
    let reply = api.call("/api/v3/materials/files/upload", request).await;
    assert_eq!(reply.code, 0, "{}", reply.message);
    reply.data
}

/// An SOP that sends one item; the code and the message of the reply.
async fn sent(api: &Api, item: Value) -> (i64, String) {
    let request = json!({
        "title": "新品",
        "chatIds": ["wr2ohRCAAAmcbrAflgvXBh6iCHGhB-TA"],
        "sopContents": [{
            "sendTime": "2026-01-02 10:00",
            "sopDatas": [{"type": 1, "content": "a"}, item],
        }],
    });
    let reply = api.call(ASSISTANT, request.to_string()).await;
    (reply.code, reply.message)
}

store::on_both! { scrm::MIGRATIONS,
    async fn items_name_files_and_marketing_contents_and_what_is_wrong_is_told_with_its_path(test: &TestDb) {
        let api = Api::on(test).await;
        api.put_what_examples_name().await;
        put_staff(&api.scrm, api.app.corp, 7, "李四", &[]).await;
        let png = uploaded(&api, "a.png", PNG).await;
        assert_eq!((png["mimeType"].as_str(), png["fileSize"].as_u64()), (Some("image/png"), Some(12)));
        let (id, sign) = (&png["fileId"], &png["sign"]);
        let mc = "019a2b3c4d5e7f8091a2b3c4d5e6f709";
        for item in [
            json!({"type": 2, "fileId": id, "sign": sign}),
            json!({"type": 2, "fileId": id.to_string(), "fileName": "其他.png", "mediaId": "m"}),
            json!({"type": 3, "link": "https://a.cn", "title": "t", "fileId": id}),
            json!({"type": 4, "appId": "wx1", "page": "p", "title": "t", "fileId": id}),
            json!({"type": 6, "fileId": id}),
            json!({"type": 99, "mcId": mc, "mcType": 2, "title": "改", "fileId": id}),
        ] {
            assert_eq!(sent(&api, item.clone()).await.0, 0, "{item}");
        }
        let at = "sopContents[0].sopDatas[1]";
        for (item, code, path) in [
            (json!({"type": 2, "fileId": 99}), 40_404, ".fileId: there is no file 99"),
            (json!({"type": 2, "fileId": id, "sign": "0".repeat(32)}), 40_001, ".sign: the file's MD5 is"),
            (json!({"type": 2, "fileId": id, "fileName": "a/b"}), 40_001, ".fileName: a file's name"),
            (json!({"type": 5, "fileId": id}), 40_001, ".fileUrl: the video \"a.png\" is not MP4"),
            (json!({"type": 4, "page": "p", "title": "t", "fileId": id}), 40_001, ".appId: is required"),
            (json!({"type": 99, "mcId": "0".repeat(32)}), 40_404, ".mcId: there is no marketing content"),
            (json!({"type": 99, "mcId": mc, "title": "题".repeat(43)}), 40_001, ".title: the title of"),
        ] {
            let (found, message) = sent(&api, item.clone()).await;
            assert_eq!(found, code, "{item}: {message}");
            assert!(message.starts_with(&format!("{at}{path}")), "{message}");
        }
    }

    async fn a_file_is_kept_listed_and_deleted(test: &TestDb) {
        let api = Api::on(test).await;
        let file = uploaded(&api, "a.png", PNG).await;
        assert_eq!(uploaded(&api, "a.png", PNG).await, file);
        let list = "/api/v3/materials/files/list";
        assert_eq!(api.call(list, "").await.data["result"], json!([file]));
        let delete = "/api/v3/materials/files/delete";
        let named = json!({ "fileId": file["fileId"] }).to_string();
        assert_eq!(api.call(delete, named.as_str()).await.code, 0);
        assert_eq!(api.call(delete, named.as_str()).await.code, 40_404);
        assert_eq!(api.call(list, "").await.data["result"], json!([]));
    }

    async fn a_marketing_content_is_made_changed_and_deleted(test: &TestDb) {
        let api = Api::on(test).await;
        let path = |call: &str| format!("/api/v3/materials/marketing/{call}");
        let request = json!({"title": "新品", "link": "https://a.cn", "content": "上新"});
        let made = api.call(&path("create"), request.to_string()).await;
        let named = |more: Value| {
            let mut request = json!({ "mcId": made.data });
            request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            request.to_string()
        };
        let changed = named(json!({"title": "改", "link": "https://b.cn", "mcType": 3}));
        assert_eq!(api.call(&path("update"), changed.as_str()).await.code, 0);
        let found = api.call(&path("detail"), named(json!({}))).await.data;
        assert_eq!((&found["title"], &found["mcType"], &found["content"]), (&json!("改"), &json!(3), &json!("")));
        assert_eq!(api.call(&path("list"), "").await.data["result"], json!([found]));
        let long = named(json!({"title": "题".repeat(43), "link": "https://b.cn"}));
        assert!(api.call(&path("update"), long).await.message.starts_with("title: "));
        assert_eq!(api.call(&path("delete"), named(json!({}))).await.code, 0);
        assert_eq!(api.call(&path("detail"), named(json!({}))).await.code, 40_404);
        assert_eq!(api.call(&path("update"), changed.as_str()).await.code, 40_404);
    }
}

#[tokio::test]
async fn uploads_that_cannot_be_kept_are_refused_and_large_ones_are_taken() {
    let test = store::testing::sqlite(scrm::MIGRATIONS).await;
    let api = Api::on(&test).await;
    let path = "/api/v3/materials/files/upload";
    for (request, expected) in [
        (json!({}), "fileUrl: fileUrl or content is required"),
        (json!({"content": PNG}), "fileName: is required with content"),
        (json!({"fileName": "a", "content": "%%"}), "content: is not base64"),
        (json!({"fileName": "a", "content": "YWJj"}), "content: the file has 3 bytes"),
        (json!({"fileName": "a", "content": PNG, "sign": "0"}), "sign: the file's MD5 is"),
        (
            json!({"fileUrl": "http://10.0.0.1/a.png"}),
            "fileUrl: not fetched: it leads to an address that is",
        ),
    ] {
        let reply = api.call(path, request.to_string()).await;
        assert_eq!(reply.code, 40_001);
        assert!(reply.message.starts_with(expected), "{}", reply.message);
    }
    // 3 MiB of content, where other calls take 1 MiB.
    assert_eq!(uploaded(&api, "large.bin", &"A".repeat(4 << 20)).await["fileSize"], 3 << 20);
}
