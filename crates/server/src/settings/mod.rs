//! What the program is told: defaults, then the file, the environment and flags, the later winning.
//!
//! The only place that reads the environment. Values are checked once, here, with errors that name the
//! setting and what to write instead; the rest of the program gets [`Settings`].

mod checks;
mod load;
mod mask;
mod source;

use std::path::PathBuf;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

pub use load::{built_in, load};
pub use mask::masked;
pub use source::{Source, call_variable};

/// Everything that can be set. Each field is described in config.default.toml.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Folder of the SQLite database and the master key.
    pub data_dir: PathBuf,
    /// How the program is reached.
    pub server: Server,
    /// Where data is kept.
    pub database: Database,
    /// The key of secrets at rest.
    pub secrets: Secrets,
    /// WeCom's side.
    pub wecom: WeCom,
    /// When companies are synchronised.
    pub sync: Sync,
    /// Rules of sending.
    pub sending: Sending,
    /// Files.
    pub files: Files,
    /// Files fetched from addresses.
    pub fetch: Fetch,
    /// Groups in memory.
    pub group_index: GroupIndex,
    /// The open API.
    pub api: Api,
    /// What is logged.
    pub log: Log,
}

/// How the program is reached.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// `HOST:PORT`.
    pub listen: String,
    /// What this process does.
    pub role: Role,
    /// Where links to staff begin; empty = the address it listens on.
    pub public_url: String,
    /// Proxies that are believed.
    #[serde(deserialize_with = "load::list")]
    pub trusted_proxies: Vec<IpNet>,
    /// Who may read `/metrics`.
    #[serde(deserialize_with = "load::list")]
    pub metrics_allow: Vec<IpNet>,
    /// How long a stop may take.
    pub stop_grace_s: u64,
}

/// What a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase", try_from = "String")]
pub enum Role {
    /// Answers calls.
    Api,
    /// Synchronises and sends.
    Worker,
    /// Both.
    All,
}

/// How many mass messages WeCom lets a group receive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase", try_from = "String")]
pub enum QuotaRule {
    /// As many in a month as it has days.
    Monthly,
    /// 7 a week.
    Weekly,
    /// 1 a day.
    Daily,
}

/// Where data is kept.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://…`; empty = in the data folder.
    pub url: String,
    /// Connections.
    pub connections: usize,
    /// How long to wait for a busy database.
    pub busy_wait_ms: u64,
}

/// The key of secrets at rest.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// 64 hex digits, or empty.
    pub master_key: String,
    /// The file that holds it; empty = in the data folder.
    pub master_key_file: PathBuf,
}

/// WeCom's side.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct WeCom {
    /// Where its API is.
    pub base_url: String,
    /// Where its login pages with a QR code are; empty = by `base_url`.
    pub web_login_url: String,
    /// Where its login pages for its own browser are; empty = by `base_url`.
    pub oauth_url: String,
    /// For the connection.
    pub connect_timeout_ms: u64,
    /// For a whole call.
    pub request_timeout_ms: u64,
    /// Of one call of the API, for one company.
    pub calls_per_minute: u32,
    /// Of one call of the API, for one company.
    pub calls_per_hour: u32,
    /// Of one call of the API under way at once.
    pub concurrent_calls: u32,
    /// What a minute is; an hour is 60 of them.
    pub minute_ms: u32,
}

/// When companies are synchronised.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Sync {
    /// When the program starts.
    pub at_start: bool,
    /// And again after so long.
    pub every_minutes: u32,
}

/// Rules of sending.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Sending {
    /// Between two looks for what is due.
    pub look_every_s: f64,
    /// Later than this nothing is sent.
    pub late_send_max_hours: f64,
    /// What is not sent by then is withdrawn.
    pub deadline_hours: f64,
    /// When a call without trace is repeated.
    pub unknown_repeat_minutes: f64,
    /// Between two readings of a complete result.
    pub complete_apart_minutes: f64,
    /// Shortest time between two looks at a result.
    pub poll_min_s: f64,
    /// Longest time between two looks at a result.
    pub poll_max_s: f64,
    /// WeCom's rule of how many mass messages a group may receive.
    pub quota: QuotaRule,
    /// Mass messages for one owner within a minute.
    pub messages_per_owner_and_minute: u32,
    /// When quiet hours begin; empty = there are none.
    pub quiet_from: String,
    /// When they end.
    pub quiet_to: String,
    /// When an owner who has not sent is reminded; 0 = never.
    pub remind_after_hours: f64,
    /// From one reminder to the next.
    pub remind_every_hours: f64,
    /// When his leaders are told; 0 = never.
    pub leader_after_hours: f64,
    /// How long a silent process keeps its work.
    pub lease_s: f64,
}

/// Files of messages.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Files {
    /// Where they lie; empty = in the data folder.
    pub dir: PathBuf,
}

/// Files fetched from addresses.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Fetch {
    /// Reached although they are not public.
    #[serde(deserialize_with = "load::list")]
    pub allow_networks: Vec<IpNet>,
}

/// The groups of companies in memory, to search them.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct GroupIndex {
    /// Of all companies together; 0 = none.
    pub max_mb: u32,
    /// A company that nobody asks for so long is dropped.
    pub idle_minutes: u32,
}

/// The open API.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Api {
    /// How far a call's timestamp may be off.
    pub timestamp_window_s: u32,
}

/// What is logged.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// A filter as of tracing-subscriber.
    pub level: String,
    /// For people or for programs.
    pub format: LogFormat,
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase", try_from = "String")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One object a line.
    Json,
}

impl Settings {
    /// The database's address, the default filled in.
    pub fn database_url(&self) -> String {
        if self.database.url.is_empty() {
            format!("sqlite:{}", self.data_dir.join("siyu.db").display())
        } else {
            self.database.url.clone()
        }
    }

    /// The file of the master key, the default filled in.
    pub fn master_key_file(&self) -> PathBuf {
        if self.secrets.master_key_file.as_os_str().is_empty() {
            self.data_dir.join("master.key")
        } else {
            self.secrets.master_key_file.clone()
        }
    }

    /// The folder of files, the default filled in.
    pub fn files_dir(&self) -> PathBuf {
        if self.files.dir.as_os_str().is_empty() {
            self.data_dir.join("files")
        } else {
            self.files.dir.clone()
        }
    }

    /// The rules of sending; `public_url` is where links to staff begin.
    pub fn rules(&self, public_url: String) -> scrm::send::Rules {
        const SECOND_MS: f64 = 1_000.0;
        const MINUTE_MS: f64 = 60_000.0;
        const HOUR_MS: f64 = 3_600_000.0;
        let sending = &self.sending;
        scrm::send::Rules {
            public_url,
            late_send_max_ms: whole_ms(sending.late_send_max_hours * HOUR_MS),
            deadline_ms: whole_ms(sending.deadline_hours * HOUR_MS),
            unknown_repeat_ms: whole_ms(sending.unknown_repeat_minutes * MINUTE_MS),
            complete_apart_ms: whole_ms(sending.complete_apart_minutes * MINUTE_MS),
            poll_min_ms: whole_ms(sending.poll_min_s * SECOND_MS),
            poll_max_ms: whole_ms(sending.poll_max_s * SECOND_MS),
            lease_ms: whole_ms(sending.lease_s * SECOND_MS),
            messages_per_owner_and_minute: i64::from(sending.messages_per_owner_and_minute),
            quiet: checks::quiet_hours(sending).ok().flatten(),
            remind_after_ms: never_or_ms(sending.remind_after_hours * HOUR_MS),
            remind_every_ms: whole_ms(sending.remind_every_hours * HOUR_MS),
            leader_after_ms: never_or_ms(sending.leader_after_hours * HOUR_MS),
            quota: match sending.quota {
                QuotaRule::Monthly => scrm::sop::Quota::DaysOfMonth,
                QuotaRule::Weekly => scrm::sop::Quota::SevenAWeek,
                QuotaRule::Daily => scrm::sop::Quota::OneADay,
            },
        }
    }

    /// Where people sign in with WeCom; nothing where WeCom's pages would not know the way back. `reached_at` is where
    /// this server answers, which is enough for a simulator on the same machine.
    pub fn login_pages(&self, reached_at: &str) -> Option<scrm::users::LoginPages> {
        let WeCom { base_url, web_login_url, oauth_url, .. } = &self.wecom;
        let is_wecoms_own = base_url.ends_with(".qq.com");
        let public_url = match &*self.server.public_url {
            "" if is_wecoms_own => return None,
            "" => reached_at,
            public_url => public_url,
        };
        let page = |set: &str, wecoms: &str| match set {
            "" if is_wecoms_own => wecoms.to_owned(),
            "" => base_url.clone(),
            set => set.to_owned(),
        };
        Some(scrm::users::LoginPages {
            web_login_url: page(web_login_url, wecom::auth::WEB_LOGIN_URL),
            oauth_url: page(oauth_url, wecom::auth::OAUTH_URL),
            back_url: format!("{public_url}{}", console_api::BACK_PATH),
        })
    }

    /// How much memory indexes of groups may take.
    pub fn index_limits(&self) -> scrm::groups::IndexLimits {
        let GroupIndex { max_mb, idle_minutes } = self.group_index;
        scrm::groups::IndexLimits {
            max_bytes: usize::try_from(u64::from(max_mb) << 20).unwrap_or(usize::MAX),
            idle_ms: i64::from(idle_minutes) * 60_000,
        }
    }

    /// How much of each of WeCom's calls this process may make for a company.
    pub fn budget(&self) -> wecom::Budget {
        let WeCom { calls_per_minute, calls_per_hour, concurrent_calls, minute_ms, .. } =
            self.wecom;
        wecom::Budget {
            per_minute: calls_per_minute,
            per_hour: calls_per_hour,
            concurrent: concurrent_calls,
            minute_ms,
            hour_ms: 60 * minute_ms,
        }
    }

    /// Milliseconds between two looks for what is due.
    pub fn look_every_ms(&self) -> u64 {
        whole_ms(self.sending.look_every_s * 1_000.0).unsigned_abs()
    }
}

/// The same where 0 says "never".
fn never_or_ms(ms: f64) -> i64 {
    if ms > 0.0 { whole_ms(ms) } else { 0 }
}

/// At least 1; the checks have seen to it that it is finite and small.
#[expect(clippy::cast_possible_truncation, reason = "checked to be below a hundred years")]
fn whole_ms(ms: f64) -> i64 {
    (ms.round() as i64).max(1)
}

#[cfg(test)]
mod tests {
    use super::built_in;

    #[test]
    fn no_hours_until_a_reminder_are_never_and_some_are_hours() {
        let rules = |hours: &str| {
            let changes = ["sending.remind_after_hours", "sending.leader_after_hours"]
                .map(|name| (name, hours.to_owned()));
            built_in(&changes).unwrap().rules(String::new())
        };
        let never = rules("0");
        assert_eq!((never.remind_after_ms, never.leader_after_ms), (0, 0));
        assert_eq!(rules("0.5").remind_after_ms, 30 * 60_000);
    }

    #[test]
    fn people_log_in_at_wecom_or_where_its_api_is_played() {
        let pages = |changes: &[(&str, &str)]| {
            let changes: Vec<_> =
                changes.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
            let pages = built_in(&changes).unwrap().login_pages("http://127.0.0.1:8080")?;
            Some([pages.web_login_url, pages.oauth_url, pages.back_url])
        };
        let public = ("server.public_url", "https://siyu.example.com");
        let simulator = ("wecom.base_url", "http://127.0.0.1:9");
        assert_eq!(pages(&[]), None, "WeCom would not come back to this machine");
        assert_eq!(
            pages(&[public]).unwrap(),
            [
                "https://login.work.weixin.qq.com",
                "https://open.weixin.qq.com",
                "https://siyu.example.com/console/wecom/callback"
            ]
        );
        let there = "http://127.0.0.1:9";
        let back = "http://127.0.0.1:8080/console/wecom/callback";
        assert_eq!(pages(&[simulator]).unwrap(), [there, there, back]);
        let own = [simulator, ("wecom.web_login_url", "http://a"), ("wecom.oauth_url", "http://b")];
        assert_eq!(pages(&own).unwrap(), ["http://a", "http://b", back]);
        assert!(built_in(&[("wecom.oauth_url", "b/".to_owned())]).is_err());
    }

    #[test]
    fn a_message_of_unknown_effect_is_not_repeated_while_its_call_may_be_under_way() {
        let with =
            |minutes: &str| built_in(&[("sending.unknown_repeat_minutes", minutes.to_owned())]);
        assert!(with("1").is_ok());
        let refusal = with("0.9").unwrap_err().to_string();
        assert!(refusal.contains("sending.unknown_repeat_minutes"), "{refusal}");
    }
}
