//! Groups, repeats and loops: their beginnings and ends.

use super::{Cells, Done, Frame, Reader, TableList};
use crate::xlsform::aliases::CONTAINERS;
use crate::xlsform::choices::Choice;
use crate::xlsform::element::{Element, Id, Kind};
use crate::xlsform::finding::Finding;
use crate::xlsform::refs;
use crate::xlsform::value::Value;

/// The beginning of a container.
pub(super) struct Begin {
    /// `group`, `repeat` or `loop`.
    control: &'static str,
    /// The list of a loop.
    list: Option<String>,
}

/// Containers within containers that are still read; deeper ones are a mistake.
const DEEPEST: usize = 60;

/// Reads `begin group`, `begin_repeat`, `begin loop over list`, …
pub(super) fn parse_begin(question_type: &str) -> Option<Begin> {
    let rest = question_type.strip_prefix("begin")?.strip_prefix([' ', '_'])?;
    CONTAINERS.iter().find_map(|(name, control)| {
        let after = rest.strip_prefix(name)?;
        if after.is_empty() {
            return Some(Begin { control, list: None });
        }
        let list = after.strip_prefix(' ')?;
        let one_word = |t: &str| !t.is_empty() && !t.contains(char::is_whitespace);
        let list = list.strip_prefix("over ").filter(|l| one_word(l)).unwrap_or(list);
        one_word(list).then(|| Begin { control, list: Some(list.to_owned()) })
    })
}

/// Reads `end group`, `end_repeat`, …
pub(super) fn parse_end(question_type: &str) -> Option<&'static str> {
    let rest = question_type.strip_prefix("end")?.strip_prefix([' ', '_'])?;
    CONTAINERS.iter().find(|(name, _)| *name == rest).map(|(_, control)| *control)
}

impl Reader<'_> {
    /// Opens a container whose own row is wrong, so that its end is not reported as well.
    pub(super) fn open_broken(&mut self, row: u32, question_type: &str) {
        if let Some(begin) = parse_begin(question_type) {
            let id = self.add(Element::new(Kind::Group, "group", "_", row));
            self.stack.push(Frame::new(id, begin.control, row));
        }
    }

    pub(super) fn begin(&mut self, cells: Cells, begin: Begin) -> Done {
        let (row, control) = (cells.row, begin.control);
        if self.stack.len() > DEEPEST {
            return Err(self.wrong(
                "nesting-too-deep",
                row,
                &["type"],
                format!("分组嵌套超过 {DEEPEST} 层，请减少层次。"),
                format!("Groups are nested more than {DEEPEST} deep. Use fewer levels."),
            ));
        }
        let unique = self.unique_repeat(row, &cells.name, control);
        if control == "repeat" && !cells.values.contains("label") && !cells.values.contains("media") {
            self.warn(
                "repeat-without-label",
                row,
                &["label"],
                format!("循环组“{}”没有 label。建议填写，填表的人才知道在重复什么。", cells.name),
                format!("Repeat '{}' has no label.", cells.name),
            );
        }
        let looped = self.looped_list(row, &begin);
        let kind = if control == "repeat" { Kind::Repeat } else { Kind::Group };
        let intent = cells.values.text("intent").map(str::to_owned);
        let mut element = Element::from_row(kind, control, &cells.name, row, cells.values);
        self.repeat_count(&mut element);
        let note = self.table_list_note(&mut element, cells.appearance.as_deref());
        if let Some(intent) = intent {
            element.control.set_text("intent", intent);
        }
        let id = self.add(element);
        if let Some(note) = note {
            self.tree.add(id, note);
        }
        let mut frame = Frame::new(id, control, row);
        let looped = looped.map(|list| frame.looped = list);
        self.stack.push(frame);
        unique.and(looped)
    }

    /// The list whose choices a loop repeats over.
    fn looped_list(&self, row: u32, begin: &Begin) -> Result<Option<String>, Finding> {
        if begin.control != "loop" {
            return Ok(None);
        }
        match &begin.list {
            None => Err(self.wrong(
                "loop-without-list",
                row,
                &["type"],
                "loop 要写明列表，例如 begin loop over 列表名。",
                "Repeat loop without list name. Write 'begin loop over list_name'.",
            )),
            Some(list) if self.lists.contains(list) => Ok(Some(list.clone())),
            Some(list) => Err(self.wrong(
                "list-unknown",
                row,
                &["type"],
                format!("choices 表里没有列表“{list}”。"),
                format!("List name not in choices sheet: {list}"),
            )),
        }
    }

    /// A repeat's name is unique in the whole form and differs from the root's.
    fn unique_repeat(&mut self, row: u32, name: &str, control: &str) -> Done {
        if control != "repeat" {
            return Ok(());
        }
        if name == self.settings.root {
            return Err(self.wrong(
                "repeat-named-as-root",
                row,
                &["name"],
                format!("循环组不能与表单根节点同名（“{name}”）。请改名。"),
                format!(
                    "The repeat name '{name}' is the survey root's name (which defaults to 'data'). Rename the repeat."
                ),
            ));
        }
        if !self.repeats.insert(name.to_owned()) {
            return Err(self.wrong(
                "repeat-duplicate",
                row,
                &["name"],
                format!("循环组名称“{name}”重复。循环组的名称在整个表单内不能相同。"),
                format!("The repeat name '{name}' is used twice. Repeat names must be unique anywhere in the survey."),
            ));
        }
        Ok(())
    }

    /// A count that is an expression gets a calculation of its own, which the repeat refers to.
    fn repeat_count(&mut self, element: &mut Element) {
        let Some(count) = element.control.text("jr:count").filter(|c| !c.is_empty()) else { return };
        if refs::is_one(count).is_some() {
            return;
        }
        let name = format!("{}_count", element.name);
        self.add(Element::generated("calculate", &name, &[("readonly", "true()"), ("calculate", count)]));
        element.control.set_text("jr:count", format!("${{{name}}}"));
    }

    /// A group of selects in a table is a field list with a note that carries its label.
    fn table_list_note(&mut self, element: &mut Element, appearance: Option<&str>) -> Option<Element> {
        let words: Vec<&str> = appearance?.split_whitespace().collect();
        if !words.contains(&"table-list") {
            return None;
        }
        self.table_list = TableList::Begun;
        let mut new = vec!["field-list"];
        new.extend(words.iter().filter(|w| **w != "table-list"));
        element.control.set_text("appearance", new.join(" "));
        if element.label.is_none() && element.hint.is_none() {
            return None;
        }
        let name = format!("generated_table_list_label_{}", element.row);
        let mut note = Element::generated("note", &name, &[]);
        note.label = element.label.take();
        note.hint = element.hint.take();
        Some(note)
    }

    pub(super) fn end(&mut self, cells: Cells, control: &'static str) -> Done {
        if self.stack.len() == 1 || self.frame().control != control {
            let name = cells.values.text("name").unwrap_or("unknown");
            return Err(self.wrong(
                "end-unmatched",
                cells.row,
                &["type"],
                format!("end_{control} 没有对应的 begin_{control}。请检查分组的开始与结束是否配对。"),
                format!("Unmatched 'end_{control}'. No matching 'begin_{control}' was found for the name '{name}'."),
            ));
        }
        self.table_list = TableList::None;
        match self.stack.pop() {
            Some(Frame { id, looped: Some(list), row, .. }) => self.expand_loop(id, &list, row),
            _ => Ok(()),
        }
    }

    /// A container that is never ended.
    pub(super) fn check_open(&mut self) {
        let open: Vec<_> = self.stack.drain(1..).map(|f| (f.id, f.control, f.row)).collect();
        for (id, control, row) in open {
            let name = self.tree[id].name.clone();
            let finding = self.wrong(
                "begin-unmatched",
                row,
                &["type"],
                format!("“{name}”的 begin_{control} 没有对应的 end_{control}。请在分组末尾补上。"),
                format!("Unmatched 'begin_{control}'. No matching 'end_{control}' was found for the name '{name}'."),
            );
            self.findings.push(finding);
        }
    }

    /// Copies a loop's questions into a group for each choice, with `%(name)s` and `%(label)s` filled in.
    fn expand_loop(&mut self, id: Id, list: &str, row: u32) -> Done {
        let template = std::mem::take(&mut self.tree[id].children);
        let choices: Vec<Choice> = self.choices_of(list).to_vec();
        for choice in choices.iter().filter(|c| c.name != "none") {
            let mut group = Element::new(Kind::Group, "group", &choice.name, row);
            group.label.clone_from(&choice.label);
            group.media = choice.media.clone();
            let column = self.tree.add(id, group);
            for child in &template {
                let copy = self.copy(column, *child);
                if !substitute(&mut self.tree[copy], choice) {
                    return Err(self.wrong(
                        "loop-placeholder",
                        row,
                        &["type"],
                        "loop 内的题目只能用 %(name)s 和 %(label)s 两种占位；百分号本身写成 %%。",
                        "Questions in a loop may use %(name)s and %(label)s only; write %% for a percent sign.",
                    ));
                }
            }
        }
        Ok(())
    }

    /// A copy of an element and all below it.
    fn copy(&mut self, parent: Id, id: Id) -> Id {
        let mut element = self.tree[id].clone();
        let children = std::mem::take(&mut element.children);
        let copy = self.tree.add(parent, element);
        for child in children {
            self.copy(copy, child);
        }
        copy
    }
}

/// Fills a choice into all texts of an element. `false` when a placeholder is none of ours.
fn substitute(element: &mut Element, choice: &Choice) -> bool {
    let empty = Value::Text(String::new());
    let label = choice.label.as_ref().unwrap_or(&empty);
    let plain = |text: &str| fill(text, &choice.name, label.first_text());
    let mut good = true;
    let mut set = |text: &mut String, new: Option<String>| match new {
        Some(new) => *text = new,
        None => good = false,
    };
    let mut texts: Vec<&mut String> = vec![&mut element.name];
    texts.extend([&mut element.default, &mut element.choice_filter, &mut element.query].into_iter().flatten());
    for text in texts {
        let new = plain(text);
        set(text, new);
    }
    for value in [&mut element.label, &mut element.hint, &mut element.guidance_hint].into_iter().flatten() {
        match value {
            Value::Text(text) => {
                let new = plain(text);
                set(text, new);
            }
            Value::Map(map) => {
                for (language, value) in map.iter_mut() {
                    let Value::Text(text) = value else { continue };
                    let own = match label {
                        Value::Map(labels) => labels.text(language),
                        Value::Text(label) => Some(label.as_str()),
                    };
                    let new = fill(text, &choice.name, own.unwrap_or_else(|| label.first_text()));
                    set(text, new);
                }
            }
        }
    }
    let groups =
        [Some(&mut element.control), Some(&mut element.instance), Some(&mut element.media), element.bind.as_mut()];
    for (_, value) in groups.into_iter().flatten().flat_map(|map| map.iter_mut()) {
        if let Value::Text(text) = value {
            let new = plain(text);
            set(text, new);
        }
    }
    good
}

fn fill(text: &str, name: &str, label: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (len, value) = [("%(name)s", name), ("%(label)s", label), ("%%", "%")]
            .into_iter()
            .find_map(|(mark, value)| rest.starts_with(mark).then_some((mark.len(), value)))?;
        out.push_str(value);
        rest = &rest[len..];
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_are_recognised_however_they_are_written() {
        for (text, control, list) in [
            ("begin group", "group", None),
            ("begin_repeat", "repeat", None),
            ("begin lgroup", "repeat", None),
            ("begin looped group", "repeat", None),
            ("begin loop over trees", "loop", Some("trees")),
            ("begin loop trees", "loop", Some("trees")),
            ("begin group x", "group", Some("x")),
        ] {
            let begin = parse_begin(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((begin.control, begin.list.as_deref()), (control, list));
        }
        assert!(parse_begin("begin  group").is_none() && parse_begin("begingroup").is_none());
        assert_eq!(parse_end("end_looped group"), Some("repeat"));
        assert_eq!(parse_end("end group x"), None);
    }

    #[test]
    fn a_loop_fills_names_and_labels() {
        assert_eq!(fill("%(name)s: %(label)s 100%%", "a", "B").as_deref(), Some("a: B 100%"));
        assert_eq!(fill("100%", "a", "B"), None);
    }
}
