//! Written reports: which there are, and each as a page, a Word file or Markdown.

use std::collections::BTreeMap;

use axum::{
    Json,
    http::{HeaderValue, header},
    response::IntoResponse,
};
use jiff::civil::Date;
use linli_engine::{
    Problem, ProblemKind,
    report::{self, Format, ReportAsk, ReportView},
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::imports::{blocking, disposition};
use crate::{
    Api, AppState, Authenticated,
    extract::{ListQuery, Path},
    openapi::ProblemBody,
};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(file))
}

/// Reports that can be written.
#[derive(Serialize, ToSchema)]
struct Reports {
    /// In order of name.
    items: Vec<ReportView>,
}

/// Reports that can be written.
#[utoipa::path(get, path = "/api/reports", tag = "reports", operation_id = "listReports",
    responses((status = 200, body = Reports), (status = 403, body = ProblemBody)))]
async fn list(auth: Authenticated) -> Api<Json<Reports>> {
    let items = blocking(&auth, report::list).await?;
    Ok(Json(Reports { items }))
}

/// A report as a file: `survey.html`, `survey.docx` or `survey.md`. `fragment=true` gives the body of the page alone, whose
/// figures (`a.figure`) carry `data-indicator` and `data-area`. Words and thresholds are set with `p.NAME=`.
#[utoipa::path(get, path = "/api/reports/{pack}/{file}", tag = "reports", operation_id = "getReport",
    params(("pack" = String, Path), ("file" = String, Path, description = "NAME.html, NAME.docx or NAME.md"),
        ("area" = Option<String>, Query, description = "Code of an area; the first of one's own without it"),
        ("as_of" = Option<String>, Query, description = "The day; today without it"),
        ("against" = Option<String>, Query, description = "The earlier day that it is compared with"),
        ("fragment" = Option<bool>, Query)),
    responses((status = 200, description = "The file"), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn file(
    auth: Authenticated,
    Path((pack, file)): Path<(String, String)>,
    query: ListQuery,
) -> Api<impl IntoResponse> {
    let (name, format) = file
        .rsplit_once('.')
        .and_then(|(name, extension)| Some((name.to_owned(), Format::of_extension(extension)?)))
        .ok_or_else(|| no_format(&file))?;
    let (ask, fragment) = asked(format!("{pack}/{name}"), query)?;
    let format = if fragment && format == Format::Html { Format::Fragment } else { format };
    let bytes = blocking(&auth, move |engine, actor| {
        let written = report::write(engine, actor, &ask)?;
        written.file(engine, actor, format)
    });
    let place = match format {
        Format::Docx | Format::Markdown => disposition(&format!("{pack}-{file}")),
        Format::Html | Format::Fragment => HeaderValue::from_static("inline"),
    };
    let kind = HeaderValue::from_static(format.media_type());
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, place)], bytes.await?))
}

fn asked(name: String, query: ListQuery) -> Result<(ReportAsk, bool), Problem> {
    let mut params = BTreeMap::new();
    let mut others = ListQuery { filter: query.filter, rest: BTreeMap::new() };
    for (key, value) in query.rest {
        match key.strip_prefix("p.") {
            Some(param) => drop(params.insert(param.to_owned(), value)),
            None => drop(others.rest.insert(key, value)),
        }
    }
    others.refuse_rest(&["against", "fragment"])?;
    let against = others.rest.get("against").filter(|text| !text.is_empty()).map(|text| day(text)).transpose()?;
    let fragment = others.rest.get("fragment").is_some_and(|text| text == "true");
    let (area, as_of) = (others.filter.area.clone(), others.filter.as_of);
    Ok((ReportAsk { name, area, as_of, against, params, pages: None }, fragment))
}

fn day(text: &str) -> Result<Date, Problem> {
    let problem = || Problem::parameter("against", "日期请写成 2026-11-23。", "Write a day as 2026-11-23.");
    text.parse().map_err(|_| problem())
}

fn no_format(file: &str) -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        "report.format",
        format!("报告“{file}”没有这种格式，可以用 .html、.docx 或 .md。"),
        format!("There is no `{file}`: a report is .html, .docx or .md."),
    )
}
