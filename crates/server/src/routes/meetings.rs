//! Joint meetings beyond their case: attendance by QR code, resolutions, mutual evaluation.

use axum::{
    Json,
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
};
use linli_domain::RecordId;
use linli_engine::meeting::{
    self, Attend, AttendanceView, Evaluate, EvaluationView, MeetingCard, MeetingQr, MeetingView,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{collect::base_url, imports::blocking};
use crate::{
    Api, AppState, Authenticated,
    auth::Anyone,
    extract::{Body, Path, Query},
    openapi::ProblemBody,
};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get))
        .routes(routes!(qr))
        .routes(routes!(attend))
        .routes(routes!(evaluate))
        .routes(routes!(public))
        .routes(routes!(attend_publicly))
}

/// A meeting: agenda, attendance, minutes, resolutions, evaluations.
#[utoipa::path(get, path = "/api/meetings/{case}", tag = "meetings", operation_id = "getMeeting",
    params(("case" = String, Path)), responses((status = 200, body = MeetingView), (status = 404, body = ProblemBody)))]
async fn get(auth: Authenticated, Path(case): Path<RecordId>) -> Api<Json<MeetingView>> {
    Ok(Json(blocking(&auth, move |engine, actor| meeting::get(engine, actor, case)).await?))
}

/// The code for the wall, for those who keep the attendance.
#[utoipa::path(get, path = "/api/meetings/{case}/qr", tag = "meetings", operation_id = "getMeetingQr",
    params(("case" = String, Path)), responses((status = 200, body = MeetingQr), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 409, description = "`meeting.over`", body = ProblemBody)))]
async fn qr(auth: Authenticated, Path(case): Path<RecordId>, headers: HeaderMap) -> Api<Json<MeetingQr>> {
    let base = base_url(&auth.engine, &headers);
    Ok(Json(blocking(&auth, move |engine, actor| meeting::qr(engine, actor, &base, case)).await?))
}

/// Sign in with the token of the code on the wall; whoever keeps the attendance needs none. Twice is once.
#[utoipa::path(post, path = "/api/meetings/{case}/attend", tag = "meetings", operation_id = "attendMeeting",
    params(("case" = String, Path)), request_body = Attend,
    responses((status = 200, body = AttendanceView), (status = 403, description = "`meeting.code`", body = ProblemBody),
        (status = 409, description = "`meeting.over`", body = ProblemBody)))]
async fn attend(auth: Authenticated, Path(case): Path<RecordId>, body: Body<Attend>) -> Api<Json<AttendanceView>> {
    Ok(Json(blocking(&auth, move |engine, actor| meeting::attend(engine, actor, case, &body.value)).await?))
}

/// Keep one evaluation of a unit in a direction.
#[utoipa::path(post, path = "/api/meetings/{case}/evaluations", tag = "meetings", operation_id = "evaluateMeeting",
    params(("case" = String, Path)), request_body = Evaluate,
    responses((status = 201, body = EvaluationView), (status = 403, body = ProblemBody),
        (status = 409, description = "`meeting.evaluated`", body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn evaluate(auth: Authenticated, Path(case): Path<RecordId>, body: Body<Evaluate>) -> Api<impl IntoResponse> {
    let made = blocking(&auth, move |engine, actor| meeting::evaluate(engine, actor, case, &body.value)).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct TokenParams {
    /// Token of the code on the wall.
    token: String,
}

/// The meeting behind the code on the wall, without an account.
#[utoipa::path(get, path = "/api/public/meetings/{case}", tag = "public", operation_id = "getPublicMeeting", security(()),
    params(("case" = String, Path), TokenParams),
    responses((status = 200, body = MeetingCard), (status = 403, description = "`meeting.code`", body = ProblemBody),
        (status = 409, description = "`meeting.over`", body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn public(
    Anyone(engine): Anyone,
    Path(case): Path<RecordId>,
    Query(params): Query<TokenParams>,
) -> Api<Json<MeetingCard>> {
    Ok(Json(meeting::card(&engine, case, params.token).await?))
}

/// Sign in with the code on the wall, without an account. A unit signs in once.
#[utoipa::path(post, path = "/api/public/meetings/{case}/attend", tag = "public", operation_id = "attendPublicly",
    security(()), params(("case" = String, Path)), request_body = Attend,
    responses((status = 200, body = AttendanceView), (status = 403, description = "`meeting.code`", body = ProblemBody),
        (status = 409, description = "`meeting.over`", body = ProblemBody), (status = 422, body = ProblemBody),
        (status = 429, body = ProblemBody)))]
async fn attend_publicly(
    Anyone(engine): Anyone,
    Path(case): Path<RecordId>,
    body: Body<Attend>,
) -> Api<Json<AttendanceView>> {
    Ok(Json(meeting::attend_publicly(&engine, case, body.value).await?))
}
