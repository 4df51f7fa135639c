//! Entities: what a submission creates or updates in entity lists (ODK Entities 2024.1.0 and 2025.1.0).
//!
//! The entities sheet declares lists; `save_to` on the survey sheet and references in the declarations say where each
//! declaration belongs. [`Entities::apply`] puts an `<entity>` into the meta block of the right container.

mod allocate;
mod declare;

use std::collections::HashMap;

use super::element::{Action, ActionKind, Element, Event, Id, Kind, ROOT, Tree};
use super::finding::Finding;
use super::headers::Grouped;
use super::lex::is_element_name;
use super::rows::Cells;
use super::settings::invalid_name;

/// One row of the entities sheet.
#[derive(Debug, Clone, Default)]
pub(super) struct Declaration {
    pub(super) dataset: String,
    pub(super) row: u32,
    pub(super) entity_id: Option<String>,
    pub(super) create_if: Option<String>,
    pub(super) update_if: Option<String>,
    pub(super) label: Option<String>,
}

/// A place on the survey sheet that a declaration is tied to.
#[derive(Debug, Clone)]
struct Tie {
    /// The containers from the survey down.
    path: Vec<Id>,
    row: u32,
    /// The property that is saved; absent for a question that the declaration refers to.
    property: Option<String>,
    question: String,
}

/// All declarations and what they are tied to.
#[derive(Debug, Clone, Default)]
pub(super) struct Entities {
    declarations: Vec<Declaration>,
    /// Question → declarations that refer to it.
    variables: HashMap<String, Vec<usize>>,
    /// Declaration and its ties, in the order of the first tie.
    ties: Vec<(usize, Vec<Tie>)>,
}

impl Entities {
    /// Whether there is an entity list of that name.
    pub(super) fn declares(&self, dataset: &str) -> bool {
        self.find(dataset).is_some()
    }

    fn find(&self, dataset: &str) -> Option<usize> {
        self.declarations.iter().position(|d| d.dataset == dataset)
    }

    fn tie(&mut self, declaration: usize, tie: Tie) {
        match self.ties.iter_mut().find(|(d, _)| *d == declaration) {
            Some((_, ties)) => ties.push(tie),
            None => self.ties.push((declaration, vec![tie])),
        }
    }

    /// Notes what a row of the survey sheet ties to a declaration.
    pub(super) fn reference(
        &mut self,
        cells: &mut Cells,
        path: Vec<Id>,
        survey: &Grouped,
        container: bool,
    ) -> Result<(), Finding> {
        let saved = cells.values.text_in("bind", "entities:saveto").filter(|s| !s.is_empty()).map(str::to_owned);
        let (row, question) = (cells.row, cells.name.clone());
        let result = match saved {
            None => Ok(()),
            Some(saved) => self.save_to(&saved, cells, path.clone(), survey, container),
        };
        for declaration in self.variables.get(&question).cloned().unwrap_or_default() {
            self.tie(declaration, Tie { path: path.clone(), row, property: None, question: question.clone() });
        }
        result
    }

    fn save_to(
        &mut self,
        saved: &str,
        cells: &mut Cells,
        path: Vec<Id>,
        survey: &Grouped,
        container: bool,
    ) -> Result<(), Finding> {
        let row = cells.row;
        let column = survey.header(&["bind", "entities:saveto"]);
        let column = if column == "entities:saveto" { "save_to".to_owned() } else { column };
        let bad =
            |code, zh: String, en: String| Finding::error(code, "survey", zh, en).row(row).column(column.as_str());
        if self.declarations.is_empty() {
            return Err(bad(
                "save-to-without-entities",
                "使用 save_to 需要 entities 表。请添加 entities 表并写明实体列表。".to_owned(),
                "To save entity properties using the save_to column, add an entities sheet and declare an entity."
                    .to_owned(),
            ));
        }
        let (declaration, property) = match saved.split_once('#') {
            Some((_, rest)) if rest.contains('#') => {
                return Err(bad(
                    "save-to-delimiters",
                    "save_to 里最多只能有一个“#”。".to_owned(),
                    "A 'save_to' value must have at most one '#' delimiter character.".to_owned(),
                ));
            }
            Some((dataset, property)) => (self.find(dataset).ok_or_else(|| unknown_list(&bad, dataset))?, property),
            None if self.declarations.len() > 1 => {
                return Err(bad(
                    "save-to-without-list",
                    "有多个实体列表时，save_to 要写明列表，例如“列表名#属性名”。".to_owned(),
                    "When there is more than one entity declaration, 'save_to' names must be prefixed with the entity \
                     'list_name' that the property belongs to, e.g. my_list#my_save_to."
                        .to_owned(),
                ));
            }
            None => (0, saved),
        };
        if container {
            return Err(bad(
                "save-to-container",
                "分组和循环组不能存为实体属性。请删去或移动这个 save_to。".to_owned(),
                "Groups and repeats can't be saved as entity properties. Remove or move the save_to value in this row."
                    .to_owned(),
            ));
        }
        self.check_property(property, declaration, row, &column)?;
        if let Some(mut bind) = cells.values.take_map("bind") {
            bind.set_text("entities:saveto", property);
            cells.values.set("bind", super::value::Value::Map(bind));
        }
        let tie = Tie { path, row, property: Some(property.to_owned()), question: cells.name.clone() };
        self.tie(declaration, tie);
        Ok(())
    }

    fn check_property(&self, property: &str, declaration: usize, row: u32, column: &str) -> Result<(), Finding> {
        let bad = |code, zh: String, en: String| Err(Finding::error(code, "survey", zh, en).row(row).column(column));
        if matches!(property.to_lowercase().as_str(), "name" | "label") {
            return bad(
                "save-to-reserved",
                "save_to 不能是 name 或 label（不分大小写）。".to_owned(),
                "Names used here must not be 'name' or 'label' (case-insensitive).".to_owned(),
            );
        }
        if property.starts_with("__") {
            return bad(
                "name-underscores",
                "这里的名称不能以两个下划线开头。".to_owned(),
                "Names used here must not begin with two underscores.".to_owned(),
            );
        }
        if !is_element_name(property) {
            return Err(invalid_name("survey", row, column, property));
        }
        let ties = self.ties.iter().find(|(d, _)| *d == declaration).map_or(&[][..], |(_, ties)| ties);
        match ties.iter().find(|t| t.property.as_deref() == Some(property)) {
            None => Ok(()),
            Some(other) => {
                let other = other.row;
                bad(
                    "save-to-duplicate",
                    format!("实体属性“{property}”已在第 {other} 行保存。请删去或改名其中一个。"),
                    format!(
                        "The save_to property '{property}' is already assigned by row '{other}'. Remove or change one."
                    ),
                )
            }
        }
    }

    /// Puts the declarations into the tree. Returns the version of the standard that the form then needs.
    pub(super) fn apply(&self, tree: &mut Tree) -> Result<Option<&'static str>, Vec<Finding>> {
        if self.declarations.is_empty() {
            return Ok(None);
        }
        let allocations = allocate::allocate(self, tree)?;
        let mut in_repeat = false;
        for (path, declaration) in &allocations {
            let repeats = path.iter().any(|id| tree[*id].kind == Kind::Repeat);
            in_repeat |= repeats;
            let container = path.last().copied().unwrap_or(ROOT);
            self.declarations[*declaration].add_to(tree, container, repeats);
        }
        let many = self.declarations.len() > 1 || in_repeat;
        Ok(Some(if many { "2025.1.0" } else { "2024.1.0" }))
    }
}

fn unknown_list(bad: &impl Fn(&'static str, String, String) -> Finding, dataset: &str) -> Finding {
    bad(
        "save-to-unknown-list",
        format!("entities 表里没有实体列表“{dataset}”。请改正列表名，或在 entities 表添加一行。"),
        format!(
            "The entity list name '{dataset}' was not found on the entities sheet. Check the spelling, or add a row for \
             this entity list on the entities sheet."
        ),
    )
}

/// The meta block of a container, made when there is none.
pub(super) fn meta_of(tree: &mut Tree, container: Id) -> Id {
    let existing = tree[container].children.iter().copied().find(|c| tree[*c].name == "meta" && tree[*c].bodyless);
    existing.unwrap_or_else(|| {
        let mut meta = Element::new(Kind::Group, "group", "meta", 0);
        meta.bodyless = true;
        tree.add(container, meta)
    })
}

impl Declaration {
    /// Adds `<entity>` with its attributes to a container's meta block.
    fn add_to(&self, tree: &mut Tree, container: Id, in_repeat: bool) {
        let meta = meta_of(tree, container);
        let entity = tree.add(meta, Element::new(Kind::Entity, "entity", "entity", self.row));
        tree.add(entity, self.attribute("dataset", &self.dataset, None));
        if self.entity_id.is_none() || self.create_if.is_some() {
            tree.add(entity, self.attribute("create", "1", self.create_if.as_deref()));
        }
        let mut id = self.attribute("id", "", None);
        let bind = id.bind_mut();
        bind.set_text("readonly", "true()");
        bind.set_text("type", "string");
        if let Some(entity_id) = &self.entity_id {
            bind.set_text("calculate", entity_id.as_str());
            tree.add(entity, self.attribute("update", "1", self.update_if.as_deref()));
            let item = format!("instance('{}')/root/item[name={entity_id}]", self.dataset);
            for name in ["baseVersion", "trunkVersion", "branchId"] {
                let column = if name == "baseVersion" { "version" } else { name };
                tree.add(entity, self.attribute(name, "", Some(&format!("{item}/__{column}"))));
            }
        } else {
            let event = [Event::FirstLoad, Event::NewRepeat];
            for event in &event[..if in_repeat { 2 } else { 1 }] {
                let mut action = Action::new(ActionKind::SetValue, *event);
                action.value = Some("uuid()".to_owned());
                id.actions.push(action);
            }
        }
        tree.add(entity, id);
        if let Some(label) = &self.label {
            let mut element = self.attribute("label", "", Some(label));
            element.kind = Kind::EntityLabel;
            tree.add(entity, element);
        }
    }

    fn attribute(&self, name: &str, value: &str, calculate: Option<&str>) -> Element {
        let mut element = Element::new(Kind::Attribute, "attribute", name, self.row);
        value.clone_into(&mut element.value);
        if let Some(calculate) = calculate {
            let bind = element.bind_mut();
            bind.set_text("calculate", calculate);
            bind.set_text("readonly", "true()");
            bind.set_text("type", "string");
        }
        element
    }
}
