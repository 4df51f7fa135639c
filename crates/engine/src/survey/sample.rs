//! Whom to ask: drawn by a seed from the register, stratum by stratum, nobody twice in a campaign. Communities and streets are
//! not drawn: all are asked.
//!
//! Drawn residents are asked by one-time links or by phone. Which link somebody was handed is noted nowhere: the questionnaire
//! is anonymous. The list of whom to visit and the links are two sheets.

use std::collections::{BTreeMap, HashSet};

use linli_domain::{
    Actor, AreaPath, Permit, RecordId, Source, Subject, Timestamp, Value, Values, Verb,
    record::{Condition, ListQuery, NewRecord, SourceKind},
    survey::quota::draw,
};
use linli_store::{
    ReadTx, WriteTx,
    tables::{Form, LinkKind},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    CAMPAIGN, INTERVIEW,
    campaign::{self, Campaign, Level},
    drawn::{keep, kept},
    plan::{StratumView, area_of, areas_of, no_size, peopled, short, spread, variables},
    strata::{self, Variable},
};
use crate::{
    Engine, Problem, ProblemKind,
    collect::public::{NewLink, keep_link, link_tokens},
    register::moment,
};

/// Most links of a draw.
const LINKS: u64 = 10_000;
/// Most calls of a draw.
const CALLS: u64 = 2_000;
/// Most areas that get links of their own in a draw.
const AREAS: usize = 1_000;
/// Records read at once.
pub(super) const BATCH: usize = 200;

/// How drawn people are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SampleMode {
    /// One-time links, one each, by community.
    Links,
    /// Phone interviews.
    Calls,
}

/// A draw.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SampleInput {
    /// Level.
    pub level: Level,
    /// How many residents; all communities or streets are asked.
    #[serde(default)]
    pub size: Option<u64>,
    /// Variables residents are told apart by.
    #[serde(default)]
    pub strata: Vec<String>,
    /// Code of an area; the campaign's without it.
    #[serde(default)]
    pub area: Option<String>,
    /// `links` or `calls`.
    pub mode: SampleMode,
    /// Seed; the campaign's, or one made up and told.
    #[serde(default)]
    pub seed: Option<u64>,
}

/// What was drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Drawn {
    /// Id of the draw.
    pub id: String,
    /// Level.
    pub level: Level,
    /// `links` or `calls`.
    pub mode: SampleMode,
    /// Code of the area.
    pub area: String,
    /// Seed: the same register, seed and plan draw the same people.
    pub seed: u64,
    /// Variables.
    pub by: Vec<String>,
    /// How many were drawn.
    pub size: u64,
    /// Strata; `quota` is how many were drawn.
    pub strata: Vec<StratumView>,
    /// Links, one an area; print them by `/api/links/{id}/sheet`.
    pub links: Vec<DrawnLink>,
    /// When.
    pub at: String,
    /// By whom.
    pub who: String,
    /// Why fewer were drawn than was wished.
    pub reason: Option<String>,
    /// When its areas were told of their links last.
    #[serde(default)]
    pub invited_at: Option<String>,
    /// When its text messages were taken; that is done once.
    #[serde(default)]
    pub messages_at: Option<String>,
}

/// A link of a draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DrawnLink {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Code of the area its answers belong to.
    pub area: String,
    /// Its name.
    pub name: String,
    /// How many addresses.
    pub count: u64,
}

/// Somebody drawn: where they live and their stratum.
#[derive(Clone)]
pub(super) struct Person {
    pub id: RecordId,
    pub home: String,
    pub path: AreaPath,
    pub name: String,
    pub cell: usize,
}

/// Draws and keeps links or calls. Blocks the thread.
pub fn sample(engine: &Engine, actor: &Actor, id: RecordId, input: SampleInput) -> Result<Drawn, Problem> {
    // Whoever may change the campaign may draw for it.
    let edit = engine.permit(actor, Verb::Edit, Subject::Entity(CAMPAIGN.into()))?;
    let made_up = u64::from_le_bytes(engine.random_bytes::<8>()) >> 33;
    let (engine2, actor2, asked) = (engine.clone(), actor.clone(), input.clone());
    let (campaign, area, people, mut drawn) = engine.store.read_blocking::<_, Problem>(move |tx| {
        let campaign = campaign::find(&engine2, tx, &actor2, id)?;
        if !edit.scope().covers(&campaign.record.path) {
            return Err(Problem::outside_scope(campaign.record.path.as_str()));
        }
        let area = area_of(tx, &campaign, asked.area.as_deref())?;
        let own = campaign.number("seed").and_then(|seed| u64::try_from(seed).ok());
        let seed = asked.seed.or(own).unwrap_or(made_up);
        let (people, strata, reason) = match asked.level {
            Level::Resident => residents(&engine2, tx, &actor2, &campaign, &area, &asked, seed)?,
            _ => (Vec::new(), Vec::new(), None),
        };
        let drawn = Drawn {
            id: String::new(),
            level: asked.level,
            mode: asked.mode,
            area: engine2.area_ref(tx, &area)?.code,
            seed,
            by: asked.strata.clone(),
            size: people.len() as u64,
            strata,
            links: Vec::new(),
            at: moment(tx.now()),
            who: actor2.name.clone(),
            reason,
            invited_at: None,
            messages_at: None,
        };
        Ok((campaign, area, people, drawn))
    })?;
    drawn.id = engine.ids.next().to_string();
    match input.mode {
        SampleMode::Links => by_link(engine, actor, campaign, area, people, drawn),
        SampleMode::Calls if input.level == Level::Resident => by_phone(engine, actor, campaign, people, drawn),
        SampleMode::Calls => Err(Problem::parameter(
            "mode",
            "电话访谈只从居民中抽取。",
            "Only residents are drawn for phone interviews.",
        )),
    }
}

type Picked = (Vec<Person>, Vec<StratumView>, Option<String>);

/// Draws residents, stratum by stratum.
fn residents(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    campaign: &Campaign,
    area: &AreaPath,
    input: &SampleInput,
    seed: u64,
) -> Result<Picked, Problem> {
    let size = input.size.ok_or_else(no_size)?;
    let most = if input.mode == SampleMode::Calls { CALLS } else { LINKS };
    if !(1..=most).contains(&size) {
        return Err(Problem::parameter(
            "size",
            format!("一次抽取 1–{most} 人。"),
            format!("From 1 to {most} people are drawn at once."),
        ));
    }
    let (register, permit) = strata::residents(engine, actor)?;
    let fields = register.person.clone().ok_or_else(|| Problem::internal("a register of nobody"))?;
    let variables = variables(engine, &input.strata)?;
    let before: HashSet<RecordId> = kept(tx, campaign.record.id)?.into_iter().flat_map(|one| one.people).collect();
    let phone = fields.phone.filter(|_| input.mode == SampleMode::Calls);
    let conditions = phone.into_iter().map(|field| Condition::Known(field, true)).collect();
    let query = ListQuery { area: Some(area.clone()), conditions, ..ListQuery::of(&register.name) };
    let mut cells: Vec<Vec<u128>> = vec![Vec::new(); variables.iter().map(|one| one.codes.len()).product()];
    tx.scan(&permit, &query, &mut |record| {
        let cell = strata::cell(&variables, variables.iter().map(|one| one.of(&record, campaign.opens)));
        if let Some(cell) = cell.filter(|_| !before.contains(&record.id)) {
            cells[cell].push(record.id.0.as_u128());
        }
        Ok(())
    })?;
    let people: Vec<u64> = cells.iter().map(|ids| ids.len() as u64).collect();
    let strata = spread(engine, &variables, &people, size);
    let mut chosen: Vec<(RecordId, usize)> = Vec::new();
    for (cell, ids) in cells.iter().enumerate() {
        let quota = usize::try_from(strata[cell].quota).unwrap_or(usize::MAX);
        let lots = draw(ids, quota, seed.wrapping_add(cell as u64));
        chosen.extend(lots.into_iter().map(|at| (RecordId(uuid::Uuid::from_u128(ids[at])), cell)));
    }
    let mut found = Vec::with_capacity(chosen.len());
    for batch in chosen.chunks(BATCH) {
        let ids: Vec<RecordId> = batch.iter().map(|(id, _)| *id).collect();
        let cell: BTreeMap<RecordId, usize> = batch.iter().copied().collect();
        for record in tx.records(&permit, &register.name, &ids)? {
            let name = record.value(&fields.name).as_text().unwrap_or_default().to_owned();
            let cell = cell.get(&record.id).copied().unwrap_or_default();
            found.push(Person { id: record.id, home: record.home, path: record.path, name, cell });
        }
    }
    let reason = short(engine, people.iter().sum(), size);
    if found.is_empty() {
        return Err(nobody(reason.unwrap_or_default()));
    }
    Ok((found, peopled(strata), reason))
}

fn nobody(reason: String) -> Problem {
    Problem::new(ProblemKind::Invalid, "survey.nobody", reason.clone(), reason)
}

/// The area whose code is the home of records.
fn by_home(people: &[Person]) -> BTreeMap<String, u64> {
    let mut homes = BTreeMap::new();
    people.iter().for_each(|one| *homes.entry(one.home.clone()).or_insert(0) += 1);
    homes
}

/// Keeps one-time links: for residents as many as were drawn in each community, else one for each area.
fn by_link(
    engine: &Engine,
    actor: &Actor,
    campaign: Campaign,
    area: AreaPath,
    people: Vec<Person>,
    drawn: Drawn,
) -> Result<Drawn, Problem> {
    let manage = engine.permit(actor, Verb::Manage, Subject::Forms)?;
    let (engine2, of, level) = (engine.clone(), campaign.clone(), drawn.level);
    let homes = by_home(&people);
    let (form, places) = engine.store.read_blocking::<_, Problem>(move |tx| {
        let form = of.form(&engine2, tx, level)?;
        if level != Level::Resident {
            let all = areas_of(tx, &of, &area, level)?;
            return Ok((form, all.into_iter().map(|(code, _, name)| (code, name, 1)).collect::<Vec<_>>()));
        }
        let mut places = Vec::new();
        for (code, count) in homes {
            let name = tx.area(&code)?.map_or_else(|| code.clone(), |found| found.name);
            places.push((code, name, count));
        }
        Ok((form, places))
    })?;
    if places.is_empty() {
        return Err(nobody(short(engine, 0, 1).unwrap_or_default()));
    }
    if places.len() > AREAS {
        return Err(Problem::parameter(
            "area",
            format!("涉及 {} 个区域,一次最多 {AREAS} 个。请按区县分次抽取。", places.len()),
            format!("{} areas are concerned, at most {AREAS} at once: draw district by district.", places.len()),
        ));
    }
    let ready: Vec<(RecordId, Vec<String>, String, String, u64)> = places
        .into_iter()
        .map(|(code, name, count)| {
            let tokens = link_tokens(engine, i64::try_from(count).unwrap_or(i64::MAX));
            (engine.ids.next(), tokens, code, name, count)
        })
        .collect();
    let (engine2, actor) = (engine.clone(), actor.clone());
    engine.store.write_blocking(move |tx| {
        let mut drawn = drawn.clone();
        for (id, tokens, code, name, count) in &ready {
            put_link(&engine2, tx, &manage, &actor, &form, &campaign, (*id, tokens, code, name, *count))?;
            drawn.links.push(DrawnLink { id: *id, area: code.clone(), name: name.clone(), count: *count });
        }
        drawn.size = drawn.links.iter().map(|one| one.count).sum();
        keep(&engine2, tx, &actor, &campaign, &drawn, &people)?;
        issue(&engine2, tx, &actor, &campaign, drawn.level, drawn.size)?;
        Ok(drawn)
    })
}

fn put_link(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    manage: &Permit,
    actor: &Actor,
    form: &Form,
    campaign: &Campaign,
    (id, tokens, code, name, count): (RecordId, &[String], &str, &str, u64),
) -> Result<(), Problem> {
    let title: String = format!("{} · {name}", campaign.name).chars().take(100).collect();
    let input = NewLink {
        kind: LinkKind::OneTime,
        title,
        area: Some(code.to_owned()),
        count: i64::try_from(count).ok(),
        quota: None,
        opens: None,
        closes: None,
    };
    let times: (Option<Timestamp>, Option<Timestamp>) = (Some(campaign.from()), Some(campaign.until()));
    keep_link(engine, tx, manage, actor, form, &input, times, id, tokens)?;
    Ok(())
}

/// Adds to how many were asked, in the campaign's record as it is now.
fn issue(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    actor: &Actor,
    campaign: &Campaign,
    level: Level,
    more: u64,
) -> Result<(), Problem> {
    let permit = engine.permit(actor, Verb::Edit, Subject::Entity(CAMPAIGN.into()))?;
    let record = tx.record(&permit, CAMPAIGN, campaign.record.id)?.ok_or_else(campaign::no_campaign)?;
    let field = format!("{}_issued", level.name());
    let held = match record.value(&field) {
        Value::Int(held) => *held,
        _ => 0,
    };
    let changes = Values::from([(field, Value::Int(held + i64::try_from(more).unwrap_or(i64::MAX)))]);
    let source = Source { kind: SourceKind::Edit, reference: String::new() };
    tx.update(&permit, CAMPAIGN, record.id, record.version, &changes, &source)?;
    Ok(())
}

/// Puts drawn residents on the call list. Reading each number is audited with its purpose.
fn by_phone(
    engine: &Engine,
    actor: &Actor,
    campaign: Campaign,
    people: Vec<Person>,
    drawn: Drawn,
) -> Result<Drawn, Problem> {
    let (register, _) = strata::residents(engine, actor)?;
    let phone = register.person.as_ref().and_then(|fields| fields.phone.clone()).ok_or_else(|| {
        Problem::new(
            ProblemKind::Conflict,
            "survey.no_phones",
            "居民登记册没有电话字段。",
            "The register has no phones.",
        )
    })?;
    let reveal = engine.permit_entity(actor, Verb::Reveal, &register)?;
    let create = engine.permit(actor, Verb::Create, Subject::Entity(INTERVIEW.into()))?;
    let by = variables(engine, &drawn.by)?;
    let ids: Vec<RecordId> = people.iter().map(|_| engine.ids.next()).collect();
    let (engine2, actor, address) = (engine.clone(), actor.clone(), engine.address().map(str::to_owned));
    engine.store.write_blocking(move |tx| {
        let purpose = format!("电话访谈:{}", campaign.name);
        let source = Source { kind: SourceKind::Edit, reference: drawn.id.clone() };
        let mut listed = Vec::with_capacity(people.len());
        for (person, id) in people.iter().zip(&ids) {
            let number = tx.reveal(&reveal, &register.name, person.id, &phone, &purpose, address.as_deref())?;
            let mut values = Values::from([
                ("campaign".to_owned(), Value::Ref(campaign.record.id)),
                ("respondent".to_owned(), Value::text(&person.name)),
                ("phone".to_owned(), Value::text(number)),
                ("level".to_owned(), Value::text(drawn.level.name())),
            ]);
            values.extend(said(&by, person.cell));
            let (home, path) = (person.home.clone(), person.path.clone());
            listed.push(NewRecord { entity: INTERVIEW.to_owned(), id: *id, home, path, values });
        }
        tx.insert_many(&create, &listed, &source)?;
        keep(&engine2, tx, &actor, &campaign, &drawn, &people)?;
        Ok(drawn.clone())
    })
}

/// What the strata say of somebody, in the fields of the interview register.
fn said(by: &[Variable], cell: usize) -> Values {
    let parts = strata::parts(by, cell);
    let fields = by.iter().zip(parts).filter(|(one, _)| matches!(one.name.as_str(), "sex" | "age_band"));
    fields.map(|(one, part)| (one.name.clone(), Value::text(&one.codes[part]))).collect()
}
