//! Grid events and the map.

use axum::{http::header, response::IntoResponse};
use linli_engine::grid;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Api, AppState, Authenticated, extract::Query, openapi::ProblemBody};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(areas))
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
