//! A worksheet's XML cut into rows, and put together again with changes.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::row::{Change, SharedFormulas, Writer, edit_row, merges_like, move_row, shared_formulas};
use super::sample::Sample;
use super::tokens::{Token, get_attr, local, set_attr, tokens};
use super::{SheetEdit, grow};
use crate::error::{BookError, Note};
use crate::formula::Shift;
use crate::model::Range;
use crate::refs::{MAX_COL, MAX_ROW, parse_range, range_name};
use crate::xlsx::Styles;

/// A worksheet part cut into what lies before the rows, the rows, and what follows them.
pub(crate) struct SheetXml<'a> {
    pub(crate) head: &'a str,
    pub(crate) rows: Vec<(u32, &'a str)>,
    pub(crate) tail: &'a str,
    /// Prefix of the part's elements with its colon, or nothing.
    pub(crate) prefix: String,
    pub(crate) column_styles: Vec<(u32, u32, String)>,
    pub(crate) merges: Vec<Range>,
}

impl<'a> SheetXml<'a> {
    /// Cuts a worksheet part.
    pub(crate) fn parse(part: &str, xml: &'a str) -> Result<Self, BookError> {
        let mut sheet = Self {
            head: "",
            rows: Vec::new(),
            tail: "",
            prefix: String::new(),
            column_styles: Vec::new(),
            merges: Vec::new(),
        };
        let (mut head_end, mut tail_from, mut row_from, mut row) = (None, None, 0, None);
        let mut next_row = 0;
        tokens(part, xml, |token, span| {
            match token {
                Token::Start { name: "sheetData", raw, empty } => {
                    let name = raw.trim_start_matches('<');
                    sheet.prefix = name[..name.find("sheetData").unwrap_or(0)].to_owned();
                    head_end = Some(if empty { span.start } else { span.end });
                    tail_from = empty.then_some(span.end);
                }
                Token::End { name: "sheetData", .. } => tail_from = Some(span.start),
                Token::Start { name: "row", raw, empty } if tail_from.is_none() => {
                    let number = match get_attr(raw, "r") {
                        None => next_row,
                        Some(r) => r
                            .parse::<u32>()
                            .ok()
                            .filter(|r| (1..=MAX_ROW).contains(r))
                            .map(|r| r - 1)
                            .ok_or_else(|| BookError::damaged(part, format!("row {r:?}")))?,
                    };
                    next_row = number + 1;
                    if empty {
                        sheet.rows.push((number, &xml[span.start..span.end]));
                    } else {
                        (row, row_from) = (Some(number), span.start);
                    }
                }
                Token::End { name: "row", .. } => {
                    if let Some(number) = row.take() {
                        sheet.rows.push((number, &xml[row_from..span.end]));
                    }
                }
                Token::Start { name: "col", raw, .. } => {
                    let bound = |name| get_attr(raw, name).and_then(|v| v.parse::<u32>().ok()).filter(|v| *v > 0);
                    if let (Some(from), Some(to), Some(style)) = (bound("min"), bound("max"), get_attr(raw, "style")) {
                        sheet.column_styles.push((from - 1, to - 1, style));
                    }
                }
                Token::Start { name: "mergeCell", raw, .. } => {
                    sheet.merges.extend(get_attr(raw, "ref").and_then(|r| parse_range(&r)));
                }
                _ => {}
            }
            Ok(())
        })?;
        let missing = || BookError::damaged(part, "no sheetData");
        sheet.head = &xml[..head_end.ok_or_else(missing)?];
        sheet.tail = &xml[tail_from.ok_or_else(missing)?..];
        sheet.rows.sort_by_key(|(row, _)| *row);
        Ok(sheet)
    }

    /// Puts the part together from its head, its rows' XML and its tail.
    pub(crate) fn assemble(&self, head: &str, rows: &str, tail: &str) -> String {
        let p = &self.prefix;
        // A sheet without rows has an empty element, which the head stops short of.
        let (open, close) = if local_tag_open(head) {
            (String::new(), String::new())
        } else {
            (format!("<{p}sheetData>"), format!("</{p}sheetData>"))
        };
        [head, &open, rows, &close, tail].concat()
    }
}

/// Whether the head ends with the opened `sheetData`.
fn local_tag_open(head: &str) -> bool {
    head.rfind('<').is_some_and(|at| local(&head[at..]) == "sheetData")
}

/// What is known about the workbook of a sheet that is edited.
pub(crate) struct Surroundings<'a> {
    pub(crate) part: &'a str,
    pub(crate) styles: &'a Styles,
    pub(crate) epoch_1904: bool,
}

/// Carries out one sheet's edits on its XML.
pub(crate) fn edit_sheet(
    around: &Surroundings<'_>,
    xml: &str,
    edit: &SheetEdit,
    shift: Option<&Shift>,
    notes: &mut Vec<Note>,
) -> Result<String, BookError> {
    let sheet = SheetXml::parse(around.part, xml)?;
    let writer = Writer {
        part: around.part,
        prefix: &sheet.prefix,
        styles: around.styles,
        epoch_1904: around.epoch_1904,
        column_styles: &sheet.column_styles,
    };
    let sample_row = edit.grow.as_ref().map_or(0, |g| g.sample_row);
    let merges = grown_merges(&sheet.merges, shift, sample_row);
    let mut writes = ordered_writes(edit, &merges, notes)?;
    let last = sheet.rows.last().map_or(0, |(row, _)| *row);
    if shift.is_some_and(|s| u64::from(last) + u64::from(s.by) >= u64::from(MAX_ROW)) {
        return Err(BookError::TooManyRows { sheet: edit.sheet.clone(), limit: MAX_ROW });
    }
    let shared = shared_formulas(around.part, xml)?;
    let used = writes.iter().filter_map(|(row, w)| Some((*row, w.first()?.0, w.last()?.0))).collect::<Vec<_>>();
    let sample = match (shift, sheet.rows.iter().find(|(row, _)| *row == sample_row)) {
        (Some(shift), Some((row, xml))) => Some(Sample::read(&writer, xml, *row, (shift, &edit.sheet), &shared)?),
        _ => None,
    };
    let mut rows = String::with_capacity(xml.len() + edit.writes.len() * 96);
    let mut emit = |row: u32, xml: &str, changes: Option<Vec<(u32, Change<'_>)>>| -> Result<(), BookError> {
        let Some(changes) = changes else {
            rows.push_str(xml);
            return Ok(());
        };
        let (edited, replaced) = edit_row(&writer, xml, row, &changes)?;
        rows.push_str(&edited);
        let note = |col| Note::ReplacedFormula { sheet: edit.sheet.clone(), row, col };
        notes.extend(replaced.into_iter().map(note));
        Ok(())
    };
    for (row, source) in sources(&sheet, shift, sample_row) {
        // Rows that are written to but stand nowhere in the template.
        while let Some(entry) = writes.first_entry().filter(|e| *e.key() < row) {
            let (new, changes) = entry.remove_entry();
            emit(new, &format!("<{}row r=\"{}\"/>", sheet.prefix, new + 1), Some(changes))?;
        }
        let changes = writes.remove(&row);
        match (source, &sample) {
            (Source::Template(from, xml), _) => {
                emit(row, &template_row(&writer, xml, (from, row), shift, &edit.sheet, &shared)?, changes)?;
            }
            (Source::Sample, Some(sample)) => {
                let mut made = String::with_capacity(2_048);
                sample.push_row(&mut made, &writer, row, changes.as_deref().unwrap_or_default());
                emit(row, &made, None)?;
            }
            (Source::Sample, None) => {}
        }
    }
    for (new, changes) in std::mem::take(&mut writes) {
        emit(new, &format!("<{}row r=\"{}\"/>", sheet.prefix, new + 1), Some(changes))?;
    }
    let head = edit_head(sheet.head, shift, &used);
    let tail = match shift {
        Some(shift) => grow::shift_tail(around.part, sheet.tail, shift, &edit.sheet, &merges)?,
        None => sheet.tail.to_owned(),
    };
    Ok(sheet.assemble(&head, &rows, &tail))
}

/// Where a row of the result comes from.
#[derive(Clone, Copy)]
enum Source<'a> {
    Template(u32, &'a str),
    Sample,
}

/// The rows of the result in order, before anything is written into them.
fn sources<'a>(sheet: &SheetXml<'a>, shift: Option<&Shift>, sample_row: u32) -> Vec<(u32, Source<'a>)> {
    let kept = |(row, xml): &(u32, &'a str)| (shift.map_or(*row, |s| s.row(*row)), Source::Template(*row, xml));
    let mut all: Vec<_> = sheet.rows.iter().map(kept).collect();
    if let Some(shift) = shift
        && sheet.rows.iter().any(|(row, _)| *row == sample_row)
    {
        let first = shift.last.map_or(shift.from, |last| last + 1);
        all.extend((first..first + shift.by).map(|row| (row, Source::Sample)));
        all.sort_by_key(|(row, _)| *row);
    }
    all
}

/// A row of the template where it now stands; unchanged bytes when nothing in it moves.
fn template_row<'a>(
    writer: &Writer<'_>,
    xml: &'a str,
    (from, to): (u32, u32),
    shift: Option<&Shift>,
    name: &str,
    shared: &SharedFormulas,
) -> Result<Cow<'a, str>, BookError> {
    if from == to && !xml.contains(&format!("<{}f", writer.prefix)) {
        return Ok(xml.into());
    }
    Ok(move_row(writer, xml, (from, to), shift.map(|s| (s, name)), shared)?.into())
}

/// The merges after growing, the copies of the sample row's included.
fn grown_merges(merges: &[Range], shift: Option<&Shift>, sample_row: u32) -> Vec<Range> {
    let Some(shift) = shift else { return merges.to_vec() };
    let keep = |m: &Range| {
        // A merge within one row is that row's own and does not grow, even when the list has but one row.
        if m.top == m.bottom {
            Range { top: shift.row(m.top), bottom: shift.row(m.bottom), ..*m }
        } else {
            shift.range(m)
        }
    };
    let mut all: Vec<Range> = merges.iter().map(keep).collect();
    let first = shift.last.map_or(shift.from, |last| last + 1);
    for row in first..first + shift.by {
        all.extend(merges_like(merges, sample_row, row));
    }
    all
}

type Writes<'a> = BTreeMap<u32, Vec<(u32, Change<'a>)>>;

/// The writes by row and column; those inside a merged area go to its first cell.
fn ordered_writes<'a>(edit: &'a SheetEdit, merges: &[Range], notes: &mut Vec<Note>) -> Result<Writes<'a>, BookError> {
    let mut index = crate::model::Sheet::default();
    index.set_merges(merges.to_vec());
    let mut rows: BTreeMap<u32, BTreeMap<u32, Change<'a>>> = BTreeMap::new();
    for write in &edit.writes {
        let (mut row, mut col) = (write.row, write.col);
        if row >= MAX_ROW || col >= MAX_COL {
            return Err(BookError::BadEdit { sheet: edit.sheet.clone(), row, col });
        }
        if let Some(merge) = index.merge_at(row, col).filter(|m| (m.top, m.left) != (row, col)) {
            notes.push(Note::MovedToMergedAnchor { sheet: edit.sheet.clone(), row, col });
            (row, col) = (merge.top, merge.left);
        }
        rows.entry(row).or_default().insert(col, Change::Value(&write.value));
    }
    Ok(rows.into_iter().map(|(row, cells)| (row, cells.into_iter().collect())).collect())
}

/// Keeps `dimension` true, which readers trust to know how much there is.
fn edit_head(head: &str, shift: Option<&Shift>, used: &[(u32, u32, u32)]) -> String {
    // The head alone is no whole document, so its one interesting tag is found as text.
    let Some(from) = head.find("dimension ref=").and_then(|at| head[..at].rfind('<')) else { return head.to_owned() };
    let to = head[from..].find('>').map_or(head.len(), |at| from + at + 1);
    let Some(mut range) = get_attr(&head[from..to], "ref").and_then(|r| parse_range(&r)) else {
        return head.to_owned();
    };
    if let Some(shift) = shift {
        range = Range { bottom: shift.row(range.bottom), ..range };
    }
    for (row, left, right) in used {
        (range.top, range.bottom) = (range.top.min(*row), range.bottom.max(*row));
        (range.left, range.right) = (range.left.min(*left), range.right.max(*right));
    }
    let tag = set_attr(&head[from..to], "ref", &range_name(&range));
    format!("{}{tag}{}", &head[..from], &head[to..])
}
