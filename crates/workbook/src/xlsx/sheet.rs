//! One worksheet, read as a stream of XML events.

use std::collections::HashSet;
use std::io::BufRead;
use std::sync::Arc;

use quick_xml::events::{BytesStart, Event};

use super::Styles;
use crate::dates::styled_number;
use crate::error::BookError;
use crate::limits::Limits;
use crate::model::{Cell, CellValue, Sheet};
use crate::refs::{MAX_COL, MAX_ROW, cell_name, parse_cell, parse_range};
use crate::xml::{attr, decode_xstring, push_text, walk};

/// Texts that are remembered to be shared; beyond this they are mostly unlike each other.
const REMEMBERED_TEXTS: usize = 50_000;

/// What a sheet needs of the rest of the workbook.
pub(super) struct Context<'a> {
    pub(super) shared: &'a [Arc<str>],
    pub(super) styles: &'a Styles,
    pub(super) epoch_1904: bool,
    pub(super) limits: &'a Limits,
}

/// A cell's `t` attribute.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Number,
    Shared,
    Text,
    Bool,
    Error,
    IsoDate,
}

/// Where the walk is inside a cell.
#[derive(Clone, Copy, PartialEq)]
enum Inside {
    Nothing,
    Text,
    Skipped,
}

struct State<'a, 's> {
    ctx: &'a Context<'a>,
    part: &'a str,
    sheet: &'s mut Sheet,
    slots: &'s mut u64,
    row: u32,
    next_row: u32,
    next_col: u32,
    cells: Vec<(u32, Cell)>,
    col: u32,
    kind: Kind,
    style: usize,
    formula: bool,
    inside: Inside,
    text: String,
    texts: HashSet<Arc<str>>,
    merges: Vec<crate::model::Range>,
}

/// Reads a worksheet part into `sheet`.
pub(super) fn read_sheet(
    input: &mut dyn BufRead,
    part: &str,
    ctx: &Context<'_>,
    sheet: &mut Sheet,
    slots: &mut u64,
) -> Result<(), BookError> {
    let mut state = State {
        ctx,
        part,
        sheet,
        slots,
        row: 0,
        next_row: 0,
        next_col: 0,
        cells: Vec::new(),
        col: 0,
        kind: Kind::Number,
        style: 0,
        formula: false,
        inside: Inside::Nothing,
        text: String::new(),
        texts: HashSet::new(),
        merges: Vec::new(),
    };
    walk(part, input, |event, empty| match event {
        Event::Start(tag) => state.start(tag, empty),
        Event::End(tag) => state.end(tag.local_name().into_inner()),
        event => state.text(event),
    })?;
    let merges = std::mem::take(&mut state.merges);
    state.sheet.set_merges(merges);
    Ok(())
}

impl State<'_, '_> {
    fn start(&mut self, tag: &BytesStart<'_>, empty: bool) -> Result<(), BookError> {
        match tag.local_name().into_inner() {
            "c" => {
                self.begin_cell(tag)?;
                if empty {
                    self.end_cell()?;
                }
            }
            "v" | "t" if !empty && self.inside != Inside::Skipped => self.inside = Inside::Text,
            "f" => self.formula = true,
            "rPh" if !empty => self.inside = Inside::Skipped,
            "row" => self.begin_row(tag)?,
            "mergeCell" => {
                if let Some(range) = attr(tag, "ref").and_then(|r| parse_range(&r)) {
                    self.merges.push(range);
                }
            }
            "col" => {
                let number = |name| attr(tag, name).and_then(|v| v.parse::<f64>().ok());
                if let (Some(from), Some(to), Some(width)) = (number("min"), number("max"), number("width"))
                    && (1.0..=to).contains(&from)
                    && to <= f64::from(MAX_COL)
                {
                    self.sheet.widths.push((from as u32 - 1, to as u32 - 1, width));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), BookError> {
        match name {
            "v" | "t" if self.inside == Inside::Text => self.inside = Inside::Nothing,
            "rPh" => self.inside = Inside::Nothing,
            "c" => self.end_cell()?,
            "row" => self.end_row()?,
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, event: &Event<'_>) -> Result<(), BookError> {
        if self.inside == Inside::Text {
            push_text(self.part, event, &mut self.text)?;
        } else if matches!(event, Event::GeneralRef(_)) {
            push_text(self.part, event, &mut String::new())?;
        }
        Ok(())
    }

    fn begin_row(&mut self, tag: &BytesStart<'_>) -> Result<(), BookError> {
        self.row = match attr(tag, "r") {
            None => self.next_row,
            Some(r) => match r.parse::<u32>() {
                Ok(r) if (1..=MAX_ROW).contains(&r) => r - 1,
                _ => return Err(BookError::damaged(self.part, format!("row {r:?}"))),
            },
        };
        self.next_row = self.row + 1;
        self.next_col = 0;
        Ok(())
    }

    fn begin_cell(&mut self, tag: &BytesStart<'_>) -> Result<(), BookError> {
        (self.col, self.kind, self.style, self.formula) = (self.next_col, Kind::Number, 0, false);
        self.text.clear();
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|e| BookError::damaged(self.part, e))?;
            let value = attribute.value.as_ref();
            match attribute.key.into_inner() {
                "r" => match parse_cell(value) {
                    Some((row, col)) if row == self.row => self.col = col,
                    _ => return Err(BookError::damaged(self.part, format!("cell {value:?} in row {}", self.row + 1))),
                },
                "s" => self.style = value.parse().unwrap_or(0),
                "t" => {
                    self.kind = match value {
                        "s" => Kind::Shared,
                        "str" | "inlineStr" => Kind::Text,
                        "b" => Kind::Bool,
                        "e" => Kind::Error,
                        "d" => Kind::IsoDate,
                        _ => Kind::Number,
                    }
                }
                _ => {}
            }
        }
        self.next_col = self.col + 1;
        Ok(())
    }

    fn end_cell(&mut self) -> Result<(), BookError> {
        self.inside = Inside::Nothing;
        let value = self.value()?;
        if value != CellValue::Empty || self.formula {
            self.cells.push((self.col, Cell { value, formula: self.formula }));
        } else if self.ctx.styles.is_bordered(self.style) {
            self.sheet.frame(self.row);
        }
        Ok(())
    }

    fn value(&mut self) -> Result<CellValue, BookError> {
        if self.text.is_empty() {
            return Ok(CellValue::Empty);
        }
        Ok(match self.kind {
            Kind::Number => self.number()?,
            Kind::Shared => {
                let text = self.text.trim().parse::<usize>().ok().and_then(|i| self.ctx.shared.get(i));
                let text = text.ok_or_else(|| {
                    BookError::damaged(self.part, format!("{}: no such string", cell_name(self.row, self.col)))
                })?;
                if text.is_empty() { CellValue::Empty } else { CellValue::Text(Arc::clone(text)) }
            }
            Kind::Text => CellValue::Text(self.remembered()),
            Kind::Bool => CellValue::Bool(matches!(self.text.trim(), "1" | "true")),
            Kind::Error => CellValue::Error(self.remembered()),
            Kind::IsoDate => iso_date(self.text.trim()).unwrap_or_else(|| CellValue::text(self.text.as_str())),
        })
    }

    fn number(&self) -> Result<CellValue, BookError> {
        let n: f64 = self.text.trim().parse().map_err(|_| {
            BookError::damaged(self.part, format!("{}: {:?} is no number", cell_name(self.row, self.col), self.text))
        })?;
        Ok(styled_number(n, self.ctx.styles.of(self.style), self.ctx.epoch_1904))
    }

    fn remembered(&mut self) -> Arc<str> {
        let text = decode_xstring(&self.text);
        if let Some(known) = self.texts.get(text.as_ref()) {
            return Arc::clone(known);
        }
        let text: Arc<str> = Arc::from(text.as_ref());
        if self.texts.len() < REMEMBERED_TEXTS {
            self.texts.insert(Arc::clone(&text));
        }
        text
    }

    fn end_row(&mut self) -> Result<(), BookError> {
        self.sheet.put_row_within(self.row, &mut self.cells, self.ctx.limits, self.slots)
    }
}

/// `2024-05-03` or `2024-05-03T08:30:00` (ISO 8601), as strict workbooks store dates.
fn iso_date(text: &str) -> Option<CellValue> {
    let (date, time) = text.split_once('T').unwrap_or((text, ""));
    let mut parts = date.splitn(3, '-').map(str::parse::<u16>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    let serial =
        crate::dates::date_to_serial(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?, false)?;
    let mut clock = time.trim_end_matches('Z').splitn(3, ':').map(|p| p.parse::<f64>().unwrap_or(0.0));
    let seconds = [3_600.0, 60.0, 1.0].iter().map(|unit| unit * clock.next().unwrap_or(0.0)).sum::<f64>();
    crate::dates::date_from_serial(serial + (seconds / 86_400.0).clamp(0.0, 0.999_99), false)
}
