//! The staff home page.

use axum::Json;
use linli_engine::home::{self, HomeView};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Api, AppState, Authenticated, extract::Query, openapi::ProblemBody};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Params {
    /// Code of an area in one's scope; one's own when absent.
    area: Option<String>,
}

/// Figures, to-do and recent imports.
#[utoipa::path(get, path = "/api/home", tag = "home", operation_id = "getHome", params(Params),
    responses((status = 200, body = HomeView), (status = 403, body = ProblemBody)))]
async fn get(auth: Authenticated, Query(params): Query<Params>) -> Api<Json<HomeView>> {
    Ok(Json(home::view(&auth.engine, auth.actor(), params.area).await?))
}
