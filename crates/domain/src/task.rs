//! Collection tasks: what a request must state before it is sent, who may do what to it in which state, and what an
//! assignment becomes.
//!
//! National guidance on grassroots burden forbids requests without a licence: nothing is sent without a basis in a
//! responsibility list, a purpose, a deadline, a day it expires on, and the approval of somebody else.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How far a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// Being written.
    Draft,
    /// Waits for approval.
    Submitted,
    /// Approved: people work on it.
    Open,
    /// Not approved; may be changed and sent again.
    Rejected,
    /// Over.
    Closed,
}

impl TaskState {
    /// Name as stored and shown in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Open => "open",
            Self::Rejected => "rejected",
            Self::Closed => "closed",
        }
    }

    /// Reads [`Self::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Draft, Self::Submitted, Self::Open, Self::Rejected, Self::Closed]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// What is done to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskAction {
    /// Change what it says.
    Edit,
    /// Send it for approval.
    Submit,
    /// Approve it: assignments are made.
    Approve,
    /// Send it back.
    Reject,
    /// Remind of what is open.
    Remind,
    /// End it.
    Close,
}

impl TaskAction {
    /// All of them, in the order they are offered.
    pub const ALL: [Self; 6] = [Self::Submit, Self::Approve, Self::Reject, Self::Close, Self::Remind, Self::Edit];

    /// Name as shown in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Edit => "edit",
            Self::Submit => "submit",
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Remind => "remind",
            Self::Close => "close",
        }
    }
}

/// Who somebody is to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Wrote it.
    pub author: bool,
    /// May manage tasks of its area.
    pub manager: bool,
}

/// The state after `action`, or `None` where it cannot be done. Nobody approves what they wrote themselves.
pub fn next(state: TaskState, action: TaskAction, who: Standing) -> Option<TaskState> {
    use {TaskAction as A, TaskState as S};
    match (state, action) {
        (S::Draft | S::Rejected, A::Edit) if who.author => Some(state),
        (S::Draft | S::Rejected, A::Submit) if who.author => Some(S::Submitted),
        (S::Submitted, A::Edit) if who.author => Some(S::Draft),
        (S::Submitted, A::Approve) if who.manager && !who.author => Some(S::Open),
        (S::Submitted, A::Reject) if who.manager && !who.author => Some(S::Rejected),
        (S::Open, A::Remind) if who.manager || who.author => Some(S::Open),
        (S::Draft | S::Rejected, A::Close) if who.author => Some(S::Closed),
        (S::Submitted | S::Open, A::Close) if who.manager || who.author => Some(S::Closed),
        _ => None,
    }
}

/// What a request must state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Licence<'a> {
    /// Whether it cites an item of a responsibility list that is in force.
    pub basis: bool,
    /// What the answers are for.
    pub purpose: &'a str,
    /// By when.
    pub deadline: Option<Date>,
    /// When the licence ends: nothing is asked afterwards.
    pub expires: Option<Date>,
}

/// What a request lacks, or states wrongly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// No item of a responsibility list in force.
    Basis,
    /// No purpose.
    Purpose,
    /// No deadline.
    Deadline,
    /// The deadline is over.
    DeadlinePast,
    /// No day it expires on.
    Expires,
    /// It expires before its deadline.
    ExpiresBeforeDeadline,
}

/// What keeps a request from being sent on `today`; nothing when it is complete.
pub fn lacks(licence: &Licence<'_>, today: Date) -> Vec<Lack> {
    let mut lacks = Vec::new();
    if !licence.basis {
        lacks.push(Lack::Basis);
    }
    if licence.purpose.trim().is_empty() {
        lacks.push(Lack::Purpose);
    }
    match licence.deadline {
        None => lacks.push(Lack::Deadline),
        Some(day) if day < today => lacks.push(Lack::DeadlinePast),
        Some(_) => {}
    }
    match (licence.expires, licence.deadline) {
        (None, _) => lacks.push(Lack::Expires),
        (Some(expires), Some(deadline)) if expires < deadline => lacks.push(Lack::ExpiresBeforeDeadline),
        (Some(expires), _) if expires < today => lacks.push(Lack::ExpiresBeforeDeadline),
        _ => {}
    }
    lacks
}

/// How far an assignment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssignmentState {
    /// To be done.
    Open,
    /// Done.
    Done,
    /// Nobody was there; may be tried again.
    Unreachable,
    /// The worker says that the request has no licence; nobody is asked until that is decided.
    Complaint,
}

impl AssignmentState {
    /// Name as stored and shown in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Unreachable => "unreachable",
            Self::Complaint => "complaint",
        }
    }

    /// Reads [`Self::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Open, Self::Done, Self::Unreachable, Self::Complaint].into_iter().find(|state| state.name() == name)
    }
}

/// What came of a visit or an assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything is as it was known.
    NoChange,
    /// Something was changed.
    Changed,
    /// Nobody was there.
    Absent,
    /// They have moved away.
    Moved,
    /// A form was answered.
    Answered,
}

impl Outcome {
    /// Name as stored and shown in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoChange => "no_change",
            Self::Changed => "changed",
            Self::Absent => "absent",
            Self::Moved => "moved",
            Self::Answered => "answered",
        }
    }

    /// Reads [`Self::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::NoChange, Self::Changed, Self::Absent, Self::Moved, Self::Answered]
            .into_iter()
            .find(|outcome| outcome.name() == name)
    }

    /// What an assignment becomes with this outcome.
    pub fn state(self) -> AssignmentState {
        if self == Self::Absent { AssignmentState::Unreachable } else { AssignmentState::Done }
    }

    /// Whether somebody has seen that what is known holds.
    pub fn confirms(self) -> bool {
        matches!(self, Self::NoChange | Self::Changed | Self::Answered)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const STATES: [TaskState; 5] =
        [TaskState::Draft, TaskState::Submitted, TaskState::Open, TaskState::Rejected, TaskState::Closed];

    #[test]
    fn nobody_approves_what_they_wrote() {
        let both = Standing { author: true, manager: true };
        assert_eq!(next(TaskState::Submitted, TaskAction::Approve, both), None);
        let manager = Standing { author: false, manager: true };
        assert_eq!(next(TaskState::Submitted, TaskAction::Approve, manager), Some(TaskState::Open));
    }

    #[test]
    fn a_request_without_basis_purpose_and_days_says_all_that_is_missing() {
        let today = date(2026, 11, 23);
        assert_eq!(lacks(&Licence::default(), today), [Lack::Basis, Lack::Purpose, Lack::Deadline, Lack::Expires]);
        let whole = Licence {
            basis: true,
            purpose: "核对独居老人联系人",
            deadline: Some(date(2026, 12, 1)),
            expires: Some(date(2026, 12, 31)),
        };
        assert_eq!(lacks(&whole, today), []);
        assert_eq!(lacks(&Licence { purpose: " ", ..whole }, today), [Lack::Purpose]);
        let short = Licence { expires: Some(date(2026, 11, 30)), ..whole };
        assert_eq!(lacks(&short, today), [Lack::ExpiresBeforeDeadline]);
        let late = Licence { deadline: Some(date(2026, 11, 22)), ..whole };
        assert_eq!(lacks(&late, today), [Lack::DeadlinePast]);
    }

    proptest! {
        #[test]
        fn only_an_approval_by_somebody_else_opens_a_request(
            state in 0_usize..5, action in 0_usize..6, author: bool, manager: bool
        ) {
            let (state, action) = (STATES[state], TaskAction::ALL[action]);
            let opened = next(state, action, Standing { author, manager }) == Some(TaskState::Open);
            let approved = state == TaskState::Submitted && action == TaskAction::Approve && manager && !author;
            prop_assert_eq!(opened && state != TaskState::Open, approved);
        }

        #[test]
        fn what_is_closed_stays_closed(action in 0_usize..6, author: bool, manager: bool) {
            prop_assert_eq!(next(TaskState::Closed, TaskAction::ALL[action], Standing { author, manager }), None);
        }
    }

    #[test]
    fn names_are_read_back() {
        assert!(STATES.into_iter().all(|state| TaskState::from_name(state.name()) == Some(state)));
        assert_eq!(Outcome::from_name("no_change"), Some(Outcome::NoChange));
        assert_eq!(AssignmentState::from_name("gone"), None);
    }
}
