//! A process that dies between any two calls: whoever asks again gets one order, with its stock held once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use local::faults::{Call, Fault, Faults, NoFaults};
use tests::Shop;

/// Kills `checkout` at its call number `at`, before or after the service did its work.
struct Crash {
    at: usize,
    after: bool,
    before_calls: AtomicUsize,
    after_calls: AtomicUsize,
}

impl Crash {
    fn due(&self, counter: &AtomicUsize, call: &Call) -> Option<Fault> {
        let hit = call.caller == "checkout" && counter.fetch_add(1, Ordering::SeqCst) == self.at;
        hit.then_some(Fault::Crash)
    }
}

impl Faults for Crash {
    fn before(&self, call: &Call) -> Option<Fault> {
        if self.after { None } else { self.due(&self.before_calls, call) }
    }

    fn after(&self, call: &Call) -> Option<Fault> {
        if self.after { self.due(&self.after_calls, call) } else { None }
    }
}

#[tokio::test]
async fn a_checkout_survives_a_crash_at_any_call() {
    for after in [false, true] {
        for at in 0.. {
            let shop = Shop::new();
            shop.stock("MUG-1", 1999, 10).await;
            let cart = shop.cart(&[("MUG-1", 2)]).await;
            let (before_calls, after_calls) = (AtomicUsize::new(0), AtomicUsize::new(0));
            shop.engine().set_faults(Arc::new(Crash { at, after, before_calls, after_calls }));
            let first = shop.check_out(&cart, "bank_transfer", "key-1").await;
            shop.engine().set_faults(Arc::new(NoFaults));
            let again = shop.check_out(&cart, "bank_transfer", "key-1").await.expect(201).json();
            shop.settle().await;
            assert_eq!(shop.stock_of("MUG-1").await["reserved"], 2, "call {at}, after: {after}");
            let orders = shop.get("/api/orders").staff("owner").send().await.expect(200).json();
            assert_eq!(orders["items"].as_array().map(Vec::len), Some(1));
            assert_eq!(orders["items"][0]["id"], again["order"]["id"]);
            if first.status.is_success() {
                assert!(at >= 2, "a checkout makes at least two calls");
                break;
            }
        }
    }
}
