//! Figures of the store, each beside the bare SQL it needs: `cargo run --release -p linli-store --example figures [rows]`.
//! With `LINLI_TEST_POSTGRES` set, on PostgreSQL too.

#[expect(dead_code, reason = "shared with the tests, which use all of it")]
#[path = "../tests/it/support.rs"]
mod support;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use linli_domain::{
    Field, FieldKind, Value, Verb,
    record::{Condition, ListQuery, NewRecord},
};
use linli_store::{Database, MigrationClass, StoreError, WriteError};
use support::{RESIDENT, World, city, edit, field, new_postgres, on_residents, postgres_server, world};

const SURNAMES: [&str; 10] = ["张", "王", "李", "赵", "陈", "刘", "杨", "黄", "周", "吴"];
const GIVEN: [&str; 12] = ["伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "洋", "艳", "勇", "军"];

fn person(world: &World, number: u64) -> NewRecord {
    // A fixed mixing of the number stands for chance.
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let pick = |shift: u32, of: u64| (mixed >> shift) % of;
    let path = format!("23/{:02}/{:03}/G{}/B{}", pick(0, 20), pick(5, 50), pick(11, 10), pick(15, 20));
    let name =
        format!("{}{}{}", SURNAMES[pick(20, 10) as usize], GIVEN[pick(24, 12) as usize], GIVEN[pick(28, 12) as usize]);
    let mut record = world.resident(&path, &name);
    let mut put = |name: &str, value: Value| drop(record.values.insert(name.to_owned(), value));
    put("identity_number", Value::Text(format!("2301021980{number:08}")));
    put("phone", Value::Text(format!("138{:08}", mixed % 100_000_000)));
    put("sex", Value::Text((1 + pick(33, 2)).to_string()));
    put("kind", Value::Text((1 + pick(35, 8)).to_string()));
    put("floor", Value::Int(pick(40, 30) as i64));
    if pick(45, 10) == 0 {
        put("tags", Value::Codes(vec![format!("{:02}", pick(48, 20))]));
    }
    put("birth_date", Value::Date(jiff::civil::Date::new(1930 + pick(50, 90) as i16, 5, 6).expect("a date")));
    record
}

fn percentile(mut times: Vec<Duration>, percent: usize) -> Duration {
    times.sort();
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

fn fill(world: &World, rows: u64) {
    let begin = Instant::now();
    let mut busy = Duration::ZERO;
    for batch in 0..rows / 5_000 {
        let records: Vec<NewRecord> = (0..5_000).map(|number| person(world, batch * 5_000 + number)).collect();
        let permit = on_residents(Verb::Import, &[]);
        let start = Instant::now();
        world
            .store
            .write_blocking::<_, WriteError>(move |tx| tx.insert_many(&permit, &records, &edit()))
            .expect("filled");
        busy += start.elapsed();
    }
    println!(
        "insert_many, sealed rows: {:.0} rows/s ({rows} rows in {:.1?})",
        rows as f64 / busy.as_secs_f64(),
        begin.elapsed()
    );
}

fn simple_rows(world: &World) {
    let records: Vec<NewRecord> = (0..50_000)
        .map(|number| NewRecord {
            entity: support::HOUSEHOLD.into(),
            values: [("number".to_owned(), Value::Text(format!("户{number}")))].into(),
            ..world.resident("23/01/001", "x")
        })
        .collect();
    let permit = support::may(Verb::Import, linli_domain::Subject::Entity(support::HOUSEHOLD.into()), &[]);
    let start = Instant::now();
    world.store.write_blocking::<_, WriteError>(move |tx| tx.insert_many(&permit, &records, &edit())).expect("filled");
    println!("insert_many, simple rows with a unique number: {:.0} rows/s", 50_000.0 / start.elapsed().as_secs_f64());
}

fn lists(world: &World) {
    type Change = fn(&mut ListQuery);
    let cases: [(&str, &[&str], Change); 9] = [
        ("all, city", &["23"], |_| {}),
        ("sex = 1, city", &["23"], |query| query.conditions.push(Condition::In("sex".into(), vec![Value::text("1")]))),
        ("kind = 3 and floor < 5, city", &["23"], |query| {
            query.conditions.push(Condition::In("kind".into(), vec![Value::text("3")]));
            query.conditions.push(Condition::Between("floor".into(), Value::Null, Value::Int(4)));
        }),
        ("tag 07, city", &["23"], |query| query.conditions.push(Condition::In("tags".into(), vec![Value::text("07")]))),
        ("sex = 1, one community", &["23/01/001"], |query| {
            query.conditions.push(Condition::In("sex".into(), vec![Value::text("1")]));
        }),
        ("kind = 3, three streets", &["23/01", "23/05", "23/09"], |query| {
            query.conditions.push(Condition::In("kind".into(), vec![Value::text("3")]));
        }),
        ("identity number", &["23"], |query| query.search = Some("230102198000000777".into())),
        ("name prefix 王芳, city", &["23"], |query| query.search = Some("王芳".into())),
        ("initials zw, city", &["23"], |query| query.search = Some("zw".into())),
    ];
    for (name, areas, change) in cases {
        let (mut listed, mut counted, mut total) = (Vec::new(), Vec::new(), 0);
        for _ in 0..20 {
            let mut query = ListQuery::of(RESIDENT);
            change(&mut query);
            let (permit, ask) = (on_residents(Verb::Read, areas), query.clone());
            let start = Instant::now();
            world.store.read_blocking::<_, StoreError>(move |tx| tx.list(&permit, &ask)).expect("a page");
            listed.push(start.elapsed());
            let permit = on_residents(Verb::Read, areas);
            let start = Instant::now();
            total = world.store.read_blocking::<_, StoreError>(move |tx| tx.count(&permit, &query)).expect("a count");
            counted.push(start.elapsed());
        }
        println!(
            "{name}: {total} rows, page p95 {:.1?}, count p95 {:.1?}",
            percentile(listed, 95),
            percentile(counted, 95)
        );
    }
}

fn household(world: &World) {
    let records: Vec<NewRecord> = (0..1_234).map(|number| person(world, 90_000_000 + number)).collect();
    let permit = on_residents(Verb::Create, &[]);
    let start = Instant::now();
    world.store.write_blocking::<_, WriteError>(move |tx| tx.insert_many(&permit, &records, &edit())).expect("saved");
    println!("1,234 members saved at once: {:.1?}", start.elapsed());
}

fn new_field(world: &World) {
    let mut wanted = city();
    let resident = wanted.entities.get_mut(RESIDENT).expect("residents");
    resident.fields.push(Field { filter: true, ..field("blood", FieldKind::Text { max: 9 }) });
    let store = world.store.clone();
    let migrating = std::thread::spawn(move || {
        let start = Instant::now();
        store.migrate(wanted, MigrationClass::Additive).expect("migrated");
        start.elapsed()
    });
    let mut waits = Vec::new();
    while !migrating.is_finished() {
        let permit = on_residents(Verb::Read, &["23/01/001"]);
        let start = Instant::now();
        let page = world.store.read_blocking::<_, StoreError>(move |tx| tx.list(&permit, &ListQuery::of(RESIDENT)));
        page.expect("a page");
        waits.push(start.elapsed());
    }
    let took = migrating.join().expect("migrated");
    println!(
        "a new filter field: {took:.1?}; {} pages were read meanwhile, the slowest in {:.1?}",
        waits.len(),
        waits.iter().max().copied().unwrap_or_default()
    );
}

/// Single-record writes by 64 callers, ours and a bare group-commit insert of the same bytes.
fn single_writes(world: &World, seconds: u64) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let until = Duration::from_secs(seconds);
    let ours = runtime.block_on(async {
        let mut callers = Vec::new();
        for caller in 0..64_u64 {
            let store = world.store.clone();
            let people: Vec<NewRecord> =
                (0..6_000).map(|number| person(world, 50_000_000 + caller * 10_000 + number)).collect();
            callers.push((store, people));
        }
        let tasks: Vec<_> = callers
            .into_iter()
            .map(|(store, people)| {
                tokio::spawn(async move {
                    let begin = Instant::now();
                    let mut done = 0_u64;
                    for record in people {
                        let permit = on_residents(Verb::Create, &[]);
                        store.write(move |tx| tx.insert(&permit, &record, &edit())).await.expect("written");
                        done += 1;
                        if begin.elapsed() > until {
                            break;
                        }
                    }
                    done as f64 / begin.elapsed().as_secs_f64()
                })
            })
            .collect();
        let mut rate = 0.0;
        for task in tasks {
            rate += task.await.expect("a caller");
        }
        rate
    });
    let Database::Sqlite(file) = &world.config.database else {
        println!("single writes, 64 callers: {ours:.0}/s");
        return;
    };
    let bare = bare_writes(&runtime, &file.with_file_name("bare.db"), until);
    println!(
        "single writes, 64 callers: {ours:.0}/s; bare group commit of a document: {bare:.0}/s; ratio {:.2}",
        ours / bare
    );
}

fn bare_writes(runtime: &tokio::runtime::Runtime, file: &std::path::Path, until: Duration) -> f64 {
    type Item = (Vec<u8>, tokio::sync::oneshot::Sender<()>);
    let (send, receive) = std::sync::mpsc::channel::<Item>();
    let connection = rusqlite::Connection::open(file).expect("a file");
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             CREATE TABLE doc (id INTEGER PRIMARY KEY, body BLOB) STRICT;",
        )
        .expect("a table");
    let writer = std::thread::spawn(move || {
        while let Ok(first) = receive.recv() {
            let mut batch = vec![first];
            batch.extend(receive.try_iter().take(500));
            connection.execute_batch("BEGIN IMMEDIATE").expect("begun");
            for (body, _) in &batch {
                let mut statement =
                    connection.prepare_cached("INSERT INTO doc (body) VALUES (?1)").expect("a statement");
                statement.execute([body]).expect("inserted");
            }
            connection.execute_batch("COMMIT").expect("committed");
            batch.into_iter().for_each(|(_, reply)| reply.send(()).expect("somebody waits"));
        }
    });
    let send = Arc::new(send);
    let rate = runtime.block_on(async {
        let tasks: Vec<_> = (0..64)
            .map(|_| {
                let send = send.clone();
                tokio::spawn(async move {
                    let begin = Instant::now();
                    let mut done = 0_u64;
                    while begin.elapsed() < until {
                        let (reply, answer) = tokio::sync::oneshot::channel();
                        send.send((vec![7; 1_900], reply)).expect("queued");
                        answer.await.expect("answered");
                        done += 1;
                    }
                    done as f64 / begin.elapsed().as_secs_f64()
                })
            })
            .collect();
        let mut rate = 0.0;
        for task in tasks {
            rate += task.await.expect("a caller");
        }
        rate
    });
    drop(send);
    writer.join().expect("the bare writer");
    rate
}

fn run(world: &World, rows: u64) {
    println!("== {}", world.name);
    simple_rows(world);
    fill(world, rows);
    if let Database::Postgres(url) = &world.config.database {
        support::postgres_do(url, "VACUUM ANALYZE");
    }
    single_writes(world, 4);
    lists(world);
    household(world);
    new_field(world);
}

fn main() {
    let rows = std::env::args().nth(1).and_then(|rows| rows.parse().ok()).unwrap_or(1_000_000);
    run(&world("sqlite", None, city()), rows);
    if postgres_server().is_some() {
        run(&world("postgres", Some(new_postgres()), city()), rows);
    }
}
