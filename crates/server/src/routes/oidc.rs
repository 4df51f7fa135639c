//! Sign-in through the city's identity provider. These are addresses for the browser, so a refusal leads back to the
//! sign-in page with its code.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Response},
};
use linli_engine::{Problem, ProblemKind, access};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Api, AppState,
    auth::{self, Anyone},
    extract::Query,
    oidc::{Journey, Provider},
    openapi::ProblemBody,
};

const COOKIE: &str = "linli_oidc";

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(start)).routes(routes!(callback))
}

fn provider(state: &AppState) -> Result<&Provider, Problem> {
    state.oidc.as_deref().ok_or_else(|| {
        Problem::new(ProblemKind::NotFound, "oidc.off", "没有配置单点登录。", "Single sign-on is not configured.")
    })
}

/// The journey's cookie: unlike the session's it must survive the way back from another site.
fn journey_cookie(state: &AppState, value: &str, seconds: u32) -> Result<HeaderValue, Problem> {
    let secure = if state.engine.config.server.secure_cookies() { "; Secure" } else { "" };
    let text = format!("{COOKIE}={value}; Path=/api/oidc; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&text).map_err(Problem::internal)
}

fn go<const N: usize>(to: &str, cookies: [HeaderValue; N]) -> Result<Response, Problem> {
    let to = [(header::LOCATION, HeaderValue::from_str(to).map_err(Problem::internal)?)];
    let cookies = AppendHeaders(cookies.map(|cookie| (header::SET_COOKIE, cookie)));
    Ok((StatusCode::SEE_OTHER, to, cookies).into_response())
}

/// Go to the identity provider.
#[utoipa::path(get, path = "/api/oidc/start", tag = "session", operation_id = "startOidc", security(()),
    responses((status = 303), (status = 404, body = ProblemBody), (status = 502, body = ProblemBody)))]
async fn start(State(state): State<AppState>, Anyone(engine): Anyone) -> Api<Response> {
    let (url, journey) = provider(&state)?.begin(&engine).await?;
    let cookie = journey_cookie(&state, &journey.pack()?, 600)?;
    Ok(go(&url, [cookie])?)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CallbackParams {
    /// Authorization code.
    code: Option<String>,
    /// State that was sent along.
    state: Option<String>,
    /// Error code of the provider.
    error: Option<String>,
}

/// Come back from the identity provider.
#[utoipa::path(get, path = "/api/oidc/callback", tag = "session", operation_id = "finishOidc", params(CallbackParams),
    security(()), responses((status = 303, description = "To the page, or to the sign-in page with `problem=CODE`")))]
async fn callback(
    State(state): State<AppState>,
    Anyone(engine): Anyone,
    headers: HeaderMap,
    Query(params): Query<CallbackParams>,
) -> Api<Response> {
    let provider = provider(&state)?;
    let spent = journey_cookie(&state, "", 0)?;
    let journey = auth::cookie(&headers, COOKIE).and_then(Journey::unpack);
    let entry = match (journey, params.code, params.state, params.error) {
        (Some(journey), Some(code), Some(told), None) => match provider.finish(&engine, journey, &told, code).await {
            Ok(identity) => access::sign_in_by_oidc(&engine, identity).await,
            Err(problem) => Err(problem),
        },
        _ => Err(Problem::new(ProblemKind::Unauthenticated, "oidc.refused", "", "")),
    };
    match entry {
        Ok(entry) => Ok(go("/", [auth::set_cookie(&engine, Some(&entry.token)), spent])?),
        Err(problem) => Ok(go(&format!("/sign-in?problem={}", problem.code), [spent])?),
    }
}
