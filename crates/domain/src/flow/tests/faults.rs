//! What is wrong with a flow.

use super::{
    check::{About, faults},
    *,
};

fn codes(flow: &Flow, verbs: &[Verb]) -> Vec<(String, &'static str)> {
    let name = |about: About| match about {
        About::Flow | About::Evaluation => String::new(),
        About::State(name) | About::Action(name) | About::Clock(name) => name,
    };
    faults(flow, &roles(verbs)).into_iter().map(|fault| (name(fault.about), fault.code)).collect()
}

#[test]
fn a_sound_flow_has_no_faults() {
    assert_eq!(codes(&incident(), &[Verb::Create, Verb::Manage]), []);
}

#[test]
fn states_that_cannot_be_reached_or_left_are_found() {
    let mut flow = incident();
    flow.actions.retain(|action| action.name != "dispatch");
    assert!(codes(&flow, &[Verb::Manage]).contains(&("dispatched".into(), "unreachable_state")));
    let mut flow = incident();
    flow.actions.retain(|action| !["void", "close"].contains(&action.name.as_str()));
    let found = codes(&flow, &[Verb::Manage]);
    assert!(found.contains(&("reported".into(), "dead_end")), "{found:?}");
    assert!(found.contains(&("closed".into(), "unreachable_state")), "{found:?}");
}

#[test]
fn actions_that_nobody_may_take_are_found() {
    let found = codes(&incident(), &[Verb::Create]);
    assert_eq!(found, [("void".to_owned(), "nobody_may"), ("reopen".to_owned(), "nobody_may")]);
    let mut flow = incident();
    flow.opens.public = false;
    assert!(codes(&flow, &[Verb::Manage]).contains(&("rate".into(), "nobody_may")));
}

#[test]
fn clocks_and_states_that_are_nobodys_are_found() {
    let mut flow = incident();
    flow.clocks[1].party = None;
    assert_eq!(codes(&flow, &[Verb::Manage]), [], "the owner of the state it starts in");
    flow.states[0].owner = None;
    let found = codes(&flow, &[Verb::Manage]);
    assert_eq!(found, [("reported".to_owned(), "state_without_owner"), ("whole".to_owned(), "clock_without_owner")]);
    let mut flow = incident();
    for action in &mut flow.actions {
        action.assign = None;
    }
    assert!(codes(&flow, &[Verb::Manage]).contains(&("dispatched".into(), "owner_never_chosen")));
}

#[test]
fn actions_that_do_not_fit_their_kind_are_found() {
    let find = |name: &str, change: fn(&mut Action)| {
        let mut flow = incident();
        change(flow.actions.iter_mut().find(|action| action.name == name).unwrap());
        codes(&flow, &[Verb::Manage]).into_iter().filter(|(about, _)| about == name).map(|(_, code)| code).collect()
    };
    let found: Vec<Vec<&str>> = vec![
        find("verify", |action| action.joint = Some(Joint::Any)),
        find("close", |action| action.to = None),
        find("close", |action| action.to = Some("filed".into())),
        find("reopen", |action| action.to = Some("void".into())),
        find("call_more", |action| action.assign = None),
        find("again", |action| action.to = None),
        find("void", |action| action.from.push("closed".into())),
    ];
    let expected =
        ["joint_without_many", "to_missing", "to_phase", "to_phase", "assign_missing", "to_missing", "from_over"];
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.contains(&expected), "{found:?} {expected}");
    }
}
