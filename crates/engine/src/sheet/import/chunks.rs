//! A plan cut into pieces that are each written in one durable transaction.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use linli_domain::{AreaPath, Catalogue, RecordId, Value, Values, record::NewRecord};
use linli_store::tables::{BatchRow, RowOutcome};
use serde_json::{Value as Json, json};

use super::{
    accept::{self, Accept},
    model::Applied,
    plan::{Action, Given, Plan, RowPlan},
    view,
};

/// Rows of one transaction.
pub const ROWS: usize = 2_500;

/// A change to a known record.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    /// Number of the part.
    pub part: usize,
    /// Record.
    pub id: RecordId,
    /// Its version when it was compared.
    pub version: i64,
    /// New values.
    pub changes: Values,
    /// Community and area it moves to.
    pub moves: Option<(String, AreaPath)>,
    /// Row it belongs to: its number among [`Chunk::rows`].
    pub row: usize,
}

/// What one transaction writes.
#[derive(Debug, Clone, Default)]
pub struct Chunk {
    /// First row of the ledger (number, not row of the sheet).
    pub from: usize,
    /// Row after the last.
    pub to: usize,
    /// New records by part.
    pub creates: BTreeMap<usize, Vec<NewRecord>>,
    /// Changes; homes first.
    pub updates: Vec<Update>,
    /// The fate of each row.
    pub rows: Vec<BatchRow>,
    /// What all this amounts to.
    pub applied: Applied,
}

/// Maker of chunks.
pub struct Chunks<'a, 'c> {
    /// The Catalogue.
    pub catalogue: &'a Catalogue,
    /// The plan.
    pub plan: &'a mut Plan<'c>,
    /// Decisions.
    pub given: &'a Given,
    /// The day.
    pub today: Date,
    /// Homes by the row that needs them first.
    homes_at: HashMap<usize, Vec<usize>>,
}

impl<'a, 'c> Chunks<'a, 'c> {
    /// A maker for a plan.
    pub fn new(catalogue: &'a Catalogue, plan: &'a mut Plan<'c>, given: &'a Given, today: Date) -> Self {
        let mut needed: Vec<Option<usize>> = vec![None; plan.homes.len()];
        for (at, row) in plan.rows.iter().enumerate() {
            if row.action == Action::Nothing {
                continue;
            }
            for home in row.homes.iter().flatten() {
                needed[*home].get_or_insert(at);
            }
        }
        let mut homes_at: HashMap<usize, Vec<usize>> = HashMap::new();
        for (home, at) in needed.into_iter().enumerate() {
            if let Some(at) = at {
                homes_at.entry(at).or_default().push(home);
            }
        }
        Self { catalogue, plan, given, today, homes_at }
    }

    /// The chunk that begins with row `from`; `None` after the last row. Values are made here, beside the
    /// writer: a plan of 50,000 rows holds none.
    pub fn chunk(&mut self, from: usize) -> Option<Chunk> {
        let to = (from + ROWS).min(self.plan.rows.len());
        if from >= to {
            return None;
        }
        let mut chunk = Chunk { from, to, ..Chunk::default() };
        for at in from..to {
            self.row(at, &mut chunk);
        }
        chunk.updates.sort_by_key(|update| update.part == 0);
        // What was taken over is given up: the plan shrinks as the database's own memory grows.
        for row in &mut self.plan.ledger.rows[from..to] {
            row.values = Box::default();
        }
        Some(chunk)
    }

    fn row(&self, at: usize, chunk: &mut Chunk) {
        let number = chunk.rows.len();
        let mut also = Vec::new();
        for home in self.homes_at.get(&at).into_iter().flatten() {
            self.home(*home, number, chunk, &mut also);
        }
        let row = &self.plan.rows[at];
        let (outcome, before, did) = self.own(at, row, number, chunk);
        let mut detail = view::detail(self.plan, at, self.given.decisions.get(&self.plan.ledger.rows[at].row));
        if let Json::Object(members) = &mut detail {
            if let Some(did) = did {
                members.insert("did".into(), json!(did));
            }
            if !also.is_empty() {
                members.insert("also".into(), Json::Array(also));
            }
        }
        chunk.rows.push(BatchRow {
            row_no: i64::from(self.plan.ledger.rows[at].row) + 1,
            outcome,
            record: (did.is_some() || row.known.is_some()).then_some(row.id),
            version_before: before,
            detail,
        });
    }

    /// What a row does to its own record.
    fn own(
        &self,
        at: usize,
        row: &RowPlan,
        number: usize,
        chunk: &mut Chunk,
    ) -> (RowOutcome, Option<i64>, Option<&'static str>) {
        let known = row.known.map(|known| &self.plan.registers[0].records[known]);
        let place = self.plan.places.area(row.area);
        let values = if row.action == Action::Create { self.values(at, row) } else { None };
        match (&row.action, place, values) {
            (Action::Create, Some(place), Some(values)) => {
                chunk.creates.entry(0).or_default().push(NewRecord {
                    entity: self.plan.ledger.parts.main().name.clone(),
                    id: row.id,
                    home: place.home.clone(),
                    path: place.path.clone(),
                    values,
                });
                chunk.applied.created += 1;
                (RowOutcome::New, None, Some("created"))
            }
            (Action::Update { changes, moves }, Some(place), _) => {
                let version = known.map_or(0, |known| known.version);
                chunk.updates.push(Update {
                    part: 0,
                    id: row.id,
                    version,
                    changes: changes.clone(),
                    moves: moves.then(|| (place.home.clone(), place.path.clone())),
                    row: number,
                });
                chunk.applied.changed += 1;
                (RowOutcome::Changed, Some(version), Some(if *moves { "moved" } else { "changed" }))
            }
            _ => {
                chunk.applied.left += 1;
                (row.outcome, known.map(|known| known.version), None)
            }
        }
    }

    /// The values of a new record with its references.
    fn values(&self, at: usize, row: &RowPlan) -> Option<Values> {
        let ledger = &self.plan.ledger;
        let mut values = ledger.part_values(&ledger.rows[at], 0);
        for (part, home) in row.homes.iter().enumerate() {
            if let (Some(home), Some(field)) = (home, super::homes::reference(&ledger.parts, 0, part)) {
                values.insert(field, Value::Ref(self.plan.homes[*home].id));
            }
        }
        match accept::accept(ledger.parts.main(), values, self.today) {
            Accept::Good(values) => Some(values),
            Accept::Bad(_) => None,
        }
    }

    /// Makes a home, or fills in what a known one lacks.
    fn home(&self, number: usize, row: usize, chunk: &mut Chunk, also: &mut Vec<Json>) {
        let home = &self.plan.homes[number];
        let entity = self.plan.ledger.parts.list[home.part].entity;
        let Some(known) = home.known else {
            let Some(area) = self.plan.places.area(home.area) else { return };
            chunk.creates.entry(home.part).or_default().push(NewRecord {
                entity: entity.name.clone(),
                id: home.id,
                home: area.home.clone(),
                path: area.path.clone(),
                values: home.values.clone(),
            });
            chunk.applied.homes_created += 1;
            also.push(json!({ "entity": entity.name, "id": home.id, "before": null }));
            return;
        };
        let record = &self.plan.registers[home.part].records[known];
        let lacking: Values = home
            .values
            .iter()
            .filter(|(field, value)| !value.is_null() && record.value(field).is_null())
            .map(|(field, value)| (field.clone(), value.clone()))
            .collect();
        if lacking.is_empty() {
            return;
        }
        let accepted = accept::accept_change(self.catalogue, entity, &record.values, &lacking, self.today);
        if let Accept::Good(changes) = accepted
            && !changes.is_empty()
        {
            chunk.updates.push(Update {
                part: home.part,
                id: home.id,
                version: record.version,
                changes,
                moves: None,
                row,
            });
            chunk.applied.homes_changed += 1;
            also.push(json!({ "entity": entity.name, "id": home.id, "before": record.version }));
        }
    }
}
