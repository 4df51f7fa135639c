//! Background work runs when it is due, and asks for itself again.

use linli_engine::jobs;

use crate::world::world;

#[test]
fn recurring_work_runs_every_hour_and_only_once_is_asked_for() {
    let world = world();
    jobs::ensure_recurring(&world.engine).unwrap();
    jobs::ensure_recurring(&world.engine).unwrap();
    // Housekeeping, and offline updates that waited too long.
    assert_eq!(jobs::run_due(&world.engine).unwrap(), 2);
    assert_eq!(jobs::run_due(&world.engine).unwrap(), 0);
    world.clock.advance(3_601);
    assert_eq!(jobs::run_due(&world.engine).unwrap(), 2);
}
