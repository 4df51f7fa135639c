//! Begin a case.

use std::collections::BTreeMap;

use linli_domain::{
    Actor, Area, AreaPath, Lang, RecordId, Subject, Value, Values, Verb, actor,
    flow::{self, CaseCore, CaseState, Event, Flow, Opening, PartyKey, Place, Standing},
};
use linli_store::{
    Once, ReadTx, WriteTx,
    tables::{Case, CaseBody, CaseLink},
};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::{
    calendar, define, form, get,
    input::{AssignInput, OpenInput, PlaceInput},
    live::Live,
    model::CaseDetail,
    refuse,
};
use crate::{Engine, FieldProblem, Problem, ProblemKind, register::errors_to_fields, sheet::show::Labels};

/// A case that was opened, or had been under the same client id.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The case.
    pub id: RecordId,
    /// Its number.
    pub number: String,
    /// What a resident without account asks for it by, beside the number.
    pub code: String,
}

/// Opens a case. The same `client_id` again: the same case.
pub async fn open(engine: &Engine, actor: &Actor, mut input: OpenInput) -> Result<CaseDetail, Problem> {
    form::read_opening(engine, actor, &mut input).await?;
    let flow = define::current(engine, &input.flow)?;
    let (engine2, actor2) = (engine.clone(), actor.clone());
    let opened = engine.store.write(move |tx| open_in(&engine2, tx, &actor2, &input, Json::Null)).await?;
    engine.flows.note_kept(&flow);
    get(engine, actor, opened.id).await
}

/// [`open`] in a transaction of the caller, who may keep something with the case (`extra`). The operator opens cases for
/// schedules, residents without account, and call-backs: nothing is required of it, and the case is nobody's who opened it.
pub fn open_in(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    actor: &Actor,
    input: &OpenInput,
    extra: Json,
) -> Result<Opened, Problem> {
    let key = format!("case:{}", input.client_id);
    let hash: [u8; 32] = Sha256::digest(serde_json::to_vec(input).map_err(Problem::internal)?).into();
    match tx.once(&key, actor.account, &hash)? {
        Once::First => {}
        Once::OtherContent => return Err(other_content()),
        Once::Replay(answer) => return replayed(&answer),
    }
    let flow = define::current(engine, &input.flow)?;
    let area = tx.area(&input.area)?.ok_or_else(|| Problem::no_area(&input.area))?;
    may_open(engine, actor, &flow, &area)?;
    let mut opening = opening(engine, tx, actor, &flow, &area, input)?;
    if let Some(answer) = &input.answer {
        opening.answer = Some(answer.keep(tx, &[])?);
    }
    let calendar = calendar::of(engine, tx)?;
    let who = if actor.operator {
        Standing { account: actor.account, ..Standing::system(actor.name.clone()) }
    } else {
        Standing::reader(actor.account, actor.name.clone())
    };
    let now = tx.now();
    let event = flow::open(&flow, &opening, &who, &calendar, now).map_err(|refusal| refuse::problem(&flow, refusal))?;
    define::keep(engine, tx, &flow)?;
    let year = now.china_date().year();
    let number = tx.next_case_number(&format!("{} {year}", flow.number))?;
    let number = format!("{}-{year}-{number:06}", flow.number);
    let case = Case {
        home: area.home.clone(),
        id: engine.ids.next(),
        flow: flow.name.clone(),
        version: flow.version.clone(),
        number: number.clone(),
        area: area.path.clone(),
        state: String::new(),
        phase: flow::Phase::New,
        core: CaseCore::default(),
        kind: None,
        unit: None,
        opened: now,
        moved: now,
        closed: None,
        due: None,
        late: false,
        by: actor.account,
        by_name: actor.name.clone(),
        lat: None,
        lon: None,
        seq: 0,
        body: CaseBody {
            title: title(engine, &flow, &area, input, &opening),
            channel: channel(&flow, input)?,
            code: code(engine),
            extra,
            ..CaseBody::default()
        },
    };
    let begun = Live { case, state: CaseState::default(), flow: std::sync::Arc::clone(&flow) };
    let (opened, write) = begun.step(engine, tx, &flow, &event, Some(input.client_id))?;
    tx.put_cases(&[write])?;
    link_all(engine, tx, actor, &opened.case, input)?;
    audit(engine, tx, actor, &opened.case, Event::OPEN, json!({ "state": opened.case.state }))?;
    opened.tell(tx, &event, &CaseState::default())?;
    let answer = json!({ "id": opened.case.id, "number": number, "code": opened.case.body.code });
    tx.remember(&key, actor.account, &answer)?;
    replayed(&answer)
}

fn replayed(answer: &Json) -> Result<Opened, Problem> {
    let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
    let id = text("id").parse().map_err(Problem::internal)?;
    Ok(Opened { id, number: text("number"), code: text("code") })
}

pub(super) fn other_content() -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "case.other_content",
        "同一个 client_id 已用于另一份内容,请换一个新的。",
        "This client_id was used with other content; use a new one.",
    )
}

/// Whoever holds `create` on the flow over the area, in one of the roles that the flow names.
fn may_open(engine: &Engine, actor: &Actor, flow: &Flow, area: &Area) -> Result<(), Problem> {
    let kinds = &flow.area_kinds;
    if !kinds.is_empty() && !kinds.contains(&area.kind) {
        return Err(Problem::parameter(
            "area",
            format!("“{}”不能在“{}”这一级发起。", flow.title.zh, area.name),
            format!("\"{}\" cannot be opened at the level of {}.", flow.title.en, area.name),
        ));
    }
    if actor.operator {
        return Ok(());
    }
    let catalogue = engine.catalogue();
    let permit = actor::permit(actor, &catalogue.roles, Verb::Create, Subject::Flow(flow.name.clone()))?;
    if !permit.scope().covers(&area.path) {
        return Err(Problem::outside_scope(&area.code));
    }
    let roles = &flow.opens.roles;
    let in_role = actor.grants.iter().any(|grant| roles.contains(&grant.role) && grant.area.covers(&area.path));
    if roles.is_empty() || in_role {
        return Ok(());
    }
    let labels =
        roles.iter().filter_map(|role| catalogue.roles.get(role)).map(|role| role.label.clone()).collect::<Vec<_>>();
    let join = |pick: fn(&linli_domain::Label) -> &String| {
        labels.iter().map(|label| pick(label).as_str()).collect::<Vec<_>>().join("、")
    };
    Err(Problem::new(
        ProblemKind::Denied,
        "case.role",
        format!("“{}”由 {} 发起。", flow.title.zh, join(|label| &label.zh)),
        format!("\"{}\" is opened by: {}.", flow.title.en, join(|label| &label.en)),
    ))
}

fn opening(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    flow: &Flow,
    area: &Area,
    input: &OpenInput,
) -> Result<Opening, Problem> {
    // The program itself, and forms that ask instead, may fill every field.
    let all = actor.operator || flow.opens.form.is_some();
    let asked: Vec<String> =
        if all { flow.fields.iter().map(|field| field.name.clone()).collect() } else { flow.opens.fields.clone() };
    let mut said = match &input.answer {
        Some(answer) => answer.values(engine, &flow.fields)?,
        None => BTreeMap::new(),
    };
    said.extend(input.values.clone());
    let values = read_values(engine, flow, &asked, &said)?;
    let mut places: BTreeMap<String, String> =
        tx.area_ancestry(&area.path)?.into_iter().map(|area| (area.kind, area.code)).collect();
    places.insert("case".into(), area.code.clone());
    let opener = (!actor.account.0.is_nil()).then_some(PartyKey::Account(actor.account));
    let mut assign = Vec::with_capacity(input.assign.len());
    for one in &input.assign {
        let party = one
            .party
            .clone()
            .ok_or_else(|| Problem::parameter("assign", "请写明参与方(party)。", "Say which party (`party`)."))?;
        assign.push((party, key_of(engine, tx, one)?));
    }
    Ok(Opening {
        values,
        note: note(input.note.as_deref())?,
        place: input.place.as_ref().map(place).transpose()?,
        files: Vec::new(),
        answer: None,
        places,
        opener,
        person: input.on_behalf.as_ref().map(|person| PartyKey::Person(person.id)),
        assign,
    })
}

/// Values in normal form, or everything that is wrong with them.
pub(super) fn read_values(
    engine: &Engine,
    flow: &Flow,
    asked: &[String],
    sent: &BTreeMap<String, Json>,
) -> Result<Values, Problem> {
    let json = sent.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    let (values, wrong) = flow::values_from_json(&flow.fields, &json);
    let (values, errors) = flow::normal(&engine.catalogue(), flow, asked, &values);
    let mut fields = errors_to_fields(errors);
    fields.extend(wrong.into_iter().map(|name| {
        let known = flow.field(&name).is_some();
        let (code, zh, en) = if known {
            ("field.type", "内容类型或格式不对", "is of the wrong type or format")
        } else {
            ("field.unknown", "没有这个字段", "there is no such field")
        };
        let message = linli_domain::Label::new(format!("{name}:{zh}。"), format!("{name}: {en}."));
        FieldProblem::new(name, code, message)
    }));
    if fields.is_empty() { Ok(values) } else { Err(Problem::invalid("case.fields", fields)) }
}

/// Most characters of what somebody says.
const NOTE: usize = 4_000;

/// What somebody says, without what only looks like something.
pub(super) fn note(text: Option<&str>) -> Result<Option<String>, Problem> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    if text.is_some_and(|text| text.chars().count() > NOTE) {
        return Err(Problem::parameter("note", format!("最多 {NOTE} 字。"), format!("At most {NOTE} characters.")));
    }
    Ok(text.and_then(|text| linli_domain::check::long_text(text).ok()).filter(|text| !text.is_empty()))
}

/// A place, checked: both coordinates or none, on this planet.
pub(super) fn place(input: &PlaceInput) -> Result<Place, Problem> {
    let wrong = || Problem::parameter("place", "坐标不正确。", "These are no coordinates.");
    let units = |degrees: Option<f64>, most: f64| match degrees {
        None => Ok(None),
        #[expect(clippy::cast_possible_truncation, reason = "at most 180 degrees, in units of 10^-7")]
        Some(degrees) if degrees.is_finite() && degrees.abs() <= most => Ok(Some((degrees * 1e7).round() as i64)),
        Some(_) => Err(wrong()),
    };
    let (lat, lon) = (units(input.lat, 90.0)?, units(input.lon, 180.0)?);
    if lat.is_some() != lon.is_some() {
        return Err(wrong());
    }
    let text: String = linli_domain::check::text(&input.text).unwrap_or_default().chars().take(300).collect();
    Ok(Place { lat, lon, text })
}

/// Who is chosen: they must be there.
pub(super) fn key_of(engine: &Engine, tx: &mut ReadTx<'_>, input: &AssignInput) -> Result<PartyKey, Problem> {
    let gone = |zh: &str, en: &str| Err(Problem::parameter("assign", zh, en));
    match (&input.unit, &input.account, &input.role) {
        (Some(unit), None, None) => match super::units::names(engine, tx, &[*unit])?.remove(unit) {
            Some(_) => Ok(PartyKey::Unit(*unit)),
            None => gone("没有找到所选的单位,或它已注销。", "There is no such unit, or it has ended."),
        },
        (None, Some(account), None) => match tx.account(*account)?.filter(|account| !account.disabled) {
            Some(_) => Ok(PartyKey::Account(*account)),
            None => gone("没有找到所选的账号,或它已停用。", "There is no such account, or it is disabled."),
        },
        (None, None, Some(role)) => {
            let area = input.area.as_deref().unwrap_or_default();
            if crate::role(&engine.catalogue(), role).is_err() || tx.area(area)?.is_none() {
                return gone("没有找到所选的角色或区域。", "There is no such role, or no such area.");
            }
            Ok(PartyKey::Role { role: role.clone(), area: area.to_owned() })
        }
        _ => gone("每一项写 unit、account 或 role 与 area 之一。", "Each is one of unit, account, or role with area."),
    }
}

fn channel(flow: &Flow, input: &OpenInput) -> Result<String, Problem> {
    let ways = &flow.opens.by;
    match &input.channel {
        None => Ok(ways.first().cloned().unwrap_or_default()),
        Some(way) if ways.is_empty() || ways.contains(way) => Ok(way.clone()),
        Some(_) => Err(Problem::parameter(
            "channel",
            format!("来源只能是:{}。", ways.join("、")),
            format!("A channel is one of: {}.", ways.join(", ")),
        )),
    }
}

/// The title that was given, or the flow's, filled in.
fn title(engine: &Engine, flow: &Flow, area: &Area, input: &OpenInput, opening: &Opening) -> String {
    let given = input.title.as_deref().map(str::trim).filter(|title| !title.is_empty());
    if let Some(title) = given {
        return linli_domain::check::text(title).unwrap_or_default().chars().take(200).collect();
    }
    let catalogue = engine.catalogue();
    let labels = Labels::of(&catalogue);
    let filled = flow.title_from.as_deref().map(|pattern| {
        let mut text = String::new();
        for (at, part) in pattern.split('{').enumerate() {
            let Some((name, rest)) = part.split_once('}').filter(|_| at > 0) else {
                text.push_str(part);
                continue;
            };
            match name {
                "area" => text.push_str(&area.name),
                "place" => text.push_str(opening.place.as_ref().map_or("", |place| place.text.as_str())),
                name => {
                    let value = opening.values.get(name).cloned().unwrap_or(Value::Null);
                    text.extend(flow.field(name).map(|field| labels.text(field, &value, Lang::Zh)));
                }
            }
            text.push_str(rest);
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    });
    let filled: String = filled.unwrap_or_default().chars().take(200).collect();
    if filled.is_empty() { format!("{} {}", flow.title.zh, area.name) } else { filled }
}

/// Eight unguessable digits and letters that are not mistaken for each other.
fn code(engine: &Engine) -> String {
    const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let bytes = engine.random_bytes::<8>();
    bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

fn link_all(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    actor: &Actor,
    case: &Case,
    input: &OpenInput,
) -> Result<(), Problem> {
    for link in input.links.iter().chain(&input.on_behalf) {
        if !actor.operator {
            super::links::readable(engine, tx, actor, &link.entity, link.id)?;
        }
        let link = CaseLink { entity: link.entity.clone(), record: link.id, at: tx.now(), by: actor.account };
        tx.put_case_link(case, &link)?;
    }
    Ok(())
}

/// The audit entry of what was done to a case.
pub(super) fn audit(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    actor: &Actor,
    case: &Case,
    action: &str,
    detail: Json,
) -> Result<(), Problem> {
    let action = action.trim_start_matches('@');
    let area: Option<AreaPath> = Some(case.area.clone());
    tx.audit(engine.audit_entry(actor, action, &case.flow, case.number.clone(), area, detail))?;
    Ok(())
}
