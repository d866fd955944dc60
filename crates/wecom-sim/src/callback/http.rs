//! The few lines of HTTP that a callback needs, and only ever to the machine itself.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time,
};

const MAX_REPLY_BYTES: u64 = 64 << 10;

/// Where a receiver listens.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    addr: SocketAddr,
    path: String,
}

/// An answer: its status and what it says.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

impl Target {
    /// `None` unless the URL is `http://` and names a loopback address or `localhost`.
    pub(crate) fn of(url: &str) -> Option<Self> {
        let rest = url.strip_prefix("http://")?;
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let host = host.replace("localhost", "127.0.0.1");
        let with_port = if host.contains(':') { host } else { format!("{host}:80") };
        let addr: SocketAddr = with_port.parse().ok()?;
        let path = if path.is_empty() { "/" } else { path }.to_owned();
        let clean = path.bytes().all(|byte| byte.is_ascii_graphic());
        (addr.ip().is_loopback() && clean).then_some(Self { addr, path })
    }

    /// Asks with this query added; a body makes it a POST.
    pub(super) async fn ask(
        &self,
        query: &str,
        body: Option<&str>,
        timeout: Duration,
    ) -> io::Result<Reply> {
        let Self { addr, path } = self;
        let mark = if path.contains('?') { '&' } else { '?' };
        let method = if body.is_some() { "POST" } else { "GET" };
        let body = body.unwrap_or_default();
        let n_bytes = body.len();
        let request = format!(
            "{method} {path}{mark}{query} HTTP/1.1\r\nHost: {addr}\r\nContent-Type: text/xml\r\n\
             Content-Length: {n_bytes}\r\nConnection: close\r\n\r\n{body}"
        );
        let exchange = async {
            let mut stream = TcpStream::connect(addr).await?;
            stream.write_all(request.as_bytes()).await?;
            let mut reply = Vec::new();
            stream.take(MAX_REPLY_BYTES).read_to_end(&mut reply).await?;
            read(&reply)
        };
        time::timeout(timeout, exchange).await.map_err(|_| io::ErrorKind::TimedOut)?
    }
}

fn read(reply: &[u8]) -> io::Result<Reply> {
    let broken = || io::Error::from(io::ErrorKind::InvalidData);
    let head_end = reply.windows(4).position(|part| part == b"\r\n\r\n").ok_or_else(broken)?;
    let head = String::from_utf8_lossy(&reply[..head_end]);
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok(Reply { status: status.ok_or_else(broken)?, body: reply[head_end + 4..].to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_machine_itself_is_a_target() {
        for url in ["http://127.0.0.1:8080/cb?a=1", "http://localhost:80", "http://[::1]:9/x"] {
            assert!(Target::of(url).is_some(), "{url}");
        }
        for url in [
            "https://127.0.0.1/cb",
            "http://10.0.0.1/cb",
            "http://example.com/cb",
            "http://127.0.0.1@example.com/",
            "http://127.0.0.1.example.com/",
            "http://127.0.0.1:80/a\r\nb",
            "ftp://127.0.0.1/",
        ] {
            assert!(Target::of(url).is_none(), "{url}");
        }
    }
}
