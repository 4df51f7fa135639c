//! The fixed tables.

use std::collections::BTreeSet;

use jiff::civil::Date;
use linli_domain::{Area, Permit, RecordId, Scope, Subject, Timestamp, Verb, actor::Grant, record::ListQuery};
use linli_store::{
    StoreError, WriteError,
    tables::{Account, Batch, BatchRow, BatchState, ColumnMatch, Document, RowOutcome, Session},
};
use serde_json::json;

use crate::support::{RESIDENT, World, area, edit, may, on_both, on_residents};

fn place(code: &str, path: &str, name: &str, initials: &str, home: &str) -> Area {
    let parent = path.rsplit_once('/').map(|(parent, _)| parent.replace('/', ""));
    Area {
        code: code.into(),
        path: area(path),
        parent,
        kind: "grid".into(),
        name: name.into(),
        initials: initials.into(),
        home: home.into(),
        valid_from: None,
        valid_to: None,
        counted_households: None,
        counted_residents: Some(5),
    }
}

/// A small tree of areas, and the permit that manages it.
pub fn tree(world: &World) -> Permit {
    let permit = may(Verb::Manage, Subject::Areas, &[]);
    let areas = vec![
        place("23", "23", "黑龙江省", "hljs", "23"),
        place("2301", "23/01", "哈尔滨市", "hebs", "2301"),
        place("2301001", "23/01/001", "花园社区", "hysq", "2301001"),
        place("2301001G1", "23/01/001/G1", "第一网格", "dywg", "2301001"),
        place("2301001G1B1", "23/01/001/G1/B1", "一号楼", "yhl", "2301001"),
        place("2301002", "23/01/002", "果园社区", "gysq", "2301002"),
        place("2302", "23/02", "齐齐哈尔市", "qqhes", "2302"),
    ];
    let held = permit.clone();
    world.store.write_blocking::<_, WriteError>(move |tx| tx.put_areas(&permit, &areas)).unwrap();
    held
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

#[test]
fn the_area_tree_is_walked_searched_renamed_and_closed() {
    on_both(|world| {
        let permit = tree(world);
        let (today, all) = (day("2024-01-01"), Scope::Everywhere);
        world
            .store
            .write_blocking::<_, WriteError>(move |tx| {
                let tops = tx.area_children(&all, None, today)?;
                assert_eq!(tops.iter().map(|node| node.area.code.as_str()).collect::<Vec<_>>(), ["23"]);
                assert!(tops[0].has_children);
                let mine = Scope::Areas(vec![area("23/01/001")]);
                assert_eq!(tx.area_children(&mine, None, today)?[0].area.code, "2301001");
                assert_eq!(tx.area_children(&mine, Some("23/01"), today)?.len(), 0);
                assert_eq!(tx.area_children(&mine, Some("2301001"), today)?.len(), 1);
                let found = |tx: &mut linli_store::WriteTx<'_>, scope: &Scope, text: &str| {
                    let found = tx.area_search(scope, text, None, 10).unwrap();
                    found.into_iter().map(|area| area.code).collect::<Vec<_>>()
                };
                assert_eq!(found(tx, &all, "社区"), ["2301001", "2301002"]);
                assert_eq!(found(tx, &all, "HYS"), ["2301001"]);
                assert_eq!(found(tx, &all, "2302"), ["2302"]);
                assert_eq!(found(tx, &mine, "社区"), ["2301001"]);
                assert_eq!(tx.area_ancestry(&area("23/01/001"))?.len(), 3);
                tx.rename_area(&permit, "2301001", "新花园社区", "xhysq", day("2025-03-01"))?;
                tx.close_area(&permit, "2302", day("2023-12-31"))?;
                assert_eq!(tx.area("2301001")?.unwrap().name, "新花园社区");
                assert_eq!(tx.area_names("2301001")?[0].to, day("2025-02-28"));
                assert_eq!(tx.area_children(&all, Some("23"), today)?.len(), 1);
                let street = may(Verb::Manage, Subject::Areas, &["23/02"]);
                assert_eq!(tx.close_area(&street, "2301001", today), Err(WriteError::OutOfScope));
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn a_moved_area_takes_rows_claims_past_and_grants_along() {
    on_both(|world| {
        let permit = tree(world);
        let mut record = world.resident("23/01/001/G1/B1", "张三");
        record.values.insert("identity_number".into(), linli_domain::Value::text("230102198001011234"));
        let (id, account) = (record.id, world.id());
        let (create, change) = (on_residents(Verb::Create, &[]), on_residents(Verb::Edit, &[]));
        let moved = world.store.write_blocking::<_, WriteError>(move |tx| {
            tx.insert(&create, &record, &edit())?;
            let changes = [("note".to_owned(), linli_domain::Value::text("x"))].into();
            tx.update(&change, RESIDENT, id, 1, &changes, &edit())?;
            tx.set_grants(account, &[Grant { role: "r".into(), area: area("23/01/001/G1") }])?;
            tx.move_area(&permit, "2301001G1", "2301002")
        });
        assert_eq!(moved.unwrap(), 3, "two areas and one record");
        let read = on_residents(Verb::Read, &["23/01/002"]);
        let (found, history, grants) = world
            .store
            .read_blocking::<_, StoreError>(move |tx| {
                let history = tx.history(&read, RESIDENT, id)?;
                Ok((tx.list(&read, &ListQuery::of(RESIDENT))?.records, history, tx.grants_of(account)?))
            })
            .unwrap();
        assert_eq!((found[0].home.as_str(), found[0].path.as_str()), ("2301002", "23/01/002/G1/B1"));
        assert_eq!(history.len(), 2);
        assert_eq!(grants[0].area, area("23/01/002/G1"));
        assert_eq!(world.store.verify().unwrap().faults, []);
    });
}

fn account(id: RecordId, login: &str) -> Account {
    Account {
        id,
        login: login.into(),
        name: "王主任".into(),
        password_hash: "$argon2id$".into(),
        totp_secret: Some("JBSWY3DPEHPK3PXP".into()),
        locked_until: None,
        failures: 2,
        disabled: false,
        oidc_subject: None,
        prefs: json!({ "lang": "zh-CN" }),
        created: Timestamp(5),
    }
}

#[test]
fn accounts_are_found_by_login_and_listed_within_the_scope() {
    on_both(|world| {
        let (one, two) = (account(world.id(), "Wang"), account(world.id(), "li"));
        let other = account(world.id(), " wANG ");
        let (first, second) = (one.clone(), two.clone());
        let outcome = world.store.write_blocking::<_, StoreError>(move |tx| {
            tx.put_account(&first)?;
            tx.put_account(&second)?;
            tx.put_account(&Account { failures: 0, ..second.clone() })?;
            tx.set_grants(first.id, &[Grant { role: "network/grid".into(), area: area("23/01/001") }])?;
            assert!(matches!(tx.put_account(&other), Err(StoreError::Exists(_))));
            Ok(())
        });
        outcome.unwrap();
        let (street, everywhere) =
            (may(Verb::Read, Subject::Accounts, &["23/01"]), may(Verb::Manage, Subject::Accounts, &[]));
        world
            .store
            .read_blocking::<_, StoreError>(move |tx| {
                assert_eq!(tx.account_by_login("WANG ")?, Some(one.clone()));
                assert_eq!(tx.account(two.id)?.unwrap().failures, 0);
                assert_eq!(tx.list_accounts(&street, None, 10)?.len(), 1);
                assert_eq!(tx.list_accounts(&everywhere, Some("li"), 10)?[0].0, one);
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn jobs_are_taken_once_until_their_lease_runs_out() {
    on_both(|world| {
        let due = world.clock.peek();
        world
            .store
            .write_blocking::<_, StoreError>(move |tx| {
                tx.emit("submitted", &json!(1))?;
                (0..20).try_for_each(|number| tx.enqueue("send", &json!(number), due).map(|_| ()))
            })
            .unwrap();
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let store = world.store.clone();
                std::thread::spawn(move || {
                    let mut taken = Vec::new();
                    while let Some(job) = store.write_blocking::<_, StoreError>(|tx| tx.take_job(60)).unwrap() {
                        taken.push(job.id);
                    }
                    taken
                })
            })
            .collect();
        let taken: Vec<RecordId> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        assert_eq!(taken.iter().collect::<BTreeSet<_>>().len(), 20);
        assert_eq!(taken.len(), 20);
        world.clock.advance(120);
        world
            .store
            .write_blocking::<_, StoreError>(move |tx| {
                let again = tx.take_job(60)?.unwrap();
                assert_eq!(again.attempts, 2);
                tx.fail_job(again.id, "no", None)?;
                taken.iter().filter(|id| **id != again.id).try_for_each(|id| tx.finish_job(*id))?;
                assert_eq!((tx.take_job(60)?, tx.jobs(10)?, tx.events(None, 10)?.len()), (None, vec![], 1));
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn batches_sessions_matches_documents_and_settings_are_kept() {
    on_both(|world| {
        let by = world.id();
        let batch = Batch {
            id: world.id(),
            entity: RESIDENT.into(),
            area: area("23/01/001"),
            file_name: "台账.xlsx".into(),
            file_hash: "ab".into(),
            state: BatchState::Staged,
            counts: json!({ "new": 2 }),
            mapping: json!([]),
            progress: 0,
            created: Timestamp(9),
            by,
            by_name: "王".into(),
        };
        let rows: Vec<BatchRow> = (1..=700)
            .map(|row_no| BatchRow {
                row_no,
                outcome: if row_no % 2 == 0 { RowOutcome::New } else { RowOutcome::Conflict },
                record: None,
                version_before: Some(row_no),
                detail: json!({ "identity_number": "230102198001011234" }),
            })
            .collect();
        let session = Session {
            hash: [3; 32],
            account: by,
            created: Timestamp(1),
            last_seen: Timestamp(1),
            expires: Timestamp(100),
            address: None,
        };
        let column =
            ColumnMatch { fingerprint: "姓名".into(), entity: RESIDENT.into(), element: None, by, at: Timestamp(3) };
        let document = Document {
            id: world.id(),
            name: "a.xlsx".into(),
            sha256: "00".into(),
            size: 5,
            kind: "ledger".into(),
            by,
            at: Timestamp(4),
        };
        let (read, elsewhere) = (on_residents(Verb::Import, &["23/01"]), on_residents(Verb::Import, &["45"]));
        world
            .store
            .write_blocking::<_, StoreError>(move |tx| {
                tx.put_batch(&batch)?;
                tx.put_batch(&Batch { state: BatchState::Applied, progress: 700, ..batch.clone() })?;
                tx.put_batch_rows(batch.id, &rows)?;
                tx.put_batch_rows(batch.id, &rows)?;
                assert_eq!(tx.batch(&read, batch.id)?.unwrap().progress, 700);
                assert_eq!((tx.batch(&elsewhere, batch.id)?, tx.batches(&elsewhere, 5)?), (None, vec![]));
                assert!(tx.batch_of_file(&read, "ab")?.is_some());
                let mut seen = Vec::new();
                tx.batch_rows(batch.id, Some(RowOutcome::New), 100, 1000, &mut |row| {
                    seen.push(row);
                    Ok(())
                })?;
                assert_eq!(seen.len(), 300);
                assert_eq!(seen[0], rows[101]);
                tx.put_session(&session)?;
                tx.touch_session(&session.hash, Timestamp(7), Timestamp(200))?;
                assert_eq!(tx.session(&session.hash)?.unwrap().last_seen, Timestamp(7));
                assert_eq!(tx.drop_sessions_of(by, Some(&session.hash))?, 0);
                assert_eq!(tx.drop_expired_sessions(Timestamp(201))?, 1);
                tx.put_match(&column)?;
                let named = ColumnMatch { element: Some("people/resident/name".into()), ..column.clone() };
                tx.put_match(&named)?;
                assert_eq!(tx.matches(RESIDENT, &["姓名".into(), "x".into()])?, [named]);
                tx.put_document(&document)?;
                assert_eq!(tx.documents_by(by, 5)?, std::slice::from_ref(&document));
                tx.put_setting("a/b", &json!({ "x": 1 }))?;
                assert_eq!(tx.settings("a/")?, [("a/b".to_owned(), json!({ "x": 1 }))]);
                Ok(())
            })
            .unwrap();
    });
}
