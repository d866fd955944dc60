//! The console's calls over a real database, as a browser would make them.

mod accounts;
mod calls;
mod everything;
mod group_tags;
mod sops;
mod streams;
mod wecom;

use ambient::ManualClock;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, header::SET_COOKIE},
};
use scrm::{CorpId, Scrm, testing, users};
use serde_json::{Value, json};
use store::testing::TestDb;
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::{Options, router};

/// 2026-03-02 09:30 in Shanghai.
const NOW_MS: i64 = 1_772_415_000_000;
const JIA: i64 = 400_000_000_000_001;
const YI: i64 = 400_000_000_000_002;
const PASSWORD: &str = "correct horse battery";

/// The console of a site with one company, whose site admin is `admin` with [`PASSWORD`].
struct Console {
    scrm: Scrm,
    corp: CorpId,
    clock: ManualClock,
    router: Router,
    _exports: TempDir,
}

/// Somebody's browser.
struct Browser<'a> {
    router: &'a Router,
    cookie: String,
}

/// What came back.
#[derive(Debug)]
struct Reply {
    status: u16,
    /// Of a refusal.
    code: String,
    body: Value,
    headers: HeaderMap,
}

impl Console {
    async fn on(test: &TestDb) -> Self {
        let public_url = "https://scrm.example.com/".to_owned();
        let options = Options { public_url, ..Options::default() };
        let corp = ("ww0123456789abcdef", "a WeCom secret");
        Self::of(test, ManualClock::at(NOW_MS), "http://127.0.0.1:9", corp, options).await
    }

    /// One whose company has this id and secret with the WeCom at `base_url`.
    async fn of(
        test: &TestDb,
        clock: ManualClock,
        base_url: &str,
        (wecom_corp_id, secret): (&str, &str),
        options: Options,
    ) -> Self {
        let scrm = testing::scrm(test.db.clone(), clock.clock(), base_url);
        let corp = testing::corp(&scrm, wecom_corp_id, secret).await;
        users::put_site_admin(&scrm, "admin", PASSWORD, false).await.unwrap();
        let exports = TempDir::new().unwrap();
        let options = Options { exports: exports.path().to_owned(), ..options };
        let router = router(scrm.clone(), options);
        Self { scrm, corp, clock, router, _exports: exports }
    }

    fn browser(&self) -> Browser<'_> {
        Browser { router: &self.router, cookie: String::new() }
    }

    /// Two departments of one owner each; 甲 of the first owns the groups wr1 and wr2, 乙 of the other wr3.
    async fn with_groups(self) -> Self {
        for (department, owner, name, ids) in [(2, JIA, "甲", &[1, 2][..]), (3, YI, "乙", &[3])] {
            testing::put_department(
                &self.scrm,
                self.corp,
                department,
                &format!("部门{department}"),
            )
            .await;
            testing::put_staff(&self.scrm, self.corp, owner, name, &[department]).await;
            let group = |&id: &i64| testing::PutGroup {
                id,
                chat_id: format!("wr{id}"),
                owner,
                raw_name: format!("群{id}"),
                display_name: format!("群{id}"),
                created_at_ms: NOW_MS - id,
                is_dissolved: false,
                tags: vec![],
            };
            let groups: Vec<_> = ids.iter().map(group).collect();
            testing::put_groups(&self.scrm, self.corp, &groups).await;
        }
        self
    }

    /// An operator who sees the department of 甲.
    async fn operator(&self) -> Browser<'_> {
        let new = json!({"login": "operator", "role": "operator", "departmentIds": ["2"]});
        self.user(new).await
    }

    async fn viewer(&self) -> Browser<'_> {
        self.user(json!({"login": "viewer", "role": "viewer"})).await
    }

    async fn signed_in(&self, login: &str, password: &str) -> Browser<'_> {
        let mut browser = self.browser();
        let reply =
            browser.call("session/sign-in", json!({"login": login, "password": password})).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        browser
    }

    async fn admin(&self) -> Browser<'_> {
        self.signed_in("admin", PASSWORD).await
    }

    /// A user of the company who has changed his password to [`PASSWORD`].
    async fn user(&self, new: Value) -> Browser<'_> {
        let made = self.admin().await.ok("users/create", new.clone()).await;
        let once = made["oneTimePassword"].as_str().unwrap();
        let mut browser = self.signed_in(new["login"].as_str().unwrap(), once).await;
        let change = json!({"old": once, "new": PASSWORD});
        browser.ok("session/change-password", change).await;
        browser
    }
}

async fn post(
    router: &Router,
    path: &str,
    cookie: &str,
    body: Value,
    headers: &[(&str, &str)],
) -> Reply {
    let mut request =
        Request::post(path).header("host", "siyu.example.com").header("cookie", cookie);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.to_string())).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body: Value = serde_json::from_slice(&to_bytes(body, usize::MAX).await.unwrap()).unwrap();
    let code = body["error"]["code"].as_str().unwrap_or_default().to_owned();
    Reply { status: parts.status.as_u16(), code, body, headers: parts.headers }
}

impl Browser<'_> {
    async fn call(&mut self, path: &str, body: Value) -> Reply {
        self.call_with(path, body, &[("x-siyu-console", "1")]).await
    }

    async fn call_with(&mut self, path: &str, body: Value, headers: &[(&str, &str)]) -> Reply {
        let path = format!("/console/api/{path}");
        let reply = post(self.router, &path, &self.cookie, body, headers).await;
        if let Some(cookie) = reply.headers.get(SET_COOKIE) {
            let (pair, _) = cookie.to_str().unwrap().split_once(';').unwrap();
            self.cookie = pair.to_owned();
        }
        reply
    }

    async fn ok(&mut self, path: &str, body: Value) -> Value {
        let reply = self.call(path, body).await;
        assert_eq!(reply.status, 200, "{path}: {reply:?}");
        reply.body
    }

    async fn refused(&mut self, path: &str, body: Value, status: u16, code: &str) -> String {
        let reply = self.call(path, body).await;
        assert_eq!((reply.status, &*reply.code), (status, code), "{path}: {reply:?}");
        reply.body["error"]["message"].as_str().unwrap().to_owned()
    }
}
