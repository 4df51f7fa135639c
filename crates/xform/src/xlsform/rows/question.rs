//! Questions of every kind, and what only the whole sheet shows.

use super::{Cells, Done, Reader, select};
use crate::xlsform::element::{Element, Kind, ROOT, Tag};
use crate::xlsform::finding::Finding;
use crate::xlsform::value::Value;
use crate::xlsform::{refs, types};

impl Reader<'_> {
    pub(super) fn question(&mut self, cells: Cells) -> Done {
        self.questions.insert(cells.name.clone());
        if matches!(cells.type_name.as_str(), "csv-external" | "xml-external") {
            self.secondary.insert(select::split_file(&cells.name).0.to_owned());
            let (type_name, name) = (cells.type_name, cells.name);
            self.add(Element::from_row(Kind::External, &type_name, &name, cells.row, cells.values));
            return Ok(());
        }
        if let Some(parsed) = select::parse(&cells.type_name) {
            return self.select(cells, parsed);
        }
        if let Some(list) = osm_list(&cells.type_name) {
            let element = self.osm(cells, list);
            return self.finish(element);
        }
        let element = match cells.type_name.as_str() {
            "range" => self.range(cells)?,
            "text" => self.text(cells)?,
            "photo" => self.photo(cells)?,
            "audio" => self.audio(cells)?,
            "background-audio" => self.background_audio(cells)?,
            "geopoint" | "geoshape" | "geotrace" => self.geo(cells)?,
            "start-geopoint" => Self::start_geopoint(cells),
            "background-geopoint" => self.background_geopoint(cells)?,
            // An empty container; an odd thing to write, but it has a meaning.
            "group" | "repeat" => return self.empty_container(cells),
            _ => cells.into_question(),
        };
        self.finish(element)
    }

    fn empty_container(&mut self, cells: Cells) -> Done {
        let kind = if cells.type_name == "repeat" { Kind::Repeat } else { Kind::Group };
        self.add(Element::from_row(kind, &cells.type_name, &cells.name, cells.row, cells.values));
        Ok(())
    }

    /// Puts in what the type brings and keeps the element.
    pub(super) fn finish(&mut self, mut element: Element) -> Done {
        let Some(info) = types::lookup(&element.type_name) else {
            return Err(self.unknown_type(&element));
        };
        element.apply_type(&info);
        if self.settings.is_yes("add_none_option") && element.type_name.starts_with("select all that apply") {
            self.add_none(&mut element)?;
        }
        self.add(element);
        Ok(())
    }

    fn unknown_type(&self, element: &Element) -> Finding {
        let name = &element.type_name;
        self.wrong(
            "type-unknown",
            element.row,
            &["type"],
            format!("没有题型“{name}”。请改成 XLSForm 的题型，例如 text、integer、select_one 列表名。"),
            format!(
                "Unknown question type '{name}'. Use a type of XLSForm, such as text, integer or select_one list_name."
            ),
        )
    }

    /// The old setting `add_none_option`: the first question of each list refuses "none" beside other answers.
    fn add_none(&mut self, element: &mut Element) -> Done {
        let list = element.list_name.clone().unwrap_or_default();
        let Some(list) = self.lists.get_mut(&list) else {
            return Err(self.wrong(
                "none-without-choices",
                element.row,
                &["type"],
                "设置了 add_none_option，但这道多选题没有选项。",
                "There should be choices for this question.",
            ));
        };
        let is_none = |c: &super::Choice| {
            c.name == "none" && c.label == Some(Value::Text("None".to_owned())) && c.extra.is_empty()
        };
        if list.none_added || list.choices.iter().any(is_none) {
            return Ok(());
        }
        list.none_added = true;
        let none = "(.='none' or not(selected(., 'none')))";
        let bind = element.bind_mut();
        let constraint = match bind.text("constraint") {
            Some(own) => format!("{own} and {none}"),
            None => none.to_owned(),
        };
        bind.set_text("constraint", constraint);
        Ok(())
    }

    fn osm(&mut self, mut cells: Cells, list: String) -> Element {
        "osm".clone_into(&mut cells.type_name);
        let mut element = cells.into_question();
        if let Some(list) = self.osm.get(&list) {
            element.tags = list.choices.iter().map(|c| Tag { name: c.name.clone(), label: c.label.clone() }).collect();
        }
        element
    }

    /// What only the whole sheet shows.
    pub(super) fn after(&mut self) {
        if self.or_other && self.translated {
            self.findings.push(Finding::warning(
                "or-other-translated",
                "survey",
                "表单既有 or_other 又有多语言：自动生成的“Other”不会翻译。建议在 choices 表里自行添加“其他”选项。",
                "This form uses or_other and translations, which is not recommended. An untranslated input question label \
                 and choice label is generated for 'other'.",
            ));
        }
        let triggers = std::mem::take(&mut self.triggers);
        let column = self.survey.header(&["trigger"]);
        for (name, row) in triggers.iter().filter(|(name, _)| !self.questions.contains(name)) {
            self.findings.push(refs::unknown("survey", *row, &column, name));
        }
        for (target, row) in std::mem::take(&mut self.geo) {
            if let Err(finding) = self.check_geo_reference(&target, row) {
                self.findings.push(finding);
            }
        }
        self.check_open();
        if self.settings.values.contains("flat") {
            self.flatten(ROOT, "");
        }
        self.meta_block();
    }

    /// For ODK Tables: groups give their relevance to their questions and leave no trace in the instance.
    fn flatten(&mut self, parent: usize, relevant: &str) {
        for id in self.tree[parent].children.clone() {
            let element = &mut self.tree[id];
            let own = element.bind_text("relevant").unwrap_or_default();
            let new = match (relevant, own) {
                ("", own) => own.to_owned(),
                (outer, "") => outer.to_owned(),
                (outer, own) => format!("{outer} and ({own})"),
            };
            if !element.children.is_empty() {
                element.flat = true;
                self.flatten(id, &new);
            } else if !new.is_empty() {
                element.bind_mut().set_text("relevant", new);
            }
        }
    }

    /// The instance's id and name.
    fn meta_block(&mut self) {
        if self.settings.is_yes("omit_instanceID") {
            if self.settings.text("public_key").is_some() {
                self.findings.push(
                    Finding::error(
                        "instance-id-needed",
                        "settings",
                        "加密表单（public_key）需要 instanceID，不能设置 omit_instanceID。请删去其中一项。",
                        "Cannot omit instanceID, it is required for encryption. Remove omit_instanceID or public_key.",
                    )
                    .row(2)
                    .column("omit_instanceID"),
                );
            }
        } else {
            let preload = self.settings.text("instance_id").unwrap_or("uid").to_owned();
            let bind = [("readonly", "true()"), ("jr:preload", preload.as_str())];
            self.meta.push(Element::generated("calculate", "instanceID", &bind));
            *self.names.entry("instanceID".to_owned()).or_default() += 1;
        }
        if let Some(name) = self.settings.values.text("instance_name") {
            self.meta.push(Element::generated("calculate", "instanceName", &[("calculate", name)]));
        }
    }
}

/// The list of an `osm list` type.
fn osm_list(question_type: &str) -> Option<String> {
    let at = question_type.find("osm ")?;
    let list: String = question_type[at + 4..].chars().take_while(|c| !c.is_whitespace()).collect();
    (!list.is_empty()).then_some(list)
}
