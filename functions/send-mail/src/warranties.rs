//! What mails say about warranty certificates and claims.

use domain::calendar::civil;
use domain::id::CertificateId;
use domain::order::{Order, Refund, RefundCause};
use domain::settings::ShopSettings;
use domain::text::Email;
use domain::warranty::{
    Certificate, CertificateEvent, CertificateStatus, Claim, ClaimEvent, ClaimStatus, OFFER_LIFE, Remedy,
};
use edge::Error;
use edge::order_view::{purse, purse_of, tracking_href};
use edge::warranties::{certificate_path, claim_path, offer_path};
use edge::warranty_view::denial_words;
use pages::mails::{
    self, CertificateMail, CertificatesIssuedMail, ClaimApprovedMail, ClaimCompletedMail, ClaimDeniedMail, ClaimMail,
    ClaimOutcome, IssuedCertificate, Mail, WarrantyOfferedMail,
};
use store::orders::Reader;
use store::warranties::CertificateLook;

use crate::letters::{About, view_url};
use crate::{Letter, SendMail};

impl SendMail {
    /// The mails that a certificate's event asks for: the holder of now hears of it, and of a passing on the one before, too.
    pub(crate) async fn certificate(
        &self,
        event: &CertificateEvent,
        shop: &ShopSettings,
    ) -> Result<Option<Letter>, Error> {
        let one = self.certificate_of(&event.certificate()).await?;
        let order = self.order_of(&one.shipped_with).await?;
        let about = About { order: &order, shop, url: &self.url, view_url: view_url(&order, &self.url, &self.key) };
        let letter = match event {
            CertificateEvent::Issued { shipment, .. } => {
                let Some(view) = self.issued(&order, &one, *shipment).await? else { return Ok(None) };
                Some((one.email.clone(), mails::certificates_issued(&about.sender(), &view)))
            }
            CertificateEvent::Offered { .. } => one.offered.as_ref().map(|offer| {
                let token = one.id.offer_secret(offer.at, &self.key).reveal();
                let url = format!("{}{}", self.url, offer_path(&one.id, &token));
                let lives = format!("{} days", OFFER_LIFE.as_hours() / 24);
                let view = WarrantyOfferedMail { certificate: mail_of(&one, url), lives };
                (offer.email.clone(), mails::warranty_offered(&about.sender(), &view))
            }),
            // The former holder's own copy is the event after it.
            CertificateEvent::PassedOn { .. } => {
                Some((one.email.clone(), mails::warranty_taken(&about.sender(), &mail_of(&one, self.link(&one)))))
            }
            CertificateEvent::LetGo { .. } => one.former.clone().map(|former: Email| {
                (former, mails::warranty_passed_on(&about.sender(), &mail_of(&one, String::new())))
            }),
            CertificateEvent::Kept { .. } | CertificateEvent::Replaced { .. } | CertificateEvent::Voided { .. } => None,
        };
        Ok(letter.map(|(to, mail)| Letter::new(to, mail)))
    }

    /// What is guaranteed of a parcel's units; none where all of it ended since.
    async fn issued(
        &self,
        order: &Order,
        one: &Certificate,
        shipment: u16,
    ) -> Result<Option<CertificatesIssuedMail>, Error> {
        let Some(parcel) = order.shipments.get(usize::from(shipment)) else { return Ok(None) };
        let all = self.warranties.certificates(&CertificateLook::With(order.id)).await?;
        let begins = domain::calendar::date(parcel.at);
        let own = |other: &&Certificate| {
            let same = other.shipped_with == order.id && other.begins == begins && other.email == one.email;
            same && other.status == CertificateStatus::Active
        };
        let mut own: Vec<&Certificate> = all.iter().filter(own).collect();
        own.reverse();
        let certificates = own.iter().map(|one| IssuedCertificate {
            title: one.title.clone(),
            serial: one.serial.as_ref().map(ToString::to_string),
            until: civil(one.ends),
            url: self.link(one),
        });
        let certificates: Vec<IssuedCertificate> = certificates.collect();
        Ok((!certificates.is_empty()).then(|| CertificatesIssuedMail {
            order_number: order.number.to_string(),
            order_url: view_url(order, &self.url, &self.key),
            certificates,
        }))
    }

    /// The mail that a claim's event asks for, if any: the claim as it now is may have outrun what an event tells.
    pub(crate) async fn claimed(&self, event: &ClaimEvent, shop: &ShopSettings) -> Result<Option<Letter>, Error> {
        let id = event.claim();
        let Some(claim) = self.warranties.claim(&id, &Reader::Shop).await? else {
            return Err(format!("{id} is not there (yet)").into());
        };
        let one = self.certificate_of(&claim.certificate).await?;
        let order = self.order_of(&claim.order).await?;
        let about = About { order: &order, shop, url: &self.url, view_url: view_url(&order, &self.url, &self.key) };
        let sender = about.sender();
        let mail = self.claim_mail(&claim, &one);
        let mail = match event {
            // Decided since: that mail says everything.
            ClaimEvent::Submitted { .. } if claim.status != ClaimStatus::CoverageChecked => None,
            ClaimEvent::Submitted { .. } => Some(mails::claim_submitted(&sender, &mail)),
            ClaimEvent::Approved { .. } if !claim.status.is_open() => None,
            ClaimEvent::Approved { .. } => {
                Some(mails::claim_approved(&sender, &self.approved(&claim, mail, shop).await?))
            }
            ClaimEvent::Denied { .. } => {
                let mut reasons: Vec<String> = claim.denials.iter().map(|one_of| denial_words(*one_of, &one)).collect();
                reasons.extend(claim.reason.clone());
                Some(mails::claim_denied(&sender, &ClaimDeniedMail { mail, reasons, item_is_here: claim.is_here() }))
            }
            ClaimEvent::Received { .. } if claim.status != ClaimStatus::Received => None,
            ClaimEvent::Received { .. } => Some(mails::claim_item_received(&sender, &mail)),
            ClaimEvent::Repaired { .. } | ClaimEvent::Replaced { .. } | ClaimEvent::Refunded { .. } => {
                let outcome = self.outcome(&claim, &order).await?;
                outcome.map(|outcome| mails::claim_completed(&sender, &ClaimCompletedMail { mail, outcome }))
            }
            ClaimEvent::Withdrawn { .. } => Some(mails::claim_withdrawn(&sender, &mail)),
            ClaimEvent::Diagnosed { .. } | ClaimEvent::InRepair { .. } | ClaimEvent::Completed { .. } => None::<Mail>,
        };
        Ok(mail.map(|mail| Letter::new(claim.email.clone(), mail)))
    }

    async fn approved(&self, claim: &Claim, mail: ClaimMail, shop: &ShopSettings) -> Result<ClaimApprovedMail, Error> {
        let remedy = match claim.remedy {
            Some(Remedy::Repair) | None => "We repair it and send it back to you.",
            Some(Remedy::Replace) => "We send you a new one. You pay nothing.",
            Some(Remedy::Refund) => "We give you its price back.",
        };
        let (send_to, next) = if claim.keeps_item {
            (Vec::new(), vec!["You can keep the item. There is nothing for you to do.".to_owned()])
        } else {
            let address = self.destination.address(shop, self.context.now()).await?;
            (address, vec!["We mail you when it is here.".to_owned()])
        };
        let due = claim.due.map(civil).unwrap_or_default();
        Ok(ClaimApprovedMail { mail, remedy: remedy.to_owned(), send_to, due, next })
    }

    async fn outcome(&self, claim: &Claim, order: &Order) -> Result<Option<ClaimOutcome>, Error> {
        Ok(match claim.remedy {
            Some(Remedy::Repair) => {
                let parcel = claim.way_back.as_ref();
                let tracking = parcel.and_then(|parcel| parcel.tracking.clone());
                Some(ClaimOutcome::Repaired {
                    carrier: parcel.map(|parcel| parcel.carrier.clone()),
                    tracking_url: parcel.and_then(|parcel| tracking_href(&parcel.carrier, parcel.tracking.as_deref()?)),
                    tracking,
                })
            }
            Some(Remedy::Replace) => match &claim.replacement {
                Some(id) => {
                    let new = self.order_of(id).await?;
                    let order_url = view_url(&new, &self.url, &self.key);
                    Some(ClaimOutcome::Replaced { order_number: new.number.to_string(), order_url })
                }
                None => None,
            },
            Some(Remedy::Refund) => claim.refund.map(|amount| {
                let reason = claim.refund_reason();
                let of_it = |refund: &&Refund| {
                    refund.cause == RefundCause::Claimed && refund.reason.as_deref() == Some(reason.as_str())
                };
                let refunds: Vec<&Refund> = order.refunds.iter().filter(of_it).collect();
                let when = if refunds.iter().any(|refund| refund.by_hand) {
                    "We mail you when it is sent."
                } else if refunds.iter().all(|refund| order.is_credited(refund)) {
                    "You can spend it now."
                } else {
                    "Banks take 3–5 days to show it."
                };
                let to = match refunds.as_slice() {
                    [only] => purse_of(order, only),
                    _ => purse(order),
                };
                ClaimOutcome::Refunded { amount: amount.format(), to: to.to_owned(), when: when.to_owned() }
            }),
            None => None,
        })
    }

    fn claim_mail(&self, claim: &Claim, one: &Certificate) -> ClaimMail {
        // A claim opens with the link of its certificate, as its holder had it then.
        let passed =
            if claim.view_token_hash == one.view_token_hash { one.passed } else { one.passed.saturating_sub(1) };
        let token = one.id.view_secret(passed, &self.key).reveal();
        ClaimMail {
            number: claim.id.number().to_string(),
            title: claim.title.clone(),
            serial: claim.serial.as_ref().map(ToString::to_string),
            view_url: format!("{}{}", self.url, claim_path(&claim.id, Some(&token))),
        }
    }

    /// The page of a certificate, with the secret of its holder of now.
    fn link(&self, one: &Certificate) -> String {
        let token = one.id.view_secret(one.passed, &self.key).reveal();
        format!("{}{}", self.url, certificate_path(&one.id, Some(&token)))
    }

    async fn certificate_of(&self, id: &CertificateId) -> Result<Certificate, Error> {
        let found = self.warranties.certificate(id, &Reader::Shop).await?;
        found.ok_or_else(|| format!("{id} is not there (yet)").into())
    }

    async fn order_of(&self, id: &domain::id::OrderId) -> Result<Order, Error> {
        let found = self.orders.get(id, &Reader::Shop).await?;
        found.ok_or_else(|| format!("{id} is not there (yet)").into())
    }
}

fn mail_of(one: &Certificate, url: String) -> CertificateMail {
    CertificateMail {
        number: one.id.number().to_string(),
        title: one.title.clone(),
        serial: one.serial.as_ref().map(ToString::to_string),
        until: civil(one.ends),
        url,
    }
}
