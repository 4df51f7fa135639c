//! Calls of the sheet engine (fills).

use utoipa_axum::router::OpenApiRouter;

use crate::AppState;

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
}
