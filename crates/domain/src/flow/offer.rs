//! Which actions somebody can take now.

use crate::{clock::Timestamp, lang::Label};

use super::{
    act::{Refusal, Standing},
    builtin,
    case::CaseState,
    decide::{blocked, may},
    model::{Action, Flow},
    values::holds,
};

/// An action that somebody can take, or could but for what keeps them from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// The action.
    pub action: Action,
    /// What keeps them from it.
    pub blocked: Option<Label>,
}

/// What somebody can do with a case, in the order of the flow. A courtesy to the page: [`super::decide`] decides again.
pub fn offers(flow: &Flow, case: &CaseState, who: &Standing, now: Timestamp) -> Vec<Offer> {
    let own = flow.actions.iter().cloned().chain(builtin::offered(flow));
    let open = own.filter(|action| may(flow, case, action, who).is_ok());
    open.map(|action| {
        let blocked = match blocked(case, &action) {
            Err(Refusal::Once) => Some(Label::new("只能办理一次,已经办理过", "can be done once, and was")),
            Err(_) => Some(Label::new("本次办理已经评价过", "this handling was rated")),
            Ok(()) => guarded(case, &action, now),
        };
        Offer { action, blocked }
    })
    .collect()
}

/// The guard's message when it does not hold now. One that asks for fields the action itself asks may hold once they are
/// filled in, so it does not keep anybody from trying.
fn guarded(case: &CaseState, action: &Action, now: Timestamp) -> Option<Label> {
    let guard = action.guard.as_ref()?;
    let asked = guard.free_fields().iter().any(|name| action.fields.iter().any(|field| field == name));
    if asked || holds(case, guard, now) == Some(true) {
        return None;
    }
    let plain = || Label::new("条件不满足,暂不能办理", "a condition does not hold yet");
    Some(action.guard_message.clone().unwrap_or_else(plain))
}
