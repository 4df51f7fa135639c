//! Where a select's choices come from.

use super::paths::Style;
use super::writer::Xml;
use super::{Emitter, searches};
use crate::xlsform::choices::List;
use crate::xlsform::element::{Element, Id};
use crate::xlsform::finding::Finding;
use crate::xlsform::value::Value;
use crate::xlsform::{refs, rows};

/// The parts of an `<itemset>`.
struct Itemset {
    nodeset: String,
    value: String,
    label: String,
    /// The filter unless the form has one of its own.
    filter: Option<String>,
}

impl Emitter<'_> {
    /// The choices of a select, a range or a geometry.
    pub(super) fn choices(&self, xml: &mut Xml, id: Id) {
        let element = &self.tree[id];
        let Some(itemset) = element.itemset.as_deref().filter(|i| !i.is_empty()) else { return };
        let list = self.lists.get(itemset);
        if element.is_select() {
            if !matches!(element.bind_text("type"), Some("string" | "odk:rank")) {
                self.report(wrong_bind_type(element));
            }
            if searches(element) {
                return self.inline(xml, element, list);
            }
        }
        match element.tag {
            Some("range") => write(xml, &internal(itemset, list)),
            Some("input") if element.query.is_some() || element.type_name == "select one external" => {}
            Some("input" | "select" | "select1" | "odk:rank") => self.itemset(xml, id, itemset, list),
            _ => {}
        }
    }

    fn itemset(&self, xml: &mut Xml, id: Id, name: &str, list: Option<&List>) {
        let element = &self.tree[id];
        let by_reference = refs::has(name);
        let mut itemset = if rows::is_choice_file_name(name) {
            from_file(element, name)
        } else if by_reference {
            self.from_reference(id, name)
        } else {
            internal(name, list)
        };
        if let Some(filter) = element.choice_filter.as_deref().filter(|f| !f.is_empty()) {
            let mut filter = self.xpath(filter, Some(id), Style { current: true, parent: by_reference });
            if by_reference {
                filter = filter.replace(&format!("current()/{}", itemset.nodeset), ".").replace(&itemset.nodeset, ".");
            }
            itemset.filter = Some(filter);
        }
        if let Some(filter) = itemset.filter.take() {
            itemset.nodeset = format!("{}[{filter}]", itemset.nodeset);
        }
        self.randomize(id, &mut itemset);
        write(xml, &itemset);
    }

    /// Choices that are answers given in a repeat before.
    fn from_reference(&self, id: Id, name: &str) -> Itemset {
        let path = self.xpath(name, Some(id), Style { current: false, parent: true });
        let path = path.trim();
        if matches!(self.tree[id].type_name.as_str(), "geopoint" | "geoshape" | "geotrace") {
            // The predicate keeps Collect from adding one of its own, which would leave one place of the repeat.
            let geometry = "geometry".to_owned();
            let filter = Some("./geometry != ''".to_owned());
            return Itemset { nodeset: path.to_owned(), value: geometry.clone(), label: geometry, filter };
        }
        let (nodeset, leaf) = path.rsplit_once('/').unwrap_or(("", path));
        Itemset {
            nodeset: nodeset.to_owned(),
            value: leaf.to_owned(),
            label: leaf.to_owned(),
            filter: Some(format!("./{leaf} != ''")),
        }
    }

    fn randomize(&self, id: Id, itemset: &mut Itemset) {
        let element = &self.tree[id];
        let parameter = |key: &str| element.parameters.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str());
        if parameter("randomize") != Some("true") {
            return;
        }
        itemset.nodeset = match parameter("seed") {
            Some(seed) => {
                let seed = self.xpath(seed, Some(id), Style::default());
                format!("randomize({}, {})", itemset.nodeset, seed.trim())
            }
            None => format!("randomize({})", itemset.nodeset),
        };
    }

    /// Choices of a select with `search()` stand in the body, because the client replaces them.
    fn inline(&self, xml: &mut Xml, element: &Element, list: Option<&List>) {
        let Some(list) = list else { return };
        for (at, choice) in list.choices.iter().enumerate() {
            xml.start("item");
            xml.content();
            if list.itext {
                xml.only("label", "ref", &format!("jr:itext('{}-{at}')", list.name));
            } else {
                xml.start("label");
                xml.content();
                if let (Some(_), Some(Value::Text(label))) = (&element.label, &choice.label) {
                    xml.pieces(&self.pieces(label, None));
                }
                xml.end("label");
            }
            xml.leaf("value", &choice.name);
            xml.end("item");
        }
    }
}

/// Choices of the choices sheet.
fn internal(name: &str, list: Option<&List>) -> Itemset {
    let label = if list.is_some_and(|l| l.itext) { "jr:itext(itextId)" } else { "label" };
    Itemset {
        nodeset: format!("instance('{name}')/root/item"),
        value: "name".to_owned(),
        label: label.to_owned(),
        filter: None,
    }
}

/// Choices of an attached file.
fn from_file(element: &Element, name: &str) -> Itemset {
    let (base, extension) = rows::split_file(name);
    let (value, label) = if extension == ".geojson" { ("id", "title") } else { ("name", "label") };
    let parameter = |key: &str, default: &str| {
        element.parameters.iter().find(|(k, _)| k == key).map_or_else(|| default.to_owned(), |(_, v)| v.clone())
    };
    Itemset {
        nodeset: format!("instance('{base}')/root/item"),
        value: parameter("value", value),
        label: parameter("label", label),
        filter: None,
    }
}

fn write(xml: &mut Xml, itemset: &Itemset) {
    xml.start("itemset");
    xml.attr("nodeset", &itemset.nodeset);
    xml.content();
    xml.only("value", "ref", &itemset.value);
    xml.only("label", "ref", &itemset.label);
    xml.end("itemset");
}

fn wrong_bind_type(element: &Element) -> Finding {
    Finding::error(
        "select-bind-type",
        "survey",
        format!("选择题“{}”的 bind::type 只能是 string。请删去这一列的值。", element.name),
        format!("The bind::type of the select '{}' must be string. Remove the value.", element.name),
    )
    .row(element.row)
    .column("bind::type")
}
