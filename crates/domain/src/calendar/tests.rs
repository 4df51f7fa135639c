use jiff::civil::date;
use proptest::prelude::*;

use super::*;

/// 2026: a long holiday from Thursday 1 to Wednesday 7 October, paid for on Saturday 10 October.
fn calendar() -> Calendar {
    let mut calendar = Calendar::new(OfficeHours::default(), false);
    let holiday = |day| Day { date: date(2026, 10, day), kind: DayKind::Holiday, name: "国庆节".into() };
    let worked = Day { date: date(2026, 10, 10), kind: DayKind::Workday, name: "调休".into() };
    calendar.add_year(2026, (1..=7).map(holiday).chain([worked]));
    calendar
}

fn moment(month: i8, day: i8, hour: i64, minute: i64) -> Timestamp {
    at(date(2026, month, day), hour * 3_600 + minute * 60)
}

fn after(from: Timestamp, limit: &str) -> Timestamp {
    calendar().after(from, limit.parse().unwrap()).unwrap().at
}

#[test]
fn working_days_skip_the_holiday_and_count_the_saturday_that_is_worked_instead() {
    // Wednesday 30 September, ten in the morning: 8, 9 and 10 October follow.
    assert_eq!(after(moment(9, 30, 10, 0), "3 working days"), moment(10, 10, 17, 30));
    assert_eq!(after(moment(10, 3, 10, 0), "1 working day"), moment(10, 8, 17, 30));
}

#[test]
fn working_hours_stop_at_lunch_at_night_and_over_the_holiday() {
    assert_eq!(after(moment(11, 23, 11, 0), "2 working hours"), moment(11, 23, 14, 30));
    assert_eq!(after(moment(9, 30, 16, 30), "2 working hours"), moment(10, 8, 9, 30));
    assert_eq!(after(moment(11, 22, 3, 0), "1 working hour"), moment(11, 23, 9, 30), "a Sunday night");
}

#[test]
fn plain_limits_do_not_know_of_nights_and_holidays() {
    assert_eq!(after(moment(9, 30, 23, 50), "30 minutes"), moment(10, 1, 0, 20));
    assert_eq!(after(moment(9, 30, 10, 0), "3 days"), moment(10, 3, 10, 0));
}

#[test]
fn a_reminder_one_working_day_before_keeps_the_time_of_day() {
    let due = moment(10, 8, 17, 30);
    assert_eq!(calendar().before(due, "1 working day".parse().unwrap()).unwrap().at, moment(9, 30, 17, 30));
    assert_eq!(calendar().before(due, "9 working hours".parse().unwrap()).unwrap().at, moment(9, 30, 16, 0));
}

#[test]
fn a_year_without_a_table_is_refused_or_estimated_and_said_to_be() {
    let new_year = at(date(2026, 12, 31), 10 * 3_600);
    let limit = "2 working days".parse().unwrap();
    assert_eq!(calendar().after(new_year, limit), Err(NoTable { year: 2027 }));
    let guessing = Calendar { estimates: true, ..calendar() };
    let due = guessing.after(new_year, limit).unwrap();
    assert!(due.estimated);
    assert_eq!(due.at.china_date(), date(2027, 1, 4));
    assert!(!guessing.after(moment(11, 23, 9, 0), limit).unwrap().estimated);
}

#[test]
fn limits_are_read_and_written_back() {
    for text in ["30 minutes", "1 hour", "4 working hours", "5 working days", "1 working day", "0 hours", "3 days"] {
        assert_eq!(text.parse::<Limit>().unwrap().to_string(), text);
    }
    for text in ["", "5", "five days", "-1 days", "5 weeks", "99999 days", "5 working"] {
        assert!(text.parse::<Limit>().is_err(), "{text}");
    }
    assert_eq!("5 working days".parse::<Limit>().unwrap().text(Lang::Zh), "5个工作日");
}

#[test]
fn office_hours_must_be_in_order() {
    assert_eq!(OfficeHours::parse(&["08:30-12:00", "13:30-17:30"]), Some(OfficeHours::default()));
    assert_eq!(OfficeHours::parse(&["13:30-17:30", "08:30-12:00"]), None);
    assert_eq!(OfficeHours::parse(&["12:00-12:00"]), None);
    assert_eq!(OfficeHours::parse(&[] as &[&str]), None);
}

use crate::lang::Lang;

fn some_moment() -> impl Strategy<Value = Timestamp> {
    (0_i64..330 * DAY).prop_map(|second| Timestamp(at(date(2026, 1, 20), second).0))
}

proptest! {
    #[test]
    fn what_is_left_of_working_time_can_be_put_back(from in some_moment(), seconds in 0_i64..200_000) {
        let calendar = Calendar { estimates: true, ..calendar() };
        let due = calendar.after_worked(from, seconds).unwrap().at;
        prop_assert!(due >= from);
        prop_assert_eq!(calendar.worked_between(from, due).unwrap(), seconds);
    }

    #[test]
    fn a_longer_limit_never_ends_earlier(from in some_moment(), a in 0_u32..40, b in 0_u32..40, unit in 0_usize..5) {
        let units = [Unit::Minutes, Unit::Hours, Unit::Days, Unit::WorkingHours, Unit::WorkingDays];
        let calendar = Calendar { estimates: true, ..calendar() };
        let end = |amount| calendar.after(from, Limit { amount, unit: units[unit] }).unwrap().at;
        prop_assert!(end(a.min(b)) <= end(a.max(b)));
        prop_assert!(end(a) >= from);
    }

    #[test]
    fn working_hours_end_within_office_hours(from in some_moment(), hours in 1_u32..60) {
        let calendar = Calendar { estimates: true, ..calendar() };
        let due = calendar.after(from, Limit { amount: hours, unit: Unit::WorkingHours }).unwrap().at;
        prop_assert!(calendar.is_worked(due.china_date()).unwrap().0);
        let second = second_of_day(due);
        prop_assert!(OfficeHours::default().seconds().any(|(open, close)| open < second && second <= close));
    }
}
