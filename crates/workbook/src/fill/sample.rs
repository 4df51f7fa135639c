//! The row whose looks every inserted row has.

use super::row::{CellSpan, Change, SharedFormulas, Writer, move_row, push_change};
use super::tokens::{Token, drop_attr, get_attr, set_attr, tokens, unescape};
use crate::error::BookError;
use crate::formula::{Shift, translate};
use crate::refs::{cell_name, parse_cell};
use crate::xml::escaped;

/// A sample row taken apart once, because thousands of rows may be made from it.
pub(super) struct Sample {
    row: u32,
    head: String,
    cells: Vec<SampleCell>,
}

struct SampleCell {
    col: u32,
    style: Option<String>,
    formula: Option<String>,
}

impl Sample {
    /// Takes a row apart: its height, its cells' styles and its formulas, no values. `shift` is what the insertion does to
    /// formulas. An array formula belongs to the cells it was entered into and is left out.
    pub(super) fn read(
        writer: &Writer<'_>,
        xml: &str,
        row: u32,
        shift: (&Shift, &str),
        shared: &SharedFormulas,
    ) -> Result<Self, BookError> {
        let moved = move_row(writer, xml, (row, row), Some(shift), shared)?;
        let mut sample = Self { row, head: String::new(), cells: Vec::new() };
        let mut is_own_formula = false;
        tokens(writer.part, &moved, |token, _| {
            match token {
                Token::Start { name: "row", raw, .. } => {
                    let head = drop_attr(&drop_attr(raw, "hidden"), "spans");
                    sample.head = head.strip_suffix("/>").map_or(head.clone(), |open| format!("{}>", open.trim_end()));
                }
                Token::Start { name: "c", raw, .. } => {
                    let named = get_attr(raw, "r").and_then(|r| parse_cell(&r)).map(|(_, col)| col);
                    let col = named.unwrap_or_else(|| sample.cells.last().map_or(0, |c| c.col + 1));
                    sample.cells.push(SampleCell { col, style: get_attr(raw, "s"), formula: None });
                }
                Token::Start { name: "f", raw, empty: false } => {
                    is_own_formula = get_attr(raw, "t").is_none_or(|t| t == "normal");
                }
                Token::Text { parent: "f", raw } if is_own_formula => {
                    if let Some(cell) = sample.cells.last_mut() {
                        cell.formula = Some(unescape(writer.part, raw)?);
                    }
                }
                _ => {}
            }
            Ok(())
        })?;
        sample.cells.sort_by_key(|c| c.col);
        Ok(sample)
    }

    /// Adds the row that stands at `to`, with changes ordered by column.
    pub(super) fn push_row(&self, out: &mut String, writer: &Writer<'_>, to: u32, changes: &[(u32, Change<'_>)]) {
        out.push_str(&set_attr(&self.head, "r", &(to + 1).to_string()));
        let row_style = get_attr(&self.head, "s").filter(|_| get_attr(&self.head, "customFormat").is_some());
        let mut changes = changes.iter().peekable();
        for cell in &self.cells {
            while let Some((col, change)) = changes.next_if(|(col, _)| *col < cell.col) {
                push_change(out, writer, (to, *col), None, row_style.as_deref(), change);
            }
            match changes.next_if(|(col, _)| *col == cell.col) {
                Some((col, change)) => {
                    let span = CellSpan { col: *col, raw: "", style: cell.style.clone() };
                    push_change(out, writer, (to, *col), Some(&span), None, change);
                }
                None => self.push_cell(out, writer, to, cell),
            }
        }
        for (col, change) in changes {
            push_change(out, writer, (to, *col), None, row_style.as_deref(), change);
        }
        out.push_str(&format!("</{}row>", writer.prefix));
    }

    fn push_cell(&self, out: &mut String, writer: &Writer<'_>, to: u32, cell: &SampleCell) {
        let p = writer.prefix;
        out.push_str(&format!("<{p}c r=\"{}\"", cell_name(to, cell.col)));
        if let Some(style) = &cell.style {
            out.push_str(&format!(" s=\"{}\"", escaped(style)));
        }
        match &cell.formula {
            Some(formula) => {
                let text = translate(formula, i64::from(to) - i64::from(self.row), 0);
                out.push_str(&format!("><{p}f>{}</{p}f></{p}c>", escaped(&text)));
            }
            None => out.push_str("/>"),
        }
    }
}
