//! List filters as addresses write them.
//!
//! `filter=sex:1,2` one of these; `birth_date:1950-01-01..1960-12-31` between (either end may be open); `name:王*` begins
//! with; `phone:*` known; `phone:!` unknown; a sensitive field equals a clear value. All must hold.

use linli_domain::{
    Catalogue, Entity, Field, FieldKind, Permit, Timestamp, Value,
    catalogue::Sensitivity,
    check,
    record::{Condition, ListQuery},
};
use linli_store::ReadTx;
use serde_json::Value as Json;

use crate::Problem;

/// What a list is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// Code of an area: only within it.
    pub area: Option<String>,
    /// What was typed into the search box.
    pub q: Option<String>,
    /// `field:…`, as above.
    pub filters: Vec<String>,
    /// `name`, `-birth_date`; several with commas.
    pub sort: Option<String>,
    /// Ended records too.
    pub ended: bool,
    /// As it was at the end of this day.
    pub as_of: Option<jiff::civil::Date>,
    /// Cursor of the page before.
    pub after: Option<String>,
    /// At most so many.
    pub limit: u32,
}

/// The query that a filter means. The area must lie in the permit's scope.
pub fn list_query(
    tx: &mut ReadTx<'_>,
    permit: &Permit,
    catalogue: &Catalogue,
    entity: &Entity,
    filter: &ListFilter,
) -> Result<ListQuery, Problem> {
    let area = match &filter.area {
        Some(code) => Some(reachable(tx, permit, code)?),
        None => None,
    };
    let conditions: Result<Vec<Condition>, Problem> =
        filter.filters.iter().map(|text| condition(catalogue, entity, text)).collect();
    let sort = match filter.sort.as_deref().filter(|sort| !sort.is_empty()) {
        Some(text) => text.split(',').map(|one| sort_key(entity, one)).collect::<Result<_, _>>()?,
        None => entity.view.sort.iter().filter_map(|one| sort_key(entity, one).ok()).collect(),
    };
    Ok(ListQuery {
        area,
        conditions: conditions?,
        search: filter.q.as_deref().map(|q| check::text(q).unwrap_or_default()).filter(|q| !q.is_empty()),
        with_ended: filter.ended,
        sort,
        after: filter.after.clone(),
        limit: filter.limit.clamp(1, 200),
        as_of: filter.as_of.map(Timestamp::end_of_china_day),
        ..ListQuery::of(&entity.name)
    })
}

/// The path of an area some of which lies in the permit's scope.
fn reachable(tx: &mut ReadTx<'_>, permit: &Permit, code: &str) -> Result<linli_domain::AreaPath, Problem> {
    let path = tx.area(code)?.ok_or_else(|| Problem::no_area(code))?.path;
    let reach = permit.within(&path);
    if *reach.scope() == linli_domain::Scope::Areas(Vec::new()) {
        return Err(Problem::outside_scope(code));
    }
    Ok(path)
}

fn sort_key(entity: &Entity, text: &str) -> Result<(String, bool), Problem> {
    let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
    let field = entity.field(name).ok_or_else(|| Problem::no_field(&entity.name, name))?;
    if field.sensitivity == Sensitivity::Sensitive {
        return Err(Problem::parameter(
            "sort",
            format!("不能按敏感字段“{}”排序。", field.label.zh),
            format!("A list cannot be sorted by the sensitive field \"{}\".", field.label.en),
        ));
    }
    Ok((name.to_owned(), descending))
}

fn condition(catalogue: &Catalogue, entity: &Entity, text: &str) -> Result<Condition, Problem> {
    let (name, asked) = text.split_once(':').ok_or_else(|| {
        Problem::parameter(
            "filter",
            format!("筛选条件应写成 字段:值,而不是“{text}”。"),
            format!("A filter is written field:value, not `{text}`."),
        )
    })?;
    let field = entity.field(name).ok_or_else(|| Problem::no_field(&entity.name, name))?;
    match asked {
        "*" => return Ok(Condition::Known(name.to_owned(), true)),
        "!" => return Ok(Condition::Known(name.to_owned(), false)),
        _ => {}
    }
    if field.sensitivity == Sensitivity::Sensitive {
        return Ok(Condition::Exact(name.to_owned(), normal_sensitive(field, asked)));
    }
    if let Some((from, to)) = asked.split_once("..").filter(|_| is_ordered(&field.kind)) {
        return Ok(Condition::Between(name.to_owned(), value(catalogue, field, from)?, value(catalogue, field, to)?));
    }
    if let Some(prefix) = asked.strip_suffix('*').filter(|_| field.kind.is_text()) {
        return Ok(Condition::Prefix(name.to_owned(), prefix.to_owned()));
    }
    let values: Result<Vec<Value>, Problem> = asked.split(',').map(|one| value(catalogue, field, one)).collect();
    Ok(Condition::In(name.to_owned(), values?))
}

fn is_ordered(kind: &FieldKind) -> bool {
    use FieldKind as K;
    matches!(kind, K::Date | K::Time | K::Integer { .. } | K::Decimal { .. } | K::Money)
}

fn normal_sensitive(field: &Field, text: &str) -> String {
    let read = match field.kind {
        FieldKind::IdentityNumber => check::identity_number(text).map(|read| read.number).ok(),
        FieldKind::Phone => check::phone(text).map(|read| read.number).ok(),
        _ => check::text(text).ok(),
    };
    read.unwrap_or_else(|| text.trim().to_owned())
}

fn value(_catalogue: &Catalogue, field: &Field, text: &str) -> Result<Value, Problem> {
    let json = match &field.kind {
        FieldKind::Bool => text.parse::<bool>().map(Json::Bool).ok(),
        FieldKind::Integer { .. } | FieldKind::Money => {
            if text.is_empty() {
                Some(Json::Null)
            } else {
                text.parse::<i64>().map(Json::from).ok()
            }
        }
        FieldKind::Codes { .. } => return Ok(Value::Text(text.to_owned())),
        _ => Some(Json::String(text.to_owned())),
    };
    json.and_then(|json| Value::from_json(&json, &field.kind)).ok_or_else(|| {
        Problem::parameter(
            "filter",
            format!("“{text}”不能作为“{}”的筛选值。", field.label.zh),
            format!("`{text}` cannot be a value of \"{}\".", field.label.en),
        )
    })
}
