//! A mail whose answer was lost: never twice where it was sent, never lost where it was not.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::SignedDuration;
use local::faults::{Call, Fault, Faults};
use serde_json::json;
use tests::{Shop, checkout_body};

/// Loses the answer of the first mail, before or after the service took it.
struct LoseFirst {
    after: bool,
    lost: AtomicBool,
}

impl LoseFirst {
    fn due(&self, call: &Call) -> Option<Fault> {
        let first = call.operation == "SendRawEmail" && !self.lost.swap(true, Ordering::SeqCst);
        first.then_some(Fault::LostAnswer)
    }
}

impl Faults for LoseFirst {
    fn before(&self, call: &Call) -> Option<Fault> {
        if self.after { None } else { self.due(call) }
    }

    fn after(&self, call: &Call) -> Option<Fault> {
        if self.after { self.due(call) } else { None }
    }
}

/// Places an order whose first mail's answer is lost; how many mails there are at once, and two hours later.
async fn mails(after: bool) -> (usize, usize) {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 10).await;
    shop.engine().set_faults(Arc::new(LoseFirst { after, lost: AtomicBool::new(false) }));
    let cart = shop.cart(&[("MUG-1", 1)]).await;
    drop(shop.check_out(&cart, "bank_transfer", "key-1").await.expect(201));
    shop.settle().await;
    let at_once = shop.subjects().len();
    shop.advance(SignedDuration::from_hours(2)).await;
    (at_once, shop.subjects().len())
}

#[tokio::test]
async fn a_mail_that_was_sent_is_not_sent_again() {
    assert_eq!(mails(true).await, (1, 1));
}

#[tokio::test]
async fn a_mail_that_was_not_sent_is_sent_within_two_hours() {
    assert_eq!(mails(false).await, (0, 1));
}

#[tokio::test]
async fn who_complained_or_cannot_be_reached_is_not_mailed_again() {
    for mailbox in ["complaint", "bounce"] {
        let shop = Shop::new();
        shop.stock("MUG-1", 1999, 10).await;
        let email = format!("{mailbox}@simulator.amazonses.com");
        for key in ["key-1", "key-2"] {
            let cart = shop.cart(&[("MUG-1", 1)]).await;
            let mut body = checkout_body(&cart, "bank_transfer");
            body["email"] = json!(email);
            drop(shop.post("/api/checkout", &body).key(key).send().await.expect(201));
            shop.settle().await;
        }
        assert_eq!(shop.subjects().len(), 1, "{mailbox}: the second order is mailed to nobody");
    }
}

#[tokio::test]
async fn a_mail_shows_what_was_ordered_in_dots() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 10).await;
    let cart = shop.cart(&[("MUG-1", 1)]).await;
    drop(shop.check_out(&cart, "bank_transfer", "key-1").await.expect(201));
    shop.settle().await;
    let mails = shop.engine().mails();
    let html = mails[0].html.as_deref().unwrap();
    let path = "/images/MUG-1.v1.png";
    assert!(html.contains(&format!("src=\"{}{path}\"", shop.engine().url())), "{html}");
    let picture = shop.get(path).send().await.expect(200);
    assert_eq!(picture.headers["content-type"], "image/png");
    assert!(picture.text.contains("PNG") && picture.text.len() > 500, "{} bytes", picture.text.len());
}
