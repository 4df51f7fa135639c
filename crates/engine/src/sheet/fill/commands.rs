//! Fills: take a template in, confirm what its columns are, look at the gaps, take the file; and all of it in one call.

use std::collections::BTreeMap;

use jiff::civil::Date;
use linli_domain::{Actor, Catalogue, RecordId, Verb};
use linli_store::tables::ColumnMatch;
use linli_workbook::{Book, Shape};
use serde_json::json;

use super::{
    cross::Cross,
    guess,
    model::{Fill, FillSheet, FillTable, Gap, Memo, TableChoice},
    produce::{self, Produced, Request},
    report::{FillReport, book_note, filled_name, gap_views, nothing_to_fill, report},
};
use crate::{
    Engine, Problem, ProblemKind,
    register::moment,
    sheet::{
        documents,
        import::{build, stage::open_book},
        matching::{self, Remembered},
    },
};

/// A filled template.
#[derive(Debug)]
pub struct Filled {
    /// Name to offer it under.
    pub file_name: String,
    /// The workbook.
    pub bytes: Vec<u8>,
    /// What was done.
    pub report: FillReport,
}

/// How to fill a template in one call.
#[derive(Debug, Clone, Default)]
pub struct FillOptions {
    /// Whether sensitive cells are wanted in clear.
    pub clear_sensitive: bool,
    /// What for; needed for that.
    pub purpose: Option<String>,
    /// As of this day.
    pub as_of: Option<Date>,
    /// Report table or CEL filter instead of what the title says.
    pub filter: Option<String>,
}

/// Fills a template in one call. Blocks the thread.
pub fn fill_file(
    engine: &Engine,
    actor: &Actor,
    area: &str,
    name: &str,
    template: &[u8],
    options: &FillOptions,
) -> Result<Filled, Problem> {
    let area = area_for(engine, actor, area)?;
    let book = open_book(template, name)?;
    let sheets = look(engine, &book, name, &area.path)?;
    let chosen: Vec<TableChoice> = choices(&sheets)
        .into_iter()
        .map(|chosen| TableChoice {
            filter: options.filter.clone().or(chosen.filter),
            clear_sensitive: options.clear_sensitive,
            purpose: options.purpose.clone(),
            ..chosen
        })
        .collect();
    if chosen.iter().all(|chosen| chosen.entity.is_none()) {
        return Err(nothing_to_fill(&sheets));
    }
    let request = Request { actor, area: &area.path, as_of: options.as_of, chosen: &chosen };
    let produced = produce::produce(engine, &book, &request)?;
    let filled = produce::written(template, name, &produced)?;
    audit(engine, actor, &area.path, name, &produced)?;
    let mut report = report(&sheets, &produced);
    report.notes.extend(filled.notes.iter().map(book_note));
    Ok(Filled { file_name: filled_name(name), bytes: filled.bytes, report })
}

/// Takes a template in.
pub fn stage(
    engine: &Engine,
    actor: &Actor,
    area: &str,
    as_of: Option<Date>,
    received: documents::Received,
    name: &str,
) -> Result<Fill, Problem> {
    let area = area_for(engine, actor, area)?;
    let bytes = std::fs::read(&received.path).map_err(documents::disk)?;
    let book = open_book(&bytes, name)?;
    let sheets = look(engine, &book, name, &area.path)?;
    let sha256 = received.sha256.clone();
    let document = documents::keep(engine, actor, received, name, "template")?;
    let memo = Memo {
        id: document.id,
        account: actor.account,
        by: actor.name.clone(),
        created: engine.now(),
        file_name: document.name.clone(),
        sha256,
        area: area.path,
        as_of,
        sheets,
        chosen: Vec::new(),
        preview: Vec::new(),
        gaps: Vec::new(),
        counts: None,
        notes: Vec::new(),
    };
    let kept = serde_json::to_value(&memo).map_err(Problem::internal)?;
    let key = key(&memo);
    engine.store.write_blocking::<_, Problem>(move |tx| {
        tx.put_document(&document)?;
        tx.put_setting(&key, &kept)?;
        Ok(())
    })?;
    view(engine, memo)
}

/// Confirms what the tables are; answers with a preview and the gaps.
pub fn set_mapping(engine: &Engine, actor: &Actor, id: RecordId, chosen: Vec<TableChoice>) -> Result<Fill, Problem> {
    let mut memo = memo(engine, actor.account, id)?;
    let bytes = documents::bytes(engine, &memo.sha256)?;
    let book = open_book(&bytes, &memo.file_name)?;
    // Previews never show sensitive values in clear.
    let masked: Vec<TableChoice> =
        chosen.iter().map(|chosen| TableChoice { clear_sensitive: false, ..chosen.clone() }).collect();
    let request = Request { actor, area: &memo.area, as_of: memo.as_of, chosen: &masked };
    let produced = produce::produce(engine, &book, &request)?;
    remember(engine, actor, &book, &chosen)?;
    memo.chosen = chosen;
    memo.preview = produced.preview;
    memo.gaps = produced.gaps;
    memo.counts = Some(produced.counts);
    memo.notes = produced.notes;
    save(engine, &memo)?;
    view(engine, memo)
}

/// The filled template.
pub fn file(engine: &Engine, actor: &Actor, id: RecordId, purpose: Option<String>) -> Result<Filled, Problem> {
    fill_memo(engine, actor, memo(engine, actor.account, id)?, purpose)
}

/// The template that `owner` brought, filled anew with what `actor` may see.
pub fn file_of(engine: &Engine, actor: &Actor, owner: RecordId, id: RecordId) -> Result<Filled, Problem> {
    let mut memo = memo(engine, owner, id)?;
    // What the owner showed in clear is theirs alone.
    memo.chosen.iter_mut().for_each(|chosen| chosen.clear_sensitive = false);
    fill_memo(engine, actor, memo, None)
}

fn fill_memo(engine: &Engine, actor: &Actor, memo: Memo, purpose: Option<String>) -> Result<Filled, Problem> {
    let bytes = documents::bytes(engine, &memo.sha256)?;
    let book = open_book(&bytes, &memo.file_name)?;
    let chosen = if memo.chosen.is_empty() { choices(&memo.sheets) } else { memo.chosen.clone() };
    let chosen: Vec<TableChoice> = chosen
        .into_iter()
        .map(|chosen| TableChoice { purpose: purpose.clone().or(chosen.purpose.clone()), ..chosen })
        .collect();
    let request = Request { actor, area: &memo.area, as_of: memo.as_of, chosen: &chosen };
    let produced = produce::produce(engine, &book, &request)?;
    let filled = produce::written(&bytes, &memo.file_name, &produced)?;
    audit(engine, actor, &memo.area, &memo.file_name, &produced)?;
    let mut report = report(&memo.sheets, &produced);
    report.notes.extend(filled.notes.iter().map(book_note));
    Ok(Filled { file_name: filled_name(&memo.file_name), bytes: filled.bytes, report })
}

/// A fill.
pub fn get(engine: &Engine, actor: &Actor, id: RecordId) -> Result<Fill, Problem> {
    view(engine, memo(engine, actor.account, id)?)
}

/// The gaps of a fill with the records they are about.
pub fn gaps(engine: &Engine, actor: &Actor, id: RecordId) -> Result<Vec<Gap>, Problem> {
    Ok(memo(engine, actor.account, id)?.gaps)
}

/// One's recent fills, newest first.
pub fn list(engine: &Engine, actor: &Actor, limit: usize) -> Result<Vec<Fill>, Problem> {
    let prefix = format!("fill/{}/", actor.account);
    let mut kept = engine.store.read_blocking::<_, Problem>(move |tx| Ok(tx.settings(&prefix)?))?;
    // Ids grow with time.
    kept.sort_by(|a, b| b.0.cmp(&a.0));
    kept.truncate(limit);
    let memos = kept.into_iter().filter_map(|(_, json)| serde_json::from_value::<Memo>(json).ok());
    memos.map(|memo| view(engine, Memo { preview: Vec::new(), ..memo })).collect()
}

fn key(memo: &Memo) -> String {
    format!("fill/{}/{}", memo.account, memo.id)
}

fn memo(engine: &Engine, account: RecordId, id: RecordId) -> Result<Memo, Problem> {
    let key = format!("fill/{account}/{id}");
    let kept = engine.store.read_blocking::<_, Problem>(move |tx| Ok(tx.setting(&key)?))?;
    let kept = kept.ok_or_else(|| {
        Problem::new(ProblemKind::NotFound, "fill.not_found", "没有找到这次填表。", "There is no such fill.")
    })?;
    serde_json::from_value(kept).map_err(Problem::internal)
}

fn save(engine: &Engine, memo: &Memo) -> Result<(), Problem> {
    let (key, kept) = (key(memo), serde_json::to_value(memo).map_err(Problem::internal)?);
    engine.store.write_blocking::<_, Problem>(move |tx| Ok(tx.put_setting(&key, &kept)?))
}

/// The area, when at least one register may be exported there. Of several refusals the one is told that says more than that
/// some register is not one's own: that the area is not.
fn area_for(engine: &Engine, actor: &Actor, code: &str) -> Result<linli_domain::Area, Problem> {
    let catalogue = engine.catalogue();
    let mut refused: Option<Problem> = None;
    for entity in catalogue.entities.values() {
        match crate::sheet::import::stage::area_for(engine, actor, Verb::Export, &entity.name, code) {
            Ok(area) => return Ok(area),
            Err(problem) if refused.as_ref().is_none_or(|known| known.code == "auth.denied") => refused = Some(problem),
            Err(_) => {}
        }
    }
    Err(refused.unwrap_or_else(|| Problem::no_area(code)))
}

/// The tables of a template and what they want.
fn look(engine: &Engine, book: &Book, name: &str, area: &linli_domain::AreaPath) -> Result<Vec<FillSheet>, Problem> {
    let catalogue = engine.catalogue();
    let places = build::places(engine, &catalogue, area)?;
    let tables = matching::tables(book);
    let known = known_matches(engine, &catalogue, &tables)?;
    let remembered = |entity: &str| known.get(entity).cloned().unwrap_or_default();
    let mut sheets = Vec::new();
    for (sheet, tables) in tables {
        let mut found = Vec::new();
        for (number, table) in tables.iter().enumerate() {
            found.push(match table.shape {
                Shape::Cross => {
                    let cross = Cross::read(&catalogue, &places, sheet, table);
                    let counted = cross.entities.first().cloned();
                    guess::cross_table(sheet, number, table, counted.filter(|_| cross.is_understood()))
                }
                Shape::List => guess::list_table(&catalogue, sheet, number, table, name, &remembered),
            });
        }
        sheets.push(FillSheet { name: sheet.name.clone(), tables: found });
    }
    if sheets.iter().all(|sheet| sheet.tables.is_empty()) {
        return Err(crate::sheet::import::stage::no_table(&matching::tables(book)));
    }
    Ok(sheets)
}

/// What was chosen before for the headings of a template, by register.
fn known_matches(
    engine: &Engine,
    catalogue: &Catalogue,
    tables: &[(&linli_workbook::Sheet, Vec<linli_workbook::TableRegion>)],
) -> Result<BTreeMap<String, Remembered>, Problem> {
    let prints: Vec<String> = tables
        .iter()
        .flat_map(|(sheet, tables)| tables.iter().flat_map(|table| matching::fingerprints(sheet, table)))
        .collect();
    let entities: Vec<String> = catalogue.entities.keys().cloned().collect();
    engine.store.read_blocking::<_, Problem>(move |tx| {
        let mut known = BTreeMap::new();
        for entity in entities {
            let found = tx.matches(&entity, &prints)?;
            known.insert(entity, matching::remembered(found));
        }
        Ok(known)
    })
}

/// What the matcher proposes for every table.
pub(crate) fn choices(sheets: &[FillSheet]) -> Vec<TableChoice> {
    let choice = |(sheet, table): (&FillSheet, &FillTable)| TableChoice {
        sheet: sheet.name.clone(),
        table: table.table,
        entity: table.entity.clone(),
        filter: table.filter.clone(),
        mapping: table
            .columns
            .iter()
            .map(|column| (column.column.to_string(), column.matched.as_ref().map(|found| found.element.clone())))
            .collect(),
        clear_sensitive: false,
        purpose: None,
    };
    sheets.iter().flat_map(|sheet| sheet.tables.iter().map(move |table| (sheet, table))).map(choice).collect()
}

fn remember(engine: &Engine, actor: &Actor, book: &Book, chosen: &[TableChoice]) -> Result<(), Problem> {
    let mut matches = Vec::new();
    for (sheet, tables) in matching::tables(book) {
        for (number, table) in tables.iter().enumerate() {
            let Some(chosen) = chosen.iter().find(|chosen| chosen.sheet == sheet.name && chosen.table == number) else {
                continue;
            };
            let Some(entity) = chosen.entity.clone().filter(|_| table.shape == Shape::List) else { continue };
            for (column, fingerprint) in table.columns.iter().zip(matching::fingerprints(sheet, table)) {
                let Some(element) = chosen.mapping.get(&column.col.to_string()) else { continue };
                let own = element.as_ref().is_none_or(|element| *element != "@sequence");
                if own && !fingerprint.is_empty() {
                    matches.push(ColumnMatch {
                        fingerprint,
                        entity: entity.clone(),
                        element: element.clone(),
                        by: actor.account,
                        at: engine.now(),
                    });
                }
            }
        }
    }
    engine.store.write_blocking::<_, Problem>(move |tx| {
        for column in &matches {
            tx.put_match(column)?;
        }
        Ok(())
    })
}

/// Every filled template is an export; sensitive values in clear are audited with their purpose.
fn audit(
    engine: &Engine,
    actor: &Actor,
    area: &linli_domain::AreaPath,
    name: &str,
    produced: &Produced,
) -> Result<(), Problem> {
    let entry = |action: &str, subject: &str, detail: serde_json::Value| {
        engine.audit_entry(actor, action, subject, documents::plain_name(name), Some(area.clone()), detail)
    };
    let mut entries = vec![entry("fill", "fill", json!({ "counts": produced.counts }))];
    for (entity, purpose) in &produced.revealed {
        entries.push(entry("reveal", entity, json!({ "purpose": purpose, "rows": produced.counts.rows })));
    }
    engine.store.write_blocking::<_, Problem>(move |tx| {
        for entry in &entries {
            tx.audit(entry.clone())?;
        }
        Ok(())
    })
}

fn view(engine: &Engine, memo: Memo) -> Result<Fill, Problem> {
    let (handle, path) = (engine.clone(), memo.area.clone());
    let area = engine.store.read_blocking::<_, Problem>(move |tx| Ok(handle.area_ref(tx, &path)?))?;
    Ok(Fill {
        id: memo.id.to_string(),
        state: if memo.counts.is_some() { "ready" } else { "matching" }.to_owned(),
        file_name: memo.file_name,
        area,
        as_of: memo.as_of.map(|day| day.to_string()),
        created: moment(memo.created),
        by: memo.by,
        sheets: memo.sheets,
        chosen: memo.chosen,
        preview: memo.preview,
        gaps: gap_views(&memo.gaps),
        counts: memo.counts,
        notes: memo.notes,
    })
}
