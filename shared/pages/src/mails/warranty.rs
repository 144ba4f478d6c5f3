//! The mails of warranties: certificates, who holds them, and claims.

use super::letter::Block;
use super::{Mail, Shop, written};

/// A certificate that was made out.
#[derive(Debug, Clone, Default)]
pub struct IssuedCertificate {
    /// The product's name and kind.
    pub title: String,
    /// The unit's serial number, where it has one.
    pub serial: Option<String>,
    /// The last day: "3 June 2028".
    pub until: String,
    /// Its page, absolute, with its secret.
    pub url: String,
}

/// What is to be known of the item: serial number and last day.
fn known(serial: Option<&String>, until: &str) -> Vec<(String, String)> {
    let serial = serial.map(|serial| ("Serial number".to_owned(), serial.clone()));
    serial.into_iter().chain([("Covered until".to_owned(), until.to_owned())]).collect()
}

/// Certificates of what left in a parcel.
#[derive(Debug, Clone, Default)]
pub struct CertificatesIssuedMail {
    /// The order's number.
    pub order_number: String,
    /// The order's page, absolute, with the guest's token.
    pub order_url: String,
    /// One for each unit.
    pub certificates: Vec<IssuedCertificate>,
}

/// "Your warranty for order 7K3F9QX2M4": the certificates of what left in a parcel.
#[must_use]
pub fn certificates_issued(shop: &Shop, view: &CertificatesIssuedMail) -> Mail {
    let one = view.certificates.len() == 1;
    let (title, first, keep) = if one {
        (
            "Your warranty certificate",
            format!("An item of order {} has a warranty. Its link opens the certificate.", view.order_number),
            "Keep this mail. Whoever has the link can open the certificate and make a claim with it.",
        )
    } else {
        (
            "Your warranty certificates",
            format!(
                "Items of order {} have a warranty. Each has a certificate of its own, with a link.",
                view.order_number
            ),
            "Keep this mail. Whoever has a link can open that certificate and make a claim with it.",
        )
    };
    let mut blocks = vec![Block::Text(first)];
    for certificate in &view.certificates {
        blocks.push(Block::Facts(certificate.title.clone(), known(certificate.serial.as_ref(), &certificate.until)));
        blocks.push(if one {
            Block::Button("See your certificate".to_owned(), certificate.url.clone())
        } else {
            Block::Link("The certificate".to_owned(), certificate.url.clone())
        });
    }
    blocks.push(Block::Text(keep.to_owned()));
    blocks.push(Block::Link("Your order".to_owned(), view.order_url.clone()));
    written(
        shop,
        format!("Your warranty for order {}", view.order_number),
        "Keep this mail for when something breaks.".to_owned(),
        title.to_owned(),
        blocks,
    )
}

/// A certificate and who holds it: offered, taken, passed on.
#[derive(Debug, Clone, Default)]
pub struct CertificateMail {
    /// Its number.
    pub number: String,
    /// The product's name and kind.
    pub title: String,
    /// The unit's serial number, where it has one.
    pub serial: Option<String>,
    /// The last day: "3 June 2028".
    pub until: String,
    /// Its page, absolute, with its secret; for who is offered it, the page that it is taken on. Empty for who held it.
    pub url: String,
}

impl CertificateMail {
    fn facts(&self) -> Block {
        let number = ("Certificate".to_owned(), self.number.clone());
        let rest = known(self.serial.as_ref(), &self.until);
        Block::Facts(self.title.clone(), std::iter::once(number).chain(rest).collect())
    }
}

/// "A warranty is yours to take": to who is offered a certificate.
#[must_use]
pub fn warranty_offered(shop: &Shop, view: &WarrantyOfferedMail) -> Mail {
    let certificate = &view.certificate;
    written(
        shop,
        "A warranty is yours to take".to_owned(),
        format!("The link works for {}.", view.lives),
        "A warranty is yours to take".to_owned(),
        vec![
            Block::Text(format!(
                "The warranty of {} is offered to you, by whoever holds it now. It lasts until {}.",
                certificate.title, certificate.until
            )),
            certificate.facts(),
            Block::Button("Take it over".to_owned(), certificate.url.clone()),
            Block::Text(format!(
                "The link works for {}. It shows what you get before you take it. You don't know what this is about? Then you can delete this mail, and nothing happens.",
                view.lives
            )),
        ],
    )
}

/// "Your warranty was passed on": to who held the certificate.
#[must_use]
pub fn warranty_passed_on(shop: &Shop, view: &CertificateMail) -> Mail {
    written(
        shop,
        "Your warranty was passed on".to_owned(),
        "Your link no longer opens it.".to_owned(),
        "Your warranty was passed on".to_owned(),
        vec![
            Block::Text(format!(
                "The warranty of {} was taken over by who you offered it to. Your link and your QR code no longer open the certificate.",
                view.title
            )),
            view.facts(),
            Block::Text("You didn't offer it to anybody? Reply to this mail, and a person reads it.".to_owned()),
        ],
    )
}

/// "The warranty is yours now": to who took it over.
#[must_use]
pub fn warranty_taken(shop: &Shop, view: &CertificateMail) -> Mail {
    written(
        shop,
        "The warranty is yours now".to_owned(),
        format!("Covered until {}.", view.until),
        "The warranty is yours now".to_owned(),
        vec![
            Block::Text(format!("You hold the warranty of {} from now on. It lasts until {}.", view.title, view.until)),
            view.facts(),
            Block::Button("See your certificate".to_owned(), view.url.clone()),
            Block::Text(
                "Keep this mail. Whoever has the link can open the certificate and make a claim with it.".to_owned(),
            ),
        ],
    )
}

/// A certificate that is offered to somebody.
#[derive(Debug, Clone, Default)]
pub struct WarrantyOfferedMail {
    /// The certificate; its address is where it is taken.
    pub certificate: CertificateMail,
    /// How long the link works: "14 days".
    pub lives: String,
}

/// What every mail about a claim tells.
#[derive(Debug, Clone, Default)]
pub struct ClaimMail {
    /// Its number.
    pub number: String,
    /// The product's name and kind.
    pub title: String,
    /// The unit's serial number, where it has one.
    pub serial: Option<String>,
    /// Its page, absolute, with the certificate's secret.
    pub view_url: String,
}

impl ClaimMail {
    /// "claim W7K3F9QX for Table lamp".
    fn named(&self) -> String {
        format!("claim {} for {}", self.number, self.title)
    }

    fn see(&self) -> Block {
        Block::Button("See your claim".to_owned(), self.view_url.clone())
    }

    fn facts(&self) -> Block {
        let mut facts = vec![("Number".to_owned(), self.number.clone()), ("Item".to_owned(), self.title.clone())];
        facts.extend(self.serial.iter().map(|serial| ("Serial number".to_owned(), serial.clone())));
        Block::Facts("The claim".to_owned(), facts)
    }
}

/// "We have your warranty claim W7K3F9QX": somebody looks at it.
#[must_use]
pub fn claim_submitted(shop: &Shop, view: &ClaimMail) -> Mail {
    written(
        shop,
        format!("We have your warranty claim {}", view.number),
        "Keep the item until we've answered.".to_owned(),
        "We have your claim".to_owned(),
        vec![
            Block::Text(format!(
                "Thank you for telling us. We look at your {} and mail you what happens next. Keep the item until then.",
                view.named()
            )),
            view.facts(),
            view.see(),
        ],
    )
}

/// "Your item for claim W7K3F9QX arrived".
#[must_use]
pub fn claim_item_received(shop: &Shop, view: &ClaimMail) -> Mail {
    written(
        shop,
        format!("Your item for claim {} arrived", view.number),
        "We look at it and mail you what happens next.".to_owned(),
        "Your item is here".to_owned(),
        vec![
            Block::Text(format!(
                "Your parcel for {} is here. We look at the item and mail you what happens next.",
                view.named()
            )),
            view.facts(),
            view.see(),
        ],
    )
}

/// "Claim W7K3F9QX withdrawn".
#[must_use]
pub fn claim_withdrawn(shop: &Shop, view: &ClaimMail) -> Mail {
    written(
        shop,
        format!("Claim {} withdrawn", view.number),
        "Nothing more happens with it.".to_owned(),
        "Your claim is withdrawn".to_owned(),
        vec![
            Block::Text(format!("As you asked, your {} is withdrawn. Nothing more happens with it.", view.named())),
            Block::Text("Changed your mind? You can make another claim while the warranty lasts.".to_owned()),
            view.facts(),
            view.see(),
        ],
    )
}

/// A claim that was denied.
#[derive(Debug, Clone, Default)]
pub struct ClaimDeniedMail {
    /// The claim.
    pub mail: ClaimMail,
    /// Why.
    pub reasons: Vec<String>,
    /// Whether the item is here and goes back to who sent it.
    pub item_is_here: bool,
}

/// "Claim W7K3F9QX denied", with the reasons.
#[must_use]
pub fn claim_denied(shop: &Shop, view: &ClaimDeniedMail) -> Mail {
    let mail = &view.mail;
    let item = if view.item_is_here { "We send the item back to you." } else { "Please don't send the item." };
    let mut blocks = vec![Block::Text(format!("We're sorry: we can't grant your {}. {item}", mail.named()))];
    if !view.reasons.is_empty() {
        blocks.push(Block::Section("Why".to_owned(), view.reasons.clone()));
    }
    blocks.extend([
        Block::Text("Do you see it differently? Reply to this mail, and a person reads it.".to_owned()),
        mail.facts(),
        mail.see(),
    ]);
    written(
        shop,
        format!("Claim {} denied", mail.number),
        if view.reasons.is_empty() { item.to_owned() } else { "We can't grant it; here is why.".to_owned() },
        "We can't grant your claim".to_owned(),
        blocks,
    )
}

/// A claim that was approved.
#[derive(Debug, Clone, Default)]
pub struct ClaimApprovedMail {
    /// The claim.
    pub mail: ClaimMail,
    /// What the holder gets, a sentence: "We send you a new one."
    pub remedy: String,
    /// Where the item goes, a line each; empty where it is not to be sent.
    pub send_to: Vec<String>,
    /// By when: "17 July 2026"; empty where it is not to be sent.
    pub due: String,
    /// What happens next, a sentence each.
    pub next: Vec<String>,
}

/// "Claim W7K3F9QX approved": what the holder gets, and what to do for it.
#[must_use]
pub fn claim_approved(shop: &Shop, view: &ClaimApprovedMail) -> Mail {
    let mail = &view.mail;
    let mut blocks = vec![Block::Text(format!("Your {} is approved. {}", mail.named(), view.remedy))];
    let preheader = if view.send_to.is_empty() {
        view.remedy.clone()
    } else {
        blocks.push(Block::Text(format!(
            "Please send the item by {}. Write {} on the parcel: it tells us whose it is.",
            view.due, mail.number
        )));
        blocks.push(Block::Section("Send it to".to_owned(), view.send_to.clone()));
        format!("Send the item by {}.", view.due)
    };
    if !view.next.is_empty() {
        blocks.push(Block::Section("What happens next".to_owned(), view.next.clone()));
    }
    blocks.extend([mail.facts(), mail.see()]);
    written(shop, format!("Claim {} approved", mail.number), preheader, "Your claim is approved".to_owned(), blocks)
}

/// What a claim came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimOutcome {
    /// It was repaired, and is on its way.
    Repaired {
        /// Who carries it, where that is known.
        carrier: Option<String>,
        /// The parcel's number.
        tracking: Option<String>,
        /// Where the carrier shows it.
        tracking_url: Option<String>,
    },
    /// A new one is sent.
    Replaced {
        /// The new order's number.
        order_number: String,
        /// Its page, absolute, with the guest's token.
        order_url: String,
    },
    /// The money went back.
    Refunded {
        /// How much.
        amount: String,
        /// Where to: "your card".
        to: String,
        /// When it is there, as a sentence: "Banks take 3–5 days to show it."
        when: String,
    },
}

/// A claim that is done.
#[derive(Debug, Clone)]
pub struct ClaimCompletedMail {
    /// The claim.
    pub mail: ClaimMail,
    /// What it came to.
    pub outcome: ClaimOutcome,
}

/// The end of a claim: repaired and on its way, replaced, or refunded.
#[must_use]
pub fn claim_completed(shop: &Shop, view: &ClaimCompletedMail) -> Mail {
    let mail = &view.mail;
    let (subject, preheader, title, blocks) = match &view.outcome {
        ClaimOutcome::Repaired { carrier, tracking, tracking_url } => {
            let parcel: Vec<(String, String)> = [("Carrier", carrier), ("Tracking number", tracking)]
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)))
                .collect();
            let mut blocks =
                vec![Block::Text(format!("Your item is repaired and on its way to you. That was {}.", mail.named()))];
            if !parcel.is_empty() {
                blocks.push(Block::Facts("Parcel".to_owned(), parcel));
            }
            blocks.push(match tracking_url {
                Some(url) => Block::Button("Follow the parcel".to_owned(), url.clone()),
                None => mail.see(),
            });
            if tracking_url.is_some() {
                blocks.push(Block::Link("Your claim".to_owned(), mail.view_url.clone()));
            }
            let preheader = carrier
                .as_ref()
                .map_or_else(|| "It is on its way to you.".to_owned(), |carrier| format!("It left us with {carrier}."));
            (format!("Claim {}: repaired and on its way", mail.number), preheader, "Your item is repaired", blocks)
        }
        ClaimOutcome::Replaced { order_number, order_url } => (
            format!("Claim {}: a new one goes out", mail.number),
            format!("It is order {order_number}. You pay nothing for it."),
            "You get a new one",
            vec![
                Block::Text(format!(
                    "A new item replaces the one of your {}. It is order {order_number}, and you pay nothing for it. We mail you when it leaves, and with it the link to its certificate.",
                    mail.named()
                )),
                Block::Button("See the new order".to_owned(), order_url.clone()),
                Block::Link("Your claim".to_owned(), mail.view_url.clone()),
            ],
        ),
        ClaimOutcome::Refunded { amount, to, when } => (
            format!("Claim {}: {amount} goes back", mail.number),
            format!("To {to}. {when}"),
            "Your money goes back",
            vec![Block::Text(format!("{amount} goes back to {to} for your {}. {when}", mail.named())), mail.see()],
        ),
    };
    let blocks = blocks.into_iter().chain([mail.facts()]).collect();
    written(shop, subject, preheader, title.to_owned(), blocks)
}
