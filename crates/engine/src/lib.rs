//! Commands and queries: one folder per engine, one file per command. A command is told who asks ([`Actor`]), asks
//! `domain` to decide and `store` to keep, and answers with a value or a [`Problem`].
//!
//! | folder | what for |
//! |---|---|
//! | [`access`] | accounts, grants, sign-in, sessions, two-step sign-in, the single sign-on subject |
//! | [`area`] | the area tree: import, look, search, manage |
//! | [`register`] | uniform behaviour of every entity: list, record page, create, edit, merge, end, reveal |
//! | [`sheet`] | ledgers in, templates filled, lists out |
//! | [`collect`] | forms, answers, phones, conflicts; what is held already |
//! | [`task`], [`visit`], [`burden`] | collection tasks with a licence, visits, what it all costs |
//! | [`flow`] | cases: open, act, whose turn it is, clocks, boards, figures; units; public holidays |
//! | [`schedule`] | recurring duties that open cases by themselves |
//! | [`command`], [`meeting`] | the league of departments; attendance and evaluation of joint meetings |
//! | [`grid`], [`open311`] | grid events: what a text is about, what lies near, the map; civic applications |
//! | [`service`] | the one window: items, applications, the desk |
//! | [`survey`] | campaigns, samples, calls, analysis of answers |
//! | [`audit`] | the audit log |
//! | [`home`] | figures and to-do of the staff home page |
//! | [`catalogue`], [`system`] | what the page draws itself from; the installation |
//! | [`duty`] | certificates: is this one needed? |
//! | [`demo`] | the demo city |
//! | [`report`] | written reports: what a template asks for, as a file |
//! | [`insight`] | indicators: readings, tables, series, the rows behind a figure |
//! | [`install`] | the data folder: open, upgrade, restore |
//! | [`jobs`], [`events`] | background work, and the one table of what follows from what |
//! | [`notify`] | notices, once each; what leaves the house |
//! | [`once`] | a write sent twice counts once |
//! | [`problem`] | the one catalogue of problems |
//! | [`config`] | `linli.toml` |
//! | [`views`] | small pieces that several answers share |
//!
//! This crate knows nothing of HTTP and nothing of SQL. Time, ids and randomness are parameters of [`Engine`].

pub mod access;
pub mod area;
pub mod audit;
pub mod burden;
pub mod catalogue;
pub mod collect;
pub mod command;
pub mod config;
pub mod demo;
pub mod duty;
pub mod events;
pub mod flow;
pub mod grid;
pub mod home;
pub mod insight;
pub mod install;
pub mod jobs;
pub mod meeting;
pub mod notify;
pub mod once;
pub mod open311;
pub mod problem;
pub mod register;
pub mod report;
pub mod schedule;
pub mod service;
pub mod sheet;
pub mod survey;
pub mod system;
pub mod task;
pub mod views;
pub mod visit;

use std::{path::Path, sync::Arc};

use linli_domain::{
    Actor, Catalogue, Clock, Entity, Ids, Lang, Permit, RecordId, Subject, Timestamp, Verb, actor, catalogue::Role,
};
use linli_store::Store;

pub use config::Config;
pub use once::Idempotency;
pub use problem::{FieldProblem, Problem, ProblemKind};

/// Source of unguessable bytes. A parameter, so that tests are the same every time.
pub trait Randomness: Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// Everything a command needs beside who asks and what. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    /// What keeps.
    pub store: Store,
    /// Folder of the installation: uploaded files, configuration.
    pub data: Arc<Path>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids.
    pub ids: Arc<dyn Ids>,
    /// Unguessable bytes.
    pub random: Arc<dyn Randomness>,
    /// Configuration.
    pub config: Arc<Config>,
    /// Network address of whoever asks, for the audit log.
    address: Option<Arc<str>>,
    /// Language of whoever asks, for texts that answers show in one language.
    pub lang: Lang,
    /// Turns at hashing passwords.
    hashing: Arc<tokio::sync::Semaphore>,
    /// Signed-in accounts seen a moment ago.
    sessions: Arc<access::SessionCache>,
    /// Names of areas seen a moment ago.
    area_names: Arc<area::NameCache>,
    /// Forms seen a moment ago.
    forms: Arc<collect::form::FormCache>,
    /// Phones seen a moment ago.
    phones: Arc<collect::phone::PhoneCache>,
    /// How often public links are used.
    limits: Arc<collect::public::Limiter>,
    /// Flows, the calendar and places of areas seen a moment ago.
    flows: Arc<flow::Cache>,
    /// Answers of surveys as columns, read a moment ago.
    surveys: Arc<survey::Cache>,
    /// Pages that listen for notices.
    hub: Arc<notify::Hub>,
}

impl Engine {
    /// An engine over an open store.
    pub fn new(
        store: Store,
        data: &Path,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        random: Arc<dyn Randomness>,
        config: Config,
    ) -> Self {
        Self {
            store,
            data: data.into(),
            clock,
            ids,
            random,
            config: Arc::new(config),
            address: None,
            lang: Lang::default(),
            hashing: Arc::new(tokio::sync::Semaphore::new(4)),
            sessions: Arc::default(),
            area_names: Arc::default(),
            forms: Arc::default(),
            phones: Arc::default(),
            limits: Arc::default(),
            flows: Arc::default(),
            surveys: Arc::default(),
            hub: Arc::default(),
        }
    }

    /// The same engine for a request from `address` (audit entries will name it) by somebody who reads `lang`.
    #[must_use]
    pub fn for_request(&self, address: Option<&str>, lang: Lang) -> Self {
        Self { address: address.map(Arc::from), lang, ..self.clone() }
    }

    /// Network address of whoever asks, when it is a request.
    pub(crate) fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    /// The operator at the machine's own command line: everything, everywhere. Never for a request over HTTP.
    pub fn operator() -> Actor {
        Actor { account: RecordId(uuid::Uuid::nil()), name: "系统".into(), grants: Vec::new(), operator: true }
    }

    /// Where pages listen for notices.
    pub fn hub(&self) -> &notify::Hub {
        &self.hub
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The installed Catalogue.
    pub fn catalogue(&self) -> Arc<Catalogue> {
        self.store.catalogue()
    }

    /// Whether `actor` may do `verb` to `subject`, and where; else what is missing.
    pub fn permit(&self, actor: &Actor, verb: Verb, subject: Subject) -> Result<Permit, Problem> {
        Ok(actor::permit(actor, &self.catalogue().roles, verb, subject)?)
    }

    /// [`Self::permit`] for records of `entity`.
    pub fn permit_entity(&self, actor: &Actor, verb: Verb, entity: &Entity) -> Result<Permit, Problem> {
        self.permit(actor, verb, Subject::Entity(entity.name.clone()))
    }

    /// `count` unguessable bytes.
    pub fn random_bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes);
        bytes
    }
}

/// The entity called `name`.
pub fn entity<'a>(catalogue: &'a Catalogue, name: &str) -> Result<&'a Entity, Problem> {
    catalogue.entities.get(name).ok_or_else(|| Problem::no_entity(name))
}

/// The role called `name`.
pub fn role<'a>(catalogue: &'a Catalogue, name: &str) -> Result<&'a Role, Problem> {
    catalogue.roles.get(name).ok_or_else(|| {
        Problem::parameter("role", format!("没有名为“{name}”的角色。"), format!("There is no role called `{name}`."))
    })
}
