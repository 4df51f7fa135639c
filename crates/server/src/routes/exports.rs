//! Calls of the sheet engine (exports).

use utoipa_axum::router::OpenApiRouter;

use crate::AppState;

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
}
