//! The `Date` of an HTTP reply, which has one form since 1999: `Sun, 06 Nov 1994 08:49:37 GMT`.

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Milliseconds since 1970; `None` for any other text.
pub(super) fn read(text: &str) -> Option<i64> {
    let (_, after_weekday) = text.trim().split_once(", ")?;
    let mut words = after_weekday.split(' ');
    let day = number(words.next()?, 1..=31)?;
    let month = words.next()?;
    let month = MONTHS.iter().position(|name| *name == month)?;
    let year = number(words.next()?, 1970..=9999)?;
    let mut of_day = words.next()?.split(':');
    let hour = number(of_day.next()?, 0..=23)?;
    let minute = number(of_day.next()?, 0..=59)?;
    let second = number(of_day.next()?, 0..=60)?;
    let is_whole = of_day.next().is_none() && words.eq(["GMT"]);
    let days = days_before(year, i64::try_from(month).ok()?) + day - 1;
    is_whole.then_some((((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000)
}

fn number(digits: &str, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
    digits.parse().ok().filter(|number| range.contains(number))
}

/// Days from 1970-01-01 to the first of a month, which is counted from 0 for January.
fn days_before(year: i64, month: i64) -> i64 {
    // Years that begin in March have their odd day at the end; months before March belong to the
    // year before.
    let (year, month) = if month < 2 { (year - 1, month + 10) } else { (year, month - 2) };
    let leap_days = year / 4 - year / 100 + year / 400;
    365 * year + leap_days + (153 * month + 2) / 5 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_across_leap_years() {
        for (text, expected_s) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799),
            ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
            ("Fri, 31 Dec 2027 12:00:00 GMT", 1_830_254_400),
            ("Thu, 29 Feb 2024 00:00:00 GMT", 1_709_164_800),
        ] {
            assert_eq!(read(text), Some(expected_s * 1_000), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_date() {
        for text in [
            "",
            "now",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 06 Nov 1994 08:49:37 GMT+8",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 Xxx 1994 08:49:37 GMT",
            "Sun, 32 Nov 1994 08:49:37 GMT",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }
}
