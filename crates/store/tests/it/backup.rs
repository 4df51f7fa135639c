//! Backup while writing, restore into an empty place.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use linli_domain::{
    Value, Values, Verb,
    record::{ListQuery, NewRecord},
};
use linli_store::{Keys, Store, StoreConfig, StoreError, WriteError};

use crate::support::{RESIDENT, drop_postgres, edit, on_both, on_residents};

#[test]
fn a_backup_taken_while_writing_restores_to_one_moment() {
    on_both(|world| {
        let stop = Arc::new(AtomicBool::new(false));
        let pairs: Vec<[NewRecord; 2]> =
            (0..3_000).map(|number| [0, 1].map(|_| world.resident("23/01/001", &format!("张{number}")))).collect();
        let busy = {
            let (store, stop) = (world.store.clone(), stop.clone());
            std::thread::spawn(move || {
                let mut written = 0_u64;
                for pair in pairs {
                    if stop.load(Ordering::Relaxed) && written > 20 {
                        break;
                    }
                    let create = on_residents(Verb::Import, &[]);
                    let id = pair[0].id;
                    let changes = Values::from([("phone".to_owned(), Value::text("13812345678"))]);
                    store
                        .write_blocking::<_, WriteError>(move |tx| {
                            tx.insert_many(&create, &pair, &edit())?;
                            tx.update(&create, RESIDENT, id, 1, &changes, &edit())?;
                            Ok(())
                        })
                        .unwrap();
                    written += 2;
                }
            })
        };
        std::thread::sleep(std::time::Duration::from_millis(100));
        let file = world.folder.path().join("backup.zip");
        let info = world.store.backup(&file, true).unwrap();
        stop.store(true, Ordering::Relaxed);
        busy.join().unwrap();
        assert!(info.with_keys && info.bytes > 0);
        assert_eq!(Store::keys_in_backup(&file).unwrap().as_ref(), Some(&world.config.keys));

        let into = world.another();
        let restored = Store::restore(&file, into.clone()).unwrap();
        assert_eq!(restored.rows, info.rows);
        let store = Store::open(into.clone()).unwrap();
        assert_eq!(store.verify().unwrap().faults, []);
        assert_eq!(store.catalogue(), world.store.catalogue());
        let read = on_residents(Verb::Reveal, &[]);
        let (count, sealed) = store
            .read_blocking::<_, StoreError>(move |tx| {
                let mut sealed = 0;
                tx.scan_plain(&read, &ListQuery::of(RESIDENT), &mut |_, clear| {
                    sealed += u64::from(clear.get("phone").is_some_and(|phone| phone == "13812345678"));
                    Ok(())
                })?;
                Ok((tx.count(&read, &ListQuery::of(RESIDENT))?, sealed))
            })
            .unwrap();
        assert_eq!(count, info.rows["people_resident"]);
        assert_eq!(count, 2 * sealed, "never half of a transaction");
        assert!(matches!(Store::restore(&file, into.clone()), Err(StoreError::Exists(_))));
        drop(store);

        let wrong = Keys { data_key: [9; 32], hash_key: [8; 32], ..world.config.keys.clone() };
        assert!(matches!(Store::open(StoreConfig { keys: wrong, ..into.clone() }), Err(StoreError::WrongKeys)));
        if let linli_store::Database::Postgres(url) = into.database {
            drop_postgres(&url);
        }
    });
}

#[test]
fn a_damaged_archive_is_refused_and_leaves_nothing_behind() {
    let world = crate::support::sqlite();
    let file = world.folder.path().join("backup.zip");
    world.store.backup(&file, false).unwrap();
    assert_eq!(Store::keys_in_backup(&file).unwrap(), None);
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 3;
    bytes[middle] ^= 0xff;
    std::fs::write(&file, bytes).unwrap();
    let into = world.another();
    assert!(Store::restore(&file, into.clone()).is_err());
    let linli_store::Database::Sqlite(target) = into.database else { panic!("a file") };
    assert!(!target.exists());
}

#[test]
fn keys_are_made_once_and_kept_private() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    let made = Keys::load_or_create(&file).unwrap();
    assert_eq!(Keys::load_or_create(&file).unwrap(), made);
    assert_ne!(made.data_key, made.hash_key);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
