//! Bodies, queries and paths whose faults are problems that say where and what.

use std::collections::BTreeMap;

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use linli_domain::Label;
use linli_engine::{Idempotency, Problem, register::ListFilter};
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

/// Most items of a page.
pub const PAGE: u32 = 200;

/// The limit of a page: 50 when none is asked for, at most [`PAGE`].
pub fn page_limit(asked: Option<u32>) -> Result<u32, Problem> {
    match asked {
        None => Ok(50),
        Some(limit) if (1..=PAGE).contains(&limit) => Ok(limit),
        Some(limit) => Err(Problem::parameter(
            "limit",
            format!("每页 1–{PAGE} 条,不能是 {limit}。"),
            format!("A page has 1–{PAGE} items, not {limit}."),
        )),
    }
}

/// Filters of a register's list, as `docs/api-design.md` describes them (also for counts, facets and exports).
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "described here, read by `ListQuery`")]
pub struct ListParams {
    /// Code of an area: only within it.
    area: Option<String>,
    /// Name prefix, pinyin initials, or the exact value of a sensitive field.
    q: Option<String>,
    /// `sex:1,2`, `birth_date:1950-01-01..1960-12-31`, `name:王*`, `phone:*` (known), `phone:!` (unknown); may be repeated.
    filter: Option<Vec<String>>,
    /// `name`, `-birth_date`; several with commas.
    sort: Option<String>,
    /// Ended records too.
    ended: Option<bool>,
    /// As it was at the end of this day.
    as_of: Option<String>,
    /// Cursor of the page before.
    after: Option<String>,
    /// At most so many (≤ 200).
    limit: Option<u32>,
}

/// A list's filters out of a query string, and the parameters that are not among them.
#[derive(Debug, Default)]
pub struct ListQuery {
    /// Filters.
    pub filter: ListFilter,
    /// Other parameters.
    pub rest: BTreeMap<String, String>,
}

impl ListQuery {
    /// Reads a query string.
    pub fn parse(query: &str) -> Result<Self, Problem> {
        let mut read = Self::default();
        let mut limit = None;
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decoded(name)?, decoded(value)?);
            let filter = &mut read.filter;
            match &*name {
                "area" => filter.area = Some(value).filter(|code| !code.is_empty()),
                "q" => filter.q = Some(value),
                "filter" => filter.filters.push(value),
                "sort" => filter.sort = Some(value),
                "after" => filter.after = Some(value),
                "limit" => limit = Some(value.parse::<u32>().unwrap_or(u32::MAX)),
                "ended" => filter.ended = value == "true" || value == "1",
                "as_of" => {
                    filter.as_of = Some(value.parse().map_err(|_| {
                        Problem::parameter("as_of", "日期请写成 2026-11-23。", "Write a day as 2026-11-23.")
                    })?);
                }
                _ => {
                    read.rest.insert(name, value);
                }
            }
        }
        if read.filter.filters.len() > 50 {
            return Err(Problem::parameter("filter", "筛选条件最多 50 个。", "At most 50 filters."));
        }
        read.filter.limit = page_limit(limit)?;
        Ok(read)
    }

    /// Refuses parameters beside the filters and `known`.
    pub fn refuse_rest(&self, known: &[&str]) -> Result<(), Problem> {
        match self.rest.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => Err(Problem::parameter(
                name,
                format!("没有名为“{name}”的查询参数。"),
                format!("There is no query parameter called `{name}`."),
            )),
        }
    }
}

impl FromRequestParts<AppState> for ListQuery {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &AppState) -> Result<Self, Self::Rejection> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default())?)
    }
}

fn decoded(text: &str) -> Result<String, Problem> {
    let spaced = text.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| Problem::malformed("查询参数不是 UTF-8 文字。", "The query is not UTF-8 text."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_repeat_and_other_parameters_are_kept_apart() {
        let read = ListQuery::parse("filter=sex:1&filter=name:%E7%8E%8B*&field=sex&limit=10&ended=true").unwrap();
        assert_eq!(read.filter.filters, ["sex:1", "name:王*"]);
        assert_eq!(read.rest["field"], "sex");
        assert!(read.filter.ended && read.refuse_rest(&[]).is_err() && read.refuse_rest(&["field"]).is_ok());
    }

    #[test]
    fn hostile_queries_are_refused() {
        for query in ["limit=1000000", "limit=-1", "limit=0", "as_of=yesterday", "q=%ff%fe"] {
            assert!(ListQuery::parse(query).is_err(), "{query}");
        }
    }
}
