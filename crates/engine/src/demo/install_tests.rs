//! The demo in a real store.

use std::{path::Path, sync::Arc};

use jiff::civil::date;
use linli_domain::{
    Area, RecordId, Timestamp, Verb,
    record::{Condition, ListQuery},
    rules::validate_record,
};
use linli_pack::PackFiles;

use super::{accounts, plan::TOUR_COMMUNITY, records::*, *};
use crate::{
    Engine, Problem, Randomness,
    install::{Machine, Place, open},
};

#[derive(Default)]
struct Counting(std::sync::atomic::AtomicU64);

impl linli_domain::Ids for Counting {
    fn next(&self) -> RecordId {
        let count = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let mut bytes = [0; 10];
        bytes[2..].copy_from_slice(&count.to_be_bytes());
        RecordId(uuid::Builder::from_unix_timestamp_millis(1_700_000_000_000 + count, &bytes).into_uuid())
    }
}

struct Sevens;

impl Randomness for Sevens {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

fn packs() -> PackFiles {
    linli_pack::read_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs")).unwrap()
}

pub(super) fn engine(data: &Path) -> (Engine, Arc<DemoClock>) {
    let clock = Arc::new(DemoClock::new(Timestamp(1_793_500_000_000_000)));
    let machine = Machine {
        clock: clock.clone(),
        ids: Arc::new(Counting::default()),
        random: Arc::new(Sevens),
        shipped: packs(),
    };
    (open(&Place { data: data.to_owned(), database: None }, &machine).unwrap(), clock)
}

pub(super) fn options() -> DemoOptions {
    DemoOptions { seed: 2301, today: REFERENCE_DAY, now: incidents::moment(REFERENCE_DAY, 7 * 60) }
}

#[test]
fn the_demo_loads_once_and_is_as_generated() {
    let data = tempfile::tempdir().unwrap();
    let (engine, clock) = engine(data.path());
    let mut phases = Vec::new();
    let made = install(&engine, &clock, options(), &mut |progress| phases.push(progress.phase)).unwrap();
    assert!(made.fresh && made.residents >= 20_000 && made.accounts.len() == 6 && made.workers == 18, "{made:?}");
    phases.dedup();
    assert_eq!(phases, ["areas", "accounts", "records", "samples"]);
    let again = install(&engine, &clock, options(), &mut |_| ()).unwrap();
    assert_eq!(again, DemoSummary { fresh: false, ..made.clone() });

    let operator = Engine::operator();
    let read =
        |entity: &str| engine.permit(&operator, Verb::Read, linli_domain::Subject::Entity(entity.into())).unwrap();
    let (residents, households, dwellings) = (read(RESIDENT), read(HOUSEHOLD), read(DWELLING));
    let counts = engine
        .store
        .read_blocking::<_, Problem>(move |tx| {
            let then = Timestamp::end_of_china_day(date(2016, 12, 31));
            Ok([
                tx.count(&residents, &ListQuery::of(RESIDENT))?,
                tx.count(&residents, &ListQuery { with_ended: true, ..ListQuery::of(RESIDENT) })?,
                tx.count(&households, &ListQuery::of(HOUSEHOLD))?,
                tx.count(&dwellings, &ListQuery::of(DWELLING))?,
                tx.count(&residents, &ListQuery { as_of: Some(then), ..ListQuery::of(RESIDENT) })?,
                tx.area_count()?,
            ])
        })
        .unwrap();
    assert_eq!(counts[..4], [made.residents, made.residents + made.ended, made.households, made.dwellings]);
    assert!(counts[4] > 5_000 && counts[4] < made.residents, "{}", counts[4]);
    assert_eq!(counts[5], made.areas);
    let report = engine.store.verify().unwrap();
    assert_eq!(report.faults, []);
}

#[test]
fn histories_name_the_workers_and_the_areas_carry_counts() {
    let data = tempfile::tempdir().unwrap();
    let (engine, clock) = engine(data.path());
    install(&engine, &clock, options(), &mut |_| ()).unwrap();
    let operator = Engine::operator();
    let permit = engine.permit(&operator, Verb::Read, linli_domain::Subject::Entity(RESIDENT.into())).unwrap();
    let (history, elsewhere, community): (_, Option<Area>, Option<Area>) = engine
        .store
        .read_blocking::<_, Problem>(move |tx| {
            let widowed = Condition::In("marriage".into(), vec![linli_domain::Value::text("30")]);
            let query = ListQuery { conditions: vec![widowed], ..ListQuery::of(RESIDENT) };
            let mut changed = None;
            tx.scan(&permit, &query, &mut |record| {
                changed = changed.or((record.version > 1).then_some(record.id));
                Ok(())
            })?;
            let history = tx.history(&permit, RESIDENT, changed.unwrap())?;
            Ok((history, tx.area("230102001001")?, tx.area(TOUR_COMMUNITY)?))
        })
        .unwrap();
    assert!(
        history.len() > 1 && history[0].by.ends_with("(演示)") && history[0].since > history[1].since,
        "{history:?}"
    );
    assert!(elsewhere.unwrap().counted_residents.is_some_and(|count| count > 1_000));
    assert_eq!(community.unwrap().counted_residents, None);
}

#[test]
fn an_installation_with_other_data_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let (engine, clock) = engine(data.path());
    let rows = "code,parent,level,name\n230000000000,,1,黑龙江省\n";
    crate::area::import(&engine, &Engine::operator(), rows.as_bytes(), &Default::default(), &mut |_| ()).unwrap();
    assert_eq!(install(&engine, &clock, options(), &mut |_| ()).unwrap_err().code, "demo.not_empty");
}

#[test]
fn every_value_of_the_demo_passes_the_registers_own_rules() {
    let (catalogue, diagnostics) = linli_pack::load(&packs());
    assert!(diagnostics.iter().all(|one| one.severity != linli_domain::Severity::Error), "{diagnostics:?}");
    let street = street::Street::generate(2301, REFERENCE_DAY, plan::CodeDigits::of(&catalogue.levels));
    let path: linli_domain::AreaPath = "23/01".parse().unwrap();
    let homes: Homes = street.plan.places.iter().map(|place| (place.community.clone(), path.clone())).collect();
    let loads = loads(&street, &homes, 2301, REFERENCE_DAY, &edits::edits(&street, 2301, REFERENCE_DAY).before);
    for record in loads.batches.iter().flat_map(|(_, batch)| batch) {
        let entity = &catalogue.entities[&record.entity];
        for name in record.values.keys() {
            assert!(entity.field(name).is_some(), "{} has no field {name}", record.entity);
        }
        let (normal, errors) = validate_record(&catalogue, &record.entity, &record.values, REFERENCE_DAY);
        assert!(errors.is_empty(), "{errors:?} in {record:?}");
        for (name, value) in &record.values {
            assert_eq!(normal.get(name), Some(value), "{name} of {record:?}");
        }
    }
    for login in accounts::logins(&street.plan) {
        assert!(catalogue.roles.contains_key(login.role), "{}", login.role);
    }
}

#[test]
fn tasks_are_under_way_one_waits_and_somebody_complained() {
    use linli_domain::{
        Subject,
        task::{AssignmentState, TaskState},
    };
    use linli_store::tables::{AssignmentQuery, TaskQuery};
    let data = tempfile::tempdir().unwrap();
    let (engine, clock) = engine(data.path());
    install(&engine, &clock, options(), &mut |_| ()).unwrap();
    let permit = engine.permit(&Engine::operator(), Verb::Manage, Subject::Tasks).unwrap();
    let (tasks, progress, complaints) = engine
        .store
        .read_blocking::<_, Problem>(move |tx| {
            let tasks = tx.tasks(&permit, &TaskQuery { limit: 10, ..TaskQuery::default() })?;
            let progress = tx.assignment_progress(&permit, &AssignmentQuery::default(), false)?;
            Ok((tasks, progress, tx.complaints(&permit, Some("open"), 10)?))
        })
        .unwrap();
    let states: Vec<TaskState> = tasks.iter().map(|task| task.state).collect();
    assert_eq!(states, [TaskState::Submitted, TaskState::Open, TaskState::Open], "newest first");
    assert_eq!(complaints.len(), 1);
    for task in tasks.iter().filter(|task| task.state == TaskState::Open) {
        let count = |state| -> u64 {
            progress.iter().filter(|row| row.task == task.id && row.state == state).map(|row| row.count).sum()
        };
        let (open, done) = (count(AssignmentState::Open), count(AssignmentState::Done));
        println!(
            "{}: {open} open, {done} done, {} not reached",
            task.body["title"],
            count(AssignmentState::Unreachable)
        );
        assert!(open > 0 && done > 0, "{}", task.body);
        assert!(task.body["questions"].as_u64().is_some_and(|questions| questions > 0), "{}", task.body);
    }
}
