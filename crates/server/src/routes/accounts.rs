//! Accounts within one's scope.

use axum::{Json, http::StatusCode};
use linli_domain::RecordId;
use linli_engine::access::{self, AccountChange, AccountFilter, AccountPage, AccountView, NewAccount};
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
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, edit))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListParams {
    /// Code of an area: accounts with a grant in it or below.
    area: Option<String>,
    /// Part of the login or the name.
    q: Option<String>,
    /// Cursor of the page before.
    after: Option<String>,
    /// At most so many (≤ 200).
    limit: Option<u32>,
}

/// Accounts with a grant in one's scope, by login.
#[utoipa::path(get, path = "/api/accounts", tag = "accounts", operation_id = "listAccounts", params(ListParams),
    responses((status = 200, body = AccountPage), (status = 403, body = ProblemBody)))]
async fn list(auth: Authenticated, Query(params): Query<ListParams>) -> Api<Json<AccountPage>> {
    let ListParams { area, q, after, limit } = params;
    let filter = AccountFilter { area, q, after, limit: crate::extract::page_limit(limit)? };
    Ok(Json(access::list_accounts(&auth.engine, auth.actor(), filter).await?))
}

/// Make an account; nobody grants more than they hold.
#[utoipa::path(post, path = "/api/accounts", tag = "accounts", operation_id = "createAccount", request_body = NewAccount,
    responses((status = 201, body = AccountView), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create(auth: Authenticated, body: Body<NewAccount>) -> Api<(StatusCode, Json<AccountView>)> {
    let made = access::create_account(&auth.engine, auth.actor(), body.value, body.once).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// One account.
#[utoipa::path(get, path = "/api/accounts/{id}", tag = "accounts", operation_id = "getAccount",
    params(("id" = String, Path)), responses((status = 200, body = AccountView), (status = 404, body = ProblemBody)))]
async fn get(auth: Authenticated, Path(id): Path<RecordId>) -> Api<Json<AccountView>> {
    Ok(Json(access::account(&auth.engine, auth.actor(), id).await?))
}

/// Change an account.
#[utoipa::path(patch, path = "/api/accounts/{id}", tag = "accounts", operation_id = "editAccount",
    params(("id" = String, Path)), request_body = AccountChange,
    responses((status = 200, body = AccountView), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn edit(auth: Authenticated, Path(id): Path<RecordId>, body: Body<AccountChange>) -> Api<Json<AccountView>> {
    Ok(Json(access::edit_account(&auth.engine, auth.actor(), id, body.value).await?))
}
