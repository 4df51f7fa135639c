//! The one window: items, the desk's queue and appointments.

use axum::{Json, http::StatusCode};
use linli_domain::RecordId;
use linli_engine::service::{
    self, AppointmentView, DaySlots, ItemDetail, Items, NewAppointment, NewWaiting, OfficeCard, QueueStep, WaitingView,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Api, AppState, Authenticated,
    auth::Anyone,
    extract::{Body, Path, Query},
    openapi::ProblemBody,
};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(take))
        .routes(routes!(step))
        .routes(routes!(slots, book))
        .routes(routes!(settle))
        .routes(routes!(public_items))
        .routes(routes!(office))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListParams {
    /// Part of title, code or audience.
    q: Option<String>,
    /// Resident whose fit is told.
    #[param(value_type = Option<String>)]
    person: Option<RecordId>,
}

/// What can be applied for; of a person what fits first.
#[utoipa::path(get, path = "/api/service/items", tag = "service", operation_id = "listServiceItems", params(ListParams),
    responses((status = 200, body = Items), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn list(auth: Authenticated, Query(params): Query<ListParams>) -> Api<Json<Items>> {
    Ok(Json(service::list(&auth.engine, auth.actor(), params.q, params.person).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct GetParams {
    /// Resident for whom it is judged and filled in.
    #[param(value_type = Option<String>)]
    person: Option<RecordId>,
}

/// An item in full; for a person with what is known and what need not be handed in.
#[utoipa::path(get, path = "/api/service/items/{code}", tag = "service", operation_id = "getServiceItem",
    params(("code" = String, Path), GetParams),
    responses((status = 200, body = ItemDetail), (status = 404, body = ProblemBody)))]
async fn get(auth: Authenticated, Path(code): Path<String>, Query(params): Query<GetParams>) -> Api<Json<ItemDetail>> {
    Ok(Json(service::get(&auth.engine, auth.actor(), &code, params.person).await?))
}

/// Take a number.
#[utoipa::path(post, path = "/api/service/queue", tag = "service", operation_id = "takeNumber", request_body = NewWaiting,
    responses((status = 201, body = WaitingView), (status = 404, body = ProblemBody)))]
async fn take(auth: Authenticated, body: Body<NewWaiting>) -> Api<(StatusCode, Json<WaitingView>)> {
    Ok((StatusCode::CREATED, Json(service::take_number(&auth.engine, auth.actor(), body.value).await?)))
}

/// What is done to a number.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Step {
    /// It is this one's turn.
    Call,
    /// Served.
    Done,
    /// Did not come.
    Skip,
}

/// Call a number, or say that it is done or did not come.
#[utoipa::path(post, path = "/api/service/queue/{id}/{step}", tag = "service", operation_id = "stepNumber",
    params(("id" = String, Path), ("step" = Step, Path)),
    responses((status = 200, body = WaitingView), (status = 404, body = ProblemBody),
        (status = 409, description = "`service.queue_state`", body = ProblemBody)))]
async fn step(auth: Authenticated, Path((id, step)): Path<(RecordId, Step)>) -> Api<Json<WaitingView>> {
    let step = match step {
        Step::Call => QueueStep::Call,
        Step::Done => QueueStep::Done,
        Step::Skip => QueueStep::Skip,
    };
    Ok(Json(service::queue_step(&auth.engine, auth.actor(), id, step).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct DeskParams {
    /// Code of the desk's area.
    area: String,
}

/// Slots of the days ahead.
#[derive(Serialize, ToSchema)]
struct SlotItems {
    /// By day.
    items: Vec<DaySlots>,
}

/// Free slots of a desk.
#[utoipa::path(get, path = "/api/service/appointments", tag = "service", operation_id = "listSlots", params(DeskParams),
    responses((status = 200, body = SlotItems), (status = 404, body = ProblemBody)))]
async fn slots(auth: Authenticated, Query(params): Query<DeskParams>) -> Api<Json<SlotItems>> {
    Ok(Json(SlotItems { items: service::slots(&auth.engine, auth.actor(), params.area).await? }))
}

/// Make an appointment; a seat is given once.
#[utoipa::path(post, path = "/api/service/appointments", tag = "service", operation_id = "bookAppointment",
    request_body = NewAppointment,
    responses((status = 201, body = AppointmentView),
        (status = 409, description = "`service.slot_full` `service.other_content`", body = ProblemBody),
        (status = 422, description = "`service.no_slot`", body = ProblemBody)))]
async fn book(auth: Authenticated, body: Body<NewAppointment>) -> Api<(StatusCode, Json<AppointmentView>)> {
    Ok((StatusCode::CREATED, Json(service::book(&auth.engine, auth.actor(), body.value).await?)))
}

/// What became of an appointment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Settled {
    /// `arrived`, `missed` or `cancelled`.
    state: String,
}

/// Say that somebody arrived, did not come, or called it off.
#[utoipa::path(post, path = "/api/service/appointments/{id}", tag = "service", operation_id = "settleAppointment",
    params(("id" = String, Path)), request_body = Settled,
    responses((status = 200, body = AppointmentView), (status = 404, body = ProblemBody),
        (status = 409, description = "`service.appointment_state`", body = ProblemBody)))]
async fn settle(auth: Authenticated, Path(id): Path<RecordId>, body: Body<Settled>) -> Api<Json<AppointmentView>> {
    Ok(Json(service::settle(&auth.engine, auth.actor(), id, body.value.state).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct PublicParams {
    /// Part of title, code or audience.
    q: Option<String>,
}

/// What can be applied for, for anybody.
#[utoipa::path(get, path = "/api/public/service/items", tag = "public", operation_id = "listPublicItems", security(()),
    params(PublicParams), responses((status = 200, body = Items), (status = 429, body = ProblemBody)))]
async fn public_items(Anyone(engine): Anyone, Query(params): Query<PublicParams>) -> Api<Json<Items>> {
    Ok(Json(service::public_items(&engine, params.q.as_deref())?))
}

/// Where the office is, its phone and hours, and who the grid worker is.
#[utoipa::path(get, path = "/api/public/office/{area}", tag = "public", operation_id = "getOffice", security(()),
    params(("area" = String, Path)),
    responses((status = 200, body = OfficeCard), (status = 404, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn office(Anyone(engine): Anyone, Path(area): Path<String>) -> Api<Json<OfficeCard>> {
    Ok(Json(service::office(&engine, area).await?))
}
