//! What a browser keeps while it is at WeCom's login page, and where that page is.

use ::wecom::auth;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use super::WeComSignInError;
use crate::{CorpId, Scrm, corps::Corp};

/// Between going to WeCom's page and coming back.
pub const ERRAND_MS: i64 = 10 * 60_000;
/// How states of the staff's own pages begin, so that whoever comes back without an errand sees a page of these.
pub const DESK_STATE: &str = "h5";
/// What the master key seals it for.
const SEALED_FOR: &str = "a sign-in with WeCom";

/// Where people log in with WeCom, and come back.
#[derive(Debug, Clone)]
pub struct LoginPages {
    /// Where WeCom's pages with a QR code begin: `auth::WEB_LOGIN_URL` of the crate `wecom`, or a simulator's.
    pub web_login_url: String,
    /// Where its pages for its own browser begin: `auth::OAUTH_URL`, or a simulator's.
    pub oauth_url: String,
    /// The page to come back to, on the trusted domain of the company's app.
    pub back_url: String,
}

/// What somebody reads the console with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Browser {
    /// That inside WeCom, where one is logged in already.
    WeComs,
    /// Any other, which shows a QR code to scan.
    Other,
}

impl LoginPages {
    /// WeCom's page for an errand in this company.
    pub fn url(&self, corp: &Corp, errand: &Errand, browser: Browser) -> String {
        let page = auth::LoginPage {
            corp_id: &corp.wecom_corp_id,
            agent_id: corp.agent_id,
            redirect_uri: &self.back_url,
            state: &errand.state,
        };
        match browser {
            Browser::WeComs => page.inside_wecom(&self.oauth_url),
            Browser::Other => page.in_a_browser(&self.web_login_url),
        }
    }
}

/// A sign-in that is under way.
#[derive(Clone, Serialize, Deserialize)]
pub struct Errand {
    /// For WeCom's page, which gives it back: 64 hex digits, after [`DESK_STATE`] where it is about the staff's own
    /// pages.
    pub state: String,
    /// The company whose WeCom is asked.
    pub corp: CorpId,
    /// Where the person wants to go afterwards; the caller's own words, kept as they are.
    pub to: String,
    /// Whether it is about the staff's own pages rather than the console.
    pub is_for_desk: bool,
    pub(super) ends_at_ms: i64,
}

impl Errand {
    /// A new one.
    pub fn begin(scrm: &Scrm, corp: CorpId, to: &str, is_for_desk: bool) -> Self {
        let begin = if is_for_desk { DESK_STATE } else { "" };
        let state = format!("{begin}{}", hex::encode(scrm.random.bytes::<32>()));
        let ends_at_ms = scrm.clock.now_ms() + ERRAND_MS;
        Self { state, corp, to: to.to_owned(), is_for_desk, ends_at_ms }
    }

    /// For the browser to keep: hex digits that nobody else can make or read.
    pub fn sealed(&self, scrm: &Scrm) -> String {
        let plain = serde_json::to_string(self).expect("an errand is plain data");
        hex::encode(scrm.master_key.encrypt(&plain, SEALED_FOR, &scrm.random))
    }

    /// The errand that a browser kept, in time or not; nothing when it was not made here.
    pub fn unsealed(scrm: &Scrm, sealed: &str) -> Option<Self> {
        let sealed = hex::decode(sealed).ok()?;
        let plain = scrm.master_key.decrypt(&sealed, SEALED_FOR).ok()?;
        serde_json::from_str(&plain).ok()
    }

    pub(super) fn check(&self, state: &str, now_ms: i64) -> Result<(), WeComSignInError> {
        if !bool::from(self.state.as_bytes().ct_eq(state.as_bytes())) {
            return Err(WeComSignInError::OtherState);
        }
        if now_ms >= self.ends_at_ms {
            return Err(WeComSignInError::TooLate);
        }
        Ok(())
    }
}
