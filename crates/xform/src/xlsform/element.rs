//! The form as a tree of elements, between the sheets and the XForm.

use super::lex;
use super::types::{self, TypeInfo};
use super::value::{Map, Value};

/// An element's place in the [`Tree`].
pub(super) type Id = usize;

/// The root of the tree.
pub(super) const ROOT: Id = 0;

/// What an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Survey,
    Group,
    Repeat,
    Question,
    /// An attached file that is only declared.
    External,
    /// `<entity>` in a meta block.
    Entity,
    /// An attribute of `<entity>`.
    Attribute,
    /// The label of an entity.
    EntityLabel,
}

/// What a form does by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ActionKind {
    SetValue,
    SetGeopoint,
    RecordAudio,
}

/// When it does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    FirstLoad,
    Load,
    NewRepeat,
    ValueChanged,
}

impl Event {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::FirstLoad => "odk-instance-first-load",
            Self::Load => "odk-instance-load",
            Self::NewRepeat => "odk-new-repeat",
            Self::ValueChanged => "xforms-value-changed",
        }
    }
}

/// An action (ODK XForms, "Actions").
#[derive(Debug, Clone)]
pub(super) struct Action {
    pub(super) kind: ActionKind,
    pub(super) event: Event,
    /// What is set, unless the element's default is.
    pub(super) value: Option<String>,
    /// `odk:quality` of a recording.
    pub(super) quality: Option<String>,
}

impl Action {
    pub(super) fn new(kind: ActionKind, event: Event) -> Self {
        Self { kind, event, value: None, quality: None }
    }
}

/// One tag that an OpenStreetMap question offers.
#[derive(Debug, Clone)]
pub(super) struct Tag {
    pub(super) name: String,
    pub(super) label: Option<Value>,
}

/// One element.
#[derive(Debug, Clone)]
pub(super) struct Element {
    pub(super) kind: Kind,
    /// The question's or container's type after aliases, `select one`.
    pub(super) type_name: String,
    pub(super) name: String,
    /// The survey's row, 0 for what the compiler adds by itself.
    pub(super) row: u32,
    pub(super) label: Option<Value>,
    pub(super) hint: Option<Value>,
    pub(super) guidance_hint: Option<Value>,
    pub(super) media: Map,
    pub(super) bind: Option<Map>,
    /// The control's element; `None` for what is not shown.
    pub(super) tag: Option<&'static str>,
    /// Attributes of the control.
    pub(super) control: Map,
    /// Attributes of the node in the primary instance.
    pub(super) instance: Map,
    pub(super) default: Option<String>,
    pub(super) default_is_dynamic: bool,
    pub(super) triggers: Vec<String>,
    pub(super) choice_filter: Option<String>,
    pub(super) parameters: Vec<(String, String)>,
    pub(super) query: Option<String>,
    pub(super) itemset: Option<String>,
    pub(super) list_name: Option<String>,
    pub(super) actions: Vec<Action>,
    pub(super) tags: Vec<Tag>,
    /// The fixed value of an entity's attribute.
    pub(super) value: String,
    /// A group whose children stand in its parent.
    pub(super) flat: bool,
    /// A group that has no control.
    pub(super) bodyless: bool,
    /// The register's data element it fills, and why it is asked although held.
    pub(super) data_element: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) parent: Option<Id>,
    pub(super) children: Vec<Id>,
    /// The absolute XPath, set by [`Tree::set_paths`].
    pub(super) path: String,
}

impl Element {
    /// An element with nothing but a name.
    pub(super) fn new(kind: Kind, type_name: &str, name: &str, row: u32) -> Self {
        Self {
            kind,
            type_name: type_name.to_owned(),
            name: name.to_owned(),
            row,
            label: None,
            hint: None,
            guidance_hint: None,
            media: Map::default(),
            bind: None,
            tag: None,
            control: Map::default(),
            instance: Map::default(),
            default: None,
            default_is_dynamic: false,
            triggers: Vec::new(),
            choice_filter: None,
            parameters: Vec::new(),
            query: None,
            itemset: None,
            list_name: None,
            actions: Vec::new(),
            tags: Vec::new(),
            value: String::new(),
            flat: false,
            bodyless: false,
            data_element: None,
            reason: None,
            parent: None,
            children: Vec::new(),
            path: String::new(),
        }
    }

    /// An element with what a row says about it. What a container cannot have is dropped, as the reference does.
    pub(super) fn from_row(kind: Kind, type_name: &str, name: &str, row: u32, mut values: Map) -> Self {
        let mut element = Self::new(kind, type_name, name, row);
        element.label = values.remove("label").filter(|v| !v.is_empty());
        element.hint = values.remove("hint").filter(|v| !v.is_empty());
        element.media = values.take_map("media").unwrap_or_default();
        element.bind = values.take_map("bind");
        element.control = values.take_map("control").unwrap_or_default();
        element.instance = values.take_map("instance").unwrap_or_default();
        if let Some(mut own) = values.take_map("linli") {
            element.data_element = own.take_text("element");
            element.reason = own.take_text("reason");
        }
        if kind == Kind::Question {
            element.guidance_hint = values.remove("guidance_hint").filter(|v| !v.is_empty());
            element.default = values.take_text("default");
            element.choice_filter = values.take_text("choice_filter");
            element.query = values.take_text("query");
        }
        element.space_for_label();
        element
    }

    /// A control that labels the columns below it may itself be blank.
    pub(super) fn space_for_label(&mut self) {
        if self.label.is_none() && self.control.text("appearance") == Some("label") {
            self.label = Some(Value::Text(" ".to_owned()));
        }
    }

    /// Puts what the type brings under what the row says.
    pub(super) fn apply_type(&mut self, info: &TypeInfo) {
        self.tag = info.tag;
        if let Some(mediatype) = info.mediatype {
            let mut control = Map::default();
            control.set_text("mediatype", mediatype);
            control.update(std::mem::take(&mut self.control));
            self.control = control;
        }
        if let Some(defaults) = info.bind {
            let mut bind = Map::default();
            for (key, value) in defaults {
                bind.set_text(key, *value);
            }
            if let Some(own) = self.bind.take() {
                bind.update(own);
            }
            self.bind = Some(bind);
        }
        if self.hint.is_none() {
            self.hint = info.hint.map(|h| Value::Text(h.to_owned()));
        }
    }

    /// A question that the compiler adds by itself.
    pub(super) fn generated(type_name: &str, name: &str, bind: &[(&str, &str)]) -> Self {
        let mut element = Self::new(Kind::Question, type_name, name, 0);
        if !bind.is_empty() {
            let mut map = Map::default();
            for (key, value) in bind {
                map.set_text(key, *value);
            }
            element.bind = Some(map);
        }
        if let Some(info) = types::lookup(type_name) {
            element.apply_type(&info);
        }
        element
    }

    /// The bind's attributes, made when there are none.
    pub(super) fn bind_mut(&mut self) -> &mut Map {
        self.bind.get_or_insert_with(Map::default)
    }

    /// One attribute of the bind.
    pub(super) fn bind_text(&self, key: &str) -> Option<&str> {
        self.bind.as_ref().and_then(|b| b.text(key))
    }

    /// Survey, group, repeat or entity: an element that holds others.
    pub(super) fn is_section(&self) -> bool {
        matches!(self.kind, Kind::Survey | Kind::Group | Kind::Repeat | Kind::Entity)
    }

    /// Whether its name can be referred to.
    pub(super) fn is_nameable(&self) -> bool {
        self.kind == Kind::Question || self.is_section()
    }

    /// Whether it is a select with choices of its own.
    pub(super) fn is_select(&self) -> bool {
        self.kind == Kind::Question && matches!(self.tag, Some("select" | "select1" | "odk:rank"))
    }

    /// Whether its label stands in the itext.
    pub(super) fn label_is_itext(&self) -> bool {
        matches!(self.label, Some(Value::Map(_))) || !self.media.is_empty()
    }

    /// A default that stands in the instance, not in an action.
    pub(super) fn static_default(&self) -> Option<&str> {
        self.default.as_deref().filter(|d| !d.is_empty() && !lex::is_dynamic(d, &self.type_name))
    }
}

/// All elements of a form; the first is the survey itself.
#[derive(Debug, Clone)]
pub(super) struct Tree(Vec<Element>);

impl std::ops::Index<Id> for Tree {
    type Output = Element;
    fn index(&self, id: Id) -> &Element {
        &self.0[id]
    }
}

impl std::ops::IndexMut<Id> for Tree {
    fn index_mut(&mut self, id: Id) -> &mut Element {
        &mut self.0[id]
    }
}

impl Tree {
    pub(super) fn new(root: Element) -> Self {
        Self(vec![root])
    }

    /// Appends a child.
    pub(super) fn add(&mut self, parent: Id, mut element: Element) -> Id {
        let id = self.0.len();
        element.parent = Some(parent);
        self.0.push(element);
        self.0[parent].children.push(id);
        id
    }

    /// An element and all below it, each before its children.
    pub(super) fn below(&self, id: Id) -> Vec<Id> {
        let mut found = Vec::new();
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            found.push(id);
            open.extend(self.0[id].children.iter().rev());
        }
        found
    }

    /// Parent, grandparent and so on, with the steps to each.
    pub(super) fn ancestors(&self, id: Id) -> impl Iterator<Item = (Id, usize)> {
        let mut at = id;
        (1..).map_while(move |steps| {
            at = self.0[at].parent?;
            Some((at, steps))
        })
    }

    /// The nearest container of a kind above an element.
    pub(super) fn nearest(&self, id: Id, kind: Kind) -> Option<Id> {
        self.ancestors(id).map(|(a, _)| a).find(|a| self.0[*a].kind == kind)
    }

    /// Sets every element's absolute XPath.
    pub(super) fn set_paths(&mut self) {
        for id in self.below(ROOT) {
            let element = &self.0[id];
            let mut path = element.parent.map_or_else(String::new, |p| self.0[p].path.clone());
            if !element.flat {
                path.push('/');
                if element.kind == Kind::Attribute {
                    path.push('@');
                }
                path.push_str(&element.name);
            }
            self.0[id].path = path;
        }
    }

    /// The XPath of an element below one of its ancestors, with a leading `/`.
    pub(super) fn path_below(&self, id: Id, ancestor: Id) -> &str {
        let path = &self.0[id].path;
        path.get(self.0[ancestor].path.len()..).unwrap_or(path)
    }
}
