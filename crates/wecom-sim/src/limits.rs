//! How strictly WeCom's rules bite: switches that a test sets at the start or over `/sim/limits`.
//!
//! Everything is off by default. [`Limits::documented`] has the numbers of WeCom's pages; the
//! lengths of the windows can be shortened so that a test need not wait a minute.

use std::{collections::BTreeMap, net::IpAddr};

use serde::{Deserialize, Serialize};

/// The rules in force; they are not in the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Calls of one API in a minute; more answer 45009 for as long as the window lasts.
    pub per_minute: Option<u32>,
    /// Calls of one API in an hour.
    pub per_hour: Option<u32>,
    /// What a minute is here.
    pub minute_ms: i64,
    /// What an hour is here.
    pub hour_ms: i64,
    /// What a day is here.
    pub day_ms: i64,
    /// What a month of 30 days is here.
    pub month_ms: i64,
    /// Calls of one API under way at once; more answer 45033.
    pub concurrency: Option<u32>,
    /// How long every call takes, in real time, which makes calls overlap.
    pub latency_ms: u64,
    /// In place of the numbers above, by call; names as in faults.
    pub by_call: BTreeMap<String, CallLimit>,
    /// Addresses that may call; others get 60020. `None` lets all.
    pub trusted_ips: Option<Vec<IpAddr>>,
    /// Whether `gettoken` asks for a trusted address too, which the pages leave open.
    pub trusted_ips_for_token: bool,
    /// The app's visible range: these departments and all below; `None` is the whole corp.
    pub visible_departments: Option<Vec<u32>>,
    /// Tokens are withdrawn so long after they were given out, whatever they promise.
    pub token_dies_after_s: Option<i64>,
    /// Whether each `gettoken` gives a new token, while the older ones stay good, instead of the
    /// one in force; the pages leave it open.
    pub new_token_each_time: bool,
    /// Calls of one API in a minute with `debug=1` in the query; more answer 45009.
    pub debug_per_minute: u32,
    /// For so long after people changed a group or a customer in the client, `groupchat/get` and
    /// `externalcontact/get` show how it was before. Lists and batches are always up to date, and
    /// so is what calls changed. A restart forgets the former state.
    pub late_data_ms: i64,
    /// The app is not under 客户联系 → 可调用接口的应用: every `externalcontact` call answers 48002.
    pub no_customer_contact: bool,
    /// The app may not use mass messages: their calls alone answer 48002.
    pub no_mass_messages: bool,
    /// How many mass messages reach one group or customer; `None` does as `Config::quota` says.
    pub mass_quota: Option<MassQuota>,
    /// Whether `add_msg_template` refuses media ids that were not uploaded here or are too old.
    pub check_media: bool,
    /// The life of an uploaded medium.
    pub media_ttl_s: i64,
    /// Reminders of one mass message in 24 hours.
    pub reminders_per_day: u32,
    /// What `externalcontact/get` says of somebody whom nobody follows: 84061 or 40096.
    pub stranger_errcode: i64,
    /// What `groupchat/get` says of a dissolved group: 49008 or 40050.
    pub dissolved_errcode: i64,
}

/// The limits of one call; what is absent is as for all calls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CallLimit {
    /// Calls in a minute.
    pub per_minute: Option<u32>,
    /// Calls in an hour.
    pub per_hour: Option<u32>,
    /// Calls in a day of Asia/Shanghai.
    pub per_day: Option<u32>,
    /// Calls in 30 days.
    pub per_month: Option<u32>,
    /// Calls under way at once.
    pub concurrency: Option<u32>,
}

/// How many mass messages a group or customer takes; the administrator chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MassQuota {
    /// Any number.
    Unlimited,
    /// As many a month as the month has days.
    Month,
    /// Seven from Monday to Sunday.
    SevenAWeek,
    /// One a day.
    OneADay,
}

impl Limits {
    /// The numbers of WeCom's pages, and five calls at once as its staff say in the forum.
    pub fn documented() -> Self {
        let per_hour = |n| CallLimit { per_hour: Some(n), ..CallLimit::default() };
        let uploads =
            CallLimit { per_day: Some(1_000), per_month: Some(3_000), ..CallLimit::default() };
        let by_call = [
            ("get_jsapi_ticket", per_hour(400)),
            ("ticket/get", per_hour(100)),
            ("media/uploadimg", uploads),
        ];
        Self {
            per_minute: Some(10_000),
            per_hour: Some(150_000),
            concurrency: Some(5),
            by_call: by_call.map(|(call, limit)| (call.to_owned(), limit)).into(),
            check_media: true,
            ..Self::default()
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            per_minute: None,
            per_hour: None,
            minute_ms: 60_000,
            hour_ms: 3_600_000,
            day_ms: 86_400_000,
            month_ms: 30 * 86_400_000,
            concurrency: None,
            latency_ms: 0,
            by_call: BTreeMap::new(),
            trusted_ips: None,
            trusted_ips_for_token: false,
            visible_departments: None,
            token_dies_after_s: None,
            new_token_each_time: false,
            debug_per_minute: 5,
            late_data_ms: 0,
            no_customer_contact: false,
            no_mass_messages: false,
            mass_quota: None,
            check_media: false,
            media_ttl_s: 3 * 86_400,
            reminders_per_day: 3,
            stranger_errcode: 84_061,
            dissolved_errcode: 49_008,
        }
    }
}
