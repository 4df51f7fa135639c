//! The small lexer that tells a formula from a text, as the reference compiler does.

/// What a piece of an expression is; only the kinds that decisions are made on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `+`, `-`, `*`, ` div `, ` mod `.
    Math,
    /// `|`.
    Union,
    /// `)`.
    Close,
    /// `/`.
    Slash,
    /// A quoted text.
    Literal,
    /// White space.
    Space,
    /// `${name}`.
    Reference,
    /// A name and `(`.
    Call,
    /// A name and `[`.
    PredicateStart,
    /// `]`.
    PredicateEnd,
    /// Anything else.
    Other,
}

/// One piece, with its place in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Whether a character may begin an NCName (XML Names, as ODK tools read it).
fn starts_name(c: char) -> bool {
    matches!(c, 'A'..='Z' | '_' | 'a'..='z')
        || (c >= '\u{c0}'
            && matches!(c,
                '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}' | '\u{370}'..='\u{37d}'
                | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}'
                | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}'
                | '\u{10000}'..='\u{effff}'))
}

/// Whether a character may follow in an NCName.
fn continues_name(c: char) -> bool {
    starts_name(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

/// Bytes of the NCName at the beginning of a text, 0 when there is none.
pub(super) fn name_len(text: &str) -> usize {
    let mut chars = text.char_indices();
    if !chars.next().is_some_and(|(_, c)| starts_name(c)) {
        return 0;
    }
    chars.find(|(_, c)| !continues_name(*c)).map_or(text.len(), |(at, _)| at)
}

/// Bytes of a name with an optional prefix, `jr:itext`.
fn prefixed_name_len(text: &str) -> usize {
    let first = name_len(text);
    if first == 0 {
        return 0;
    }
    match text[first..].strip_prefix(':').map(name_len) {
        Some(second) if second > 0 => first + 1 + second,
        _ => first,
    }
}

/// Whether a text is the name of an XML element, with or without a prefix.
pub(super) fn is_element_name(text: &str) -> bool {
    !text.is_empty() && prefixed_name_len(text) == text.len()
}

/// Bytes of a `${name}` or `${last-saved#name}` at the beginning of a text.
pub(super) fn reference_len(text: &str) -> Option<usize> {
    let inner = text.strip_prefix("${")?;
    let last_saved = inner.strip_prefix("last-saved#").filter(|rest| name_len(rest) > 0);
    let name = last_saved.unwrap_or(inner);
    let len = name_len(name);
    let end = text.len() - name.len() + len;
    (len > 0 && text[end..].starts_with('}')).then_some(end + 1)
}

fn digits(bytes: &[u8], at: usize) -> usize {
    bytes[at.min(bytes.len())..].iter().take_while(|b| b.is_ascii_digit()).count()
}

/// Bytes of a date, a time or a number at the beginning of a text.
fn number_len(text: &str) -> usize {
    let bytes = text.as_bytes();
    let sign = usize::from(bytes.first() == Some(&b'-'));
    let whole = digits(bytes, sign);
    if whole == 4
        && bytes.get(sign + 4) == Some(&b'-')
        && digits(bytes, sign + 5) == 2
        && bytes.get(sign + 7) == Some(&b'-')
        && digits(bytes, sign + 8) >= 2
    {
        return sign + 10;
    }
    if sign == 0
        && whole == 2
        && bytes.get(2) == Some(&b':')
        && digits(bytes, 3) == 2
        && bytes.get(5) == Some(&b':')
        && digits(bytes, 6) >= 2
    {
        return 8;
    }
    let after = sign + whole;
    if whole > 0 {
        return if bytes.get(after) == Some(&b'.') { after + 1 + digits(bytes, after + 1) } else { after };
    }
    let fraction = if bytes.get(after) == Some(&b'.') { digits(bytes, after + 1) } else { 0 };
    if fraction > 0 { after + 1 + fraction } else { 0 }
}

/// The piece at the beginning of a text, in the reference compiler's order of preference.
fn next(text: &str) -> (Kind, usize) {
    let number = number_len(text);
    if number > 0 {
        return (Kind::Other, number);
    }
    if text.starts_with(['*', '+', '-']) {
        return (Kind::Math, 1);
    }
    for word in [" mod ", " div "] {
        if text.starts_with(word) {
            return (Kind::Math, 5);
        }
    }
    for (word, kind) in [(" and ", Kind::Other), (" or ", Kind::Other), ("!=", Kind::Other)] {
        if text.starts_with(word) {
            return (kind, word.len());
        }
    }
    let Some(first) = text.chars().next() else { return (Kind::Other, 0) };
    match first {
        '|' => (Kind::Union, 1),
        ')' => (Kind::Close, 1),
        '/' => (Kind::Slash, 1),
        ']' => (Kind::PredicateEnd, 1),
        '"' | '\'' => match text[1..].find(first) {
            Some(len) => (Kind::Literal, len + 2),
            None => (Kind::Other, 1),
        },
        c if c.is_whitespace() => (Kind::Space, text.find(|c: char| !c.is_whitespace()).unwrap_or(text.len())),
        '$' => reference_len(text).map_or((Kind::Other, 1), |len| (Kind::Reference, len)),
        c if starts_name(c) => {
            let len = prefixed_name_len(text);
            match text.as_bytes().get(len) {
                Some(b'(') => (Kind::Call, len + 1),
                Some(b'[') => (Kind::PredicateStart, len + 1),
                _ => (Kind::Other, len),
            }
        }
        c => (Kind::Other, c.len_utf8()),
    }
}

/// The pieces of an expression.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = Token> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let (kind, len) = next(&text[start..]);
        let token = Token { kind, start, end: start + len };
        start += len;
        (len > 0).then_some(token)
    })
}

/// Whether a default must be computed: it has an operator, a call or a reference. A hyphen in a date or a place is none.
pub(super) fn is_dynamic(default: &str, question_type: &str) -> bool {
    let hyphens = matches!(question_type, "date" | "dateTime" | "geopoint" | "geotrace" | "geoshape");
    for token in tokens(default) {
        match token.kind {
            Kind::Math if hyphens && &default[token.start..token.end] == "-" => return false,
            Kind::Math | Kind::Union | Kind::Reference | Kind::Call => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_an_xml_name() {
        for good in ["a", "_a1", "姓名", "a-b.c", "orx:meta", "été"] {
            assert!(is_element_name(good), "{good}");
        }
        for bad in ["", "1a", "a b", "-a", "a:", ":a", "a:b:c", "问 题", "（甲）a b"] {
            assert!(!is_element_name(bad), "{bad}");
        }
    }

    #[test]
    fn a_default_with_an_operator_call_or_reference_is_dynamic() {
        for dynamic in ["today()", "1 + 2", "${a}", "a | b", "if(a, b, c)", "1 div 2", "-a"] {
            assert!(is_dynamic(dynamic, "text"), "{dynamic}");
        }
        for fixed in
            ["hello", "hello-world", "2024-05-03", "-1", "3.5", "a b", "'a+b'", "$a", "(x)", "12:30:00", "a and b"]
        {
            assert!(!is_dynamic(fixed, "text"), "{fixed}");
        }
        assert!(is_dynamic("a - b", "text"));
        assert!(!is_dynamic("2024 - 05", "date"));
    }

    #[test]
    fn every_byte_is_in_one_token() {
        let text = "if(${a} >= 3, instance('x')/root/item[name = 'é']/label, \"中文\") 12:00:00";
        let mut at = 0;
        for token in tokens(text) {
            assert_eq!(token.start, at);
            at = token.end;
        }
        assert_eq!(at, text.len());
    }
}
