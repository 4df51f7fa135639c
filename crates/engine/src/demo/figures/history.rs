//! Records and their changes in the order of days, written with the clock turned back.

use std::collections::BTreeMap;

use jiff::civil::Date;
use linli_domain::{
    AreaPath, Permit, RecordId, Source, Subject, Values, Verb,
    record::{Ended, NewRecord, SourceKind},
};

use super::super::clock::DemoClock;
use crate::{Engine, Problem};

/// Something that is written on a day.
#[derive(Debug, Clone)]
pub(super) enum Change {
    /// A record comes in.
    New(NewRecord),
    /// Values change.
    Edit(String, RecordId, Values),
    /// It ends, for a reason.
    End(String, RecordId, &'static str),
}

/// What is written when. Of one day, in the order it was planned.
#[derive(Debug, Default)]
pub(super) struct History {
    pub days: BTreeMap<Date, Vec<Change>>,
}

impl History {
    /// A record that came in on `on`.
    pub fn add(&mut self, on: Date, entity: &str, id: RecordId, at: (&str, &AreaPath), values: Values) {
        let (home, path) = (at.0.to_owned(), at.1.clone());
        let record = NewRecord { entity: entity.to_owned(), id, home, path, values };
        self.days.entry(on).or_default().push(Change::New(record));
    }

    /// What changed in it on `on`.
    pub fn edit(&mut self, on: Date, entity: &str, id: RecordId, changes: Values) {
        self.days.entry(on).or_default().push(Change::Edit(entity.to_owned(), id, changes));
    }

    /// That it ended on `on`.
    pub fn end(&mut self, on: Date, entity: &str, id: RecordId, reason: &'static str) {
        self.days.entry(on).or_default().push(Change::End(entity.to_owned(), id, reason));
    }

    /// Writes everything until `today`, a transaction a day. Registers that the packs lack are left out.
    pub fn write(self, engine: &Engine, clock: &DemoClock, today: Date) -> Result<(), Problem> {
        let mut versions: BTreeMap<RecordId, i64> = BTreeMap::new();
        for (day, changes) in self.days.into_iter().take_while(|(day, _)| *day < today) {
            clock.set(day, 10);
            let steps = steps(engine, changes, &mut versions)?;
            let source = Source { kind: SourceKind::Demo, reference: "demo".into() };
            engine.store.write_blocking::<_, Problem>(move |tx| {
                for step in &steps {
                    match step {
                        Step::Insert(permit, records) => tx.insert_many(permit, records, &source)?,
                        Step::Edit(permit, entity, id, version, values) => {
                            tx.update(permit, entity, *id, *version, values, &source)?;
                        }
                        Step::End(permit, entity, id, version, ended) => {
                            tx.end(permit, entity, *id, *version, ended, &source)?;
                        }
                    }
                }
                Ok(())
            })?;
        }
        Ok(())
    }
}

enum Step {
    Insert(Permit, Vec<NewRecord>),
    Edit(Permit, String, RecordId, i64, Values),
    End(Permit, String, RecordId, i64, Ended),
}

/// The changes of a day with their permits and versions: new records first, those of one register together.
fn steps(engine: &Engine, changes: Vec<Change>, versions: &mut BTreeMap<RecordId, i64>) -> Result<Vec<Step>, Problem> {
    let day = engine.now().china_date();
    let permit = |verb, entity: &str| engine.permit(&Engine::operator(), verb, Subject::Entity(entity.to_owned()));
    let (mut fresh, mut later): (BTreeMap<String, Vec<NewRecord>>, Vec<Step>) = Default::default();
    for change in changes {
        let (Change::New(NewRecord { entity, .. }) | Change::Edit(entity, ..) | Change::End(entity, ..)) = &change;
        if !engine.catalogue().entities.contains_key(entity) {
            continue;
        }
        match change {
            Change::New(record) => fresh.entry(record.entity.clone()).or_default().push(record),
            Change::Edit(entity, id, values) => {
                let version = versions.entry(id).or_insert(1);
                later.push(Step::Edit(permit(Verb::Edit, &entity)?, entity, id, *version, values));
                *version += 1;
            }
            Change::End(entity, id, reason) => {
                let ended = Ended { on: day, reason: reason.to_owned(), merged_into: None };
                let version = versions.get(&id).copied().unwrap_or(1);
                later.push(Step::End(permit(Verb::End, &entity)?, entity, id, version, ended));
            }
        }
    }
    let mut steps = Vec::with_capacity(fresh.len() + later.len());
    for (entity, records) in fresh {
        steps.push(Step::Insert(permit(Verb::Create, &entity)?, records));
    }
    steps.append(&mut later);
    Ok(steps)
}
