//! Recurring duties: when they are and whose turn, where they are in force, skips, moves and swaps.

use axum::{Json, http::StatusCode};
use jiff::civil::Date;
use linli_engine::schedule::{
    self, OccurrenceFilter, OccurrenceItems, OccurrenceView, OwnRule, ScheduleItems, Skip, Swap, WarningItems,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::imports::blocking;
use crate::{
    Api, AppState, Authenticated,
    extract::{Body, Path, Query},
    openapi::ProblemBody,
};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(warnings))
        .routes(routes!(occurrences))
        .routes(routes!(put_in_force, take_out_of_force))
        .routes(routes!(choose_rule))
        .routes(routes!(skip))
        .routes(routes!(swap))
}

/// All schedules, with where they are in force for one's areas.
#[utoipa::path(get, path = "/api/schedules", tag = "schedules", operation_id = "listSchedules",
    responses((status = 200, body = ScheduleItems), (status = 403, body = ProblemBody)))]
async fn list(auth: Authenticated) -> Api<Json<ScheduleItems>> {
    Ok(Json(blocking(&auth, schedule::list).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct WarningParams {
    /// Code of an area; all of one's own without it.
    area: Option<String>,
}

/// Areas where a schedule is in force and too few were held in the last twelve months.
#[utoipa::path(get, path = "/api/schedules/warnings", tag = "schedules", operation_id = "listScheduleWarnings",
    params(WarningParams), responses((status = 200, body = WarningItems), (status = 404, body = ProblemBody)))]
async fn warnings(auth: Authenticated, Query(params): Query<WarningParams>) -> Api<Json<WarningItems>> {
    Ok(Json(blocking(&auth, move |engine, actor| schedule::warnings(engine, actor, params.area)).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct OccurrenceParams {
    /// Code of an area; all of one's own without it.
    area: Option<String>,
    /// First day; today without it.
    #[param(value_type = Option<String>)]
    from: Option<Date>,
    /// Last day; a year later without it.
    #[param(value_type = Option<String>)]
    to: Option<Date>,
}

/// Occurrences of a schedule, by day.
#[utoipa::path(get, path = "/api/schedules/{pack}/{name}/occurrences", tag = "schedules",
    operation_id = "listOccurrences", params(("pack" = String, Path), ("name" = String, Path), OccurrenceParams),
    responses((status = 200, body = OccurrenceItems), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
async fn occurrences(
    auth: Authenticated,
    Path((pack, name)): Path<(String, String)>,
    Query(params): Query<OccurrenceParams>,
) -> Api<Json<OccurrenceItems>> {
    let filter = OccurrenceFilter { area: params.area, from: params.from, to: params.to };
    let name = format!("{pack}/{name}");
    Ok(Json(blocking(&auth, move |engine, actor| schedule::occurrences(engine, actor, &name, &filter)).await?))
}

/// Put a schedule in force for an area and those below it, from today on.
#[utoipa::path(put, path = "/api/schedules/{pack}/{name}/areas/{code}", tag = "schedules",
    operation_id = "putScheduleInForce", params(("pack" = String, Path), ("name" = String, Path), ("code" = String, Path)),
    responses((status = 204), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn put_in_force(
    auth: Authenticated,
    Path((pack, name, code)): Path<(String, String, String)>,
) -> Api<StatusCode> {
    let name = format!("{pack}/{name}");
    blocking(&auth, move |engine, actor| schedule::put_in_force(engine, actor, &name, &code)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a schedule out of force for an area; the cases it opened go on.
#[utoipa::path(delete, path = "/api/schedules/{pack}/{name}/areas/{code}", tag = "schedules",
    operation_id = "takeScheduleOutOfForce",
    params(("pack" = String, Path), ("name" = String, Path), ("code" = String, Path)),
    responses((status = 204), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn take_out_of_force(
    auth: Authenticated,
    Path((pack, name, code)): Path<(String, String, String)>,
) -> Api<StatusCode> {
    let name = format!("{pack}/{name}");
    blocking(&auth, move |engine, actor| schedule::take_out_of_force(engine, actor, &name, &code)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Choose other days for an area in which a schedule is in force; what was opened stays as it is.
#[utoipa::path(put, path = "/api/schedules/{pack}/{name}/areas/{code}/rule", tag = "schedules",
    operation_id = "chooseScheduleRule",
    params(("pack" = String, Path), ("name" = String, Path), ("code" = String, Path)), request_body = OwnRule,
    responses((status = 204), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
async fn choose_rule(
    auth: Authenticated,
    Path((pack, name, code)): Path<(String, String, String)>,
    body: Body<OwnRule>,
) -> Api<StatusCode> {
    let name = format!("{pack}/{name}");
    blocking(&auth, move |engine, actor| schedule::choose(engine, actor, &name, &code, &body.value)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Skip an occurrence that was not opened yet; its chair keeps the turn.
#[utoipa::path(post, path = "/api/schedules/{pack}/{name}/occurrences/{key}/skip", tag = "schedules",
    operation_id = "skipOccurrence", params(("pack" = String, Path), ("name" = String, Path), ("key" = String, Path)),
    request_body = Skip, responses((status = 200, body = OccurrenceView), (status = 404, body = ProblemBody),
        (status = 409, description = "`occurrence.state`", body = ProblemBody)))]
async fn skip(
    auth: Authenticated,
    Path((pack, name, key)): Path<(String, String, String)>,
    body: Body<Skip>,
) -> Api<Json<OccurrenceView>> {
    let name = format!("{pack}/{name}");
    Ok(Json(blocking(&auth, move |engine, actor| schedule::skip(engine, actor, &name, &key, &body.value)).await?))
}

/// Move an occurrence to another day, or exchange its chair with another one's.
#[utoipa::path(post, path = "/api/schedules/{pack}/{name}/occurrences/{key}/swap", tag = "schedules",
    operation_id = "swapOccurrence", params(("pack" = String, Path), ("name" = String, Path), ("key" = String, Path)),
    request_body = Swap, responses((status = 200, body = OccurrenceView), (status = 404, body = ProblemBody),
        (status = 409, description = "`occurrence.state`", body = ProblemBody)))]
async fn swap(
    auth: Authenticated,
    Path((pack, name, key)): Path<(String, String, String)>,
    body: Body<Swap>,
) -> Api<Json<OccurrenceView>> {
    let name = format!("{pack}/{name}");
    Ok(Json(blocking(&auth, move |engine, actor| schedule::swap(engine, actor, &name, &key, &body.value)).await?))
}
