//! The entities sheet.

use super::{Declaration, Entities};
use crate::xlsform::finding::Finding;
use crate::xlsform::headers::{Grouped, Row};
use crate::xlsform::lex::is_element_name;
use crate::xlsform::refs;
use crate::xlsform::settings::invalid_name;

const COLUMNS: [&str; 6] = ["dataset", "entity_id", "create_if", "update_if", "repeat", "label"];

impl Entities {
    /// Reads the declarations and checks them.
    pub(in crate::xlsform) fn read(sheet: &Grouped, findings: &mut Vec<Finding>) -> Self {
        let mut entities = Self::default();
        check_columns(sheet, findings);
        for row in sheet.rows.iter().filter(|r| !r.values.is_empty()) {
            let declaration = declaration(row);
            match check(&declaration, sheet) {
                Err(finding) => findings.push(finding),
                Ok(()) if entities.declares(&declaration.dataset) => findings.push(duplicate(&declaration, sheet)),
                Ok(()) => {}
            }
            // A declaration that is wrong still stands, so that its save_to columns are not reported as well.
            if !entities.declares(&declaration.dataset) {
                entities.add(declaration);
            }
        }
        entities
    }

    fn add(&mut self, declaration: Declaration) {
        let at = self.declarations.len();
        let cells = [&declaration.entity_id, &declaration.create_if, &declaration.update_if, &declaration.label];
        for reference in cells.into_iter().flatten().flat_map(|text| refs::parse(text).map_while(Result::ok)) {
            let users = self.variables.entry(reference.name.to_owned()).or_default();
            if !users.contains(&at) {
                users.push(at);
            }
        }
        self.declarations.push(declaration);
    }
}

fn declaration(row: &Row) -> Declaration {
    let text = |key: &str| row.values.text(key).filter(|t| !t.is_empty()).map(str::to_owned);
    Declaration {
        dataset: text("dataset").unwrap_or_default(),
        row: row.number,
        entity_id: text("entity_id"),
        create_if: text("create_if"),
        update_if: text("update_if"),
        label: text("label"),
    }
}

fn check_columns(sheet: &Grouped, findings: &mut Vec<Finding>) {
    let used = |name: &str| sheet.rows.iter().any(|r| r.values.contains(name));
    let unknown: Vec<&str> = sheet
        .columns
        .iter()
        .flatten()
        .filter(|c| (!COLUMNS.contains(&c.path[0].as_str()) || c.path.len() > 1) && used(&c.path[0]))
        .map(|c| c.header.as_str())
        .collect();
    if let Some(first) = unknown.first() {
        let list = unknown.iter().map(|c| format!("'{c}'")).collect::<Vec<_>>().join(", ");
        findings.push(
            Finding::error(
                "header-unknown",
                "entities",
                format!("entities 表没有这些列：{list}。请检查拼写或删去。可用的列：list_name、entity_id、create_if、update_if、label。"),
                format!(
                    "One or more column names are invalid. The following column(s) are not supported: {list}. Check the \
                     spelling or remove them; the columns are list_name, entity_id, create_if, update_if, label."
                ),
            )
            .row(1)
            .column(*first),
        );
    }
}

fn duplicate(declaration: &Declaration, sheet: &Grouped) -> Finding {
    Finding::error(
        "entity-list-duplicate",
        "entities",
        format!("实体列表“{}”重复。list_name 列不能有重复的名称。", declaration.dataset),
        "The 'list_name' column must not have any duplicate names.",
    )
    .row(declaration.row)
    .column(sheet.header(&["dataset"]))
}

fn check(declaration: &Declaration, sheet: &Grouped) -> Result<(), Finding> {
    let (row, dataset) = (declaration.row, declaration.dataset.as_str());
    let at = |path: &str, code, zh: &str, en: &str| {
        Err(Finding::error(code, "entities", zh, en).row(row).column(sheet.header(&[path])))
    };
    if dataset.is_empty() {
        return at(
            "dataset",
            "entity-list-missing",
            "实体列表没有名称，请填写 list_name。",
            "Entity lists must have a name.",
        );
    }
    if dataset.starts_with("__") {
        return at(
            "dataset",
            "name-underscores",
            "实体列表的名称不能以两个下划线开头。",
            "Names used here must not begin with two underscores.",
        );
    }
    if dataset.contains('.') {
        return at(
            "dataset",
            "name-period",
            "实体列表的名称不能含句点。",
            "Names used here must not contain a period.",
        );
    }
    if !is_element_name(dataset) {
        return Err(invalid_name("entities", row, &sheet.header(&["dataset"]), dataset));
    }
    if declaration.entity_id.is_none() && declaration.update_if.is_some() {
        return at(
            "entity_id",
            "entity-id-missing",
            "更新实体需要 entity_id。请补上，或把 update_if 移到 create_if。",
            "An 'entity_id' is required when updating entities. Add it, or move the 'update_if' to 'create_if'.",
        );
    }
    if declaration.entity_id.is_some() && declaration.create_if.is_some() && declaration.update_if.is_none() {
        return at(
            "update_if",
            "entity-update-missing",
            "同时有 create_if 和 entity_id 时还需要 update_if；若只新建，请删去 entity_id。",
            "An 'update_if' is required when upserting entities. Add it, or remove the 'entity_id' to only create entities.",
        );
    }
    if declaration.entity_id.is_none() && declaration.label.is_none() {
        return at(
            "label",
            "entity-label-missing",
            "新建实体需要 label。请填写；若是更新，请填写 entity_id。",
            "A 'label' is required when creating entities. Add it, or provide an 'entity_id' to update entities instead.",
        );
    }
    Ok(())
}
