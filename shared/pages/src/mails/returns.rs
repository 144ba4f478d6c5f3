//! The mails of returns, to who sends goods back.

use super::letter::Block;
use super::{Mail, MailLine, Shop, written};

/// What every mail about a return tells.
#[derive(Debug, Clone, Default)]
pub struct ReturnMail {
    /// Its number.
    pub number: String,
    /// The order's number.
    pub order_number: String,
    /// Its page, absolute, with the guest's token.
    pub view_url: String,
    /// Its lines; what goes back for each is their total.
    pub lines: Vec<MailLine>,
    /// Names and amounts of what goes back, without the total.
    pub sums: Vec<(String, String)>,
    /// What goes back in all; "€0.00", or empty, where nothing does.
    pub refund: String,
}

impl ReturnMail {
    /// Whether money goes back.
    fn pays(&self) -> bool {
        self.refund.contains(|c: char| c.is_ascii_digit() && c != '0')
    }

    /// "return R7K3F9QX of order 7K3F9QX2M4".
    fn named(&self) -> String {
        format!("return {} of order {}", self.number, self.order_number)
    }

    fn see(&self) -> Block {
        Block::Button("See your return".to_owned(), self.view_url.clone())
    }

    /// The lines alone, where no money goes back for them.
    fn lines(&self) -> Option<Block> {
        let alone = self.lines.iter().map(|line| MailLine { total: None, ..line.clone() });
        (!self.lines.is_empty()).then(|| Block::Lines(alone.collect()))
    }

    /// The lines, and what goes back, called `total`.
    fn quoted(&self, total: &str) -> Vec<Block> {
        let row = (total.to_owned(), self.refund.clone());
        let sum = (!self.refund.is_empty())
            .then(|| Block::Totals { rows: self.sums.iter().cloned().chain([row]).collect(), note: None });
        let lines = (!self.lines.is_empty()).then(|| Block::Lines(self.lines.clone()));
        lines.into_iter().chain(sum).collect()
    }
}

/// A return that may be sent.
#[derive(Debug, Clone, Default)]
pub struct ReturnApproved {
    /// The return.
    pub mail: ReturnMail,
    /// By when: "17 July 2026".
    pub due: String,
    /// The paper for the parcel, absolute.
    pub slip_url: String,
    /// Where the parcel goes, a line each.
    pub send_to: Vec<String>,
    /// The carrier's label, absolute.
    pub label_url: Option<String>,
}

impl ReturnApproved {
    /// What to do with the parcel, the first thing to press first.
    fn parcel(&self) -> Vec<Block> {
        let slip = "Open the return slip".to_owned();
        let mut blocks = match &self.label_url {
            Some(label) => vec![
                Block::Button("Print the label".to_owned(), label.clone()),
                Block::Link(slip, self.slip_url.clone()),
            ],
            None => vec![Block::Button(slip, self.slip_url.clone())],
        };
        if !self.send_to.is_empty() {
            blocks.push(Block::Section("Send it to".to_owned(), self.send_to.clone()));
        }
        blocks.push(Block::Link("Your return".to_owned(), self.mail.view_url.clone()));
        blocks.extend(self.mail.quoted("You'll get"));
        blocks
    }
}

/// A return that was paid back.
#[derive(Debug, Clone, Default)]
pub struct ReturnSettled {
    /// The return.
    pub mail: ReturnMail,
    /// Where the money went: "your card".
    pub to: String,
    /// How long it takes: "3–5 days". None: it is there at once.
    pub takes: Option<String>,
    /// Whether somebody has yet to send it: another mail says when that is done.
    pub due: bool,
    /// Why something was kept or not taken back.
    pub notes: Vec<String>,
}

/// A return that became store credit.
#[derive(Debug, Clone, Default)]
pub struct ReturnCredited {
    /// The return.
    pub mail: ReturnMail,
    /// What opens the credit at checkout: "7K3F-9QX2-M4TA-1BCD".
    pub code: String,
    /// The shop's first page, absolute.
    pub shop_url: String,
    /// Why something was kept or not taken back.
    pub notes: Vec<String>,
}

/// "Store credit for your return of 7K3F9QX2M4", with the code that opens it.
#[must_use]
pub fn return_credited(shop: &Shop, view: &ReturnCredited) -> Mail {
    let mail = &view.mail;
    let mut blocks = vec![
        Block::Text(format!(
            "Thank you for sending it back. We've looked at {} and put {} on your store credit. It does not expire.",
            mail.named(),
            mail.refund
        )),
        Block::Section("Your code".to_owned(), vec![view.code.clone()]),
        Block::Text(
            "Enter it at checkout, under “Use store credit”. It is always the same for your address, so further credit comes on top. Whoever has it can spend it: keep this mail."
                .to_owned(),
        ),
        Block::Button("To the shop".to_owned(), view.shop_url.clone()),
    ];
    if !view.notes.is_empty() {
        blocks.push(Block::Section("What lowered it".to_owned(), view.notes.clone()));
    }
    blocks.extend(mail.quoted("Store credit"));
    written(
        shop,
        format!("Store credit for your return of {}", mail.order_number),
        format!("{} to spend in the shop.", mail.refund),
        format!("You have {} of store credit", mail.refund),
        blocks,
    )
}

/// A return that other goods are had for.
#[derive(Debug, Clone, Default)]
pub struct ReturnExchanged {
    /// The return.
    pub mail: ReturnMail,
    /// The number of the order that they became.
    pub new_number: String,
    /// Its page, absolute, with the guest's token.
    pub new_url: String,
    /// The goods.
    pub goods: Vec<MailLine>,
    /// What they come to.
    pub total: String,
    /// What is left to pay, and until when it is kept for that.
    pub to_pay: Option<(String, String)>,
    /// What is left and goes back, and where to: "€4.99", "your card".
    pub back: Option<(String, String)>,
    /// Why something was kept or not taken back.
    pub notes: Vec<String>,
}

/// "Your exchange for 7K3F9QX2M4": what goes out, and what is left to pay or goes back.
#[must_use]
pub fn return_exchanged(shop: &Shop, view: &ReturnExchanged) -> Mail {
    let mail = &view.mail;
    let thanks =
        format!("Thank you for sending it back. We've looked at {}: it is worth {}.", mail.named(), mail.refund);
    let (preheader, next, button) = match (&view.to_pay, &view.back) {
        (Some((amount, until)), _) => (
            format!("{amount} is left to pay, by {until}."),
            format!(
                "What you want instead costs {}. Please pay the {amount} that are left by {until}; we keep the items for you until then.",
                view.total
            ),
            "Pay the rest",
        ),
        (None, Some((amount, to))) => (
            format!("Order {} goes out, and {amount} goes back.", view.new_number),
            format!("What you want instead costs {}. {amount} is left and goes back to {to}.", view.total),
            "See the new order",
        ),
        (None, None) => (
            format!("Order {} goes out.", view.new_number),
            "It pays for what you want instead.".to_owned(),
            "See the new order",
        ),
    };
    let mut blocks = vec![
        Block::Text(thanks),
        Block::Text(next),
        Block::Button(button.to_owned(), view.new_url.clone()),
        Block::Lines(view.goods.clone()),
    ];
    if !view.notes.is_empty() {
        blocks.push(Block::Section("What lowered it".to_owned(), view.notes.clone()));
    }
    written(
        shop,
        format!("Your exchange for {}", mail.order_number),
        preheader,
        format!("Your exchange is order {}", view.new_number),
        blocks,
    )
}

/// News of a return that did not go as hoped.
#[derive(Debug, Clone, Default)]
pub struct ReturnNews {
    /// The return.
    pub mail: ReturnMail,
    /// Why, in the shop's words.
    pub reason: Option<String>,
    /// The parcel, carrier and number.
    pub parcel: Option<String>,
}

impl ReturnNews {
    /// What the mail says first, and that it says why where it does.
    fn preheader(&self, first: &str) -> String {
        if self.reason.is_some() { format!("{first}; here is why.") } else { format!("{first}.") }
    }

    fn why(&self) -> Option<Block> {
        self.reason.as_ref().map(|reason| Block::Section("Why".to_owned(), vec![reason.clone()]))
    }
}

/// "We have your return request for 7K3F9QX2M4": somebody looks at it first.
#[must_use]
pub fn return_requested(shop: &Shop, view: &ReturnMail) -> Mail {
    let mut blocks = vec![
        Block::Text(format!(
            "Thank you for telling us. We look at your {} and mail you what to do next. Keep the items until then.",
            view.named()
        )),
        view.see(),
    ];
    blocks.extend(view.quoted("You'd get"));
    written(
        shop,
        format!("We have your return request for {}", view.order_number),
        "Keep the items until we've answered.".to_owned(),
        "We have your return request".to_owned(),
        blocks,
    )
}

/// "Return for 7K3F9QX2M4 approved".
#[must_use]
pub fn return_approved(shop: &Shop, view: &ReturnApproved) -> Mail {
    let mail = &view.mail;
    let label = if view.label_url.is_some() { "Stick the label on the parcel, and put" } else { "Put" };
    let mut blocks = vec![
        Block::Text(format!("Your {} is approved. Drop the parcel off by {}.", mail.named(), view.due)),
        Block::Text(format!("{label} the return slip inside. No printer? Write {} on a piece of paper.", mail.number)),
    ];
    blocks.extend(view.parcel());
    written(
        shop,
        format!("Return for {} approved", mail.order_number),
        format!("Drop it off by {}.", view.due),
        "Your return is approved".to_owned(),
        blocks,
    )
}

/// "Your return label for 7K3F9QX2M4": the shop gives what the parcel is sent with.
#[must_use]
pub fn return_label(shop: &Shop, view: &ReturnApproved) -> Mail {
    let mail = &view.mail;
    let what = match &view.label_url {
        Some(_) => "is here",
        None => "comes by post",
    };
    let mut blocks = vec![
        Block::Text(format!("The label for {} {what}. Drop the parcel off by {}.", mail.named(), view.due)),
        Block::Text("Stick it over any other label on the parcel, and put the return slip inside.".to_owned()),
    ];
    blocks.extend(view.parcel());
    written(
        shop,
        format!("Your return label for {}", mail.order_number),
        format!("Drop it off by {}.", view.due),
        "Your return label".to_owned(),
        blocks,
    )
}

/// "Return for 7K3F9QX2M4 declined".
#[must_use]
pub fn return_declined(shop: &Shop, view: &ReturnNews) -> Mail {
    let mail = &view.mail;
    let mut blocks = vec![Block::Text(format!(
        "We're sorry: we can't take back the items of {}. Please don't send them.",
        mail.named()
    ))];
    blocks.extend(view.why());
    blocks.push(Block::Text("Do you see it differently? Reply to this mail, and a person reads it.".to_owned()));
    blocks.push(mail.see());
    blocks.extend(mail.lines());
    written(
        shop,
        format!("Return for {} declined", mail.order_number),
        view.preheader("Please don't send it"),
        "We can't take this back".to_owned(),
        blocks,
    )
}

/// "Your return for 7K3F9QX2M4 arrived".
#[must_use]
pub fn return_received(shop: &Shop, view: &ReturnMail) -> Mail {
    let mut blocks = vec![
        Block::Text(format!(
            "Your parcel for {} is here. We look at the items and mail you what goes back.",
            view.named()
        )),
        view.see(),
    ];
    blocks.extend(view.quoted("Expected"));
    written(
        shop,
        format!("Your return for {} arrived", view.order_number),
        "We look at it and mail you what goes back.".to_owned(),
        "Your parcel is here".to_owned(),
        blocks,
    )
}

/// "We can't accept your return for 7K3F9QX2M4": it was looked at.
#[must_use]
pub fn return_rejected(shop: &Shop, view: &ReturnNews) -> Mail {
    let mail = &view.mail;
    let mut blocks = vec![Block::Text(format!(
        "We've looked at the items of {} and can't take them back, so no money goes back for them.",
        mail.named()
    ))];
    blocks.extend(view.why());
    blocks.push(Block::Text(match &view.parcel {
        Some(parcel) => format!("They are on their way to you again: {parcel}."),
        None => "Do you see it differently, or want them back? Reply to this mail, and a person reads it.".to_owned(),
    }));
    blocks.push(mail.see());
    blocks.extend(mail.lines());
    written(
        shop,
        format!("We can't accept your return for {}", mail.order_number),
        view.preheader("No money goes back for it"),
        "We can't accept your return".to_owned(),
        blocks,
    )
}

/// "We've refunded €26.00", or kindly that nothing goes back.
#[must_use]
pub fn return_settled(shop: &Shop, view: &ReturnSettled) -> Mail {
    let mail = &view.mail;
    let (subject, preheader, title, text) = if mail.pays() && view.due {
        (
            format!("We've taken back your return for {}", mail.order_number),
            format!("We send {} to {} next.", mail.refund, view.to),
            format!("{} goes back to you", mail.refund),
            format!(
                "Thank you for sending it back. We've looked at {}, and send {} to {} next. We write again when it is sent.",
                mail.named(),
                mail.refund,
                view.to
            ),
        )
    } else if mail.pays() {
        (
            format!("We've refunded {}", mail.refund),
            match &view.takes {
                Some(takes) => format!("{takes} to reach {}.", view.to),
                None => format!("It is on {}.", view.to),
            },
            format!("{} {}", mail.refund, if view.takes.is_some() { "is on its way back" } else { "is back" }),
            format!(
                "Thank you for sending it back. We've looked at {} and sent {} to {}. {}",
                mail.named(),
                mail.refund,
                view.to,
                match &view.takes {
                    Some(takes) => format!("Banks take {takes} to show it."),
                    None => "You can spend it now.".to_owned(),
                }
            ),
        )
    } else {
        (
            format!("Your return for {} is done", mail.order_number),
            "No money goes back this time.".to_owned(),
            "Your return is done".to_owned(),
            format!(
                "Thank you for sending it back. We've looked at {}, and no money goes back this time.",
                mail.named()
            ),
        )
    };
    let mut blocks = vec![Block::Text(text)];
    if !view.notes.is_empty() {
        blocks.push(Block::Section(if mail.pays() { "What lowered it" } else { "Why" }.to_owned(), view.notes.clone()));
    }
    if !mail.pays() {
        blocks.push(Block::Text("Do you see it differently? Reply to this mail, and a person reads it.".to_owned()));
    }
    blocks.push(mail.see());
    blocks.extend(mail.quoted(if view.due { "Goes back" } else { "Refunded" }));
    written(shop, subject, preheader, title, blocks)
}

/// "Items of 7K3F9QX2M4 are on their way back": what was not taken back.
#[must_use]
pub fn return_sent_back(shop: &Shop, view: &ReturnNews) -> Mail {
    let mail = &view.mail;
    let mut blocks =
        vec![Block::Text(format!("What we couldn't take back of {} is on its way to you again.", mail.named()))];
    if let Some(parcel) = &view.parcel {
        blocks.push(Block::Section("Parcel".to_owned(), vec![parcel.clone()]));
    }
    blocks.extend(view.why());
    blocks.push(mail.see());
    blocks.extend(mail.lines());
    written(
        shop,
        format!("Items of {} are on their way back", mail.order_number),
        view.parcel
            .clone()
            .map_or_else(|| "They come to the address of your order.".to_owned(), |parcel| format!("With {parcel}.")),
        "Your items are on their way back".to_owned(),
        blocks,
    )
}

/// "Return for 7K3F9QX2M4 cancelled": the buyer keeps the goods.
#[must_use]
pub fn return_canceled(shop: &Shop, view: &ReturnMail) -> Mail {
    let mut blocks = vec![
        Block::Text(format!(
            "As you asked, your {} is cancelled. You keep the items, and no money goes back.",
            view.named()
        )),
        Block::Text("Changed your mind? You can ask again while there is time to return them.".to_owned()),
        view.see(),
    ];
    blocks.extend(view.lines());
    written(
        shop,
        format!("Return for {} cancelled", view.order_number),
        "You keep the items.".to_owned(),
        "Your return is cancelled".to_owned(),
        blocks,
    )
}

/// "Return for 7K3F9QX2M4 has ended": the goods did not come in time.
#[must_use]
pub fn return_expired(shop: &Shop, view: &ReturnMail) -> Mail {
    let mut blocks = vec![
        Block::Text(format!(
            "The items of {} didn't reach us in time, so we've closed it. No money goes back for them.",
            view.named()
        )),
        Block::Text(
            "You've sent the parcel? Reply to this mail with its tracking number, and we look for it.".to_owned(),
        ),
        view.see(),
    ];
    blocks.extend(view.lines());
    written(
        shop,
        format!("Return for {} has ended", view.order_number),
        "The parcel didn't come in time.".to_owned(),
        "Your return has ended".to_owned(),
        blocks,
    )
}
