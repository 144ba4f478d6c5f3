//! Claims on warranties: what a certificate does not cover is denied at once, with every reason; the rest waits for staff. And
//! the holder's second thoughts, while the item has not come.

mod form;

use contracts::Problem;
use contracts::ProblemKind;
use contracts::purchasing::Plain;
use contracts::warranty::{ClaimAnswer, ClaimRequest, DESCRIPTION, defect, destination};
use domain::id::{CertificateId, ClaimId};
use domain::order::RequestMark;
use domain::people::Action;
use domain::settings::ShopSettings;
use domain::shipping::ShippingSettings;
use domain::text::Digest;
use domain::warranty::{Claim, Claiming, Command, Defect, claim, decide};
use edge::auth::{Audience, Caller, Verifier};
use edge::http::idempotency_key;
use edge::orders::{Checks, mark, reader};
use edge::page::{refused, renewal};
use edge::warranties::{WarrantyDesk, claim_path};
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use serde::Deserialize;
use store::orders::Reader;
use store::settings::{Cached, SettingsTable};
use store::stamp::Cause;

/// The function.
pub const FUNCTION: Function = edge::http::http::<ClaimWarranty>();

/// Takes claims.
pub struct ClaimWarranty {
    context: Context,
    desk: WarrantyDesk,
    shop: Cached<ShopSettings>,
    shipping: Cached<ShippingSettings>,
    verifier: Verifier,
}

/// A holder's form about a claim that there is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Withdrawal {
    /// The secret of the certificate's link.
    #[serde(default)]
    token: String,
    #[serde(default)]
    idempotency_key: String,
}

impl HttpHandler for ClaimWarranty {
    fn new(context: &Context) -> Result<Self, Error> {
        let settings: SettingsTable = context.table()?;
        Ok(Self {
            desk: WarrantyDesk::new(context)?,
            shop: Cached::new(settings.clone()),
            shipping: Cached::new(settings),
            verifier: Verifier::new(context)?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        let caller = self.verifier.caller(request)?;
        match request.route() {
            "POST /api/warranty-claims" => {
                let asked: ClaimRequest = request.json()?;
                let reader = as_holder(&caller, request.query("token"))?;
                let made = self.make(request, &caller, &reader, mark(request)?, asked).await?;
                Response::json(201, &ClaimAnswer::from(&made))
            }
            "POST /api/warranty-claims/{id}/withdraw" => {
                let Plain {} = request.json()?;
                let done = self.withdraw(request, &caller, request.query("token"), mark(request)?).await?;
                Response::json(200, &ClaimAnswer::from(&done))
            }
            "GET /warranty/{id}/claim" => form::visited(self, request, &caller).await,
            "POST /warranty/{id}/claim" => form::sent(self, request, &caller).await,
            "POST /warranty-claims/{id}/withdraw" => {
                let form: Withdrawal = request.form()?;
                let token = Some(form.token.as_str()).filter(|token| !token.is_empty());
                if let (Caller::Guest, None, Some(renewal)) = (&caller, token, renewal(request, Audience::Shop)) {
                    return Ok(renewal);
                }
                let mark = idempotency_key(&form.idempotency_key);
                let mark = mark.map(|key| RequestMark { key, body: Digest::of(request.body()) });
                let done = self.withdraw(request, &caller, token, mark).await?;
                Ok(led_to(&done, token, "withdrawn"))
            }
            _ => Err(Problem::not_found("page")),
        }
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        refused(&self.context, request, &self.verifier, &self.shop, problem).await
    }
}

/// As whom a caller claims: who may not know of a certificate hears that there is none.
fn as_holder(caller: &Caller, token: Option<&str>) -> Result<Reader, Problem> {
    reader(caller, Action::DecideClaims, token)
        .map_err(|problem| if problem.kind == ProblemKind::NotFound { Problem::not_found("warranty") } else { problem })
}

/// To the claim's page, with what was done.
fn led_to(claim: &Claim, token: Option<&str>, done: &str) -> Response {
    let joint = if token.is_some() { '&' } else { '?' };
    Response::see_other(&format!("{}{joint}done={done}", claim_path(&claim.id, token)))
}

impl ClaimWarranty {
    async fn make(
        &self,
        request: &Request,
        caller: &Caller,
        reader: &Reader,
        mark: Option<RequestMark>,
        asked: ClaimRequest,
    ) -> Result<Claim, Problem> {
        let mut checks = Checks::default();
        let certificate = asked.certificate.trim().parse::<CertificateId>();
        if certificate.is_err() {
            checks.add("/certificate", "This is no warranty certificate's id.");
        }
        let defect = defect(&asked.defect).unwrap_or_else(|error| {
            checks.extend(vec![error]);
            Defect::NotWorking
        });
        let said = checks.paragraphs("/description", Some(&asked.description), DESCRIPTION);
        if said.is_none() {
            checks.add("/description", "Say what is wrong with it.");
        }
        let address = match asked.shipping_address.map(destination) {
            Some(Ok(address)) => Some(address),
            Some(Err(errors)) => {
                checks.extend(errors);
                None
            }
            None => None,
        };
        let id = checks.finish(certificate)?.map_err(|_| Problem::not_found("warranty"))?;
        let cause = Cause::new(caller.actor(), "warranty_claimed", request.correlation());
        let made = self.desk.make(&id, reader, &cause, mark, |one, order, now| {
            let claiming = Claiming {
                id: self.context.new_id(),
                defect,
                description: said.clone().unwrap_or_default(),
                address: address.clone(),
            };
            claim(one, order, claiming, now)
        });
        Ok(made.await?)
    }

    async fn withdraw(
        &self,
        request: &Request,
        caller: &Caller,
        token: Option<&str>,
        mark: Option<RequestMark>,
    ) -> Result<Claim, Problem> {
        let id: ClaimId = request.parse_parameter("id", "claim")?;
        let reader = reader(caller, Action::DecideClaims, token).map_err(|problem| {
            if problem.kind == ProblemKind::NotFound { Problem::not_found("claim") } else { problem }
        })?;
        let cause = Cause::new(caller.actor(), "claim_withdrawn", request.correlation());
        let done = self.desk.run(&id, &reader, &cause, mark, |case, now| {
            Ok(decide(&case.claim, &case.certificate, case.orders(), Command::Withdraw, now)?)
        });
        Ok(done.await?)
    }
}
