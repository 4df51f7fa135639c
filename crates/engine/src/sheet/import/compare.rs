//! Every row of a ledger against what is known: which record it is, what would change, who must choose.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;
use linli_domain::{Catalogue, Entity, Label, RecordId, Value, Values};
use linli_store::tables::RowOutcome;

use super::{
    accept::{self, Accept},
    ids::RowIds,
    ledger::{Ledger, LedgerRow},
    like::Likeness,
    plan::{Action, Candidate, Decision, Difference, Finding, Given, More, RowPlan, Verdict},
    register::{Known, Register},
};
use crate::sheet::places::Places;

/// What stands fixed while rows are compared.
pub struct Comparer<'a, 'c> {
    /// The Catalogue.
    pub catalogue: &'c Catalogue,
    /// The ledger.
    pub ledger: &'a Ledger<'c>,
    /// Areas.
    pub places: &'a Places,
    /// The register of the row's own entity.
    pub register: &'a Register,
    /// Decisions and history.
    pub given: &'a Given,
    /// Ids of new records.
    pub ids: RowIds,
    /// The day the comparison is made.
    pub today: Date,
    /// Unique values held outside the reach of whoever imports: (field, value).
    pub elsewhere: &'a HashSet<(String, String)>,
    /// Rows whose unique value, name and place stood in an earlier row: row → earlier row.
    pub repeated: &'a HashMap<usize, Repeat>,
    /// Finder of like persons; absent for registers without persons.
    pub likeness: Option<&'a Likeness>,
    /// When the fields of records changed that are newer than the ledger: record → field → when it was set.
    pub set_at: &'a HashMap<RecordId, BTreeMap<String, linli_domain::Timestamp>>,
}

/// A row that repeats an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeat {
    /// Number of the earlier row.
    pub earlier: usize,
    /// Whether it is the same unique value (then it can never be a record of its own).
    pub unique: bool,
    /// What is the same.
    pub what: Label,
}

/// Where a row belongs and what its carried records are.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Number of the area.
    pub area: usize,
    /// Whether the row itself says where (else it is the area of the import).
    pub stated: bool,
    /// Carried records by part.
    pub homes: Box<[Option<usize>]>,
    /// References to them from the row's own record: field → id.
    pub refs: Vec<(String, RecordId)>,
    /// Why the place cannot be taken.
    pub wrong: Option<Finding>,
    /// The known record it is, when something sure says so.
    pub known: Option<usize>,
}

impl<'c> Comparer<'_, 'c> {
    /// What row `at` is.
    pub fn row(&self, at: usize, setting: &Setting) -> RowPlan {
        let row = &self.ledger.rows[at];
        let decision = self.given.decisions.get(&row.row);
        let mut more = More::default();
        let mut plan = RowPlan {
            outcome: RowOutcome::Error,
            action: Action::Nothing,
            known: None,
            id: self.ids.id(row.row, 0),
            area: setting.area,
            homes: setting.homes.clone(),
            more: None,
        };
        more.findings.extend(row.problems.iter().map(|(column, problem)| Finding::cell(*column, problem.clone())));
        more.findings.extend(setting.wrong.clone());
        if more.findings.is_empty() {
            self.identify(at, row, setting, decision, &mut plan, &mut more);
        } else if let Some(written) = self.only_identity_is_wrong(row, setting) {
            self.recognise(row, written, setting, decision, &mut plan, &mut more);
        }
        if decision.is_some_and(|decision| decision.decision == Verdict::Skip) {
            plan.action = Action::Nothing;
        }
        if more != More::default() {
            plan.more = Some(Box::new(more));
        }
        plan
    }

    fn identify(
        &self,
        at: usize,
        row: &LedgerRow,
        setting: &Setting,
        decision: Option<&Decision>,
        plan: &mut RowPlan,
        more: &mut More,
    ) {
        let values = self.values(row, setting);
        if let Some(field) = self.held_elsewhere(&values) {
            plan.outcome = RowOutcome::Conflict;
            more.findings.push(held_elsewhere(self.entity(), field));
            return;
        }
        let chosen = decision.and_then(|decision| decision.record_id).and_then(|id| self.register.find(id));
        if let Some(known) = chosen.or(setting.known) {
            self.differ(known, &values, setting, decision, plan, more);
            return;
        }
        let as_new = decision.is_some_and(|decision| decision.decision == Verdict::New);
        if let Some(repeat) = self.repeated.get(&at).filter(|repeat| repeat.unique || !as_new) {
            plan.outcome = RowOutcome::Duplicate;
            more.candidates.push(self.earlier(repeat));
            return;
        }
        if !as_new && let Some(likeness) = self.likeness {
            let like = likeness.like(&values, None);
            if let Some(sure) = like.sure {
                self.differ(sure, &values, setting, decision, plan, more);
                return;
            }
            if !like.possible.is_empty() {
                plan.outcome = RowOutcome::Duplicate;
                more.candidates = like.possible;
                return;
            }
        }
        match accept::accept(self.entity(), values, self.today) {
            Accept::Good(_) => {
                plan.outcome = RowOutcome::New;
                plan.action = Action::Create;
            }
            Accept::Bad(findings) => more.findings.extend(self.placed(findings)),
        }
    }

    /// The identity number as written, when nothing else is wrong with the row.
    fn only_identity_is_wrong<'r>(&self, row: &'r LedgerRow, setting: &Setting) -> Option<&'r str> {
        let identity = self.entity().person.as_ref()?.identity.as_deref()?;
        let column = self.ledger.column_of(0, identity)?;
        match row.problems.as_slice() {
            [(at, problem)] if *at == column && setting.wrong.is_none() => Some(&problem.text),
            _ => None,
        }
    }

    /// A row whose identity number has a slip may still be somebody known: then it is offered, not only refused.
    fn recognise(
        &self,
        row: &LedgerRow,
        written: &str,
        setting: &Setting,
        decision: Option<&Decision>,
        plan: &mut RowPlan,
        more: &mut More,
    ) {
        let values = self.values(row, setting);
        let chosen = decision.and_then(|decision| decision.record_id).and_then(|id| self.register.find(id));
        if let Some(known) = chosen {
            more.findings.clear();
            self.differ(known, &values, setting, decision, plan, more);
            return;
        }
        let like = self.likeness.map(|likeness| likeness.like(&values, Some(written))).unwrap_or_default();
        if !like.possible.is_empty() {
            plan.outcome = RowOutcome::Duplicate;
            more.candidates = like.possible;
        }
    }

    /// Compares a row with the record it is.
    fn differ(
        &self,
        known: usize,
        values: &Values,
        setting: &Setting,
        decision: Option<&Decision>,
        plan: &mut RowPlan,
        more: &mut More,
    ) {
        let record = &self.register.records[known];
        plan.known = Some(known);
        plan.id = record.id;
        let differences = self.differences(record, values);
        let verdict = decision.map(|decision| decision.decision);
        let outside = self.places.root().is_some_and(|root| !root.path.covers(&record.path));
        let moves = outside || self.moves(record, setting);
        let unsettled = differences.iter().any(|difference| difference.conflict.is_some()) || outside;
        let changes: Values = differences
            .iter()
            .filter(|difference| match verdict {
                Some(Verdict::TakeTheirs) => true,
                Some(Verdict::KeepOurs) => difference.old.is_null(),
                _ => difference.conflict.is_none(),
            })
            .map(|difference| (difference.field.clone(), difference.new.clone()))
            .collect();
        let changed = moves || !differences.is_empty();
        more.differences = differences;
        let settled = matches!(verdict, Some(Verdict::TakeTheirs | Verdict::KeepOurs | Verdict::SameAs));
        if unsettled && !settled {
            plan.outcome = RowOutcome::Conflict;
            if outside {
                more.findings.push(Finding::row(
                    "import.known_in_other_area",
                    "此人（户、房）已登记在您管理的其他区域。若已搬来，请选择“是同一人”并确认",
                    "already registered in another of your areas; if it moved here, choose \"the same\"",
                ));
            }
            return;
        }
        plan.outcome = if changed { RowOutcome::Changed } else { RowOutcome::Same };
        if !changes.is_empty() || moves {
            match accept::accept_change(self.catalogue, self.entity(), &record.values, &changes, self.today) {
                Accept::Good(changes) => plan.action = Action::Update { changes, moves },
                Accept::Bad(findings) => {
                    plan.outcome = RowOutcome::Error;
                    more.findings.extend(self.placed(findings));
                }
            }
        }
    }

    fn differences(&self, record: &Known, values: &Values) -> Vec<Difference> {
        let mut found = Vec::new();
        for (field, new) in values {
            let old = record.value(field);
            if new.is_null() || new == old || accept::means_the_same(self.catalogue, self.entity(), field, old, new) {
                continue;
            }
            let conflict = if old.is_null() { None } else { self.conflict(record, field) };
            let new = accept::joined(old, new);
            found.push(Difference { field: field.clone(), old: old.clone(), new, conflict });
        }
        found
    }

    /// Why a known value may not simply be replaced: it says who somebody is, or it is newer than the ledger.
    fn conflict(&self, record: &Known, field: &str) -> Option<Label> {
        if let Some(person) = &self.entity().person {
            let bearing = [Some(&person.name), person.identity.as_ref(), person.birth.as_ref(), person.sex.as_ref()];
            if bearing.into_iter().flatten().any(|name| name == field) {
                return Some(Label::new(
                    "这一项关系到“是不是同一个人”，请核对后选择",
                    "This tells who somebody is; check and choose",
                ));
            }
        }
        let written = self.given.written?;
        if record.since <= written {
            return None;
        }
        let set = self.set_at.get(&record.id).and_then(|fields| fields.get(field)).copied().unwrap_or(record.since);
        (set > written).then(|| {
            Label::new(
                format!("登记册在 {set} 更新过这一项，比台账（{}）新", written.china_date()),
                format!("The register was updated at {set}, after the ledger ({})", written.china_date()),
            )
        })
    }

    fn moves(&self, record: &Known, setting: &Setting) -> bool {
        setting.stated
            && self
                .places
                .area(setting.area)
                .is_some_and(|area| area.path != record.path && !area.path.covers(&record.path))
    }

    fn held_elsewhere(&self, values: &Values) -> Option<&'c str> {
        self.entity().fields.iter().filter(|field| field.unique).find_map(|field| {
            let text = values.get(&field.name)?.as_text()?;
            self.elsewhere.contains(&(field.name.clone(), text.to_owned())).then_some(field.name.as_str())
        })
    }

    /// Values of the row's own record, references to its carried records included.
    pub fn values(&self, row: &LedgerRow, setting: &Setting) -> Values {
        let mut values = self.ledger.part_values(row, 0);
        accept::drop_vague(self.entity(), &mut values);
        for (field, id) in &setting.refs {
            values.insert(field.clone(), Value::Ref(*id));
        }
        values
    }

    fn entity(&self) -> &'c Entity {
        self.ledger.parts.main()
    }

    fn earlier(&self, repeat: &Repeat) -> Candidate {
        let row = &self.ledger.rows[repeat.earlier];
        let title = self.ledger.title(row);
        Candidate { id: None, row: Some(row.row + 1), title, score: 1.0, reasons: vec![repeat.what.clone()] }
    }

    /// Findings about fields, set on the cell they come from.
    fn placed(&self, findings: Vec<Finding>) -> Vec<Finding> {
        let column = |finding: Finding| {
            let column = finding.field.as_deref().and_then(|field| self.ledger.column_of(0, field));
            Finding { column: finding.column.or(column), ..finding }
        };
        findings.into_iter().map(column).collect()
    }
}

fn held_elsewhere(entity: &Entity, field: &str) -> Finding {
    let label = entity.field(field).map(|field| field.label.clone()).unwrap_or_default();
    Finding {
        field: Some(field.to_owned()),
        ..Finding::row(
            "import.held_elsewhere",
            format!("“{}”已登记在您管理范围以外。请联系上级核实后办理转移", label.zh),
            format!("\"{}\" is registered outside your scope; ask the level above to check and transfer it", label.en),
        )
    }
}
