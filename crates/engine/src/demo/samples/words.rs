//! Codes as offices write them.

use std::collections::BTreeMap;

use linli_domain::Catalogue;

use super::super::dice::Dice;

/// Words for codes: the label first, then the synonyms.
#[derive(Debug, Clone, Default)]
pub struct Words(BTreeMap<(String, String), Vec<String>>);

impl Words {
    /// The words of a Catalogue.
    pub fn of(catalogue: &Catalogue) -> Self {
        let mut words = BTreeMap::new();
        for list in catalogue.code_lists.values() {
            let name = list.name.rsplit('/').next().unwrap_or_default();
            for code in &list.codes {
                let mut all = vec![code.label.zh.clone()];
                all.extend(code.synonyms.iter().cloned());
                words.insert((name.to_owned(), code.code.clone()), all);
            }
        }
        Self(words)
    }

    /// The label of a code; the code itself when the list does not have it.
    pub fn label(&self, list: &str, code: &str) -> String {
        self.all(list, code).first().cloned().unwrap_or_else(|| code.to_owned())
    }

    /// The label or, now and then, the first synonym.
    pub fn casual(&self, dice: &mut Dice, list: &str, code: &str) -> String {
        match self.all(list, code) {
            [_, synonym, ..] if dice.chance(500) => synonym.clone(),
            _ => self.label(list, code),
        }
    }

    fn all(&self, list: &str, code: &str) -> &[String] {
        self.0.get(&(list.to_owned(), code.to_owned())).map_or(&[], Vec::as_slice)
    }
}
