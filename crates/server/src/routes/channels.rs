//! Channels of an area, and the outbox: what left the house and what did not.

use axum::{Json, http::StatusCode, response::IntoResponse};
use linli_domain::RecordId;
use linli_engine::notify::{self, ChannelChange, ChannelItems, ChannelView, NewChannel, OutboxFilter, OutboxPage};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::imports::blocking;
use crate::{
    Api, AppState, Authenticated,
    extract::{Body, Path, Query, page_limit},
    openapi::ProblemBody,
};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(change, remove))
        .routes(routes!(test))
        .routes(routes!(outbox))
        .routes(routes!(retry))
}

/// Channels of one's areas.
#[utoipa::path(get, path = "/api/channels", tag = "channels", operation_id = "listChannels",
    responses((status = 200, body = ChannelItems), (status = 403, body = ProblemBody)))]
async fn list(auth: Authenticated) -> Api<Json<ChannelItems>> {
    Ok(Json(blocking(&auth, notify::channels).await?))
}

/// Set a channel up.
#[utoipa::path(post, path = "/api/channels", tag = "channels", operation_id = "createChannel", request_body = NewChannel,
    responses((status = 201, body = ChannelView), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create(auth: Authenticated, body: Body<NewChannel>) -> Api<impl IntoResponse> {
    let made = blocking(&auth, move |engine, actor| notify::create_channel(engine, actor, body.value)).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Change a channel; what is absent stays.
#[utoipa::path(patch, path = "/api/channels/{id}", tag = "channels", operation_id = "changeChannel",
    params(("id" = String, Path)), request_body = ChannelChange,
    responses((status = 200, body = ChannelView), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn change(auth: Authenticated, Path(id): Path<RecordId>, body: Body<ChannelChange>) -> Api<Json<ChannelView>> {
    Ok(Json(blocking(&auth, move |engine, actor| notify::change_channel(engine, actor, id, body.value)).await?))
}

/// Strike a channel off; what waits for it is dropped.
#[utoipa::path(delete, path = "/api/channels/{id}", tag = "channels", operation_id = "deleteChannel",
    params(("id" = String, Path)), responses((status = 204), (status = 404, body = ProblemBody)))]
async fn remove(auth: Authenticated, Path(id): Path<RecordId>) -> Api<StatusCode> {
    blocking(&auth, move |engine, actor| notify::remove_channel(engine, actor, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Send a test message through a channel; the outbox tells what came of it.
#[utoipa::path(post, path = "/api/channels/{id}/test", tag = "channels", operation_id = "testChannel",
    params(("id" = String, Path)), responses((status = 202), (status = 404, body = ProblemBody)))]
async fn test(auth: Authenticated, Path(id): Path<RecordId>) -> Api<StatusCode> {
    blocking(&auth, move |engine, actor| notify::test_channel(engine, actor, id)).await?;
    Ok(StatusCode::ACCEPTED)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct OutboxParams {
    /// `waiting`, `sent`, `failed`, `dropped`.
    state: Option<String>,
    /// Cursor of the page before.
    after: Option<String>,
    /// At most so many (≤ 200).
    limit: Option<u32>,
}

/// What leaves the house by the channels of one's areas, newest first.
#[utoipa::path(get, path = "/api/outbox", tag = "channels", operation_id = "listOutbox", params(OutboxParams),
    responses((status = 200, body = OutboxPage), (status = 403, body = ProblemBody)))]
async fn outbox(auth: Authenticated, Query(params): Query<OutboxParams>) -> Api<Json<OutboxPage>> {
    let limit = page_limit(params.limit)?;
    let filter = OutboxFilter { state: params.state, after: params.after, limit };
    Ok(Json(blocking(&auth, move |engine, actor| notify::outbox(engine, actor, &filter)).await?))
}

/// Send a message once more that was given up.
#[utoipa::path(post, path = "/api/outbox/{id}/retry", tag = "channels", operation_id = "retryOutbox",
    params(("id" = String, Path)), responses((status = 202), (status = 404, body = ProblemBody)))]
async fn retry(auth: Authenticated, Path(id): Path<RecordId>) -> Api<StatusCode> {
    blocking(&auth, move |engine, actor| notify::retry(engine, actor, id)).await?;
    Ok(StatusCode::ACCEPTED)
}
