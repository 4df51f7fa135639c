//! Certificates: which ones a community does not issue, and what people do instead. The twenty national items (民发〔2020〕20号)
//! are known to every installation; a register of the city's own adds to them and overrides them by code.

use std::collections::BTreeMap;

use linli_domain::{AreaPath, Record, Subject, Value, Verb, actor, record::ListQuery};
use linli_store::ReadTx;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Engine, Problem};

/// The city's own register.
const REGISTER: &str = "duty/certificate_item";

/// `code,title,checked_by,instead`.
const NATIONAL: &str = include_str!("../../data/certificates.csv");

/// Basis of the national items.
const BASIS: &str = "民发〔2020〕20号";

/// Most items of the city's own.
const MOST: u32 = 1_000;

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CertificateItem {
    /// Code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// Whether communities issue it.
    pub needed: bool,
    /// What people do instead.
    pub instead: String,
    /// Which department checks it.
    pub checked_by: String,
    /// Basis.
    pub basis: String,
}

/// Certificates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CertificateItems {
    /// By code.
    pub items: Vec<CertificateItem>,
}

/// Certificates whose title, code or instructions hold every word of `q`; those of one area with the code of it. Anybody may
/// ask: it is what a notice board says.
pub async fn list(engine: &Engine, q: Option<String>, area: Option<String>) -> Result<CertificateItems, Problem> {
    let handle = engine.clone();
    let all = engine
        .store
        .read::<_, Problem>(move |tx| {
            let place = match &area {
                Some(code) => Some(tx.area(code)?.ok_or_else(|| Problem::no_area(code))?.path),
                None => None,
            };
            let mut all = national();
            for (item, ended) in own(&handle, tx, place.as_ref())? {
                if ended {
                    all.remove(&item.code);
                } else {
                    all.insert(item.code.clone(), item);
                }
            }
            Ok(all)
        })
        .await?;
    let words: Vec<String> = q.unwrap_or_default().split_whitespace().map(plain).collect();
    let fits = |item: &CertificateItem| {
        let text = plain(&format!("{} {} {}", item.code, item.title, item.instead));
        words.iter().all(|word| text.contains(word.as_str()))
    };
    Ok(CertificateItems { items: all.into_values().filter(fits).collect() })
}

/// The national items, by code.
fn national() -> BTreeMap<String, CertificateItem> {
    let mut reader = csv::Reader::from_reader(NATIONAL.as_bytes());
    let rows = reader.records().filter_map(Result::ok);
    let item = |row: csv::StringRecord| {
        let cell = |at: usize| row.get(at).unwrap_or_default().to_owned();
        let item = CertificateItem {
            code: cell(0),
            title: cell(1),
            needed: false,
            checked_by: cell(2),
            instead: cell(3),
            basis: BASIS.into(),
        };
        (item.code.clone(), item)
    };
    rows.map(item).collect()
}

/// The city's own, those of wider areas first so that nearer ones override them; each with whether it was struck.
fn own(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    place: Option<&AreaPath>,
) -> Result<Vec<(CertificateItem, bool)>, Problem> {
    let catalogue = engine.catalogue();
    if !catalogue.entities.contains_key(REGISTER) {
        return Ok(Vec::new());
    }
    let permit =
        actor::permit(&Engine::operator(), &catalogue.roles, Verb::Read, Subject::Entity(REGISTER.to_owned()))?;
    let query = ListQuery { limit: MOST, with_ended: true, ..ListQuery::of(REGISTER) };
    let mut found = tx.list(&permit, &query)?.records;
    found.retain(|record| place.is_none_or(|place| record.path.covers(place)));
    // Of two of one area with the same code the living one holds.
    found.sort_by_key(|record| (record.path.as_str().len(), record.ended.is_none(), record.id));
    Ok(found.iter().map(|record| (item(record), record.ended.is_some())).collect())
}

fn item(record: &Record) -> CertificateItem {
    let text = |name: &str| record.values.get(name).and_then(Value::as_text).unwrap_or_default().to_owned();
    CertificateItem {
        code: text("item_code"),
        title: text("title"),
        needed: record.values.get("needed") == Some(&Value::Bool(true)),
        instead: text("instead"),
        checked_by: text("checked_by"),
        basis: text("basis"),
    }
}

fn plain(text: &str) -> String {
    text.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_twenty_national_items_each_say_what_to_do_and_who_checks() {
        let all = national();
        assert_eq!(all.len(), 20);
        let whole = |item: &CertificateItem| {
            !item.needed && !item.title.is_empty() && !item.instead.is_empty() && !item.checked_by.is_empty()
        };
        assert!(all.values().all(whole), "{all:#?}");
        let named = ["亲属关系", "养犬", "健在", "继承权", "证件遗失", "市场主体住所"];
        assert!(named.iter().all(|name| all.values().any(|item| item.title.contains(name))));
    }
}
