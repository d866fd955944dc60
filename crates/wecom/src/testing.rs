//! A server that plays WeCom's part by a script, for this crate's own tests.
//!
//! It speaks just enough HTTP: one request per connection. Its tasks end when it is dropped.

use std::sync::{Arc, Mutex};

use ambient::ManualClock;
use reqwest::StatusCode;
use serde::de::DeserializeOwned;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use crate::{Client, Credentials, Error, call::Call, http, reply};

/// The secret of every client here; no error may contain it.
pub(crate) const SECRET: &str = "the-secret-of-the-app";

/// Reads a reply as the client would under HTTP status 200.
pub(crate) fn parse<T: DeserializeOwned>(call: &Call, body: &str) -> Result<T, Error> {
    reply::read(call, StatusCode::OK, body.as_bytes())
}

/// Answers `gettoken` with a good token and leaves the rest to `other`.
pub(crate) fn with_token(request: &Request, other: impl FnOnce() -> Reply) -> Reply {
    if request.call == "gettoken" { Reply::token("good-token", 7_200) } else { other() }
}

/// A client for `base_url` with a clock of its own and no pauses.
pub(crate) fn client_of(base_url: &str, clock: &ManualClock) -> Client {
    let http = http::client(http::Timeouts::default()).expect("this machine makes HTTP clients");
    let credentials = Credentials { corp_id: "ww1".to_owned(), secret: SECRET.to_owned() };
    Client::new(http, base_url, credentials, clock.clock()).with_retry_base_ms(0)
}

#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// The path after `/cgi-bin/`.
    pub call: String,
    pub method: String,
    pub query: String,
    pub content_type: String,
    pub body: String,
    /// Counts the requests of this call, from 1.
    pub nth: usize,
}

impl Request {
    pub(crate) fn has_token(&self, token: &str) -> bool {
        self.query.split('&').any(|pair| pair.strip_prefix("access_token=") == Some(token))
    }
}

pub(crate) enum Reply {
    Json(String),
    Status(u16, &'static str),
    Redirect(&'static str),
    /// A status with one header line and no body.
    Head(u16, &'static str),
    /// The head and a part of the body, then the connection ends.
    Cut,
    /// The connection ends without an answer.
    Close,
    /// No answer, ever.
    Hang,
    /// No answer, and the time of the test runs ahead to the next time-out.
    HangUntilTimeout,
}

impl Reply {
    pub(crate) fn json(body: &str) -> Self {
        Self::Json(body.to_owned())
    }

    pub(crate) fn token(value: &str, expires_in_s: i64) -> Self {
        Self::Json(format!(
            r#"{{"errcode":0,"errmsg":"ok","access_token":"{value}","expires_in":{expires_in_s}}}"#
        ))
    }
}

pub(crate) struct Server {
    url: String,
    requests: Arc<Mutex<Vec<Request>>>,
    _tasks: JoinSet<()>,
}

impl Server {
    pub(crate) async fn start(script: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::<Mutex<Vec<Request>>>::default();
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, Arc::new(script), requests.clone()));
        Self { url, requests, _tasks: tasks }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn client(&self) -> Client {
        client_of(&self.url, &ManualClock::at(1_700_000_000_000))
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// The calls in their order.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.requests().into_iter().map(|request| request.call).collect()
    }

    pub(crate) fn bodies_of(&self, call: &str) -> Vec<String> {
        let of_call = self.requests().into_iter().filter(|request| request.call == call);
        of_call.map(|request| request.body).collect()
    }
}

type Script = dyn Fn(&Request) -> Reply + Send + Sync;

async fn accept(listener: TcpListener, script: Arc<Script>, requests: Arc<Mutex<Vec<Request>>>) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        connections.spawn(serve(stream, script.clone(), requests.clone()));
    }
}

async fn serve(mut stream: TcpStream, script: Arc<Script>, requests: Arc<Mutex<Vec<Request>>>) {
    let Some(mut request) = read(&mut stream).await else { return };
    {
        let mut requests = requests.lock().unwrap();
        let n_before = requests.iter().filter(|before| before.call == request.call).count();
        request.nth = n_before + 1;
        requests.push(request.clone());
    }
    let answer = match script(&request) {
        Reply::Json(body) => answer("200 OK", "", &body),
        Reply::Status(status, body) => answer(&status.to_string(), "", body),
        Reply::Head(status, line) => answer(&status.to_string(), &format!("{line}\r\n"), ""),
        Reply::Redirect(to) => answer("302 Found", &format!("location: {to}\r\n"), ""),
        Reply::Cut => "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"errcode\":0".to_owned(),
        Reply::Close => return,
        Reply::HangUntilTimeout => {
            tokio::time::pause();
            std::future::pending().await
        }
        Reply::Hang => std::future::pending().await,
    };
    // The client may have gone away, which is its own affair.
    let _ = stream.write_all(answer.as_bytes()).await;
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    let n_bytes = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-length: {n_bytes}\r\nconnection: close\r\n{headers}\r\n{body}"
    )
}

/// `None` when what comes is no request, such as a TLS handshake.
async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let n_head_bytes = loop {
        if stream.read_buf(&mut bytes).await.ok()? == 0 || bytes.first() == Some(&0x16) {
            return None;
        }
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
    };
    let head = String::from_utf8(bytes[..n_head_bytes].to_vec()).ok()?;
    let header = |wanted: &str| {
        let mut headers = head.lines().filter_map(|line| line.split_once(": "));
        headers.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
    };
    let n_body_bytes = header("content-length").map_or(0, |value| value.parse::<usize>().unwrap());
    while bytes.len() < n_head_bytes + n_body_bytes {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let body = String::from_utf8(bytes.split_off(n_head_bytes)).ok()?;
    let (method, target) = head.split_once(' ')?;
    let (target, _) = target.split_once(' ')?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Some(Request {
        call: path.trim_start_matches("/cgi-bin/").to_owned(),
        method: method.to_owned(),
        query: query.to_owned(),
        content_type: header("content-type").unwrap_or_default().to_owned(),
        body,
        nth: 0,
    })
}
