//! Quiet hours: a time of the day in which nothing is handed over and nobody reminded.

use crate::zone::Zone;

const DAY_MS: i64 = 24 * 60 * 60_000;

/// From one minute of the day (included) to another (not included), in the company's zone; it may span
/// midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// Minutes since midnight, 0 to 1,439.
    pub from_minute: i64,
    /// Minutes since midnight, 0 to 1,439; another than `from_minute`.
    pub to_minute: i64,
}

impl QuietHours {
    /// When the quiet hours end that a moment falls into; nothing when it falls into none.
    pub fn end_ms(&self, zone: &Zone, at_ms: i64) -> Option<i64> {
        let minute = zone.minute_of_day(at_ms);
        let is_quiet = if self.from_minute < self.to_minute {
            (self.from_minute..self.to_minute).contains(&minute)
        } else {
            minute >= self.from_minute || minute < self.to_minute
        };
        if !is_quiet {
            return None;
        }
        let ends_tomorrow = minute >= self.to_minute;
        let day_no = if ends_tomorrow { 2 } else { 1 };
        let end_ms = zone.nth_day_ms(at_ms, day_no, self.to_minute);
        // Where the zone turns its clocks, never before now, nor later than a day.
        Some(end_ms.clamp(at_ms + 1, at_ms + 2 * DAY_MS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_may_span_midnight() {
        let zone = Zone::parse("Asia/Shanghai").unwrap();
        let at = |day: i8, hour: i8, minute: i8| {
            zone.moment_ms(jiff::civil::date(2026, 3, day).at(hour, minute, 0, 0))
        };
        let night = QuietHours { from_minute: 22 * 60, to_minute: 8 * 60 };
        assert_eq!(night.end_ms(&zone, at(2, 22, 0)), Some(at(3, 8, 0)));
        assert_eq!(night.end_ms(&zone, at(3, 7, 59)), Some(at(3, 8, 0)));
        assert_eq!(night.end_ms(&zone, at(3, 8, 0)), None);
        assert_eq!(night.end_ms(&zone, at(2, 21, 59)), None);
        let noon = QuietHours { from_minute: 12 * 60, to_minute: 13 * 60 };
        assert_eq!(noon.end_ms(&zone, at(2, 12, 30)), Some(at(2, 13, 0)));
        assert_eq!(noon.end_ms(&zone, at(2, 13, 0)), None);
    }
}
