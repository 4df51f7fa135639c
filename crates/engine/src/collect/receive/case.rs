//! An answer that comes with what is done to a case: read and checked like every other, and kept in the transaction that moves
//! the case, so that neither is there without the other.

use std::{collections::BTreeMap, fmt, sync::Arc};

use linli_domain::{Actor, AreaPath, Catalogue, Field, Label, Subject, Value, Verb};
use linli_store::{WriteTx, tables::SubmissionFile};
use linli_xform::{instance::Instance, tree::Kind};
use serde_json::Value as Json;

use super::{
    Incoming,
    keep::{Keeping, begin},
    origin::Origin,
};
use crate::{Engine, FieldProblem, Problem, collect::values::read_plain};

/// An answer that was read and checked.
#[derive(Clone)]
pub(crate) struct CaseAnswer {
    work: Arc<Keeping>,
    /// What its questions outside repeats say, by their names.
    said: Arc<BTreeMap<String, String>>,
}

impl fmt::Debug for CaseAnswer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What people answered is not for logs.
        out.debug_tuple("CaseAnswer").field(&self.work.prepared.instance_id).finish()
    }
}

impl CaseAnswer {
    /// Reads and checks `xml`, an answer to the form `form` (`pack/name`), for a case in `area`. What it may change in the
    /// registers is what `actor` may.
    pub(crate) async fn read(
        engine: &Engine,
        actor: &Actor,
        form: &str,
        area: &AreaPath,
        xml: &str,
    ) -> Result<Self, Problem> {
        // Whoever may do this to the case may answer what is asked there.
        let permit = engine.permit(&Engine::operator(), Verb::Create, Subject::Responses)?.within(area);
        let (pack, name) = form.split_once('/').unwrap_or((form, form));
        let incoming =
            Incoming { xml: xml.as_bytes().to_vec(), files: Vec::new(), device: None, assignment: None, draft: false };
        let origin = Origin::Case { form: (pack.to_owned(), name.to_owned()), area: area.clone() };
        let work = begin(engine, actor, permit, incoming, origin).await?;
        let instance = Instance::parse(xml.as_bytes()).map_err(Problem::internal)?;
        Ok(Self { work, said: Arc::new(said(&instance)) })
    }

    /// Keeps it; answers its instance id. `held` are the files that the case has already.
    pub(crate) fn keep(&self, tx: &mut WriteTx<'_>, held: &[SubmissionFile]) -> Result<String, Problem> {
        let named = &self.work.prepared.files;
        let held: Vec<SubmissionFile> = held.iter().filter(|file| named.contains(&file.name)).cloned().collect();
        Ok(self.work.run(tx, &held)?.0.instance)
    }

    /// What it says of `fields`: questions that bear a field's name fill that field. Blank answers say nothing.
    pub(crate) fn values(&self, catalogue: &Catalogue, fields: &[Field]) -> Result<BTreeMap<String, Json>, Problem> {
        let (mut values, mut wrong) = (BTreeMap::new(), Vec::new());
        for field in fields {
            let Some(text) = self.said.get(&field.name) else { continue };
            match read_plain(catalogue, field, text) {
                Some(Value::Null) => {}
                Some(value) => drop(values.insert(field.name.clone(), value.to_json(&field.kind))),
                None => {
                    let message = Label::new(
                        format!("表单中“{}”的内容不合要求:{text}", field.label.zh),
                        format!("The form's answer to \"{}\" does not fit: {text}", field.label.en),
                    );
                    wrong.push(FieldProblem::new(&field.name, "field.type", message));
                }
            }
        }
        if wrong.is_empty() { Ok(values) } else { Err(Problem::invalid("case.fields", wrong)) }
    }
}

fn said(instance: &Instance) -> BTreeMap<String, String> {
    let tree = &instance.tree;
    let mut said = BTreeMap::new();
    for at in tree.descendants(tree.root()).filter(|&at| tree.kind(at) == Kind::Element && tree.is_leaf(at)) {
        let text = tree.own_text(at).trim();
        // The first of a name counts, as on the page.
        if !text.is_empty() && !tree.path(at).contains("/meta/") {
            said.entry(tree.name(at).to_owned()).or_insert_with(|| text.to_owned());
        }
    }
    said
}
