//! The valid answers of a campaign, a level and an area, within the scope of whoever asks.

use std::sync::Arc;

use linli_domain::{
    Actor, AreaPath, Lang, RecordId, Scope, Subject, Verb,
    survey::{Column, MISSING, Sample},
};
use linli_store::ReadTx;

use super::{
    answers::{Answers, Asked, Kind},
    campaign::{self, Campaign, Level},
    load,
    quality::{self, LeftOut, Quality},
    weights::{self, Weighted},
};
use crate::{Engine, Problem};

/// Which answers of a campaign.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ask {
    /// `street`, `community`, `resident`; without it the lowest that is asked.
    pub level: Option<String>,
    /// Code of an area; the campaign's without it.
    pub area: Option<String>,
    /// Questions to rake by, with commas.
    pub weights: Option<String>,
}

/// Answers that were asked for.
pub(super) struct Selected {
    pub campaign: Campaign,
    pub level: Level,
    pub area: AreaPath,
    /// Whether the area is the whole of the campaign's.
    pub whole: bool,
    pub answers: Arc<Answers>,
    pub quality: Arc<Quality>,
    /// Rows in the area and scope, valid or not.
    pub received: Vec<u32>,
    /// Of these, the valid ones.
    pub rows: Vec<u32>,
    /// Weights of the valid ones.
    pub weighted: Option<Weighted>,
}

impl Selected {
    /// The valid answers with their weights.
    pub fn sample(&self) -> Sample<'_> {
        let weights = self.weighted.as_ref().and_then(|weighted| weighted.weights.as_deref());
        Sample { rows: &self.rows, weights }
    }

    /// Why a row does not count.
    pub fn left_out(&self, row: u32) -> Option<LeftOut> {
        self.quality.left_out(&self.answers, row)
    }

    /// The area a row's answer belongs to.
    pub fn place(&self, row: u32) -> &AreaPath {
        &self.answers.places[self.answers.heads[row as usize].place as usize]
    }

    /// The question called `name`.
    pub fn question(&self, name: &str) -> Result<&Asked, Problem> {
        self.answers.question(name).ok_or_else(|| {
            Problem::parameter(
                "question",
                format!("问卷中没有题目“{name}”。"),
                format!("The questionnaire has no question `{name}`."),
            )
        })
    }
}

/// The answers that `ask` means. Weights are worked out when they are asked for.
pub(super) fn selected(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    id: RecordId,
    ask: &Ask,
) -> Result<Selected, Problem> {
    let responses = engine.permit(actor, Verb::Read, Subject::Responses)?;
    let campaign = campaign::find(engine, tx, actor, id)?;
    let level = match ask.level.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => Level::of(name)?,
        None => {
            Level::ALL.into_iter().rev().find(|level| campaign.form_id(*level).is_some()).unwrap_or(Level::Resident)
        }
    };
    let area = match ask.area.as_deref().filter(|code| !code.is_empty()) {
        Some(code) => tx.area(code)?.ok_or_else(|| Problem::no_area(code))?.path,
        None => campaign.record.path.clone(),
    };
    let scope = responses.scope().within(&area);
    if scope == Scope::Areas(Vec::new()) {
        return Err(Problem::outside_scope(area.as_str()));
    }
    let form = campaign.form(engine, tx, level)?;
    let answers = load::columns(engine, tx, &form)?;
    let quality = quality::of(&answers, &campaign);
    let places: Vec<bool> = answers.places.iter().map(|place| scope.covers(place)).collect();
    let inside = |row: &u32| places[answers.heads[*row as usize].place as usize];
    let received: Vec<u32> = quality.rows.iter().copied().filter(inside).collect();
    let rows = received.iter().copied().filter(|row| quality.left_out(&answers, *row).is_none()).collect();
    let whole = area.covers(&campaign.record.path) && scope.covers(&campaign.record.path);
    let mut found = Selected { campaign, level, area, whole, answers, quality, received, rows, weighted: None };
    if let Some(names) = ask.weights.as_deref().filter(|names| !names.trim().is_empty()) {
        found.weighted = Some(weights::of(engine, tx, actor, &found, names)?);
    }
    Ok(found)
}

/// A question or the area as something to cross by.
pub(super) struct Dimension {
    pub name: String,
    pub label: String,
    pub column: Column,
    /// Code and label of each choice.
    pub choices: Vec<(String, String)>,
}

/// The dimension called `name`: a question with choices, or `area` for the areas below the one that was asked for.
pub(super) fn dimension(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    of: &Selected,
    parameter: &str,
    name: &str,
) -> Result<Dimension, Problem> {
    if name == "area" && of.answers.question(name).is_none() {
        return areas(engine, tx, of);
    }
    let asked = of.question(name)?;
    if !matches!(asked.kind, Kind::One | Kind::Many | Kind::Scale) {
        return Err(Problem::parameter(
            parameter,
            format!("“{name}”不是选择题,不能作交叉表。请选择单选、多选或量表题。"),
            format!("`{name}` has no choices to cross by; take a question with choices."),
        ));
    }
    Ok(Dimension {
        name: asked.question.name.clone(),
        label: label(asked, engine.lang),
        column: asked.column.clone(),
        choices: asked.choices(engine.lang),
    })
}

/// Areas directly below the one asked for, as choices.
fn areas(engine: &Engine, tx: &mut ReadTx<'_>, of: &Selected) -> Result<Dimension, Problem> {
    let depth = of.area.as_str().split('/').count() + 1;
    let below = |place: &AreaPath| place.ancestry().into_iter().find(|one| one.as_str().split('/').count() == depth);
    let mut seen: Vec<AreaPath> =
        of.answers.places.iter().filter(|place| of.area.covers(place)).filter_map(below).collect();
    seen.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    seen.dedup();
    let number = |place: &AreaPath| {
        let below = below(place).filter(|_| of.area.covers(place))?;
        seen.iter().position(|one| *one == below).and_then(|at| u16::try_from(at).ok())
    };
    let by_place: Vec<u16> = of.answers.places.iter().map(|place| number(place).unwrap_or(MISSING)).collect();
    let codes = of.answers.heads.iter().map(|head| by_place[head.place as usize]).collect();
    let mut choices = Vec::with_capacity(seen.len());
    for place in &seen {
        let named = engine.area_ref(tx, place)?;
        choices.push((named.code, named.name));
    }
    let label = engine.lang.pick("区域", "Area").to_owned();
    Ok(Dimension { name: "area".into(), label, column: Column::One { codes, choices: seen.len() }, choices })
}

/// A question's label in the reader's language.
pub(super) fn label(asked: &Asked, lang: Lang) -> String {
    crate::collect::answers::shape::label_of(&asked.question, lang).to_owned()
}
