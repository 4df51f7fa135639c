//! Looking at the tree.

use jiff::civil::Date;
use linli_domain::{Actor, Area, Subject, Verb};
use linli_store::AreaNode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AreaRef, FormerPlaceView, in_scope, places};
use crate::{Engine, Problem};

/// An area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AreaView {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Kind: `street`, `community`, `grid` …
    pub kind: String,
    /// Path in the tree.
    pub path: String,
    /// Code of the parent.
    pub parent: Option<String>,
    /// Whether it has children valid today.
    pub has_children: bool,
    /// First day of validity.
    #[schema(value_type = Option<String>)]
    pub valid_from: Option<Date>,
    /// Last day of validity.
    #[schema(value_type = Option<String>)]
    pub valid_to: Option<Date>,
    /// Households counted here when their records are not held.
    pub counted_households: Option<i64>,
    /// Residents counted here when their records are not held.
    pub counted_residents: Option<i64>,
}

/// Areas.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AreaItems {
    /// By code.
    pub items: Vec<AreaView>,
}

/// An area that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SearchItem {
    /// The area.
    #[serde(flatten)]
    pub area: AreaView,
    /// Names from the city down.
    pub full_name: String,
}

/// Areas that were found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SearchItems {
    /// The shortest path first.
    pub items: Vec<SearchItem>,
}

/// An area with where it lies and what it was called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AreaDetail {
    /// The area.
    #[serde(flatten)]
    pub area: AreaView,
    /// Names from the city down.
    pub full_name: String,
    /// From the root to the area.
    pub ancestry: Vec<AreaRef>,
    /// Names it has and had, newest first.
    pub names: Vec<FormerNameView>,
    /// Where it lay before, newest first.
    pub places: Vec<FormerPlaceView>,
}

/// A name with its dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FormerNameView {
    /// Name.
    pub name: String,
    /// First day.
    #[schema(value_type = Option<String>)]
    pub from: Option<Date>,
    /// Last day; `null` for the present name.
    #[schema(value_type = Option<String>)]
    pub to: Option<Date>,
}

pub(super) fn view(area: Area, has_children: bool) -> AreaView {
    AreaView {
        code: area.code,
        name: area.name,
        kind: area.kind,
        path: area.path.to_string(),
        parent: area.parent,
        has_children,
        valid_from: area.valid_from,
        valid_to: area.valid_to,
        counted_households: area.counted_households,
        counted_residents: area.counted_residents,
    }
}

/// Children of an area valid today, or the tops of one's scope.
pub async fn children(engine: &Engine, actor: &Actor, parent: Option<String>) -> Result<AreaItems, Problem> {
    let permit = engine.permit(actor, Verb::Read, Subject::Areas)?;
    let today = engine.now().china_date();
    let nodes = engine
        .store
        .read::<_, Problem>(move |tx| {
            if let Some(code) = &parent {
                let area = tx.area(code)?.ok_or_else(|| Problem::no_area(code))?;
                // An area above one's scope may be opened: it shows the way down to one's own.
                let leads = permit.scope().covers(&area.path) || permit.within(&area.path).scope() != &no_scope();
                if !leads {
                    return Err(Problem::no_area(code));
                }
            }
            Ok(tx.area_children(permit.scope(), parent.as_deref(), today)?)
        })
        .await?;
    Ok(AreaItems { items: nodes.into_iter().map(|AreaNode { area, has_children }| view(area, has_children)).collect() })
}

fn no_scope() -> linli_domain::Scope {
    linli_domain::Scope::Areas(Vec::new())
}

/// Areas by part of the name, beginning of the pinyin initials, or beginning of the code.
pub async fn search(
    engine: &Engine,
    actor: &Actor,
    text: String,
    kind: Option<String>,
    limit: u32,
) -> Result<SearchItems, Problem> {
    let permit = engine.permit(actor, Verb::Read, Subject::Areas)?;
    let text = linli_domain::check::text(&text).unwrap_or_default();
    if text.is_empty() {
        return Ok(SearchItems { items: Vec::new() });
    }
    let engine2 = engine.clone();
    engine
        .store
        .read(move |tx| {
            let found = tx.area_search(permit.scope(), &text, kind.as_deref(), limit.clamp(1, 200))?;
            let mut items = Vec::with_capacity(found.len());
            for area in found {
                let full_name = engine2.area_ref(tx, &area.path)?.full_name;
                items.push(SearchItem { area: view(area, false), full_name });
            }
            Ok(SearchItems { items })
        })
        .await
}

/// One area in one's scope.
pub async fn get(engine: &Engine, actor: &Actor, code: String) -> Result<AreaDetail, Problem> {
    let permit = engine.permit(actor, Verb::Read, Subject::Areas)?;
    let engine2 = engine.clone();
    engine
        .store
        .read(move |tx| {
            let area = in_scope(tx, permit.scope(), &code)?;
            detail(&engine2, tx, area)
        })
        .await
}

/// All there is to say about an area.
pub(super) fn detail(engine: &Engine, tx: &mut linli_store::ReadTx<'_>, area: Area) -> Result<AreaDetail, Problem> {
    let today = engine.now().china_date();
    let has_children = !tx.area_children(&linli_domain::Scope::Everywhere, Some(&area.code), today)?.is_empty();
    let mut ancestry = Vec::new();
    for above in tx.area_ancestry(&area.path)? {
        ancestry.push(engine.area_ref(tx, &above.path)?);
    }
    let former = tx.area_names(&area.code)?;
    let since = former.last().and_then(|name| name.to.tomorrow().ok()).or(area.valid_from);
    let mut names = vec![FormerNameView { name: area.name.clone(), from: since, to: area.valid_to }];
    names.extend(former.into_iter().rev().map(|name| FormerNameView {
        name: name.name,
        from: name.from,
        to: Some(name.to),
    }));
    let full_name = engine.area_ref(tx, &area.path)?.full_name;
    let mut places = places::former(tx, &area.code)?;
    places.reverse();
    Ok(AreaDetail { area: view(area, has_children), full_name, ancestry, names, places })
}
