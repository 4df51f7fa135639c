//! A running `linli serve` and somebody who is signed in to it.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::{Value as Json, json};

use crate::program::text;

/// Register of residents.
pub const RESIDENTS: &str = "/api/records/people/resident";

/// A running server; killed, as by a power cut, when it is dropped.
pub struct Served {
    child: Child,
    url: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Served {
    /// Serves a data folder on a free port.
    pub fn start(data: &Path) -> Self {
        Self::through(Command::new(env!("CARGO_BIN_EXE_linli")), data)
    }

    /// The same through another command, which must become `linli`.
    pub fn through(mut command: Command, data: &Path) -> Self {
        command.args(["serve", "--json", "--listen", "127.0.0.1:0", "--data", text(data)]);
        command.env_remove("LINLI_DATABASE").env_remove("LINLI_LANG").env("LINLI_LOG", "off");
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        while !said.contains('}') {
            assert!(out.read_line(&mut said).unwrap() > 0, "it did not start: {said}");
        }
        let told: Json = serde_json::from_str(&said).unwrap();
        Self { child, url: format!("http://{}", told["listening"].as_str().unwrap()) }
    }

    /// Number of the process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Most memory the process has held, in MiB.
    pub fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    }

    /// Signs in with one of the demo's accounts.
    pub async fn sign_in(&self, login: &str) -> Person {
        let client = reqwest::Client::builder().cookie_store(true).build().unwrap();
        let person = Person { client, url: self.url.clone() };
        let (status, _) = person.post("/api/session", &json!({ "login": login, "password": "linli-demo" })).await;
        assert_eq!(status, 200);
        person
    }
}

/// Somebody who is signed in.
pub struct Person {
    client: reqwest::Client,
    url: String,
}

impl Person {
    async fn answer(&self, call: reqwest::RequestBuilder) -> (u16, Json) {
        let answer = call.header("x-linli", "1").send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or(Json::Null))
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Json {
        let (status, body) = self.answer(self.client.get(format!("{}{path}", self.url))).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// POST of JSON.
    pub async fn post(&self, path: &str, body: &Json) -> (u16, Json) {
        self.answer(self.client.post(format!("{}{path}", self.url)).json(body)).await
    }

    /// POST of a ledger.
    pub async fn import(&self, area: &str, name: &str, body: impl Into<reqwest::Body>) -> (u16, Json) {
        let file = reqwest::multipart::Part::stream(body).file_name(name.to_owned());
        let form = reqwest::multipart::Form::new().text("entity", "people/resident").text("area", area.to_owned());
        self.answer(self.client.post(format!("{}/api/imports", self.url)).multipart(form.part("file", file))).await
    }

    /// How many residents there are.
    pub async fn residents(&self) -> u64 {
        self.get(&format!("{RESIDENTS}/count")).await["count"].as_u64().unwrap()
    }
}

/// Asserts that an answer is a problem with a code and words for people.
#[track_caller]
pub fn told(answer: &(u16, Json), status: u16, code: &str) {
    let (found, problem) = answer;
    assert_eq!((*found, problem["code"].as_str()), (status, Some(code)), "{problem}");
    let words = problem["detail"].as_str().unwrap_or_default();
    assert!(words.chars().count() > 8 && !words.is_ascii(), "words in Chinese: {problem}");
}
