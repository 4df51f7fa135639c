//! What was acknowledged survives `kill -9`.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
};

use linli_domain::{Verb, record::ListQuery};
use linli_store::{Database, Store, StoreConfig, StoreError};

use crate::support::{RESIDENT, World, city, drop_postgres, edit, new_postgres, on_residents, postgres_server, world};

const DATABASE: &str = "LINLI_TEST_CHILD_DATABASE";

/// The child: writes from several threads and says each id once its write was acknowledged. Killed by its parent.
#[test]
#[ignore = "started by the test below"]
fn child() {
    let Ok(place) = std::env::var(DATABASE) else { return };
    let parent = crate::support::sqlite();
    let database =
        if place.starts_with("postgres") { Database::Postgres(place) } else { Database::Sqlite(place.into()) };
    let store = Store::open(StoreConfig { database, ..parent.config.clone() }).unwrap();
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let store = store.clone();
            let records: Vec<_> = (0..20_000).map(|_| parent.resident("23/01/001", "张三")).collect();
            std::thread::spawn(move || {
                for record in records {
                    let (permit, id) = (on_residents(Verb::Create, &[]), record.id);
                    store.write_blocking(move |tx| tx.insert(&permit, &record, &edit())).unwrap();
                    let mut out = std::io::stdout().lock();
                    writeln!(out, "kept {id}").unwrap();
                    out.flush().unwrap();
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| drop(thread.join()));
}

fn acknowledged(line: &str) -> Option<linli_domain::RecordId> {
    line.split_once("kept ")?.1.parse().ok()
}

fn survives(world: &World, place: &str) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "durable::child", "--nocapture"])
        .env(DATABASE, place)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut kept: Vec<linli_domain::RecordId> = Vec::new();
    while kept.len() < 400 {
        let line = lines.next().expect("the child goes on").unwrap();
        kept.extend(acknowledged(&line));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // The last line may be torn; its write may or may not have been said whole.
    kept.extend(lines.map_while(Result::ok).filter_map(|line| acknowledged(&line)));
    let store = Store::open(world.config.clone()).unwrap();
    let (read, ids) = (on_residents(Verb::Read, &[]), kept.clone());
    let found = store.read_blocking::<_, StoreError>(move |tx| {
        Ok((tx.records(&read, RESIDENT, &ids)?.len(), tx.count(&read, &ListQuery::of(RESIDENT))?))
    });
    let (found, count) = found.unwrap();
    assert_eq!(found, kept.len(), "every acknowledged record is there");
    assert!(count >= kept.len() as u64);
    assert_eq!(store.verify().unwrap().faults, []);
}

#[test]
fn every_acknowledged_write_survives_a_kill() {
    let local = world("sqlite", None, city());
    let Database::Sqlite(file) = local.config.database.clone() else { panic!("a file") };
    survives(&local, file.to_str().unwrap());
    if postgres_server().is_some() {
        let url = new_postgres();
        let remote = world("postgres", Some(url.clone()), city());
        survives(&remote, &url);
        drop(remote);
        drop_postgres(&url);
    }
}
