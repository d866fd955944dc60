//! Signing in with WeCom: who has gone to WeCom's login page comes back with a code, and WeCom tells which member of
//! staff that is. His user is the one who is linked to him; nobody's user is made here.
//!
//! On the way a browser keeps what it is about ([`Errand`]), sealed with the master key, and WeCom's page carries its
//! random state along; only both together are taken, once, within ten minutes. So nobody can be brought to finish a
//! sign-in that another began, and a link that was seen somewhere is worth nothing.
//!
//! WeCom stands in for the password, so a one-time password need not be changed first. It does not for a second
//! factor: who has one signs in with password and code. Nor does it for site admins: a company's WeCom says who
//! somebody is in that company, not who rules over all of them.
//!
//! Never here: a call to WeCom while a transaction is open, a code or a state in the log.

use ::wecom::{auth, codes};
use sha2::{Digest as _, Sha256};
use store::{Tx, params};

use super::{
    Errand, Token, Visitor,
    session::{self, Proof},
    sql, throttle,
};
use crate::{
    CorpId, Error, Scrm,
    audit::{self, Author},
    corps, org, text,
};

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum WeComSignInError {
    /// The browser has no errand, or one that was not made here.
    #[error("this browser began no sign-in with WeCom, or has finished it")]
    NoErrand,
    /// It took longer than [`super::ERRAND_MS`].
    #[error("the sign-in with WeCom took too long")]
    TooLate,
    /// The state is not the errand's.
    #[error("WeCom's answer belongs to another sign-in")]
    OtherState,
    /// The errand came back before.
    #[error("this sign-in with WeCom was used already")]
    Used,
    /// WeCom does not know the code, it was used, it is too old, or there is none.
    #[error("WeCom's code is wrong, was used or is too old")]
    WrongCode,
    /// Somebody with a WeChat account who is no member of the company.
    #[error("whoever came from WeCom is no member of the company")]
    Outsider,
    /// He left the company, or the app's visible range.
    #[error("the member of staff has left")]
    HasLeft,
    /// No user is linked to this member of staff.
    #[error("this member of staff has no user")]
    NoUser,
    /// His user may not sign in.
    #[error("the user is disabled")]
    Disabled,
    /// His user has a second factor, which WeCom does not stand in for.
    #[error("the user has a second factor: password and code are needed")]
    HasTotp,
    /// His user is an admin of every company.
    #[error("a site admin signs in with his password")]
    SiteAdmin,
    /// Too many failures before.
    #[error("too many failed tries; wait {} s", wait_ms / 1_000 + 1)]
    Wait {
        /// How long, in ms.
        wait_ms: i64,
    },
    /// Anything else: WeCom refused or could not be reached, or the database failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<store::Error> for WeComSignInError {
    fn from(error: store::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// Begins a session for whom WeCom's code stands for, in the company of the errand. `state` and `code` are what came
/// back from WeCom's page.
///
/// A wrong code counts against the address as a wrong password does. What WeCom refuses otherwise does not, nor does a
/// person whom WeCom names and who has no user: neither is guessing, and offices share an address.
pub async fn sign_in_with_wecom(
    scrm: &Scrm,
    errand: &Errand,
    (state, code): (&str, &str),
    visitor: &Visitor,
) -> Result<Token, WeComSignInError> {
    let userid = came_back(scrm, errand, (state, code), visitor).await?;
    let mut tx = scrm.db.begin().await?;
    let user = user_of(&mut tx, errand.corp, &userid).await?;
    let who = (user.id, Proof::WeCom);
    let token = session::begin(&mut tx, scrm, who, Some(errand.corp), visitor).await?;
    let author = Author { user: user.id, login: user.login, address: visitor.address.clone() };
    let detail = serde_json::json!({ "by": "wecom" });
    audit::record(&mut tx, scrm, Some(errand.corp), &author, "sign_in", "", &detail).await?;
    tx.commit().await?;
    Ok(token)
}

/// The userid of whoever came back from WeCom's page, in the company of the errand. It counts once.
pub(crate) async fn came_back(
    scrm: &Scrm,
    errand: &Errand,
    (state, code): (&str, &str),
    visitor: &Visitor,
) -> Result<String, WeComSignInError> {
    errand.check(state, scrm.clock.now_ms())?;
    let attempt = match throttle::begin_by_address(scrm, &visitor.address).await? {
        Ok(attempt) => attempt,
        Err(wait_ms) => return Err(WeComSignInError::Wait { wait_ms }),
    };
    use_up(scrm, errand).await?;
    let came = who_came(scrm, errand.corp, code).await;
    if !matches!(came, Err(WeComSignInError::WrongCode)) {
        let mut tx = scrm.db.begin().await?;
        attempt.is_undecided(&mut tx).await?;
        tx.commit().await?;
    }
    came
}

/// Committed before WeCom is asked: of two who come with the same state at once, one goes on.
async fn use_up(scrm: &Scrm, errand: &Errand) -> Result<(), WeComSignInError> {
    let digest: [u8; 32] = Sha256::digest(&errand.state).into();
    let mut tx = scrm.db.begin().await?;
    let n_new = tx.execute(&sql::USE_WECOM_STATE, &params![&digest[..], errand.ends_at_ms]).await?;
    tx.commit().await?;
    if n_new == 0 { Err(WeComSignInError::Used) } else { Ok(()) }
}

/// The userid that WeCom tells for a code.
async fn who_came(scrm: &Scrm, corp: CorpId, code: &str) -> Result<String, WeComSignInError> {
    // WeCom's page comes back without one when the person did not agree.
    if !(1..=auth::MAX_CODE_BYTES).contains(&code.len()) {
        return Err(WeComSignInError::WrongCode);
    }
    let client = corps::client(scrm, corp).await?;
    match auth::user_info(&client, code).await {
        Ok(auth::Visitor::Member { userid, .. }) => Ok(userid),
        Ok(auth::Visitor::Outsider { .. }) => Err(WeComSignInError::Outsider),
        Err(error) => match error.errcode() {
            Some(codes::INVALID_CODE | codes::CODE_EXPIRED | codes::CODE_USED) => {
                Err(WeComSignInError::WrongCode)
            }
            _ => Err(Error::from(error).into()),
        },
    }
}

/// The user who may sign in as this member of staff.
async fn user_of(tx: &mut Tx, corp: CorpId, userid: &str) -> Result<sql::Linked, WeComSignInError> {
    let mut known = org::staff_by_user_ids(tx, corp, std::iter::once(userid)).await?;
    // Whom no synchronisation has brought yet cannot be linked either.
    let staff = known.remove(&text::folded(userid)).ok_or(WeComSignInError::NoUser)?;
    if staff.is_deleted {
        return Err(WeComSignInError::HasLeft);
    }
    let user = tx.query_opt(&sql::BY_STAFF, &params![corp, staff.id], sql::linked).await?;
    match user.ok_or(WeComSignInError::NoUser)? {
        user if user.is_disabled => Err(WeComSignInError::Disabled),
        user if user.is_site_admin => Err(WeComSignInError::SiteAdmin),
        user if user.has_totp => Err(WeComSignInError::HasTotp),
        user => Ok(user),
    }
}
