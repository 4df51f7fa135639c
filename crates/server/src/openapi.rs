//! The description of the API, from the code.

use axum::{Json, response::IntoResponse};
use utoipa::{
    OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, SecurityScheme},
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Linli 邻里",
        description = "One conventions page: docs/api-design.md. Writes need the header `X-Linli: 1`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    modifiers(&Session),
    security(("session" = [])),
    components(schemas(ProblemBody))
)]
struct Described;

/// A refusal: `application/problem+json`.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "described here, written by `reply`")]
pub struct ProblemBody {
    /// Address that names the sort of problem.
    r#type: String,
    /// Short title in the language of the page.
    title: String,
    /// HTTP status.
    status: u16,
    /// Stable code, `record.stale`.
    code: String,
    /// What is wrong and what to do, in the language of the page.
    detail: String,
    /// What is wrong with each field.
    fields: Option<Vec<FieldProblemBody>>,
}

/// What is wrong with a field.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "described here, written by `reply`")]
pub struct FieldProblemBody {
    /// Field.
    field: String,
    /// Stable code.
    code: String,
    /// What is wrong and what to write instead.
    message: String,
}

struct Session;

impl utoipa::Modify for Session {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(crate::auth::COOKIE)));
        api.components.get_or_insert_default().add_security_scheme("session", cookie);
    }
}

/// What every route is added to.
pub fn base() -> utoipa::openapi::OpenApi {
    Described::openapi()
}

/// The whole description, as the page's client is generated from it.
pub fn document() -> utoipa::openapi::OpenApi {
    crate::routes::api().split_for_parts().1
}

/// `GET /api/openapi.json`
pub async fn serve() -> impl IntoResponse {
    Json(document())
}
