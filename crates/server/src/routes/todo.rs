//! One to-do list over everything, and a calendar.

use axum::Json;
use jiff::civil::Date;
use linli_engine::flow::{self, CalendarItems, TodoPage};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Api, AppState, Authenticated,
    extract::{Query, page_limit},
    openapi::ProblemBody,
};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(todo)).routes(routes!(calendar))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct TodoParams {
    /// Cursor of the page before.
    after: Option<String>,
    /// At most so many (≤ 200).
    limit: Option<u32>,
}

/// What waits for one, what is due first.
#[utoipa::path(get, path = "/api/todo", tag = "todo", operation_id = "getTodo", params(TodoParams),
    responses((status = 200, body = TodoPage), (status = 422, body = ProblemBody)))]
async fn todo(auth: Authenticated, Query(params): Query<TodoParams>) -> Api<Json<TodoPage>> {
    let limit = page_limit(params.limit)?;
    Ok(Json(flow::todo(&auth.engine, auth.actor(), params.after, limit).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct CalendarParams {
    /// First day.
    #[param(value_type = String)]
    from: Date,
    /// Last day, at most 400 days later.
    #[param(value_type = String)]
    to: Date,
}

/// What is due for one, and public holidays, by day.
#[utoipa::path(get, path = "/api/calendar", tag = "todo", operation_id = "getCalendar", params(CalendarParams),
    responses((status = 200, body = CalendarItems), (status = 422, body = ProblemBody)))]
async fn calendar(auth: Authenticated, Query(params): Query<CalendarParams>) -> Api<Json<CalendarItems>> {
    Ok(Json(flow::calendar(&auth.engine, auth.actor(), params.from, params.to).await?))
}
