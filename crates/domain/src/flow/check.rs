//! What is wrong with a flow although every name in it exists: states that cannot be reached or left, actions nobody may
//! take, clocks that are nobody's.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    actor::{Subject, Verb},
    catalogue::Role,
    lang::Label,
};

use super::{
    kinds::{ActionKind, By, PartyKind},
    model::{Action, Flow},
};

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// The flow as a whole.
    Flow,
    /// A state, by name.
    State(String),
    /// An action, by name.
    Action(String),
    /// A clock, by name.
    Clock(String),
    /// The evaluation.
    Evaluation,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What it is about.
    pub about: About,
    /// Stable code, `unreachable_state`.
    pub code: &'static str,
    /// What is wrong.
    pub message: Label,
}

/// Everything that is wrong with a flow whose names are known to exist. `roles` are those of the whole Catalogue.
pub fn faults(flow: &Flow, roles: &BTreeMap<String, Role>) -> Vec<Fault> {
    let mut found = Vec::new();
    ways(flow, &mut found);
    owners(flow, &mut found);
    for action in &flow.actions {
        shape(flow, action, &mut found);
        let nobody = !action.by.iter().any(|by| somebody(flow, roles, by));
        if nobody {
            let (name, by) = (&action.name, words(&action.by));
            add(
                &mut found,
                About::Action(name.clone()),
                "nobody_may",
                format!("没有人能做 `{name}`:by = [{by}] 中没有任何角色获得授权"),
                format!("nobody may take `{name}`: no role is granted what by = [{by}] needs"),
            );
        }
    }
    for clock in &flow.clocks {
        let owned = clock.starts.iter().all(|state| flow.state(state).is_some_and(|state| state.owner.is_some()));
        if clock.party.is_none() && !owned {
            add(
                &mut found,
                About::Clock(clock.name.clone()),
                "clock_without_owner",
                format!("时限 `{}` 不属于任何参与方:请写 party", clock.name),
                format!("the clock `{}` is nobody's: write `party`", clock.name),
            );
        }
    }
    if let Some(evaluation) = &flow.evaluation
        && !evaluation.by.iter().any(|by| somebody(flow, roles, by))
    {
        let message = ("没有人能评价:by 中没有任何角色获得授权", "nobody may rate: no role is granted what `by` needs");
        add(&mut found, About::Evaluation, "nobody_may", message.0, message.1);
    }
    found
}

fn add(found: &mut Vec<Fault>, about: About, code: &'static str, zh: impl Into<String>, en: impl Into<String>) {
    found.push(Fault { about, code, message: Label::new(zh, en) });
}

fn words(by: &[By]) -> String {
    by.iter().map(|by| format!("\"{}\"", String::from(by.clone()))).collect::<Vec<_>>().join(", ")
}

/// States that no case comes to, and states that no case comes out of.
fn ways(flow: &Flow, found: &mut Vec<Fault>) {
    let steps = |from: &str| {
        let leads = flow.actions.iter().filter(|action| flow.leads_from(action, from));
        leads.filter_map(|action| action.to.as_deref()).collect::<BTreeSet<_>>()
    };
    let reach = |from: &str| {
        let (mut seen, mut waiting) = (BTreeSet::new(), vec![from.to_owned()]);
        while let Some(state) = waiting.pop() {
            if seen.insert(state.clone()) {
                waiting.extend(steps(&state).into_iter().map(str::to_owned));
            }
        }
        seen
    };
    let reached = reach(&flow.start);
    for state in &flow.states {
        let name = &state.name;
        if !reached.contains(name) {
            add(
                found,
                About::State(name.clone()),
                "unreachable_state",
                format!("环节 `{name}` 无法到达:没有从 `{}` 通向它的操作", flow.start),
                format!("the state `{name}` cannot be reached: no action leads to it from `{}`", flow.start),
            );
        } else if !state.phase.is_over() && !reach(name).iter().any(|state| flow.phase(state).is_over()) {
            add(
                found,
                About::State(name.clone()),
                "dead_end",
                format!("环节 `{name}` 走不到办结:没有通向 done 或 cancelled 的操作"),
                format!("the state `{name}` is a dead end: no action leads on to a state that is done or cancelled"),
            );
        }
    }
}

/// States in which nobody has to act.
fn owners(flow: &Flow, found: &mut Vec<Fault>) {
    for state in flow.states.iter().filter(|state| !state.phase.is_over() && state.owner.is_none()) {
        let name = &state.name;
        add(
            found,
            About::State(name.clone()),
            "state_without_owner",
            format!("环节 `{name}` 没有责任方:请写 owner"),
            format!("nobody has to act in the state `{name}`: write `owner`"),
        );
    }
    for state in &flow.states {
        let Some(owner) = state.owner.as_deref().and_then(|owner| flow.party(owner)) else { continue };
        let chosen = flow.actions.iter().any(|action| action.assign.as_deref() == Some(&owner.name));
        if owner.kind.is_chosen() && !chosen {
            add(
                found,
                About::State(state.name.clone()),
                "owner_never_chosen",
                format!(
                    "环节 `{}` 的责任方 `{}` 从未被指派:没有操作写 assign = \"{}\"",
                    state.name, owner.name, owner.name
                ),
                format!(
                    "`{}`, who owns `{}`, is never chosen: no action says assign = \"{}\"",
                    owner.name, state.name, owner.name
                ),
            );
        }
    }
}

/// What the kind of an action needs.
fn shape(flow: &Flow, action: &Action, found: &mut Vec<Fault>) {
    use ActionKind as K;
    let name = &action.name;
    let about = || About::Action(name.clone());
    let many = |by: &By| matches!(by, By::Party(party) if flow.party(party).is_some_and(|party| party.many));
    let by_many = action.by.iter().any(many);
    if action.joint.is_some() && !(by_many && action.kind == K::Report) {
        add(
            found,
            about(),
            "joint_without_many",
            format!("`{name}` 写了 joint,但不是由可以有多个的参与方(many = true)报告(kind = \"report\")"),
            format!("`{name}` has `joint`, but is no report (kind = \"report\") of a party with many = true"),
        );
    }
    let goes = matches!(action.kind, K::Pause | K::Resume | K::Cancel | K::Close | K::Reopen)
        || (action.kind == K::Return && !by_many);
    if goes && action.to.is_none() {
        add(
            found,
            about(),
            "to_missing",
            format!("操作 `{name}`({})要写明去向 to", action.kind.name()),
            format!("the action `{name}` ({}) must say where it leads: `to`", action.kind.name()),
        );
    }
    let assigns = matches!(action.kind, K::Assign | K::Transfer);
    if assigns && action.assign.is_none() {
        add(
            found,
            about(),
            "assign_missing",
            format!("操作 `{name}`({})要写明指派哪个参与方 assign", action.kind.name()),
            format!("the action `{name}` ({}) must say which party it chooses: `assign`", action.kind.name()),
        );
    }
    if let Some(to) = &action.to {
        let over = flow.phase(to).is_over();
        let wrong = match action.kind {
            K::Cancel | K::Close => !over,
            K::Reopen => over,
            K::Rate => !over,
            K::Comment | K::Merge | K::Supervise => true,
            _ => false,
        };
        if wrong {
            add(
                found,
                about(),
                "to_phase",
                format!("操作 `{name}`({})不能通向 `{to}`", action.kind.name()),
                format!("the action `{name}` ({}) cannot lead to `{to}`", action.kind.name()),
            );
        }
    }
    let from = action.from.iter().filter(|from| *from != "*" && flow.phase(from).is_over());
    for from in from.filter(|_| !action.kind.may_follow_the_end()) {
        add(
            found,
            about(),
            "from_over",
            format!("`{from}` 已办结,不能再做 `{name}`;重新办理请写 kind = \"reopen\""),
            format!("`{from}` is over, so `{name}` cannot be done; write kind = \"reopen\" to begin again"),
        );
    }
}

/// Whether anybody can be what `by` says.
fn somebody(flow: &Flow, roles: &BTreeMap<String, Role>, by: &By) -> bool {
    let subject = Subject::Flow(flow.name.clone());
    let granted = |verb: Verb| {
        let allows =
            |role: &Role| role.allow.iter().any(|allow| allow.on.matches(&subject) && allow.verbs.contains(&verb));
        roles.values().any(allows)
    };
    let opened = || flow.opens.public || granted(Verb::Create);
    match by {
        By::Party(name) => flow.party(name).is_some_and(|party| match &party.kind {
            PartyKind::Role { role, .. } => roles.contains_key(role),
            PartyKind::Opener | PartyKind::SubjectPerson => opened(),
            PartyKind::Unit | PartyKind::Account => true,
        }),
        By::Opener => opened(),
        By::Manager | By::Superior => granted(Verb::Manage),
        By::System | By::Anyone => true,
    }
}
