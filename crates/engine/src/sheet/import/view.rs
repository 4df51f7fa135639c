//! Rows of an import as they are kept and shown. Sensitive values are masked in both.

use linli_domain::{
    Entity, Field, Label, Lang, Value,
    catalogue::Sensitivity,
    check::{MaskKind, mask},
};
use linli_store::tables::{BatchRow, RowOutcome};
use linli_workbook::cell_name;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{
    ledger::{Ledger, LedgerRow},
    model::{CandidateView, RowField, RowView},
    plan::{Candidate, Decision, Finding, Plan},
};
use crate::{sheet::show::Labels, views::Text};

/// What is kept of a row beside its outcome; empty for most.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Detail {
    /// Remarks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// Fields that differ.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<ShownDifference>,
    /// Whom the row may be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<Candidate>,
    /// What was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// What was done with the row's own record: `created`, `changed` or `moved` (and changed).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub did: Option<String>,
    /// Homes made or filled in for the row.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Also>,
}

/// A home made or filled in for a row.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Also {
    /// Register.
    pub entity: String,
    /// Record.
    pub id: linli_domain::RecordId,
    /// Its version before; `None` for a new one.
    pub before: Option<i64>,
}

/// A difference in words.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShownDifference {
    /// Field.
    pub field: String,
    /// What the register holds.
    pub old: String,
    /// What it would become.
    pub new: String,
    /// Why somebody must choose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conflict: Option<Label>,
}

impl Detail {
    /// Reads what was kept.
    pub fn read(json: &Json) -> Self {
        serde_json::from_value(json.clone()).unwrap_or_default()
    }
}

/// What is kept of a planned row.
pub fn detail(plan: &Plan<'_>, at: usize, decision: Option<&Decision>) -> Json {
    let row = &plan.rows[at];
    if row.more.is_none() && decision.is_none() {
        return Json::Object(serde_json::Map::new());
    }
    let entity = plan.ledger.parts.main();
    let mut detail = Detail { decision: decision.cloned(), ..Detail::default() };
    if let Some(more) = &row.more {
        detail.findings.clone_from(&more.findings);
        detail.candidates.clone_from(&more.candidates);
        detail.differences = more
            .differences
            .iter()
            .filter_map(|difference| {
                let field = entity.field(&difference.field)?;
                Some(ShownDifference {
                    field: field.name.clone(),
                    old: shown(field, &difference.old),
                    new: shown(field, &difference.new),
                    conflict: difference.conflict.clone(),
                })
            })
            .collect();
    }
    serde_json::to_value(detail).unwrap_or_default()
}

/// A value in words, without code labels; masked when sensitive.
fn shown(field: &Field, value: &Value) -> String {
    let text = Labels::default().text(field, value, Lang::Zh);
    if field.sensitivity == Sensitivity::Sensitive && !text.is_empty() { mask(mask_kind(field), &text) } else { text }
}

/// How a sensitive field is masked.
pub fn mask_kind(field: &Field) -> MaskKind {
    use linli_domain::FieldKind;
    match field.kind {
        FieldKind::IdentityNumber | FieldKind::CreditCode => MaskKind::Identity,
        FieldKind::Phone => MaskKind::Phone,
        FieldKind::PersonName => MaskKind::Name,
        FieldKind::Address => MaskKind::Address,
        _ => MaskKind::Hidden,
    }
}

/// A row as it is shown: what was kept, and its cells out of the ledger.
pub fn row_view(labels: &Labels<'_>, ledger: &Ledger<'_>, kept: &BatchRow, row: Option<&LedgerRow>) -> RowView {
    let detail = Detail::read(&kept.detail);
    let entity = ledger.parts.main();
    let fields = row.map(|row| cells(labels, ledger, entity, row, &detail)).unwrap_or_default();
    let at_cell = |finding: &&Finding| finding.column.is_none();
    RowView {
        row: u32::try_from(kept.row_no).unwrap_or_default(),
        outcome: outcome_name(kept.outcome).to_owned(),
        title: row.map(|row| ledger.title(row)).unwrap_or_default(),
        record_id: kept.record.map(|id| id.to_string()),
        fields,
        notes: detail.findings.iter().filter(at_cell).map(|finding| text(&finding.message)).collect(),
        candidates: detail.candidates.iter().map(candidate).collect(),
        decision_record_id: detail.decision.as_ref().and_then(|decision| decision.record_id).map(|id| id.to_string()),
        decision: detail
            .decision
            .and_then(|decision| serde_json::to_value(decision.decision).ok()?.as_str().map(str::to_owned)),
    }
}

fn cells(labels: &Labels<'_>, ledger: &Ledger<'_>, entity: &Entity, row: &LedgerRow, detail: &Detail) -> Vec<RowField> {
    let cell = |(at, column): (usize, &super::ledger::LedgerColumn<'_>)| {
        let slot = column.slots.first();
        let value = &row.values[at];
        let text_of = |value: &Value| match slot {
            Some(slot) => masked(slot.field, labels.text(slot.field, value, Lang::Zh)),
            None => value.as_text().unwrap_or_default().to_owned(),
        };
        let finding = detail.findings.iter().find(|finding| finding.column == Some(at));
        let difference = slot
            .filter(|slot| slot.part == 0)
            .and_then(|slot| detail.differences.iter().find(|difference| difference.field == slot.field.name));
        let coded = |text: &String| slot.map_or_else(|| text.clone(), |slot| relabel(labels, slot.field, text));
        let written = row.problems.iter().find(|(problem, _)| *problem == at).map(|(_, problem)| problem.text.clone());
        RowField {
            field: column.target.name(),
            column: column.label.clone(),
            cell: cell_name(row.row, column.col),
            text: written
                .map_or_else(|| text_of(value), |text| slot.map_or(text.clone(), |slot| masked(slot.field, text))),
            old: difference.map(|difference| coded(&difference.old)),
            new: difference.map(|difference| coded(&difference.new)),
            error: finding
                .map(|finding| text(&finding.message))
                .or_else(|| difference.and_then(|difference| difference.conflict.as_ref()).map(text)),
        }
    };
    let _ = entity;
    ledger.columns.iter().enumerate().map(cell).collect()
}

/// Codes that were kept as codes, by their labels.
fn relabel(labels: &Labels<'_>, field: &Field, text: &str) -> String {
    use linli_domain::FieldKind;
    match &field.kind {
        FieldKind::Code { list } => labels.label(list, text, Lang::Zh).to_owned(),
        FieldKind::Codes { list } => {
            text.split('、').map(|code| labels.label(list, code, Lang::Zh)).collect::<Vec<_>>().join("、")
        }
        _ => text.to_owned(),
    }
}

fn masked(field: &Field, text: String) -> String {
    if field.sensitivity == Sensitivity::Sensitive && !text.is_empty() { mask(mask_kind(field), &text) } else { text }
}

fn candidate(candidate: &Candidate) -> CandidateView {
    CandidateView {
        id: candidate.id.map(|id| id.to_string()),
        row: candidate.row,
        title: candidate.title.clone(),
        score: candidate.score,
        reasons: candidate.reasons.iter().map(text).collect(),
    }
}

/// A label as answers write it.
pub fn text(label: &Label) -> Text {
    Text { zh: label.zh.clone(), en: label.en.clone() }
}

/// The name of an outcome.
pub fn outcome_name(outcome: RowOutcome) -> &'static str {
    match outcome {
        RowOutcome::New => "new",
        RowOutcome::Changed => "changed",
        RowOutcome::Same => "same",
        RowOutcome::Conflict => "conflict",
        RowOutcome::Error => "error",
        RowOutcome::Duplicate => "duplicate",
    }
}

/// Reads [`outcome_name`].
pub fn outcome_of(name: &str) -> Option<RowOutcome> {
    use RowOutcome as O;
    [O::New, O::Changed, O::Same, O::Conflict, O::Error, O::Duplicate]
        .into_iter()
        .find(|one| outcome_name(*one) == name)
}
