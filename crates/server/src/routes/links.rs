//! Public links of forms.

use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use linli_domain::RecordId;
use linli_engine::collect::public::{self, LinkChange, LinkView, NewLink, SheetFormat};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    collect::base_url,
    exports::streamed,
    imports::{blocking, disposition},
};
use crate::{
    Api, AppState, Authenticated,
    extract::{Body, Path, Query},
    openapi::ProblemBody,
};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(change)).routes(routes!(sheet))
}

/// Links of a form.
#[derive(Serialize, ToSchema)]
struct Links {
    /// Newest first.
    items: Vec<LinkView>,
}

/// Public links of a form.
#[utoipa::path(get, path = "/api/forms/{id}/links", tag = "links", operation_id = "listLinks",
    params(("id" = String, Path)), responses((status = 200, body = Links), (status = 404, body = ProblemBody)))]
async fn list(auth: Authenticated, Path(id): Path<RecordId>, headers: HeaderMap) -> Api<Json<Links>> {
    let base = base_url(&auth.engine, &headers);
    let items = blocking(&auth, move |engine, actor| public::list(engine, actor, &base, id)).await?;
    Ok(Json(Links { items }))
}

/// Make a public link.
#[utoipa::path(post, path = "/api/forms/{id}/links", tag = "links", operation_id = "createLink",
    params(("id" = String, Path)), request_body = NewLink,
    responses((status = 201, body = LinkView), (status = 409, description = "`link.unpublished`", body = ProblemBody),
        (status = 422, body = ProblemBody)))]
async fn create(
    auth: Authenticated,
    Path(id): Path<RecordId>,
    headers: HeaderMap,
    body: Body<NewLink>,
) -> Api<impl IntoResponse> {
    let base = base_url(&auth.engine, &headers);
    let made = blocking(&auth, move |engine, actor| public::create(engine, actor, &base, id, body.value)).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Change or close a public link.
#[utoipa::path(patch, path = "/api/links/{id}", tag = "links", operation_id = "changeLink",
    params(("id" = String, Path)), request_body = LinkChange,
    responses((status = 200, body = LinkView), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn change(
    auth: Authenticated,
    Path(id): Path<RecordId>,
    headers: HeaderMap,
    body: Body<LinkChange>,
) -> Api<Json<LinkView>> {
    let base = base_url(&auth.engine, &headers);
    Ok(Json(blocking(&auth, move |engine, actor| public::change(engine, actor, &base, id, body.value)).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct SheetParams {
    /// `html` (a page to print) or `xlsx` (a list).
    format: Option<String>,
}

/// QR codes to print, or the list of the addresses.
#[utoipa::path(get, path = "/api/links/{id}/sheet", tag = "links", operation_id = "getLinkSheet",
    params(("id" = String, Path), SheetParams),
    responses((status = 200, description = "The page or the list"), (status = 404, body = ProblemBody)))]
async fn sheet(
    auth: Authenticated,
    Path(id): Path<RecordId>,
    Query(params): Query<SheetParams>,
    headers: HeaderMap,
) -> Api<impl IntoResponse> {
    let (base, format) =
        (base_url(&auth.engine, &headers), SheetFormat::of(params.format.as_deref().unwrap_or("html"))?);
    let made = blocking(&auth, move |engine, actor| public::begin_sheet(engine, actor, &base, id, format)).await?;
    let place = match format {
        SheetFormat::Html => HeaderValue::from_static("inline"),
        SheetFormat::Xlsx => disposition(&made.file_name),
    };
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static(made.media_type())), (header::CONTENT_DISPOSITION, place)];
    Ok((headers, streamed(move |out| made.write(out))))
}
