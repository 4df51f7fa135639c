//! How much of what a form asks is held already.

use axum::Json;
use linli_domain::RecordId;
use linli_engine::collect::held::{self, HeldForm};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Api, AppState, Authenticated,
    extract::{Path, Query},
    openapi::ProblemBody,
};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Params {
    /// Code of an area; the form's own when absent.
    area: Option<String>,
}

/// How much of what a form (its draft, else its published version) asks is held already, by area.
#[utoipa::path(get, path = "/api/forms/{id}/held", tag = "forms", operation_id = "getFormHeld",
    params(("id" = String, Path), Params),
    responses((status = 200, body = HeldForm), (status = 404, body = ProblemBody)))]
async fn get(auth: Authenticated, Path(id): Path<RecordId>, Query(params): Query<Params>) -> Api<Json<HeldForm>> {
    Ok(Json(held::of_form(&auth.engine, auth.actor(), id, params.area).await?))
}
