//! How departments answer when a street whistles.

use axum::Json;
use jiff::civil::Date;
use linli_engine::command::{self, LeagueFilter, LeagueItems};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::imports::blocking;
use crate::{Api, AppState, Authenticated, extract::Query, openapi::ProblemBody};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(league))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct LeagueParams {
    /// Code of an area; all of one's own without it.
    area: Option<String>,
    /// First day; ninety days ago without it.
    #[param(value_type = Option<String>)]
    from: Option<Date>,
    /// Last day; today without it.
    #[param(value_type = Option<String>)]
    to: Option<Date>,
}

/// The league of departments: response, solution, satisfaction. By department, never by person.
#[utoipa::path(get, path = "/api/command/league", tag = "command", operation_id = "getLeague", params(LeagueParams),
    responses((status = 200, body = LeagueItems), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn league(auth: Authenticated, Query(params): Query<LeagueParams>) -> Api<Json<LeagueItems>> {
    let filter = LeagueFilter { area: params.area, from: params.from, to: params.to };
    Ok(Json(blocking(&auth, move |engine, actor| command::league(engine, actor, &filter)).await?))
}
