//! How things stand: the overview, the calendar, and what administrators should know of.

use schemars::JsonSchema;
use scrm::{
    send,
    sop::{self, CalendarDay},
    sync,
    users::Right,
};
use serde::{Deserialize, Serialize};

use super::sops::{Card, WireCounts, staff_names};
use crate::{
    About, Caller, Endpoint, Refusal,
    wire::{Id, Nothing},
};

const DAY_MS: i64 = 86_400_000;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let about = |path, title_zh, title| About { path, title_zh, title };
    vec![
        Endpoint::with_right(
            about("overview/show", "概览", "how things stand"),
            Right::Read,
            overview,
        ),
        Endpoint::with_right(
            about("calendar/list", "日历", "what is planned and was sent, by day"),
            Right::Read,
            calendar,
        ),
        Endpoint::with_right(
            about("troubles/list", "系统告警", "what an administrator should know of"),
            Right::ManageWeCom,
            troubles,
        ),
    ]
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Overview {
    /// yyyy-mm-dd where the company is.
    today: String,
    /// From 13 days ago to a week ahead, as far as there are tasks: one SOP and day each.
    days: Vec<Day>,
    /// Owners with messages of earlier days in their hands, most first.
    overdue: Vec<Overdue>,
    last_sync_at_ms: Option<i64>,
    last_sync_failed: bool,
    is_syncing: bool,
}

/// The tasks of one SOP on one day.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Day {
    /// yyyy-mm-dd.
    date: String,
    sop: Card,
    first_due_at_ms: i64,
    steps: Vec<i64>,
    counts: WireCounts,
}

impl From<CalendarDay> for Day {
    fn from(day: CalendarDay) -> Self {
        Self {
            date: day.date.to_string(),
            sop: day.sop.into(),
            first_due_at_ms: day.first_due_at_ms,
            steps: day.steps,
            counts: day.counts.into(),
        }
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Overdue {
    owner_id: Id,
    owner_name: String,
    n_tasks: i64,
}

async fn overview(caller: Caller, _: Nothing) -> Result<Overview, Refusal> {
    let (scrm, corp, viewer) = (&caller.scrm, &caller.place.corp, caller.viewer());
    let now_ms = scrm.clock.now_ms();
    let today = corp.zone.date(now_ms);
    let start_ms = corp.zone.day_start_ms(today);
    let (from_ms, until_ms) = (start_ms - 13 * DAY_MS, start_ms + 8 * DAY_MS - 1);
    let days = sop::calendar(scrm, corp.id, &viewer, from_ms, until_ms).await?;
    let late = sop::overdue(scrm, corp.id, &viewer, start_ms).await?;
    let names = staff_names(&caller, late.iter().map(|(owner, _)| *owner)).await?;
    let overdue = late.into_iter().map(|(owner, n_tasks)| Overdue {
        owner_id: Id(owner.0),
        owner_name: names.get(&owner).cloned().unwrap_or_default(),
        n_tasks,
    });
    let last = sync::last_run(scrm, corp.id).await?;
    Ok(Overview {
        today: today.to_string(),
        days: days.into_iter().map(Day::from).collect(),
        overdue: overdue.collect(),
        last_sync_at_ms: last.as_ref().and_then(|run| run.finished_at_ms),
        last_sync_failed: last.is_some_and(|run| run.has_failed),
        is_syncing: sync::is_under_way(scrm, corp.id).await?,
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Span {
    from_ms: i64,
    /// At most 62 days after.
    until_ms: i64,
}

#[derive(Serialize, JsonSchema)]
struct Days {
    rows: Vec<Day>,
}

async fn calendar(caller: Caller, Span { from_ms, until_ms }: Span) -> Result<Days, Refusal> {
    let is_short = until_ms.checked_sub(from_ms).is_some_and(|ms| (0..=62 * DAY_MS).contains(&ms));
    if !is_short {
        return Err(Refusal::bad_request("untilMs", "a span of at most 62 days can be shown"));
    }
    let (corp, viewer) = (caller.place.corp.id, caller.viewer());
    let days = sop::calendar(&caller.scrm, corp, &viewer, from_ms, until_ms).await?;
    Ok(Days { rows: days.into_iter().map(Day::from).collect() })
}

#[derive(Serialize, JsonSchema)]
struct Troubles {
    rows: Vec<Trouble>,
}

/// Something that does not work.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
enum Trouble {
    /// The last synchronisation failed.
    Sync { why: String },
    /// Messages wait for another try.
    Waiting { n_messages: i64, why: String },
    /// Messages of the last 24 hours were given up.
    GivenUp { n_messages: i64 },
    /// WeCom refuses calls, of this process since it was started: more than half of one kind.
    Calls { call: String, n_errors: u64, n_calls: u64 },
}

async fn troubles(caller: Caller, _: Nothing) -> Result<Troubles, Refusal> {
    let (scrm, corp) = (&caller.scrm, caller.place.corp.id);
    let mut rows = Vec::new();
    if let Some(run) = sync::last_run(scrm, corp).await?.filter(|run| run.has_failed) {
        rows.push(Trouble::Sync { why: run.report });
    }
    let sending = send::trouble(scrm, corp).await?;
    if sending.n_waiting > 0 {
        rows.push(Trouble::Waiting { n_messages: sending.n_waiting, why: sending.why });
    }
    if sending.n_given_up > 0 {
        rows.push(Trouble::GivenUp { n_messages: sending.n_given_up });
    }
    let calls = scrm.wecom.metrics().into_iter().filter(|(of, _, _)| *of == corp);
    for call in calls.flat_map(|(_, _, calls)| calls) {
        if call.n_errors * 2 > call.n_calls && call.n_errors >= 3 {
            let (n_errors, n_calls) = (call.n_errors, call.n_calls);
            rows.push(Trouble::Calls { call: call.call.to_owned(), n_errors, n_calls });
        }
    }
    Ok(Troubles { rows })
}
