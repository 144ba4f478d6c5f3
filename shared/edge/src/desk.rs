//! The desk at its edge: who visits, the frame around its pages, and how a form is told no.
//!
//! Knows cookies, roles and the words that operations lead back with; knows no page.

use contracts::{Problem, ProblemKind};
use domain::calendar::moment;
use domain::id::{ClaimId, ImportId, OrderId, PurchaseOrderId, ReturnId, TransferId};
use domain::people::{Action, Role};
use domain::settings::ShopSettings;
use maud::html;
use pages::Markup;
use pages::components::{Field, FormErrors, Notice, Tone, facts};
use pages::desk::{FormAgain, form_again};
use pages::layout::{self, DeskContext, Head, Section, desk_bare_page};

use crate::auth::{Audience, Caller, Person, Verifier};
use crate::context::Context;
use crate::http::{Cookie, Request, Response, encoded};
use crate::page::{failure, label, refusal_body, renewal};

/// A request of somebody who is staff.
#[derive(Debug)]
pub struct Visit<'a> {
    /// What is asked.
    pub request: &'a Request,
    /// Who asks.
    pub person: Person,
    /// What they may do.
    pub role: Role,
}

impl<'a> Visit<'a> {
    /// The visit that a request is.
    ///
    /// # Errors
    /// 401 for everybody who is not staff: [`refused`] leads a browser to where it signs in.
    pub fn of(request: &'a Request, verifier: &Verifier) -> Result<Self, Problem> {
        match verifier.caller(request)? {
            Caller::Staff(person, role) => Ok(Self { request, person, role }),
            Caller::Guest | Caller::Customer(_) => Err(Problem::unauthenticated()),
        }
    }

    /// # Errors
    /// 403 where the role may not.
    pub fn needs(&self, action: Action) -> Result<(), Problem> {
        self.caller().staff(action).map(|_| ())
    }

    /// Who asks, as other routes know them.
    pub fn caller(&self) -> Caller {
        Caller::Staff(self.person.clone(), self.role)
    }
}

/// The frame of a desk page.
#[derive(Debug)]
pub struct DeskFrame {
    /// What the layout shows.
    pub context: DeskContext,
    cookie: Option<Cookie>,
}

impl DeskFrame {
    /// The frame for a visit, with the answer to what was just done.
    pub fn new(context: &Context, visit: &Visit<'_>, shop: &ShopSettings, section: Option<Section>) -> Self {
        let (csrf, cookie) = visit.request.csrf(context);
        let sections = Section::ALL.into_iter().filter(|section| visit.role.may(needed(*section))).collect();
        // Only the local engine serves a shop without TLS, and its clock may stand anywhere.
        let local = !visit.request.is_secure();
        Self {
            context: DeskContext {
                shop_name: shop.name.clone(),
                person: visit.person.email.to_string(),
                role: visit.role.to_string(),
                csrf,
                section,
                sections,
                strip: local.then(|| format!("LOCAL · the clock stands at {} UTC", moment(context.now()))),
                flash: visit.request.query("done").and_then(done).map(|said| Notice::new(Tone::Ok, said)),
            },
            cookie,
        }
    }

    /// The token for the page's forms.
    pub fn csrf(&self) -> String {
        self.context.csrf.clone()
    }

    /// A page of the desk.
    pub fn page(self, status: u16, head: &Head, body: &Markup) -> Response {
        let markup = layout::desk_page(head, &self.context, body);
        Response::page(status, markup.into_string()).cookie(self.cookie)
    }

    /// The page that says no.
    pub fn refuse(self, request: &Request, problem: &Problem) -> Response {
        let markup = layout::desk_failure(&failure(request, problem), &self.context);
        Response::page(problem.kind.status(), markup.into_string()).cookie(self.cookie)
    }
}

/// What a role has to be allowed for a section of the desk to be shown to it.
const fn needed(section: Section) -> Action {
    match section {
        Section::Orders => Action::ViewOrders,
        Section::Returns => Action::ViewReturns,
        Section::Claims => Action::ViewClaims,
        Section::Products => Action::ViewCatalog,
        Section::Stock => Action::ViewStock,
        Section::Transfers => Action::ViewTransfers,
        Section::Reorders | Section::PurchaseOrders | Section::Suppliers => Action::ViewPurchasing,
        Section::Costs => Action::ViewCosts,
        Section::Settings => Action::ViewSettings,
        Section::Staff => Action::EditStaff,
    }
}

/// What the operations say was done, by the word that they lead back with.
fn done(word: &str) -> Option<&'static str> {
    Some(match word {
        "paid" => "Marked as paid.",
        "shipped" => "Shipped. The customer gets a mail.",
        "delivered" => "Marked as delivered.",
        "canceled" => "Cancelled. The customer gets a mail.",
        "backorder-canceled" => "What waited is called off. The customer gets a mail.",
        "refunded" => "Refunded.",
        "refund-sent" => "Marked as sent.",
        "saved" => "Saved.",
        "adjusted" => "Booked.",
        "backorders" => "Saved. From now on as many are sold beyond what is there.",
        "spread" => "Spread evenly.",
        "rule-ended" => "The rule has ended. What it suggested leaves its order in a moment.",
        "looked" => "Every SKU with a rule is looked at in the next moments.",
        "dismissed" => "Dismissed. It is suggested again once there was enough of it.",
        "drafted" => "The draft is saved.",
        "approved" => "Approved.",
        "sent" => "Sent. The supplier gets a mail.",
        "received" => "Booked.",
        "on-its-way" => "Sent. It is incoming where it goes.",
        "turned-back" => "Cancelled. Everything is back where it left.",
        "change-taken" => "Taken. The supplier gets a mail.",
        "change-rejected" => "Rejected. The supplier gets a mail.",
        "held" => "Put on hold.",
        "resumed" => "It goes on.",
        "called-off" => "Cancelled.",
        "closed" => "Closed.",
        "declined" => "Declined. The customer gets a mail.",
        "label-issued" => "The customer gets a mail with the label.",
        "inspected" => "Saved.",
        "return-settled" => "Settled. The customer gets a mail.",
        "sent-back" => "Sent back. The customer gets a mail.",
        "return-closed" => "Closed.",
        "claim-approved" => "Approved. The holder gets a mail.",
        "claim-denied" => "Denied. The holder gets a mail.",
        "claim-received" => "Booked. The holder gets a mail.",
        "claim-diagnosed" => "Saved.",
        "claim-repair" => "The repair has begun.",
        "claim-resolved" => "Done. The holder gets a mail.",
        "uploaded" => "The picture is added.",
        "removed" => "The picture is removed.",
        _ => return None,
    })
}

/// What is wrong, by the names of a form's fields: `/variants/0/sku` is `variants.0.sku`. What no field is to blame for
/// stands for the form as a whole.
pub fn form_errors(problem: &Problem) -> FormErrors {
    let named = problem.errors.iter().map(|error| (field_of(&error.pointer), error.detail.clone()));
    let mut errors: FormErrors = named.collect();
    if errors.is_empty() {
        errors.add("", problem.detail.clone());
    }
    errors
}

fn field_of(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace('/', ".")
}

/// Says no to a browser at the desk. Whoever is not signed in goes where they sign in, and comes back; with what they
/// typed, where their session can be renewed. A short form is shown again with what was typed; else a page says why,
/// with the way back. Reads nothing, so that it can be shown whatever broke.
pub fn refused(request: &Request, problem: &Problem) -> Response {
    if problem.kind == ProblemKind::Unauthenticated {
        if let Some(renewal) = renewal(request, Audience::Staff) {
            return renewal;
        }
        if !request.is_form() {
            let to = match (request.method() == http::Method::GET, request.path()) {
                (false, _) | (true, "/desk") => "/desk/sign-in".to_owned(),
                (true, _) => format!("/desk/sign-in?return_to={}", encoded(request.path_and_query())),
            };
            return Response::see_other(&to).header("cache-control", "no-store");
        }
    }
    let head = Head { failed: true, ..Head::private(problem.kind.title()) };
    let body = if request.is_form() && !problem.errors.is_empty() {
        form_again(&again(request, problem))
    } else {
        let (href, words) = way_back(request, problem);
        html! {
            (refusal_body(request, problem, (&href, words)))
            @let typed = typed(request);
            @if !typed.is_empty() { h2 { "What you typed" } (facts(&typed)) }
        }
    };
    Response::page(problem.kind.status(), desk_bare_page(&head, "", &body).into_string())
}

/// The fields that nobody sees.
const HIDDEN: [&str; 2] = ["csrf", "idempotency_key"];

fn is_hidden(name: &str) -> bool {
    HIDDEN.contains(&name) || name.starts_with("line.") && (name.ends_with(".sku") || name.ends_with(".location"))
}

fn typed(request: &Request) -> Vec<(String, String)> {
    let typed = request.typed();
    let seen = typed.iter().filter(|(name, value)| !is_hidden(name) && !value.is_empty());
    seen.map(|(name, value)| (name_of(name, &typed), value.clone())).collect()
}

fn again(request: &Request, problem: &Problem) -> FormAgain {
    let errors = form_errors(problem);
    let typed = request.typed();
    let (hidden, seen): (Vec<_>, Vec<_>) = typed.clone().into_iter().partition(|(name, _)| is_hidden(name));
    let act = label(request.path().rsplit('/').next().unwrap_or_default());
    let (back, back_words) = way_back(request, problem);
    FormAgain {
        act,
        action: request.path().to_owned(),
        hidden,
        fields: seen
            .into_iter()
            .map(|(name, value)| {
                let label = name_of(&name, &typed);
                Field::text(name, label).value(value).errors(&errors).unmarked()
            })
            .collect(),
        errors,
        back,
        back_words: back_words.to_owned(),
    }
}

/// A field's name in words: `quantity.MUG-1` and, of a line that names its SKU, `line.0.quantity` are "Quantity of MUG-1".
fn name_of(field: &str, typed: &[(String, String)]) -> String {
    if let Some(sku) = field.strip_prefix("quantity.") {
        return format!("Quantity of {sku}");
    }
    let Some((row, cell)) = field.strip_prefix("line.").and_then(|rest| rest.split_once('.')) else {
        return label(field);
    };
    let sku = typed.iter().find(|(name, _)| *name == format!("line.{row}.sku"));
    format!("{} of {}", label(cell), sku.map_or(row, |(_, sku)| sku))
}

fn way_back(request: &Request, problem: &Problem) -> (String, &'static str) {
    if problem.kind == ProblemKind::Unauthenticated {
        return ("/desk/sign-in".to_owned(), "Sign in");
    }
    let named = request.parameter("id").unwrap_or_default();
    if let Ok(import) = named.parse::<ImportId>() {
        return (format!("/desk/stock/imports/{import}"), "Back to the import");
    }
    if let Ok(transfer) = named.parse::<TransferId>() {
        return (format!("/desk/transfers/{transfer}"), "Back to the transfer");
    }
    if let Ok(back) = named.parse::<ReturnId>() {
        return (format!("/desk/returns/{back}"), "Back to the return");
    }
    if let Ok(claim) = named.parse::<ClaimId>() {
        return (format!("/desk/claims/{claim}"), "Back to the claim");
    }
    match (named.parse::<OrderId>(), named.parse::<PurchaseOrderId>()) {
        (Ok(order), _) => (format!("/desk/orders/{order}"), "Back to the order"),
        (_, Ok(order)) => (format!("/desk/purchase-orders/{order}"), "Back to the purchase order"),
        (Err(_), Err(_)) => ("/desk".to_owned(), "To the desk"),
    }
}
