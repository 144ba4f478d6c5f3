//! The shop's mails: subject, preheader, HTML and text with the same facts.
//!
//! A mail is written once, as a [`letter::Letter`] of blocks, and drawn twice.
//! Knows the words and the look; does not know to whom, from where or when it
//! is sent, nor how a link was made.

mod letter;
mod purchasing;
mod returns;
mod warranty;

use letter::{Block, Letter};
pub use purchasing::{
    LedgerMismatch, LowLine, LowStockDigest, PurchaseMail, PurchaseMailLine, PurchaseOrderCanceled, PurchaseOrderSent,
    SupplierAnswer, SupplierSays, ToApprove, ledger_mismatch, low_stock_digest, purchase_order_canceled,
    purchase_order_sent, supplier_answered,
};
pub use returns::{
    ReturnApproved, ReturnCredited, ReturnExchanged, ReturnMail, ReturnNews, ReturnSettled, return_approved,
    return_canceled, return_credited, return_declined, return_exchanged, return_expired, return_label, return_received,
    return_rejected, return_requested, return_sent_back, return_settled,
};
pub use warranty::{
    CertificateMail, CertificatesIssuedMail, ClaimApprovedMail, ClaimCompletedMail, ClaimDeniedMail, ClaimMail,
    ClaimOutcome, IssuedCertificate, WarrantyOfferedMail, certificates_issued, claim_approved, claim_completed,
    claim_denied, claim_item_received, claim_submitted, claim_withdrawn, warranty_offered, warranty_passed_on,
    warranty_taken,
};

/// A mail, ready to be put into MIME parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The subject.
    pub subject: String,
    /// What mail programs show beside the subject; hidden in the HTML.
    pub preheader: String,
    /// The HTML part.
    pub html: String,
    /// The text part, 72 columns, lines ended by `\n`; addresses of links may be longer.
    pub text: String,
}

/// Who writes.
#[derive(Debug, Clone, Default)]
pub struct Shop {
    /// The shop's name.
    pub name: String,
    /// The shop's address on the web, absolute, without a slash at the end.
    pub url: String,
    /// Where replies reach people.
    pub support_email: String,
    /// The imprint's lines: company, street, register.
    pub imprint: Vec<String>,
}

/// A line of an order, in a mail.
#[derive(Debug, Clone, Default)]
pub struct MailLine {
    /// The product's name.
    pub title: String,
    /// The kind.
    pub option: Option<String>,
    /// How many.
    pub quantity: u32,
    /// What the line costs; `None` where the money is not the matter, as in a parcel.
    pub total: Option<String>,
    /// The address of a picture, absolute; PNG or JPEG, since mail programs show no SVG.
    pub thumbnail: Option<String>,
}

/// What every mail about an order tells.
#[derive(Debug, Clone, Default)]
pub struct OrderMail {
    /// Its number.
    pub number: String,
    /// Its page, absolute, with the guest's token.
    pub view_url: String,
    /// Its lines, or those that the mail is about.
    pub lines: Vec<MailLine>,
    /// Names and amounts: items, discount, delivery.
    pub totals: Vec<(String, String)>,
    /// The total.
    pub total: String,
    /// Names and amounts of how it was paid, where that was not all by one way: "Store credit", "−€12.00".
    pub paid: Vec<(String, String)>,
    /// "Includes €4.31 tax".
    pub tax_note: Option<String>,
    /// Where it goes, a line each.
    pub address: Vec<String>,
    /// When it arrives: "5–7 June".
    pub arrives: Option<String>,
}

fn order_blocks(order: &OrderMail) -> Vec<Block> {
    let mut blocks = vec![Block::Lines(order.lines.clone())];
    let mut rows = order.totals.clone();
    if !order.total.is_empty() {
        rows.push(("Total".to_owned(), order.total.clone()));
        rows.extend(order.paid.iter().cloned());
        blocks.push(Block::Totals { rows, note: order.tax_note.clone() });
    }
    if !order.address.is_empty() {
        blocks.push(Block::Section("Delivery to".to_owned(), order.address.clone()));
    }
    blocks
}

fn written(shop: &Shop, subject: String, preheader: String, title: String, blocks: Vec<Block>) -> Mail {
    let letter = Letter { shop, preheader: &preheader, title, blocks };
    let (html, text) = (letter.html(&subject), letter.text());
    Mail { subject, preheader, html, text }
}

/// An order that waits for a bank transfer: how to pay it.
#[derive(Debug, Clone, Default)]
pub struct OrderReceived {
    /// The order.
    pub order: OrderMail,
    /// How much.
    pub amount: String,
    /// Until when: "10 June 2026".
    pub pay_until: String,
    /// Names and values: recipient, IBAN, BIC, reference.
    pub instructions: Vec<(String, String)>,
}

/// "Order 7K3F9QX2M4 received": a bank transfer is awaited.
#[must_use]
pub fn order_received(shop: &Shop, view: &OrderReceived) -> Mail {
    let order = &view.order;
    let mut blocks = vec![
        Block::Text(format!(
            "Thank you for your order. Please transfer {} by {}; we hold the items for you until then.",
            view.amount, view.pay_until
        )),
        Block::Facts("How to pay".to_owned(), view.instructions.clone()),
        Block::Text("Your order goes out when the money has arrived. We'll mail you then.".to_owned()),
        Block::Button("See your order".to_owned(), order.view_url.clone()),
    ];
    blocks.extend(order_blocks(order));
    written(
        shop,
        format!("Order {} received", order.number),
        format!("Transfer {} by {}.", view.amount, view.pay_until),
        "We have your order".to_owned(),
        blocks,
    )
}

/// An order that is paid.
#[derive(Debug, Clone, Default)]
pub struct OrderConfirmed {
    /// The order.
    pub order: OrderMail,
    /// How much was paid.
    pub paid: String,
}

/// "Order 7K3F9QX2M4 confirmed": the money is here.
#[must_use]
pub fn order_confirmed(shop: &Shop, view: &OrderConfirmed) -> Mail {
    let order = &view.order;
    let arrives = order.arrives.as_ref().map(|when| format!("Arrives {when}. ")).unwrap_or_default();
    let mut blocks = vec![
        Block::Text(match &order.arrives {
            Some(when) => {
                format!("Thank you. We've received {} and are packing your order. It arrives {when}.", view.paid)
            }
            None => format!("Thank you. We've received {} and are packing your order.", view.paid),
        }),
        Block::Button("See your order".to_owned(), order.view_url.clone()),
    ];
    blocks.extend(order_blocks(order));
    written(
        shop,
        format!("Order {} confirmed", order.number),
        format!("{arrives}{} paid.", view.paid),
        format!("Order {} is confirmed", order.number),
        blocks,
    )
}

/// A parcel that left.
#[derive(Debug, Clone, Default)]
pub struct OrderShipped {
    /// The order; its lines are those in the parcel.
    pub order: OrderMail,
    /// Who carries it.
    pub carrier: String,
    /// The parcel's number.
    pub tracking: String,
    /// Where the carrier shows it.
    pub tracking_url: Option<String>,
    /// When it is expected: "Thursday 5 June".
    pub expected: Option<String>,
    /// What is still to come: "2 more items follow in a second parcel."
    pub rest: Option<String>,
}

/// "7K3F9QX2M4 is on its way".
#[must_use]
pub fn order_shipped(shop: &Shop, view: &OrderShipped) -> Mail {
    let order = &view.order;
    let mut blocks = vec![Block::Text(match &view.expected {
        Some(when) => format!("Order {} left us with {} and is expected {when}.", order.number, view.carrier),
        None => format!("Order {} left us with {}.", order.number, view.carrier),
    })];
    if let Some(rest) = &view.rest {
        blocks.push(Block::Text(rest.clone()));
    }
    blocks.push(Block::Facts(
        "Parcel".to_owned(),
        vec![("Carrier".to_owned(), view.carrier.clone()), ("Tracking number".to_owned(), view.tracking.clone())],
    ));
    blocks.push(match &view.tracking_url {
        Some(url) => Block::Button("Follow the parcel".to_owned(), url.clone()),
        None => Block::Button("See your order".to_owned(), order.view_url.clone()),
    });
    blocks.push(Block::Lines(order.lines.clone()));
    if !order.address.is_empty() {
        blocks.push(Block::Section("Delivery to".to_owned(), order.address.clone()));
    }
    if view.tracking_url.is_some() {
        blocks.push(Block::Link("Your order".to_owned(), order.view_url.clone()));
    }
    let preheader = match &view.expected {
        Some(when) => format!("Expected {when}."),
        None => format!("With {}, number {}.", view.carrier, view.tracking),
    };
    written(shop, format!("{} is on its way", order.number), preheader, "Your parcel is on its way".to_owned(), blocks)
}

/// Money that went back.
#[derive(Debug, Clone, Default)]
pub struct OrderRefunded {
    /// The order; its lines are those refunded, or none for an amount alone.
    pub order: OrderMail,
    /// How much.
    pub amount: String,
    /// Where to: "your card", "your bank account", "your store credit".
    pub to: String,
    /// How long it takes: "3–5 days". None: it is there.
    pub takes: Option<String>,
    /// Why, in a sentence.
    pub reason: Option<String>,
}

/// "We've refunded €26.00".
#[must_use]
pub fn order_refunded(shop: &Shop, view: &OrderRefunded) -> Mail {
    let order = &view.order;
    let shown = match &view.takes {
        Some(takes) => format!("Banks take {takes} to show it."),
        None => "You can spend it now.".to_owned(),
    };
    let sent = format!("We've sent {} back to {} for order {}. {shown}", view.amount, view.to, order.number);
    let mut blocks = vec![Block::Text(sent)];
    if let Some(reason) = &view.reason {
        blocks.push(Block::Text(reason.clone()));
    }
    blocks.push(Block::Button("See your order".to_owned(), order.view_url.clone()));
    if !order.lines.is_empty() {
        blocks.push(Block::Lines(order.lines.clone()));
    }
    written(
        shop,
        format!("We've refunded {}", view.amount),
        match &view.takes {
            Some(takes) => format!("{takes} to reach {}.", view.to),
            None => format!("It is on {}.", view.to),
        },
        format!("{} {}", view.amount, if view.takes.is_some() { "is on its way back" } else { "is back" }),
        blocks,
    )
}

/// An order of which something is not there.
#[derive(Debug, Clone, Default)]
pub struct OrderShort {
    /// The order.
    pub order: OrderMail,
    /// What waits until it comes in.
    pub waiting: Vec<MailLine>,
    /// What will not come, because there is none.
    pub dropped: Vec<MailLine>,
    /// What becomes of the price of what will not come: "We'll send €26.00 back to your card."
    pub money: String,
    /// Whether something of it is sent now.
    pub rest_is_sent: bool,
}

/// "Part of order 7K3F9QX2M4 has to wait".
#[must_use]
pub fn order_short(shop: &Shop, view: &OrderShort) -> Mail {
    let order = &view.order;
    let title = match (view.waiting.is_empty(), view.rest_is_sent) {
        (false, true) => format!("Part of order {} has to wait", order.number),
        (false, false) => format!("Order {} has to wait", order.number),
        (true, _) => format!("Part of order {} is not in stock", order.number),
    };
    let mut blocks = Vec::new();
    if !view.waiting.is_empty() {
        let rest = if view.rest_is_sent { " The rest is on its way as usual." } else { "" };
        blocks.push(Block::Text(format!(
            "We're out of stock of what's listed here. It is yours as soon as it comes in, and we send it then.{rest}"
        )));
        blocks.push(Block::Lines(view.waiting.clone()));
        blocks.push(Block::Text("You'd rather not wait? Reply to this mail, and your money goes back.".to_owned()));
    }
    if !view.dropped.is_empty() {
        blocks.push(Block::Text(format!("We're sorry: there is none left of this. {}", view.money)));
        blocks.push(Block::Lines(view.dropped.clone()));
    }
    blocks.push(Block::Button("See your order".to_owned(), order.view_url.clone()));
    let preheader =
        if view.waiting.is_empty() { view.money.clone() } else { "We send it when it comes in.".to_owned() };
    written(shop, title.clone(), preheader, title, blocks)
}

/// An order that will not come.
#[derive(Debug, Clone, Default)]
pub struct OrderCanceled {
    /// The order.
    pub order: OrderMail,
    /// Why: "You asked us to." or "It wasn't paid in time."
    pub reason: String,
    /// What happens to the money: "You haven't been charged." or "We'll send €48.00 back to your card."
    pub money: String,
}

/// "Order 7K3F9QX2M4 is canceled".
#[must_use]
pub fn order_canceled(shop: &Shop, view: &OrderCanceled) -> Mail {
    let order = &view.order;
    written(
        shop,
        format!("Order {} is cancelled", order.number),
        view.money.clone(),
        format!("Order {} is cancelled", order.number),
        vec![
            Block::Text(format!("{} {}", view.reason, view.money)),
            Block::Button("See your order".to_owned(), order.view_url.clone()),
            Block::Lines(order.lines.clone()),
        ],
    )
}

/// A payment that came after its order had expired, and could not be filled any more.
#[derive(Debug, Clone, Default)]
pub struct PaymentLateRefunded {
    /// The order.
    pub order: OrderMail,
    /// How much.
    pub amount: String,
    /// Where to: "your card".
    pub to: String,
    /// How long it takes: "3–5 days".
    pub takes: String,
}

/// "We've refunded €48.00": the payment was late and the items are gone.
#[must_use]
pub fn payment_late_refunded(shop: &Shop, view: &PaymentLateRefunded) -> Mail {
    let order = &view.order;
    written(
        shop,
        format!("We've refunded {}", view.amount),
        format!("Your payment came after the items were gone. {} to reach {}.", view.takes, view.to),
        "Your payment came too late".to_owned(),
        vec![
            Block::Text(format!(
                "Your payment for order {} arrived after the time to pay had ended, and somebody else has bought the items since.",
                order.number
            )),
            Block::Text(format!(
                "We've sent all of it, {}, back to {}. Banks take {} to show it. You needn't do anything.",
                view.amount, view.to, view.takes
            )),
            Block::Button("See what's on the shelf".to_owned(), shop.url.clone()),
            Block::Lines(order.lines.clone()),
        ],
    )
}

/// A link that signs in.
#[derive(Debug, Clone, Default)]
pub struct SignInLink {
    /// The link, absolute.
    pub url: String,
    /// How long it works: "15 minutes".
    pub lives: String,
    /// Whether it opens the desk and not the shop.
    pub desk: bool,
}

/// "Your sign-in link".
#[must_use]
pub fn sign_in_link(shop: &Shop, view: &SignInLink) -> Mail {
    let (title, button) =
        if view.desk { ("Sign in to the desk", "Open the desk") } else { ("Here is your sign-in link", "Sign in") };
    written(
        shop,
        "Your sign-in link".to_owned(),
        format!("Works once, for {}.", view.lives),
        title.to_owned(),
        vec![
            Block::Text(format!("The link works once, for {}.", view.lives)),
            Block::Button(button.to_owned(), view.url.clone()),
            Block::Text("You didn't ask for it? Then somebody mistyped their address. Nothing happens until the link is used, and you can delete this mail.".to_owned()),
        ],
    )
}

/// A fresh link to an order, for a guest who asked for one.
#[must_use]
pub fn order_link(shop: &Shop, number: &str, view_url: &str) -> Mail {
    written(
        shop,
        format!("Your link to order {number}"),
        "You asked for a fresh link.".to_owned(),
        format!("Order {number}"),
        vec![
            Block::Text("You asked for a fresh link to your order. It shows the state, the parcels and what you can still change.".to_owned()),
            Block::Button("See your order".to_owned(), view_url.to_owned()),
        ],
    )
}
