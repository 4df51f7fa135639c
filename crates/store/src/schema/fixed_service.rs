//! The fixed tables of the one window and the map: waiting numbers, appointments, outlines of areas.

use super::{
    fixed::table,
    table::{
        Spread::{By, Everywhere},
        Table,
    },
};

/// Tables of the desk lie with their community; outlines lie whole on every node, as the areas do.
pub(crate) fn tables() -> Vec<Table> {
    vec![
        table("linli_outline", Everywhere, "code", "code:t body:t west:i south:i east:i north:i at:i", &[]),
        table("linli_queue_number", By("home"), "home day", "home:t day:t next:i", &[]),
        table(
            "linli_queue",
            By("home"),
            "home id",
            "home:t id:u path:t day:t number:i item:t? name:b? state:t at:i called:i? done:i? by_name:t?",
            &["unique home day number", "path day"],
        ),
        // One row a seat: two people cannot have the same one, however many servers they ask. A cancelled appointment gives
        // its seat back and keeps its row.
        table(
            "linli_appointment",
            By("home"),
            "home id",
            "home:t id:u path:t day:t slot:t seat:i? item:t? name:b? phone:b? code:t state:t at:i by_name:t",
            &["unique home day slot seat", "path day", "id"],
        ),
    ]
}
