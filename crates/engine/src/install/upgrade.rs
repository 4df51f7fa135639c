//! The city's packs brought up to what the program ships: merged three ways, checked, and tested by their own tests.

use linli_domain::{Catalogue, Diagnostic};
use linli_pack::{Conflict, PackFiles, merge3};

use super::{check_packs, folder, is_error};
use crate::{Engine, Problem};

/// The packs that should be in force, and what was found on the way.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Files, merged.
    pub files: PackFiles,
    /// What they declare.
    pub catalogue: Catalogue,
    /// Findings of the check and of the packs' own tests.
    pub diagnostics: Vec<Diagnostic>,
    /// Keys that both the city and the program changed; the city's value stays.
    pub conflicts: Vec<Conflict>,
}

impl Wanted {
    /// Whether errors stand in the way.
    pub fn is_refused(&self) -> bool {
        self.diagnostics.iter().any(is_error)
    }
}

/// Reads the city's packs and merges them with what is shipped now.
pub(super) fn wanted(engine: &Engine, shipped: &PackFiles) -> Result<Wanted, Problem> {
    let city = folder::read_packs(&engine.data, "packs")?;
    let before = folder::read_packs(&engine.data, "packs-shipped")?;
    let (files, conflicts) =
        if city.is_empty() { (shipped.clone(), Vec::new()) } else { merge3(&before, shipped, &city) };
    let (catalogue, diagnostics) = check_packs(&files);
    Ok(Wanted { files, catalogue, diagnostics, conflicts })
}
