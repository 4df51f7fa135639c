//! Code lists.

use serde::{Deserialize, Serialize};

use crate::lang::Label;

/// A code list with the standard it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeList {
    /// Namespaced name, `people/sex`.
    pub name: String,
    /// Label.
    pub label: Label,
    /// Standard, `GB/T 2261.1-2003`; `local` for the city's own.
    pub standard: String,
    /// Codes in order.
    pub codes: Vec<Code>,
}

impl CodeList {
    /// The code `code`.
    pub fn get(&self, code: &str) -> Option<&Code> {
        self.codes.iter().find(|entry| entry.code == code)
    }
}

/// A code of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// Code as stored.
    pub code: String,
    /// Label.
    pub label: Label,
    /// Other words offices use for it.
    pub synonyms: Vec<String>,
    /// Code above it, in a list with levels.
    pub parent: Option<String>,
    /// Whether it may no longer be chosen (records that hold it keep it).
    pub retired: bool,
}
