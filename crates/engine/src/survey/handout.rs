//! Whom a draw found, as a list to take along.

use linli_domain::{Actor, RecordId, Verb};
use linli_workbook::ColumnKind;

use super::{
    campaign,
    drawn::held,
    export::{Cell, Table},
    sample::BATCH,
    strata,
};
use crate::{Engine, Problem};

/// Whom a draw found, to hand links to: names and areas, not which link is whose. Blocks the thread.
pub fn handout(engine: &Engine, actor: &Actor, id: RecordId, draw: &str) -> Result<Table, Problem> {
    let (register, _) = strata::residents(engine, actor)?;
    let permit = engine.permit_entity(actor, Verb::Export, &register)?;
    let (engine2, actor, draw) = (engine.clone(), actor.clone(), draw.to_owned());
    engine.store.read_blocking(move |tx| {
        let campaign = campaign::find(&engine2, tx, &actor, id)?;
        let kept = held(tx, id, &draw)?;
        let lang = engine2.lang;
        let fields = register.person.clone().ok_or_else(|| Problem::internal("a register of nobody"))?;
        let mut table = Table::new(
            &format!("{} · {}", campaign.name, lang.pick("抽样名单", "Drawn")),
            &[
                (lang.pick("序号", "No."), ColumnKind::Number),
                (lang.pick("区域", "Area"), ColumnKind::Text),
                (lang.pick("姓名", "Name"), ColumnKind::Text),
                (lang.pick("电话", "Phone"), ColumnKind::Text),
            ],
        );
        let mut found = Vec::new();
        for ids in kept.people.chunks(BATCH) {
            found.extend(tx.records(&permit, &register.name, ids)?);
        }
        // By area and name, not in the order they were drawn, which is that of nothing else either.
        found.sort_by(|a, b| (a.path.as_str(), a.id).cmp(&(b.path.as_str(), b.id)));
        for (number, record) in found.iter().enumerate() {
            let name = record.value(&fields.name).as_text().unwrap_or_default();
            let phone = fields.phone.as_ref().and_then(|field| record.masked.get(field)).map_or("", String::as_str);
            table.push(vec![
                Cell::number(number as f64 + 1.0),
                Cell::text(&engine2.area_ref(tx, &record.path)?.full_name),
                Cell::text(name),
                Cell::text(phone),
            ]);
        }
        Ok(table)
    })
}
