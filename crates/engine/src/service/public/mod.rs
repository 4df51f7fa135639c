//! Residents without an account: report something, apply for something, see how far it is, rate it. Whoever holds a number and
//! its code sees that case and nothing else, never who works on it.

mod item;
mod model;
mod queue;

use std::collections::BTreeMap;

use linli_domain::{
    Actor, Area, FieldKind, Label, RecordId,
    flow::{ActionKind, Event, Standing},
};
use linli_store::{ReadTx, WriteTx};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{
    AppointmentView, DaySlots, NewApplication, NewAppointment,
    apply::{read_answer, take_in},
    appointments::{book_as, free},
    subject, values,
};
use crate::{
    Engine, Problem, ProblemKind,
    collect::public::{Rate, count_call},
    flow::{self, ActInput, IncomingCaseFile, Live, OpenInput, PlaceInput},
    grid,
    register::moment,
};

pub use item::{PublicItem, item};
pub use model::{PublicAct, PublicCase, PublicRating, PublicReport, PublicStep, PublicValue, Taken};
pub use queue::{PublicWaiting, leave, take as take_number, waiting};

/// What guessing a code costs an address, in calls.
const GUESS: f64 = 10.0;
/// What a new case costs an address.
const OPENING: f64 = 8.0;
/// Reports and applications within one area, whoever sends them.
const AREA: Rate = Rate { burst: 200.0, per_second: 1.0 };
/// Channel of applications from a phone: nobody saw who applied.
const PHONE: &str = "phone";
/// Longest text of a report.
const TEXT: usize = 2_000;

/// Fields of a case that whoever opened it is told, by flow.
const TOLD: [(&str, &[&str]); 2] = [
    (grid::FLOW, &["kind", "address", "result", "reject_reason"]),
    (super::FLOW, &["item_title", "materials", "supplement_list", "decision", "decision_text", "delivery"]),
];

/// Counts a new case against its address and its area.
fn count_opening(engine: &Engine, area: &str) -> Result<(), Problem> {
    count_call(engine, OPENING)?;
    engine.limits.take(&format!("opening {area}"), AREA, 1.0, engine.now())
}

/// An area that people report in: at or below a street.
fn local(tx: &mut ReadTx<'_>, code: &str) -> Result<Area, Problem> {
    let area = tx.area(code)?.filter(|area| !["province", "city", "district"].contains(&area.kind.as_str()));
    area.ok_or_else(|| Problem::no_area(code))
}

/// Takes a resident's report.
pub async fn report(engine: &Engine, area: String, input: PublicReport) -> Result<Taken, Problem> {
    count_opening(engine, &area)?;
    let text = linli_domain::check::long_text(&input.text).unwrap_or_default();
    if text.is_empty() || text.chars().count() > TEXT {
        return Err(Problem::parameter(
            "text",
            format!("请写明情况({TEXT} 字以内)。"),
            format!("Say what is wrong, in at most {TEXT} characters."),
        ));
    }
    let mut said: BTreeMap<String, Json> =
        BTreeMap::from([("text".to_owned(), json!(text)), ("origin".to_owned(), json!("resident"))]);
    let optional = [("kind", input.kind), ("reporter_name", input.name)];
    said.extend(optional.into_iter().filter_map(|(name, text)| Some((name.to_owned(), json!(text?)))));
    if let Some(phone) = input.phone.as_deref().filter(|phone| !phone.trim().is_empty()) {
        said.insert("reporter_phone".into(), json!(values::normal_text("phone", &FieldKind::Phone, phone)?));
    }
    said.extend(input.danger.map(|danger| ("danger".to_owned(), json!(danger))));
    if let Some(words) = input.place.as_ref().map(|place| place.text.trim()).filter(|words| !words.is_empty()) {
        said.insert("address".into(), json!(words.chars().take(200).collect::<String>()));
    }
    let (engine2, place, client_id) = (engine.clone(), input.place, input.client_id);
    engine
        .store
        .write(move |tx| {
            let area = report_area(tx, &area, place.as_ref())?;
            let open = OpenInput {
                answer: None,
                flow: grid::FLOW.into(),
                area: area.code,
                title: None,
                values: said.clone(),
                place: place.clone(),
                links: Vec::new(),
                client_id,
                on_behalf: None,
                channel: Some("resident".into()),
                note: None,
                assign: Vec::new(),
            };
            let opened = flow::open_in(&engine2, tx, &resident(&engine2), &open, Json::Null)?;
            Ok(Taken { number: opened.number, code: opened.code, lacking: Vec::new() })
        })
        .await
}

/// The area of a report: where its place lies when somebody drew that, else the one it was sent to; never below the grid.
fn report_area(tx: &mut ReadTx<'_>, code: &str, place: Option<&PlaceInput>) -> Result<Area, Problem> {
    let mut area = local(tx, code)?;
    let point = place.and_then(|place| linli_domain::near::Point::new(place.lat?, place.lon?));
    if let Some(point) = point
        && let Some(drawn) = grid::area_of(tx, point)?
        && area.path.covers(&drawn.path)
    {
        area = drawn;
    }
    while !["grid", "estate", "community", "street"].contains(&area.kind.as_str()) {
        let above = area.parent.clone().ok_or_else(|| Problem::no_area(code))?;
        area = tx.area(&above)?.ok_or_else(|| Problem::no_area(code))?;
    }
    Ok(area)
}

/// Nobody in particular.
fn resident(engine: &Engine) -> Actor {
    Actor { name: engine.lang.pick("居民", "Resident").to_owned(), ..Engine::operator() }
}

/// Takes a resident's application.
pub async fn apply(engine: &Engine, input: NewApplication) -> Result<Taken, Problem> {
    let area = input
        .area
        .clone()
        .ok_or_else(|| Problem::parameter("area", "请选择受理的社区。", "Choose the community that takes it in."))?;
    count_opening(engine, &area)?;
    // Nobody is found by an id they were not given.
    let person = super::PersonInput { id: None, ..input.person.clone() };
    let mut input = NewApplication { person, channel: PHONE.into(), despite: true, ..input };
    // Whoever holds no account changes no register, whatever the answer asks for.
    let nobody = Actor { operator: false, ..resident(engine) };
    read_answer(engine, &nobody, &mut input).await?;
    let lacking = lacking(engine, &input)?;
    let engine2 = engine.clone();
    engine
        .store
        .write(move |tx| {
            local(tx, &area)?;
            let (opened, _) = take_in(&engine2, tx, None, &input)?;
            Ok(Taken { number: opened.number, code: opened.code, lacking: lacking.clone() })
        })
        .await
}

/// Labels of what must be handed in whatever data show. What data verify is not told to a phone that merely names somebody:
/// whether their family is in need is nobody's business.
fn lacking(engine: &Engine, input: &NewApplication) -> Result<Vec<String>, Problem> {
    let catalogue = engine.catalogue();
    let item = super::items::find(&catalogue, &input.item)?;
    let lacks = item.materials.iter().filter(|one| one.verify.is_none() && !one.optional);
    let lacks = lacks.filter(|one| !input.materials.contains_key(&one.name));
    Ok(lacks.map(|one| one.label.text(engine.lang).to_owned()).collect())
}

/// Counts what guessing costs. A wrong number and a wrong code are answered alike.
fn guessed<T>(engine: &Engine, found: Result<T, Problem>) -> Result<T, Problem> {
    if found.as_ref().is_err_and(|problem| problem.code == "case.not_found") {
        count_call(engine, GUESS)?;
    }
    found
}

/// How far a case is.
pub async fn status(engine: &Engine, number: String, code: String) -> Result<PublicCase, Problem> {
    count_call(engine, 1.0)?;
    let engine2 = engine.clone();
    let seen = engine
        .store
        .read(move |tx| {
            let live = flow::by_code(&engine2, tx, &number, &code)?;
            view(&engine2, tx, &live)
        })
        .await;
    guessed(engine, seen)
}

/// Rates a case that is done, once for each handling.
pub async fn rate(engine: &Engine, number: String, code: String, input: PublicRating) -> Result<PublicCase, Problem> {
    let mut said = BTreeMap::from([("score".to_owned(), json!(input.score))]);
    said.extend(input.comment.map(|comment| ("comment".to_owned(), json!(comment))));
    act(engine, number, code, ActionKind::Rate, said, None, input.client_id).await
}

/// Says that what was asked for was supplied.
pub async fn supply(engine: &Engine, number: String, code: String, input: PublicAct) -> Result<PublicCase, Problem> {
    act(engine, number, code, ActionKind::Resume, BTreeMap::new(), input.note, input.client_id).await
}

/// Withdraws it.
pub async fn withdraw(engine: &Engine, number: String, code: String, input: PublicAct) -> Result<PublicCase, Problem> {
    let note = input.note.or_else(|| Some("居民自行撤回".to_owned()));
    act(engine, number, code, ActionKind::Cancel, BTreeMap::new(), note, input.client_id).await
}

async fn act(
    engine: &Engine,
    number: String,
    code: String,
    kind: ActionKind,
    values: BTreeMap<String, Json>,
    note: Option<String>,
    client_id: Uuid,
) -> Result<PublicCase, Problem> {
    count_call(engine, 1.0)?;
    let engine2 = engine.clone();
    let done = engine
        .store
        .write(move |tx| {
            let live = flow::by_code(&engine2, tx, &number, &code)?;
            let after = taken(&engine2, tx, live, kind, &values, note.as_deref(), client_id)?;
            view(&engine2, tx, &after)
        })
        .await;
    guessed(engine, done)
}

/// Takes the action of a kind that whoever opened the case has; the same client id again counts once.
fn taken(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    live: Live,
    kind: ActionKind,
    values: &BTreeMap<String, Json>,
    note: Option<&str>,
    client_id: Uuid,
) -> Result<Live, Problem> {
    if tx.case_client(&live.case, client_id)?.is_some() {
        return Ok(live);
    }
    let action = own(&live).into_iter().find(|(_, of)| *of == kind).map(|(name, _)| name);
    let action = action.ok_or_else(|| {
        Problem::new(
            ProblemKind::Conflict,
            "case.state",
            "现在不能这样办理,请查看最新进度。",
            "This cannot be done now; look how far it is.",
        )
    })?;
    let input = ActInput {
        answer: None,
        version: live.case.seq,
        values: values.clone(),
        note: note.map(str::to_owned),
        assign: Vec::new(),
        place: None,
        files: Vec::new(),
        client_id,
    };
    flow::run(engine, tx, &resident(engine), live, &opener(engine), &action, &input)
}

fn opener(engine: &Engine) -> Standing {
    let nobody = RecordId(Uuid::nil());
    Standing { opener: true, ..Standing::reader(nobody, engine.lang.pick("居民", "Resident")) }
}

/// What whoever opened the case can do now.
fn own(live: &Live) -> Vec<(String, ActionKind)> {
    let standing = Standing { opener: true, ..Standing::reader(RecordId(Uuid::nil()), "") };
    let offers = linli_domain::flow::offers(&live.flow, &live.state, &standing, live.state.moved);
    let kinds = [ActionKind::Rate, ActionKind::Resume, ActionKind::Cancel];
    let open = offers.into_iter().filter(|offer| offer.blocked.is_none() && kinds.contains(&offer.action.kind));
    open.map(|offer| (offer.action.name, offer.action.kind)).collect()
}

fn view(engine: &Engine, tx: &mut ReadTx<'_>, live: &Live) -> Result<PublicCase, Problem> {
    let (lang, now, catalogue) = (engine.lang, engine.now(), engine.catalogue());
    let (case, flow) = (&live.case, &live.flow);
    let label = |name: &str| flow.state(name).map_or_else(String::new, |state| state.label.text(lang).to_owned());
    let names = TOLD.iter().find(|(of, _)| *of == case.flow).map_or(&[][..], |(_, names)| names);
    let unseen = live.state.values.get("channel").and_then(linli_domain::Value::as_text) == Some(PHONE);
    let names = names.iter().filter(|name| !unseen || **name != "materials");
    let told = names.filter_map(|name| {
        let (field, value) = (flow.field(name)?, live.state.values.get(*name)?);
        let text = super::person::shown(&catalogue, &field.kind, value, lang);
        Some(PublicValue { name: (*name).to_owned(), label: field.label.text(lang).to_owned(), text })
    });
    let item = live.state.values.get("item_title").and_then(linli_domain::Value::as_text);
    let title = item.map_or_else(|| flow.title.text(lang).to_owned(), str::to_owned);
    let steps = tx.case_events(case, 0)?.into_iter().filter_map(|event| {
        let action = flow.action(&event.action);
        let quiet = action.is_some_and(|action| matches!(action.kind, ActionKind::Comment | ActionKind::Supervise));
        let name = match (event.action.as_str(), action) {
            (Event::OPEN, _) => Label::new("提交", "Sent"),
            (_, Some(action)) if !quiet => action.label.clone(),
            _ => return None,
        };
        let state = (event.from != event.to).then(|| label(&event.to));
        // Why it was not accepted, and where to go instead; other notes are the office's own.
        let tells = action.is_some_and(|action| action.kind == ActionKind::Cancel);
        let note = event.body["note"].as_str().filter(|_| tells).map(str::to_owned);
        Some(PublicStep { label: name.text(lang).to_owned(), at: moment(event.at), state, note })
    });
    Ok(PublicCase {
        number: case.number.clone(),
        title,
        area: engine.area_ref(tx, &case.area)?,
        state: label(&case.state),
        phase: case.phase,
        opened: moment(case.opened),
        due: case.due.map(moment),
        overdue: live.state.is_overdue(now),
        told: told.collect(),
        actions: own(live).into_iter().map(|(name, _)| name).collect(),
        rating: live.state.core.rated,
        steps: steps.collect(),
    })
}

/// The free slots of a desk.
pub async fn slots(engine: &Engine, area: String) -> Result<Vec<DaySlots>, Problem> {
    count_call(engine, 1.0)?;
    let engine2 = engine.clone();
    engine
        .store
        .read(move |tx| {
            let desk = local(tx, &area)?;
            free(&engine2, tx, &desk)
        })
        .await
}

/// Makes an appointment.
pub async fn book(engine: &Engine, input: NewAppointment) -> Result<AppointmentView, Problem> {
    count_opening(engine, &input.area)?;
    let permit = engine.permit(&Engine::operator(), linli_domain::Verb::Create, subject())?;
    book_as(engine, permit, engine.lang.pick("居民", "Resident").to_owned(), input).await
}

/// Calls an appointment off. Guessing codes is slow.
pub async fn cancel(engine: &Engine, id: RecordId, code: String) -> Result<AppointmentView, Problem> {
    count_call(engine, 1.0)?;
    let done = super::cancel_appointment(engine, id, code).await;
    if done.is_err() {
        count_call(engine, GUESS)?;
    }
    done
}

/// What a file costs an address, in calls.
const FILE: f64 = 4.0;
/// Files that residents may add to one case.
const FILES: usize = 9;

/// The case that files may be added to, before their bytes are received.
pub async fn admit_files(engine: &Engine, number: String, code: String) -> Result<RecordId, Problem> {
    count_call(engine, FILE)?;
    let engine2 = engine.clone();
    let found = engine
        .store
        .read(move |tx| {
            let live = flow::by_code(&engine2, tx, &number, &code)?;
            let held = tx.case_files(&live.case)?.len();
            if live.case.is_over() || held >= FILES {
                return Err(Problem::new(
                    ProblemKind::Conflict,
                    "case.files",
                    format!("已办结,或附件已有 {FILES} 个,不能再添加。"),
                    format!("It is over, or has {FILES} files already."),
                ));
            }
            Ok(live.case.id)
        })
        .await;
    guessed(engine, found)
}

/// Adds pictures, recordings or papers to one's own case.
pub async fn add_files(
    engine: &Engine,
    id: RecordId,
    (number, code): (String, String),
    files: Vec<IncomingCaseFile>,
) -> Result<PublicCase, Problem> {
    if files.len() > FILES {
        let what = Label::new("附件数量", "The number of files");
        return Err(Problem::too_large(&what, &FILES.to_string()));
    }
    flow::add_files(engine, &resident(engine), id, files).await?;
    status(engine, number, code).await
}
