//! Instances beside the form's own: choice lists, CSV tables, entity lists, the last saved submission; with indexes.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use crate::message::Message;
use crate::tree::{DOCUMENT, Limits, NameId, NodeId, Tree, XmlError};

/// Nodes by the text of one of their columns.
type Index = Arc<HashMap<Box<str>, Vec<NodeId>>>;

/// Rows from which an index pays.
pub(super) const WORTH_AN_INDEX: u32 = 32;

/// A tree that many evaluations read: its indexes are made once, when first asked for, and kept.
#[derive(Debug, Default)]
pub struct Secondary {
    /// The content; the root element is what follows `instance('…')` in a path.
    pub tree: Tree,
    indexes: RwLock<HashMap<(NodeId, NameId, NameId), Index>>,
}

impl Secondary {
    /// An instance from a tree.
    pub fn new(tree: Tree) -> Self {
        Self { tree, indexes: RwLock::default() }
    }

    /// An instance from XML, as `jr://file/….xml` gives.
    ///
    /// # Errors
    /// What [`Tree::parse`] refuses.
    pub fn from_xml(xml: &str, limits: Limits) -> Result<Self, XmlError> {
        Ok(Self::new(Tree::parse(xml, limits)?))
    }

    /// An instance from CSV, as `jr://file-csv/….csv` gives: `root/item/<column>` (ODK XForms, "Secondary Instances –
    /// External"). Names of columns that XML does not allow are kept as they are, because paths can still name them.
    ///
    /// # Errors
    /// More cells than `limits` allow, or a text that cannot be read as CSV.
    pub fn from_csv(text: &str, limits: Limits) -> Result<Self, XmlError> {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let bad = |e: csv::Error| XmlError {
            code: "csv.malformed",
            message: Message::new(format!("CSV 格式有误：{e}"), format!("Not a CSV table: {e}")),
            line: e.position().map_or(1, |p| p.line() as u32),
            column: 1,
        };
        let columns: Vec<String> = reader.headers().map_err(bad)?.iter().map(|c| c.trim().to_owned()).collect();
        let mut tree = Tree::new();
        let root = tree.push_element(DOCUMENT, "root");
        for record in reader.records() {
            let record = record.map_err(bad)?;
            let item = tree.push_element(root, "item");
            for (column, cell) in columns.iter().zip(&record) {
                let node = tree.push_element(item, column);
                tree.set_text(node, cell);
            }
            if tree.len() > limits.nodes {
                let message = Message::new("表格过大，已拒绝。", "The table has too many cells.");
                return Err(XmlError { code: "xml.nodes", message, line: 1, column: 1 });
            }
        }
        Ok(Self::new(tree.built()))
    }

    /// The children of `parent` named `item` whose `column` (its first) is `key`, by an index.
    pub(super) fn rows(&self, parent: NodeId, item: NameId, column: NameId, key: &str) -> Vec<NodeId> {
        let place = (parent, item, column);
        let known = self.indexes.read().ok().and_then(|indexes| indexes.get(&place).cloned());
        let index = known.unwrap_or_else(|| {
            let made = self.index(parent, item, column);
            if let Ok(mut indexes) = self.indexes.write() {
                indexes.insert(place, Arc::clone(&made));
            }
            made
        });
        index.get(key).cloned().unwrap_or_default()
    }

    fn index(&self, parent: NodeId, item: NameId, column: NameId) -> Index {
        let mut index: HashMap<Box<str>, Vec<NodeId>> = HashMap::new();
        for row in self.tree.children(parent).filter(|&row| self.tree.node(row).name == item) {
            for cell in self.tree.children(row).filter(|&cell| self.tree.node(cell).name == column) {
                let rows = index.entry(self.tree.value(cell).into()).or_default();
                if rows.last() != Some(&row) {
                    rows.push(row);
                }
            }
        }
        Arc::new(index)
    }
}
