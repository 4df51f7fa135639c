//! The tree of elements → XForm.

mod binds;
mod body;
mod instances;
mod itemset;
mod itext;
mod paths;
mod primary;
mod text;
mod writer;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use super::choices::Lists;
use super::element::{Element, Id, Kind, ROOT, Tree};
use super::finding::Finding;
use super::languages;
use super::lex::is_element_name;
use super::refs;
use super::settings::Settings;
use writer::Xml;

/// Namespace of the product's own attributes on binds.
pub(super) const LINLI: &str = "urn:linli:forms";

/// Namespaces that every XForm declares.
const NAMESPACES: [(&str, &str); 7] = [
    ("", "http://www.w3.org/2002/xforms"),
    ("h", "http://www.w3.org/1999/xhtml"),
    ("ev", "http://www.w3.org/2001/xml-events"),
    ("xsd", "http://www.w3.org/2001/XMLSchema"),
    ("jr", "http://openrosa.org/javarosa"),
    ("orx", "http://openrosa.org/xforms"),
    ("odk", "http://www.opendatakit.org/xforms"),
];

/// What a tree is written with.
pub(super) struct Emitter<'a> {
    tree: &'a Tree,
    lists: &'a Lists,
    settings: &'a Settings,
    /// Element by name; `None` for a name that several have.
    names: HashMap<&'a str, Option<Id>>,
    /// Triggering question → (element set by it, expression).
    set_values: HashMap<&'a str, Vec<(Id, &'a str)>>,
    set_geopoints: HashMap<&'a str, Vec<Id>>,
    /// The version of the entities standard, when there are any.
    entities: Option<&'static str>,
    /// Whether the form has columns of the product's own.
    own: bool,
    findings: RefCell<Vec<Finding>>,
}

/// What was written.
pub(super) struct Emitted {
    pub(super) xml: String,
    pub(super) media: Vec<String>,
    pub(super) findings: Vec<Finding>,
}

/// Writes the XForm.
pub(super) fn emit(
    tree: &Tree,
    lists: &mut Lists,
    settings: &Settings,
    entities: Option<&'static str>,
    own: bool,
) -> Emitted {
    let mut findings = search_lists(tree, lists);
    let mut emitter = Emitter {
        tree,
        lists,
        settings,
        names: HashMap::new(),
        set_values: HashMap::new(),
        set_geopoints: HashMap::new(),
        entities,
        own,
        findings: RefCell::new(Vec::new()),
    };
    emitter.index();
    emitter.check_names();
    let itext = emitter.collect_itext();
    let mut xml = Xml::with_capacity(32 << 10);
    let instances = emitter.collect_instances();
    emitter.document(&mut xml, &itext, &instances);
    let mut seen = HashSet::new();
    let in_text = itext.files().filter(|f| !f.contains("${")).map(str::to_owned);
    let files = instances.iter().filter_map(instances::Instance::file);
    let media = in_text.chain(files).filter(|f| seen.insert(f.clone())).collect();
    findings.extend(emitter.findings.into_inner());
    findings.extend(bad_languages(&itext));
    Emitted { xml: xml.into_string(), media, findings }
}

/// One warning for all languages without a code.
fn bad_languages(itext: &itext::Itext<'_>) -> Option<Finding> {
    let bad: Vec<&str> = itext.languages().filter(|l| !languages::has_valid_code(l)).collect();
    (!bad.is_empty()).then(|| {
        let list = bad.join(", ");
        Finding::warning(
            "language-without-code",
            "survey",
            format!("这些语言没有机器可识别的代码：{list}。请写成“中文 (zh)”“English (en)”这样。"),
            format!(
                "The following language declarations do not contain valid machine-readable codes: {list}. \
                 Write them like 'English (en)'."
            ),
        )
        .row(1)
    })
}

/// Marks the lists that questions search with `search()`: those choices stand in the body.
fn search_lists(tree: &Tree, lists: &mut Lists) -> Vec<Finding> {
    let mut findings = Vec::new();
    let selects: Vec<&Element> = tree.below(ROOT).into_iter().map(|id| &tree[id]).filter(|e| e.is_select()).collect();
    let searching: Vec<&&Element> = selects.iter().filter(|e| searches(e)).collect();
    for element in searching {
        let name = element.itemset.clone().unwrap_or_default();
        let wrong =
            |code, zh: String, en: String| Finding::error(code, "survey", zh, en).row(element.row).column("appearance");
        if super::rows::is_choice_file_name(&name) {
            findings.push(wrong(
                "search-from-file",
                format!("题目“{}”从文件选择，不能再用 search()。请去掉 search()，或改用 choices 表的列表。", element.name),
                format!(
                    "Question '{}' is a select from file type, using 'search()'. This combination is not supported. Remove \
                     the 'search()' usage, or change the select type.",
                    element.name
                ),
            ));
            continue;
        }
        let others: Vec<String> = selects
            .iter()
            .filter(|e| !searches(e) && e.list_name.is_some() && e.list_name == element.list_name)
            .map(|e| format!("'{}'", e.name))
            .collect();
        if !others.is_empty() {
            let others = others.join(", ");
            findings.push(wrong(
                "search-list-shared",
                format!("题目“{}”用了 search()，同一列表“{name}”又被没有用 search() 的题目使用：{others}。请分开列表。", element.name),
                format!(
                    "Question '{}' uses 'search()', and the choice list '{name}' is referenced by at least one other question \
                     that is not using 'search()', which will not work: {others}. Use 'search()' for all of them, or a \
                     different list.",
                    element.name
                ),
            ));
        }
        match lists.get_mut(&name) {
            Some(list) => list.searched = true,
            None => findings.push(wrong(
                "search-without-choices",
                format!("用 search() 的题目“{}”需要 choices 表里的列表。", element.name),
                format!("Question '{}' uses 'search()' and needs a list on the choices sheet.", element.name),
            )),
        }
    }
    findings
}

/// Whether a select's appearance has `search(…)`.
fn searches(element: &Element) -> bool {
    let appearance = element.control.text("appearance").unwrap_or_default();
    appearance.find("search(").is_some_and(|at| appearance[at..].contains(')'))
}

impl<'a> Emitter<'a> {
    fn report(&self, finding: Finding) {
        let mut findings = self.findings.borrow_mut();
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }

    /// Indexes names and triggers.
    fn index(&mut self) {
        for id in self.tree.below(ROOT) {
            let element = &self.tree[id];
            if element.is_nameable() {
                self.names.entry(&element.name).and_modify(|known| *known = None).or_insert(Some(id));
            }
            for trigger in &element.triggers {
                if element.type_name == "background-geopoint" {
                    self.set_geopoints.entry(trigger).or_default().push(id);
                } else {
                    let value = element.bind_text("calculate").unwrap_or_default();
                    self.set_values.entry(trigger).or_default().push((id, value));
                }
            }
        }
    }

    /// Names that the compiler added may be somebody's own.
    fn check_names(&self) {
        for id in self.tree.below(ROOT).into_iter().filter(|id| self.tree[*id].is_section()) {
            let mut seen = HashSet::new();
            for child in &self.tree[id].children {
                let child = &self.tree[*child];
                if !seen.insert(child.name.as_str()) {
                    self.report(
                        Finding::error(
                            "name-duplicate",
                            "survey",
                            format!("名称“{}”与表单自动生成的名称相同，请改名。", child.name),
                            format!("The name '{}' is also made by the form itself. Choose another name.", child.name),
                        )
                        .row(child.row)
                        .column("name"),
                    );
                }
                if !is_element_name(&child.name) {
                    self.report(super::settings::invalid_name("survey", child.row, "name", &child.name));
                }
            }
        }
    }

    /// The element of a name.
    fn named(&self, name: &str, context: Option<Id>) -> Option<Id> {
        let row = context.map_or(0, |c| self.tree[c].row);
        match self.names.get(name) {
            Some(Some(id)) => return Some(*id),
            Some(None) => self.report(refs::ambiguous("survey", row, "name", name)),
            None => self.report(refs::unknown("survey", row, "name", name)),
        }
        None
    }

    fn document(&self, xml: &mut Xml, itext: &itext::Itext<'_>, instances: &[instances::Instance<'_>]) {
        let mut html = writer::Attributes::default();
        for (prefix, uri) in NAMESPACES {
            declare(&mut html, prefix, uri);
        }
        let mut declared = self.settings.namespaces();
        if self.entities.is_some() {
            declared.push(("entities".to_owned(), "http://www.opendatakit.org/xforms/entities".to_owned()));
        }
        if self.own {
            declared.push(("linli".to_owned(), LINLI.to_owned()));
        }
        for (prefix, uri) in declared {
            if !NAMESPACES.iter().any(|(p, _)| *p == prefix) {
                declare(&mut html, &prefix, &uri);
            }
        }
        xml.declaration();
        xml.start("h:html");
        xml.attrs(&html);
        xml.content();
        xml.start("h:head");
        xml.content();
        xml.leaf("h:title", &self.settings.title);
        self.model(xml, itext, instances);
        xml.end("h:head");
        xml.start("h:body");
        if let Some(style) = self.settings.text("style") {
            xml.attr("class", style);
        }
        xml.content();
        self.controls(xml, ROOT);
        xml.end("h:body");
        xml.end("h:html");
    }

    fn model(&self, xml: &mut Xml, itext: &itext::Itext<'_>, instances: &[instances::Instance<'_>]) {
        xml.start("model");
        xml.attr("odk:xforms-version", "1.0.0");
        if let Some(version) = self.entities {
            xml.attr("entities:entities-version", version);
        }
        xml.content();
        self.submission(xml);
        self.write_itext(xml, itext);
        xml.start("instance");
        xml.content();
        self.primary(xml);
        xml.end("instance");
        for instance in instances {
            instance.write(xml);
        }
        for id in self.tree.below(ROOT) {
            self.bind(xml, id);
            if matches!(self.tree[id].kind, Kind::Question | Kind::Attribute) {
                self.actions(xml, id, false);
            }
        }
        xml.end("model");
    }

    fn submission(&self, xml: &mut Xml) {
        let mut attributes = writer::Attributes::default();
        if let Some(url) = self.settings.text("submission_url") {
            attributes.set("action", url);
            attributes.set("method", "post");
        }
        let named =
            [("public_key", "base64RsaPublicKey"), ("auto_send", "orx:auto-send"), ("auto_delete", "orx:auto-delete")];
        for (setting, attribute) in named {
            if let Some(value) = self.settings.text(setting) {
                attributes.set(attribute, value);
            }
        }
        if self.settings.is_yes("client_editable") {
            attributes.set("odk:client-editable", "true");
        }
        if !attributes.is_empty() {
            xml.start("submission");
            xml.attrs(&attributes);
            xml.empty();
        }
    }

    /// An attribute that somebody named: refused when the name is none.
    fn set_own(&self, attributes: &mut writer::Attributes, name: &str, value: String, element: &Element, group: &str) {
        if is_element_name(name) {
            attributes.set(name, value);
            return;
        }
        self.report(
            Finding::error(
                "attribute-invalid",
                "survey",
                format!("列“{group}::{name}”的属性名“{name}”无效：以字母或下划线开头，不留空格。"),
                format!("'{name}' in the column '{group}::{name}' is not a valid attribute name."),
            )
            .row(element.row)
            .column(format!("{group}::{name}")),
        );
    }
}

fn declare(attributes: &mut writer::Attributes, prefix: &str, uri: &str) {
    let name = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
    attributes.set(&name, uri);
}
