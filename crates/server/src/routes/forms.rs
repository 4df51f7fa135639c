//! The form studio.

use axum::{
    Json,
    extract::Multipart,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use linli_domain::{Actor, RecordId};
use linli_engine::{
    Engine, Problem,
    collect::{
        form::{self, Attachment, CheckView, Difference, FormDetail, FormView, LinksInput, Package, VersionItem},
        lists,
    },
    sheet::documents,
};
use linli_store::tables::FormState;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    cases::receive,
    exports::streamed,
    imports::{Upload, blocking, disposition},
};
use crate::{
    Api, ApiError, AppState, Authenticated,
    extract::{Body, Path, Query},
    openapi::ProblemBody,
};

/// Routes that take files.
pub fn uploads() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(check))
        .routes(routes!(replace_draft))
        .routes(routes!(put_media))
}

/// The other routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get))
        .routes(routes!(set_links))
        .routes(routes!(drop_media))
        .routes(routes!(publish))
        .routes(routes!(set_state))
        .routes(routes!(versions))
        .routes(routes!(diff))
        .routes(routes!(source))
        .routes(routes!(xform))
        .routes(routes!(package))
        .routes(routes!(attachment))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListParams {
    /// `draft`, `open`, `closing`, `closed`; all when absent.
    state: Option<String>,
    /// Words of the title or the form's id.
    q: Option<String>,
}

/// Forms.
#[derive(Serialize, ToSchema)]
struct FormList {
    /// Latest change first.
    items: Vec<FormView>,
}

/// Forms for one's areas and above.
#[utoipa::path(get, path = "/api/forms", tag = "forms", operation_id = "listForms", params(ListParams),
    responses((status = 200, body = FormList)))]
async fn list(auth: Authenticated, Query(params): Query<ListParams>) -> Api<Json<FormList>> {
    let items = blocking(&auth, move |engine, actor| {
        let state = params.state.as_deref().filter(|state| !state.is_empty());
        form::list(engine, actor, state, params.q.as_deref())
    });
    Ok(Json(FormList { items: items.await? }))
}

/// A form to be made.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described here, read by `Upload`")]
struct NewForm {
    /// XLSForm (.xlsx, .xls, .csv, .md) or XForm (.xml).
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Code of the area it is for.
    area: String,
}

/// A file of a form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described here, read by `Upload`")]
struct FormFile {
    /// The file.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Make a form from a file.
#[utoipa::path(post, path = "/api/forms", tag = "forms", operation_id = "createForm",
    request_body(content = NewForm, content_type = "multipart/form-data"),
    responses((status = 201, body = FormDetail), (status = 409, description = "`form.taken`", body = ProblemBody),
        (status = 422, description = "`form.invalid` with `findings`", body = ProblemBody)))]
async fn create(auth: Authenticated, form: Multipart) -> Api<impl IntoResponse> {
    let upload = Upload::receive(&auth, form).await?;
    let area = upload.field("area")?;
    let made =
        blocking(&auth, move |engine, actor| form::create(engine, actor, &upload.name, &read(&upload.file)?, &area))
            .await?;
    Ok((StatusCode::CREATED, Json(made)))
}

fn read(file: &documents::Received) -> Result<Vec<u8>, Problem> {
    std::fs::read(&file.path).map_err(documents::disk)
}

/// See what a file would become; nothing is kept.
#[utoipa::path(post, path = "/api/forms/check", tag = "forms", operation_id = "checkForm",
    request_body(content = FormFile, content_type = "multipart/form-data"),
    responses((status = 200, body = CheckView)))]
async fn check(auth: Authenticated, form: Multipart) -> Api<Json<CheckView>> {
    let upload = Upload::receive(&auth, form).await?;
    let checked = blocking(&auth, move |engine, actor| form::check(engine, actor, &upload.name, &read(&upload.file)?));
    Ok(Json(checked.await?))
}

/// A form.
#[utoipa::path(get, path = "/api/forms/{id}", tag = "forms", operation_id = "getForm", params(("id" = String, Path)),
    responses((status = 200, body = FormDetail), (status = 404, body = ProblemBody)))]
async fn get(auth: Authenticated, Path(id): Path<RecordId>) -> Api<Json<FormDetail>> {
    Ok(Json(blocking(&auth, move |engine, actor| form::get(engine, actor, id)).await?))
}

/// Put another file in the place of the draft; links to elements are carried over.
#[utoipa::path(put, path = "/api/forms/{id}/draft", tag = "forms", operation_id = "replaceDraft",
    params(("id" = String, Path)), request_body(content = FormFile, content_type = "multipart/form-data"),
    responses((status = 200, body = FormDetail), (status = 422, body = ProblemBody)))]
async fn replace_draft(auth: Authenticated, Path(id): Path<RecordId>, form: Multipart) -> Api<Json<FormDetail>> {
    let upload = Upload::receive(&auth, form).await?;
    let made = blocking(&auth, move |engine, actor| {
        form::replace_draft(engine, actor, id, &upload.name, &read(&upload.file)?)
    });
    Ok(Json(made.await?))
}

/// Link questions to data elements, and say why they are asked again.
#[utoipa::path(put, path = "/api/forms/{id}/draft/links", tag = "forms", operation_id = "linkQuestions",
    params(("id" = String, Path)), request_body = LinksInput,
    responses((status = 200, body = FormDetail), (status = 422, body = ProblemBody)))]
async fn set_links(auth: Authenticated, Path(id): Path<RecordId>, body: Body<LinksInput>) -> Api<Json<FormDetail>> {
    Ok(Json(blocking(&auth, move |engine, actor| form::set_links(engine, actor, id, body.value)).await?))
}

/// Files of a form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described here, read by `cases::receive`")]
struct FormFiles {
    /// Each under its name.
    #[schema(value_type = Vec<String>, format = Binary)]
    file: Vec<Vec<u8>>,
}

/// Add files the draft needs, up to twenty at once: all of them or, when one is refused, none.
#[utoipa::path(post, path = "/api/forms/{id}/draft/media", tag = "forms", operation_id = "addMedia",
    params(("id" = String, Path)), request_body(content = FormFiles, content_type = "multipart/form-data"),
    responses((status = 200, body = FormDetail), (status = 409, body = ProblemBody), (status = 413, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
async fn put_media(auth: Authenticated, Path(id): Path<RecordId>, form: Multipart) -> Api<Json<FormDetail>> {
    let files = receive(&auth.engine, form).await?;
    if files.is_empty() {
        let (zh, en) = ("请选择要上传的文件（字段 file）。", "Choose files to upload (field `file`).");
        return Err(Problem::parameter("file", zh, en).into());
    }
    let files = files.into_iter().map(|file| (file.name, file.received)).collect();
    Ok(Json(blocking(&auth, move |engine, actor| form::put_media(engine, actor, id, files)).await?))
}

/// Take a file off the draft.
#[utoipa::path(delete, path = "/api/forms/{id}/draft/media/{name}", tag = "forms", operation_id = "dropMedia",
    params(("id" = String, Path), ("name" = String, Path)),
    responses((status = 200, body = FormDetail), (status = 404, body = ProblemBody)))]
async fn drop_media(auth: Authenticated, Path((id, name)): Path<(RecordId, String)>) -> Api<Json<FormDetail>> {
    Ok(Json(blocking(&auth, move |engine, actor| form::drop_media(engine, actor, id, &name)).await?))
}

/// Publish the draft.
#[utoipa::path(post, path = "/api/forms/{id}/publish", tag = "forms", operation_id = "publishForm",
    params(("id" = String, Path)),
    responses((status = 200, body = FormDetail), (status = 409, description = "`form.version_used`", body = ProblemBody),
        (status = 422, description = "`form.media_missing`", body = ProblemBody)))]
async fn publish(auth: Authenticated, Path(id): Path<RecordId>) -> Api<Json<FormDetail>> {
    Ok(Json(blocking(&auth, move |engine, actor| form::publish(engine, actor, id)).await?))
}

/// State a form is put into.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StateBody {
    /// `open`, `closing` (phones that have it may still send), `closed`.
    #[schema(value_type = String)]
    state: FormState,
}

/// Open or close a form.
#[utoipa::path(post, path = "/api/forms/{id}/state", tag = "forms", operation_id = "setFormState",
    params(("id" = String, Path)), request_body = StateBody,
    responses((status = 200, body = FormDetail), (status = 409, body = ProblemBody)))]
async fn set_state(auth: Authenticated, Path(id): Path<RecordId>, body: Body<StateBody>) -> Api<Json<FormDetail>> {
    let state = body.value.state;
    Ok(Json(blocking(&auth, move |engine, actor| form::set_state(engine, actor, id, state)).await?))
}

/// Versions of a form.
#[derive(Serialize, ToSchema)]
struct VersionList {
    /// Latest first.
    items: Vec<VersionItem>,
}

/// Versions of a form.
#[utoipa::path(get, path = "/api/forms/{id}/versions", tag = "forms", operation_id = "listVersions",
    params(("id" = String, Path)), responses((status = 200, body = VersionList)))]
async fn versions(auth: Authenticated, Path(id): Path<RecordId>) -> Api<Json<VersionList>> {
    let items = blocking(&auth, move |engine, actor| form::versions(engine, actor, id)).await?;
    Ok(Json(VersionList { items }))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct DiffParams {
    /// Version to compare with.
    from: String,
}

/// What a version changes against another.
#[utoipa::path(get, path = "/api/forms/{id}/versions/{version}/diff", tag = "forms", operation_id = "diffVersions",
    params(("id" = String, Path), ("version" = String, Path), DiffParams), responses((status = 200, body = Difference)))]
async fn diff(
    auth: Authenticated,
    Path((id, version)): Path<(RecordId, String)>,
    Query(params): Query<DiffParams>,
) -> Api<Json<Difference>> {
    Ok(Json(blocking(&auth, move |engine, actor| form::diff(engine, actor, id, &version, &params.from)).await?))
}

/// The file a version was made from.
#[utoipa::path(get, path = "/api/forms/{id}/versions/{version}/source", tag = "forms", operation_id = "getSource",
    params(("id" = String, Path), ("version" = String, Path)), responses((status = 200, description = "The file")))]
async fn source(auth: Authenticated, Path((id, version)): Path<(RecordId, String)>) -> Api<impl IntoResponse> {
    let (bytes, name) = blocking(&auth, move |engine, actor| form::source(engine, actor, id, &version)).await?;
    let kind = HeaderValue::from_static("application/octet-stream");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition(&name))], bytes))
}

/// The XForm of a version.
#[utoipa::path(get, path = "/api/forms/{id}/versions/{version}/xform", tag = "forms", operation_id = "getXform",
    params(("id" = String, Path), ("version" = String, Path)), responses((status = 200, description = "XForm XML")))]
async fn xform(auth: Authenticated, Path((id, version)): Path<(RecordId, String)>) -> Api<impl IntoResponse> {
    let found = blocking(&auth, move |engine, actor| form::xform(engine, actor, id, &version)).await?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("text/xml; charset=utf-8"))], found.xml))
}

/// Everything a phone or page needs to ask a version; `draft` names the draft.
#[utoipa::path(get, path = "/api/forms/{id}/versions/{version}/package", tag = "forms", operation_id = "getPackage",
    params(("id" = String, Path), ("version" = String, Path)),
    responses((status = 200, body = Package), (status = 304, description = "Unchanged")))]
async fn package(
    auth: Authenticated,
    Path((id, version)): Path<(RecordId, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let package = blocking(&auth, move |engine, actor| form::package(engine, actor, id, &version)).await?;
    let tag = tag_of(&package.hash);
    if is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    Ok(([(header::ETAG, tag), (header::CACHE_CONTROL, revalidate())], Json(package)).into_response())
}

/// A file or entity list a version needs, cut to one's scope.
#[utoipa::path(get, path = "/api/forms/{id}/versions/{version}/attachments/{name}", tag = "forms",
    operation_id = "getAttachment",
    params(("id" = String, Path), ("version" = String, Path), ("name" = String, Path)),
    responses((status = 200, description = "The file, or CSV"), (status = 304, description = "Unchanged")))]
async fn attachment(
    auth: Authenticated,
    Path((id, version, name)): Path<(RecordId, String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let file = name.clone();
    let found = blocking(&auth, move |engine, actor| form::attachment(engine, actor, id, &version, &file)).await?;
    Ok(attachment_response(&auth.engine, auth.actor(), &headers, &name, found))
}

fn tag_of(hash: &str) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{hash}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

fn is_known(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let asked = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let tag = tag.to_str().unwrap_or_default();
    asked.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)
}

fn revalidate() -> HeaderValue {
    HeaderValue::from_static("private, no-cache")
}

/// An attachment: unchanged ones are answered by their tag, entity lists are streamed while they are read.
pub fn attachment_response(
    engine: &Engine,
    actor: &Actor,
    headers: &HeaderMap,
    name: &str,
    found: Attachment,
) -> Response {
    let (Attachment::File { hash, .. } | Attachment::List { hash, .. }) = &found;
    let tag = tag_of(hash);
    if is_known(headers, &tag) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    let kind = if name.ends_with(".csv") { "text/csv; charset=utf-8" } else { "application/octet-stream" };
    let head = [
        (header::ETAG, tag),
        (header::CACHE_CONTROL, revalidate()),
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, disposition(name)),
    ];
    match found {
        Attachment::File { bytes, .. } => (head, bytes).into_response(),
        Attachment::List { entity, .. } => {
            let (engine, actor) = (engine.clone(), actor.clone());
            (head, streamed(move |out| lists::write(&engine, &actor, &entity, out))).into_response()
        }
    }
}
