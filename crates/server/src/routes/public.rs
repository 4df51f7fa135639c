//! Questionnaires without an account: whoever holds a token may see the form and answer it.

use axum::{
    Json,
    extract::Multipart,
    http::{HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use linli_engine::collect::{
    public::{self, DraftInput, PublicView, SavedDraft, Thanks},
    receive::Incoming,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{collect::Posted, imports::disposition};
use crate::{
    Api, AppState,
    auth::Anyone,
    extract::{Body, Path, Query},
    openapi::ProblemBody,
};

/// Most bytes of a public answer with its files.
pub const UPLOAD_BYTES: usize = 24 << 20;

/// Routes whose bodies are answers with their files.
pub fn uploads() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(submit))
}

/// The other routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(open)).routes(routes!(save)).routes(routes!(attachment))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ResumeParams {
    /// Code of what was begun (open links).
    resume: Option<String>,
}

/// The questionnaire behind a token, with what was begun.
#[utoipa::path(get, path = "/api/public/{token}", tag = "public", operation_id = "openQuestionnaire", security(()),
    params(("token" = String, Path), ResumeParams),
    responses((status = 200, body = PublicView), (status = 404, body = ProblemBody),
        (status = 410, description = "`link.used` `link.closed` `link.full` `link.waiting`", body = ProblemBody),
        (status = 429, description = "`link.too_often`", body = ProblemBody)))]
async fn open(
    Anyone(engine): Anyone,
    Path(token): Path<String>,
    Query(params): Query<ResumeParams>,
) -> Api<Json<PublicView>> {
    Ok(Json(public::open(&engine, &token, params.resume).await?))
}

/// Save what was begun, to continue later.
#[utoipa::path(put, path = "/api/public/{token}/draft", tag = "public", operation_id = "saveQuestionnaire", security(()),
    params(("token" = String, Path)), request_body = DraftInput,
    responses((status = 200, body = SavedDraft), (status = 404, body = ProblemBody),
        (status = 410, body = ProblemBody), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn save(Anyone(engine): Anyone, Path(token): Path<String>, body: Body<DraftInput>) -> Api<Json<SavedDraft>> {
    Ok(Json(public::save(&engine, &token, body.value).await?))
}

/// A public answer.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described here, read by `Posted`")]
struct PublicAnswer {
    /// The instance's XML. Its files stand beside it, each under its own name.
    #[schema(value_type = String, format = Binary)]
    xml_submission_file: Vec<u8>,
    /// Code of what was begun, which is forgotten once this has arrived.
    resume: Option<String>,
}

/// Send a public answer; the same again is answered alike.
#[utoipa::path(post, path = "/api/public/{token}/submissions", tag = "public", operation_id = "answerQuestionnaire",
    security(()), params(("token" = String, Path)),
    request_body(content = PublicAnswer, content_type = "multipart/form-data"),
    responses((status = 201, body = Thanks), (status = 404, body = ProblemBody),
        (status = 409, description = "`submission.other_content`", body = ProblemBody),
        (status = 410, description = "`link.used` `link.closed` `link.full` `link.waiting`", body = ProblemBody),
        (status = 429, description = "`link.too_often`", body = ProblemBody)))]
async fn submit(Anyone(engine): Anyone, Path(token): Path<String>, form: Multipart) -> Api<impl IntoResponse> {
    let link = public::admit(&engine, &token).await?;
    let posted = Posted::receive(&engine, form).await?;
    let resume = posted.field("resume").map(str::to_owned);
    let incoming =
        Incoming { xml: posted.xml, files: posted.files, device: Some("web".into()), assignment: None, draft: false };
    let thanks = public::submit(&engine, &token, link, resume, incoming).await?;
    Ok((StatusCode::CREATED, Json(thanks)))
}

/// A file the questionnaire needs.
#[utoipa::path(get, path = "/api/public/{token}/attachments/{name}", tag = "public", operation_id = "getPublicAttachment",
    security(()), params(("token" = String, Path), ("name" = String, Path)),
    responses((status = 200, description = "The file"), (status = 404, body = ProblemBody)))]
async fn attachment(Anyone(engine): Anyone, Path((token, name)): Path<(String, String)>) -> Api<impl IntoResponse> {
    let found = public::file(&engine, &token, name.clone()).await?;
    let kind = if name.ends_with(".csv") { "text/csv; charset=utf-8" } else { "application/octet-stream" };
    let tag = HeaderValue::from_str(&format!("\"{}\"", found.hash)).unwrap_or(HeaderValue::from_static("\"\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, disposition(&name)),
        (header::ETAG, tag),
    ];
    Ok((headers, found.bytes))
}
