//! Registers as entity lists of forms (ODK Entities): the list `people_resident`, or `resident` where only one pack has
//! such a register, is the register `people/resident`. What a phone takes along is cut to its worker's own area, and
//! never holds sensitive fields.

use std::{collections::BTreeMap, io::Write};

use linli_domain::{Actor, Catalogue, Entity, Field, Verb, catalogue::Sensitivity};
use linli_store::{ReadTx, StoreError};
use md5::{Digest, Md5};

use super::values;
use crate::{Engine, Problem};

/// The register a form calls `dataset`; `chosen` are the form's own settings.
pub fn entity_of<'c>(catalogue: &'c Catalogue, chosen: &BTreeMap<String, String>, dataset: &str) -> Option<&'c Entity> {
    if let Some(name) = chosen.get(dataset) {
        return catalogue.entities.get(name);
    }
    let named = |entity: &&Entity| entity.name.replace('/', "_") == dataset || entity.name == dataset;
    if let Some(entity) = catalogue.entities.values().find(named) {
        return Some(entity);
    }
    let mut last = catalogue.entities.values().filter(|entity| entity.name.rsplit('/').next() == Some(dataset));
    last.next().filter(|_| last.next().is_none())
}

/// The register behind a file of a form: `people_resident.csv`.
pub fn entity_of_file<'c>(
    catalogue: &'c Catalogue,
    chosen: &BTreeMap<String, String>,
    file: &str,
) -> Option<&'c Entity> {
    entity_of(catalogue, chosen, file.strip_suffix(".csv")?)
}

/// Whether ODK keeps a property's name for itself: `name` is the record's id there, `label` its title. A register's field of
/// such a name is read and written through the entity's label when it is the title.
pub fn is_reserved(property: &str) -> bool {
    property.eq_ignore_ascii_case("name") || property.eq_ignore_ascii_case("label")
}

/// Fields that are taken along: all that are not sensitive, but long texts.
pub fn fields(entity: &Entity) -> impl Iterator<Item = &Field> {
    entity.fields.iter().filter(|field| {
        field.sensitivity != Sensitivity::Sensitive
            && !field.off_by_default
            && !is_reserved(&field.name)
            && !matches!(field.kind, linli_domain::FieldKind::LongText)
    })
}

/// A hash that changes with what is in the list, without reading it: MD5, because OpenRosa asks for one.
pub fn hash(engine: &Engine, tx: &mut ReadTx<'_>, actor: &Actor, entity: &Entity) -> Result<String, Problem> {
    let permit = engine.permit_entity(actor, Verb::Read, entity)?;
    let mut hash = Md5::new();
    hash.update(entity.name.as_bytes());
    hash.update(tx.roster_stamp(&permit, &entity.name)?.as_bytes());
    hash.update(format!("{:?}", permit.scope()).as_bytes());
    for field in fields(entity) {
        hash.update(field.name.as_bytes());
        hash.update([0]);
    }
    Ok(hex::encode(hash.finalize()))
}

/// Writes the list as CSV while it is read: `name`, `label`, `__version`, and a column for each field. Blocks the thread.
pub fn write(engine: &Engine, actor: &Actor, entity: &Entity, out: impl Write + Send + 'static) -> Result<(), Problem> {
    let permit = engine.permit_entity(actor, Verb::Read, entity)?;
    let entity = entity.clone();
    engine.store.read_blocking::<_, Problem>(move |tx| {
        let fields: Vec<&Field> = fields(&entity).collect();
        let open = entity.field(&entity.title).filter(|title| title.sensitivity != Sensitivity::Sensitive);
        let columns: Vec<&Field> = fields.iter().copied().chain(open).collect();
        let names: Vec<&str> = columns.iter().map(|field| field.name.as_str()).collect();
        let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(out);
        let broken = |error: csv::Error| StoreError::Io(error.to_string());
        csv.write_record(["name", "label", "__version"].iter().chain(&names[..fields.len()])).map_err(broken)?;
        let mut texts: Vec<String> = Vec::with_capacity(columns.len() + 3);
        tx.roster(&permit, &entity.name, &names, &mut |id, version, row| {
            let id = id.to_string();
            let title = row.get(fields.len()).zip(open).map(|(value, field)| values::write(&field.kind, value));
            texts.clear();
            texts.push(id.clone());
            texts.push(title.filter(|title| !title.is_empty()).unwrap_or(id));
            texts.push(version.to_string());
            texts.extend(fields.iter().zip(row).map(|(field, value)| values::write(&field.kind, value)));
            csv.write_record(&texts).map_err(broken)
        })?;
        csv.flush()?;
        Ok(())
    })
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        StoreError::from(error).into()
    }
}

/// Whether entities are deleted, for a phone that asks about ids it holds: those that ended, or are out of reach now.
pub async fn deleted(
    engine: &Engine,
    actor: &Actor,
    entity: &Entity,
    ids: Vec<linli_domain::RecordId>,
) -> Result<Vec<(linli_domain::RecordId, bool)>, Problem> {
    let permit = engine.permit_entity(actor, Verb::Read, entity)?;
    let name = entity.name.clone();
    let found = engine.store.read::<_, Problem>(move |tx| Ok((tx.records(&permit, &name, &ids)?, ids))).await?;
    let (records, ids) = found;
    let living: std::collections::HashSet<_> =
        records.iter().filter(|record| record.ended.is_none()).map(|record| record.id).collect();
    Ok(ids.into_iter().map(|id| (id, !living.contains(&id))).collect())
}
