//! Names on the survey sheet, and the questions that trigger others.

use super::{Done, Reader};
use crate::xlsform::finding::Finding;
use crate::xlsform::settings::invalid_name;
use crate::xlsform::value::Map;
use crate::xlsform::{lex, refs};

impl Reader<'_> {
    /// The row's name, checked and counted.
    pub(super) fn name(
        &mut self,
        number: u32,
        question_type: &str,
        values: &mut Map,
        begins: bool,
    ) -> Result<String, Finding> {
        let name = match values.take_text("name") {
            Some(name) => name,
            None if question_type == "note" => format!("generated_note_name_{number}"),
            None => {
                if begins {
                    self.open_broken(number, question_type);
                }
                return Err(self.wrong(
                    "name-missing",
                    number,
                    &["name"],
                    "题目或分组没有 name。请填写。",
                    "Question or group with no name. Fill in the name.",
                ));
            }
        };
        if !lex::is_element_name(&name) {
            if begins {
                self.open_broken(number, question_type);
            }
            return Err(invalid_name("survey", number, &self.survey.header(&["name"]), &name));
        }
        *self.names.entry(name.clone()).or_default() += 1;
        if let Some(strange) = name.chars().find(|&one| !collect_reads(one)) {
            self.warn(
                "name-not-ascii",
                number,
                &["name"],
                format!("名称“{name}”里的“{strange}”不分大小写，ODK Collect 打不开这样的表单；网页和本系统手机端可以填。要用 Collect 填写的，name 请用拼音或英文，汉字写在 label 里。"),
                format!("The name '{name}' has '{strange}', a letter without upper and lower case, which ODK Collect cannot read in a name. Web forms can. For Collect use plain letters; labels may be in any script."),
            );
        }
        if let Err(finding) = self.unique(number, &name) {
            self.findings.push(finding);
        }
        Ok(name)
    }

    /// Names are unique among their siblings, and should be so in any case.
    fn unique(&mut self, number: u32, name: &str) -> Done {
        if name == "meta" {
            return Err(self.wrong(
                "name-reserved",
                number,
                &["name"],
                "名称“meta”是保留的，请另起名称。",
                "The name 'meta' is reserved for form metadata. Choose another name.",
            ));
        }
        let frame = self.frame();
        if !frame.names.insert(name.to_owned()) {
            return Err(self.wrong(
                "name-duplicate",
                number,
                &["name"],
                format!("名称“{name}”在同一分组内重复。题目、分组、循环组的名称在所属分组内不能相同。"),
                format!(
                    "The name '{name}' is used twice here. Questions, groups, and repeats must be unique within their \
                     nearest parent group or repeat, or the survey if not inside a group or repeat."
                ),
            ));
        }
        if !frame.names_lower.insert(name.to_lowercase()) {
            self.warn(
                "name-differs-by-case",
                number,
                &["name"],
                format!("名称“{name}”与另一名称只有大小写不同，部分数据软件会混淆。建议改名。"),
                format!(
                    "The name '{name}' is a case-insensitive match to another name, which makes analysis difficult."
                ),
            );
        }
        Ok(())
    }

    /// The questions whose change makes this one be computed.
    pub(super) fn triggers(&mut self, number: u32, values: &mut Map) -> Result<Vec<String>, Finding> {
        let Some(text) = values.take_text("trigger").filter(|t| !t.is_empty()) else { return Ok(Vec::new()) };
        let column = self.survey.header(&["trigger"]);
        if !refs::may_have(&text) {
            return Err(refs::malformed("survey", number, &column));
        }
        let mut names = Vec::new();
        for part in text.split(',') {
            let before = names.len();
            for reference in refs::parse(part) {
                let reference = reference.map_err(|_| refs::malformed("survey", number, &column))?;
                if names.len() > before {
                    return Err(Finding::error(
                        "reference-list",
                        "survey",
                        "多个引用之间要用逗号隔开，例如 ${a}, ${b}。",
                        "Reference variable lists must have a comma between each variable, e.g. ${a}, ${b}.",
                    )
                    .row(number)
                    .column(column));
                }
                names.push(reference.name.to_owned());
            }
        }
        self.triggers.extend(names.iter().map(|n| (n.clone(), number)));
        Ok(names)
    }
}

/// Whether JavaRosa, the engine of ODK Collect, reads a character in a name: its XPath reader takes for a letter what has an
/// upper and a lower case (`Lexer.isAlpha`), so `größe` and `имя` open and `姓名` does not. pyxform compiles all of them.
fn collect_reads(one: char) -> bool {
    one.is_lowercase() || one.is_uppercase() || one.is_ascii_digit() || "_-.".contains(one)
}
