//! How two birth dates agree.

use jiff::civil::Date;

/// Code, weight and both wordings of the agreement; nothing when either is not known.
pub(super) fn evidence(a: Option<Date>, b: Option<Date>) -> Option<super::score::Reason> {
    use super::{score::Reason, weights as w};
    let (a, b) = (a?, b?);
    let (a, b) = (a.min(b), a.max(b));
    let same_day = (a.month(), a.day()) == (b.month(), b.day());
    let same_year = a.year() == b.year();
    let new_year = |date: Date| (date.month(), date.day()) == (1, 1);
    Some(if a == b {
        Reason::new("birth.exact", w::BIRTH_EXACT, "出生日期相同", "same birth date")
    } else if same_year && (a.month(), a.day()) == (b.day(), b.month()) {
        Reason::new("birth.swapped", w::BIRTH_SWAPPED, "出生月、日颠倒", "day and month of birth swapped")
    } else if one_digit_apart(a, b) {
        Reason::new(
            "birth.one_digit",
            w::BIRTH_ONE_DIGIT,
            "出生日期只差一位数字",
            "one digit of the birth date differs",
        )
    } else if same_day {
        Reason::new("birth.other_year", w::BIRTH_OTHER_YEAR, "出生月日相同、年份不同", "same day of birth, other year")
    } else if same_year && (new_year(a) || new_year(b)) {
        Reason::new(
            "birth.only_year",
            w::BIRTH_ONLY_YEAR,
            "出生年份相同，一方可能只知道年份",
            "same year of birth; one side may know only the year",
        )
    } else {
        Reason::new("birth.unlike", w::BIRTH_UNLIKE, "出生日期不同", "different birth dates")
    })
}

fn one_digit_apart(a: Date, b: Date) -> bool {
    strsim::hamming(&digits(a), &digits(b)) == Ok(1)
}

fn digits(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}
