//! A load client that costs little beside the server it measures: keep-alive HTTP/1.1 over plain TCP, requests made
//! beforehand as bytes, answers read by Content-Length or chunks.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// One keep-alive connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// Status, headers (as received) and body of an answer.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Header block.
    pub head: String,
    /// Body bytes.
    pub body: Vec<u8>,
}

impl Connection {
    /// Connects without Nagle's delay.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a whole request and reads the whole answer.
    pub async fn call(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        self.rest().await
    }

    /// Sends a request and returns when the first bytes of the answer's body are there.
    pub async fn send(&mut self, request: &[u8]) -> io::Result<()> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        while find(&self.buffer, b"\r\n\r\n").is_none_or(|head| self.buffer.len() <= head + 4) {
            self.more().await?;
        }
        Ok(())
    }

    /// Reads the answer to what was sent to its end.
    pub async fn rest(&mut self) -> io::Result<Answer> {
        let head_end = loop {
            if let Some(at) = find(&self.buffer, b"\r\n\r\n") {
                break at + 4;
            }
            self.more().await?;
        };
        let head = lower_names(&String::from_utf8_lossy(&self.buffer[..head_end]));
        let status = head.get(9..12).and_then(|digits| digits.parse().ok()).unwrap_or(0);
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map(str::trim);
        let end = match length.and_then(|digits| digits.parse::<usize>().ok()) {
            Some(length) => {
                while self.buffer.len() < head_end + length {
                    self.more().await?;
                }
                head_end + length
            }
            None if head.contains("transfer-encoding: chunked") => {
                while !self.buffer.ends_with(b"0\r\n\r\n") {
                    self.more().await?;
                }
                self.buffer.len()
            }
            None => head_end,
        };
        Ok(Answer { status, head, body: self.buffer[head_end..end].to_vec() })
    }

    async fn more(&mut self) -> io::Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// A JSON POST as bytes.
pub fn post(path: &str, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A GET as bytes.
pub fn get(path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: bench\r\n{headers}\r\n").into_bytes()
}

/// What a run of load gave.
pub struct Load {
    /// Answers of the expected status per second.
    pub per_second: f64,
    /// Latency of the slowest one in a hundred, milliseconds.
    pub p99_ms: f64,
    /// Answers of another status.
    pub refused: u64,
}

/// Keeps `connections` busy for `duration` with requests that `make` gives by running number; `expected` is a good status.
pub async fn load(
    address: SocketAddr,
    connections: usize,
    duration: Duration,
    expected: u16,
    make: impl Fn(u64) -> Vec<u8> + Send + Sync + 'static,
) -> io::Result<Load> {
    let make = Arc::new(make);
    let (number, refused) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let started = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..connections {
        let (make, number, refused) = (Arc::clone(&make), Arc::clone(&number), Arc::clone(&refused));
        let mut connection = Connection::open(address).await?;
        tasks.push(tokio::spawn(async move {
            let mut times = Vec::new();
            while started.elapsed() < duration {
                let request = make(number.fetch_add(1, Ordering::Relaxed));
                let sent = Instant::now();
                match connection.call(&request).await {
                    Ok(answer) if answer.status == expected => times.push(sent.elapsed()),
                    Ok(answer) => {
                        if refused.fetch_add(1, Ordering::Relaxed) == 0 {
                            eprintln!("{} {}", answer.head, String::from_utf8_lossy(&answer.body));
                        }
                    }
                    Err(problem) => {
                        eprintln!("{problem}");
                        break;
                    }
                }
            }
            times
        }));
    }
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.map_err(io::Error::other)?);
    }
    let took = started.elapsed().as_secs_f64();
    Ok(Load {
        per_second: times.len() as f64 / took,
        p99_ms: percentile(&mut times, 99.0),
        refused: refused.load(Ordering::Relaxed),
    })
}

/// The given percentile in milliseconds; 0 when there is nothing.
pub fn percentile(times: &mut [Duration], percent: f64) -> f64 {
    if times.is_empty() {
        return 0.0;
    }
    times.sort_unstable();
    let rank = ((times.len() - 1) as f64 * percent / 100.0).round() as usize;
    times[rank].as_secs_f64() * 1000.0
}

/// Header names in lower case, values as they are.
fn lower_names(head: &str) -> String {
    let lower = |line: &str| match line.split_once(':') {
        Some((name, value)) => format!("{}:{value}", name.to_ascii_lowercase()),
        None => line.to_owned(),
    };
    head.split("\r\n").map(lower).collect::<Vec<_>>().join("\n")
}
