//! What a supplier typed.

use std::collections::BTreeMap;

use contracts::Problem;
use domain::FieldError;
use domain::purchasing::{Command, Proposal, ProposedLine, PurchaseLine, PurchaseOrder};
use edge::Request;
use edge::orders::{Checks, REASON};
use jiff::civil::Date;

/// The fields of the three forms.
#[derive(Debug, Default)]
pub(crate) struct Typed {
    fields: BTreeMap<String, String>,
}

impl Typed {
    pub(crate) fn read(request: &Request) -> Result<Self, Problem> {
        let pairs: Vec<(String, String)> = request.form()?;
        Ok(Self { fields: pairs.into_iter().collect() })
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        self.fields.get(name).map(String::as_str).unwrap_or_default().trim()
    }

    /// How many of a line would come, as typed.
    pub(crate) fn quantity(&self, index: usize) -> Option<&str> {
        self.fields.get(&format!("line.{index}.quantity")).map(|text| text.trim())
    }

    /// What it means for `order`, and the word that the page then shows.
    pub(crate) fn command(&self, order: &PurchaseOrder, today: Date) -> Result<(Command, &'static str), Problem> {
        match self.text("answer") {
            "accept" => Ok((Command::Accept, "accepted")),
            "propose" => Ok((Command::Propose { proposal: self.proposal(order, today)? }, "proposed")),
            "refuse" => {
                let mut checks = Checks::default();
                let reason = checks.required("/reason", self.text("reason"), REASON, "Enter why.");
                Ok((Command::Refuse { reason: checks.finish(reason)? }, "refused"))
            }
            _ => Err(Problem::field("/answer", "Accept, propose a change or refuse.")),
        }
    }

    fn proposal(&self, order: &PurchaseOrder, today: Date) -> Result<Proposal, Problem> {
        let mut errors = Vec::new();
        let mut wrong = |pointer: String, detail: &str| errors.push(FieldError { pointer, detail: detail.to_owned() });
        let day = self.text("expected");
        let expected = match day.parse::<Date>() {
            Ok(day) if order.expected == Some(day) => None,
            Ok(day) => Some(day),
            Err(_) if day.is_empty() => None,
            Err(_) => {
                wrong("/expected".to_owned(), "Enter a day, like 2026-06-24.");
                None
            }
        };
        let mut lines = Vec::new();
        for (index, PurchaseLine { sku, location, quantity: ordered, .. }) in order.lines.iter().enumerate() {
            let Some(text) = self.quantity(index) else { continue };
            match text.parse::<u32>() {
                Ok(quantity) if quantity == *ordered => {}
                Ok(quantity) => lines.push(ProposedLine { sku: sku.clone(), location: location.clone(), quantity }),
                Err(_) => wrong(format!("/line/{index}/quantity"), "Enter a whole number; 0 for none."),
            }
        }
        let note = Some(self.text("note").replace("\r\n", "\n")).filter(|note| !note.is_empty());
        let proposal = Proposal { expected, lines, note };
        if let Err(found) = proposal.check(today) {
            errors.extend(
                found
                    .into_iter()
                    .map(|error| FieldError { pointer: renamed(&error.pointer, order, &proposal), ..error }),
            );
        }
        if errors.is_empty() { Ok(proposal) } else { Err(Problem::fields(errors)) }
    }
}

/// The field of the form that a part of the proposal came from.
fn renamed(pointer: &str, order: &PurchaseOrder, proposal: &Proposal) -> String {
    let Some((index, _)) = pointer.strip_prefix("/lines/").and_then(|rest| rest.split_once('/')) else {
        return if pointer == "/lines" || pointer.is_empty() { "/expected".to_owned() } else { pointer.to_owned() };
    };
    let line = index.parse::<usize>().ok().and_then(|index| proposal.lines.get(index));
    let place = line.and_then(|line| {
        order.lines.iter().position(|known| (&known.sku, &known.location) == (&line.sku, &line.location))
    });
    format!("/line/{}/quantity", place.unwrap_or_default())
}
