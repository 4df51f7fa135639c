//! Events as service requests.

use linli_domain::{AreaPath, Timestamp, Value, flow::Phase};
use linli_store::{
    ReadTx,
    tables::{Case, CaseQuery},
};

use super::services::named;
use crate::{
    Engine, Problem, ProblemKind,
    flow::{self, Live},
    grid::FLOW,
    register::moment,
};

/// Days that are answered when no dates are given, as the specification has it.
const DAYS: i64 = 90;
/// Most requests of an answer.
const MOST: u32 = 1_000;
/// Most ids or codes of a query.
const NAMES: usize = 100;
/// Most events looked through for one answer.
const LOOKED: u32 = 5_000;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RequestQuery {
    /// Only these ids; then nothing else counts.
    pub ids: Vec<String>,
    /// Only these services.
    pub services: Vec<String>,
    /// At or after.
    pub start: Option<Timestamp>,
    /// At or before.
    pub end: Option<Timestamp>,
    /// Only open ones, or only closed ones.
    pub open: Option<bool>,
    /// Page from 1.
    pub page: u32,
    /// Requests of a page.
    pub page_size: u32,
}

/// A service request.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Number of the event.
    pub service_request_id: String,
    /// `open` or `closed`.
    pub status: &'static str,
    /// State in words, and what was done.
    pub status_notes: Option<String>,
    /// Name of the class.
    pub service_name: String,
    /// Code of the class.
    pub service_code: String,
    /// What was said; for clients with a key only.
    pub description: Option<String>,
    /// Who handles it.
    pub agency_responsible: Option<String>,
    /// When it came.
    pub requested_datetime: String,
    /// When it last moved.
    pub updated_datetime: String,
    /// When it should be done.
    pub expected_datetime: Option<String>,
    /// Where, in words; for clients with a key only, since people write their doors.
    pub address: Option<String>,
    /// Code of the area.
    pub address_id: String,
    /// Latitude.
    pub lat: Option<f64>,
    /// Longitude.
    pub long: Option<f64>,
}

/// Requests that fit, newest first.
pub async fn requests(engine: &Engine, query: RequestQuery, keyed: bool) -> Result<Vec<Request>, Problem> {
    if query.ids.len() > NAMES || query.services.len() > NAMES {
        return Err(bad("service_request_id", "最多 100 个。", "At most 100."));
    }
    let many = if query.ids.is_empty() { query.page_size.clamp(1, MOST) } else { 1 };
    super::count_requests(engine, many)?;
    let engine2 = engine.clone();
    engine
        .store
        .read(move |tx| {
            let reader = flow::system_reader(&engine2)?;
            let inside = jurisdiction(&engine2, tx)?;
            let mut found = Vec::new();
            if query.ids.is_empty() {
                found = listed(&engine2, tx, &query, inside)?;
            } else {
                for id in &query.ids {
                    let case = tx.case_by_number(&reader, id)?.filter(|case| is_public(case, inside.as_ref()));
                    found.extend(case);
                }
            }
            let mut requests = Vec::with_capacity(found.len());
            for case in found {
                requests.extend(view(&engine2, tx, case, keyed)?);
            }
            Ok(requests)
        })
        .await
}

/// The area whose events are told; everything where none is configured.
fn jurisdiction(engine: &Engine, tx: &mut ReadTx<'_>) -> Result<Option<AreaPath>, Problem> {
    match &engine.config.open311.area {
        Some(_) => super::own_area(engine, tx).map(|area| Some(area.path)),
        None => Ok(None),
    }
}

fn is_public(case: &Case, inside: Option<&AreaPath>) -> bool {
    case.flow == FLOW && inside.is_none_or(|area| area.covers(&case.area))
}

fn listed(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    query: &RequestQuery,
    inside: Option<AreaPath>,
) -> Result<Vec<Case>, Problem> {
    let catalogue = engine.catalogue();
    for service in &query.services {
        named(&catalogue, service, engine.lang)?;
    }
    let now = engine.now();
    let since = match (query.start, query.end) {
        (Some(start), _) => start,
        (None, Some(end)) => end.plus_seconds(-DAYS * 86_400),
        (None, None) => now.plus_seconds(-DAYS * 86_400),
    };
    let asked = CaseQuery {
        flows: vec![FLOW.into()],
        open: query.open,
        area: inside,
        kind: (query.services.len() == 1).then(|| query.services[0].clone()),
        from: Some(since),
        until: query.end.map(|end| end.plus_seconds(1)),
        limit: LOOKED,
        ..CaseQuery::default()
    };
    let reader = flow::system_reader(engine)?;
    let fits = |case: &Case| {
        let class = case.kind.as_deref();
        class.is_some() && (query.services.is_empty() || query.services.iter().any(|code| Some(code.as_str()) == class))
    };
    let (page, size) = (query.page.max(1), query.page_size.clamp(1, MOST));
    let skipped = (page - 1).saturating_mul(size) as usize;
    Ok(tx.cases(&reader, &asked)?.into_iter().filter(fits).skip(skipped).take(size as usize).collect())
}

/// One request.
pub async fn request(engine: &Engine, id: String, keyed: bool) -> Result<Request, Problem> {
    let query = RequestQuery { ids: vec![id], ..RequestQuery::default() };
    let found = requests(engine, query, keyed).await?.pop();
    found.ok_or_else(|| {
        Problem::new(
            ProblemKind::NotFound,
            "open311.request",
            "service_request_id 指定的请求不存在。",
            "The service_request_id provided was not found.",
        )
    })
}

/// The id of a request by its token. Requests have their id at once, which serves as their token as well.
pub async fn token(engine: &Engine, token: String) -> Result<String, Problem> {
    match request(engine, token, false).await {
        Ok(found) => Ok(found.service_request_id),
        Err(problem) if problem.kind == ProblemKind::NotFound => Err(Problem::new(
            ProblemKind::NotFound,
            "open311.token",
            "token 不存在。",
            "The token provided was not found.",
        )),
        Err(problem) => Err(problem),
    }
}

/// A case as a request; nothing for one without a class yet.
fn view(engine: &Engine, tx: &mut ReadTx<'_>, case: Case, keyed: bool) -> Result<Option<Request>, Problem> {
    let lang = engine.lang;
    let Some(code) = case.kind.clone() else { return Ok(None) };
    let catalogue = engine.catalogue();
    let list = catalogue.code_lists.get(crate::grid::CLASSES).and_then(|list| list.get(&code));
    let name = list.map_or_else(|| code.clone(), |code| code.label.text(lang).to_owned());
    let live = Live::of(engine, tx, case)?;
    let case = &live.case;
    let text = |name: &str| live.state.values.get(name).and_then(Value::as_text).map(str::to_owned);
    let state = live.flow.state(&case.state).map(|state| state.label.text(lang).to_owned());
    let note = match (state, text("result").filter(|_| keyed)) {
        (Some(state), Some(result)) => Some(format!("{state}:{result}")),
        (state, result) => state.or(result),
    };
    let area = tx.area_at(&case.area)?.map_or_else(String::new, |area| area.code);
    let agency = match case.unit {
        Some(unit) => unit_name(engine, tx, unit)?,
        None => None,
    };
    let degrees = |units: Option<i64>| {
        let places = if keyed { 1e6 } else { 1e4 };
        units.map(|units| (units as f64 / 1e7 * places).round() / places)
    };
    Ok(Some(Request {
        service_request_id: case.number.clone(),
        status: if case.is_over() { "closed" } else { "open" },
        status_notes: note,
        service_name: name,
        service_code: code,
        description: text("text").filter(|_| keyed),
        agency_responsible: agency,
        requested_datetime: moment(case.opened),
        updated_datetime: moment(case.moved),
        expected_datetime: case.due.filter(|_| case.phase != Phase::Done).map(moment),
        address: text("address").filter(|_| keyed),
        address_id: area,
        lat: degrees(case.lat),
        long: degrees(case.lon),
    }))
}

fn unit_name(engine: &Engine, tx: &mut ReadTx<'_>, unit: linli_domain::RecordId) -> Result<Option<String>, Problem> {
    let register = crate::grid::UNITS;
    if !engine.catalogue().entities.contains_key(register) {
        return Ok(None);
    }
    let subject = linli_domain::Subject::Entity(register.into());
    let permit = engine.permit(&Engine::operator(), linli_domain::Verb::Read, subject)?;
    let found = tx.record(&permit, register, unit)?;
    Ok(found.and_then(|unit| unit.value("name").as_text().map(str::to_owned)))
}

/// A parameter that is not acceptable.
pub(super) fn bad(name: &str, zh: &str, en: &str) -> Problem {
    Problem::parameter(name, zh, en)
}
