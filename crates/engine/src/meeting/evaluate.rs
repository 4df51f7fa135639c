//! Mutual evaluation: one of each unit in each direction, once a meeting.

use linli_domain::{Actor, RecordId, Value, Values, Verb};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{EVALUATION, UNIT, about, attend::insert, look::EvaluationView, meeting, own_permit, unit_of};
use crate::{Engine, Problem, ProblemKind};

/// An evaluation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Evaluate {
    /// Resident unit that rates or is rated.
    #[schema(value_type = String)]
    pub unit: RecordId,
    /// `unit_rates_community`, `community_rates_unit`.
    pub direction: String,
    /// 1 to 5, 5 is best.
    pub score: i64,
    /// What to say.
    #[serde(default)]
    pub opinion: Option<String>,
}

/// Keeps an evaluation. The second of the same unit in the same direction is refused.
pub fn evaluate(engine: &Engine, actor: &Actor, id: RecordId, input: &Evaluate) -> Result<EvaluationView, Problem> {
    let keeps = engine.permit(actor, Verb::Create, linli_domain::Subject::Entity(EVALUATION.to_owned()))?;
    if !["unit_rates_community", "community_rates_unit"].contains(&input.direction.as_str()) {
        return Err(Problem::parameter("direction", "没有这种评价方向。", "There is no such direction."));
    }
    if !(1..=5).contains(&input.score) {
        return Err(Problem::parameter("score", "评分为 1 到 5 分。", "The score is from 1 to 5."));
    }
    let (handle, actor, input) = (engine.clone(), actor.clone(), input.clone());
    engine.store.write_blocking(move |tx| {
        let case = meeting(&handle, tx, &actor, id)?;
        if !keeps.scope().covers(&case.area) {
            return Err(Problem::outside_scope(case.area.as_str()));
        }
        let permit = own_permit(&handle, Verb::Read, UNIT)?.within(&case.area);
        if tx.records(&permit, UNIT, &[input.unit])?.is_empty() {
            return Err(Problem::parameter("unit", "本区域没有这个驻区单位。", "There is no such unit here."));
        }
        let direction = |record: &linli_domain::Record| {
            record.values.get("direction").and_then(Value::as_text) == Some(&input.direction)
        };
        let given = about(&handle, tx, EVALUATION, &case)?;
        if given.iter().any(|one| unit_of(one) == Some(input.unit) && direction(one)) {
            return Err(Problem::new(
                ProblemKind::Conflict,
                "meeting.evaluated",
                "这个单位对本次会议已评价过。",
                "This unit was evaluated for this meeting already.",
            ));
        }
        let mut values = Values::from([
            ("meeting".to_owned(), Value::text(&case.number)),
            ("unit".to_owned(), Value::Ref(input.unit)),
            ("direction".to_owned(), Value::text(&input.direction)),
            ("score".to_owned(), Value::Int(input.score)),
        ]);
        if let Some(opinion) = input.opinion.as_deref().map(str::trim).filter(|opinion| !opinion.is_empty()) {
            values.insert("opinion".into(), Value::text(opinion.chars().take(2_000).collect::<String>()));
        }
        let record = insert(&handle, tx, &actor, EVALUATION, &case, values)?;
        EvaluationView::of(&handle, tx, &record)
    })
}
