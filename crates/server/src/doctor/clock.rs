//! This machine's clock beside WeCom's: signatures, leases and the times of messages hang on it.

use ambient::Clock;

use super::{Check, check::Subject};

const CLOCK: Subject = Subject { id: "clock", title: "clock" };
const TOLERABLE_MS: u64 = 60_000;
const MOST_MS: u64 = 300_000;

pub(super) async fn check(http: &reqwest::Client, base_url: &str, clock: &Clock) -> Check {
    let asked_at_ms = clock.now_ms();
    let theirs_ms = match wecom::http::server_time(http, base_url).await {
        Ok(Some(theirs_ms)) => theirs_ms,
        Ok(None) => return CLOCK.skipped(format!("{base_url} does not tell its time")),
        Err(error) => return CLOCK.refused(&error),
    };
    // Their answer is from somewhere between, and tells whole seconds.
    let ours_ms = i64::midpoint(asked_at_ms, clock.now_ms());
    let off_ms = ours_ms - theirs_ms;
    let side = if off_ms > 0 { "ahead of" } else { "behind" };
    let found = format!("{} s {side} WeCom's", off_ms.abs() / 1_000);
    let fix = "Let the machine keep its time by NTP: timedatectl set-ntp true";
    match off_ms.unsigned_abs() {
        0..=TOLERABLE_MS => CLOCK.ok(found),
        off_ms if off_ms <= MOST_MS => CLOCK.warning(found, fix),
        _ => CLOCK.failed(found, fix),
    }
}
