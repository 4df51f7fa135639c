//! What expressions ask of their form: its instances, texts, version and the labels of its choices.

use super::{Choices, Form, InstanceSource};
use crate::xpath::{Eval, EvalError, Inside, Secondary};

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
