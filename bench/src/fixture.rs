//! A store of its own for measurements below HTTP: real packs, a million synthetic residents, a fixed clock.

use std::{
    io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use linli_domain::{
    Actor, Catalogue, Clock, Ids, Permit, RecordId, Source, Subject, Timestamp, Value, Values, Verb,
    actor::permit,
    record::{NewRecord, SourceKind},
};
use linli_pack::PackFiles;
use linli_store::{CipherSuite, Database, Keys, MigrationClass, Store, StoreConfig, StoreError, WriteError};

/// Communities the residents are spread over.
pub const COMMUNITIES: u32 = 300;

/// A clock that moves a microsecond each time it is asked.
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp(1_760_000_000_000_000 + self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// Real UUIDv7.
pub struct RealIds;

impl Ids for RealIds {
    #[expect(clippy::disallowed_methods, reason = "measured with real ids")]
    fn next(&self) -> RecordId {
        RecordId(uuid::Uuid::now_v7())
    }
}

/// Opens a store over a SQLite file and installs the packs.
pub fn open(file: &Path, packs: &PackFiles) -> io::Result<Store> {
    open_with(file, packs, Keys { cipher: CipherSuite::AesSha, data_key: [7; 32], hash_key: [9; 32] })
}

/// [`open`] with the keys of an installation.
pub fn open_with(file: &Path, packs: &PackFiles, keys: Keys) -> io::Result<Store> {
    let (catalogue, findings) = linli_pack::load(packs);
    if let Some(first) = findings.iter().find(|finding| finding.severity == linli_domain::Severity::Error) {
        return Err(io::Error::other(first.render(linli_domain::Lang::En)));
    }
    let config = StoreConfig {
        database: Database::Sqlite(file.to_owned()),
        keys,
        clock: Arc::new(Ticking(AtomicI64::new(0))),
        ids: Arc::new(RealIds),
        readers: 4,
        writers: 1,
        queue: 4096,
    };
    let store = Store::open(config).map_err(io::Error::other)?;
    store.migrate(catalogue, MigrationClass::Additive).map_err(io::Error::other)?;
    Ok(store)
}

/// The packs of the repository.
pub fn packs() -> io::Result<PackFiles> {
    linli_pack::read_dir(Path::new("packs")).map_err(io::Error::other)
}

/// A permit for everything, everywhere.
pub fn allowed(catalogue: &Catalogue, verb: Verb, entity: &str) -> io::Result<Permit> {
    let operator =
        Actor { account: RecordId(uuid::Uuid::nil()), name: "bench".into(), grants: Vec::new(), operator: true };
    permit(&operator, &catalogue.roles, verb, Subject::Entity(entity.into())).map_err(io::Error::other)
}

/// Where the records come from.
pub fn source() -> Source {
    Source { kind: SourceKind::Demo, reference: "bench".into() }
}

/// Code and path of the n-th community.
pub fn community(number: u32) -> (String, String) {
    let (district, street, community) = (number / 30 + 1, number / 10 % 3 + 1, number % 10 + 1);
    (format!("2301{district:02}{street:03}{community:03}"), format!("23/01/{district:02}/{street:03}/{community:03}"))
}

/// The n-th resident.
pub fn resident(number: u32) -> NewRecord {
    let (home, path) = community(number % COMMUNITIES);
    let grid = number / COMMUNITIES % 8 + 1;
    let values = Values::from([
        ("name".into(), Value::text(name(number))),
        ("sex".into(), Value::text(if number.is_multiple_of(2) { "1" } else { "2" })),
        (
            "birth_date".into(),
            Value::Date(jiff::civil::date(
                1930 + (number % 90) as i16,
                1 + (number % 12) as i8,
                1 + (number % 28) as i8,
            )),
        ),
        ("identity_number".into(), Value::text(identity(number))),
        ("ethnicity".into(), Value::text(if number.is_multiple_of(17) { "11" } else { "01" })),
        ("residence_kind".into(), Value::text(if number.is_multiple_of(8) { "floating" } else { "permanent" })),
        ("phone".into(), Value::text(format!("199{number:08}"))),
        ("occupation".into(), Value::text("职员")),
    ]);
    NewRecord {
        entity: "people/resident".into(),
        id: RealIds.next(),
        home,
        path: format!("{path}/{grid:03}").parse().unwrap_or_else(|_| unreachable!("a path of digits")),
        values,
    }
}

/// The n-th resident without anything sensitive, of a community that exists.
pub fn resident_at(number: u32, home: &str, path: &linli_domain::AreaPath) -> NewRecord {
    let mut record = resident(number);
    for sensitive in ["identity_number", "phone"] {
        record.values.remove(sensitive);
    }
    NewRecord { home: home.to_owned(), path: path.clone(), ..record }
}

/// A name out of 60 surnames and 40 × 40 given names.
pub fn name(number: u32) -> String {
    let surnames: Vec<char> = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜".chars().collect();
    let given: Vec<char> =
        "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国志文海燕雪春生东宁".chars().collect();
    let mixed = number.wrapping_mul(2_654_435_761);
    let pick = |from: &[char], shift: u32| from[(mixed >> shift) as usize % from.len()];
    [pick(&surnames, 3), pick(&given, 9), pick(&given, 17)].iter().collect()
}

/// A distinct synthetic identity number with a right check character.
pub fn identity(number: u32) -> String {
    let head = format!(
        "230199{}{:02}{:02}{:03}",
        1930 + number % 85,
        1 + number / 85 % 12,
        1 + number / 1020 % 28,
        number / 28_560 % 1000
    );
    let sum: u32 = head.bytes().zip(0_u32..).map(|(digit, at)| u32::from(digit - b'0') * ((1 << (17 - at)) % 11)).sum();
    format!("{head}{}", ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'][(sum % 11) as usize])
}

/// Inserts `count` residents in durable batches; answers rows per second.
pub fn seed(store: &Store, count: u32) -> io::Result<f64> {
    let permit = allowed(&store.catalogue(), Verb::Create, "people/resident")?;
    let started = std::time::Instant::now();
    for from in (0..count).step_by(5_000) {
        let (permit, batch) = (permit.clone(), (from..(from + 5_000).min(count)).map(resident).collect::<Vec<_>>());
        store
            .write_blocking(move |tx| tx.insert_many(&permit, &batch, &source()))
            .map_err(|error: WriteError| io::Error::other(error))?;
    }
    Ok(f64::from(count) / started.elapsed().as_secs_f64())
}

/// [`Store::read_blocking`] with an error that `?` can carry.
pub fn read<T: Send + 'static>(
    store: &Store,
    f: impl FnOnce(&mut linli_store::ReadTx<'_>) -> Result<T, StoreError> + Send + 'static,
) -> io::Result<T> {
    store.read_blocking(f).map_err(|error: StoreError| io::Error::other(error))
}

/// [`read`] of a whole table, as exports do.
pub fn stream<T: Send + 'static>(
    store: &Store,
    f: impl FnOnce(&mut linli_store::ReadTx<'_>) -> Result<T, StoreError> + Send + 'static,
) -> io::Result<T> {
    store.stream_blocking(f).map_err(|error: StoreError| io::Error::other(error))
}
