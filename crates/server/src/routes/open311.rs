//! Open311 GeoReport v2: `/open311/v2/…`, JSON or XML by the end of the path.
//!
//! Clients are programs of others: they send no header of ours, they are counted by address and key, their bodies are small,
//! and every fault is told in the specification's own list of errors.

use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, Query},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use linli_domain::Lang;
use linli_engine::{
    Engine, Problem,
    open311::{self, Attribute, Definition, Service},
};
use std::collections::HashMap;

use super::collect::base_url;
use crate::{
    AppState,
    auth::Anyone,
    open311::{Format, Node},
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
        .route("/open311/v2/{document}", get(document))
        .route("/open311/v2/services/{code}", get(definition))
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
