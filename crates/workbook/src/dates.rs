//! Serial dates (ECMA-376 Part 1, 18.17.4.1) and the number formats that mean a date.

use crate::model::{CellValue, TimeOfDay};

/// Days from 0000-03-01 to 1970-01-01 in the proleptic Gregorian calendar.
const ERA_TO_UNIX: i64 = 719_468;
/// Serial 0 of the 1900 system, 1899-12-30, in days before 1970-01-01.
const SERIAL_TO_UNIX: i64 = 25_569;
/// Days between the two systems.
const DAYS_1904: f64 = 1_462.0;

/// The day number of a date, 0 at 1970-01-01 (Howard Hinnant, `days_from_civil`).
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - ERA_TO_UNIX
}

/// The date of a day number (Howard Hinnant, `civil_from_days`).
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let z = days + ERA_TO_UNIX;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(month <= 2), month, doy - (153 * mp + 2) / 5 + 1)
}

/// The date a serial number stands for, `None` when it is none: below one day or past the year 9999. Serial 60 is the
/// 29 February 1900 that never was and gives 28 February.
pub fn date_from_serial(serial: f64, epoch_1904: bool) -> Option<CellValue> {
    let serial = if epoch_1904 { serial + DAYS_1904 } else { serial };
    if !(1.0..2_958_466.0).contains(&serial) {
        return None;
    }
    // Half a second of rounding, because times are stored as fractions that rarely come out even.
    let seconds = (serial * 86_400.0 + 0.5).floor() as i64;
    let (mut days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    if days < 60 {
        days += 1;
    }
    let (year, month, day) = civil_from_days(days - SERIAL_TO_UNIX);
    let time = (rest > 0).then_some(TimeOfDay {
        hour: (rest / 3_600) as u8,
        minute: (rest / 60 % 60) as u8,
        second: (rest % 60) as u8,
        rest_ms: ((serial * 86_400_000.0 + 0.5).floor() as i64 - seconds * 1_000) as i16,
    });
    Some(CellValue::Date { year: year as i16, month: month as u8, day: day as u8, time })
}

/// The serial number of a date, `None` when there is no such day in the system.
pub fn date_to_serial(year: i16, month: u8, day: u8, epoch_1904: bool) -> Option<f64> {
    let days = days_from_civil(i64::from(year), i64::from(month), i64::from(day));
    if civil_from_days(days) != (i64::from(year), i64::from(month), i64::from(day)) {
        return None;
    }
    let mut serial = days + SERIAL_TO_UNIX;
    if serial <= 60 {
        serial -= 1;
    }
    let serial = serial as f64 - if epoch_1904 { DAYS_1904 } else { 0.0 };
    (1.0..2_958_466.0).contains(&serial).then_some(serial)
}

/// What a number format makes of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum NumberStyle {
    /// A number.
    #[default]
    Plain,
    /// A date, with or without a time.
    Date,
    /// A time without a date.
    Time,
}

/// The style of a built-in format (ECMA-376 Part 1, 18.8.30, with the Chinese and Japanese additions 27–36 and 50–58).
pub(crate) fn builtin_style(id: u32) -> NumberStyle {
    match id {
        14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57 | 58 => NumberStyle::Date,
        18..=21 | 32..=35 | 45..=47 | 55 | 56 => NumberStyle::Time,
        _ => NumberStyle::Plain,
    }
}

/// The style of a format code such as `yyyy"年"m"月"d"日";@`.
pub(crate) fn code_style(code: &str) -> NumberStyle {
    let (mut date, mut time) = (false, false);
    let mut chars = code.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => while chars.next().is_some_and(|c| c != '"') {},
            '\\' | '_' | '*' => {
                chars.next();
            }
            '[' => {
                let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                time |= matches!(inside.to_ascii_lowercase().as_str(), "h" | "hh" | "m" | "mm" | "s" | "ss");
            }
            'y' | 'Y' | 'd' | 'D' => date = true,
            'h' | 'H' | 's' | 'S' => time = true,
            // A month on its own, as in `m"月"`, is a date; beside hours it is minutes.
            'm' | 'M' => date |= !time && !code.contains(['h', 'H', 's', 'S']),
            // `General` and `G/通用格式` have letters that mean something elsewhere.
            'G' | 'g' if code.to_ascii_lowercase().contains("general") => return NumberStyle::Plain,
            ';' if date || time => break,
            _ => {}
        }
    }
    match (date, time) {
        (true, _) => NumberStyle::Date,
        (false, true) => NumberStyle::Time,
        _ => NumberStyle::Plain,
    }
}

/// The value of a number under a style.
pub(crate) fn styled_number(n: f64, style: NumberStyle, epoch_1904: bool) -> CellValue {
    let time_text = |n: f64| {
        let s = (n.rem_euclid(1.0) * 86_400.0 + 0.5) as u32 % 86_400;
        CellValue::text(format!("{:02}:{:02}:{:02}", s / 3_600, s / 60 % 60, s % 60))
    };
    match style {
        NumberStyle::Plain => CellValue::Number(n),
        NumberStyle::Time if (0.0..1.0).contains(&n) => time_text(n),
        NumberStyle::Date if (0.0..1.0).contains(&n) && n > 0.0 => time_text(n),
        _ => date_from_serial(n, epoch_1904).unwrap_or(CellValue::Number(n)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i16, month: u8, day: u8) -> CellValue {
        CellValue::Date { year, month, day, time: None }
    }

    #[test]
    fn serial_numbers_are_dates_both_ways() {
        for (serial, y, m, d) in [
            (1.0, 1900, 1, 1),
            (59.0, 1900, 2, 28),
            (61.0, 1900, 3, 1),
            (29_344.0, 1980, 5, 3),
            (45_658.0, 2025, 1, 1),
            (2_958_465.0, 9999, 12, 31),
        ] {
            assert_eq!(date_from_serial(serial, false), Some(date(y, m, d)), "{serial}");
            assert_eq!(date_to_serial(y, m, d, false), Some(serial));
        }
        assert_eq!(date_from_serial(0.0, true), Some(date(1904, 1, 1)));
        assert_eq!(date_to_serial(2025, 2, 29, false), None);
        assert_eq!(date_from_serial(f64::NAN, false), None);
        assert_eq!(date_from_serial(3e6, false), None);
    }

    #[test]
    fn time_of_day_survives_its_fraction() {
        let got = date_from_serial(45_658.0 + 0.354_166_67, false);
        assert_eq!(got.map(|v| v.shown()), Some("2025-01-01 08:30:00".to_owned()));
    }

    #[test]
    fn milliseconds_are_kept_beside_the_rounded_second() {
        let got = date_from_serial(44_662.685_057_534_72, false);
        let Some(CellValue::Date { time: Some(time), .. }) = got else { panic!("{got:?}") };
        assert_eq!((time.hour, time.minute, time.second, time.rest_ms), (16, 26, 29, -29));
    }

    #[test]
    fn date_formats_are_told_from_number_formats() {
        for code in [
            "yyyy-mm-dd",
            "yyyy\"年\"m\"月\"d\"日\";@",
            "[$-804]yyyy\"年\"m\"月\";@",
            "m/d/yy h:mm",
            "m\"月\"",
            "[DBNum1]yyyy",
        ] {
            assert_eq!(code_style(code), NumberStyle::Date, "{code}");
        }
        for code in ["h:mm", "[h]:mm:ss", "mm:ss.0"] {
            assert_eq!(code_style(code), NumberStyle::Time, "{code}");
        }
        for code in ["General", "0.00_ ", "#,##0;[Red]-#,##0", "@", "\"day\"0", "0\\d", "G/通用格式"] {
            assert_eq!(code_style(code), NumberStyle::Plain, "{code}");
        }
    }
}
