//! Suggestions of the flow `survey/suggestion`: which topic a text is, which open ones say much the same. Always a proposal.

use linli_domain::{
    Actor, RecordId, Scope, Subject, Verb,
    suggest::{Guess, Model, by_words},
    survey::words::clusters,
};
use linli_store::{
    ReadTx,
    tables::{Case, CaseQuery},
};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::{segment::words, text::hidden};
use crate::{Engine, Problem, area, flow};

/// The flow.
pub(super) const FLOW: &str = "survey/suggestion";
/// Its topics.
const TOPICS: &str = "survey/suggestion_topic";
/// Suggestions looked at, the newest.
const MOST: u32 = 2_000;
/// Fewer classified ones than this teach nothing: words of the list are used instead.
const LEAST: u32 = 30;
/// Proposals and groups told.
const SHOWN: usize = 3;
const GROUPS: usize = 50;
/// Letters of a text that are looked at, and shown.
const LETTERS: usize = 2_000;
const SHORT: usize = 120;

/// What a text may be.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Proposal {
    /// Topics, the likeliest first.
    pub topics: Vec<TopicGuess>,
    /// `learned` from suggestions people classified, or `keywords` of the list of topics.
    pub basis: &'static str,
    /// How often the first topic is right, found by leaving each classified suggestion out; null with `keywords`.
    pub accuracy: Option<f64>,
    /// Open suggestions that say much the same.
    pub similar: Vec<SuggestionRef>,
}

/// A topic.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TopicGuess {
    /// Code.
    pub code: String,
    /// Label.
    pub label: String,
    /// Share of certainty, 0…1.
    pub share: f64,
}

/// A suggestion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SuggestionRef {
    /// Id of its case.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Number.
    pub number: String,
    /// State of its flow.
    pub state: String,
    /// Code of its topic.
    pub topic: Option<String>,
    /// Its beginning; long numbers hidden.
    pub text: String,
}

/// Open suggestions in groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SimilarView {
    /// Groups that say much the same, the largest first.
    pub groups: Vec<SimilarGroup>,
    /// Open suggestions looked at.
    pub looked_at: u64,
    /// Of these, those in no group.
    pub alone: u64,
}

/// Suggestions that say much the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SimilarGroup {
    /// Their most telling words.
    pub label: String,
    /// The most typical first.
    pub items: Vec<SuggestionRef>,
}

pub(super) fn said(case: &Case) -> String {
    let text = case.body.values.get("text").and_then(Json::as_str).unwrap_or_default();
    text.chars().take(LETTERS).collect()
}

pub(super) fn topic(case: &Case) -> Option<String> {
    case.body.values.get("topic").and_then(Json::as_str).map(str::to_owned)
}

pub(super) fn view(case: &Case) -> SuggestionRef {
    SuggestionRef {
        id: case.id,
        number: case.number.clone(),
        state: case.state.clone(),
        topic: topic(case),
        text: hidden(&said(case)).chars().take(SHORT).collect(),
    }
}

/// The newest suggestions of an area within the scope.
pub(super) fn cases(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    scope: &Scope,
    code: Option<&str>,
    open: Option<bool>,
) -> Result<Vec<Case>, Problem> {
    let area = match code.filter(|code| !code.is_empty()) {
        Some(code) => Some(area::in_scope(tx, scope, code)?.path),
        None => None,
    };
    let query = CaseQuery { flows: vec![FLOW.into()], open, area, limit: MOST, ..CaseQuery::default() };
    let reader = flow::system_reader(engine)?;
    Ok(tx.cases(&reader, &query)?.into_iter().filter(|case| scope.covers(&case.area)).collect())
}

/// Which topic a text may be, and which open suggestions of an area say much the same. Blocks the thread.
pub fn propose(engine: &Engine, actor: &Actor, text: &str, code: Option<String>) -> Result<Proposal, Problem> {
    let permit = engine.permit(actor, Verb::Read, Subject::Flow(FLOW.into()))?;
    let (engine2, text) = (engine.clone(), text.chars().take(LETTERS).collect::<String>());
    let (open, lessons) = engine.store.read_blocking::<_, Problem>(move |tx| {
        let open = cases(&engine2, tx, permit.scope(), code.as_deref(), Some(true))?;
        Ok((open, Lessons::learn(&engine2, tx)?))
    })?;
    let topics = lessons.topics(engine, &text);
    // The text itself among the open ones: whoever is in its group is like it.
    let mut cut: Vec<Vec<String>> = vec![words(&text)];
    cut.extend(open.iter().map(|case| words(&said(case))));
    let group = clusters(&cut, GROUPS).into_iter().find(|group| group.members.contains(&0));
    let members = group.into_iter().flat_map(|group| group.members).filter(|at| *at > 0);
    Ok(Proposal {
        topics,
        basis: lessons.basis(),
        accuracy: lessons.accuracy(),
        similar: members.take(SHOWN * SHOWN).map(|at| view(&open[at - 1])).collect(),
    })
}

/// What classified suggestions taught; nothing while there are too few, then the words of the list of topics are used.
pub(super) struct Lessons(Option<(Model, f64)>);

impl Lessons {
    /// Learns from everybody's classified suggestions; nothing of them is shown.
    pub(super) fn learn(engine: &Engine, tx: &mut ReadTx<'_>) -> Result<Self, Problem> {
        let all = cases(engine, tx, &Scope::Everywhere, None, None)?;
        let lessons: Vec<(String, String)> = all.iter().filter_map(|case| Some((said(case), topic(case)?))).collect();
        let pairs = || lessons.iter().map(|(text, topic)| (text.as_str(), topic.as_str()));
        let mut model = Model::learn(pairs());
        if model.texts() < LEAST || model.classes() < 2 {
            return Ok(Self(None));
        }
        let accuracy = model.leave_one_out(pairs()).first;
        Ok(Self(Some((model, accuracy))))
    }

    /// Topics that a text may be, the likeliest first.
    pub(super) fn topics(&self, engine: &Engine, text: &str) -> Vec<TopicGuess> {
        let guesses = match &self.0 {
            Some((model, _)) => model.guess(text),
            None => by_list(engine, text),
        };
        named(engine, guesses)
    }

    /// `learned` or `keywords`.
    pub(super) fn basis(&self) -> &'static str {
        if self.0.is_some() { "learned" } else { "keywords" }
    }

    /// How often the first topic is right; nothing with `keywords`.
    pub(super) fn accuracy(&self) -> Option<f64> {
        self.0.as_ref().map(|(_, accuracy)| *accuracy)
    }
}

fn by_list(engine: &Engine, text: &str) -> Vec<Guess> {
    let catalogue = engine.catalogue();
    let Some(list) = catalogue.code_lists.get(TOPICS) else { return Vec::new() };
    let words = list.codes.iter().filter(|code| !code.retired).flat_map(|code| {
        let label = std::iter::once(code.label.zh.as_str());
        label.chain(code.synonyms.iter().map(String::as_str)).map(move |word| (code.code.as_str(), word))
    });
    by_words(text, words)
}

fn named(engine: &Engine, guesses: Vec<Guess>) -> Vec<TopicGuess> {
    let catalogue = engine.catalogue();
    let list = catalogue.code_lists.get(TOPICS);
    let named = |guess: Guess| {
        let code = list?.get(&guess.class).filter(|code| !code.retired)?;
        Some(TopicGuess { code: guess.class, label: code.label.text(engine.lang).to_owned(), share: guess.share })
    };
    guesses.into_iter().filter_map(named).take(SHOWN).collect()
}

/// Open suggestions of an area that say much the same. Blocks the thread.
pub fn similar(engine: &Engine, actor: &Actor, code: Option<String>) -> Result<SimilarView, Problem> {
    let permit = engine.permit(actor, Verb::Read, Subject::Flow(FLOW.into()))?;
    let engine2 = engine.clone();
    let open = engine
        .store
        .read_blocking::<_, Problem>(move |tx| cases(&engine2, tx, permit.scope(), code.as_deref(), Some(true)))?;
    Ok(alike(engine, &open))
}

/// Those of `open` that say much the same, in groups.
pub(super) fn alike(engine: &Engine, open: &[Case]) -> SimilarView {
    let cut: Vec<Vec<String>> = open.iter().map(|case| words(&said(case))).collect();
    let found = clusters(&cut, GROUPS);
    let grouped: usize = found.iter().map(|group| group.members.len()).sum();
    let group = |group: linli_domain::survey::words::Cluster| SimilarGroup {
        label: group.words.join(engine.lang.pick("、", ", ")),
        items: group.members.into_iter().map(|at| view(&open[at])).collect(),
    };
    SimilarView {
        looked_at: open.len() as u64,
        alone: (open.len() - grouped) as u64,
        groups: found.into_iter().map(group).collect(),
    }
}
