//! Packs → Catalogue, with all findings at once.

mod codes;
mod entity;
mod expressions;
mod field;
mod figures_sound;
mod flow;
mod forms;
mod head;
mod index;
mod indicators;
mod items;
mod levels;
mod links;
mod measures;
mod params;
mod reports;
mod roles;
mod schedules;
mod tables;

use linli_domain::{Catalogue, Diagnostic};

use crate::{files::PackFiles, report::Report, toml_read::Document};

use index::Index;

/// Reads all packs of `files` into one Catalogue, and everything that is wrong with them. With an error among the
/// findings the Catalogue is incomplete and must not be installed.
pub fn load(files: &PackFiles) -> (Catalogue, Vec<Diagnostic>) {
    let mut report = Report::default();
    let mut catalogue = Catalogue { packs: head::read_all(files, &mut report), ..Catalogue::default() };
    catalogue.levels = levels::read_all(files, &mut report);
    let index = Index::new(files, &catalogue);
    for pack in catalogue.packs.iter().map(|pack| pack.id.clone()).collect::<Vec<_>>() {
        for (stem, path, text) in files.within(&pack, "codes", "csv") {
            let list = codes::read(&pack, stem, path, text, &mut report);
            catalogue.code_lists.insert(list.name.clone(), list);
        }
    }
    let mut links = Vec::new();
    for pack in &index.order {
        for (stem, path, text) in files.within(pack, "entities", "toml") {
            let Some(document) = Document::parse(path, text, &mut report) else { continue };
            let context = entity::Context { pack, index: &index, catalogue: &catalogue };
            let (entity, found) = entity::read(&context, stem, &document, &mut report);
            links.extend(found);
            catalogue.entities.insert(entity.name.clone(), entity);
        }
    }
    links::check(&links, &index, &catalogue, &mut report);
    for pack in &index.order {
        for (stem, path, text) in files.within(pack, "tables", "toml") {
            let Some(document) = Document::parse(path, text, &mut report) else { continue };
            if let Some(table) = tables::read(pack, stem, &document, &index, &catalogue, &mut report) {
                catalogue.tables.insert(table.name.clone(), table);
            }
        }
    }
    for pack in &index.order {
        for (stem, path, text) in files.within(pack, "items", "toml") {
            let Some(document) = Document::parse(path, text, &mut report) else { continue };
            let context = entity::Context { pack, index: &index, catalogue: &catalogue };
            if let Some(item) = items::read(&context, stem, &document, &mut report) {
                catalogue.items.insert(item.name.clone(), item);
            }
        }
    }
    let answers = forms::check(files, &index.order, &catalogue, &mut report);
    catalogue.roles = roles::read_all(files, &index, &mut report);
    for pack in &index.order {
        for (stem, path, text) in files.within(pack, "flows", "toml") {
            let Some(document) = Document::parse(path, text, &mut report) else { continue };
            let context = entity::Context { pack, index: &index, catalogue: &catalogue };
            let flow = flow::read(&context, stem, &document, &mut report);
            catalogue.flows.insert(flow.name.clone(), flow);
        }
    }
    catalogue.schedules = schedules::read_all(files, &index, &catalogue, &mut report);
    catalogue.params = params::read_all(files, &index, &mut report);
    indicators::read_all(files, &index, &answers, &mut catalogue, &mut report);
    catalogue.reports = reports::read_all(files, &index, &catalogue, &mut report);
    index::unknown_files(files, &mut report);
    (catalogue, report.into_sorted())
}

pub use forms::{answer_scope, question_type};
pub(crate) use params::plain;

/// Forms of all packs: pack, path and text, in the order of packs and names.
pub fn forms(files: &PackFiles) -> Vec<(&str, String, &[u8])> {
    let mut found = Vec::new();
    for pack in files.packs() {
        for extension in forms::EXTENSIONS {
            let forms = files.within(pack, "forms", extension);
            found.extend(forms.map(|(_, path, text)| (pack, path.to_owned(), text.as_bytes())));
        }
    }
    found
}
