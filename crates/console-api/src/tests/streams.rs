//! Work with progress, and files up and down.

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, Method, Request},
};
use calamine::{Reader as _, Xlsx};
use scrm::MIGRATIONS;
use serde_json::{Value, json};
use store::testing::TestDb;
use tower::ServiceExt as _;

use super::{Browser, Console, JIA, NOW_MS, PASSWORD, group_tags::tags, testing};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nand so on";

/// What came back, as it is.
struct Raw {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Raw {
    fn lines(&self) -> Vec<Value> {
        let text = std::str::from_utf8(&self.body).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn last(&self) -> Value {
        self.lines().pop().unwrap()
    }

    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

impl Browser<'_> {
    async fn send(&self, method: Method, path: &str, body: impl Into<Body>, is_ours: bool) -> Raw {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/console/{path}"))
            .header("host", "siyu.example.com")
            .header("cookie", &self.cookie);
        if is_ours {
            request = request.header("x-siyu-console", "1");
        }
        let request = request.body(body.into()).unwrap();
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Raw { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    async fn stream(&self, path: &str, body: Value) -> Raw {
        self.send(Method::POST, &format!("stream/{path}"), body.to_string(), true).await
    }

    async fn get(&self, path: &str) -> Raw {
        self.send(Method::GET, path, Body::empty(), false).await
    }
}

/// The cells of a spreadsheet, row by row.
fn cells(file: &[u8]) -> Vec<Vec<String>> {
    let mut book = Xlsx::new(std::io::Cursor::new(file)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    sheet.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

async fn n_tagged(browser: &mut Browser<'_>) -> Value {
    browser.ok("group-tags/counts", json!({})).await["rows"][0]["nGroups"].clone()
}

store::on_both! { MIGRATIONS,
    async fn all_that_a_filter_leaves_is_tagged_within_what_the_caller_sees(test: &TestDb) {
        let console = Console::on(test).await.with_groups().await;
        let mut admin = console.admin().await;
        let ids = tags(&mut admin, &["A"]).await;
        let mut operator = console.operator().await;
        let all = json!({"filter": {}, "addIds": ids});
        let done = operator.stream("tag-all", all.clone()).await;
        assert_eq!(done.last(), json!({"kind": "done", "nAdded": 2, "nRemoved": 0}));
        assert_eq!(done.lines()[0], json!({"kind": "progress", "done": 0, "total": 2}));
        assert_eq!(n_tagged(&mut admin).await, 2);
        let named = json!({"filter": {"name": "群3"}, "addIds": ids});
        assert_eq!(operator.stream("tag-all", named.clone()).await.last()["nAdded"], 0);
        assert_eq!(admin.stream("tag-all", named).await.last()["nAdded"], 1);
        assert_eq!((n_tagged(&mut admin).await, n_tagged(&mut operator).await), (json!(3), json!(2)));
        let off = json!({"filter": {}, "removeIds": ids});
        assert_eq!(admin.stream("tag-all", off).await.last()["nRemoved"], 3);
        let audit = admin.ok("audit/list", json!({})).await;
        assert_eq!(audit["rows"][0]["act"], "tag_groups", "{audit}");
        let failed = admin.stream("tag-all", json!({"filter": {}, "addIds": ["99"]})).await.last();
        assert_eq!((&failed["kind"], &failed["error"]["code"]), (&json!("failed"), &json!("not_found")));
        let unknown = admin.stream("tag-all", json!({"filter": {"nmae": "x"}, "addIds": ids})).await;
        assert_eq!((unknown.status, unknown.last()["error"]["field"].clone()), (400, json!("filter.nmae")));
        assert_eq!(n_tagged(&mut admin).await, 0);
        // Nobody else, and not from another site.
        let viewer = console.viewer().await;
        assert_eq!(viewer.stream("tag-all", all.clone()).await.status, 403);
        let forged = admin.send(Method::POST, "stream/tag-all", all.to_string(), false).await;
        assert_eq!((forged.status, forged.last()["error"]["code"].clone()), (403, json!("other_site")));
        assert_eq!(console.browser().stream("tag-all", all).await.status, 401);
        assert_eq!(n_tagged(&mut admin).await, 0);
    }

    async fn groups_are_exported_to_whoever_asked_within_what_he_sees(test: &TestDb) {
        let console = Console::on(test).await.with_groups().await;
        let evil = testing::PutGroup {
            id: 9, chat_id: "wr9".to_owned(), owner: JIA, raw_name: String::new(),
            display_name: "=1+1".to_owned(), created_at_ms: NOW_MS, is_dissolved: false, tags: vec![],
        };
        testing::put_groups(&console.scrm, console.corp, &[evil]).await;
        let operator = console.operator().await;
        let done = operator.stream("export/groups", json!({"filter": {}, "language": "zh"})).await;
        assert_eq!(done.lines()[0], json!({"kind": "progress", "done": 3, "total": 3}));
        let last = done.last();
        assert_eq!((&last["kind"], &last["nRows"]), (&json!("done"), &json!(3)));
        let path = format!("export/{}", last["token"].as_str().unwrap());
        let file = operator.get(&path).await;
        assert_eq!(file.status, 200);
        let rows = cells(&file.body);
        assert_eq!(rows[0], ["群名", "群主", "部门", "标签", "创建时间", "群 ID"]);
        assert_eq!(rows[1], ["=1+1", "甲", "部门2", "", "2026-03-02 09:30", "wr9"]);
        assert_eq!(rows.len(), 4);
        // It is his alone, for an hour.
        let admin = console.admin().await;
        assert_eq!(admin.get(&path).await.status, 404);
        assert_eq!(console.browser().get(&path).await.status, 401);
        for other in ["export/groups-1-2-3", "export/..%2F..%2Fetc%2Fpasswd", "export/x"] {
            assert_eq!(operator.get(other).await.status, 404, "{other}");
        }
        console.clock.advance(3_600_001);
        let operator = console.signed_in("operator", PASSWORD).await;
        assert_eq!(operator.get(&path).await.status, 404);
        let language = operator.stream("export/groups", json!({"filter": {}, "language": "fr"})).await;
        assert_eq!((language.status, language.last()["error"]["field"].clone()), (400, json!("language")));
    }

    async fn tasks_of_an_sop_are_exported_within_what_the_caller_sees(test: &TestDb) {
        let console = Console::on(test).await.with_groups().await;
        let mut admin = console.admin().await;
        let new = json!({
            "title": "周末活动", "mode": "manual", "kind": "fixed_times",
            "audience": {"kind": "rule", "rule": {"name": "群"}, "follows": false},
            "steps": [{
                "time": {"atMs": NOW_MS + 3_600_000},
                "content": [{"kind": "text", "content": "到店有礼"}],
            }],
        });
        let id = admin.ok("sops/create", new).await["id"].clone();
        let wanted = json!({"id": id, "language": "en"});
        let operator = console.operator().await;
        for (browser, n_rows) in [(&admin, 3), (&operator, 2)] {
            let done = browser.stream("export/sop-tasks", wanted.clone()).await.last();
            assert_eq!(done["nRows"], n_rows, "{done}");
            let file = browser.get(&format!("export/{}", done["token"].as_str().unwrap())).await;
            let rows = cells(&file.body);
            assert_eq!(rows[1], ["1", "群1", "甲", "2026-03-02 10:30", "planned", "", "wr1"]);
        }
        let unknown = json!({"id": "0".repeat(32), "language": "en"});
        assert_eq!(operator.stream("export/sop-tasks", unknown).await.status, 404);
    }

    async fn files_are_uploaded_and_shown_and_no_page_among_them_is_opened(test: &TestDb) {
        let console = Console::on(test).await;
        let admin = console.admin().await;
        let upload = async |path: &str, content: &[u8]| {
            admin.send(Method::POST, path, content.to_vec(), true).await
        };
        let picture = upload("upload?name=%E5%9B%BE.png", PNG).await;
        assert_eq!((picture.status, &picture.last()["name"]), (200, &json!("图.png")));
        let shown = admin.get(&format!("file/{}", picture.last()["id"].as_str().unwrap())).await;
        assert_eq!((shown.header("content-type"), &shown.body[..]), ("image/png", PNG));
        assert_eq!(shown.header("content-disposition"), "inline");
        let page = upload("upload?name=page.html", b"<script>alert(1)</script>").await;
        let shown = admin.get(&format!("file/{}", page.last()["id"].as_str().unwrap())).await;
        assert_eq!(shown.header("content-type"), "application/octet-stream");
        assert!(shown.header("content-disposition").starts_with("attachment;"));
        assert_eq!(shown.header("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(shown.header("x-content-type-options"), "nosniff");

        let name = "upload?name=%2e%2e%2Fpasswd";
        assert_eq!(upload(name, PNG).await.last()["error"]["code"], "invalid");
        assert_eq!(upload("upload?name=small.png", b"12345").await.last()["error"]["code"], "invalid");
        let large = vec![0; scrm::files::MAX_BYTES + 1];
        assert_eq!(upload("upload?name=large.bin", &large).await.status, 413);
        assert_eq!(admin.get("file/999").await.status, 404);
        let path = "upload?name=a.png";
        let forged = admin.send(Method::POST, path, PNG, false).await;
        assert_eq!(forged.last()["error"]["code"], "other_site");
        let viewer = console.viewer().await;
        assert_eq!(viewer.send(Method::POST, path, PNG, true).await.status, 403);
        assert_eq!(console.browser().get("file/1").await.status, 401);
    }
}
