//! The state of a case: parties, clocks, values.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use serde::{Deserialize, Serialize};

use crate::{calendar::Limit, clock::Timestamp, ids::RecordId, record::Values};

use super::kinds::{By, Phase};

/// Who a party is: `a:{account}`, `u:{unit}`, `r:{role}@{area code}`, `p:{person}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum PartyKey {
    /// An account.
    Account(RecordId),
    /// A unit of the register `network/unit`.
    Unit(RecordId),
    /// Whoever holds a role over an area.
    Role {
        /// Namespaced role.
        role: String,
        /// Code of the area.
        area: String,
    },
    /// A person of a register, without account.
    Person(RecordId),
}

/// The text is not a party.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a party")]
pub struct NotAParty(pub String);

impl fmt::Display for PartyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(id) => write!(f, "a:{id}"),
            Self::Unit(id) => write!(f, "u:{id}"),
            Self::Role { role, area } => write!(f, "r:{role}@{area}"),
            Self::Person(id) => write!(f, "p:{id}"),
        }
    }
}

impl FromStr for PartyKey {
    type Err = NotAParty;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || NotAParty(text.to_owned());
        let (kind, rest) = text.split_once(':').ok_or_else(wrong)?;
        let id = || rest.parse().map_err(|_| wrong());
        match kind {
            "a" => Ok(Self::Account(id()?)),
            "u" => Ok(Self::Unit(id()?)),
            "p" => Ok(Self::Person(id()?)),
            "r" => {
                let (role, area) = rest.rsplit_once('@').ok_or_else(wrong)?;
                Ok(Self::Role { role: role.to_owned(), area: area.to_owned() })
            }
            _ => Err(wrong()),
        }
    }
}

impl TryFrom<String> for PartyKey {
    type Error = NotAParty;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<PartyKey> for String {
    fn from(key: PartyKey) -> Self {
        key.to_string()
    }
}

/// How far a party is with its part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyState {
    /// Its turn.
    Called,
    /// Did its part.
    Reported,
    /// Would not.
    Declined,
    /// No more concerned.
    Left,
}

impl PartyState {
    /// Name as stored and shown in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Called => "called",
            Self::Reported => "reported",
            Self::Declined => "declined",
            Self::Left => "left",
        }
    }
}

/// A party of a case. Its position among the parties never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseParty {
    /// Name of the party in the flow.
    pub name: String,
    /// Who it is.
    pub key: PartyKey,
    /// How far it is.
    pub state: PartyState,
    /// Since when.
    pub since: Timestamp,
}

/// How a clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockState {
    /// Runs.
    Running,
    /// Stands still.
    Paused,
    /// Stopped.
    Stopped,
    /// Was missed, and what it is about is not done.
    Fired,
}

/// What a clock does at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    /// Reminds its party: so long before it is due.
    Remind(Limit),
    /// Is missed.
    Overdue,
    /// Escalates, so long after it was due: what the program does, and who is told.
    Escalate {
        /// How long after.
        after: Limit,
        /// Action taken by the program.
        action: Option<String>,
        /// Who is told.
        to: Option<By>,
    },
}

/// A moment of a clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// When.
    pub at: Timestamp,
    /// What happens.
    pub kind: MarkKind,
}

/// A clock of a case. Its position among the clocks never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseClock {
    /// Name of the clock in the flow.
    pub name: String,
    /// Whose, where each of many parties has its own: position among the parties.
    pub party: Option<usize>,
    /// How it stands.
    pub state: ClockState,
    /// When it was started.
    pub started: Timestamp,
    /// When it is due, or was when it was paused.
    pub due: Timestamp,
    /// Whether `due` was counted without a holiday table.
    pub estimated: bool,
    /// Whether it counts working time.
    pub working: bool,
    /// Seconds that were left when it was paused.
    pub left_seconds: Option<i64>,
    /// When it was stopped.
    pub stopped: Option<Timestamp>,
    /// What it will do, in order of time.
    pub marks: Vec<Mark>,
}

impl CaseClock {
    /// Whether it goes on, runs or not.
    pub fn is_active(&self) -> bool {
        self.state != ClockState::Stopped
    }

    /// The next moment at which something happens.
    pub fn next(&self) -> Option<Timestamp> {
        let ticks = matches!(self.state, ClockState::Running | ClockState::Fired);
        self.marks.first().filter(|_| ticks).map(|mark| mark.at)
    }

    /// Whether it is missed at `now`, or was when it stopped.
    pub fn is_late(&self, now: Timestamp) -> bool {
        match self.state {
            ClockState::Fired => true,
            ClockState::Running => self.due < now,
            ClockState::Paused => false,
            ClockState::Stopped => self.stopped.is_some_and(|stopped| stopped > self.due),
        }
    }
}

/// What a case is beside state and values: everything that decisions need. No personal data.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CaseCore {
    /// Parties, in the order they were called.
    pub parties: Vec<CaseParty>,
    /// Clocks, in the order they were started.
    pub clocks: Vec<CaseClock>,
    /// Actions that may be taken once, and were.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub taken: BTreeSet<String>,
    /// Codes of the case's area and of those above it, by kind; its own also as `case`.
    #[serde(default)]
    pub places: BTreeMap<String, String>,
    /// Who opened it; nobody when it came without an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opener: Option<PartyKey>,
    /// The person it was opened for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PartyKey>,
    /// Rating of the present handling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rated: Option<u8>,
    /// The case it became part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<RecordId>,
    /// Supervision orders so far.
    #[serde(default)]
    pub supervised: u32,
}

/// A case as its events add up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CaseState {
    /// State of its flow.
    pub state: String,
    /// How far it is.
    pub phase: Phase,
    /// Version of the flow it runs on.
    pub version: String,
    /// Values of its fields.
    pub values: Values,
    /// Parties, clocks and the rest.
    pub core: CaseCore,
    /// When it was opened.
    pub opened: Timestamp,
    /// When its state last changed.
    pub moved: Timestamp,
    /// Number of its last event; the version that answers carry.
    pub seq: i64,
}

impl CaseState {
    /// Whether nothing more is to be done.
    pub fn is_over(&self) -> bool {
        self.phase.is_over() || self.core.merged_into.is_some()
    }

    /// Parties whose turn it is, by name.
    pub fn called<'c>(&'c self, name: &'c str) -> impl Iterator<Item = (usize, &'c CaseParty)> {
        let parties = self.core.parties.iter().enumerate();
        parties.filter(move |(_, party)| party.name == name && party.state == PartyState::Called)
    }

    /// Whether a clock of it is missed.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.core.clocks.iter().any(|clock| clock.is_active() && clock.is_late(now))
    }
}
