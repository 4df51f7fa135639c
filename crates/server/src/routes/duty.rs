//! "Is this certificate needed?", for workers and for residents without an account.

use axum::Json;
use linli_engine::duty::{self, CertificateItems};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Api, AppState, Authenticated, auth::Anyone, extract::Query, openapi::ProblemBody};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(certificates)).routes(routes!(public_certificates))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct CertificateParams {
    /// Words of the certificate.
    q: Option<String>,
    /// Code of an area, for the items of its own lists.
    area: Option<String>,
}

/// Which certificates communities issue, and what people do instead of the others.
#[utoipa::path(get, path = "/api/duty/certificates", tag = "duty", operation_id = "listCertificates",
    params(CertificateParams), responses((status = 200, body = CertificateItems), (status = 404, body = ProblemBody)))]
async fn certificates(auth: Authenticated, Query(params): Query<CertificateParams>) -> Api<Json<CertificateItems>> {
    Ok(Json(duty::certificates(&auth.engine, params.q, params.area).await?))
}

/// The same for residents, without an account.
#[utoipa::path(get, path = "/api/public/duty/certificates", tag = "public", operation_id = "listPublicCertificates",
    params(CertificateParams), responses((status = 200, body = CertificateItems), (status = 404, body = ProblemBody)),
    security(()))]
async fn public_certificates(
    Anyone(engine): Anyone,
    Query(params): Query<CertificateParams>,
) -> Api<Json<CertificateItems>> {
    Ok(Json(duty::certificates(&engine, params.q, params.area).await?))
}
