//! Customers (外部联系人), mirrored from WeCom: who they are, and what each member of staff who follows
//! them knows of them.

pub(crate) mod sql;

use std::collections::HashMap;

use store::{Session, Tx};

use crate::{CorpId, Error, Scrm, refresh::Outcome, sync::Run};

/// How a relation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The customer removed the member; WeCom goes on to list the relation.
    ByCustomer,
    /// The member removed the customer, or WeCom lists the relation no longer.
    Gone,
}

/// Brings all customers up to date.
pub(crate) async fn follow(client: &wecom::Client, run: &mut Run<'_>) -> Result<(), Error> {
    let _ = (client, run);
    Ok(())
}

/// Brings one customer up to date, after an event.
pub(crate) async fn refresh(
    scrm: &Scrm,
    corp: CorpId,
    client: &wecom::Client,
    external_user_id: &str,
    n_attempts: i64,
) -> Result<Outcome, Error> {
    let _ = (scrm, corp, client, external_user_id, n_attempts);
    Ok(Outcome::Done)
}

/// The names of those among these external user ids who are known.
pub(crate) async fn names(
    session: &mut Session,
    corp: CorpId,
    external_user_ids: &[String],
) -> Result<HashMap<String, String>, Error> {
    let _ = (session, corp, external_user_ids);
    Ok(HashMap::new())
}

/// Marks a relation as ended.
pub(crate) async fn end_relation(
    tx: &mut Tx,
    corp: CorpId,
    user_id: &str,
    external_user_id: &str,
    ending: Ending,
    at_ms: i64,
) -> Result<(), Error> {
    let _ = (tx, corp, user_id, external_user_id, ending, at_ms);
    Ok(())
}
