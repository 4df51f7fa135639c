//! What people said of how they were served: score, words, item and month. Never who, never which case: staff learn from it and
//! cannot ask who it was.

use linli_domain::{Actor, Subject, Verb};
use linli_store::tables::CaseQuery;
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::FLOW;
use crate::{Engine, Problem, area, flow};

/// Most cases looked at.
const MOST: u32 = 5_000;
/// Words of fewer ratings than this are not told: who came that month might be known.
const LEAST: usize = 3;

/// Ratings.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RatingItems {
    /// Ratings in all.
    pub count: u64,
    /// Their mean.
    pub mean: Option<f64>,
    /// How many of each score, from 1 to 5.
    pub scores: [u64; 5],
    /// Words with score, item and month; none while there are fewer than three.
    pub items: Vec<RatingView>,
}

/// A rating.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct RatingView {
    /// Month, `2026-11`.
    pub month: String,
    /// Title of the item, or of the flow.
    pub title: String,
    /// 1 非常不满意 to 5 非常满意.
    pub score: u8,
    /// What was said.
    pub comment: Option<String>,
}

/// Ratings of a flow within an area.
pub async fn ratings(
    engine: &Engine,
    actor: &Actor,
    flow: Option<String>,
    code: Option<String>,
) -> Result<RatingItems, Problem> {
    let name = flow.unwrap_or_else(|| FLOW.to_owned());
    let permit = engine.permit(actor, Verb::Read, Subject::Flow(name.clone()))?;
    let (engine2, actor) = (engine.clone(), actor.clone());
    engine
        .store
        .read(move |tx| {
            let here = code.map(|code| area::in_scope(tx, permit.scope(), &code)).transpose()?;
            let who = flow::Who::of(&engine2, tx, &actor)?;
            let query = CaseQuery {
                flows: vec![name.clone()],
                open: Some(false),
                area: here.map(|area| area.path),
                limit: MOST,
                ..CaseQuery::default()
            };
            let catalogue = engine2.catalogue();
            let title = catalogue
                .flows
                .get(&name)
                .map_or_else(|| name.clone(), |flow| flow.title.text(engine2.lang).to_owned());
            let mut items = Vec::new();
            let mut scores = [0_u64; 5];
            for case in tx.cases(&who.reader, &query)? {
                // Never their own words to a clerk who is a party only: the flow must be theirs to read there.
                if !permit.scope().covers(&case.area) {
                    continue;
                }
                let item = case.body.values.get("item_title").and_then(Json::as_str).map(str::to_owned);
                for (at, score, comment) in tx.case_ratings(&case)? {
                    if let Some(count) = scores.get_mut(usize::from(score).wrapping_sub(1)) {
                        *count += 1;
                    }
                    let month: String = at.china_date().to_string().chars().take(7).collect();
                    items.push(RatingView {
                        month,
                        title: item.clone().unwrap_or_else(|| title.clone()),
                        score,
                        comment,
                    });
                }
            }
            Ok(told(items, scores))
        })
        .await
}

fn told(mut items: Vec<RatingView>, scores: [u64; 5]) -> RatingItems {
    // Sorted by what they say, so that the order tells nothing of when.
    items.sort();
    items.reverse();
    let count: u64 = scores.iter().sum();
    let sum: u64 = scores.iter().zip(1_u64..).map(|(count, score)| count * score).sum();
    let mean = (count > 0).then(|| (sum as f64 / count as f64 * 100.0).round() / 100.0);
    let mut all: Vec<RatingView> = Vec::new();
    if items.len() >= LEAST {
        all = items;
    }
    RatingItems { count, mean, scores, items: all }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(score: u8) -> RatingView {
        RatingView { month: "2026-11".into(), title: "高龄津贴".into(), score, comment: Some("快".into()) }
    }

    #[test]
    fn words_of_one_or_two_ratings_are_not_told() {
        let few = told(vec![one(5), one(1)], [1, 0, 0, 0, 1]);
        assert_eq!((few.count, few.mean, few.items.len()), (2, Some(3.0), 0));
        assert_eq!(told(vec![one(5), one(1), one(3)], [1, 0, 1, 0, 1]).items.len(), 3);
        assert_eq!(told(Vec::new(), [0; 5]).mean, None);
    }
}
