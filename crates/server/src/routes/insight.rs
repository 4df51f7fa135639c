//! Indicators: readings, tables of areas, distributions, series, the rows behind a figure, the leader's page.

use std::collections::BTreeMap;

use axum::{
    Json,
    http::{HeaderValue, header},
    response::IntoResponse,
};
use jiff::civil::Date;
use linli_engine::{
    Problem,
    insight::{self, Ask, ByItems, Cockpit, ReadingDetail, Readings, RowsAsk, RowsPage, Series, TableAsk},
    sheet::export::ExportFormat,
};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::imports::{blocking, disposition};
use crate::{
    Api, AppState, Authenticated,
    extract::{ListQuery, Path},
    openapi::ProblemBody,
};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(table))
        .routes(routes!(get))
        .routes(routes!(by))
        .routes(routes!(series))
        .routes(routes!(rows))
        .routes(routes!(rows_file))
        .routes(routes!(cockpit))
}

/// What every call takes; read by [`Asked::of`].
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "described here, read by `ListQuery`")]
struct AskParams {
    /// Code of an area; the first of one's own without it.
    area: Option<String>,
    /// As it was at the end of this day; now without it.
    as_of: Option<String>,
    /// Parameters changed for this question are written `p.NAME=VALUE`, as `p.base=2017-12-31`.
    #[param(rename = "p.base")]
    base: Option<String>,
}

/// A question out of a query string, and the parameters beside it.
struct Asked {
    ask: Ask,
    rest: BTreeMap<String, String>,
    limit: u32,
}

impl Asked {
    /// Refuses parameters beside `known`, those of pagination among them.
    fn of(query: ListQuery, known: &[&str]) -> Result<Self, Problem> {
        let mut params = BTreeMap::new();
        let mut others = ListQuery { filter: query.filter, rest: BTreeMap::new() };
        for (name, value) in query.rest {
            match name.strip_prefix("p.") {
                Some(param) => drop(params.insert(param.to_owned(), value)),
                None => drop(others.rest.insert(name, value)),
            }
        }
        others.refuse_rest(known)?;
        let ask = Ask { area: others.filter.area.clone(), as_of: others.filter.as_of, params };
        Ok(Self { ask, limit: others.filter.limit, rest: others.rest })
    }

    fn text(&self, name: &str) -> Option<String> {
        self.rest.get(name).filter(|text| !text.is_empty()).cloned()
    }

    /// Which rows are wanted.
    fn rows(&self) -> Result<RowsAsk, Problem> {
        let (field, code) = (self.text("field"), self.text("code"));
        if field.is_none() && code.is_some() {
            return Err(Problem::parameter("code", "请同时给出字段（field）。", "Name the `field` the code is of."));
        }
        Ok(RowsAsk { part: self.text("part"), category: field.map(|field| (field, code)) })
    }

    fn day(&self, name: &str) -> Result<Option<Date>, Problem> {
        let read = |text: String| {
            text.parse().map_err(|_| Problem::parameter(name, "日期请写成 2026-11-23。", "Write a day as 2026-11-23."))
        };
        self.text(name).map(read).transpose()
    }
}

/// Readings of an area: every indicator that makes sense there, or a group of them.
#[utoipa::path(get, path = "/api/indicators", tag = "insight", operation_id = "listIndicators",
    params(AskParams, ("group" = Option<String>, Query)),
    responses((status = 200, body = Readings), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
async fn list(auth: Authenticated, query: ListQuery) -> Api<Json<Readings>> {
    let asked = Asked::of(query, &["group"])?;
    let group = asked.text("group");
    Ok(Json(blocking(&auth, move |engine, actor| insight::read(engine, actor, &asked.ask, group)).await?))
}

/// An indicator of an area with its definition.
#[utoipa::path(get, path = "/api/indicators/{pack}/{name}", tag = "insight", operation_id = "getIndicator",
    params(("pack" = String, Path), ("name" = String, Path), AskParams),
    responses((status = 200, body = ReadingDetail), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
async fn get(
    auth: Authenticated,
    Path((pack, name)): Path<(String, String)>,
    query: ListQuery,
) -> Api<Json<ReadingDetail>> {
    let asked = Asked::of(query, &[])?;
    let name = format!("{pack}/{name}");
    Ok(Json(blocking(&auth, move |engine, actor| insight::detail(engine, actor, &asked.ask, &name)).await?))
}

/// An indicator by area (of `level`, else the next one below) or by a coded `field` of its register.
#[utoipa::path(get, path = "/api/indicators/{pack}/{name}/by", tag = "insight", operation_id = "getIndicatorBy",
    params(("pack" = String, Path), ("name" = String, Path), AskParams, ("level" = Option<String>, Query),
        ("field" = Option<String>, Query)),
    responses((status = 200, body = ByItems), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn by(auth: Authenticated, Path((pack, name)): Path<(String, String)>, query: ListQuery) -> Api<Json<ByItems>> {
    let asked = Asked::of(query, &["level", "field"])?;
    let (name, level, field) = (format!("{pack}/{name}"), asked.text("level"), asked.text("field"));
    Ok(Json(blocking(&auth, move |engine, actor| insight::by(engine, actor, &asked.ask, &name, level, field)).await?))
}

/// An indicator over time.
#[utoipa::path(get, path = "/api/indicators/{pack}/{name}/series", tag = "insight", operation_id = "getIndicatorSeries",
    params(("pack" = String, Path), ("name" = String, Path), AskParams, ("from" = Option<String>, Query),
        ("to" = Option<String>, Query), ("step" = Option<String>, Query, description = "day, week, month, year")),
    responses((status = 200, body = Series), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn series(
    auth: Authenticated,
    Path((pack, name)): Path<(String, String)>,
    query: ListQuery,
) -> Api<Json<Series>> {
    let asked = Asked::of(query, &["from", "to", "step"])?;
    let (span, step) = ((asked.day("from")?, asked.day("to")?), asked.text("step"));
    let name = format!("{pack}/{name}");
    let work = move |engine: &_, actor: &_| insight::series(engine, actor, &asked.ask, &name, span, step);
    Ok(Json(blocking(&auth, work).await?))
}

/// The rows behind a part of an indicator, in the scope of one's permission on the register.
#[utoipa::path(get, path = "/api/indicators/{pack}/{name}/rows", tag = "insight", operation_id = "listIndicatorRows",
    params(("pack" = String, Path), ("name" = String, Path), AskParams,
        ("part" = Option<String>, Query, description = "numerator, denominator or a measure"),
        ("field" = Option<String>, Query, description = "Only one bar of a distribution by this field of the register"),
        ("code" = Option<String>, Query, description = "The bar's code; none: those whose field is not known"),
        ("limit" = Option<u32>, Query), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = RowsPage), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
async fn rows(
    auth: Authenticated,
    Path((pack, name)): Path<(String, String)>,
    query: ListQuery,
) -> Api<Json<RowsPage>> {
    let asked = Asked::of(query, &["part", "field", "code", "cursor"])?;
    let (name, of, page) = (format!("{pack}/{name}"), asked.rows()?, (asked.limit, asked.text("cursor")));
    Ok(Json(blocking(&auth, move |engine, actor| insight::rows(engine, actor, &asked.ask, &name, of, page)).await?))
}

/// The same rows as a workbook.
#[utoipa::path(get, path = "/api/indicators/{pack}/{name}/rows.xlsx", tag = "insight",
    operation_id = "exportIndicatorRows",
    params(("pack" = String, Path), ("name" = String, Path), AskParams, ("part" = Option<String>, Query),
        ("field" = Option<String>, Query), ("code" = Option<String>, Query)),
    responses((status = 200, description = "The file"), (status = 403, body = ProblemBody)))]
async fn rows_file(
    auth: Authenticated,
    Path((pack, name)): Path<(String, String)>,
    query: ListQuery,
) -> Api<impl IntoResponse> {
    let asked = Asked::of(query, &["part", "field", "code"])?;
    let (full, of) = (format!("{pack}/{name}"), asked.rows()?);
    let work = move |engine: &_, actor: &_| insight::rows_workbook(engine, actor, &asked.ask, &full, of);
    Ok(file(&format!("{pack}-{name}.xlsx"), blocking(&auth, work).await?))
}

/// Indicators × areas as a workbook.
#[utoipa::path(get, path = "/api/indicators/table.xlsx", tag = "insight", operation_id = "exportIndicators",
    params(AskParams, ("level" = Option<String>, Query),
        ("ids" = Option<String>, Query, description = "Indicators with commas; all without them")),
    responses((status = 200, description = "The file"), (status = 403, body = ProblemBody)))]
async fn table(auth: Authenticated, query: ListQuery) -> Api<impl IntoResponse> {
    let asked = Asked::of(query, &["level", "ids"])?;
    let ids = asked.text("ids").map(|ids| ids.split(',').map(|id| id.trim().to_owned()).collect()).unwrap_or_default();
    let table = TableAsk { level: asked.text("level"), ids };
    let work = move |engine: &_, actor: &_| insight::table_workbook(engine, actor, &asked.ask, &table);
    Ok(file("indicators.xlsx", blocking(&auth, work).await?))
}

/// A leader's page in one call: standing, what got worse, blank zones, parts, trends, distributions, departments, map.
#[utoipa::path(get, path = "/api/cockpit", tag = "insight", operation_id = "getCockpit", params(AskParams),
    responses((status = 200, body = Cockpit), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn cockpit(auth: Authenticated, query: ListQuery) -> Api<Json<Cockpit>> {
    let asked = Asked::of(query, &[])?;
    Ok(Json(insight::cockpit(&auth.engine, auth.actor(), asked.ask).await?))
}

fn file(name: &str, bytes: Vec<u8>) -> impl IntoResponse + use<> {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(ExportFormat::Xlsx.media_type())),
        (header::CONTENT_DISPOSITION, disposition(name)),
    ];
    (headers, bytes)
}
