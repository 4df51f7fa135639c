//! A small city, its clock, its people, and a fresh store of each kind.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use linli_domain::{
    Actor, AreaPath, Catalogue, Clock, Entity, Field, FieldKind, Ids, Label, Permit, RecordId, Source, Subject,
    Timestamp, Value, Values, Verb,
    actor::{Grant, permit},
    catalogue::{Allow, Relation, Role, Sensitivity, SubjectPattern, View},
    record::{NewRecord, SourceKind},
};
use linli_store::{CipherSuite, Database, Keys, Store, StoreConfig};
use uuid::Uuid;

/// The register most tests use.
pub const RESIDENT: &str = "people/resident";
/// Its households.
pub const HOUSEHOLD: &str = "people/household";

/// A clock that ticks a microsecond each time it is asked, and can be set.
pub struct TestClock(AtomicI64);

impl TestClock {
    /// Adds seconds.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    /// Now, without a tick.
    pub fn peek(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.fetch_add(1, Ordering::SeqCst) + 1)
    }
}

/// Ids in order.
pub struct TestIds(AtomicU64);

impl Ids for TestIds {
    fn next(&self) -> RecordId {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        RecordId(Uuid::from_u64_pair(0x0190_0000_0000_7000 | (number >> 32), 0x8000_0000_0000_0000 | number))
    }
}

/// A store with what a test needs beside it.
pub struct World {
    pub name: &'static str,
    pub store: Store,
    pub clock: Arc<TestClock>,
    pub ids: Arc<TestIds>,
    pub config: StoreConfig,
    /// Folder for files of the test.
    pub folder: tempfile::TempDir,
    database: Option<String>,
}

impl World {
    /// A new id.
    pub fn id(&self) -> RecordId {
        self.ids.next()
    }

    /// A resident at `path`, whose community is the first three segments.
    pub fn resident(&self, path: &str, name: &str) -> NewRecord {
        let home = path.split('/').take(3).collect::<Vec<_>>().join("");
        let values = Values::from([("name".to_owned(), Value::text(name))]);
        NewRecord { entity: RESIDENT.into(), id: self.id(), home, path: area(path), values }
    }

    /// Another empty database of the same kind.
    pub fn another(&self) -> StoreConfig {
        let database = match &self.config.database {
            Database::Sqlite(_) => Database::Sqlite(self.folder.path().join(format!("other-{}.db", self.id()))),
            Database::Postgres(_) => Database::Postgres(new_postgres()),
        };
        StoreConfig { database, ..self.config.clone() }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(url) = self.database.take() {
            drop_postgres(&url);
        }
    }
}

/// Keys of the tests.
pub fn keys() -> Keys {
    Keys { cipher: CipherSuite::AesSha, data_key: [1; 32], hash_key: [2; 32] }
}

fn config(database: Database, clock: &Arc<TestClock>, ids: &Arc<TestIds>) -> StoreConfig {
    StoreConfig { database, keys: keys(), clock: clock.clone(), ids: ids.clone(), readers: 2, writers: 3, queue: 4096 }
}

/// A store that holds `catalogue`.
pub fn world(name: &'static str, database: Option<String>, catalogue: Catalogue) -> World {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(TestClock(AtomicI64::new(1_700_000_000_000_000)));
    let ids = Arc::new(TestIds(AtomicU64::new(1)));
    let place = match &database {
        None => Database::Sqlite(folder.path().join("linli.db")),
        Some(url) => Database::Postgres(url.clone()),
    };
    let config = config(place, &clock, &ids);
    let store = Store::open(config.clone()).unwrap();
    store.migrate(catalogue, linli_store::MigrationClass::Rewrite).unwrap();
    World { name, store, clock, ids, config, folder, database }
}

/// A SQLite world.
pub fn sqlite() -> World {
    world("sqlite", None, city())
}

/// Runs a scenario on each kind of database.
pub fn on_both(scenario: impl Fn(&World)) {
    scenario(&sqlite());
    match postgres_server() {
        Some(_) => scenario(&world("postgres", Some(new_postgres()), city())),
        None => eprintln!("LINLI_TEST_POSTGRES is not set: this ran on SQLite only"),
    }
}

/// The server to test on.
pub fn postgres_server() -> Option<String> {
    std::env::var("LINLI_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

/// Runs one statement on a server or database, on a thread of its own.
pub fn postgres_do(url: &str, sql: &str) {
    let (url, sql) = (url.to_owned(), sql.to_owned());
    let run = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(connection);
            client.batch_execute(&sql).await.unwrap();
        });
    };
    std::thread::spawn(run).join().unwrap();
}

/// A new database on the server.
pub fn new_postgres() -> String {
    let server = postgres_server().expect("a server");
    let chance = Keys::random(CipherSuite::AesSha).unwrap().data_key;
    let name = format!("linli_{}", hex::encode(&chance[..8]));
    postgres_do(&server, &format!("CREATE DATABASE {name}"));
    let (base, _) = server.rsplit_once('/').expect("a URL that ends in a database");
    format!("{base}/{name}")
}

/// Drops a database when the test is over.
pub fn drop_postgres(url: &str) {
    let (base, name) = url.rsplit_once('/').unwrap();
    postgres_do(&format!("{base}/postgres"), &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
}

/// An area path.
pub fn area(path: &str) -> AreaPath {
    path.parse().unwrap()
}

/// An actor whose one role may do everything within `areas`.
pub fn may(verb: Verb, subject: Subject, areas: &[&str]) -> Permit {
    let role = Role {
        name: "test/all".into(),
        label: Label::default(),
        level: "city".into(),
        allow: vec![Allow { on: SubjectPattern(subject.name().to_owned()), verbs: vec![verb] }],
        appoints: Vec::new(),
    };
    let grants = areas.iter().map(|path| Grant { role: "test/all".into(), area: area(path) }).collect();
    let actor =
        Actor { account: RecordId(Uuid::from_u128(7)), name: "测试员".into(), grants, operator: areas.is_empty() };
    permit(&actor, &BTreeMap::from([(role.name.clone(), role)]), verb, subject).unwrap()
}

/// A permit on residents; no areas: everywhere.
pub fn on_residents(verb: Verb, areas: &[&str]) -> Permit {
    may(verb, Subject::Entity(RESIDENT.into()), areas)
}

/// An edit by hand.
pub fn edit() -> Source {
    Source { kind: SourceKind::Edit, reference: String::new() }
}

/// A field that is nothing special.
pub fn field(name: &str, kind: FieldKind) -> Field {
    Field {
        name: name.into(),
        label: Label::new(name, name),
        help: None,
        group: None,
        kind,
        element: None,
        required: false,
        unique: false,
        sensitivity: Sensitivity::Open,
        purpose: None,
        retention_days: None,
        filter: false,
        search: false,
        off_by_default: false,
        derive: None,
        synonyms: Vec::new(),
    }
}

/// An entity that is nothing special.
pub fn entity(name: &str, title: &str, fields: Vec<Field>) -> Entity {
    Entity {
        name: name.into(),
        label: Label::new(name, name),
        about: Label::default(),
        title: title.into(),
        area_kinds: Vec::new(),
        groups: Vec::new(),
        fields,
        relations: Vec::new(),
        checks: Vec::new(),
        view: View::default(),
        end_reasons: None,
        person: None,
    }
}

/// Residents and households.
pub fn city() -> Catalogue {
    let filter = |name: &str, kind: FieldKind| Field { filter: true, ..field(name, kind) };
    let sealed = |name: &str, kind: FieldKind, unique: bool| Field {
        sensitivity: Sensitivity::Sensitive,
        search: true,
        unique,
        ..field(name, kind)
    };
    let code = || FieldKind::Code { list: "people/sex".into() };
    let resident = entity(
        RESIDENT,
        "name",
        vec![
            Field { search: true, ..field("name", FieldKind::PersonName) },
            sealed("identity_number", FieldKind::IdentityNumber, true),
            sealed("phone", FieldKind::Phone, false),
            filter("sex", code()),
            filter("kind", code()),
            filter("tags", FieldKind::Codes { list: "people/tags".into() }),
            filter("floor", FieldKind::Integer { min: None, max: None }),
            field("birth_date", FieldKind::Date),
            field("area_m", FieldKind::Decimal { scale: 2, unit: None }),
            field("pension", FieldKind::Money),
            field("alone", FieldKind::Bool),
            field("seen", FieldKind::Time),
            field("note", FieldKind::Text { max: 200 }),
            field("household", FieldKind::Ref { entity: HOUSEHOLD.into() }),
            // Called like a column every register has.
            field("path", FieldKind::Text { max: 20 }),
        ],
    );
    let mut household =
        entity(HOUSEHOLD, "number", vec![Field { unique: true, ..field("number", FieldKind::Text { max: 20 }) }]);
    household.relations.push(Relation {
        id: "members".into(),
        label: Label::default(),
        entity: RESIDENT.into(),
        by: "household".into(),
        columns: vec!["name".into()],
    });
    let entities = [resident, household].map(|entity| (entity.name.clone(), entity));
    Catalogue { entities: entities.into(), ..Catalogue::default() }
}
