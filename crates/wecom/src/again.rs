//! Which failed calls are made again without asking the caller.
//!
//! A read is made again whenever that may help soon. A call that sets something is made again when
//! WeCom said that it was refused for too much at the same time, and any other write never: the
//! caller keeps its own account of those. Reads that are answered with something else than the
//! API's JSON, or that find a mass message being dispatched (41063), are for the caller as well.
//!
//! After 45009 nobody can tell which window was full. A minute is waited for, three times at most,
//! so a full hour still reaches the caller.

use crate::{
    Error,
    call::{self, Call, Kind},
    codes,
};

/// What to wait for before a call is made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    /// A moment, growing with each time.
    Pause,
    /// WeCom's window.
    Window,
}

/// A call is repeated this often, as WeCom's documentation advises for -1. [D90313]
const MAX_REPEATED: u32 = 3;

/// `None` when the error is for the caller.
pub(crate) fn after(call: &Call, error: &Error, n_repeated: u32) -> Option<Wait> {
    if n_repeated >= MAX_REPEATED {
        return None;
    }
    let is_read = call.kind == Kind::Read;
    match error {
        Error::Transport { source, .. } if is_read && !source.is_builder() => Some(Wait::Pause),
        Error::Api { errcode, .. } => match *errcode {
            codes::SYSTEM_BUSY | codes::VERSION_CONFLICT if is_read => Some(Wait::Pause),
            codes::CONCURRENCY_LIMIT | codes::CONCURRENT_CHANGE if call.kind != Kind::Write => {
                Some(Wait::Pause)
            }
            // Who fetches tokens too often is shut out for an hour: nothing here waits that long.
            codes::FREQUENCY_LIMIT if call.path == call::GETTOKEN.path => None,
            codes::FREQUENCY_LIMIT if call.kind != Kind::Write => Some(Wait::Window),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: Call = Call::read("user/list");
    const SET: Call = Call::set("externalcontact/mark_tag");
    const WRITE: Call = Call::write("message/send");

    fn refused(errcode: i64) -> Error {
        Error::Api { call: "", errcode, errmsg: String::new() }
    }

    #[test]
    fn the_kind_of_call_and_the_kind_of_error_decide_together() {
        let (pause, window) = (Some(Wait::Pause), Some(Wait::Window));
        let cases = [
            (-1, [pause, None, None]),
            (6_000, [pause, None, None]),
            (45_033, [pause, pause, None]),
            (45_035, [pause, pause, None]),
            (45_009, [window, window, None]),
            (41_063, [None; 3]),
            (50_100, [None; 3]),
            (60_020, [None; 3]),
            (42_001, [None; 3]),
        ];
        for (errcode, expected) in cases {
            let error = refused(errcode);
            let found = [READ, SET, WRITE].map(|call| after(&call, &error, 0));
            assert_eq!(found, expected, "{errcode}");
        }
    }

    #[test]
    fn nothing_is_repeated_more_than_three_times() {
        assert_eq!(after(&READ, &refused(-1), 2), Some(Wait::Pause));
        assert_eq!(after(&READ, &refused(-1), 3), None);
        assert_eq!(after(&READ, &refused(45_009), 3), None);
    }

    #[test]
    fn a_token_fetched_too_often_is_not_waited_for() {
        assert_eq!(after(&call::GETTOKEN, &refused(45_009), 0), None);
        assert_eq!(after(&call::GETTOKEN, &refused(-1), 0), Some(Wait::Pause));
    }
}
