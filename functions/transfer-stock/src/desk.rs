//! The desk's pages of transfers: their list, and one with what its state and the role allow.

use std::collections::BTreeMap;

use contracts::Problem;
use domain::FieldError;
use domain::calendar::moment;
use domain::id::TransferId;
use domain::order::RequestMark;
use domain::people::Action;
use domain::settings::Location;
use domain::stock::Offer;
use domain::text::{Digest, LocationId, Sku};
use domain::transfer::{
    Command, Deed, Happened, Transfer, TransferLine, TransferReceiptDraft, TransferReceiptLine, TransferStatus,
    TransferStep,
};
use edge::Response;
use edge::deciding::shown_rev;
use edge::desk::{Visit, form_errors};
use edge::http::{encoded, idempotency_key, unavailable};
use edge::page::form_key;
use pages::components::{Badge, Event, FormErrors, Pager, Tab};
use pages::desk::{self, TransferLineRow, TransferReceiving, TransferRow, TransferView, Transfers};
use pages::layout::Head;
use store::stamp::Cause;
use store::stock::{TRANSFER_CANCELED, TRANSFER_RECEIVED};

use crate::TransferStock;
use crate::transfers::{load, places, read, run};

/// What the list shows, by its address.
const ALL: &str = "/desk/transfers?view=all";
const ON_THE_ROAD: &str = "/desk/transfers";

/// GET /desk/transfers
pub(crate) async fn list(shop: &TransferStock, visit: &Visit<'_>) -> Result<Response, Problem> {
    let request = visit.request;
    let all = request.query("view") == Some("all");
    let on_the_road = |transfer: &Transfer| transfer.lines.iter().any(|line| transfer.incoming(line) > 0);
    let (found, next) = read(shop, request.query("cursor"), |transfer| all || on_the_road(transfer)).await?;
    let places = places(shop, &[]).await?;
    let here = if all { ALL } else { ON_THE_ROAD };
    let more = |cursor: String| format!("{here}{}cursor={}", if all { "&" } else { "?" }, encoded(&cursor));
    let tab = |words: &str, href: &str| Tab {
        words: words.to_owned(),
        href: href.to_owned(),
        current: href == here,
        count: None,
    };
    let page = Transfers {
        views: vec![tab("On the road", ON_THE_ROAD), tab("All", ALL)],
        rows: found.iter().map(|transfer| row(transfer, &places)).collect(),
        pager: Pager {
            first: request.query("cursor").map(|_| here.to_owned()),
            next: next.map(|next| more(next.to_string())),
        },
        nothing: if all { "Transfers between locations appear here." } else { "What is on the road appears here." }
            .to_owned(),
        may_send: visit.role.may(Action::TransferStock),
    };
    let frame = shop.frame(visit).await?;
    Ok(frame.page(200, &Head::private("Transfers"), &desk::transfers(&page)))
}

/// What people call a location, where there still is one.
fn name(places: &[Location], id: &LocationId) -> String {
    places.iter().find(|place| place.id == *id).map_or_else(|| id.to_string(), |place| place.name.clone())
}

const fn state(status: TransferStatus) -> Badge {
    match status {
        TransferStatus::InTransit => Badge::InTransit,
        TransferStatus::PartiallyReceived => Badge::PartReceived,
        TransferStatus::Received => Badge::Received,
        TransferStatus::Canceled => Badge::Cancelled,
    }
}

fn row(transfer: &Transfer, places: &[Location]) -> TransferRow {
    let units: u32 = transfer.lines.iter().map(|line| line.quantity).sum();
    let in_transit: u32 = transfer.lines.iter().map(|line| transfer.incoming(line)).sum();
    TransferRow {
        number: transfer.id.number().to_string(),
        href: format!("/desk/transfers/{}", transfer.id),
        from: name(places, &transfer.from),
        to: name(places, &transfer.to),
        state: state(transfer.status),
        lines: transfer.lines.len().to_string(),
        units: units.to_string(),
        in_transit: in_transit.to_string(),
        sent: moment(transfer.sent),
        sent_at: transfer.sent.to_string(),
    }
}

/// GET /desk/transfers/{id}
pub(crate) async fn transfer(shop: &TransferStock, visit: &Visit<'_>) -> Result<Response, Problem> {
    let transfer = load(shop, &visit.request.parse_parameter("id", "transfer")?).await?;
    show(shop, visit, &transfer, None).await
}

/// A form that was refused: what was typed, row by row, and what is wrong with it.
struct Refused {
    typed: BTreeMap<Sku, [String; 3]>,
    errors: FormErrors,
}

async fn show(
    shop: &TransferStock,
    visit: &Visit<'_>,
    transfer: &Transfer,
    refused: Option<Refused>,
) -> Result<Response, Problem> {
    let skus: Vec<Sku> = transfer.lines.iter().map(|line| line.sku.clone()).collect();
    let offers = shop.stock.offers(&skus).await.map_err(|error| unavailable(&error))?;
    let places = places(shop, &[]).await?;
    let frame = shop.frame(visit).await?;
    let status = if refused.is_some() { 422 } else { 200 };
    let (typed, errors) = refused.map(|refused| (refused.typed, refused.errors)).unwrap_or_default();
    let may = visit.role.may(Action::TransferStock);
    let legal = |step| may && transfer.status.after(step).is_ok();
    let mut facts =
        vec![("From".to_owned(), name(&places, &transfer.from)), ("To".to_owned(), name(&places, &transfer.to))];
    facts.extend(transfer.note.clone().map(|note| ("Note".to_owned(), note)));
    let view = TransferView {
        number: transfer.id.number().to_string(),
        base: format!("/desk/transfers/{}", transfer.id),
        made: format!("Sent {}", moment(transfer.sent)),
        state: Some(state(transfer.status)),
        facts,
        lines: transfer.lines.iter().map(|line| line_row(transfer, line, &offers)).collect(),
        receive: legal(TransferStep::ReceivePart)
            .then(|| open(transfer).map(|line| receiving(line, typed.get(&line.sku))).collect()),
        cancel: legal(TransferStep::Cancel).then(|| name(&places, &transfer.from)),
        events: transfer.happened.iter().rev().enumerate().map(|(index, one)| event(one, index == 0)).collect(),
        csrf: frame.csrf(),
        // The operations tell by the rev whether the transfer is still the one that was shown.
        idempotency_key: format!("{}-{}", transfer.rev, form_key(&shop.context)),
        errors,
    };
    let head = Head::private(format!("Transfer {}", view.number)).failed(&view.errors);
    Ok(frame.page(status, &head, &desk::transfer(&view)))
}

/// The lines that something can still come of.
fn open(transfer: &Transfer) -> impl Iterator<Item = &TransferLine> {
    transfer.lines.iter().filter(|line| line.in_transit() > 0)
}

fn line_row(transfer: &Transfer, line: &TransferLine, offers: &BTreeMap<Sku, Offer>) -> TransferLineRow {
    TransferLineRow {
        sku: line.sku.to_string(),
        href: format!("/desk/stock/{}", line.sku),
        title: offers.get(&line.sku).map(|offer| offer.listing.title.clone()).unwrap_or_default(),
        sent: line.quantity.to_string(),
        received: line.received.to_string(),
        damaged: line.damaged.to_string(),
        missing: line.missing.to_string(),
        in_transit: transfer.incoming(line).to_string(),
    }
}

fn receiving(line: &TransferLine, typed: Option<&[String; 3]>) -> TransferReceiving {
    let all_came = || [line.in_transit().to_string(), String::new(), String::new()];
    let [received, damaged, missing] = typed.cloned().unwrap_or_else(all_came);
    TransferReceiving {
        sku: line.sku.to_string(),
        in_transit: line.in_transit().to_string(),
        received,
        damaged,
        missing,
    }
}

fn event(happened: &Happened, now: bool) -> Event {
    let (what, detail) = match happened.what {
        Deed::Sent => ("Sent", None),
        Deed::Received { received, damaged, missing } => {
            let parts = [(received, "good"), (damaged, "damaged"), (missing, "missing")];
            let told = parts.iter().filter(|(units, _)| *units > 0).map(|(units, word)| format!("{units} {word}"));
            ("Received", Some(told.collect::<Vec<_>>().join(", ")))
        }
        Deed::Canceled => ("Cancelled", None),
    };
    Event {
        what: what.to_owned(),
        detail,
        link: None,
        when: moment(happened.at),
        at: happened.at.to_string(),
        // A member of the staff: `owner:per_..`.
        who: Some(happened.who.split(':').next().unwrap_or_default().to_owned()),
        now,
    }
}

/// POST /desk/transfers/{id}/receive
pub(crate) async fn receive(shop: &TransferStock, visit: &Visit<'_>) -> Result<Response, Problem> {
    let id: TransferId = visit.request.parse_parameter("id", "transfer")?;
    let rows = Rows::of(visit)?;
    match rows.receive(shop, visit, &id).await {
        Ok(transfer) => Ok(Response::see_other(&format!("/desk/transfers/{}?done=received", transfer.id))),
        Err(problem) if problem.kind.status() < 500 => {
            let transfer = load(shop, &id).await?;
            let refused = rows.refused(&problem, &transfer);
            show(shop, visit, &transfer, Some(refused)).await
        }
        Err(problem) => Err(problem),
    }
}

/// POST /desk/transfers/{id}/cancel
pub(crate) async fn cancel(shop: &TransferStock, visit: &Visit<'_>) -> Result<Response, Problem> {
    let id = visit.request.parse_parameter("id", "transfer")?;
    let Rows { key, .. } = Rows::of(visit)?;
    let cause = Cause::new(visit.caller().actor(), TRANSFER_CANCELED, visit.request.correlation());
    let mark = marked(&key, "cancel");
    let transfer = run(shop, &id, &Command::Cancel, mark, shown_rev(&key), &cause).await?;
    Ok(Response::see_other(&format!("/desk/transfers/{}?done=turned-back", transfer.id)))
}

/// The mark of a form that is pressed twice.
fn marked(key: &str, body: &str) -> Option<RequestMark> {
    Some(RequestMark { key: idempotency_key(key)?, body: Digest::of(body.as_bytes()) })
}

/// The desk's form: of `line.<n>.sku` came `line.<n>.received` good and `line.<n>.damaged` damaged units, and
/// `line.<n>.missing` do not come. What is empty is none.
struct Rows {
    rows: BTreeMap<usize, BTreeMap<String, String>>,
    key: String,
}

const CELLS: [&str; 3] = ["received", "damaged", "missing"];

impl Rows {
    fn of(visit: &Visit<'_>) -> Result<Self, Problem> {
        let fields: Vec<(String, String)> = visit.request.form()?;
        let (mut rows, mut key) = (BTreeMap::<usize, BTreeMap<String, String>>::new(), String::new());
        for (name, value) in fields {
            let cell = name.strip_prefix("line.").and_then(|rest| rest.split_once('.'));
            match cell.and_then(|(row, field)| Some((row.parse().ok()?, field.to_owned()))) {
                Some((row, field)) => drop(rows.entry(row).or_default().insert(field, value.trim().to_owned())),
                None if name == "idempotency_key" => key = value,
                None => return Err(Problem::field(format!("/{name}"), "There is no such field.")),
            }
        }
        Ok(Self { rows, key })
    }

    fn text(&self, row: usize, field: &str) -> &str {
        self.rows.get(&row).and_then(|cells| cells.get(field)).map(String::as_str).unwrap_or_default()
    }

    /// The lines of which something was typed, each with its row.
    fn lines(&self) -> Result<Vec<(usize, TransferReceiptLine)>, Problem> {
        let (mut lines, mut errors) = (Vec::new(), Vec::new());
        for row in self.rows.keys().copied() {
            let mut wrong = |field: &str, detail: &str| {
                errors.push(FieldError { pointer: format!("/line/{row}/{field}"), detail: detail.to_owned() });
                0
            };
            let [received, damaged, missing] = CELLS.map(|field| match self.text(row, field) {
                "" => 0,
                typed => typed.parse::<u32>().unwrap_or_else(|_| wrong(field, "Enter a whole number.")),
            });
            match self.text(row, "sku").parse() {
                Ok(sku) => lines.push((row, TransferReceiptLine { sku, received, damaged, missing })),
                Err(_) => drop(wrong("sku", "There is no such line.")),
            }
        }
        lines.retain(|(_, line)| line.units() > 0);
        match (errors.is_empty(), lines.is_empty()) {
            (true, false) => Ok(lines),
            (true, true) => Err(Problem::field("/line/0/received", "Enter how many of at least one line came.")),
            (false, _) => Err(Problem::fields(errors)),
        }
    }

    async fn receive(&self, shop: &TransferStock, visit: &Visit<'_>, id: &TransferId) -> Result<Transfer, Problem> {
        let (rows, lines): (Vec<usize>, Vec<_>) = self.lines()?.into_iter().unzip();
        let body = format!("{lines:?}");
        let receipt = TransferReceiptDraft { lines }.check().map_err(|mut errors| {
            for error in &mut errors {
                let line = error.pointer.strip_prefix("/lines/").and_then(|rest| rest.split_once('/'));
                let row = line.and_then(|(line, field)| Some((rows.get(line.parse::<usize>().ok()?)?, field)));
                if let Some((row, field)) = row {
                    error.pointer = format!("/line/{row}/{field}");
                }
            }
            Problem::fields(errors)
        })?;
        let cause = Cause::new(visit.caller().actor(), TRANSFER_RECEIVED, visit.request.correlation());
        let mark = marked(&self.key, &body);
        run(shop, id, &Command::Receive { receipt }, mark, shown_rev(&self.key), &cause).await
    }

    /// What was typed and what is wrong with it, at the rows that the transfer's page now has.
    fn refused(&self, problem: &Problem, transfer: &Transfer) -> Refused {
        let skus: BTreeMap<usize, Sku> =
            self.rows.keys().filter_map(|row| Some((*row, self.text(*row, "sku").parse().ok()?))).collect();
        let place = |sku: &Sku| open(transfer).position(|line| line.sku == *sku);
        let mut renamed = problem.clone();
        for error in &mut renamed.errors {
            let cell = error.pointer.strip_prefix("/line/").and_then(|rest| rest.split_once('/'));
            let now = cell.and_then(|(row, field)| Some((place(skus.get(&row.parse().ok()?)?)?, field)));
            if let Some((row, field)) = now {
                error.pointer = format!("/line/{row}/{field}");
            }
        }
        let short = problem
            .members
            .get("sku")
            .and_then(|sku| sku.as_str())
            .and_then(|sku| skus.values().find(|known| known.as_str() == sku));
        if let Some(row) = short.and_then(place) {
            let pointer = format!("/line/{row}/received");
            renamed.errors.push(FieldError { pointer, detail: problem.detail.clone() });
        }
        let cells = |row: usize| CELLS.map(|field| self.text(row, field).to_owned());
        let typed = skus.into_iter().map(|(row, sku)| (sku, cells(row))).collect();
        Refused { typed, errors: form_errors(&renamed) }
    }
}
