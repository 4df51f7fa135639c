//! Each name once.

use std::collections::HashMap;
use std::sync::Arc;

use super::{NONE, NameId};

/// Names and their numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct NameTable {
    list: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, NameId>,
}

impl NameTable {
    /// The number of `name`, given now if it is new.
    pub fn intern(&mut self, name: &str) -> NameId {
        if let Some(&id) = self.numbers.get(name) {
            return id;
        }
        let id = self.list.len() as NameId;
        let name: Arc<str> = Arc::from(name);
        self.list.push(Arc::clone(&name));
        self.numbers.insert(name, id);
        id
    }

    /// The number of `name`, or [`NONE`].
    pub fn find(&self, name: &str) -> NameId {
        self.numbers.get(name).copied().unwrap_or(NONE)
    }

    /// The name with this number; empty for [`NONE`].
    pub fn get(&self, id: NameId) -> &str {
        self.list.get(id as usize).map_or("", |name| name)
    }

    /// All names in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|name| &**name)
    }
}
