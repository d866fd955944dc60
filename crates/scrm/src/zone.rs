//! Times in a company's zone: texts to epoch milliseconds and back.

use jiff::{Timestamp, civil, tz::TimeZone};

/// The zone a company lives in.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

/// Milliseconds in a minute.
pub const MINUTE_MS: i64 = 60_000;

impl Zone {
    /// A zone by its IANA name, such as `Asia/Shanghai`.
    pub fn parse(name: &str) -> Option<Self> {
        TimeZone::get(name).ok().map(Self)
    }

    /// Its IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// `yyyy-MM-dd HH:mm:ss` of a moment.
    pub fn seconds_text(&self, at_ms: i64) -> String {
        let local = self.local(at_ms);
        let mut text = minutes_text(local);
        text.push(':');
        push_two_digits(&mut text, local.second());
        text
    }

    /// `yyyy-MM-dd HH:mm` of a moment.
    pub fn minutes_text(&self, at_ms: i64) -> String {
        minutes_text(self.local(at_ms))
    }

    /// The moment of a local time. A time that the zone skips is moved on by the gap; of a time that
    /// comes twice, the first is meant; the last hours of the year 9999 are as late as can be told.
    pub fn moment_ms(&self, local: civil::DateTime) -> i64 {
        let farthest = if local.year() > 0 { Timestamp::MAX } else { Timestamp::MIN };
        let moment = self.0.to_ambiguous_zoned(local).compatible();
        moment.map_or(farthest, |zoned| zoned.timestamp()).as_millisecond()
    }

    /// The local date of a moment.
    pub fn date(&self, at_ms: i64) -> civil::Date {
        self.local(at_ms).date()
    }

    /// The moment of `minute_of_day` on the `day_no`-th day, counting the day of `from_ms` as day 1.
    pub fn nth_day_ms(&self, from_ms: i64, day_no: i64, minute_of_day: i64) -> i64 {
        let days = jiff::Span::new().days(day_no.saturating_sub(1));
        let date = self.date(from_ms).checked_add(days).unwrap_or(civil::Date::MAX);
        let hour = i8::try_from(minute_of_day / 60).unwrap_or(23);
        let minute = i8::try_from(minute_of_day % 60).unwrap_or(59);
        self.moment_ms(date.at(hour, minute, 0, 0))
    }

    /// Minutes since local midnight, 0 to 1,439.
    pub fn minute_of_day(&self, at_ms: i64) -> i64 {
        let local = self.local(at_ms);
        i64::from(local.hour()) * 60 + i64::from(local.minute())
    }

    /// The first moment of a local day.
    pub fn day_start_ms(&self, day: civil::Date) -> i64 {
        self.moment_ms(day.at(0, 0, 0, 0))
    }

    fn local(&self, at_ms: i64) -> civil::DateTime {
        let farthest = if at_ms > 0 { Timestamp::MAX } else { Timestamp::MIN };
        let timestamp = Timestamp::from_millisecond(at_ms).unwrap_or(farthest);
        self.0.to_datetime(timestamp)
    }
}

/// Written by hand, since a page of groups has hundreds of them.
fn minutes_text(local: civil::DateTime) -> String {
    let year = (i8::try_from(local.year() / 100), i8::try_from(local.year() % 100));
    let (Ok(century @ 0..), Ok(year @ 0..)) = year else {
        return local.strftime("%Y-%m-%d %H:%M").to_string();
    };
    let mut text = String::with_capacity("2026-01-31 23:59:59".len());
    push_two_digits(&mut text, century);
    push_two_digits(&mut text, year);
    for (mark, number) in
        [('-', local.month()), ('-', local.day()), (' ', local.hour()), (':', local.minute())]
    {
        text.push(mark);
        push_two_digits(&mut text, number);
    }
    text
}

fn push_two_digits(text: &mut String, number: i8) {
    let digit = |n: i8| char::from(b'0' + n.cast_unsigned());
    text.extend([digit(number / 10), digit(number % 10)]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_in_shanghai_reads_as_local_time_and_back() {
        let zone = Zone::parse("Asia/Shanghai").unwrap();
        let at_ms = zone.moment_ms(civil::date(2022, 3, 10).at(11, 51, 8, 0));
        assert_eq!(at_ms, 1_646_884_268_000);
        assert_eq!(zone.seconds_text(at_ms), "2022-03-10 11:51:08");
        assert_eq!(zone.minutes_text(at_ms), "2022-03-10 11:51");
    }

    #[test]
    fn the_day_of_joining_is_day_one_even_late_at_night() {
        let zone = Zone::parse("Asia/Shanghai").unwrap();
        let joined = zone.moment_ms(civil::date(2026, 2, 27).at(23, 59, 59, 0));
        assert_eq!(zone.minutes_text(zone.nth_day_ms(joined, 1, 600)), "2026-02-27 10:00");
        assert_eq!(zone.minutes_text(zone.nth_day_ms(joined, 5, 1_439)), "2026-03-03 23:59");
    }

    #[test]
    fn the_end_of_all_years_is_late_not_long_ago() {
        let zone = Zone::parse("Asia/Shanghai").unwrap();
        let never = zone.moment_ms(civil::date(9999, 12, 31).at(23, 59, 0, 0));
        assert_eq!(zone.minutes_text(never), "9999-12-31 06:00");
        assert!(zone.nth_day_ms(never, 3_650, 0) >= never - 86_400_000);
    }

    #[test]
    fn a_time_that_the_zone_skips_is_moved_on() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        let skipped = zone.moment_ms(civil::date(2026, 3, 29).at(2, 30, 0, 0));
        assert_eq!(zone.minutes_text(skipped), "2026-03-29 03:30");
    }
}
