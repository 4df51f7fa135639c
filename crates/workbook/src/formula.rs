//! Formulas (ECMA-376 Part 1, 18.17) as far as moving cells needs them: finding the references in them and nothing else.

use std::borrow::Cow;

use crate::model::Range;
use crate::refs::{MAX_COL, MAX_ROW, parse_cell, push_col};

/// One end of a reference: a cell, a whole row or a whole column, each part with its `$`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Point {
    col: Option<(bool, u32)>,
    row: Option<(bool, u32)>,
}

impl Point {
    fn parse(word: &str) -> Option<Self> {
        let dollar = |part: &str| part.contains('$');
        if let Some((row, col)) = parse_cell(word) {
            let rest = word.trim_start_matches('$');
            return Some(Self { col: Some((word.starts_with('$'), col)), row: Some((dollar(rest), row)) });
        }
        let bare = word.strip_prefix('$').unwrap_or(word);
        if let Some((_, col)) =
            parse_cell(&format!("{bare}1")).filter(|_| bare.bytes().all(|b| b.is_ascii_alphabetic()))
        {
            return Some(Self { col: Some((dollar(word), col)), row: None });
        }
        let row = bare.parse::<u32>().ok().filter(|r| (1..=MAX_ROW).contains(r))?;
        bare.bytes().all(|b| b.is_ascii_digit()).then_some(Self { col: None, row: Some((dollar(word), row - 1)) })
    }

    fn push(&self, out: &mut String) {
        if let Some((fixed, col)) = self.col {
            if fixed {
                out.push('$');
            }
            push_col(out, col);
        }
        if let Some((fixed, row)) = self.row {
            if fixed {
                out.push('$');
            }
            out.push_str(&(row + 1).to_string());
        }
    }
}

/// Where a word of a formula ends: names, numbers, references and function names, in any script.
fn word_end(text: &str) -> usize {
    text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '$' | '\\' | '?'))).unwrap_or(text.len())
}

/// The end of a piece in quotes (a doubled quote does not end it), or of a bracket.
fn quoted_end(text: &str, quote: char) -> usize {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == quote && chars.next_if(|(_, next)| *next == quote).is_none() {
            return at + c.len_utf8();
        }
    }
    text.len()
}

/// Copies a formula, handing each reference with its sheet's name (`None` where it names none) to `map`. References into
/// other workbooks are left alone.
fn map_refs(
    formula: &str,
    mut map: impl FnMut(Option<&str>, Point, Option<Point>) -> Option<(Point, Option<Point>)>,
) -> String {
    let mut out = String::with_capacity(formula.len() + 8);
    let mut rest = formula;
    let mut sheet: Option<String> = None;
    let mut external = false;
    while let Some(c) = rest.chars().next() {
        let end = match c {
            '"' => quoted_end(rest, '"'),
            '\'' => quoted_end(rest, '\''),
            '[' => rest.find(']').map_or(rest.len(), |at| at + 1),
            c if word_end(&rest[..c.len_utf8()]) > 0 => word_end(rest),
            c => c.len_utf8(),
        };
        let (word, after) = rest.split_at(end);
        if after.starts_with('!') && (c == '\'' || word_end(word) == word.len()) {
            let name = word.trim_matches('\'').replace("''", "'");
            external |= name.contains('[');
            sheet = Some(name);
            out.push_str(&rest[..=end]);
            rest = &after[1..];
            continue;
        }
        external = if c == '[' { true } else { external };
        let is_word = word_end(word) == word.len() && !after.starts_with(['(', '[']);
        let first = if is_word { Point::parse(word) } else { None };
        let second = first.and_then(|_| {
            let tail = after.strip_prefix(':')?;
            let length = word_end(tail);
            Point::parse(&tail[..length]).filter(|_| !tail[length..].starts_with(['!', '('])).map(|p| (p, length))
        });
        // A lone column or row is a name or a number.
        let first = first.filter(|p| second.is_some() || (p.col.is_some() && p.row.is_some()));
        match first {
            Some(first) if !external => {
                let used = second.map_or(end, |(_, length)| end + 1 + length);
                match map(sheet.as_deref(), first, second.map(|(p, _)| p)) {
                    Some((a, b)) => {
                        a.push(&mut out);
                        if let Some(b) = b {
                            out.push(':');
                            b.push(&mut out);
                        }
                    }
                    None => out.push_str("#REF!"),
                }
                rest = &rest[used..];
            }
            _ => {
                out.push_str(word);
                rest = after;
            }
        }
        if c != '[' {
            (sheet, external) = (None, false);
        }
    }
    out
}

/// The formula as it reads after being copied `rows` down and `cols` to the right; what leaves the sheet becomes `#REF!`.
pub(crate) fn translate(formula: &str, rows: i64, cols: i64) -> String {
    let moved = |part: Option<(bool, u32)>, by: i64, max: u32| match part {
        Some((false, n)) => {
            let n = u32::try_from(i64::from(n) + by).ok().filter(|n| *n < max)?;
            Some(Some((false, n)))
        }
        part => Some(part),
    };
    let point = |p: Point| Some(Point { col: moved(p.col, cols, MAX_COL)?, row: moved(p.row, rows, MAX_ROW)? });
    map_refs(formula, |_, a, b| {
        let b = match b {
            Some(b) => Some(point(b)?),
            None => None,
        };
        Some((point(a)?, b))
    })
}

/// Rows inserted into a sheet after the last row of a list.
#[derive(Debug, Clone)]
pub(crate) struct Shift {
    /// The sheet's name.
    pub(crate) sheet: String,
    /// First row of the list.
    pub(crate) from: u32,
    /// Last row of the list; the new rows follow it. `None` puts them before `from`, for a list without rows.
    pub(crate) last: Option<u32>,
    /// How many rows.
    pub(crate) by: u32,
}

impl Shift {
    /// Where a row is afterwards.
    pub(crate) fn row(&self, row: u32) -> u32 {
        let moves = self.last.map_or(row >= self.from, |last| row > last);
        if moves { (row + self.by).min(MAX_ROW - 1) } else { row }
    }

    /// Where the rows from `top` to `bottom` are afterwards. A span that ends with the list grows with it; `home` is the row
    /// of the cell that asks, because within the list a running total must not.
    pub(crate) fn span(&self, top: u32, bottom: u32, home: Option<u32>) -> (u32, u32) {
        let outside = |last: u32| home.is_none_or(|h| h < self.from || h > last);
        let grows = self.last.is_some_and(|last| {
            let whole = top < bottom || self.from == last;
            bottom == last && whole && outside(last)
        });
        let bottom = if grows { (bottom + self.by).min(MAX_ROW - 1) } else { self.row(bottom) };
        (self.row(top), bottom)
    }

    /// Where a rectangle is afterwards.
    pub(crate) fn range(&self, r: &Range) -> Range {
        let (top, bottom) = self.span(r.top, r.bottom, None);
        Range { top, bottom, ..*r }
    }

    /// A formula that stands on sheet `on` in row `home` (`None` for a defined name or a validation).
    pub(crate) fn formula<'a>(&self, formula: &'a str, on: Option<&str>, home: Option<u32>) -> Cow<'a, str> {
        let same =
            |name: &str| name.eq_ignore_ascii_case(&self.sheet) || name.to_lowercase() == self.sheet.to_lowercase();
        let shifted = map_refs(formula, |sheet, a, b| {
            if !sheet.or(on).is_some_and(same) {
                return Some((a, b));
            }
            let home = home.filter(|_| on.is_some_and(same));
            let at = |p: Point, row: u32| Point { row: p.row.map(|(fixed, _)| (fixed, row)), ..p };
            Some(match (a.row, b.and_then(|b| Some((b, b.row?)))) {
                (Some((_, top)), Some((b, (_, bottom)))) => {
                    let (low, high) = self.span(top.min(bottom), top.max(bottom), home);
                    let (first, second) = if top <= bottom { (low, high) } else { (high, low) };
                    (at(a, first), Some(at(b, second)))
                }
                (Some((_, row)), None) => (at(a, self.row(row)), b),
                _ => (a, b),
            })
        });
        if shifted == formula { Cow::Borrowed(formula) } else { Cow::Owned(shifted) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shift() -> Shift {
        // Rows 5 to 9 on the sheet are the list; three rows are added.
        Shift { sheet: "明细".into(), from: 4, last: Some(8), by: 3 }
    }

    #[test]
    fn references_follow_the_rows_that_move() {
        let home = Some(9);
        for (before, after) in [
            ("SUM(C5:C9)", "SUM(C5:C12)"),
            ("SUM($C$5:$C$9)", "SUM($C$5:$C$12)"),
            ("C10/D11*2", "C13/D14*2"),
            ("A1+C9", "A1+C9"),
            ("SUM(C5:C7)", "SUM(C5:C7)"),
            ("SUM(5:9)", "SUM(5:12)"),
            ("SUM(C:C)", "SUM(C:C)"),
            ("SUM(A4:C20)", "SUM(A4:C23)"),
            ("IF(A10=\"C10\",明细!B10,其他!B10)", "IF(A13=\"C10\",明细!B13,其他!B10)"),
            ("'明细'!A10&'a''b'!A10", "'明细'!A13&'a''b'!A10"),
            ("[1]明细!A10+'[x.xlsx]明细'!A10", "[1]明细!A10+'[x.xlsx]明细'!A10"),
            ("LOG10(A10)+表1[金额]+T10_x+1.5E10", "LOG10(A13)+表1[金额]+T10_x+1.5E10"),
        ] {
            assert_eq!(shift().formula(before, Some("明细"), home), after, "{before}");
        }
    }

    #[test]
    fn a_running_total_inside_the_list_does_not_grow() {
        assert_eq!(shift().formula("SUM(C$5:C9)", Some("明细"), Some(8)), "SUM(C$5:C9)");
        assert_eq!(shift().formula("SUM(C9:F9)", Some("明细"), Some(8)), "SUM(C9:F9)");
        assert_eq!(shift().formula("SUM(C9:F9)", Some("明细"), Some(9)), "SUM(C9:F9)");
    }

    #[test]
    fn a_list_of_one_row_grows_its_total() {
        let one = Shift { from: 4, last: Some(4), ..shift() };
        assert_eq!(one.formula("SUM(C5:C5)", Some("明细"), Some(5)), "SUM(C5:C8)");
        assert_eq!(one.formula("SUM(C5:F5)", Some("明细"), Some(4)), "SUM(C5:F5)");
    }

    #[test]
    fn another_sheets_formula_moves_only_where_it_names_the_sheet() {
        assert_eq!(shift().formula("SUM(明细!C5:C9)+C10", Some("汇总"), Some(8)), "SUM(明细!C5:C12)+C10");
    }

    #[test]
    fn copying_a_formula_moves_what_is_not_fixed() {
        assert_eq!(translate("SUM(C5:F5)*$A$1+B$2", 3, 0), "SUM(C8:F8)*$A$1+B$2");
        assert_eq!(translate("A1", -1, 0), "#REF!");
    }
}
