//! Where an area lay before: the tree itself knows one place at a time, the former ones are kept with their days.

use jiff::civil::Date;
use linli_domain::Area;
use linli_store::{ReadTx, WriteTx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Engine, Problem};

/// A place an area had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FormerPlaceView {
    /// Code of the parent then.
    pub parent: String,
    /// Names from the city down to that parent, as they were when the area left.
    pub full_name: String,
    /// First day there; `null` when always.
    #[schema(value_type = Option<String>)]
    pub from: Option<Date>,
    /// Last day there.
    #[schema(value_type = String)]
    pub to: Date,
}

fn key(code: &str) -> String {
    format!("area/places/{code}")
}

/// Former places, oldest first.
pub(super) fn former(tx: &mut ReadTx<'_>, code: &str) -> Result<Vec<FormerPlaceView>, Problem> {
    let kept = tx.setting(&key(code))?;
    kept.map_or(Ok(Vec::new()), |json| serde_json::from_value(json).map_err(Problem::internal))
}

/// Notes that `area` leaves its parent: `from` is its first day elsewhere. It lies neither ahead nor before the area, or its
/// present place, began.
pub(super) fn leave(engine: &Engine, tx: &mut WriteTx<'_>, area: &Area, from: Date) -> Result<(), Problem> {
    let mut places = former(tx, &area.code)?;
    let since = places.last().and_then(|place| place.to.tomorrow().ok()).or(area.valid_from);
    if from > engine.now().china_date() {
        return Err(Problem::parameter(
            "from",
            "移动日期不能晚于今天:移动立即生效。请到那一天再移动。",
            "The day cannot be in the future: a move takes effect at once. Move the area on that day.",
        ));
    }
    if let Some(since) = since.filter(|since| from < *since) {
        return Err(Problem::parameter(
            "from",
            format!("移动日期不能早于 {since}(该区域从那天起在现在的位置)。"),
            format!("The day cannot be before {since}, since when the area has been where it is."),
        ));
    }
    // Put right on the day it came: it was never there for a day.
    if since == Some(from) {
        return Ok(());
    }
    let (Some(parent), Ok(to)) = (&area.parent, from.yesterday()) else { return Ok(()) };
    let full_name = match area.path.parent() {
        Some(above) => engine.area_ref(tx, &above)?.full_name,
        None => String::new(),
    };
    places.push(FormerPlaceView { parent: parent.clone(), full_name, from: since, to });
    let kept = serde_json::to_value(&places).map_err(Problem::internal)?;
    tx.put_setting(&key(&area.code), &kept)?;
    Ok(())
}
