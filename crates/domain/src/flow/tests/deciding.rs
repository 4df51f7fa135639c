//! What acts come to, and what they are refused for.

use super::*;

#[test]
fn an_incident_goes_from_report_to_close_and_everybody_knows_whose_turn_it_is() {
    let mut run = Run::open();
    assert_eq!(run.parties(), "verifier called");
    assert_eq!(run.does("dispatcher", "verify"), Err(Refusal::NotYours(vec!["verifier".into()])));
    run.does("verifier", "verify").unwrap();
    assert_eq!(run.parties(), "verifier reported, dispatcher called");
    let assign = vec![unit(7)];
    run.act("dispatcher", Act { action: "dispatch".into(), assign, ..Act::default() }).unwrap();
    run.does("unit 7", "report").unwrap();
    assert_eq!(run.case.state, "handled");
    assert_eq!(run.parties(), "verifier called, dispatcher reported, handler reported");
    let checked = [("checked".to_owned(), Value::Bool(true))].into();
    run.act("verifier", Act { action: "close".into(), values: checked, ..Act::default() }).unwrap();
    assert_eq!((run.case.phase, run.parties().contains("called")), (Phase::Done, false));
    assert!(run.case.core.clocks.iter().all(|clock| clock.state == ClockState::Stopped));
}

#[test]
fn many_units_move_the_case_when_all_have_reported() {
    let mut run = Run::open();
    run.dispatch(&[7, 8, 9]);
    run.does("unit 7", "report").unwrap();
    assert_eq!(run.case.state, "dispatched");
    assert!(run.does("unit 7", "report").is_err(), "a part is reported once");
    run.does("unit 8", "report").unwrap();
    run.does("unit 9", "decline").unwrap();
    assert_eq!(run.case.state, "handled", "the last one would not, the others have reported");
}

#[test]
fn any_of_many_is_enough_where_the_flow_says_so() {
    let mut flow = incident();
    flow.actions.iter_mut().find(|action| action.name == "report").unwrap().joint = Some(Joint::Any);
    let mut run = Run::of(flow);
    run.dispatch(&[7, 8]);
    run.does("unit 8", "report").unwrap();
    assert_eq!(
        (run.case.state.as_str(), run.parties().as_str()),
        ("handled", "verifier called, dispatcher reported, handler left, handler reported")
    );
}

#[test]
fn a_case_that_comes_back_calls_those_who_had_it() {
    let mut run = Run::open();
    run.dispatch(&[7, 8]);
    for unit in ["unit 7", "unit 8"] {
        run.does(unit, "report").unwrap();
    }
    run.does("verifier", "again").unwrap();
    assert_eq!(run.case.called("handler").count(), 2);
    assert_eq!(run.case.core.clocks.iter().filter(|clock| clock.name == "handle" && clock.is_active()).count(), 2);
}

#[test]
fn a_unit_hands_on_its_own_part_and_nobody_elses() {
    let mut run = Run::open();
    run.dispatch(&[7, 8]);
    let hand_on = |to| Act { action: "hand_on".into(), assign: vec![unit(to)], ..Act::default() };
    run.act("unit 7", hand_on(9)).unwrap();
    assert_eq!(run.parties(), "verifier reported, dispatcher reported, handler left, handler called, handler called");
    assert!(run.does("unit 7", "report").is_err());
    run.act("manager", hand_on(7)).unwrap();
    assert_eq!(run.case.called("handler").count(), 1, "a manager gives the whole to another");
}

#[test]
fn choosing_nobody_or_somebody_who_cannot_be_it_is_refused() {
    let mut run = Run::open();
    run.does("verifier", "verify").unwrap();
    let chosen = |assign| Act { action: "dispatch".into(), assign, ..Act::default() };
    for assign in [vec![], vec![PartyKey::Account(id(5))]] {
        let Err(Refusal::Fields(fields)) = run.act("dispatcher", chosen(assign)) else { panic!("was not refused") };
        assert_eq!(fields[0].field, "assign");
    }
    assert!(matches!(run.act("verifier", chosen(vec![unit(1)])), Err(Refusal::NotYours(_))));
    let act = Act { action: "verify".into(), assign: vec![unit(1)], ..Act::default() };
    assert!(Run::open().act("verifier", act).is_err(), "a step that assigns nobody");
}

#[test]
fn guards_required_fields_and_reasons_are_asked_for() {
    let mut run = Run::open();
    run.dispatch(&[7]);
    assert!(matches!(run.does("manager", "void"), Err(Refusal::Fields(_))), "without a reason");
    run.does("unit 7", "report").unwrap();
    assert_eq!(run.does("verifier", "close"), Err(Refusal::Guard(Some(label("尚未核查")))));
    let mut flow = incident();
    flow.actions[0].required = vec!["cost".into()];
    let refused = Run::of(flow).does("verifier", "verify");
    assert!(matches!(refused, Err(Refusal::Fields(fields)) if fields[0].field == "cost"));
}

#[test]
fn what_is_out_of_order_or_unknown_is_refused() {
    let mut run = Run::open();
    assert_eq!(run.does("verifier", "close"), Err(Refusal::State("reported".into())));
    assert_eq!(run.does("verifier", "fly"), Err(Refusal::NoAction("fly".into())));
    run.does("verifier", "verify").unwrap();
    assert_eq!(run.does("verifier", "verify"), Err(Refusal::State("filed".into())));
}

#[test]
fn a_supplement_is_asked_for_once_and_the_clock_waits_meanwhile() {
    let mut run = Run::open();
    run.dispatch(&[7]);
    let before = run.clock("handle").clone();
    run.now = at(60);
    run.does("unit 7", "ask").unwrap();
    let left = run.clock("handle").left_seconds.unwrap();
    assert_eq!(run.clock("handle").state, ClockState::Paused);
    run.now = at(3 * 24 * 60);
    run.does("opener", "answer").unwrap();
    let after = run.clock("handle");
    assert_eq!(after.state, ClockState::Running);
    assert!(after.due > before.due);
    assert_eq!(calendar().worked_between(run.now, after.due), Ok(left));
    run.does("unit 7", "ask").unwrap();
    assert_eq!(run.does("opener", "answer"), Err(Refusal::Once));
}

#[test]
fn while_one_of_many_asks_for_a_supplement_the_others_keep_their_part() {
    let mut run = Run::open();
    run.dispatch(&[7, 8, 9]);
    run.does("unit 7", "report").unwrap();
    run.does("unit 8", "ask").unwrap();
    assert!(
        (0..run.case.core.parties.len())
            .all(|at| run.case.core.parties[at].name == "reporter" || !is_due(&run.flow, &run.case, at))
    );
    run.does("opener", "answer").unwrap();
    assert!(run.parties().ends_with("handler reported, handler called, handler called, reporter reported"));
}

#[test]
fn a_clock_that_is_missed_reminds_first_then_says_so_then_escalates_and_each_once() {
    let mut run = Run::open();
    run.dispatch(&[7]);
    let system = Standing::system("系统");
    let mut seen = Vec::new();
    let end = run.clock("handle").due.plus_seconds(5 * 3_600);
    let mut now = at(0);
    while now <= end {
        if let Some((event, fired)) = fire(&run.case, &system, now) {
            run.case = apply(&run.case, &event);
            seen.extend(fired.into_iter().map(|fired| fired.mark.kind));
            assert_eq!(fire(&run.case, &system, now), None, "once");
        }
        now = now.plus_seconds(600);
    }
    assert!(matches!(seen[0], MarkKind::Remind(_)), "{seen:?}");
    assert_eq!(seen[1], MarkKind::Overdue);
    assert!(matches!(&seen[2], MarkKind::Escalate { action: Some(action), .. } if action == "urge"));
    assert_eq!(seen.len(), 3);
    assert!(run.case.is_overdue(now));
    run.now = now;
    run.does("system", "urge").unwrap();
    assert_eq!(run.case.core.supervised, 1);
    run.does("unit 7", "report").unwrap();
    assert!(run.clock("handle").is_late(now), "late, though done");
    assert!(!run.case.is_overdue(at(0)));
}

#[test]
fn the_limit_of_an_urgent_class_is_its_own() {
    let mut flow = incident();
    flow.actions[0].fields = vec!["kind".into()];
    let mut run = Run::of(flow);
    run.case.values.insert("kind".into(), Value::text("0401"));
    run.dispatch(&[7]);
    assert_eq!(run.clock("handle").due, at(120));
}

#[test]
fn a_handling_is_rated_once_and_a_new_one_again() {
    let mut run = Run::open();
    run.dispatch(&[7]);
    run.does("unit 7", "report").unwrap();
    let checked: crate::record::Values = [("checked".to_owned(), Value::Bool(true))].into();
    let close = Act { action: "close".into(), values: checked, ..Act::default() };
    run.act("verifier", close.clone()).unwrap();
    let rate = |score| Act { action: "rate".into(), rating: Some(score), ..Act::default() };
    assert!(matches!(run.act("verifier", rate(5)), Err(Refusal::NotYours(_))));
    assert!(matches!(run.act("opener", rate(6)), Err(Refusal::Fields(_))));
    run.act("opener", rate(2)).unwrap();
    assert_eq!(run.act("opener", rate(5)), Err(Refusal::Rated));
    assert_eq!(run.case.core.rated, Some(2));
    run.does("manager", "reopen").unwrap();
    assert_eq!((run.case.state.as_str(), run.case.core.rated), ("filed", None));
    let again = Act { action: "dispatch".into(), assign: vec![], ..Act::default() };
    run.act("dispatcher", again).unwrap();
    run.does("unit 7", "report").unwrap();
    run.act("verifier", close).unwrap();
    run.act("opener", rate(5)).unwrap();
}

#[test]
fn what_became_part_of_another_case_takes_no_more_acts() {
    let mut run = Run::open();
    run.dispatch(&[7]);
    let merge = |into| Act { action: Event::MERGE.into(), merge_into: into, ..Act::default() };
    assert!(matches!(run.act("manager", merge(None)), Err(Refusal::Fields(_))));
    run.act("manager", merge(Some(id(3)))).unwrap();
    assert_eq!((run.case.phase, run.case.is_over(), next_due(&run.case)), (Phase::Cancelled, true, None));
    assert_eq!(run.does("unit 7", "report"), Err(Refusal::Merged(id(3))));
}

#[test]
fn the_to_do_of_a_party_is_due_when_its_own_clock_is() {
    let mut run = Run::open();
    assert!(is_due(&run.flow, &run.case, 0));
    assert_eq!(due_of(&run.flow, &run.case, 0), None);
    run.dispatch(&[7]);
    assert!(!is_due(&run.flow, &run.case, 0) && is_due(&run.flow, &run.case, 2));
    assert_eq!(due_of(&run.flow, &run.case, 2), Some(run.clock("handle").due));
    assert_eq!(next_due(&run.case), Some(run.clock("handle").due));
}

#[test]
fn offers_are_what_can_be_done_and_say_what_keeps_one_from_the_rest() {
    let mut run = Run::open();
    run.dispatch(&[7]);
    let names = |who: &str, run: &Run| {
        let offers = offers(&run.flow, &run.case, &somebody(&run.case, who), run.now);
        offers.into_iter().map(|offer| (offer.action.name, offer.blocked.is_some())).collect::<Vec<_>>()
    };
    let free = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), false)).collect::<Vec<_>>();
    assert_eq!(names("unit 7", &run), free(&["hand_on", "decline", "ask", "report"]));
    assert_eq!(names("verifier", &run), []);
    run.does("unit 7", "ask").unwrap();
    run.does("opener", "answer").unwrap();
    run.does("unit 7", "ask").unwrap();
    assert_eq!(names("opener", &run), [("answer".to_owned(), true)]);
}

#[test]
fn a_case_goes_on_by_another_version_where_the_map_leads() {
    let mut run = Run::open();
    run.dispatch(&[7]);
    let mut newer = incident();
    newer.version = "2".into();
    newer.states.iter_mut().find(|state| state.name == "dispatched").unwrap().name = "handling".into();
    assert_eq!(unmapped(&newer, ["dispatched", "filed"], &BTreeMap::new()), ["dispatched"]);
    let who = Standing::system("系统");
    let to = |map: &BTreeMap<String, String>| migrate(&newer, &run.case, map, &who, &calendar(), run.now);
    assert_eq!(to(&BTreeMap::new()), Err(Refusal::State("dispatched".into())));
    let event = to(&[("dispatched".to_owned(), "handling".to_owned())].into()).unwrap();
    let case = apply(&run.case, &event);
    assert_eq!((case.version.as_str(), case.state.as_str()), ("2", "handling"));
    assert_eq!(case.called("handler").count(), 1);
}

#[test]
fn keys_of_parties_are_read_back() {
    for text in [
        "a:00000000-0000-0000-0000-000000000001",
        "r:network/grid@230102001001",
        "u:00000000-0000-0000-0000-000000000002",
    ] {
        assert_eq!(text.parse::<PartyKey>().unwrap().to_string(), text);
    }
    for text in ["", "r:network/grid", "x:1", "a:1"] {
        assert!(text.parse::<PartyKey>().is_err(), "{text}");
    }
}
