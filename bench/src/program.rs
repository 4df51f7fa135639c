//! The real binary under measurement.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value as Json;

use crate::client::{Connection, get, post};

/// Where the release binary is: `LINLI_BIN`, or `target/release/linli`.
pub fn binary() -> PathBuf {
    std::env::var_os("LINLI_BIN").map_or_else(|| PathBuf::from("target/release/linli"), PathBuf::from)
}

/// Runs the binary to its end and answers its JSON.
pub fn run(arguments: &[&str]) -> io::Result<Json> {
    let output = Command::new(binary()).args(arguments).arg("--json").stderr(Stdio::inherit()).output()?;
    serde_json::from_slice(&output.stdout).map_err(|error| {
        io::Error::other(format!("{arguments:?}: {error}: {}", String::from_utf8_lossy(&output.stdout)))
    })
}

/// Seconds and peak resident bytes of a run to the end.
pub fn measure(program: &Path, arguments: &[&str]) -> io::Result<(f64, u64)> {
    let started = Instant::now();
    let mut child = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::inherit()).spawn()?;
    let mut peak = 0;
    loop {
        peak = peak.max(resident(child.id(), "VmHWM").unwrap_or(0));
        if let Some(status) = child.try_wait()? {
            let seconds = started.elapsed().as_secs_f64();
            return if status.success() {
                Ok((seconds, peak))
            } else {
                Err(io::Error::other(format!("{arguments:?}: {status}")))
            };
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Bytes by a line of `/proc/PID/status`.
pub fn resident(pid: u32, line: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let found = status.lines().find(|text| text.starts_with(line))?;
    found.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

/// A running server.
pub struct Server {
    /// The process.
    pub child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// Time from start to the first good answer.
    pub ready: Duration,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

/// Starts `linli serve` and waits for /healthz.
pub async fn serve(place: &[&str]) -> io::Result<Server> {
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let started = Instant::now();
    let child = Command::new(binary())
        .arg("serve")
        .args(place)
        .args(["--listen", &address.to_string()])
        .env("LINLI_LOG", "error")
        .stdout(Stdio::null())
        .spawn()?;
    let mut server = Server { child, address, ready: Duration::ZERO };
    loop {
        if let Ok(mut connection) = Connection::open(address).await
            && let Ok(answer) = connection.call(&get("/healthz", "")).await
            && answer.status == 200
        {
            server.ready = started.elapsed();
            return Ok(server);
        }
        if started.elapsed() > Duration::from_secs(60) || server.child.try_wait()?.is_some() {
            return Err(io::Error::other("linli serve did not come up"));
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Address of a new PostgreSQL database of the server that `LINLI_TEST_POSTGRES` names; `None` when it names none. Each
/// figure has its own: an installation's data can be read by its own keys only.
pub async fn database(name: &str) -> io::Result<Option<String>> {
    let Ok(url) = std::env::var("LINLI_TEST_POSTGRES") else {
        println!("       {name}, PostgreSQL: LINLI_TEST_POSTGRES names no server, not measured");
        return Ok(None);
    };
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.map_err(io::Error::other)?;
    tokio::spawn(connection);
    for sql in [format!("DROP DATABASE IF EXISTS bench_{name}"), format!("CREATE DATABASE bench_{name}")] {
        client.batch_execute(&sql).await.map_err(io::Error::other)?;
    }
    let (server, _) = url.rsplit_once('/').ok_or_else(|| io::Error::other(url.clone()))?;
    Ok(Some(format!("{server}/bench_{name}")))
}

/// Signs in and answers the header lines every further request needs.
pub async fn sign_in(address: SocketAddr, login: &str) -> io::Result<String> {
    let body = serde_json::json!({ "login": login, "password": "linli-demo" }).to_string();
    let answer = Connection::open(address).await?.call(&post("/api/session", "x-linli: 1\r\n", &body)).await?;
    let text = answer.head;
    let cookie = text.lines().find_map(|line| line.strip_prefix("set-cookie: "));
    let cookie = cookie.and_then(|line| line.split(';').next());
    match cookie {
        Some(cookie) => Ok(format!("cookie: {cookie}\r\nx-linli: 1\r\n")),
        None => Err(io::Error::other(format!("sign-in failed: {text}"))),
    }
}
