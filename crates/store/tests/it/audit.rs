//! The audit chain: tampering is found, and its first broken link named.

use linli_domain::{Subject, Verb};
use linli_store::{
    Database, Fault, Store, StoreError,
    tables::{AuditQuery, NewAudit},
};
use serde_json::json;

use crate::support::{World, area, may, on_both, postgres_do};

fn entry(number: i64) -> NewAudit {
    NewAudit {
        account: linli_domain::RecordId(uuid::Uuid::from_u128(5)),
        name: "王主任".into(),
        action: "export".into(),
        subject: "people/resident".into(),
        reference: number.to_string(),
        area: (number % 2 == 0).then(|| area("23/01")),
        detail: json!({ "rows": number, "columns": ["name"] }),
        address: Some("127.0.0.1".into()),
    }
}

fn fill(world: &World) {
    for number in 0..20 {
        world.store.write_blocking::<_, StoreError>(move |tx| tx.audit(entry(number))).unwrap();
    }
    let refused = world.store.write_blocking::<(), StoreError>(|tx| {
        tx.audit(entry(99))?;
        Err(StoreError::Busy)
    });
    assert_eq!(refused, Err(StoreError::Busy));
}

fn tamper(world: &World, sql: &str) {
    match &world.config.database {
        Database::Postgres(url) => postgres_do(url, sql),
        Database::Sqlite(file) => rusqlite::Connection::open(file).unwrap().execute_batch(sql).unwrap(),
    }
}

fn first_fault(store: &Store) -> Option<(i64, String)> {
    store.verify().unwrap().faults.into_iter().find_map(|fault| match fault {
        Fault::AuditChain { seq, why, .. } => Some((seq, why)),
        _ => None,
    })
}

#[test]
fn an_untouched_chain_holds_and_a_refused_command_leaves_no_entry() {
    on_both(|world| {
        fill(world);
        let report = world.store.verify().unwrap();
        assert_eq!((report.audit_entries, report.faults), (20, vec![]));
        let everywhere = may(Verb::Read, Subject::Audit, &[]);
        let street = may(Verb::Read, Subject::Audit, &["23/01"]);
        let query = AuditQuery { limit: 100, ..Default::default() };
        let (all, some) = world
            .store
            .read_blocking::<_, StoreError>(move |tx| {
                let pages = AuditQuery { limit: 6, ..query.clone() };
                let first = tx.audit_list(&everywhere, &pages)?;
                let last = first.last().unwrap();
                let rest = AuditQuery { after: Some((last.at, last.chain, last.seq)), ..query.clone() };
                assert_eq!(tx.audit_list(&everywhere, &rest)?.len(), 14);
                Ok((tx.audit_list(&everywhere, &query)?, tx.audit_list(&street, &query)?))
            })
            .unwrap();
        assert_eq!((all.len(), some.len()), (20, 10));
        assert!(all.is_sorted_by(|a, b| a.at >= b.at));
    });
}

#[test]
fn a_changed_entry_is_named() {
    on_both(|world| {
        fill(world);
        tamper(world, "UPDATE linli_audit SET name = 'x' WHERE chain = 1 AND seq = 7");
        assert_eq!(first_fault(&world.store).unwrap().0, 7);
    });
}

#[test]
fn a_missing_entry_is_named() {
    on_both(|world| {
        fill(world);
        tamper(world, "DELETE FROM linli_audit WHERE chain = 1 AND seq = 3");
        assert_eq!(first_fault(&world.store), Some((3, "the entry is missing".into())));
    });
}

#[test]
fn a_shortened_chain_is_named() {
    on_both(|world| {
        fill(world);
        tamper(world, "DELETE FROM linli_audit WHERE chain = 1 AND seq >= 15");
        assert_eq!(first_fault(&world.store).unwrap().0, 15);
    });
}
