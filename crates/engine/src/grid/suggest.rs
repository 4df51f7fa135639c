//! Which class a text is and which unit handles it: by the street's model, or by words where there is no history. Always a
//! suggestion, with how sure it is and how often such suggestions are right.

use linli_domain::{
    Actor, Area, RecordId, Subject, Value, Verb,
    record::ListQuery,
    suggest::{Guess, by_words},
};
use linli_store::ReadTx;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::{
    CLASSES, FLOW, UNITS,
    learn::{Learned, key},
};
use crate::{Engine, Problem, area, flow::Live};

/// Guesses shown.
const SHOWN: usize = 3;
/// Guesses less sure than this are noise.
const LEAST: f64 = 0.02;
/// Longest text looked at.
const TEXT: usize = 2_000;

/// What suggestions rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The street's closed cases.
    Learned,
    /// Words of the class list and of the units' duties.
    Keywords,
}

/// A class that a text may be.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct KindGuess {
    /// Code.
    pub code: String,
    /// Label.
    pub label: String,
    /// Share of certainty, 0 to 1.
    pub share: f64,
}

/// A unit that may handle it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct UnitGuess {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Name.
    pub name: String,
    /// Share of certainty, 0 to 1.
    pub share: f64,
}

/// Suggestions for a text.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Suggestions {
    /// Classes, the likeliest first.
    pub kind: Vec<KindGuess>,
    /// Units, the likeliest first.
    pub unit: Vec<UnitGuess>,
    /// What they rest on.
    pub basis: Basis,
    /// How often the first class is right, found by leaving each closed case out; null without a model.
    pub accuracy: Option<f64>,
    /// The same of the units.
    pub unit_accuracy: Option<f64>,
    /// Closed cases it rests on.
    pub cases: u32,
}

/// Suggestions for a text in an area.
pub async fn suggest(
    engine: &Engine,
    actor: &Actor,
    text: String,
    code: Option<String>,
) -> Result<Suggestions, Problem> {
    let permit = engine.permit(actor, Verb::Create, Subject::Flow(FLOW.into()))?;
    let (engine2, text) = (engine.clone(), text.chars().take(TEXT).collect::<String>());
    engine
        .store
        .read(move |tx| {
            let area = code.map(|code| area::in_scope(tx, permit.scope(), &code)).transpose()?;
            suggestions(&engine2, tx, area.as_ref(), &text)
        })
        .await
}

/// Suggestions for an event that nobody handles yet, for whoever sees it.
pub(crate) fn suggested(engine: &Engine, tx: &mut ReadTx<'_>, live: &Live) -> Result<Option<Json>, Problem> {
    let asked = live.case.flow == FLOW && !live.case.is_over() && live.case.unit.is_none();
    let Some(text) = live.state.values.get("text").and_then(Value::as_text).filter(|_| asked) else { return Ok(None) };
    let area = tx.area_at(&live.case.area)?;
    let found = suggestions(engine, tx, area.as_ref(), text)?;
    serde_json::to_value(found).map(Some).map_err(Problem::internal)
}

fn suggestions(engine: &Engine, tx: &mut ReadTx<'_>, area: Option<&Area>, text: &str) -> Result<Suggestions, Problem> {
    let learned = match area {
        Some(area) => model(tx, area)?,
        None => None,
    };
    let (kinds, mut units) = match &learned {
        Some(learned) => (learned.kinds.guess(text), learned.units.guess(text)),
        None => (words_of_classes(engine, text), Vec::new()),
    };
    if units.is_empty() {
        units = words_of_units(engine, tx, text)?;
    }
    Ok(Suggestions {
        kind: named_kinds(engine, kinds),
        unit: named_units(engine, tx, units)?,
        basis: if learned.is_some() { Basis::Learned } else { Basis::Keywords },
        accuracy: learned.as_ref().map(|learned| rounded(learned.accuracy.first)),
        unit_accuracy: learned.as_ref().and_then(|learned| Some(rounded(learned.unit_accuracy?.first))),
        cases: learned.map_or(0, |learned| learned.accuracy.texts),
    })
}

fn rounded(share: f64) -> f64 {
    (share * 1000.0).round() / 1000.0
}

/// The model of the street an area lies in.
fn model(tx: &mut ReadTx<'_>, area: &Area) -> Result<Option<Learned>, Problem> {
    let street = tx.area_ancestry(&area.path)?.into_iter().find(|one| one.kind == "street");
    let Some(street) = street else { return Ok(None) };
    let kept = tx.setting(&key(&street.code))?;
    // A model of another version of this program is learned anew soon; until then there is none.
    Ok(kept.and_then(|kept| serde_json::from_value(kept).ok()))
}

fn words_of_classes(engine: &Engine, text: &str) -> Vec<Guess> {
    let catalogue = engine.catalogue();
    let Some(list) = catalogue.code_lists.get(CLASSES) else { return Vec::new() };
    let leaves = list.codes.iter().filter(|code| !code.retired && code.parent.is_some());
    let words = leaves.flat_map(|code| {
        let label = std::iter::once(code.label.zh.as_str());
        label.chain(code.synonyms.iter().map(String::as_str)).map(move |word| (code.code.as_str(), word))
    });
    by_words(text, words)
}

/// Units whose duties name something of the text. Duties are words between `|`, `、`, commas, semicolons or spaces.
fn words_of_units(engine: &Engine, tx: &mut ReadTx<'_>, text: &str) -> Result<Vec<Guess>, Problem> {
    if !engine.catalogue().entities.contains_key(UNITS) {
        return Ok(Vec::new());
    }
    let permit = engine.permit(&Engine::operator(), Verb::Read, Subject::Entity(UNITS.into()))?;
    let query = ListQuery { limit: 200, ..ListQuery::of(UNITS) };
    let units = tx.list(&permit, &query)?.records;
    let named: Vec<(String, String)> = units
        .iter()
        .map(|unit| (unit.id.to_string(), unit.value("duties").as_text().unwrap_or_default().to_owned()))
        .collect();
    let parts = |duties: &'_ str| -> Vec<String> {
        duties.split(['|', '、', ',', ',', ';', ';', ' ', '\n', '。']).map(|word| word.trim().to_owned()).collect()
    };
    let words: Vec<(&str, String)> =
        named.iter().flat_map(|(id, duties)| parts(duties).into_iter().map(move |word| (id.as_str(), word))).collect();
    Ok(by_words(text, words.iter().map(|(id, word)| (*id, word.as_str())).filter(|(_, word)| word.chars().count() > 1)))
}

fn shown(guesses: Vec<Guess>) -> impl Iterator<Item = Guess> {
    guesses.into_iter().take(SHOWN).filter(|guess| guess.share >= LEAST)
}

fn named_kinds(engine: &Engine, guesses: Vec<Guess>) -> Vec<KindGuess> {
    let catalogue = engine.catalogue();
    let list = catalogue.code_lists.get(CLASSES);
    let named = |guess: Guess| {
        let code = list?.get(&guess.class).filter(|code| !code.retired)?;
        let label = code.label.text(engine.lang).to_owned();
        Some(KindGuess { code: guess.class, label, share: rounded(guess.share) })
    };
    shown(guesses).filter_map(named).collect()
}

fn named_units(engine: &Engine, tx: &mut ReadTx<'_>, guesses: Vec<Guess>) -> Result<Vec<UnitGuess>, Problem> {
    if guesses.is_empty() || !engine.catalogue().entities.contains_key(UNITS) {
        return Ok(Vec::new());
    }
    let permit = engine.permit(&Engine::operator(), Verb::Read, Subject::Entity(UNITS.into()))?;
    let mut named = Vec::new();
    for guess in shown(guesses) {
        let Ok(id) = guess.class.parse::<RecordId>() else { continue };
        let unit = tx.record(&permit, UNITS, id)?.filter(|unit| unit.ended.is_none());
        let name = unit.map(|unit| unit.value("name").clone());
        if let Some(Value::Text(name)) = name {
            named.push(UnitGuess { id, name, share: rounded(guess.share) });
        }
    }
    Ok(named)
}
