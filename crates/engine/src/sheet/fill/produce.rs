//! A template and what was chosen for its tables → the cells to write, what is missing, what to tell.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;
use linli_domain::{
    Actor, AreaPath, Catalogue, FieldKind, Permit, RecordId, Timestamp, Verb, expr::TypedExpr, record::ListQuery,
};
use linli_store::UniqueHit;
use linli_workbook::{Book, CellWrite, Limits, Sheet, SheetEdit, TableRegion};

use super::{
    around, complete,
    cross::Cross,
    list::{self, Column, Outcome},
    load::{Full, Loaded, Wanted},
    model::{FillCounts, Gap, Preview, TableChoice},
    source::Source,
};
use crate::{
    Engine, Problem,
    sheet::{
        columns::Target,
        import::{build, stage::book_problem},
        known as names, matching,
        parts::Parts,
        places::Places,
        show::Labels,
    },
    views::Text,
};

/// For whom, where and as of when a template is filled.
pub struct Request<'a> {
    /// Who fills it.
    pub actor: &'a Actor,
    /// Area.
    pub area: &'a AreaPath,
    /// Day; today when absent.
    pub as_of: Option<Date>,
    /// What to do with each table.
    pub chosen: &'a [TableChoice],
}

/// What a template becomes.
#[derive(Debug, Default)]
pub struct Produced {
    /// Cells to write, by sheet.
    pub edits: Vec<SheetEdit>,
    /// The first rows of each table.
    pub preview: Vec<Preview>,
    /// What is missing.
    pub gaps: Vec<Gap>,
    /// Cells by what became of them.
    pub counts: FillCounts,
    /// What to tell.
    pub notes: Vec<Text>,
    /// Registers whose sensitive values are in clear, with the purpose.
    pub revealed: Vec<(String, String)>,
}

/// Makes the cells of all chosen tables.
pub fn produce(engine: &Engine, book: &Book, request: &Request<'_>) -> Result<Produced, Problem> {
    let catalogue = engine.catalogue();
    let places = build::places(engine, &catalogue, request.area)?;
    let today = engine.now().china_date();
    let day = request.as_of.unwrap_or(today);
    let mut produced = Produced::default();
    for (sheet, tables) in matching::tables(book) {
        let mut edit = SheetEdit { sheet: sheet.name.clone(), ..SheetEdit::default() };
        let mut grown: Option<u32> = None;
        for (number, table) in tables.iter().enumerate() {
            let chosen = request.chosen.iter().find(|chosen| chosen.sheet == sheet.name && chosen.table == number);
            let Some(chosen) = chosen.filter(|chosen| chosen.entity.is_some()) else { continue };
            let work = Work { engine, catalogue: &catalogue, places: &places, request, day, sheet, table };
            let part = if table.shape == linli_workbook::Shape::Cross {
                work.cross(number, &mut produced)?
            } else {
                work.list(chosen, number, &mut produced)?
            };
            if let Some(from) = grown {
                // One sheet can grow once; the rows of a second list below it must fit.
                if part.grow.is_some() {
                    produced.notes.push(Text {
                        zh: format!("工作表“{}”有多个列表，第 {} 个放不下全部行，未填", sheet.name, number + 1),
                        en: format!(
                            "The sheet \"{}\" has several lists; list {} has too few rows and was left",
                            sheet.name,
                            number + 1
                        ),
                    });
                    continue;
                }
                let shift = edit.grow.as_ref().map_or(0, |grow| grow.rows_needed - grow.template_rows);
                edit.writes.extend(part.writes.into_iter().map(|write| {
                    let row = if write.row >= from { write.row + shift } else { write.row };
                    CellWrite { row, ..write }
                }));
                continue;
            }
            grown = part.grow.as_ref().map(|grow| grow.at_row + grow.template_rows);
            edit.grow = part.grow;
            edit.writes.extend(part.writes);
        }
        around::titles(engine, &places, request, day, sheet, &tables, &mut edit)?;
        if !edit.writes.is_empty() || edit.grow.is_some() {
            produced.edits.push(edit);
        }
    }
    Ok(produced)
}

/// The filled workbook; `name` is the template's file name.
pub fn written(template: &[u8], name: &str, produced: &Produced) -> Result<linli_workbook::Filled, Problem> {
    linli_workbook::fill(template, name, &produced.edits, &Limits::default()).map_err(|error| book_problem(&error))
}

struct Work<'a, 'c> {
    engine: &'a Engine,
    catalogue: &'c Catalogue,
    places: &'a Places,
    request: &'a Request<'a>,
    day: Date,
    sheet: &'a Sheet,
    table: &'a TableRegion,
}

impl<'c> Work<'_, 'c> {
    fn as_of(&self) -> Option<Timestamp> {
        self.request.as_of.filter(|day| *day < self.engine.now().china_date()).map(Timestamp::end_of_china_day)
    }

    fn cross(&self, number: usize, produced: &mut Produced) -> Result<SheetEdit, Problem> {
        let cross = Cross::read(self.catalogue, self.places, self.sheet, self.table);
        produced.notes.extend(cross.note());
        let mut tally = cross.tally();
        for name in &cross.entities {
            let entity = crate::entity(self.catalogue, name)?;
            let permit = self.engine.permit_entity(self.request.actor, Verb::Export, entity)?.within(self.request.area);
            let query = ListQuery { area: Some(self.request.area.clone()), as_of: self.as_of(), ..ListQuery::of(name) };
            // Records are counted as they come; none is kept.
            let (send, records) = std::sync::mpsc::sync_channel(4);
            let store = self.engine.store.clone();
            let answer = std::thread::scope(|scope| {
                let reader = scope.spawn(move || {
                    store.read_blocking::<_, Problem>(move |tx| {
                        let mut some = Vec::with_capacity(1_000);
                        tx.scan(&permit, &query, &mut |record| {
                            some.push(record);
                            if some.len() == 1_000 {
                                let full = std::mem::replace(&mut some, Vec::with_capacity(1_000));
                                let _ = send.send(full);
                            }
                            Ok(())
                        })?;
                        let _ = send.send(some);
                        Ok(())
                    })
                });
                for some in records {
                    for record in some {
                        cross.count(&mut tally, &record, self.places, self.catalogue, self.day);
                    }
                }
                reader.join().unwrap_or_else(|_| Err(Problem::internal("counting stopped")))
            });
            answer?;
        }
        let (edit, mut preview, counts) = cross.edit(self.sheet, &tally);
        preview.table = number;
        produced.preview.push(preview);
        produced.counts.add(counts);
        Ok(edit)
    }

    fn list(&self, chosen: &TableChoice, number: usize, produced: &mut Produced) -> Result<SheetEdit, Problem> {
        let name = chosen.entity.clone().unwrap_or_default();
        let entity = crate::entity(self.catalogue, &name)?;
        let mut parts = Parts::of(self.catalogue, entity);
        let permits = self.permits(&mut parts, chosen, Verb::Export)?;
        let readers = if chosen.clear_sensitive {
            let purpose = purpose_of(chosen)?;
            let readers = self.permits(&mut parts, chosen, Verb::Reveal)?;
            produced.revealed.push((name.clone(), purpose));
            readers
        } else {
            permits
        };
        let columns = self.columns(&parts, chosen)?;
        let title = columns
            .iter()
            .find(|column| column.slots.iter().any(|slot| slot.part == 0 && slot.field.name == entity.title));
        let unique: Vec<u32> = columns
            .iter()
            .filter(|column| column.slots.iter().any(|slot| slot.part == 0 && slot.field.unique))
            .map(|column| column.col)
            .collect();
        let completes = complete::names_rows(self.sheet, self.table, title.map(|column| column.col), &unique);
        let filter = if completes { None } else { around::filter_of(self.catalogue, &name, chosen.filter.as_deref())? };
        let (loaded, members, held) = self.load(&parts, &readers, chosen, filter, &columns, completes)?;
        let labels = Labels::of(self.catalogue);
        let source = Source {
            parts: &parts,
            loaded: &loaded,
            places: self.places,
            labels: &labels,
            day: self.day,
            members: &members,
        };
        let rows = self.ordered(&source, &loaded);
        let mut outcome: Outcome = if completes {
            complete::fill(&source, self.sheet, self.table, &columns, &rows, &held)
        } else {
            list::fill(&source, self.sheet, self.table, &columns, &rows)
        };
        outcome.preview.table = number;
        produced.preview.push(outcome.preview);
        produced.gaps.extend(outcome.gaps.kept(&name, &columns));
        produced.counts.add(outcome.counts);
        Ok(outcome.edit)
    }

    /// Permits by part; parts that may not be seen are not looked at.
    fn permits(&self, parts: &mut Parts<'c>, chosen: &TableChoice, verb: Verb) -> Result<Vec<Permit>, Problem> {
        let _ = chosen;
        let mut permits = Vec::new();
        for (part, of) in parts.list.iter().enumerate() {
            match self.engine.permit_entity(self.request.actor, verb, of.entity) {
                Ok(permit) => permits.push(permit.within(self.request.area)),
                Err(problem) if part == 0 => return Err(problem),
                Err(_) => break,
            }
        }
        parts.list.truncate(permits.len());
        Ok(permits)
    }

    fn columns(&self, parts: &Parts<'c>, chosen: &TableChoice) -> Result<Vec<Column<'c>>, Problem> {
        let mut columns = Vec::new();
        for column in &self.table.columns {
            let Some(Some(element)) = chosen.mapping.get(&column.col.to_string()) else { continue };
            let target = Target::read(element, parts, self.catalogue).ok_or_else(|| {
                Problem::parameter(
                    &column.col.to_string(),
                    format!("没有名为“{element}”的数据元。"),
                    format!("There is no data element called \"{element}\"."),
                )
            })?;
            let empty = (Loaded::default(), HashMap::new(), Labels::default());
            let source = Source {
                parts,
                loaded: &empty.0,
                places: self.places,
                labels: &empty.2,
                day: self.day,
                members: &empty.1,
            };
            let slots = source.slots(&target);
            columns.push(Column { col: column.col, label: column.label.clone(), target, slots });
        }
        Ok(columns)
    }

    /// Records, members of households when they are asked for, and who holds the unique values a template gives.
    #[expect(clippy::type_complexity, reason = "three things that one snapshot answers")]
    fn load(
        &self,
        parts: &Parts<'c>,
        permits: &[Permit],
        chosen: &TableChoice,
        filter: Option<TypedExpr>,
        columns: &[Column<'c>],
        completes: bool,
    ) -> Result<(Loaded, HashMap<RecordId, u64>, HashMap<String, RecordId>), Problem> {
        let mut wanted_parts: BTreeSet<usize> =
            columns.iter().flat_map(|column| &column.slots).map(|slot| slot.part).collect();
        // The order of rows goes by building, unit and room, wherever they are kept.
        let own = parts.main();
        if own.field(names::ROOM).is_none() {
            wanted_parts
                .extend((1..parts.list.len()).filter(|part| parts.list[*part].entity.field(names::ROOM).is_some()));
        }
        let wanted = Wanted {
            area: self.request.area.clone(),
            filter,
            as_of: self.as_of(),
            clear: chosen.clear_sensitive,
            parts: wanted_parts,
        };
        let names_: Vec<String> = parts.list.iter().map(|part| part.entity.name.clone()).collect();
        let refs: Vec<Option<(usize, String)>> =
            parts.list.iter().map(|part| part.by.map(|(from, field)| (from, field.name.clone()))).collect();
        let counts = members_asked(columns).then(|| members_query(self.catalogue, own.name.as_str())).flatten();
        let counting = match counts {
            Some((entity, field)) => {
                let permit = self.engine.permit_entity(
                    self.request.actor,
                    Verb::Export,
                    crate::entity(self.catalogue, &entity)?,
                );
                permit.ok().map(|permit| (permit.within(self.request.area), entity, field))
            }
            None => None,
        };
        let asked = if completes { complete::asked(self.sheet, self.table, columns) } else { Vec::new() };
        let (permits, area) = (permits.to_vec(), self.request.area.clone());
        self.engine.store.read_blocking::<_, Problem>(move |tx| {
            let loaded = Loaded::read(tx, &permits, &names_, &refs, &wanted)?;
            let mut members = HashMap::new();
            if let Some((permit, entity, field)) = counting {
                let query = ListQuery { area: Some(area), as_of: wanted.as_of, ..ListQuery::of(&entity) };
                for (values, _, count) in tx.count_by(&permit, &query, &[&field], None)? {
                    if let Some(linli_domain::Value::Ref(id)) = values.first() {
                        members.insert(*id, count);
                    }
                }
            }
            let mut held = HashMap::new();
            for (field, values) in asked {
                let values_: Vec<&str> = values.iter().map(String::as_str).collect();
                let hits = tx.find_many_by_unique(&permits[0], &names_[0], &field, &values_)?;
                for (value, hit) in values.iter().zip(hits) {
                    if let UniqueHit::Here(id) = hit {
                        held.insert(value.clone(), id);
                    }
                }
            }
            Ok((loaded, members, held))
        })
    }

    fn ordered<'f>(&self, source: &Source<'_, '_>, loaded: &'f Loaded) -> Vec<&'f Full> {
        let relation = names::relation(self.catalogue, source.parts.main()).map(|field| field.name.as_str());
        let mut rows: Vec<(Vec<String>, &Full)> =
            loaded.main.iter().map(|full| (source.order(full, relation), full)).collect();
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        rows.into_iter().map(|(_, full)| full).collect()
    }
}

fn members_asked(columns: &[Column<'_>]) -> bool {
    columns
        .iter()
        .any(|column| column.slots.iter().any(|slot| slot.part == 0 && slot.field.name == names::MEMBER_COUNT))
}

/// The register of persons and its field that refers to households.
fn members_query(catalogue: &Catalogue, household: &str) -> Option<(String, String)> {
    catalogue.entities.values().filter(|entity| entity.person.is_some()).find_map(|entity| {
        let refers =
            |field: &&linli_domain::Field| matches!(&field.kind, FieldKind::Ref { entity } if entity == household);
        entity.fields.iter().find(refers).map(|field| (entity.name.clone(), field.name.clone()))
    })
}

fn purpose_of(chosen: &TableChoice) -> Result<String, Problem> {
    let purpose = chosen.purpose.as_deref().map(str::trim).filter(|purpose| !purpose.is_empty());
    purpose.map(str::to_owned).ok_or_else(|| {
        Problem::parameter(
            "purpose",
            "显示完整敏感信息须写明用途，用途会记入审计日志。",
            "Showing sensitive values in clear needs a purpose; it goes into the audit log.",
        )
    })
}
