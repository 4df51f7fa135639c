//! Households, residents, people of 60 and more, values that are missing.

use jiff::Span;
use linli_domain::{AreaPath, Value, record::Condition};
use linli_store::ReadTx;

use super::{
    Figure, Todo,
    people::{Held, People},
};
use crate::{Engine, Problem};

/// Households and residents counted where no records are held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    pub households: u64,
    pub residents: u64,
}

/// Counts of the areas at and below `area`. Where an area and one below it are both counted, the upper one stands.
pub fn counted(tx: &mut ReadTx<'_>, area: &AreaPath) -> Result<Counted, Problem> {
    let mut counted = Counted::default();
    let mut last: Option<AreaPath> = None;
    tx.areas_below(area, &mut |area| {
        let below = last.as_ref().is_some_and(|last| last.covers(&area.path));
        if below || area.valid_to.is_some() || (area.counted_households.is_none() && area.counted_residents.is_none()) {
            return Ok(());
        }
        let number = |count: Option<i64>| u64::try_from(count.unwrap_or(0)).unwrap_or(0);
        counted.households += number(area.counted_households);
        counted.residents += number(area.counted_residents);
        last = Some(area.path);
        Ok(())
    })?;
    Ok(counted)
}

/// The figures of an area.
pub fn figures(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    people: &People,
    area: &AreaPath,
    held: Held,
    counted: Counted,
    gaps: &[Todo],
) -> Result<Vec<Figure>, Problem> {
    let code = engine.area_ref(tx, area)?.code;
    let lang = engine.lang;
    let mut figures = Vec::new();
    let mut add = |key: &str, zh: &str, en: &str, value: u64, note: Option<String>, link: Option<String>| {
        let label = lang.pick(zh, en).to_owned();
        figures.push(Figure { key: key.into(), label, value, target: None, note, link });
    };
    let with_counts = |held: u64, counted: u64| {
        (counted > 0).then(|| match lang {
            linli_domain::Lang::Zh => format!("已建档 {held},另按区划统计数 {counted}"),
            linli_domain::Lang::En => format!("{held} with records, {counted} by area counts"),
        })
    };
    if let Some(register) = &people.households {
        let held = held.households.unwrap_or(0);
        let (value, note) = (held + counted.households, with_counts(held, counted.households));
        add("households", "户数", "Households", value, note, Some(register.link(&code, "")));
        let days = engine.config.burden.confirmed_days;
        let since = engine.now().plus_seconds(-86_400 * i64::from(days));
        let seen = tx.confirmed_since(&register.permit, &register.entity.name, area, since)?;
        if held > 0 {
            let (zh, en) = (format!("近 {days} 天核对过的户(%)"), format!("Households confirmed in {days} days (%)"));
            let note = match lang {
                linli_domain::Lang::Zh => format!("{seen} / {held} 户"),
                linli_domain::Lang::En => format!("{seen} of {held}"),
            };
            add("confirmed", &zh, &en, seen.min(held) * 100 / held, Some(note), None);
        }
    }
    if let Some((register, person)) = people.person() {
        let held = held.residents.unwrap_or(0);
        let (value, note) = (held + counted.residents, with_counts(held, counted.residents));
        add("residents", "居民人数", "Residents", value, note, Some(register.link(&code, "")));
        if let Some(birth) = &person.birth {
            let today = engine.now().china_date();
            let latest = today.checked_sub(Span::new().years(60)).map_err(Problem::internal)?;
            let mut query = register.within(area);
            query.conditions = vec![Condition::Between(birth.clone(), Value::Null, Value::Date(latest))];
            let aged = tx.count(&register.permit, &query)?;
            let link = register.link(&code, &format!("&filter={birth}:..{latest}"));
            let note = (counted.residents > 0)
                .then(|| lang.pick("仅统计已建档人员", "Of the people with records only").to_owned());
            add("aged_60", "60 岁及以上", "Aged 60 and over", aged, note, Some(link));
        }
        let missing: u64 = gaps.iter().map(|gap| gap.count).sum();
        add("gaps", "待补信息", "Missing values", missing, None, gaps.first().and_then(|gap| gap.link.clone()));
    }
    Ok(figures)
}
