//! The WeCom companies that this installation serves.

mod clients;
mod edit;
pub(crate) mod sql;
#[cfg(test)]
mod tests;

use store::{Session, Tx, params};

use crate::{CorpId, Error, Scrm, Zone, counters};
pub use clients::{Clients, SecretOf, client, contact_client};
pub use edit::{EditCorp, edit, has_contact_secret};

/// The zone of a company when none is named.
pub const DEFAULT_ZONE: &str = "Asia/Shanghai";

/// A company, without its secret.
#[derive(Debug, Clone)]
pub struct Corp {
    /// Its number here.
    pub id: CorpId,
    /// WeCom's id, `ww…`.
    pub wecom_corp_id: String,
    /// What people call it.
    pub name: String,
    /// The self-built app through which messages go out.
    pub agent_id: i64,
    /// Where its times are local.
    pub zone: Zone,
}

/// What a new company is to be.
#[derive(Debug, Clone)]
pub struct NewCorp {
    /// WeCom's id, `ww…` or `wx…`.
    pub wecom_corp_id: String,
    /// What people call it; when empty its id, or what it was called.
    pub name: String,
    /// The self-built app's number.
    pub agent_id: i64,
    /// The self-built app's secret.
    pub wecom_secret: String,
    /// An IANA zone name; when empty Asia/Shanghai, or what it was.
    pub zone: String,
}

/// Adds a company, or gives a known one its new agent and secret, and name and zone where they are given.
pub async fn put(scrm: &Scrm, new: &NewCorp) -> Result<CorpId, Error> {
    let id = &new.wecom_corp_id;
    let is_valid = (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric());
    if !is_valid {
        return Err(Error::Invalid(format!("{id:?} is not a WeCom corp id (ww… or wx…)")));
    }
    if new.wecom_secret.is_empty() {
        return Err(Error::Invalid("the secret of the WeCom app is empty".to_owned()));
    }
    let zone = if new.zone.is_empty() { DEFAULT_ZONE } else { &new.zone };
    if Zone::parse(zone).is_none() {
        return Err(Error::Invalid(format!("{zone:?} is not a time zone (as Asia/Shanghai is)")));
    }
    let name = if new.name.is_empty() { id } else { &new.name };
    let secret = scrm.master_key.encrypt(&new.wecom_secret, &SecretOf::App.owner(id), &scrm.random);
    let mut tx = scrm.db.begin().await?;
    let known = tx.query_opt(&sql::FIND, &params![id], sql::read).await?;
    let corp = if let Some(known) = known {
        let name = if new.name.is_empty() { &known.name } else { name };
        let zone = if new.zone.is_empty() { known.zone.name() } else { zone };
        let changed = params![known.id, name, new.agent_id, &secret, zone];
        tx.execute(&sql::CHANGE, &changed).await?;
        known.id
    } else {
        // Numbers of companies are nobody's: they hang on the installation, corp 0.
        let corp = CorpId(counters::take(&mut tx, CorpId(0), counters::INTERNAL, 1).await?);
        let now_ms = scrm.clock.now_ms();
        let values = params![corp, id, name, new.agent_id, &secret, zone, 0_i64, now_ms];
        tx.execute_rows(&sql::ADD, &values).await?;
        corp
    };
    tx.commit().await?;
    Ok(corp)
}

/// All companies, oldest first.
pub async fn list(session: &mut Session) -> Result<Vec<Corp>, Error> {
    Ok(session.query(&sql::LIST, &[], sql::read).await?)
}

/// One company; [`Error::NotFound`] when there is none with this number.
pub async fn get(session: &mut Session, corp: CorpId) -> Result<Corp, Error> {
    session
        .query_opt(&sql::GET, &params![corp], sql::read)
        .await?
        .ok_or_else(|| Error::NotFound(format!("there is no company {corp}")))
}

/// The company with this WeCom id, if there is one.
pub async fn find(session: &mut Session, wecom_corp_id: &str) -> Result<Option<Corp>, Error> {
    Ok(session.query_opt(&sql::FIND, &params![wecom_corp_id], sql::read).await?)
}

/// Takes the next number in the company's change sequence and locks the company's row until the commit,
/// which must follow at once: so numbers become visible in their order.
pub(crate) async fn take_change_seq(tx: &mut Tx, corp: CorpId) -> Result<i64, Error> {
    let taken = tx.query_opt(&sql::TAKE_CHANGE_SEQ, &params![corp], |row| row.get(0)).await?;
    taken.ok_or_else(|| Error::NotFound(format!("there is no company {corp}")))
}

/// The newest number of the company's change sequence.
pub(crate) async fn change_seq(session: &mut Session, corp: CorpId) -> Result<i64, Error> {
    let newest = session.query_opt(&sql::CHANGE_SEQ, &params![corp], |row| row.get(0)).await?;
    newest.ok_or_else(|| Error::NotFound(format!("there is no company {corp}")))
}

/// Holds off other transactions that lock this company, until this one ends.
pub(crate) async fn lock(tx: &mut Tx, corp: CorpId) -> Result<(), Error> {
    tx.query(&sql::LOCK, &params![corp], |_| Ok(())).await?;
    Ok(())
}

/// Begins a transaction that compares what is mirrored with what WeCom says: alone, lest another one's
/// write between the reading and the writing be undone.
pub(crate) async fn begin_alone(scrm: &Scrm, corp: CorpId) -> Result<Tx, Error> {
    let mut tx = scrm.db.begin().await?;
    lock(&mut tx, corp).await?;
    Ok(tx)
}

/// Stores the secret of the contact-sync assistant (通讯录同步) in place of the one there was.
pub async fn put_contact_secret(scrm: &Scrm, corp: CorpId, secret: &str) -> Result<(), Error> {
    if secret.is_empty() {
        return Err(Error::Invalid("the secret of the contact-sync assistant is empty".to_owned()));
    }
    let id = get(&mut *scrm.db.reader().await?, corp).await?.wecom_corp_id;
    let sealed = scrm.master_key.encrypt(secret, &SecretOf::Contacts.owner(&id), &scrm.random);
    let mut tx = scrm.db.begin().await?;
    tx.execute(&sql::SET_CONTACT_SECRET, &params![corp, &sealed]).await?;
    Ok(tx.commit().await?)
}
