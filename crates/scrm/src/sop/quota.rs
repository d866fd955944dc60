//! How many mass messages WeCom lets a group receive. The company's administrator chooses one of three rules in
//! WeCom (D92135), which no call tells; so it is a setting.

use jiff::civil::Date;

/// WeCom's rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Quota {
    /// As many in a month as it has days: the default.
    #[default]
    DaysOfMonth,
    /// Seven in a week, from Monday.
    SevenAWeek,
    /// One a day.
    OneADay,
}

impl Quota {
    /// The first day of the period that a day belongs to.
    pub(super) fn period(self, day: Date) -> Date {
        match self {
            Self::DaysOfMonth => day.first_of_month(),
            Self::SevenAWeek => {
                let days = i64::from(day.weekday().to_monday_zero_offset());
                day.checked_sub(jiff::Span::new().days(days)).unwrap_or(day)
            }
            Self::OneADay => day,
        }
    }

    /// Messages in the period of a day, at most.
    pub(super) fn most(self, day: Date) -> usize {
        match self {
            Self::DaysOfMonth => usize::try_from(day.days_in_month()).unwrap_or(28),
            Self::SevenAWeek => 7,
            Self::OneADay => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn each_rule_has_its_periods_and_numbers() {
        let day = date(2026, 2, 26);
        assert_eq!(Quota::DaysOfMonth.period(day), date(2026, 2, 1));
        assert_eq!(Quota::DaysOfMonth.most(day), 28);
        assert_eq!(Quota::SevenAWeek.period(day), date(2026, 2, 23));
        assert_eq!(Quota::SevenAWeek.most(day), 7);
        assert_eq!(Quota::OneADay.period(day), day);
        assert_eq!(Quota::OneADay.most(day), 1);
    }
}
