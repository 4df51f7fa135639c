//! Receivers of what leaves the house: a webhook or robot, and a mail server, on this machine.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicU16, Ordering},
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    routing::post,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// What a receiver was sent.
#[derive(Debug, Clone)]
pub struct Sent {
    pub uri: String,
    pub headers: HeaderMap,
    pub body: String,
}

/// A webhook's or robot's receiver.
#[derive(Clone, Default)]
pub struct Receiver {
    pub url: String,
    sent: Arc<Mutex<Vec<Sent>>>,
    hangs: Arc<AtomicBool>,
    status: Arc<AtomicU16>,
    answer: Arc<Mutex<String>>,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let receiver = Self { url, ..Self::default() };
        receiver.status.store(200, Ordering::SeqCst);
        receiver.says(r#"{"errcode":0,"errmsg":"ok"}"#);
        let router = Router::new().route("/hook", post(receive)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        receiver
    }

    pub fn hang(&self, hangs: bool) {
        self.hangs.store(hangs, Ordering::SeqCst);
    }

    pub fn status(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    pub fn says(&self, answer: &str) {
        *self.answer.lock().unwrap() = answer.to_owned();
    }

    pub fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    /// Waits until it was sent so many.
    pub async fn wait(&self, count: usize) -> Vec<Sent> {
        for _ in 0..200 {
            if self.sent().len() >= count {
                return self.sent();
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("only {} of {count} messages came", self.sent().len())
    }
}

async fn receive(State(receiver): State<Receiver>, uri: Uri, headers: HeaderMap, body: String) -> (StatusCode, String) {
    receiver.sent.lock().unwrap().push(Sent { uri: uri.to_string(), headers, body });
    if receiver.hangs.load(Ordering::SeqCst) {
        std::future::pending::<()>().await;
    }
    let status = StatusCode::from_u16(receiver.status.load(Ordering::SeqCst)).unwrap();
    (status, receiver.answer.lock().unwrap().clone())
}

/// A mail server that keeps what it is given.
#[derive(Clone, Default)]
pub struct MailServer {
    pub port: u16,
    mails: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self { port: listener.local_addr().unwrap().port(), ..Self::default() };
        let mails = server.mails.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(talk(connection, mails.clone()));
            }
        });
        server
    }

    /// Waits for the first mail: envelope lines and content.
    pub async fn first(&self) -> String {
        for _ in 0..200 {
            if let Some(mail) = self.mails.lock().unwrap().first() {
                return mail.clone();
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("no mail came")
    }
}

/// As little SMTP (RFC 5321) as a mail needs.
async fn talk(connection: TcpStream, mails: Arc<Mutex<Vec<String>>>) -> std::io::Result<()> {
    let (read, mut write) = connection.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 test\r\n").await?;
    let mut mail = String::new();
    while let Some(line) = lines.next_line().await? {
        let answer = match line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase().as_str() {
            "EHLO" | "HELO" => "250 test\r\n",
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    mail.push_str(&line);
                    mail.push('\n');
                }
                mails.lock().unwrap().push(std::mem::take(&mut mail));
                "250 kept\r\n"
            }
            "QUIT" => {
                write.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => {
                mail.push_str(&line);
                mail.push('\n');
                "250 ok\r\n"
            }
        };
        write.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}
