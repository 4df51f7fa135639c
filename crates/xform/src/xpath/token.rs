//! Text → tokens, with the rule of XPath 1.0 §3.7 for `*` and the names of operators.

use super::error::XPathError;

/// One token; names and texts are read from its span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tok {
    Number,
    Literal,
    /// A name, perhaps `prefix:name`.
    Name,
    /// `prefix:*`
    PrefixStar,
    /// A name before `(` that is a function.
    Function,
    /// `node`, `text`, `comment`, `processing-instruction` before `(`.
    NodeType,
    /// A name before `::`.
    Axis,
    Star,
    Dot,
    DotDot,
    At,
    Comma,
    Open,
    Close,
    OpenBracket,
    CloseBracket,
    ColonColon,
    Slash,
    SlashSlash,
    Pipe,
    Plus,
    Minus,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    And,
    Or,
    Mod,
    Div,
    Times,
    End,
}

impl Tok {
    /// Whether a name or `*` after this token must be an operator.
    fn ends_operand(self) -> bool {
        matches!(
            self,
            Self::Number
                | Self::Literal
                | Self::Name
                | Self::PrefixStar
                | Self::Star
                | Self::Dot
                | Self::DotDot
                | Self::Close
                | Self::CloseBracket
        )
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub tok: Tok,
    pub start: u32,
    pub end: u32,
}

impl Token {
    pub fn span(self) -> (u32, u32) {
        (self.start, self.end)
    }

    pub fn text(self, source: &str) -> &str {
        &source[self.start as usize..self.end as usize]
    }
}

pub(super) fn tokens(source: &str) -> Result<Vec<Token>, XPathError> {
    let mut scan = Scan { source, at: 0, out: Vec::with_capacity(source.len() / 3 + 2) };
    while scan.skip_space() {
        scan.one()?;
    }
    let end = source.len() as u32;
    scan.out.push(Token { tok: Tok::End, start: end, end });
    Ok(scan.out)
}

struct Scan<'a> {
    source: &'a str,
    at: usize,
    out: Vec<Token>,
}

fn name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn name_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '\u{B7}') || ('\u{300}'..='\u{36F}').contains(&c)
}

impl<'a> Scan<'a> {
    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    /// Whether anything is left behind blanks (Excel's no-break space counts as one).
    fn skip_space(&mut self) -> bool {
        let trimmed = self.rest().trim_start();
        self.at = self.source.len() - trimmed.len();
        !trimmed.is_empty()
    }

    fn push(&mut self, tok: Tok, len: usize) {
        let (start, end) = (self.at as u32, (self.at + len) as u32);
        self.out.push(Token { tok, start, end });
        self.at += len;
    }

    fn one(&mut self) -> Result<(), XPathError> {
        let rest = self.rest();
        let mut chars = rest.chars();
        let (Some(c), second) = (chars.next(), chars.next()) else { return Ok(()) };
        let after_operand = self.out.last().is_some_and(|t| t.tok.ends_operand());
        let (tok, len) = match (c, second) {
            ('.', Some('.')) => (Tok::DotDot, 2),
            ('.', Some('0'..='9')) | ('0'..='9', _) => (Tok::Number, number_len(rest)),
            ('.', _) => (Tok::Dot, 1),
            ('/', Some('/')) => (Tok::SlashSlash, 2),
            ('/', _) => (Tok::Slash, 1),
            ('!', Some('=')) => (Tok::NotEqual, 2),
            ('<', Some('=')) => (Tok::LessEqual, 2),
            ('<', _) => (Tok::Less, 1),
            ('>', Some('=')) => (Tok::GreaterEqual, 2),
            ('>', _) => (Tok::Greater, 1),
            ('=', _) => (Tok::Equal, 1),
            ('(', _) => (Tok::Open, 1),
            (')', _) => (Tok::Close, 1),
            ('[', _) => (Tok::OpenBracket, 1),
            (']', _) => (Tok::CloseBracket, 1),
            ('@', _) => (Tok::At, 1),
            (',', _) => (Tok::Comma, 1),
            ('|', _) => (Tok::Pipe, 1),
            ('+', _) => (Tok::Plus, 1),
            ('-', _) => (Tok::Minus, 1),
            (':', Some(':')) => (Tok::ColonColon, 2),
            ('*', _) if after_operand => (Tok::Times, 1),
            ('*', _) => (Tok::Star, 1),
            ('"' | '\'', _) => return self.literal(c),
            (c, _) if name_start(c) => return self.name(after_operand),
            _ => return Err(self.unexpected(c)),
        };
        self.push(tok, len);
        Ok(())
    }

    fn literal(&mut self, quote: char) -> Result<(), XPathError> {
        match self.rest()[1..].find(quote) {
            Some(len) => {
                self.push(Tok::Literal, len + 2);
                Ok(())
            }
            None => Err(self.error(
                "xpath.unclosed_literal",
                1,
                format!("引号 {quote} 没有配对的另一半"),
                format!("the quote {quote} is not closed"),
            )),
        }
    }

    fn name(&mut self, after_operand: bool) -> Result<(), XPathError> {
        let rest = self.rest();
        let mut len = ncname_len(rest);
        if after_operand {
            let operator = match &rest[..len] {
                "and" => Tok::And,
                "or" => Tok::Or,
                "mod" => Tok::Mod,
                "div" => Tok::Div,
                word => {
                    return Err(self.error(
                        "xpath.expected_operator",
                        len,
                        format!("“{word}”前缺少运算符，例如 and、=、+"),
                        format!("an operator such as and, = or + is missing before \"{word}\""),
                    ));
                }
            };
            self.push(operator, len);
            return Ok(());
        }
        if rest[len..].starts_with(":*") {
            self.push(Tok::PrefixStar, len + 2);
            return Ok(());
        }
        if rest[len..].starts_with(':') && rest[len + 1..].starts_with(name_start) {
            len += 1 + ncname_len(&rest[len + 1..]);
        }
        let behind = rest[len..].trim_start();
        let tok = if behind.starts_with("::") {
            Tok::Axis
        } else if behind.starts_with('(') {
            match &rest[..len] {
                "node" | "text" | "comment" | "processing-instruction" => Tok::NodeType,
                _ => Tok::Function,
            }
        } else {
            Tok::Name
        };
        self.push(tok, len);
        Ok(())
    }

    fn unexpected(&self, c: char) -> XPathError {
        let (zh, en) = match c {
            '$' => (
                "这里不能用 $；引用其他问题请写路径".to_owned(),
                "variables ($) are not supported; write the question's path".to_owned(),
            ),
            '“' | '”' | '‘' | '’' => {
                (format!("请把中文引号 {c} 改成英文引号"), format!("use a straight quote instead of {c}"))
            }
            '（' | '）' | '，' | '＝' | '＞' | '＜' => {
                (format!("请把全角符号 {c} 改成半角"), format!("use the half-width form of {c}"))
            }
            _ => (format!("不认识的字符 {c}"), format!("unexpected character {c}")),
        };
        self.error(if c == '$' { "xpath.variable" } else { "xpath.character" }, c.len_utf8(), zh, en)
    }

    fn error(&self, code: &'static str, len: usize, zh: String, en: String) -> XPathError {
        XPathError::new(code, self.source, (self.at as u32, (self.at + len) as u32), zh, en)
    }
}

fn number_len(rest: &str) -> usize {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(rest);
    // `1..` does not occur; a dot behind digits belongs to the number.
    if rest[whole..].starts_with('.') && !rest[whole..].starts_with("..") {
        return whole + 1 + digits(&rest[whole + 1..]);
    }
    whole
}

fn ncname_len(rest: &str) -> usize {
    rest.find(|c| !name_char(c)).unwrap_or(rest.len())
}
