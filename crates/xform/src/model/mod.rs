//! A form as the server knows it: an XForm's XML, ours or any other ODK tool's → [`Form`].
//!
//! Reading gathers findings with their place and goes on; only XML that is not a form is refused.

mod binds;
mod body;
mod entities;
mod graph;
mod itext;
mod questions;
mod read;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

pub use entities::{EntityDecl, SaveTo};
pub use graph::{Facet, Vertex};
pub use itext::{Itext, Label, Part};
pub use questions::{ChoiceInfo, Question};

use crate::message::Message;
use crate::tree::{Limits, Tree, XmlError};
use crate::xpath::{Eval, EvalError, Inside, Names, Program, Secondary};

/// A node of a form by its number, in document order of the template.
pub type NodeIx = usize;

/// A form.
#[derive(Debug)]
pub struct Form {
    /// The form's id.
    pub id: String,
    /// Its version; empty when it has none.
    pub version: String,
    /// Its title.
    pub title: String,
    /// The instance as it starts, templates of repeats included.
    pub template: Tree,
    /// Every element and bound attribute of the instance, once each.
    pub nodes: Vec<FormNode>,
    /// Texts by language.
    pub itext: Itext,
    /// Other instances.
    pub instances: Vec<InstanceDecl>,
    /// What entities a submission makes or changes.
    pub entities: Vec<EntityDecl>,
    /// Version of the entities specification, such as `2024.1.0`.
    pub entities_version: Option<String>,
    /// What happens at events.
    pub actions: Vec<Action>,
    /// Where and how to send.
    pub submission: Submission,
    /// What is wrong with the form.
    pub findings: Vec<Finding>,
    /// Relevance and calculations in an order in which each comes after what it reads.
    pub order: Vec<Vertex>,
    pub(crate) names: Names,
    pub(crate) primary_id: Option<String>,
    pub(crate) by_path: HashMap<String, NodeIx>,
}

/// An element or attribute of the instance.
#[derive(Debug)]
pub struct FormNode {
    /// `/data/member/name`, without positions; names without prefixes.
    pub path: String,
    /// The last part of it.
    pub name: String,
    /// The group, repeat or root around it.
    pub parent: Option<NodeIx>,
    /// What it is.
    pub kind: NodeKind,
    /// Its rules.
    pub bind: Bind,
    /// How it is asked; `None` for what is calculated or filled by the device.
    pub control: Option<Control>,
    /// Label of the group or repeat.
    pub label: Option<Label>,
    /// The value it starts with.
    pub default: String,
    /// For a repeat, how many; `None` for as many as people add.
    pub count: Option<Program>,
}

/// Kinds of [`FormNode`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    /// Holds others, once.
    Group,
    /// Holds others, any number of times.
    Repeat,
    /// Holds a value.
    Value,
    /// An attribute, such as an entity's id.
    Attribute,
}

/// Types of values (ODK XForms, "Data Types").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DataType {
    /// Any text.
    #[default]
    Text,
    /// A whole number.
    Int,
    /// A number.
    Decimal,
    /// `true` or `false`.
    Boolean,
    /// `2026-08-07`
    Date,
    /// `06:31:13.834+08:00`
    Time,
    /// Both.
    DateTime,
    /// `lat lon altitude accuracy`
    Geopoint,
    /// Points with `;` between.
    Geotrace,
    /// A closed trace.
    Geoshape,
    /// The name of an attached file.
    Binary,
    /// A scanned code.
    Barcode,
    /// The answer of another app.
    Intent,
}

/// The rules of a node.
#[derive(Debug, Default)]
pub struct Bind {
    /// Its type.
    pub data_type: DataType,
    /// The type as written; empty when none is.
    pub type_name: String,
    /// When it is asked.
    pub relevant: Option<Program>,
    /// When it must be answered.
    pub required: Option<Program>,
    /// When it cannot be changed.
    pub readonly: Option<Program>,
    /// What an answer must satisfy.
    pub constraint: Option<Program>,
    /// How it is computed.
    pub calculate: Option<Program>,
    /// Shown when the constraint is broken.
    pub constraint_message: Option<Label>,
    /// Shown when it is required and missing.
    pub required_message: Option<Label>,
    /// What the device fills in: kind and parameter.
    pub preload: Option<(String, String)>,
    /// The entity property it is saved to.
    pub save_to: Option<String>,
    /// The data element it asks for (namespace `urn:linli:forms`).
    pub element: Option<String>,
    /// Why it may be asked though it is already known.
    pub reason: Option<String>,
}

/// How a question is asked.
#[derive(Debug)]
pub struct Control {
    /// The control.
    pub kind: ControlKind,
    /// Label.
    pub label: Option<Label>,
    /// Hint.
    pub hint: Option<Label>,
    /// Appearance, as written.
    pub appearance: String,
    /// `image/*` and the like, for uploads.
    pub media_type: String,
    /// Where its choices come from.
    pub choices: Choices,
    /// Start, end and step of a range.
    pub range: Option<(f64, f64, f64)>,
}

/// Controls (ODK XForms, "Body Elements").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ControlKind {
    /// A field.
    Input,
    /// One of several.
    SelectOne,
    /// Any of several.
    SelectMultiple,
    /// All in an order.
    Rank,
    /// A file.
    Upload,
    /// A slider.
    Range,
    /// An acknowledgement.
    Trigger,
}

/// Choices of a select.
#[derive(Debug, Default)]
pub enum Choices {
    /// Not a select.
    #[default]
    None,
    /// Written in the body.
    Inline(Vec<Choice>),
    /// Rows of an instance.
    Itemset(Box<Itemset>),
}

/// A choice written in the body.
#[derive(Debug)]
pub struct Choice {
    /// What is stored.
    pub value: String,
    /// What is shown.
    pub label: Option<Label>,
}

/// Choices from the rows of an instance.
#[derive(Debug)]
pub struct Itemset {
    /// The rows.
    pub rows: Program,
    /// The rows without their condition, for a list of all that could be chosen.
    pub all: Option<Program>,
    /// The value of a row.
    pub value: Program,
    /// The label of a row.
    pub label: Option<Program>,
}

/// An instance beside the form's own.
#[derive(Debug)]
pub struct InstanceDecl {
    /// Its id.
    pub id: String,
    /// Where it comes from.
    pub source: InstanceSource,
}

/// Where an instance comes from.
#[derive(Debug)]
pub enum InstanceSource {
    /// The form itself.
    Inline(Arc<Secondary>),
    /// `jr://file-csv/…` or `jr://file/….csv|xml|geojson`: the file's name.
    File(String),
    /// `jr://instance/last-saved`
    LastSaved,
    /// Anything else.
    Other(String),
}

/// Something that happens at an event.
#[derive(Debug)]
pub struct Action {
    /// `setvalue`, `setgeopoint`, `recordaudio`, …
    pub name: String,
    /// The events, such as `odk-instance-first-load`.
    pub events: Vec<String>,
    /// The path of the node it sets.
    pub target: String,
    /// The path of the question whose change sets it off.
    pub trigger: Option<String>,
    /// What it is set to.
    pub value: Option<Program>,
}

/// The `submission` element.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Submission {
    /// Where to, when not to the server the form came from.
    pub action: Option<String>,
    /// Sends itself when finished.
    pub auto_send: Option<bool>,
    /// Deletes itself when sent.
    pub auto_delete: Option<bool>,
    /// Public key of an encrypted form.
    pub public_key: Option<String>,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Works, perhaps not as meant.
    Warning,
    /// A part of the form does not work.
    Error,
}

/// Something wrong with a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad.
    pub severity: Severity,
    /// A name that never changes.
    pub code: &'static str,
    /// What is wrong.
    pub message: Message,
    /// Where: `/data/age constraint`.
    pub place: String,
    /// Column within an expression, from 1.
    pub column: Option<u32>,
}

/// Why XML is not a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormError {
    /// The XML itself.
    Xml(XmlError),
    /// Sound XML without what makes a form; the message says what is missing.
    NotAForm(Message),
}

impl std::fmt::Display for FormError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Xml(e) => e.fmt(f),
            Self::NotAForm(message) => message.fmt(f),
        }
    }
}

impl std::error::Error for FormError {}

impl FormError {
    /// What is wrong, in both languages.
    pub fn message(&self) -> &Message {
        match self {
            Self::Xml(e) => &e.message,
            Self::NotAForm(message) => message,
        }
    }
}

impl Form {
    /// Reads a form's XML (ODK XForms specification, any version).
    ///
    /// # Errors
    /// XML that cannot be read safely, or that is not a form. Everything less is in [`Form::findings`].
    pub fn parse(xml: &str) -> Result<Self, FormError> {
        read::read(xml, Limits::default())
    }

    /// The node with this path; names without prefixes.
    pub fn node(&self, path: &str) -> Option<&FormNode> {
        self.by_path.get(path).map(|&ix| &self.nodes[ix])
    }

    /// The number of the node with this path.
    pub fn index(&self, path: &str) -> Option<NodeIx> {
        self.by_path.get(path).copied()
    }

    /// The names that this form's expressions mention.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The groups and repeats around a node, outermost first, the root left out.
    pub fn around(&self, ix: NodeIx) -> Vec<NodeIx> {
        let mut out: Vec<NodeIx> = std::iter::successors(self.nodes[ix].parent, |&at| self.nodes[at].parent).collect();
        out.pop();
        out.reverse();
        out
    }

    /// The innermost repeat around a node.
    pub fn repeat_around(&self, ix: NodeIx) -> Option<NodeIx> {
        std::iter::successors(self.nodes[ix].parent, |&at| self.nodes[at].parent)
            .find(|&at| self.nodes[at].kind == NodeKind::Repeat)
    }

    /// The files that the form needs beside itself, such as `people.csv`.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.instances.iter().filter_map(|one| match &one.source {
            InstanceSource::File(name) => Some((one.id.as_str(), name.as_str())),
            _ => None,
        })
    }
}

impl Inside for Form {
    fn inline(&self, id: &str) -> Option<&Secondary> {
        self.instances.iter().find(|one| one.id == id).and_then(|one| match &one.source {
            InstanceSource::Inline(instance) => Some(&**instance),
            _ => None,
        })
    }

    fn is_primary(&self, id: &str) -> bool {
        self.primary_id.as_deref() == Some(id)
    }

    fn itext(&self, id: &str, language: Option<&str>) -> Option<String> {
        self.itext.text(id, language)
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn choice_label(&self, eval: &Eval<'_, '_>, path: &str, value: &str) -> Result<Option<String>, EvalError> {
        let Some(control) = self.node(path).and_then(|node| node.control.as_ref()) else { return Ok(None) };
        match &control.choices {
            Choices::None => Ok(None),
            Choices::Inline(list) => {
                let found = list.iter().find(|choice| choice.value == value).and_then(|choice| choice.label.as_ref());
                Ok(found.map(|label| self.itext.plain(label, eval.language())))
            }
            Choices::Itemset(itemset) => {
                for row in eval.nodes(itemset.all.as_ref().unwrap_or(&itemset.rows))?.iter() {
                    if eval.text_at(&itemset.value, row)? == value {
                        let label = itemset.label.as_ref().map(|label| eval.text_at(label, row));
                        return label.transpose();
                    }
                }
                Ok(None)
            }
        }
    }
}
