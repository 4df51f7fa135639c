//! Whatever people do, in whatever order: a case is the sum of its events.

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
struct Step {
    who: usize,
    action: usize,
    unit: u128,
    minutes: i64,
    said: bool,
}

const PEOPLE: [&str; 9] =
    ["verifier", "dispatcher", "unit 1", "unit 2", "unit 3", "opener", "manager", "superior", "stranger"];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0_usize..PEOPLE.len(), 0_usize..18, 1_u128..4, 0_i64..5_000, any::<bool>());
    prop::collection::vec(
        step.prop_map(|(who, action, unit, minutes, said)| Step { who, action, unit, minutes, said }),
        0..60,
    )
}

fn act(flow: &Flow, step: &Step) -> Act {
    let builtin = [Event::COMMENT, Event::MERGE, Event::FILES, "no_such"];
    let name = flow.actions.get(step.action).map_or(builtin[step.action % 4], |action| action.name.as_str());
    let assigns = flow.action(name).is_some_and(|action| action.assign.is_some());
    Act {
        action: name.into(),
        values: if step.said { [("checked".to_owned(), Value::Bool(true))].into() } else { Default::default() },
        note: step.said.then(|| "说明".to_owned()),
        assign: if assigns { vec![unit(step.unit), unit(step.unit % 3 + 1)] } else { Vec::new() },
        merge_into: (step.minutes % 7 == 0).then(|| id(step.unit)),
        rating: u8::try_from(step.unit).ok(),
        ..Act::default()
    }
}

/// Everything that must hold of a case at any time.
fn holds_together(run: &Run) -> Result<(), TestCaseError> {
    let case = &run.case;
    for clock in &case.core.clocks {
        prop_assert!(clock.left_seconds.is_none_or(|left| left >= 0));
        prop_assert!(clock.due >= clock.started);
        prop_assert!(clock.marks.windows(2).all(|pair| pair[0].at <= pair[1].at));
        prop_assert!(clock.state != ClockState::Paused || clock.left_seconds.is_some());
        prop_assert!(clock.is_active() == clock.stopped.is_none());
    }
    if case.is_over() {
        prop_assert!(case.core.parties.iter().all(|party| party.state != PartyState::Called));
        prop_assert!(case.core.clocks.iter().all(|clock| clock.state == ClockState::Stopped));
        prop_assert_eq!(next_due(case), None);
    } else {
        // Somebody must act, always.
        let owner = run.flow.state(&case.state).and_then(|state| state.owner.clone()).unwrap();
        let due = (0..case.core.parties.len()).filter(|at| is_due(&run.flow, case, *at)).count();
        let left_alone = case.called(&owner).next().is_none();
        let declined = case.core.parties.iter().any(|p| p.name == owner && p.state == PartyState::Declined);
        prop_assert!(due > 0 || (left_alone && declined), "nobody has to act: {}", run.parties());
    }
    for (at, party) in case.core.parties.iter().enumerate() {
        let twice = |other: &CaseParty| other.name == party.name && other.key == party.key;
        prop_assert!(!case.core.parties[at + 1..].iter().any(twice), "one row for each who is a party");
    }
    prop_assert_eq!(case.seq, i64::try_from(run.events.len()).unwrap());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_case_is_the_sum_of_its_events_whatever_is_done_to_it(steps in steps()) {
        let mut run = Run::open();
        let system = Standing::system("系统");
        let mut rated = 0;
        for step in &steps {
            run.now = run.now.plus_seconds(step.minutes * 60);
            if let Some((event, fired)) = fire(&run.case, &system, run.now) {
                prop_assert!(fired.iter().all(|fired| fired.mark.at <= run.now));
                run.case = apply(&run.case, &event);
                run.events.push(event);
            }
            let (before, act) = (run.case.clone(), act(&run.flow, step));
            let done = run.act(PEOPLE[step.who], act.clone());
            if done.is_err() {
                prop_assert_eq!(&run.case, &before, "a refused act changes nothing");
            }
            if before.phase.is_over() && act.action != "reopen" {
                prop_assert!(run.case.phase.is_over(), "what is over stays over");
            }
            if before.core.merged_into.is_some() {
                prop_assert!(done.is_err());
            }
            if done.is_ok() && act.action == "rate" {
                rated += 1;
            }
            let opened = 1 + run.events.iter().filter(|event| event.effects.reopened).count();
            prop_assert!(rated <= opened, "one rating for each handling");
            holds_together(&run)?;
        }
        prop_assert_eq!(replay(&run.events), run.case);
        let taken = run.events.iter().filter(|event| event.action == "answer").count();
        prop_assert!(taken <= 1, "once is once");
    }

    #[test]
    fn waiting_takes_nothing_from_a_clock(ask in 0_i64..20_000, wait in 1_i64..20_000) {
        let mut run = Run::open();
        run.dispatch(&[1]);
        run.now = at(ask);
        let system = Standing::system("系统");
        if let Some((event, _)) = fire(&run.case, &system, run.now) {
            run.case = apply(&run.case, &event);
        }
        let before = run.clock("handle").clone();
        run.does("unit 1", "ask").unwrap();
        run.now = at(ask + wait);
        run.does("opener", "answer").unwrap();
        let after = run.clock("handle");
        if before.state == ClockState::Running {
            let left = |from, until| calendar().worked_between(from, until).unwrap();
            prop_assert_eq!(left(at(ask), before.due), left(run.now, after.due));
        } else {
            prop_assert_eq!(after.state, ClockState::Fired, "what is missed stays missed");
        }
    }

    #[test]
    fn what_events_change_is_read_back_as_it_was_written(steps in steps()) {
        let mut run = Run::open();
        for step in &steps {
            run.now = run.now.plus_seconds(step.minutes * 60);
            let act = act(&run.flow, step);
            drop(run.act(PEOPLE[step.who], act));
        }
        for event in &run.events {
            let text = serde_json::to_string(&event.effects).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Effects>(&text).unwrap(), &event.effects);
        }
        let core = serde_json::to_string(&run.case.core).unwrap();
        prop_assert_eq!(serde_json::from_str::<CaseCore>(&core).unwrap(), run.case.core);
    }
}
