//! The day a ledger is from: in its title (`2026年6月居民台账`) or in the file's name (`台账20260630.xlsx`).

use jiff::civil::Date;
use linli_domain::{Timestamp, check};

/// The end of the day (or month, or year) that the first of the texts names; `None` when none does or it lies ahead.
pub fn written<'a>(texts: impl IntoIterator<Item = &'a str>, now: Timestamp) -> Option<Timestamp> {
    let day = texts.into_iter().find_map(day_in)?;
    let end = Timestamp::end_of_china_day(day);
    (end < now).then_some(end)
}

fn day_in(text: &str) -> Option<Date> {
    let text = check::fold_width(text);
    chinese(&text).or_else(|| digits(&text))
}

/// `2026年6月30日`, `2026年6月`, `2026年`.
fn chinese(text: &str) -> Option<Date> {
    let (before, after) = text.split_once('年')?;
    let tail: Vec<char> = before.chars().rev().take_while(char::is_ascii_digit).collect();
    let year: i16 = tail.into_iter().rev().collect::<String>().parse().ok()?;
    let month = after.split_once('月').and_then(|(month, _)| month.trim().parse::<i8>().ok());
    let day = after.split_once('月').and_then(|(_, rest)| rest.split_once('日')?.0.trim().parse::<i8>().ok());
    whole(year, month, day)
}

/// `20260630`, `2026-06-30`, `2026.6`, `202606`.
fn digits(text: &str) -> Option<Date> {
    let separator = |c: char| matches!(c, '-' | '.' | '_' | '/');
    let runs = text.split(|c: char| !c.is_ascii_digit() && !separator(c));
    runs.filter_map(|run| {
        let parts: Vec<&str> = run.split(separator).filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            [one] if one.len() == 8 => whole(one[..4].parse().ok()?, one[4..6].parse().ok(), one[6..].parse().ok()),
            [one] if one.len() == 6 => whole(one[..4].parse().ok()?, one[4..].parse().ok(), None),
            [year, month] if year.len() == 4 => whole(year.parse().ok()?, month.parse().ok(), None),
            [year, month, day] if year.len() == 4 => whole(year.parse().ok()?, month.parse().ok(), day.parse().ok()),
            _ => None,
        }
    })
    .next()
}

/// The last day of what is given; years outside 1990–2100 are not dates of ledgers.
fn whole(year: i16, month: Option<i8>, day: Option<i8>) -> Option<Date> {
    if !(1990..=2100).contains(&year) {
        return None;
    }
    match (month, day) {
        (Some(month), Some(day)) => Date::new(year, month, day).ok(),
        (Some(month), None) => Some(Date::new(year, month, 1).ok()?.last_of_month()),
        _ => Date::new(year, 12, 31).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_of_a_ledger_out_of_its_title_or_name() {
        for (text, day) in [
            ("兆麟社区2026年6月居民台账", Some("2026-06-30")),
            ("居民信息（2025年12月31日）", Some("2025-12-31")),
            ("2024年度居民台账", Some("2024-12-31")),
            ("台账20260630.xlsx", Some("2026-06-30")),
            ("台账2026-06.xlsx", Some("2026-06-30")),
            ("居民台账.xlsx", None),
            ("12号楼居民.xlsx", None),
        ] {
            assert_eq!(day_in(text).map(|day| day.to_string()).as_deref(), day, "{text}");
        }
    }
}
