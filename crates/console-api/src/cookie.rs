//! The cookie of a session.

use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, HeaderValue, header::COOKIE};
use scrm::users::Token;

const NAME: &str = "siyu_session";
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

/// The token that the browser sends.
pub(crate) fn token(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| name.trim() == NAME).map(|(_, value)| value.trim())
}
