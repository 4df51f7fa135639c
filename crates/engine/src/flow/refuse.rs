//! Refusals as problems that say whose turn it is and what is missing.

use linli_domain::{
    Label,
    flow::{Flow, Refusal},
};
use serde_json::json;

use crate::{Problem, ProblemKind, register::errors_to_fields};

/// The problem of a refusal.
pub(super) fn problem(flow: &Flow, refusal: Refusal) -> Problem {
    use ProblemKind::{Conflict, Invalid, NotFound};
    match refusal {
        Refusal::NoAction(name) => Problem::new(
            NotFound,
            "case.no_action",
            format!("流程“{}”没有操作“{name}”。", flow.title.zh),
            format!("The flow \"{}\" has no action `{name}`.", flow.title.en),
        ),
        Refusal::Merged(into) => Problem::new(
            Conflict,
            "case.merged",
            "这个案件已并入另一个案件,请到那个案件上办理。",
            "This case became part of another; go on there.",
        )
        .with("into", json!(into)),
        Refusal::State(state) => {
            let label = flow.state(&state).map(|state| state.label.clone()).unwrap_or_default();
            Problem::new(
                Conflict,
                "case.state",
                format!("案件现在是“{}”,不能这样操作。请刷新后再试。", label.zh),
                format!("The case is \"{}\" now, so this cannot be done. Reload and try again.", label.en),
            )
            .with("state", json!({ "name": state, "label": label }))
        }
        Refusal::NotYours(turn) => not_yours(flow, &turn),
        Refusal::Once => Problem::new(
            Conflict,
            "case.once",
            "这项操作只能办理一次,已经办理过。",
            "This can be done once, and was done.",
        ),
        Refusal::Rated => Problem::new(
            Conflict,
            "case.rated",
            "本次办理已经评价过,每次办理只评价一次。",
            "This handling was rated; each handling is rated once.",
        ),
        Refusal::Guard(message) => {
            let message =
                message.unwrap_or_else(|| Label::new("条件不满足,暂不能办理。", "A condition does not hold yet."));
            Problem::new(Invalid, "case.guard", message.zh, message.en)
        }
        Refusal::Fields(errors) => Problem::invalid("case.fields", errors_to_fields(errors)),
        Refusal::Calendar(missing) => {
            let year = missing.year;
            Problem::new(
                Invalid,
                "case.no_holidays",
                format!("时限跨到 {year} 年,但还没有导入该年的节假日表。请管理员先导入 {year} 年节假日表。"),
                format!("The time limit reaches into {year}, for which there is no holiday table. Import it first."),
            )
            .with("year", json!(year))
        }
    }
}

fn not_yours(flow: &Flow, turn: &[String]) -> Problem {
    let labels: Vec<&Label> = turn.iter().filter_map(|name| flow.party(name)).map(|party| &party.label).collect();
    let join = |pick: fn(&Label) -> &String, by: &str| {
        labels.iter().map(|label| pick(label).as_str()).collect::<Vec<_>>().join(by)
    };
    let (zh, en) = (join(|label| &label.zh, "、"), join(|label| &label.en, ", "));
    let (zh, en) = if labels.is_empty() {
        ("这项操作不由您办理。".to_owned(), "This is not yours to do.".to_owned())
    } else {
        (
            format!("这项操作不由您办理,现在应由 {zh} 办理。"),
            format!("This is not yours to do; it is the turn of: {en}."),
        )
    };
    let turn: Vec<_> = turn
        .iter()
        .map(|name| json!({ "name": name, "label": flow.party(name).map(|party| party.label.clone()) }))
        .collect();
    Problem::new(ProblemKind::Denied, "case.not_yours", zh, en).with("turn", json!(turn))
}
