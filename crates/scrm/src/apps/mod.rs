//! API apps: programs of other systems that call the open API.
//!
//! An appId reads `<WeCom corpid>_<suffix>` (pushes need that form). The appKey is encrypted at rest and
//! shown once, when it is made. An app may be limited to addresses and scopes; empty lists mean no limit.

mod call_log;
pub mod calls;
mod edit;
pub(crate) mod sql;
#[cfg(test)]
mod tests;

use ipnet::IpNet;
use store::params;

use crate::{
    CorpId, Error, Scrm, StaffId,
    corps::{self, Corp},
    counters,
};

pub use call_log::{CallLog, write_calls};
pub use edit::{EditApp, create_by, edit, rotate_by};

/// An API app, its key decrypted.
#[derive(Debug, Clone)]
pub struct App {
    /// The company it works for.
    pub corp: CorpId,
    /// Its number in the company.
    pub number: i64,
    /// Its public id.
    pub app_id: String,
    /// What people call it.
    pub name: String,
    /// Its secret.
    pub key: AppKey,
    /// Calls of a disabled app are refused.
    pub is_enabled: bool,
    /// Networks it may call from; empty = any.
    pub ip_allow_list: Vec<IpNet>,
    /// Scopes it has been granted; empty = all.
    pub scopes: Vec<String>,
    /// The member of staff it acts for, recorded as creator.
    pub acting_staff: Option<StaffId>,
}

/// The secret with which an app signs: 32 hex digits when made here.
#[derive(Clone, PartialEq, Eq)]
pub struct AppKey(String);

impl AppKey {
    /// The key itself, for checking a sign or showing it once.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for AppKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AppKey(…)")
    }
}

/// What a new app is to be.
#[derive(Debug, Clone, Default)]
pub struct NewApp {
    /// What follows the underscore of the appId: 1–32 ASCII letters, digits and dashes.
    pub suffix: String,
    /// What people call it; the suffix when empty.
    pub name: String,
    /// Networks it may call from; empty = any.
    pub ip_allow_list: Vec<IpNet>,
    /// Scopes; empty = all.
    pub scopes: Vec<String>,
    /// The member of staff it acts for.
    pub acting_staff: Option<StaffId>,
}

/// Makes an app. [`Error::Conflict`] when the appId is taken, [`Error::NotFound`] for an unknown member.
pub async fn create(scrm: &Scrm, corp: CorpId, new: NewApp) -> Result<App, Error> {
    let mut tx = scrm.db.begin().await?;
    let app = create_in(&mut tx, scrm, corp, new).await?;
    tx.commit().await?;
    Ok(app)
}

async fn create_in(
    tx: &mut store::Tx,
    scrm: &Scrm,
    corp: CorpId,
    new: NewApp,
) -> Result<App, Error> {
    let is_valid = (1..=32).contains(&new.suffix.len())
        && new.suffix.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !is_valid {
        return Err(Error::Invalid(format!(
            "the suffix of an appId is 1 to 32 ASCII letters, digits and dashes, not {:?}",
            new.suffix
        )));
    }
    check_scopes(&new.scopes)?;
    let company = corps::get(tx, corp).await?;
    check_acting(tx, corp, new.acting_staff).await?;
    let app_id = format!("{}_{}", company.wecom_corp_id, new.suffix);
    let key = new_key(scrm);
    let name = if new.name.is_empty() { &new.suffix } else { &new.name };
    let app_no = counters::take(tx, corp, counters::INTERNAL, 1).await?;
    let stored = scrm.master_key.encrypt(key.reveal(), &owner(&app_id), &scrm.random);
    let networks = networks_text(&new.ip_allow_list);
    let scopes = new.scopes.join(" ");
    let acting = new.acting_staff.map_or(0, |staff| staff.0);
    let now_ms = scrm.clock.now_ms();
    let values =
        params![corp, app_no, &app_id, name, &stored, true, &networks, &scopes, acting, now_ms];
    match tx.execute_rows(&sql::ADD, &values).await {
        Err(store::Error::UniqueViolation { .. }) => {
            return Err(Error::Conflict(format!("there is an app {app_id} already")));
        }
        other => other?,
    };
    Ok(App {
        corp,
        number: app_no,
        app_id,
        name: name.clone(),
        key,
        is_enabled: true,
        ip_allow_list: new.ip_allow_list,
        scopes: new.scopes,
        acting_staff: new.acting_staff,
    })
}

fn check_scopes(scopes: &[String]) -> Result<(), Error> {
    match scopes.iter().find(|s| s.is_empty() || s.contains(char::is_whitespace)) {
        Some(scope) => Err(Error::Invalid(format!("{scope:?} is not a scope"))),
        None => Ok(()),
    }
}

async fn check_acting(
    tx: &mut store::Tx,
    corp: CorpId,
    acting: Option<StaffId>,
) -> Result<(), Error> {
    if let Some(staff) = acting
        && crate::org::staff_by_ids(tx, corp, &[staff]).await?.is_empty()
    {
        return Err(Error::NotFound(format!("there is no member of staff {staff}")));
    }
    Ok(())
}

/// The app with this appId, if there is one.
pub async fn find(scrm: &Scrm, app_id: &str) -> Result<Option<App>, Error> {
    Ok(find_with_corp(scrm, app_id).await?.map(|(app, _)| app))
}

/// The app with this appId and its company, if there is one. [`Error::NotFound`] for an app whose company is lost.
pub async fn find_with_corp(scrm: &Scrm, app_id: &str) -> Result<Option<(App, Corp)>, Error> {
    let mut reader = scrm.db.reader().await?;
    let row = reader.query_opt(&sql::FIND, &params![app_id], sql::AppRow::read).await?;
    let Some(row) = row else { return Ok(None) };
    let corp = corps::get(&mut reader, row.corp).await?;
    drop(reader);
    Ok(Some((decrypted(scrm, row)?, corp)))
}

/// All apps of a company, oldest first.
pub async fn list(scrm: &Scrm, corp: CorpId) -> Result<Vec<App>, Error> {
    let mut reader = scrm.db.reader().await?;
    let rows = reader.query(&sql::LIST, &params![corp], sql::AppRow::read).await?;
    drop(reader);
    rows.into_iter().map(|row| decrypted(scrm, row)).collect()
}

/// Gives an app a new key; the old one stops working at once. [`Error::NotFound`] for an unknown appId.
pub async fn rotate(scrm: &Scrm, app_id: &str) -> Result<AppKey, Error> {
    let key = new_key(scrm);
    let stored = scrm.master_key.encrypt(key.reveal(), &owner(app_id), &scrm.random);
    change(scrm, app_id, &sql::SET_KEY, &stored).await?;
    Ok(key)
}

/// Lets an app call, or stops it. [`Error::NotFound`] for an unknown appId.
pub async fn set_enabled(scrm: &Scrm, app_id: &str, is_enabled: bool) -> Result<(), Error> {
    change(scrm, app_id, &sql::SET_ENABLED, is_enabled).await
}

async fn change<'a>(
    scrm: &Scrm,
    app_id: &str,
    statement: &'static store::Statement,
    value: impl Into<store::Value<'a>>,
) -> Result<(), Error> {
    let mut tx = scrm.db.begin().await?;
    if tx.execute(statement, &[store::Value::from(app_id), value.into()]).await? == 0 {
        return Err(Error::NotFound(format!("there is no app {app_id}")));
    }
    Ok(tx.commit().await?)
}

fn decrypted(scrm: &Scrm, row: sql::AppRow) -> Result<App, Error> {
    let key = AppKey(scrm.master_key.decrypt(&row.app_key, &owner(&row.app_id))?);
    let ip_allow_list = row
        .ip_allow_list
        .split_whitespace()
        .map(|text| {
            text.parse().map_err(|_: ipnet::AddrParseError| {
                Error::Damaged(format!("a network of app {}", row.app_id))
            })
        })
        .collect::<Result<_, _>>()?;
    Ok(App {
        corp: row.corp,
        number: row.app_no,
        app_id: row.app_id,
        name: row.name,
        key,
        is_enabled: row.is_enabled,
        ip_allow_list,
        scopes: row.scopes.split_whitespace().map(str::to_owned).collect(),
        acting_staff: (row.acting_staff_id != 0).then_some(StaffId(row.acting_staff_id)),
    })
}

fn new_key(scrm: &Scrm) -> AppKey {
    AppKey(hex::encode(scrm.random.bytes::<16>()))
}

fn owner(app_id: &str) -> String {
    format!("the key of app {app_id}")
}

fn networks_text(networks: &[IpNet]) -> String {
    networks.iter().map(IpNet::to_string).collect::<Vec<_>>().join(" ")
}
