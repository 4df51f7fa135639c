//! Which accounts act for a unit.

use axum::Json;
use linli_domain::RecordId;
use linli_engine::flow::{self, MembersInput, MembersView};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Api, AppState, Authenticated,
    extract::{Body, Path},
    openapi::ProblemBody,
};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(members, put_members))
}

/// Accounts that act for a unit.
#[utoipa::path(get, path = "/api/units/{id}/members", tag = "units", operation_id = "listUnitMembers",
    params(("id" = String, Path)), responses((status = 200, body = MembersView), (status = 404, body = ProblemBody)))]
async fn members(auth: Authenticated, Path(id): Path<RecordId>) -> Api<Json<MembersView>> {
    Ok(Json(flow::members(&auth.engine, auth.actor(), id).await?))
}

/// Say which accounts act for a unit (manage accounts).
#[utoipa::path(put, path = "/api/units/{id}/members", tag = "units", operation_id = "putUnitMembers",
    params(("id" = String, Path)), request_body = MembersInput,
    responses((status = 200, body = MembersView), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn put_members(
    auth: Authenticated,
    Path(id): Path<RecordId>,
    body: Body<MembersInput>,
) -> Api<Json<MembersView>> {
    Ok(Json(flow::put_members(&auth.engine, auth.actor(), id, body.value).await?))
}
