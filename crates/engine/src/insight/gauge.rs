//! Measures: what they found for each of many areas, by one grouped statement or one range of a roll-up.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use jiff::civil::Date;
use linli_domain::{
    Area, AreaPath, Label, Timestamp, Value, expr,
    insight::{self, Found, Measure, Measured, Params, Reason, Roll, RollMeasure, What, formula::Term},
    record::ListQuery,
};
use linli_store::{MeasureBy, MeasureRow};

use super::{
    Asked,
    facts::{MustSay, Source},
    reason::{no_records, not_valid},
    tree::valid,
};
use crate::Problem;

/// Kind of area that counts stand for where it holds no records.
const COMMUNITY: &str = "community";

/// Areas that are measured: disjoint, and as deep in the tree as one another where there are several.
pub(super) struct Targets {
    pub(super) areas: Vec<Area>,
    by_path: BTreeMap<String, usize>,
}

impl Targets {
    pub(super) fn of(areas: Vec<Area>) -> Self {
        let by_path = areas.iter().enumerate().map(|(at, area)| (area.path.as_str().to_owned(), at)).collect();
        Self { areas, by_path }
    }

    /// Which of them a path lies in.
    fn at(&self, path: &AreaPath) -> Option<usize> {
        if self.by_path.len() == 1 {
            return self.areas[0].path.covers(path).then_some(0);
        }
        path.ancestry().iter().find_map(|path| self.by_path.get(path.as_str()).copied())
    }

    /// Segments of their paths, when that is the same for all.
    fn depth(&self) -> Option<usize> {
        let depth = |area: &Area| area.path.as_str().split('/').count();
        let first = depth(self.areas.first()?);
        self.areas.iter().all(|area| depth(area) == first).then_some(first)
    }
}

/// When something is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct When {
    pub(super) day: Date,
    /// `None` for now.
    pub(super) at: Option<Timestamp>,
}

impl Asked<'_, '_> {
    /// The day asked for.
    pub(super) fn when(&self) -> When {
        When { day: self.day, at: self.at }
    }

    /// A day as a moment to read as of.
    pub(super) fn when_of(&self, day: Date) -> When {
        let today = self.engine.now().china_date();
        When { day, at: (day < today).then(|| Timestamp::end_of_china_day(day)) }
    }

    /// What a bound measure found in each target. Indicators are measured by [`Asked::outcomes`].
    pub(super) fn measured(
        &mut self,
        measure: &Measure,
        params: &Params,
        targets: &Targets,
        when: When,
        must_say: &MustSay,
    ) -> Result<Vec<Measured>, Problem> {
        let when = measure.at.as_deref().and_then(|name| params.date(name)).map_or(when, |day| self.when_of(day));
        if let Some(name) = &measure.area {
            return self.measured_elsewhere(measure, params, name, targets.areas.len(), when, must_say);
        }
        let mut found = match &measure.what {
            What::Number { value } => {
                let one = Measured { value: Some(*value), ..Measured::default() };
                return Ok(vec![one; targets.areas.len()]);
            }
            What::Areas { level } => self.areas(level, targets, when, &measure.what),
            What::Counted { .. } => {
                let rows = self.by_area(measure, when, Some(COMMUNITY), targets)?;
                self.counted_too(&rows, measure, targets, when)
            }
            What::Distinct { level, .. } => {
                let rows = self.by_area(measure, when, Some(level), targets)?;
                self.distinct(&rows, level, targets, when, &measure.what)
            }
            What::AreasWhere { level, inner, having } => {
                let rows = self.rows_of(inner, when, Some(level), targets, must_say)?;
                self.fitting(&rows, level, targets, when, measure, inner, having)
            }
            what => {
                let rows = self.rows_of(measure, when, None, targets, must_say)?;
                let mut sums = vec![Found::default(); targets.areas.len()];
                for (path, found) in &rows {
                    if let Some(at) = targets.at(path) {
                        sums[at] += *found;
                    }
                }
                sums.into_iter().map(|found| Measured::found(what, found)).collect()
            }
        };
        if let Some(entity) = measure.what.entity() {
            self.explain_nothing(&mut found, entity, targets, when)?;
        }
        for (one, area) in found.iter_mut().zip(&targets.areas) {
            if !valid(area, when.day) {
                *one = Measured::none(not_valid(area, when.day));
            }
        }
        Ok(found)
    }

    /// In an area that a parameter names, the same for all targets.
    fn measured_elsewhere(
        &mut self,
        measure: &Measure,
        params: &Params,
        name: &str,
        count: usize,
        when: When,
        must_say: &MustSay,
    ) -> Result<Vec<Measured>, Problem> {
        let chosen = match params.term(name) {
            Some(Term::Word(code)) if !code.is_empty() => self.tx.area(&code)?,
            _ => None,
        };
        // What lies outside one's own areas is as good as not chosen.
        let Some(area) = chosen.filter(|area| self.permit.scope().covers(&area.path)) else {
            let reason = Reason::new(
                "insight.choose_area",
                format!("请选择区域（参数 {name}）"),
                format!("Choose an area (parameter {name})"),
            );
            return Ok(vec![Measured::none(reason); count]);
        };
        let inner = Measure { area: None, ..measure.clone() };
        let day = when.day;
        let mut there = self.elsewhere(area.clone())?;
        let when = there.when_of(day);
        let found = there.measured(&inner, params, &Targets::of(vec![area]), when, must_say)?;
        Ok(vec![found.into_iter().next().unwrap_or_default(); count])
    }

    fn areas(&self, level: &str, targets: &Targets, when: When, what: &What) -> Vec<Measured> {
        let count = |area: &Area| self.tree.of_kind(level, &area.path, when.day).count();
        targets.areas.iter().map(|area| counted(count(area), what)).collect()
    }

    /// Records, and the counts of the area tree where an area holds none.
    fn counted_too(
        &self,
        rows: &[(AreaPath, Found)],
        measure: &Measure,
        targets: &Targets,
        when: When,
    ) -> Vec<Measured> {
        let mut sums = vec![Found::default(); targets.areas.len()];
        let mut held: BTreeSet<&str> = BTreeSet::new();
        for (path, found) in rows.iter().filter(|(_, found)| found.n > 0) {
            if let Some(at) = targets.at(path) {
                sums[at] += *found;
            }
            held.extend(self.tree.above(path, COMMUNITY).map(|area| area.path.as_str()));
        }
        let residents = measure.what.entity().is_some_and(|entity| entity.ends_with("/resident"));
        for area in self.tree.valid_on(when.day).filter(|area| !held.contains(area.path.as_str())) {
            let count = if residents { area.counted_residents } else { area.counted_households };
            if let (Some(n), Some(at)) = (count, targets.at(&area.path)) {
                sums[at] += Found { n, sum: 0 };
            }
        }
        sums.into_iter().map(|found| Measured::found(&measure.what, found)).collect()
    }

    fn distinct(
        &self,
        rows: &[(AreaPath, Found)],
        level: &str,
        targets: &Targets,
        when: When,
        what: &What,
    ) -> Vec<Measured> {
        let mut seen: Vec<BTreeSet<&str>> = vec![BTreeSet::new(); targets.areas.len()];
        for (path, _) in rows.iter().filter(|(_, found)| found.n > 0) {
            let area = self.tree.above(path, level).filter(|area| valid(area, when.day));
            if let (Some(area), Some(at)) = (area, targets.at(path)) {
                seen[at].insert(area.path.as_str());
            }
        }
        seen.into_iter().map(|areas| counted(areas.len(), what)).collect()
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one measure")]
    fn fitting(
        &self,
        rows: &[(AreaPath, Found)],
        level: &str,
        targets: &Targets,
        when: When,
        measure: &Measure,
        inner: &Measure,
        having: &expr::TypedExpr,
    ) -> Vec<Measured> {
        let fits = self.areas_that_fit(rows, level, when, inner, having);
        let count = |area: &Area| {
            self.tree.of_kind(level, &area.path, when.day).filter(|one| fits.contains(one.path.as_str())).count()
        };
        targets.areas.iter().map(|area| counted(count(area), &measure.what)).collect()
    }

    /// Paths of the areas of a level whose own measure fits; an area without rows has none of them.
    pub(super) fn areas_that_fit(
        &self,
        rows: &[(AreaPath, Found)],
        level: &str,
        when: When,
        inner: &Measure,
        having: &expr::TypedExpr,
    ) -> BTreeSet<String> {
        let mut own: BTreeMap<&str, Found> = BTreeMap::new();
        for (path, found) in rows {
            if let Some(area) = self.tree.above(path, level) {
                *own.entry(area.path.as_str()).or_default() += *found;
            }
        }
        let fits = |area: &&Area| {
            let found = own.get(area.path.as_str()).copied().unwrap_or_default();
            let n = found.value(&inner.what).map_or(Value::Null, insight::scaled);
            expr::holds(having, &|_| n.clone(), when.day) == Some(true)
        };
        let areas = self.tree.of_kind(level, &self.area.path, when.day).filter(fits);
        areas.map(|area| area.path.as_str().to_owned()).collect()
    }

    /// What a measure found, by place: as deep as `level`, or as the targets.
    pub(super) fn rows_of(
        &mut self,
        measure: &Measure,
        when: When,
        level: Option<&str>,
        targets: &Targets,
        must_say: &MustSay,
    ) -> Result<Vec<(AreaPath, Found)>, Problem> {
        match &measure.what {
            What::Cases { flow } => {
                let source = self.cases(flow, when.at)?;
                if source.moved > 0 {
                    let moved = source.moved;
                    self.note(
                        format!("{moved} 件案件此后有过变动，当日的状态无从得知，未计入按状态的统计"),
                        format!("{moved} cases have moved since; their state on that day is not known and not counted"),
                    );
                }
                Ok(self.over_facts(&source, measure, when, &MustSay::default()))
            }
            What::Answers { id, .. } => {
                let source = self.answers(id, when.at)?;
                self.note_left_out(&source.left);
                let half = source.facts.iter().filter(|fact| must_say.leaves_out(fact, when.day)).count();
                if half > 0 {
                    self.note(
                        format!("{half} 份答卷没有回答这个问题，未计入"),
                        format!("{half} answers left this question blank and are left out"),
                    );
                }
                Ok(self.over_facts(&source, measure, when, must_say))
            }
            _ => self.by_area(measure, when, level, targets),
        }
    }

    fn over_facts(
        &self,
        source: &Rc<Source>,
        measure: &Measure,
        when: When,
        must_say: &MustSay,
    ) -> Vec<(AreaPath, Found)> {
        let counted = source.facts.iter().filter(|fact| !must_say.leaves_out(fact, when.day));
        let found = counted.filter_map(|fact| {
            let field = |name: &str| fact.values.get(name).cloned().unwrap_or_default();
            Some((fact.path.clone(), insight::contribution(measure, &field, when.day)?))
        });
        found.collect()
    }

    /// A register's measure by place: from its roll-up where that is kept, else from rows.
    fn by_area(
        &mut self,
        measure: &Measure,
        when: When,
        level: Option<&str>,
        targets: &Targets,
    ) -> Result<Vec<(AreaPath, Found)>, Problem> {
        if when.at.is_none()
            && let Some(roll) = Roll::of(measure)
            && let Some(depth) = self.depth_of(level, targets, when.day)
        {
            let mut kept = self.tx.rolled(&self.permit, &[&roll], &self.area.path, depth)?;
            if let Some(rows) = kept.remove(&roll.id) {
                return Ok(rows.into_iter().filter_map(place).collect());
            }
        }
        self.rolled = false;
        let Some((entity, kept)) = measure.what.entity().zip(RollMeasure::of(measure)) else { return Ok(Vec::new()) };
        let query = self.query(entity, when);
        let rows = self.tx.measure(&self.permit, &query, &kept, MeasureBy::Area)?;
        Ok(rows.into_iter().filter_map(place).collect())
    }

    /// The rows of a register in the area asked for, then.
    pub(super) fn query(&self, entity: &str, when: When) -> ListQuery {
        ListQuery { area: Some(self.area.path.clone()), as_of: when.at, ..ListQuery::of(entity) }
    }

    fn depth_of(&self, level: Option<&str>, targets: &Targets, day: Date) -> Option<usize> {
        let Some(level) = level else { return targets.depth() };
        let areas: Vec<Area> = self.tree.of_kind(level, &self.area.path, day).cloned().collect();
        Targets::of(areas).depth()
    }

    /// Nothing found in an area that has no record of the register at all is no figure.
    fn explain_nothing(
        &mut self,
        found: &mut [Measured],
        entity: &str,
        targets: &Targets,
        when: When,
    ) -> Result<(), Problem> {
        let nothing = |one: &Measured| one.n == Some(0) && one.reason.is_none();
        if !found.iter().any(nothing) {
            return Ok(());
        }
        let all = Measure { what: What::Count { entity: entity.to_owned() }, filter: None, at: None, area: None };
        let rows = self.by_area(&all, when, None, targets)?;
        let mut present = vec![false; targets.areas.len()];
        for (path, found) in rows {
            if let Some(at) = targets.at(&path).filter(|_| found.n > 0) {
                present[at] = true;
            }
        }
        let label = self.catalogue.entities.get(entity).map(|entity| entity.label.clone()).unwrap_or_default();
        for ((one, there), area) in found.iter_mut().zip(present).zip(&targets.areas) {
            if !there && nothing(one) {
                let first =
                    if when.at.is_some() { self.tx.first_record(&self.permit, entity, &area.path)? } else { None };
                *one = Measured { reason: Some(no_records(&label, when, first)), value: None, n: Some(0) };
            }
        }
        Ok(())
    }

    /// Notes something to be known beside the value, once.
    pub(super) fn note(&mut self, zh: impl Into<String>, en: impl Into<String>) {
        let note = Label::new(zh, en);
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

fn place(row: MeasureRow) -> Option<(AreaPath, Found)> {
    Some((row.path?, Found { n: row.n, sum: i128::from(row.sum) }))
}

fn counted(count: usize, what: &What) -> Measured {
    Measured::found(what, Found { n: i64::try_from(count).unwrap_or(i64::MAX), sum: 0 })
}
