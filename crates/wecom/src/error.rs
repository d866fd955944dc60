//! The one error of the crate, and what a caller can learn from it.
//!
//! A caller asks three things of a failed call: what to do about it ([`Error::class`],
//! [`Error::advice`]), whether the call may nevertheless have had its effect at WeCom
//! ([`Error::effect`]), and what to tell support ([`Error::errcode`], [`Error::hint`]). An error
//! never contains a token, a secret or the content of a reply.
//!
//! Two codes of mass messages are no failures but states: [`codes::BEING_DISPATCHED`] (41063) says
//! to ask again later, [`codes::MESSAGE_CANCELLED`] (41093) says that it was stopped.

use std::sync::Arc;

use crate::{
    advice,
    call::{self, Call},
    class::{self, Class},
    codes,
};

/// Why a call has no usable reply.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// WeCom answered and refused.
    #[error("WeCom refused {call} with {errcode}: {errmsg}")]
    Api {
        /// The path after `/cgi-bin/`; `gettoken` when no token could be had.
        call: &'static str,
        /// WeCom's code, never 0.
        errcode: i64,
        /// WeCom's English text with hint and address; changes without notice.
        errmsg: String,
    },
    /// No connection, or no complete answer in time.
    #[error("no complete answer from WeCom to {call}")]
    Transport {
        /// The path after `/cgi-bin/`.
        call: &'static str,
        /// `None` when the connection could not be made.
        effect: Effect,
        /// The reason, without the URL, since that contains the token.
        source: Arc<reqwest::Error>,
    },
    /// The answer has an HTTP status that WeCom does not use and is no refusal by WeCom.
    #[error("HTTP status {status} in answer to {call}")]
    Status {
        /// The path after `/cgi-bin/`.
        call: &'static str,
        /// `Unknown`, except when fetching a token.
        effect: Effect,
        /// The HTTP status.
        status: u16,
    },
    /// The answer cannot be read, or lacks what it must contain.
    #[error("the answer to {call} cannot be read: {message}")]
    Malformed {
        /// The path after `/cgi-bin/`.
        call: &'static str,
        /// `Unknown`, except when fetching a token.
        effect: Effect,
        /// What is wrong with it; contains nothing of the answer.
        message: String,
    },
    /// The request breaks a documented limit and was not sent.
    #[error("{call} not sent: {message}")]
    NotSent {
        /// The path after `/cgi-bin/`.
        call: &'static str,
        /// Which limit.
        message: &'static str,
    },
    /// A write was not made, because the budget of this call is used up for now. Reads wait; a write must
    /// not: whoever keeps account of writes would take it for begun while it waits here.
    #[error("{call}: not made, the budget of this call is used up for another {wait_ms} ms")]
    OverBudget {
        /// The path after `/cgi-bin/`.
        call: &'static str,
        /// How long, by the client's clock.
        wait_ms: u64,
    },
    /// The HTTP client could not be made.
    #[error("the HTTP client could not be made")]
    NoClient {
        /// The reason.
        source: Arc<reqwest::Error>,
    },
}

/// Whether a failed call may have had its effect at WeCom.
///
/// It says nothing of interest for calls that only read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Certainly not: WeCom refused, or never got the request.
    None,
    /// It may have: look before repeating.
    Unknown,
}

impl Error {
    /// The path of the call after `/cgi-bin/`; empty when no call was made.
    pub fn call(&self) -> &'static str {
        match self {
            Self::Api { call, .. }
            | Self::Transport { call, .. }
            | Self::Status { call, .. }
            | Self::Malformed { call, .. }
            | Self::NotSent { call, .. }
            | Self::OverBudget { call, .. } => call,
            Self::NoClient { .. } => "",
        }
    }

    /// WeCom's code, when WeCom answered.
    pub fn errcode(&self) -> Option<i64> {
        match self {
            Self::Api { errcode, .. } => Some(*errcode),
            _ => None,
        }
    }

    /// The digits by which WeCom's support finds the call; keep them in logs.
    pub fn hint(&self) -> Option<&str> {
        let after = self.errmsg()?.split_once("hint: [")?.1;
        Some(after.split_once(']')?.0)
    }

    /// The address from which WeCom saw the call come, for the list of trusted IPs; told with
    /// every refusal, [`codes::UNTRUSTED_IP`] (60020) among them.
    pub fn caller_ip(&self) -> Option<&str> {
        let after = self.errmsg()?.split_once("from ip: ")?.1;
        after.split([',', ' ']).next().filter(|ip| !ip.is_empty())
    }

    /// Whether the call may have had its effect although it failed.
    ///
    /// Fetching a token has no effect, so a call that failed for want of one had none either.
    pub fn effect(&self) -> Effect {
        match self {
            Self::Api { call, errcode: codes::SYSTEM_BUSY, .. } => unanswered(call),
            Self::Api { .. }
            | Self::NotSent { .. }
            | Self::OverBudget { .. }
            | Self::NoClient { .. } => Effect::None,
            Self::Transport { effect, .. }
            | Self::Status { effect, .. }
            | Self::Malformed { effect, .. } => *effect,
        }
    }

    /// What to do about it.
    pub fn class(&self) -> Class {
        match self {
            Self::Api { call, errcode, .. } => class::of(call, *errcode),
            Self::Transport { source, .. } if source.is_builder() => Class::Configuration,
            Self::Transport { .. } | Self::Malformed { .. } => Class::Retry,
            Self::Status { status: 500.., .. } => Class::Retry,
            Self::Status { status: 429, .. } => Class::SlowDown,
            Self::Status { .. } | Self::NoClient { .. } => Class::Configuration,
            Self::NotSent { .. } => Class::BadRequest,
            Self::OverBudget { .. } => Class::SlowDown,
        }
    }

    /// What the administrator can do about it, with the page to read; `None` when nothing.
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Api { call, errcode, .. } => advice::of(call, *errcode),
            Self::Status { status: ..500, .. } => Some(
                "Something else than WeCom's API answered: check the address of the API and what \
                 stands between this server and WeCom.",
            ),
            _ => None,
        }
    }

    fn errmsg(&self) -> Option<&str> {
        match self {
            Self::Api { errmsg, .. } => Some(errmsg),
            _ => None,
        }
    }

    pub(crate) fn transport(call: &Call, source: reqwest::Error) -> Self {
        let never_arrived = source.is_connect() || source.is_builder();
        let effect = if never_arrived { Effect::None } else { unanswered(call.path) };
        Self::Transport { call: call.path, effect, source: Arc::new(source.without_url()) }
    }

    pub(crate) fn status(call: &Call, status: reqwest::StatusCode) -> Self {
        Self::Status { call: call.path, effect: unanswered(call.path), status: status.as_u16() }
    }

    pub(crate) fn malformed(call: &Call, message: String) -> Self {
        Self::Malformed { call: call.path, effect: unanswered(call.path), message }
    }

    pub(crate) fn not_sent(call: &Call, message: &'static str) -> Self {
        Self::NotSent { call: call.path, message }
    }

    /// The same error with `secret` blotted out, should WeCom have repeated it in its text.
    pub(crate) fn without(mut self, secret: &str) -> Self {
        if let Self::Api { errmsg, .. } = &mut self
            && !secret.is_empty()
            && errmsg.contains(secret)
        {
            *errmsg = errmsg.replace(secret, "***");
        }
        self
    }
}

/// The effect of a call that got through and has no clear answer.
fn unanswered(call: &str) -> Effect {
    if call == call::GETTOKEN.path { Effect::None } else { Effect::Unknown }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(call: &'static str, errcode: i64, errmsg: &str) -> Error {
        Error::Api { call, errcode, errmsg: errmsg.to_owned() }
    }

    #[test]
    fn hint_and_address_are_read_from_the_text() {
        let error = refusal(
            "externalcontact/list",
            84_061,
            "not external contact, hint: [1671528709248532493698403], from ip: 1.2.3.4, more info \
             at https://open.work.weixin.qq.com/devtool/query?e=84061",
        );
        assert_eq!(error.hint(), Some("1671528709248532493698403"));
        assert_eq!(error.caller_ip(), Some("1.2.3.4"));
        assert_eq!((error.errcode(), error.class()), (Some(84_061), Class::Gone));
        let at_end = refusal("user/list", 60_020, "not allow to access, from ip: 2001:db8::1");
        assert_eq!(at_end.caller_ip(), Some("2001:db8::1"));
    }

    #[test]
    fn the_older_form_of_the_hint_is_read_too_and_its_lack_is_no_harm() {
        let old = "invalid, hint: [1576065934_28_0123456789abcdef0123456789abcdef]";
        let error = refusal("user/list", 40_058, old);
        assert_eq!(error.hint(), Some("1576065934_28_0123456789abcdef0123456789abcdef"));
        assert_eq!(error.caller_ip(), None);
        assert_eq!(refusal("user/list", 40_058, "bad").hint(), None);
    }

    #[test]
    fn a_refusal_has_no_effect_unless_wecom_was_busy() {
        assert_eq!(refusal("message/send", 45_009, "").effect(), Effect::None);
        assert_eq!(refusal("message/send", -1, "").effect(), Effect::Unknown);
        assert_eq!(refusal("gettoken", -1, "").effect(), Effect::None);
    }

    #[test]
    fn every_configuration_error_an_administrator_meets_has_advice_with_a_page() {
        for errcode in
            [40_013, 40_056, 40_091, 48_002, 48_009, 50_003, 60_011, 60_020, 81_013, 301_002]
        {
            let error = refusal("message/send", errcode, "");
            assert!(error.advice().is_some_and(|text| text.contains("[D9")), "{errcode}");
        }
        assert!(refusal("gettoken", 40_001, "").advice().is_some_and(|text| text.contains("[D")));
        assert_eq!(refusal("user/list", 40_058, "").advice(), None);
    }

    #[test]
    fn a_token_fetched_too_often_is_explained_and_other_limits_are_not() {
        assert!(refusal("gettoken", 45_009, "").advice().is_some());
        assert_eq!(refusal("user/list", 45_009, "").advice(), None);
    }
}
