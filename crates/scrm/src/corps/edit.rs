//! Changing a company's connection with WeCom, by people.

use serde_json::json;
use store::{Session, params};

use super::{SecretOf, get, sql};
use crate::{
    CorpId, Error, Scrm, Zone,
    audit::{self, Author},
    text,
};

/// What a company's connection with WeCom is to be.
#[derive(Clone)]
pub struct EditCorp {
    /// What people call it, 1 to 64 characters.
    pub name: String,
    /// The self-built app's agent id.
    pub agent_id: i64,
    /// An IANA zone name.
    pub zone: String,
    /// Another secret of the app; nothing = as it is.
    pub wecom_secret: Option<String>,
    /// Another secret of the contact-sync assistant; nothing = as it is.
    pub contact_secret: Option<String>,
}

/// Changes a company's connection with WeCom; the audit log names what was changed, and no secret.
pub async fn edit(
    scrm: &Scrm,
    corp: CorpId,
    edit: &EditCorp,
    author: &Author,
) -> Result<(), Error> {
    let EditCorp { name, agent_id, zone, wecom_secret, contact_secret } = edit;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 64 || !text::is_storable(name) {
        return Err(Error::Invalid("a name has 1 to 64 characters".to_owned()));
    }
    if Zone::parse(zone).is_none() {
        return Err(Error::Invalid(format!("{zone:?} is not a time zone (as Asia/Shanghai is)")));
    }
    for secret in [wecom_secret, contact_secret].into_iter().flatten() {
        if secret.is_empty() || !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
            let what = "a secret is a text of ASCII letters, digits and signs, without spaces";
            return Err(Error::Invalid(what.to_owned()));
        }
    }
    let mut tx = scrm.db.begin().await?;
    let id = get(&mut tx, corp).await?.wecom_corp_id;
    tx.execute(&sql::DESCRIBE, &params![corp, name, *agent_id, zone]).await?;
    let seal =
        |secret: &str, of: SecretOf| scrm.master_key.encrypt(secret, &of.owner(&id), &scrm.random);
    if let Some(secret) = wecom_secret {
        let sealed = seal(secret, SecretOf::App);
        tx.execute(&sql::SET_SECRET, &params![corp, &sealed]).await?;
    }
    if let Some(secret) = contact_secret {
        let sealed = seal(secret, SecretOf::Contacts);
        tx.execute(&sql::SET_CONTACT_SECRET, &params![corp, &sealed]).await?;
    }
    let detail = json!({
        "agentId": agent_id,
        "zone": zone,
        "appSecret": wecom_secret.is_some(),
        "contactSecret": contact_secret.is_some(),
    });
    audit::record(&mut tx, scrm, Some(corp), author, "edit_company", name, &detail).await?;
    Ok(tx.commit().await?)
}

/// Whether the secret of the contact-sync assistant is stored.
pub async fn has_contact_secret(session: &mut Session, corp: CorpId) -> Result<bool, Error> {
    let read = |row: &store::Row<'_>| row.get::<Option<Vec<u8>>>(2);
    let found = session.query_opt(&sql::SECRETS, &params![corp], read).await?;
    Ok(found.flatten().is_some())
}
