//! What each mail says, made of the order.

use domain::Money;
use domain::calendar::day;
use domain::order::{Order, OrderLine, OrderStatus, PaymentMethod, RefundCause};
use domain::settings::{PaymentSettings, ShopSettings};
use domain::stock::SkuQuantity;
use domain::text::{Quantity, Sku};
use edge::order_view::{credit_rows, purse, purse_of};
use pages::mails::{self, Mail, MailLine, OrderMail};

/// The order's page, with the secret that opens it.
pub(crate) fn view_url(order: &Order, url: &str, key: &[u8]) -> String {
    format!("{url}/orders/{}?token={}", order.id, order.id.view_secret(key).reveal())
}

/// The sign-in link's mail.
pub(crate) fn sign_in(shop: &ShopSettings, url: &str, staff: bool, secret: &str) -> Mail {
    let path = if staff { "/desk/sign-in/confirm" } else { "/sign-in/confirm" };
    let view =
        mails::SignInLink { url: format!("{url}{path}?token={secret}"), lives: "15 minutes".to_owned(), desk: staff };
    mails::sign_in_link(&sender(shop, url), &view)
}

/// The shop, as its mails are signed.
pub(crate) fn sender(shop: &ShopSettings, url: &str) -> mails::Shop {
    mails::Shop {
        name: shop.name.clone(),
        url: url.to_owned(),
        support_email: shop.support_email.to_string(),
        imprint: shop.legal_address.lines().map(str::to_owned).collect(),
    }
}

/// An order, and the shop that writes about it.
pub(crate) struct About<'a> {
    pub(crate) order: &'a Order,
    pub(crate) shop: &'a ShopSettings,
    pub(crate) url: &'a str,
    pub(crate) view_url: String,
}

impl About<'_> {
    /// A bank transfer is awaited: how to pay. A card order has no such mail.
    pub(crate) fn received(&self, payments: &PaymentSettings) -> Option<Mail> {
        let order = self.order;
        // What was to pay when it was placed: it may have come since.
        let amount = order.priced_in_money();
        let account = match (order.payment_method, &payments.bank_transfer) {
            (PaymentMethod::BankTransfer, Some(account)) if !amount.is_zero() => account,
            (PaymentMethod::BankTransfer | PaymentMethod::Card, _) => return None,
        };
        let fact = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut instructions = vec![
            fact("Recipient", &account.account_holder),
            fact("IBAN", &grouped(&account.iban)),
            fact("Reference", &order.number.to_string()),
            fact("Amount", &amount.format()),
        ];
        instructions.extend(account.bic.as_deref().map(|bic| fact("BIC", bic)));
        let view = mails::OrderReceived {
            order: self.whole(),
            amount: amount.format(),
            pay_until: day(order.hold.until),
            instructions,
        };
        Some(mails::order_received(&self.sender(), &view))
    }

    /// The link to its page, for who lost it.
    pub(crate) fn link(&self) -> Mail {
        mails::order_link(&self.sender(), &self.order.number.to_string(), &self.view_url)
    }

    /// The money is here.
    pub(crate) fn confirmed(&self) -> Mail {
        let view = mails::OrderConfirmed { order: self.whole(), paid: self.order.totals.total.format() };
        mails::order_confirmed(&self.sender(), &view)
    }

    /// A parcel left.
    pub(crate) fn shipped(&self, shipment: u16) -> Option<Mail> {
        let order = self.order;
        let index = usize::from(shipment);
        let parcel = order.shipments.get(index)?;
        let gone = |sku: &Sku| -> u32 {
            let parcels = order.shipments[..=index].iter().flat_map(|parcel| &parcel.lines);
            parcels.filter(|line| line.sku == *sku).map(|line| line.quantity.get()).sum()
        };
        let to_come = |line: &OrderLine| line.quantity.get().saturating_sub(line.dropped);
        let left: u32 = order.lines.iter().map(|line| to_come(line).saturating_sub(gone(&line.sku))).sum();
        let view = mails::OrderShipped {
            order: OrderMail {
                lines: self.lines(&parcel.lines),
                totals: Vec::new(),
                total: String::new(),
                ..self.whole()
            },
            carrier: parcel.carrier.clone(),
            tracking: parcel.tracking.clone().unwrap_or_else(|| "none".to_owned()),
            tracking_url: None,
            expected: None,
            rest: match left {
                0 => None,
                1 => Some("1 more item follows in another parcel.".to_owned()),
                more => Some(format!("{more} more items follow in another parcel.")),
            },
        };
        Some(mails::order_shipped(&self.sender(), &view))
    }

    /// Something of it is not there: what waits, and what will not come. Nothing, where neither is so any more.
    pub(crate) fn short(&self) -> Option<Mail> {
        let order = self.order;
        let dropped = order.lines.iter().filter_map(|line| {
            let quantity = Quantity::new(line.dropped).ok()?;
            Some(SkuQuantity { sku: line.sku.clone(), quantity })
        });
        let dropped: Vec<SkuQuantity> = dropped.collect();
        if order.status == OrderStatus::Canceled || order.backordered.is_empty() && dropped.is_empty() {
            return None;
        }
        let back = order.refunds.iter().filter(|refund| refund.cause == RefundCause::OutOfStock);
        let money = match Money::sum(order.currency(), back.map(|refund| refund.amount)) {
            Ok(back) if back.is_positive() => format!("We'll send {} back to {}.", back.format(), purse(self.order)),
            Ok(_) | Err(_) => "What you paid for it has gone back already.".to_owned(),
        };
        let view = mails::OrderShort {
            order: self.whole(),
            waiting: self.lines(&order.backordered),
            dropped: self.lines(&dropped),
            money,
            rest_is_sent: order.lines.iter().any(|line| line.shipped > 0 || order.ready(line) > 0),
        };
        Some(mails::order_short(&self.sender(), &view))
    }

    /// It was called off.
    pub(crate) fn canceled(&self) -> Mail {
        let order = self.order;
        let money = if order.captured.is_zero() {
            "You haven't been charged.".to_owned()
        } else {
            let back = order.refunds.iter().filter(|refund| refund.cause == RefundCause::Canceled);
            match Money::sum(order.currency(), back.map(|refund| refund.amount)) {
                Ok(back) if back.is_positive() => {
                    format!("We'll send {} back to {}.", back.format(), purse(self.order))
                }
                Ok(_) | Err(_) => "What you paid has gone back already.".to_owned(),
            }
        };
        let reason = match &order.cancel_reason {
            Some(reason) => format!("Your order was cancelled: {reason}."),
            None => "Your order was cancelled.".to_owned(),
        };
        let view = mails::OrderCanceled { order: self.whole(), reason, money };
        mails::order_canceled(&self.sender(), &view)
    }

    /// Nobody paid in time. Whoever left the card's page had no mail about the order, and gets none about its end.
    pub(crate) fn expired(&self) -> Option<Mail> {
        let order = self.order;
        let unpaid = order.status == OrderStatus::Expired && order.is_prepaid_alone();
        let told = order.payment_method == PaymentMethod::BankTransfer || order.exchanged().is_positive();
        if !told || !unpaid {
            return None;
        }
        let view = mails::OrderCanceled {
            order: self.whole(),
            reason: "No payment came in time, so your order is cancelled.".to_owned(),
            money: if order.payments.is_empty() {
                "If you sent it just now, we'll send it back or fill the order once it arrives.".to_owned()
            } else {
                "What was paid of it before goes back. If you sent the rest just now, we'll send that back too."
                    .to_owned()
            },
        };
        Some(mails::order_canceled(&self.sender(), &view))
    }

    /// Money went back.
    pub(crate) fn refunded(&self, refund: u16) -> Option<Mail> {
        let refund = self.order.refunds.get(usize::from(refund))?;
        // The order that it goes back to tells when it is with the payer.
        if self.order.passed_on(refund).is_some() {
            return None;
        }
        let order = OrderMail { lines: self.lines(&refund.lines), ..self.whole() };
        let (amount, to) = (refund.amount.format(), purse_of(self.order, refund).to_owned());
        let takes = (!self.order.is_credited(refund)).then(|| "3–5 days".to_owned());
        let reason = match refund.cause {
            RefundCause::Late => {
                let takes = "3–5 days".to_owned();
                let view = mails::PaymentLateRefunded { order: self.whole(), amount, to, takes };
                return Some(mails::payment_late_refunded(&self.sender(), &view));
            }
            RefundCause::Requested => refund.reason.clone().map(|reason| format!("Reason: {reason}.")),
            RefundCause::Canceled => Some("The order was cancelled.".to_owned()),
            RefundCause::Duplicate => Some("The order had been paid already.".to_owned()),
            RefundCause::Provider => None,
            RefundCause::OutOfStock => Some("It is not in stock any more.".to_owned()),
            // The mail about the return, or the claim, said it all, but where staff had to send it first.
            RefundCause::Returned | RefundCause::Claimed if !refund.by_hand => return None,
            RefundCause::Claimed => Some("You claimed on its warranty.".to_owned()),
            RefundCause::Returned => Some("Items came back.".to_owned()),
            RefundCause::Unexchanged => Some(match refund.passes_on {
                Some(of) => format!("It had paid for order {}, and comes back from it.", of.order.number()),
                None => "It comes back from another order.".to_owned(),
            }),
            RefundCause::Unpaid => Some("The order was not paid in time.".to_owned()),
            RefundCause::Short => Some("The payment was less than the order cost, and its time is over.".to_owned()),
        };
        let view = mails::OrderRefunded { order, amount, to, takes, reason };
        Some(mails::order_refunded(&self.sender(), &view))
    }

    pub(crate) fn sender(&self) -> mails::Shop {
        sender(self.shop, self.url)
    }

    /// Where the picture of a line is: what staff uploaded, or else what is drawn from the SKU, in dots.
    pub(crate) fn picture(&self, line: &OrderLine) -> String {
        match &line.image {
            Some(key) => format!("{}/media/{key}", self.url),
            None => format!("{}/images/{}.v1.png", self.url, line.sku),
        }
    }

    fn lines(&self, lines: &[SkuQuantity]) -> Vec<MailLine> {
        let of = |line: &SkuQuantity| MailLine {
            title: self.order.line(&line.sku).map_or_else(|| line.sku.to_string(), |known| known.title.clone()),
            option: None,
            quantity: line.quantity.get(),
            total: None,
            thumbnail: self.order.line(&line.sku).map(|known| self.picture(known)),
        };
        lines.iter().map(of).collect()
    }

    /// All that was bought.
    pub(crate) fn goods(&self) -> Vec<MailLine> {
        let line = |line: &OrderLine| MailLine {
            title: line.title.clone(),
            option: None,
            quantity: line.quantity.get(),
            total: line.total().ok().map(Money::format),
            thumbnail: Some(self.picture(line)),
        };
        self.order.lines.iter().map(line).collect()
    }

    fn whole(&self) -> OrderMail {
        let (order, totals) = (self.order, &self.order.totals);
        let row = |name: &str, amount: Money| (name.to_owned(), amount.format());
        let mut rows = vec![row("Items", totals.items)];
        if !totals.discount.is_zero() {
            rows.push(row("Discount", totals.discount));
        }
        rows.push(if totals.shipping.is_zero() {
            ("Delivery".to_owned(), "Free".to_owned())
        } else {
            row("Delivery", totals.shipping)
        });
        if !totals.tax_included && !totals.tax.is_zero() {
            rows.push(row("Tax", totals.tax));
        }
        OrderMail {
            number: order.number.to_string(),
            view_url: self.view_url.clone(),
            lines: self.goods(),
            totals: rows,
            total: totals.total.format(),
            paid: credit_rows(order).into_iter().map(|(name, sum)| (name.to_owned(), sum)).collect(),
            tax_note: (totals.tax_included && !totals.tax.is_zero())
                .then(|| format!("Includes {} tax", totals.tax.format())),
            address: order.shipping_address.lines(),
            arrives: None,
        }
    }
}

/// An IBAN in groups of four, as it stands on paper.
fn grouped(iban: &str) -> String {
    let characters: Vec<char> = iban.chars().collect();
    characters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}
