//! Flows: what there is to open, and moving cases to a newer version; public-holiday tables.

use axum::Json;
use linli_domain::RecordId;
use linli_engine::flow::{
    self, AskedForm, FlowItems, FlowView, HolidayInput, HolidayView, MigrateInput, MigrationPlanView,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Api, AppState, Authenticated,
    extract::{Body, Path, Query},
    openapi::ProblemBody,
};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(opening_form))
        .routes(routes!(plan))
        .routes(routes!(migrate))
        .routes(routes!(holidays, put_holidays))
}

/// Flows that concern one: that one may do something in, or has cases of.
#[utoipa::path(get, path = "/api/flows", tag = "flows", operation_id = "listFlows",
    responses((status = 200, body = FlowItems)))]
async fn list(auth: Authenticated) -> Api<Json<FlowItems>> {
    Ok(Json(flow::flows(&auth.engine, auth.actor()).await?))
}

/// A flow, whole: states, actions, parties and clocks, as its diagram is drawn.
#[utoipa::path(get, path = "/api/flows/{pack}/{flow}", tag = "flows", operation_id = "getFlow",
    params(("pack" = String, Path), ("flow" = String, Path)),
    responses((status = 200, body = FlowView), (status = 404, body = ProblemBody)))]
async fn get(auth: Authenticated, Path((pack, name)): Path<(String, String)>) -> Api<Json<FlowView>> {
    Ok(Json(flow::flow(&auth.engine, auth.actor(), format!("{pack}/{name}")).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct AboutParams {
    /// Register of the record the case is to be about.
    entity: Option<String>,
    /// That record.
    #[param(value_type = Option<String>)]
    id: Option<RecordId>,
}

/// The form by which cases of a flow are opened, filled with what the register holds of a record.
#[utoipa::path(get, path = "/api/flows/{pack}/{flow}/form", tag = "flows", operation_id = "getOpeningForm",
    params(("pack" = String, Path), ("flow" = String, Path), AboutParams),
    responses((status = 200, body = AskedForm), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn opening_form(
    auth: Authenticated,
    Path((pack, name)): Path<(String, String)>,
    Query(params): Query<AboutParams>,
) -> Api<Json<AskedForm>> {
    let about = params.entity.zip(params.id);
    Ok(Json(flow::opening_form(&auth.engine, auth.actor(), &format!("{pack}/{name}"), about).await?))
}

/// Open cases that run on older versions of a flow, by state.
#[utoipa::path(get, path = "/api/flows/{pack}/{flow}/migration-plan", tag = "flows", operation_id = "planFlowMigration",
    params(("pack" = String, Path), ("flow" = String, Path)),
    responses((status = 200, body = MigrationPlanView), (status = 403, body = ProblemBody)))]
async fn plan(auth: Authenticated, Path((pack, name)): Path<(String, String)>) -> Api<Json<MigrationPlanView>> {
    Ok(Json(flow::plan(&auth.engine, auth.actor(), format!("{pack}/{name}")).await?))
}

/// Move the open cases of a version to the one in force. 422 `flow.unmapped` names states that need a mapping.
#[utoipa::path(post, path = "/api/flows/{pack}/{flow}/migrate", tag = "flows", operation_id = "migrateFlow",
    params(("pack" = String, Path), ("flow" = String, Path)), request_body = MigrateInput,
    responses((status = 200, body = MigrationPlanView), (status = 403, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
async fn migrate(
    auth: Authenticated,
    Path((pack, name)): Path<(String, String)>,
    body: Body<MigrateInput>,
) -> Api<Json<MigrationPlanView>> {
    Ok(Json(flow::migrate(&auth.engine, auth.actor(), format!("{pack}/{name}"), body.value).await?))
}

/// The public-holiday table of a year.
#[utoipa::path(get, path = "/api/holidays/{year}", tag = "flows", operation_id = "getHolidays",
    params(("year" = i16, Path)), responses((status = 200, body = HolidayView)))]
async fn holidays(auth: Authenticated, Path(year): Path<i16>) -> Api<Json<HolidayView>> {
    Ok(Json(flow::holidays(&auth.engine, year).await?))
}

/// Keep the public-holiday table of a year.
#[utoipa::path(put, path = "/api/holidays/{year}", tag = "flows", operation_id = "putHolidays",
    params(("year" = i16, Path)), request_body = HolidayInput,
    responses((status = 200, body = HolidayView), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn put_holidays(auth: Authenticated, Path(year): Path<i16>, body: Body<HolidayInput>) -> Api<Json<HolidayView>> {
    Ok(Json(flow::put_holidays(&auth.engine, auth.actor(), year, body.value).await?))
}
