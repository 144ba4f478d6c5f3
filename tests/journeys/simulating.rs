//! The simulation can be trusted: a seed takes the same steps each time. `cargo prove` runs many seeds, optimised.

use tests::simulation::{Look, run};

#[test]
fn a_seed_takes_the_same_steps_each_time() {
    let (once, again) = (run(7, Look::default()), run(7, Look::default()));
    assert_eq!(once.violations, Vec::<String>::new());
    assert!(once.orders > 5 && once.calls > 1_000, "{once:?}");
    assert_eq!(once, again);
}
