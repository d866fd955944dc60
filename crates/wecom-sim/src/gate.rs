//! Counts calls in their windows and calls under way, and says which are too many.

use std::collections::{HashMap, HashSet};

use crate::limits::Limits;

/// Days begin at midnight in Asia/Shanghai.
const SHANGHAI_OFFSET_MS: i64 = 8 * 3_600_000;
/// Not in the base count; only limits of their own hold for them.
const UNCOUNTED: &[&str] = &["gettoken", "message/send", "auth/getuserinfo"];

/// What happened lately, by call.
#[derive(Default)]
pub(crate) struct Gate {
    windows: HashMap<(&'static str, Window), Count>,
    n_under_way: HashMap<&'static str, u32>,
    /// Customers who are being written.
    busy: HashSet<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Window {
    /// Of calls with `debug=1`, which count in the others too.
    DebugMinute,
    Minute,
    Hour,
    Day,
    Month,
}

#[derive(Default)]
struct Count {
    began_ms: i64,
    n: u32,
    blocked_until_ms: i64,
}

impl Gate {
    /// Counts a call; false while it is blocked, which lasts as long as the window it burst.
    pub(crate) fn count(
        &mut self,
        limits: &Limits,
        call: &'static str,
        debugs: bool,
        now_ms: i64,
    ) -> bool {
        let own = limits.by_call.get(call).cloned().unwrap_or_default();
        let counted = !UNCOUNTED.contains(&call);
        let base = |limit: Option<u32>| limit.filter(|_| counted);
        let windows = [
            (Window::DebugMinute, debugs.then_some(limits.debug_per_minute), limits.minute_ms),
            (Window::Minute, own.per_minute.or(base(limits.per_minute)), limits.minute_ms),
            (Window::Hour, own.per_hour.or(base(limits.per_hour)), limits.hour_ms),
            (Window::Day, own.per_day, limits.day_ms),
            (Window::Month, own.per_month, limits.month_ms),
        ];
        let limited = windows.into_iter().filter_map(|(w, limit, ms)| Some((w, limit?, ms)));
        let limited: Vec<_> = limited.collect();
        let blocked = |gate: &Self, window| {
            gate.windows.get(&(call, window)).is_some_and(|c| now_ms < c.blocked_until_ms)
        };
        if limited.iter().any(|(window, ..)| blocked(self, *window)) {
            return false;
        }
        let mut fits = true;
        for (window, limit, length_ms) in limited {
            let length_ms = length_ms.max(1);
            let began_ms = now_ms - (now_ms + SHANGHAI_OFFSET_MS).rem_euclid(length_ms);
            let count = self.windows.entry((call, window)).or_default();
            if count.began_ms != began_ms {
                *count = Count { began_ms, ..Count::default() };
            }
            count.n += 1;
            if count.n > limit {
                count.blocked_until_ms = match window {
                    // Of a day the rest is blocked, of all others their full length.
                    Window::Day => began_ms + length_ms,
                    _ => now_ms + length_ms,
                };
                fits = false;
            }
        }
        fits
    }

    /// Lets a call begin, or gives the code that refuses it.
    pub(crate) fn enter(
        &mut self,
        limits: &Limits,
        call: &'static str,
        customer: Option<&str>,
    ) -> Result<(), i64> {
        let own = limits.by_call.get(call).and_then(|own| own.concurrency);
        let limit = own.or(limits.concurrency.filter(|_| !UNCOUNTED.contains(&call)));
        let n = self.n_under_way.entry(call).or_default();
        if limit.is_some_and(|limit| *n >= limit) {
            return Err(45033);
        }
        if customer.is_some_and(|customer| self.busy.contains(customer)) {
            return Err(45035);
        }
        *n += 1;
        self.busy.extend(customer.map(str::to_owned));
        Ok(())
    }

    /// Ends a call that was let in.
    pub(crate) fn leave(&mut self, call: &'static str, customer: Option<&str>) {
        if let Some(n) = self.n_under_way.get_mut(call) {
            *n = n.saturating_sub(1);
        }
        if let Some(customer) = customer {
            self.busy.remove(customer);
        }
    }
}
