//! How many to ask in each stratum.

use linli_domain::{Actor, AreaPath, RecordId, survey::quota::quotas};
use linli_store::ReadTx;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    campaign::{self, Campaign, Level},
    strata::{self, Variable},
};
use crate::{Engine, Problem, area::AreaRef};

/// Most variables at once.
const VARIABLES: usize = 3;

/// What a plan is asked for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanInput {
    /// Level; only residents are drawn, streets and communities are all asked.
    pub level: Level,
    /// How many to ask; all of them at other levels than residents.
    #[serde(default)]
    pub size: Option<u64>,
    /// Variables that residents are told apart by: `sex`, `age_band`, or a field of the register with codes.
    #[serde(default)]
    pub strata: Vec<String>,
    /// Code of an area; the campaign's without it.
    #[serde(default)]
    pub area: Option<String>,
}

/// How many to ask in each stratum.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Plan {
    /// Level.
    pub level: Level,
    /// Area.
    pub area: AreaRef,
    /// How many are asked.
    pub size: u64,
    /// How many there are to ask.
    pub people: u64,
    /// Strata, in proportion to the register (largest remainder).
    pub strata: Vec<StratumView>,
    /// Why fewer are asked than was wished, or nobody.
    pub reason: Option<String>,
}

/// A stratum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StratumView {
    /// Codes of its categories, `1/18_34`; `all` without variables.
    pub key: String,
    /// In words.
    pub label: String,
    /// How many there are.
    pub people: u64,
    /// How many are asked.
    pub quota: u64,
}

/// The variables of a plan, with what each stratum is called.
pub(super) fn variables(engine: &Engine, names: &[String]) -> Result<Vec<Variable>, Problem> {
    if names.len() > VARIABLES {
        return Err(Problem::parameter("strata", "分层变量最多三个。", "At most three variables tell strata apart."));
    }
    names.iter().map(|name| strata::variable(engine, name, &[])).collect()
}

/// The area of a plan: within the campaign's, or the campaign's.
pub(super) fn area_of(tx: &mut ReadTx<'_>, campaign: &Campaign, code: Option<&str>) -> Result<AreaPath, Problem> {
    let Some(code) = code.filter(|code| !code.is_empty()) else { return Ok(campaign.record.path.clone()) };
    let found = tx.area(code)?.ok_or_else(|| Problem::no_area(code))?.path;
    if campaign.record.path.covers(&found) {
        return Ok(found);
    }
    Err(Problem::parameter("area", "这个区域不在本次调研的范围内。", "This area is not within the survey's."))
}

/// Areas of a level below one, valid on the campaign's first day.
pub(super) fn areas_of(
    tx: &mut ReadTx<'_>,
    campaign: &Campaign,
    area: &AreaPath,
    level: Level,
) -> Result<Vec<(String, AreaPath, String)>, Problem> {
    let mut found = Vec::new();
    let day = campaign.opens;
    tx.areas_below(area, &mut |one| {
        let valid = one.valid_from.is_none_or(|first| first <= day) && one.valid_to.is_none_or(|last| last >= day);
        if one.kind == level.name() && valid {
            found.push((one.code, one.path, one.name));
        }
        Ok(())
    })?;
    found.sort();
    Ok(found)
}

/// Strata of residents with their quotas; `people` by cell.
pub(super) fn spread(engine: &Engine, variables: &[Variable], people: &[u64], size: u64) -> Vec<StratumView> {
    let quota = quotas(people, size);
    let labels: Vec<Vec<String>> = variables.iter().map(|one| strata::labels(engine, one)).collect();
    let view = |(cell, (people, quota)): (usize, (&u64, u64))| {
        let parts = strata::parts(variables, cell);
        let codes: Vec<&str> = parts.iter().zip(variables).map(|(part, one)| one.codes[*part].as_str()).collect();
        let words: Vec<&str> = parts.iter().zip(&labels).map(|(part, labels)| labels[*part].as_str()).collect();
        let all = variables.is_empty();
        StratumView {
            key: if all { "all".into() } else { codes.join("/") },
            label: if all { engine.lang.pick("全部", "All").to_owned() } else { words.join(" · ") },
            people: *people,
            quota,
        }
    };
    people.iter().zip(quota).enumerate().map(view).collect()
}

/// How many to ask in each stratum. Nothing is kept. Blocks the thread.
pub fn plan(engine: &Engine, actor: &Actor, id: RecordId, input: PlanInput) -> Result<Plan, Problem> {
    let (engine2, actor) = (engine.clone(), actor.clone());
    engine.store.read_blocking(move |tx| {
        let campaign = campaign::find(&engine2, tx, &actor, id)?;
        let area = area_of(tx, &campaign, input.area.as_deref())?;
        let (variables, people) = if input.level == Level::Resident {
            let variables = variables(&engine2, &input.strata)?;
            let people = strata::people(&engine2, tx, &actor, &area, &variables, campaign.opens)?;
            (variables, people)
        } else {
            (Vec::new(), vec![areas_of(tx, &campaign, &area, input.level)?.len() as u64])
        };
        let total: u64 = people.iter().sum();
        let size = if input.level == Level::Resident { input.size.ok_or_else(no_size)? } else { total };
        let strata = spread(&engine2, &variables, &people, size);
        let asked = strata.iter().map(|one| one.quota).sum();
        Ok(Plan {
            level: input.level,
            area: engine2.area_ref(tx, &area)?,
            size: asked,
            people: total,
            strata: peopled(strata),
            reason: short(&engine2, total, size),
        })
    })
}

/// Strata without those nobody is in.
pub(super) fn peopled(mut strata: Vec<StratumView>) -> Vec<StratumView> {
    strata.retain(|one| one.people > 0);
    strata
}

/// Why fewer are asked than was wished.
pub(super) fn short(engine: &Engine, people: u64, size: u64) -> Option<String> {
    let lang = engine.lang;
    (people < size || people == 0).then(|| match (people, lang) {
        (0, _) => lang
            .pick(
                "登记册中没有符合条件的对象。请先导入居民登记册,或调整区域和分层。",
                "The register holds nobody to ask. Import residents first, or choose another area or strata.",
            )
            .to_owned(),
        (_, linli_domain::Lang::Zh) => format!("登记册中只有 {people} 人,少于计划的 {size} 人,全部抽取。"),
        (_, linli_domain::Lang::En) => {
            format!("The register holds {people}, fewer than the {size} planned: all are asked.")
        }
    })
}

pub(super) fn no_size() -> Problem {
    Problem::parameter("size", "请填写样本量。", "Say how many to ask.")
}
