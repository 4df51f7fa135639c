//! How far each level of a campaign is.

use linli_domain::{
    Actor, RecordId, Subject, Value, Verb,
    record::{Condition, ListQuery},
    survey::{
        Column,
        disposition::{Disposition, Outcomes},
    },
};
use linli_store::ReadTx;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    INTERVIEW,
    calls::{OutcomesView, interviews},
    campaign::{self, Level},
    drawn::draws,
    response::{self, ResponseView},
    sample::Drawn,
    select::{Ask, Selected, selected},
};
use crate::{Engine, Problem};

/// The register of field visits.
const VISIT: &str = "survey/field_visit";

/// How far a campaign is.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Progress {
    /// By level.
    pub levels: Vec<LevelProgress>,
    /// Phone interviews; null when one may not see them.
    pub interviews: Option<OutcomesView>,
    /// Interviews aimed at.
    pub interview_target: Option<i64>,
    /// Field visits; null when one may not see them.
    pub visits: Option<u64>,
    /// Draws, the oldest first.
    pub draws: Vec<Drawn>,
}

/// How far a level is.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LevelProgress {
    /// Level.
    pub level: Level,
    /// Issued, received, valid, complete; rates.
    pub response: ResponseView,
    /// Answers to look at.
    pub flagged: u64,
    /// Valid answers aimed at.
    pub target: Option<i64>,
    /// Strata of the draws.
    pub strata: Vec<ProgressStratum>,
    /// Why nothing is known of this level.
    pub reason: Option<String>,
}

/// A stratum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProgressStratum {
    /// Codes of its categories, `1/18_34`.
    pub key: String,
    /// In words.
    pub label: String,
    /// How many were drawn.
    pub quota: u64,
    /// Valid answers of people in it, however they came; null when the form does not ask what tells strata apart.
    pub valid: Option<u64>,
}

/// How far a campaign is, within one's scope. Blocks the thread.
pub fn progress(engine: &Engine, actor: &Actor, id: RecordId, area: Option<String>) -> Result<Progress, Problem> {
    let (engine2, actor) = (engine.clone(), actor.clone());
    engine.store.read_blocking(move |tx| {
        let campaign = campaign::find(&engine2, tx, &actor, id)?;
        let draws = draws(tx, id)?;
        let mut levels = Vec::new();
        for level in Level::ALL.into_iter().filter(|level| campaign.form_id(*level).is_some()) {
            let ask = Ask { level: Some(level.name().into()), area: area.clone(), weights: None };
            let mut one = match selected(&engine2, tx, &actor, id, &ask) {
                Ok(selected) => of_level(&engine2, &selected, &draws),
                Err(problem) if problem.code == "form.not_found" => missing(&engine2, level, campaign.form_id(level)),
                Err(problem) => return Err(problem),
            };
            one.target = campaign.target(level);
            levels.push(one);
        }
        Ok(Progress {
            levels,
            interviews: called(&engine2, tx, &actor, id)?,
            interview_target: campaign.number("interview_target"),
            visits: visits(&engine2, tx, &actor, id)?,
            draws,
        })
    })
}

fn missing(engine: &Engine, level: Level, form: Option<&str>) -> LevelProgress {
    let form = form.unwrap_or_default();
    let reason = match engine.lang {
        linli_domain::Lang::Zh => format!("没有编号为“{form}”的问卷。请先导入或发布它。"),
        linli_domain::Lang::En => format!("There is no form `{form}`. Upload or publish it first."),
    };
    LevelProgress {
        level,
        response: ResponseView::default(),
        flagged: 0,
        target: None,
        strata: Vec::new(),
        reason: Some(reason),
    }
}

fn of_level(engine: &Engine, selected: &Selected, draws: &[Drawn]) -> LevelProgress {
    let flagged = selected.received.iter().filter(|row| selected.quality.marks.contains_key(row)).count();
    LevelProgress {
        level: selected.level,
        response: response::of(engine, selected),
        flagged: flagged as u64,
        target: None,
        strata: strata(selected, draws),
        reason: None,
    }
}

/// Strata of the draws with the valid answers in each: draws by other variables are strata of their own.
fn strata(selected: &Selected, draws: &[Drawn]) -> Vec<ProgressStratum> {
    let mut found: Vec<ProgressStratum> = Vec::new();
    for drawn in draws.iter().filter(|drawn| drawn.level == selected.level && !drawn.by.is_empty()) {
        for one in &drawn.strata {
            match found.iter_mut().find(|known| known.key == one.key) {
                Some(known) => known.quota += one.quota,
                None => found.push(ProgressStratum {
                    key: one.key.clone(),
                    label: one.label.clone(),
                    quota: one.quota,
                    valid: valid(selected, &drawn.by, &one.key),
                }),
            }
        }
    }
    found
}

/// Valid answers whose questions of these names have the codes of `key`.
fn valid(selected: &Selected, by: &[String], key: &str) -> Option<u64> {
    let mut wanted = Vec::new();
    for (name, code) in by.iter().zip(key.split('/')) {
        let asked = selected.answers.question(name)?;
        let Column::One { codes, .. } = &asked.column else { return None };
        let number = asked.question.choices.iter().flatten().position(|choice| choice.value == code)?;
        wanted.push((codes, u16::try_from(number).ok()?));
    }
    let fits = |row: &&u32| wanted.iter().all(|(codes, number)| codes[**row as usize] == *number);
    Some(selected.rows.iter().filter(fits).count() as u64)
}

fn called(engine: &Engine, tx: &mut ReadTx<'_>, actor: &Actor, id: RecordId) -> Result<Option<OutcomesView>, Problem> {
    let Ok(permit) = engine.permit(actor, Verb::Read, Subject::Entity(INTERVIEW.into())) else { return Ok(None) };
    let mut outcomes = Outcomes::default();
    for record in interviews(tx, &permit, id)? {
        outcomes.add(record.value("disposition").as_text().and_then(Disposition::from_code), 1);
    }
    Ok(Some(OutcomesView::of(&outcomes)))
}

fn visits(engine: &Engine, tx: &mut ReadTx<'_>, actor: &Actor, id: RecordId) -> Result<Option<u64>, Problem> {
    let Ok(permit) = engine.permit(actor, Verb::Read, Subject::Entity(VISIT.into())) else { return Ok(None) };
    let conditions = vec![Condition::In("campaign".into(), vec![Value::Ref(id)])];
    Ok(Some(tx.count(&permit, &ListQuery { conditions, ..ListQuery::of(VISIT) })?))
}
