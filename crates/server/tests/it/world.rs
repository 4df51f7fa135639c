//! A small city behind a real server, and people who talk to it.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use linli_domain::{Clock, Ids, RecordId, Timestamp};
use linli_engine::{
    Config, Engine, Randomness,
    access::{self, GrantInput, NewAccount},
    area::{self, ImportOptions},
};
use linli_store::{CipherSuite, Database, Keys, MigrationClass, Store, StoreConfig};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value as Json, json};
use tokio::{net::TcpListener, sync::oneshot};
use uuid::Uuid;

/// Password of every account.
pub const PASSWORD: &str = "linli-test-1";

/// Two communities of one street, and one of another.
pub const ZHAOLIN: &str = "230102001001";
pub const ANGUANG: &str = "230102001002";
pub const XINYANG: &str = "230102002001";
pub const STREET: &str = "230102001000";
pub const RESIDENTS: &str = "/api/records/people/resident";
pub const HOUSEHOLDS: &str = "/api/records/people/household";

const AREAS: &str = "code,parent,level,name\n\
    230000000000,,1,黑龙江省\n230100000000,230000000000,2,哈尔滨市\n230102000000,230100000000,3,道里区\n\
    230102001000,230102000000,4,兆麟街道\n230102002000,230102000000,4,新阳街道\n\
    230102001001,230102001000,5,兆麟社区居委会\n230102001002,230102001000,5,安广社区居委会\n\
    230102002001,230102002000,5,新阳社区居委会\n";

/// A clock that is set.
pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.fetch_add(1, Ordering::SeqCst))
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

/// Bytes that look random and are the same every time.
pub struct TestRandom(AtomicU64);

impl Randomness for TestRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            let mut x = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
            x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (x >> 56) as u8;
        }
    }
}

/// A server with its city.
pub struct World {
    pub engine: Engine,
    pub clock: Arc<TestClock>,
    pub url: String,
    stop: Option<oneshot::Sender<()>>,
    database: Option<String>,
    folder: tempfile::TempDir,
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ended = stop.send(());
        }
        if let Some(url) = self.database.take() {
            let name = url.rsplit('/').next().unwrap_or_default().to_owned();
            postgres_do(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// The packs of the repository.
pub fn packs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs")
}

impl World {
    /// A world on SQLite, or on PostgreSQL when the tests are told to.
    pub async fn start() -> Self {
        Self::with(Config::default()).await
    }

    /// A world with a configuration.
    pub async fn with(config: Config) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        Self::on(config, listener, address).await
    }

    /// A world with more packs than those of the repository.
    pub async fn with_packs(config: Config, more: Vec<(&'static str, String)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        Self::made(config, more, listener, address).await
    }

    /// Another server's engine on the same database.
    pub fn second(&self) -> Engine {
        let place = match &self.database {
            Some(url) => Database::Postgres(url.clone()),
            None => Database::Sqlite(self.folder.path().join("linli.db")),
        };
        // Far from the ids of the first.
        let ids = Arc::new(TestIds(AtomicU64::new(1 << 40)));
        let store = Store::open(store_config(place, &self.clock, &ids)).unwrap();
        let random = Arc::new(TestRandom(AtomicU64::new(43)));
        Engine::new(store, self.folder.path(), self.clock.clone(), ids, random, Config::default())
    }

    /// A world that listens where it is told.
    pub async fn on(config: Config, listener: TcpListener, address: SocketAddr) -> Self {
        Self::made(config, Vec::new(), listener, address).await
    }

    async fn made(
        config: Config,
        more: Vec<(&'static str, String)>,
        listener: TcpListener,
        address: SocketAddr,
    ) -> Self {
        let (engine, clock, folder, database) =
            tokio::task::spawn_blocking(move || city(config, &more)).await.expect("the city is made");
        let (stop, stopped) = oneshot::channel::<()>();
        let served = engine.clone();
        tokio::spawn(async move {
            let until = async { drop(stopped.await) };
            linli_server::serve(served, listener, until).await.unwrap();
        });
        Self { engine, clock, url: format!("http://{address}"), stop: Some(stop), database, folder }
    }

    /// A browser nobody is signed in to.
    pub fn nobody(&self) -> Person {
        let client = reqwest::Client::builder().cookie_store(true).redirect(reqwest::redirect::Policy::none());
        Person {
            client: client.build().unwrap(),
            url: self.url.clone(),
            headers: Vec::new(),
            method: Method::GET,
            path: String::new(),
            body: None,
        }
    }

    /// Somebody who is signed in.
    pub async fn signed_in(&self, login: &str) -> Person {
        let person = self.nobody();
        person.post("/api/session", json!({ "login": login, "password": PASSWORD })).expect(200).await;
        person
    }

    /// Makes an account as the operator does at the command line.
    pub async fn account(&self, login: &str, role: &str, area: &str) {
        make_account(&self.engine, login, role, area).await;
    }
}

fn store_config(database: Database, clock: &Arc<TestClock>, ids: &Arc<TestIds>) -> StoreConfig {
    StoreConfig {
        database,
        keys: Keys { cipher: CipherSuite::AesSha, data_key: [1; 32], hash_key: [2; 32] },
        clock: clock.clone(),
        ids: ids.clone(),
        readers: 2,
        writers: 2,
        queue: 256,
    }
}

/// The packs of the repository and more, without errors.
pub fn catalogue(more: &[(&'static str, String)]) -> linli_domain::Catalogue {
    let mut files = linli_pack::read_dir(&packs()).unwrap();
    for (path, text) in more {
        files.insert(*path, text);
    }
    let (catalogue, diagnostics) = linli_pack::load(&files);
    assert!(diagnostics.iter().all(|one| one.severity == linli_domain::Severity::Warning), "{diagnostics:#?}");
    catalogue
}

fn city(
    config: Config,
    more: &[(&'static str, String)],
) -> (Engine, Arc<TestClock>, tempfile::TempDir, Option<String>) {
    let folder = tempfile::tempdir().unwrap();
    // 2026-11-23T02:00:00Z
    let clock = Arc::new(TestClock(AtomicI64::new(1_795_399_200_000_000)));
    let ids = Arc::new(TestIds(AtomicU64::new(1)));
    let postgres = std::env::var("LINLI_TEST_POSTGRES").ok().filter(|url| !url.is_empty());
    let database = postgres.map(|server| new_postgres(&server));
    let place = match &database {
        Some(url) => Database::Postgres(url.clone()),
        None => Database::Sqlite(folder.path().join("linli.db")),
    };
    let store = Store::open(store_config(place, &clock, &ids)).unwrap();
    store.migrate(catalogue(more), MigrationClass::Rewrite).unwrap();
    let random = Arc::new(TestRandom(AtomicU64::new(42)));
    let engine = Engine::new(store, folder.path(), clock.clone(), ids, random, config);
    let operator = Engine::operator();
    let report = area::import(&engine, &operator, AREAS.as_bytes(), &ImportOptions::default(), &mut |_| {}).unwrap();
    assert_eq!((report.new, report.refused), (8, 0), "{report:?}");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        make_account(&engine, "city", "network/city", "230100000000").await;
        make_account(&engine, "street", "network/street", STREET).await;
        make_account(&engine, "community", "network/community", ZHAOLIN).await;
        make_account(&engine, "neighbour", "network/community", ANGUANG).await;
        make_account(&engine, "department", "network/department", "230102000000").await;
    });
    (engine, clock, folder, database)
}

async fn make_account(engine: &Engine, login: &str, role: &str, area: &str) {
    let input = NewAccount {
        login: login.into(),
        name: format!("测试{login}"),
        password: Some(PASSWORD.into()),
        grants: vec![GrantInput { role: role.into(), area: area.into() }],
        oidc_subject: None,
    };
    access::create_account(engine, &Engine::operator(), input, None).await.unwrap();
}

static DATABASES: AtomicU64 = AtomicU64::new(0);

fn new_postgres(server: &str) -> String {
    let number = DATABASES.fetch_add(1, Ordering::SeqCst);
    let name = format!("linli_server_{}_{number}", std::process::id());
    postgres_do(&format!("DROP DATABASE IF EXISTS {name}"));
    postgres_do(&format!("CREATE DATABASE {name}"));
    let (base, _) = server.rsplit_once('/').expect("a database in LINLI_TEST_POSTGRES");
    format!("{base}/{name}")
}

fn postgres_do(sql: &str) {
    let Ok(server) = std::env::var("LINLI_TEST_POSTGRES") else { return };
    let ran = std::process::Command::new("psql").args([&server, "-qc", sql]).output();
    if let Ok(ran) = ran {
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    }
}

/// Somebody with a browser. A call is made of `get`/`post`/…, maybe `header`, and `expect`.
#[derive(Clone)]
pub struct Person {
    client: reqwest::Client,
    url: String,
    headers: Vec<(String, String)>,
    method: Method,
    path: String,
    body: Option<Json>,
}

impl Person {
    pub fn call(&self, method: Method, path: &str, body: Option<Json>) -> Self {
        let headers = vec![("x-linli".to_owned(), "1".to_owned())];
        Self { headers, method, path: path.to_owned(), body, ..self.clone() }
    }

    pub fn get(&self, path: &str) -> Self {
        self.call(Method::GET, path, None)
    }

    pub fn post(&self, path: &str, body: Json) -> Self {
        self.call(Method::POST, path, Some(body))
    }

    pub fn put(&self, path: &str, body: Json) -> Self {
        self.call(Method::PUT, path, Some(body))
    }

    pub fn patch(&self, path: &str, body: Json) -> Self {
        self.call(Method::PATCH, path, Some(body))
    }

    pub fn delete(&self, path: &str) -> Self {
        self.call(Method::DELETE, path, None)
    }

    pub fn delete_with(&self, path: &str, body: Json) -> Self {
        self.call(Method::DELETE, path, Some(body))
    }

    /// With one more header (a name that is there is replaced; empty text takes it away).
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(held, _)| held != name);
        if !value.is_empty() {
            self.headers.push((name.into(), value.into()));
        }
        self
    }

    /// Sends the call.
    pub async fn send(self) -> Response {
        let url = if self.path.starts_with("http") { self.path.clone() } else { format!("{}{}", self.url, self.path) };
        let mut request = self.client.request(self.method, url);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        if let Some(body) = self.body {
            request = request.json(&body);
        }
        request.send().await.unwrap()
    }

    /// Sends the call, checks the status and answers with the JSON body.
    pub async fn expect(self, status: u16) -> Json {
        self.expect_tagged(status).await.0
    }

    /// [`Self::expect`] with the `ETag`.
    pub async fn expect_tagged(self, status: u16) -> (Json, String) {
        let told = format!("{} {}", self.method, self.path);
        let response = self.send().await;
        let (found, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.unwrap();
        assert_eq!(found, StatusCode::from_u16(status).unwrap(), "{told}: {text}");
        let tag = headers.get("etag").and_then(|tag| tag.to_str().ok()).unwrap_or_default().to_owned();
        let json = serde_json::from_str(&text).unwrap_or(Json::Null);
        if status >= 400 {
            let kind = headers.get("content-type").and_then(|kind| kind.to_str().ok());
            assert_eq!(kind, Some("application/problem+json"), "{told}: {text}");
            assert_eq!(json["status"], status, "{told}: {text}");
            for member in ["type", "title", "code", "detail"] {
                assert!(json[member].as_str().is_some_and(|text| !text.is_empty()), "{told}: no {member}: {text}");
            }
        }
        (json, tag)
    }

    /// Sends the call and checks that it is refused with a stable code.
    pub async fn refused(self, status: u16, code: &str) -> Json {
        let told = format!("{} {}", self.method, self.path);
        let problem = self.expect(status).await;
        assert_eq!(problem["code"], code, "{told}: {problem}");
        problem
    }

    /// Registers a resident of an area.
    pub async fn register(&self, area: &str, values: Json) -> Json {
        self.post(RESIDENTS, json!({ "area": area, "values": values, "confirm_new": true })).expect(201).await
    }
}

/// Address of a record.
pub fn at(record: &Json) -> String {
    format!("/api/records/{}/{}", record["entity"].as_str().unwrap(), record["id"].as_str().unwrap())
}

/// A valid identity number of a birthday, by its sequence.
pub fn identity(birth: &str, sequence: u16) -> String {
    let head = format!("230102{birth}{sequence:03}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = head.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{head}{}", "10X98765432".as_bytes()[(sum % 11) as usize] as char)
}
