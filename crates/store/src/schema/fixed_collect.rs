//! The fixed tables of collection: forms, answers, phones' tokens, offline updates, conflicts, public links.
//!
//! Forms are few and everybody reads them: they lie on every node. Answers are many and lie with their community. What must
//! be unique over all communities (an instance id, a link's token) is its own table, keyed by just that.

use super::{
    fixed::table,
    table::{
        Spread::{By, Everywhere},
        Table,
    },
};

/// The tables.
pub(crate) fn tables() -> Vec<Table> {
    let mut tables = forms();
    tables.extend(answers());
    tables.extend(offline());
    tables.extend(links());
    tables
}

fn forms() -> Vec<Table> {
    vec![
        table(
            "linli_form",
            Everywhere,
            "id",
            "id:u form_id:t title:t area:t state:t published:t? pack:t? settings:t created:i updated:i by_id:u by_name:t",
            &["unique form_id", "area", "updated"],
        ),
        large(table(
            "linli_form_version",
            Everywhere,
            "form slot",
            "form:u slot:t version:t state:t hash:t file_name:t source:b xml:t compiled:t at:i by_id:u by_name:t",
            &[],
        )),
        table(
            "linli_form_media",
            Everywhere,
            "form slot name",
            "form:u slot:t name:t sha256:t md5:t size:i at:i",
            &["sha256"],
        ),
    ]
}

/// A table of large rows, which are better not moved about with their key.
fn large(table: Table) -> Table {
    Table { clustered: false, ..table }
}

fn answers() -> Vec<Table> {
    vec![
        // Which community holds an instance: it can be sent from anywhere, and counts once.
        table("linli_instance", By("hash"), "hash", "hash:u home:t id:u", &[]),
        large(table(
            "linli_submission",
            By("home"),
            "home id",
            "home:t id:u instance:t form:u version:t draft:i path:t state:t flags:i missing:i received:i by_id:u \
             by_name:t device:t? source:t? task:u? assignment:u? replaces:t? replaced_by:t? hash:b xml:b detail:b",
            &["form draft received id", "form draft path state"],
        )),
        table(
            "linli_submission_file",
            By("home"),
            "home submission name",
            "home:t submission:u name:t sha256:t size:i kind:t at:i",
            &["sha256"],
        ),
        table(
            "linli_conflict",
            By("home"),
            "home id",
            "home:t id:u path:t entity:t record:u kind:t state:t instance:t? form:u? at:i by_id:u by_name:t detail:b \
             resolved_by:t? resolved_at:i?",
            &["state at id", "record"],
        ),
    ]
}

fn offline() -> Vec<Table> {
    vec![
        // The version of a record that an offline update of a branch became.
        table("linli_branch", By("record"), "record branch base", "record:u branch:t base:i version:i at:i", &["at"]),
        // Offline updates whose forerunner has not arrived yet.
        table(
            "linli_held",
            By("record"),
            "record branch base instance",
            "record:u branch:t base:i instance:t entity:t form:u until:i account:u name:t detail:b",
            &["until"],
        ),
        table(
            "linli_token",
            Everywhere,
            "id",
            "id:u hash:b token:b account:u name:t kind:t form:u? created:i last_used:i?",
            &["unique hash", "account created"],
        ),
    ]
}

fn links() -> Vec<Table> {
    vec![
        table(
            "linli_link",
            Everywhere,
            "id",
            "id:u form:u area:t kind:t title:t count:i used:i quota:i? opens:i? closes:i? closed:i created:i by_id:u \
             by_name:t",
            &["form created", "area"],
        ),
        table(
            "linli_link_token",
            By("hash"),
            "hash",
            "hash:b link:u number:i token:b used:i? reference:t?",
            &["link number"],
        ),
        table("linli_link_draft", By("hash"), "hash", "hash:b link:u instance:b at:i", &["link", "at"]),
        // Beside the register of interviews: who is calling whom is over in minutes and no part of its history.
        table("linli_call_lease", By("home"), "home id", "home:t id:u account:u until:i", &["until"]),
    ]
}
