//! Actions that every flow has without saying so.

use std::borrow::Cow;

use crate::lang::Label;

use super::{
    event::Event,
    kinds::{ActionKind, Ask, By},
    model::{Action, Flow},
};

/// Name of the rating where a flow has an evaluation and no action for it.
pub const RATE: &str = "rate";

/// The action `name` of a flow, or a built-in one.
pub(super) fn find<'f>(flow: &'f Flow, name: &str) -> Option<Cow<'f, Action>> {
    match flow.action(name) {
        Some(action) => Some(Cow::Borrowed(action)),
        None => of(flow, name).map(Cow::Owned),
    }
}

fn of(flow: &Flow, name: &str) -> Option<Action> {
    let all = || flow.states.iter().map(|state| state.name.clone()).collect::<Vec<_>>();
    let over = || flow.states.iter().filter(|state| state.phase.is_over()).map(|state| state.name.clone()).collect();
    Some(match name {
        Event::COMMENT => Action {
            reason: true,
            files: Ask::Optional,
            ..plain(name, ActionKind::Comment, ("留言", "Comment"), all(), vec![By::Anyone])
        },
        Event::FILES => Action {
            files: Ask::Required,
            ..plain(name, ActionKind::Comment, ("上传附件", "Attach files"), all(), vec![By::Anyone])
        },
        Event::MERGE => {
            plain(name, ActionKind::Merge, ("并入其他案件", "Merge into another"), vec!["*".into()], vec![By::Manager])
        }
        RATE if flow.evaluation.is_some() => {
            let by = flow.evaluation.as_ref().map(|evaluation| evaluation.by.clone()).unwrap_or_default();
            plain(name, ActionKind::Rate, ("评价", "Rate"), over(), by)
        }
        _ => return None,
    })
}

/// Actions that are offered although the flow does not say them.
pub(super) fn offered(flow: &Flow) -> Vec<Action> {
    let has = |kind| flow.actions.iter().any(|action| action.kind == kind);
    let rate = (!has(ActionKind::Rate)).then(|| of(flow, RATE)).flatten();
    let merge = (!has(ActionKind::Merge)).then(|| of(flow, Event::MERGE)).flatten();
    rate.into_iter().chain(merge).collect()
}

fn plain(name: &str, kind: ActionKind, (zh, en): (&str, &str), from: Vec<String>, by: Vec<By>) -> Action {
    Action {
        name: name.to_owned(),
        label: Label::new(zh, en),
        kind,
        from,
        to: None,
        by,
        fields: Vec::new(),
        required: Vec::new(),
        form: None,
        assign: None,
        guard: None,
        guard_message: None,
        joint: None,
        once: false,
        confirm: None,
        reason: false,
        place: Ask::No,
        files: Ask::No,
    }
}
