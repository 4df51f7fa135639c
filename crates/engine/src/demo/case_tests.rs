//! The demo's cases in a real store.

use std::collections::{BTreeMap, BTreeSet};

use linli_domain::{Actor, flow::Phase};
use linli_store::tables::{Case, CaseQuery};

use super::{
    install,
    install_tests::{engine, options},
};
use crate::{
    Engine, Problem, flow, grid,
    service::{self, RatingItems},
};

fn cases(engine: &Engine, name: &str) -> Vec<Case> {
    let reader = flow::system_reader(engine).unwrap();
    let query = CaseQuery { flows: vec![name.into()], limit: 5_000, ..CaseQuery::default() };
    engine.store.read_blocking::<_, Problem>(move |tx| Ok(tx.cases(&reader, &query)?)).unwrap()
}

fn actor(engine: &Engine, login: &'static str) -> Actor {
    let found = engine.store.read_blocking::<_, Problem>(move |tx| {
        let account = tx.account_by_login(login)?.unwrap();
        let grants = tx.grants_of(account.id)?;
        Ok(Actor { account: account.id, name: account.name, grants, operator: false })
    });
    found.unwrap()
}

#[test]
fn the_demo_has_cases_in_every_stage_some_of_them_overdue_rated_and_called_back() {
    let data = tempfile::tempdir().unwrap();
    let (engine, clock) = engine(data.path());
    install(&engine, &clock, options(), &mut |_| ()).unwrap();
    let (events, wishes) = (cases(&engine, grid::FLOW), cases(&engine, service::FLOW));
    assert_eq!(events.len(), super::incidents::COUNT);
    assert!(wishes.len() > 100, "{}", wishes.len());
    let mut states: BTreeMap<&str, usize> = BTreeMap::new();
    for case in events.iter().chain(&wishes) {
        *states.entry(case.state.as_str()).or_default() += 1;
    }
    for state in ["reported", "dispatched", "handled", "closed", "rejected", "reviewing", "delivered"] {
        assert!(states.contains_key(state), "{state}: {states:?}");
    }
    let now = engine.now();
    let overdue =
        |cases: &[Case]| cases.iter().filter(|case| !case.is_over() && case.due.is_some_and(|due| due < now)).count();
    // Whatever hour of its day the demo is looked at, most of what is open is within its time.
    let open: Vec<&Case> = events.iter().filter(|case| !case.is_over()).collect();
    let night = linli_domain::Timestamp::end_of_china_day(now.china_date());
    let missed = open.iter().filter(|case| case.due.is_some_and(|due| due < night)).count();
    assert!(open.len() > 20 && missed * 2 < open.len() && missed >= 3, "{missed} of {} late by night", open.len());
    let late = events.iter().chain(&wishes).filter(|case| case.late).count();
    assert!(overdue(&events) >= 3 && late > 10, "{} overdue, {late} late", overdue(&events));
    let rated = wishes.iter().filter(|case| case.core.rated.is_some()).count();
    assert!(rated > 20, "{rated}");
    assert!(!cases(&engine, "service/call_back").is_empty(), "a bad rating is called back");
    assert!(
        events.iter().filter(|case| case.phase == Phase::Done).all(|case| case.unit.is_some() || case.kind.is_some())
    );

    // Every case is the sum of its history.
    let mut report = engine.store.verify().unwrap();
    flow::verify(&engine, &mut report).unwrap();
    assert_eq!(report.faults, []);

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let street = actor(&engine, "street");
    let found: grid::Suggestions = runtime
        .block_on(grid::suggest(
            &engine,
            &street,
            "家里暖气不热,老人冻感冒了".into(),
            Some(super::plan::TOUR_COMMUNITY.into()),
        ))
        .unwrap();
    assert_eq!((found.basis, found.kind[0].code.as_str()), (grid::Basis::Learned, "0603"), "{found:?}");
    assert!(found.accuracy.unwrap() > 0.6 && found.accuracy.unwrap() < 1.0, "{found:?}");
    println!(
        "accuracy {:?} of units {:?} over {} cases; {states:?}; {late} late",
        found.accuracy, found.unit_accuracy, found.cases
    );
    let told: RatingItems = runtime.block_on(service::ratings(&engine, &street, None, None)).unwrap();
    assert_eq!(told.count, rated as u64);

    let department = actor(&engine, "department");
    let called = runtime.block_on(flow::list(&engine, &department, flow::CaseFilter::default())).unwrap();
    assert!(!called.items.is_empty(), "the department has work");
    let units: Vec<&str> = called.items.iter().filter_map(|case| Some(case.unit.as_ref()?.name.as_str())).collect();
    let seen = [grid::FLOW, "command/whistle", "duty/affair_request"];
    assert!(called.items.iter().all(|case| seen.contains(&case.flow.name.as_str())), "and nothing else: {units:?}");

    let stages = |name: &str| -> BTreeSet<String> { cases(&engine, name).into_iter().map(|case| case.state).collect() };
    for (flow, wanted) in [
        ("command/whistle", vec!["raised", "accepted", "joint", "resolved", "closed", "withdrawn"]),
        ("duty/affair_request", vec!["submitted", "checked", "approved", "executing", "settled", "rejected"]),
        ("party/joint_meeting", vec!["scheduled", "tracked", "evaluated"]),
    ] {
        let there = stages(flow);
        assert!(wanted.iter().all(|state| there.contains(*state)), "{flow}: {there:?}");
    }
    let unread = engine.store.read_blocking::<_, Problem>(move |tx| Ok(tx.unread_notices(street.account)?)).unwrap();
    assert!((1..10).contains(&unread), "a handful: {unread}");
}
