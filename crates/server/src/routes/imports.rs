//! Ledgers come in: upload, confirm the columns, look at the rows, decide, write, take back.

use axum::{
    Json,
    extract::{Multipart, multipart::Field},
    http::{HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use linli_domain::{Actor, RecordId};
use linli_engine::{
    Engine, Problem,
    sheet::{
        documents::{self, Receiving},
        import::{
            self, Import,
            model::{Chosen, RowView},
            plan::{Decision, Verdict},
            view::outcome_of,
        },
    },
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Api, ApiError, AppState, Authenticated,
    extract::{Body, Path, Query, page_limit},
    openapi::ProblemBody,
};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create, list))
        .routes(routes!(get))
        .routes(routes!(set_mapping))
        .routes(routes!(rows))
        .routes(routes!(decide))
        .routes(routes!(apply))
        .routes(routes!(undo))
        .routes(routes!(errors))
}

/// Runs engine work that blocks (files, whole ledgers) on a thread of its own.
pub async fn blocking<T: Send + 'static>(
    auth: &Authenticated,
    work: impl FnOnce(&Engine, &Actor) -> Result<T, Problem> + Send + 'static,
) -> Result<T, ApiError> {
    let (engine, actor) = (auth.engine.clone(), auth.actor().clone());
    let done = tokio::task::spawn_blocking(move || work(&engine, &actor)).await;
    Ok(done.map_err(Problem::internal)??)
}

/// An upload: the file, already on the disk, and the other fields.
pub struct Upload {
    /// The file.
    pub file: documents::Received,
    /// Its name.
    pub name: String,
    /// Other fields.
    pub fields: Vec<(String, String)>,
}

/// Characters of a field that is not a file.
const FIELD: usize = 400;

impl Upload {
    /// Receives a form with one file, piece by piece.
    pub async fn receive(auth: &Authenticated, mut form: Multipart) -> Result<Self, ApiError> {
        let (mut file, mut fields) = (None, Vec::new());
        let received = async {
            while let Some(field) = form.next_field().await.map_err(broken)? {
                let name = field.name().unwrap_or_default().to_owned();
                if name == "file" && file.is_none() {
                    let file_name = field.file_name().unwrap_or_default().to_owned();
                    file = Some((receive_file(auth, field).await?, file_name));
                } else if fields.len() < 20 {
                    let text = field.text().await.map_err(broken)?;
                    fields.push((name, text.chars().take(FIELD).collect()));
                }
            }
            Ok::<(), Problem>(())
        };
        let answer = received.await;
        match (answer, file) {
            (Ok(()), Some((file, name))) => Ok(Self { file, name, fields }),
            (Ok(()), None) => Err(Problem::parameter(
                "file",
                "请选择要上传的文件（字段 file）。",
                "Choose a file to upload (field `file`).",
            )
            .into()),
            (Err(problem), _) => Err(problem.into()),
        }
    }

    /// A field that must be there.
    pub fn field(&self, name: &str) -> Result<String, ApiError> {
        self.optional(name).ok_or_else(|| {
            Problem::parameter(name, format!("缺少字段 {name}。"), format!("The field `{name}` is missing.")).into()
        })
    }

    /// A field that may be there.
    pub fn optional(&self, name: &str) -> Option<String> {
        let found = self.fields.iter().find(|(known, _)| known == name);
        found.map(|(_, text)| text.trim().to_owned()).filter(|text| !text.is_empty())
    }
}

async fn receive_file(auth: &Authenticated, mut field: Field<'_>) -> Result<documents::Received, Problem> {
    let engine = auth.engine.clone();
    let mut receiving =
        tokio::task::spawn_blocking(move || Receiving::begin(&engine)).await.map_err(Problem::internal)??;
    while let Some(piece) = field.chunk().await.map_err(broken)? {
        // Pieces are small; the disk's cache takes them at once.
        receiving.push(&piece)?;
    }
    tokio::task::spawn_blocking(move || receiving.finish()).await.map_err(Problem::internal)?
}

fn broken(error: axum::extract::multipart::MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return documents::too_large(documents::MOST_BYTES);
    }
    Problem::malformed(
        "上传的内容没有完整到达，请重新上传。",
        "The upload did not arrive completely; upload the file again.",
    )
}

/// A file to be downloaded under a name.
pub fn attachment(bytes: Vec<u8>, name: &str) -> impl IntoResponse + use<> {
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    ([(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (header::CONTENT_DISPOSITION, disposition(name))], bytes)
}

/// `Content-Disposition` with a name in any language (RFC 6266).
pub fn disposition(name: &str) -> HeaderValue {
    let encoded = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '_' }).collect();
    let text = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("attachment"))
}

/// A ledger to bring in.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described here, read by `Upload`")]
pub struct ImportForm {
    /// The workbook: .xlsx, .xls, .csv.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Register, `people/resident`.
    entity: String,
    /// Code of the area the ledger is for.
    area: String,
}

/// Imports.
#[derive(Serialize, ToSchema)]
struct Imports {
    /// Newest first.
    items: Vec<Import>,
}

/// Bring a ledger in.
#[utoipa::path(post, path = "/api/imports", tag = "imports", operation_id = "createImport",
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = 201, body = Import), (status = 413, body = ProblemBody),
        (status = 422, description = "`workbook.…`: the file cannot be read", body = ProblemBody)))]
async fn create(auth: Authenticated, form: Multipart) -> Api<impl IntoResponse> {
    let upload = Upload::receive(&auth, form).await?;
    let (entity, area) = (upload.field("entity")?, upload.field("area")?);
    let made =
        blocking(&auth, move |engine, actor| import::stage(engine, actor, &entity, &area, upload.file, &upload.name))
            .await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Recent imports within one's scope.
#[utoipa::path(get, path = "/api/imports", tag = "imports", operation_id = "listImports",
    responses((status = 200, body = Imports)))]
async fn list(auth: Authenticated) -> Api<Json<Imports>> {
    let items = blocking(&auth, |engine, actor| import::list(engine, actor, 50)).await?;
    Ok(Json(Imports { items }))
}

/// An import: what it is, how far it is.
#[utoipa::path(get, path = "/api/imports/{id}", tag = "imports", operation_id = "getImport",
    params(("id" = String, Path)), responses((status = 200, body = Import), (status = 404, body = ProblemBody)))]
async fn get(auth: Authenticated, Path(id): Path<RecordId>) -> Api<Json<Import>> {
    Ok(Json(blocking(&auth, move |engine, actor| import::get(engine, actor, id)).await?))
}

/// Table and columns of a ledger.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MappingBody {
    /// Sheet.
    sheet: String,
    /// Number of the table on the sheet, from 0.
    table: usize,
    /// Column of the sheet (from 0, as text) → element, or null for "leave out".
    mapping: std::collections::BTreeMap<String, Option<String>>,
    /// Whether the choice is kept for the next ledger with these headings.
    #[serde(default)]
    remember: bool,
}

/// Confirm table and columns; the rows are compared with what is known.
#[utoipa::path(put, path = "/api/imports/{id}/mapping", tag = "imports", operation_id = "setImportMapping",
    params(("id" = String, Path)), request_body = MappingBody,
    responses((status = 200, body = Import), (status = 422, body = ProblemBody)))]
async fn set_mapping(auth: Authenticated, Path(id): Path<RecordId>, body: Body<MappingBody>) -> Api<Json<Import>> {
    let MappingBody { sheet, table, mapping, remember } = body.value;
    let chosen = Chosen { sheet, table, mapping };
    Ok(Json(blocking(&auth, move |engine, actor| import::set_mapping(engine, actor, id, chosen, remember)).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct RowParams {
    /// `new` `changed` `same` `conflict` `error` `duplicate`; all when absent.
    outcome: Option<String>,
    /// Row after which to continue.
    after: Option<u32>,
    /// At most so many (≤ 200).
    limit: Option<u32>,
}

/// Rows of an import.
#[derive(Serialize, ToSchema)]
struct Rows {
    /// In the order of the sheet.
    items: Vec<RowView>,
    /// Row to continue after.
    next: Option<u32>,
}

/// The rows of a compared import.
#[utoipa::path(get, path = "/api/imports/{id}/rows", tag = "imports", operation_id = "listImportRows",
    params(("id" = String, Path), RowParams), responses((status = 200, body = Rows)))]
async fn rows(auth: Authenticated, Path(id): Path<RecordId>, Query(params): Query<RowParams>) -> Api<Json<Rows>> {
    let outcome = match params.outcome.as_deref().filter(|name| !name.is_empty()) {
        None => None,
        Some(name) => Some(outcome_of(name).ok_or_else(|| {
            Problem::parameter("outcome", format!("没有“{name}”这种结果。"), format!("There is no outcome `{name}`."))
        })?),
    };
    let (limit, after) = (page_limit(params.limit)?, params.after.unwrap_or_default());
    let (items, next) =
        blocking(&auth, move |engine, actor| import::rows(engine, actor, id, outcome, after, limit)).await?;
    Ok(Json(Rows { items, next }))
}

/// What somebody decides about a row.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DecisionBody {
    /// `same_as` `new` `skip` `take_theirs` `keep_ours`.
    #[schema(value_type = String)]
    decision: Verdict,
    /// The record meant.
    #[schema(value_type = Option<String>)]
    record_id: Option<RecordId>,
}

/// Decide about a row.
#[utoipa::path(put, path = "/api/imports/{id}/rows/{row}/decision", tag = "imports", operation_id = "decideImportRow",
    params(("id" = String, Path), ("row" = u32, Path)), request_body = DecisionBody,
    responses((status = 200, body = RowView), (status = 422, body = ProblemBody)))]
async fn decide(
    auth: Authenticated,
    Path((id, row)): Path<(RecordId, u32)>,
    body: Body<DecisionBody>,
) -> Api<Json<RowView>> {
    let decision = Decision { decision: body.value.decision, record_id: body.value.record_id };
    Ok(Json(blocking(&auth, move |engine, actor| import::decide(engine, actor, id, row, decision)).await?))
}

/// Write a compared import; a job does it, poll the import.
#[utoipa::path(post, path = "/api/imports/{id}/apply", tag = "imports", operation_id = "applyImport",
    params(("id" = String, Path)), responses((status = 202, body = Import), (status = 409, body = ProblemBody)))]
async fn apply(auth: Authenticated, Path(id): Path<RecordId>) -> Api<impl IntoResponse> {
    let started = blocking(&auth, move |engine, actor| import::start(engine, actor, id)).await?;
    Ok((StatusCode::ACCEPTED, Json(started)))
}

/// Take an import back.
#[utoipa::path(post, path = "/api/imports/{id}/undo", tag = "imports", operation_id = "undoImport",
    params(("id" = String, Path)), responses((status = 200, body = Import), (status = 409, body = ProblemBody)))]
async fn undo(auth: Authenticated, Path(id): Path<RecordId>) -> Api<Json<Import>> {
    Ok(Json(blocking(&auth, move |engine, actor| import::undo(engine, actor, id)).await?))
}

/// The same workbook with the bad cells marked.
#[utoipa::path(get, path = "/api/imports/{id}/errors", tag = "imports", operation_id = "getImportErrors",
    params(("id" = String, Path)),
    responses((status = 200, description = "The workbook"), (status = 404, body = ProblemBody)))]
async fn errors(auth: Authenticated, Path(id): Path<RecordId>) -> Api<impl IntoResponse> {
    let marked = blocking(&auth, move |engine, actor| import::error_workbook(engine, actor, id)).await?;
    Ok(attachment(marked.bytes, &marked.file_name))
}
