//! Dates as offices write them.

use jiff::{ToSpan, civil::Date};

use super::{CheckError, Note, clean};

/// How much of a date is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// Only the year; the date is its first day.
    Year,
    /// Year and month; the date is the month's first day.
    Month,
    /// The day.
    Day,
}

/// A date, how much of it is known, and what was guessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlexDate {
    /// The day, or the first day of the month or year.
    pub date: Date,
    /// How much of it is known.
    pub precision: Precision,
    /// What was guessed or dropped.
    pub notes: Vec<Note>,
}

impl FlexDate {
    /// As it is written: `1980`, `1980-05` or `1980-05-01`.
    pub fn written(&self) -> String {
        match self.precision {
            Precision::Year => format!("{:04}", self.date.year()),
            Precision::Month => format!("{:04}-{:02}", self.date.year(), self.date.month()),
            Precision::Day => self.date.to_string(),
        }
    }
}

/// Two-digit years from here on are 19xx, those before are 20xx.
const PIVOT: i16 = 30;
const YEARS: std::ops::RangeInclusive<i16> = 1800..=2200;

/// Reads a date: `1980-05-01`, `1980/5/1`, `1980.5.1`, `1980年5月1日`, `19800501`, `1980.5`, `198005`, `1980`, `80.5.1`,
/// Excel's serial numbers (1900 system), a time of day behind it (dropped). Lunar dates, days that do not exist and
/// orders that cannot be told are refused. Whether a birth lies in the future is the caller's question, see
/// [`refuse_future`].
pub fn date(input: &str) -> Result<FlexDate, CheckError> {
    let cleaned = clean::text(input)?;
    let trimmed = cleaned.trim_matches(['\'', '"', '‘', '’', ' ']);
    if trimmed.is_empty() {
        return Err(CheckError::empty("日期，如 1980-05-01", "a date, such as 1980-05-01"));
    }
    refuse_lunar(trimmed)?;
    let western = chinese_numerals(trimmed);
    let text = without_time(&western);
    let bare = text.strip_suffix(".0").filter(|rest| rest.len() == 8 || rest.len() == 6).unwrap_or(text);
    if bare.bytes().all(|b| b.is_ascii_digit()) && !bare.is_empty() {
        return digits_only(bare);
    }
    if let Some(found) = serial_with_fraction(bare) {
        return found;
    }
    parts(text)
}

/// Refuses a date after `today`, with the name of what must not lie in the future.
pub fn refuse_future(read: &FlexDate, today: Date, what_zh: &str, what_en: &str) -> Result<(), CheckError> {
    if read.date <= today {
        return Ok(());
    }
    let written = read.written();
    Err(CheckError::new(
        "date.future",
        format!("{what_zh} {written} 晚于今天（{today}），请核对年份"),
        format!("{what_en} {written} is after today ({today}); check the year"),
    ))
}

fn refuse_lunar(text: &str) -> Result<(), CheckError> {
    let marks = ["农历", "阴历", "旧历", "正月", "冬月", "腊月", "闰", "初", "廿", "卅", "lunar"];
    let lower = text.to_lowercase();
    if marks.iter().any(|mark| lower.contains(mark)) {
        return Err(CheckError::new(
            "date.lunar",
            "这是农历日期，各年对应的公历不同，不能自动换算；请按身份证填写公历，如 1980-05-01",
            "this is a lunar date, which cannot be converted without doubt; write the date of the identity card, such as \
             1980-05-01",
        ));
    }
    Ok(())
}

/// `一九八〇年五月十二日` → `1980年5月12日`; text without Chinese digits is unchanged.
fn chinese_numerals(text: &str) -> String {
    let digit = |c: char| "〇一二三四五六七八九".chars().position(|d| d == c).or((c == '零' || c == '○').then_some(0));
    let (mut out, mut run) = (String::new(), Vec::new());
    for c in text.chars().chain(std::iter::once('\0')) {
        if digit(c).is_some() || c == '十' {
            run.push(c);
            continue;
        }
        if let Some(ten) = run.iter().position(|c| *c == '十') {
            let tens = run[..ten].last().and_then(|c| digit(*c)).unwrap_or(1);
            let ones = run[ten + 1..].first().and_then(|c| digit(*c)).unwrap_or(0);
            out.push_str(&(tens * 10 + ones).to_string());
        } else {
            out.extend(run.iter().filter_map(|c| digit(*c)).map(|d| char::from(b'0' + u8::try_from(d).unwrap_or(0))));
        }
        run.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    out
}

/// Drops `08:30:00`, `T00:00:00Z`, `上午8时`.
fn without_time(text: &str) -> &str {
    let Some(at) = text.find([':', '时', '点']) else { return text };
    let head = &text[..at];
    let date_end = head.rfind([' ', 'T', 't', '日', '上', '下']).unwrap_or(head.len());
    let kept = &text[..date_end];
    kept.trim_end_matches(|c: char| !c.is_ascii_digit())
}

fn digits_only(digits: &str) -> Result<FlexDate, CheckError> {
    let number = |range: std::ops::Range<usize>| digits.get(range).and_then(|d| d.parse::<i64>().ok()).unwrap_or(0);
    match digits.len() {
        8 => day(number(0..4), number(4..6), number(6..8), Vec::new()),
        6 if (18..=21).contains(&number(0..2)) && (1..=12).contains(&number(4..6)) => {
            month(number(0..4), number(4..6), Vec::new())
        }
        6 => {
            let (year, note) = widen(number(0..2));
            day(year, number(2..4), number(4..6), vec![note])
        }
        5 => serial(number(0..5)),
        4 => year(number(0..4)),
        _ => Err(unreadable()),
    }
}

/// `29342.5` is a serial with a time of day; anything else with one dot is not.
fn serial_with_fraction(text: &str) -> Option<Result<FlexDate, CheckError>> {
    let (whole, fraction) = text.split_once('.')?;
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    (whole.len() == 5 && digits(whole) && digits(fraction)).then(|| serial(whole.parse().unwrap_or(0)))
}

fn serial(number: i64) -> Result<FlexDate, CheckError> {
    // Excel believes in 1900-02-29 (serial 60), so days after it count from 1899-12-30. Five digits are past it.
    let base = Date::constant(1899, 12, 30);
    let found = base.checked_add(number.days()).ok().filter(|date| YEARS.contains(&date.year()));
    let date = found.ok_or_else(unreadable)?;
    let note = Note::new(
        "date.from_serial",
        format!("由 Excel 日期序号 {number} 换算为 {date}"),
        format!("read from Excel's serial number {number} as {date}"),
    );
    Ok(FlexDate { date, precision: Precision::Day, notes: vec![note] })
}

fn parts(text: &str) -> Result<FlexDate, CheckError> {
    let suffixed = |c: char| {
        matches!(
            c,
            '年' | '月' | '日' | '号' | '-' | '/' | '.' | '、' | '—' | '–' | '_' | ',' | '~' | ' ' | '\\' | '．'
        )
    };
    let marked = text.trim_end_matches(['生', '出']).trim();
    if marked.chars().any(|c| !c.is_ascii_digit() && !suffixed(c)) {
        return Err(unreadable());
    }
    let texts: Vec<&str> = marked.split(suffixed).filter(|part| !part.is_empty()).collect();
    let numbers: Vec<i64> = texts.iter().filter_map(|part| part.parse().ok()).collect();
    if numbers.len() != texts.len() {
        return Err(unreadable());
    }
    match (numbers.as_slice(), texts.as_slice()) {
        ([y, m, d], [written, ..]) if written.len() == 4 => day(*y, *m, *d, Vec::new()),
        ([m, d, y], [_, _, written]) if written.len() == 4 => year_last(*y, *m, *d),
        ([y, m, d], [written, ..]) if written.len() <= 2 => {
            let (year, note) = widen(*y);
            day(year, *m, *d, vec![note])
        }
        ([_, _], _) if marked.contains('月') && !marked.contains('年') => {
            Err(CheckError::new("date.no_year", "没有年份，请写成 1980-05-01", "there is no year; write 1980-05-01"))
        }
        ([y, 0], [written, "0"]) if written.len() == 4 => year(*y),
        ([y, m], [written, tail]) if written.len() == 4 => {
            let trap = *tail == "1" && marked.contains('.');
            month(*y, *m, if trap { vec![one_or_ten(*y)] } else { Vec::new() })
        }
        ([y], [written]) if written.len() == 4 => year(*y),
        ([y], [written]) if written.len() == 2 && marked.contains('年') => {
            let (year, note) = widen(*y);
            Ok(FlexDate { notes: vec![note], ..self::year(year)? })
        }
        ([whole], [_]) if marked.len() != texts.concat().len() => digits_only(&whole.to_string()),
        _ => Err(unreadable()),
    }
}

/// `5/13/1980` can only be month first; `5/6/1980` can be either.
fn year_last(y: i64, a: i64, b: i64) -> Result<FlexDate, CheckError> {
    match (a, b) {
        (month, d) if d > 12 && month <= 12 => day(y, month, d, Vec::new()),
        (d, month) if d > 12 && month <= 12 => day(y, month, d, Vec::new()),
        (same, again) if same == again => day(y, same, again, Vec::new()),
        _ => Err(CheckError::new(
            "date.order",
            "年份在最后，分不清哪个是月、哪个是日；请写成 1980-05-01",
            "the year comes last and day and month cannot be told apart; write 1980-05-01",
        )),
    }
}

/// A decimal cell cannot keep the zero of `1980.10`.
fn one_or_ten(year: i64) -> Note {
    Note::new(
        "date.month_ambiguous",
        format!("{year}.1 可能是 1 月，也可能是 10 月（{year}.10 存成小数会丢掉末尾的 0），暂按 1 月，请核对"),
        format!(
            "{year}.1 may mean January or October ({year}.10 stored as a decimal loses its zero); read as January, check it"
        ),
    )
}

fn widen(two_digits: i64) -> (i64, Note) {
    let year = if two_digits >= i64::from(PIVOT) { 1900 + two_digits } else { 2000 + two_digits };
    let note = Note::new(
        "date.two_digit_year",
        format!("年份只有两位，按 {year} 年处理，请核对"),
        format!("the year has two digits and was read as {year}; check it"),
    );
    (year, note)
}

fn day(year: i64, month: i64, day: i64, notes: Vec<Note>) -> Result<FlexDate, CheckError> {
    let year = checked_year(year)?;
    let date = match (i8::try_from(month), i8::try_from(day)) {
        (Ok(month), Ok(day)) => Date::new(year, month, day).ok(),
        _ => None,
    };
    match date {
        Some(date) => Ok(FlexDate { date, precision: Precision::Day, notes }),
        None => Err(CheckError::new(
            "date.impossible",
            format!("没有 {year} 年 {month} 月 {day} 日这一天，请核对"),
            format!("there is no day {year}-{month:02}-{day:02}; check it"),
        )),
    }
}

fn month(year: i64, month: i64, notes: Vec<Note>) -> Result<FlexDate, CheckError> {
    let year = checked_year(year)?;
    let date = i8::try_from(month).ok().and_then(|month| Date::new(year, month, 1).ok());
    match date {
        Some(date) => Ok(FlexDate { date, precision: Precision::Month, notes }),
        None => Err(CheckError::new(
            "date.impossible",
            format!("没有 {month} 月，请核对"),
            format!("there is no month {month}; check it"),
        )),
    }
}

fn year(year: i64) -> Result<FlexDate, CheckError> {
    let date = Date::new(checked_year(year)?, 1, 1).map_err(|_| unreadable())?;
    Ok(FlexDate { date, precision: Precision::Year, notes: Vec::new() })
}

fn checked_year(year: i64) -> Result<i16, CheckError> {
    i16::try_from(year).ok().filter(|year| YEARS.contains(year)).ok_or_else(|| {
        CheckError::new(
            "date.year",
            format!("年份 {year} 不在 1800 至 2200 之间，请核对"),
            format!("the year {year} is not between 1800 and 2200; check it"),
        )
    })
}

fn unreadable() -> CheckError {
    CheckError::new(
        "date.format",
        "看不出是哪一天，请写成 1980-05-01（只知道年月时写 1980-05）",
        "cannot be read as a date; write 1980-05-01, or 1980-05 when only the month is known",
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(input: &str, expected: &str) {
        let read = date(input).map_or_else(|error| error.code().to_owned(), |read| read.written());
        assert_eq!(read, expected, "{input}");
    }

    fn note(input: &str) -> Option<&'static str> {
        date(input).unwrap().notes.first().map(Note::code)
    }

    #[test]
    fn days_in_every_dress() {
        for input in [
            "1980-05-01",
            "1980/5/1",
            "1980.5.1",
            "1980.05.01",
            "1980年5月1日",
            "1980 年 5 月 1 日",
            "1980年05月01号",
            "一九八〇年五月一日",
            "19800501",
            "19800501.0",
            "１９８０－０５－０１",
            "1980-05-01 00:00:00",
            "1980-05-01T08:30:00Z",
            "1980年5月1日上午8时",
            "1980-5-1出生",
            "'1980-05-01",
            "1980、5、1",
            "1980 5 1",
            "29342",
            "29342.5",
            "80.5.1",
            "80-05-01",
            "800501",
            "80年5月1日",
        ] {
            check(input, "1980-05-01");
        }
        check("二〇〇一年十二月三十一日", "2001-12-31");
        check("5/13/1980", "1980-05-13");
    }

    #[test]
    fn months_and_years_keep_their_precision() {
        for input in ["1980.5", "1980年5月", "198005", "1980-05", "1980/5", "一九八〇年五月"] {
            check(input, "1980-05");
        }
        for input in ["1980", "1980年", "1980.0", "80年"] {
            check(input, "1980");
        }
        assert_eq!(date("1980.5").unwrap().date.to_string(), "1980-05-01");
    }

    #[test]
    fn january_stored_as_a_decimal_may_be_october() {
        assert_eq!(note("1980.1"), Some("date.month_ambiguous"));
        assert_eq!(note("1980.10"), None);
        assert_eq!(note("1980-1"), None);
        check("1980.10", "1980-10");
    }

    #[test]
    fn guesses_are_noted() {
        assert_eq!(note("80.5.1"), Some("date.two_digit_year"));
        assert_eq!(note("29342"), Some("date.from_serial"));
        check("15.5.1", "2015-05-01");
        check("61", "date.format");
        check("36526", "2000-01-01");
    }

    #[test]
    fn what_is_no_date_is_refused_with_its_reason() {
        for (input, code) in [
            ("", "empty"),
            ("农历五月初一", "date.lunar"),
            ("1980年正月", "date.lunar"),
            ("1980-02-30", "date.impossible"),
            ("1980.13", "date.impossible"),
            ("19801301", "date.impossible"),
            ("1700-01-01", "date.year"),
            ("5月1日", "date.no_year"),
            ("5/6/1980", "date.order"),
            ("长期", "date.format"),
            ("1980-05-01至2000-05-01", "date.format"),
            ("123456789", "date.format"),
        ] {
            check(input, code);
        }
    }

    #[test]
    fn a_birth_in_the_future_is_refused_by_the_caller() {
        let read = date("2027-01-01").unwrap();
        let error = refuse_future(&read, Date::constant(2026, 11, 23), "出生日期", "the birth date").unwrap_err();
        assert_eq!(error.code(), "date.future");
        assert!(refuse_future(&read, Date::constant(2027, 1, 1), "出生日期", "the birth date").is_ok());
    }

    proptest! {
        #[test]
        fn no_input_panics(input in "\\PC{0,24}") {
            let _ = date(&input);
        }

        #[test]
        fn no_date_like_input_panics(input in "[0-9年月日./ :-]{0,14}") {
            let _ = date(&input);
        }

        #[test]
        fn every_day_reads_back_from_every_form(y in 1850i16..2100, m in 1i8..=12, d in 1i8..=28) {
            let expected = Date::new(y, m, d).unwrap();
            for text in [
                expected.to_string(), format!("{y}/{m}/{d}"), format!("{y}.{m}.{d}"), format!("{y}年{m}月{d}日"), format!("{y}{m:02}{d:02}"),
            ] {
                let read = date(&text).unwrap();
                prop_assert_eq!((read.date, read.precision), (expected, Precision::Day));
            }
        }
    }
}
