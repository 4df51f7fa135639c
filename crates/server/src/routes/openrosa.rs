//! ODK Collect: OpenRosa form discovery and submission, by a token in the address or by Basic and Digest.
//!
//! Answers are XML with OpenRosa's headers; refusals carry their reason in OpenRosa's envelope, which Collect shows.

use std::{collections::HashMap, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::{ConnectInfo, DefaultBodyLimit, FromRequestParts, Multipart, Path, Query},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use linli_domain::Lang;
use linli_engine::{
    Engine, Problem, ProblemKind,
    collect::{
        openrosa,
        phone::{self, DigestAnswer, PhoneUser, REALM},
        receive::{self, Incoming},
    },
};

use super::{
    collect::{Posted, base_url},
    forms,
};
use crate::{AppState, auth::Anyone, guard::UPLOAD_BYTES, reply};

/// What clients are told to send at most.
const ACCEPT_LENGTH: &str = "67108864";

/// Routes, with and without a token.
pub fn routes() -> Router<AppState> {
    let mut router = Router::new();
    for root in ["/openrosa", "/openrosa/{token}"] {
        router = router
            .route(&format!("{root}/formList"), get(form_list))
            .route(&format!("{root}/forms/{{form}}/{{version}}/form.xml"), get(form_xml))
            .route(&format!("{root}/forms/{{form}}/{{version}}/manifest"), get(manifest))
            .route(&format!("{root}/forms/{{form}}/{{version}}/attachments/{{name}}"), get(attachment))
            .route(&format!("{root}/forms/{{form}}/{{version}}/integrity"), get(integrity))
            .route(&format!("{root}/submission"), get(head).post(submit).head(head));
    }
    router.layer(DefaultBodyLimit::max(UPLOAD_BYTES))
}

/// A refusal in OpenRosa's envelope.
struct Refused {
    problem: Problem,
    lang: Lang,
    /// What to authenticate with.
    challenge: Vec<String>,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = reply::status(self.problem.kind);
        let mut response = xml(status, openrosa::envelope(self.problem.text(self.lang)));
        let headers = response.headers_mut();
        for challenge in &self.challenge {
            if let Ok(value) = HeaderValue::from_str(challenge) {
                headers.append(header::WWW_AUTHENTICATE, value);
            }
        }
        if let Some(seconds) = self.problem.extra.get("retry_after").and_then(serde_json::Value::as_i64) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

fn xml(status: StatusCode, body: String) -> Response {
    let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}");
    let mut response = (status, text).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/xml; charset=utf-8"));
    dressed(response)
}

/// With the headers every answer carries.
fn dressed(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert("x-openrosa-version", HeaderValue::from_static("1.0"));
    headers.insert("x-openrosa-accept-content-length", HeaderValue::from_static(ACCEPT_LENGTH));
    response
}

/// A phone that was recognised.
struct Phone {
    user: Arc<PhoneUser>,
    engine: Engine,
    /// Address its forms lie below.
    root: String,
    /// Path parameters.
    params: HashMap<String, String>,
}

impl Phone {
    fn param(&self, name: &str) -> &str {
        self.params.get(name).map_or("", String::as_str)
    }

    fn refused(&self, problem: Problem) -> Refused {
        Refused { problem, lang: self.engine.lang, challenge: Vec::new() }
    }
}

impl FromRequestParts<AppState> for Phone {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let Ok(Anyone(engine)) = Anyone::from_request_parts(parts, state).await;
        let lang = engine.lang;
        let refused = |problem: Problem| Refused { problem, lang, challenge: Vec::new() };
        if parts.headers.get("x-openrosa-version").is_none_or(|version| version != "1.0") {
            return Err(refused(Problem::malformed(
                "请求缺少 X-OpenRosa-Version: 1.0。",
                "The request lacks X-OpenRosa-Version: 1.0.",
            )));
        }
        let params = Path::<HashMap<String, String>>::from_request_parts(parts, state).await;
        let params = params.map(|Path(params)| params).unwrap_or_default();
        let base = base_url(&engine, &parts.headers);
        if let Some(token) = params.get("token") {
            let user = phone::resume(&engine, token).await.map_err(refused)?;
            let user = user.ok_or_else(|| refused(bad_token()))?;
            return Ok(Self { user, engine, root: format!("{base}/openrosa/{token}"), params });
        }
        let secure = engine.config.server.secure_cookies() || is_loopback(parts);
        match authorised(&engine, parts, secure).await {
            Ok(Some(user)) => Ok(Self { user, engine, root: format!("{base}/openrosa"), params }),
            Ok(None) => {
                Err(Refused { problem: Problem::not_signed_in(), lang, challenge: challenges(&engine, secure) })
            }
            Err(problem) if problem.kind == ProblemKind::Unauthenticated => {
                Err(Refused { challenge: challenges(&engine, secure), problem, lang })
            }
            Err(problem) => Err(refused(problem)),
        }
    }
}

fn bad_token() -> Problem {
    Problem::new(
        ProblemKind::Unauthenticated,
        "token.unknown",
        "手机令牌无效或已删除,请重新扫码设置。",
        "This phone's token is not valid any more; scan the code again.",
    )
}

fn is_loopback(parts: &Parts) -> bool {
    parts.extensions.get::<ConnectInfo<SocketAddr>>().is_some_and(|ConnectInfo(address)| address.ip().is_loopback())
}

/// Basic only where nobody listens in: behind TLS, or on the machine itself.
fn challenges(engine: &Engine, secure: bool) -> Vec<String> {
    let digest = format!("Digest realm=\"{REALM}\", qop=\"auth\", nonce=\"{}\", algorithm=MD5", phone::nonce(engine));
    let basic = secure.then(|| format!("Basic realm=\"{REALM}\", charset=\"UTF-8\""));
    std::iter::once(digest).chain(basic).collect()
}

async fn authorised(engine: &Engine, parts: &Parts, secure: bool) -> Result<Option<Arc<PhoneUser>>, Problem> {
    let Some(sent) = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()) else {
        return Ok(None);
    };
    let (scheme, rest) = sent.split_once(' ').unwrap_or((sent, ""));
    if scheme.eq_ignore_ascii_case("basic") && secure {
        let decoded = STANDARD.decode(rest.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let Some((login, password)) = decoded.as_deref().and_then(|text| text.split_once(':')) else { return Ok(None) };
        return phone::basic(engine, login, password).await.map(Some);
    }
    if scheme.eq_ignore_ascii_case("digest") {
        let answer = digest_answer(rest);
        return phone::digest(engine, parts.method.as_str(), &answer).await;
    }
    Ok(None)
}

/// The parameters of a Digest answer: `name="quoted"` or `name=token`, with commas between.
fn digest_answer(text: &str) -> DigestAnswer {
    let mut answer = DigestAnswer::default();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim().trim_start_matches(',').trim().to_ascii_lowercase();
        let (value, left) = match after.trim_start().strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_once(',').unwrap_or((after, "")),
        };
        rest = left;
        let value = value.trim().to_owned();
        match name.as_str() {
            "username" => answer.username = value,
            "nonce" => answer.nonce = value,
            "uri" => answer.uri = value,
            "nc" => answer.nc = value,
            "cnonce" => answer.cnonce = value,
            "qop" => answer.qop = value,
            "response" => answer.response = value,
            _ => {}
        }
    }
    answer
}

type Answer = Result<Response, Refused>;

async fn form_list(phone: Phone, Query(query): Query<HashMap<String, String>>) -> Answer {
    let only = query.get("formID").cloned();
    let list = openrosa::form_list(&phone.engine, &phone.user, &phone.root, only).await;
    Ok(xml(StatusCode::OK, list.map_err(|problem| phone.refused(problem))?))
}

async fn form_xml(phone: Phone) -> Answer {
    let (form, version) = (phone.param("form"), phone.param("version"));
    let form = openrosa::form_xml(&phone.engine, &phone.user, form, version).await;
    let mut response = form.map_err(|problem| phone.refused(problem))?.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/xml; charset=utf-8"));
    Ok(dressed(response))
}

async fn manifest(phone: Phone) -> Answer {
    let (form, version) = (phone.param("form"), phone.param("version"));
    let made = openrosa::manifest(&phone.engine, &phone.user, &phone.root, form, version).await;
    Ok(xml(StatusCode::OK, made.map_err(|problem| phone.refused(problem))?))
}

async fn attachment(phone: Phone, headers: HeaderMap) -> Answer {
    let (engine, user) = (phone.engine.clone(), phone.user.clone());
    let [form, version, name] = ["form", "version", "name"].map(|param| phone.param(param).to_owned());
    let file = name.clone();
    let found = tokio::task::spawn_blocking(move || openrosa::attachment(&engine, &user, &form, &version, &file)).await;
    let found = found.map_err(Problem::internal).and_then(|found| found).map_err(|problem| phone.refused(problem))?;
    Ok(dressed(forms::attachment_response(&phone.engine, &phone.user.actor, &headers, &name, found)))
}

async fn integrity(phone: Phone, Query(query): Query<HashMap<String, String>>) -> Answer {
    let ids = query.get("id").map_or("", String::as_str);
    let (form, version) = (phone.param("form"), phone.param("version"));
    let made = openrosa::integrity(&phone.engine, &phone.user, form, version, ids).await;
    Ok(xml(StatusCode::OK, made.map_err(|problem| phone.refused(problem))?))
}

/// `HEAD`: may one send here?
async fn head(_: Phone) -> Response {
    dressed(StatusCode::NO_CONTENT.into_response())
}

async fn submit(phone: Phone, Query(query): Query<HashMap<String, String>>, form: Multipart) -> Answer {
    let posted = Posted::receive(&phone.engine, form).await.map_err(|problem| phone.refused(problem))?;
    let incoming = Incoming {
        xml: posted.xml,
        files: posted.files,
        device: query.get("deviceID").cloned(),
        assignment: None,
        draft: phone.user.draft_of.is_some(),
    };
    let taken = receive::receive(&phone.engine, &phone.user.actor, incoming).await;
    let receipt = taken.map_err(|problem| phone.refused(problem))?;
    let message = match receipt.missing_files.len() {
        0 => phone.engine.lang.pick("已收到。", "full submission upload was successful!").to_owned(),
        _ => phone.engine.lang.pick("已收到,等待其余文件。", "received; waiting for more files").to_owned(),
    };
    Ok(xml(StatusCode::CREATED, openrosa::envelope(&message)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_answer_is_read_with_and_without_quotes() {
        let answer = digest_answer(
            r#"username="王, 五", realm="linli", nonce="a-b", uri="/openrosa/formList?x=1", qop=auth, nc=00000001, cnonce="c", response="ff""#,
        );
        let read = (answer.username.as_str(), answer.uri.as_str(), answer.qop.as_str(), answer.nc.as_str());
        assert_eq!(read, ("王, 五", "/openrosa/formList?x=1", "auth", "00000001"));
        assert_eq!((answer.cnonce.as_str(), answer.response.as_str()), ("c", "ff"));
    }
}
