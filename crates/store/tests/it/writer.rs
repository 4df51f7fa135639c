//! Group commit: neighbours in a batch do not harm each other, a request counts once, a full disk loses nothing.

use std::sync::mpsc;

use linli_domain::{Verb, record::ListQuery};
use linli_store::{Database, Once, Store, StoreConfig, StoreError, WriteError};
use serde_json::json;

use crate::support::{RESIDENT, World, city, edit, new_postgres, on_both, on_residents, postgres_server, world};

fn count(world: &World) -> u64 {
    let read = on_residents(Verb::Read, &[]);
    world.store.read_blocking::<_, StoreError>(move |tx| tx.count(&read, &ListQuery::of(RESIDENT))).unwrap()
}

/// Holds the writers until told, so that what is queued meanwhile lands in one batch.
fn hold(world: &World, writers: usize) -> Vec<mpsc::Sender<()>> {
    let mut releases = Vec::new();
    for _ in 0..writers {
        let (release, wait) = mpsc::channel::<()>();
        let (began, beginning) = mpsc::channel();
        let store = world.store.clone();
        std::thread::spawn(move || {
            store.write_blocking::<_, StoreError>(move |_| {
                began.send(()).unwrap();
                wait.recv().ok();
                Ok(())
            })
        });
        beginning.recv().unwrap();
        releases.push(release);
    }
    releases
}

#[test]
fn a_bad_piece_of_work_does_not_harm_its_neighbours() {
    on_both(|world| {
        let writers = if matches!(world.config.database, Database::Sqlite(_)) { 1 } else { 3 };
        let releases = hold(world, writers);
        let mut waiting = Vec::new();
        for number in 0..60 {
            let (store, record) = (world.store.clone(), world.resident("23/01/001", "张三"));
            waiting.push(std::thread::spawn(move || {
                let permit = on_residents(Verb::Create, &[]);
                store.write_blocking(move |tx| {
                    tx.insert(&permit, &record, &edit())?;
                    match number % 4 {
                        1 => Err(WriteError::OutOfScope),
                        2 => panic!("a bug in a command"),
                        3 => {
                            tx.insert(&permit, &record, &edit())?;
                            Ok(0)
                        }
                        _ => Ok(number),
                    }
                })
            }));
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
        drop(releases);
        for (number, answer) in waiting.into_iter().enumerate() {
            let answer = answer.join().unwrap();
            match number % 4 {
                0 => assert_eq!(answer, Ok(number)),
                1 => assert_eq!(answer, Err(WriteError::OutOfScope)),
                2 => assert_eq!(answer, Err(WriteError::Store(StoreError::Panicked))),
                _ => assert!(matches!(answer, Err(WriteError::Exists(_))), "{answer:?}"),
            }
        }
        assert_eq!(count(world), 15);
        assert_eq!(world.store.verify().unwrap().faults, []);
    });
}

#[test]
fn a_failed_statement_that_a_command_overlooks_fails_the_command_alone() {
    if postgres_server().is_none() {
        return;
    }
    let world = world("postgres", Some(new_postgres()), city());
    let releases = hold(&world, 3);
    let waiting: Vec<_> = (0..30)
        .map(|number| {
            let (store, record) = (world.store.clone(), world.resident("23/01/001", "张三"));
            std::thread::spawn(move || {
                let permit = on_residents(Verb::Create, &[]);
                store.write_blocking::<_, WriteError>(move |tx| {
                    tx.insert(&permit, &record, &edit())?;
                    // PostgreSQL refuses text with a zero byte, and everything after it until the savepoint.
                    Ok(number % 2 == 1 && tx.setting("\0").is_err())
                })
            })
        })
        .collect();
    std::thread::sleep(std::time::Duration::from_millis(200));
    drop(releases);
    for (number, answer) in waiting.into_iter().enumerate() {
        let answer = answer.join().unwrap();
        if number % 2 == 0 {
            assert_eq!(answer, Ok(false));
        } else {
            assert!(matches!(answer, Err(WriteError::Store(StoreError::Database(_)))), "{answer:?}");
        }
    }
    assert_eq!(count(&world), 15);
}

#[test]
fn a_full_queue_is_busy_not_slow() {
    let world = crate::support::sqlite();
    let config = StoreConfig { queue: 2, ..world.another() };
    let store = Store::open(config).unwrap();
    let (release, wait) = mpsc::channel::<()>();
    let (began, beginning) = mpsc::channel();
    let holding = store.clone();
    let held = std::thread::spawn(move || {
        holding.write_blocking::<_, StoreError>(move |_| {
            began.send(()).unwrap();
            wait.recv().ok();
            Ok(())
        })
    });
    beginning.recv().unwrap();
    let mut waiting = Vec::new();
    for _ in 0..2 {
        let store = store.clone();
        waiting.push(std::thread::spawn(move || store.write_blocking::<_, StoreError>(|_| Ok(()))));
    }
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert_eq!(store.write_blocking::<(), StoreError>(|_| Ok(())), Err(StoreError::Busy));
    drop(release);
    held.join().unwrap().unwrap();
    waiting.into_iter().for_each(|answer| answer.join().unwrap().unwrap());
}

#[test]
fn a_request_sent_twice_counts_once() {
    on_both(|world| {
        let account = world.id();
        let send = |hash: &'static [u8]| {
            let (permit, record) = (on_residents(Verb::Create, &[]), world.resident("23/01/001", "张三"));
            world.store.write_blocking::<_, WriteError>(move |tx| {
                match tx.once("key-1", account, hash)? {
                    Once::First => {}
                    seen => return Ok(seen),
                }
                tx.insert(&permit, &record, &edit())?;
                tx.remember("key-1", account, &json!({ "id": "x" }))?;
                Ok(Once::First)
            })
        };
        assert_eq!(send(b"a").unwrap(), Once::First);
        assert_eq!(send(b"a").unwrap(), Once::Replay(json!({ "id": "x" })));
        assert_eq!(send(b"b").unwrap(), Once::OtherContent);
        assert_eq!(count(world), 1);
    });
}

#[test]
fn many_writers_at_once_lose_and_double_nothing() {
    on_both(|world| {
        let account = world.id();
        let threads: Vec<_> = (0..8)
            .map(|thread| {
                let store = world.store.clone();
                let records: Vec<_> = (0..40).map(|_| world.resident("23/01/001", "张三")).collect();
                std::thread::spawn(move || {
                    for (number, record) in records.into_iter().enumerate() {
                        let permit = on_residents(Verb::Create, &[]);
                        let outcome = store.write_blocking::<_, WriteError>(move |tx| {
                            // All threads fight for the same keys and the same settings row.
                            if tx.once(&format!("k{number}"), account, b"x")? == Once::First {
                                tx.insert(&permit, &record, &edit())?;
                            }
                            let sum = tx.setting("sum")?.and_then(|sum| sum.as_i64()).unwrap_or(0);
                            tx.put_setting("sum", &json!(sum + 1))?;
                            tx.put_setting(&format!("of-{thread}"), &json!(number))?;
                            Ok(())
                        });
                        outcome.unwrap();
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(count(world), 40);
    });
}

#[test]
fn a_full_disk_is_said_so_and_loses_nothing_acknowledged() {
    let world = crate::support::sqlite();
    world.store.limit_pages(220).unwrap();
    let mut kept = Vec::new();
    let mut full = 0;
    for _ in 0..3_000 {
        let (permit, record) = (on_residents(Verb::Create, &[]), world.resident("23/01/001", "张三"));
        let id = record.id;
        match world.store.write_blocking(move |tx| tx.insert(&permit, &record, &edit())) {
            Ok(_) => kept.push(id),
            Err(error) => {
                assert_eq!(error, WriteError::Store(StoreError::Full));
                full += 1;
                if full > 3 {
                    break;
                }
            }
        }
    }
    assert!(full > 3 && !kept.is_empty(), "{full} {}", kept.len());
    assert_eq!(count(&world), kept.len() as u64);
    world.store.limit_pages(100_000).unwrap();
    let (permit, record) = (on_residents(Verb::Create, &[]), world.resident("23/01/001", "张三"));
    world.store.write_blocking(move |tx| tx.insert(&permit, &record, &edit())).unwrap();
    let read = on_residents(Verb::Read, &[]);
    let found = world.store.read_blocking::<_, StoreError>({
        let kept = kept.clone();
        move |tx| tx.records(&read, RESIDENT, &kept)
    });
    assert_eq!(found.unwrap().len(), kept.len());
    assert_eq!(world.store.verify().unwrap().faults, []);
}

#[test]
fn what_waits_for_the_end_of_a_batch_is_seen_by_whoever_asks_and_taken_once() {
    on_both(|world| {
        let writers = if matches!(world.config.database, Database::Sqlite(_)) { 1 } else { 3 };
        let releases = hold(world, writers);
        let mut waiting = Vec::new();
        for number in 0..40 {
            let (store, mut record) = (world.store.clone(), world.resident("23/01/001", "张三"));
            // Every number is wanted twice.
            let identity = format!("2301021980010100{:02}", number / 2);
            record.values.insert("identity_number".into(), linli_domain::Value::Text(identity));
            waiting.push(std::thread::spawn(move || {
                let (create, read) = (on_residents(Verb::Create, &[]), on_residents(Verb::Read, &[]));
                store.write_blocking::<_, WriteError>(move |tx| {
                    let made = tx.insert(&create, &record, &edit())?;
                    // Half of them read before the batch ends.
                    let seen = number % 4 < 2 || tx.record(&read, RESIDENT, record.id)?.as_ref() == Some(&made);
                    Ok(seen)
                })
            }));
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
        drop(releases);
        let answers: Vec<_> = waiting.into_iter().map(|answer| answer.join().unwrap()).collect();
        for pair in answers.chunks(2) {
            let taken = pair.iter().filter(|answer| matches!(answer, Err(WriteError::Taken { .. }))).count();
            let made = pair.iter().filter(|answer| **answer == Ok(true)).count();
            assert_eq!((made, taken), (1, 1), "{pair:?}");
        }
        assert_eq!(count(world), 20);
        assert_eq!(world.store.verify().unwrap().faults, []);
    });
}
