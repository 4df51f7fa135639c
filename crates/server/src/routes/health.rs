//! `GET /healthz`

use axum::{Json, extract::State};
use serde_json::{Value, json};

use crate::{Api, AppState};
use linli_engine::Problem;

/// 200 when the store answers.
pub async fn check(State(state): State<AppState>) -> Api<Json<Value>> {
    let store = state.engine.store.clone();
    tokio::task::spawn_blocking(move || store.health()).await.map_err(Problem::internal)??;
    Ok(Json(json!({ "status": "ok" })))
}
