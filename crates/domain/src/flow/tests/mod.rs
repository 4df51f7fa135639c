//! A small grid event, and somebody who works on it.

mod deciding;
mod faults;
mod replaying;

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    calendar::{Calendar, OfficeHours},
    catalogue::{Allow, Catalogue, Field, FieldKind, Role, SubjectPattern},
    clock::Timestamp,
    expr,
    ids::RecordId,
    lang::Label,
};

use super::*;
use crate::{Value, Verb};

pub(super) fn label(text: &str) -> Label {
    Label::new(text, text)
}

fn state(name: &str, phase: Phase, owner: &str) -> State {
    let owner = Some(owner.to_owned()).filter(|owner| !owner.is_empty());
    State { name: name.into(), label: label(name), phase, owner }
}

fn party(name: &str, kind: PartyKind, many: bool) -> Party {
    Party { name: name.into(), label: label(name), kind, many }
}

pub(super) fn action(name: &str, kind: ActionKind, from: &[&str], to: &str, by: &[&str]) -> Action {
    Action {
        name: name.into(),
        label: label(name),
        kind,
        from: from.iter().map(|from| (*from).to_owned()).collect(),
        to: Some(to.to_owned()).filter(|to| !to.is_empty()),
        by: by.iter().map(|by| By::from((*by).to_owned())).collect(),
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

pub(super) fn field(name: &str, kind: FieldKind) -> Field {
    Field {
        name: name.into(),
        label: label(name),
        help: None,
        group: None,
        kind,
        element: None,
        required: false,
        unique: false,
        sensitivity: crate::catalogue::Sensitivity::Open,
        purpose: None,
        retention_days: None,
        filter: false,
        search: false,
        off_by_default: false,
        derive: None,
        synonyms: Vec::new(),
    }
}

/// A grid event: reported → filed → dispatched (to several units at once) → handled → closed, with a supplement to wait for.
pub(super) fn incident() -> Flow {
    let role = |role: &str, at: &str| PartyKind::Role { role: role.into(), at: at.into() };
    let mut flow = Flow {
        name: "grid/incident".into(),
        title: label("网格事件"),
        about: label("…"),
        version: "1".into(),
        number: "SJ".into(),
        area_kinds: Vec::new(),
        title_from: None,
        start: "reported".into(),
        opens: Opens { public: true, ..Opens::default() },
        duplicates: None,
        fields: vec![
            field("kind", FieldKind::Text { max: 4 }),
            field("checked", FieldKind::Bool),
            field("cost", FieldKind::Integer { min: None, max: None }),
        ],
        states: vec![
            state("reported", Phase::New, "verifier"),
            state("filed", Phase::Working, "dispatcher"),
            state("dispatched", Phase::Working, "handler"),
            state("supplement", Phase::Waiting, "reporter"),
            state("handled", Phase::Working, "verifier"),
            state("closed", Phase::Done, ""),
            state("void", Phase::Cancelled, ""),
        ],
        parties: vec![
            party("verifier", role("network/grid", "community"), false),
            party("dispatcher", role("network/street", "street"), false),
            party("handler", PartyKind::Unit, true),
            party("reporter", PartyKind::Opener, false),
        ],
        actions: vec![
            action("verify", ActionKind::Step, &["reported"], "filed", &["verifier", "manager"]),
            action("dispatch", ActionKind::Step, &["filed"], "dispatched", &["dispatcher"]),
            action("call_more", ActionKind::Assign, &["dispatched"], "", &["dispatcher"]),
            action("hand_on", ActionKind::Transfer, &["dispatched"], "", &["handler", "manager"]),
            action("decline", ActionKind::Return, &["dispatched"], "", &["handler"]),
            action("ask", ActionKind::Pause, &["dispatched"], "supplement", &["handler", "dispatcher"]),
            action("answer", ActionKind::Resume, &["supplement"], "dispatched", &["reporter", "dispatcher"]),
            action("report", ActionKind::Report, &["dispatched"], "handled", &["handler"]),
            action("again", ActionKind::Return, &["handled"], "dispatched", &["verifier"]),
            action("close", ActionKind::Close, &["handled"], "closed", &["verifier"]),
            action("void", ActionKind::Cancel, &["*"], "void", &["manager"]),
            action("urge", ActionKind::Supervise, &["*"], "", &["superior", "system"]),
            action("rate", ActionKind::Rate, &["closed"], "", &["opener"]),
            action("reopen", ActionKind::Reopen, &["closed"], "filed", &["manager"]),
        ],
        clocks: vec![
            ClockRule {
                name: "handle".into(),
                label: label("处置时限"),
                starts: vec!["dispatched".into()],
                stops: vec!["handled".into()],
                pauses: vec!["supplement".into()],
                limit: "5 working days".parse().unwrap(),
                limits: Vec::new(),
                party: Some("handler".into()),
                remind: vec!["1 working day".parse().unwrap()],
                escalate: vec![Escalation {
                    after: "4 hours".parse().unwrap(),
                    action: Some("urge".into()),
                    to: Some(By::Superior),
                }],
            },
            ClockRule {
                name: "whole".into(),
                label: label("总时限"),
                starts: vec!["reported".into()],
                stops: vec!["closed".into()],
                pauses: vec!["supplement".into()],
                limit: "10 days".parse().unwrap(),
                limits: Vec::new(),
                party: Some("dispatcher".into()),
                remind: Vec::new(),
                escalate: Vec::new(),
            },
        ],
        evaluation: None,
    };
    let scope = guard_scope(&flow, &Catalogue::default());
    for action in &mut flow.actions {
        match action.name.as_str() {
            "dispatch" | "call_more" | "hand_on" => action.assign = Some("handler".into()),
            "report" => action.joint = Some(Joint::All),
            "answer" => action.once = true,
            "verify" => action.required = vec!["kind".into()],
            "close" => {
                action.fields = vec!["checked".into()];
                action.guard = Some(expr::parse_filter("checked == true", &scope).unwrap());
                action.guard_message = Some(label("尚未核查"));
            }
            "void" => action.reason = true,
            _ => {}
        }
    }
    let urgent = expr::parse_filter("kind == '0401'", &scope).unwrap();
    flow.clocks[0].limits = vec![ClockLimit { when: urgent, limit: "2 hours".parse().unwrap() }];
    flow
}

pub(super) fn calendar() -> Calendar {
    Calendar::new(OfficeHours::default(), true)
}

/// Monday 23 November 2026, ten in the morning in China, and so many minutes.
pub(super) fn at(minutes: i64) -> Timestamp {
    Timestamp(1_795_399_200_000_000).plus_seconds(minutes * 60)
}

pub(super) fn id(number: u128) -> RecordId {
    RecordId(uuid::Uuid::from_u128(number))
}

pub(super) fn unit(number: u128) -> PartyKey {
    PartyKey::Unit(id(number))
}

pub(super) fn opening() -> Opening {
    let places = [("case", "G"), ("community", "C"), ("street", "S")];
    Opening {
        values: [("kind".to_owned(), Value::text("0101"))].into(),
        places: places.map(|(kind, code)| (kind.to_owned(), code.to_owned())).into(),
        opener: Some(PartyKey::Account(id(1))),
        ..Opening::default()
    }
}

/// Everybody who is concerned with an incident, by what they are.
pub(super) fn somebody(case: &CaseState, who: &str) -> Standing {
    let nobody = Standing::reader(id(99), who);
    let rows = |key: &PartyKey| {
        let own = case.core.parties.iter().enumerate().filter(|(_, party)| party.key == *key);
        own.map(|(at, _)| at).collect::<BTreeSet<_>>()
    };
    let role = |role: &str, area: &str| rows(&PartyKey::Role { role: role.into(), area: area.into() });
    match who {
        "verifier" => Standing { rows: role("network/grid", "C"), roles: ["verifier".to_owned()].into(), ..nobody },
        "dispatcher" => {
            Standing { rows: role("network/street", "S"), roles: ["dispatcher".to_owned()].into(), ..nobody }
        }
        "opener" => Standing { account: id(1), rows: rows(&PartyKey::Account(id(1))), opener: true, ..nobody },
        "manager" => Standing { manager: true, ..nobody },
        "superior" => Standing { superior: true, ..nobody },
        "system" => Standing::system("系统"),
        other => match other.strip_prefix("unit ").and_then(|number| number.parse().ok()) {
            Some(number) => Standing { rows: rows(&unit(number)), ..nobody },
            None => nobody,
        },
    }
}

/// A case being worked on by a test.
pub(super) struct Run {
    pub(super) flow: Flow,
    pub(super) events: Vec<Event>,
    pub(super) case: CaseState,
    pub(super) now: Timestamp,
}

impl Run {
    pub(super) fn open() -> Self {
        Self::of(incident())
    }

    pub(super) fn of(flow: Flow) -> Self {
        let who = Standing::reader(id(1), "居民");
        let event = open(&flow, &opening(), &who, &calendar(), at(0)).unwrap();
        let case = replay([&event]);
        Self { flow, events: vec![event], case, now: at(0) }
    }

    pub(super) fn act(&mut self, who: &str, act: Act) -> Result<(), Refusal> {
        let who = somebody(&self.case, who);
        let event = decide(&self.flow, &self.case, &act, &who, &calendar(), self.now)?;
        self.case = apply(&self.case, &event);
        self.events.push(event);
        Ok(())
    }

    pub(super) fn does(&mut self, who: &str, name: &str) -> Result<(), Refusal> {
        self.act(who, Act { action: name.into(), ..Act::default() })
    }

    pub(super) fn dispatch(&mut self, units: &[u128]) {
        self.does("verifier", "verify").unwrap();
        let assign = units.iter().copied().map(unit).collect();
        self.act("dispatcher", Act { action: "dispatch".into(), assign, ..Act::default() }).unwrap();
    }

    pub(super) fn clock(&self, name: &str) -> &CaseClock {
        self.case.core.clocks.iter().rfind(|clock| clock.name == name).unwrap()
    }

    pub(super) fn parties(&self) -> String {
        let party = |party: &CaseParty| format!("{} {}", party.name, party.state.name());
        self.case.core.parties.iter().map(party).collect::<Vec<_>>().join(", ")
    }
}

pub(super) fn roles(verbs: &[Verb]) -> BTreeMap<String, Role> {
    ["network/grid", "network/street"]
        .map(|name| {
            let allow = vec![Allow { on: SubjectPattern("grid/*".into()), verbs: verbs.to_vec() }];
            let role = Role { name: name.into(), label: label(name), level: "street".into(), allow, appoints: vec![] };
            (name.to_owned(), role)
        })
        .into()
}
