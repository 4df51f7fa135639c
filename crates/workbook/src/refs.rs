//! `B5` and `A1:C9`: turning places into names and back (ECMA-376 Part 1, 18.18.62).

use crate::model::Range;

/// Rows a sheet can have.
pub(crate) const MAX_ROW: u32 = 1_048_576;
/// Columns a sheet can have.
pub(crate) const MAX_COL: u32 = 16_384;

/// The name of a column counted from 0: `A`, `Z`, `AA`.
pub(crate) fn col_name(col: u32) -> String {
    let mut name = String::new();
    push_col(&mut name, col);
    name
}

/// Appends the name of a column; used in the inner loop of the writers.
pub(crate) fn push_col(out: &mut String, col: u32) {
    let mut letters = [0_u8; 7];
    let mut at = letters.len();
    let mut n = u64::from(col) + 1;
    while n > 0 {
        n -= 1;
        at -= 1;
        letters[at] = b'A' + (n % 26) as u8;
        n /= 26;
    }
    out.extend(letters[at..].iter().map(|b| char::from(*b)));
}

/// The name of a cell counted from 0: `cell_name(4, 1)` is `B5`.
pub fn cell_name(row: u32, col: u32) -> String {
    let mut name = col_name(col);
    name.push_str(&(u64::from(row) + 1).to_string());
    name
}

/// Reads `B5` or `$B$5` into (row, column) from 0; `None` outside a sheet's bounds.
pub(crate) fn parse_cell(name: &str) -> Option<(u32, u32)> {
    let bytes = name.as_bytes();
    let mut at = usize::from(bytes.first() == Some(&b'$'));
    let mut col: u32 = 0;
    let letters_from = at;
    while let Some(b) = bytes.get(at).filter(|b| b.is_ascii_alphabetic()) {
        if at - letters_from == 3 {
            return None;
        }
        col = col * 26 + u32::from(b.to_ascii_uppercase() - b'A') + 1;
        at += 1;
    }
    at += usize::from(bytes.get(at) == Some(&b'$'));
    let digits = name.get(at..)?;
    if digits.is_empty() || digits.len() > 7 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let row: u32 = digits.parse().ok()?;
    let inside = (1..=MAX_COL).contains(&col) && (1..=MAX_ROW).contains(&row);
    inside.then(|| (row - 1, col - 1))
}

/// Reads `A1:C9` or `A1`.
pub(crate) fn parse_range(name: &str) -> Option<Range> {
    let (from, to) = name.split_once(':').unwrap_or((name, name));
    let (r1, c1) = parse_cell(from)?;
    let (r2, c2) = parse_cell(to)?;
    Some(Range { top: r1.min(r2), left: c1.min(c2), bottom: r1.max(r2), right: c1.max(c2) })
}

/// The name of a rectangle, `A1` when it is one cell.
pub(crate) fn range_name(r: &Range) -> String {
    let from = cell_name(r.top, r.left);
    if r.top == r.bottom && r.left == r.right { from } else { format!("{from}:{}", cell_name(r.bottom, r.right)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_places_agree() {
        for (row, col, name) in [
            (0, 0, "A1"),
            (4, 1, "B5"),
            (9, 26, "AA10"),
            (0, 701, "ZZ1"),
            (0, 702, "AAA1"),
            (1_048_575, 16_383, "XFD1048576"),
        ] {
            assert_eq!(cell_name(row, col), name);
            assert_eq!(parse_cell(name), Some((row, col)));
        }
    }

    #[test]
    fn what_is_not_a_place_is_refused() {
        for bad in ["", "A", "5", "A0", "XFE1", "A1048577", "AAAA1", "A1B", "€1", "A99999999999"] {
            assert_eq!(parse_cell(bad), None, "{bad}");
        }
    }
}
