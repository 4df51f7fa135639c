//! Where the community is: its office, its phone, its hours, and who the grid worker is (R28).

use linli_domain::{AreaPath, Subject, Value, Verb, record::ListQuery};
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
            let worker = tx.role_holders(GRID, &above)?.into_iter().next();
            let worker = match worker {
                Some((name, grid)) => {
                    let family = name.chars().next().map(String::from).unwrap_or_default();
                    let grid = engine2.area_ref(tx, &grid)?.name;
                    Some(OfficeWorker {
                        name: format!("{family}{}", engine2.lang.pick("网格员", " (grid worker)")),
                        grid,
                    })
                }
                None => None,
            };
            let (name, address, phone, hours) = (text("name"), text("address"), text("phone"), text("hours"));
            Ok(OfficeCard { area: named, name, address, phone, hours, worker })
        })
        .await
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
