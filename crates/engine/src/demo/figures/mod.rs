//! What the figures are computed from: the registers of every community of the district since 2016, and a survey of this
//! autumn with its answers. The troubles of the survey report are in it: own organisations of every kind, blank spots among
//! property and private companies, pay below the standard, few organisations, little money for information systems.
//!
//! | file | what for |
//! |---|---|
//! | `party`, `workforce`, `places`, `society` | records and what changed in them |
//! | `survey` | the campaign, its interviews and visits |
//! | `answers`, `sheets` | answers to its questionnaires: some half filled, some too quick, some given twice |
//! | `suggestions` | suggestions and how far they are |
//! | `history` | everything in the order of days, written with the clock turned back |

mod answers;
mod history;
mod party;
mod places;
mod sheets;
mod society;
mod suggestions;
mod survey;
mod workforce;

use std::collections::BTreeMap;

use jiff::civil::Date;
use linli_domain::{AreaPath, RecordId, Value, Values};
use sha2::{Digest, Sha256};

use super::{areas, clock::DemoClock, dice::Dice, names::NameBook, plan::FULL_STREET};
use crate::{Engine, Problem};

use history::History;

/// The district whose communities keep these registers.
const DISTRICT: &str = "230103000000";

/// Households of a community of the full street, about.
const HOUSEHOLDS_IN_STREET: i64 = 1_640;

/// A community of the district.
#[derive(Debug, Clone)]
struct Community {
    code: String,
    path: AreaPath,
    /// `焊接`.
    short: String,
    /// Households, counted or about.
    households: i64,
    dice: Dice,
}

/// What is made for.
struct World<'a> {
    paths: &'a BTreeMap<String, AreaPath>,
    communities: Vec<Community>,
    /// Codes and names of the district's streets.
    streets: Vec<(String, String)>,
    seed: u64,
    today: Date,
}

impl<'a> World<'a> {
    fn new(paths: &'a BTreeMap<String, AreaPath>, seed: u64, today: Date) -> Self {
        let (extract, counts) = (areas::extract(), Dice::new(seed).fork("counts"));
        let dice = Dice::new(seed).fork("figures");
        let (mut communities, mut streets) = (Vec::new(), Vec::new());
        for line in extract.lines().filter(|line| line.starts_with(&DISTRICT[..6])) {
            let cells: Vec<&str> = line.split(',').collect();
            let [code, _, level, name] = cells[..] else { continue };
            match level {
                "4" => streets.push((code.to_owned(), name.to_owned())),
                "5" => {
                    let Some(path) = paths.get(code).cloned() else { continue };
                    let held = code.starts_with(&FULL_STREET[..9]);
                    communities.push(Community {
                        code: code.to_owned(),
                        path,
                        short: short(name).to_owned(),
                        households: if held { HOUSEHOLDS_IN_STREET } else { areas::counts(&counts, code).0 },
                        dice: dice.fork(code),
                    });
                }
                _ => {}
            }
        }
        Self { paths, communities, streets, seed, today }
    }

    fn path(&self, code: &str) -> Result<AreaPath, Problem> {
        self.paths.get(code).cloned().ok_or_else(|| Problem::no_area(code))
    }
}

/// `焊接` of `焊接社区居委会`.
fn short(name: &str) -> &str {
    let name = name.split("社区").next().unwrap_or(name);
    name.trim_end_matches("居民委员会").trim_end_matches("村委会").trim_end_matches("村民委员会")
}

/// The same id in every demo.
fn id_of(what: &str) -> RecordId {
    let hash = Sha256::digest(format!("linli demo figures {what}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    RecordId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

fn values<const N: usize>(fields: [(&str, Value); N]) -> Values {
    fields.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value)).collect()
}

fn text(words: impl Into<String>) -> Value {
    Value::Text(words.into())
}

fn int(number: impl Into<i64>) -> Value {
    Value::Int(number.into())
}

/// Yuan as a value of money.
fn yuan(amount: impl Into<i64>) -> Value {
    Value::Int(amount.into() * 100)
}

fn day(year: i32, month: i32, day: i32) -> Date {
    let small = |number: i32, most: i32| i8::try_from(number.clamp(1, most)).unwrap_or(1);
    Date::new(i16::try_from(year).unwrap_or(2016), small(month, 12), small(day, 28))
        .unwrap_or(jiff::civil::date(2016, 1, 1))
}

/// Writes the registers with their past. Packs of a city may lack some: then there are none of those.
pub(super) fn install(
    engine: &Engine,
    clock: &DemoClock,
    paths: &BTreeMap<String, AreaPath>,
    seed: u64,
    today: Date,
) -> Result<(), Problem> {
    let world = World::new(paths, seed, today);
    let mut history = History::default();
    let names = NameBook::new();
    for community in &world.communities {
        party::plan(community, &names, today, &mut history);
        workforce::plan(community, &names, today, &mut history);
        places::plan(community, &mut history);
        society::plan(community, today, &mut history);
    }
    let district = world.path(DISTRICT)?;
    places::certificates(&district, &mut history);
    workforce::policies(&district, &mut history);
    survey::plan(&world, &mut history)?;
    history.write(engine, clock, today)
}

/// Answers and suggestions of the survey; forms and units are there by then.
pub(super) fn answer(
    engine: &Engine,
    clock: &DemoClock,
    paths: &BTreeMap<String, AreaPath>,
    seed: u64,
    today: Date,
) -> Result<(), Problem> {
    let world = World::new(paths, seed, today);
    answers::install(engine, clock, &world)?;
    suggestions::install(engine, clock, &world)?;
    clock.set(today, 7);
    Ok(())
}

#[cfg(test)]
mod tests;
