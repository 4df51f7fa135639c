//! Migrations: shown before they run, and harmless to what is there.

use linli_domain::{
    Catalogue, Field, FieldKind, Value, Values, Verb,
    catalogue::Sensitivity,
    record::{Condition, ListQuery, NewRecord},
};
use linli_store::{Database, MigrationClass, MigrationPlan, Store, StoreError, WriteError};

use crate::support::{RESIDENT, World, city, edit, entity, field, on_both, on_residents};

fn shown(plan: &MigrationPlan) -> String {
    let step = |step: &linli_store::MigrationStep| {
        format!("{:?} {} rows={}: {} | {}", step.class, step.table, step.rows, step.sql, step.why.en)
    };
    plan.steps.iter().map(step).collect::<Vec<_>>().join("\n")
}

fn changed() -> Catalogue {
    let mut wanted = city();
    let resident = wanted.entities.get_mut(RESIDENT).unwrap();
    resident.fields.retain(|field| field.name != "pension");
    resident.fields.push(Field { filter: true, ..field("blood", FieldKind::Code { list: "people/blood".into() }) });
    for field in &mut resident.fields {
        match field.name.as_str() {
            "note" => field.kind = FieldKind::Text { max: 50 },
            "floor" => field.kind = FieldKind::Text { max: 10 },
            "birth_date" => field.sensitivity = Sensitivity::Sensitive,
            "phone" => field.unique = true,
            _ => {}
        }
    }
    let visit = entity("service/visit", "what", vec![field("what", FieldKind::Text { max: 50 })]);
    wanted.entities.insert(visit.name.clone(), visit);
    wanted
}

fn fill(world: &World, count: i64) -> Vec<NewRecord> {
    let records: Vec<NewRecord> = (0..count)
        .map(|number| {
            let mut record = world.resident("23/01/001", "张三");
            record.values.insert("floor".into(), Value::Int(number));
            record.values.insert("pension".into(), Value::Int(100 * number));
            record.values.insert("birth_date".into(), Value::Date("1980-01-01".parse().unwrap()));
            record.values.insert("phone".into(), Value::text(format!("138{number:08}")));
            record
        })
        .collect();
    let (permit, copy) = (on_residents(Verb::Create, &[]), records.clone());
    world.store.write_blocking::<_, WriteError>(move |tx| tx.insert_many(&permit, &copy, &edit())).unwrap();
    records
}

#[test]
fn a_plan_shows_every_step_in_either_dialect() {
    on_both(|world| {
        fill(world, 3);
        let plan = world.store.plan(&changed()).unwrap();
        assert_eq!(plan.class(), Some(MigrationClass::Destructive));
        insta::with_settings!({ snapshot_suffix => world.name }, { insta::assert_snapshot!("plan", shown(&plan)) });
        assert_eq!(world.store.plan(&city()).unwrap(), MigrationPlan::default(), "nothing to do twice");
    });
}

#[test]
fn a_migration_carries_values_over_and_retires_what_is_gone() {
    on_both(|world| {
        let records = fill(world, 5);
        let (change, first) = (on_residents(Verb::Edit, &[]), records[0].id);
        let changes = Values::from([("floor".to_owned(), Value::Int(77))]);
        world.store.write_blocking(move |tx| tx.update(&change, RESIDENT, first, 1, &changes, &edit())).unwrap();
        let refused = world.store.migrate(changed(), MigrationClass::Additive);
        assert_eq!(refused, Err(StoreError::MigrationClass(MigrationClass::Rewrite)));
        world.store.migrate(changed(), MigrationClass::Rewrite).unwrap();
        assert_eq!(world.store.plan(&changed()).unwrap(), MigrationPlan::default());
        let (read, create) = (on_residents(Verb::Read, &[]), on_residents(Verb::Create, &[]));
        let (record, history) = world
            .store
            .read_blocking::<_, StoreError>(move |tx| {
                Ok((tx.record(&read, RESIDENT, first)?.unwrap(), tx.history(&read, RESIDENT, first)?))
            })
            .unwrap();
        assert_eq!(record.value("floor"), &Value::text("77"));
        assert_eq!(record.masked["birth_date"], "****");
        assert_eq!(history[0].fields.len(), 1);
        assert_eq!(history[0].fields[0].old, Value::text("0"));
        let mut taken = world.resident("23/01/001", "李四");
        taken.values.insert("phone".into(), Value::text("13800000001"));
        let outcome = world.store.write_blocking(move |tx| tx.insert(&create, &taken, &edit()));
        assert!(matches!(outcome, Err(WriteError::Taken { .. })), "{outcome:?}");
        let read = on_residents(Verb::Read, &[]);
        let mut query = ListQuery::of(RESIDENT);
        query.conditions.push(Condition::Exact("birth_date".into(), "1980-01-01".into()));
        assert_eq!(world.store.read_blocking(move |tx| tx.count(&read, &query)).unwrap(), 5);

        // The retired field comes back with its values.
        let mut again = changed();
        again.entities.get_mut(RESIDENT).unwrap().fields.push(field("pension", FieldKind::Money));
        world.store.migrate(again, MigrationClass::Additive).unwrap();
        let (read, second) = (on_residents(Verb::Read, &[]), records[1].id);
        let back = world.store.read_blocking(move |tx| tx.record(&read, RESIDENT, second)).unwrap().unwrap();
        assert_eq!(back.value("pension"), &Value::Int(100));
        assert_eq!(world.store.verify().unwrap().faults, []);
        let reopened = Store::open(world.config.clone()).unwrap();
        assert_eq!(reopened.catalogue(), world.store.catalogue());
    });
}

#[test]
fn a_destructive_migration_drops_only_when_told_to() {
    on_both(|world| {
        fill(world, 2);
        let mut smaller = city();
        smaller.entities.get_mut(RESIDENT).unwrap().fields.retain(|field| field.name != "floor");
        world.store.migrate(smaller.clone(), MigrationClass::Destructive).unwrap();
        world.store.migrate(city(), MigrationClass::Additive).unwrap();
        let read = on_residents(Verb::Read, &[]);
        let mut query = ListQuery::of(RESIDENT);
        query.conditions.push(Condition::Known("floor".into(), true));
        assert_eq!(world.store.read_blocking(move |tx| tx.count(&read, &query)).unwrap(), 0);
    });
}

#[test]
fn doubles_and_long_texts_stand_in_the_way_and_nothing_is_half_done() {
    on_both(|world| {
        let mut records = [world.resident("23/01/001", "张三"), world.resident("23/01/001", "李四")];
        for record in &mut records {
            record.values.insert("note".into(), Value::text("长".repeat(60)));
            record.values.insert("phone".into(), Value::text("13812345678"));
        }
        let create = on_residents(Verb::Create, &[]);
        world.store.write_blocking::<_, WriteError>(move |tx| tx.insert_many(&create, &records, &edit())).unwrap();
        for name in ["note", "phone"] {
            let mut wanted = city();
            for field in &mut wanted.entities.get_mut(RESIDENT).unwrap().fields {
                match (name, field.name.as_str()) {
                    ("note", "note") => field.kind = FieldKind::Text { max: 50 },
                    ("phone", "phone") => field.unique = true,
                    _ => {}
                }
            }
            let outcome = world.store.migrate(wanted, MigrationClass::Destructive);
            assert!(matches!(&outcome, Err(StoreError::InTheWay(why)) if why.contains(name)), "{outcome:?}");
            assert_eq!(*world.store.catalogue(), city());
        }
        assert_eq!(world.store.verify().unwrap().faults, []);
    });
}

#[test]
fn two_names_for_one_table_or_column_are_refused() {
    let world = crate::support::sqlite();
    let mut wanted = city();
    let twin = entity("people/resident_past", "a", vec![field("a", FieldKind::Date), field("A", FieldKind::Date)]);
    wanted.entities.insert(twin.name.clone(), twin);
    let Err(StoreError::Schema(why)) = world.store.plan(&wanted) else { panic!("refused") };
    assert!(why.contains("people_resident_past") && why.contains("column"), "{why}");
}

#[test]
fn what_becomes_sensitive_leaves_no_clear_text_behind() {
    let world = crate::support::sqlite();
    let mut record = world.resident("23/01/001", "张三");
    record.values.insert("note".into(), Value::text("SECRET-DIAGNOSIS"));
    let create = on_residents(Verb::Create, &[]);
    world.store.write_blocking(move |tx| tx.insert(&create, &record, &edit())).unwrap();
    let mut wanted = city();
    for field in &mut wanted.entities.get_mut(RESIDENT).unwrap().fields {
        if field.name == "note" {
            field.sensitivity = Sensitivity::Sensitive;
        }
    }
    world.store.migrate(wanted, MigrationClass::Rewrite).unwrap();
    let Database::Sqlite(file) = world.config.database.clone() else { panic!("a file") };
    let folder = file.parent().unwrap().to_owned();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(16).any(|part| part == b"SECRET-DIAGNOSIS"), "{}", path.display());
    }
}

#[test]
fn what_another_process_installs_is_noticed_without_being_told() {
    on_both(|world| {
        let other = Store::open(world.config.clone()).unwrap();
        let mut wanted = city();
        // Words and roles only: no table changes.
        wanted.entities.get_mut(RESIDENT).unwrap().label.en = "Inhabitant".into();
        noticed(world, &other, wanted.clone());
        wanted.entities.get_mut(RESIDENT).unwrap().fields.push(field("plate", FieldKind::Text { max: 20 }));
        noticed(world, &other, wanted);
        let mut record = world.resident("23/01/001", "张三");
        record.values.insert("plate".into(), Value::text("黑A12345"));
        let create = on_residents(Verb::Create, &[]);
        world.store.write_blocking::<_, WriteError>(move |tx| tx.insert(&create, &record, &edit())).unwrap();
    });
}

/// `other` installs `wanted`; the world's own store must come to know it by itself.
fn noticed(world: &World, other: &Store, wanted: Catalogue) {
    other.migrate(wanted.clone(), MigrationClass::Additive).unwrap();
    for _ in 0..100 {
        world.store.health().unwrap();
        if *world.store.catalogue() == wanted {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("{}: not noticed within ten seconds", world.name);
}
