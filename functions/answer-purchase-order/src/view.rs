//! The order as its supplier sees it.

use contracts::Problem;
use domain::Money;
use domain::calendar::{civil, day};
use domain::purchasing::{AnswerStatus, PurchaseLine, PurchaseOrder, PurchaseStatus};
use edge::desk::form_errors;
use edge::http::unavailable;
use edge::page::form_key;
use edge::{Request, Response};
use pages::components::{FormErrors, Notice, Tone};
use pages::layout::{Head, supplier_page};
use pages::supplier::{SupplierAnswered, SupplierLine, SupplierOrder, SupplierTyped, SupplierWays, order as page};

use crate::AnswerPurchaseOrder;
use crate::typed::Typed;

/// The page, with what was typed and what is wrong with it where it was refused.
pub(crate) async fn show(
    shop: &AnswerPurchaseOrder,
    request: &Request,
    token: &str,
    order: &PurchaseOrder,
    refused: Option<(&Typed, &Problem)>,
) -> Result<Response, Problem> {
    let places = shop.places().await?;
    let skus: Vec<_> = order.lines.iter().map(|line| line.sku.clone()).collect();
    let offers = shop.stock.offers(&skus).await.map_err(|error| unavailable(&error))?;
    let (frame, settings) = shop.frame(request).await;
    let several = order.locations().len() > 1;
    let line = |(index, line): (usize, &PurchaseLine)| SupplierLine {
        sku: line.sku.to_string(),
        title: offers.get(&line.sku).map(|offer| offer.listing.title.clone()).unwrap_or_default(),
        location: if several { places.name(&line.location) } else { String::new() },
        quantity: line.quantity.to_string(),
        unit_cost: line.unit_cost.map(Money::format).unwrap_or_default(),
        total: line.unit_cost.and_then(|cost| cost.times(line.quantity).ok()).map(Money::format).unwrap_or_default(),
        proposed: refused
            .and_then(|(typed, _)| typed.quantity(index))
            .map_or_else(|| line.quantity.to_string(), str::to_owned),
    };
    let over = over(order);
    let errors = refused.map_or_else(FormErrors::none, |(_, problem)| form_errors(problem));
    let status = if refused.is_some() { 422 } else { 200 };
    let view = SupplierOrder {
        number: order.id.number().to_string(),
        shop_name: settings.name.clone(),
        action: format!("/supplier/{token}"),
        answered: request.query("done").filter(|_| refused.is_none() && over.is_none()).and_then(answered),
        over,
        notice: notice(order),
        ways: ways(order),
        lines: order.lines.iter().enumerate().map(line).collect(),
        total: order.total().ok().flatten().map(Money::format).unwrap_or_default(),
        deliver_to: order.locations().into_iter().flat_map(|place| places.address(place, &settings.name)).collect(),
        wanted_by: order.expected.map(civil).unwrap_or_default(),
        facts: order.sent.map(|sent| ("Ordered on".to_owned(), day(sent))).into_iter().collect(),
        files: if order.is_with_supplier() { files(token) } else { Vec::new() },
        typed: refused.map(|(typed, _)| again(typed)).unwrap_or_default(),
        csrf: frame.csrf(),
        idempotency_key: form_key(&shop.context),
        errors,
    };
    let head = Head::private(format!("Purchase order {}", view.number)).failed(&view.errors);
    // The page names the shop itself.
    let lines = settings.legal_address.lines().filter(|line| *line != settings.name);
    let lines: Vec<String> = lines.map(str::to_owned).collect();
    let markup = supplier_page(&head, &frame.context, &lines, &page(&view));
    Ok(frame.whole(status, markup))
}

fn files(token: &str) -> Vec<(String, String)> {
    let file = |end: &str| (format!("/supplier/{token}/order.{end}"), format!("As {}", end.to_uppercase()));
    vec![file("pdf"), file("csv")]
}

fn again(typed: &Typed) -> SupplierTyped {
    let text = |name: &str| typed.text(name).to_owned();
    SupplierTyped { answer: text("answer"), expected: text("expected"), note: text("note"), reason: text("reason") }
}

fn ways(order: &PurchaseOrder) -> SupplierWays {
    let open = order.is_with_supplier();
    SupplierWays {
        accept: open && matches!(order.answer, AnswerStatus::Awaited | AnswerStatus::Proposed),
        propose: open && order.answer != AnswerStatus::None,
        refuse: open && order.status != PurchaseStatus::PartiallyReceived,
    }
}

fn over(order: &PurchaseOrder) -> Option<(String, String)> {
    let (title, sentence) = match order.status {
        PurchaseStatus::Canceled if order.is_refused() => {
            ("You refused this order", "It is cancelled. Thank you for saying so.")
        }
        PurchaseStatus::Canceled => ("This order is cancelled", "Please do not deliver it."),
        PurchaseStatus::OnHold => ("This order is on hold", "Please wait until you hear from us."),
        PurchaseStatus::Received | PurchaseStatus::Closed => {
            ("This order is done", "What was to come has come. Thank you.")
        }
        PurchaseStatus::Suggested
        | PurchaseStatus::Draft
        | PurchaseStatus::Approved
        | PurchaseStatus::Sent
        | PurchaseStatus::Acknowledged
        | PurchaseStatus::PartiallyReceived => return None,
    };
    Some((title.to_owned(), sentence.to_owned()))
}

fn notice(order: &PurchaseOrder) -> Option<Notice> {
    match order.answer {
        AnswerStatus::Accepted => Some(Notice::new(Tone::Ok, "You accepted this order.")),
        AnswerStatus::Proposed => {
            let said = Notice::new(Tone::Info, "You proposed a change.");
            Some(Notice { detail: Some("We look at it and write back.".to_owned()), ..said })
        }
        AnswerStatus::None | AnswerStatus::Awaited | AnswerStatus::Refused => None,
    }
}

fn answered(word: &str) -> Option<SupplierAnswered> {
    let (title, next): (&str, &[&str]) = match word {
        "accepted" => (
            "Thank you. You accepted the order.",
            &["We expect it as it stands below. Should anything change, tell us here: the link stays good."],
        ),
        "proposed" => {
            ("Thank you. We have your proposal.", &["We look at it and write back. Nothing is changed until then."])
        }
        _ => return None,
    };
    Some(SupplierAnswered { title: title.to_owned(), next: next.iter().map(|text| (*text).to_owned()).collect() })
}
