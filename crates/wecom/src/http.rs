//! The HTTP client under the API client: time-outs, no redirects, no proxies from outside.
//!
//! A redirect would carry the token in the query to another host, and a proxy found in the
//! environment would see it; neither is followed. The machine's own certificate authorities are
//! trusted and no others.

use std::{sync::Arc, time::Duration};

use reqwest::{ClientBuilder, header, redirect};
use rustls::crypto::{CryptoProvider, ring};

use crate::{Error, call::Call};

mod date;

/// How long a call may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For the connection, TLS included. Default 5 s.
    pub connect_ms: u64,
    /// For the whole call, connection and reply included. Default 20 s.
    pub request_ms: u64,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect_ms: 5_000, request_ms: 20_000 }
    }
}

/// Makes an HTTP client; clones of it share connections.
///
/// On a machine without any certificate authority the client is made nevertheless and a warning is
/// logged: `http://` works then, while every `https://` call fails to connect.
///
/// Installs rustls' ring provider for the process when none is installed.
pub fn client(timeouts: Timeouts) -> Result<reqwest::Client, Error> {
    install_crypto_provider();
    builder(timeouts).build().or_else(|source| without_authorities(timeouts, source))
}

/// The time at the API's host in milliseconds since 1970, to compare this machine's clock with.
///
/// To the second, and as old as the answer's way. `None` when the host answers without a readable
/// `Date`. Sends one plain request, without credentials, whose answer may have any status; an error
/// is always [`Error::Transport`].
pub async fn server_time(http: &reqwest::Client, base_url: &str) -> Result<Option<i64>, Error> {
    let url = format!("{}/", base_url.trim_end_matches('/'));
    let reply = http.get(url).send().await.map_err(|error| Error::transport(&ROOT, error))?;
    let date = reply.headers().get(header::DATE).and_then(|value| value.to_str().ok());
    Ok(date.and_then(date::read))
}

/// No call of the API; errors name it so.
const ROOT: Call = Call::read("/");

/// WeCom closes idle connections at a time it does not tell. A write on a connection that is just
/// being closed ends with an unknown effect, so idle connections are given up early.
const IDLE_CONNECTION_MS: u64 = 15_000;

fn builder(timeouts: Timeouts) -> ClientBuilder {
    reqwest::Client::builder()
        .connect_timeout(Duration::from_millis(timeouts.connect_ms))
        .timeout(Duration::from_millis(timeouts.request_ms))
        .pool_idle_timeout(Duration::from_millis(IDLE_CONNECTION_MS))
        .redirect(redirect::Policy::none())
        .referer(false)
        .no_proxy()
}

/// rustls refuses to build a verifier from an empty list of authorities found on the machine, but
/// not from an empty list that is given; the latter trusts nobody.
fn without_authorities(
    timeouts: Timeouts,
    source: reqwest::Error,
) -> Result<reqwest::Client, Error> {
    let client = builder(timeouts)
        .tls_certs_only([])
        .build()
        .map_err(|source| Error::NoClient { source: Arc::new(source) })?;
    tracing::warn!(
        error = &source as &dyn std::error::Error,
        "no certificate authorities on this machine; https calls will fail until some are installed"
    );
    Ok(client)
}

fn install_crypto_provider() {
    if CryptoProvider::get_default().is_none() {
        // Fails only when another thread has just installed one, which serves as well.
        let _ = ring::default_provider().install_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Reply, Server};

    #[tokio::test]
    async fn a_machine_without_certificate_authorities_can_still_speak_http() {
        install_crypto_provider();
        let reason = builder(Timeouts::default())
            .build()
            .and_then(|client| client.get("no address").build())
            .expect_err("the address is no URL");
        let server = Server::start(|_| Reply::json("{}")).await;
        let client = without_authorities(Timeouts::default(), reason).unwrap();
        assert!(client.get(server.url()).send().await.is_ok());
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        let server = Server::start(|_| Reply::Redirect("/elsewhere")).await;
        let client = client(Timeouts::default()).unwrap();
        let reply = client.get(server.url()).send().await.unwrap();
        assert_eq!(reply.status().as_u16(), 302);
        assert_eq!(server.requests().len(), 1);
    }

    #[test]
    fn making_two_clients_in_one_process_is_no_problem() {
        assert!(client(Timeouts::default()).is_ok());
        assert!(client(Timeouts { connect_ms: 1, request_ms: 1 }).is_ok());
    }

    #[tokio::test]
    async fn the_time_of_the_host_is_read_from_an_answer_of_any_status() {
        let date = "date: Sun, 06 Nov 1994 08:49:37 GMT";
        let server = Server::start(move |_| Reply::Head(404, date)).await;
        let http = client(Timeouts::default()).unwrap();
        let base_url = format!("{}/", server.url());
        assert_eq!(server_time(&http, &base_url).await.unwrap(), Some(784_111_777_000));
        let request = server.requests().remove(0);
        assert_eq!((request.call.as_str(), request.query.as_str()), ("/", ""));
    }

    #[tokio::test]
    async fn a_host_without_a_readable_date_has_no_time_and_a_silent_one_is_an_error() {
        let http = client(Timeouts::default()).unwrap();
        for head in ["date: today", "x-other: 1"] {
            let server = Server::start(move |_| Reply::Head(200, head)).await;
            assert_eq!(server_time(&http, server.url()).await.unwrap(), None);
        }
        let server = Server::start(|_| Reply::Close).await;
        let error = server_time(&http, server.url()).await.unwrap_err();
        assert!(matches!(error, Error::Transport { call: "/", .. }), "{error:?}");
    }
}
