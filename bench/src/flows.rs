//! Cases: transitions over HTTP against the bare limit of durable writes; the to-do list of a street leader with a million
//! cases behind it against the bare SQL it needs; ten thousand clocks that come due in the same minute.

use std::{
    fs, io,
    net::SocketAddr,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use linli_domain::{
    Ids, RecordId, Timestamp,
    flow::{CaseClock, CaseCore, CaseParty, ClockState, Effects, Mark, MarkKind, PartyKey, PartyState, Phase},
};
use linli_engine::{Config, Engine, Randomness, flow::clock};
use linli_store::{
    Store, StoreError,
    tables::{Case, CaseBody, CaseReader, CaseWrite, ClockRow, EventRow, PartyRow, Seek},
};
use rusqlite::{Connection as Sqlite, OpenFlags};
use serde_json::{Value as Json, json};

use crate::{
    bare,
    client::{Connection, load, percentile, post},
    fixture::{COMMUNITIES, RealIds, community, open, packs, read},
    program::{database, run, serve, sign_in},
    report::Report,
};

const CONNECTIONS: usize = 64;
/// Cases prepared for each round of transitions.
const CASES: usize = 12_000;
const TRANSITIONS: f64 = 0.60;
const MILLION: u32 = 1_000_000;
const CLOCKS: u32 = 10_000;

/// A flow whose step changes state, owner and clock: everything a transition can touch.
const PACK: [(&str, &str); 3] = [
    (
        "bench/pack.toml",
        "id = \"bench\"\ntitle = { zh = \"测速\", en = \"Bench\" }\nversion = \"1.0.0\"\nneeds = [\"network\"]\n",
    ),
    (
        "bench/roles.toml",
        "[[grants]]\nrole = \"network/community\"\non = \"bench/*\"\nverbs = [\"read\", \"create\", \"manage\"]\n",
    ),
    (
        "bench/flows/work.toml",
        r#"
title = { zh = "测速", en = "Work" }
about = { zh = "测速。", en = "Measured." }
version = "1"
number = "CS"
start = "reported"
opens = { fields = ["text"] }
[[fields]]
name = "text"
label = { zh = "情况", en = "What" }
kind = "long_text"
[[parties]]
name = "desk"
label = { zh = "社区", en = "Community" }
kind = "role"
role = "network/community"
at = "community"
[[parties]]
name = "street"
label = { zh = "街道", en = "Street" }
kind = "role"
role = "network/street"
at = "street"
[[states]]
name = "reported"
label = { zh = "待核实", en = "Reported" }
phase = "new"
owner = "desk"
[[states]]
name = "filed"
label = { zh = "待派遣", en = "Filed" }
phase = "working"
owner = "street"
[[states]]
name = "closed"
label = { zh = "已结案", en = "Closed" }
phase = "done"
[[actions]]
name = "verify"
label = { zh = "核实", en = "Verify" }
kind = "step"
from = ["reported"]
to = "filed"
by = ["desk"]
[[actions]]
name = "close"
label = { zh = "结案", en = "Close" }
kind = "close"
from = ["filed"]
to = "closed"
by = ["street", "manager"]
[[clocks]]
name = "file"
label = { zh = "派遣时限", en = "Filing time" }
starts = ["filed"]
stops = ["closed"]
limit = "2 working days"
party = "street"
remind = ["4 working hours"]
"#,
    ),
];

/// Measures all of it; PostgreSQL when `LINLI_TEST_POSTGRES` names a server.
pub async fn transitions(report: &mut Report, demo: &Path) -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let bare_address = bare::sqlite(&folder.path().join("bare.db")).await?;
    install(demo, &[])?;
    let data = demo.to_string_lossy().into_owned();
    compare(report, "transitions, SQLite", bare_address, &["--data", &data]).await?;

    let Some(url) = database("transitions").await? else { return Ok(()) };
    let bare_address = bare::postgres(&url, 4).await?;
    let data = folder.path().join("pg");
    let text = data.to_string_lossy().into_owned();
    let place = ["--data", text.as_str(), "--database", url.as_str()];
    run(&[&["demo"], &place[..]].concat())?;
    install(&data, &["--database", &url])?;
    compare(report, "transitions, PostgreSQL", bare_address, &place).await
}

/// Puts the pack into an installation and migrates it.
fn install(data: &Path, more: &[&str]) -> io::Result<()> {
    for (path, text) in PACK {
        let file = data.join("packs").join(path);
        fs::create_dir_all(file.parent().unwrap_or(data))?;
        fs::write(file, text)?;
    }
    let data = data.to_string_lossy().into_owned();
    run(&[&["migrate", "--data", &data], more].concat())?;
    Ok(())
}

async fn compare(report: &mut Report, name: &str, bare_address: SocketAddr, place: &[&str]) -> io::Result<()> {
    let server = serve(place).await?;
    let headers = sign_in(server.address, "community").await?;
    let session = Connection::open(server.address).await?.call(&crate::client::get("/api/session", &headers)).await?;
    let session: Json = serde_json::from_slice(&session.body)?;
    let area = session["home_area"]["code"].as_str().unwrap_or_default().to_owned();
    let (mut ours, mut peer) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        // The bytes of an act, inserted by the bare server.
        let body = act("00000000-0000-0000-0000-000000000000");
        let bare = load(bare_address, CONNECTIONS, Duration::from_secs(4), 201, move |_| post("/", "", &body)).await?;
        peer.push(bare.per_second);
        let cases = opened(server.address, &headers, &area).await?;
        let rate = move_all(server.address, &headers, cases).await?;
        println!("       {name}: {rate:.0}/s");
        ours.push(rate);
    }
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    report.at_least(name, median(ours), median(peer), "/s", TRANSITIONS)
}

fn act(client: &str) -> String {
    json!({ "version": 1, "client_id": client, "note": "现场情况属实,请安排处理。" }).to_string()
}

#[expect(clippy::disallowed_methods, reason = "the peer is measured with real ids")]
fn client() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// Opens cases over all connections; answers their ids by connection.
async fn opened(address: SocketAddr, headers: &str, area: &str) -> io::Result<Vec<Vec<String>>> {
    let mut tasks = Vec::new();
    for _ in 0..CONNECTIONS {
        let (headers, area) = (headers.to_owned(), area.to_owned());
        tasks.push(tokio::spawn(async move {
            let mut connection = Connection::open(address).await?;
            let mut ids = Vec::with_capacity(CASES / CONNECTIONS);
            for _ in 0..CASES / CONNECTIONS {
                let values = json!({ "text": "楼道灯不亮" });
                let input = json!({ "flow": "bench/work", "area": area, "client_id": client(), "values": values });
                let answer = connection.call(&post("/api/cases", &headers, &input.to_string())).await?;
                let case: Json = serde_json::from_slice(&answer.body)?;
                let id = case["id"].as_str().map(str::to_owned);
                ids.push(id.ok_or_else(|| io::Error::other(case.to_string()))?);
            }
            Ok::<_, io::Error>(ids)
        }));
    }
    let mut all = Vec::new();
    for task in tasks {
        all.push(task.await.map_err(io::Error::other)??);
    }
    Ok(all)
}

/// Moves every case one state on over all connections; answers how many a second.
async fn move_all(address: SocketAddr, headers: &str, cases: Vec<Vec<String>>) -> io::Result<f64> {
    let number = cases.iter().map(Vec::len).sum::<usize>();
    let requests = |ids: Vec<String>| -> Vec<Vec<u8>> {
        let path = |id: &String| format!("/api/cases/{id}/actions/verify");
        ids.iter().map(|id| post(&path(id), headers, &act(&client()))).collect()
    };
    let prepared: Vec<Vec<Vec<u8>>> = cases.into_iter().map(requests).collect();
    let started = Instant::now();
    let mut tasks = Vec::new();
    for requests in prepared {
        tasks.push(tokio::spawn(async move {
            let mut connection = Connection::open(address).await?;
            for request in requests {
                let answer = connection.call(&request).await?;
                if answer.status != 200 {
                    return Err(io::Error::other(String::from_utf8_lossy(&answer.body).into_owned()));
                }
            }
            Ok(())
        }));
    }
    for task in tasks {
        task.await.map_err(io::Error::other)??;
    }
    Ok(number as f64 / started.elapsed().as_secs_f64())
}

/// What needs a store of its own.
pub fn lists_and_clocks(report: &mut Report, folder: &Path) -> io::Result<()> {
    let mut files = packs()?;
    for (path, text) in PACK {
        files.insert(path, text);
    }
    let file = folder.join("cases.db");
    let store = open(&file, &files)?;
    println!("       {MILLION} cases inserted at {:.0}/s", seed(&store, 0..MILLION, None)?);
    todo(report, &store, &file)?;
    clocks(report, store, folder)
}

/// One case in ten waits for its street; the others are over.
fn case(number: u32, due: Option<Timestamp>) -> CaseWrite {
    let (home, path) = community(number % COMMUNITIES);
    let area: linli_domain::AreaPath = path.parse().unwrap_or_else(|_| unreachable!("a path of digits"));
    let street = area.parent().unwrap_or_else(|| area.clone());
    let is_open = number.is_multiple_of(10) || due.is_some();
    let opened = Timestamp(1_750_000_000_000_000 + i64::from(number) * 1_000_000);
    let due =
        due.unwrap_or(Timestamp(1_760_000_000_000_000 + i64::from(number.wrapping_mul(48_271) % MILLION) * 1_000_000));
    let key = PartyKey::Role { role: "network/street".into(), area: format!("{}000", &home[..9]) };
    let state = if is_open { PartyState::Called } else { PartyState::Left };
    let clock = CaseClock {
        name: "file".into(),
        party: None,
        state: if is_open { ClockState::Running } else { ClockState::Stopped },
        started: opened,
        due,
        estimated: false,
        working: true,
        left_seconds: None,
        stopped: (!is_open).then_some(due),
        marks: if is_open { vec![Mark { at: due, kind: MarkKind::Overdue }] } else { Vec::new() },
    };
    let party = CaseParty { name: "street".into(), key: key.clone(), state, since: opened };
    let phase = if is_open { Phase::Working } else { Phase::Done };
    let name = if is_open { "filed" } else { "closed" };
    let next = clock.next();
    let rows = (
        vec![PartyRow {
            no: 0,
            name: "street".into(),
            key: key.to_string(),
            seek: Seek::of_role("network/street", &street),
            state: state.name(),
            open: is_open,
            due: is_open.then_some(due),
            since: opened,
        }],
        vec![ClockRow {
            no: 0,
            name: "file".into(),
            party: None,
            state: if is_open { "running" } else { "stopped" },
            started: opened,
            due,
            next,
        }],
    );
    let core = CaseCore { parties: vec![party], clocks: vec![clock], ..CaseCore::default() };
    let nobody = RecordId(uuid::Uuid::nil());
    let case = Case {
        home,
        id: RealIds.next(),
        flow: "bench/work".into(),
        version: "1".into(),
        number: format!("CS-2026-{number:06}"),
        area,
        state: name.into(),
        phase,
        core,
        kind: None,
        unit: None,
        opened,
        moved: opened,
        closed: (!is_open).then_some(due),
        due: is_open.then_some(due),
        late: false,
        by: nobody,
        by_name: "居民".into(),
        lat: None,
        lon: None,
        seq: 1,
        body: CaseBody { title: format!("楼道灯不亮 {number}"), ..CaseBody::default() },
    };
    let event = EventRow {
        seq: 1,
        at: opened,
        by: nobody,
        by_name: "居民".into(),
        action: "@open".into(),
        from: String::new(),
        to: name.into(),
        phase,
        party: None,
        client: None,
        effects: Effects::default(),
        body: Json::Null,
    };
    CaseWrite { case, rated: None, event, parties: rows.0, clocks: rows.1 }
}

fn seed(store: &Store, numbers: std::ops::Range<u32>, due: Option<Timestamp>) -> io::Result<f64> {
    let started = Instant::now();
    let count = f64::from(numbers.end - numbers.start);
    for from in numbers.clone().step_by(2_000) {
        let until = (from + 2_000).min(numbers.end);
        store
            .write_blocking::<_, StoreError>(move |tx| {
                let writes: Vec<CaseWrite> = (from..until).map(|number| case(number, due)).collect();
                tx.put_cases(&writes)
            })
            .map_err(io::Error::other)?;
    }
    Ok(count / started.elapsed().as_secs_f64())
}

const SAMPLES: u32 = 500;
const WARM: u32 = 50;

/// The bare statement for the first page of a street leader's to-do.
const BARE: &str = "SELECT c.*, p.due FROM linli_case_party p JOIN linli_case c ON c.home = p.home AND c.id = p.case_id \
    WHERE p.seek = ?1 AND p.open = 1 ORDER BY p.due, p.case_id LIMIT 51";
/// The bare statement for how much waits.
const BARE_COUNTS: &str =
    "SELECT count(*), sum(due < ?2), sum(due <= ?3) FROM linli_case_party WHERE seek = ?1 AND open = 1";

fn todo(report: &mut Report, store: &Store, file: &Path) -> io::Result<()> {
    let bare = Sqlite::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(io::Error::other)?;
    bare.execute_batch("PRAGMA mmap_size=2147418112; PRAGMA cache_size=-65536").map_err(io::Error::other)?;
    let (mut page, mut counts) =
        (bare.prepare(BARE).map_err(io::Error::other)?, bare.prepare(BARE_COUNTS).map_err(io::Error::other)?);
    let (mut ours, mut peer) = (Vec::new(), Vec::new());
    for sample in 0..WARM + SAMPLES {
        let (_, path) = community(sample.wrapping_mul(31) % COMMUNITIES);
        let area: linli_domain::AreaPath = path.parse().map_err(io::Error::other)?;
        let street = area.parent().unwrap_or(area);
        let seek = Seek::of_role("network/street", &street);
        let (now, end) = (1_760_000_500_000_000_i64, 1_760_000_600_000_000_i64);
        let started = Instant::now();
        let columns = page.column_count();
        let mut rows = page.query([&seek]).map_err(io::Error::other)?;
        while let Some(row) = rows.next().map_err(io::Error::other)? {
            for column in 0..columns {
                let _value = row.get_ref(column).map_err(io::Error::other)?;
            }
        }
        drop(rows);
        let _counted: (i64, i64, i64) = counts
            .query_row(rusqlite::params![seek, now, end], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .map_err(io::Error::other)?;
        let bare_took = started.elapsed();
        let leader = RecordId(uuid::Uuid::from_u128(u128::from(sample) + 1));
        let reader = CaseReader::new(leader, &[], vec![Seek::Role("network/street".into(), street)])
            .map_err(io::Error::other)?;
        let started = Instant::now();
        let found = read(store, move |tx| {
            tx.case_todo_counts(&reader, Timestamp(now), Timestamp(end))?;
            tx.case_todo(&reader, None, 51)
        })?;
        if sample >= WARM {
            ours.push(started.elapsed());
            peer.push(bare_took);
        }
        if found.len() != 51 {
            return Err(io::Error::other(format!("{} of 51 found", found.len())));
        }
    }
    let (ours, peer) = (percentile(&mut ours, 99.0), percentile(&mut peer, 99.0));
    report.at_most("to-do of a street leader before 1,000,000 cases, p99", ours, peer, "ms", 3.0)
}

/// Bytes that are the same every time: nothing here is secret.
pub struct Zeroes;

impl Randomness for Zeroes {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

/// A clock long after everything was due.
pub struct Late;

impl linli_domain::Clock for Late {
    fn now(&self) -> Timestamp {
        Timestamp(1_759_000_100_000_000)
    }
}

/// Ten thousand clocks of one minute, among the million.
fn clocks(report: &mut Report, store: Store, folder: &Path) -> io::Result<()> {
    seed(&store, MILLION..MILLION + CLOCKS, Some(Timestamp(1_759_000_000_000_000)))?;
    let engine = Engine::new(store, folder, Arc::new(Late), Arc::new(RealIds), Arc::new(Zeroes), Config::default());
    let started = Instant::now();
    let fired = clock::fire_due(&engine).map_err(io::Error::other)?;
    let took = started.elapsed().as_secs_f64();
    if fired != CLOCKS as usize {
        return Err(io::Error::other(format!("{fired} of {CLOCKS} clocks fired")));
    }
    report.limit("10,000 clocks due in the same minute", took, "s", 5.0)
}
