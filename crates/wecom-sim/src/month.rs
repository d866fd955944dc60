//! Calendar months in WeCom's zone, for the monthly quota of a group.

const DAY_MS: i64 = 86_400_000;
const SHANGHAI_OFFSET_MS: i64 = 8 * 3_600_000;

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
    fn a_month_begins_at_midnight_in_shanghai() {
        let march_2024_ms = 1_709_222_400_000;
        assert_eq!(Month::of(march_2024_ms - 1), Month { year: 2024, month: 2 });
        assert_eq!(Month::of(march_2024_ms - 1).n_days(), 29);
        assert_eq!(Month::of(march_2024_ms), Month { year: 2024, month: 3 });
        assert_eq!(Month::of(march_2024_ms).n_days(), 31);
    }
}
