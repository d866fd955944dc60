//! What an endpoint is: one entry of the table, complete.

use std::pin::Pin;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use scrm::{
    Scrm,
    apps::App,
    corps::Corp,
    once::{self, Once},
    sop::Actor,
};
use serde::Serialize;

use crate::{
    Refusal, envelope,
    wire::{Optional, Request, Text},
};

/// An authenticated caller and what it may reach: everything an endpoint does is done for this company.
#[derive(Clone)]
pub struct Caller {
    /// The domain.
    pub scrm: Scrm,
    /// The app that signed.
    pub app: App,
    /// The app's company.
    pub corp: Corp,
    /// SHA-256 of the body, by which a repeated call is known.
    pub body_digest: [u8; 32],
}

impl Caller {
    /// Who acts, for what is noted of acts.
    pub(crate) fn actor(&self) -> Actor {
        Actor::App(self.app.number)
    }

    /// A call that is to be carried out once, when the caller gave a key for it.
    pub(crate) fn once(&self, call: &'static str, key: Optional<IdempotencyKey>) -> Option<Once> {
        let Text(key) = key.0?;
        Some(Once { app_no: self.app.number, call, key, digest: self.body_digest })
    }

    /// The answer to a call that was carried out before. To be asked before anything is checked or fetched:
    /// what the call names may be gone by now.
    pub(crate) async fn answer_before(
        &self,
        once: Option<&Once>,
    ) -> Result<Option<String>, Refusal> {
        let Some(once) = once else { return Ok(None) };
        let made = once::made_before(&self.scrm, self.corp.id, once).await?;
        Ok(made.map(|id| id.to_string()))
    }
}

/// The caller's key for a call that may be repeated.
pub(crate) type IdempotencyKey = Text<1, 128>;

/// What people and programs read about an endpoint.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// The path, beginning with `/api/v3/`; it is served under `/apiServer` too.
    pub path: &'static str,
    /// The contract's title.
    pub title_zh: &'static str,
    /// The title in English.
    pub title: &'static str,
    /// What it does, in a few plain sentences.
    pub about: &'static str,
    /// Where it stands in the documentation.
    pub section: Section,
    /// What an app must have been granted.
    pub scope: &'static str,
    /// Who defined it.
    pub origin: Origin,
    /// A request that is accepted as it stands, where what it names exists.
    pub request_example: &'static str,
}

/// A section of the documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section {
    /// Its title in the contract.
    pub title_zh: &'static str,
    /// The title in English.
    pub title: &'static str,
}

/// Who defined an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The contract: path and members are fixed.
    Contract,
    /// We, in the contract's style.
    Ours,
}

/// An entry of the table.
pub struct Endpoint {
    /// Its description.
    pub about: About,
    pub(crate) request_schema: fn(&mut SchemaGenerator) -> Schema,
    pub(crate) reply_schema: fn(&mut SchemaGenerator) -> Schema,
    pub(crate) reply_example: Box<dyn Fn() -> Result<Vec<u8>, Refusal> + Send + Sync>,
    /// The largest body where it differs from that of other calls.
    pub(crate) max_body_bytes: Option<usize>,
    run: Box<Run>,
}

type Run = dyn for<'a> Fn(&'a Caller, &'a [u8]) -> Answer<'a> + Send + Sync;
type Answer<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, Refusal>> + Send + 'a>>;

impl Endpoint {
    /// An entry. The example is a reply's data as `function` gives it, written by the same types.
    pub(crate) fn new<Req, Reply, F>(about: About, function: F, example: fn() -> Reply) -> Self
    where
        Req: Request + 'static,
        Reply: Serialize + JsonSchema + Send + Sync + 'static,
        F: for<'a> Function<'a, Req, Reply> + Copy + Send + Sync + 'static,
    {
        Self {
            about,
            max_body_bytes: None,
            request_schema: SchemaGenerator::subschema_for::<Req>,
            reply_schema: SchemaGenerator::subschema_for::<Reply>,
            reply_example: Box::new(move || envelope::success(&example())),
            run: Box::new(move |caller, body| {
                Box::pin(async move {
                    let request = Req::from_body(body)?;
                    let reply = function.call(caller, request).await?;
                    envelope::success(&reply)
                })
            }),
        }
    }

    /// The same with another limit of the body, for calls that carry files.
    pub(crate) fn with_max_body_bytes(mut self, max_body_bytes: usize) -> Self {
        self.max_body_bytes = Some(max_body_bytes);
        self
    }

    /// Answers a call: the bytes of the whole reply.
    pub(crate) async fn run(&self, caller: &Caller, body: &[u8]) -> Result<Vec<u8>, Refusal> {
        (self.run)(caller, body).await
    }
}

/// An `async fn(&Caller, Req) -> Result<Reply, Refusal>` whose future may move between threads. A trait
/// of our own, because the language cannot yet bound the future of an `AsyncFn`.
pub(crate) trait Function<'a, Req, Reply> {
    /// Calls it.
    fn call(
        self,
        caller: &'a Caller,
        request: Req,
    ) -> impl Future<Output = Result<Reply, Refusal>> + Send + 'a;
}

impl<'a, F, Fut, Req, Reply> Function<'a, Req, Reply> for F
where
    F: Fn(&'a Caller, Req) -> Fut,
    Fut: Future<Output = Result<Reply, Refusal>> + Send + 'a,
{
    fn call(
        self,
        caller: &'a Caller,
        request: Req,
    ) -> impl Future<Output = Result<Reply, Refusal>> + Send + 'a {
        self(caller, request)
    }
}
