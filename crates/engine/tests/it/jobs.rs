//! Background work runs when it is due, and asks for itself again.

use linli_engine::jobs;

use crate::world::world;

#[test]
fn what_recurs_runs_every_hour_and_is_asked_for_only_once() {
    let world = world();
    jobs::ensure_recurring(&world.engine).unwrap();
    jobs::ensure_recurring(&world.engine).unwrap();
    assert_eq!(jobs::run_due(&world.engine).unwrap(), 6);
    assert_eq!(jobs::run_due(&world.engine).unwrap(), 0);
    world.clock.advance(3_601);
    assert_eq!(jobs::run_due(&world.engine).unwrap(), 4, "learning waits for the night");
}
