//! What a template asks for beside its cells: the filter of its rows, and the words around its tables.

use std::collections::BTreeMap;

use jiff::civil::Date;
use linli_domain::{
    Area, Catalogue, Lang,
    expr::{self, TypedExpr},
};
use linli_workbook::{CellValue, CellWrite, OutValue, Sheet, SheetEdit, TableRegion};

use super::{
    produce::Request,
    title::{self, Occasion},
};
use crate::{Engine, Problem, ProblemKind, sheet::places::Places};

/// The filter of a report table, or one written in CEL.
pub fn filter_of(catalogue: &Catalogue, entity: &str, filter: Option<&str>) -> Result<Option<TypedExpr>, Problem> {
    let Some(text) = filter.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    if let Some(table) = catalogue.tables.get(text) {
        return Ok(if table.entity == entity { table.filter.clone() } else { None });
    }
    let scope = expr::Scope::of_entity(crate::entity(catalogue, entity)?, catalogue);
    expr::parse_filter(text, &scope).map(Some).map_err(|errors| {
        let told = |lang| errors.iter().map(|error| error.message(lang)).collect::<Vec<_>>().join("；");
        Problem::new(
            ProblemKind::Invalid,
            "fill.bad_filter",
            format!("筛选条件写得不对：{}", told(Lang::Zh)),
            format!("The filter is not acceptable: {}", told(Lang::En)),
        )
    })
}

/// Cells around the tables that ask for who and when.
pub(super) fn titles(
    engine: &Engine,
    places: &Places,
    request: &Request<'_>,
    day: Date,
    sheet: &Sheet,
    tables: &[TableRegion],
    edit: &mut SheetEdit,
) -> Result<(), Problem> {
    let path = places.root().map(|area| area.path.clone());
    let Some(path) = path else { return Ok(()) };
    let ancestry: Vec<Area> = engine.store.read_blocking::<_, Problem>(move |tx| Ok(tx.area_ancestry(&path)?))?;
    let occasion = Occasion { ancestry: &ancestry, day, who: &request.actor.name };
    let inside = |row: u32| {
        tables.iter().any(|table| {
            let open = |kind| !matches!(kind, linli_workbook::RowKind::Footer);
            let last = table.data_rows.iter().filter(|data| open(data.kind)).map(|data| data.row).max();
            (*table.header_rows.start()..=last.unwrap_or(*table.header_rows.end())).contains(&row)
        })
    };
    let moved: BTreeMap<u32, u32> = edit
        .grow
        .iter()
        .map(|grow| (grow.at_row + grow.template_rows, grow.rows_needed - grow.template_rows))
        .collect();
    for row in (0..sheet.rows).filter(|row| !inside(*row)) {
        for (col, cell) in sheet.row(row) {
            let CellValue::Text(text) = &cell.value else { continue };
            if let Some(filled) = title::filled(text, &occasion).filter(|_| !cell.formula) {
                let shift = moved.iter().find(|(from, _)| row >= **from).map_or(0, |(_, by)| *by);
                edit.writes.push(CellWrite { row: row + shift, col, value: OutValue::Text(filled) });
            }
        }
    }
    Ok(())
}
