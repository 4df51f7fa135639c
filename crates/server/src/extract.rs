//! Bodies, queries and paths whose faults are problems that say where and what.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use linli_domain::Label;
use linli_engine::{Idempotency, Problem};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::{ApiError, AppState};

/// A JSON body, parsed once, with the idempotency key of its request.
pub struct Body<T> {
    /// What was sent.
    pub value: T,
    /// Set when the request has an `Idempotency-Key`.
    pub once: Option<Idempotency>,
}

impl<T: DeserializeOwned> FromRequest<AppState> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Self::Rejection> {
        if !is_json(request.headers()) {
            return Err(Problem::malformed(
                "请以 application/json 格式发送内容。",
                "Send the content as application/json.",
            )
            .into());
        }
        let key = key_of(request.headers())?;
        let call = key.as_ref().map(|_| format!("{} {}\n", request.method(), request.uri().path()));
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| body_problem(&rejection))?;
        let once = key.zip(call).map(|(key, call)| {
            let hash = Sha256::new().chain_update(call.as_bytes()).chain_update(&bytes);
            Idempotency { key, request: hash.finalize().into() }
        });
        Ok(Self { value: parse(&bytes)?, once })
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        if error.is_data() {
            Problem::malformed(
                format!("内容与接口不符(第 {line} 行第 {column} 列):{error}"),
                format!("The content does not fit this call (line {line}, column {column}): {error}"),
            )
        } else {
            Problem::malformed(
                format!("JSON 有语法错误(第 {line} 行第 {column} 列):{error}"),
                format!("The JSON is not well-formed (line {line}, column {column}): {error}"),
            )
        }
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

fn key_of(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().ok().filter(|key| !key.is_empty() && key.len() <= 100);
    key.map(|key| Some(key.to_owned())).ok_or_else(|| {
        Problem::parameter(
            "Idempotency-Key",
            "Idempotency-Key 须为 1–100 个 ASCII 字符。",
            "An Idempotency-Key has 1–100 ASCII characters.",
        )
    })
}

fn body_problem(rejection: &BytesRejection) -> Problem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Problem::too_large(&Label::new("请求内容", "The request's content"), "2 MB")
    } else {
        Problem::malformed("请求内容没有完整到达。", "The request's content did not arrive completely.")
    }
}

/// Query parameters.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<AppState> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let axum::extract::Query(value) =
            axum::extract::Query::<T>::from_request_parts(parts, state).await.map_err(|rejection| {
                let reason = rejection.body_text();
                Problem::malformed(format!("查询参数不正确:{reason}"), format!("The query is not acceptable: {reason}"))
            })?;
        Ok(Self(value))
    }
}

/// Path parameters.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<AppState> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let axum::extract::Path(value) =
            axum::extract::Path::<T>::from_request_parts(parts, state).await.map_err(|rejection| {
                let reason = rejection.body_text();
                Problem::malformed(format!("地址不正确:{reason}"), format!("The address is not acceptable: {reason}"))
            })?;
        Ok(Self(value))
    }
}
