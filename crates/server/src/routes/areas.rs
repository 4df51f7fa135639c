//! The area tree.

use axum::{Json, http::StatusCode};
use jiff::civil::Date;
use linli_engine::area::{self, AreaDetail, AreaItems, NewArea, SearchItems};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Api, AppState, Authenticated,
    extract::{Body, Path, Query},
    openapi::ProblemBody,
};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(children, create))
        .routes(routes!(search))
        .routes(routes!(get, rename))
        .routes(routes!(relocate))
        .routes(routes!(close))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ChildrenParams {
    /// Code of the parent; without it the tops of one's scope.
    parent: Option<String>,
}

/// Children of an area, or the tops of one's scope.
#[utoipa::path(get, path = "/api/areas", tag = "areas", operation_id = "listAreas", params(ChildrenParams),
    responses((status = 200, body = AreaItems), (status = 404, body = ProblemBody)))]
async fn children(auth: Authenticated, Query(params): Query<ChildrenParams>) -> Api<Json<AreaItems>> {
    Ok(Json(area::children(&auth.engine, auth.actor(), params.parent).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct SearchParams {
    /// Part of the name, beginning of the pinyin initials, or beginning of the code.
    q: String,
    /// Only this kind.
    kind: Option<String>,
    /// At most so many (≤ 200).
    limit: Option<u32>,
}

/// Search the tree.
#[utoipa::path(get, path = "/api/areas/search", tag = "areas", operation_id = "searchAreas", params(SearchParams),
    responses((status = 200, body = SearchItems)))]
async fn search(auth: Authenticated, Query(params): Query<SearchParams>) -> Api<Json<SearchItems>> {
    let SearchParams { q, kind, limit } = params;
    Ok(Json(area::search(&auth.engine, auth.actor(), q, kind, crate::extract::page_limit(limit.or(Some(20)))?).await?))
}

/// One area with where it lies and what it was called.
#[utoipa::path(get, path = "/api/areas/{code}", tag = "areas", operation_id = "getArea", params(("code" = String, Path)),
    responses((status = 200, body = AreaDetail), (status = 404, body = ProblemBody)))]
async fn get(auth: Authenticated, Path(code): Path<String>) -> Api<Json<AreaDetail>> {
    Ok(Json(area::get(&auth.engine, auth.actor(), code).await?))
}

/// Make an area below the community.
#[utoipa::path(post, path = "/api/areas", tag = "areas", operation_id = "createArea", request_body = NewArea,
    responses((status = 201, body = AreaDetail), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create(auth: Authenticated, body: Body<NewArea>) -> Api<(StatusCode, Json<AreaDetail>)> {
    let made = area::create(&auth.engine, auth.actor(), body.value, body.once).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// A new name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AreaChange {
    /// New name.
    name: String,
    /// First day of the name; today when absent.
    #[schema(value_type = Option<String>)]
    from: Option<Date>,
}

/// Rename an area; the old name is kept with its dates.
#[utoipa::path(patch, path = "/api/areas/{code}", tag = "areas", operation_id = "editArea", params(("code" = String, Path)),
    request_body = AreaChange, responses((status = 200, body = AreaDetail), (status = 403, body = ProblemBody)))]
async fn rename(auth: Authenticated, Path(code): Path<String>, body: Body<AreaChange>) -> Api<Json<AreaDetail>> {
    Ok(Json(area::rename(&auth.engine, auth.actor(), code, body.value.name, body.value.from).await?))
}

/// A new parent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AreaMove {
    /// Code of the new parent.
    parent: String,
    /// First day at the new place, not in the future; today when absent.
    #[schema(value_type = Option<String>)]
    from: Option<Date>,
}

/// Move an area below the community to another parent, with everything on it.
#[utoipa::path(post, path = "/api/areas/{code}/move", tag = "areas", operation_id = "moveArea", params(("code" = String, Path)),
    request_body = AreaMove,
    responses((status = 200, body = AreaDetail), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn relocate(auth: Authenticated, Path(code): Path<String>, body: Body<AreaMove>) -> Api<Json<AreaDetail>> {
    let AreaMove { parent, from } = body.value;
    Ok(Json(area::relocate(&auth.engine, auth.actor(), code, parent, from).await?))
}

/// A last day.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AreaClose {
    /// Last day of validity.
    #[schema(value_type = String)]
    last_day: Date,
}

/// Close an area that is empty.
#[utoipa::path(post, path = "/api/areas/{code}/close", tag = "areas", operation_id = "closeArea", params(("code" = String, Path)),
    request_body = AreaClose, responses((status = 200, body = AreaDetail), (status = 409, body = ProblemBody)))]
async fn close(auth: Authenticated, Path(code): Path<String>, body: Body<AreaClose>) -> Api<Json<AreaDetail>> {
    Ok(Json(area::close(&auth.engine, auth.actor(), code, body.value.last_day).await?))
}
