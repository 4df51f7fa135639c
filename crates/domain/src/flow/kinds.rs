//! Sorts of things a flow is made of: phases, parties, actions, who may act.

use serde::{Deserialize, Serialize};

/// How far a case is, whatever its flow calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Nobody has taken it up.
    #[default]
    New,
    /// Worked on.
    Working,
    /// Waits for somebody outside.
    Waiting,
    /// Finished.
    Done,
    /// Ended without being done.
    Cancelled,
}

impl Phase {
    /// All phases, in order.
    pub const ALL: [Self; 5] = [Self::New, Self::Working, Self::Waiting, Self::Done, Self::Cancelled];

    /// Name as stored and shown in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Working => "working",
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads [`Self::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.name() == name)
    }

    /// Whether nothing more is to be done.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled)
    }
}

/// Who a party is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PartyKind {
    /// Whoever holds a role over the case's area, or over one above it.
    Role {
        /// Namespaced role.
        role: String,
        /// Kind of area, an ancestor of the case's; `case` for the case's own.
        at: String,
    },
    /// A unit, chosen by an action.
    Unit,
    /// An account, chosen by an action.
    Account,
    /// Whoever opened the case.
    Opener,
    /// The person the case is about, or was opened for.
    SubjectPerson,
}

impl PartyKind {
    /// Name as packs write it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Role { .. } => "role",
            Self::Unit => "unit",
            Self::Account => "account",
            Self::Opener => "opener",
            Self::SubjectPerson => "subject_person",
        }
    }

    /// Whether somebody has to choose who it is.
    pub fn is_chosen(&self) -> bool {
        matches!(self, Self::Unit | Self::Account)
    }
}

/// What an action does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// A step onwards.
    Step,
    /// Sends the case back; by one of many parties without a state to go to: that party declines.
    Return,
    /// Hands a party's part to another.
    Transfer,
    /// Calls parties.
    Assign,
    /// A party says that its part is done.
    Report,
    /// Says something.
    Comment,
    /// A supervision order (督办).
    Supervise,
    /// Begins to wait.
    Pause,
    /// Goes on after waiting.
    Resume,
    /// Makes it part of another case.
    Merge,
    /// Ends it without its being done.
    Cancel,
    /// Ends it.
    Close,
    /// Rates it.
    Rate,
    /// Begins it again.
    Reopen,
}

impl ActionKind {
    /// All kinds.
    pub const ALL: [Self; 14] = [
        Self::Step,
        Self::Return,
        Self::Transfer,
        Self::Assign,
        Self::Report,
        Self::Comment,
        Self::Supervise,
        Self::Pause,
        Self::Resume,
        Self::Merge,
        Self::Cancel,
        Self::Close,
        Self::Rate,
        Self::Reopen,
    ];

    /// Name as packs write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Return => "return",
            Self::Transfer => "transfer",
            Self::Assign => "assign",
            Self::Report => "report",
            Self::Comment => "comment",
            Self::Supervise => "supervise",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Merge => "merge",
            Self::Cancel => "cancel",
            Self::Close => "close",
            Self::Rate => "rate",
            Self::Reopen => "reopen",
        }
    }

    /// Reads [`Self::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether it can be done to a case that is over.
    pub fn may_follow_the_end(self) -> bool {
        matches!(self, Self::Comment | Self::Rate | Self::Reopen)
    }
}

/// Who may take an action.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum By {
    /// A party of the flow.
    Party(String),
    /// Whoever opened the case.
    Opener,
    /// Whoever may manage the flow over the case's area.
    Manager,
    /// Whoever may manage the flow over the area above.
    Superior,
    /// The program, when a clock says so.
    System,
    /// Whoever sees the case.
    Anyone,
}

impl By {
    /// Words that are not names of parties.
    pub const WORDS: [&str; 5] = ["opener", "manager", "superior", "system", "anyone"];
}

impl From<String> for By {
    fn from(word: String) -> Self {
        match word.as_str() {
            "opener" => Self::Opener,
            "manager" => Self::Manager,
            "superior" => Self::Superior,
            "system" => Self::System,
            "anyone" => Self::Anyone,
            _ => Self::Party(word),
        }
    }
}

impl From<By> for String {
    fn from(by: By) -> Self {
        match by {
            By::Party(name) => name,
            By::Opener => "opener".into(),
            By::Manager => "manager".into(),
            By::Superior => "superior".into(),
            By::System => "system".into(),
            By::Anyone => "anyone".into(),
        }
    }
}

/// When parties who report together have reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Joint {
    /// When each of them has, or has declined.
    All,
    /// When one of them has.
    Any,
}

/// Whether something is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// Not asked.
    #[default]
    No,
    /// May be given.
    Optional,
    /// Must be given.
    Required,
}
