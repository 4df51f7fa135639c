//! Words of a tag.

/// A word of a tag with its column within the tag, in characters from 0.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) what: What,
    pub(super) column: u32,
}

/// What a word is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    /// A bare word.
    Word(String),
    /// A text in quotes: an indicator.
    Quoted(String),
    /// A number.
    Number(f64),
    /// `key=value`.
    Option(String, String),
    /// `(`
    Open,
    /// `)`
    Close,
}

/// Splits the inside of a tag. An unclosed quotation is an error at its column.
pub(super) fn lex(text: &str) -> Result<Vec<Token>, u32> {
    let characters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&character) = characters.get(at) {
        let start = at;
        let column = u32::try_from(start).unwrap_or(u32::MAX);
        let what = match character {
            c if c.is_whitespace() => {
                at += 1;
                continue;
            }
            '(' | ')' => {
                at += 1;
                if character == '(' { What::Open } else { What::Close }
            }
            '"' => What::Quoted(quoted(&characters, &mut at).ok_or(column)?),
            _ => word(&characters, &mut at).ok_or(column)?,
        };
        tokens.push(Token { what, column });
    }
    Ok(tokens)
}

/// The text between the quotation mark at `at` and the next.
fn quoted(characters: &[char], at: &mut usize) -> Option<String> {
    let rest = characters.get(*at + 1..)?;
    let length = rest.iter().position(|c| *c == '"')?;
    *at += length + 2;
    Some(rest[..length].iter().collect())
}

fn word(characters: &[char], at: &mut usize) -> Option<What> {
    let mut text = String::new();
    while let Some(&character) = characters.get(*at) {
        if character.is_whitespace() || matches!(character, '(' | ')' | '"') {
            break;
        }
        *at += 1;
        if character == '=' {
            let value = match characters.get(*at) {
                Some('"') => quoted(characters, at)?,
                _ => match word(characters, at)? {
                    What::Word(value) => value,
                    What::Number(_) | What::Option(..) | What::Quoted(_) | What::Open | What::Close => {
                        let from = characters[..*at].iter().rposition(|c| *c == '=').map_or(0, |at| at + 1);
                        characters[from..*at].iter().collect()
                    }
                },
            };
            return Some(What::Option(text, value));
        }
        text.push(character);
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && text.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
            Some(What::Number(number))
        }
        _ => Some(What::Word(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_words_names_numbers_and_options() {
        let tokens = lex(r#"chart areas "a/b" limit=12 caption="各 社区" (3 -1.5)"#).unwrap();
        let seen: Vec<What> = tokens.iter().map(|token| token.what.clone()).collect();
        let word = |text: &str| What::Word(text.to_owned());
        let option = |key: &str, value: &str| What::Option(key.to_owned(), value.to_owned());
        let expected = vec![
            word("chart"),
            word("areas"),
            What::Quoted("a/b".to_owned()),
            option("limit", "12"),
            option("caption", "各 社区"),
            What::Open,
            What::Number(3.0),
            What::Number(-1.5),
            What::Close,
        ];
        assert_eq!(seen, expected);
        assert_eq!(tokens[2].column, 12);
        assert_eq!(lex("figure \"a/b"), Err(7));
    }
}
