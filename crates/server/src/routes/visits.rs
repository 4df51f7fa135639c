//! Visits: a record on one screen, one tap "no change", or only what has changed.

use axum::{Json, http::StatusCode, response::IntoResponse};
use linli_domain::RecordId;
use linli_engine::visit::{self, NewVisit, VisitDone, VisitView};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Api, AppState, Authenticated,
    extract::{Body, Path, Query},
    openapi::ProblemBody,
};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get)).routes(routes!(send))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct GetParams {
    /// Request the visit is made for.
    #[param(value_type = Option<String>)]
    task: Option<RecordId>,
}

/// A record as a visit shows it.
#[utoipa::path(get, path = "/api/visits/{pack}/{entity}/{id}", tag = "visits", operation_id = "getVisit",
    params(("pack" = String, Path), ("entity" = String, Path), ("id" = String, Path), GetParams),
    responses((status = 200, body = VisitView), (status = 404, body = ProblemBody)))]
async fn get(
    auth: Authenticated,
    Path((pack, entity, id)): Path<(String, String, RecordId)>,
    Query(params): Query<GetParams>,
) -> Api<Json<VisitView>> {
    let name = format!("{pack}/{entity}");
    Ok(Json(visit::get(&auth.engine, auth.actor(), &name, id, params.task).await?))
}

/// Send a visit; the same `client_id` again is answered as before.
#[utoipa::path(post, path = "/api/visits", tag = "visits", operation_id = "sendVisit", request_body = NewVisit,
    responses((status = 201, body = VisitDone), (status = 404, body = ProblemBody),
        (status = 409, description = "`visit.other_content`", body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn send(auth: Authenticated, body: Body<NewVisit>) -> Api<impl IntoResponse> {
    Ok((StatusCode::CREATED, Json(visit::send(&auth.engine, auth.actor(), body.value).await?)))
}
