//! A client that costs little beside what it measures: HTTP/1.1 on one kept connection, one request at a
//! time, bodies with Content-Length only.

use anyhow::{Context as _, bail};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// Who signs the requests.
#[derive(Clone)]
pub struct Signer {
    pub app_id: String,
    pub app_key: String,
    pub clock: ambient::Clock,
}

/// A kept connection.
pub struct Connection {
    stream: TcpStream,
    host: String,
    received: Vec<u8>,
}

impl Connection {
    /// Connects to `host:port`.
    pub async fn open(host: &str) -> anyhow::Result<Self> {
        let stream =
            TcpStream::connect(host).await.with_context(|| format!("connecting to {host}"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, host: host.to_owned(), received: Vec::with_capacity(64 * 1024) })
    }

    /// Posts a signed body; the reply's body.
    pub async fn post(&mut self, path: &str, body: &str, signer: &Signer) -> anyhow::Result<&[u8]> {
        let timestamp = signer.clock.now_ms();
        let sign =
            openapi::signature::sign(&signer.app_id, timestamp, body.as_bytes(), &signer.app_key);
        let host = &self.host;
        let app_id = &signer.app_id;
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {host}\r\nappId: {app_id}\r\ntimestamp: {timestamp}\r\nsign: {sign}\r\n"
        );
        self.send(head, body).await
    }

    /// Posts a body as it is; the reply's body.
    pub async fn post_plain(&mut self, path: &str, body: &str) -> anyhow::Result<&[u8]> {
        let head = format!("POST {path} HTTP/1.1\r\nhost: {}\r\n", self.host);
        self.send(head, body).await
    }

    /// Asks for a path; the reply's body.
    pub async fn get(&mut self, path: &str) -> anyhow::Result<&[u8]> {
        let head = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n", self.host);
        self.send(head, "").await
    }

    async fn send(&mut self, mut request: String, body: &str) -> anyhow::Result<&[u8]> {
        let length = body.len();
        request +=
            &format!("content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}");
        self.stream.write_all(request.as_bytes()).await?;
        self.received.clear();
        loop {
            if self.stream.read_buf(&mut self.received).await? == 0 {
                bail!("the server closed the connection");
            }
            if let Some((start, length)) = body_place(&self.received)?
                && self.received.len() >= start + length
            {
                return Ok(&self.received[start..start + length]);
            }
        }
    }
}

/// Where the body begins and how long it is; nothing while the head is not complete.
fn body_place(received: &[u8]) -> anyhow::Result<Option<(usize, usize)>> {
    let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(&received[..end]).context("a reply's head")?;
    if !head.starts_with("HTTP/1.1 200") {
        bail!("the server answered {:?}", head.lines().next());
    }
    let length = head
        .lines()
        .find_map(|line| {
            line.to_ascii_lowercase().strip_prefix("content-length:").map(str::to_owned)
        })
        .context("a reply without Content-Length")?;
    Ok(Some((end + 4, length.trim().parse()?)))
}
