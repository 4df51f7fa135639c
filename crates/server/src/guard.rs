//! What stands around every call: logs without personal data, panics as problems, headers, limits, cross-site writes.

use std::{
    any::Any,
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use linli_engine::{Problem, ProblemKind};
use tower::ServiceBuilder;
use tower_http::{
    CompressionLevel,
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate, SizeAbove},
    },
    timeout::TimeoutLayer,
};

use crate::{ApiError, AppState, reply};

/// Most bytes of an ordinary body.
pub const BODY_BYTES: usize = 2 * 1024 * 1024;

/// Most bytes of an uploaded workbook.
pub const UPLOAD_BYTES: usize = 64 * 1024 * 1024;

/// Longest a call may take before its answer begins.
const TIMEOUT: Duration = Duration::from_secs(120);

/// Only our own scripts; nobody may frame us but those of `ancestors`. The form engine of the phone compiles its XPath
/// grammar from WebAssembly, and recordings are played from memory. `tiles`: the server of the event map's tiles, if any.
fn content_security_policy(ancestors: &str, tiles: Option<&str>) -> HeaderValue {
    let tiles = tiles.map(|origin| format!(" {origin}")).unwrap_or_default();
    let policy = format!(
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
         img-src 'self' data: blob:{tiles}; media-src 'self' blob:; font-src 'self' data:; connect-src 'self'{tiles}; \
         worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
    );
    HeaderValue::from_str(&policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}

/// What every answer is told by, and what those of the [`PREVIEW`] are instead.
#[derive(Clone)]
struct Policies {
    own: HeaderValue,
    framed: HeaderValue,
}

impl Policies {
    fn of(state: &AppState) -> Self {
        let tiles = state.engine.config.map.tiles.as_ref().map(|tiles| tiles.origin());
        Self { own: content_security_policy("'none'", tiles), framed: content_security_policy("'self'", tiles) }
    }
}

/// Where the form studio shows a form as a phone does, in a frame of its own page. Nothing is sent from there.
const PREVIEW: &str = "/m/preview/";

const HEADERS: [(HeaderName, HeaderValue); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(self), microphone=(self), payment=()"),
    ),
];

/// Puts all guards around the routes, outermost first.
pub fn around(router: Router, state: &AppState) -> Router {
    let worth = SizeAbove::new(1024)
        .and(NotForContentType::new("application/vnd"))
        .and(NotForContentType::new("image/"))
        .and(NotForContentType::new("font/"))
        .and(NotForContentType::SSE);
    router.layer(
        ServiceBuilder::new()
            .layer(from_fn(log))
            .layer(from_fn_with_state(Policies::of(state), headers))
            .layer(CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worth))
            .layer(from_fn_with_state(state.clone(), reply::render))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, TIMEOUT))
            .layer(from_fn_with_state(state.clone(), same_site))
            .layer(DefaultBodyLimit::max(BODY_BYTES)),
    )
}

/// One line a call: never an address's query, a body or a header.
async fn log(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let response = next.run(request).await;
    let (status, route) = (response.status().as_u16(), route.as_deref().unwrap_or("page"));
    let milliseconds = began.elapsed().as_secs_f64() * 1e3;
    if response.status().is_server_error() {
        tracing::warn!(%method, route, status, milliseconds, "request");
    } else {
        tracing::debug!(%method, route, status, milliseconds, "request");
    }
    response
}

async fn headers(State(policies): State<Policies>, request: Request, next: Next) -> Response {
    let api = request.uri().path().starts_with("/api");
    let uploads = is_upload(&request);
    let framed = request.uri().path().starts_with(PREVIEW);
    let mut response = next.run(request).await;
    let refused = response.status().is_client_error() || response.status().is_server_error();
    let too_large = response.status() == StatusCode::PAYLOAD_TOO_LARGE;
    let headers = response.headers_mut();
    if refused && (uploads || too_large) {
        // The rest of the upload is not read, so the connection ends here: nothing else may be sent over it.
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    headers.reserve(HEADERS.len() + 2);
    for (name, value) in &HEADERS {
        headers.insert(name.clone(), value.clone());
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, if framed { policies.framed } else { policies.own });
    if framed {
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    }
    if api && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

fn is_upload(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("multipart/"))
}

fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let reason = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    ApiError(Problem::internal(format_args!("panic: {}", reason.unwrap_or("?")))).into_response()
}

/// Refuses writes that another site's page could have caused.
async fn same_site(State(_): State<AppState>, request: Request, next: Next) -> Response {
    let reads = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    let ours = request.headers().get("x-linli").is_some_and(|value| value == "1");
    let foreign = request.headers().get("sec-fetch-site").is_some_and(|value| value == "cross-site");
    if reads || (ours && !foreign) || !request.uri().path().starts_with("/api") {
        return next.run(request).await;
    }
    ApiError(Problem::new(
        ProblemKind::Denied,
        "auth.cross_site",
        "拒绝来自其他网站的写操作:请求缺少 X-Linli: 1。",
        "Writes from other sites are refused: the request lacks X-Linli: 1.",
    ))
    .into_response()
}
