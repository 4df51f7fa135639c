//! Flows as the page draws them: lists to open from, and the whole of one for its diagram.

use linli_domain::{
    Actor, Subject, Verb,
    flow::{By, Flow, PartyKind},
};
use linli_store::tables::CaseQuery;
use serde::Serialize;
use utoipa::ToSchema;

use super::{define, model::text, who::Who};
use crate::{
    Engine, Problem,
    catalogue::{FieldView, field_view},
    views::Text,
};

/// What opening a case asks.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FlowOpens {
    /// Ways a case comes in.
    pub by: Vec<String>,
    /// Fields asked.
    pub fields: Vec<FieldView>,
    /// Those that must be known.
    pub required: Vec<String>,
    /// Whether residents without an account may.
    pub public: bool,
    /// A form that asks instead.
    pub form: Option<String>,
}

/// How many cases of a flow the reader sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct FlowCounts {
    /// Open.
    pub open: u64,
    /// Of them, overdue.
    pub overdue: u64,
}

/// A flow in a list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FlowItem {
    /// `pack/flow`.
    pub name: String,
    /// Label.
    pub label: Text,
    /// One sentence.
    pub about: Text,
    /// Version in force.
    pub version: String,
    /// Phases it has, in order.
    pub phases: Vec<String>,
    /// Kinds of area a case may hang on; empty: any.
    pub area_kinds: Vec<String>,
    /// What the reader may do: `read`, `create`, `manage`, `export`.
    #[schema(value_type = Vec<String>)]
    pub permissions: Vec<Verb>,
    /// What opening asks, when the reader may.
    pub open: Option<FlowOpens>,
    /// Cases the reader sees.
    pub counts: FlowCounts,
}

/// Flows that concern the reader.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FlowItems {
    /// Flows.
    pub items: Vec<FlowItem>,
}

/// A state of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FlowState {
    /// Name.
    pub name: String,
    /// Label.
    pub label: Text,
    /// Phase.
    pub phase: String,
    /// Party that must act there.
    pub owner: Option<String>,
}

/// A party of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FlowParty {
    /// Name.
    pub name: String,
    /// Label.
    pub label: Text,
    /// `role`, `unit`, `account`, `opener` or `subject_person`.
    pub kind: String,
    /// Role, of a party by role.
    pub role: Option<String>,
    /// Level of its area, likewise.
    pub at: Option<String>,
    /// Whether several at once.
    pub many: bool,
}

/// An action of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FlowAction {
    /// Name.
    pub name: String,
    /// Label.
    pub label: Text,
    /// Kind.
    pub kind: String,
    /// States it is taken from, `*` written out.
    pub from: Vec<String>,
    /// State it leads to.
    pub to: Option<String>,
    /// Who may: parties, `opener`, `manager`, `superior`, `system`, `anyone`.
    pub by: Vec<String>,
    /// Party it chooses.
    pub assign: Option<String>,
    /// Its guard, as the file says it.
    pub guard: Option<String>,
    /// `all` or `any` of many.
    #[schema(value_type = Option<String>)]
    pub joint: Option<linli_domain::flow::Joint>,
    /// At most once.
    pub once: bool,
}

/// A clock of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FlowClock {
    /// Name.
    pub name: String,
    /// Label.
    pub label: Text,
    /// States that start it.
    pub starts: Vec<String>,
    /// States that stop it.
    pub stops: Vec<String>,
    /// States it stands still in.
    pub pauses: Vec<String>,
    /// How long, `5 working days`.
    pub limit: String,
    /// The same in words.
    pub limit_text: Text,
    /// Other limits: when, and how long.
    pub limits: Vec<FlowLimit>,
    /// Whose.
    pub party: Option<String>,
    /// So long before it is due its party is reminded.
    pub remind: Vec<String>,
}

/// A limit for some cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FlowLimit {
    /// Which cases, as the file says it.
    pub when: String,
    /// How long.
    pub limit: String,
}

/// A flow, whole.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FlowView {
    /// As lists show it.
    #[serde(flatten)]
    pub flow: FlowItem,
    /// State of a new case.
    pub start: String,
    /// Fields.
    pub fields: Vec<FieldView>,
    /// States, in order.
    pub states: Vec<FlowState>,
    /// Parties.
    pub parties: Vec<FlowParty>,
    /// Actions.
    pub actions: Vec<FlowAction>,
    /// Clocks.
    pub clocks: Vec<FlowClock>,
    /// Whether cases are rated.
    pub rated: bool,
}

const VERBS: [Verb; 4] = [Verb::Read, Verb::Create, Verb::Manage, Verb::Export];

/// Flows that the actor may do something in, or has cases of.
pub async fn flows(engine: &Engine, actor: &Actor) -> Result<FlowItems, Problem> {
    let (engine, actor) = (engine.clone(), actor.clone());
    let store = engine.store.clone();
    store
        .read(move |tx| {
            let who = Who::of(&engine, tx, &actor)?;
            let catalogue = engine.catalogue();
            let mut items = Vec::new();
            for flow in catalogue.flows.values() {
                let item = item(&engine, tx, &who, flow)?;
                if !item.permissions.is_empty() || item.counts.open > 0 {
                    items.push(item);
                }
            }
            Ok(FlowItems { items })
        })
        .await
}

/// A flow, whole: what its diagram is drawn from. Flows are no secret to whoever is signed in.
pub async fn flow(engine: &Engine, actor: &Actor, name: String) -> Result<FlowView, Problem> {
    let flow = define::current(engine, &name)?;
    let (engine, actor) = (engine.clone(), actor.clone());
    let store = engine.store.clone();
    store
        .read(move |tx| {
            let who = Who::of(&engine, tx, &actor)?;
            let item = item(&engine, tx, &who, &flow)?;
            Ok(whole(&flow, item))
        })
        .await
}

fn item(engine: &Engine, tx: &mut linli_store::ReadTx<'_>, who: &Who, flow: &Flow) -> Result<FlowItem, Problem> {
    let may = |verb: &Verb| engine.permit(&who.actor, *verb, Subject::Flow(flow.name.clone())).is_ok();
    let permissions: Vec<Verb> = VERBS.into_iter().filter(may).collect();
    let open = CaseQuery { flows: vec![flow.name.clone()], open: Some(true), ..CaseQuery::default() };
    let overdue = CaseQuery { due_before: Some(engine.now()), ..open.clone() };
    let counts =
        FlowCounts { open: tx.count_cases(&who.reader, &open)?, overdue: tx.count_cases(&who.reader, &overdue)? };
    let mut phases: Vec<_> = flow.states.iter().map(|state| state.phase).collect();
    phases.sort();
    phases.dedup();
    Ok(FlowItem {
        name: flow.name.clone(),
        label: text(&flow.title),
        about: text(&flow.about),
        version: flow.version.clone(),
        phases: phases.into_iter().map(|phase| phase.name().to_owned()).collect(),
        area_kinds: flow.area_kinds.clone(),
        open: permissions.contains(&Verb::Create).then(|| opens(flow)),
        permissions,
        counts,
    })
}

fn opens(flow: &Flow) -> FlowOpens {
    let asked = flow.fields.iter().filter(|field| flow.opens.fields.contains(&field.name));
    FlowOpens {
        by: flow.opens.by.clone(),
        fields: asked.map(|field| view_of(flow, field)).collect(),
        required: flow.opens.required.clone(),
        public: flow.opens.public,
        form: flow.opens.form.clone(),
    }
}

fn view_of(flow: &Flow, field: &linli_domain::Field) -> FieldView {
    field_view(field, field.element.clone().unwrap_or_else(|| format!("{}/{}", flow.name, field.name)))
}

fn whole(flow: &Flow, item: FlowItem) -> FlowView {
    let words = |by: &[By]| by.iter().cloned().map(String::from).collect();
    FlowView {
        flow: item,
        start: flow.start.clone(),
        fields: flow.fields.iter().map(|field| view_of(flow, field)).collect(),
        states: flow
            .states
            .iter()
            .map(|state| FlowState {
                name: state.name.clone(),
                label: text(&state.label),
                phase: state.phase.name().to_owned(),
                owner: state.owner.clone(),
            })
            .collect(),
        parties: flow.parties.iter().map(party).collect(),
        actions: flow
            .actions
            .iter()
            .map(|action| FlowAction {
                name: action.name.clone(),
                label: text(&action.label),
                kind: action.kind.name().to_owned(),
                from: flow
                    .states
                    .iter()
                    .filter(|state| flow.leads_from(action, &state.name))
                    .map(|state| state.name.clone())
                    .collect(),
                to: action.to.clone(),
                by: words(&action.by),
                assign: action.assign.clone(),
                guard: action.guard.as_ref().map(|guard| guard.source.clone()),
                joint: action.joint,
                once: action.once,
            })
            .collect(),
        clocks: flow.clocks.iter().map(clock).collect(),
        rated: flow.evaluation.is_some(),
    }
}

fn party(party: &linli_domain::flow::Party) -> FlowParty {
    let (role, at) = match &party.kind {
        PartyKind::Role { role, at } => (Some(role.clone()), Some(at.clone())),
        _ => (None, None),
    };
    let kind = party.kind.name().to_owned();
    FlowParty { name: party.name.clone(), label: text(&party.label), kind, role, at, many: party.many }
}

fn clock(clock: &linli_domain::flow::ClockRule) -> FlowClock {
    use linli_domain::Lang;
    FlowClock {
        name: clock.name.clone(),
        label: text(&clock.label),
        starts: clock.starts.clone(),
        stops: clock.stops.clone(),
        pauses: clock.pauses.clone(),
        limit: clock.limit.to_string(),
        limit_text: Text { zh: clock.limit.text(Lang::Zh), en: clock.limit.text(Lang::En) },
        limits: clock
            .limits
            .iter()
            .map(|other| FlowLimit { when: other.when.source.clone(), limit: other.limit.to_string() })
            .collect(),
        party: clock.party.clone(),
        remind: clock.remind.iter().map(ToString::to_string).collect(),
    }
}
