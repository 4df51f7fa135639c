//! The door: HTTP in, one engine command, HTTP out. Everything that knows HTTP is here, and nothing else is.
//!
//! | module | what for |
//! |---|---|
//! | [`routes`] | one file per part of the API; `routes::api` lists it |
//! | [`auth`] | [`Authenticated`]: who stands behind a request |
//! | [`extract`] | bodies, queries and paths whose faults are problems |
//! | [`reply`] | problem+json in the language of the page |
//! | [`guard`] | cross-site writes, security headers, limits, panics |
//! | [`outbound`] | what leaves the house: mail, webhooks, group robots |
//! | [`open311`] | Open311's two forms of an answer |
//! | [`oidc`] | the city's identity provider |
//! | [`page`] | the embedded page |
//! | [`openapi`] | the description at `/api/openapi.json` |

pub mod auth;
pub mod extract;
pub mod guard;
pub mod oidc;
pub mod open311;
pub mod openapi;
pub mod outbound;
pub mod page;
pub mod reply;
pub mod routes;

use std::{io, net::SocketAddr, sync::Arc};

use axum::{Router, serve::ListenerExt};
use linli_engine::Engine;
use tokio::net::TcpListener;

pub use auth::Authenticated;
pub use reply::{Api, ApiError};

/// What handlers share.
#[derive(Clone)]
pub struct AppState {
    /// The engine.
    pub engine: Engine,
    /// The identity provider, if one is configured.
    pub oidc: Option<Arc<oidc::Provider>>,
}

impl AppState {
    /// State over an engine.
    pub fn new(engine: Engine) -> Self {
        let oidc =
            engine.config.oidc.clone().map(|config| Arc::new(oidc::Provider::new(config, &engine.config.server)));
        Self { engine, oidc }
    }
}

/// The whole application: the API, the health check and the page, behind all guards.
pub fn app(engine: Engine) -> Router {
    let state = AppState::new(engine);
    let (api, _) = routes::api().split_for_parts();
    let router = api.merge(routes::undescribed()).fallback(page::serve).with_state(state.clone());
    guard::around(router, &state)
}

/// Serves until `shutdown` is done, then finishes what is under way. Background jobs run meanwhile.
pub async fn serve(
    engine: Engine,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let jobs = tokio::spawn(work(engine.clone(), stopped.clone()));
    let told = tokio::spawn(tell(engine.clone(), stopped.clone()));
    let sent = tokio::spawn(outbound::work(engine.clone(), stopped));
    // Answers are small: waiting to fill a packet would cost more than it saves.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
    });
    // Pages that listen would keep the server from ending.
    let listening = engine.clone();
    let shutdown = async move {
        shutdown.await;
        listening.hub().close();
    };
    let service = app(engine).into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service).with_graceful_shutdown(shutdown).await;
    let _nobody_listens = stop.send(true);
    let _ended = tokio::join!(jobs, told, sent);
    served
}

/// Tells what was heard, every second, until told to stop. Apart from the jobs, so that a long one keeps nobody waiting.
async fn tell(engine: Engine, mut stopped: tokio::sync::watch::Receiver<bool>) {
    loop {
        let pause = tokio::time::sleep(std::time::Duration::from_secs(1));
        tokio::select! {
            () = pause => {}
            _ = stopped.changed() => return,
        }
        let engine = engine.clone();
        match tokio::task::spawn_blocking(move || linli_engine::notify::tell_due(&engine)).await {
            Ok(Ok(_)) => {}
            Ok(Err(problem)) => tracing::warn!(%problem, "notices could not be written"),
            Err(panic) => tracing::error!(%panic, "writing notices panicked"),
        }
    }
}

/// Does what is due, every second, until told to stop.
async fn work(engine: Engine, mut stopped: tokio::sync::watch::Receiver<bool>) {
    let first = engine.clone();
    let started = tokio::task::spawn_blocking(move || linli_engine::jobs::ensure_recurring(&first)).await;
    if let Ok(Err(problem)) = started {
        tracing::warn!(%problem, "recurring jobs could not be asked for");
    }
    loop {
        let pause = tokio::time::sleep(std::time::Duration::from_secs(1));
        tokio::select! {
            () = pause => {}
            _ = stopped.changed() => return,
        }
        let engine = engine.clone();
        match tokio::task::spawn_blocking(move || linli_engine::jobs::run_due(&engine)).await {
            Ok(Ok(_)) => {}
            Ok(Err(problem)) => tracing::warn!(%problem, "jobs could not be run"),
            Err(panic) => tracing::error!(%panic, "a job panicked"),
        }
    }
}
