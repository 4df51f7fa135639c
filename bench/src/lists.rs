//! One million residents: search against the bare SQL it needs, list + filter + count, a field added while people read,
//! a household of 1,234 members.

use std::{
    io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use linli_domain::{
    Value, Values, Verb,
    record::{Condition, ListQuery, NewRecord},
};
use linli_store::{MigrationClass, Store, WriteError};
use rusqlite::{Connection, OpenFlags};

use crate::{
    client::percentile,
    fixture::{RealIds, allowed, community, identity, name, open, packs, read, resident, seed, source},
    report::Report,
};

const RESIDENTS: u32 = 1_000_000;
const SAMPLES: u32 = 1_000;
/// Searches before those that count: both sides have their statements prepared and their pages at hand.
const WARM: u32 = 200;

/// Measures everything that needs the million.
pub fn measure(report: &mut Report, folder: &Path) -> io::Result<()> {
    let file = folder.join("million.db");
    let store = open(&file, &packs()?)?;
    println!("       {RESIDENTS} residents inserted at {:.0}/s", seed(&store, RESIDENTS)?);
    let bare = Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(io::Error::other)?;
    bare.execute_batch("PRAGMA mmap_size=2147418112; PRAGMA cache_size=-65536").map_err(io::Error::other)?;
    searches(report, &store, &bare)?;
    lists(report, &store)?;
    members(report, &store)?;
    added_field(report, &store)
}

/// One search: its name, our query, the bare statement and its parameters.
type Search = (&'static str, fn(u32) -> ListQuery, &'static str, fn(&Connection, u32) -> Vec<String>);

fn searches(report: &mut Report, store: &Store, bare: &Connection) -> io::Result<()> {
    let all: [Search; 4] = [
        (
            "search by exact identity number",
            |n| searching(identity(n)),
            "SELECT r.* FROM linli_claim c JOIN people_resident r ON r.home = c.home AND r.id = c.id \
             WHERE c.hash = unhex(?1)",
            |bare, n| some_claim(bare, n).into_iter().collect(),
        ),
        (
            "search by name prefix",
            |n| searching(name(n).chars().take(2).collect()),
            "SELECT * FROM people_resident WHERE ended_on IS NULL AND name >= ?1 AND name < ?2 ORDER BY name LIMIT 51",
            |_, n| between(&name(n).chars().take(2).collect::<String>()),
        ),
        (
            "search by pinyin initials",
            |n| searching(initials(n)),
            "SELECT * FROM people_resident WHERE ended_on IS NULL AND name_py >= ?1 AND name_py < ?2 ORDER BY name_py LIMIT 51",
            |_, n| between(&initials(n)),
        ),
        (
            "list of an area",
            |n| ListQuery { area: community(n % 300).1.parse().ok(), ..ListQuery::of("people/resident") },
            "SELECT * FROM people_resident WHERE ended_on IS NULL AND path >= ?1 AND path < ?2 ORDER BY since DESC LIMIT 51",
            |_, n| {
                let path = community(n % 300).1;
                vec![format!("{path}/"), format!("{path}0")]
            },
        ),
    ];
    for (title, query, sql, parameters) in all {
        let permit = allowed(&store.catalogue(), Verb::Read, "people/resident")?;
        let mut statement = bare.prepare(sql).map_err(io::Error::other)?;
        let (mut ours, mut peer) = (Vec::new(), Vec::new());
        for sample in 0..WARM + SAMPLES {
            let number = sample.wrapping_mul(48_271) % RESIDENTS;
            let words = parameters(bare, number);
            let started = Instant::now();
            let columns = statement.column_count();
            let mut rows = statement.query(rusqlite::params_from_iter(words)).map_err(io::Error::other)?;
            while let Some(row) = rows.next().map_err(io::Error::other)? {
                for column in 0..columns {
                    let _value = row.get_ref(column).map_err(io::Error::other)?;
                }
            }
            let bare_took = started.elapsed();
            drop(rows);
            let (permit, query) = (permit.clone(), query(number));
            let started = Instant::now();
            let page = read(store, move |tx| tx.list(&permit, &query))?;
            if sample >= WARM {
                ours.push(started.elapsed());
                peer.push(bare_took);
            }
            if page.records.is_empty() {
                return Err(io::Error::other(format!("{title}: nothing found for {number}")));
            }
        }
        report.at_most(
            &format!("{title}, p99"),
            percentile(&mut ours, 99.0),
            percentile(&mut peer, 99.0),
            "ms",
            3.0,
        )?;
    }
    Ok(())
}

/// The keyed hash of some resident's identity number, spread over the whole table.
fn some_claim(bare: &Connection, number: u32) -> Option<String> {
    let from = format!("{:04x}", number.wrapping_mul(40_503) % 0xfff0);
    bare.query_row("SELECT hex(hash) FROM linli_claim WHERE hash > unhex(?1) LIMIT 1", [from], |row| row.get(0)).ok()
}

fn searching(text: String) -> ListQuery {
    ListQuery { search: Some(text), ..ListQuery::of("people/resident") }
}

fn initials(number: u32) -> String {
    linli_domain::check::pinyin_initials(&name(number))
}

fn between(prefix: &str) -> Vec<String> {
    vec![prefix.to_owned(), format!("{prefix}\u{10FFFF}")]
}

fn lists(report: &mut Report, store: &Store) -> io::Result<()> {
    let permit = allowed(&store.catalogue(), Verb::Read, "people/resident")?;
    let code = |field: &str, codes: &[&str]| {
        Condition::In(field.into(), codes.iter().map(|code| Value::text(*code)).collect())
    };
    let filters = [
        vec![],
        vec![code("sex", &["2"])],
        vec![code("sex", &["1"]), code("residence_kind", &["floating"])],
        vec![code("ethnicity", &["11"]), code("sex", &["2"]), code("residence_kind", &["permanent", "floating"])],
    ];
    let asked = |conditions: &Vec<Condition>| {
        let (permit, query) =
            (permit.clone(), ListQuery { conditions: conditions.clone(), ..ListQuery::of("people/resident") });
        let started = Instant::now();
        read(store, move |tx| tx.count(&permit, &query))?;
        Ok::<_, io::Error>(started.elapsed())
    };
    // What is counted for the first time is counted by reading, and asks for a tally; offices repeat themselves.
    let mut first = filters.iter().map(asked).collect::<io::Result<Vec<_>>>()?;
    println!("       counts asked for the first time: slowest {:.1} ms", percentile(&mut first, 100.0));
    std::thread::sleep(Duration::from_secs(8));
    let mut times = Vec::new();
    for round in 0..40 {
        for conditions in &filters {
            let area = if round % 4 == 0 { None } else { community(round % 300).1.parse().ok() };
            let area =
                area.map(|path: linli_domain::AreaPath| if round % 4 == 1 { path } else { path.ancestry()[1].clone() });
            let query = ListQuery { conditions: conditions.clone(), area, ..ListQuery::of("people/resident") };
            let permit = permit.clone();
            let started = Instant::now();
            read(store, move |tx| Ok((tx.list(&permit, &query)?, tx.count(&permit, &query)?)))?;
            times.push(started.elapsed());
        }
    }
    report.limit("list + filter + count on 1,000,000 rows, p95", percentile(&mut times, 95.0), "ms", 100.0)
}

fn members(report: &mut Report, store: &Store) -> io::Result<()> {
    let catalogue = store.catalogue();
    let household = allowed(&catalogue, Verb::Create, "people/household")?;
    let people = allowed(&catalogue, Verb::Create, "people/resident")?;
    let mut times = Vec::new();
    for round in 0..5_u32 {
        let (head, path) = community(0);
        let home = NewRecord {
            entity: "people/household".into(),
            id: linli_domain::Ids::next(&RealIds),
            home: head.clone(),
            path: path.parse().map_err(io::Error::other)?,
            values: Values::from([("household_number".into(), Value::text(format!("集体户{round}")))]),
        };
        let members: Vec<NewRecord> = (0..1_234)
            .map(|number| {
                let mut record = resident(2_000_000 + round * 10_000 + number);
                record.home.clone_from(&head);
                record.path = home.path.clone();
                record.values.insert("household".into(), Value::Ref(home.id));
                record
            })
            .collect();
        let (household, people) = (household.clone(), people.clone());
        let started = Instant::now();
        store
            .write_blocking(move |tx| {
                tx.insert(&household, &home, &source())?;
                tx.insert_many(&people, &members, &source())
            })
            .map_err(|error: WriteError| io::Error::other(error))?;
        times.push(started.elapsed());
    }
    report.limit("one household saved with 1,234 members, median", percentile(&mut times, 50.0), "ms", 100.0)
}

/// Slowest read while a field is added, against the slowest of a quiet time as long.
fn added_field(report: &mut Report, store: &Store) -> io::Result<()> {
    let quiet = slowest_read(store, || {
        std::thread::sleep(Duration::from_secs(2));
        Ok(())
    })?;
    let mut wanted = (*store.catalogue()).clone();
    if let Some(entity) = wanted.entities.get_mut("people/resident")
        && let Some(mut field) = entity.field("occupation").cloned()
    {
        field.name = "bench_note".into();
        entity.fields.push(field);
    }
    let busy =
        slowest_read(store, || store.migrate(wanted, MigrationClass::Additive).map(|_| ()).map_err(io::Error::other))?;
    println!("       slowest read: {quiet:.1} ms in a quiet time, {busy:.1} ms while the field is added");
    report.limit("a field added to 1,000,000 rows: slowest read meanwhile", busy, "ms", 100.0)
}

fn slowest_read(store: &Store, work: impl FnOnce() -> io::Result<()>) -> io::Result<f64> {
    let done = Arc::new(AtomicBool::new(false));
    let (reader, stop) = (store.clone(), Arc::clone(&done));
    let reading = std::thread::spawn(move || -> io::Result<Vec<Duration>> {
        let permit = allowed(&reader.catalogue(), Verb::Read, "people/resident")?;
        let mut times = Vec::new();
        for number in 0.. {
            if stop.load(Ordering::Relaxed) && number > 20 {
                break;
            }
            let (permit, query) = (permit.clone(), searching(identity(number * 977 % RESIDENTS)));
            let started = Instant::now();
            read(&reader, move |tx| tx.list(&permit, &query))?;
            times.push(started.elapsed());
        }
        Ok(times)
    });
    work()?;
    done.store(true, Ordering::Relaxed);
    let mut times = reading.join().map_err(|_| io::Error::other("the reader panicked"))??;
    Ok(percentile(&mut times, 100.0))
}
