//! Campaigns as records: what each level is asked with, between which days, in which area.

use jiff::civil::Date;
use linli_domain::{
    Actor, AreaPath, Permit, Record, RecordId, Scope, Subject, Timestamp, Value, Verb, record::ListQuery,
};
use linli_store::{ReadTx, tables::Form};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::CAMPAIGN;
use crate::{Engine, Problem, ProblemKind, area::AreaRef, collect::form::no_form};

/// Whom a questionnaire asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Streets.
    Street,
    /// Communities.
    Community,
    /// Residents.
    Resident,
}

impl Level {
    /// All, from above.
    pub const ALL: [Self; 3] = [Self::Street, Self::Community, Self::Resident];

    /// Name in fields and codes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Street => "street",
            Self::Community => "community",
            Self::Resident => "resident",
        }
    }

    /// Reads [`Self::name`].
    pub fn of(name: &str) -> Result<Self, Problem> {
        Self::ALL.into_iter().find(|level| level.name() == name).ok_or_else(|| {
            Problem::parameter(
                "level",
                "层面只能是 street(街道)、community(社区)或 resident(居民)。",
                "The level is `street`, `community` or `resident`.",
            )
        })
    }
}

/// A campaign.
#[derive(Debug, Clone)]
pub(super) struct Campaign {
    pub record: Record,
    pub name: String,
    pub opens: Date,
    pub closes: Date,
}

impl Campaign {
    pub fn of(record: Record) -> Result<Self, Problem> {
        let day = |field: &str| match record.value(field) {
            Value::Date(day) => Ok(*day),
            _ => Err(Problem::internal(format!("a campaign without `{field}`"))),
        };
        let (opens, closes) = (day("opens_on")?, day("closes_on")?);
        let name = record.value("name").as_text().unwrap_or_default().to_owned();
        Ok(Self { record, name, opens, closes })
    }

    /// First moment.
    pub fn from(&self) -> Timestamp {
        let before = self.opens.yesterday().unwrap_or(self.opens);
        Timestamp(Timestamp::end_of_china_day(before).0.saturating_add(1))
    }

    /// Last moment.
    pub fn until(&self) -> Timestamp {
        Timestamp::end_of_china_day(self.closes)
    }

    /// Name of the form that asks a level.
    pub fn form_id(&self, level: Level) -> Option<&str> {
        let field = format!("{}_form", level.name());
        self.record.value(&field).as_text().map(str::trim).filter(|name| !name.is_empty())
    }

    /// A whole number of the record.
    pub fn number(&self, field: &str) -> Option<i64> {
        match self.record.value(field) {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// How many were asked at a level; `None` when nobody noted it.
    pub fn issued(&self, level: Level) -> Option<i64> {
        self.number(&format!("{}_issued", level.name()))
    }

    /// How many valid answers are aimed at.
    pub fn target(&self, level: Level) -> Option<i64> {
        self.number(&format!("{}_target", level.name()))
    }

    /// The form that asks a level.
    pub fn form(&self, engine: &Engine, tx: &mut ReadTx<'_>, level: Level) -> Result<Form, Problem> {
        let Some(name) = self.form_id(level) else { return Err(not_asked(level)) };
        // The campaign was permitted; its forms are part of it.
        let everywhere = engine.permit(&Engine::operator(), Verb::Read, Subject::Forms)?;
        let mut found = tx.form_named(&everywhere, name)?;
        // A form that came with a pack may be called by its namespaced name, as everything of packs is: `survey/resident`.
        if let (None, Some((pack, own))) = (&found, name.split_once('/')) {
            found = tx.form_named(&everywhere, own)?.filter(|form| form.pack.as_deref() == Some(pack));
        }
        found.ok_or_else(|| no_form().with("form", serde_json::Value::String(name.to_owned())))
    }
}

fn not_asked(level: Level) -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        "survey.level_not_asked",
        format!("本次调研没有{}层面的问卷。请在调研记录中填写问卷编号。", level_name(level).0),
        format!("This survey has no questionnaire at the {} level; name one in its record.", level_name(level).1),
    )
}

/// What a level is called.
pub(super) fn level_name(level: Level) -> (&'static str, &'static str) {
    match level {
        Level::Street => ("街道", "street"),
        Level::Community => ("社区", "community"),
        Level::Resident => ("居民", "resident"),
    }
}

/// Whether a survey of `area` concerns somebody with `scope`: it lies in theirs, or theirs in it.
fn concerns(scope: &Scope, area: &AreaPath) -> bool {
    scope.covers(area) || matches!(scope, Scope::Areas(areas) if areas.iter().any(|mine| area.covers(mine)))
}

/// The program's own permit to read campaigns; whom one concerns is decided by whoever asked for it.
pub(super) fn everywhere(engine: &Engine) -> Result<Permit, Problem> {
    engine.permit(&Engine::operator(), Verb::Read, Subject::Entity(CAMPAIGN.into()))
}

/// A campaign that concerns whoever asks.
pub(super) fn find(engine: &Engine, tx: &mut ReadTx<'_>, actor: &Actor, id: RecordId) -> Result<Campaign, Problem> {
    let permit = engine.permit(actor, Verb::Read, Subject::Entity(CAMPAIGN.into()))?;
    let found = tx.record(&everywhere(engine)?, CAMPAIGN, id)?;
    let found = found.filter(|record| concerns(permit.scope(), &record.path)).ok_or_else(no_campaign)?;
    Campaign::of(found)
}

/// No such campaign for whoever asks.
pub(super) fn no_campaign() -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        "survey.not_found",
        "没有找到这次调研,或它与您的区域无关。",
        "There is no such survey, or it does not concern your area.",
    )
}

/// A campaign as lists show it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CampaignView {
    /// Id of its record in `survey/campaign`; changed there (`PATCH /api/records/survey/campaign/{id}`).
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Version of the record.
    pub version: i64,
    /// Name.
    pub name: String,
    /// Purpose.
    pub purpose: String,
    /// Area.
    pub area: AreaRef,
    /// First day.
    pub opens: String,
    /// Last day.
    pub closes: String,
    /// `waiting`, `open`, `closed`.
    pub state: &'static str,
    /// Code of where its respondents come from.
    pub frame: Option<String>,
    /// Levels that are asked, with the form of each.
    pub levels: Vec<CampaignLevel>,
    /// Whether whoever asks may change it.
    pub may_manage: bool,
}

/// A level of a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CampaignLevel {
    /// Level.
    pub level: Level,
    /// Name of its form.
    pub form: String,
    /// The form's id; null while there is no such form.
    #[schema(value_type = Option<String>)]
    pub form_id: Option<RecordId>,
    /// Its title.
    pub title: String,
    /// How many were asked; null when nobody noted it.
    pub issued: Option<i64>,
    /// How many valid answers are aimed at.
    pub target: Option<i64>,
}

/// Campaigns.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Campaigns {
    /// Newest first.
    pub items: Vec<CampaignView>,
}

fn view(engine: &Engine, tx: &mut ReadTx<'_>, actor: &Actor, campaign: &Campaign) -> Result<CampaignView, Problem> {
    let today = engine.now().china_date();
    let state = match () {
        () if today < campaign.opens => "waiting",
        () if today > campaign.closes || campaign.record.ended.is_some() => "closed",
        () => "open",
    };
    let mut levels = Vec::new();
    for level in Level::ALL {
        let Some(name) = campaign.form_id(level) else { continue };
        let form = campaign.form(engine, tx, level).ok();
        levels.push(CampaignLevel {
            level,
            form: name.to_owned(),
            form_id: form.as_ref().map(|form| form.id),
            title: form.map(|form| form.title).unwrap_or_default(),
            issued: campaign.issued(level),
            target: campaign.target(level),
        });
    }
    let manages = engine.permit(actor, Verb::Edit, Subject::Entity(CAMPAIGN.into()));
    Ok(CampaignView {
        id: campaign.record.id,
        version: campaign.record.version,
        name: campaign.name.clone(),
        purpose: campaign.record.value("purpose").as_text().unwrap_or_default().to_owned(),
        area: engine.area_ref(tx, &campaign.record.path)?,
        opens: campaign.opens.to_string(),
        closes: campaign.closes.to_string(),
        state,
        frame: campaign.record.value("frame").as_text().map(str::to_owned),
        levels,
        may_manage: manages.is_ok_and(|permit| permit.scope().covers(&campaign.record.path)),
    })
}

/// Campaigns that concern whoever asks, the one that opened last first. Blocks the thread.
pub fn list(engine: &Engine, actor: &Actor) -> Result<Campaigns, Problem> {
    let permit = engine.permit(actor, Verb::Read, Subject::Entity(CAMPAIGN.into()))?;
    let everywhere = everywhere(engine)?;
    let (engine2, actor) = (engine.clone(), actor.clone());
    engine.store.read_blocking(move |tx| {
        let mut found = Vec::new();
        tx.scan(&everywhere, &ListQuery::of(CAMPAIGN), &mut |record| {
            if concerns(permit.scope(), &record.path) {
                found.push(record);
            }
            Ok(())
        })?;
        let mut found = found.into_iter().map(Campaign::of).collect::<Result<Vec<_>, _>>()?;
        found.sort_by(|a, b| b.opens.cmp(&a.opens).then(b.record.id.cmp(&a.record.id)));
        let items = found.iter().map(|one| view(&engine2, tx, &actor, one)).collect::<Result<_, _>>()?;
        Ok(Campaigns { items })
    })
}

/// One campaign. Blocks the thread.
pub fn get(engine: &Engine, actor: &Actor, id: RecordId) -> Result<CampaignView, Problem> {
    let (engine2, actor) = (engine.clone(), actor.clone());
    engine.store.read_blocking(move |tx| {
        let campaign = find(&engine2, tx, &actor, id)?;
        view(&engine2, tx, &actor, &campaign)
    })
}
