//! The rows behind a figure: the same filter, within the reader's own scope.

use std::collections::{BTreeMap, BTreeSet};

use linli_domain::{
    Actor, Area, Entity, FieldKind, Lang, Subject, Verb,
    expr::{self, Expr, Type, TypedExpr},
    insight::{Indicator, Measure, RollMeasure, What},
    record::ListQuery,
};
use serde::Serialize;
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

use super::{
    Ask, Asked, asked,
    facts::{Fact, MustSay, must_say},
    gauge::{Targets, When},
    reading::AreaName,
};
use crate::{Engine, Problem, entity, flow, register::Viewer};

/// A page of the rows behind a figure.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RowsPage {
    /// `records`, `cases`, `answers` or `areas`.
    pub kind: String,
    /// Register, flow or form.
    pub entity: Option<String>,
    /// Columns of `values`.
    pub columns: Vec<Column>,
    /// Rows.
    pub items: Vec<RowItem>,
    /// How many there are in the reader's scope.
    pub total: u64,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Column {
    /// Field.
    pub name: String,
    /// Label.
    pub label: String,
    /// Type.
    pub kind: String,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RowItem {
    /// Id of the record or case, `instanceID` of the answer, code of the area.
    pub id: String,
    /// What lists call it.
    pub title: String,
    /// Where it is.
    pub area: AreaName,
    /// Values by column; codes as their labels.
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    pub values: BTreeMap<String, Json>,
    /// Its page.
    pub href: Option<String>,
}

/// Which of the rows behind a figure are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowsAsk {
    /// `numerator`, `denominator` or a measure; the numerator without it.
    pub part: Option<String>,
    /// Only the rows behind one bar of a distribution: a coded field of the register, and the code; without a code those
    /// whose field is not known.
    pub category: Option<(String, Option<String>)>,
}

/// A page of the rows behind a part of a figure. Blocks the thread.
pub fn rows(
    engine: &Engine,
    actor: &Actor,
    ask: &Ask,
    name: &str,
    of: RowsAsk,
    page: (u32, Option<String>),
) -> Result<RowsPage, Problem> {
    let name = name.to_owned();
    asked(engine, actor, Verb::Read, ask, move |asked| {
        asked.category = of.category;
        asked.rows_page(&name, of.part.as_deref(), page.0, page.1)
    })
}

/// All of them as a workbook (`export` of figures and of the register), at most so many as one reads. Blocks the thread.
pub fn rows_workbook(engine: &Engine, actor: &Actor, ask: &Ask, name: &str, of: RowsAsk) -> Result<Vec<u8>, Problem> {
    let name = name.to_owned();
    let RowsAsk { part, category } = of;
    let watermark = super::table::watermark(engine, actor);
    super::table::audit(engine, actor, &name, ask, json!({ "part": part, "category": category }))?;
    asked(engine, actor, Verb::Export, ask, move |asked| {
        asked.category = category;
        let indicator = asked.indicator(&name)?;
        if let Some(entity) = part_of(&indicator, part.as_deref())?.what.entity() {
            asked.engine.permit(&asked.actor, Verb::Export, Subject::Entity(entity.to_owned()))?;
        }
        let mut page = asked.rows_page(&name, part.as_deref(), PAGE, None)?;
        let mut items = std::mem::take(&mut page.items);
        while let Some(cursor) = page.next.take().filter(|_| items.len() < MOST) {
            page = asked.rows_page(&name, part.as_deref(), PAGE, Some(cursor))?;
            items.append(&mut page.items);
        }
        super::table::of_rows(asked, &indicator, &page.columns, &items, &watermark)
    })
}

/// Rows of a page of an export.
const PAGE: u32 = 500;
/// Most rows of an export.
const MOST: usize = 100_000;

/// The measure that `part` names: the numerator without it.
fn part_of<'i>(indicator: &'i Indicator, part: Option<&str>) -> Result<&'i Measure, Problem> {
    let found = match part {
        Some(part) => indicator.measures.get(part),
        None => indicator.measures.get("numerator").or_else(|| indicator.measures.values().next()),
    };
    found.ok_or_else(|| {
        let known: Vec<&str> = indicator.measures.keys().map(String::as_str).collect();
        let known = known.join("、");
        Problem::parameter(
            "part",
            format!("这个指标没有这一部分；有：{known}。"),
            format!("There is no such part; there are {known}."),
        )
    })
}

impl Asked<'_, '_> {
    fn rows_page(
        &mut self,
        name: &str,
        part: Option<&str>,
        limit: u32,
        cursor: Option<String>,
    ) -> Result<RowsPage, Problem> {
        let indicator = self.indicator(name)?;
        let params = self.params_of(&indicator);
        let bound = params.bind_measure(part_of(&indicator, part)?);
        let when = bound.at.as_deref().and_then(|name| params.date(name)).map_or(self.when(), |day| self.when_of(day));
        if let Some(linli_domain::insight::formula::Term::Word(code)) =
            bound.area.as_deref().and_then(|name| params.term(name))
            && !code.is_empty()
            && code != self.area.code
        {
            let area = crate::area::in_scope(self.tx, self.permit.scope(), &code)?;
            return self.elsewhere(area)?.page_of(&indicator, &bound, when, limit, cursor);
        }
        self.page_of(&indicator, &bound, when, limit, cursor)
    }

    fn page_of(
        &mut self,
        indicator: &Indicator,
        bound: &Measure,
        when: When,
        limit: u32,
        cursor: Option<String>,
    ) -> Result<RowsPage, Problem> {
        if let Some((field, _)) = self.category.as_ref().filter(|_| !has_categories(&bound.what)) {
            return Err(Problem::parameter(
                "field",
                format!("这一部分不是登记册的记录，不能按“{field}”筛选。"),
                format!("This part is no register's records and has no `{field}` to pick by."),
            ));
        }
        match &bound.what {
            What::Areas { level } => {
                let areas: Vec<Area> = self.tree.of_kind(level, &self.area.path, when.day).cloned().collect();
                Ok(self.area_rows(&areas, limit, cursor))
            }
            What::AreasWhere { level, inner, having } => {
                let targets = Targets::of(vec![self.area.clone()]);
                let rows =
                    self.rows_of(inner, when, Some(level), &targets, &must_say(indicator, &self.params_of(indicator)))?;
                let fits = self.areas_that_fit(&rows, level, when, inner, having);
                let areas = self.tree.of_kind(level, &self.area.path, when.day);
                let areas: Vec<Area> = areas.filter(|area| fits.contains(area.path.as_str())).cloned().collect();
                Ok(self.area_rows(&areas, limit, cursor))
            }
            What::Cases { flow } => {
                let source = self.cases(flow, when.at)?;
                // Everybody counts; only those whose cases one sees are listed.
                let who = flow::Who::of(&self.engine, self.tx, &self.actor)?;
                let seen = source.facts.iter().filter(|fact| who.reader.covers(flow, &fact.path));
                let facts = self.fitting_facts(seen, bound, when, &MustSay::default());
                self.fact_rows("cases", flow, bound, facts, limit, cursor)
            }
            What::Answers { form, id } => {
                let permit = self.engine.permit(&self.actor, Verb::Read, Subject::Responses)?;
                let source = self.answers(id, when.at)?;
                let seen = source.facts.iter().filter(|fact| permit.scope().covers(&fact.path));
                let facts = self.fitting_facts(seen, bound, when, &must_say(indicator, &self.params_of(indicator)));
                self.fact_rows("answers", form, bound, facts, limit, cursor)
            }
            What::Indicator { name } => {
                let other = self.indicator(name)?;
                let params = self.params_of(&other);
                let inner = params.bind_measure(part_of(&other, None)?);
                if matches!(inner.what, What::Indicator { .. }) {
                    return Err(no_rows());
                }
                self.page_of(&other, &inner, when, limit, cursor)
            }
            What::Number { .. } => Err(no_rows()),
            what => {
                let name = what.entity().unwrap_or_default().to_owned();
                self.record_rows(&name, bound, when, limit, cursor)
            }
        }
    }

    fn record_rows(
        &mut self,
        name: &str,
        bound: &Measure,
        when: When,
        limit: u32,
        cursor: Option<String>,
    ) -> Result<RowsPage, Problem> {
        let catalogue = self.catalogue.clone();
        let register = entity(&catalogue, name)?;
        let permit = self.engine.permit_entity(&self.actor, Verb::Read, register)?;
        let query = ListQuery {
            filter: row_filter(bound),
            limit: limit.clamp(1, 1_000),
            after: cursor,
            conditions: self.category_condition(register)?,
            ..self.query(name, when)
        };
        let total = self.tx.count(&permit, &ListQuery { after: None, ..query.clone() })?;
        let page = self.tx.list(&permit, &query)?;
        let viewer = Viewer::new(&self.engine, &self.actor, register);
        let views = viewer.views(self.tx, register, page.records)?;
        let columns = columns(register, bound, self.engine.lang);
        let lang = self.engine.lang;
        let items = views.into_iter().map(|view| {
            let values = columns.iter().filter_map(|column| {
                let field = register.field(&column.name)?;
                let value = match view.refs.get(&column.name) {
                    Some(named) => json!(named.title),
                    None => shown(&catalogue, &field.kind, view.values.get(&column.name), lang),
                };
                Some((column.name.clone(), value))
            });
            RowItem {
                id: view.id.to_string(),
                title: view.title.clone(),
                area: AreaName { code: view.area.code.clone(), name: view.area.name.clone(), kind: String::new() },
                values: values.collect(),
                href: Some(format!("/records/{name}/{}", view.id)),
            }
        });
        let items = items.collect();
        Ok(RowsPage { kind: "records".into(), entity: Some(name.to_owned()), columns, items, total, next: page.next })
    }

    fn area_rows(&self, areas: &[Area], limit: u32, cursor: Option<String>) -> RowsPage {
        let (page, next) = cut(areas, limit, cursor);
        let item = |area: &Area| RowItem {
            id: area.code.clone(),
            title: area.name.clone(),
            area: AreaName::of(area),
            values: BTreeMap::new(),
            href: Some(format!("/areas/{}", area.code)),
        };
        let total = areas.len() as u64;
        RowsPage {
            kind: "areas".into(),
            entity: None,
            columns: Vec::new(),
            items: page.iter().map(item).collect(),
            total,
            next,
        }
    }

    fn fitting_facts<'f>(
        &self,
        facts: impl Iterator<Item = &'f Fact>,
        bound: &Measure,
        when: When,
        must_say: &MustSay,
    ) -> Vec<Fact> {
        let fits = |fact: &&Fact| {
            let field = |name: &str| fact.values.get(name).cloned().unwrap_or_default();
            !must_say.leaves_out(fact, when.day)
                && bound.filter.as_ref().is_none_or(|filter| expr::holds(filter, &field, when.day) == Some(true))
        };
        facts.filter(fits).cloned().collect()
    }

    fn fact_rows(
        &mut self,
        kind: &str,
        of: &str,
        bound: &Measure,
        facts: Vec<Fact>,
        limit: u32,
        cursor: Option<String>,
    ) -> Result<RowsPage, Problem> {
        let lang = self.engine.lang;
        let fields: BTreeSet<&str> = bound.filter.as_ref().map(TypedExpr::free_fields).unwrap_or_default();
        let catalogue = self.catalogue.clone();
        let flow = catalogue.flows.get(of);
        let column = |name: &&str| {
            let field = flow.and_then(|flow| flow.field(name));
            let label = field.map_or_else(|| (*name).to_owned(), |field| field.label.text(lang).to_owned());
            Column { name: (*name).to_owned(), label, kind: "text".into() }
        };
        let columns: Vec<Column> = fields.iter().map(column).collect();
        let total = facts.len() as u64;
        let (page, next) = cut(&facts, limit, cursor);
        let mut items = Vec::with_capacity(page.len());
        let number = FieldKind::Decimal { scale: linli_domain::insight::PARAM_SCALE, unit: None };
        for fact in page {
            let area = self.engine.area_ref(self.tx, &fact.path)?;
            let values = columns.iter().map(|column| {
                let kind = flow.and_then(|flow| flow.field(&column.name)).map(|field| &field.kind);
                let value = fact.values.get(&column.name);
                let answered = if fact.decimals.contains(&column.name) { &number } else { &FieldKind::LongText };
                let plain = value.map(|value| value.to_json(kind.unwrap_or(answered)));
                let value = match kind {
                    Some(kind) => shown(&catalogue, kind, plain.as_ref(), lang),
                    None => plain.unwrap_or(Json::Null),
                };
                (column.name.clone(), value)
            });
            let href = if kind == "cases" { format!("/cases/{}", fact.id) } else { format!("/answers/{}", fact.id) };
            items.push(RowItem {
                id: fact.id.clone(),
                title: fact.title.clone(),
                area: AreaName { code: area.code, name: area.name, kind: area.kind },
                values: values.collect(),
                href: Some(href),
            });
        }
        Ok(RowsPage { kind: kind.to_owned(), entity: Some(of.to_owned()), columns, items, total, next })
    }
}

/// Whether a part opens to records that a field tells apart.
fn has_categories(what: &What) -> bool {
    what.entity().is_some() && !matches!(what, What::AreasWhere { .. }) || matches!(what, What::Indicator { .. })
}

/// Which records a measure counts, as a list's filter: for a mean those that have the number.
fn row_filter(bound: &Measure) -> Option<TypedExpr> {
    let kept = RollMeasure::of(bound)?;
    let known = kept.add.filter(|_| kept.known_only).map(|add| {
        let is_null = Expr::IsNull(Box::new(add.expr));
        TypedExpr { source: add.source, ty: Type::Bool, expr: Expr::Not(Box::new(is_null)) }
    });
    match (kept.filter, known) {
        (Some(filter), Some(known)) => {
            let expr = Expr::All(vec![filter.expr, known.expr]);
            Some(TypedExpr { source: filter.source, ty: Type::Bool, expr })
        }
        (filter, known) => filter.or(known),
    }
}

/// The register's own columns, then what the filter asks about.
fn columns(register: &Entity, bound: &Measure, lang: Lang) -> Vec<Column> {
    let mut names: Vec<&str> = register.view.columns.iter().map(String::as_str).collect();
    let kept = RollMeasure::of(bound);
    let asked = kept.iter().flat_map(|kept| kept.filter.iter().chain(&kept.add)).flat_map(TypedExpr::free_fields);
    for name in asked {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let column = |name: &str| {
        let field = register.field(name)?;
        let kind = serde_json::to_value(&field.kind).ok()?;
        let kind = kind.get("kind").and_then(Json::as_str).unwrap_or("text").to_owned();
        Some(Column { name: name.to_owned(), label: field.label.text(lang).to_owned(), kind })
    };
    names.into_iter().filter_map(column).collect()
}

/// A value as tables show it: codes by their labels.
fn shown(catalogue: &linli_domain::Catalogue, kind: &FieldKind, value: Option<&Json>, lang: Lang) -> Json {
    let label = |list: &str, code: &str| {
        let found = catalogue.code_lists.get(list).and_then(|list| list.get(code));
        found.map_or(code, |found| found.label.text(lang)).to_owned()
    };
    match (kind, value) {
        (FieldKind::Code { list }, Some(Json::String(code))) => json!(label(list, code)),
        (FieldKind::Codes { list }, Some(Json::Array(codes))) => {
            let labels: Vec<String> = codes.iter().filter_map(Json::as_str).map(|code| label(list, code)).collect();
            json!(labels.join(lang.pick("、", ", ")))
        }
        (_, value) => value.cloned().unwrap_or(Json::Null),
    }
}

/// A page of what is in memory; its cursor is a position.
fn cut<T>(all: &[T], limit: u32, cursor: Option<String>) -> (&[T], Option<String>) {
    let from = cursor.and_then(|text| text.parse::<usize>().ok()).unwrap_or(0).min(all.len());
    let to = from.saturating_add(limit.clamp(1, 1_000) as usize).min(all.len());
    (&all[from..to], (to < all.len()).then(|| to.to_string()))
}

fn no_rows() -> Problem {
    Problem::parameter("part", "这一部分没有明细。", "There are no rows behind this part.")
}
