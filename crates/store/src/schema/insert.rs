//! `INSERT` of one or many rows, each text made once.

use std::sync::OnceLock;

use crate::sql::insert_text;

/// An `INSERT` into one table; rows that are there stay as they are.
pub(crate) struct Insert {
    table: String,
    /// Quoted, with commas.
    columns: String,
    pub(crate) width: usize,
    /// Texts for 1, 2, 4… rows, each written when it is first needed.
    texts: [OnceLock<String>; 10],
    /// Most rows of one statement.
    most: usize,
}

impl Insert {
    /// Into `table`, at most `most` rows by one statement.
    pub(crate) fn new(table: &str, columns: &str, width: usize, most: usize) -> Self {
        Self { table: table.to_owned(), columns: columns.to_owned(), width, texts: Default::default(), most }
    }

    /// For a power of two of rows, at most 512.
    pub(crate) fn text(&self, rows: usize) -> &str {
        let insert = || insert_text(&self.table, &self.columns, self.width, rows) + " ON CONFLICT DO NOTHING";
        self.texts[rows.ilog2() as usize].get_or_init(insert)
    }

    /// How many of `left` rows the next statement takes: powers of two, so that few statements serve all lengths.
    pub(crate) fn step(&self, left: usize, max_params: usize) -> usize {
        let most = (max_params / self.width).clamp(1, self.most).min(512);
        1 << left.min(most).ilog2()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_powers_of_two_within_the_parameters() {
        let insert = Insert::new("t", "a, b", 2, 64);
        assert_eq!([1, 3, 70, 1000].map(|left| insert.step(left, 60_000)), [1, 2, 64, 64]);
        assert_eq!(insert.step(1000, 20), 8);
        assert!(insert.text(2).ends_with("($3,$4) ON CONFLICT DO NOTHING"));
    }
}
