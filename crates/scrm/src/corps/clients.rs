//! Clients of WeCom, made when first asked for, one a secret: their tokens and budgets are shared by all
//! who ask.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use store::params;
use wecom::{Budget, CallMetrics};

use super::sql;
use crate::{CorpId, Error, Scrm};

/// Whose secret a client has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretOf {
    /// The self-built app.
    App,
    /// The contact-sync assistant (通讯录同步).
    Contacts,
}

impl SecretOf {
    /// `app` or `contacts`.
    pub fn name(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Contacts => "contacts",
        }
    }

    /// What the encrypted secret is bound to.
    pub(super) fn owner(self, wecom_corp_id: &str) -> String {
        match self {
            Self::App => format!("the WeCom secret of {wecom_corp_id}"),
            Self::Contacts => format!("the contact-sync secret of {wecom_corp_id}"),
        }
    }
}

/// The clients of all companies.
#[derive(Clone)]
pub struct Clients(Arc<Inner>);

struct Inner {
    base_url: String,
    http: reqwest::Client,
    budget: Budget,
    retry_base_ms: u64,
    made: Mutex<BTreeMap<(CorpId, SecretOf), Made>>,
}

/// A client, and the encrypted secret it was made with: another process may store a new one.
struct Made {
    stored_secret: Vec<u8>,
    client: wecom::Client,
}

impl Clients {
    /// Clients that call `base_url` (WeCom's own address, or a simulator's), each within `budget`.
    pub fn new(base_url: String, http: reqwest::Client, budget: Budget) -> Self {
        Self::with_retry_base_ms(base_url, http, budget, 1_000)
    }

    /// The same with another pause before a call that failed is made again.
    pub fn with_retry_base_ms(
        base_url: String,
        http: reqwest::Client,
        budget: Budget,
        retry_base_ms: u64,
    ) -> Self {
        Self(Arc::new(Inner { base_url, http, budget, retry_base_ms, made: Mutex::default() }))
    }

    /// What this process has asked of WeCom, by company and secret; from 0 again after a secret changed.
    pub fn metrics(&self) -> Vec<(CorpId, SecretOf, Vec<CallMetrics>)> {
        let made = self.0.made.lock().expect("no panic while held");
        made.iter().map(|(&(corp, of), made)| (corp, of, made.client.metrics())).collect()
    }
}

/// The client that acts for a company with its present secret; its token is shared by all who ask.
pub async fn client(scrm: &Scrm, corp: CorpId) -> Result<wecom::Client, Error> {
    let Secrets { wecom_corp_id, of_app, .. } = secrets(scrm, corp).await?;
    made(scrm, corp, SecretOf::App, wecom_corp_id, of_app)
}

/// The client with the contact-sync secret, if one is stored: for complete lists of ids and little else.
pub async fn contact_client(scrm: &Scrm, corp: CorpId) -> Result<Option<wecom::Client>, Error> {
    let Secrets { wecom_corp_id, of_contacts, .. } = secrets(scrm, corp).await?;
    let Some(secret) = of_contacts else { return Ok(None) };
    made(scrm, corp, SecretOf::Contacts, wecom_corp_id, secret).map(Some)
}

/// As they are stored.
struct Secrets {
    wecom_corp_id: String,
    of_app: Vec<u8>,
    of_contacts: Option<Vec<u8>>,
}

async fn secrets(scrm: &Scrm, corp: CorpId) -> Result<Secrets, Error> {
    let mut reader = scrm.db.reader().await?;
    let found = reader
        .query_opt(&sql::SECRETS, &params![corp], |row| {
            let wecom_corp_id = row.get(0)?;
            Ok(Secrets { wecom_corp_id, of_app: row.get(1)?, of_contacts: row.get(2)? })
        })
        .await?;
    found.ok_or_else(|| Error::NotFound(format!("there is no company {corp}")))
}

fn made(
    scrm: &Scrm,
    corp: CorpId,
    of: SecretOf,
    corp_id: String,
    stored_secret: Vec<u8>,
) -> Result<wecom::Client, Error> {
    let Clients(clients) = &scrm.wecom;
    let mut made = clients.made.lock().expect("no panic while held");
    let key = (corp, of);
    if let Some(made) = made.get(&key).filter(|made| made.stored_secret == stored_secret) {
        return Ok(made.client.clone());
    }
    let secret = scrm.master_key.decrypt(&stored_secret, &of.owner(&corp_id))?;
    let credentials = wecom::Credentials { corp_id, secret };
    let http = clients.http.clone();
    let client = wecom::Client::new(http, &clients.base_url, credentials, scrm.clock.clone())
        .with_retry_base_ms(clients.retry_base_ms)
        .with_budget(clients.budget);
    made.insert(key, Made { stored_secret, client: client.clone() });
    Ok(client)
}
