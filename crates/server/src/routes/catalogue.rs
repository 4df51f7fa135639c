//! What the packs declare, as the page draws itself from it.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use linli_engine::{
    Problem,
    catalogue::{self, CatalogueView},
};
use sha2::{Digest, Sha256};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Api, AppState, Authenticated};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get))
}

/// Registers, code lists, levels, roles and packs, with what one may do to each register.
#[utoipa::path(get, path = "/api/catalogue", tag = "catalogue", operation_id = "getCatalogue",
    responses((status = 200, body = CatalogueView), (status = 304)))]
async fn get(auth: Authenticated, headers: HeaderMap) -> Api<Response> {
    let view = catalogue::view(&auth.engine, auth.actor());
    let body = serde_json::to_vec(&view).map_err(Problem::internal)?;
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&body)[..12]));
    let tag = HeaderValue::from_str(&tag).map_err(Problem::internal)?;
    let kept = [(header::ETAG, tag.clone()), (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"))];
    if headers.get(header::IF_NONE_MATCH) == Some(&tag) {
        return Ok((StatusCode::NOT_MODIFIED, kept).into_response());
    }
    Ok((kept, [(header::CONTENT_TYPE, "application/json")], body).into_response())
}
