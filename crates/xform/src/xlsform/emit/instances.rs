//! Secondary instances: choices, attached files, the last saved submission.

use std::collections::HashMap;

use super::Emitter;
use super::writer::Xml;
use crate::xlsform::choices::List;
use crate::xlsform::element::{Element, Id, Kind, ROOT};
use crate::xlsform::finding::Finding;
use crate::xlsform::value::Value;
use crate::xlsform::{refs, rows};

/// One secondary instance.
pub(super) struct Instance<'a> {
    name: String,
    /// The URI of a file; absent for choices of the form itself.
    source: Option<String>,
    list: Option<&'a List>,
    /// The survey's row it comes from.
    row: u32,
}

/// Attributes of a bind in which files can be looked up.
const LOOKED_UP: [&str; 5] = ["calculate", "constraint", "readonly", "required", "relevant"];

impl Instance<'_> {
    fn file_instance(name: &str, source: String, row: u32) -> Self {
        Self { name: name.to_owned(), source: Some(source), list: None, row }
    }

    /// The attached file it is read from.
    pub(super) fn file(&self) -> Option<String> {
        let source = self.source.as_deref()?;
        let file = source.strip_prefix("jr://file-csv/").or_else(|| source.strip_prefix("jr://file/"))?;
        Some(file.to_owned())
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        xml.start("instance");
        xml.attr("id", &self.name);
        let Some(list) = self.list else {
            if let Some(source) = &self.source {
                xml.attr("src", source);
            }
            return xml.empty();
        };
        xml.content();
        xml.start("root");
        xml.content();
        for (at, choice) in list.choices.iter().enumerate() {
            xml.start("item");
            xml.content();
            if list.itext {
                xml.leaf("itextId", &format!("{}-{at}", list.name));
            }
            xml.leaf("name", &choice.name);
            if let (false, Some(Value::Text(label))) = (list.itext, &choice.label) {
                xml.leaf("label", label);
            }
            for (key, value) in &choice.extra {
                xml.leaf(key, value);
            }
            if let Some(option) = choice.sms_option.as_deref().filter(|o| !o.is_empty()) {
                xml.leaf("sms_option", option);
            }
            xml.end("item");
        }
        xml.end("root");
        xml.end("instance");
    }
}

impl<'a> Emitter<'a> {
    /// Collects the instances, each once; two files under one name are an error.
    pub(super) fn collect_instances(&self) -> Vec<Instance<'a>> {
        let mut all = Vec::new();
        let mut last_saved = false;
        for id in self.tree.below(ROOT) {
            let element = &self.tree[id];
            match element.kind {
                Kind::Question => {
                    looked_up(element, &mut all);
                    from_file(element, &mut all);
                    last_saved |= uses_last_saved(element);
                }
                Kind::External => all.push(external(element)),
                _ if element.is_section() => looked_up(element, &mut all),
                _ => {}
            }
        }
        self.check_external_names();
        if last_saved {
            all.push(Instance::file_instance("__last-saved", "jr://instance/last-saved".to_owned(), 0));
        }
        for list in self.lists.iter().filter(|l| !l.searched) {
            all.push(Instance { name: list.name.clone(), source: None, list: Some(list), row: 0 });
        }
        self.without_doubles(all)
    }

    fn without_doubles(&self, all: Vec<Instance<'a>>) -> Vec<Instance<'a>> {
        let mut kept: Vec<Instance<'a>> = Vec::with_capacity(all.len());
        let mut at: HashMap<String, usize> = HashMap::new();
        for instance in all {
            match at.get(&instance.name).map(|at| &kept[*at]) {
                None => {
                    at.insert(instance.name.clone(), kept.len());
                    kept.push(instance);
                }
                Some(first) if first.source == instance.source => {}
                Some(first) => self.report(two_sources(first, &instance)),
            }
        }
        kept
    }

    fn check_external_names(&self) {
        let externals: Vec<Id> =
            self.tree.below(ROOT).into_iter().filter(|id| self.tree[*id].kind == Kind::External).collect();
        for (at, id) in externals.iter().enumerate() {
            let element = &self.tree[*id];
            if externals[..at].iter().any(|e| self.tree[*e].name == element.name) {
                self.report(
                    Finding::error(
                        "instance-duplicate",
                        "survey",
                        format!("外部文件名称“{}”重复。在整个表单内不能相同。", element.name),
                        format!(
                            "Instance names must be unique within a form. The name '{}' was found twice.",
                            element.name
                        ),
                    )
                    .row(element.row)
                    .column("name"),
                );
            }
        }
    }
}

fn two_sources(first: &Instance<'_>, second: &Instance<'_>) -> Finding {
    let shown = |i: &Instance<'_>| i.source.clone().unwrap_or_else(|| "choices".to_owned());
    let (name, first_source, second_source) = (&second.name, shown(first), shown(second));
    Finding::error(
        "instance-conflict",
        "survey",
        format!("名称“{name}”指向两个不同的数据来源：{first_source} 与 {second_source}。请改名其中一个文件或列表。"),
        format!(
            "The same instance id will be generated for different external instance source URIs. Instance name: '{name}', \
             URIs: '{first_source}' and '{second_source}'. Rename one of the files or lists."
        ),
    )
    .row(if second.row > 0 { second.row } else { first.row })
    .column("type")
}

fn external(element: &Element) -> Instance<'static> {
    let name = &element.name;
    let source = match element.type_name.as_str() {
        "csv-external" => format!("jr://file-csv/{name}.csv"),
        _ => format!("jr://file/{name}.xml"),
    };
    Instance::file_instance(name, source, element.row)
}

/// Files that `pulldata()` reads.
fn looked_up(element: &Element, all: &mut Vec<Instance<'_>>) {
    let binds = LOOKED_UP.iter().filter_map(|key| element.bind_text(key));
    let others = [element.choice_filter.as_deref(), element.default.as_deref()];
    for text in binds.chain(others.into_iter().flatten()).filter(|t| t.contains("pulldata(")) {
        for file in pulldata_files(text) {
            all.push(Instance::file_instance(&file, format!("jr://file-csv/{file}.csv"), element.row));
        }
    }
}

/// The first arguments of `pulldata(` in a text.
fn pulldata_files(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("pulldata") {
        rest = &rest[at + "pulldata".len()..];
        let Some(arguments) = rest.trim_start().strip_prefix('(') else { continue };
        let line = arguments.trim_start().split('\n').next().unwrap_or_default();
        if let Some((first, _)) = line.split_once(',') {
            found.push(first.replace(['\'', '"'], "").trim().to_owned());
            rest = &arguments[arguments.find(',').map_or(0, |c| c + 1)..];
        }
    }
    found
}

/// The file a select reads its choices from.
fn from_file(element: &Element, all: &mut Vec<Instance<'_>>) {
    let Some(itemset) = element.itemset.as_deref().filter(|_| element.is_select()) else { return };
    let (name, extension) = rows::split_file(itemset);
    if rows::is_choice_file_name(itemset) {
        let folder = if extension == ".csv" { "file-csv" } else { "file" };
        all.push(Instance::file_instance(name, format!("jr://{folder}/{itemset}"), element.row));
    }
}

fn uses_last_saved(element: &Element) -> bool {
    let binds = LOOKED_UP.iter().filter_map(|key| element.bind_text(key));
    let others = [element.choice_filter.as_deref(), element.default.as_deref()];
    binds.chain(others.into_iter().flatten()).any(refs::has_last_saved)
}

#[cfg(test)]
mod tests {
    use super::pulldata_files;

    #[test]
    fn files_of_pulldata_are_found() {
        let text = "concat(pulldata('fruits', 'a', 'b', ${c}), pulldata( \"nuts\" , 'a'))";
        assert_eq!(pulldata_files(text), ["fruits", "nuts"]);
        assert!(pulldata_files("pulldata").is_empty());
    }
}
