//! Registers: one set of calls for every entity a pack declares.

use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use jiff::civil::Date;
use linli_domain::RecordId;
use linli_engine::{
    Problem, ProblemKind,
    register::{
        self, Candidates, CountView, CreateRecord, EditRecord, EndRecord, FacetsView, HistoryView, MergeRecords,
        RecordPage, RecordView, RevealField, RevealedView, SourcesView,
    },
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Api, AppState, Authenticated,
    extract::{Body, ListParams, ListQuery, Path, Query},
    openapi::ProblemBody,
};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(count))
        .routes(routes!(facets))
        .routes(routes!(get, edit))
        .routes(routes!(sources))
        .routes(routes!(history))
        .routes(routes!(related))
        .routes(routes!(end))
        .routes(routes!(reopen))
        .routes(routes!(merge))
        .routes(routes!(reveal))
        .routes(routes!(duplicates))
}

type Register = (String, String);
type Named = (String, String, RecordId);

fn name((pack, entity): &Register) -> String {
    format!("{pack}/{entity}")
}

fn named((pack, entity, id): &Named) -> (String, RecordId) {
    (format!("{pack}/{entity}"), *id)
}

/// A record with its `ETag`.
fn tagged(view: RecordView) -> impl IntoResponse {
    let tag = HeaderValue::from_str(&format!("\"{}\"", view.version)).unwrap_or(HeaderValue::from_static("\"0\""));
    ([(header::ETAG, tag)], Json(view))
}

/// The version in `If-Match`.
fn if_match(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    let version = text.trim_start_matches("W/").trim_matches('"').parse::<i64>();
    version.map(Some).map_err(|_| {
        Problem::parameter(
            "If-Match",
            "If-Match 须为记录的 ETag,如 \"7\"。",
            "If-Match is the record's ETag, like \"7\".",
        )
    })
}

fn if_match_required() -> Problem {
    Problem::new(
        ProblemKind::Precondition,
        "record.if_match_required",
        "修改记录须带 If-Match(记录的 ETag),以免覆盖他人的更新。",
        "Changing a record needs If-Match (its ETag), so that nobody's change is overwritten.",
    )
}

/// A page of a register's list.
#[utoipa::path(get, path = "/api/records/{pack}/{entity}", tag = "records", operation_id = "listRecords",
    params(("pack" = String, Path), ("entity" = String, Path), ListParams),
    responses((status = 200, body = RecordPage), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn list(auth: Authenticated, Path(path): Path<Register>, query: ListQuery) -> Api<Json<RecordPage>> {
    query.refuse_rest(&[])?;
    Ok(Json(register::list(&auth.engine, auth.actor(), &name(&path), query.filter).await?))
}

/// How many records a list has.
#[utoipa::path(get, path = "/api/records/{pack}/{entity}/count", tag = "records", operation_id = "countRecords",
    params(("pack" = String, Path), ("entity" = String, Path), ListParams), responses((status = 200, body = CountView)))]
async fn count(auth: Authenticated, Path(path): Path<Register>, query: ListQuery) -> Api<Json<CountView>> {
    query.refuse_rest(&[])?;
    Ok(Json(register::count(&auth.engine, auth.actor(), &name(&path), query.filter).await?))
}

/// How many records of a list have each value of a field.
#[utoipa::path(get, path = "/api/records/{pack}/{entity}/facets", tag = "records", operation_id = "facetRecords",
    params(("pack" = String, Path), ("entity" = String, Path), ("field" = String, Query), ListParams),
    responses((status = 200, body = FacetsView)))]
async fn facets(auth: Authenticated, Path(path): Path<Register>, query: ListQuery) -> Api<Json<FacetsView>> {
    query.refuse_rest(&["field"])?;
    let field = query.rest.get("field").cloned().ok_or_else(|| {
        Problem::parameter("field", "请指明统计字段 field=…。", "Name the field to count by: field=….")
    })?;
    Ok(Json(register::facets(&auth.engine, auth.actor(), &name(&path), field, query.filter).await?))
}

/// Make a record.
#[utoipa::path(post, path = "/api/records/{pack}/{entity}", tag = "records", operation_id = "createRecord",
    params(("pack" = String, Path), ("entity" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = CreateRecord, responses((status = 201, body = RecordView),
        (status = 409, description = "`record.taken`, `record.possible_duplicates`", body = ProblemBody),
        (status = 422, description = "`record.invalid`", body = ProblemBody)))]
async fn create(auth: Authenticated, Path(path): Path<Register>, body: Body<CreateRecord>) -> Api<impl IntoResponse> {
    let made = register::create(&auth.engine, auth.actor(), &name(&path), body.value, body.once).await?;
    Ok((StatusCode::CREATED, tagged(made)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct GetParams {
    /// As it was at the end of this day.
    #[param(value_type = Option<String>)]
    as_of: Option<Date>,
}

/// A record, as it is or as it was.
#[utoipa::path(get, path = "/api/records/{pack}/{entity}/{id}", tag = "records", operation_id = "getRecord",
    params(("pack" = String, Path), ("entity" = String, Path), ("id" = String, Path), GetParams),
    responses((status = 200, body = RecordView), (status = 404, body = ProblemBody)))]
async fn get(auth: Authenticated, Path(path): Path<Named>, Query(params): Query<GetParams>) -> Api<impl IntoResponse> {
    let (name, id) = named(&path);
    Ok(tagged(register::get(&auth.engine, auth.actor(), &name, id, params.as_of).await?))
}

/// Change a record.
#[utoipa::path(patch, path = "/api/records/{pack}/{entity}/{id}", tag = "records", operation_id = "editRecord",
    params(("pack" = String, Path), ("entity" = String, Path), ("id" = String, Path), ("If-Match" = String, Header)),
    request_body = EditRecord, responses((status = 200, body = RecordView),
        (status = 409, description = "`record.stale` with `current` and `yours`", body = ProblemBody),
        (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn edit(
    auth: Authenticated,
    Path(path): Path<Named>,
    headers: HeaderMap,
    body: Body<EditRecord>,
) -> Api<impl IntoResponse> {
    let (name, id) = named(&path);
    let version = if_match(&headers)?.ok_or_else(if_match_required)?;
    Ok(tagged(register::edit(&auth.engine, auth.actor(), &name, id, version, body.value, body.once).await?))
}

/// Where each known value came from.
#[utoipa::path(get, path = "/api/records/{pack}/{entity}/{id}/sources", tag = "records", operation_id = "getRecordSources",
    params(("pack" = String, Path), ("entity" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = SourcesView), (status = 404, body = ProblemBody)))]
async fn sources(auth: Authenticated, Path(path): Path<Named>) -> Api<Json<SourcesView>> {
    let (name, id) = named(&path);
    Ok(Json(register::sources(&auth.engine, auth.actor(), &name, id).await?))
}

/// All versions, newest first.
#[utoipa::path(get, path = "/api/records/{pack}/{entity}/{id}/history", tag = "records", operation_id = "getRecordHistory",
    params(("pack" = String, Path), ("entity" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = HistoryView), (status = 404, body = ProblemBody)))]
async fn history(auth: Authenticated, Path(path): Path<Named>) -> Api<Json<HistoryView>> {
    let (name, id) = named(&path);
    Ok(Json(register::history(&auth.engine, auth.actor(), &name, id).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct PageParams {
    /// Cursor of the page before.
    after: Option<String>,
    /// At most so many (≤ 200).
    limit: Option<u32>,
}

/// Records that refer to this one.
#[utoipa::path(get, path = "/api/records/{pack}/{entity}/{id}/related/{relation}", tag = "records",
    operation_id = "listRelatedRecords", params(("pack" = String, Path), ("entity" = String, Path), ("id" = String, Path),
        ("relation" = String, Path), PageParams),
    responses((status = 200, body = RecordPage), (status = 404, body = ProblemBody)))]
async fn related(
    auth: Authenticated,
    Path((pack, entity, id, relation)): Path<(String, String, RecordId, String)>,
    Query(params): Query<PageParams>,
) -> Api<Json<RecordPage>> {
    let (name, limit) = (format!("{pack}/{entity}"), crate::extract::page_limit(params.limit)?);
    Ok(Json(register::related(&auth.engine, auth.actor(), &name, id, &relation, params.after, limit).await?))
}

/// End a record.
#[utoipa::path(post, path = "/api/records/{pack}/{entity}/{id}/end", tag = "records", operation_id = "endRecord",
    params(("pack" = String, Path), ("entity" = String, Path), ("id" = String, Path)), request_body = EndRecord,
    responses((status = 200, body = RecordView), (status = 422, body = ProblemBody)))]
async fn end(
    auth: Authenticated,
    Path(path): Path<Named>,
    headers: HeaderMap,
    body: Body<EndRecord>,
) -> Api<impl IntoResponse> {
    let ((name, id), version) = (named(&path), if_match(&headers)?);
    Ok(tagged(register::end(&auth.engine, auth.actor(), &name, id, version, body.value, body.once).await?))
}

/// Make an ended record live again; a merge is taken back.
#[utoipa::path(post, path = "/api/records/{pack}/{entity}/{id}/reopen", tag = "records", operation_id = "reopenRecord",
    params(("pack" = String, Path), ("entity" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = RecordView), (status = 409, body = ProblemBody)))]
async fn reopen(auth: Authenticated, Path(path): Path<Named>, headers: HeaderMap) -> Api<impl IntoResponse> {
    let ((name, id), version) = (named(&path), if_match(&headers)?);
    Ok(tagged(register::reopen(&auth.engine, auth.actor(), &name, id, version, None).await?))
}

/// Merge another record into this one.
#[utoipa::path(post, path = "/api/records/{pack}/{entity}/{id}/merge", tag = "records", operation_id = "mergeRecords",
    params(("pack" = String, Path), ("entity" = String, Path), ("id" = String, Path)), request_body = MergeRecords,
    responses((status = 200, body = RecordView), (status = 409, body = ProblemBody)))]
async fn merge(
    auth: Authenticated,
    Path(path): Path<Named>,
    headers: HeaderMap,
    body: Body<MergeRecords>,
) -> Api<impl IntoResponse> {
    let ((name, id), version) = (named(&path), if_match(&headers)?);
    Ok(tagged(register::merge(&auth.engine, auth.actor(), &name, id, version, body.value, body.once).await?))
}

/// Show a sensitive value in clear; audited.
#[utoipa::path(post, path = "/api/records/{pack}/{entity}/{id}/reveal", tag = "records", operation_id = "revealField",
    params(("pack" = String, Path), ("entity" = String, Path), ("id" = String, Path)), request_body = RevealField,
    responses((status = 200, body = RevealedView), (status = 403, body = ProblemBody)))]
async fn reveal(auth: Authenticated, Path(path): Path<Named>, body: Body<RevealField>) -> Api<Json<RevealedView>> {
    let (name, id) = named(&path);
    Ok(Json(register::reveal(&auth.engine, auth.actor(), &name, id, body.value).await?))
}

/// People who may be the same.
#[utoipa::path(get, path = "/api/records/{pack}/{entity}/{id}/duplicates", tag = "records", operation_id = "listDuplicates",
    params(("pack" = String, Path), ("entity" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = Candidates), (status = 404, body = ProblemBody)))]
async fn duplicates(auth: Authenticated, Path(path): Path<Named>) -> Api<Json<Candidates>> {
    let (name, id) = named(&path);
    Ok(Json(register::duplicates(&auth.engine, auth.actor(), &name, id).await?))
}
