//! The fixed tables of collection tasks: requests, assignments, visits, complaints.

use super::{
    fixed::table,
    table::{
        Spread::{By, Everywhere},
        Table,
    },
};

/// Tables of collection tasks. What is one row a request lies whole on every node; what is one row a record lies with the
/// records of its home.
pub(crate) fn tables() -> Vec<Table> {
    vec![
        table("linli_task_number", Everywhere, "year", "year:i next:i", &[]),
        table(
            "linli_task",
            Everywhere,
            "id",
            "id:u number:t area:t state:t by_id:u by_name:t created:i approved:i? deadline:t? expires:t? assigned:t? \
             reminded:i? body:t",
            &["state area", "by_id created", "approved"],
        ),
        table(
            "linli_assignment",
            By("home"),
            "home id",
            "home:t id:u task:u entity:t record:u path:t state:t outcome:t? done:i? by_id:u? by_name:t? instance:t? \
             seconds:i? note:b?",
            &["id", "task path state outcome", "path state", "record"],
        ),
        table(
            "linli_visit",
            By("home"),
            "home id",
            "home:t id:u path:t entity:t record:u at:i received:i outcome:t by_id:u by_name:t assignment:u? hash:b \
             note:b? answer:t",
            &["id", "record at"],
        ),
        table(
            "linli_confirmed",
            By("home"),
            "home entity record",
            "home:t entity:t record:u path:t at:i visit:u outcome:t by_name:t fields:t",
            &["record", "entity path at"],
        ),
        table(
            "linli_complaint",
            Everywhere,
            "id",
            "id:u task:u assignment:u area:t issuer:t note:b at:i by_id:u state:t answer:b? answered_by:t? answered:i?",
            &["area state", "task", "assignment", "by_id"],
        ),
    ]
}
