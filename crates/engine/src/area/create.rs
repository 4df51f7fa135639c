//! Makes an area below the community: an estate, a grid, a building, a unit.

use linli_domain::{Actor, Area, AreaPath, Verb, catalogue::AreaLevel, check};
use linli_store::WriteTx;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{AreaDetail, COMMUNITY_RANK, in_scope, initials, level, look, permit_change, statistical, wrong_kind};
use crate::{Engine, Idempotency, Problem, ProblemKind};

/// An area to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewArea {
    /// Code of the parent.
    pub parent: String,
    /// Kind, one of the levels below the community.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Code; made by the program when absent: the parent's and more digits.
    #[serde(default)]
    pub code: Option<String>,
}

/// Makes an area below one in scope.
pub async fn create(
    engine: &Engine,
    actor: &Actor,
    input: NewArea,
    once: Option<Idempotency>,
) -> Result<AreaDetail, Problem> {
    let (scope, permit) = permit_change(engine, actor, Verb::Create)?;
    let catalogue = engine.catalogue();
    let wanted = level(&catalogue, &input.kind).cloned().ok_or_else(|| {
        wrong_kind(format!("没有名为“{}”的层级。", input.kind), format!("There is no level called `{}`.", input.kind))
    })?;
    if wanted.rank <= COMMUNITY_RANK {
        return Err(statistical());
    }
    let name = checked_name(&input.name)?;
    let (engine2, actor2) = (engine.clone(), actor.clone());
    engine
        .write_once(actor, once, move |tx| {
            let parent = in_scope(tx, &scope, &input.parent)?;
            check_parent(&engine2, &parent, &wanted)?;
            let code = code_for(tx, &parent, &wanted, input.code.as_deref())?;
            let area = Area {
                path: free_path(tx, &parent, &code)?,
                parent: Some(parent.code.clone()),
                kind: wanted.kind.clone(),
                initials: initials(&name),
                name: name.clone(),
                home: parent.home.clone(),
                valid_from: Some(engine2.now().china_date()),
                valid_to: None,
                counted_households: None,
                counted_residents: None,
                code,
            };
            tx.put_area(&permit, &area)?;
            let detail = json!({ "name": &area.name, "kind": &area.kind });
            tx.audit(engine2.audit_entry(
                &actor2,
                "create",
                "areas",
                area.code.clone(),
                Some(area.path.clone()),
                detail,
            ))?;
            look::detail(&engine2, tx, area)
        })
        .await
}

/// A name of 1–60 characters without odd spaces.
pub(super) fn checked_name(name: &str) -> Result<String, Problem> {
    let name = check::text(name).unwrap_or_default();
    if (1..=60).contains(&name.chars().count()) {
        Ok(name)
    } else {
        Err(Problem::parameter("name", "名称为 1–60 个字。", "A name has 1–60 characters."))
    }
}

fn check_parent(engine: &Engine, parent: &Area, wanted: &AreaLevel) -> Result<(), Problem> {
    let catalogue = engine.catalogue();
    let above = level(&catalogue, &parent.kind).map_or(0, |level| level.rank);
    if above < COMMUNITY_RANK {
        return Err(wrong_kind(
            format!("“{}”不在社区以下,不能在其下新建{}。", parent.name, wanted.label.zh),
            format!("{} is above the community; no {} can be made below it.", parent.name, wanted.label.en),
        ));
    }
    if above >= wanted.rank {
        return Err(wrong_kind(
            format!("{}不能建在“{}”之下。", wanted.label.zh, parent.name),
            format!("A {} cannot lie below {}.", wanted.label.en, parent.name),
        ));
    }
    if parent.valid_to.is_some() {
        return Err(Problem::new(
            ProblemKind::Conflict,
            "area.closed",
            format!("“{}”已撤销,不能在其下新建。", parent.name),
            format!("{} is closed; nothing can be made below it.", parent.name),
        ));
    }
    let missed =
        catalogue.levels.iter().find(|level| above < level.rank && level.rank < wanted.rank && !level.optional);
    match missed {
        Some(missed) => Err(wrong_kind(
            format!("{}须建在{}之下,请先选择或新建{}。", wanted.label.zh, missed.label.zh, missed.label.zh),
            format!("A {} lies below a {}; choose or make one first.", wanted.label.en, missed.label.en),
        )),
        None => Ok(()),
    }
}

/// The code asked for, or the next free one. Codes are never used again, so closed areas count.
fn code_for(tx: &mut WriteTx<'_>, parent: &Area, wanted: &AreaLevel, asked: Option<&str>) -> Result<String, Problem> {
    let digits = usize::from(wanted.code_digits.max(1));
    if let Some(code) = asked {
        let rest = code.strip_prefix(parent.code.as_str()).unwrap_or_default();
        if rest.len() != digits || !rest.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Problem::parameter(
                "code",
                format!("编码应为上级编码 {} 后加 {digits} 位数字。", parent.code),
                format!("The code is the parent's, {}, and {digits} more digits.", parent.code),
            ));
        }
        return if tx.area(code)?.is_none() { Ok(code.to_owned()) } else { Err(taken(code)) };
    }
    let mut last = 0_u64;
    let length = parent.code.len() + digits;
    tx.areas_below(&parent.path, &mut |area| {
        if area.code.len() == length && area.code.starts_with(&parent.code) {
            last = last.max(area.code[parent.code.len()..].parse().unwrap_or(0));
        }
        Ok(())
    })?;
    for number in last + 1..10_u64.saturating_pow(u32::try_from(digits).unwrap_or(18)) {
        let code = format!("{}{number:0digits$}", parent.code);
        if tx.area(&code)?.is_none() {
            return Ok(code);
        }
    }
    Err(Problem::new(
        ProblemKind::Conflict,
        "area.codes_used_up",
        format!("“{}”之下 {digits} 位编码已用完。", parent.name),
        format!("All {digits}-digit codes below {} are used up.", parent.name),
    ))
}

fn taken(code: &str) -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "area.code_taken",
        format!("编码 {code} 已被使用;撤销区域的编码也不能再用。"),
        format!("The code {code} is taken; codes of closed areas are never used again."),
    )
}

/// The parent's path and the code's own digits; the whole code where another area stands there.
fn free_path(tx: &mut WriteTx<'_>, parent: &Area, code: &str) -> Result<AreaPath, Problem> {
    let own = code.strip_prefix(parent.code.as_str()).filter(|own| !own.is_empty()).unwrap_or(code);
    let path = parent.path.child(own).map_err(Problem::internal)?;
    if tx.area_at(&path)?.is_none() { Ok(path) } else { parent.path.child(code).map_err(Problem::internal) }
}
