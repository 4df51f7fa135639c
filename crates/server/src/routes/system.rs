//! The installation.

use axum::Json;
use linli_engine::system::{self, SystemView};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Api, AppState, Authenticated, openapi::ProblemBody};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get))
}

/// Version, data, packs, pending migration, last backup.
#[utoipa::path(get, path = "/api/system", tag = "system", operation_id = "getSystem",
    responses((status = 200, body = SystemView), (status = 403, body = ProblemBody)))]
async fn get(auth: Authenticated) -> Api<Json<SystemView>> {
    Ok(Json(system::view(&auth.engine, auth.actor()).await?))
}
