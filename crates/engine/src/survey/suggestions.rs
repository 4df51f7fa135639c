//! The suggestions of a campaign: which topic each new one may be, which say much the same, who may classify them.

use std::collections::HashSet;

use linli_domain::{Actor, RecordId, Subject, Verb};
use linli_store::{ReadTx, tables::Case};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::{
    campaign,
    suggestion::{FLOW, Lessons, SimilarGroup, TopicGuess, alike, cases, said, topic, view},
};
use crate::{Engine, Problem, area::AreaRef, register::moment};

/// Suggestions told at once, the newest.
const SHOWN: usize = 300;
/// Action of the flow that gives a topic.
const CLASSIFY: &str = "classify";
/// List of topics.
const TOPICS: &str = "survey/suggestion_topic";

/// The suggestions of a campaign.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Suggestions {
    /// The newest first.
    pub items: Vec<SuggestionView>,
    /// How many there are.
    pub total: u64,
    /// Open ones in groups that say much the same.
    pub groups: Vec<SimilarGroup>,
    /// `learned` from suggestions people classified, or `keywords` of the list of topics.
    pub basis: &'static str,
    /// How often the first topic is right, found by leaving each classified suggestion out; null with `keywords`.
    pub accuracy: Option<f64>,
}

/// A suggestion of a campaign.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SuggestionView {
    /// Id of its case.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Number.
    pub number: String,
    /// Version to act on.
    pub version: i64,
    /// State of its flow.
    pub state: String,
    /// The state in words.
    pub state_label: String,
    /// `new`, `working`, `waiting`, `done` or `cancelled`.
    pub phase: &'static str,
    /// Code of its topic.
    pub topic: Option<String>,
    /// The topic in words.
    pub topic_label: Option<String>,
    /// Its beginning; long numbers hidden.
    pub text: String,
    /// Where it came from.
    pub area: AreaRef,
    /// When it was noted.
    pub opened: String,
    /// Topics that it may be, the likeliest first; empty once it has one.
    pub proposed: Vec<TopicGuess>,
    /// Whether whoever asks may give it its topic.
    pub may_classify: bool,
}

/// Suggestions of a campaign within one's scope; `all`: also those of its area that name no campaign. Blocks the thread.
pub fn suggestions(engine: &Engine, actor: &Actor, id: RecordId, all: bool) -> Result<Suggestions, Problem> {
    let permit = engine.permit(actor, Verb::Read, Subject::Flow(FLOW.into()))?;
    let manage = engine.permit(actor, Verb::Manage, Subject::Flow(FLOW.into())).ok();
    let (engine2, actor) = (engine.clone(), actor.clone());
    engine.store.read_blocking::<_, Problem>(move |tx| {
        let campaign = campaign::find(&engine2, tx, &actor, id)?;
        let own = id.to_string();
        let mut found = cases(&engine2, tx, permit.scope(), None, None)?;
        found.retain(|case| {
            let named = case.body.values.get("campaign").and_then(Json::as_str);
            let of_area = || all && named.is_none() && campaign.record.path.covers(&case.area);
            named == Some(own.as_str()) || of_area()
        });
        let open: Vec<Case> = found.iter().filter(|case| !case.phase.is_over()).cloned().collect();
        let lessons = Lessons::learn(&engine2, tx)?;
        let from = classified_from(&engine2);
        let mut items = Vec::new();
        for case in found.iter().take(SHOWN) {
            let may =
                from.contains(&case.state) && manage.as_ref().is_some_and(|permit| permit.scope().covers(&case.area));
            items.push(item(&engine2, tx, case, &lessons, may)?);
        }
        Ok(Suggestions {
            items,
            total: found.len() as u64,
            groups: alike(&engine2, &open).groups,
            basis: lessons.basis(),
            accuracy: lessons.accuracy(),
        })
    })
}

/// States from which a suggestion is classified.
fn classified_from(engine: &Engine) -> HashSet<String> {
    let catalogue = engine.catalogue();
    let action = catalogue.flows.get(FLOW).and_then(|flow| flow.actions.iter().find(|one| one.name == CLASSIFY));
    action.map(|action| action.from.iter().cloned().collect()).unwrap_or_default()
}

fn item(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    case: &Case,
    lessons: &Lessons,
    may_classify: bool,
) -> Result<SuggestionView, Problem> {
    let (catalogue, lang) = (engine.catalogue(), engine.lang);
    let short = view(case);
    let topic = topic(case);
    let label = |code: &String| {
        let found = catalogue.code_lists.get(TOPICS).and_then(|list| list.get(code));
        found.map_or_else(|| code.clone(), |code| code.label.text(lang).to_owned())
    };
    let state = catalogue.flows.get(FLOW).and_then(|flow| flow.state(&case.state));
    let wants = topic.is_none() && !case.phase.is_over();
    Ok(SuggestionView {
        id: case.id,
        number: short.number,
        version: case.seq,
        state_label: state.map_or_else(|| case.state.clone(), |state| state.label.text(lang).to_owned()),
        state: short.state,
        phase: case.phase.name(),
        topic_label: topic.as_ref().map(label),
        topic,
        text: short.text,
        area: engine.area_ref(tx, &case.area)?,
        opened: moment(case.opened),
        proposed: if wants { lessons.topics(engine, &said(case)) } else { Vec::new() },
        may_classify,
    })
}
