//! List queries and typed expressions as SQL.

pub(crate) mod expr;
pub(crate) mod filter;
pub(crate) mod order;

use crate::dialect::{Dialect, Val, quoted};

/// Text of a statement with its parameters, `$1` onwards.
#[derive(Debug, Clone)]
pub(crate) struct Sql {
    pub(crate) text: String,
    pub(crate) params: Vec<Val>,
    pub(crate) dialect: Dialect,
}

impl Sql {
    pub(crate) fn new(dialect: Dialect, text: impl Into<String>) -> Self {
        Self { text: text.into(), params: Vec::new(), dialect }
    }

    /// Appends text.
    pub(crate) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds a parameter and returns its name.
    pub(crate) fn param(&mut self, value: Val) -> String {
        self.params.push(value);
        // SQLite numbers `$n` by first occurrence, which need not be the order the parameters were made in.
        let mark = if self.dialect.is_sqlite() { '?' } else { '$' };
        format!("{mark}{}", self.params.len())
    }

    /// Appends a parameter.
    pub(crate) fn bind(&mut self, value: Val) -> &mut Self {
        let name = self.param(value);
        self.push(&name)
    }

    /// Appends parameters with commas.
    pub(crate) fn bind_all(&mut self, values: impl IntoIterator<Item = Val>) -> &mut Self {
        for (at, value) in values.into_iter().enumerate() {
            if at > 0 {
                self.push(", ");
            }
            self.bind(value);
        }
        self
    }
}

/// `INSERT INTO table (columns) VALUES (…), …` for so many rows.
pub(crate) fn insert_text(table: &str, columns: &str, width: usize, rows: usize) -> String {
    let mut text = format!("INSERT INTO {} ({columns}) VALUES ", quoted(table));
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for at in 0..width {
            if at > 0 {
                text.push(',');
            }
            text.push('$');
            text.push_str(&(row * width + at + 1).to_string());
        }
        text.push(')');
    }
    text
}

/// The least text greater than every text that begins with `prefix`, by bytes; `None` when there is none.
pub(crate) fn after_prefix(prefix: &str) -> Option<String> {
    let mut letters: Vec<char> = prefix.chars().collect();
    while let Some(last) = letters.pop() {
        let next = match last {
            '\u{d7ff}' => Some('\u{e000}'),
            _ => char::from_u32(last as u32 + 1),
        };
        if let Some(next) = next {
            letters.push(next);
            return Some(letters.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_prefix_is_the_next_letter() {
        assert_eq!(after_prefix("张").as_deref(), Some("弡"));
        assert_eq!(after_prefix("az").as_deref(), Some("a{"));
        assert_eq!(after_prefix("a\u{10ffff}").as_deref(), Some("b"));
        assert_eq!(after_prefix(""), None);
    }

    #[test]
    fn rows_number_their_parameters_onwards() {
        assert_eq!(insert_text("t", "a, b", 2, 2), "INSERT INTO \"t\" (a, b) VALUES ($1,$2), ($3,$4)");
    }
}
