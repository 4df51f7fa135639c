//! Grid events and the map.

use axum::{Json, http::header, response::IntoResponse};
use linli_domain::Timestamp;
use linli_engine::{
    Problem,
    grid::{self, MapFilter, NearItems, NearQuery, Suggestions},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Api, AppState, Authenticated, extract::Query, openapi::ProblemBody};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(areas)).routes(routes!(suggest)).routes(routes!(near)).routes(routes!(map))
}

/// GeoJSON with its own content type (RFC 7946).
fn geojson(body: &serde_json::Value) -> impl IntoResponse + use<> {
    ([(header::CONTENT_TYPE, "application/geo+json")], body.to_string())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct AreasParams {
    /// Code of the parent; without it the tops of one's scope.
    parent: Option<String>,
}

/// The areas below one as GeoJSON: as drawn, or as schematic tiles when nobody drew them (`schematic: true`).
#[utoipa::path(get, path = "/api/areas/geojson", tag = "areas", operation_id = "getAreasGeojson", params(AreasParams),
    responses((status = 200, description = "FeatureCollection", content_type = "application/geo+json"),
        (status = 404, body = ProblemBody)))]
async fn areas(auth: Authenticated, Query(params): Query<AreasParams>) -> Api<impl IntoResponse> {
    Ok(geojson(&grid::areas_geojson(&auth.engine, auth.actor(), params.parent).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct SuggestParams {
    /// What was said.
    text: String,
    /// Code of the area it was said in; its street's history is what is learned from.
    area: Option<String>,
}

/// Class and unit that a text suggests, with how often such suggestions are right.
#[utoipa::path(get, path = "/api/grid/suggest", tag = "grid", operation_id = "suggestIncident", params(SuggestParams),
    responses((status = 200, body = Suggestions), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn suggest(auth: Authenticated, Query(params): Query<SuggestParams>) -> Api<Json<Suggestions>> {
    Ok(Json(grid::suggest(&auth.engine, auth.actor(), params.text, params.area).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct NearParams {
    /// Only of this class.
    kind: Option<String>,
    /// Latitude in degrees (WGS 84).
    lat: f64,
    /// Longitude in degrees.
    lon: f64,
}

/// Open events near a place, the nearest first.
#[utoipa::path(get, path = "/api/grid/near", tag = "grid", operation_id = "listIncidentsNear", params(NearParams),
    responses((status = 200, body = NearItems), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn near(auth: Authenticated, Query(params): Query<NearParams>) -> Api<Json<NearItems>> {
    let query = NearQuery { kind: params.kind, lat: params.lat, lon: params.lon };
    Ok(Json(grid::near(&auth.engine, auth.actor(), query).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct MapParams {
    /// Code of the area whose parts are drawn; without it the tops of one's scope.
    area: Option<String>,
    /// Flow; grid events when absent.
    flow: Option<String>,
    /// Only in these states, with commas.
    state: Option<String>,
    /// Only those that are not over (`true`), or only those that are.
    open: Option<bool>,
    /// Opened at or after (RFC 3339).
    from: Option<String>,
    /// Opened before (RFC 3339).
    to: Option<String>,
}

/// Cases on the map: at most 5,000 points, one an area beyond.
#[utoipa::path(get, path = "/api/grid/map", tag = "grid", operation_id = "getCaseMap", params(MapParams),
    responses((status = 200, description = "FeatureCollection", content_type = "application/geo+json"),
        (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn map(auth: Authenticated, Query(params): Query<MapParams>) -> Api<impl IntoResponse> {
    let states = params.state.iter().flat_map(|text| text.split(',')).map(|word| word.trim().to_owned());
    let filter = MapFilter {
        area: params.area,
        flow: params.flow,
        states: states.filter(|word| !word.is_empty()).collect(),
        open: params.open,
        from: instant("from", params.from.as_deref())?,
        until: instant("to", params.to.as_deref())?,
    };
    Ok(geojson(&grid::map(&auth.engine, auth.actor(), filter).await?))
}

fn instant(name: &str, text: Option<&str>) -> Result<Option<Timestamp>, Problem> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let read = text.parse::<jiff::Timestamp>();
    read.map(|at| Some(Timestamp(at.as_microsecond()))).map_err(|_| {
        Problem::parameter(
            name,
            "时刻请写成 2026-11-23T08:00:00+08:00。",
            "Write a moment as 2026-11-23T08:00:00+08:00.",
        )
    })
}
