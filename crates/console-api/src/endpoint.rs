//! What a call is: one entry of the table, complete.

use std::{pin::Pin, sync::Arc};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use scrm::{
    Scrm,
    audit::Author,
    sop::Viewer,
    users::{Place, Right, Session, Visitor},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Options, Refusal, cookie::Jar};

/// A request that came, whoever sent it.
#[derive(Clone)]
pub struct Visit {
    /// The domain.
    pub scrm: Scrm,
    /// Where it came from.
    pub visitor: Visitor,
    /// What is to become of the cookie.
    pub cookie: Jar,
    /// How requests are taken.
    pub options: Arc<Options>,
}

/// Somebody who is signed in, wherever he works.
#[derive(Clone)]
pub struct SignedIn {
    /// His request.
    pub visit: Visit,
    /// Who he is.
    pub session: Session,
}

/// Somebody who is signed in, works for a company and has the right that the call needs.
#[derive(Clone)]
pub struct Caller {
    /// The domain.
    pub scrm: Scrm,
    /// Where he calls from.
    pub visitor: Visitor,
    /// Who he is.
    pub session: Session,
    /// Where he works, and whose data he sees.
    pub place: Place,
    /// How requests are taken.
    pub options: Arc<Options>,
}

impl Caller {
    /// For what depends on whose groups he sees.
    pub fn viewer(&self) -> Viewer {
        Viewer { user: self.session.user, scope: self.place.scope.clone() }
    }

    /// For the audit log.
    pub fn author(&self) -> Author {
        self.session.author(&self.visitor)
    }
}

/// Who may make a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Anybody.
    Nothing,
    /// Whoever is signed in, with a one-time password too.
    Session,
    /// Whoever has this right in the company he works for.
    Right(Right),
}

/// What people and programs read about a call.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// The path after `/console/api/`.
    pub path: &'static str,
    /// The title in Chinese.
    pub title_zh: &'static str,
    /// The title in English.
    pub title: &'static str,
}

/// An entry of the table.
pub struct Endpoint {
    /// Its description.
    pub about: About,
    /// Who may call it.
    pub needs: Needs,
    pub(crate) request_schema: fn(&mut SchemaGenerator) -> Schema,
    pub(crate) reply_schema: fn(&mut SchemaGenerator) -> Schema,
    run: Box<Run>,
}

type Run = dyn Fn(Visit, Option<Session>, &[u8]) -> Answer + Send + Sync;
type Answer = Pin<Box<dyn Future<Output = Result<Vec<u8>, Refusal>> + Send>>;

/// What a call's function is given: [`Visit`], [`SignedIn`] or [`Caller`].
pub(crate) trait Context: Sized + Send + 'static {
    fn of(visit: Visit, session: Option<Session>, needs: Needs) -> Result<Self, Refusal>;
}

impl Context for Visit {
    fn of(visit: Visit, _: Option<Session>, _: Needs) -> Result<Self, Refusal> {
        Ok(visit)
    }
}

impl Context for SignedIn {
    fn of(visit: Visit, session: Option<Session>, _: Needs) -> Result<Self, Refusal> {
        Ok(Self { visit, session: session.ok_or_else(Refusal::not_signed_in)? })
    }
}

impl Context for Caller {
    fn of(visit: Visit, session: Option<Session>, needs: Needs) -> Result<Self, Refusal> {
        let session = session.ok_or_else(Refusal::not_signed_in)?;
        if session.must_change_password {
            return Err(Refusal::password_must_change());
        }
        let place = session.place.clone().ok_or_else(Refusal::no_company)?;
        let may = matches!(needs, Needs::Right(right) if place.role.may(right));
        if !may {
            return Err(Refusal::no_right());
        }
        let Visit { scrm, visitor, options, .. } = visit;
        Ok(Self { scrm, visitor, session, place, options })
    }
}

impl Endpoint {
    /// A call of anybody.
    pub(crate) fn open<Req, Reply, Fut>(
        about: About,
        function: impl Fn(Visit, Req) -> Fut + Copy + Send + Sync + 'static,
    ) -> Self
    where
        Req: DeserializeOwned + JsonSchema + Send + 'static,
        Reply: Serialize + JsonSchema,
        Fut: Future<Output = Result<Reply, Refusal>> + Send + 'static,
    {
        Self::new(about, Needs::Nothing, function)
    }

    /// A call of whoever is signed in.
    pub(crate) fn signed_in<Req, Reply, Fut>(
        about: About,
        function: impl Fn(SignedIn, Req) -> Fut + Copy + Send + Sync + 'static,
    ) -> Self
    where
        Req: DeserializeOwned + JsonSchema + Send + 'static,
        Reply: Serialize + JsonSchema,
        Fut: Future<Output = Result<Reply, Refusal>> + Send + 'static,
    {
        Self::new(about, Needs::Session, function)
    }

    /// A call of whoever has a right.
    pub(crate) fn with_right<Req, Reply, Fut>(
        about: About,
        right: Right,
        function: impl Fn(Caller, Req) -> Fut + Copy + Send + Sync + 'static,
    ) -> Self
    where
        Req: DeserializeOwned + JsonSchema + Send + 'static,
        Reply: Serialize + JsonSchema,
        Fut: Future<Output = Result<Reply, Refusal>> + Send + 'static,
    {
        Self::new(about, Needs::Right(right), function)
    }

    fn new<C, Req, Reply, Fut>(
        about: About,
        needs: Needs,
        function: impl Fn(C, Req) -> Fut + Copy + Send + Sync + 'static,
    ) -> Self
    where
        C: Context,
        Req: DeserializeOwned + JsonSchema + Send + 'static,
        Reply: Serialize + JsonSchema,
        Fut: Future<Output = Result<Reply, Refusal>> + Send + 'static,
    {
        let run = move |visit: Visit, session: Option<Session>, body: &[u8]| -> Answer {
            // Who calls is checked before what he sends is looked at.
            let input =
                C::of(visit, session, needs).and_then(|who| Ok((who, read_request::<Req>(body)?)));
            Box::pin(async move {
                let (who, request) = input?;
                let reply = function(who, request).await?;
                Ok(serde_json::to_vec(&reply).expect("replies are plain data"))
            })
        };
        Self {
            about,
            needs,
            request_schema: SchemaGenerator::subschema_for::<Req>,
            reply_schema: SchemaGenerator::subschema_for::<Reply>,
            run: Box::new(run),
        }
    }

    /// Answers a call: the bytes of the data.
    pub(crate) async fn run(
        &self,
        visit: Visit,
        session: Option<Session>,
        body: &[u8],
    ) -> Result<Vec<u8>, Refusal> {
        (self.run)(visit, session, body).await
    }
}

/// A body as JSON; the refusal names the field.
pub(crate) fn read_request<Req: DeserializeOwned>(body: &[u8]) -> Result<Req, Refusal> {
    let body = if body.is_empty() { b"{}" } else { body };
    let mut json = serde_json::Deserializer::from_slice(body);
    let request = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        Refusal::bad_request(&error.path().to_string(), &error.inner().to_string())
    })?;
    json.end().map_err(|error| Refusal::bad_request(".", &error.to_string()))?;
    Ok(request)
}
