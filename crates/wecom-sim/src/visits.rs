//! OAuth codes and user tickets: who came to a page, kept only as long as they are good.

use std::collections::HashMap;

use crate::chance;

const CODE_LIFE_MS: i64 = 5 * 60_000;
const TICKET_LIFE_MS: i64 = 1_800_000;

/// Somebody who opens a page inside WeCom or WeChat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visitor {
    /// A member of staff; with `private` they agreed to `snsapi_privateinfo`.
    Staff {
        /// The member.
        userid: String,
        /// Whether `getuserinfo` gives a user ticket.
        private: bool,
    },
    /// Anybody with a WeChat account.
    Outside {
        /// Known when they are somebody's customer.
        external_userid: Option<String>,
    },
}

/// Codes and tickets given out; a restart forgets them.
#[derive(Default)]
pub(crate) struct Visits {
    codes: HashMap<String, Code>,
    tickets: HashMap<String, (String, i64)>,
    n: u64,
}

struct Code {
    visitor: Visitor,
    at_ms: i64,
    used: bool,
}

impl Visits {
    pub(crate) fn give_code(&mut self, seed: u64, visitor: Visitor, now_ms: i64) -> String {
        self.n += 1;
        let code = chance::id(&mut chance::rng(seed, "code", self.n), "", 43);
        self.codes.insert(code.clone(), Code { visitor, at_ms: now_ms, used: false });
        code
    }

    /// Who came with a code, or 40029, 42022 or 42003.
    pub(crate) fn use_code(&mut self, code: &str, now_ms: i64) -> Result<Visitor, i64> {
        let code = self.codes.get_mut(code).ok_or(40029)?;
        if code.used {
            return Err(42022);
        }
        if now_ms >= code.at_ms + CODE_LIFE_MS {
            return Err(42003);
        }
        code.used = true;
        Ok(code.visitor.clone())
    }

    pub(crate) fn give_ticket(&mut self, seed: u64, userid: String, now_ms: i64) -> String {
        self.n += 1;
        let ticket = chance::id(&mut chance::rng(seed, "user ticket", self.n), "", 64);
        self.tickets.insert(ticket.clone(), (userid, now_ms));
        ticket
    }

    /// Whose ticket it is, or 84015 or 84014.
    pub(crate) fn userid(&self, ticket: &str, now_ms: i64) -> Result<String, i64> {
        let (userid, at_ms) = self.tickets.get(ticket).ok_or(84015)?;
        if now_ms < at_ms + TICKET_LIFE_MS { Ok(userid.clone()) } else { Err(84014) }
    }
}
