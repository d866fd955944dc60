//! A line of the report.

use std::{error::Error, fmt::Write as _};

use serde::Serialize;
use wecom::{Class, codes};

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it should be.
    Ok,
    /// It works, but not as well as it could, or not for long.
    Warning,
    /// It does not work.
    Failed,
    /// Not looked at: something else has to be settled first, or it is not wanted.
    Skipped,
}

impl State {
    /// Its name for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// A check and what it found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// A name for programs, which does not change.
    pub id: &'static str,
    /// WeCom's id of the company that it is about; null when it is about the installation.
    pub corp_id: Option<String>,
    /// A name for people.
    pub title: &'static str,
    /// How it came out.
    pub state: State,
    /// What is there.
    pub found: String,
    /// What to do.
    pub fix: Option<String>,
    /// The page of WeCom's documentation that tells more.
    pub page: Option<u32>,
}

/// What a check is about.
#[derive(Clone, Copy)]
pub(super) struct Subject {
    pub id: &'static str,
    pub title: &'static str,
}

impl Subject {
    pub(super) fn ok(self, found: impl Into<String>) -> Check {
        self.check(State::Ok, found.into(), None)
    }

    pub(super) fn skipped(self, why: impl Into<String>) -> Check {
        self.check(State::Skipped, why.into(), None)
    }

    pub(super) fn warning(self, found: impl Into<String>, fix: impl Into<String>) -> Check {
        self.check(State::Warning, found.into(), Some(fix.into()))
    }

    pub(super) fn failed(self, found: impl Into<String>, fix: impl Into<String>) -> Check {
        self.check(State::Failed, found.into(), Some(fix.into()))
    }

    /// WeCom said no, or could not be asked.
    pub(super) fn refused(self, error: &wecom::Error) -> Check {
        let (fix, page) = advice(error);
        Check { page, ..self.failed(with_causes(error), fix) }
    }

    fn check(self, state: State, found: String, fix: Option<String>) -> Check {
        let Self { id, title } = self;
        Check { id, corp_id: None, title, state, found, fix, page: None }
    }
}

impl Check {
    /// Names the page of WeCom's documentation.
    pub(super) fn page(self, page: u32) -> Self {
        Self { page: Some(page), ..self }
    }
}

/// An error with its causes.
pub(super) fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = error.source();
    }
    text
}

/// What to do about a refusal, and the page to read.
fn advice(error: &wecom::Error) -> (String, Option<u32>) {
    if let (Some(codes::UNTRUSTED_IP), Some(ip)) = (error.errcode(), error.caller_ip()) {
        let fix = format!(
            "Add {ip} under 应用管理 → the app → 企业可信IP (a trusted domain or a callback URL must be set \
             there first) and wait a minute. If the address changes, all that it can be have to stand there"
        );
        return (fix, Some(90_313));
    }
    if let Some(advice) = error.advice() {
        let (text, page) = advice.rsplit_once(" [D").unwrap_or((advice, ""));
        return (text.to_owned(), page.trim_end_matches(']').parse().ok());
    }
    let fix = match (error, error.class()) {
        (wecom::Error::Transport { .. }, _) => {
            "See that this machine reaches WeCom (setting wecom.base_url): its name server, a firewall, and \
             for https the machine's certificate authorities (package ca-certificates)"
        }
        (_, Class::Retry | Class::SlowDown) => "WeCom is busy: try again in some minutes",
        _ => {
            "Look the code up at https://open.work.weixin.qq.com/devtool/query?e=CODE, with the hint in the \
             text"
        }
    };
    let code = error.errcode().map_or_else(String::new, |code| code.to_string());
    (fix.replace("CODE", &code), None)
}

const TITLE_COLUMNS: usize = 26;

/// Chinese characters take two columns of a terminal.
fn n_columns(text: &str) -> usize {
    text.chars().map(|char| if char >= '\u{2E80}' { 2 } else { 1 }).sum()
}

/// The report for people: a line a check, what to do below it.
pub fn as_text(checks: &[Check]) -> String {
    let mut text = String::new();
    let mut corp_id = None;
    let indent = " ".repeat(9);
    for check in checks {
        if check.corp_id != corp_id {
            corp_id.clone_from(&check.corp_id);
            let id = corp_id.as_deref().unwrap_or_default();
            writeln!(text, "\n{id}").expect("memory takes text");
        }
        let state = match check.state {
            State::Ok => "ok",
            State::Warning => "warning",
            State::Failed => "failed",
            State::Skipped => "skipped",
        };
        let Check { title, found, .. } = check;
        let pad = " ".repeat(TITLE_COLUMNS.saturating_sub(n_columns(title)));
        writeln!(text, "{state:<8} {title}{pad} {found}").expect("memory takes text");
        if let Some(fix) = &check.fix {
            writeln!(text, "{indent}{fix}").expect("memory takes text");
        }
        if let Some(page) = check.page {
            let url = "https://developer.work.weixin.qq.com/document/path";
            writeln!(text, "{indent}{url}/{page}").expect("memory takes text");
        }
    }
    let n_of = |state| checks.iter().filter(|check| check.state == state).count();
    let (n_failed, n_warnings) = (n_of(State::Failed), n_of(State::Warning));
    write!(text, "\n{n_failed} failed, {n_warnings} to look at").expect("memory takes text");
    text
}
