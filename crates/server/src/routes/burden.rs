//! The burden meter: by department and community, never by person.

use axum::Json;
use jiff::civil::Date;
use linli_engine::burden::{self, BurdenMeter};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Api, AppState, Authenticated, extract::Query, openapi::ProblemBody};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Params {
    /// First day; the first of the year when absent.
    #[param(value_type = Option<String>)]
    from: Option<Date>,
    /// Last day; today when absent.
    #[param(value_type = Option<String>)]
    to: Option<Date>,
    /// Code of an area; one's own when absent.
    area: Option<String>,
}

/// What requests put on communities, and who sent them.
#[utoipa::path(get, path = "/api/burden", tag = "tasks", operation_id = "getBurden", params(Params),
    responses((status = 200, body = BurdenMeter), (status = 403, body = ProblemBody)))]
async fn get(auth: Authenticated, Query(params): Query<Params>) -> Api<Json<BurdenMeter>> {
    Ok(Json(burden::view(&auth.engine, auth.actor(), params.from, params.to, params.area).await?))
}
