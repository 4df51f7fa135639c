//! The board of a flow: a column for each state.

use linli_domain::Actor;
use linli_store::tables::{CaseQuery, CaseSort, StatBy, StatQuery};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    define,
    model::{CaseView, StateRef},
    view::Viewer,
    who::Who,
};
use crate::{Engine, Problem};

/// A column.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BoardColumn {
    /// State.
    pub state: StateRef,
    /// How many cases stand there.
    pub count: u64,
    /// Of them, overdue.
    pub overdue: u64,
    /// The first of them: what is due first; of those that are over, the newest.
    pub items: Vec<CaseView>,
}

/// The board of a flow.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BoardView {
    /// Columns, in the order of the flow.
    pub columns: Vec<BoardColumn>,
}

/// Cases of a column.
const SHOWN: u32 = 20;

/// The board of a flow within an area, of what the actor sees.
pub async fn board(engine: &Engine, actor: &Actor, name: String, area: Option<String>) -> Result<BoardView, Problem> {
    let flow = define::current(engine, &name)?;
    let (engine, actor) = (engine.clone(), actor.clone());
    let store = engine.store.clone();
    store
        .read(move |tx| {
            let who = Who::of(&engine, tx, &actor)?;
            let mut base = CaseQuery { flows: vec![name.clone()], ..CaseQuery::default() };
            if let Some(code) = &area {
                base.area = Some(tx.area(code)?.ok_or_else(|| Problem::no_area(code))?.path);
            }
            let stats = StatQuery { cases: base.clone(), by: StatBy::State, now: engine.now() };
            let stats = tx.case_stats(&who.reader, &stats)?;
            let mut viewer = Viewer::new(&engine, &who);
            let mut columns = Vec::with_capacity(flow.states.len());
            for state in &flow.states {
                let stat = stats.iter().find(|stat| stat.key.as_deref() == Some(&state.name));
                let count = stat.map_or(0, |stat| stat.opened);
                let items = if count == 0 {
                    Vec::new()
                } else {
                    let sort = if state.phase.is_over() { CaseSort::Newest } else { CaseSort::Due };
                    let open = Some(!state.phase.is_over());
                    let query =
                        CaseQuery { states: vec![state.name.clone()], sort, open, limit: SHOWN, ..base.clone() };
                    let found = tx.cases(&who.reader, &query)?;
                    viewer.views(tx, found)?
                };
                let phase = state.phase.name().to_owned();
                columns.push(BoardColumn {
                    state: StateRef {
                        name: state.name.clone(),
                        label: state.label.text(engine.lang).to_owned(),
                        phase,
                    },
                    count,
                    overdue: stat.map_or(0, |stat| stat.overdue),
                    items,
                });
            }
            Ok(BoardView { columns })
        })
        .await
}
