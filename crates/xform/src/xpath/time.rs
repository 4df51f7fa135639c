//! Dates and moments as ODK writes them (ISO 8601), by plain arithmetic on the proleptic Gregorian calendar.

/// Milliseconds of a day.
pub(super) const DAY: i64 = 86_400_000;

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

/// A moment on the wall of a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateParts {
    /// Year.
    pub year: i64,
    /// Month, from 1.
    pub month: u32,
    /// Day, from 1.
    pub day: u32,
    /// Hour.
    pub hour: u32,
    /// Minute.
    pub minute: u32,
    /// Second.
    pub second: u32,
    /// Millisecond.
    pub milli: u32,
}

/// Days from 1970-01-01 to a date.
pub(crate) fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((i64::from(month) + 9) % 12) + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = (of_year - (153 * shifted_month + 2) / 5 + 1) as u32;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 } as u32;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn days_in_month(year: i64, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// A calendar day.
pub(crate) fn parse_date(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let well = parts.next().is_none() && year.len() == 4 && [month, day].iter().all(|p| (1..=2).contains(&p.len()));
    if !well || !text.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return None;
    }
    let (year, month, day): (i64, u32, u32) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    ((1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day))
        .then(|| days_from_civil(year, month, day))
}

/// Milliseconds of the day and the offset in minutes, if one is written.
pub(crate) fn parse_time(text: &str) -> Option<(i64, Option<i64>)> {
    let (clock, offset) = match text.find(['Z', 'z', '+', '-']) {
        Some(at) => (&text[..at], Some(parse_offset(&text[at..])?)),
        None => (text, None),
    };
    let mut parts = clock.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next().unwrap_or("0"));
    let digits = |text: &str| !text.is_empty() && text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = second.split_once('.').unwrap_or((second, "0"));
    if parts.next().is_some() || ![hour, minute, whole].into_iter().all(digits) {
        return None;
    }
    if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hour, minute, whole): (i64, i64, i64) = (hour.parse().ok()?, minute.parse().ok()?, whole.parse().ok()?);
    let milli: i64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    (hour < 24 && minute < 60 && whole < 60).then_some((((hour * 60 + minute) * 60 + whole) * 1000 + milli, offset))
}

fn parse_offset(text: &str) -> Option<i64> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits = text[1..].replace(':', "");
    if !matches!(digits.len(), 1 | 2 | 4) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = digits.split_at(digits.len().min(2));
    let minutes: i64 = if minutes.is_empty() { 0 } else { minutes.parse().ok()? };
    let hours: i64 = hours.parse().ok()?;
    (hours <= 18 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// A date (midnight of the zone) or a date with a time; `true` when a time is written.
pub(crate) fn parse_moment(text: &str, zone: i64) -> Option<(Moment, bool)> {
    let text = text.trim();
    match text.split_once('T') {
        Some((date, time)) => {
            let (millis, offset) = parse_time(time)?;
            let local = parse_date(date)? * DAY + millis;
            Some((Moment(local - offset.unwrap_or(zone) * 60_000), true))
        }
        None => Some((Moment(parse_date(text)? * DAY - zone * 60_000), false)),
    }
}

/// Days since 1970-01-01 on the wall of the zone, for text that is a date or a moment.
pub(super) fn local_days(text: &str, zone: i64) -> Option<f64> {
    // Nearly every text is no date; one look tells.
    let bytes = text.trim_start().as_bytes();
    if bytes.len() < 8 || bytes[4] != b'-' || !bytes[0].is_ascii_digit() {
        return None;
    }
    let (moment, _) = parse_moment(text, zone)?;
    Some((moment.0 + zone * 60_000) as f64 / DAY as f64)
}

impl Moment {
    /// What the wall of a zone (minutes east of Greenwich) shows.
    pub fn parts(self, zone: i64) -> DateParts {
        let local = self.0 + zone * 60_000;
        let (year, month, day) = civil_from_days(local.div_euclid(DAY));
        let rest = local.rem_euclid(DAY);
        DateParts {
            year,
            month,
            day,
            hour: (rest / 3_600_000) as u32,
            minute: (rest / 60_000 % 60) as u32,
            second: (rest / 1000 % 60) as u32,
            milli: (rest % 1000) as u32,
        }
    }

    /// `2026-08-07`
    pub fn date(self, zone: i64) -> String {
        let p = self.parts(zone);
        format!("{:04}-{:02}-{:02}", p.year, p.month, p.day)
    }

    /// `2026-08-07T06:31:13.834+08:00`
    pub fn date_time(self, zone: i64) -> String {
        let p = self.parts(zone);
        let sign = if zone < 0 { '-' } else { '+' };
        let (hours, minutes) = (zone.abs() / 60, zone.abs() % 60);
        format!(
            "{}T{:02}:{:02}:{:02}.{:03}{sign}{hours:02}:{minutes:02}",
            self.date(zone),
            p.hour,
            p.minute,
            p.second,
            p.milli
        )
    }

    /// The moment by a format of `format-date` and `format-date-time`; `None` for an unknown letter.
    pub(super) fn formatted(self, format: &str, zone: i64, chinese: bool) -> Option<String> {
        let p = self.parts(zone);
        let weekday = (self.0 + zone * 60_000).div_euclid(DAY).wrapping_add(4).rem_euclid(7) as usize;
        let mut out = String::with_capacity(format.len() + 8);
        let mut chars = format.chars();
        while let Some(c) = chars.next() {
            if c != '%' {
                out.push(c);
                continue;
            }
            match chars.next()? {
                '%' => out.push('%'),
                'Y' => out.push_str(&format!("{:04}", p.year)),
                'y' => out.push_str(&format!("{:02}", p.year.rem_euclid(100))),
                'm' => out.push_str(&format!("{:02}", p.month)),
                'n' => out.push_str(&p.month.to_string()),
                'b' if chinese => out.push_str(&format!("{}月", p.month)),
                'b' => out.push_str(MONTHS[p.month as usize - 1]),
                'd' => out.push_str(&format!("{:02}", p.day)),
                'e' => out.push_str(&p.day.to_string()),
                'a' if chinese => out.push_str(&format!("周{}", WEEKDAYS_ZH[weekday])),
                'a' => out.push_str(WEEKDAYS[weekday]),
                'H' => out.push_str(&format!("{:02}", p.hour)),
                'h' => out.push_str(&p.hour.to_string()),
                'M' => out.push_str(&format!("{:02}", p.minute)),
                'S' => out.push_str(&format!("{:02}", p.second)),
                '3' => out.push_str(&format!("{:03}", p.milli)),
                _ => return None,
            }
        }
        Some(out)
    }
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const WEEKDAYS_ZH: [&str; 7] = ["日", "一", "二", "三", "四", "五", "六"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_eight_centuries_comes_back() {
        let mut expected = days_from_civil(1600, 1, 1);
        for year in 1600..2400 {
            for month in 1..=12 {
                for day in 1..=days_in_month(year, month) {
                    assert_eq!(days_from_civil(year, month, day), expected);
                    assert_eq!(civil_from_days(expected), (year, month, day));
                    expected += 1;
                }
            }
        }
        assert_eq!(days_from_civil(1970, 1, 1), 0);
    }

    #[test]
    fn offsets_and_fractions_are_read() {
        let at = |text| parse_moment(text, 480).map(|(moment, _)| moment.0);
        assert_eq!(at("1970-01-01T08:00:00+08:00"), Some(0));
        assert_eq!(at("1970-01-01T08:00:00.000+0800"), Some(0));
        assert_eq!(at("1970-01-01T08:00:00"), Some(0));
        assert_eq!(at("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(at("1969-12-31T19:30:00.5-04:30"), Some(500));
        assert_eq!(at("1970-1-2"), Some(DAY - 8 * 3_600_000));
        for bad in ["2024-02-30", "2023-02-29", "2024-13-01", "24-01-01", "2024-01-01T25:00:00", "2024-01-01Tx", "今天"]
        {
            assert_eq!(at(bad), None, "{bad}");
        }
    }
}
