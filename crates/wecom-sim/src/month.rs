//! Days, weeks and months in WeCom's zone, for the quotas of a group and for statistics.

use std::ops::RangeInclusive;

use crate::limits::MassQuota;

const DAY_MS: i64 = 86_400_000;
const SHANGHAI_OFFSET_MS: i64 = 8 * 3_600_000;

/// The day in Asia/Shanghai in which `at_ms` lies, counted from 1970-01-01.
pub(crate) fn day(at_ms: i64) -> i64 {
    (at_ms + SHANGHAI_OFFSET_MS).div_euclid(DAY_MS)
}

/// When a day begins.
pub(crate) fn day_begins_ms(day: i64) -> i64 {
    day * DAY_MS - SHANGHAI_OFFSET_MS
}

/// The days up to `at_ms` over which a quota counts, and how many messages it lets through.
pub(crate) fn quota_days(quota: MassQuota, at_ms: i64) -> (RangeInclusive<i64>, u32) {
    let today = day(at_ms);
    match quota {
        MassQuota::Unlimited => (today..=today, u32::MAX),
        MassQuota::OneADay => (today..=today, 1),
        // 1970-01-01 was a Thursday, three days after Monday.
        MassQuota::SevenAWeek => (today - (today + 3).rem_euclid(7)..=today, 7),
        MassQuota::Month => {
            let month = Month::of(at_ms);
            let in_month = |n: &i64| Month::of(day_begins_ms(today - n)) == month;
            let first = today - (0..31).take_while(in_month).last().unwrap_or(0);
            (first..=today, month.n_days())
        }
    }
}

/// A calendar month in Asia/Shanghai.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Month {
    year: i64,
    month: i64,
}

impl Month {
    /// The month in which `at_ms` lies.
    pub(crate) fn of(at_ms: i64) -> Self {
        // Days to civil date, after Howard Hinnant: years begin in March, eras have 400 years.
        let days = (at_ms + SHANGHAI_OFFSET_MS).div_euclid(DAY_MS) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        Self { year: era * 400 + year_of_era + i64::from(month <= 2), month }
    }

    /// 28 to 31.
    pub(crate) fn n_days(self) -> u32 {
        let leap = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        match self.month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotas_count_from_the_first_day_of_the_month_and_from_monday() {
        let wednesday_ms = 1_772_600_400_000; // 2026-03-04
        let today = day(wednesday_ms);
        assert_eq!(quota_days(MassQuota::Month, wednesday_ms), (today - 3..=today, 31));
        assert_eq!(quota_days(MassQuota::SevenAWeek, wednesday_ms), (today - 2..=today, 7));
        assert_eq!(quota_days(MassQuota::OneADay, wednesday_ms), (today..=today, 1));
    }

    #[test]
    fn a_month_begins_at_midnight_in_shanghai() {
        let march_2024_ms = 1_709_222_400_000;
        assert_eq!(Month::of(march_2024_ms - 1), Month { year: 2024, month: 2 });
        assert_eq!(Month::of(march_2024_ms - 1).n_days(), 29);
        assert_eq!(Month::of(march_2024_ms), Month { year: 2024, month: 3 });
        assert_eq!(Month::of(march_2024_ms).n_days(), 31);
    }
}
