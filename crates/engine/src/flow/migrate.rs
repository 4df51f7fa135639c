//! Moving cases to another version of their flow: planned, mapped, never stranded.

use std::collections::BTreeMap;

use linli_domain::{
    Actor, Subject, Verb,
    flow::{self, Standing},
};
use linli_store::tables::{CaseQuery, CaseSort};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{calendar, define, live::Live, open::audit, refuse, who::system_reader};
use crate::{Engine, FieldProblem, Problem, ProblemKind};

/// Which cases move, and where to.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MigrateInput {
    /// Version they run on.
    pub from_version: String,
    /// Old state → new state; a state that is not named keeps its name.
    #[serde(default)]
    #[schema(value_type = std::collections::HashMap<String, String>)]
    pub map: BTreeMap<String, String>,
}

/// Cases of an older version in one state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MigrationState {
    /// Version they run on.
    pub version: String,
    /// State they stand in.
    pub from: String,
    /// State of the version in force that has the same name; `null` where a mapping is needed.
    pub to: Option<String>,
    /// How many.
    pub count: u64,
}

/// What a migration would touch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MigrationPlanView {
    /// Version in force.
    pub version: String,
    /// Open cases of older versions.
    pub cases: u64,
    /// Where they stand.
    pub states: Vec<MigrationState>,
}

/// Open cases that run on older versions of a flow (manage the flow).
pub async fn plan(engine: &Engine, actor: &Actor, name: String) -> Result<MigrationPlanView, Problem> {
    engine.permit(actor, Verb::Manage, Subject::Flow(name.clone()))?;
    let flow = define::current(engine, &name)?;
    engine
        .store
        .read(move |tx| {
            let held = tx.case_versions(&name)?;
            let old = held.into_iter().filter(|(version, ..)| *version != flow.version);
            let states: Vec<MigrationState> = old
                .map(|(version, from, count)| MigrationState {
                    to: flow.state(&from).map(|state| state.name.clone()),
                    version,
                    from,
                    count,
                })
                .collect();
            let cases = states.iter().map(|state| state.count).sum();
            Ok(MigrationPlanView { version: flow.version.clone(), cases, states })
        })
        .await
}

/// Cases of one transaction.
const BATCH: u32 = 200;

/// Moves the open cases of a version to the one in force (manage the flow everywhere its cases are, or the system). States
/// without a counterpart must be mapped: else nothing moves.
pub async fn migrate(
    engine: &Engine,
    actor: &Actor,
    name: String,
    input: MigrateInput,
) -> Result<MigrationPlanView, Problem> {
    // Cases move wherever they are: whoever moves them must answer for the whole installation.
    engine.permit(actor, Verb::Manage, Subject::Packs)?;
    let flow = define::current(engine, &name)?;
    if input.from_version == flow.version {
        return Err(Problem::parameter(
            "from_version",
            "案件已在当前版本上。",
            "The cases run on the version in force already.",
        ));
    }
    unmapped(engine, &flow, &input).await?;
    let mut after = None;
    loop {
        let (engine2, actor2, flow2, input2) = (engine.clone(), actor.clone(), flow.clone(), input.clone());
        let last = engine.store.write(move |tx| batch(&engine2, tx, &actor2, &flow2, &input2, after)).await?;
        match last {
            Some(last) => after = Some((None, last)),
            None => return plan(engine, &Engine::operator(), name).await,
        }
    }
}

async fn unmapped(engine: &Engine, flow: &flow::Flow, input: &MigrateInput) -> Result<(), Problem> {
    let name = flow.name.clone();
    let held = engine.store.read::<_, Problem>(move |tx| Ok(tx.case_versions(&name)?)).await?;
    let states = held.iter().filter(|(version, ..)| *version == input.from_version).map(|(_, state, _)| state.as_str());
    let stranded = flow::unmapped(flow, states, &input.map);
    if stranded.is_empty() {
        return Ok(());
    }
    let fields = stranded.iter().map(|state| {
        let message = linli_domain::Label::new(
            format!("环节“{state}”在新版本中没有对应,请写明去向。"),
            format!("The state `{state}` has no counterpart in the new version; say where it leads."),
        );
        FieldProblem::new(format!("map.{state}"), "flow.unmapped", message)
    });
    Err(Problem::invalid("flow.unmapped", fields.collect()))
}

/// One batch, oldest first; the id to go on after, or nothing at the end.
fn batch(
    engine: &Engine,
    tx: &mut linli_store::WriteTx<'_>,
    actor: &Actor,
    flow: &std::sync::Arc<flow::Flow>,
    input: &MigrateInput,
    after: Option<(Option<linli_domain::Timestamp>, linli_domain::RecordId)>,
) -> Result<Option<linli_domain::RecordId>, Problem> {
    let query = CaseQuery {
        flows: vec![flow.name.clone()],
        version: Some(input.from_version.clone()),
        open: Some(true),
        sort: CaseSort::Newest,
        after,
        limit: BATCH,
        ..CaseQuery::default()
    };
    let found = tx.cases(&system_reader(engine)?, &query)?;
    let last = found.last().map(|case| case.id).filter(|_| found.len() == BATCH as usize);
    define::keep(engine, tx, flow)?;
    let calendar = calendar::of(engine, tx)?;
    let who = Standing { account: actor.account, ..Standing::system(actor.name.clone()) };
    for case in found {
        let live = Live::of(engine, tx, case)?;
        let number = live.case.number.clone();
        let event = flow::migrate(flow, &live.state, &input.map, &who, &calendar, tx.now())
            .map_err(|refusal| stuck(&number, refuse::problem(flow, refusal)))?;
        let (after, write) = live.step(engine, tx, flow, &event, None)?;
        tx.put_cases(&[write])?;
        let detail = json!({ "from": input.from_version, "to": flow.version, "state": event.to });
        audit(engine, tx, actor, &after.case, &event.action, detail)?;
        after.tell(tx, &event, &live.state)?;
    }
    Ok(last)
}

/// A case that cannot move says which it is; it stays where it was, on its own version.
fn stuck(number: &str, problem: Problem) -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "flow.case_stuck",
        format!("案件 {number} 不能迁移:{}", problem.message.zh),
        format!("The case {number} cannot move: {}", problem.message.en),
    )
    .with("number", json!(number))
}
