//! Answers as people work with them.

use axum::{
    Json,
    http::{HeaderValue, header},
    response::IntoResponse,
};
use linli_domain::RecordId;
use linli_engine::{
    Problem,
    collect::answers::{
        self, AnswerFormat, Correction, ResponseDetail, ResponseFilter, ResponsePage, ReviewInput, Summary,
    },
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    exports::streamed,
    imports::{blocking, disposition},
};
use crate::{
    Api, AppState, Authenticated,
    extract::{Body, Path, Query, page_limit},
    openapi::ProblemBody,
};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(summary))
        .routes(routes!(export))
        .routes(routes!(get))
        .routes(routes!(review))
        .routes(routes!(correct))
        .routes(routes!(file))
}

/// Which answers; the same for the list, the summary and the export.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ResponseParams {
    /// Code of an area: only within it.
    area: Option<String>,
    /// `received`, `accepted`, `returned`, `replaced`; all but replaced ones when absent.
    state: Option<String>,
    /// Only those with something to look at.
    #[serde(default)]
    flagged: bool,
    /// Id of a task.
    task: Option<String>,
    /// Words of the answer; a sensitive value must be given whole.
    q: Option<String>,
    /// Arrived on or after this day or moment.
    from: Option<String>,
    /// Arrived on or before this day, or before this moment.
    to: Option<String>,
    /// Cursor of the page before (list only).
    after: Option<String>,
    /// At most so many (≤ 200, list only).
    limit: Option<u32>,
    /// `xlsx`, `csv`, `geojson` or `zip` (export only).
    format: Option<String>,
}

impl ResponseParams {
    fn filter(self) -> Result<ResponseFilter, Problem> {
        let task = self.task.filter(|text| !text.is_empty()).map(|text| text.parse()).transpose();
        Ok(ResponseFilter {
            area: self.area,
            state: self.state,
            flagged: self.flagged,
            task: task.map_err(|_| Problem::parameter("task", "任务编号无效。", "The task's id is not valid."))?,
            q: self.q,
            from: self.from,
            to: self.to,
            after: self.after,
            limit: page_limit(self.limit)?,
        })
    }
}

/// Answers to a form, newest first; sensitive values are masked.
#[utoipa::path(get, path = "/api/forms/{id}/responses", tag = "responses", operation_id = "listResponses",
    params(("id" = String, Path), ResponseParams),
    responses((status = 200, body = ResponsePage), (status = 404, body = ProblemBody)))]
async fn list(
    auth: Authenticated,
    Path(id): Path<RecordId>,
    Query(params): Query<ResponseParams>,
) -> Api<Json<ResponsePage>> {
    let filter = params.filter()?;
    Ok(Json(blocking(&auth, move |engine, actor| answers::list(engine, actor, id, filter)).await?))
}

/// What the answers to a form add up to, question by question.
#[utoipa::path(get, path = "/api/forms/{id}/summary", tag = "responses", operation_id = "summariseResponses",
    params(("id" = String, Path), ResponseParams),
    responses((status = 200, body = Summary), (status = 404, body = ProblemBody)))]
async fn summary(
    auth: Authenticated,
    Path(id): Path<RecordId>,
    Query(params): Query<ResponseParams>,
) -> Api<Json<Summary>> {
    let filter = params.filter()?;
    Ok(Json(blocking(&auth, move |engine, actor| answers::summary(engine, actor, id, filter)).await?))
}

/// The answers as a file: masked, watermarked, audited.
#[utoipa::path(get, path = "/api/forms/{id}/export", tag = "responses", operation_id = "exportResponses",
    params(("id" = String, Path), ResponseParams),
    responses((status = 200, description = "The file"), (status = 403, body = ProblemBody)))]
async fn export(
    auth: Authenticated,
    Path(id): Path<RecordId>,
    Query(params): Query<ResponseParams>,
) -> Api<impl IntoResponse> {
    let format = AnswerFormat::of(params.format.as_deref().unwrap_or("xlsx"))?;
    let filter = params.filter()?;
    let made = blocking(&auth, move |engine, actor| answers::begin_export(engine, actor, id, filter, format)).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(made.media_type)),
        (header::CONTENT_DISPOSITION, disposition(&made.file_name)),
    ];
    Ok((headers, streamed(move |out| made.write(out))))
}

/// An answer: what was said, its history, entities, files.
#[utoipa::path(get, path = "/api/responses/{instance_id}", tag = "responses", operation_id = "getResponse",
    params(("instance_id" = String, Path)),
    responses((status = 200, body = ResponseDetail), (status = 404, body = ProblemBody)))]
async fn get(auth: Authenticated, Path(instance): Path<String>) -> Api<Json<ResponseDetail>> {
    Ok(Json(blocking(&auth, move |engine, actor| answers::get(engine, actor, &instance)).await?))
}

/// Accept an answer, or return it.
#[utoipa::path(post, path = "/api/responses/{instance_id}/review", tag = "responses", operation_id = "reviewResponse",
    params(("instance_id" = String, Path)), request_body = ReviewInput,
    responses((status = 200, body = ResponseDetail), (status = 404, body = ProblemBody),
        (status = 409, description = "`submission.replaced`", body = ProblemBody)))]
async fn review(
    auth: Authenticated,
    Path(instance): Path<String>,
    body: Body<ReviewInput>,
) -> Api<Json<ResponseDetail>> {
    Ok(Json(answers::review(&auth.engine, auth.actor(), instance, body.value).await?))
}

/// Correct an answer: a new one takes its place.
#[utoipa::path(put, path = "/api/responses/{instance_id}/answers", tag = "responses", operation_id = "correctResponse",
    params(("instance_id" = String, Path)), request_body = Correction,
    responses((status = 200, body = ResponseDetail), (status = 404, body = ProblemBody),
        (status = 409, description = "`submission.replaced`", body = ProblemBody),
        (status = 422, body = ProblemBody)))]
async fn correct(
    auth: Authenticated,
    Path(instance): Path<String>,
    body: Body<Correction>,
) -> Api<Json<ResponseDetail>> {
    Ok(Json(answers::correct(&auth.engine, auth.actor(), instance, body.value).await?))
}

/// Kinds that a browser may show; anything else is only downloaded, whatever its sender called it.
const SHOWN: [&str; 10] = [
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "audio/mpeg",
    "audio/mp4",
    "audio/ogg",
    "audio/wav",
    "video/mp4",
    "video/webm",
];

/// A file of an answer.
#[utoipa::path(get, path = "/api/responses/{instance_id}/files/{name}", tag = "responses",
    operation_id = "getResponseFile", params(("instance_id" = String, Path), ("name" = String, Path)),
    responses((status = 200, description = "The file"), (status = 404, body = ProblemBody)))]
async fn file(auth: Authenticated, Path((instance, name)): Path<(String, String)>) -> Api<impl IntoResponse> {
    let found = blocking(&auth, move |engine, actor| answers::file(engine, actor, &instance, &name)).await?;
    let shown = SHOWN.iter().find(|kind| **kind == found.kind);
    let (kind, place) = match shown {
        Some(kind) => (HeaderValue::from_static(kind), HeaderValue::from_static("inline")),
        None => (HeaderValue::from_static("application/octet-stream"), disposition(&found.name)),
    };
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, place)], found.bytes))
}
