//! Text → template. Reading never stops at the first fault: what cannot be read is left out and named with its line.

use crate::{diagnostic::Severity, lang::Label};

use super::{
    lex::{Token, What, lex},
    template::{Condition, Node, Template},
};

mod condition;
mod tag;

pub(super) use tag::closest;

/// Longest template, in bytes; the survey report is a twentieth of it.
const LONGEST: usize = 1 << 20;
/// Deepest nesting.
const DEEPEST: usize = 16;

/// Something wrong in a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Error or warning.
    pub severity: Severity,
    /// Stable code, `report.unknown_figure`.
    pub code: &'static str,
    /// Line in the file, from 1.
    pub line: u32,
    /// Column in characters, from 1; 0 where only the line is known.
    pub column: u32,
    /// What is wrong.
    pub message: Label,
    /// What to write instead.
    pub help: Option<Label>,
}

impl Fault {
    /// An error.
    pub(super) fn error(code: &'static str, (line, column): (u32, u32), zh: String, en: String) -> Self {
        Self { severity: Severity::Error, code, line, column, message: Label::new(zh, en), help: None }
    }

    /// With what to write instead.
    pub(super) fn with(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.help = Some(Label::new(zh, en));
        self
    }
}

/// Parses the body of a template that begins at `first_line` of its file.
pub fn parse(body: &str, first_line: u32) -> (Template, Vec<Fault>) {
    let mut faults = Vec::new();
    if body.len() > LONGEST {
        let message = ("模板超过 1 MB".to_owned(), "the template is longer than 1 MB".to_owned());
        faults.push(Fault::error("report.too_long", (first_line, 0), message.0, message.1));
        return (Template::default(), faults);
    }
    let mut open: Vec<Frame> = vec![Frame::new(Opened::Whole, first_line)];
    for part in split(body, first_line, &mut faults) {
        match part {
            Part::Text(text) => add(&mut open, Node::Text(text)),
            Part::Tag { inside, at } => match lex(&inside) {
                Ok(tokens) => read(tokens, at, &mut open, &mut faults),
                Err(column) => {
                    let message = ("引号没有结束".to_owned(), "a quotation is not closed".to_owned());
                    faults.push(Fault::error("report.quotation", (at.0, at.1 + column), message.0, message.1));
                }
            },
        }
    }
    while open.len() > 1 {
        let Some(frame) = open.pop() else { break };
        let name = frame.opened.name();
        let message = (format!("`{{{{#{name}}}}}` 没有结束"), format!("`{{{{#{name}}}}}` is not closed"));
        let fault = Fault::error("report.not_closed", (frame.line, 0), message.0, message.1);
        faults.push(fault.with(format!("`{{{{/{name}}}}}`"), format!("`{{{{/{name}}}}}`")));
        if let Some(node) = frame.close() {
            add(&mut open, node);
        }
    }
    let nodes = open.pop().map(|frame| frame.nodes).unwrap_or_default();
    (Template { nodes }, faults)
}

enum Part {
    Text(String),
    Tag { inside: String, at: (u32, u32) },
}

/// Splits into text and tags; the place of a tag is that of its first character inside the braces. Comments
/// `{{! … }}` are left out.
fn split(body: &str, first_line: u32, faults: &mut Vec<Fault>) -> Vec<Part> {
    let mut parts = Vec::new();
    let (mut rest, mut line, mut column) = (body, first_line, 1_u32);
    let advance = |text: &str, line: &mut u32, column: &mut u32| {
        for character in text.chars() {
            if character == '\n' {
                (*line, *column) = (*line + 1, 1);
            } else {
                *column += 1;
            }
        }
    };
    while let Some(start) = rest.find("{{") {
        let (text, tail) = rest.split_at(start);
        advance(text, &mut line, &mut column);
        parts.push(Part::Text(text.to_owned()));
        let Some(end) = tail.find("}}") else {
            let message = ("`{{` 没有结束".to_owned(), "`{{` is not closed".to_owned());
            faults.push(Fault::error("report.not_closed", (line, column), message.0, message.1).with("`}}`", "`}}`"));
            return parts;
        };
        let inside = &tail[2..end];
        // A tag that says nothing itself takes its whole line with it when it stands alone there, as in Mustache.
        let silent = inside.starts_with(['#', '/', '!']) || inside.starts_with("else");
        let after = &tail[end + 2..];
        let alone =
            silent && line_is_blank_before(&parts) && after.split('\n').next().is_some_and(|l| l.trim().is_empty());
        if !inside.starts_with('!') {
            parts.push(Part::Tag { inside: inside.to_owned(), at: (line, column + 2) });
        }
        let used = if alone { end + 2 + after.find('\n').map_or(after.len(), |at| at + 1) } else { end + 2 };
        advance(&tail[..used], &mut line, &mut column);
        rest = &tail[used..];
    }
    parts.push(Part::Text(rest.to_owned()));
    parts
}

/// Whether nothing but blanks stands on the present line so far.
fn line_is_blank_before(parts: &[Part]) -> bool {
    for part in parts.iter().rev() {
        match part {
            Part::Tag { inside, .. } if inside.starts_with(['#', '/']) || inside.starts_with("else") => {}
            Part::Tag { .. } => return false,
            Part::Text(text) => match text.rsplit_once('\n') {
                Some((_, line)) => return line.trim().is_empty(),
                None if !text.trim().is_empty() => return false,
                None => {}
            },
        }
    }
    true
}

/// What was opened and is not yet closed.
enum Opened {
    Whole,
    If {
        arms: Vec<(Condition, Vec<Node>)>,
        when: Option<Condition>,
    },
    Each(super::template::Pick, String),
    Finding(String, Condition),
    Advice(Vec<String>),
    Note,
    /// Something that could not be read; its body is checked and thrown away.
    Bad(String),
}

impl Opened {
    fn name(&self) -> &str {
        match self {
            Self::Whole => "",
            Self::If { .. } => "if",
            Self::Each(..) => "each",
            Self::Finding(..) => "finding",
            Self::Advice(_) => "advice",
            Self::Note => "note",
            Self::Bad(name) => name,
        }
    }
}

struct Frame {
    opened: Opened,
    nodes: Vec<Node>,
    line: u32,
}

impl Frame {
    fn new(opened: Opened, line: u32) -> Self {
        Self { opened, nodes: Vec::new(), line }
    }

    /// The node that it becomes.
    fn close(self) -> Option<Node> {
        let (body, line) = (self.nodes, self.line);
        Some(match self.opened {
            Opened::Whole | Opened::Bad(_) => return None,
            Opened::If { mut arms, when: Some(when) } => {
                arms.push((when, body));
                Node::If { arms, otherwise: Vec::new(), line }
            }
            Opened::If { arms, when: None } => Node::If { arms, otherwise: body, line },
            Opened::Each(pick, separator) => Node::Each { pick, separator, body, line },
            Opened::Finding(name, when) => Node::Finding { name, when, body, line },
            Opened::Advice(on) => Node::Advice { on, body, line },
            Opened::Note => Node::Note { body },
        })
    }
}

fn add(open: &mut [Frame], node: Node) {
    if let Some(frame) = open.last_mut() {
        frame.nodes.push(node);
    }
}

/// Reads one tag: it opens, closes, goes on with another arm, or stands for itself.
fn read(tokens: Vec<Token>, at: (u32, u32), open: &mut Vec<Frame>, faults: &mut Vec<Fault>) {
    let Some(What::Word(first)) = tokens.first().map(|token| token.what.clone()) else {
        let message = ("标签要以一个词开头".to_owned(), "a tag begins with a word".to_owned());
        faults.push(
            Fault::error("report.tag", at, message.0, message.1).with("`{{figure \"…\"}}`", "`{{figure \"…\"}}`"),
        );
        return;
    };
    let mut words = tag::Words::new(&tokens[1..], at);
    if let Some(name) = first.strip_prefix('#') {
        let opened = opening(name, &mut words, faults);
        words.finish(faults);
        if open.len() > DEEPEST {
            let message = ("嵌套太深".to_owned(), "nested too deeply".to_owned());
            faults.push(Fault::error("report.too_deep", at, message.0, message.1));
        }
        open.push(Frame::new(opened, at.0));
    } else if let Some(name) = first.strip_prefix('/') {
        close(name, at, open, faults);
    } else if first == "else" {
        another_arm(&mut words, at, open, faults);
        words.finish(faults);
    } else if let Some(tag) = tag::read(&first, &mut words, faults) {
        words.finish(faults);
        add(open, Node::Tag { tag, line: at.0 });
    }
}

fn opening(name: &str, words: &mut tag::Words<'_>, faults: &mut Vec<Fault>) -> Opened {
    let opened = match name {
        "if" => condition::read(words, faults).map(|when| Opened::If { arms: Vec::new(), when: Some(when) }),
        "each" => tag::pick(words, faults).map(|pick| Opened::Each(pick, words.option("sep").unwrap_or_default())),
        "finding" => {
            let name = words.word();
            words.skip("when");
            match (name, condition::read(words, faults)) {
                (Some(name), Some(when)) => Some(Opened::Finding(name, when)),
                (None, Some(_)) => {
                    words.fault("report.finding", ("发现要有名字", "a finding has a name"), faults);
                    None
                }
                _ => None,
            }
        }
        "advice" => {
            let on: Vec<String> = std::iter::from_fn(|| words.word()).collect();
            if on.is_empty() {
                words.fault(
                    "report.advice",
                    ("建议要写明针对哪些发现", "advice names the findings that call for it"),
                    faults,
                );
            }
            Some(Opened::Advice(on))
        }
        "note" => Some(Opened::Note),
        other => {
            let known = ["if", "each", "finding", "advice", "note"];
            words.unknown("report.unknown_tag", ("标签", "tag"), other, &known, faults);
            words.drain();
            None
        }
    };
    if opened.is_none() {
        words.drain();
    }
    opened.unwrap_or_else(|| Opened::Bad(name.to_owned()))
}

fn close(name: &str, at: (u32, u32), open: &mut Vec<Frame>, faults: &mut Vec<Fault>) {
    let expected = open.last().map(|frame| frame.opened.name().to_owned()).unwrap_or_default();
    if open.len() == 1 || expected != name {
        let message = (format!("这里没有要结束的 `{name}`"), format!("there is no `{name}` to close here"));
        let fault = Fault::error("report.not_open", at, message.0, message.1);
        let help = format!("`{{{{/{expected}}}}}`");
        faults.push(if expected.is_empty() { fault } else { fault.with(help.clone(), help) });
        return;
    }
    if let Some(node) = open.pop().and_then(Frame::close) {
        add(open, node);
    }
}

/// `{{else}}` and `{{else if …}}`.
fn another_arm(words: &mut tag::Words<'_>, at: (u32, u32), open: &mut [Frame], faults: &mut Vec<Fault>) {
    let next = if words.skip("if") { condition::read(words, faults) } else { None };
    match open.last_mut() {
        Some(Frame { opened: Opened::If { arms, when }, nodes, .. }) if when.is_some() => {
            if let Some(condition) = when.take() {
                arms.push((condition, std::mem::take(nodes)));
            }
            *when = next;
        }
        Some(Frame { opened: Opened::Bad(_), .. }) => {}
        _ => {
            let message = ("`else` 前面没有 `if`".to_owned(), "there is no `if` before this `else`".to_owned());
            faults.push(Fault::error("report.else", at, message.0, message.1));
        }
    }
}
