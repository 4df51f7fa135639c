//! Residents without an account: what can be applied for, reports, applications, how far they are, ratings, appointments.

use axum::{Json, extract::Multipart, http::StatusCode};
use linli_domain::RecordId;
use linli_engine::flow::AskedForm;
use linli_engine::service::{
    self, AppointmentView, DaySlots, Items, NewApplication, NewAppointment, OfficeCard, WaitingView,
    public::{self, PublicAct, PublicCase, PublicItem, PublicRating, PublicReport, PublicWaiting, Taken},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::cases::receive;
use crate::{
    Api, AppState,
    auth::Anyone,
    extract::{Body, Path, Query},
    openapi::ProblemBody,
};

/// Routes whose bodies are files.
pub fn uploads() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(add_files))
}

/// The other routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(items))
        .routes(routes!(item))
        .routes(routes!(form))
        .routes(routes!(office))
        .routes(routes!(report))
        .routes(routes!(apply))
        .routes(routes!(status))
        .routes(routes!(rate))
        .routes(routes!(supply))
        .routes(routes!(withdraw))
        .routes(routes!(slots, book))
        .routes(routes!(cancel))
        .routes(routes!(take))
        .routes(routes!(waiting, leave))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ItemParams {
    /// Part of title, code or audience.
    q: Option<String>,
}

/// What can be applied for.
#[utoipa::path(get, path = "/api/public/service/items", tag = "public", operation_id = "listPublicItems", security(()),
    params(ItemParams), responses((status = 200, body = Items), (status = 429, body = ProblemBody)))]
async fn items(Anyone(engine): Anyone, Query(params): Query<ItemParams>) -> Api<Json<Items>> {
    Ok(Json(service::public_items(&engine, params.q.as_deref())?))
}

/// An item: who may have it, what is handed in, what is asked.
#[utoipa::path(get, path = "/api/public/service/items/{code}", tag = "public", operation_id = "getPublicItem", security(()),
    params(("code" = String, Path)),
    responses((status = 200, body = PublicItem), (status = 404, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn item(Anyone(engine): Anyone, Path(code): Path<String>) -> Api<Json<PublicItem>> {
    Ok(Json(public::item(&engine, &code)?))
}

/// The form that an item asks by, for anybody: nothing is filled in.
#[utoipa::path(get, path = "/api/public/service/items/{code}/form", tag = "public", operation_id = "getPublicForm",
    security(()), params(("code" = String, Path)),
    responses((status = 200, body = AskedForm), (status = 404, description = "`service.no_form`", body = ProblemBody),
        (status = 429, body = ProblemBody)))]
async fn form(Anyone(engine): Anyone, Path(code): Path<String>) -> Api<Json<AskedForm>> {
    Ok(Json(service::item_form(&engine, None, &code, None).await?))
}

/// Where the office is, its phone and hours, and who the grid worker is.
#[utoipa::path(get, path = "/api/public/office/{area}", tag = "public", operation_id = "getOffice", security(()),
    params(("area" = String, Path)),
    responses((status = 200, body = OfficeCard), (status = 404, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn office(Anyone(engine): Anyone, Path(area): Path<String>) -> Api<Json<OfficeCard>> {
    Ok(Json(service::office(&engine, area).await?))
}

/// Report something that is wrong.
#[utoipa::path(post, path = "/api/public/report/{area}", tag = "public", operation_id = "reportIncident", security(()),
    params(("area" = String, Path)), request_body = PublicReport,
    responses((status = 201, body = Taken), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody),
        (status = 429, body = ProblemBody)))]
async fn report(
    Anyone(engine): Anyone,
    Path(area): Path<String>,
    body: Body<PublicReport>,
) -> Api<(StatusCode, Json<Taken>)> {
    Ok((StatusCode::CREATED, Json(public::report(&engine, area, body.value).await?)))
}

/// Apply for an item.
#[utoipa::path(post, path = "/api/public/service/applications", tag = "public", operation_id = "applyPublicly", security(()),
    request_body = NewApplication,
    responses((status = 201, body = Taken), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody),
        (status = 429, body = ProblemBody)))]
async fn apply(Anyone(engine): Anyone, body: Body<NewApplication>) -> Api<(StatusCode, Json<Taken>)> {
    Ok((StatusCode::CREATED, Json(public::apply(&engine, body.value).await?)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct CodeParams {
    /// Code of the receipt.
    code: String,
}

/// How far a case is.
#[utoipa::path(get, path = "/api/public/cases/{number}", tag = "public", operation_id = "getPublicCase", security(()),
    params(("number" = String, Path), CodeParams),
    responses((status = 200, body = PublicCase), (status = 404, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn status(
    Anyone(engine): Anyone,
    Path(number): Path<String>,
    Query(params): Query<CodeParams>,
) -> Api<Json<PublicCase>> {
    Ok(Json(public::status(&engine, number, params.code).await?))
}

/// Rate a handling, once.
#[utoipa::path(post, path = "/api/public/cases/{number}/rate", tag = "public", operation_id = "ratePublicCase", security(()),
    params(("number" = String, Path), CodeParams), request_body = PublicRating,
    responses((status = 200, body = PublicCase), (status = 404, body = ProblemBody),
        (status = 409, description = "`case.state`", body = ProblemBody), (status = 422, body = ProblemBody),
        (status = 429, body = ProblemBody)))]
async fn rate(
    Anyone(engine): Anyone,
    Path(number): Path<String>,
    Query(params): Query<CodeParams>,
    body: Body<PublicRating>,
) -> Api<Json<PublicCase>> {
    Ok(Json(public::rate(&engine, number, params.code, body.value).await?))
}

/// Say that what was asked for was supplied.
#[utoipa::path(post, path = "/api/public/cases/{number}/supply", tag = "public", operation_id = "supplyPublicCase",
    security(()), params(("number" = String, Path), CodeParams), request_body = PublicAct,
    responses((status = 200, body = PublicCase), (status = 404, body = ProblemBody),
        (status = 409, description = "`case.state`", body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn supply(
    Anyone(engine): Anyone,
    Path(number): Path<String>,
    Query(params): Query<CodeParams>,
    body: Body<PublicAct>,
) -> Api<Json<PublicCase>> {
    Ok(Json(public::supply(&engine, number, params.code, body.value).await?))
}

/// Withdraw a report or an application.
#[utoipa::path(post, path = "/api/public/cases/{number}/withdraw", tag = "public", operation_id = "withdrawPublicCase",
    security(()), params(("number" = String, Path), CodeParams), request_body = PublicAct,
    responses((status = 200, body = PublicCase), (status = 404, body = ProblemBody),
        (status = 409, description = "`case.state`", body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn withdraw(
    Anyone(engine): Anyone,
    Path(number): Path<String>,
    Query(params): Query<CodeParams>,
    body: Body<PublicAct>,
) -> Api<Json<PublicCase>> {
    Ok(Json(public::withdraw(&engine, number, params.code, body.value).await?))
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
struct PublicSlots {
    /// By day.
    items: Vec<DaySlots>,
}

/// Free slots of a desk.
#[utoipa::path(get, path = "/api/public/service/appointments", tag = "public", operation_id = "listPublicSlots",
    security(()), params(DeskParams),
    responses((status = 200, body = PublicSlots), (status = 404, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn slots(Anyone(engine): Anyone, Query(params): Query<DeskParams>) -> Api<Json<PublicSlots>> {
    Ok(Json(PublicSlots { items: public::slots(&engine, params.area).await? }))
}

/// Make an appointment.
#[utoipa::path(post, path = "/api/public/service/appointments", tag = "public", operation_id = "bookPublicly",
    security(()), request_body = NewAppointment,
    responses((status = 201, body = AppointmentView),
        (status = 409, description = "`service.slot_full` `service.other_content`", body = ProblemBody),
        (status = 422, description = "`service.no_slot`", body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn book(Anyone(engine): Anyone, body: Body<NewAppointment>) -> Api<(StatusCode, Json<AppointmentView>)> {
    Ok((StatusCode::CREATED, Json(public::book(&engine, body.value).await?)))
}

/// Call an appointment off by its code.
#[utoipa::path(delete, path = "/api/public/service/appointments/{id}", tag = "public", operation_id = "cancelPublicly",
    security(()), params(("id" = String, Path), CodeParams),
    responses((status = 200, body = AppointmentView), (status = 404, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn cancel(
    Anyone(engine): Anyone,
    Path(id): Path<RecordId>,
    Query(params): Query<CodeParams>,
) -> Api<Json<AppointmentView>> {
    Ok(Json(public::cancel(&engine, id, params.code).await?))
}

/// Take a number for the desk of today, on the way there.
#[utoipa::path(post, path = "/api/public/service/queue", tag = "public", operation_id = "takePublicNumber", security(()),
    request_body = PublicWaiting,
    responses((status = 201, body = WaitingView), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 429, body = ProblemBody)))]
async fn take(Anyone(engine): Anyone, body: Body<PublicWaiting>) -> Api<(StatusCode, Json<WaitingView>)> {
    Ok((StatusCode::CREATED, Json(public::take_number(&engine, body.value).await?)))
}

/// One's place in the queue, by the ticket's id.
#[utoipa::path(get, path = "/api/public/service/queue/{id}", tag = "public", operation_id = "getPublicNumber", security(()),
    params(("id" = String, Path)),
    responses((status = 200, body = WaitingView), (status = 404, description = "`service.no_ticket`", body = ProblemBody),
        (status = 429, body = ProblemBody)))]
async fn waiting(Anyone(engine): Anyone, Path(id): Path<RecordId>) -> Api<Json<WaitingView>> {
    Ok(Json(public::waiting(&engine, id).await?))
}

/// Give a number up.
#[utoipa::path(delete, path = "/api/public/service/queue/{id}", tag = "public", operation_id = "leavePublicQueue",
    security(()), params(("id" = String, Path)),
    responses((status = 200, body = WaitingView), (status = 404, description = "`service.no_ticket`", body = ProblemBody),
        (status = 429, body = ProblemBody)))]
async fn leave(Anyone(engine): Anyone, Path(id): Path<RecordId>) -> Api<Json<WaitingView>> {
    Ok(Json(public::leave(&engine, id).await?))
}

/// Files of a case.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described here, read by `cases::receive`")]
struct PublicFiles {
    /// Pictures, recordings, papers; each under its name.
    #[schema(value_type = Vec<String>, format = Binary)]
    file: Vec<Vec<u8>>,
}

/// Add pictures, recordings or papers to one's own case.
#[utoipa::path(post, path = "/api/public/cases/{number}/files", tag = "public", operation_id = "addPublicFiles", security(()),
    params(("number" = String, Path), CodeParams),
    request_body(content = PublicFiles, content_type = "multipart/form-data"),
    responses((status = 200, body = PublicCase), (status = 404, body = ProblemBody),
        (status = 409, description = "`case.files`", body = ProblemBody), (status = 413, body = ProblemBody),
        (status = 429, body = ProblemBody)))]
async fn add_files(
    Anyone(engine): Anyone,
    Path(number): Path<String>,
    Query(params): Query<CodeParams>,
    form: Multipart,
) -> Api<Json<PublicCase>> {
    let id = public::admit_files(&engine, number.clone(), params.code.clone()).await?;
    let files = receive(&engine, form).await?;
    Ok(Json(public::add_files(&engine, id, (number, params.code), files).await?))
}
