//! Who stands behind a request.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    extract::{ConnectInfo, FromRequestParts, OptionalFromRequestParts, Request},
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use linli_domain::{Actor, Lang};
use linli_engine::{
    Engine, Problem,
    access::{self, SignedIn},
};
use serde_json::json;

use crate::{ApiError, AppState};

/// Name of the session cookie.
pub const COOKIE: &str = "linli_session";

/// A signed-in request: who asks, and an engine that knows from where.
#[derive(Clone)]
pub struct Authenticated {
    /// Who.
    pub who: Arc<SignedIn>,
    /// Engine whose audit entries name the request's address.
    pub engine: Engine,
}

impl Authenticated {
    /// Who asks, with what rights.
    pub fn actor(&self) -> &Actor {
        &self.who.actor
    }
}

impl FromRequestParts<AppState> for Authenticated {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let found = <Self as OptionalFromRequestParts<AppState>>::from_request_parts(parts, state).await?;
        found.ok_or_else(|| Problem::not_signed_in().into())
    }
}

impl OptionalFromRequestParts<AppState> for Authenticated {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Option<Self>, Self::Rejection> {
        let Some(token) = cookie(&parts.headers, COOKIE) else { return Ok(None) };
        let Some(who) = access::resume(&state.engine, token).await? else { return Ok(None) };
        let connection = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let address = address(&state.engine, &parts.headers, connection);
        Ok(Some(Self {
            who,
            engine: state.engine.for_request(address.as_deref(), crate::reply::lang_of(&parts.headers)),
        }))
    }
}

/// An engine that knows from where a request comes, for requests of nobody yet.
pub struct Anyone(pub Engine);

impl FromRequestParts<AppState> for Anyone {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let connection = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let address = address(&state.engine, &parts.headers, connection);
        Ok(Self(state.engine.for_request(address.as_deref(), crate::reply::lang_of(&parts.headers))))
    }
}

/// The value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

/// `Set-Cookie` of a session; without a token it ends.
pub fn set_cookie(engine: &Engine, token: Option<&str>) -> HeaderValue {
    let secure = if engine.config.server.secure_cookies() { "; Secure" } else { "" };
    let life = if token.is_some() { i64::from(engine.config.access.absolute_days) * 86_400 } else { 0 };
    let value = token.unwrap_or_default();
    let text = format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={life}{secure}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("linli_session=; Path=/; Max-Age=0"))
}

fn address(engine: &Engine, headers: &HeaderMap, connection: Option<&ConnectInfo<SocketAddr>>) -> Option<String> {
    let forwarded = headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
    // The proxy in front appends the address it saw: the last one is the only one it vouches for.
    let last = forwarded.and_then(|all| all.rsplit(',').next()).map(|one| one.trim().chars().take(64).collect());
    let direct = connection.map(|ConnectInfo(address)| address.ip().to_string());
    if engine.config.server.behind_proxy { last.or(direct) } else { direct }
}

/// What a denial needs to know about its request, kept before the handler takes it.
pub struct Asker {
    token: Option<String>,
    address: Option<String>,
    call: String,
}

impl Asker {
    /// Reads it off a request.
    pub fn of(state: &AppState, request: &Request) -> Self {
        let connection = request.extensions().get::<ConnectInfo<SocketAddr>>();
        Self {
            token: cookie(request.headers(), COOKIE).map(str::to_owned),
            address: address(&state.engine, request.headers(), connection),
            call: format!("{} {}", request.method(), request.uri().path()),
        }
    }
}

/// Writes a denial into the audit log, after the answer. What cannot be written is logged.
pub fn note_denial(state: AppState, asker: Asker, problem: &Problem) {
    let (code, missing) = (problem.code, problem.extra.get("missing").cloned());
    tokio::spawn(async move {
        let Some(token) = asker.token else { return };
        let Ok(Some(who)) = access::resume(&state.engine, &token).await else { return };
        let engine = state.engine.for_request(asker.address.as_deref(), Lang::default());
        let detail = json!({ "code": code, "missing": missing });
        let area = who.actor.grants.first().map(|grant| grant.area.clone());
        let entry = engine.audit_entry(&who.actor, "denied", "request", asker.call, area, detail);
        let written = engine.store.write::<_, Problem>(move |tx| Ok(tx.audit(entry.clone())?)).await;
        if let Err(problem) = written {
            tracing::warn!(%problem, "a denial could not be written into the audit log");
        }
    });
}
