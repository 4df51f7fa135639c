//! Single records: made, changed, moved, ended, found, revealed.

use linli_domain::{
    RecordId, Subject, Timestamp, Value, Values, Verb,
    record::{Condition, Ended, ListQuery, NewRecord},
};
use linli_store::{Holder, StoreError, UniqueHit, WriteError};

use crate::support::{HOUSEHOLD, RESIDENT, World, area, edit, may, on_both, on_residents};

fn full(world: &World) -> NewRecord {
    let mut record = world.resident("23/01/001/G1", "张三丰");
    let more = [
        ("identity_number", Value::text("230102198001011234")),
        ("phone", Value::text("13812345678")),
        ("sex", Value::text("1")),
        ("tags", Value::Codes(vec!["01".into(), "21".into()])),
        ("floor", Value::Int(-2)),
        ("birth_date", Value::Date("1980-01-01".parse().unwrap())),
        ("area_m", Value::Int(12_345)),
        ("pension", Value::Int(i64::MAX)),
        ("alone", Value::Bool(true)),
        ("seen", Value::Time(Timestamp(-5))),
        ("note", Value::text("“引号” ' \" 😀 𠮷")),
        ("household", Value::Ref(RecordId(uuid::Uuid::from_u128(9)))),
        ("path", Value::text("自己的路")),
    ];
    record.values.extend(more.map(|(name, value)| (name.to_owned(), value)));
    record
}

fn insert(world: &World, record: NewRecord) -> Result<linli_domain::Record, WriteError> {
    let permit = on_residents(Verb::Create, &[]);
    world.store.write_blocking(move |tx| tx.insert(&permit, &record, &edit()))
}

#[test]
fn a_record_comes_back_as_it_was_given() {
    on_both(|world| {
        let record = full(world);
        let made = insert(world, record.clone()).unwrap();
        let read = on_residents(Verb::Read, &["23/01"]);
        let id = record.id;
        let found = world.store.read_blocking(move |tx| tx.record(&read, RESIDENT, id)).unwrap();
        assert_eq!(found.as_ref(), Some(&made), "{}", world.name);
        assert_eq!(made.masked["phone"], "138****5678");
        assert!(!made.values.contains_key("identity_number"));
        for (name, value) in
            record.values.iter().filter(|(name, _)| !matches!(name.as_str(), "identity_number" | "phone"))
        {
            assert_eq!(made.value(name), value, "{name}");
        }
    });
}

#[test]
fn a_stale_edit_gets_the_current_record_and_an_empty_one_makes_no_version() {
    on_both(|world| {
        let made = insert(world, full(world)).unwrap();
        let edit_permit = on_residents(Verb::Edit, &[]);
        let change = |version: i64, name: &str, value: Value| {
            let (permit, changes) = (edit_permit.clone(), Values::from([(name.to_owned(), value)]));
            world.store.write_blocking(move |tx| tx.update(&permit, RESIDENT, made.id, version, &changes, &edit()))
        };
        let second = change(1, "phone", Value::text("13900000000")).unwrap();
        assert_eq!((second.version, second.masked["phone"].as_str()), (2, "139****0000"));
        let stale = change(1, "sex", Value::text("2")).unwrap_err();
        assert_eq!(stale, WriteError::Stale { current: Box::new(second.clone()) });
        assert_eq!(change(2, "phone", Value::text("13900000000")).unwrap().version, 2, "the same number");
        assert_eq!(change(2, "sex", Value::Null).unwrap().value("sex"), &Value::Null);
        assert!(matches!(change(3, "nothing", Value::Null), Err(WriteError::Store(StoreError::Query(_)))));
        assert!(matches!(change(3, "floor", Value::text("x")), Err(WriteError::Store(StoreError::Query(_)))));
    });
}

#[test]
fn a_unique_value_is_claimed_across_communities_and_freed_by_an_end() {
    on_both(|world| {
        let first = insert(world, full(world)).unwrap();
        let mut second = full(world);
        (second.home, second.path) = ("4501001".into(), area("45/01/001"));
        let here = insert(world, second.clone()).unwrap_err();
        let taken = |holder| WriteError::Taken { field: "identity_number".into(), holder, id: second.id };
        assert_eq!(here, taken(Holder::Here(first.id)));
        let (permit, record) = (on_residents(Verb::Create, &["45"]), second.clone());
        let elsewhere = world.store.write_blocking(move |tx| tx.insert(&permit, &record, &edit())).unwrap_err();
        assert_eq!(elsewhere, taken(Holder::Elsewhere));
        let ask = |areas: &[&str]| {
            let permit = on_residents(Verb::Read, areas);
            let ask = move |tx: &mut linli_store::ReadTx<'_>| {
                tx.find_by_unique(&permit, RESIDENT, "identity_number", "230102198001011234")
            };
            world.store.read_blocking::<_, StoreError>(ask).unwrap()
        };
        assert_eq!((ask(&[]), ask(&["45"])), (UniqueHit::Here(first.id), UniqueHit::Elsewhere));
        let ended = Ended { on: "2024-01-01".parse().unwrap(), reason: "died".into(), merged_into: None };
        let permit = on_residents(Verb::End, &[]);
        let done =
            world.store.write_blocking(move |tx| tx.end(&permit, RESIDENT, first.id, 1, &ended, &edit())).unwrap();
        assert!(done.ended.is_some());
        assert_eq!(ask(&[]), UniqueHit::Free);
        insert(world, second).unwrap();
        let permit = on_residents(Verb::End, &[]);
        let back = world.store.write_blocking(move |tx| tx.reopen(&permit, RESIDENT, first.id, 2, &edit()));
        assert!(matches!(back, Err(WriteError::Taken { .. })), "{back:?}");
        assert_eq!(world.store.verify().unwrap().faults, []);
    });
}

#[test]
fn a_value_given_twice_in_one_call_is_refused_whole() {
    on_both(|world| {
        let (one, mut two) = (full(world), full(world));
        two.id = world.id();
        let permit = on_residents(Verb::Import, &[]);
        let refused =
            world.store.write_blocking(move |tx| tx.insert_many(&permit, &[one.clone(), two.clone()], &edit()));
        assert!(matches!(refused, Err(WriteError::Taken { .. })), "{refused:?}");
        let permit = on_residents(Verb::Read, &[]);
        let count = world.store.read_blocking(move |tx| tx.count(&permit, &ListQuery::of(RESIDENT))).unwrap();
        assert_eq!(count, 0);
    });
}

#[test]
fn a_permit_for_another_verb_or_register_is_refused() {
    on_both(|world| {
        let record = full(world);
        let refused = |permit: linli_domain::Permit| {
            let record = record.clone();
            let outcome = world.store.write_blocking(move |tx| tx.insert(&permit, &record, &edit()));
            assert!(matches!(outcome, Err(WriteError::Store(StoreError::NotPermitted(_)))), "{outcome:?}");
        };
        refused(on_residents(Verb::Read, &[]));
        refused(may(Verb::Create, Subject::Entity(HOUSEHOLD.into()), &[]));
        refused(may(Verb::Create, Subject::Areas, &[]));
        let create = on_residents(Verb::Create, &[]);
        let read = world.store.read_blocking(move |tx| tx.list(&create, &ListQuery::of(RESIDENT)));
        assert!(matches!(read, Err(StoreError::NotPermitted(_))));
    });
}

#[test]
fn a_moved_record_takes_its_past_to_the_new_home() {
    on_both(|world| {
        let made = insert(world, full(world)).unwrap();
        let permit = on_residents(Verb::Edit, &["23"]);
        let changes = Values::from([("sex".to_owned(), Value::text("2"))]);
        let moved = world.store.write_blocking(move |tx| {
            tx.update(&permit, RESIDENT, made.id, 1, &changes, &edit())?;
            tx.relocate(&permit, RESIDENT, made.id, 2, "2302002", &area("23/02/002"), &edit())
        });
        let moved: linli_domain::Record = moved.unwrap();
        assert_eq!((moved.version, moved.home.as_str(), moved.path.as_str()), (3, "2302002", "23/02/002"));
        let read = on_residents(Verb::Read, &["23/02"]);
        let (record, history) = world
            .store
            .read_blocking::<_, StoreError>(move |tx| {
                Ok((tx.record(&read, RESIDENT, made.id)?, tx.history(&read, RESIDENT, made.id)?))
            })
            .unwrap();
        assert_eq!(record, Some(moved));
        assert_eq!(history.iter().map(|version| version.version).collect::<Vec<_>>(), [3, 2, 1]);
        assert_eq!(history[0].fields[0].field, "@area");
        let outside = on_residents(Verb::Edit, &["23/02"]);
        let refused = world.store.write_blocking(move |tx| {
            tx.relocate(&outside, RESIDENT, made.id, 3, "2301001", &area("23/01/001"), &edit())
        });
        assert_eq!(refused, Err(WriteError::OutOfScope));
        assert_eq!(world.store.verify().unwrap().faults, []);
    });
}

#[test]
fn a_revealed_value_leaves_an_audit_entry_with_its_purpose() {
    on_both(|world| {
        let made = insert(world, full(world)).unwrap();
        let permit = on_residents(Verb::Reveal, &["23"]);
        let reveal = |purpose: &'static str| {
            let permit = permit.clone();
            world.store.write_blocking(move |tx| {
                tx.reveal(&permit, RESIDENT, made.id, "identity_number", purpose, Some("192.0.2.7"))
            })
        };
        assert_eq!(reveal("核对低保").unwrap(), "230102198001011234");
        assert!(matches!(reveal(" "), Err(WriteError::Store(StoreError::NotPermitted(_)))));
        let audit = may(Verb::Read, Subject::Audit, &["23/01"]);
        let query = linli_store::tables::AuditQuery { limit: 10, ..Default::default() };
        let entries = world.store.read_blocking(move |tx| tx.audit_list(&audit, &query)).unwrap();
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].entry.detail["purpose"], "核对低保");
        let plain = world.store.read_blocking(move |tx| {
            let mut plain = Vec::new();
            tx.scan_plain(&permit, &ListQuery::of(RESIDENT), &mut |_, clear| {
                plain.push(clear);
                Ok(())
            })?;
            Ok::<_, StoreError>(plain)
        });
        assert_eq!(plain.unwrap()[0]["phone"], "13812345678");
    });
}

#[test]
fn an_undone_import_restores_fields_claims_and_life() {
    on_both(|world| {
        let made = insert(world, full(world)).unwrap();
        let permit = on_residents(Verb::Import, &[]);
        let changes = Values::from([
            ("identity_number".to_owned(), Value::text("110101199003070011")),
            ("note".to_owned(), Value::Null),
        ]);
        let back = world.store.write_blocking(move |tx| {
            tx.update(&permit, RESIDENT, made.id, 1, &changes, &edit())?;
            tx.unwind_to(&permit, RESIDENT, made.id, 1, &edit())
        });
        let back: linli_domain::Record = back.unwrap();
        assert_eq!((back.version, &back.values, &back.masked), (3, &made.values, &made.masked));
        let read = on_residents(Verb::Read, &[]);
        let mut query = ListQuery::of(RESIDENT);
        query.conditions.push(Condition::Exact("identity_number".into(), "230102198001011234".into()));
        assert_eq!(world.store.read_blocking(move |tx| tx.count(&read, &query)).unwrap(), 1);
        assert_eq!(world.store.verify().unwrap().faults, []);
    });
}

#[test]
fn sensitive_values_are_nowhere_in_the_file_in_clear() {
    let world = crate::support::sqlite();
    let made = insert(&world, full(&world)).unwrap();
    let permit = on_residents(Verb::Edit, &[]);
    let changes = Values::from([("phone".to_owned(), Value::text("13987654321"))]);
    world.store.write_blocking(move |tx| tx.update(&permit, RESIDENT, made.id, 1, &changes, &edit())).unwrap();
    let reveal = on_residents(Verb::Reveal, &[]);
    world.store.write_blocking(move |tx| tx.reveal(&reveal, RESIDENT, made.id, "phone", "回访", None)).unwrap();
    let mut seen = 0;
    for entry in std::fs::read_dir(world.folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        seen += bytes.len();
        for clear in ["230102198001011234", "13812345678", "13987654321", "19800101123"] {
            assert!(!bytes.windows(clear.len()).any(|part| part == clear.as_bytes()), "{clear}");
        }
    }
    assert!(seen > 4096);
}

#[test]
fn relations_and_many_ids_are_read_in_scope() {
    on_both(|world| {
        let household = NewRecord {
            entity: HOUSEHOLD.into(),
            id: world.id(),
            home: "2301001".into(),
            path: area("23/01/001"),
            values: Values::from([("number".to_owned(), Value::text("H1"))]),
        };
        let members: Vec<NewRecord> = (0..3)
            .map(|number| {
                let mut member = world.resident(if number < 2 { "23/01/001" } else { "23/02/001" }, "李四");
                member.values.insert("household".into(), Value::Ref(household.id));
                member
            })
            .collect();
        let ids: Vec<RecordId> = members.iter().map(|member| member.id).collect();
        let (create, make) =
            (may(Verb::Create, Subject::Entity(HOUSEHOLD.into()), &[]), on_residents(Verb::Create, &[]));
        let head = world
            .store
            .write_blocking(move |tx| {
                let head = tx.insert(&create, &household, &edit())?;
                tx.insert_many(&make, &members, &edit())?;
                Ok::<_, WriteError>(head)
            })
            .unwrap();
        let relation = world.store.catalogue().entities[HOUSEHOLD].relations[0].clone();
        let read = on_residents(Verb::Read, &["23/01"]);
        let (related, some) = world
            .store
            .read_blocking::<_, StoreError>(move |tx| {
                let reversed: Vec<RecordId> = ids.iter().rev().copied().collect();
                Ok((tx.related(&read, &relation, &head, 10)?, tx.records(&read, RESIDENT, &reversed)?))
            })
            .unwrap();
        assert_eq!((related.len(), some.len()), (2, 2));
        assert!(some[0].id > some[1].id, "in the order asked for");
    });
}
