//! That a page belongs to the company's app: without it WeCom's page functions refuse to work.

use ::wecom::tickets;

use super::DeskSession;
use crate::{Error, Scrm, corps};

/// What a page gives to WeCom's JavaScript. [D96909]
#[derive(Debug, Clone)]
pub struct Proof {
    /// WeCom's corpid.
    pub corp_id: String,
    /// The app.
    pub agent_id: i64,
    /// Seconds.
    pub timestamp_s: i64,
    /// Random.
    pub nonce: String,
    /// By the company's ticket, for config.
    pub corp_signature: String,
    /// By the app's ticket, for agentConfig.
    pub agent_signature: String,
}

/// Signs the address of a page, which must be one of the staff's own pages on the public address of this server:
/// whoever has a signature may use WeCom's functions from that address.
pub async fn proof(scrm: &Scrm, session: &DeskSession, url: &str) -> Result<Proof, Error> {
    let own = format!("{}/h5", scrm.rules.public_url.trim_end_matches('/'));
    let rest = url.strip_prefix(&own);
    if !rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#'])) {
        return Err(Error::Invalid(format!("url: does not begin with {own}")));
    }
    let corp = corps::get(&mut *scrm.db.reader().await?, session.corp).await?;
    let client = corps::client(scrm, session.corp).await?;
    let corp_ticket = tickets::corp_ticket(&client).await?;
    let agent_ticket = tickets::agent_ticket(&client).await?;
    let nonce = hex::encode(scrm.random.bytes::<8>());
    let timestamp_s = scrm.clock.now_ms() / 1_000;
    let sign = |ticket: &str| tickets::signature(ticket, &nonce, timestamp_s, url);
    Ok(Proof {
        corp_signature: sign(&corp_ticket),
        agent_signature: sign(&agent_ticket),
        corp_id: corp.wecom_corp_id,
        agent_id: corp.agent_id,
        timestamp_s,
        nonce,
    })
}
