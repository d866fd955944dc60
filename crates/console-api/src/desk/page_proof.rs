//! The proof that a page belongs to the company's app.

use scrm::desk;
use serde::{Deserialize, Serialize};

use super::Desk;
use crate::{Refusal, wire::Text};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    /// The address as the browser has it.
    url: Text<2_000>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Proof {
    corp_id: String,
    agent_id: i64,
    timestamp: i64,
    nonce_str: String,
    /// For config.
    signature: String,
    /// For agentConfig.
    agent_signature: String,
}

pub(super) async fn proof(desk: Desk, page: Page) -> Result<Proof, Refusal> {
    let found = desk::proof(&desk.service.scrm, &desk.session, &page.url.0).await?;
    Ok(Proof {
        corp_id: found.corp_id,
        agent_id: found.agent_id,
        timestamp: found.timestamp_s,
        nonce_str: found.nonce,
        signature: found.corp_signature,
        agent_signature: found.agent_signature,
    })
}
