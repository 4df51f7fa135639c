//! Indicators of a province: read from roll-ups, recomputed from rows beside DuckDB, and what keeping them costs writes.
//!
//! The tree is made up (13 cities × 10 districts × 12 streets × 10 communities: 17,304 areas, as many as a real province
//! has); `LINLI_BENCH_RESIDENTS` says how many residents, a million without it.

use std::{
    fmt::Write as _,
    io,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use linli_domain::{Actor, Permit, Subject, Verb, actor, insight::RollMeasure};
use linli_engine::{
    Config, Engine,
    area::{self, ImportOptions},
    insight::{self, Ask},
};
use linli_store::{Store, WriteError};

use crate::{
    client::percentile,
    fixture::{RealIds, allowed, open, packs, read, resident_at, source},
    flows::{Late, Zeroes},
    report::Report,
    sheets::python,
};

/// Filters of the measures, as packs write them, and as SQL says the same.
const MEASURES: [(&str, &str); 8] = [
    ("sex == '1'", "sex = '1'"),
    ("sex == '2'", "sex = '2'"),
    ("residence_kind == 'floating'", "residence_kind = 'floating'"),
    ("residence_kind == 'floating' && sex == '2'", "residence_kind = 'floating' AND sex = '2'"),
    ("ethnicity != '01'", "ethnicity <> '01'"),
    ("birth_date < date(\"1965-01-01\")", "birth_date < '1965-01-01'"),
    (
        "birth_date < date(\"1945-01-01\") && residence_kind == 'permanent'",
        "birth_date < '1945-01-01' AND residence_kind = 'permanent'",
    ),
    ("has(occupation) || sex == '1'", "TRUE"),
];

const COMMUNITIES: u32 = 13 * 10 * 12 * 10;
/// Residents written to see what keeping roll-ups costs.
const UPKEEP: u32 = 50_000;
const SAMPLES: u32 = 300;

/// Measures all.
pub fn measure(report: &mut Report, folder: &Path) -> io::Result<()> {
    let wanted = std::env::var("LINLI_BENCH_RESIDENTS").ok().and_then(|text| text.parse().ok());
    let residents: u32 = wanted.unwrap_or(1_000_000);
    let mut files = packs()?;
    files.insert("bench/pack.toml", HEAD);
    files.insert("bench/indicators.toml", &indicators());
    let file = folder.join("insight.db");
    let store = open(&file, &files)?;
    let engine =
        Engine::new(store.clone(), folder, Arc::new(Late), Arc::new(RealIds), Arc::new(Zeroes), Config::default());
    let made = area::import(&engine, &Engine::operator(), tree().as_bytes(), &ImportOptions::default(), &mut |_| {});
    println!("       {} areas", made.map_err(io::Error::other)?.new);
    seed(&store, 0..residents)?;
    let before = seed(&store, residents..residents + UPKEEP)?;
    recomputation(report, &store, &file, residents)?;
    build(&engine)?;
    let after = seed(&store, residents + UPKEEP..residents + 2 * UPKEEP)?;
    report.at_least("writes that keep 9 roll-ups, beside those that keep none", after, before, "rows/s", 0.70)?;
    reading(report, &engine)
}

const HEAD: &str =
    "id = \"bench\"\ntitle = { zh = \"测速\", en = \"Bench\" }\nversion = \"1.0.0\"\nneeds = [\"people\"]\n";

fn indicators() -> String {
    let mut text = String::new();
    for (at, (filter, _)) in MEASURES.iter().enumerate() {
        let filter = filter.replace('"', "\\\"");
        let _infallible = write!(
            text,
            "[[indicators]]\nname = \"m{at}\"\ngroup = \"people\"\nlabel = {{ zh = \"度量{at}\", en = \"Measure {at}\" }}\n\
             about = {{ zh = \"测速。\", en = \"Measured.\" }}\nunit = \"percent\"\n[indicators.numerator]\n\
             count = \"people/resident\"\nwhere = \"{filter}\"\n[indicators.denominator]\ncount = \"people/resident\"\n"
        );
    }
    text
}

/// Code of the n-th community; path by the tree's segments.
fn community(number: u32) -> (String, String) {
    let (community, street) = (number % 10 + 1, number / 10 % 12 + 1);
    let (district, city) = (number / 120 % 10 + 1, number / 1_200 + 1);
    let path = format!("23/{city:02}/{district:02}/{street:03}/{community:03}");
    (format!("23{city:02}{district:02}{street:03}{community:03}"), path)
}

fn tree() -> String {
    let mut text = String::from("code,parent,level,name\n230000000000,,1,测速省\n");
    let mut add = |code: &str, parent: &str, level: u8| {
        let _infallible = writeln!(text, "{code},{parent},{level},区域{code}");
    };
    for number in 0..COMMUNITIES {
        let (code, _) = community(number);
        let (city, district, street) =
            (format!("{}00000000", &code[..4]), format!("{}000000", &code[..6]), format!("{}000", &code[..9]));
        if number % 1_200 == 0 {
            add(&city, "230000000000", 2);
        }
        if number % 120 == 0 {
            add(&district, &city, 3);
        }
        if number % 10 == 0 {
            add(&street, &district, 4);
        }
        add(&code, &street, 5);
    }
    text
}

/// Inserts residents in durable batches; answers rows per second.
fn seed(store: &Store, numbers: std::ops::Range<u32>) -> io::Result<f64> {
    let permit = allowed(&store.catalogue(), Verb::Create, "people/resident")?;
    let (started, count) = (Instant::now(), numbers.len());
    for from in numbers.clone().step_by(5_000) {
        let to = (from + 5_000).min(numbers.end);
        let batch: Vec<_> = (from..to)
            .map(|number| {
                let (home, path) = community(number.wrapping_mul(7_919) % COMMUNITIES);
                resident_at(number, &home, &path.parse().unwrap_or_else(|_| unreachable!("a path of digits")))
            })
            .collect();
        let permit = permit.clone();
        store
            .write_blocking(move |tx| tx.insert_many(&permit, &batch, &source()))
            .map_err(|error: WriteError| io::Error::other(error))?;
    }
    Ok(count as f64 / started.elapsed().as_secs_f64())
}

fn figures(store: &Store) -> io::Result<Permit> {
    let operator = Engine::operator();
    actor::permit(&operator, &store.catalogue().roles, Verb::Read, Subject::Insight).map_err(io::Error::other)
}

/// Every measure from rows, grouped by place, beside DuckDB on the same rows.
fn recomputation(report: &mut Report, store: &Store, file: &Path, residents: u32) -> io::Result<()> {
    let catalogue = store.catalogue();
    let permit = figures(store)?;
    let kept: Vec<RollMeasure> = (0..MEASURES.len())
        .filter_map(|at| {
            let indicator = catalogue.indicators.get(&format!("bench/m{at}"))?;
            RollMeasure::of(indicator.measures.get("numerator")?)
        })
        .collect();
    let started = Instant::now();
    read(store, move |tx| tx.measures(&permit, "people/resident", &kept.iter().collect::<Vec<_>>()))?;
    let ours = started.elapsed().as_secs_f64();
    let mut arguments = vec![file.to_string_lossy().into_owned()];
    arguments.extend(MEASURES.iter().map(|(_, sql)| (*sql).to_owned()));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let peer = python("insight_duckdb.py", &arguments)?;
    let name = format!("8 measures of {residents} residents from rows, beside DuckDB");
    report.at_most(&name, ours, peer, "s", 3.0)
}

/// Has the roll-ups built, and waits.
fn build(engine: &Engine) -> io::Result<()> {
    let (started, ask) = (Instant::now(), Ask::default());
    loop {
        let found =
            insight::read(engine, &Engine::operator(), &ask, Some("people".into())).map_err(io::Error::other)?;
        let bench = found.items.iter().filter(|one| one.id.starts_with("bench/"));
        if bench.clone().count() == MEASURES.len() && bench.clone().all(|one| one.fresh == "rollup") {
            println!("       roll-ups built in {:.1} s", started.elapsed().as_secs_f64());
            return Ok(());
        }
        if started.elapsed() > Duration::from_secs(600) {
            return Err(io::Error::other("the roll-ups were not built in ten minutes"));
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// The eight indicators of an area, and one indicator of all areas below another.
fn reading(report: &mut Report, engine: &Engine) -> io::Result<()> {
    let operator = Engine::operator();
    let (mut one, mut table) = (Vec::new(), Vec::new());
    for sample in 0..SAMPLES {
        let (code, _) = community(sample * 53 % COMMUNITIES);
        let street = format!("{}000", &code[..9]);
        let ask = |area: String| Ask { area: Some(area), ..Ask::default() };
        one.push(timed(|| insight::read(engine, &operator, &ask(street.clone()), Some("people".into())).map(|_| ()))?);
        let district = format!("{}000000", &code[..6]);
        table.push(timed(|| all_communities(engine, &operator, &ask(district.clone())))?);
    }
    report.limit("8 indicators of a street from roll-ups, p99", percentile(&mut one, 99.0), "ms", 50.0)?;
    let name = "an indicator of the 120 communities of a district from roll-ups, p99";
    report.limit(name, percentile(&mut table, 99.0), "ms", 50.0)?;
    let ask = Ask::default();
    let mut province = Vec::new();
    for _ in 0..20 {
        province.push(timed(|| all_communities(engine, &operator, &ask))?);
    }
    let name = "an indicator of all 15,600 communities of a province from roll-ups, p99";
    report.limit(name, percentile(&mut province, 99.0), "ms", 500.0)
}

fn all_communities(engine: &Engine, actor: &Actor, ask: &Ask) -> Result<(), linli_engine::Problem> {
    insight::by(engine, actor, ask, "bench/m3", Some("community".into()), None).map(|_| ())
}

fn timed(work: impl FnOnce() -> Result<(), linli_engine::Problem>) -> io::Result<Duration> {
    let started = Instant::now();
    work().map_err(io::Error::other)?;
    Ok(started.elapsed())
}
