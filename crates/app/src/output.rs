//! What a command says and how it ends: 0 done, 1 refused with the reason, 2 wrong use.

use std::process::ExitCode;

use linli_domain::Lang;
use serde::Serialize;

/// Why a command was refused.
#[derive(Debug)]
pub struct Refusal {
    /// Stable code.
    pub code: String,
    /// What to tell the person.
    pub message: String,
    /// More, for `--json`.
    pub detail: serde_json::Value,
}

impl Refusal {
    /// A refusal with a code and a message.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), detail: serde_json::Value::Null }
    }
}

/// How a command talks: language, JSON or text.
#[derive(Debug, Clone, Copy)]
pub struct Voice {
    /// Language of messages.
    pub lang: Lang,
    /// JSON for programs.
    pub json: bool,
}

impl Voice {
    /// Prints the answer: `text` for people, `data` for programs.
    pub fn answer(&self, text: &str, data: &impl Serialize) {
        if self.json {
            match serde_json::to_string_pretty(data) {
                Ok(json) => println!("{json}"),
                Err(problem) => eprintln!("{problem}"),
            }
        } else if !text.is_empty() {
            println!("{text}");
        }
    }

    /// Prints the reason of a refusal; exit status 1.
    pub fn refuse(&self, refusal: &Refusal) -> ExitCode {
        if self.json {
            let body = serde_json::json!({
                "error": { "code": refusal.code, "message": refusal.message, "detail": refusal.detail }
            });
            println!("{body}");
        }
        eprintln!("{}: {} [{}]", self.lang.pick("未完成", "refused"), refusal.message, refusal.code);
        ExitCode::from(1)
    }
}
