//! Which field a heading means, by what packs declare.

use linli_domain::{Entity, catalogue::ReportTable, check};

/// The field of `entity` that `heading` means by a label, a synonym, or a column of `table`. Only what packs declare: how
/// alike words are and what the values look like is the business of `linli_domain::sheet_match`.
pub fn heading_field<'e>(entity: &'e Entity, table: Option<&ReportTable>, heading: &str) -> Option<&'e str> {
    let wanted = normal(heading);
    let declared = table.and_then(|table| {
        let found = table.columns.iter().find(|(word, _)| normal(word) == wanted)?;
        entity
            .fields
            .iter()
            .find(|field| entity.element(field) == *found.1 || format!("{}/{}", entity.name, field.name) == *found.1)
    });
    let named = || {
        let words = |field: &&linli_domain::Field| {
            let labels = [&field.label.zh, &field.label.en];
            labels.into_iter().chain(&field.synonyms).any(|word| normal(word) == wanted)
        };
        entity.fields.iter().find(words)
    };
    declared.or_else(named).map(|field| field.name.as_str())
}

/// Without spaces, width, case, and the asterisk of compulsory columns.
fn normal(heading: &str) -> String {
    let folded = check::fold_width(heading).to_lowercase();
    folded.chars().filter(|c| !c.is_whitespace() && !matches!(c, '*' | ':')).collect()
}
