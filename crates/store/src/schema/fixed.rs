//! The fixed tables.

use super::table::{Column, ColumnType, Index, Spread, Table};

/// Version of the fixed tables' shape.
///
/// 1: areas, accounts, imports, jobs, audit. 2: collection (`fixed_collect`). 3: flows (`fixed_flows`), notices and schedules
/// (`fixed_notices`). 4: snapshots of indicators. A newer program makes the tables an older one
/// did not know; nothing that is there changes.
pub(crate) const VERSION: i64 = 4;

/// `name type` pairs; `?` after the type: may be empty. Types: i number, t text, b bytes, u id.
pub(super) fn table(name: &str, spread: Spread, key: &str, columns: &str, indexes: &[&str]) -> Table {
    let columns: Vec<Column> = columns
        .split_whitespace()
        .filter_map(|pair| pair.split_once(':'))
        .map(|(name, kind)| Column {
            name: name.to_owned(),
            kind: match kind.as_bytes().first() {
                Some(b'i') => ColumnType::Int,
                Some(b'b') => ColumnType::Bytes,
                Some(b'u') => ColumnType::Id,
                _ => ColumnType::Text,
            },
            required: !kind.ends_with('?'),
        })
        .collect();
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let indexes = indexes
        .iter()
        .map(|text| {
            let unique = text.starts_with("unique ");
            let columns = words(text.trim_start_matches("unique "));
            Index { name: format!("{name}_by_{}", columns.join("_")), columns, unique, only: String::new() }
        })
        .collect();
    Table { name: name.to_owned(), columns, key: words(key), indexes, spread, clustered: true }
}

/// All fixed tables.
pub(crate) fn tables() -> Vec<Table> {
    let mut tables = foundation();
    tables.extend(super::fixed_collect::tables());
    tables.extend(super::fixed_tasks::tables());
    tables.extend(super::fixed_flows::tables());
    tables.extend(super::fixed_notices::tables());
    tables.extend(super::fixed_service::tables());
    tables.push(snapshots());
    tables
}

/// Values of indicators by area and day, in millionths.
fn snapshots() -> Table {
    let columns = "area:t indicator:t day:t value:i? num:i? den:i?";
    table("linli_snapshot", Spread::By("area"), "area indicator day", columns, &["day"])
}

/// The tables of version 1.
fn foundation() -> Vec<Table> {
    use Spread::{By, Everywhere, Local};
    vec![
        table("linli_meta", Everywhere, "key", "key:t value:t", &[]),
        table("linli_catalogue", Everywhere, "id", "id:i body:t retired:t at:i", &[]),
        table("linli_claim", By("hash"), "hash entity field", "hash:b entity:t field:t home:t id:u", &[]),
        table(
            "linli_area",
            Everywhere,
            "code",
            "code:t path:t parent:t? kind:t name:t initials:t home:t valid_from:t? valid_to:t? counted_households:i? \
             counted_residents:i?",
            &["path", "parent code", "initials", "name"],
        ),
        table("linli_area_name", Everywhere, "code last_day", "code:t last_day:t name:t first_day:t?", &[]),
        table(
            "linli_account",
            Everywhere,
            "id",
            "id:u login:t login_key:t name:t password_hash:t totp:b? locked_until:i? failures:i disabled:i \
             oidc_subject:t? prefs:t created:i",
            &["unique login_key", "unique oidc_subject"],
        ),
        table("linli_grant", Everywhere, "account role area", "account:u role:t area:t", &["area"]),
        table(
            "linli_session",
            Local,
            "hash",
            "hash:b account:u created:i last_seen:i expires:i address:t?",
            &["account", "expires"],
        ),
        table("linli_match", Everywhere, "entity fingerprint", "entity:t fingerprint:t element:t? by_id:u at:i", &[]),
        table(
            "linli_batch",
            Everywhere,
            "id",
            "id:u entity:t area:t file_name:t file_hash:t state:t counts:t mapping:t progress:i created:i by_id:u \
             by_name:t",
            &["entity created", "file_hash"],
        ),
        table(
            "linli_batch_row",
            By("batch"),
            "batch row_no",
            "batch:u row_no:i outcome:t record:u? version_before:i? detail:b",
            &["batch outcome row_no"],
        ),
        table("linli_document", Everywhere, "id", "id:u name:t sha256:t size:i kind:t by_id:u at:i", &["by_id at"]),
        table("linli_setting", Everywhere, "key", "key:t value:t", &[]),
        table("linli_once", Local, "account key", "account:u key:t hash:b answer:t? at:i", &["at"]),
        table("linli_event", Local, "id", "id:u event:t payload:t at:i", &[]),
        table(
            "linli_job",
            Local,
            "id",
            "id:u job:t payload:t due:i leased:i attempts:i dead:i error:t?",
            &["dead due"],
        ),
        table("linli_audit_head", Local, "chain", "chain:i seq:i hash:b", &[]),
        table(
            "linli_audit",
            Local,
            "chain seq",
            "chain:i seq:i at:i account:u name:t action:t subject:t reference:t area:t? detail:t address:t? hash:b",
            &["at", "account at", "subject reference"],
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_indexes_name_columns_that_exist() {
        for table in tables() {
            let names = table.column_names();
            let used = table.key.iter().chain(table.indexes.iter().flat_map(|index| &index.columns));
            for column in used {
                assert!(names.contains(column), "{}.{column}", table.name);
            }
            if let Spread::By(column) = table.spread {
                assert_eq!(table.key.first().map(String::as_str), Some(column));
            }
        }
    }
}
