//! Apps of the open API.

use ipnet::IpNet;
use schemars::JsonSchema;
use scrm::{
    StaffId,
    apps::{self, App, EditApp, NewApp},
    users::Right,
};
use serde::{Deserialize, Serialize};

use crate::{
    About, Caller, Endpoint, Refusal,
    wire::{Id, Nothing, Text},
};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let about = |path, title_zh, title| About { path, title_zh, title };
    let right = Right::ManageApps;
    vec![
        Endpoint::with_right(about("apps/list", "开放接口应用", "list apps"), right, list),
        Endpoint::with_right(about("apps/create", "新建应用", "make an app"), right, create),
        Endpoint::with_right(about("apps/edit", "修改应用", "change an app"), right, edit),
        Endpoint::with_right(
            about("apps/rotate", "更换密钥", "give an app a new key"),
            right,
            rotate,
        ),
    ]
}

#[derive(Serialize, JsonSchema)]
struct Apps {
    /// Oldest first.
    rows: Vec<Listed>,
    /// All scopes that there are.
    scopes: Vec<&'static str>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Listed {
    app_id: String,
    name: String,
    is_enabled: bool,
    /// None = all.
    scopes: Vec<String>,
    /// Networks it may call from; none = any.
    addresses: Vec<String>,
    acting_staff_id: Option<Id>,
}

impl From<App> for Listed {
    fn from(app: App) -> Self {
        Self {
            addresses: app.ip_allow_list.iter().map(IpNet::to_string).collect(),
            acting_staff_id: app.acting_staff.map(|staff| Id(staff.0)),
            app_id: app.app_id,
            name: app.name,
            is_enabled: app.is_enabled,
            scopes: app.scopes,
        }
    }
}

async fn list(caller: Caller, _: Nothing) -> Result<Apps, Refusal> {
    let apps = apps::list(&caller.scrm, caller.place.corp.id).await?;
    Ok(Apps {
        rows: apps.into_iter().map(Listed::from).collect(),
        scopes: openapi::scopes().into_iter().collect(),
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Create {
    /// What follows the underscore of the appId: 1 to 32 ASCII letters, digits and dashes.
    suffix: Text<32>,
    #[serde(default)]
    name: Text<64>,
    /// None = all.
    #[serde(default)]
    scopes: Vec<String>,
    /// Addresses and networks such as 192.0.2.0/24; none = any.
    #[serde(default)]
    addresses: Vec<String>,
    acting_staff_id: Option<Id>,
}

fn networks(addresses: &[String]) -> Result<Vec<IpNet>, Refusal> {
    let network = |(place, text): (usize, &String)| {
        let text = text.trim();
        let single = || text.parse().ok().map(|address: std::net::IpAddr| IpNet::from(address));
        text.parse().ok().or_else(single).ok_or_else(|| {
            let path = format!("addresses[{place}]");
            Refusal::bad_request(&path, &format!("{text:?} is no address and no network"))
        })
    };
    addresses.iter().enumerate().map(network).collect()
}

fn scopes(scopes: Vec<String>) -> Result<Vec<String>, Refusal> {
    let known = openapi::scopes();
    match scopes.iter().position(|scope| !known.contains(scope.as_str())) {
        Some(place) => {
            let why = format!("{:?} is no scope", scopes[place]);
            Err(Refusal::bad_request(&format!("scopes[{place}]"), &why))
        }
        None => Ok(scopes),
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Key {
    app_id: String,
    /// Shown once.
    app_key: String,
}

async fn create(caller: Caller, request: Create) -> Result<Key, Refusal> {
    let new = NewApp {
        suffix: request.suffix.0,
        name: request.name.0.trim().to_owned(),
        ip_allow_list: networks(&request.addresses)?,
        scopes: scopes(request.scopes)?,
        acting_staff: request.acting_staff_id.map(|Id(id)| StaffId(id)),
    };
    let corp = caller.place.corp.id;
    let app = apps::create_by(&caller.scrm, corp, new, &caller.author()).await?;
    Ok(Key { app_key: app.key.reveal().to_owned(), app_id: app.app_id })
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Edit {
    app_id: Text<128>,
    name: Text<64>,
    is_enabled: bool,
    scopes: Vec<String>,
    addresses: Vec<String>,
    acting_staff_id: Option<Id>,
}

async fn edit(caller: Caller, request: Edit) -> Result<Nothing, Refusal> {
    let edited = EditApp {
        name: request.name.0,
        ip_allow_list: networks(&request.addresses)?,
        scopes: scopes(request.scopes)?,
        acting_staff: request.acting_staff_id.map(|Id(id)| StaffId(id)),
        is_enabled: request.is_enabled,
    };
    let (corp, author) = (caller.place.corp.id, caller.author());
    apps::edit(&caller.scrm, corp, &request.app_id.0, &edited, &author).await?;
    Ok(Nothing {})
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OneApp {
    app_id: Text<128>,
}

async fn rotate(caller: Caller, request: OneApp) -> Result<Key, Refusal> {
    let (corp, author) = (caller.place.corp.id, caller.author());
    let key = apps::rotate_by(&caller.scrm, corp, &request.app_id.0, &author).await?;
    Ok(Key { app_id: request.app_id.0, app_key: key.reveal().to_owned() })
}
