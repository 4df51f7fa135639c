//! The one window: items, the desk's queue and appointments.

use axum::{
    Json,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use linli_domain::RecordId;
use linli_engine::flow::AskedForm;
use linli_engine::service::{
    self, Applied, AppointmentView, DaySlots, DeskView, ItemDetail, Items, NewApplication, NewAppointment, NewWaiting,
    QueueStep, RatingItems, WaitingView,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::collect::base_url;
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
        .routes(routes!(form))
        .routes(routes!(take))
        .routes(routes!(step))
        .routes(routes!(slots, book))
        .routes(routes!(settle))
        .routes(routes!(apply))
        .routes(routes!(receipt))
        .routes(routes!(desk))
        .routes(routes!(ratings))
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

/// The form that an item asks by beside its fields, filled with what the register holds of a person.
#[utoipa::path(get, path = "/api/service/items/{code}/form", tag = "service", operation_id = "getServiceForm",
    params(("code" = String, Path), GetParams),
    responses((status = 200, body = AskedForm), (status = 404, description = "`service.no_form`", body = ProblemBody)))]
async fn form(auth: Authenticated, Path(code): Path<String>, Query(params): Query<GetParams>) -> Api<Json<AskedForm>> {
    Ok(Json(service::item_form(&auth.engine, Some(auth.actor()), &code, params.person).await?))
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
    params(("id" = String, Path), ("step" = inline(Step), Path)),
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

/// Take an application in: at the counter, or for somebody at their door.
#[utoipa::path(post, path = "/api/service/applications", tag = "service", operation_id = "apply",
    request_body = NewApplication,
    responses((status = 201, body = Applied), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, description = "`case.other_content`", body = ProblemBody),
        (status = 422, description = "`service.invalid` `service.conditions`", body = ProblemBody)))]
async fn apply(auth: Authenticated, body: Body<NewApplication>) -> Api<(StatusCode, Json<Applied>)> {
    Ok((StatusCode::CREATED, Json(service::apply(&auth.engine, auth.actor(), body.value).await?)))
}

/// Form of a receipt.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum ReceiptFormat {
    /// A page to print.
    #[default]
    Html,
    /// The QR code alone.
    SvgQr,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ReceiptParams {
    /// `html` or `svg-qr`.
    #[serde(default)]
    #[param(inline)]
    format: ReceiptFormat,
}

/// The receipt of an application: a page to print, or its QR code.
#[utoipa::path(get, path = "/api/service/applications/{id}/receipt", tag = "service", operation_id = "getReceipt",
    params(("id" = String, Path), ReceiptParams),
    responses((status = 200, description = "HTML, or SVG"), (status = 404, body = ProblemBody)))]
async fn receipt(
    auth: Authenticated,
    Path(id): Path<RecordId>,
    Query(params): Query<ReceiptParams>,
    headers: HeaderMap,
) -> Api<Response> {
    let base = base_url(&auth.engine, &headers);
    let made = service::receipt(&auth.engine, auth.actor(), id, &base).await?;
    Ok(match params.format {
        ReceiptFormat::Html => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], made.html).into_response(),
        ReceiptFormat::SvgQr => ([(header::CONTENT_TYPE, "image/svg+xml")], made.qr).into_response(),
    })
}

/// The counter's day.
#[utoipa::path(get, path = "/api/service/desk", tag = "service", operation_id = "getDesk", params(DeskParams),
    responses((status = 200, body = DeskView), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn desk(auth: Authenticated, Query(params): Query<DeskParams>) -> Api<Json<DeskView>> {
    Ok(Json(service::desk(&auth.engine, auth.actor(), params.area).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct RatingParams {
    /// Flow; applications when absent.
    flow: Option<String>,
    /// Only within this area.
    area: Option<String>,
}

/// What people said of how they were served: score and words, never who and never which case.
#[utoipa::path(get, path = "/api/service/ratings", tag = "service", operation_id = "listRatings", params(RatingParams),
    responses((status = 200, body = RatingItems), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn ratings(auth: Authenticated, Query(params): Query<RatingParams>) -> Api<Json<RatingItems>> {
    Ok(Json(service::ratings(&auth.engine, auth.actor(), params.flow, params.area).await?))
}
