//! Calls of the sheet engine (imports).

use utoipa_axum::router::OpenApiRouter;

use crate::AppState;

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
}
