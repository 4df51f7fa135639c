//! Open311 GeoReport v2: `/open311/v2/…`, JSON or XML by the end of the path.
//!
//! Clients are programs of others: they send no header of ours, they are counted by address and key, their bodies are small,
//! and every fault is told in the specification's own list of errors.

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, Query, rejection::BytesRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use linli_domain::{Lang, Timestamp};
use linli_engine::{
    Engine, Problem,
    open311::{self, Attribute, Definition, Request, RequestQuery, Service},
};
use std::collections::HashMap;

use super::collect::base_url;
use crate::{
    AppState,
    auth::Anyone,
    open311::{Format, Node, decoded, last, report_of},
    reply,
};

/// Most bytes of a report.
const REPORT_BYTES: usize = 64 * 1024;
/// Address of the specification, as the discovery document names it.
const SPECIFICATION: &str = "http://wiki.open311.org/GeoReport_v2";
/// When this interface last changed.
const CHANGESET: &str = "2026-11-23T00:00:00Z";

/// Routes.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/open311/v2/{document}", get(document).post(post))
        .route("/open311/v2/services/{code}", get(definition))
        .route("/open311/v2/requests/{id}", get(request))
        .route("/open311/v2/tokens/{token}", get(token))
        .layer(DefaultBodyLimit::max(REPORT_BYTES))
}

/// An answer in the form asked for.
struct Answer {
    status: StatusCode,
    root: &'static str,
    node: Node,
    format: Format,
}

impl Answer {
    fn of(root: &'static str, node: Node, format: Format) -> Self {
        Self { status: StatusCode::OK, root, node, format }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let body = self.node.write(self.root, self.format);
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.format.content_type()));
        // Browsers of other sites may read what is public anyway.
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        response
    }
}

/// Faults as the specification lists them.
fn refused(problem: &Problem, format: Format, lang: Lang) -> Response {
    let status = match reply::status(problem.kind) {
        // GeoReport knows no 422: what a client sent wrongly is 400.
        StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
        status => status,
    };
    let one = |description: String| {
        Node::Map(vec![("code", Node::Int(status.as_u16().into())), ("description", Node::Text(description))])
    };
    let mut errors: Vec<Node> =
        problem.fields.iter().map(|field| one(format!("{}: {}", field.field, field.message.text(lang)))).collect();
    if errors.is_empty() {
        errors.push(one(problem.text(lang).to_owned()));
    }
    let mut response = Answer { status, root: "errors", node: Node::List("error", errors), format }.into_response();
    if let Some(seconds) = problem.extra.get("retry_after").and_then(serde_json::Value::as_i64) {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// A path that ends neither in `.json` nor in `.xml`.
fn formless(lang: Lang) -> Response {
    let problem = Problem::new(
        linli_engine::ProblemKind::NotFound,
        "open311.format",
        "地址须以 .json 或 .xml 结尾。",
        "The address must end in .json or .xml.",
    );
    refused(&problem, Format::Json, lang)
}

type Params = HashMap<String, String>;

/// Counts the call and refuses foreign jurisdictions.
fn admit(engine: &Engine, params: &Params) -> Result<(), Problem> {
    open311::count(engine)?;
    open311::refuse_foreign(engine, params.get("jurisdiction_id").map(String::as_str))
}

async fn document(
    Anyone(engine): Anyone,
    Path(path): Path<String>,
    Query(params): Query<Params>,
    headers: HeaderMap,
) -> Response {
    let lang = engine.lang;
    let Some((name, format)) = Format::split(&path) else { return formless(lang) };
    let answer = match name {
        "discovery" => open311::count(&engine).map(|()| ("discovery", discovery(&engine, &headers))),
        "services" => admit(&engine, &params).map(|()| ("services", services(&engine))),
        "requests" => requests(&engine, &params).await.map(|node| ("service_requests", node)),
        _ => Err(no_document()),
    };
    match answer {
        Ok((root, node)) => Answer::of(root, node, format).into_response(),
        Err(problem) => refused(&problem, format, lang),
    }
}

fn no_document() -> Problem {
    Problem::new(
        linli_engine::ProblemKind::NotFound,
        "open311.not_found",
        "没有这个资源。",
        "There is no such resource.",
    )
}

async fn definition(Anyone(engine): Anyone, Path(path): Path<String>, Query(params): Query<Params>) -> Response {
    let lang = engine.lang;
    let Some((code, format)) = Format::split(&path) else { return formless(lang) };
    let found = admit(&engine, &params).and_then(|()| open311::definition(&engine, code));
    match found {
        Ok(definition) => Answer::of("service_definition", definition_node(&definition), format).into_response(),
        Err(problem) => refused(&problem, format, lang),
    }
}

fn discovery(engine: &Engine, headers: &HeaderMap) -> Node {
    let base = base_url(engine, headers);
    let config = &engine.config.open311;
    let text = |text: &str| Node::Text(text.to_owned());
    let endpoint = Node::Map(vec![
        ("specification", text(SPECIFICATION)),
        ("url", Node::Text(format!("{base}/open311/v2"))),
        ("changeset", text(CHANGESET)),
        ("type", text(if config.production { "production" } else { "test" })),
        ("formats", Node::List("format", vec![text("text/xml"), text("application/json")])),
    ]);
    Node::Map(vec![
        ("changeset", text(CHANGESET)),
        ("contact", text(&config.contact)),
        ("key_service", text(engine.lang.pick("向上述联系人申请 api_key。", "Ask the contact for an api_key."))),
        ("endpoints", Node::List("endpoint", vec![endpoint])),
    ])
}

fn services(engine: &Engine) -> Node {
    let one = |service: Service| {
        Node::Map(vec![
            ("service_code", Node::Text(service.service_code)),
            ("service_name", Node::Text(service.service_name)),
            ("description", Node::Text(service.description)),
            ("metadata", Node::Flag(service.metadata)),
            ("type", Node::Text(service.kind.to_owned())),
            ("keywords", Node::Text(service.keywords)),
            ("group", Node::Text(service.group)),
        ])
    };
    Node::List("service", open311::services(engine).into_iter().map(one).collect())
}

fn definition_node(definition: &Definition) -> Node {
    let value = |(key, name): &(String, String)| {
        Node::Map(vec![("key", Node::Text(key.clone())), ("name", Node::Text(name.clone()))])
    };
    let attribute = |one: &Attribute| {
        let mut members = vec![
            ("variable", Node::Flag(one.variable)),
            ("code", Node::Text(one.code.clone())),
            ("datatype", Node::Text(one.datatype.to_owned())),
            ("required", Node::Flag(one.required)),
            ("datatype_description", Node::Text(one.datatype_description.clone())),
            ("order", Node::Int(one.order.into())),
            ("description", Node::Text(one.description.clone())),
        ];
        if !one.values.is_empty() {
            members.push(("values", Node::List("value", one.values.iter().map(value).collect())));
        }
        Node::Map(members)
    };
    Node::Map(vec![
        ("service_code", Node::Text(definition.service_code.clone())),
        ("attributes", Node::List("attribute", definition.attributes.iter().map(attribute).collect())),
    ])
}

/// Whether a key came with the request, and is ours.
fn keyed(engine: &Engine, params: &Params) -> Result<bool, Problem> {
    Ok(open311::client(engine, params.get("api_key").map(String::as_str))?.is_some())
}

async fn requests(engine: &Engine, params: &Params) -> Result<Node, Problem> {
    admit(engine, params)?;
    let keyed = keyed(engine, params)?;
    let query = query(params)?;
    let found = open311::requests(engine, query, keyed).await?;
    Ok(Node::List("request", found.into_iter().map(request_node).collect()))
}

fn query(params: &Params) -> Result<RequestQuery, Problem> {
    let list = |name: &str| -> Vec<String> {
        let parts = params.get(name).map(|text| text.split(',').map(|part| part.trim().to_owned()));
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect()
    };
    let moment = |name: &str| match params.get(name).filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => text.parse::<jiff::Timestamp>().map(|at| Some(Timestamp(at.as_microsecond()))).map_err(|_| {
            Problem::parameter(
                name,
                "时刻请写成 2026-11-23T08:00:00+08:00(须带时区)。",
                "Write a moment as 2026-11-23T08:00:00+08:00, with its zone.",
            )
        }),
    };
    let number = |name: &str, usual: u32, most: u32| match params.get(name).filter(|text| !text.is_empty()) {
        None => Ok(usual),
        Some(text) => text.parse::<u32>().ok().filter(|number| (1..=most).contains(number)).ok_or_else(|| {
            Problem::parameter(name, format!("须为 1 到 {most} 的整数。"), format!("A whole number from 1 to {most}."))
        }),
    };
    // Several statuses mean any of them, so both together mean none is left out.
    let statuses = list("status");
    let known = statuses.iter().all(|status| ["open", "closed"].contains(&status.as_str()));
    if !known {
        return Err(Problem::parameter("status", "须为 open 或 closed。", "Must be open or closed."));
    }
    let has = |status: &str| statuses.iter().any(|held| held == status);
    Ok(RequestQuery {
        ids: list("service_request_id"),
        services: list("service_code"),
        start: moment("start_date")?,
        end: moment("end_date")?,
        open: if has("open") == has("closed") { None } else { Some(has("open")) },
        page: number("page", 1, 100_000)?,
        page_size: number("page_size", 1_000, 1_000)?,
    })
}

async fn request(Anyone(engine): Anyone, Path(path): Path<String>, Query(params): Query<Params>) -> Response {
    let lang = engine.lang;
    let Some((id, format)) = Format::split(&path) else { return formless(lang) };
    let keyed = admit(&engine, &params).and_then(|()| keyed(&engine, &params));
    let found = match keyed {
        Ok(keyed) => open311::request(&engine, id.to_owned(), keyed).await,
        Err(problem) => Err(problem),
    };
    match found {
        Ok(found) => {
            let one = Node::List("request", vec![request_node(found)]);
            Answer::of("service_requests", one, format).into_response()
        }
        Err(problem) => refused(&problem, format, lang),
    }
}

async fn token(Anyone(engine): Anyone, Path(path): Path<String>, Query(params): Query<Params>) -> Response {
    let lang = engine.lang;
    let Some((token, format)) = Format::split(&path) else { return formless(lang) };
    let found = match admit(&engine, &params) {
        Ok(()) => open311::token(&engine, token.to_owned()).await,
        Err(problem) => Err(problem),
    };
    match found {
        Ok(id) => {
            let one = Node::Map(vec![("service_request_id", Node::Text(id)), ("token", Node::Text(token.to_owned()))]);
            Answer::of("service_requests", Node::List("request", vec![one]), format).into_response()
        }
        Err(problem) => refused(&problem, format, lang),
    }
}

fn request_node(one: Request) -> Node {
    let number = |value: Option<f64>| value.map_or(Node::Null, Node::Number);
    Node::Map(vec![
        ("service_request_id", Node::Text(one.service_request_id)),
        ("status", Node::Text(one.status.to_owned())),
        ("status_notes", Node::maybe(one.status_notes)),
        ("service_name", Node::Text(one.service_name)),
        ("service_code", Node::Text(one.service_code)),
        ("description", Node::maybe(one.description)),
        ("agency_responsible", Node::maybe(one.agency_responsible)),
        ("service_notice", Node::Null),
        ("requested_datetime", Node::Text(one.requested_datetime)),
        ("updated_datetime", Node::Text(one.updated_datetime)),
        ("expected_datetime", Node::maybe(one.expected_datetime)),
        ("address", Node::maybe(one.address)),
        ("address_id", Node::Text(one.address_id)),
        ("zipcode", Node::Null),
        ("lat", number(one.lat)),
        ("long", number(one.long)),
        ("media_url", Node::Null),
    ])
}

/// A report, as a form.
async fn post(
    Anyone(engine): Anyone,
    Path(path): Path<String>,
    Query(params): Query<Params>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let lang = engine.lang;
    let Some((name, format)) = Format::split(&path) else { return formless(lang) };
    let made = if name == "requests" { take(&engine, params, &headers, body).await } else { Err(no_document()) };
    match made {
        Ok(number) => {
            let one = Node::Map(vec![
                ("service_request_id", Node::Text(number)),
                ("service_notice", Node::Null),
                ("account_id", Node::Null),
            ]);
            let node = Node::List("request", vec![one]);
            Answer { status: StatusCode::CREATED, root: "service_requests", node, format }.into_response()
        }
        Err(problem) => refused(&problem, format, lang),
    }
}

async fn take(
    engine: &Engine,
    params: Params,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<String, Problem> {
    open311::count(engine)?;
    let body =
        body.map_err(|_| Problem::too_large(&linli_domain::Label::new("请求内容", "The request's content"), "64 KB"))?;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let form = kind
        .split(';')
        .next()
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"));
    if !form && !body.is_empty() {
        return Err(Problem::malformed(
            "请以 application/x-www-form-urlencoded 提交。",
            "Send application/x-www-form-urlencoded.",
        ));
    }
    let mut pairs: Vec<(String, String)> = params.into_iter().collect();
    pairs.extend(decoded(&body)?);
    let of = |name: &str| last(&pairs, name);
    open311::refuse_foreign(engine, of("jurisdiction_id").as_deref())?;
    let client = open311::client(engine, of("api_key").as_deref())?.ok_or_else(|| {
        Problem::new(
            linli_engine::ProblemKind::Denied,
            "open311.api_key",
            "缺少 api_key。",
            "The api_key is missing or not valid.",
        )
    })?;
    let report = report_of(&pairs);
    open311::report(engine, client, report).await
}
