//! The connection with WeCom. Secrets go in and never come out.

use schemars::JsonSchema;
use scrm::{
    audit,
    callbacks::{self, ReceiverKeys, ReceiverKind},
    corps::{self, EditCorp, NewCorp},
    users::Right,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    About, Caller, Endpoint, Finding, Refusal, SignedIn,
    wire::{Nothing, Text},
};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let about = |path, title_zh, title| About { path, title_zh, title };
    let right = Right::ManageWeCom;
    vec![
        Endpoint::with_right(
            about("wecom/show", "企业微信连接", "the connection with WeCom"),
            right,
            show,
        ),
        Endpoint::with_right(
            about("wecom/edit", "修改企业微信连接", "change the connection"),
            right,
            edit,
        ),
        Endpoint::with_right(
            about("wecom/make-receiver", "生成回调密钥", "make keys of a callback address"),
            right,
            make_receiver,
        ),
        Endpoint::with_right(
            about("wecom/examine", "诊断", "what works, and what to do about the rest"),
            right,
            examine,
        ),
        Endpoint::signed_in(about("companies/add", "添加企业", "add a company"), add),
    ]
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Shown {
    wecom_corp_id: String,
    name: String,
    agent_id: i64,
    zone: String,
    has_contact_secret: bool,
    receivers: Vec<Receiver>,
    events: Vec<Events>,
    /// Where the staff's own pages are.
    staff_url: String,
    /// Their page for the tool bar of a group's chat.
    tool_bar_url: String,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Receiver {
    kind: KindName,
    /// Where WeCom is to send events.
    url: String,
    /// When its keys were stored; none = it has none.
    created_at_ms: Option<i64>,
    /// When WeCom verified the address last.
    verified_at_ms: Option<i64>,
}

/// Which address.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum KindName {
    /// The self-built app's.
    App,
    /// The contact-sync assistant's.
    Contacts,
}

impl From<KindName> for ReceiverKind {
    fn from(kind: KindName) -> Self {
        match kind {
            KindName::App => Self::App,
            KindName::Contacts => Self::Contacts,
        }
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Events {
    name: String,
    n_received: i64,
    last_at_ms: i64,
}

fn url(caller: &Caller, kind: ReceiverKind) -> String {
    reached_at(caller, &callbacks::path(&caller.place.corp.wecom_corp_id, kind))
}

/// A path of this server as others reach it.
fn reached_at(caller: &Caller, path: &str) -> String {
    format!("{}{path}", caller.scrm.rules.public_url.trim_end_matches('/'))
}

async fn show(caller: Caller, _: Nothing) -> Result<Shown, Refusal> {
    let corp = &caller.place.corp;
    let mut reader = caller.scrm.db.reader().await.map_err(scrm::Error::from)?;
    let stored = callbacks::receivers(&mut reader, corp.id).await?;
    let receivers = [KindName::App, KindName::Contacts].map(|name| {
        let kind = ReceiverKind::from(name);
        let found = stored.iter().find(|status| status.kind == kind);
        Receiver {
            kind: name,
            url: url(&caller, kind),
            created_at_ms: found.map(|status| status.created_at_ms),
            verified_at_ms: found.and_then(|status| status.verified_at_ms),
        }
    });
    let events = callbacks::counts(&mut reader, corp.id).await?.into_iter().map(|count| Events {
        name: count.name,
        n_received: count.n_received,
        last_at_ms: count.last_received_at_ms,
    });
    Ok(Shown {
        has_contact_secret: corps::has_contact_secret(&mut reader, corp.id).await?,
        wecom_corp_id: corp.wecom_corp_id.clone(),
        name: corp.name.clone(),
        agent_id: corp.agent_id,
        zone: corp.zone.name().to_owned(),
        receivers: receivers.into(),
        events: events.collect(),
        staff_url: reached_at(&caller, "/h5/"),
        tool_bar_url: reached_at(&caller, "/h5/group"),
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Edit {
    name: Text<64>,
    agent_id: i64,
    zone: Text<64>,
    /// None or empty = as it is. Likewise the next.
    app_secret: Option<Text<256>>,
    contact_secret: Option<Text<256>>,
}

async fn edit(caller: Caller, request: Edit) -> Result<Nothing, Refusal> {
    let given = |secret: Option<Text<256>>| secret.map(|it| it.0).filter(|it| !it.is_empty());
    let edited = EditCorp {
        name: request.name.0,
        agent_id: request.agent_id,
        zone: request.zone.0,
        wecom_secret: given(request.app_secret),
        contact_secret: given(request.contact_secret),
    };
    corps::edit(&caller.scrm, caller.place.corp.id, &edited, &caller.author()).await?;
    Ok(Nothing {})
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MakeReceiver {
    kind: KindName,
}

/// Shown once, to be entered in WeCom's console.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Keys {
    url: String,
    token: String,
    encoding_aes_key: String,
}

async fn make_receiver(caller: Caller, request: MakeReceiver) -> Result<Keys, Refusal> {
    let (scrm, corp) = (&caller.scrm, caller.place.corp.id);
    let kind = ReceiverKind::from(request.kind);
    let keys = ReceiverKeys::generate(&scrm.random);
    callbacks::put_receiver(scrm, corp, kind, &keys).await?;
    audit::note(scrm, corp, &caller.author(), "make_receiver", kind.name(), &json!({})).await?;
    let ReceiverKeys { token, encoding_aes_key } = keys;
    Ok(Keys { url: url(&caller, kind), token, encoding_aes_key })
}

#[derive(Serialize, JsonSchema)]
struct Findings {
    rows: Vec<Finding>,
}

async fn examine(caller: Caller, _: Nothing) -> Result<Findings, Refusal> {
    let Some(doctor) = &caller.options.doctor else {
        return Err(scrm::Error::Conflict("this server has no doctor".to_owned()).into());
    };
    let found = (doctor.0)(caller.place.corp.clone()).await;
    Ok(Findings { rows: found.map_err(Refusal::failed)? })
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Add {
    /// ww… or wx….
    wecom_corp_id: Text<64>,
    #[serde(default)]
    name: Text<64>,
    agent_id: i64,
    app_secret: Text<256>,
}

async fn add(who: SignedIn, request: Add) -> Result<Nothing, Refusal> {
    let SignedIn { visit, session } = who;
    if session.must_change_password {
        return Err(Refusal::password_must_change());
    }
    if !session.is_site_admin {
        return Err(Refusal::no_right());
    }
    let scrm = &visit.scrm;
    let mut reader = scrm.db.reader().await.map_err(scrm::Error::from)?;
    let known = corps::find(&mut reader, &request.wecom_corp_id.0).await?;
    drop(reader);
    if known.is_some() {
        let what = "this company is there; change its connection instead".to_owned();
        return Err(scrm::Error::Conflict(what).into());
    }
    let new = NewCorp {
        wecom_corp_id: request.wecom_corp_id.0,
        name: request.name.0,
        agent_id: request.agent_id,
        wecom_secret: request.app_secret.0,
        zone: String::new(),
    };
    let corp = corps::put(scrm, &new).await?;
    let author = session.author(&visit.visitor);
    let subject = &new.wecom_corp_id;
    audit::note(scrm, corp, &author, "add_company", subject, &json!({})).await?;
    Ok(Nothing {})
}
