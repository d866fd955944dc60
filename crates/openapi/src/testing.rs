//! A company with an API app over a test database, and calls to its open API.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex},
    thread,
};

use ambient::ManualClock;
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderValue, Request, header::CONTENT_TYPE},
};
use scrm::{
    PublicId, Scrm,
    apps::{self, App, NewApp},
    corps, files, group_tags,
    testing::{PutGroup, PutTask, put_department, put_groups, put_material, put_staff, put_tasks},
};
use serde_json::Value;
use store::testing::TestDb;
use tower::ServiceExt;

use crate::{Caller, Options, router, signature};

/// 2026-01-01 08:00 in Shanghai.
pub(crate) const NOW_MS: i64 = 1_767_225_600_000;

/// The open API of one company.
pub(crate) struct Api {
    pub scrm: Scrm,
    pub clock: ManualClock,
    /// May do everything, from everywhere.
    pub app: App,
    pub router: Router,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub status: u16,
    pub code: i64,
    pub message: String,
    pub data: Value,
    pub text: String,
}

impl Api {
    /// The API over a migrated database, with options as they are by default.
    pub(crate) async fn on(test: &TestDb) -> Self {
        Self::with(test, Options::default()).await
    }

    /// The API over a migrated database.
    pub(crate) async fn with(test: &TestDb, options: Options) -> Self {
        let clock = ManualClock::at(NOW_MS);
        // Nobody listens there: the open API never calls WeCom while it answers.
        let scrm = scrm::testing::scrm(test.db.clone(), clock.clock(), "http://127.0.0.1:9");
        let corp = scrm::testing::corp(&scrm, "ww0123456789abcdef", "a WeCom secret").await;
        let new = NewApp { suffix: "demo".to_owned(), ..NewApp::default() };
        let app = apps::create(&scrm, corp, new).await.unwrap();
        let router = router(scrm.clone(), options);
        Self { scrm, clock, app, router }
    }

    /// Another app of the same company.
    pub(crate) async fn add_app(&self, new: NewApp) -> App {
        apps::create(&self.scrm, self.app.corp, new).await.unwrap()
    }

    /// The caller that the first app is, for calling endpoints past the checks.
    pub(crate) async fn caller(&self) -> Caller {
        let mut reader = self.scrm.db.reader().await.unwrap();
        let corp = corps::get(&mut reader, self.app.corp).await.unwrap();
        Caller { scrm: self.scrm.clone(), app: self.app.clone(), corp, body_digest: [0; 32] }
    }

    /// Puts into the empty database what the examples of requests name.
    pub(crate) async fn put_what_examples_name(&self) {
        let (scrm, corp, owner) = (&self.scrm, self.app.corp, 463_352_988_837_952);
        put_department(scrm, corp, 2, "销售一部").await;
        put_staff(scrm, corp, owner, "张三", &[2]).await;
        let group = PutGroup {
            id: 500_000_000_000_001,
            chat_id: "wr2ohRCAAAmcbrAflgvXBh6iCHGhB-TA".to_owned(),
            owner,
            raw_name: "售后服务群".to_owned(),
            display_name: "售后服务群".to_owned(),
            created_at_ms: NOW_MS,
            is_dissolved: false,
            tags: Vec::new(),
        };
        put_groups(scrm, corp, &[group]).await;
        let uuid = |text| PublicId::parse(text).unwrap();
        let task = PutTask {
            sop: 1_000_000,
            sop_uuid: uuid("019a2b3c4d5e7f8091a2b3c4d5e6f707"),
            title: "新品介绍".to_owned(),
            mode: 1,
            creator: 0,
            group: 500_000_000_000_001,
            uuid: uuid("019a2b3c4d5e7f8091a2b3c4d5e6f708"),
            state: 1,
            due_at_ms: NOW_MS,
            created_at_ms: NOW_MS,
        };
        put_tasks(scrm, corp, &[task]).await;
        let names = ["甲".to_owned(), "乙".to_owned()];
        let made = group_tags::create(scrm, corp, "例", &names).await.unwrap();
        assert_eq!((made.tags[0].id.0, made.tags[1].id.0), (10_002, 10_003));
        let new = files::NewFile { name: "例.png", source_url: "", md5: None };
        let file = files::keep(scrm, corp, new, b"\x89PNG\r\n\x1a\n 1").await.unwrap();
        assert_eq!(file.id.0, 10_004);
        put_material(scrm, corp, uuid("019a2b3c4d5e7f8091a2b3c4d5e6f709")).await;
    }

    /// A call signed by the first app.
    pub(crate) fn signed(&self, path: &str, body: impl Into<Vec<u8>>) -> Request<Body> {
        self.signed_by(&self.app, path, body)
    }

    /// A call signed by an app, now, from 192.0.2.1.
    pub(crate) fn signed_by(
        &self,
        app: &App,
        path: &str,
        body: impl Into<Vec<u8>>,
    ) -> Request<Body> {
        let body = body.into();
        let now_ms = self.clock.now_ms();
        let sign = signature::sign(&app.app_id, now_ms, &body, app.key.reveal());
        Request::post(path)
            .header("appId", &app.app_id)
            .header("timestamp", now_ms)
            .header("sign", sign)
            .extension(ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 4_711))))
            .body(Body::from(body))
            .unwrap()
    }

    /// Sends a call.
    pub(crate) async fn send(&self, call: Request<Body>) -> Reply {
        let (status, text) = self.exchange(call).await;
        let envelope: Value = serde_json::from_str(&text).unwrap();
        Reply {
            status,
            code: envelope["code"].as_i64().unwrap(),
            message: envelope["message"].as_str().unwrap().to_owned(),
            data: envelope["data"].clone(),
            text,
        }
    }

    /// Signs and sends.
    pub(crate) async fn call(&self, path: &str, body: impl Into<Vec<u8>>) -> Reply {
        self.send(self.signed(path, body)).await
    }

    /// Signs and sends; the reply's text, which may be more than a JSON value can be made of.
    pub(crate) async fn call_text(&self, path: &str, body: impl Into<Vec<u8>>) -> String {
        self.exchange(self.signed(path, body)).await.1
    }

    async fn exchange(&self, call: Request<Body>) -> (u16, String) {
        let response = self.router.clone().oneshot(call).await.unwrap();
        let (parts, body) = response.into_parts();
        let json = HeaderValue::from_static("application/json; charset=utf-8");
        assert_eq!(parts.headers.get(CONTENT_TYPE), Some(&json));
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        (parts.status.as_u16(), String::from_utf8(bytes.into()).unwrap())
    }
}

/// A server on 127.0.0.1, from where calls may fetch files. Its thread ends with the test's process.
pub(crate) struct FileServer {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl FileServer {
    /// One that answers each request with what `content` gives for its path.
    pub(crate) fn start(content: impl Fn(&str) -> Vec<u8> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let noted = asked.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut request = [0; 4_096];
                let n_bytes = stream.read(&mut request).unwrap();
                let request = String::from_utf8_lossy(&request[..n_bytes]).into_owned();
                let path = request.split(' ').nth(1).unwrap_or_default();
                noted.lock().unwrap().push(path.to_owned());
                let body = content(path);
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                    body.len()
                );
                // Who asked may have gone away.
                let _ = stream.write_all(&[head.as_bytes(), &body].concat());
            }
        });
        Self { url, asked }
    }

    /// The address of a path that begins with a slash.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// The paths that were asked for, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}
