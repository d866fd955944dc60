//! What a refusal asks of the caller, by error code. [D90313]
//!
//! The official page lists hundreds of codes without saying which are worth a second try. The
//! classes here are what implementers found; a code nobody has described counts as a bad request,
//! since repeating it unchanged has never helped.

use crate::{call, codes};

/// What to do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// The token was refused. The client has already fetched a new one and tried once more.
    Token,
    /// Try the same call again later, with growing pauses.
    Retry,
    /// Too much at once: wait for the window to pass and make fewer calls at a time.
    SlowDown,
    /// Only the administrator can put it right; see [`crate::Error::advice`].
    Configuration,
    /// The request is wrong and will be refused again.
    BadRequest,
    /// What the request names is not there (any more).
    Gone,
}

/// The class of a refusal of `call` with `errcode`.
pub(crate) fn of(call: &str, errcode: i64) -> Class {
    match errcode {
        codes::INVALID_CREDENTIAL | codes::INVALID_ACCESS_TOKEN | codes::ACCESS_TOKEN_EXPIRED
            if call == call::GETTOKEN.path =>
        {
            Class::Configuration
        }
        codes::INVALID_CREDENTIAL | codes::INVALID_ACCESS_TOKEN | codes::ACCESS_TOKEN_EXPIRED => {
            Class::Token
        }
        codes::SYSTEM_BUSY
        | codes::VERSION_CONFLICT
        | codes::BEING_DISPATCHED
        | codes::INVALID_CURSOR
        | 41_078
        | 41_079
        | 41_096
        | 302_008 => Class::Retry,
        codes::REMINDED_TOO_OFTEN
        | codes::FREQUENCY_LIMIT
        | codes::CONCURRENCY_LIMIT
        | codes::CONCURRENT_CHANGE
        | 45_036 => Class::SlowDown,
        codes::INVALID_CHAT_ID
        | codes::INVALID_EXTERNAL_USERID
        | codes::NOBODY_TO_SEND_TO
        | codes::MESSAGE_CANCELLED
        | codes::GROUP_DISMISSED
        | codes::DEPARTMENT_NOT_FOUND
        | codes::PARTY_NOT_FOUND
        | codes::USERID_NOT_FOUND
        | codes::NOT_EXTERNAL_CONTACT
        | codes::NOT_A_CUSTOMER_GROUP
        | 40_100
        | 41_051
        | 46_004 => Class::Gone,
        codes::INVALID_CORPID
        | codes::INVALID_AGENTID
        | codes::INVALID_SECRET
        | codes::API_NOT_AUTHORISED
        | codes::API_FORBIDDEN
        | codes::CONTACT_SYNC_FORBIDDEN
        | codes::MEMBER_OUTSIDE_RANGE
        | codes::APP_DISABLED
        | codes::NO_PRIVILEGE
        | codes::UNTRUSTED_IP
        | codes::FOREIGN_AGENT
        | 40_093
        | 41_210
        | 41_211
        | 42_012
        | 43_012
        | 45_024
        | 48_005
        | 48_006
        | 48_010
        | 48_011
        | codes::UNTRUSTED_DOMAIN
        | 60_021
        | 60_030
        | 80_001
        | codes::FOREIGN_TAG
        | 84_074
        | 84_083
        | 85_005
        | 301_007
        | 610_023
        | 610_024
        | 701_000..=701_999
        | 2_000_002 => Class::Configuration,
        _ => Class::BadRequest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_credential_is_the_administrators_matter_only_when_fetching_a_token() {
        assert_eq!(of("gettoken", codes::INVALID_CREDENTIAL), Class::Configuration);
        assert_eq!(of("department/list", codes::INVALID_CREDENTIAL), Class::Token);
    }

    #[test]
    fn every_class_has_its_codes_and_unknown_codes_are_bad_requests() {
        let cases = [
            (42_001, Class::Token),
            (-1, Class::Retry),
            (41_063, Class::Retry),
            (50_100, Class::Retry),
            (45_009, Class::SlowDown),
            (45_033, Class::SlowDown),
            (60_020, Class::Configuration),
            (701_008, Class::Configuration),
            (40_058, Class::BadRequest),
            (81_017, Class::BadRequest),
            (99_999_999, Class::BadRequest),
            (40_050, Class::Gone),
            (84_061, Class::Gone),
        ];
        for (errcode, class) in cases {
            assert_eq!(of("user/list", errcode), class, "{errcode}");
        }
    }
}
