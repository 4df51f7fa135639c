//! Templates are filled: upload, confirm the columns, look at the gaps, take the file.

use axum::{Json, extract::Multipart, http::StatusCode, response::IntoResponse};
use jiff::civil::Date;
use linli_domain::RecordId;
use linli_engine::{
    Problem,
    sheet::fill::{self, Fill, TableChoice},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::imports::{Upload, attachment, blocking};
use crate::{
    Api, AppState, Authenticated,
    extract::{Body, Path, Query},
    openapi::ProblemBody,
};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create, list))
        .routes(routes!(get))
        .routes(routes!(set_mapping))
        .routes(routes!(file))
}

/// A template to fill.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described here, read by `Upload`")]
pub struct FillForm {
    /// The template: .xlsx, .xls.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Code of the area it is filled for.
    area: String,
    /// Day it is filled as of, `yyyy-mm-dd`.
    as_of: Option<String>,
}

/// Fills.
#[derive(Serialize, ToSchema)]
struct Fills {
    /// Newest first.
    items: Vec<Fill>,
}

/// Bring a template.
#[utoipa::path(post, path = "/api/fills", tag = "fills", operation_id = "createFill",
    request_body(content = FillForm, content_type = "multipart/form-data"),
    responses((status = 201, body = Fill), (status = 413, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create(auth: Authenticated, form: Multipart) -> Api<impl IntoResponse> {
    let upload = Upload::receive(&auth, form).await?;
    let area = upload.field("area")?;
    let as_of = match upload.optional("as_of") {
        None => None,
        Some(text) => Some(
            text.parse::<Date>()
                .map_err(|_| Problem::parameter("as_of", "日期请写成 2026-11-23。", "Write a day as 2026-11-23."))?,
        ),
    };
    let made =
        blocking(&auth, move |engine, actor| fill::stage(engine, actor, &area, as_of, upload.file, &upload.name))
            .await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// One's recent fills.
#[utoipa::path(get, path = "/api/fills", tag = "fills", operation_id = "listFills",
    responses((status = 200, body = Fills)))]
async fn list(auth: Authenticated) -> Api<Json<Fills>> {
    let items = blocking(&auth, |engine, actor| fill::list(engine, actor, 50)).await?;
    Ok(Json(Fills { items }))
}

/// A fill.
#[utoipa::path(get, path = "/api/fills/{id}", tag = "fills", operation_id = "getFill",
    params(("id" = String, Path)), responses((status = 200, body = Fill), (status = 404, body = ProblemBody)))]
async fn get(auth: Authenticated, Path(id): Path<RecordId>) -> Api<Json<Fill>> {
    Ok(Json(blocking(&auth, move |engine, actor| fill::get(engine, actor, id)).await?))
}

/// What the tables of a template are.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TablesBody {
    /// One per table that is to be filled.
    tables: Vec<TableChoice>,
}

/// Confirm what the tables are; answers with a preview and the gaps.
#[utoipa::path(put, path = "/api/fills/{id}/mapping", tag = "fills", operation_id = "setFillMapping",
    params(("id" = String, Path)), request_body = TablesBody,
    responses((status = 200, body = Fill), (status = 422, body = ProblemBody)))]
async fn set_mapping(auth: Authenticated, Path(id): Path<RecordId>, body: Body<TablesBody>) -> Api<Json<Fill>> {
    let tables = body.value.tables;
    Ok(Json(blocking(&auth, move |engine, actor| fill::set_mapping(engine, actor, id, tables)).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FileParams {
    /// What sensitive values in clear are for.
    purpose: Option<String>,
}

/// The filled template.
#[utoipa::path(get, path = "/api/fills/{id}/file", tag = "fills", operation_id = "getFillFile",
    params(("id" = String, Path), FileParams),
    responses((status = 200, description = "The workbook"), (status = 403, body = ProblemBody)))]
async fn file(
    auth: Authenticated,
    Path(id): Path<RecordId>,
    Query(params): Query<FileParams>,
) -> Api<impl IntoResponse> {
    let filled = blocking(&auth, move |engine, actor| fill::file(engine, actor, id, params.purpose)).await?;
    Ok(attachment(filled.bytes, &filled.file_name))
}
