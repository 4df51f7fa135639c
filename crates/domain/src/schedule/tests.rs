use proptest::prelude::*;

use super::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn days(rule: &str, first: &str, from: &str, to: &str) -> Vec<String> {
    let rule = Recurrence::new(rule, day(first)).unwrap();
    rule.between(day(from), day(to)).iter().map(ToString::to_string).collect()
}

#[test]
fn a_quarterly_rule_falls_on_the_second_thursday_of_every_third_month() {
    assert_eq!(
        days("FREQ=MONTHLY;INTERVAL=3;BYDAY=2TH", "2026-01-01", "2026-01-01", "2026-12-31"),
        ["2026-01-08", "2026-04-09", "2026-07-09", "2026-10-08"]
    );
}

#[test]
fn both_ends_of_a_span_belong_to_it() {
    assert_eq!(days("FREQ=DAILY", "2026-01-01", "2026-02-03", "2026-02-04"), ["2026-02-03", "2026-02-04"]);
    assert_eq!(days("FREQ=MONTHLY;BYMONTHDAY=31", "2026-01-01", "2026-01-31", "2026-03-31").len(), 2);
    assert_eq!(days("FREQ=YEARLY;COUNT=2", "2026-05-12", "2020-01-01", "2040-01-01"), ["2026-05-12", "2027-05-12"]);
}

#[test]
fn a_rule_that_cannot_be_followed_says_why() {
    for wrong in ["", "FREQ=QUARTERLY", "FREQ=HOURLY", "FREQ=MONTHLY;BYDAY=9XX", "FREQ=DAILY;INTERVAL=0"] {
        assert!(Recurrence::new(wrong, day("2026-01-01")).is_err(), "{wrong}");
    }
}

#[test]
fn a_rule_that_never_falls_ends_its_search() {
    let never = Recurrence { rule: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30".into(), first: day("2026-01-01") };
    assert!(never.between(day("2026-01-01"), day("2090-01-01")).is_empty());
}

#[test]
fn rules_read_in_both_languages() {
    let text = |rule: &str, lang| Recurrence { rule: rule.into(), first: day("2026-01-01") }.text(lang);
    assert_eq!(text("FREQ=MONTHLY;INTERVAL=3;BYDAY=2TH", Lang::Zh), "每季度第 2 个周四");
    assert_eq!(text("FREQ=WEEKLY;BYDAY=MO,FR", Lang::En), "every week on Monday, Friday");
    assert_eq!(text("FREQ=MONTHLY;BYMONTHDAY=-1", Lang::Zh), "每月最后一天");
    assert_eq!(text("FREQ=DAILY;COUNT=3", Lang::Zh), "FREQ=DAILY;COUNT=3");
}

fn members(keys: &[&str]) -> Vec<Member> {
    keys.iter().map(|key| Member { key: (*key).into(), name: (*key).into() }).collect()
}

fn turn(at: i8, settled: Option<&str>, skipped: bool) -> Turn {
    Turn { day: jiff::civil::date(2026, 1, 1 + at), settled: settled.map(str::to_owned), skipped }
}

fn chairs(members: &[Member], occurrences: &[Turn]) -> Vec<String> {
    turns(members, occurrences).into_iter().map(|chair| chair.unwrap_or_else(|| "-".into())).collect()
}

#[test]
fn the_chair_goes_round_and_a_skip_costs_nobody_a_turn() {
    let three = members(&["a", "b", "c"]);
    let plain: Vec<Turn> = (0..5).map(|at| turn(at, None, false)).collect();
    assert_eq!(chairs(&three, &plain), ["a", "b", "c", "a", "b"]);
    let mut skipped = plain.clone();
    skipped[1].skipped = true;
    assert_eq!(chairs(&three, &skipped), ["a", "-", "b", "c", "a"]);
}

#[test]
fn swapped_turns_stay_swapped_and_the_round_goes_on() {
    let three = members(&["a", "b", "c"]);
    let swapped = [turn(0, Some("b"), false), turn(1, Some("a"), false), turn(2, None, false), turn(3, None, false)];
    assert_eq!(chairs(&three, &swapped), ["b", "a", "c", "b"]);
    // Only the later one of a swap is left in the future: its chair does not get the earlier turn as well.
    let later = [turn(0, None, false), turn(1, Some("a"), false), turn(2, None, false)];
    assert_eq!(chairs(&three, &later), ["b", "a", "c"]);
}

#[test]
fn a_newcomer_gets_one_turn_and_then_waits_like_everybody() {
    let held = [turn(0, Some("a"), false), turn(1, Some("b"), false)];
    let mut all = held.to_vec();
    all.extend((2..6).map(|at| turn(at, None, false)));
    assert_eq!(chairs(&members(&["a", "b", "n"]), &all), ["a", "b", "n", "a", "b", "n"]);
    assert_eq!(chairs(&[], &held[..1]), ["a"]);
    assert_eq!(chairs(&[], &[turn(0, None, false)]), ["-"]);
}

proptest! {
    #[test]
    fn nobody_chairs_two_more_than_anybody_else(count in 1usize..6, skips in prop::collection::vec(any::<bool>(), 1..40)) {
        let keys: Vec<String> = (0..count).map(|at| format!("m{at}")).collect();
        let all = members(&keys.iter().map(String::as_str).collect::<Vec<_>>());
        let occurrences: Vec<Turn> = skips
            .iter()
            .enumerate()
            .map(|(at, skipped)| turn(i8::try_from(at % 28).unwrap(), None, *skipped))
            .collect();
        let found = turns(&all, &occurrences);
        let of = |key: &String| found.iter().flatten().filter(|chair| *chair == key).count();
        let counts: Vec<usize> = keys.iter().map(of).collect();
        prop_assert!(counts.iter().max().unwrap() - counts.iter().min().unwrap() <= 1, "{counts:?}");
    }
}
