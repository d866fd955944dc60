//! Times as callers write them: local to the company, to the day, minute or second.

use jiff::civil::{Date, DateTime, Time};
use schemars::json_schema;
use scrm::Zone;

use super::scalar::{Scalar, impl_scalar, is_not};

/// A local time, with the precision it was written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    start: DateTime,
    precision: Precision,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Precision {
    Day,
    Minute,
    Second,
}

impl Moment {
    /// Its first millisecond: what a start bound means.
    pub(crate) fn start_ms(self, zone: &Zone) -> i64 {
        zone.moment_ms(self.start)
    }

    /// The last millisecond of the second, minute or day named: what an end bound means.
    pub(crate) fn end_ms(self, zone: &Zone) -> i64 {
        let start = self.start;
        let (minute, second) = match self.precision {
            Precision::Day => return zone.moment_ms(start.date().to_datetime(Time::MAX)),
            Precision::Minute => (start.minute(), 59),
            Precision::Second => (start.minute(), start.second()),
        };
        zone.moment_ms(start.date().at(start.hour(), minute, second, 999_999_999))
    }

    /// The minute it lies in; none when only a day is named.
    pub(crate) fn minute_ms(self, zone: &Zone) -> Option<i64> {
        let start = self.start;
        let minute = start.date().at(start.hour(), start.minute(), 0, 0);
        (self.precision != Precision::Day).then(|| zone.moment_ms(minute))
    }
}

impl Scalar for Moment {
    const WHAT: &'static str = "a time (yyyy-MM-dd HH:mm:ss)";

    fn from_text(text: &str) -> Result<Self, String> {
        moment(text).ok_or_else(|| is_not::<Self>(&text))
    }
}

fn moment(text: &str) -> Option<Moment> {
    let (precision, pattern) = match text.len() {
        10 => (Precision::Day, "dddd-dd-dd"),
        16 => (Precision::Minute, "dddd-dd-dd dd:dd"),
        19 => (Precision::Second, "dddd-dd-dd dd:dd:dd"),
        _ => return None,
    };
    if !has_form(text, pattern) {
        return None;
    }
    let day = |range| two_digits(text, range);
    let date = Date::new(text[..4].parse().ok()?, day(5)?, day(8)?).ok()?;
    let time = match precision {
        Precision::Day => Time::midnight(),
        Precision::Minute => Time::new(day(11)?, day(14)?, 0, 0).ok()?,
        Precision::Second => Time::new(day(11)?, day(14)?, day(17)?, 0).ok()?,
    };
    Some(Moment { start: date.to_datetime(time), precision })
}

impl_scalar!(
    Moment,
    json_schema!({
        "type": "string",
        "description": "yyyy-MM-dd HH:mm:ss, yyyy-MM-dd HH:mm or yyyy-MM-dd, in the corp's time zone",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}(:[0-9]{2})?)?$",
    })
);

/// A time of day, to the minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TimeOfDay {
    /// Minutes since midnight.
    pub minute_of_day: i64,
}

impl Scalar for TimeOfDay {
    const WHAT: &'static str = "a time of day (HH:mm)";

    fn from_text(text: &str) -> Result<Self, String> {
        time_of_day(text).ok_or_else(|| is_not::<Self>(&text))
    }
}

fn time_of_day(text: &str) -> Option<TimeOfDay> {
    if !has_form(text, "dd:dd") {
        return None;
    }
    let time = Time::new(two_digits(text, 0)?, two_digits(text, 3)?, 0, 0).ok()?;
    Some(TimeOfDay { minute_of_day: i64::from(time.hour()) * 60 + i64::from(time.minute()) })
}

impl_scalar!(
    TimeOfDay,
    json_schema!({
        "type": "string",
        "description": "HH:mm, in the corp's time zone",
        "pattern": "^[0-9]{2}:[0-9]{2}$",
    })
);

/// Whether the text reads as the pattern does, `d` standing for a digit.
fn has_form(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(byte, expected)| match expected {
            b'd' => byte.is_ascii_digit(),
            _ => byte == expected,
        })
}

fn two_digits(text: &str, start: usize) -> Option<i8> {
    text.get(start..start + 2)?.parse().ok()
}
