//! One app of one corp as seen by WeCom: its credentials, its token and its calls.
//!
//! A call takes the shared token, waits for its [`Budget`], and when WeCom refuses the token, a new
//! one is fetched and the call is repeated once. What else is repeated stands in `again`: reads
//! freely, writes hardly ever; whether a write has been done in spite of a lost answer is for the
//! caller to find out.

use std::{fmt, sync::Arc, time::Duration};

use ambient::Clock;
use bytes::Bytes;
use reqwest::{RequestBuilder, header};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    Budget, CallMetrics, Class, Error, again,
    call::{Call, GETTOKEN, Kind},
    codes, lenient, reply,
    token::{Fetched, Token, TokenCell},
    traffic::{Lane, Traffic, Turn, Turns},
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
    traffic: Arc<Traffic>,
    retry_base_ms: u64,
}

struct Shared {
    http: reqwest::Client,
    base_url: String,
    credentials: Credentials,
    clock: Clock,
    token: TokenCell,
    corp_ticket: TokenCell,
    agent_ticket: TokenCell,
    changes: Turns,
}

/// A whole upload may take this long, whatever the time-out of other calls is.
const UPLOAD_MS: u64 = 120_000;

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
        let shared = Shared {
            http,
            base_url,
            credentials,
            clock,
            token: TokenCell::default(),
            corp_ticket: TokenCell::default(),
            agent_ticket: TokenCell::default(),
            changes: Turns::default(),
        };
        let traffic = Arc::new(Traffic::new(Budget::default()));
        Self { shared: Arc::new(shared), traffic, retry_base_ms: 1_000 }
    }

    /// The same client with another pause before the first repetition of a call; each further
    /// pause is twice as long. Default 1000.
    pub fn with_retry_base_ms(mut self, retry_base_ms: u64) -> Self {
        self.retry_base_ms = retry_base_ms;
        self
    }

    /// The same client with another budget for each of its calls, and counters from 0.
    ///
    /// Clones made before keep the former budget for themselves.
    pub fn with_budget(mut self, budget: Budget) -> Self {
        self.traffic = Arc::new(Traffic::new(budget));
        self
    }

    /// What has been asked of each call so far, by this client and its clones; calls never made
    /// are absent.
    pub fn metrics(&self) -> Vec<CallMetrics> {
        self.traffic.metrics()
    }

    /// How long a write of `call` would be refused with [`Error::OverBudget`]; `None` when not.
    pub(crate) fn full_for_ms(&self, call: &Call) -> Option<u64> {
        self.traffic.full_for_ms(call, &self.shared.clock)
    }

    /// The right to change a customer, alone among all callers.
    pub(crate) async fn one_change_of(&self, external_userid: &str) -> Turn<'_> {
        self.shared.changes.take(external_userid).await
    }

    /// The ticket that signs for the corp, from `fetch` when there is none or it is about to
    /// expire.
    pub(crate) async fn corp_ticket(
        &self,
        fetch: impl AsyncFnOnce() -> Result<Fetched, Error>,
    ) -> Result<String, Error> {
        Ok(self.shared.corp_ticket.get(&self.shared.clock, fetch).await?.value)
    }

    /// The ticket that signs for the app, likewise.
    pub(crate) async fn agent_ticket(
        &self,
        fetch: impl AsyncFnOnce() -> Result<Fetched, Error>,
    ) -> Result<String, Error> {
        Ok(self.shared.agent_ticket.get(&self.shared.clock, fetch).await?.value)
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

    /// Posts `body`, which may be large, as `content_type`.
    pub(crate) async fn upload<T: DeserializeOwned>(
        &self,
        call: &Call,
        query: &[(&str, &str)],
        content_type: &str,
        body: Bytes,
    ) -> Result<T, Error> {
        self.run(call, |request| {
            let request = request.post().query(query).timeout(Duration::from_millis(UPLOAD_MS));
            request.header(header::CONTENT_TYPE, content_type).body(body.clone())
        })
        .await
    }

    async fn run<T: DeserializeOwned>(
        &self,
        call: &Call,
        build: impl Fn(Address<'_>) -> RequestBuilder,
    ) -> Result<T, Error> {
        let lane = self.traffic.lane(call);
        let outcome = self.run_in(&lane, call, build).await;
        if outcome.is_err() {
            lane.count_error();
        }
        outcome
    }

    async fn run_in<T: DeserializeOwned>(
        &self,
        lane: &Lane,
        call: &Call,
        build: impl Fn(Address<'_>) -> RequestBuilder,
    ) -> Result<T, Error> {
        let clock = &self.shared.clock;
        let mut n_repeated = 0;
        let mut token_was_refused = false;
        loop {
            // Before standing in line, so that callers in the line share the refusal of a secret.
            self.token().await?;
            if call.kind == Kind::Write
                && let Some(wait_ms) = lane.full_for_ms(clock)
            {
                return Err(Error::OverBudget { call: call.path, wait_ms });
            }
            let pass = lane.enter(clock).await;
            let token = self.token().await?;
            let request = build(Address { client: self, call });
            let outcome = answer(call, request.query(&[("access_token", &token.value)])).await;
            drop(pass);
            let error = match outcome {
                Ok(reply) => return Ok(reply),
                Err(error) => error.without(&token.value),
            };
            if error.errcode() == Some(codes::FREQUENCY_LIMIT) {
                tracing::warn!(wecom.call = call.path, %error, "called too often; pausing");
                lane.close(clock);
            }
            if error.class() == Class::Token && !token_was_refused {
                tracing::info!(wecom.call = call.path, %error, "token refused; fetching another");
                token_was_refused = true;
                self.shared.token.drop_refused(token.number);
            } else if let Some(pause_ms) = self.pause_ms(call, &error, n_repeated) {
                tokio::time::sleep(Duration::from_millis(pause_ms)).await;
                n_repeated += 1;
            } else {
                return Err(error);
            }
            lane.count_retry();
        }
    }

    async fn token(&self) -> Result<Token, Error> {
        self.shared.token.get(&self.shared.clock, async || self.fetch_token().await).await
    }

    async fn fetch_token(&self) -> Result<Fetched, Error> {
        let Credentials { corp_id, secret } = &self.shared.credentials;
        let lane = self.traffic.lane(&GETTOKEN);
        let mut n_repeated = 0;
        loop {
            let pass = lane.enter(&self.shared.clock).await;
            let request = Address { client: self, call: &GETTOKEN }.get();
            let request = request.query(&[("corpid", corp_id), ("corpsecret", secret)]);
            let outcome = answer::<TokenReply>(&GETTOKEN, request).await;
            drop(pass);
            let error = match outcome {
                Ok(TokenReply { access_token, expires_in }) => {
                    return Ok(Fetched { value: access_token, expires_in_s: expires_in });
                }
                Err(error) => error.without(secret),
            };
            let Some(pause_ms) = self.pause_ms(&GETTOKEN, &error, n_repeated) else {
                lane.count_error();
                return Err(error);
            };
            tokio::time::sleep(Duration::from_millis(pause_ms)).await;
            n_repeated += 1;
            lane.count_retry();
        }
    }

    /// How long to wait before `call` is made again after `error`; `None` when it is not.
    fn pause_ms(&self, call: &Call, error: &Error, n_repeated: u32) -> Option<u64> {
        match again::after(call, error, n_repeated)? {
            again::Wait::Pause => Some(self.retry_base_ms.saturating_mul(1 << n_repeated)),
            // The lane is closed until then.
            again::Wait::Window => Some(0),
        }
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

#[cfg(test)]
mod budget_tests;
#[cfg(test)]
mod tests;
