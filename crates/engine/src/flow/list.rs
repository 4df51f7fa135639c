//! Lists of cases.

use linli_domain::{Actor, RecordId, Timestamp, flow::Phase};
use linli_store::{
    ReadTx,
    tables::{Case, CaseBox, CaseQuery, CaseSort},
};

use super::{
    model::{CasePage, CaseView},
    view::Viewer,
    who::Who,
};
use crate::{Engine, Problem, visit::moment_of};

/// Which cases, as it is asked.
#[derive(Debug, Clone, Default)]
pub struct CaseFilter {
    /// Flows, with commas.
    pub flow: Option<String>,
    /// States, with commas.
    pub state: Option<String>,
    /// Phases, with commas.
    pub phase: Option<String>,
    /// Code of an area.
    pub area: Option<String>,
    /// `todo`, `opened`, `called`, `all`, `overdue` or `closed`.
    pub which: Option<String>,
    /// Beginning of a number, or part of a title.
    pub q: Option<String>,
    /// A unit.
    pub unit: Option<RecordId>,
    /// A class.
    pub kind: Option<String>,
    /// Opened on or after this day or moment.
    pub from: Option<String>,
    /// Opened on or before this day, or before this moment.
    pub to: Option<String>,
    /// `lat,lon,metres`.
    pub near: Option<String>,
    /// `due` or `-opened`.
    pub sort: Option<String>,
    /// Cursor of the page before.
    pub after: Option<String>,
    /// At most so many.
    pub limit: u32,
}

/// Cases read while looking for a part of a title: titles are sealed, so they are opened one by one.
const SEARCHED: u32 = 2_000;

/// A page of the cases that the actor sees.
pub async fn list(engine: &Engine, actor: &Actor, filter: CaseFilter) -> Result<CasePage, Problem> {
    let (engine, actor) = (engine.clone(), actor.clone());
    let store = engine.store.clone();
    store
        .read(move |tx| {
            let who = Who::of(&engine, tx, &actor)?;
            let mut query = query(&engine, tx, &filter)?;
            let words = filter.q.as_deref().map(str::trim).filter(|q| !q.is_empty() && query.number.is_none());
            let limit = filter.limit.clamp(1, 200) as usize;
            query.limit =
                if words.is_some() || filter.near.is_some() { SEARCHED } else { filter.limit.clamp(1, 200) + 1 };
            let mut found = tx.cases(&who.reader, &query)?;
            let cut = found.len() >= query.limit as usize;
            if let Some(words) = words {
                found.retain(|case| case.body.title.contains(words) || case.body.place.contains(words));
            }
            if let Some((lat, lon, far)) = filter.near.as_deref().map(near_of).transpose()? {
                let metres =
                    |case: &Case| distance((lat, lon), (case.lat.unwrap_or_default(), case.lon.unwrap_or_default()));
                found.retain(|case| metres(case) <= far);
            }
            let more = found.len() > limit || (cut && words.is_none() && filter.near.is_none());
            found.truncate(limit);
            let next = found.last().filter(|_| more).map(cursor_of);
            let items = views(&engine, tx, &who, found)?;
            Ok(CasePage { items, next })
        })
        .await
}

/// Cases as lists show them to a reader.
pub(crate) fn views(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    who: &Who,
    cases: Vec<Case>,
) -> Result<Vec<CaseView>, Problem> {
    Viewer::new(engine, who).views(tx, cases)
}

/// The query of a filter.
pub(super) fn query(engine: &Engine, tx: &mut ReadTx<'_>, filter: &CaseFilter) -> Result<CaseQuery, Problem> {
    let words = |text: &Option<String>| {
        let words = text.iter().flat_map(|text| text.split(',')).map(|word| word.trim().to_owned());
        words.filter(|word| !word.is_empty()).collect::<Vec<_>>()
    };
    let mut query = CaseQuery {
        flows: words(&filter.flow),
        states: words(&filter.state),
        phases: words(&filter.phase),
        kind: filter.kind.clone().filter(|kind| !kind.is_empty()),
        unit: filter.unit,
        from: filter.from.as_deref().map(|text| edge(text, false)).transpose()?,
        until: filter.to.as_deref().map(|text| edge(text, true)).transpose()?,
        after: filter.after.as_deref().map(cursor).transpose()?,
        ..CaseQuery::default()
    };
    if let Some(wrong) = query.phases.iter().find(|phase| Phase::from_name(phase).is_none()) {
        return Err(Problem::parameter("phase", format!("没有阶段 {wrong}。"), format!("There is no phase {wrong}.")));
    }
    if let Some(code) = filter.area.as_deref().filter(|code| !code.is_empty()) {
        query.area = Some(tx.area(code)?.ok_or_else(|| Problem::no_area(code))?.path);
    }
    match filter.which.as_deref() {
        None | Some("all" | "") => {}
        Some("todo") => query.which = CaseBox::Todo,
        Some("opened") => query.which = CaseBox::Opened,
        Some("called") => query.which = CaseBox::Called,
        Some("overdue") => (query.open, query.due_before) = (Some(true), Some(engine.now())),
        Some("closed") => query.open = Some(false),
        Some(other) => {
            return Err(Problem::parameter(
                "box",
                format!("没有“{other}”这一栏。"),
                format!("There is no box {other}."),
            ));
        }
    }
    query.sort = match filter.sort.as_deref() {
        None | Some("-opened" | "") => CaseSort::Newest,
        Some("due") => CaseSort::Due,
        Some(_) => return Err(Problem::parameter("sort", "排序只能是 due 或 -opened。", "Sort by due or -opened.")),
    };
    if let Some(q) = filter.q.as_deref().map(str::trim).filter(|q| is_number(q)) {
        query.number = Some(q.to_ascii_uppercase());
    }
    if let Some((lat, lon, far)) = filter.near.as_deref().map(near_of).transpose()? {
        query.within = around(lat, lon, far);
    }
    Ok(query)
}

/// Whether a text looks like the beginning of a case's number.
fn is_number(text: &str) -> bool {
    let (letters, rest) = text.split_once('-').unwrap_or((text, ""));
    let prefix = (1..=8).contains(&letters.len()) && letters.bytes().all(|byte| byte.is_ascii_alphanumeric());
    prefix && text.contains('-') && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

/// A day's beginning (or, as an end, the next day's), or a moment.
pub(super) fn edge(text: &str, end: bool) -> Result<Timestamp, Problem> {
    match text.parse::<jiff::civil::Date>() {
        Ok(day) => {
            let day = if end { Some(day) } else { day.yesterday().ok() };
            Ok(day.map_or(Timestamp(0), |day| Timestamp(Timestamp::end_of_china_day(day).0 + 1)))
        }
        Err(_) => moment_of(text),
    }
}

fn cursor_of(case: &Case) -> String {
    format!("{}.{}", case.due.map_or_else(|| "-".to_owned(), |due| due.0.to_string()), case.id)
}

/// Reads a cursor: the moment and the id.
pub(super) fn cursor(text: &str) -> Result<(Option<Timestamp>, RecordId), Problem> {
    let (due, id) = text.split_once('.').ok_or_else(Problem::bad_cursor)?;
    let due = match due {
        "-" => None,
        due => Some(Timestamp(due.parse().map_err(|_| Problem::bad_cursor())?)),
    };
    Ok((due, id.parse().map_err(|_| Problem::bad_cursor())?))
}

/// Writes a cursor.
pub(super) fn cursor_text(due: Option<Timestamp>, id: RecordId) -> String {
    format!("{}.{id}", due.map_or_else(|| "-".to_owned(), |due| due.0.to_string()))
}

fn near_of(text: &str) -> Result<(i64, i64, f64), Problem> {
    let wrong = || Problem::parameter("near", "请写成 纬度,经度,米数。", "Write near as lat,lon,metres.");
    let parts: Vec<f64> = text.split(',').filter_map(|part| part.trim().parse().ok()).collect();
    let [lat, lon, metres] = parts[..] else { return Err(wrong()) };
    let fits = lat.abs() <= 90.0 && lon.abs() <= 180.0 && (0.0..=100_000.0).contains(&metres);
    #[expect(clippy::cast_possible_truncation, reason = "at most 180 degrees, in units of 10^-7")]
    if fits { Ok(((lat * 1e7) as i64, (lon * 1e7) as i64, metres)) } else { Err(wrong()) }
}

/// Metres of 10^-7 degrees of latitude.
const METRES: f64 = 0.011_132;

/// Latitudes and longitudes that hold everything so many metres around a place: south, west, north, east.
pub(super) fn around(lat: i64, lon: i64, metres: f64) -> Option<[i64; 4]> {
    #[expect(clippy::cast_precision_loss, reason = "at most 90 degrees, in units of 10^-7")]
    let shrink = (lat as f64 / 1e7).to_radians().cos().max(0.01);
    #[expect(clippy::cast_possible_truncation, reason = "a few kilometres, in units of a centimetre")]
    let (tall, wide) = ((metres / METRES).ceil() as i64, (metres / METRES / shrink).ceil() as i64);
    Some([lat - tall, lon - wide, lat + tall, lon + wide])
}

/// Metres between two cases; `None` where one has no place.
pub(super) fn metres(a: &Case, b: &Case) -> Option<f64> {
    Some(distance((a.lat?, a.lon?), (b.lat?, b.lon?)))
}

/// Metres between two places that are not far apart.
#[expect(clippy::cast_precision_loss, reason = "at most 360 degrees, in units of 10^-7")]
fn distance(a: (i64, i64), b: (i64, i64)) -> f64 {
    let middle = ((a.0 + b.0) as f64 / 2e7).to_radians();
    let (north, east) = ((a.0 - b.0) as f64 * METRES, (a.1 - b.1) as f64 * METRES * middle.cos());
    north.hypot(east)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_told_from_a_word() {
        assert!(is_number("SJ-2026") && is_number("sj-2026-000001") && is_number("SJ-"));
        assert!(!is_number("路灯") && !is_number("2026") && !is_number("a-b"));
    }

    #[test]
    fn a_hundred_metres_are_a_hundred_metres() {
        // Along the meridian and along the 45th parallel.
        assert!((distance((450_000_000, 1_260_000_000), (450_008_983, 1_260_000_000)) - 100.0).abs() < 0.5);
        assert!((distance((450_000_000, 1_260_000_000), (450_000_000, 1_260_012_704)) - 100.0).abs() < 0.5);
        let [south, west, north, east] = around(450_000_000, 1_260_000_000, 100.0).unwrap();
        assert!(south <= 449_991_017 && north >= 450_008_983 && west <= 1_259_987_296 && east >= 1_260_012_704);
    }

    #[test]
    fn a_day_begins_and_ends_in_china() {
        assert_eq!(edge("2026-11-23", false).unwrap(), Timestamp(1_795_363_200_000_000));
        assert_eq!(edge("2026-11-23", true).unwrap(), Timestamp(1_795_449_600_000_000));
    }
}
