//! What mails say about returns, made of the return and its order.

use domain::Money;
use domain::calendar::{civil, day};
use domain::credit::CreditCode;
use domain::order::{Order, Refund, RefundCause};
use domain::returns::{Event, Quote, QuotedLine, Return, ReturnStatus};
use domain::settings::ShopSettings;
use edge::Error;
use edge::order_view::{purse, purse_of};
use pages::mails::{
    self, Mail, MailLine, ReturnApproved, ReturnCredited, ReturnExchanged, ReturnMail, ReturnNews, ReturnSettled,
};
use store::orders::Reader;

use crate::letters::{About, view_url};
use crate::{Letter, SendMail};

impl SendMail {
    /// The mail that a return's event asks for, if any: the return as it now is may have outrun what an event tells.
    pub(crate) async fn parcel(&self, event: &Event, shop: &ShopSettings) -> Result<Option<Letter>, Error> {
        let id = event.parcel();
        let Some(back) = self.returns.get(&id, &Reader::Shop).await? else {
            return Err(format!("{id} is not there (yet)").into());
        };
        let Some(order) = self.orders.get(&back.order, &Reader::Shop).await? else {
            return Err(format!("{} is not there", back.order).into());
        };
        let view_url = view_url(&order, &self.url, &self.key);
        let token = order.id.view_secret(&self.key).reveal();
        let about = About { order: &order, shop, url: &self.url, view_url };
        let told = Told { back: &back, order: &order, about: &about, url: &self.url, token: &token };
        let mail = match event {
            // Approved at once: that mail says everything.
            Event::Requested { .. } if back.status != ReturnStatus::Requested => None,
            Event::Requested { .. } => Some(mails::return_requested(&about.sender(), &told.quoted())),
            // Called off, or over, since.
            Event::Approved { .. } | Event::LabelIssued { .. } if back.status.comes_to_nothing() => None,
            Event::Expired { .. } if back.status != ReturnStatus::Expired => None,
            Event::Approved { .. } => Some(mails::return_approved(&about.sender(), &self.sendable(&told, shop).await?)),
            Event::LabelIssued { .. } => Some(mails::return_label(&about.sender(), &self.sendable(&told, shop).await?)),
            Event::Declined { .. } => Some(mails::return_declined(&about.sender(), &told.news())),
            // Looked at already: that mail says it.
            Event::Received { .. } if back.status != ReturnStatus::Received => None,
            Event::Received { .. } => Some(mails::return_received(&about.sender(), &told.quoted())),
            Event::Rejected { .. } => Some(mails::return_rejected(&about.sender(), &told.news())),
            Event::Refunded { .. } => told.settled(),
            Event::Credited { .. } => told.credited(CreditCode::of(&back.email, order.currency(), &self.key)),
            Event::Exchanged { .. } => self.exchanged(&told).await?,
            Event::SentBack { .. } => Some(mails::return_sent_back(&about.sender(), &told.news())),
            Event::Canceled { .. } => Some(mails::return_canceled(&about.sender(), &told.quoted())),
            Event::Expired { .. } => Some(mails::return_expired(&about.sender(), &told.quoted())),
            Event::HandedOver { .. } | Event::Inspected { .. } | Event::Closed { .. } | Event::Pictured { .. } => None,
        };
        Ok(mail.map(|mail| Letter::new(back.email.clone(), mail)))
    }

    /// What is had instead, what it leaves to pay or to go back.
    async fn exchanged(&self, told: &Told<'_>) -> Result<Option<Mail>, Error> {
        let (Some(settled), Some(id)) = (&told.back.settled, &told.back.exchanged) else { return Ok(None) };
        let Some(new) = self.orders.get(id, &Reader::Shop).await? else {
            return Err(format!("{id} is not there (yet)").into());
        };
        let new_url = view_url(&new, &self.url, &self.key);
        let about = About { order: &new, shop: told.about.shop, url: &self.url, view_url: new_url.clone() };
        let left = Money::new(settled.refund.amount - new.exchanged().amount, new.currency());
        let missing = new.to_pay();
        let view = ReturnExchanged {
            mail: told.mail(settled, settled.lines.clone()),
            new_number: new.number.to_string(),
            new_url,
            goods: about.goods(),
            total: new.totals.total.format(),
            to_pay: missing.is_positive().then(|| (missing.format(), day(new.hold.until))),
            back: left.is_positive().then(|| (left.format(), purse(told.order).to_owned())),
            notes: told.notes(),
        };
        Ok(Some(mails::return_exchanged(&about.sender(), &view)))
    }

    /// What the buyer sends the parcel by.
    async fn sendable(&self, told: &Told<'_>, shop: &ShopSettings) -> Result<ReturnApproved, Error> {
        Ok(ReturnApproved {
            mail: told.quoted(),
            due: told.back.due.map(civil).unwrap_or_default(),
            slip_url: format!("{}/returns/{}/slip.pdf?token={}", told.url, told.back.id, told.token),
            send_to: self.destination.address(shop, self.context.now()).await?,
            label_url: told.back.label.as_ref().and_then(|label| label.label_url.clone()),
        })
    }
}

/// A return, its order, and who writes about it.
struct Told<'a> {
    back: &'a Return,
    order: &'a Order,
    about: &'a About<'a>,
    url: &'a str,
    token: &'a str,
}

impl Told<'_> {
    fn lines(&self, lines: impl Iterator<Item = QuotedLine>) -> Vec<MailLine> {
        let of = |line: QuotedLine| {
            let known = self.order.line(&line.sku);
            MailLine {
                title: known.map_or_else(|| line.sku.to_string(), |known| known.title.clone()),
                option: None,
                quantity: line.quantity.get(),
                total: Some(line.worth.format()),
                thumbnail: known.map(|known| self.about.picture(known)),
            }
        };
        lines.map(of).collect()
    }

    fn mail(&self, quote: &Quote, lines: Vec<QuotedLine>) -> ReturnMail {
        let mut lowered: Vec<_> = lines.iter().flat_map(|line| line.reductions.clone()).collect();
        lowered.extend(quote.reductions.iter().copied());
        ReturnMail {
            number: self.back.id.number().to_string(),
            order_number: self.back.order_number.to_string(),
            view_url: format!("{}/returns/{}?token={}", self.url, self.back.id, self.token),
            lines: self.lines(lines.into_iter()),
            sums: edge::return_view::sum_rows(quote.shipping, &lowered),
            refund: quote.refund.format(),
        }
    }

    /// As it was quoted.
    fn quoted(&self) -> ReturnMail {
        self.mail(&self.back.quote, self.back.lines.iter().map(|line| line.quoted.clone()).collect())
    }

    fn news(&self) -> ReturnNews {
        let parcel = self.back.way_back.as_ref().map(|parcel| match &parcel.tracking {
            Some(number) => format!("{}, {number}", parcel.carrier),
            None => parcel.carrier.clone(),
        });
        ReturnNews { mail: self.quoted(), reason: self.back.reason.clone(), parcel }
    }

    /// What is on store credit, and the code that opens it. Where nothing is, that it is done.
    fn credited(&self, code: CreditCode) -> Option<Mail> {
        let settled = self.back.settled.as_ref()?;
        let own = code.account();
        let on_own = self.refunds().into_iter().filter(|refund| self.order.credited(refund, || own) == Some(own));
        let credited = Money::sum(settled.refund.currency, on_own.map(|refund| refund.amount)).ok()?;
        if !credited.is_positive() {
            return self.settled();
        }
        let mut notes = self.notes();
        let rest = Money::new(settled.refund.amount - credited.amount, credited.currency);
        notes.extend(rest.is_positive().then(|| format!("{} went back to the store credit that paid.", rest.format())));
        let mut mail = self.mail(settled, settled.lines.clone());
        mail.refund = credited.format();
        let (code, shop_url) = (code.reveal(), self.url.to_owned());
        let view = ReturnCredited { mail, code, shop_url, notes };
        Some(mails::return_credited(&self.about.sender(), &view))
    }

    /// What went back for it.
    fn refunds(&self) -> Vec<&Refund> {
        let reason = format!("return {}", self.back.id.number());
        let of_it = |refund: &&Refund| {
            refund.cause == RefundCause::Returned && refund.reason.as_deref() == Some(reason.as_str())
        };
        self.order.refunds.iter().filter(of_it).collect()
    }

    /// Why it is less than was quoted.
    fn notes(&self) -> Vec<String> {
        let deduction = self.back.deduction.as_ref();
        let mut notes: Vec<String> =
            deduction.map(|one| format!("Kept for wear: {}", one.reason)).into_iter().collect();
        let rejected: u32 = self.back.lines.iter().map(|line| line.rejected).sum();
        let missing: u32 = self.back.lines.iter().map(domain::returns::ReturnLine::missing).sum();
        if rejected > 0 {
            let reason = self.back.reason.as_deref().unwrap_or("see the items");
            notes.push(format!("{rejected} not taken back: {reason}. Reply to this mail and we send it to you again."));
        }
        if missing > 0 {
            notes.push(format!("{missing} not in the parcel."));
        }
        notes
    }

    /// What went back, with why it is less than was quoted.
    fn settled(&self) -> Option<Mail> {
        let settled = self.back.settled.as_ref()?;
        let refunds = self.refunds();
        let credit_alone = refunds.iter().all(|refund| self.order.is_credited(refund));
        let view = ReturnSettled {
            mail: self.mail(settled, settled.lines.clone()),
            to: match refunds.as_slice() {
                [only] => purse_of(self.order, only),
                _ => purse(self.order),
            }
            .to_owned(),
            takes: (!credit_alone).then(|| "3–5 days".to_owned()),
            due: refunds.iter().any(|refund| refund.by_hand),
            notes: self.notes(),
        };
        Some(mails::return_settled(&self.about.sender(), &view))
    }
}
