//! Lists: filters, searches, sorting, paging, counts.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use linli_domain::{
    Value, Verb,
    record::{Condition, ListQuery, NewRecord},
};
use linli_store::{StoreError, WriteError};

use crate::support::{RESIDENT, World, edit, on_both, on_residents};

const NAMES: [&str; 6] = ["张三", "张伟", "李四", "王小明", "欧阳娜", "赵六"];

/// So many people over three communities.
fn people(world: &World, count: usize) -> Vec<NewRecord> {
    let records: Vec<NewRecord> = (0..count)
        .map(|number| {
            let path = format!("23/01/00{}/G{}", 1 + number % 3, number % 5);
            let mut record = world.resident(&path, NAMES[number % NAMES.len()]);
            let text = |text: String| Value::Text(text);
            record.values.insert("sex".into(), text((1 + number % 2).to_string()));
            record.values.insert("identity_number".into(), text(format!("23010219800101{number:04}")));
            if number % 4 != 0 {
                record.values.insert("floor".into(), Value::Int((number % 7) as i64 - 2));
            }
            if number % 3 == 0 {
                record.values.insert("tags".into(), Value::Codes(vec!["01".into(), format!("2{}", number % 2)]));
            }
            record
        })
        .collect();
    let (permit, copy) = (on_residents(Verb::Create, &[]), records.clone());
    world.store.write_blocking::<_, WriteError>(move |tx| tx.insert_many(&permit, &copy, &edit())).unwrap();
    records
}

fn count(world: &World, change: impl FnOnce(&mut ListQuery)) -> u64 {
    let mut query = ListQuery::of(RESIDENT);
    query.limit = 1000;
    change(&mut query);
    let read = on_residents(Verb::Read, &["23"]);
    world
        .store
        .read_blocking::<_, StoreError>(move |tx| {
            let (count, page) = (tx.count(&read, &query)?, tx.list(&read, &query)?);
            assert_eq!(count, page.records.len() as u64, "{query:?}");
            Ok(count)
        })
        .unwrap()
}

#[test]
fn each_condition_finds_what_it_says() {
    on_both(|world| {
        people(world, 120);
        let by = |condition: Condition| count(world, |query| query.conditions.push(condition));
        assert_eq!(by(Condition::In("sex".into(), vec![Value::text("1")])), 60);
        assert_eq!(by(Condition::In("sex".into(), vec![Value::text("1"), Value::text("2")])), 120);
        assert_eq!(by(Condition::In("sex".into(), vec![])), 0);
        assert_eq!(by(Condition::In("floor".into(), vec![Value::Null])), 30);
        assert_eq!(by(Condition::In("tags".into(), vec![Value::text("01")])), 40);
        assert_eq!(by(Condition::In("tags".into(), vec![Value::text("0")])), 0);
        assert_eq!(by(Condition::In("tags".into(), vec![Value::text("20"), Value::text("21")])), 40);
        assert_eq!(by(Condition::Known("floor".into(), false)), 30);
        assert_eq!(by(Condition::Known("identity_number".into(), true)), 120);
        assert_eq!(by(Condition::Prefix("name".into(), "张".into())), 40);
        let low = by(Condition::Between("floor".into(), Value::Null, Value::Int(-1)));
        let high = by(Condition::Between("floor".into(), Value::Int(0), Value::Null));
        assert_eq!(low + high, 90);
        assert_eq!(by(Condition::Exact("identity_number".into(), "２３０１０２１９８００１０１ 0007".into())), 1);
        let read = on_residents(Verb::Read, &[]);
        let mut bad = ListQuery::of(RESIDENT);
        bad.conditions.push(Condition::Prefix("identity_number".into(), "23".into()));
        let refused = world.store.read_blocking(move |tx| tx.list(&read, &bad));
        assert!(matches!(refused, Err(StoreError::Query(_))), "{refused:?}");
    });
}

#[test]
fn a_search_finds_names_initials_and_exact_numbers() {
    on_both(|world| {
        people(world, 120);
        let search = |text: &str| count(world, |query| query.search = Some(text.into()));
        assert_eq!(search("张"), 40);
        assert_eq!(search("zs"), 20);
        assert_eq!(search("Z"), 60);
        assert_eq!(search("oyn"), 20);
        assert_eq!(search("230102198001010007"), 1);
        assert_eq!(search("23010219800101"), 0, "a part of a sensitive value finds nothing");
        assert_eq!(search("  "), 120);
        assert_eq!(search("%"), 0);
        assert_eq!(search("'; DROP TABLE people_resident; --"), 0);
    });
}

#[test]
fn counts_by_value_and_area_add_up() {
    on_both(|world| {
        people(world, 120);
        let read = on_residents(Verb::Read, &[]);
        let (facets, tags, cross) = world
            .store
            .read_blocking::<_, StoreError>(move |tx| {
                let query = ListQuery::of(RESIDENT);
                Ok((
                    tx.facets(&read, &query, "sex")?,
                    tx.facets(&read, &query, "tags")?,
                    tx.count_by(&read, &query, &["sex", "floor"], Some(3))?,
                ))
            })
            .unwrap();
        assert_eq!(facets, [(Value::text("1"), 60), (Value::text("2"), 60)]);
        assert_eq!(
            tags,
            [(Value::Null, 80), (Value::text("01"), 40), (Value::text("20"), 20), (Value::text("21"), 20)]
        );
        assert_eq!(cross.iter().map(|(_, _, count)| count).sum::<u64>(), 120);
        assert_eq!(cross.iter().filter_map(|(_, area, _)| area.clone()).collect::<BTreeSet<_>>().len(), 3);
    });
}

#[test]
fn pages_visit_each_row_once_while_others_insert() {
    on_both(|world| {
        let records = people(world, 500);
        let sorts: [&[(&str, bool)]; 5] = [
            &[],
            &[("name", false)],
            &[("floor", true), ("sex", false)],
            &[("floor", false)],
            &[("name", true), ("floor", true)],
        ];
        let stop = Arc::new(AtomicBool::new(false));
        let busy = {
            let (store, stop, permit) = (world.store.clone(), stop.clone(), on_residents(Verb::Create, &[]));
            let more: Vec<NewRecord> = (0..2_000).map(|_| world.resident("23/01/001", "张三")).collect();
            std::thread::spawn(move || {
                for record in more {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    let permit = permit.clone();
                    store.write_blocking(move |tx| tx.insert(&permit, &record, &edit())).unwrap();
                }
            })
        };
        for sort in sorts {
            let mut query = ListQuery::of(RESIDENT);
            query.sort = sort.iter().map(|(name, descending)| ((*name).to_owned(), *descending)).collect();
            query.limit = 37;
            let (mut seen, mut pages) = (Vec::new(), 0);
            loop {
                let (read, ask) = (on_residents(Verb::Read, &["23/01"]), query.clone());
                let page = world.store.read_blocking(move |tx| tx.list(&read, &ask)).unwrap();
                seen.extend(page.records.iter().map(|record| record.id));
                pages += 1;
                match page.next {
                    Some(next) if pages < 200 => query.after = Some(next),
                    _ => break,
                }
            }
            let unique: BTreeSet<_> = seen.iter().collect();
            assert_eq!(unique.len(), seen.len(), "no row twice, sorted by {sort:?}");
            assert!(records.iter().all(|record| unique.contains(&record.id)), "no row left out, sorted by {sort:?}");
        }
        stop.store(true, Ordering::Relaxed);
        busy.join().unwrap();
    });
}

#[test]
fn a_sorted_list_is_in_order_and_unknown_values_come_first() {
    on_both(|world| {
        people(world, 60);
        let read = on_residents(Verb::Read, &[]);
        let page = world
            .store
            .read_blocking::<_, StoreError>(move |tx| {
                let mut query = ListQuery::of(RESIDENT);
                (query.sort, query.limit) = (vec![("floor".into(), false)], 60);
                tx.list(&read, &query)
            })
            .unwrap();
        let floors: Vec<Value> = page.records.iter().map(|record| record.value("floor").clone()).collect();
        assert!(floors.is_sorted(), "{floors:?}");
        assert_eq!(floors[0], Value::Null);
        assert_eq!(page.next, None);
    });
}

#[test]
fn a_cursor_of_another_list_is_refused() {
    on_both(|world| {
        people(world, 20);
        let read = on_residents(Verb::Read, &[]);
        let outcome = world.store.read_blocking(move |tx| {
            let first = tx.list(&read, &ListQuery { limit: 5, ..ListQuery::of(RESIDENT) })?;
            let sort = vec![("floor".to_owned(), false)];
            tx.list(&read, &ListQuery { sort, after: first.next, ..ListQuery::of(RESIDENT) })
        });
        assert!(matches!(outcome, Err(StoreError::Query(_))), "{outcome:?}");
    });
}
