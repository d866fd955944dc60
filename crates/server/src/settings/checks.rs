//! Values that have the right type and are wrong nevertheless.

use anyhow::{Context as _, bail, ensure};
use scrm::send::QuietHours;

use super::{LogFormat, QuotaRule, Role, Sending, Settings, WeCom};

const MAX_HOURS: f64 = 24.0 * 366.0;
const MINUTE_MS: u32 = 60_000;

/// Refuses what cannot work, naming the setting.
pub(super) fn check(settings: &Settings) -> anyhow::Result<()> {
    let Settings { server, database, wecom, sync, sending, api, log, .. } = settings;
    ensure!(
        !settings.data_dir.as_os_str().is_empty(),
        "data_dir is empty: name a folder, as \"siyu-data\""
    );
    ensure!(
        server.listen.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok()),
        "server.listen is {:?}: write HOST:PORT, as 127.0.0.1:8080",
        server.listen
    );
    ensure!(
        server.role != Role::Worker || !server.public_url.is_empty(),
        "server.public_url is empty: a worker answers no pages itself, so the links in notices need the \
         address of a server that does, as https://siyu.example.com"
    );
    if !server.public_url.is_empty() {
        web_address("server.public_url", &server.public_url)?;
    }
    web_address("wecom.base_url", &wecom.base_url)?;
    for (name, page) in
        [("wecom.web_login_url", &wecom.web_login_url), ("wecom.oauth_url", &wecom.oauth_url)]
    {
        if !page.is_empty() {
            web_address(name, page)?;
        }
    }
    let url = &database.url;
    let known = ["sqlite:", "postgres://", "postgresql://"];
    ensure!(
        url.is_empty() || known.iter().any(|start| url.starts_with(start)),
        "database.url must begin with sqlite: or postgres://"
    );
    ensure!((1..=1_000).contains(&database.connections), "database.connections must be 1 to 1000");
    ensure!(wecom.connect_timeout_ms > 0, "wecom.connect_timeout_ms must be at least 1");
    ensure!(wecom.request_timeout_ms > 0, "wecom.request_timeout_ms must be at least 1");
    budget(wecom)?;
    ensure!(sync.every_minutes > 0, "sync.every_minutes must be at least 1");
    ensure!(
        (1..=86_400).contains(&api.timestamp_window_s),
        "api.timestamp_window_s must be 1 to 86400"
    );
    for (name, hours) in [
        ("look_every_s", sending.look_every_s / 3_600.0),
        ("late_send_max_hours", sending.late_send_max_hours),
        ("deadline_hours", sending.deadline_hours),
        ("unknown_repeat_minutes", sending.unknown_repeat_minutes / 60.0),
        ("complete_apart_minutes", sending.complete_apart_minutes / 60.0),
        ("poll_min_s", sending.poll_min_s / 3_600.0),
        ("poll_max_s", sending.poll_max_s / 3_600.0),
        ("lease_s", sending.lease_s / 3_600.0),
        ("remind_every_hours", sending.remind_every_hours),
    ] {
        ensure!(
            hours > 0.0 && hours <= MAX_HOURS,
            "sending.{name} must be above 0 and at most a year"
        );
    }
    for (name, hours) in [
        ("remind_after_hours", sending.remind_after_hours),
        ("leader_after_hours", sending.leader_after_hours),
    ] {
        ensure!((0.0..=MAX_HOURS).contains(&hours), "sending.{name} must be 0 to a year");
    }
    ensure!(
        sending.messages_per_owner_and_minute > 0,
        "sending.messages_per_owner_and_minute must be at least 1"
    );
    quiet_hours(sending)?;
    ensure!(
        sending.poll_min_s <= sending.poll_max_s,
        "sending.poll_min_s must not be above sending.poll_max_s"
    );
    let rules = settings.rules(String::new());
    ensure!(
        rules.lease_ms.unsigned_abs() > wecom.request_timeout_ms,
        "sending.lease_s ({} s) must be longer than wecom.request_timeout_ms ({} ms), or a slow call \
         to WeCom would be taken for a dead process",
        sending.lease_s,
        wecom.request_timeout_ms
    );
    // A call begins within half of the lease and takes no longer than a lease; WeCom lists a message some
    // seconds after it was made. Who repeats sooner sends it twice.
    ensure!(
        rules.unknown_repeat_ms >= 2 * rules.lease_ms,
        "sending.unknown_repeat_minutes ({}) must be at least twice sending.lease_s ({} s), or a message \
         could be made again while its call is still under way",
        sending.unknown_repeat_minutes,
        sending.lease_s
    );
    if let Err(error) = tracing_subscriber::EnvFilter::builder().parse(&log.level) {
        bail!("log.level is {:?}: {error}; write error, warn, info, debug or trace", log.level);
    }
    Ok(())
}

/// The quiet hours, where there are any.
pub(super) fn quiet_hours(sending: &Sending) -> anyhow::Result<Option<QuietHours>> {
    let Sending { quiet_from: from, quiet_to: to, .. } = sending;
    if from.is_empty() && to.is_empty() {
        return Ok(None);
    }
    let minute = |name: &str, text: &str| {
        let time = text.split_once(':').and_then(|(hour, minute)| {
            let hour = hour.parse::<u8>().ok().filter(|hour| *hour < 24)?;
            let minute = minute.parse::<u8>().ok().filter(|minute| *minute < 60)?;
            Some(i64::from(hour) * 60 + i64::from(minute))
        });
        time.with_context(|| format!("sending.{name} is {text:?}: write HH:MM, as 22:00"))
    };
    let quiet =
        QuietHours { from_minute: minute("quiet_from", from)?, to_minute: minute("quiet_to", to)? };
    ensure!(
        quiet.from_minute != quiet.to_minute,
        "sending.quiet_from and sending.quiet_to are the same time: leave both empty for none"
    );
    Ok(Some(quiet))
}

fn budget(wecom: &WeCom) -> anyhow::Result<()> {
    ensure!(wecom.calls_per_minute > 0, "wecom.calls_per_minute must be at least 1");
    ensure!(wecom.calls_per_hour > 0, "wecom.calls_per_hour must be at least 1");
    ensure!(
        (1..=1_000).contains(&wecom.concurrent_calls),
        "wecom.concurrent_calls must be 1 to 1000; WeCom is said to refuse above 5"
    );
    ensure!((1..=MINUTE_MS).contains(&wecom.minute_ms), "wecom.minute_ms must be 1 to {MINUTE_MS}");
    ensure!(
        wecom.minute_ms == MINUTE_MS || !wecom.base_url.ends_with(".qq.com"),
        "wecom.minute_ms is {}: WeCom's minutes have {MINUTE_MS} ms, only a simulator's can be shorter",
        wecom.minute_ms
    );
    Ok(())
}

fn web_address(name: &str, address: &str) -> anyhow::Result<()> {
    let is_web = address.starts_with("http://") || address.starts_with("https://");
    let is_bare = !address.ends_with('/') && !address.contains(['?', '#', ' ']);
    ensure!(
        is_web && is_bare,
        "{name} is {address:?}: it begins with http:// or https:// and has no slash at the end"
    );
    Ok(())
}

impl TryFrom<String> for Role {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "api" => Ok(Self::Api),
            "worker" => Ok(Self::Worker),
            "all" => Ok(Self::All),
            _ => Err(format!("{text:?} is no role: write api, worker or all")),
        }
    }
}

impl TryFrom<String> for QuotaRule {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "monthly" => Ok(Self::Monthly),
            "weekly" => Ok(Self::Weekly),
            "daily" => Ok(Self::Daily),
            _ => Err(format!("{text:?} is no such rule: write monthly, weekly or daily")),
        }
    }
}

impl TryFrom<String> for LogFormat {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(format!("{text:?} is no format: write text or json")),
        }
    }
}

impl Role {
    /// Whether this process answers calls.
    pub fn answers(self) -> bool {
        matches!(self, Self::Api | Self::All)
    }

    /// Whether this process synchronises and sends.
    pub fn works(self) -> bool {
        matches!(self, Self::Worker | Self::All)
    }
}
