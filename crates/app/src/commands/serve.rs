//! `linli serve`.

use std::{net::SocketAddr, process::ExitCode};

use linli_domain::Lang;
use linli_engine::install;

use super::{open, refusal, runtime, shipped};
use crate::{
    options,
    output::{Refusal, Voice},
};

/// Serves until the process is told to stop; then finishes the requests under way.
pub fn run(voice: Voice, place: &options::Place, listen: SocketAddr) -> Result<ExitCode, Refusal> {
    log_to_stderr();
    let engine = open(voice, place)?;
    if install::note_pending(&engine, &shipped::packs()).map_err(|problem| refusal(voice, &problem))? {
        tracing::warn!("packs differ from the database: look with `linli migrate --plan`, then run `linli migrate`");
    }
    runtime()?.block_on(async move {
        let listener = tokio::net::TcpListener::bind(listen).await.map_err(|cause| {
            Refusal::new(
                "serve.listen",
                match voice.lang {
                    Lang::Zh => format!("无法监听 {listen}:{cause}。换一个端口:--listen 127.0.0.1:8081"),
                    Lang::En => {
                        format!("cannot listen on {listen}: {cause}. Try another port: --listen 127.0.0.1:8081")
                    }
                },
            )
        })?;
        let address = listener.local_addr().unwrap_or(listen);
        voice.answer(
            &format!("Linli {} http://{address}", voice.lang.pick("已启动:", "is ready:")),
            &serde_json::json!({ "listening": address.to_string() }),
        );
        linli_server::serve(engine, listener, stopped())
            .await
            .map_err(|cause| Refusal::new("serve.failed", cause.to_string()))
    })?;
    Ok(ExitCode::SUCCESS)
}

fn log_to_stderr() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("LINLI_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,linli=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        if let Ok(mut terminate) = terminate {
            tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
            return;
        }
    }
    let _stopped = interrupt.await;
}
