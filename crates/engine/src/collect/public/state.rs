//! Whether a link takes answers, and what to say when not.

use linli_domain::Timestamp;
use linli_store::tables::{Form, Link, LinkKind, LinkToken};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::super::form::takes_answers;
use crate::{Problem, ProblemKind, register::moment};

/// How far a link is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// Not open yet.
    Waiting,
    /// Takes answers.
    Open,
    /// Has as many as it may.
    Full,
    /// Over, or closed by somebody.
    Closed,
}

/// How far a link is at a moment.
pub(super) fn state_of(link: &Link, form: &Form, now: Timestamp) -> LinkState {
    let over = link.closed || link.closes.is_some_and(|last| now > last);
    let most = if link.kind == LinkKind::OneTime { Some(link.count) } else { None };
    let full = link.quota.is_some_and(|quota| link.used >= quota) || most.is_some_and(|most| link.used >= most);
    match link.opens {
        _ if over || !takes_answers(form.state) => LinkState::Closed,
        Some(first) if now < first => LinkState::Waiting,
        _ if full => LinkState::Full,
        _ => LinkState::Open,
    }
}

/// Refuses what a link does not take now. Whether there is a place left is decided by taking it.
pub(in crate::collect) fn refuse_unless_open(link: &Link, token: &LinkToken, now: Timestamp) -> Result<(), Problem> {
    if token.used.is_some() {
        return Err(used(token.reference.as_deref()));
    }
    if link.closed || link.closes.is_some_and(|last| now > last) {
        return Err(closed());
    }
    match link.opens {
        Some(first) if now < first => Err(waiting(first)),
        _ => Ok(()),
    }
}

/// Nobody has such a token: the same answer however wrong it is.
pub(in crate::collect) fn no_link() -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        "link.not_found",
        "没有这份问卷。请检查链接或重新扫码。",
        "There is no such questionnaire. Check the link or scan the code again.",
    )
}

/// The token gave its one answer.
pub(in crate::collect) fn used(reference: Option<&str>) -> Problem {
    Problem::new(
        ProblemKind::Gone,
        "link.used",
        "这个链接已经提交过答卷,感谢您的参与。",
        "This link was used already. Thank you for taking part.",
    )
    .with("reference", json!(reference))
}

/// As many answers as there may be.
pub(in crate::collect) fn full() -> Problem {
    let (zh, en) = ("问卷份数已满,感谢您的关注。", "This questionnaire has all the answers it needs. Thank you.");
    Problem::new(ProblemKind::Gone, "link.full", zh, en)
}

/// Over.
pub(super) fn closed() -> Problem {
    Problem::new(
        ProblemKind::Gone,
        "link.closed",
        "问卷已结束,感谢您的关注。",
        "This questionnaire is over. Thank you.",
    )
}

/// Not open yet.
pub(super) fn waiting(opens: Timestamp) -> Problem {
    Problem::new(
        ProblemKind::Gone,
        "link.waiting",
        format!("问卷尚未开始,将于 {opens} 开放。"),
        format!("This questionnaire opens at {opens}."),
    )
    .with("opens", json!(moment(opens)))
}

#[cfg(test)]
mod tests {
    use linli_domain::RecordId;
    use linli_store::tables::FormState;

    use super::*;

    fn link() -> Link {
        let id = RecordId(uuid::Uuid::nil());
        Link {
            id,
            form: id,
            area: "23".parse().unwrap(),
            kind: LinkKind::Open,
            title: "问卷".into(),
            count: 1,
            used: 0,
            quota: None,
            opens: None,
            closes: None,
            closed: false,
            created: Timestamp(0),
            by: id,
            by_name: "测试".into(),
        }
    }

    fn form(state: FormState) -> Form {
        let id = RecordId(uuid::Uuid::nil());
        Form {
            id,
            form_id: "f".into(),
            title: "问卷".into(),
            area: "23".parse().unwrap(),
            state,
            published: Some("1".into()),
            pack: None,
            settings: serde_json::json!({}),
            created: Timestamp(0),
            updated: Timestamp(0),
            by: id,
            by_name: "测试".into(),
        }
    }

    #[test]
    fn a_link_is_open_between_its_moments_while_there_is_room_and_its_form_is() {
        let now = Timestamp(100);
        let state = |link: &Link| state_of(link, &form(FormState::Open), now);
        assert_eq!(state(&link()), LinkState::Open);
        assert_eq!(state(&Link { opens: Some(Timestamp(101)), ..link() }), LinkState::Waiting);
        assert_eq!(state(&Link { closes: Some(Timestamp(99)), ..link() }), LinkState::Closed);
        assert_eq!(state(&Link { quota: Some(2), used: 2, ..link() }), LinkState::Full);
        assert_eq!(state(&Link { kind: LinkKind::OneTime, used: 1, ..link() }), LinkState::Full);
        assert_eq!(state(&Link { used: 1, ..link() }), LinkState::Open, "an open link has one token and many answers");
        assert_eq!(state_of(&link(), &form(FormState::Closed), now), LinkState::Closed);
    }
}
