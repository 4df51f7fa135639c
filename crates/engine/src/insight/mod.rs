//! Indicators computed: readings of an area, tables of areas, distributions, series, the rows behind every figure.
//!
//! A figure and its rows are the same filter. What cannot be told is not 0: it is nothing, with the reason. Figures need
//! the subject `insight`; rows need the register's own `read`.
//!
//! | file | what for |
//! |---|---|
//! | `tree` | areas as they are valid on a day |
//! | `gauge` | measures → what they found, for many areas at once |
//! | `reason` | why a measure has no value |
//! | `facts` | cases and answers as rows in memory |
//! | `figure` | indicators → outcomes, other indicators and areas' validity among them |
//! | `reading` | readings as pages show them: target, base, change |
//! | `spread` | one indicator by area, by code, over time |
//! | `rows` | the rows behind a figure |
//! | `table` | indicators × areas and rows as workbooks |
//! | `cockpit` | one call for a leader's page |
//! | `snapshot` | nightly values for time series |

mod cockpit;
mod facts;
mod figure;
mod gauge;
mod reading;
mod reason;
mod rows;
pub mod snapshot;
mod spread;
mod table;
mod tree;

use std::{collections::BTreeMap, sync::Arc};

use jiff::civil::Date;
use linli_domain::{
    Actor, Area, Catalogue, Permit, Scope, Subject, Timestamp, Verb,
    insight::{Indicator, Params},
};
use linli_store::ReadTx;

pub use cockpit::{Blank, Child, Cockpit, Department, Distribution, Share, Standing, Trend, Worse, cockpit};
pub use reading::{AreaName, BaseView, Definition, Part, Reading, ReadingDetail, Readings, TargetView, detail, read};
pub use rows::{Column, RowItem, RowsAsk, RowsPage, rows, rows_workbook};
pub use spread::{ByArea, ByItems, Point, Series, by, series};
pub use table::{TableAsk, table_workbook};

use crate::{Engine, Problem, ProblemKind, area};
use facts::Facts;
use tree::Tree;

/// What is asked of indicators.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ask {
    /// Code of the area; the first of one's own without it.
    pub area: Option<String>,
    /// As of this day; now without it.
    pub as_of: Option<Date>,
    /// Parameters changed for this question.
    pub params: BTreeMap<String, String>,
}

/// A question being answered: who asks, about which area, as of when, and what was read for it already.
struct Asked<'t, 'c> {
    engine: Engine,
    actor: Actor,
    tx: &'t mut ReadTx<'c>,
    permit: Permit,
    catalogue: Arc<Catalogue>,
    params: BTreeMap<String, String>,
    /// The area asked for.
    area: Area,
    /// The day asked for: today when none is.
    day: Date,
    /// The moment rows are read as of; `None` for now.
    at: Option<Timestamp>,
    /// Areas at and below the one asked for.
    tree: Tree,
    facts: Facts,
    /// Only the rows behind one bar of a distribution: field and code.
    category: Option<(String, Option<String>)>,
    /// Whether every register's figure came from roll-ups so far.
    rolled: bool,
    /// What should be known beside a value.
    notes: Vec<linli_domain::Label>,
}

/// The permit on figures.
fn permit(engine: &Engine, actor: &Actor, verb: Verb) -> Result<Permit, Problem> {
    engine.permit(actor, verb, Subject::Insight)
}

/// Answers a question in one snapshot. Blocks the thread.
fn asked<T: Send + 'static>(
    engine: &Engine,
    actor: &Actor,
    verb: Verb,
    ask: &Ask,
    work: impl FnOnce(&mut Asked<'_, '_>) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let permit = permit(engine, actor, verb)?;
    let (engine2, actor, ask) = (engine.clone(), actor.clone(), ask.clone());
    engine.store.read_blocking(move |tx| work(&mut Asked::open(&engine2, &actor, tx, permit, &ask)?))
}

impl<'t, 'c> Asked<'t, 'c> {
    fn open(
        engine: &Engine,
        actor: &Actor,
        tx: &'t mut ReadTx<'c>,
        permit: Permit,
        ask: &Ask,
    ) -> Result<Self, Problem> {
        let catalogue = tx.catalogue();
        if let Some(wrong) = Params::wrong(&catalogue, &ask.params).first() {
            return Err(Problem::parameter(
                &format!("p.{wrong}"),
                format!("没有参数“{wrong}”，或它的值类型不对。"),
                format!("There is no parameter `{wrong}`, or its value is of another kind."),
            ));
        }
        let today = engine.now().china_date();
        let area = match ask.area.as_deref().filter(|code| !code.is_empty()) {
            Some(code) => area::in_scope(tx, permit.scope(), code)?,
            None => own_area(tx, permit.scope(), today)?,
        };
        let day = ask.as_of.unwrap_or(today);
        let at = (day < today).then(|| Timestamp::end_of_china_day(day));
        let tree = Tree::read(tx, &area)?;
        Ok(Self {
            engine: engine.clone(),
            actor: actor.clone(),
            tx,
            permit,
            catalogue,
            params: ask.params.clone(),
            area,
            day,
            at,
            tree,
            facts: Facts::default(),
            category: None,
            rolled: true,
            notes: Vec::new(),
        })
    }

    /// A question about another area, asked in the same snapshot.
    fn elsewhere(&mut self, area: Area) -> Result<Asked<'_, 'c>, Problem> {
        let tree = Tree::read(self.tx, &area)?;
        Ok(Asked {
            engine: self.engine.clone(),
            actor: self.actor.clone(),
            tx: &mut *self.tx,
            permit: self.permit.clone(),
            catalogue: self.catalogue.clone(),
            params: self.params.clone(),
            area,
            day: self.day,
            at: self.at,
            tree,
            facts: Facts::default(),
            category: self.category.clone(),
            rolled: true,
            notes: Vec::new(),
        })
    }

    fn params_of(&self, indicator: &Indicator) -> Params {
        Params::of(&self.catalogue, indicator.pack(), &self.params)
    }

    fn indicator(&self, name: &str) -> Result<Indicator, Problem> {
        self.catalogue.indicators.get(name).cloned().ok_or_else(|| no_indicator(name))
    }
}

/// The first area of a scope; the root where the scope is everything.
fn own_area(tx: &mut ReadTx<'_>, scope: &Scope, today: Date) -> Result<Area, Problem> {
    let tops = tx.area_children(scope, None, today)?;
    tops.into_iter().next().map(|node| node.area).ok_or_else(|| Problem::no_area(""))
}

fn no_indicator(name: &str) -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        "indicator.not_found",
        format!("没有名为“{name}”的指标。"),
        format!("There is no indicator called `{name}`."),
    )
}
