//! Passes a warranty certificate on: its holder offers it by mail, whoever gets the mail takes it by the link.
//!
//! The former holder's link opens nothing from then on. Who opens the page of an offer sees the item, nothing of its holder.

use contracts::purchasing::Plain;
use contracts::warranty::{CertificateAnswer, OfferRequest};
use contracts::{Problem, ProblemKind};
use domain::calendar::{civil, date, day};
use domain::id::CertificateId;
use domain::order::RequestMark;
use domain::people::Action;
use domain::settings::ShopSettings;
use domain::text::{Digest, Email, Secret};
use domain::warranty::{Certificate, CertificateEvent, Defect};
use edge::auth::{Audience, Caller, Verifier};
use edge::http::{encoded, idempotency_key, unavailable};
use edge::orders::{NotDone, mark, reader};
use edge::page::{ShopFrame, picture, refused, renewal};
use edge::warranties::{WarrantyDesk, certificate_path};
use edge::warranty_view::cover_words;
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use pages::layout::Head;
use pages::shop::{CertificateAccept, accept_page};
use serde::Deserialize;
use store::orders::{Reader, same};
use store::settings::{Cached, SettingsTable};
use store::stamp::Cause;

/// The function.
pub const FUNCTION: Function = edge::http::http::<PassOnWarranty>();

/// Passes warranties on.
pub struct PassOnWarranty {
    context: Context,
    desk: WarrantyDesk,
    shop: Cached<ShopSettings>,
    verifier: Verifier,
    key: Vec<u8>,
}

/// A form of the holder's, or of whoever takes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(default)]
    email: String,
    /// The secret of a link.
    #[serde(default)]
    token: String,
    #[serde(default)]
    idempotency_key: String,
}

impl HttpHandler for PassOnWarranty {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            desk: WarrantyDesk::new(context)?,
            shop: Cached::new(context.table::<SettingsTable>()?),
            verifier: Verifier::new(context)?,
            key: context.require("ORDER_KEY")?.into_bytes(),
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        let caller = self.verifier.caller(request)?;
        let token = request.query("token").map(str::to_owned);
        match request.route() {
            "POST /api/warranties/{id}/offer" => {
                let reader = as_holder(&caller, token.as_deref())?;
                let OfferRequest { email } = request.json()?;
                let done = self.offer(request, &caller, &reader, &email, mark(request)?).await?;
                Response::json(200, &CertificateAnswer::of(&done, matches!(caller, Caller::Staff(..))))
            }
            "POST /api/warranties/{id}/keep" => {
                let reader = as_holder(&caller, token.as_deref())?;
                let Plain {} = request.json()?;
                let done = self.keep(request, &caller, &reader, mark(request)?).await?;
                Response::json(200, &CertificateAnswer::of(&done, matches!(caller, Caller::Staff(..))))
            }
            "POST /api/warranties/{id}/accept" => {
                let Plain {} = request.json()?;
                let done = self.take(request, &caller, token.as_deref()).await?;
                Response::json(200, &CertificateAnswer::of(&done, false))
            }
            "GET /warranty/{id}/accept" => self.offered(request, &caller, token.as_deref()).await,
            "POST /warranty/{id}/accept" => {
                let form: Form = request.form()?;
                let done = self.take(request, &caller, Some(&form.token)).await?;
                let token = done.id.view_secret(done.passed, &self.key).reveal();
                Ok(led_back(&done.id, Some(&token), "done=taken"))
            }
            "POST /warranty/{id}/offer" | "POST /warranty/{id}/keep" => self.formed(request, &caller).await,
            _ => Err(Problem::not_found("page")),
        }
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        refused(&self.context, request, &self.verifier, &self.shop, problem).await
    }
}

/// Back to the certificate's page, with what was done or what was wrong.
fn led_back(id: &CertificateId, token: Option<&str>, said: &str) -> Response {
    let joint = if token.is_some() { '&' } else { '?' };
    Response::see_other(&format!("{}{joint}{said}", certificate_path(id, token)))
}

/// As whom a caller passes it on: who may not know of a certificate hears that there is none.
fn as_holder(caller: &Caller, token: Option<&str>) -> Result<Reader, Problem> {
    reader(caller, Action::DecideClaims, token)
        .map_err(|problem| if problem.kind == ProblemKind::NotFound { Problem::not_found("warranty") } else { problem })
}

impl PassOnWarranty {
    async fn formed(&self, request: &Request, caller: &Caller) -> Result<Response, Problem> {
        let form: Form = request.form()?;
        let token = Some(form.token.as_str()).filter(|token| !token.is_empty());
        if let (Caller::Guest, None, Some(renewal)) = (caller, token, renewal(request, Audience::Shop)) {
            return Ok(renewal);
        }
        let mark =
            idempotency_key(&form.idempotency_key).map(|key| RequestMark { key, body: Digest::of(request.body()) });
        let reader = as_holder(caller, token)?;
        if request.act() == "keep" {
            let done = self.keep(request, caller, &reader, mark).await?;
            return Ok(led_back(&done.id, token, "done=kept"));
        }
        match self.offer(request, caller, &reader, &form.email, mark).await {
            Ok(done) => Ok(led_back(&done.id, token, "done=offered")),
            Err(problem) if matches!(problem.kind, ProblemKind::Malformed | ProblemKind::Unprocessable) => {
                let id = request.parse_parameter("id", "warranty")?;
                let wrong = problem.members.get("code").and_then(|code| code.as_str()).unwrap_or("email");
                Ok(led_back(&id, token, &format!("problem={wrong}&email={}", encoded(&form.email))))
            }
            Err(problem) => Err(problem),
        }
    }

    async fn offer(
        &self,
        request: &Request,
        caller: &Caller,
        reader: &Reader,
        email: &str,
        mark: Option<RequestMark>,
    ) -> Result<Certificate, Problem> {
        let id: CertificateId = request.parse_parameter("id", "warranty")?;
        let cause = Cause::new(caller.actor(), "warranty_offered", request.correlation());
        let offered = self.desk.change(&id, reader, &cause, mark, |one, now| {
            let email = Email::new(email.to_owned()).map_err(|_| {
                NotDone::Told(Problem::field("/email", "Enter an email address, like name@example.com."))
            })?;
            let token = id.offer_secret(now, &self.key).digest();
            Ok((one.offer_to(email, token, now)?, vec![CertificateEvent::Offered { certificate: id }]))
        });
        Ok(offered.await?)
    }

    async fn keep(
        &self,
        request: &Request,
        caller: &Caller,
        reader: &Reader,
        mark: Option<RequestMark>,
    ) -> Result<Certificate, Problem> {
        let id: CertificateId = request.parse_parameter("id", "warranty")?;
        let cause = Cause::new(caller.actor(), "warranty_kept", request.correlation());
        let kept = self.desk.change(&id, reader, &cause, mark, |one, _| {
            Ok((one.keep()?, vec![CertificateEvent::Kept { certificate: id }]))
        });
        Ok(kept.await?)
    }

    /// The certificate that the link of an offer opens; to whoever has another link there is none.
    async fn behind(&self, request: &Request, token: Option<&str>) -> Result<(Certificate, Digest), Problem> {
        let none = || Problem::not_found("warranty");
        let id: CertificateId = request.parse_parameter("id", "warranty")?;
        let token = token.and_then(|token| token.parse::<Secret>().ok()).ok_or_else(none)?.digest();
        let one = self.desk.certificate(&id, &Reader::Shop).await?;
        let good = one.offered.as_ref().is_some_and(|offer| same(&offer.token_hash, &token));
        if good { Ok((one, token)) } else { Err(none()) }
    }

    async fn take(&self, request: &Request, caller: &Caller, token: Option<&str>) -> Result<Certificate, Problem> {
        let (one, token) = self.behind(request, token).await?;
        let owner = match caller {
            Caller::Customer(person) => Some(person.id),
            Caller::Guest | Caller::Staff(..) => None,
        };
        let cause = Cause::new(caller.actor(), "warranty_taken", request.correlation());
        let taken = self.desk.change(&one.id, &Reader::Shop, &cause, None, |one, now| {
            // Another offer was made since the link was looked at.
            if !one.offered.as_ref().is_some_and(|offer| same(&offer.token_hash, &token)) {
                return Err(NotDone::Told(Problem::not_found("warranty")));
            }
            let secret = one.id.view_secret(one.passed + 1, &self.key);
            let certificate = one.id;
            // One mail an event: to the holder of now, and to the one before.
            let told = vec![CertificateEvent::PassedOn { certificate }, CertificateEvent::LetGo { certificate }];
            Ok((one.taken(owner, secret.digest(), now)?, told))
        });
        Ok(taken.await?)
    }

    /// GET /warranty/{id}/accept
    async fn offered(&self, request: &Request, caller: &Caller, token: Option<&str>) -> Result<Response, Problem> {
        let (one, _) = self.behind(request, token).await?;
        let now = self.context.now();
        let Some(offer) = one.offer(now) else {
            return Err(contracts::refusal::problem(&domain::Refusal::NotOffered));
        };
        let settings = self.shop.get(now).await.map_err(|error| unavailable(&error))?;
        let frame = ShopFrame::new(&self.context, request, caller, &settings);
        let words = |covered: bool| {
            let of = Defect::ALL.iter().filter(|defect| one.excluded.contains(defect) != covered);
            of.map(|defect| cover_words(*defect).to_owned()).collect()
        };
        let over = if one.is_over(date(now)) { " (over)" } else { "" };
        let view = CertificateAccept {
            number: one.id.number().to_string(),
            title: one.title.clone(),
            image: picture(&one.sku, one.image.as_deref(), ""),
            serial: one.serial.as_ref().map(ToString::to_string),
            ends: format!("{}{over}", civil(one.ends)),
            covered: words(true),
            excluded: words(false),
            email: offer.email.to_string(),
            until: day(offer.until),
            action: format!("/warranty/{}/accept", one.id),
            token: token.unwrap_or_default().to_owned(),
            csrf: frame.csrf(),
        };
        Ok(frame.page(200, &Head::private("A warranty for you"), &accept_page(&view)))
    }
}
