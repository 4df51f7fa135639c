//! Cases: open, look, act; what hangs on them.

use axum::{
    Json,
    extract::{Multipart, multipart::Field},
    http::{HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use linli_domain::RecordId;
use linli_engine::{
    Engine, Problem,
    flow::{
        self, ActInput, AskedForm, BoardView, CandidatesView, CaseDetail, CaseFilter, CaseLinkInput, CasePage,
        CommentInput, IncomingCaseFile, MergeInput, OpenInput, StatsFilter, StatsView,
    },
    sheet::documents::{self, Receiving},
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::imports::disposition;
use crate::{
    Api, AppState, Authenticated,
    extract::{Body, Path, Query, page_limit},
    openapi::ProblemBody,
};

/// Routes whose bodies are files.
pub fn uploads() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(add_files))
}

/// The other routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, open))
        .routes(routes!(board))
        .routes(routes!(stats))
        .routes(routes!(by_number))
        .routes(routes!(get))
        .routes(routes!(act))
        .routes(routes!(comment))
        .routes(routes!(file))
        .routes(routes!(link, unlink))
        .routes(routes!(merge))
        .routes(routes!(candidates))
        .routes(routes!(asked_form))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListParams {
    /// Flows, with commas.
    flow: Option<String>,
    /// States, with commas.
    state: Option<String>,
    /// Phases, with commas: `new`, `working`, `waiting`, `done`, `cancelled`.
    phase: Option<String>,
    /// Code of an area: only within it.
    area: Option<String>,
    /// `todo`, `opened`, `called`, `all`, `overdue` or `closed`.
    #[serde(rename = "box")]
    #[param(rename = "box")]
    which: Option<String>,
    /// Beginning of a number, or part of a title or place.
    q: Option<String>,
    /// A unit.
    #[param(value_type = Option<String>)]
    unit: Option<RecordId>,
    /// A class.
    kind: Option<String>,
    /// Opened on or after this day or moment.
    from: Option<String>,
    /// Opened on or before this day, or before this moment.
    to: Option<String>,
    /// `lat,lon,metres`.
    near: Option<String>,
    /// `due` or `-opened`.
    sort: Option<String>,
    /// Cursor of the page before.
    after: Option<String>,
    /// At most so many (≤ 200).
    limit: Option<u32>,
}

/// A page of the cases one sees: those of the flows and areas one may read, those one opened, those one was called to.
#[utoipa::path(get, path = "/api/cases", tag = "cases", operation_id = "listCases", params(ListParams),
    responses((status = 200, body = CasePage), (status = 422, body = ProblemBody)))]
async fn list(auth: Authenticated, Query(params): Query<ListParams>) -> Api<Json<CasePage>> {
    let limit = page_limit(params.limit)?;
    let ListParams { flow, state, phase, area, which, q, unit, kind, from, to, near, sort, after, .. } = params;
    let filter = CaseFilter { flow, state, phase, area, which, q, unit, kind, from, to, near, sort, after, limit };
    Ok(Json(flow::list(&auth.engine, auth.actor(), filter).await?))
}

/// Open a case. The same `client_id` again: the same case.
#[utoipa::path(post, path = "/api/cases", tag = "cases", operation_id = "openCase", request_body = OpenInput,
    responses((status = 201, body = CaseDetail), (status = 403, body = ProblemBody),
        (status = 422, description = "`case.fields` with fields", body = ProblemBody)))]
async fn open(auth: Authenticated, body: Body<OpenInput>) -> Api<impl IntoResponse> {
    Ok((StatusCode::CREATED, Json(flow::open(&auth.engine, auth.actor(), body.value).await?)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct BoardParams {
    /// Flow.
    flow: String,
    /// Code of an area: only within it.
    area: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct AskedParams {
    /// Action that asks by a form.
    action: String,
}

/// The form that an action asks by, filled with what the case says and what the registers hold of whom it is about.
#[utoipa::path(get, path = "/api/cases/{id}/form", tag = "cases", operation_id = "getCaseForm",
    params(("id" = String, Path), AskedParams),
    responses((status = 200, body = AskedForm), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn asked_form(
    auth: Authenticated,
    Path(id): Path<RecordId>,
    Query(params): Query<AskedParams>,
) -> Api<Json<AskedForm>> {
    Ok(Json(flow::case_form(&auth.engine, auth.actor(), id, params.action).await?))
}

/// The board of a flow: a column for each state.
#[utoipa::path(get, path = "/api/cases/board", tag = "cases", operation_id = "getCaseBoard", params(BoardParams),
    responses((status = 200, body = BoardView), (status = 404, body = ProblemBody)))]
async fn board(auth: Authenticated, Query(params): Query<BoardParams>) -> Api<Json<BoardView>> {
    Ok(Json(flow::board(&auth.engine, auth.actor(), params.flow, params.area).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct StatsParams {
    /// Flows, with commas.
    flow: Option<String>,
    /// Code of an area: only within it.
    area: Option<String>,
    /// Opened on or after this day.
    from: Option<String>,
    /// Opened on or before this day.
    to: Option<String>,
    /// `state`, `kind`, `unit`, `area` or `day`.
    by: Option<String>,
}

/// Figures of cases: never by person.
#[utoipa::path(get, path = "/api/cases/stats", tag = "cases", operation_id = "getCaseStats", params(StatsParams),
    responses((status = 200, body = StatsView), (status = 422, body = ProblemBody)))]
async fn stats(auth: Authenticated, Query(params): Query<StatsParams>) -> Api<Json<StatsView>> {
    let StatsParams { flow, area, from, to, by } = params;
    let cases = CaseFilter { flow, area, from, to, ..CaseFilter::default() };
    Ok(Json(flow::stats(&auth.engine, auth.actor(), StatsFilter { cases, by }).await?))
}

/// A case by its number.
#[utoipa::path(get, path = "/api/cases/number/{number}", tag = "cases", operation_id = "getCaseByNumber",
    params(("number" = String, Path)), responses((status = 200, body = CaseDetail), (status = 404, body = ProblemBody)))]
async fn by_number(auth: Authenticated, Path(number): Path<String>) -> Api<Json<CaseDetail>> {
    Ok(Json(flow::by_number(&auth.engine, auth.actor(), number).await?))
}

/// A case.
#[utoipa::path(get, path = "/api/cases/{id}", tag = "cases", operation_id = "getCase", params(("id" = String, Path)),
    responses((status = 200, body = CaseDetail), (status = 404, body = ProblemBody)))]
async fn get(auth: Authenticated, Path(id): Path<RecordId>) -> Api<Json<CaseDetail>> {
    Ok(Json(flow::get(&auth.engine, auth.actor(), id).await?))
}

/// Take an action. 409 `case.stale` says who did what meanwhile, and holds the case as it is; 403 `case.not_yours` says whose
/// turn it is.
#[utoipa::path(post, path = "/api/cases/{id}/actions/{action}", tag = "cases", operation_id = "actOnCase",
    params(("id" = String, Path), ("action" = String, Path)), request_body = ActInput,
    responses((status = 200, body = CaseDetail), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
async fn act(
    auth: Authenticated,
    Path((id, action)): Path<(RecordId, String)>,
    body: Body<ActInput>,
) -> Api<Json<CaseDetail>> {
    Ok(Json(flow::act(&auth.engine, auth.actor(), id, action, body.value).await?))
}

/// Say something to a case.
#[utoipa::path(post, path = "/api/cases/{id}/comments", tag = "cases", operation_id = "commentOnCase",
    params(("id" = String, Path)), request_body = CommentInput,
    responses((status = 200, body = CaseDetail), (status = 404, body = ProblemBody)))]
async fn comment(auth: Authenticated, Path(id): Path<RecordId>, body: Body<CommentInput>) -> Api<Json<CaseDetail>> {
    Ok(Json(flow::comment(&auth.engine, auth.actor(), id, body.value).await?))
}

/// Files of a case.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described here, read by `receive`")]
struct CaseFiles {
    /// Files, each in a part of its own.
    #[schema(value_type = Vec<String>, format = Binary)]
    file: Vec<Vec<u8>>,
}

/// Attach files to a case.
#[utoipa::path(post, path = "/api/cases/{id}/files", tag = "cases", operation_id = "addCaseFiles",
    params(("id" = String, Path)), request_body(content = CaseFiles, content_type = "multipart/form-data"),
    responses((status = 200, body = CaseDetail), (status = 404, body = ProblemBody), (status = 413, body = ProblemBody)))]
async fn add_files(auth: Authenticated, Path(id): Path<RecordId>, form: Multipart) -> Api<Json<CaseDetail>> {
    let files = receive(&auth.engine, form).await?;
    Ok(Json(flow::add_files(&auth.engine, auth.actor(), id, files).await?))
}

/// Most files of one post.
const FILES: usize = 20;

/// Takes the files of a post in.
pub(super) async fn receive(engine: &Engine, mut form: Multipart) -> Result<Vec<IncomingCaseFile>, Problem> {
    let mut files = Vec::new();
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let Some(name) = field.file_name().map(str::to_owned) else { continue };
        if files.len() >= FILES {
            let what = linli_domain::Label::new("一次提交的文件数量", "The number of files of one post");
            return Err(Problem::too_large(&what, &FILES.to_string()));
        }
        let kind = field.content_type().unwrap_or("application/octet-stream").to_owned();
        files.push(IncomingCaseFile { name, kind, received: read_file(engine, field).await? });
    }
    Ok(files)
}

async fn read_file(engine: &Engine, mut field: Field<'_>) -> Result<documents::Received, Problem> {
    let engine = engine.clone();
    let mut receiving =
        tokio::task::spawn_blocking(move || Receiving::begin(&engine)).await.map_err(Problem::internal)??;
    while let Some(piece) = field.chunk().await.map_err(broken)? {
        receiving.push(&piece)?;
    }
    tokio::task::spawn_blocking(move || receiving.finish()).await.map_err(Problem::internal)?
}

fn broken(error: axum::extract::multipart::MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return documents::too_large(documents::MOST_BYTES);
    }
    Problem::malformed("附件没有完整到达,请重新上传。", "The files did not arrive completely; send them again.")
}

/// Media types that a browser may show in the page; others are saved.
const SHOWN: [&str; 8] =
    ["image/jpeg", "image/png", "image/webp", "image/gif", "audio/mpeg", "audio/mp4", "audio/webm", "video/mp4"];

/// A file of a case.
#[utoipa::path(get, path = "/api/cases/{id}/files/{name}", tag = "cases", operation_id = "getCaseFile",
    params(("id" = String, Path), ("name" = String, Path)),
    responses((status = 200, description = "The file"), (status = 404, body = ProblemBody)))]
async fn file(auth: Authenticated, Path((id, name)): Path<(RecordId, String)>) -> Api<impl IntoResponse> {
    let found = flow::file(&auth.engine, auth.actor(), id, name).await?;
    let shown = SHOWN.iter().find(|kind| **kind == found.kind);
    let (kind, place) = match shown {
        Some(kind) => (HeaderValue::from_static(kind), HeaderValue::from_static("inline")),
        None => (HeaderValue::from_static("application/octet-stream"), disposition(&found.name)),
    };
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, place)], found.bytes))
}

/// Link a record that one may read to a case.
#[utoipa::path(post, path = "/api/cases/{id}/links", tag = "cases", operation_id = "linkCase",
    params(("id" = String, Path)), request_body = CaseLinkInput,
    responses((status = 200, body = CaseDetail), (status = 404, body = ProblemBody)))]
async fn link(auth: Authenticated, Path(id): Path<RecordId>, body: Body<CaseLinkInput>) -> Api<Json<CaseDetail>> {
    Ok(Json(flow::link(&auth.engine, auth.actor(), id, body.value).await?))
}

/// Unlink a record.
#[utoipa::path(delete, path = "/api/cases/{id}/links", tag = "cases", operation_id = "unlinkCase",
    params(("id" = String, Path)), request_body = CaseLinkInput,
    responses((status = 200, body = CaseDetail), (status = 404, body = ProblemBody)))]
async fn unlink(auth: Authenticated, Path(id): Path<RecordId>, body: Body<CaseLinkInput>) -> Api<Json<CaseDetail>> {
    Ok(Json(flow::unlink(&auth.engine, auth.actor(), id, body.value).await?))
}

/// Make a case part of another of its flow.
#[utoipa::path(post, path = "/api/cases/{id}/merge", tag = "cases", operation_id = "mergeCase",
    params(("id" = String, Path)), request_body = MergeInput,
    responses((status = 200, body = CaseDetail), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn merge(auth: Authenticated, Path(id): Path<RecordId>, body: Body<MergeInput>) -> Api<Json<CaseDetail>> {
    Ok(Json(flow::merge(&auth.engine, auth.actor(), id, body.value).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct CandidateParams {
    /// Action that chooses.
    action: String,
}

/// Who an action can choose.
#[utoipa::path(get, path = "/api/cases/{id}/candidates", tag = "cases", operation_id = "listCaseCandidates",
    params(("id" = String, Path), CandidateParams),
    responses((status = 200, body = CandidatesView), (status = 404, body = ProblemBody)))]
async fn candidates(
    auth: Authenticated,
    Path(id): Path<RecordId>,
    Query(params): Query<CandidateParams>,
) -> Api<Json<CandidatesView>> {
    Ok(Json(flow::candidates(&auth.engine, auth.actor(), id, params.action).await?))
}
