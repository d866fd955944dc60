//! The cookies: that of a session, and that of a sign-in with WeCom while it is under way.

use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, HeaderValue, header::COOKIE};
use scrm::{
    CorpId,
    desk::SESSION_MS,
    users::{ERRAND_MS, Token},
};

const NAME: &str = "siyu_session";
const ERRAND: &str = "siyu_wecom";
const DESK: &str = "siyu_desk";
/// Seven days, as sessions last.
const MAX_AGE_S: u32 = 7 * 24 * 3_600;

/// What is to become of the browser's cookie.
#[derive(Clone, Default)]
pub struct Jar(Arc<Mutex<Option<Change>>>);

enum Change {
    Set(Token),
    Remove,
}

impl Jar {
    /// The browser is to keep this token.
    pub(crate) fn set(&self, token: Token) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Change::Set(token));
    }

    /// The browser is to forget its token.
    pub(crate) fn remove(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Change::Remove);
    }

    /// The header for the reply; nothing when the cookie stays.
    pub(crate) fn header(&self, is_secure: bool) -> Option<HeaderValue> {
        let change = self.0.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let (value, max_age) = match &change {
            Change::Set(token) => (token.reveal(), MAX_AGE_S),
            Change::Remove => ("", 0),
        };
        let secure = if is_secure { "; Secure" } else { "" };
        let text =
            format!("{NAME}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}{secure}");
        Some(HeaderValue::from_str(&text).expect("hex digits and names are fine in a header"))
    }
}

/// The cookie of a member of staff on his own pages: his company and his token, for these pages alone.
pub(crate) fn keep_desk(corp: CorpId, token: &str, is_secure: bool) -> HeaderValue {
    let secure = if is_secure { "; Secure" } else { "" };
    let max_age_s = SESSION_MS / 1_000;
    let text = format!(
        "{DESK}={corp}.{token}; Path=/h5; HttpOnly; SameSite=Lax; Max-Age={max_age_s}{secure}"
    );
    HeaderValue::from_str(&text).expect("digits and names are fine in a header")
}

/// The browser is to forget it.
pub(crate) fn forget_desk(is_secure: bool) -> HeaderValue {
    let secure = if is_secure { "; Secure" } else { "" };
    let text = format!("{DESK}=; Path=/h5; HttpOnly; SameSite=Lax; Max-Age=0{secure}");
    HeaderValue::from_str(&text).expect("names are fine in a header")
}

/// Company and token of such a cookie.
pub(crate) fn desk(headers: &HeaderMap) -> Option<(CorpId, &str)> {
    let (corp, token) = value(headers, DESK)?.split_once('.')?;
    Some((CorpId(corp.parse().ok()?), token))
}

/// The token that the browser sends.
pub(crate) fn token(headers: &HeaderMap) -> Option<&str> {
    value(headers, NAME)
}

/// The browser is to keep this errand, for the pages of the sign-in alone.
pub(crate) fn keep_errand(sealed: &str, is_secure: bool) -> HeaderValue {
    errand_header(sealed, ERRAND_MS / 1_000, is_secure)
}

/// The browser is to forget its errand.
pub(crate) fn forget_errand(is_secure: bool) -> HeaderValue {
    errand_header("", 0, is_secure)
}

/// Lax, since the browser comes back from WeCom's site.
fn errand_header(sealed: &str, max_age_s: i64, is_secure: bool) -> HeaderValue {
    let secure = if is_secure { "; Secure" } else { "" };
    let text = format!(
        "{ERRAND}={sealed}; Path=/console/wecom; HttpOnly; SameSite=Lax; Max-Age={max_age_s}{secure}"
    );
    HeaderValue::from_str(&text).expect("hex digits and names are fine in a header")
}

/// The errand that the browser keeps, still sealed.
pub(crate) fn errand(headers: &HeaderMap) -> Option<&str> {
    value(headers, ERRAND)
}

fn value<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| name.trim() == wanted).map(|(_, value)| value.trim())
}
