//! The steps' forms: what was chosen, and the request itself.

use contracts::returns::{AskedLine, ReturnRequest};
use contracts::{Problem, ProblemKind};
use domain::Money;
use domain::order::RequestMark;
use domain::people::Action;
use domain::text::Digest;
use edge::auth::{Audience, Caller};
use edge::http::idempotency_key;
use edge::orders::reader;
use edge::page::{cart_removal, renewal};
use edge::{Request, Response};

use crate::{RequestReturn, led_back, view};

/// What a buyer has chosen so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chosen {
    /// SKU, quantity and reason as they were typed, in the order of the form.
    pub(crate) lines: Vec<(String, String, String)>,
    pub(crate) comment: String,
    pub(crate) resolution: String,
    /// The cart with what is wanted instead.
    pub(crate) cart: String,
    /// What goes back, as the review showed it: `1999 EUR`.
    expected: Option<Money>,
    /// The key of the form.
    key: String,
    /// The secret of a guest's link.
    pub(crate) token: Option<String>,
}

impl Chosen {
    /// Reads `quantity.<sku>`, `reason.<sku>`, `comment`, `resolution`, `cart_id`, `token`, `step` and `idempotency_key`.
    pub(crate) fn of(fields: impl IntoIterator<Item = (String, String)>) -> Result<Self, Problem> {
        let mut chosen = Self::default();
        for (name, value) in fields {
            if let Some(sku) = name.strip_prefix("quantity.") {
                chosen.line(sku).1 = value.trim().to_owned();
            } else if let Some(sku) = name.strip_prefix("reason.") {
                chosen.line(sku).2 = value;
            } else {
                match name.as_str() {
                    "comment" => chosen.comment = value,
                    "resolution" => chosen.resolution = value,
                    "cart_id" => chosen.cart = value,
                    "token" => chosen.token = Some(value).filter(|token| !token.is_empty()),
                    "expected_refund" => chosen.expected = read_sum(&value),
                    "idempotency_key" => chosen.key = value,
                    "step" => {}
                    _ => return Err(Problem::field(format!("/{name}"), "There is no such field.")),
                }
            }
        }
        Ok(chosen)
    }

    fn line(&mut self, sku: &str) -> &mut (String, String, String) {
        let place = self.lines.iter().position(|line| line.0 == sku).unwrap_or_else(|| {
            self.lines.push((sku.to_owned(), String::new(), String::new()));
            self.lines.len() - 1
        });
        &mut self.lines[place]
    }

    /// What was typed of a SKU: quantity and reason.
    pub(crate) fn typed(&self, sku: &str) -> (&str, &str) {
        let line = self.lines.iter().find(|line| line.0 == sku);
        line.map_or(("", ""), |(_, quantity, reason)| (quantity, reason))
    }

    /// The lines of which something is wanted.
    pub(crate) fn wanted(&self) -> impl Iterator<Item = &(String, String, String)> {
        self.lines.iter().filter(|(_, quantity, _)| !matches!(quantity.as_str(), "" | "0"))
    }

    /// The same as a program would ask for it; what is no number is none.
    pub(crate) fn request(&self, order: &str) -> ReturnRequest {
        let line = |(sku, quantity, reason): &(String, String, String)| AskedLine {
            sku: sku.clone(),
            quantity: quantity.parse().unwrap_or(0),
            reason: reason.clone(),
        };
        ReturnRequest {
            order_id: order.to_owned(),
            lines: self.wanted().map(line).collect(),
            comment: Some(self.comment.clone()),
            resolution: Some(self.resolution.clone()).filter(|resolution| !resolution.is_empty()),
            cart_id: Some(self.cart.clone()).filter(|cart| !cart.is_empty()),
            expected_refund: self.expected,
        }
    }

    /// A problem's errors by the fields of the form.
    pub(crate) fn errors(&self, problem: &Problem) -> pages::components::FormErrors {
        let skus: Vec<&str> = self.wanted().map(|line| line.0.as_str()).collect();
        let mut errors = pages::components::FormErrors::default();
        for error in &problem.errors {
            let of_line = error.pointer.strip_prefix("/lines/").and_then(|rest| rest.split_once('/'));
            match of_line.and_then(|(row, field)| Some((skus.get(row.parse::<usize>().ok()?)?, field))) {
                Some((sku, "reason")) => errors.add(format!("reason.{sku}"), reason_words(&error.detail)),
                Some((sku, _)) => errors.add(format!("quantity.{sku}"), error.detail.clone()),
                None => errors.add(error.pointer.trim_start_matches('/'), error.detail.clone()),
            }
        }
        if problem.errors.is_empty() {
            errors.add("", problem.detail.clone());
        }
        errors
    }
}

/// A sum as the review's form carries it.
pub(crate) fn write_sum(sum: Money) -> String {
    format!("{} {}", sum.amount, sum.currency)
}

fn read_sum(text: &str) -> Option<Money> {
    let (amount, currency) = text.split_once(' ')?;
    Some(Money::new(amount.parse().ok()?, currency.parse().ok()?))
}

/// What a program is told of the names of reasons says nothing to a buyer.
fn reason_words(detail: &str) -> String {
    if detail.starts_with("Must be one of") { "Choose a reason.".to_owned() } else { detail.to_owned() }
}

/// POST /orders/{id}/return
pub(crate) async fn asked(shop: &RequestReturn, request: &Request, caller: &Caller) -> Result<Response, Problem> {
    let chosen = Chosen::of(request.form::<Vec<(String, String)>>()?)?;
    let token = chosen.token.clone();
    if let (Caller::Guest, None, Some(renewal)) = (caller, &token, renewal(request, Audience::Shop)) {
        return Ok(renewal);
    }
    let reader = reader(caller, Action::DecideReturns, token.as_deref())?;
    let id = request.parameter("id")?;
    // A form that is pressed twice is one request.
    let mark = idempotency_key(&chosen.key).map(|key| RequestMark { key, body: Digest::of(request.body()) });
    match shop.ask(request, caller, &reader, mark, &chosen.request(&id)).await {
        Ok(back) if back.wanted.is_some() => {
            // What was in the cart is asked for now.
            let [cart, pieces] = cart_removal();
            Ok(led_back(&back.id, token.as_deref(), "requested").cookie(cart).cookie(pieces))
        }
        Ok(back) => Ok(led_back(&back.id, token.as_deref(), "requested")),
        // Something else became of the order meanwhile, or a field is wrong: the step once more, with what was typed.
        Err(problem)
            if matches!(
                problem.kind,
                ProblemKind::Malformed
                    | ProblemKind::Conflict
                    | ProblemKind::OutOfStock
                    | ProblemKind::Unprocessable
                    | ProblemKind::CartOrdered
            ) =>
        {
            view::again(shop, request, caller, &chosen, &problem).await
        }
        Err(problem) => Err(problem),
    }
}
