//! Where the community is: its office, its phone, its hours, and who the grid worker is (R28).

use linli_domain::{Area, AreaPath, Scope, Subject, Value, Verb, record::ListQuery};
use linli_store::ReadTx;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Engine, Problem, area::AreaRef, collect::public::count_call};

/// Register of offices.
pub const OFFICES: &str = "service/office";
/// Role of grid workers.
const GRID: &str = "network/grid";

/// An office as residents see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OfficeCard {
    /// Area that was asked about.
    pub area: AreaRef,
    /// Name of the office.
    pub name: Option<String>,
    /// Address.
    pub address: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// Hours.
    pub hours: Option<String>,
    /// The grid worker.
    pub worker: Option<OfficeWorker>,
    /// Those of the grids below, where the area is no single worker's.
    pub workers: Vec<OfficeWorker>,
}

/// A grid worker as residents see them: family name and the office's phone, never their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OfficeWorker {
    /// `王网格员`
    pub name: String,
    /// Grid.
    pub grid: String,
}

/// The office at or above an area, for anybody.
pub async fn office(engine: &Engine, code: String) -> Result<OfficeCard, Problem> {
    count_call(engine, 1.0)?;
    let engine2 = engine.clone();
    engine
        .store
        .read(move |tx| {
            let area = tx.area(&code)?.ok_or_else(|| Problem::no_area(&code))?;
            let named = engine2.area_ref(tx, &area.path)?;
            let above: Vec<AreaPath> = area.path.ancestry();
            let office = office_of(&engine2, tx, &above)?;
            let text = |name: &str| {
                office.as_ref().and_then(|values| values.get(name)).and_then(Value::as_text).map(str::to_owned)
            };
            let own = tx.role_holders(GRID, &above)?.into_iter().next();
            let worker = own.map(|own| card(&engine2, tx, own)).transpose()?;
            let workers = if worker.is_none() { below(&engine2, tx, &area)? } else { Vec::new() };
            let (name, address, phone, hours) = (text("name"), text("address"), text("phone"), text("hours"));
            Ok(OfficeCard { area: named, name, address, phone, hours, worker, workers })
        })
        .await
}

/// How residents see a grid worker.
fn card(engine: &Engine, tx: &mut ReadTx<'_>, (name, grid): (String, AreaPath)) -> Result<OfficeWorker, Problem> {
    let family = name.chars().next().map(String::from).unwrap_or_default();
    let grid = engine.area_ref(tx, &grid)?.name;
    Ok(OfficeWorker { name: format!("{family}{}", engine.lang.pick("网格员", " (grid worker)")), grid })
}

/// The workers of a community's grids, one for each: whoever stands at the community's door finds their own.
fn below(engine: &Engine, tx: &mut ReadTx<'_>, area: &Area) -> Result<Vec<OfficeWorker>, Problem> {
    if area.kind != "community" {
        return Ok(Vec::new());
    }
    let today = engine.now().china_date();
    let (mut workers, mut open) = (Vec::new(), vec![area.code.clone()]);
    // Grids may lie below the community's estates.
    while let Some(code) = open.pop() {
        for child in tx.area_children(&Scope::Everywhere, Some(&code), today)?.into_iter().map(|child| child.area) {
            match child.kind.as_str() {
                "estate" => open.push(child.code),
                "grid" => {
                    if let Some(holder) = tx.role_holders(GRID, &[child.path])?.into_iter().next() {
                        workers.push(card(engine, tx, holder)?);
                    }
                }
                _ => {}
            }
        }
    }
    workers.sort_by(|one, other| one.grid.cmp(&other.grid));
    Ok(workers)
}

/// Values of the office that stands on the deepest of these areas.
fn office_of(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    above: &[AreaPath],
) -> Result<Option<linli_domain::Values>, Problem> {
    if !engine.catalogue().entities.contains_key(OFFICES) {
        return Ok(None);
    }
    let permit = engine.permit(&Engine::operator(), Verb::Read, Subject::Entity(OFFICES.into()))?;
    for path in above.iter().rev().take_while(|path| path.as_str().matches('/').count() >= 3) {
        let query = ListQuery { area: Some(path.clone()), limit: 200, ..ListQuery::of(OFFICES) };
        let here = tx.list(&permit, &query)?.records.into_iter().find(|office| office.path == *path);
        if let Some(office) = here {
            return Ok(Some(office.values));
        }
    }
    Ok(None)
}
