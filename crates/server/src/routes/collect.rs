//! Answers from our own pages, tokens of phones, conflicts.

use axum::{
    Json,
    extract::{Multipart, multipart::Field},
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use linli_domain::{Label, RecordId};
use linli_engine::{
    Engine, Problem,
    collect::{
        answer::Receipt,
        conflict::{self, ConflictPage, ConflictView, Decision},
        phone::{self, NewToken, TokenOffer, TokenView},
        receive::{self, FILES, Incoming, IncomingFile, XML_BYTES},
    },
    sheet::documents::{self, Receiving},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Api, ApiError, AppState, Authenticated,
    extract::{Body, Path, Query, page_limit},
    openapi::ProblemBody,
};

/// Routes whose bodies are answers with their files.
pub fn uploads() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(submit))
}

/// The other routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(tokens, create_token))
        .routes(routes!(drop_token))
        .routes(routes!(conflicts))
        .routes(routes!(resolve))
}

/// What a post of an answer holds.
pub struct Posted {
    /// The answer's XML.
    pub xml: Vec<u8>,
    /// Its files.
    pub files: Vec<IncomingFile>,
    /// Other fields.
    pub fields: Vec<(String, String)>,
}

impl Posted {
    /// Receives a post: the XML into memory, files to the disk piece by piece.
    pub async fn receive(engine: &Engine, mut form: Multipart) -> Result<Self, Problem> {
        let mut posted = Self { xml: Vec::new(), files: Vec::new(), fields: Vec::new() };
        let mut seen = false;
        while let Some(field) = form.next_field().await.map_err(broken)? {
            let name = field.name().unwrap_or_default().to_owned();
            if name == "xml_submission_file" {
                if seen {
                    return Err(Problem::malformed("一次只能提交一份答卷。", "One answer at a time."));
                }
                seen = true;
                posted.xml = read_xml(field).await?;
            } else if let Some(file_name) = field.file_name().map(str::to_owned) {
                if posted.files.len() >= FILES {
                    let what = Label::new("一次提交的文件数量", "The number of files of one post");
                    return Err(Problem::too_large(&what, &FILES.to_string()));
                }
                // Collect names the part and the file alike; other clients name only the part.
                let name = if file_name.is_empty() { name } else { file_name };
                let kind = field.content_type().unwrap_or("application/octet-stream").to_owned();
                posted.files.push(IncomingFile { name, kind, received: read_file(engine, field).await? });
            } else if posted.fields.len() < 20 {
                let text = field.text().await.map_err(broken)?;
                posted.fields.push((name, text.chars().take(200).collect()));
            }
        }
        if seen {
            return Ok(posted);
        }
        Err(Problem::malformed(
            "缺少答卷（字段 xml_submission_file）。",
            "The answer (field `xml_submission_file`) is missing.",
        ))
    }

    /// A field that may be there.
    pub fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(known, _)| known == name);
        found.map(|(_, text)| text.trim()).filter(|text| !text.is_empty())
    }
}

async fn read_xml(mut field: Field<'_>) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(broken)? {
        if bytes.len() + piece.len() > XML_BYTES {
            let what = Label::new("答卷 XML", "The answer's XML");
            return Err(Problem::too_large(&what, &format!("{} MB", XML_BYTES >> 20)));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
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
    Problem::malformed("答卷没有完整到达，请重新发送。", "The answer did not arrive completely; send it again.")
}

/// Address people type, or the one this request came to.
pub fn base_url(engine: &Engine, headers: &HeaderMap) -> String {
    if let Some(url) = &engine.config.server.public_url {
        return url.trim_end_matches('/').to_owned();
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let forwarded = engine.config.server.behind_proxy && text("x-forwarded-proto") == "https";
    format!("{}://{host}", if forwarded { "https" } else { "http" })
}

/// An answer.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described here, read by `Posted`")]
struct SubmissionForm {
    /// The instance's XML. Its files stand beside it, each under its own name.
    #[schema(value_type = String, format = Binary)]
    xml_submission_file: Vec<u8>,
    /// Assignment it answers.
    assignment: Option<String>,
}

/// Send an answer; the same again is answered alike.
#[utoipa::path(post, path = "/api/collect/submissions", tag = "collect", operation_id = "submitAnswer",
    request_body(content = SubmissionForm, content_type = "multipart/form-data"),
    responses((status = 201, body = Receipt), (status = 403, description = "`form.closed`", body = ProblemBody),
        (status = 404, body = ProblemBody),
        (status = 409, description = "`submission.other_content`", body = ProblemBody)))]
async fn submit(auth: Authenticated, form: Multipart) -> Api<impl IntoResponse> {
    let posted = Posted::receive(&auth.engine, form).await?;
    let assignment = match posted.field("assignment") {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| {
            Problem::parameter("assignment", "任务分派编号无效。", "The assignment's id is not valid.")
        })?),
    };
    let incoming =
        Incoming { xml: posted.xml, files: posted.files, device: Some("web".into()), assignment, draft: false };
    let receipt = receive::receive(&auth.engine, auth.actor(), incoming).await?;
    Ok((StatusCode::CREATED, Json(receipt)))
}

/// One's phones.
#[derive(Serialize, ToSchema)]
struct Tokens {
    /// Newest first.
    items: Vec<TokenView>,
}

/// One's own phones.
#[utoipa::path(get, path = "/api/collect/tokens", tag = "collect", operation_id = "listPhones",
    responses((status = 200, body = Tokens)))]
async fn tokens(auth: Authenticated, headers: HeaderMap) -> Api<Json<Tokens>> {
    let items = phone::tokens(&auth.engine, auth.actor(), &base_url(&auth.engine, &headers)).await?;
    Ok(Json(Tokens { items }))
}

/// Set up a phone with ODK Collect, or one that shows the draft of a form.
#[utoipa::path(post, path = "/api/collect/tokens", tag = "collect", operation_id = "createPhone", request_body = NewToken,
    responses((status = 201, body = TokenOffer), (status = 422, body = ProblemBody)))]
async fn create_token(auth: Authenticated, headers: HeaderMap, body: Body<NewToken>) -> Api<impl IntoResponse> {
    let base = base_url(&auth.engine, &headers);
    let made = phone::create_token(&auth.engine, auth.actor(), &base, body.value).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Cut a phone off.
#[utoipa::path(delete, path = "/api/collect/tokens/{id}", tag = "collect", operation_id = "deletePhone",
    params(("id" = String, Path)), responses((status = 204), (status = 404, body = ProblemBody)))]
async fn drop_token(auth: Authenticated, Path(id): Path<RecordId>) -> Api<StatusCode> {
    phone::drop_token(&auth.engine, auth.actor(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ConflictParams {
    /// `open` or `resolved`; both when absent.
    state: Option<String>,
    /// Cursor.
    after: Option<String>,
    /// At most so many (≤ 200).
    limit: Option<u32>,
}

/// Fields that two people changed at once.
#[utoipa::path(get, path = "/api/collect/conflicts", tag = "collect", operation_id = "listConflicts",
    params(ConflictParams), responses((status = 200, body = ConflictPage)))]
async fn conflicts(auth: Authenticated, Query(params): Query<ConflictParams>) -> Api<Json<ConflictPage>> {
    let (limit, state) = (page_limit(params.limit)?, params.state.as_deref());
    Ok(Json(conflict::list(&auth.engine, auth.actor(), state, params.after.as_deref(), limit).await?))
}

/// Decide a conflict.
#[utoipa::path(post, path = "/api/collect/conflicts/{id}", tag = "collect", operation_id = "resolveConflict",
    params(("id" = String, Path)), request_body = Decision,
    responses((status = 200, body = ConflictView), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn resolve(auth: Authenticated, Path(id): Path<RecordId>, body: Body<Decision>) -> Api<Json<ConflictView>> {
    Ok(Json(conflict::resolve(&auth.engine, auth.actor(), id, body.value).await.map_err(ApiError::from)?))
}
