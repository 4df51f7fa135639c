//! Rows that repeat an earlier row of the same file.

use std::collections::HashMap;

use linli_domain::{Label, Value};

use super::{
    compare::{Repeat, Setting},
    homes::compact,
    ledger::Ledger,
};
use crate::sheet::known as names;

/// Finds rows whose unique value, or whose name with birth date (or phone) and home, stood in an earlier row; for registers
/// of homes, rows that speak of the same one.
pub fn repeats(ledger: &Ledger<'_>, settings: &[Setting]) -> HashMap<usize, Repeat> {
    let mut found = HashMap::new();
    for field in ledger.parts.main().fields.iter().filter(|field| field.unique) {
        let Some(column) = ledger.column_of(0, &field.name) else { continue };
        let label = &field.label;
        let what = Label::new(format!("{}相同", label.zh), format!("same {}", label.en));
        let key = |at: usize| ledger.rows[at].values[column].as_text().map(str::to_owned);
        collect(ledger.rows.len(), key, true, &what, &mut found);
    }
    let what = Label::new("姓名、出生日期或电话、住址都相同", "same name, same birth date or phone, same home");
    collect(ledger.rows.len(), |at| person_key(ledger, settings, at), false, &what, &mut found);
    found
}

fn collect(
    rows: usize,
    key: impl Fn(usize) -> Option<String>,
    unique: bool,
    what: &Label,
    found: &mut HashMap<usize, Repeat>,
) {
    let mut first: HashMap<String, usize> = HashMap::with_capacity(rows);
    for at in 0..rows {
        let Some(key) = key(at) else { continue };
        let earlier = *first.entry(key).or_insert(at);
        if earlier != at {
            found.entry(at).or_insert_with(|| Repeat { earlier, unique, what: what.clone() });
        }
    }
}

/// Name, birth date or phone, and home of a person without a unique value; `None` when too little is known to tell.
fn person_key(ledger: &Ledger<'_>, settings: &[Setting], at: usize) -> Option<String> {
    let main = ledger.parts.main();
    let person = main.person.as_ref()?;
    let row = &ledger.rows[at];
    let value = |field: &str| ledger.column_of(0, field).and_then(|column| row.values.get(column));
    let unique = |field: &linli_domain::Field| field.unique && value(&field.name).is_some_and(|value| !value.is_null());
    if main.fields.iter().any(unique) {
        return None;
    }
    let name = value(&person.name).and_then(Value::as_text)?;
    let birth = person.birth.as_deref().and_then(value).filter(|value| !value.is_null());
    let phone = person.phone.as_deref().and_then(value).filter(|value| !value.is_null());
    let home = settings[at].homes.iter().flatten().next();
    let address = value(names::ADDRESS).and_then(Value::as_text).map(compact);
    if birth.is_none() && phone.is_none() && home.is_none() && address.is_none() {
        return None;
    }
    // Two children of one household may be entered without birth dates, but not under one name.
    Some(format!("{name}/{birth:?}/{phone:?}/{home:?}/{address:?}"))
}
