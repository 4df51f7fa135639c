//! The fixed tables of notices, what leaves the house, and recurring duties.

use super::{
    fixed::table,
    table::{
        Spread::{By, Everywhere, Local},
        Table,
    },
};

/// Tables of notices and schedules. An event waits in `linli_notify` until the same transaction that strikes it off writes
/// what follows from it; a notice is unique per account and event; what leaves the house stands in `linli_outbox`.
pub(crate) fn tables() -> Vec<Table> {
    vec![
        table("linli_notify", Local, "id", "id:u event:t payload:t at:i", &[]),
        table(
            "linli_notice",
            By("account"),
            "account id",
            "account:u id:u event:t kind:t at:i due:i read:i? urgent:i body:b",
            &["unique account event", "account due", "at"],
        ),
        table("linli_notice_preference", Everywhere, "account", "account:u body:b", &[]),
        table(
            "linli_channel",
            Everywhere,
            "id",
            "id:u kind:t area:t events:t state:t created:i by_id:u by_name:t body:b",
            &["area"],
        ),
        table(
            "linli_outbox",
            Local,
            "id",
            "id:u target:t event:t kind:t area:t? state:t at:i due:i leased:i attempts:i done:i? error:t? body:b",
            &["unique target event", "state due", "at"],
        ),
        table("linli_schedule_on", Everywhere, "schedule area", "schedule:t area:t since:t by_name:t at:i", &[]),
        table(
            "linli_occurrence",
            By("home"),
            "home schedule area day",
            "home:t schedule:t area:t day:t path:t state:t held_on:t chair:t? chair_name:t? record:u? number:t? reason:b? \
             by_name:t at:i",
            &["schedule day", "path held_on", "record"],
        ),
    ]
}
