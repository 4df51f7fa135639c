//! Sign-in, one's session, preferences, password and second step.

use axum::{
    Json,
    http::{StatusCode, header},
    response::{AppendHeaders, IntoResponse},
};
use linli_engine::access::{self, DemoAccount, PreferencesChange, PreferencesView, SessionView, SignIn, TotpOffer};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Api, AppState, Authenticated,
    auth::{self, Anyone},
    extract::Body,
    openapi::ProblemBody,
};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(current, begin, end))
        .routes(routes!(end_all))
        .routes(routes!(preferences))
        .routes(routes!(password))
        .routes(routes!(totp_start, totp_remove))
        .routes(routes!(totp_confirm))
        .routes(routes!(options))
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/session", tag = "session", operation_id = "getSession", responses(
    (status = 200, body = SessionView), (status = 401, body = ProblemBody)
))]
async fn current(auth: Authenticated) -> Api<Json<SessionView>> {
    Ok(Json(access::view(&auth.engine, &auth.who).await?))
}

/// Sign in.
#[utoipa::path(post, path = "/api/session", tag = "session", operation_id = "signIn", request_body = SignIn,
    security(()), responses(
    (status = 200, body = SessionView), (status = 401, description = "`auth.wrong`, `auth.totp_required`, `auth.totp_wrong`", body = ProblemBody),
    (status = 429, description = "`auth.locked` with `retry_after`", body = ProblemBody)
))]
async fn begin(Anyone(engine): Anyone, body: Body<SignIn>) -> Api<impl IntoResponse> {
    let entry = access::sign_in(&engine, body.value).await?;
    let view = access::view(&engine, &entry.who).await?;
    Ok(([(header::SET_COOKIE, auth::set_cookie(&engine, Some(&entry.token)))], Json(view)))
}

/// Sign out.
#[utoipa::path(delete, path = "/api/session", tag = "session", operation_id = "signOut", responses((status = 204)))]
async fn end(auth: Option<Authenticated>, Anyone(engine): Anyone) -> Api<impl IntoResponse> {
    if let Some(auth) = auth {
        access::sign_out(&auth.engine, &auth.who).await?;
    }
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(header::SET_COOKIE, auth::set_cookie(&engine, None))])))
}

/// Sign out everywhere.
#[utoipa::path(delete, path = "/api/sessions", tag = "session", operation_id = "signOutEverywhere", responses((status = 204)))]
async fn end_all(auth: Authenticated) -> Api<impl IntoResponse> {
    access::sign_out_everywhere(&auth.engine, &auth.who).await?;
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(header::SET_COOKIE, auth::set_cookie(&auth.engine, None))])))
}

/// Change one's preferences.
#[utoipa::path(patch, path = "/api/session/preferences", tag = "session", operation_id = "changePreferences",
    request_body = PreferencesChange, responses((status = 200, body = PreferencesView)))]
async fn preferences(auth: Authenticated, body: Body<PreferencesChange>) -> Api<Json<PreferencesView>> {
    Ok(Json(access::change_preferences(&auth.engine, &auth.who, body.value).await?))
}

/// One's own password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordChange {
    /// Password until now.
    current: String,
    /// Password from now on.
    new: String,
}

/// Change one's password; other sessions end.
#[utoipa::path(post, path = "/api/session/password", tag = "session", operation_id = "changePassword",
    request_body = PasswordChange, responses((status = 204), (status = 422, body = ProblemBody)))]
async fn password(auth: Authenticated, body: Body<PasswordChange>) -> Api<StatusCode> {
    access::change_password(&auth.engine, &auth.who, body.value.current, body.value.new).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ask for a secret for two-step sign-in.
#[utoipa::path(post, path = "/api/session/totp", tag = "session", operation_id = "startTotp",
    responses((status = 200, body = TotpOffer), (status = 409, body = ProblemBody)))]
async fn totp_start(auth: Authenticated) -> Api<Json<TotpOffer>> {
    Ok(Json(access::start_totp(&auth.engine, &auth.who).await?))
}

/// Six digits of the second step.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TotpCode {
    /// Six digits.
    code: String,
}

/// Turn two-step sign-in on.
#[utoipa::path(post, path = "/api/session/totp/confirm", tag = "session", operation_id = "confirmTotp",
    request_body = TotpCode, responses((status = 204), (status = 422, body = ProblemBody)))]
async fn totp_confirm(auth: Authenticated, body: Body<TotpCode>) -> Api<StatusCode> {
    access::confirm_totp(&auth.engine, &auth.who, body.value.code).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The password again, to be sure.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordAgain {
    /// One's password.
    password: String,
}

/// Turn two-step sign-in off.
#[utoipa::path(delete, path = "/api/session/totp", tag = "session", operation_id = "removeTotp",
    request_body = PasswordAgain, responses((status = 204), (status = 422, body = ProblemBody)))]
async fn totp_remove(auth: Authenticated, body: Body<PasswordAgain>) -> Api<StatusCode> {
    access::remove_totp(&auth.engine, &auth.who, body.value.password).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ways to sign in.
#[derive(Serialize, ToSchema)]
struct SignInOptions {
    /// With a password.
    password: bool,
    /// With the city's identity provider, by `GET /api/oidc/start`.
    oidc: Option<OidcOption>,
    /// The demo city's accounts; `null` elsewhere.
    demo_accounts: Option<Vec<DemoOption>>,
}

/// The city's identity provider.
#[derive(Serialize, ToSchema)]
struct OidcOption {
    /// What the button says.
    label: String,
}

/// An account of the demo city.
#[derive(Serialize, ToSchema)]
struct DemoOption {
    /// What is typed at sign-in.
    login: String,
    /// Who that is.
    label: String,
}

/// Ways to sign in.
#[utoipa::path(get, path = "/api/sign-in-options", tag = "session", operation_id = "getSignInOptions", security(()),
    responses((status = 200, body = SignInOptions)))]
async fn options(Anyone(engine): Anyone) -> Api<Json<SignInOptions>> {
    let oidc = engine.config.oidc.as_ref().map(|oidc| OidcOption { label: oidc.label.text(engine.lang).to_owned() });
    let demo_accounts = access::demo_accounts(&engine).await?.map(|accounts| {
        let told = |one: DemoAccount| DemoOption { label: one.label.text(engine.lang).to_owned(), login: one.login };
        accounts.into_iter().map(told).collect()
    });
    Ok(Json(SignInOptions { password: true, oidc, demo_accounts }))
}
