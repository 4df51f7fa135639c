//! The limit a durable write over HTTP can reach on this machine: a bare axum handler whose body bytes are inserted by a
//! group-committing writer, nothing else. No permissions, no history, no audit, no validation.

use std::{io, net::SocketAddr, path::Path, sync::mpsc, thread};

use axum::{Router, body::Bytes, extract::State, http::StatusCode, routing::post};
use tokio::sync::oneshot;

type Waiting = (Bytes, oneshot::Sender<bool>);

/// Starts the bare server over a SQLite file.
pub async fn sqlite(file: &Path) -> io::Result<SocketAddr> {
    let connection = rusqlite::Connection::open(file).map_err(io::Error::other)?;
    connection
        .execute_batch(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
             CREATE TABLE bare (home TEXT NOT NULL, id BLOB NOT NULL, body BLOB NOT NULL, PRIMARY KEY (home, id)) WITHOUT ROWID",
        )
        .map_err(io::Error::other)?;
    let (queue, waiting) = mpsc::sync_channel::<Waiting>(4096);
    thread::spawn(move || {
        while let Some(batch) = take_waiting(&waiting) {
            let done = insert_sqlite(&connection, &batch).is_ok();
            answer(batch, done);
        }
    });
    serve(queue).await
}

#[expect(clippy::disallowed_methods, reason = "the peer is measured with real ids")]
fn insert_sqlite(connection: &rusqlite::Connection, batch: &[Waiting]) -> rusqlite::Result<()> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let mut statement = connection.prepare_cached("INSERT INTO bare (home, id, body) VALUES ('230102001001', ?, ?)")?;
    for (body, _) in batch {
        statement.execute((uuid::Uuid::now_v7().as_bytes().as_slice(), body.as_ref()))?;
    }
    connection.execute_batch("COMMIT")
}

/// Starts the bare server over PostgreSQL: batches by `unnest`, `writers` connections.
pub async fn postgres(url: &str, writers: usize) -> io::Result<SocketAddr> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.map_err(io::Error::other)?;
    tokio::spawn(connection);
    client
        .batch_execute(
            "DROP TABLE IF EXISTS bare;
             CREATE TABLE bare (home text NOT NULL, id uuid NOT NULL, body bytea NOT NULL, PRIMARY KEY (home, id))",
        )
        .await
        .map_err(io::Error::other)?;
    let (queue, waiting) = mpsc::sync_channel::<Waiting>(4096);
    let waiting = std::sync::Arc::new(std::sync::Mutex::new(waiting));
    for _ in 0..writers {
        let (waiting, url) = (std::sync::Arc::clone(&waiting), url.to_owned());
        thread::spawn(move || postgres_writer(&waiting, &url));
    }
    serve(queue).await
}

#[expect(clippy::disallowed_methods, reason = "the peer is measured with real ids")]
fn postgres_writer(waiting: &std::sync::Mutex<mpsc::Receiver<Waiting>>, url: &str) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    runtime.block_on(async {
        let Ok((client, connection)) = tokio_postgres::connect(url, tokio_postgres::NoTls).await else { return };
        tokio::spawn(connection);
        let sql = "INSERT INTO bare SELECT '230102001001', * FROM unnest($1::uuid[], $2::bytea[])";
        let Ok(statement) = client.prepare(sql).await else { return };
        loop {
            let batch = match waiting.lock() {
                Ok(receiver) => take_waiting(&receiver),
                Err(_) => None,
            };
            let Some(batch) = batch else { return };
            let ids: Vec<uuid::Uuid> = batch.iter().map(|_| uuid::Uuid::now_v7()).collect();
            let bodies: Vec<&[u8]> = batch.iter().map(|(body, _)| body.as_ref()).collect();
            let done = client.execute(&statement, &[&ids, &bodies]).await.is_ok();
            answer(batch, done);
        }
    });
}

fn take_waiting(waiting: &mpsc::Receiver<Waiting>) -> Option<Vec<Waiting>> {
    let first = waiting.recv().ok()?;
    let mut batch = vec![first];
    batch.extend(waiting.try_iter().take(1023));
    Some(batch)
}

fn answer(batch: Vec<Waiting>, done: bool) {
    for (_, asked) in batch {
        let _gone = asked.send(done);
    }
}

async fn serve(queue: mpsc::SyncSender<Waiting>) -> io::Result<SocketAddr> {
    let router = Router::new().route("/", post(insert)).with_state(queue);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

async fn insert(State(queue): State<mpsc::SyncSender<Waiting>>, body: Bytes) -> StatusCode {
    let (asked, answered) = oneshot::channel();
    if queue.try_send((body, asked)).is_err() {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    match answered.await {
        Ok(true) => StatusCode::CREATED,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
