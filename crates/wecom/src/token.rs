//! One token for all callers, fetched by one of them at a time; tickets are kept the same way.
//!
//! WeCom blocks who fetches tokens too often, and a token fetched later may end an earlier one. So
//! callers that need a token at the same time wait for a single fetch and share its outcome, good
//! or bad. Because fetches never overlap, an older answer cannot overwrite a newer token; and a
//! token is dropped by its number, so a late refusal of an old token leaves its successor alone,
//! even when WeCom gave the same text again.
//!
//! A fetch belongs to the caller that does it: when that caller is dropped, the next one in line
//! fetches.

use std::sync::{Mutex, MutexGuard};

use ambient::Clock;

use crate::Error;

/// A token as WeCom gave it. Has no `Debug`, so that it gets into no log.
#[derive(Clone)]
pub(crate) struct Token {
    pub value: String,
    /// Counts the tokens of this cell, from 1.
    pub number: u64,
    fresh_until_ms: i64,
}

/// What `gettoken` answers.
pub(crate) struct Fetched {
    pub value: String,
    pub expires_in_s: i64,
}

/// Where the present token is kept.
#[derive(Default)]
pub(crate) struct TokenCell {
    state: Mutex<State>,
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    n_fetched: u64,
    n_failed: u64,
    last_failure: Option<Error>,
}

/// A token is replaced this long before it expires.
const MARGIN_MS: i64 = 200_000;

impl TokenCell {
    /// The present token, or one from `fetch` when there is none or it is about to expire.
    pub(crate) async fn get(
        &self,
        clock: &Clock,
        fetch: impl AsyncFnOnce() -> Result<Fetched, Error>,
    ) -> Result<Token, Error> {
        let (n_fetched, n_failed) = {
            let state = self.lock();
            if let Some(token) = &state.token
                && clock.now_ms() < token.fresh_until_ms
            {
                return Ok(token.clone());
            }
            (state.n_fetched, state.n_failed)
        };
        let _only_one = self.fetching.lock().await;
        {
            let state = self.lock();
            if let Some(token) = &state.token
                && state.n_fetched > n_fetched
            {
                return Ok(token.clone());
            }
            if let Some(failure) = &state.last_failure
                && state.n_failed > n_failed
            {
                return Err(failure.clone());
            }
        }
        let asked_at_ms = clock.now_ms();
        match fetch().await {
            Ok(fetched) => Ok(self.keep(fetched, asked_at_ms)),
            Err(error) => {
                let mut state = self.lock();
                state.n_failed += 1;
                state.last_failure = Some(error.clone());
                Err(error)
            }
        }
    }

    /// Drops the token with this number; does nothing when it has been replaced already.
    pub(crate) fn drop_refused(&self, number: u64) {
        let mut state = self.lock();
        if state.token.as_ref().is_some_and(|token| token.number == number) {
            state.token = None;
        }
    }

    fn keep(&self, fetched: Fetched, asked_at_ms: i64) -> Token {
        let mut state = self.lock();
        state.n_fetched += 1;
        let token = Token {
            value: fetched.value,
            number: state.n_fetched,
            fresh_until_ms: fresh_until_ms(asked_at_ms, fetched.expires_in_s),
        };
        state.token = Some(token.clone());
        token
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds this lock")
    }
}

/// WeCom may give the rest of an earlier token's life; of a short life at most half is given away.
fn fresh_until_ms(asked_at_ms: i64, expires_in_s: i64) -> i64 {
    let lifetime_ms = expires_in_s.clamp(0, 365 * 86_400) * 1_000;
    asked_at_ms + lifetime_ms - MARGIN_MS.min(lifetime_ms / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_replaced_200_seconds_before_it_expires() {
        assert_eq!(fresh_until_ms(10_000, 7_200), 7_010_000);
    }

    #[test]
    fn a_short_lived_token_is_used_for_half_of_its_life() {
        assert_eq!(fresh_until_ms(0, 100), 50_000);
        assert_eq!(fresh_until_ms(0, 0), 0);
        assert_eq!(fresh_until_ms(0, -5), 0);
    }
}
