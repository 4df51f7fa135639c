//! What exists, by the names of files: known before any of them is read.

use std::collections::{BTreeMap, BTreeSet};

use linli_domain::Catalogue;

use crate::{files::PackFiles, names, report::Report, source::Spot, toml_read::Text};

/// Sorts of things that packs refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thing {
    Entity,
    List,
    Flow,
    Form,
}

impl Thing {
    fn code(self) -> &'static str {
        match self {
            Self::Entity => "unknown_entity",
            Self::List => "unknown_list",
            Self::Flow => "unknown_flow",
            Self::Form => "unknown_form",
        }
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Entity => ("登记册", "register"),
            Self::List => ("代码表", "code list"),
            Self::Flow => ("流程", "flow"),
            Self::Form => ("表单", "form"),
        }
    }
}

/// Names of packs, entities, code lists and levels.
#[derive(Debug)]
pub(super) struct Index {
    /// Packs, each after those it needs.
    pub(super) order: Vec<String>,
    /// Every pack with all packs it needs, itself included.
    reach: BTreeMap<String, BTreeSet<String>>,
    pub(super) entities: BTreeSet<String>,
    lists: BTreeSet<String>,
    pub(super) flows: BTreeSet<String>,
    forms: BTreeSet<String>,
    /// Kinds of area.
    pub(super) levels: Vec<String>,
}

impl Index {
    pub(super) fn new(files: &PackFiles, catalogue: &Catalogue) -> Self {
        let order: Vec<String> = catalogue.packs.iter().map(|pack| pack.id.clone()).collect();
        let mut reach: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for pack in &catalogue.packs {
            let mut all = BTreeSet::from([pack.id.clone()]);
            all.extend(pack.needs.iter().filter_map(|needed| reach.get(needed)).flatten().cloned());
            reach.insert(pack.id.clone(), all);
        }
        let named = |folder: &str, extension: &str| -> BTreeSet<String> {
            let of_pack = |pack: &String| {
                let stems = files.within(pack, folder, extension).map(|(stem, ..)| format!("{pack}/{stem}"));
                stems.collect::<Vec<_>>()
            };
            order.iter().flat_map(of_pack).collect()
        };
        let levels = catalogue.levels.iter().map(|level| level.kind.clone()).collect();
        let forms = super::forms::EXTENSIONS.iter().flat_map(|extension| named("forms", extension)).collect();
        Self {
            entities: named("entities", "toml"),
            lists: named("codes", "csv"),
            flows: named("flows", "toml"),
            forms,
            order,
            reach,
            levels,
        }
    }

    /// Whether `element` belongs to a register whose file could not be read: that has findings of its own.
    pub(super) fn unreadable(&self, element: &str, catalogue: &Catalogue) -> bool {
        let entity = element.rsplit_once('/').map_or("", |(entity, _)| entity);
        self.entities.contains(entity) && !catalogue.entities.contains_key(entity)
    }

    /// The full name of what `text`, written in `pack`, refers to; reported when there is no such thing or its pack is not
    /// among those that `pack` needs.
    pub(super) fn resolve(&self, thing: Thing, pack: &str, text: &Text<'_>, report: &mut Report) -> Option<String> {
        let known = match thing {
            Thing::Entity => &self.entities,
            Thing::List => &self.lists,
            Thing::Flow => &self.flows,
            Thing::Form => &self.forms,
        };
        let name = names::namespaced(pack, text.value);
        let (zh, en) = thing.names();
        if !known.contains(&name) {
            let own = format!("{pack}/");
            let short = known.iter().map(|name| name.strip_prefix(&own).unwrap_or(name));
            let message = (format!("没有{zh} `{}`", text.value), format!("there is no {en} `{}`", text.value));
            report.error_with(thing.code(), &text.spot(), message, names::suggest(text.value, short));
            return None;
        }
        let other = name.split('/').next().unwrap_or_default();
        if !self.reach.get(pack).is_some_and(|reach| reach.contains(other)) {
            let message = (
                format!("{zh} `{name}` 在包 `{other}` 里,但 {pack}/pack.toml 的 needs 没有写它"),
                format!("the {en} `{name}` is in pack `{other}`, which `needs` of {pack}/pack.toml does not name"),
            );
            let help = format!("needs = [\"{other}\"]");
            report.error_with("not_needed", &text.spot(), message, Some(linli_domain::Label::new(help.clone(), help)));
        }
        Some(name)
    }
}

/// Folders and files that other parts of the program read.
const ELSEWHERE: [&str; 3] = ["forms/", "reports/", "README"];

/// Warns of files that nothing reads.
pub(super) fn unknown_files(files: &PackFiles, report: &mut Report) {
    for (path, _) in files.iter() {
        let Some((_, rest)) = path.split_once('/') else {
            if !path.ends_with(".md") {
                stray(path, report);
            }
            continue;
        };
        let in_folder = |folder: &str, extension: &str| {
            rest.strip_prefix(folder).is_some_and(|name| !name.contains('/') && name.ends_with(extension))
        };
        let read = ["pack.toml", "levels.toml", "roles.toml", "schedules.toml", "indicators.toml"].contains(&rest)
            || in_folder("entities/", ".toml")
            || in_folder("flows/", ".toml")
            || in_folder("tables/", ".toml")
            || in_folder("items/", ".toml")
            || in_folder("tests/", ".toml")
            || in_folder("reports/", ".md")
            || in_folder("codes/", ".csv")
            || super::forms::EXTENSIONS.iter().any(|extension| in_folder("forms/", &format!(".{extension}")))
            || ELSEWHERE.iter().any(|prefix| rest.starts_with(prefix));
        if !read {
            stray(path, report);
        }
    }
}

fn stray(path: &str, report: &mut Report) {
    let message = ("这个文件不会被读取", "nothing reads this file");
    let folders = "pack.toml, levels.toml, roles.toml, schedules.toml, indicators.toml, entities/*.toml, codes/*.csv, reports/*.md, forms/*.md, forms/*.csv, flows/*.toml, tables/*.toml, items/*.toml, tests/*.toml";
    let help = linli_domain::Label::new(format!("放到其中之一:{folders}"), format!("put it into one of: {folders}"));
    report.warning("stray_file", &Spot::whole(path), message, Some(help));
}
