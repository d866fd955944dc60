//! One app of one corp as seen by WeCom: its credentials, its token and its calls.
//!
//! A call takes the shared token, and when WeCom refuses the token, a new one is fetched and the
//! call is repeated once. A busy WeCom (-1) is asked again only for calls that read; whether a
//! write has been done in spite of -1 is for the caller to find out. Nothing else is repeated here.

use std::{fmt, sync::Arc, time::Duration};

use ambient::Clock;
use reqwest::{RequestBuilder, header};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    Class, Error,
    call::{Call, GETTOKEN, Kind},
    codes, lenient, reply,
    token::{Fetched, Token, TokenCell},
};

/// What WeCom knows the app by.
#[derive(Clone)]
pub struct Credentials {
    /// The corp's id, `ww…`.
    pub corp_id: String,
    /// The secret of the self-built app.
    pub secret: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Credentials")
            .field("corp_id", &self.corp_id)
            .field("secret", &"***")
            .finish()
    }
}

/// Makes the calls of one app; clones share the token.
///
/// Make one per app secret and keep it: two of them fetch two tokens.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    retry_base_ms: u64,
}

struct Shared {
    http: reqwest::Client,
    base_url: String,
    credentials: Credentials,
    clock: Clock,
    token: TokenCell,
}

/// A busy WeCom is asked again this often, as its documentation advises. [D90313]
const MAX_BUSY_RETRIES: u32 = 3;

impl Client {
    /// A client for the API at `base_url`, which is `https://qyapi.weixin.qq.com` for WeCom itself.
    ///
    /// Makes no call; a wrong address or wrong credentials show in the first one. `http` should
    /// come from [`crate::http::client`], and `clock` decides when the token is renewed.
    pub fn new(
        http: reqwest::Client,
        base_url: &str,
        credentials: Credentials,
        clock: Clock,
    ) -> Self {
        let base_url = base_url.trim_end_matches('/').to_owned();
        let shared = Shared { http, base_url, credentials, clock, token: TokenCell::default() };
        Self { shared: Arc::new(shared), retry_base_ms: 1_000 }
    }

    /// The same client with another pause before the first repetition of a read that found WeCom
    /// busy; each further pause is twice as long. Default 1000.
    pub fn with_retry_base_ms(mut self, retry_base_ms: u64) -> Self {
        self.retry_base_ms = retry_base_ms;
        self
    }

    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        call: &Call,
        query: &[(&str, String)],
    ) -> Result<T, Error> {
        self.run(call, |request| request.get().query(query)).await
    }

    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        call: &Call,
        body: &impl Serialize,
    ) -> Result<T, Error> {
        let body = serde_json::to_string(body).expect("requests are plain text, numbers and lists");
        self.post_text(call, &body).await
    }

    /// Posts `body`, which must be JSON, byte for byte.
    pub(crate) async fn post_text<T: DeserializeOwned>(
        &self,
        call: &Call,
        body: &str,
    ) -> Result<T, Error> {
        self.run(call, |request| {
            request.post().header(header::CONTENT_TYPE, "application/json").body(body.to_owned())
        })
        .await
    }

    async fn run<T: DeserializeOwned>(
        &self,
        call: &Call,
        build: impl Fn(Address<'_>) -> RequestBuilder,
    ) -> Result<T, Error> {
        let mut n_busy = 0;
        let mut token_was_refused = false;
        loop {
            let token = self.token().await?;
            let address = Address { client: self, call };
            let request = build(address).query(&[("access_token", &token.value)]);
            let error = match answer(call, request).await {
                Ok(reply) => return Ok(reply),
                Err(error) => error.without(&token.value),
            };
            if error.class() == Class::Token && !token_was_refused {
                tracing::info!(wecom.call = call.path, %error, "token refused; fetching another");
                token_was_refused = true;
                self.shared.token.drop_refused(token.number);
            } else if call.kind == Kind::Read && is_busy(&error) && n_busy < MAX_BUSY_RETRIES {
                tokio::time::sleep(self.pause(n_busy)).await;
                n_busy += 1;
            } else {
                return Err(error);
            }
        }
    }

    async fn token(&self) -> Result<Token, Error> {
        self.shared.token.get(&self.shared.clock, async || self.fetch_token().await).await
    }

    async fn fetch_token(&self) -> Result<Fetched, Error> {
        let Credentials { corp_id, secret } = &self.shared.credentials;
        let mut n_busy = 0;
        loop {
            let address = Address { client: self, call: &GETTOKEN };
            let request = address.get().query(&[("corpid", corp_id), ("corpsecret", secret)]);
            match answer::<TokenReply>(&GETTOKEN, request).await {
                Ok(reply) => {
                    let TokenReply { access_token, expires_in } = reply;
                    return Ok(Fetched { value: access_token, expires_in_s: expires_in });
                }
                Err(error) if is_busy(&error) && n_busy < MAX_BUSY_RETRIES => {
                    tokio::time::sleep(self.pause(n_busy)).await;
                    n_busy += 1;
                }
                Err(error) => return Err(error.without(secret)),
            }
        }
    }

    fn pause(&self, n_busy: u32) -> Duration {
        Duration::from_millis(self.retry_base_ms.saturating_mul(1 << n_busy))
    }
}

#[derive(Deserialize)]
pub(crate) struct TokenReply {
    #[serde(deserialize_with = "lenient::key")]
    access_token: String,
    #[serde(deserialize_with = "lenient::int")]
    expires_in: i64,
}

/// Where a request goes, before its method is known.
struct Address<'a> {
    client: &'a Client,
    call: &'a Call,
}

impl Address<'_> {
    fn get(&self) -> RequestBuilder {
        self.client.shared.http.get(self.url())
    }

    fn post(&self) -> RequestBuilder {
        self.client.shared.http.post(self.url())
    }

    fn url(&self) -> String {
        format!("{}/cgi-bin/{}", self.client.shared.base_url, self.call.path)
    }
}

async fn answer<T: DeserializeOwned>(call: &Call, request: RequestBuilder) -> Result<T, Error> {
    let response = request.send().await.map_err(|error| Error::transport(call, error))?;
    let status = response.status();
    let body = response.bytes().await.map_err(|error| Error::transport(call, error))?;
    reply::read(call, status, &body)
}

fn is_busy(error: &Error) -> bool {
    error.errcode() == Some(codes::SYSTEM_BUSY)
}

#[cfg(test)]
mod tests;
