//! PostgreSQL: a connection with its own single-threaded runtime, prepared statements, and transaction commands that travel
//! with the next statement.

use std::{collections::HashMap, error::Error as StdError, time::Duration};

use futures::{StreamExt, pin_mut};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    runtime::Runtime,
};
use tokio_postgres::{
    Client, Connection, NoTls, Socket, Statement,
    error::SqlState,
    types::{IsNull, ToSql, Type, private::BytesMut},
};

use super::{Dialect, Each, Row, Val, tls::Target};
use crate::StoreError;

/// Prepared statements kept on a connection.
const STATEMENTS: usize = 512;

/// A connection to PostgreSQL.
pub(crate) struct Pg {
    url: String,
    runtime: Runtime,
    client: Client,
    statements: HashMap<String, Statement>,
    pending: String,
    citus: bool,
}

impl Pg {
    /// Connects. Must be called, as everything here, from a thread without a runtime.
    pub(crate) fn connect(url: &str) -> Result<Self, StoreError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let client = runtime.block_on(open(url))?;
        let mut pg = Self {
            url: url.to_owned(),
            runtime,
            client,
            statements: HashMap::new(),
            pending: String::new(),
            citus: false,
        };
        let mut citus = 0;
        pg.query("SELECT count(*) FROM pg_extension WHERE extname = 'citus'", &[], &mut |row| {
            citus = row.int(0)?;
            Ok(())
        })?;
        pg.citus = citus > 0;
        Ok(pg)
    }

    pub(crate) fn dialect(&self) -> Dialect {
        if self.citus { Dialect::Citus } else { Dialect::Postgres }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    pub(crate) fn revive(&mut self) -> Result<(), StoreError> {
        if self.client.is_closed() {
            self.statements.clear();
            self.pending.clear();
            self.client = self.runtime.block_on(open(&self.url))?;
        }
        Ok(())
    }

    /// Sends `sql` ahead of the next statement.
    pub(crate) fn defer(&mut self, sql: &str) {
        self.pending.push_str(sql);
        self.pending.push(';');
    }

    fn prepared(&mut self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        self.flush()?;
        let statement = self.runtime.block_on(self.client.prepare(sql)).map_err(error)?;
        if self.statements.len() >= STATEMENTS {
            self.statements.clear();
        }
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let pending = std::mem::take(&mut self.pending);
        self.runtime.block_on(self.client.batch_execute(&pending)).map_err(error)
    }

    pub(crate) fn execute(&mut self, sql: &str, params: &[Val]) -> Result<u64, StoreError> {
        let statement = self.prepared(sql)?;
        let pending = std::mem::take(&mut self.pending);
        let client = &self.client;
        self.runtime.block_on(async {
            let run = client.execute_raw(&statement, params);
            if pending.is_empty() {
                return run.await.map_err(error);
            }
            let (before, touched) = futures::join!(client.batch_execute(&pending), run);
            before.map_err(error)?;
            touched.map_err(error)
        })
    }

    /// Runs statements in one round trip; answers how many rows they touched in all.
    pub(crate) fn execute_all(&mut self, statements: &[(&str, Vec<&Val>)]) -> Result<u64, StoreError> {
        let prepared = statements.iter().map(|(sql, _)| self.prepared(sql)).collect::<Result<Vec<_>, _>>()?;
        let pending = std::mem::take(&mut self.pending);
        let client = &self.client;
        self.runtime.block_on(async {
            let before = async { if pending.is_empty() { Ok(()) } else { client.batch_execute(&pending).await } };
            let runs = prepared
                .iter()
                .zip(statements)
                .map(|(statement, (_, params))| client.execute_raw(statement, params.iter().copied()));
            // Polled in this order, and so sent in this order.
            let (before, runs) = futures::join!(before, futures::future::join_all(runs));
            before.map_err(error)?;
            let mut touched = 0;
            for run in runs {
                touched += run.map_err(error)?;
            }
            Ok(touched)
        })
    }

    /// Runs a statement and commits, in one round trip.
    pub(crate) fn execute_and_commit(&mut self, sql: &str, params: &[Val]) -> Result<(), StoreError> {
        let statement = self.prepared(sql)?;
        let pending = std::mem::take(&mut self.pending);
        let client = &self.client;
        self.runtime.block_on(async {
            let before = async { if pending.is_empty() { Ok(()) } else { client.batch_execute(&pending).await } };
            let (before, run, commit) =
                futures::join!(before, client.execute_raw(&statement, params), client.batch_execute("COMMIT"));
            before.map_err(error)?;
            run.map_err(error)?;
            commit.map_err(error)
        })
    }

    pub(crate) fn query(&mut self, sql: &str, params: &[Val], each: Each<'_>) -> Result<(), StoreError> {
        let statement = self.prepared(sql)?;
        let pending = std::mem::take(&mut self.pending);
        let client = &self.client;
        self.runtime.block_on(async {
            let run = client.query_raw(&statement, params);
            let rows = if pending.is_empty() {
                run.await.map_err(error)?
            } else {
                let (before, rows) = futures::join!(client.batch_execute(&pending), run);
                before.map_err(error)?;
                rows.map_err(error)?
            };
            pin_mut!(rows);
            while let Some(row) = rows.next().await {
                each(&Row::Postgres(&row.map_err(error)?))?;
            }
            Ok(())
        })
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.flush()?;
        self.runtime.block_on(self.client.batch_execute(sql)).map_err(error)
    }

    /// Commits. A transaction that never reached the server is dropped without a round trip.
    pub(crate) fn commit(&mut self) -> Result<(), StoreError> {
        if self.pending.starts_with("BEGIN") {
            self.pending.clear();
            return Ok(());
        }
        self.defer("COMMIT");
        self.flush()
    }

    pub(crate) fn rollback(&mut self) {
        if self.pending.starts_with("BEGIN") {
            self.pending.clear();
            return;
        }
        self.pending.clear();
        if let Err(failure) = self.runtime.block_on(self.client.batch_execute("ROLLBACK")) {
            tracing::warn!(%failure, "a transaction could not be rolled back; the server drops it with the connection");
        }
    }

    /// Streams `COPY … TO STDOUT` into `each`.
    pub(crate) fn copy_out(
        &mut self,
        sql: &str,
        each: &mut dyn FnMut(&[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.flush()?;
        let client = &self.client;
        self.runtime.block_on(async {
            let stream = client.copy_out(sql).await.map_err(error)?;
            pin_mut!(stream);
            while let Some(piece) = stream.next().await {
                each(&piece.map_err(error)?)?;
            }
            Ok(())
        })
    }

    /// Feeds `COPY … FROM STDIN` with the pieces `next` gives until it gives none.
    pub(crate) fn copy_in(
        &mut self,
        sql: &str,
        next: &mut dyn FnMut() -> Result<Option<Vec<u8>>, StoreError>,
    ) -> Result<u64, StoreError> {
        use futures::SinkExt;
        self.flush()?;
        let client = &self.client;
        self.runtime.block_on(async {
            let sink = client.copy_in::<_, std::io::Cursor<Vec<u8>>>(sql).await.map_err(error)?;
            pin_mut!(sink);
            while let Some(piece) = next()? {
                sink.send(std::io::Cursor::new(piece)).await.map_err(error)?;
            }
            sink.finish().await.map_err(error)
        })
    }
}

/// Lets a connection run beside its client.
fn run<T>((client, connection): (Client, Connection<Socket, T>)) -> Client
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    tokio::spawn(async move {
        if let Err(failure) = connection.await {
            tracing::warn!(%failure, "a connection to PostgreSQL ended");
        }
    });
    client
}

async fn open(url: &str) -> Result<Client, StoreError> {
    let Target { mut config, tls } = Target::read(url)?;
    config.connect_timeout(Duration::from_secs(10)).application_name("linli");
    let client = match tls {
        None => run(config.connect(NoTls).await.map_err(error)?),
        Some(tls) => run(config.connect(tls).await.map_err(error)?),
    };
    client.batch_execute("SET TIME ZONE 'UTC'; SET synchronous_commit = on").await.map_err(error)?;
    Ok(client)
}

impl ToSql for Val {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) => match *ty {
                Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
                Type::INT2 => i16::try_from(*number)?.to_sql(ty, out),
                Type::INT8 => number.to_sql(ty, out),
                _ => Err(format!("a number for a parameter of type {ty}").into()),
            },
            Self::Text(text) => match *ty {
                Type::TEXT | Type::VARCHAR | Type::UNKNOWN => text.to_sql(ty, out),
                _ => Err(format!("a text for a parameter of type {ty}").into()),
            },
            Self::Bytes(bytes) => match *ty {
                Type::BYTEA => bytes.to_sql(ty, out),
                _ => Err(format!("bytes for a parameter of type {ty}").into()),
            },
            Self::Id(id) => match *ty {
                Type::UUID => id.to_sql(ty, out),
                _ => Err(format!("an id for a parameter of type {ty}").into()),
            },
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}

/// What PostgreSQL said, in our words.
#[expect(clippy::needless_pass_by_value, reason = "used as `map_err(error)`")]
pub(crate) fn error(error: tokio_postgres::Error) -> StoreError {
    let Some(db) = error.as_db_error() else {
        let reason = error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}"));
        return if error.is_closed() || ["connect", "communicating", "TLS"].iter().any(|word| reason.contains(word)) {
            StoreError::Unavailable(reason)
        } else {
            StoreError::Database(reason)
        };
    };
    let message = db.message().to_owned();
    match db.code() {
        &SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED | &SqlState::LOCK_NOT_AVAILABLE => {
            StoreError::Conflict
        }
        &SqlState::DISK_FULL => StoreError::Full,
        &SqlState::IO_ERROR => StoreError::Io(message),
        &SqlState::DATA_CORRUPTED | &SqlState::INDEX_CORRUPTED => StoreError::Corrupt(message),
        &SqlState::UNIQUE_VIOLATION => StoreError::Exists(message),
        code if code.code().starts_with("08") || code.code().starts_with("57P") || code.code().starts_with("53") => {
            StoreError::Unavailable(message)
        }
        _ => StoreError::Database(message),
    }
}
