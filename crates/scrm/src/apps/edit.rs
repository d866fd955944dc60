//! Apps made and changed by people, which the audit log notes.

use ipnet::IpNet;
use serde_json::json;
use store::params;

use super::{App, AppKey, NewApp, check_acting, check_scopes, networks_text, new_key, owner, sql};
use crate::{
    CorpId, Error, Scrm, StaffId,
    audit::{self, Author},
};

/// A change of an app.
#[derive(Debug, Clone)]
pub struct EditApp {
    /// What people call it.
    pub name: String,
    /// Networks it may call from; empty = any.
    pub ip_allow_list: Vec<IpNet>,
    /// Scopes; empty = all.
    pub scopes: Vec<String>,
    /// The member of staff it acts for.
    pub acting_staff: Option<StaffId>,
    /// Calls of a disabled app are refused.
    pub is_enabled: bool,
}

/// [`super::create`] by somebody.
pub async fn create_by(
    scrm: &Scrm,
    corp: CorpId,
    new: NewApp,
    author: &Author,
) -> Result<App, Error> {
    let mut tx = scrm.db.begin().await?;
    let app = super::create_in(&mut tx, scrm, corp, new).await?;
    let detail = json!({"scopes": app.scopes, "networks": networks_text(&app.ip_allow_list)});
    audit::record(&mut tx, scrm, Some(corp), author, "create_app", &app.app_id, &detail).await?;
    tx.commit().await?;
    Ok(app)
}

/// Changes an app. [`Error::NotFound`] for one of another company.
pub async fn edit(
    scrm: &Scrm,
    corp: CorpId,
    app_id: &str,
    edited: &EditApp,
    author: &Author,
) -> Result<(), Error> {
    check_scopes(&edited.scopes)?;
    let name = edited.name.trim();
    if name.is_empty() {
        return Err(Error::Invalid("the name is empty".to_owned()));
    }
    let mut tx = scrm.db.begin().await?;
    check_acting(&mut tx, corp, edited.acting_staff).await?;
    let (networks, scopes) = (networks_text(&edited.ip_allow_list), edited.scopes.join(" "));
    let acting = edited.acting_staff.map_or(0, |staff| staff.0);
    let values = params![corp, app_id, name, &networks, &scopes, acting, edited.is_enabled];
    if tx.execute(&sql::EDIT, &values).await? == 0 {
        return Err(unknown(app_id));
    }
    let detail =
        json!({"scopes": edited.scopes, "networks": networks, "enabled": edited.is_enabled});
    audit::record(&mut tx, scrm, Some(corp), author, "edit_app", app_id, &detail).await?;
    Ok(tx.commit().await?)
}

/// [`super::rotate`] by somebody, of an app of his company.
pub async fn rotate_by(
    scrm: &Scrm,
    corp: CorpId,
    app_id: &str,
    author: &Author,
) -> Result<AppKey, Error> {
    let key = new_key(scrm);
    let stored = scrm.master_key.encrypt(key.reveal(), &owner(app_id), &scrm.random);
    let mut tx = scrm.db.begin().await?;
    if tx.execute(&sql::SET_KEY_IN, &params![corp, app_id, &stored]).await? == 0 {
        return Err(unknown(app_id));
    }
    audit::record(&mut tx, scrm, Some(corp), author, "rotate_app", app_id, &json!({})).await?;
    tx.commit().await?;
    Ok(key)
}

fn unknown(app_id: &str) -> Error {
    Error::NotFound(format!("there is no app {app_id}"))
}
