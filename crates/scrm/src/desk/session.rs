//! Who uses these pages.

use sha2::{Digest as _, Sha256};
use store::params;

use super::sql;
use crate::{
    CorpId, Error, Scrm, StaffId, org, text,
    users::{Errand, Visitor, WeComSignInError, came_back},
};

/// How long a session lasts; then WeCom is asked again, which inside WeCom takes no tap.
pub const SESSION_MS: i64 = 24 * 3_600_000;

/// A member of staff who is signed in.
#[derive(Debug, Clone)]
pub struct DeskSession {
    /// His company.
    pub corp: CorpId,
    /// He himself.
    pub staff: StaffId,
    /// His name.
    pub name: String,
    pub(super) digest: [u8; 32],
}

#[cfg(test)]
impl DeskSession {
    /// For tests of what a member of staff does.
    pub(crate) fn of(corp: CorpId, staff: StaffId, name: &str) -> Self {
        Self { corp, staff, name: name.to_owned(), digest: [0; 32] }
    }
}

/// Begins a session for whom WeCom's code stands for; its token. As [`crate::users::sign_in_with_wecom`], but no user of
/// the console is needed.
pub async fn sign_in(
    scrm: &Scrm,
    errand: &Errand,
    answer: (&str, &str),
    visitor: &Visitor,
) -> Result<String, WeComSignInError> {
    let userid = came_back(scrm, errand, answer, visitor).await?;
    let mut tx = scrm.db.begin().await?;
    let known = org::staff_by_user_ids(&mut tx, errand.corp, std::iter::once(&*userid)).await?;
    // Whom no synchronisation has brought yet has no tasks either.
    let staff = known.get(&text::folded(&userid)).ok_or(WeComSignInError::NoUser)?;
    if staff.is_deleted {
        return Err(WeComSignInError::HasLeft);
    }
    let token = hex::encode(scrm.random.bytes::<32>());
    let now_ms = scrm.clock.now_ms();
    let digest = digest(&token);
    tx.execute(&sql::FORGET, &params![errand.corp, now_ms]).await?;
    let values = params![errand.corp, &digest[..], staff.id, now_ms, now_ms + SESSION_MS];
    tx.execute_rows(&sql::ADD, &values).await?;
    tx.commit().await?;
    Ok(token)
}

/// Whose token that is; nothing for one that is unknown or over, or of somebody who has left.
pub async fn of_token(
    scrm: &Scrm,
    corp: CorpId,
    token: &str,
) -> Result<Option<DeskSession>, Error> {
    let digest = digest(token);
    let mut reader = scrm.db.reader().await?;
    let values = params![corp, &digest[..], scrm.clock.now_ms()];
    let read = |row: &store::Row<'_>| {
        Ok(DeskSession { corp, staff: row.get(0)?, name: row.get(1)?, digest })
    };
    Ok(reader.query_opt(&sql::SESSION, &values, read).await?)
}

/// Ends a session.
pub async fn sign_out(scrm: &Scrm, session: &DeskSession) -> Result<(), Error> {
    let mut tx = scrm.db.begin().await?;
    tx.execute(&sql::END, &params![session.corp, &session.digest[..]]).await?;
    Ok(tx.commit().await?)
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}
