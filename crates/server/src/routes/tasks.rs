//! Collection tasks: requests with a licence, their assignments, what a phone needs, complaints.

use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use linli_domain::RecordId;
use linli_engine::{
    Problem,
    task::{
        self, AnswerComplaint, AssignmentFilter, AssignmentPage, AssignmentView, BasisItems, ComplaintItems,
        ComplaintView, DecisionNote, NoLicence, OutcomeInput, PackPage, ProgressItems, TaskBox, TaskInput, TaskPage,
        TaskPreview, TaskView, Today,
    },
};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::imports::{attachment, blocking};
use crate::{
    Api, AppState, Authenticated,
    extract::{Body, Path, Query, page_limit},
    openapi::ProblemBody,
};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(preview))
        .routes(routes!(bases))
        .routes(routes!(get, edit))
        .routes(routes!(submit))
        .routes(routes!(approve))
        .routes(routes!(reject))
        .routes(routes!(close))
        .routes(routes!(remind))
        .routes(routes!(progress))
        .routes(routes!(assignments))
        .routes(routes!(result))
        .routes(routes!(today))
        .routes(routes!(pack))
        .routes(routes!(outcome))
        .routes(routes!(no_licence))
        .routes(routes!(complaints))
        .routes(routes!(answer))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListParams {
    /// `mine`, `issued`, `approve`, `all`.
    #[serde(default, rename = "box")]
    #[param(value_type = Option<String>)]
    which: TaskBox,
    /// Only in this state.
    state: Option<String>,
    /// Cursor of the page before.
    after: Option<String>,
    /// At most so many (≤ 200).
    limit: Option<u32>,
}

/// A page of requests, newest first.
#[utoipa::path(get, path = "/api/tasks", tag = "tasks", operation_id = "listTasks", params(ListParams),
    responses((status = 200, body = TaskPage), (status = 403, body = ProblemBody)))]
async fn list(auth: Authenticated, Query(params): Query<ListParams>) -> Api<Json<TaskPage>> {
    let limit = page_limit(params.limit)?;
    let ListParams { which, state, after, .. } = params;
    Ok(Json(task::list(&auth.engine, auth.actor(), which, state, after, limit).await?))
}

/// Begin a request.
#[utoipa::path(post, path = "/api/tasks", tag = "tasks", operation_id = "createTask", request_body = TaskInput,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = TaskView), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create(auth: Authenticated, body: Body<TaskInput>) -> Api<impl IntoResponse> {
    let made = task::create(&auth.engine, auth.actor(), body.value, body.once).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// What a draft would cost, before anybody is asked.
#[utoipa::path(post, path = "/api/tasks/preview", tag = "tasks", operation_id = "previewTask", request_body = TaskInput,
    responses((status = 200, body = TaskPreview), (status = 422, body = ProblemBody)))]
async fn preview(auth: Authenticated, body: Body<TaskInput>) -> Api<Json<TaskPreview>> {
    Ok(Json(task::preview(&auth.engine, auth.actor(), body.value).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct BasesParams {
    /// Code of the request's area.
    area: String,
    /// Part of the item, its code or its department.
    q: Option<String>,
}

/// Items of responsibility lists that license requests in an area.
#[utoipa::path(get, path = "/api/tasks/bases", tag = "tasks", operation_id = "listTaskBases", params(BasesParams),
    responses((status = 200, body = BasisItems), (status = 404, body = ProblemBody)))]
async fn bases(auth: Authenticated, Query(params): Query<BasesParams>) -> Api<Json<BasisItems>> {
    Ok(Json(task::bases(&auth.engine, auth.actor(), params.area, params.q).await?))
}

/// A request.
#[utoipa::path(get, path = "/api/tasks/{id}", tag = "tasks", operation_id = "getTask", params(("id" = String, Path)),
    responses((status = 200, body = TaskView), (status = 404, body = ProblemBody)))]
async fn get(auth: Authenticated, Path(id): Path<RecordId>) -> Api<Json<TaskView>> {
    Ok(Json(task::get(&auth.engine, auth.actor(), id).await?))
}

/// Change a draft; what is absent stays. A request that waits for approval becomes a draft again.
#[utoipa::path(patch, path = "/api/tasks/{id}", tag = "tasks", operation_id = "editTask", params(("id" = String, Path)),
    request_body = TaskInput,
    responses((status = 200, body = TaskView), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn edit(auth: Authenticated, Path(id): Path<RecordId>, body: Body<TaskInput>) -> Api<Json<TaskView>> {
    Ok(Json(task::edit(&auth.engine, auth.actor(), id, body.value).await?))
}

/// Send a request for approval.
#[utoipa::path(post, path = "/api/tasks/{id}/submit", tag = "tasks", operation_id = "submitTask",
    params(("id" = String, Path)), responses((status = 200, body = TaskView), (status = 409, body = ProblemBody),
        (status = 422, description = "`task.incomplete` with fields", body = ProblemBody)))]
async fn submit(auth: Authenticated, Path(id): Path<RecordId>) -> Api<Json<TaskView>> {
    Ok(Json(task::submit(&auth.engine, auth.actor(), id).await?))
}

/// Approve a request; its assignments are made. Nobody approves what they wrote.
#[utoipa::path(post, path = "/api/tasks/{id}/approve", tag = "tasks", operation_id = "approveTask",
    params(("id" = String, Path)), request_body = DecisionNote,
    responses((status = 200, body = TaskView), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn approve(auth: Authenticated, Path(id): Path<RecordId>, body: Body<DecisionNote>) -> Api<Json<TaskView>> {
    Ok(Json(task::approve(&auth.engine, auth.actor(), id, body.value).await?))
}

/// Send a request back with a reason.
#[utoipa::path(post, path = "/api/tasks/{id}/reject", tag = "tasks", operation_id = "rejectTask",
    params(("id" = String, Path)), request_body = DecisionNote,
    responses((status = 200, body = TaskView), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn reject(auth: Authenticated, Path(id): Path<RecordId>, body: Body<DecisionNote>) -> Api<Json<TaskView>> {
    Ok(Json(task::reject(&auth.engine, auth.actor(), id, body.value).await?))
}

/// End a request.
#[utoipa::path(post, path = "/api/tasks/{id}/close", tag = "tasks", operation_id = "closeTask",
    params(("id" = String, Path)), responses((status = 200, body = TaskView), (status = 409, body = ProblemBody)))]
async fn close(auth: Authenticated, Path(id): Path<RecordId>) -> Api<Json<TaskView>> {
    Ok(Json(task::close(&auth.engine, auth.actor(), id).await?))
}

/// Remind those whose assignments are open, once a day at most.
#[utoipa::path(post, path = "/api/tasks/{id}/remind", tag = "tasks", operation_id = "remindTask",
    params(("id" = String, Path)), responses((status = 200, body = TaskView),
        (status = 409, description = "`task.state`, `task.reminded_today`", body = ProblemBody)))]
async fn remind(auth: Authenticated, Path(id): Path<RecordId>) -> Api<Json<TaskView>> {
    Ok(Json(task::remind(&auth.engine, auth.actor(), id).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct AreaParams {
    /// Code of an area; the request's own when absent.
    area: Option<String>,
}

/// How far a request is, by the areas directly below an area.
#[utoipa::path(get, path = "/api/tasks/{id}/progress", tag = "tasks", operation_id = "getTaskProgress",
    params(("id" = String, Path), AreaParams),
    responses((status = 200, body = ProgressItems), (status = 404, body = ProblemBody)))]
async fn progress(
    auth: Authenticated,
    Path(id): Path<RecordId>,
    Query(params): Query<AreaParams>,
) -> Api<Json<ProgressItems>> {
    Ok(Json(task::progress(&auth.engine, auth.actor(), id, params.area).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct AssignmentParams {
    /// `open`, `done`, `unreachable`, `complaint`.
    state: Option<String>,
    /// Code of an area.
    area: Option<String>,
    /// Cursor of the page before.
    after: Option<String>,
    /// At most so many (≤ 200).
    limit: Option<u32>,
}

/// A page of a request's assignments, by place.
#[utoipa::path(get, path = "/api/tasks/{id}/assignments", tag = "tasks", operation_id = "listAssignments",
    params(("id" = String, Path), AssignmentParams),
    responses((status = 200, body = AssignmentPage), (status = 404, body = ProblemBody)))]
async fn assignments(
    auth: Authenticated,
    Path(id): Path<RecordId>,
    Query(params): Query<AssignmentParams>,
) -> Api<Json<AssignmentPage>> {
    let limit = page_limit(params.limit)?;
    let filter = AssignmentFilter { state: params.state, area: params.area, after: params.after, limit };
    Ok(Json(task::assignments(&auth.engine, auth.actor(), id, filter).await?))
}

/// The answers: back in the template the request came from, else a list of the population and what was asked.
#[utoipa::path(get, path = "/api/tasks/{id}/result", tag = "tasks", operation_id = "getTaskResult",
    params(("id" = String, Path)),
    responses((status = 200, description = "The workbook"), (status = 404, body = ProblemBody)))]
async fn result(auth: Authenticated, Path(id): Path<RecordId>) -> Api<impl IntoResponse> {
    let made = blocking(&auth, move |engine, actor| task::result(engine, actor, id)).await?;
    Ok(attachment(made.bytes, &made.file_name))
}

/// A worker's day; 304 when nothing has changed.
#[utoipa::path(get, path = "/api/collect/today", tag = "collect", operation_id = "getToday",
    responses((status = 200, body = Today), (status = 304, description = "Nothing has changed"),
        (status = 403, body = ProblemBody)))]
async fn today(auth: Authenticated, headers: HeaderMap) -> Api<Response> {
    let day = task::today(&auth.engine, auth.actor()).await?;
    let bytes = serde_json::to_vec(&day).map_err(Problem::internal)?;
    let tag = format!("\"{}\"", hex(&Sha256::digest(&bytes)[..12]));
    let known = headers.get(header::IF_NONE_MATCH).and_then(|tag| tag.to_str().ok()).unwrap_or_default();
    let named = [(header::ETAG, HeaderValue::from_str(&tag).map_err(Problem::internal)?)];
    if known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag) {
        return Ok((StatusCode::NOT_MODIFIED, named).into_response());
    }
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    Ok((named, kind, bytes).into_response())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct PackParams {
    /// Cursor of the page before.
    after: Option<String>,
}

/// What a phone needs offline for the assignments of a request that are to be done in one's areas.
#[utoipa::path(get, path = "/api/collect/tasks/{id}/pack", tag = "collect", operation_id = "getTaskPack",
    params(("id" = String, Path), PackParams),
    responses((status = 200, body = PackPage), (status = 404, body = ProblemBody)))]
async fn pack(auth: Authenticated, Path(id): Path<RecordId>, Query(params): Query<PackParams>) -> Api<Json<PackPage>> {
    Ok(Json(task::pack(&auth.engine, auth.actor(), id, params.after).await?))
}

/// DecisionNote that nobody was there.
#[utoipa::path(post, path = "/api/collect/assignments/{id}/outcome", tag = "collect", operation_id = "noteOutcome",
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = OutcomeInput,
    responses((status = 200, body = AssignmentView), (status = 404, body = ProblemBody)))]
async fn outcome(auth: Authenticated, Path(id): Path<RecordId>, body: Body<OutcomeInput>) -> Api<Json<AssignmentView>> {
    Ok(Json(task::outcome(&auth.engine, auth.actor(), id, body.value, body.once).await?))
}

/// Say that the request has no licence.
#[utoipa::path(post, path = "/api/collect/assignments/{id}/no-licence", tag = "collect", operation_id = "complain",
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = NoLicence,
    responses((status = 200, body = AssignmentView), (status = 404, body = ProblemBody)))]
async fn no_licence(auth: Authenticated, Path(id): Path<RecordId>, body: Body<NoLicence>) -> Api<Json<AssignmentView>> {
    Ok(Json(task::complain(&auth.engine, auth.actor(), id, body.value, body.once).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ComplaintParams {
    /// `open`, `upheld`, `dismissed`.
    state: Option<String>,
}

/// Complaints one answers, or one's own; nobody else's name is shown.
#[utoipa::path(get, path = "/api/complaints", tag = "tasks", operation_id = "listComplaints", params(ComplaintParams),
    responses((status = 200, body = ComplaintItems), (status = 403, body = ProblemBody)))]
async fn complaints(auth: Authenticated, Query(params): Query<ComplaintParams>) -> Api<Json<ComplaintItems>> {
    Ok(Json(task::complaints(&auth.engine, auth.actor(), params.state).await?))
}

/// Answer a complaint: upheld, nobody is asked; dismissed, the assignment is open again.
#[utoipa::path(post, path = "/api/complaints/{id}/answer", tag = "tasks", operation_id = "answerComplaint",
    params(("id" = String, Path)), request_body = AnswerComplaint,
    responses((status = 200, body = ComplaintView), (status = 409, body = ProblemBody)))]
async fn answer(
    auth: Authenticated,
    Path(id): Path<RecordId>,
    body: Body<AnswerComplaint>,
) -> Api<Json<ComplaintView>> {
    Ok(Json(task::answer(&auth.engine, auth.actor(), id, body.value).await?))
}
