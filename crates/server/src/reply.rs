//! Answers: values as JSON, refusals as problem+json in the language of whoever asks.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use linli_domain::{Label, Lang};
use linli_engine::{Problem, ProblemKind};
use linli_store::StoreError;
use serde_json::{Map, Value as Json, json};

use crate::AppState;

/// What a handler answers.
pub type Api<T> = Result<T, ApiError>;

/// A refusal on its way out. It is written by [`render`], which knows the language.
#[derive(Debug, Clone)]
pub struct ApiError(pub Problem);

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = status(self.0.kind).into_response();
        response.extensions_mut().insert(self.0);
        response
    }
}

/// The status of each sort of problem.
pub fn status(kind: ProblemKind) -> StatusCode {
    match kind {
        ProblemKind::Malformed => StatusCode::BAD_REQUEST,
        ProblemKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ProblemKind::Denied => StatusCode::FORBIDDEN,
        ProblemKind::NotFound => StatusCode::NOT_FOUND,
        ProblemKind::Gone => StatusCode::GONE,
        ProblemKind::Conflict | ProblemKind::Stale => StatusCode::CONFLICT,
        ProblemKind::Precondition => StatusCode::PRECONDITION_REQUIRED,
        ProblemKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ProblemKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        ProblemKind::Locked => StatusCode::TOO_MANY_REQUESTS,
        ProblemKind::Busy => StatusCode::SERVICE_UNAVAILABLE,
        ProblemKind::Full => StatusCode::INSUFFICIENT_STORAGE,
        ProblemKind::Upstream => StatusCode::BAD_GATEWAY,
        ProblemKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Language of a request, by `Accept-Language`.
pub fn lang_of(headers: &axum::http::HeaderMap) -> Lang {
    let tag = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Lang::from_tag(tag)
}

/// Middleware that writes refusals as problem+json; also those of axum itself (an unknown method, a body too large).
pub async fn render(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let lang = lang_of(request.headers());
    let who = crate::auth::Asker::of(&state, &request);
    let api = request.uri().path().starts_with("/api");
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        if problem.kind == ProblemKind::Denied {
            crate::auth::note_denial(state, who, &problem);
        }
        return written(&problem, lang);
    }
    let status = response.status();
    let bare = !response.headers().contains_key(header::CONTENT_TYPE) || is_plain(&response);
    if api && bare && (status.is_client_error() || status.is_server_error()) {
        return with_headers_of(&response, written_as(&bare_problem(status), status, lang));
    }
    response
}

fn is_plain(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/plain"))
}

fn with_headers_of(from: &Response, mut to: Response) -> Response {
    if let Some(allow) = from.headers().get(header::ALLOW) {
        to.headers_mut().insert(header::ALLOW, allow.clone());
    }
    to
}

/// The problem+json of a refusal.
pub fn written(problem: &Problem, lang: Lang) -> Response {
    written_as(problem, status(problem.kind), lang)
}

fn written_as(problem: &Problem, status: StatusCode, lang: Lang) -> Response {
    let mut response = (status, body(problem, status, lang).to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang.pick("zh-CN", "en")));
    if let Some(seconds) = problem.extra.get("retry_after").and_then(Json::as_i64) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn body(problem: &Problem, status: StatusCode, lang: Lang) -> Json {
    let mut members = Map::new();
    if let Json::Object(extra) = &problem.extra {
        members.extend(extra.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
    members.insert("type".into(), json!(format!("https://linli.dev/problems/{}", problem.code)));
    members.insert("title".into(), json!(problem.kind.title().text(lang)));
    members.insert("status".into(), json!(status.as_u16()));
    members.insert("code".into(), json!(problem.code));
    members.insert("detail".into(), json!(problem.text(lang)));
    if !problem.fields.is_empty() {
        let field = |field: &linli_engine::FieldProblem| json!({ "field": field.field, "code": field.code, "message": field.message.text(lang) });
        members.insert("fields".into(), problem.fields.iter().map(field).collect());
    }
    Json::Object(members)
}

/// Refusals that axum makes by itself.
fn bare_problem(status: StatusCode) -> Problem {
    match status {
        StatusCode::NOT_FOUND => {
            Problem::new(ProblemKind::NotFound, "request.not_found", "没有这个接口。", "There is no such call.")
        }
        StatusCode::METHOD_NOT_ALLOWED => Problem::new(
            ProblemKind::Malformed,
            "request.method",
            "这个接口不支持该方法。",
            "This call does not support that method.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(&Label::new("请求", "The request"), "64 MB"),
        StatusCode::REQUEST_TIMEOUT => Problem::new(
            ProblemKind::Busy,
            "request.timeout",
            "处理超时,请缩小范围后重试。",
            "This took too long; narrow it down and try again.",
        ),
        status if status.is_server_error() => Problem::internal(status),
        _ => Problem::malformed("请求无法识别。", "The request cannot be read."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_write_queue_says_when_to_try_again() {
        let answer = written(&StoreError::Busy.into(), Lang::En);
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.headers()[header::RETRY_AFTER], "1");
    }

    #[test]
    fn refusals_are_told_in_both_languages() {
        let problem = Problem::no_record();
        let detail = |lang| body(&problem, StatusCode::NOT_FOUND, lang)["detail"].as_str().map(str::to_owned);
        assert!(detail(Lang::Zh).unwrap().contains("没有找到") && detail(Lang::En).unwrap().contains("no such record"));
    }
}
