//! Answers changed by a reviewer: a new instance takes the place of the old one, computed anew, checked, and applied to
//! the registers like any other answer.

use std::collections::BTreeMap;

use linli_domain::{Actor, Label, Subject, Verb, check::mask};
use linli_store::tables::SubmissionState;
use linli_xform::{check, instance::Instance, model::NodeKind, xpath::World};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    super::{
        form::{self, no_form},
        receive::{self, Incoming, Origin},
    },
    detail::{ResponseDetail, view},
    no_answer,
    review::{note_of, replaced},
    shape::{Reader, Shape},
};
use crate::{Engine, FieldProblem, Problem};

/// Answers changed at once.
const CHANGES: usize = 1_000;
/// Bytes of one value.
const VALUE: usize = 100_000;

/// What is corrected.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// New values by path with positions of repeats, `/data/member[2]/name`; an empty text takes the answer away.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    pub changes: BTreeMap<String, String>,
    /// Why.
    pub note: String,
}

/// Corrects an answer. Its files, task and sender's device stay with the correction.
pub async fn correct(
    engine: &Engine,
    actor: &Actor,
    instance: String,
    input: Correction,
) -> Result<ResponseDetail, Problem> {
    let permit = engine.permit(actor, Verb::Edit, Subject::Responses)?;
    let note = note_of(&input.note, true)?;
    if input.changes.is_empty() || input.changes.len() > CHANGES {
        return Err(Problem::parameter("changes", "请修改 1–1,000 个答案。", "Change 1–1,000 answers."));
    }
    let (engine2, permit2) = (engine.clone(), permit.clone());
    let read = engine.store.read::<_, Problem>(move |tx| {
        let found = tx.submission(&permit2, &instance, false)?.ok_or_else(no_answer)?;
        if found.state == SubmissionState::Replaced {
            return Err(replaced(found.replaced_by.as_deref()));
        }
        let everywhere = engine2.permit(&Engine::operator(), Verb::Read, Subject::Forms)?;
        let form = tx.form(&everywhere, found.form)?.ok_or_else(no_form)?;
        let xml = tx.submission_xml(&found)?;
        let mut reader = Reader::open(&engine2, tx, form)?;
        let shape = reader.of(&found.version)?;
        Ok((found, xml, shape, reader.form.form_id))
    });
    let (old, xml, shape, form_id) = read.await?;
    let (_, loaded) = form::load(engine, permit.scope(), &form_id, &old.version, false).await?;
    let world = loaded.world(engine.now());
    let changed = changed(&shape, &xml, &input.changes, &world)?;
    let mut revised = check::recompute(&shape.model, &changed, &world).0;
    revised.revise(&format!("uuid:{}", engine.ids.next()));
    let incoming = Incoming {
        xml: revised.to_xml().into_bytes(),
        files: Vec::new(),
        device: old.device.clone(),
        assignment: old.assignment,
        draft: false,
    };
    let kept = receive::receive_as(engine, actor, permit.clone(), incoming, Origin::Correction { note }).await?;
    let engine2 = engine.clone();
    engine.store.read(move |tx| view(&engine2, tx, &permit, &kept.0)).await
}

/// The answer with its changes; every one that cannot be made is told.
fn changed(shape: &Shape, xml: &str, changes: &BTreeMap<String, String>, world: &World) -> Result<Instance, Problem> {
    let mut instance = Instance::parse(xml.as_bytes()).map_err(Problem::internal)?;
    // Phones leave out what was not asked; a correction may answer it.
    if changes.keys().any(|path| instance.find(path).is_none()) {
        instance = check::recompute(&shape.model, &instance, world).0;
    }
    let mut problems = Vec::new();
    for (path, text) in changes {
        let plain = without_positions(path);
        let message = refusal(shape, &plain, text);
        if let Some(message) = message {
            problems.push(FieldProblem::new(path, "not_changeable", message));
            continue;
        }
        // What a page shows of a sensitive answer is its mask: sent back, it means "leave it".
        let before = instance.value(path).unwrap_or_default();
        if shape.mask(&plain).is_some_and(|kind| !text.is_empty() && mask(kind, before) == *text) {
            continue;
        }
        if !instance.set(path, text) {
            let message = Label::new("答卷中没有这一题的位置。", "The answer has no such place.");
            problems.push(FieldProblem::new(path, "unknown_path", message));
        }
    }
    if problems.is_empty() { Ok(instance) } else { Err(Problem::invalid("response.changes", problems)) }
}

/// Why an answer cannot be changed.
fn refusal(shape: &Shape, plain: &str, text: &str) -> Option<Label> {
    let node = shape.model.index(plain);
    let value = node.filter(|&ix| shape.model.nodes[ix].kind == NodeKind::Value && !shape.model.is_meta(ix));
    match value.map(|ix| &shape.model.nodes[ix]) {
        None => Some(Label::new("表单没有这一题。", "The form has no such question.")),
        Some(node) if node.bind.calculate.is_some() && node.control.is_none() => {
            Some(Label::new("这一项由表单计算,不能直接修改。", "The form computes this; it cannot be changed."))
        }
        Some(_) if text.len() > VALUE => Some(Label::new("内容过长。", "Too long.")),
        Some(_) => None,
    }
}

fn without_positions(path: &str) -> String {
    let steps = path.split('/').map(|step| step.split_once('[').map_or(step, |(name, _)| name));
    steps.collect::<Vec<_>>().join("/")
}
