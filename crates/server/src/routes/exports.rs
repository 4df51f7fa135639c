//! A register's list as a file, streamed while it is made.

use std::io::{self, Write};

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::IntoResponse,
};
use futures::StreamExt;
use linli_engine::{
    Problem,
    sheet::export::{self, ExportFormat},
};
use tokio::sync::mpsc;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::imports::{blocking, disposition};
use crate::{
    Api, AppState, Authenticated,
    extract::{ListParams, ListQuery, Path},
    openapi::ProblemBody,
};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get))
}

/// Bytes collected before they are sent.
const PIECE: usize = 64 << 10;
/// Pieces that may wait for a slow reader.
const WAITING: usize = 4;

/// What the engine writes to: pieces go to the body; a reader who went away is an error.
pub struct Pieces {
    buffer: Vec<u8>,
    send: mpsc::Sender<Result<Vec<u8>, io::Error>>,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.buffer, Vec::with_capacity(PIECE));
        self.send.blocking_send(Ok(piece)).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}

/// A body that is written on a thread of its own while it is sent.
pub fn streamed(write: impl FnOnce(Pieces) -> Result<(), Problem> + Send + 'static) -> Body {
    let (send, pieces) = mpsc::channel(WAITING);
    tokio::task::spawn_blocking(move || {
        let out = Pieces { buffer: Vec::with_capacity(PIECE), send: send.clone() };
        if let Err(problem) = write(out) {
            // The head was sent: the body breaks off, so that nobody takes a part for the whole.
            let broken = Problem::to_string(&problem);
            tracing::warn!(%problem, "an export broke off");
            let _ = send.blocking_send(Err(io::Error::other(broken)));
        }
    });
    let stream =
        futures::stream::unfold(pieces, |mut pieces| async move { pieces.recv().await.map(|piece| (piece, pieces)) });
    // What packs the body asks once more after its end.
    Body::from_stream(stream.fuse())
}

/// A list as .xlsx or .csv: masked, watermarked, audited.
#[utoipa::path(get, path = "/api/records/{pack}/{entity}/export", tag = "records", operation_id = "exportRecords",
    params(("pack" = String, Path), ("entity" = String, Path), ("format" = String, Query),
        ("columns" = Option<String>, Query), ListParams),
    responses((status = 200, description = "The file"), (status = 403, body = ProblemBody)))]
async fn get(
    auth: Authenticated,
    Path((pack, entity)): Path<(String, String)>,
    query: ListQuery,
) -> Api<impl IntoResponse> {
    query.refuse_rest(&["format", "columns"])?;
    let format = ExportFormat::of(query.rest.get("format").map_or("xlsx", String::as_str))?;
    let columns = query.rest.get("columns").cloned();
    let (name, filter) = (format!("{pack}/{entity}"), query.filter);
    let made = blocking(&auth, move |engine, actor| {
        export::begin(engine, actor, &name, filter, columns.as_deref(), format, engine.lang)
    })
    .await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(made.media_type())),
        (header::CONTENT_DISPOSITION, disposition(&made.file_name)),
    ];
    Ok((headers, streamed(move |out| made.write(out).map(|_| ()))))
}
