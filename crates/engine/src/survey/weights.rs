//! Raking a sample of residents to what the register knows of them.

use linli_domain::{
    Actor,
    survey::{
        Column,
        weight::{Margin, RakeOptions, rake},
    },
};
use linli_store::ReadTx;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    campaign::Level,
    select::{Selected, dimension},
    strata,
};
use crate::{Engine, Problem};

/// Weights of a sample, and whether they are used.
pub(super) struct Weighted {
    /// In the order of the rows; `None`: not used, for the reason that is told.
    pub weights: Option<Vec<f64>>,
    pub view: WeightsView,
}

/// What weighting did.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct WeightsView {
    /// Questions raked by.
    pub by: Vec<String>,
    /// Whether the figures are weighted.
    pub used: bool,
    /// Why not.
    pub reason: Option<String>,
    /// Rounds it took.
    pub rounds: u32,
    /// Largest difference left between a weighted share and the register's.
    pub worst: Option<f64>,
    /// By how much unequal weights widen every interval (Kish).
    pub design_effect: Option<f64>,
    /// How many equal respondents would tell as much.
    pub effective_n: Option<f64>,
    /// Respondents whose weight was cut to five times the mean, or a fifth.
    pub trimmed: u64,
    /// Groups of residents that nobody of the sample stands for: `性别:女`.
    pub empty: Vec<String>,
}

/// Weights by the questions named (with commas), to the register's residents in the area.
pub(super) fn of(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    selected: &Selected,
    names: &str,
) -> Result<Weighted, Problem> {
    if selected.level != Level::Resident {
        return Err(Problem::parameter(
            "weights",
            "只有居民问卷可以按登记册加权。",
            "Only residents' answers can be weighted to the register.",
        ));
    }
    let by: Vec<String> = names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let (mut margins, mut labels) = (Vec::new(), Vec::new());
    for name in &by {
        let side = dimension(engine, tx, selected, "weights", name)?;
        let codes: Vec<String> = side.choices.iter().map(|(code, _)| code.clone()).collect();
        let variable = strata::variable(engine, name, &codes)?;
        let targets = strata::people(engine, tx, actor, &selected.area, &[variable], selected.campaign.opens)?;
        let Column::One { codes, .. } = &side.column else {
            return Err(Problem::parameter(
                "weights",
                "多选题不能用于加权。",
                "A question with several answers cannot weigh.",
            ));
        };
        margins.push(Margin {
            codes: selected.rows.iter().map(|row| codes[*row as usize]).collect(),
            targets: targets.into_iter().map(|people| people as f64).collect(),
        });
        labels.push((side.label, side.choices));
    }
    let raked = rake(selected.rows.len(), &margins, RakeOptions::default());
    let lang = engine.lang;
    let nobody = margins.iter().any(|margin| margin.targets.iter().sum::<f64>() <= 0.0);
    let reason = match () {
        () if selected.rows.is_empty() => Some(lang.pick("没有有效答卷,无法加权。", "There is no valid answer to weigh.")),
        () if nobody => Some(lang.pick(
            "登记册中没有可对照的居民,未加权。请先导入居民登记册。",
            "The register holds no residents to compare with; figures are not weighted. Import residents first.",
        )),
        () if !raked.converged => Some(lang.pick(
            "加权没有收敛:样本与登记册差别过大,未加权。请减少加权变量或补充样本。",
            "Weighting did not converge: the sample is too unlike the register. Figures are not weighted; use fewer variables or ask more people.",
        )),
        () => None,
    };
    let empty = raked.empty.iter().map(|(margin, category)| {
        let (label, choices) = &labels[*margin];
        format!("{label}:{}", choices.get(*category).map_or("", |(_, label)| label))
    });
    let finite = |x: f64| x.is_finite().then_some(x);
    let used = reason.is_none();
    let view = WeightsView {
        used,
        reason: reason.map(str::to_owned),
        rounds: raked.rounds,
        worst: finite(raked.worst),
        design_effect: used.then_some(raked.design_effect),
        effective_n: used.then_some(raked.effective),
        trimmed: raked.trimmed,
        empty: empty.collect(),
        by,
    };
    Ok(Weighted { weights: used.then_some(raked.weights), view })
}
