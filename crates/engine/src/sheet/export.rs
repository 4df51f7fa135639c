//! A register's list goes out as .xlsx or .csv: row after row in bounded memory, sensitive values masked, watermarked with
//! who and when, audited before the first row leaves, formulas in texts neutralised.

use std::{
    collections::{BTreeSet, HashMap},
    io::Write,
};

use linli_domain::{
    Actor, AreaPath, Catalogue, Entity, Field, FieldKind, Lang, Permit, Record, RecordId, Value, Verb,
    catalogue::Sensitivity, record::ListQuery, value::decimal_text,
};
use linli_store::{ReadTx, StoreError, tables::NewAudit};
use linli_workbook::{BookError, ColumnKind, CsvExport, ExportValue, XlsxExport};
use serde_json::json;

use super::{import::stage::book_problem, show::Labels};
use crate::{
    Engine, Problem,
    register::{ListFilter, list_query},
};

/// Kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// Excel.
    Xlsx,
    /// Text.
    Csv,
}

impl ExportFormat {
    /// Reads `xlsx` or `csv`.
    pub fn of(name: &str) -> Result<Self, Problem> {
        match name {
            "xlsx" => Ok(Self::Xlsx),
            "csv" => Ok(Self::Csv),
            _ => Err(Problem::parameter("format", "格式只能是 xlsx 或 csv。", "The format is xlsx or csv.")),
        }
    }

    /// File name's ending.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
        }
    }

    /// Media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }
}

/// An export that was permitted and audited; [`Export::write`] makes the file.
pub struct Export {
    engine: Engine,
    entity: String,
    columns: Vec<String>,
    filter: ListFilter,
    format: ExportFormat,
    permit: Permit,
    /// Permits on the registers that columns refer to.
    refs: HashMap<String, Permit>,
    watermark: String,
    lang: Lang,
    /// Name to offer the file under.
    pub file_name: String,
}

/// Prepares an export: checks the columns and the permission, and writes the audit entry.
pub fn begin(
    engine: &Engine,
    actor: &Actor,
    entity: &str,
    filter: ListFilter,
    columns: Option<&str>,
    format: ExportFormat,
    lang: Lang,
) -> Result<Export, Problem> {
    let catalogue = engine.catalogue();
    let register = crate::entity(&catalogue, entity)?;
    let permit = engine.permit_entity(actor, Verb::Export, register)?;
    let columns = chosen_columns(register, columns)?;
    let now = engine.now();
    let label = register.label.text(lang).to_owned();
    let watermark = match lang {
        Lang::Zh => format!("{label} · {} 于 {now} 导出 · 含个人信息，仅限工作使用", actor.name),
        Lang::En => format!("{label} · exported by {} at {now} · personal data, for work only", actor.name),
    };
    let detail = json!({
        "columns": columns,
        "area": filter.area,
        "filters": filter.filters,
        "search": filter.q.is_some(),
    });
    let entry = engine.audit_entry(actor, "export", entity, format.ending(), None, detail);
    let (name, asked, check) = (entity.to_owned(), filter.clone(), permit.clone());
    let known = engine.catalogue();
    engine.store.write_blocking::<_, Problem>(move |tx| {
        // The filter is read here too, so that a wrong one is refused before anything is audited or sent.
        let query = list_query(tx, &check, &known, crate::entity(&known, &name)?, &asked)?;
        tx.audit(NewAudit { area: query.area, ..entry.clone() })?;
        Ok(())
    })?;
    let day = now.china_date();
    let referred = columns.iter().filter_map(|name| match &register.field(name)?.kind {
        FieldKind::Ref { entity } => {
            let permit = engine.permit_entity(actor, Verb::Export, catalogue.entities.get(entity)?).ok()?;
            Some((entity.clone(), permit))
        }
        _ => None,
    });
    Ok(Export {
        refs: referred.collect(),
        engine: engine.clone(),
        entity: entity.to_owned(),
        columns,
        filter,
        format,
        permit,
        watermark,
        lang,
        file_name: format!("{label}-{day}.{}", format.ending()),
    })
}

/// The fields asked for, or those of the register's default list.
fn chosen_columns(register: &Entity, columns: Option<&str>) -> Result<Vec<String>, Problem> {
    let Some(columns) = columns.filter(|columns| !columns.trim().is_empty()) else {
        let shown = register.view.columns.iter();
        let known = shown.filter(|name| register.field(name).is_some_and(|field| !field.off_by_default));
        return Ok(known.cloned().collect());
    };
    let names = columns.split(',').map(str::trim).filter(|name| !name.is_empty());
    names
        .map(|name| match register.field(name) {
            Some(field) => Ok(field.name.clone()),
            None => Err(Problem::no_field(&register.name, name)),
        })
        .collect()
}

impl Export {
    /// Media type of the file.
    pub fn media_type(&self) -> &'static str {
        self.format.media_type()
    }

    /// Writes the file and answers how many rows it has. Blocks the thread.
    pub fn write<W: Write + Send + 'static>(self, out: W) -> Result<u64, Problem> {
        let store = self.engine.store.clone();
        store.stream_blocking::<_, Problem>(move |tx| {
            let catalogue = self.engine.catalogue();
            let register = crate::entity(&catalogue, &self.entity)?;
            let query = list_query(tx, &self.permit, &catalogue, register, &self.filter)?;
            let fields: Vec<&Field> = self.columns.iter().filter_map(|name| register.field(name)).collect();
            let mut file = File::begin(&self, register, &fields, out)?;
            let areas = areas(tx, &query, &self.permit)?;
            let work = Rows { labels: Labels::of(&catalogue), areas, fields: &fields, lang: self.lang };
            let referring = fields.iter().any(|field| matches!(field.kind, FieldKind::Ref { .. }));
            let rows = if referring {
                let of = Paged { catalogue: &catalogue, permit: &self.permit, refs: &self.refs, query };
                of.write(tx, &work, &mut file)?
            } else {
                streamed(tx, &self.permit, &query, &work, &mut file)?
            };
            file.finish()?;
            Ok(rows)
        })
    }
}

/// Names of areas by path, as far as the list can reach.
fn areas(tx: &mut ReadTx<'_>, query: &ListQuery, permit: &Permit) -> Result<HashMap<AreaPath, String>, StoreError> {
    let mut roots: Vec<AreaPath> = query.area.iter().cloned().collect();
    if let (true, linli_domain::Scope::Areas(held)) = (roots.is_empty(), permit.scope()) {
        roots.clone_from(held);
    }
    let mut names = HashMap::new();
    for root in roots {
        // A whole city has too many; its rows are named by their community's code.
        let mut left = MOST_AREAS;
        let read = tx.areas_below(&root, &mut |area| {
            left -= 1;
            names.insert(area.path, area.name);
            if left == 0 { Err(StoreError::Closed) } else { Ok(()) }
        });
        match read {
            Ok(()) | Err(StoreError::Closed) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(names)
}

/// Names of areas kept in memory.
const MOST_AREAS: usize = 100_000;

enum File<W: Write> {
    Xlsx(Box<XlsxExport<W>>),
    Csv(Box<CsvExport<W>>),
}

impl<W: Write> File<W> {
    fn begin(export: &Export, register: &Entity, fields: &[&Field], out: W) -> Result<Self, Problem> {
        let area = export.lang.pick("所属区域", "Area");
        let labels = fields.iter().map(|field| (field.label.text(export.lang), column_kind(field)));
        let columns: Vec<(&str, ColumnKind)> = std::iter::once((area, ColumnKind::Text)).chain(labels).collect();
        let file = match export.format {
            ExportFormat::Xlsx => {
                let sheet = register.label.text(export.lang);
                XlsxExport::new(out, sheet, &columns, &export.watermark).map(|file| Self::Xlsx(Box::new(file)))
            }
            ExportFormat::Csv => {
                let labels: Vec<&str> = columns.iter().map(|(label, _)| *label).collect();
                CsvExport::new(out, &labels, Some(&export.watermark)).map(|file| Self::Csv(Box::new(file)))
            }
        };
        file.map_err(|error| book_problem(&error))
    }

    fn push(&mut self, row: &[ExportValue<'_>]) -> Result<(), BookError> {
        match self {
            Self::Xlsx(file) => file.push(row),
            Self::Csv(file) => file.push(row),
        }
    }

    fn finish(self) -> Result<(), Problem> {
        let done = match self {
            Self::Xlsx(file) => file.finish().and_then(|mut out| Ok(out.flush()?)),
            Self::Csv(file) => file.finish().and_then(|mut out| Ok(out.flush()?)),
        };
        done.map_err(|error| book_problem(&error))
    }
}

fn column_kind(field: &Field) -> ColumnKind {
    match field.kind {
        _ if field.sensitivity == Sensitivity::Sensitive => ColumnKind::Text,
        FieldKind::Integer { .. } | FieldKind::Decimal { .. } | FieldKind::Money => ColumnKind::Number,
        FieldKind::Date => ColumnKind::Date,
        _ => ColumnKind::Text,
    }
}

/// What rows are made with.
struct Rows<'a, 'c> {
    labels: Labels<'c>,
    areas: HashMap<AreaPath, String>,
    fields: &'a [&'c Field],
    lang: Lang,
}

/// A value on its way into the file.
enum Cell {
    Empty,
    Text(String),
    Number(f64),
    Date { year: i16, month: u8, day: u8 },
}

impl Cell {
    fn value(&self) -> ExportValue<'_> {
        match self {
            Self::Empty => ExportValue::Empty,
            Self::Text(text) => ExportValue::Text(text),
            Self::Number(number) => ExportValue::Number(*number),
            Self::Date { year, month, day } => ExportValue::Date { year: *year, month: *month, day: *day },
        }
    }
}

impl Rows<'_, '_> {
    fn write<W: Write>(
        &self,
        record: &Record,
        titles: &HashMap<RecordId, String>,
        file: &mut File<W>,
    ) -> Result<(), BookError> {
        let area = self.areas.get(&record.path).map_or(record.home.as_str(), String::as_str);
        let cells: Vec<Cell> = std::iter::once(Cell::Text(area.to_owned()))
            .chain(self.fields.iter().map(|field| self.cell(field, record, titles)))
            .collect();
        let row: Vec<ExportValue<'_>> = cells.iter().map(Cell::value).collect();
        file.push(&row)
    }

    fn cell(&self, field: &Field, record: &Record, titles: &HashMap<RecordId, String>) -> Cell {
        if field.sensitivity == Sensitivity::Sensitive {
            return record.masked.get(&field.name).map_or(Cell::Empty, |mask| Cell::Text(mask.clone()));
        }
        match (record.value(&field.name), &field.kind) {
            (Value::Null, _) => Cell::Empty,
            (Value::Date(day), _) => Cell::Date {
                year: day.year(),
                month: u8::try_from(day.month()).unwrap_or(1),
                day: u8::try_from(day.day()).unwrap_or(1),
            },
            (Value::Int(units), kind) => {
                let scale = match kind {
                    FieldKind::Decimal { scale, .. } => *scale,
                    FieldKind::Money => 2,
                    _ => 0,
                };
                decimal_text(*units, scale).parse().map_or(Cell::Empty, Cell::Number)
            }
            (Value::Ref(id), _) => Cell::Text(titles.get(id).cloned().unwrap_or_default()),
            (value, _) => Cell::Text(self.labels.text(field, value, self.lang)),
        }
    }
}

/// Row after row as the store reads them.
fn streamed<W: Write>(
    tx: &mut ReadTx<'_>,
    permit: &Permit,
    query: &ListQuery,
    work: &Rows<'_, '_>,
    file: &mut File<W>,
) -> Result<u64, Problem> {
    let (mut rows, mut broken) = (0, None);
    let none = HashMap::new();
    let scanned = tx.scan(permit, query, &mut |record| {
        rows += 1;
        work.write(&record, &none, file).map_err(|error| {
            broken = Some(error);
            StoreError::Closed
        })
    });
    match (broken, scanned) {
        (Some(error), _) => Err(book_problem(&error)),
        (None, Err(error)) => Err(error.into()),
        (None, Ok(())) => Ok(rows),
    }
}

/// Page after page, for lists with columns that name other records.
struct Paged<'a> {
    catalogue: &'a Catalogue,
    permit: &'a Permit,
    refs: &'a HashMap<String, Permit>,
    query: ListQuery,
}

impl Paged<'_> {
    fn write<W: Write>(mut self, tx: &mut ReadTx<'_>, work: &Rows<'_, '_>, file: &mut File<W>) -> Result<u64, Problem> {
        let mut rows = 0;
        self.query.limit = 1_000;
        loop {
            let page = tx.list(self.permit, &self.query)?;
            let titles = self.titles(tx, work, &page.records)?;
            for record in &page.records {
                rows += 1;
                work.write(record, &titles, file).map_err(|error| book_problem(&error))?;
            }
            match page.next {
                Some(next) => self.query.after = Some(next),
                None => return Ok(rows),
            }
        }
    }

    /// Names of the records a page refers to, as far as they lie in the same scope.
    fn titles(
        &self,
        tx: &mut ReadTx<'_>,
        work: &Rows<'_, '_>,
        records: &[Record],
    ) -> Result<HashMap<RecordId, String>, Problem> {
        let mut titles = HashMap::new();
        for field in work.fields {
            let FieldKind::Ref { entity } = &field.kind else { continue };
            let Some(permit) = self.refs.get(entity) else { continue };
            let to = crate::entity(self.catalogue, entity)?;
            let ids: BTreeSet<RecordId> = records
                .iter()
                .filter_map(|record| match record.value(&field.name) {
                    Value::Ref(id) => Some(*id),
                    _ => None,
                })
                .collect();
            let ids: Vec<RecordId> = ids.into_iter().collect();
            for record in tx.records(permit, entity, &ids)? {
                let title = record.value(&to.title).as_text().map(str::to_owned);
                titles.insert(record.id, title.or_else(|| record.masked.get(&to.title).cloned()).unwrap_or_default());
            }
        }
        Ok(titles)
    }
}
