//! Answers as files: .xlsx (repeats in further sheets), .csv (repeats in further files of a .zip), GeoJSON, and a .zip with
//! all files people attached. Streamed, sensitive elements masked, watermarked, audited before the first row leaves.
//!
//! | file | what for |
//! |---|---|
//! | `table` | lists of an export: which columns, which rows |
//! | `geo` | GeoJSON |
//! | `bundle` | .zip of lists and files |

mod bundle;
mod geo;
mod table;

use std::io::Write;

use linli_domain::{Actor, Lang, Permit, RecordId, Subject, Verb};
use linli_store::{
    ReadTx,
    tables::{Form, NewAudit, Submission, SubmissionQuery},
};
use linli_workbook::{BookError, CsvExport, XlsxExport};
use serde_json::json;

use super::{
    super::{answer::Detail, form::form_of},
    filter::ResponseFilter,
    shape::{Answer, Reader},
};
use crate::{Engine, Problem, access, sheet::import::stage::book_problem};

use table::List;

/// Answers read at once.
const BATCH: u32 = 500;

/// Kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerFormat {
    /// Excel.
    Xlsx,
    /// Text; a .zip of texts when the form has repeats.
    Csv,
    /// Places (RFC 7946).
    GeoJson,
    /// Everything people attached, with the answers as texts.
    Zip,
}

impl AnswerFormat {
    /// Reads `xlsx`, `csv`, `geojson` or `zip`.
    pub fn of(name: &str) -> Result<Self, Problem> {
        match name {
            "xlsx" => Ok(Self::Xlsx),
            "csv" => Ok(Self::Csv),
            "geojson" => Ok(Self::GeoJson),
            "zip" => Ok(Self::Zip),
            _ => Err(Problem::parameter(
                "format",
                "格式只能是 xlsx、csv、geojson 或 zip。",
                "The format is xlsx, csv, geojson or zip.",
            )),
        }
    }
}

/// An export that was permitted and audited; [`AnswerExport::write`] makes the file.
pub struct AnswerExport {
    engine: Engine,
    permit: Permit,
    form: Form,
    filter: ResponseFilter,
    format: AnswerFormat,
    watermark: String,
    lists: Vec<List>,
    /// Name to offer the file under.
    pub file_name: String,
    /// Media type of the file.
    pub media_type: &'static str,
}

/// Prepares an export: checks the filters and the permission, and writes the audit entry. Blocks the thread.
pub fn begin(
    engine: &Engine,
    actor: &Actor,
    form: RecordId,
    filter: ResponseFilter,
    format: AnswerFormat,
) -> Result<AnswerExport, Problem> {
    let permit = engine.permit(actor, Verb::Export, Subject::Responses)?;
    let forms = engine.permit(actor, Verb::Read, Subject::Forms)?;
    let (engine2, asked, check) = (engine.clone(), filter.clone(), permit.clone());
    let detail = json!({ "area": filter.area, "state": filter.state, "from": filter.from, "to": filter.to,
        "flagged": filter.flagged, "search": filter.q.is_some(), "format": format!("{format:?}").to_lowercase() });
    let own = access::home_of(&actor.grants).cloned();
    let entry = engine.audit_entry(actor, "export", "responses", form.to_string(), own, detail);
    let (form, lists) = engine.store.write_blocking::<_, Problem>(move |tx| {
        let found = form_of(tx, &forms, form)?;
        // The filter is read here too, so that a wrong one is refused before anything is audited or sent.
        let query = asked.query(tx, &check, form)?;
        tx.audit(NewAudit { area: query.area.or_else(|| entry.area.clone()), ..entry.clone() })?;
        let mut reader = Reader::open(&engine2, tx, found)?;
        let lists = table::lists(&mut reader, engine2.lang)?;
        Ok((reader.form, lists))
    })?;
    let now = engine.now();
    let watermark = match engine.lang {
        Lang::Zh => format!("{} · {} 于 {now} 导出 · 含个人信息，仅限工作使用", form.title, actor.name),
        Lang::En => format!("{} · exported by {} at {now} · personal data, for work only", form.title, actor.name),
    };
    let zipped = format == AnswerFormat::Zip || (format == AnswerFormat::Csv && lists.len() > 1);
    let (ending, media_type) = match format {
        _ if zipped => ("zip", "application/zip"),
        AnswerFormat::Xlsx => ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        AnswerFormat::GeoJson => ("geojson", "application/geo+json"),
        AnswerFormat::Csv | AnswerFormat::Zip => ("csv", "text/csv; charset=utf-8"),
    };
    let file_name = format!("{}-{}.{ending}", form.title, now.china_date());
    Ok(AnswerExport { engine: engine.clone(), permit, form, filter, format, watermark, lists, file_name, media_type })
}

impl AnswerExport {
    /// Writes the file. Blocks the thread.
    pub fn write<W: Write + Send + 'static>(self, out: W) -> Result<(), Problem> {
        let store = self.engine.store.clone();
        store.read_blocking::<_, Problem>(move |tx| {
            let reader = Reader::open(&self.engine, tx, self.form.clone())?;
            let mut query = self.filter.query(tx, &self.permit, self.form.id)?;
            (query.limit, query.after) = (BATCH, None);
            let words = self.filter.words();
            let mut of = Answers { engine: &self.engine, tx, permit: &self.permit, reader, query, words };
            match self.format {
                AnswerFormat::Xlsx => self.xlsx(&mut of, out),
                AnswerFormat::Csv if self.lists.len() == 1 => self.csv(&mut of, out),
                AnswerFormat::GeoJson => geo::write(&mut of, &self.lists[0], &self.watermark, out),
                AnswerFormat::Csv => bundle::write(&mut of, &self.lists, &self.watermark, false, out),
                AnswerFormat::Zip => bundle::write(&mut of, &self.lists, &self.watermark, true, out),
            }
        })
    }

    fn xlsx<W: Write>(&self, of: &mut Answers<'_, '_>, out: W) -> Result<(), Problem> {
        let lang = self.engine.lang;
        let first = &self.lists[0];
        let mut file = XlsxExport::new(out, &first.name, &first.head(lang), &self.watermark).map_err(book)?;
        for (at, list) in self.lists.iter().enumerate() {
            if at > 0 {
                file.next_list(&list.name, &list.head(lang)).map_err(book)?;
            }
            of.rows(list, &mut |row| file.push(row))?;
        }
        let mut out = file.finish().map_err(book)?;
        out.flush().map_err(|error| book(error.into()))
    }

    fn csv<W: Write>(&self, of: &mut Answers<'_, '_>, out: W) -> Result<(), Problem> {
        let list = &self.lists[0];
        let mut file = csv_file(list, &self.watermark, self.engine.lang, out)?;
        of.rows(list, &mut |row| file.push(row))?;
        let mut out = file.finish().map_err(book)?;
        out.flush().map_err(|error| book(error.into()))
    }
}

fn csv_file<W: Write>(list: &List, watermark: &str, lang: Lang, out: W) -> Result<CsvExport<W>, Problem> {
    let head = list.head(lang);
    let labels: Vec<&str> = head.iter().map(|(label, _)| *label).collect();
    CsvExport::new(out, &labels, Some(watermark)).map_err(book)
}

fn book(error: BookError) -> Problem {
    book_problem(&error)
}

/// The answers of an export, page after page.
struct Answers<'a, 'b> {
    engine: &'a Engine,
    tx: &'a mut ReadTx<'b>,
    permit: &'a Permit,
    reader: Reader,
    query: SubmissionQuery,
    words: Option<String>,
}

impl Answers<'_, '_> {
    /// Every answer with its values, newest first.
    fn each(
        &mut self,
        work: &mut dyn FnMut(&mut ReadTx<'_>, &Submission, &Answer) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let mut query = self.query.clone();
        loop {
            let page = self.tx.submissions(self.permit, &query)?;
            for one in &page {
                let xml = self.tx.submission_xml(one)?;
                let answer = self.reader.answer(&xml, &one.version)?;
                let fits = match &self.words {
                    Some(words) => answer.found(&Detail::of(one)?.name, &one.by_name, words),
                    None => true,
                };
                if fits {
                    work(self.tx, one, &answer)?;
                }
            }
            match page.last() {
                Some(last) if page.len() == query.limit as usize => query.after = Some((last.received, last.id)),
                _ => return Ok(()),
            }
        }
    }
}
