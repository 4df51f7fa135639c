//! Regular expressions as Java's `Pattern.matches` means them, on Rust's engine, which runs in linear time.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};

use super::error::EvalError;

/// A pattern, compiled when first used.
#[derive(Debug)]
pub(super) struct Pattern {
    source: String,
    compiled: OnceLock<Result<Regex, EvalError>>,
}

impl Pattern {
    pub fn new(source: &str) -> Self {
        Self { source: source.to_owned(), compiled: OnceLock::new() }
    }

    /// Whether the whole of `text` matches.
    pub fn matches(&self, text: &str) -> Result<bool, EvalError> {
        match self.compiled.get_or_init(|| build(&self.source)) {
            Ok(regex) => Ok(regex.is_match(text)),
            Err(e) => Err(e.clone()),
        }
    }
}

fn build(source: &str) -> Result<Regex, EvalError> {
    if looks_around(source) {
        return Err(EvalError::unsupported(
            "正则表达式中的环视（?=、?!、?<）和反向引用无法在服务器上核对",
            "look-around and back-references in a regular expression cannot be checked on the server",
        ));
    }
    RegexBuilder::new(&format!(r"\A(?:{})\z", translated(source))).size_limit(2 << 20).build().map_err(|e| {
        let detail = e.to_string().lines().last().unwrap_or("").trim().to_owned();
        EvalError::unsupported(format!("正则表达式有误：{detail}"), format!("not a regular expression: {detail}"))
    })
}

fn looks_around(source: &str) -> bool {
    let mut chars = source.chars().peekable();
    let mut in_class = false;
    let mut rest = String::new();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                if chars.next().is_some_and(|c| matches!(c, '1'..='9' | 'k') && !in_class) {
                    return true;
                }
            }
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => {
                rest.clear();
                rest.extend(chars.clone().take(3));
                if ["?=", "?!", "?<=", "?<!", "?>"].iter().any(|look| rest.starts_with(look)) {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

/// Java's `\d`, `\w` and `\s` are ASCII, and its script names begin with `Is`.
fn translated(source: &str) -> String {
    let mut out = String::with_capacity(source.len() + 16);
    let mut in_class = false;
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(kind @ ('d' | 'w' | 's')) => push_class(&mut out, kind, in_class, false),
                Some(kind @ ('D' | 'W' | 'S')) => push_class(&mut out, kind.to_ascii_lowercase(), in_class, true),
                Some('Z') => out.push_str(r"\z"),
                Some(kind @ ('p' | 'P')) => {
                    out.push('\\');
                    out.push(kind);
                    if chars.clone().take(3).eq(['{', 'I', 's']) {
                        out.push('{');
                        chars.nth(2);
                    }
                }
                Some(c) if c.is_alphanumeric() || c.is_ascii() => {
                    out.push('\\');
                    out.push(c);
                }
                Some(c) => out.push(c),
                None => out.push_str(r"\\"),
            },
            '[' if in_class => out.push_str(r"\["),
            '[' => {
                in_class = true;
                out.push('[');
            }
            ']' => {
                in_class = false;
                out.push(']');
            }
            c => out.push(c),
        }
    }
    out
}

fn push_class(out: &mut String, kind: char, in_class: bool, negated: bool) {
    let members = match kind {
        'd' => "0-9",
        'w' => "A-Za-z0-9_",
        _ => r" \t\n\x0B\f\r",
    };
    match (in_class, negated) {
        (true, false) => out.push_str(members),
        (_, true) => out.extend(["[^", members, "]"]),
        (false, false) => out.extend(["[", members, "]"]),
    }
}
