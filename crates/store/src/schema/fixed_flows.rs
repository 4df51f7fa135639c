//! The fixed tables of flows: cases with their history, parties, clocks, links, files and ratings; who acts for a unit; public
//! holidays; the definitions that cases run on.
//!
//! A case and everything of it lie together by its home. Parties and clocks repeat what the case's own row says, as indexes:
//! whose turn it is, and what is due next.

use super::{
    fixed::table,
    table::{
        Spread::{By, Everywhere},
        Table,
    },
};

/// The tables.
pub(crate) fn tables() -> Vec<Table> {
    let mut tables = cases();
    tables.extend(beside());
    tables
}

fn cases() -> Vec<Table> {
    vec![
        // `open`, `due` (far ahead when nothing is due) and `late` are what lists, boards and figures ask.
        Table {
            clustered: false,
            ..table(
                "linli_case",
                By("home"),
                "home id",
                "home:t id:u flow:t version:t number:t area:t state:t phase:t open:i kind:t? unit:u? opened:i moved:i \
                 closed:i? due:i late:i by_id:u by_name:t lat:i? lon:i? rated:i? seq:i core:t body:b",
                &["id", "number", "flow open area state due", "by_id id"],
            )
        },
        table(
            "linli_case_event",
            By("home"),
            "home case_id seq",
            "home:t case_id:u seq:i at:i by_id:u by_name:t action:t from_state:t to_state:t phase:t party:i? client:u? \
             effects:t body:b?",
            &[],
        ),
        table(
            "linli_case_party",
            By("home"),
            "home case_id no",
            "home:t case_id:u no:i name:t key:t seek:t state:t open:i due:i since:i",
            &["seek open due case_id"],
        ),
        table(
            "linli_case_clock",
            By("home"),
            "home case_id no",
            "home:t case_id:u no:i name:t party:i? state:t started:i due:i next:i?",
            &["next"],
        ),
    ]
}

fn beside() -> Vec<Table> {
    vec![
        table(
            "linli_case_link",
            By("home"),
            "home case_id entity record",
            "home:t case_id:u entity:t record:u at:i by_id:u",
            &["record"],
        ),
        table(
            "linli_case_file",
            By("home"),
            "home case_id name",
            "home:t case_id:u name:t sha256:t size:i kind:t at:i by_id:u by_name:t",
            &[],
        ),
        table(
            "linli_case_rating",
            By("home"),
            "home case_id seq",
            "home:t case_id:u seq:i score:i at:i by_id:u comment:b?",
            &[],
        ),
        table("linli_member", By("home"), "home unit account", "home:t unit:u account:u", &["account", "unit"]),
        table("linli_holiday", Everywhere, "year", "year:i days:t at:i by_id:u", &[]),
        table("linli_case_number", Everywhere, "series", "series:t next:i", &[]),
        table("linli_flow_version", Everywhere, "flow version", "flow:t version:t hash:t body:t at:i", &[]),
    ]
}
