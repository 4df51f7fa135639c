//! The 46 figures on the demo city.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    install,
    install_tests::{engine, options},
};
use crate::{
    Engine,
    insight::{self, Ask, Reading},
};

/// Figures that the survey report leaves blank: 1, 31 and 34 are names.
fn figures() -> BTreeSet<u8> {
    (2..=49).filter(|figure| ![31, 34].contains(figure)).collect()
}

fn readings(engine: &Engine, area: &str, params: &[(&str, &str)]) -> BTreeMap<String, Reading> {
    let params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let ask = Ask { area: Some(area.into()), as_of: None, params };
    let found = insight::read(engine, &Engine::operator(), &ask, None).unwrap();
    found.items.into_iter().map(|reading| (reading.id.clone(), reading)).collect()
}

#[test]
fn every_figure_of_the_report_is_told_on_the_demo_and_shows_its_troubles() {
    let data = tempfile::tempdir().unwrap();
    let (engine, clock) = engine(data.path());
    install(&engine, &clock, options(), &mut |_| ()).unwrap();
    let district = readings(&engine, "230103000000", &[("county", "230103000000")]);
    for reading in district.values() {
        println!(
            "{:?} {} = {:?} ({:?} / {:?}) {:?}",
            reading.figures, reading.id, reading.value, reading.numerator, reading.denominator, reading.reason
        );
    }
    let told = |of: &BTreeMap<String, Reading>| -> BTreeSet<u8> {
        of.values().filter(|one| one.value.is_some()).flat_map(|one| one.figures.clone()).collect()
    };
    // How many districts were visited is a figure of the city: a district would always count itself.
    let city = readings(&engine, "230100000000", &[("county", "230103000000")]);
    assert!(told(&city).contains(&6));
    let below: BTreeSet<u8> = figures().into_iter().filter(|figure| *figure != 6).collect();
    assert_eq!(told(&district), below);
    // A leader sees what changed since a week ago, for better and for worse.
    let weeks: Vec<f64> = district.values().filter_map(|one| one.change_week).collect();
    assert!(weeks.len() > 20 && weeks.iter().any(|change| *change != 0.0), "{weeks:?}");
    assert_eq!(
        district["facility/coverage"].change_week,
        Some(0.0),
        "what was rounded when it was kept has not changed"
    );
    let value = |name: &str| district[name].value.unwrap_or(f64::NAN);
    let within = |name: &str, low: f64, high: f64| {
        assert!((low..=high).contains(&value(name)), "{name} is {}", value(name));
    };
    // Own organisations of every kind, units and whole trades without any.
    within("survey/own_branch", 25.0, 60.0);
    within("survey/own_committee", 10.0, 40.0);
    within("party/org_coverage", 45.0, 85.0);
    within("party/coverage_change", 3.0, 40.0);
    assert!(value("party/property_coverage") < value("party/org_coverage"));
    // Paid below the standard, of middle age, mostly women; more of them and better schooled than in 2016.
    within("workforce/mean_pay", 3_000.0, 4_649.0);
    within("workforce/pay_growth", 30.0, 120.0);
    within("workforce/headcount_growth", 1.0, 80.0);
    within("workforce/education_change", 3.0, 40.0);
    within("workforce/mean_age", 38.0, 50.0);
    within("workforce/female", 65.0, 95.0);
    within("workforce/households_per_worker", 401.0, 600.0);
    // Few organisations, little money for information systems, training that did not happen.
    within("society/orgs_per_community", 1.0, 9.9);
    within("survey/few_orgs", 30.0, 85.0);
    within("facility/informatisation_share", 0.1, 10.0);
    within("facility/coverage", 70.0, 99.0);
    within("survey/untrained", 30.0, 80.0);
    within("survey/cannot_share", 50.0, 100.0);
    // Cases that were closed late were not closed in time.
    within("grid/on_time", 40.0, 95.0);
    within("service/on_time", 80.0, 99.5);

    // A county that is not chosen, and a district that keeps no such registers: a reason, never 0.
    let unchosen = readings(&engine, "230103000000", &[]);
    assert!(unchosen["party/county_coverage"].value.is_none() && unchosen["party/county_coverage"].reason.is_some());
    let elsewhere = readings(&engine, "230102000000", &[]);
    for name in ["facility/coverage", "workforce/mean_pay", "party/org_coverage", "survey/own_branch"] {
        let reading = &elsewhere[name];
        assert!(reading.value.is_none() && reading.reason.is_some(), "{reading:?}");
    }
    for reading in district.values().chain(unchosen.values()).chain(elsewhere.values()) {
        assert!(reading.value.is_some() || reading.reason.is_some(), "{reading:?}");
    }
}
