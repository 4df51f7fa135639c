//! The basis of a request: an item of a responsibility list that is in force and was made for the request's area or for one
//! above it.

use jiff::civil::Date;
use linli_domain::{Actor, AreaPath, Permit, Record, RecordId, Subject, Value, Verb, actor, record::ListQuery};
use linli_store::ReadTx;
use serde::Serialize;
use utoipa::ToSchema;

use super::looking;
use crate::{
    Engine, Problem,
    area::AreaRef,
    register::{RefView, title_of},
};

/// Register of the items of responsibility lists.
pub const REGISTER: &str = "duty/duty_list_item";

/// An item that licenses requests in an area.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BasisItem {
    /// `pack/entity`.
    pub entity: String,
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Item.
    pub title: String,
    /// Its code in the list.
    pub code: String,
    /// `responsibility`, `power`, `duty`.
    pub kind: String,
    /// Department that answers for it.
    pub owner: String,
    /// Law or document.
    pub basis: String,
    /// What the item allows to collect.
    pub collects: String,
    /// Area whose list it stands in.
    pub area: AreaRef,
}

/// Items.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BasisItems {
    /// By level and code.
    pub items: Vec<BasisItem>,
}

/// The lists are public to staff: everybody may know by which item they are asked.
fn permit(engine: &Engine) -> Result<Permit, Problem> {
    let subject = Subject::Entity(REGISTER.to_owned());
    Ok(actor::permit(&Engine::operator(), &engine.catalogue().roles, Verb::Read, subject)?)
}

/// What an item is called; `None` when it is not there.
pub fn named(engine: &Engine, tx: &mut ReadTx<'_>, id: RecordId) -> Result<Option<RefView>, Problem> {
    let catalogue = engine.catalogue();
    let Some(register) = catalogue.entities.get(REGISTER) else { return Ok(None) };
    let record = tx.record(&permit(engine)?, REGISTER, id)?;
    Ok(record.map(|record| RefView { entity: REGISTER.into(), id, title: title_of(&catalogue, register, &record) }))
}

/// Whether an item licenses a request in `area` on `today`.
pub fn licenses(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    id: RecordId,
    area: &AreaPath,
    today: Date,
) -> Result<bool, Problem> {
    if !engine.catalogue().entities.contains_key(REGISTER) {
        return Ok(false);
    }
    let record = tx.record(&permit(engine)?, REGISTER, id)?;
    Ok(record.is_some_and(|record| record.path.covers(area) && in_force(&record, today)))
}

fn in_force(record: &Record, today: Date) -> bool {
    let day = |field: &str| match record.value(field) {
        Value::Date(day) => Some(*day),
        _ => None,
    };
    record.ended.is_none()
        && day("effective_from").is_some_and(|from| from <= today)
        && day("effective_to").is_none_or(|to| to >= today)
}

/// Items that license requests in an area, whose code, title or department holds `q`.
pub async fn list(engine: &Engine, actor: &Actor, code: String, q: Option<String>) -> Result<BasisItems, Problem> {
    looking(engine, actor)?;
    let engine2 = engine.clone();
    engine
        .store
        .read(move |tx| {
            let area = tx.area(&code)?.ok_or_else(|| Problem::no_area(&code))?.path;
            if !engine2.catalogue().entities.contains_key(REGISTER) {
                return Ok(BasisItems { items: Vec::new() });
            }
            let (permit, today) = (permit(&engine2)?, engine2.now().china_date());
            let wanted = q.as_deref().map(str::trim).filter(|q| !q.is_empty()).map(str::to_lowercase);
            let mut found = Vec::new();
            for above in area.ancestry() {
                let query = ListQuery { area: Some(above.clone()), ..ListQuery::of(REGISTER) };
                // The rows below an area are not on the way to it: only those of the area itself count.
                tx.scan(&permit, &query, &mut |record| {
                    if record.path == above && in_force(&record, today) {
                        found.push(record);
                    }
                    Ok(())
                })?;
            }
            let mut items = Vec::new();
            for record in found {
                let item = item(&engine2, tx, &record)?;
                let holds = |wanted: &String| {
                    [&item.title, &item.code, &item.owner].iter().any(|text| text.to_lowercase().contains(wanted))
                };
                if wanted.as_ref().is_none_or(holds) {
                    items.push(item);
                }
            }
            items.sort_by(|a, b| (&a.area.path, &a.code).cmp(&(&b.area.path, &b.code)));
            items.truncate(500);
            Ok(BasisItems { items })
        })
        .await
}

fn item(engine: &Engine, tx: &mut ReadTx<'_>, record: &Record) -> Result<BasisItem, Problem> {
    let text = |field: &str| record.value(field).as_text().unwrap_or_default().to_owned();
    Ok(BasisItem {
        entity: REGISTER.into(),
        id: record.id,
        title: text("title"),
        code: text("item_code"),
        kind: text("list_kind"),
        owner: text("owner"),
        basis: text("basis"),
        collects: text("collects"),
        area: engine.area_ref(tx, &record.path)?,
    })
}
