//! One case as a page.

use std::collections::{BTreeMap, BTreeSet};

use linli_domain::{
    Actor, FieldKind, RecordId, Value, Verb,
    catalogue::Sensitivity,
    check::{MaskKind, mask},
    flow::{self, Duplicates, Flow, Offer, PartyKey, PartyState, Phase, Standing},
};
use linli_store::{
    ReadTx,
    tables::{Case, CaseQuery},
};
use serde_json::Value as Json;

use super::{
    history, list,
    live::Live,
    model::{ActionView, AssignView, CaseDetail, CaseFileView, CaseView, RatingView},
    no_case,
    view::Viewer,
    who::{Who, system_reader},
};
use crate::{
    Engine, Problem,
    catalogue::field_view,
    register::{RefView, moment, title_of},
    sheet::show::Labels,
};

/// A case that the actor sees.
pub async fn get(engine: &Engine, actor: &Actor, id: RecordId) -> Result<CaseDetail, Problem> {
    let (engine, actor) = (engine.clone(), actor.clone());
    let store = engine.store.clone();
    store
        .read(move |tx| {
            let who = Who::of(&engine, tx, &actor)?;
            let case = tx.case(&who.reader, id)?.ok_or_else(no_case)?;
            detail(&engine, tx, &who, case)
        })
        .await
}

/// A case by its number.
pub async fn by_number(engine: &Engine, actor: &Actor, number: String) -> Result<CaseDetail, Problem> {
    let (engine, actor) = (engine.clone(), actor.clone());
    let store = engine.store.clone();
    store
        .read(move |tx| {
            let who = Who::of(&engine, tx, &actor)?;
            let case = tx.case_by_number(&who.reader, number.trim())?.ok_or_else(no_case)?;
            detail(&engine, tx, &who, case)
        })
        .await
}

/// The case with a number, for a resident without account who knows its code. The caller limits how often one may try, and
/// shows of it what is theirs.
pub fn by_code(engine: &Engine, tx: &mut ReadTx<'_>, number: &str, code: &str) -> Result<Live, Problem> {
    let case = tx.case_by_number(&system_reader(engine)?, number.trim())?.ok_or_else(no_case)?;
    let given = code.trim().to_ascii_uppercase();
    let held = case.body.code.as_bytes();
    // Compared whole, so that time tells nothing.
    let differs =
        held.len() != given.len() || held.iter().zip(given.bytes()).fold(0, |differs, (a, b)| differs | (a ^ b)) != 0;
    if held.is_empty() || differs {
        return Err(no_case());
    }
    Live::of(engine, tx, case)
}

fn detail(engine: &Engine, tx: &mut ReadTx<'_>, who: &Who, case: Case) -> Result<CaseDetail, Problem> {
    let live = Live::of(engine, tx, case)?;
    let standing = who.standing(engine, tx, &live.flow, &live.case, &live.state)?;
    let mut viewer = Viewer::new(engine, who);
    let keys: Vec<PartyKey> = live.state.core.parties.iter().map(|party| party.key.clone()).collect();
    viewer.know(tx, &keys)?;
    if let Some(unit) = live.case.unit {
        viewer.know(tx, &[PartyKey::Unit(unit)])?;
    }
    let rows = tx.case_events(&live.case, 0)?;
    let clear = works_on(&live, &standing);
    let (values, shown, masked) = values(engine, &live, clear);
    let mut clocks = Vec::with_capacity(live.state.core.clocks.len());
    for clock in &live.state.core.clocks {
        clocks.push(viewer.clock(tx, &live.flow, clock)?);
    }
    let duplicates = duplicates(engine, tx, &mut viewer, &live)?;
    let ratings = if viewer.knows_rating(&live) { tx.case_ratings(&live.case)? } else { Vec::new() };
    Ok(CaseDetail {
        case: viewer.view(tx, &live)?,
        values,
        shown,
        masked,
        fields: live.flow.fields.iter().map(|field| field_view(field, element(&live.flow, field))).collect(),
        history: history::items(&viewer, tx, &live, &rows, clear)?,
        parties: history::parties(&viewer, tx, &live, &rows)?,
        clocks,
        links: links(engine, tx, who, &live.case)?,
        files: files(tx, &live.case)?,
        actions: actions(engine, &live, &standing),
        duplicates,
        suggestions: crate::grid::suggested(engine, tx, &live)?,
        ratings: ratings
            .into_iter()
            .map(|(at, score, comment)| RatingView { score, comment, at: moment(at) })
            .collect(),
        channel: live.case.body.channel.clone(),
        flow_version: live.case.version.clone(),
        version: live.case.seq,
    })
}

fn element(flow: &Flow, field: &linli_domain::Field) -> String {
    field.element.clone().unwrap_or_else(|| format!("{}/{}", flow.name, field.name))
}

/// Whether somebody works on a case, and so needs to see what is sensitive about it.
pub(super) fn works_on(live: &Live, standing: &Standing) -> bool {
    let called = |at: &usize| live.state.core.parties.get(*at).is_some_and(|party| party.state == PartyState::Called);
    standing.opener || standing.manager || standing.rows.iter().any(called)
}

type Texts = BTreeMap<String, String>;

/// Values, their texts, and the masks of those that are not shown.
fn values(engine: &Engine, live: &Live, clear: bool) -> (BTreeMap<String, Json>, Texts, Texts) {
    let catalogue = engine.catalogue();
    let labels = Labels::of(&catalogue);
    let (mut values, mut shown, mut masked) = (BTreeMap::new(), Texts::new(), Texts::new());
    for field in &live.flow.fields {
        let Some(value) = live.state.values.get(&field.name).filter(|value| !value.is_null()) else { continue };
        if field.sensitivity == Sensitivity::Sensitive && !clear {
            masked.insert(field.name.clone(), mask_of(&field.kind, value));
            continue;
        }
        values.insert(field.name.clone(), value.to_json(&field.kind));
        shown.insert(field.name.clone(), labels.text(field, value, engine.lang));
    }
    (values, shown, masked)
}

fn mask_of(kind: &FieldKind, value: &Value) -> String {
    let kind = match kind {
        FieldKind::IdentityNumber => MaskKind::Identity,
        FieldKind::Phone => MaskKind::Phone,
        FieldKind::Address => MaskKind::Address,
        _ => MaskKind::Hidden,
    };
    mask(kind, value.as_text().unwrap_or("*"))
}

fn links(engine: &Engine, tx: &mut ReadTx<'_>, who: &Who, case: &Case) -> Result<Vec<RefView>, Problem> {
    let catalogue = engine.catalogue();
    let mut views = Vec::new();
    for link in tx.case_links(case)? {
        let Some(register) = catalogue.entities.get(&link.entity) else { continue };
        let Ok(permit) = engine.permit_entity(&who.actor, Verb::Read, register) else { continue };
        if let Some(record) = tx.record(&permit, &link.entity, link.record)? {
            let title = title_of(&catalogue, register, &record);
            views.push(RefView { entity: link.entity, id: link.record, title });
        }
    }
    Ok(views)
}

fn files(tx: &mut ReadTx<'_>, case: &Case) -> Result<Vec<CaseFileView>, Problem> {
    let view = |file: linli_store::tables::CaseFile| CaseFileView {
        url: format!("/api/cases/{}/files/{}", case.id, escaped(&file.name)),
        name: file.name,
        size: file.size,
        kind: file.kind,
        by: file.by_name,
        at: moment(file.at),
    };
    Ok(tx.case_files(case)?.into_iter().map(view).collect())
}

/// A name as part of an address.
fn escaped(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    name.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

fn actions(engine: &Engine, live: &Live, standing: &Standing) -> Vec<ActionView> {
    let (flow, lang) = (&live.flow, engine.lang);
    let view = |Offer { action, blocked }: Offer| {
        let asked: BTreeSet<&String> = action.fields.iter().chain(&action.required).collect();
        let fields = flow.fields.iter().filter(|field| asked.contains(&field.name));
        let assign = action.assign.as_deref().and_then(|name| flow.party(name)).map(|party| AssignView {
            party: party.name.clone(),
            label: party.label.text(lang).to_owned(),
            kind: party.kind.name().to_owned(),
            many: party.many,
            candidates_url: format!("/api/cases/{}/candidates?action={}", live.case.id, action.name),
        });
        ActionView {
            fields: fields.map(|field| field_view(field, element(flow, field))).collect(),
            name: action.name,
            label: action.label.text(lang).to_owned(),
            kind: action.kind.name().to_owned(),
            required: action.required,
            assign,
            reason: action.reason,
            confirm: action.confirm.map(|confirm| confirm.text(lang).to_owned()),
            place: action.place,
            files: action.files,
            form: action.form,
            blocked: blocked.map(|blocked| blocked.text(lang).to_owned()),
        }
    };
    flow::offers(flow, &live.state, standing, engine.now()).into_iter().map(view).collect()
}

/// Open cases that are probably the same, while nobody has taken this one up.
fn duplicates(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    viewer: &mut Viewer<'_>,
    live: &Live,
) -> Result<Vec<CaseView>, Problem> {
    let (Some(rule), Phase::New) = (&live.flow.duplicates, live.state.phase) else { return Ok(Vec::new()) };
    let near = near(live, rule);
    let query = CaseQuery {
        flows: vec![live.flow.name.clone()],
        open: Some(true),
        kind: live.case.kind.clone().filter(|_| rule.fields.iter().any(|field| field == "kind")),
        from: Some(live.case.opened.plus_seconds(-i64::from(rule.days) * 86_400)),
        within: near,
        area: if near.is_none() { Some(live.case.area.clone()) } else { None },
        limit: 50,
        ..CaseQuery::default()
    };
    let mut same = Vec::new();
    for other in tx.cases(&viewer.who.reader, &query)? {
        let other = Live::of(engine, tx, other)?;
        let value = |of: &Live, field: &String| of.state.values.get(field).cloned().unwrap_or_default();
        let alike = rule.fields.iter().all(|field| value(live, field) == value(&other, field));
        let close = list::metres(&live.case, &other.case).is_none_or(|metres| metres <= f64::from(rule.metres));
        if other.case.id != live.case.id && alike && close {
            same.push(other.case);
        }
    }
    same.truncate(10);
    viewer.views(tx, same)
}

fn near(live: &Live, rule: &Duplicates) -> Option<[i64; 4]> {
    list::around(live.case.lat?, live.case.lon?, f64::from(rule.metres))
}
