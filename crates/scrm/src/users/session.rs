//! Signing in and out. A session is a random token that only the browser has; here stands its digest. Every sign-in
//! and every change of the password makes a new one, so that none can be planted.

use sha2::{Digest as _, Sha256};
use store::{Tx, params};

use super::{Right, Role, Scope, Visitor, password, sql, throttle, totp};
use crate::{
    CorpId, Error, Scrm, StaffId, UserId,
    audit::{self, Author},
    corps::{self, Corp},
};

/// A session ends after this long without a request.
const IDLE_MS: i64 = 12 * 3_600_000;
/// And after this long in any case.
const LIFE_MS: i64 = 7 * 24 * 3_600_000;
/// That it is used is noted so often.
const NOTE_EVERY_MS: i64 = 60_000;

/// What the browser keeps: 64 hex digits.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// For the cookie.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Session {
    digest: [u8; 32],
    /// Who.
    pub user: UserId,
    /// What he signs in with.
    pub login: String,
    /// What people call him.
    pub name: String,
    /// Nothing else may be done before; never when WeCom said who it is.
    pub must_change_password: bool,
    /// Whether codes are asked for.
    pub has_totp: bool,
    /// Whether he is an admin of every company.
    pub is_site_admin: bool,
    /// The company he chose and what he is there; nothing when there is none for him.
    pub place: Option<Place>,
}

/// Where somebody works.
#[derive(Debug, Clone)]
pub struct Place {
    /// The company.
    pub corp: Corp,
    /// What he is there.
    pub role: Role,
    /// Who he is in WeCom, where that is known.
    pub staff: Option<StaffId>,
    /// Whose data he sees.
    pub scope: Scope,
}

impl Session {
    /// Whether he may do that where he works.
    pub fn may(&self, right: Right) -> bool {
        self.place.as_ref().is_some_and(|place| place.role.may(right))
    }

    /// Who he is in WeCom where he works, if that is known.
    pub fn staff(&self) -> Option<StaffId> {
        self.place.as_ref().and_then(|place| place.staff)
    }

    /// For the audit log.
    pub fn author(&self, visitor: &Visitor) -> Author {
        Author { user: self.user, login: self.login.clone(), address: visitor.address.clone() }
    }
}

/// What somebody signs in with.
#[derive(Clone)]
pub struct SignIn {
    /// Without regard to case.
    pub login: String,
    /// In plain text.
    pub password: String,
    /// Six digits, for those who have a second factor.
    pub code: Option<String>,
}

/// Why a sign-in is refused.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// There is no such user, the password is another, or he is disabled: which of these is not told.
    #[error("login or password is wrong")]
    Wrong,
    /// The password is right, and a code is needed besides.
    #[error("a code of the second factor is needed")]
    CodeNeeded,
    /// The code is another, or was used.
    #[error("the code is wrong or was used")]
    WrongCode,
    /// Too many failures before.
    #[error("too many failed tries; wait {} s", wait_ms / 1_000 + 1)]
    Wait {
        /// How long, in ms.
        wait_ms: i64,
    },
    /// Anything else.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<store::Error> for SignInError {
    fn from(error: store::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// Begins a session.
pub async fn sign_in(scrm: &Scrm, who: &SignIn, visitor: &Visitor) -> Result<Token, SignInError> {
    let login = super::manage::folded_login(&who.login);
    let attempt = match throttle::begin(scrm, &login, &visitor.address).await? {
        Ok(attempt) => attempt,
        Err(wait_ms) => return Err(SignInError::Wait { wait_ms }),
    };
    let mut reader = scrm.db.reader().await?;
    let known = reader.query_opt(&sql::BY_LOGIN, &params![&login], sql::known).await?;
    drop(reader);
    let hash = known.as_ref().map(|known| known.password_hash.as_str());
    let is_right = password::is_right(&who.password, hash).await;
    let Some(known) = known.filter(|known| is_right && !known.is_disabled) else {
        return Err(SignInError::Wrong);
    };
    let mut tx = scrm.db.begin().await?;
    if let Some(secret) = &known.totp_secret {
        let secret = scrm.master_key.decrypt(secret, &totp_owner(known.id))?;
        let Some(code) = &who.code else {
            // Wrong codes before it must go on to count, or codes could be guessed without end.
            attempt.is_undecided(&mut tx).await?;
            tx.commit().await?;
            return Err(SignInError::CodeNeeded);
        };
        let step = totp::step_of(&secret, code, scrm.clock.now_ms(), known.totp_step);
        let Some(step) = step else { return Err(SignInError::WrongCode) };
        if tx.execute(&sql::USE_TOTP_STEP, &params![known.id, step]).await? == 0 {
            return Err(SignInError::WrongCode);
        }
    }
    attempt.succeeded(&mut tx).await?;
    let corp = first_company(&mut tx, known.id).await?;
    let token = begin(&mut tx, scrm, (known.id, Proof::Password), corp, visitor).await?;
    let author = Author { user: known.id, login, address: visitor.address.clone() };
    audit::record(&mut tx, scrm, corp, &author, "sign_in", "", &serde_json::json!({})).await?;
    tx.commit().await?;
    Ok(token)
}

/// Who says that it is he.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// He knew the password.
    Password,
    /// WeCom did; a one-time password need not be changed first then.
    WeCom,
}

/// A new session.
pub(super) async fn begin(
    tx: &mut Tx,
    scrm: &Scrm,
    (user, proof): (UserId, Proof),
    corp: Option<CorpId>,
    visitor: &Visitor,
) -> Result<Token, Error> {
    let token = Token(hex::encode(scrm.random.bytes::<32>()));
    let now_ms = scrm.clock.now_ms();
    let (digest, agent) = (digest(&token.0), short(&visitor.agent));
    let corp = corp.map_or(0, |corp| corp.0);
    let ends_ms = now_ms + LIFE_MS;
    let address = &visitor.address;
    let is_by_wecom = proof == Proof::WeCom;
    let values =
        params![&digest[..], user, corp, now_ms, now_ms, ends_ms, address, &agent, is_by_wecom];
    tx.execute_rows(&sql::ADD_SESSION, &values).await?;
    Ok(token)
}

fn short(agent: &str) -> String {
    agent.chars().take(200).collect()
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

fn totp_owner(user: UserId) -> String {
    format!("the second factor of user {user}")
}

/// The company that a user begins with.
async fn first_company(
    session: &mut store::Session,
    user: UserId,
) -> Result<Option<CorpId>, Error> {
    let account = session.query_opt(&sql::BY_ID, &params![user], sql::account).await?;
    Ok(match account {
        Some(account) if account.is_site_admin => {
            corps::list(session).await?.into_iter().map(|corp| corp.id).next()
        }
        _ => {
            let members = session.query(&sql::MEMBERSHIPS, &params![user], sql::member).await?;
            members.into_iter().map(|(corp, _)| corp).next()
        }
    })
}

/// The companies that somebody may choose.
pub async fn companies(scrm: &Scrm, session: &Session) -> Result<Vec<Corp>, Error> {
    let mut reader = scrm.db.reader().await?;
    let all = corps::list(&mut reader).await?;
    if session.is_site_admin {
        return Ok(all);
    }
    let members = reader.query(&sql::MEMBERSHIPS, &params![session.user], sql::member).await?;
    let is_his = |corp: &Corp| members.iter().any(|(id, _)| *id == corp.id);
    Ok(all.into_iter().filter(is_his).collect())
}

/// Who has this token; nothing for one that is unknown, ended, or whose user is disabled.
pub async fn of_token(scrm: &Scrm, token: &str) -> Result<Option<Session>, Error> {
    let digest = digest(token);
    let now_ms = scrm.clock.now_ms();
    let mut reader = scrm.db.reader().await?;
    let values = params![&digest[..], now_ms, now_ms - IDLE_MS];
    let read = |row: &store::Row<'_>| {
        let session = Session {
            digest,
            user: row.get(0)?,
            login: row.get(3)?,
            name: row.get(4)?,
            must_change_password: row.get(5)?,
            has_totp: row.get(6)?,
            is_site_admin: row.get(7)?,
            place: None,
        };
        Ok((session, row.get::<CorpId>(1)?, row.get::<i64>(2)?))
    };
    let found = reader.query_opt(&sql::SESSION, &values, read).await?;
    let Some((mut session, corp, seen_at_ms)) = found else { return Ok(None) };
    if corp.0 != 0 {
        session.place = place(&mut reader, &session, corp).await?;
    }
    // There was no company yet, or he is no member of that one any more.
    if session.place.is_none()
        && let Some(corp) = first_company(&mut reader, session.user).await?
    {
        session.place = place(&mut reader, &session, corp).await?;
    }
    drop(reader);
    if now_ms - seen_at_ms >= NOTE_EVERY_MS {
        let mut tx = scrm.db.begin().await?;
        tx.execute(&sql::SEEN, &params![&digest[..], now_ms]).await?;
        tx.commit().await?;
    }
    Ok(Some(session))
}

/// What somebody is in a company; nothing when he is no member.
async fn place(
    reader: &mut store::Session,
    session: &Session,
    corp: CorpId,
) -> Result<Option<Place>, Error> {
    if session.is_site_admin {
        let corp = corps::get(reader, corp).await?;
        return Ok(Some(Place { corp, role: Role::Admin, staff: None, scope: Scope::Everything }));
    }
    let Some(member) = super::manage::member(reader, corp, session.user).await? else {
        return Ok(None);
    };
    let scope = Scope::of_member(reader, corp, &member).await?;
    let corp = corps::get(reader, corp).await?;
    Ok(Some(Place { corp, role: member.role, staff: member.staff, scope }))
}

/// A user for the audit log, by his number; what is done in the background has no address.
pub(crate) async fn author(session: &mut store::Session, user: UserId) -> Result<Author, Error> {
    let found = session.query_opt(&sql::BY_ID, &params![user], |row| row.get(0)).await?;
    Ok(Author { user, login: found.unwrap_or_default(), address: String::new() })
}

/// Works for another company from now on. [`Error::NotFound`] for one that is not his.
pub async fn choose_company(scrm: &Scrm, session: &Session, corp: CorpId) -> Result<(), Error> {
    let is_his = companies(scrm, session).await?.iter().any(|company| company.id == corp);
    if !is_his {
        return Err(Error::NotFound(format!("there is no company {corp}")));
    }
    let mut tx = scrm.db.begin().await?;
    tx.execute(&sql::CHOOSE_COMPANY, &params![&session.digest[..], corp]).await?;
    Ok(tx.commit().await?)
}

/// Ends this session.
pub async fn sign_out(scrm: &Scrm, session: &Session) -> Result<(), Error> {
    let mut tx = scrm.db.begin().await?;
    tx.execute(&sql::END_SESSION, &params![&session.digest[..]]).await?;
    Ok(tx.commit().await?)
}

/// Ends all sessions of the user, this one too.
pub async fn sign_out_everywhere(
    scrm: &Scrm,
    session: &Session,
    visitor: &Visitor,
) -> Result<(), Error> {
    let mut tx = scrm.db.begin().await?;
    tx.execute(&sql::END_SESSIONS_OF, &params![session.user]).await?;
    note(&mut tx, scrm, session, visitor, "sign_out_everywhere").await?;
    Ok(tx.commit().await?)
}

/// Changes the own password, which ends all sessions; the token of a new one. [`SignInError::Wrong`] when the old
/// password is another.
pub async fn change_password(
    scrm: &Scrm,
    session: &Session,
    old: &str,
    new: &str,
    visitor: &Visitor,
) -> Result<Token, SignInError> {
    password::check_new(new, &session.login)?;
    if old == new {
        return Err(Error::Invalid("the new password is the old one".to_owned()).into());
    }
    let attempt = confirm(scrm, session, old, visitor).await?;
    let hash = password::hashed(scrm, new).await;
    let mut tx = scrm.db.begin().await?;
    attempt.succeeded(&mut tx).await?;
    tx.execute(&sql::SET_PASSWORD, &params![session.user, &hash, false]).await?;
    tx.execute(&sql::END_SESSIONS_OF, &params![session.user]).await?;
    let corp = match &session.place {
        Some(place) => Some(place.corp.id),
        None => first_company(&mut tx, session.user).await?,
    };
    let token = begin(&mut tx, scrm, (session.user, Proof::Password), corp, visitor).await?;
    note(&mut tx, scrm, session, visitor, "change_password").await?;
    tx.commit().await?;
    Ok(token)
}

/// Asks for the password once more.
async fn confirm(
    scrm: &Scrm,
    session: &Session,
    password: &str,
    visitor: &Visitor,
) -> Result<throttle::Try, SignInError> {
    let attempt = match throttle::begin(scrm, &session.login, &visitor.address).await? {
        Ok(attempt) => attempt,
        Err(wait_ms) => return Err(SignInError::Wait { wait_ms }),
    };
    let mut reader = scrm.db.reader().await?;
    let account = reader.query_opt(&sql::BY_ID, &params![session.user], sql::account).await?;
    drop(reader);
    let hash = account.map(|account| account.password_hash);
    if !password::is_right(password, hash.as_deref()).await {
        return Err(SignInError::Wrong);
    }
    Ok(attempt)
}

async fn note(
    tx: &mut Tx,
    scrm: &Scrm,
    session: &Session,
    visitor: &Visitor,
    act: &str,
) -> Result<(), Error> {
    let author = session.author(visitor);
    let corp = session.place.as_ref().map(|place| place.corp.id);
    audit::record(tx, scrm, corp, &author, act, "", &serde_json::json!({})).await
}

/// A secret for a second factor, and the address for its QR code. It counts once [`confirm_totp`] has seen a code.
pub fn begin_totp(scrm: &Scrm, session: &Session) -> (String, String) {
    let secret = totp::new_secret(scrm);
    let uri = totp::uri(&session.login, &secret);
    (secret, uri)
}

/// Codes are asked for from now on. [`SignInError::Wrong`] for another password, [`SignInError::WrongCode`] for a
/// code that is not the secret's.
pub async fn confirm_totp(
    scrm: &Scrm,
    session: &Session,
    password: &str,
    (secret, code): (&str, &str),
    visitor: &Visitor,
) -> Result<(), SignInError> {
    if secret.len() != 32 {
        return Err(Error::Invalid("the secret is not the one that was given".to_owned()).into());
    }
    let attempt = confirm(scrm, session, password, visitor).await?;
    let step = totp::step_of(secret, code, scrm.clock.now_ms(), 0);
    let step = step.ok_or(SignInError::WrongCode)?;
    let stored = scrm.master_key.encrypt(secret, &totp_owner(session.user), &scrm.random);
    let mut tx = scrm.db.begin().await?;
    attempt.succeeded(&mut tx).await?;
    tx.execute(&sql::SET_TOTP, &params![session.user, &stored, step]).await?;
    note(&mut tx, scrm, session, visitor, "add_second_factor").await?;
    Ok(tx.commit().await?)
}

/// Codes are not asked for any more. [`SignInError::Wrong`] for another password.
pub async fn remove_totp(
    scrm: &Scrm,
    session: &Session,
    password: &str,
    visitor: &Visitor,
) -> Result<(), SignInError> {
    let attempt = confirm(scrm, session, password, visitor).await?;
    let mut tx = scrm.db.begin().await?;
    attempt.succeeded(&mut tx).await?;
    let nothing: Option<&[u8]> = None;
    tx.execute(&sql::SET_TOTP, &params![session.user, nothing, 0_i64]).await?;
    note(&mut tx, scrm, session, visitor, "remove_second_factor").await?;
    Ok(tx.commit().await?)
}

/// Forgets sessions that ended, sign-ins with WeCom that could not come back any more, and failures of long ago.
pub async fn forget_old(scrm: &Scrm) -> Result<(), Error> {
    let mut tx = scrm.db.begin().await?;
    tx.execute(&sql::FORGET_SESSIONS, &params![scrm.clock.now_ms()]).await?;
    tx.execute(&sql::FORGET_WECOM_STATES, &params![scrm.clock.now_ms()]).await?;
    tx.commit().await?;
    throttle::forget_old(scrm).await
}
