//! Three-way merge of an upgrade: shipped before (`base`), shipped now, and the city's own. What only one side changed is
//! taken; where both changed the same thing differently the city's stays and is reported.

mod csv_rows;
mod toml_keys;

use std::collections::BTreeSet;

use crate::files::PackFiles;

/// One thing that both sides changed differently. The city's was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// File.
    pub file: String,
    /// Place within it: `fields.phone.required`, a code, or empty for the whole file.
    pub key: String,
    /// As shipped before; `None` when it did not exist.
    pub base: Option<String>,
    /// As shipped now; `None` when it was taken out.
    pub shipped: Option<String>,
    /// The city's; `None` when it was taken out.
    pub city: Option<String>,
}

/// Merges file by file: TOML key by key (arrays of tables by `id` or `name`, arrays of texts as sets), CSV row by code.
/// The city's comments and order are kept.
pub fn merge3(base: &PackFiles, shipped: &PackFiles, city: &PackFiles) -> (PackFiles, Vec<Conflict>) {
    let paths: BTreeSet<&str> =
        [base, shipped, city].into_iter().flat_map(PackFiles::iter).map(|(path, _)| path).collect();
    let (mut merged, mut conflicts) = (PackFiles::new(), Vec::new());
    for path in paths {
        let texts = Three { base: base.get(path), shipped: shipped.get(path), city: city.get(path) };
        if let Some(text) = merge_file(path, &texts, &mut conflicts) {
            merged.insert(path, &text);
        }
    }
    (merged, conflicts)
}

/// The same thing on the three sides.
#[derive(Debug, Clone, Copy)]
struct Three<T> {
    base: Option<T>,
    shipped: Option<T>,
    city: Option<T>,
}

/// Whose to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    City,
    Shipped,
    /// Both changed it, each in its own way.
    Neither,
}

impl<T: PartialEq> Three<T> {
    fn side(&self) -> Side {
        if self.shipped == self.base || self.shipped == self.city {
            Side::City
        } else if self.city == self.base {
            Side::Shipped
        } else {
            Side::Neither
        }
    }
}

fn merge_file(path: &str, texts: &Three<&str>, conflicts: &mut Vec<Conflict>) -> Option<String> {
    match (texts.side(), texts) {
        (Side::City, _) => texts.city.map(str::to_owned),
        (Side::Shipped, _) => texts.shipped.map(str::to_owned),
        (Side::Neither, Three { shipped: Some(shipped), city: Some(city), base }) => {
            // A file that both added is merged as if it had been empty before.
            let base = base.unwrap_or_default();
            let merged = if path.ends_with(".toml") {
                toml_keys::merge(path, base, shipped, city, conflicts)
            } else if path.ends_with(".csv") {
                csv_rows::merge(path, base, shipped, city, conflicts)
            } else {
                None
            };
            Some(merged.unwrap_or_else(|| whole_file(path, texts, conflicts).unwrap_or_default()))
        }
        (Side::Neither, _) => whole_file(path, texts, conflicts),
    }
}

/// A file that cannot be merged inside, or that one side took out: the city's stays.
fn whole_file(path: &str, texts: &Three<&str>, conflicts: &mut Vec<Conflict>) -> Option<String> {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    conflicts.push(Conflict {
        file: path.to_owned(),
        key: String::new(),
        base: owned(texts.base),
        shipped: owned(texts.shipped),
        city: owned(texts.city),
    });
    owned(texts.city)
}

#[cfg(test)]
mod tests;
