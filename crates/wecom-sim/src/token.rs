//! Access tokens of one secret, and the block after many wrong secrets.
//!
//! Tokens are not in the journal: after a restart every older token is unknown, as when WeCom
//! withdraws one early.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    net::IpAddr,
};

use crate::chance;

const HOUR_MS: i64 = 3_600_000;

/// What a token is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Good,
    /// Was good once; WeCom names this by either of two codes.
    Expired,
    NeverIssued,
}

/// A token and how long it lasts.
pub(crate) struct Issued {
    pub(crate) token: String,
    pub(crate) expires_in_s: i64,
}

struct Token {
    text: String,
    issued_at_ms: i64,
    until_ms: i64,
}

/// Tokens given out, and wrong secrets by address.
#[derive(Default)]
pub(crate) struct Tokens {
    /// Keeps the tokens of a restarted simulator from being those of the one before.
    n_replayed: usize,
    current: Option<Token>,
    /// Given out before the current one and still good.
    older: Vec<Token>,
    retired: HashSet<String>,
    wrong_at_ms: HashMap<IpAddr, VecDeque<i64>>,
    blocked_until_ms: HashMap<IpAddr, i64>,
    n_expired_answers: u64,
}

impl Tokens {
    /// No token yet, after so many operations from the journal.
    pub(crate) fn after(n_replayed: usize) -> Self {
        Self { n_replayed, ..Self::default() }
    }

    /// Lets the next `issue` give a new token, while the one in force stays good.
    pub(crate) fn rotate(&mut self) {
        self.older.extend(self.current.take());
    }

    /// The token in force, or a new one when there is none. `early_s` is when tokens really die.
    pub(crate) fn issue(
        &mut self,
        seed: u64,
        ttl_s: i64,
        early_s: Option<i64>,
        now_ms: i64,
    ) -> Issued {
        self.retire_when_due(early_s, now_ms);
        let about = format!("token {} {}", self.n_replayed, self.retired.len() + self.older.len());
        let token = self.current.get_or_insert_with(|| {
            let mut rng = chance::rng(seed, &about, now_ms.cast_unsigned());
            let text = chance::id(&mut rng, "", 214);
            Token { text, issued_at_ms: now_ms, until_ms: now_ms + ttl_s * 1_000 }
        });
        let expires_in_s = (token.until_ms - now_ms) / 1_000;
        Issued { token: token.text.clone(), expires_in_s }
    }

    pub(crate) fn standing(&mut self, token: &str, early_s: Option<i64>, now_ms: i64) -> Standing {
        self.retire_when_due(early_s, now_ms);
        match self.current.iter().chain(&self.older).find(|good| good.text == token) {
            Some(_) => Standing::Good,
            None if self.retired.contains(token) => Standing::Expired,
            None => Standing::NeverIssued,
        }
    }

    /// WeCom answers an expired token now with 42001, now with 40014.
    pub(crate) fn next_expired_errcode(&mut self) -> i64 {
        self.n_expired_answers += 1;
        if self.n_expired_answers % 2 == 1 { 42001 } else { 40014 }
    }

    /// Withdraws every token.
    pub(crate) fn expire(&mut self) {
        let all = self.older.drain(..).chain(self.current.take());
        self.retired.extend(all.map(|token| token.text));
    }

    pub(crate) fn is_blocked(&self, ip: IpAddr, now_ms: i64) -> bool {
        self.blocked_until_ms.get(&ip).is_some_and(|until_ms| now_ms < *until_ms)
    }

    /// Counts a wrong secret; the `limit`-th within an hour blocks the address.
    pub(crate) fn note_wrong_secret(&mut self, ip: IpAddr, limit: usize, now_ms: i64) {
        let wrong = self.wrong_at_ms.entry(ip).or_default();
        wrong.retain(|at_ms| now_ms - at_ms < HOUR_MS);
        wrong.push_back(now_ms);
        if wrong.len() >= limit {
            wrong.clear();
            self.blocked_until_ms.insert(ip, now_ms + HOUR_MS);
        }
    }

    fn retire_when_due(&mut self, early_s: Option<i64>, now_ms: i64) {
        let is_due = |token: &Token| {
            let early = early_s.is_some_and(|s| now_ms >= token.issued_at_ms + s * 1_000);
            early || now_ms >= token.until_ms
        };
        let due = self
            .older
            .extract_if(.., |token| is_due(token))
            .chain(self.current.take_if(|token| is_due(token)));
        self.retired.extend(due.map(|token| token.text));
    }
}
