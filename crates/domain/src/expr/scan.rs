//! A look over the text before the parser: its size and depth (the generated parser is recursive), characters that
//! cannot stand outside quotes, and `has(`.

use super::error::{ExprError, Problem, place};

/// Longest expression in bytes.
const MAX_LENGTH: usize = 4096;
/// Deepest nesting of brackets and ternaries.
const MAX_DEPTH: usize = 24;

/// The text for the parser, with `has(` spelled `Has(`: CEL's own macro takes only `a.b`, ours takes a plain field too.
/// The length stays the same, so places do.
pub(super) fn prepare(source: &str) -> Result<String, Vec<ExprError>> {
    let at = |offset: usize, problem: Problem| {
        let (line, column) = place(source, offset);
        vec![ExprError { line, column, code: problem.code, message: problem.message }]
    };
    if source.trim().is_empty() {
        return Err(at(0, Problem::new("expr.empty", "表达式是空的", "the expression is empty")));
    }
    if source.len() > MAX_LENGTH {
        let problem = Problem::new(
            "expr.too_long",
            format!("表达式超过 {MAX_LENGTH} 字节，请拆成几个"),
            format!("longer than {MAX_LENGTH} bytes; split it"),
        );
        return Err(at(0, problem));
    }
    let mut prepared = source.to_owned();
    let (mut depth, mut ternaries) = (0usize, 0usize);
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let offset = source.len() - rest.len();
        let step = match c {
            '"' | '\'' => string_length(rest, source[..offset].ends_with(['r', 'R'])),
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            c if c.is_ascii_alphabetic() || c == '_' => {
                let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                let called = rest[length..].trim_start().starts_with('(');
                if &rest[..length] == "has" && called && !source[..offset].trim_end().ends_with('.') {
                    prepared.replace_range(offset..offset + 1, "H");
                }
                length
            }
            c => {
                match c {
                    '(' | '[' | '{' => depth += 1,
                    ')' | ']' | '}' => depth = depth.saturating_sub(1),
                    '?' => ternaries += 1,
                    _ => {}
                }
                if depth > MAX_DEPTH || ternaries > MAX_DEPTH {
                    return Err(at(offset, too_deep()));
                }
                if !c.is_ascii() && !c.is_whitespace() {
                    return Err(at(offset, not_ascii(c)));
                }
                c.len_utf8()
            }
        };
        rest = rest.get(step.max(1)..).unwrap_or_default();
    }
    Ok(prepared)
}

pub(super) fn too_deep() -> Problem {
    Problem::new(
        "expr.too_deep",
        format!("括号或条件嵌套超过 {MAX_DEPTH} 层，请拆成几个"),
        format!("nested more than {MAX_DEPTH} deep; split it"),
    )
}

pub(super) const fn max_depth() -> usize {
    MAX_DEPTH
}

fn not_ascii(c: char) -> Problem {
    let folded = crate::check::fold_width(&c.to_string());
    let instead = match c {
        '“' | '”' | '「' | '」' => "\"",
        '‘' | '’' => "'",
        '，' | '、' => ",",
        '。' => ".",
        '≥' => ">=",
        '≤' => "<=",
        '≠' => "!=",
        _ if folded.is_ascii() => &folded,
        _ => {
            return Problem::new(
                "expr.character",
                format!("引号外不能有“{c}”；字段名用英文标识，文字要加引号"),
                format!("\"{c}\" cannot stand outside quotes; fields have English names, texts need quotes"),
            );
        }
    };
    Problem::new(
        "expr.character",
        format!("“{c}”是全角或中文符号，请改为 {instead}"),
        format!("\"{c}\" is a full-width or Chinese sign; write {instead}"),
    )
}

/// Bytes of the string literal that begins here; to the end when it is never closed (the parser reports that).
fn string_length(rest: &str, raw: bool) -> usize {
    let quote = &rest[..1];
    let triple = quote.repeat(3);
    let mark = if rest.starts_with(&triple) { triple.as_str() } else { quote };
    let mut at = mark.len();
    while let Some(tail) = rest.get(at..) {
        let Some(c) = tail.chars().next() else { break };
        if tail.starts_with(mark) {
            return at + mark.len();
        }
        at += c.len_utf8();
        if c == '\\' && !raw {
            at += tail.chars().nth(1).map_or(0, char::len_utf8);
        }
    }
    rest.len()
}
