//! Warranty certificates and claims as they are read: by programs, by holders on their pages, by staff at the desk.
//!
//! It only reads: every form posts to the operation's own route. What a caller may not see is answered as what there is not.

mod desk;
mod holder;
mod list;
mod qr;

use contracts::warranty::{CertificateAnswer, ClaimAnswer};
use contracts::{Problem, ProblemKind};
use domain::id::{CertificateId, ClaimId};
use domain::people::Action;
use domain::settings::{Setting, ShopSettings};
use edge::auth::{Caller, Verifier};
use edge::desk::Visit;
use edge::http::unavailable;
use edge::orders::reader;
use edge::page::refused;
use edge::returns::Destination;
use edge::warranties::WarrantyDesk;
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use store::lists::Lists;
use store::orders::Reader;
use store::settings::{Cached, SettingsTable};

/// The function.
pub const FUNCTION: Function = edge::http::http::<ShowWarranty>();

/// Shows warranties.
pub struct ShowWarranty {
    key: Vec<u8>,
    /// Where the shop is: what a code leads to.
    url: String,
    context: Context,
    desk: WarrantyDesk,
    lists: Lists,
    shop: Cached<ShopSettings>,
    destination: Destination,
    verifier: Verifier,
}

impl HttpHandler for ShowWarranty {
    fn new(context: &Context) -> Result<Self, Error> {
        let settings: SettingsTable = context.table()?;
        Ok(Self {
            desk: WarrantyDesk::new(context)?,
            lists: context.table()?,
            destination: Destination::new(&settings),
            shop: Cached::new(settings),
            verifier: Verifier::new(context)?,
            key: context.require("ORDER_KEY")?.into_bytes(),
            url: context.require("SHOP_URL")?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        match request.route() {
            "GET /api/warranties" => list::certificates(self, request).await,
            "GET /api/warranties/{id}" => {
                let (id, reader, caller) = self.named::<CertificateId>(request, "warranty")?;
                let one = self.desk.certificate(&id, &reader).await?;
                Response::json(200, &CertificateAnswer::of(&one, matches!(caller, Caller::Staff(..))))
            }
            "GET /api/warranty-claims" => list::claims(self, request).await,
            "GET /api/warranty-claims/{id}" => {
                let (id, reader, _) = self.named::<ClaimId>(request, "claim")?;
                Response::json(200, &ClaimAnswer::from(&self.desk.claim(&id, &reader).await?))
            }
            "GET /warranty" => holder::home(self, request).await,
            "GET /warranty/{id}" => holder::certificate(self, request).await,
            "GET /warranty-claims/{id}" => holder::claim(self, request).await,
            "GET /desk/claims" => desk::list(self, &Visit::of(request, &self.verifier)?).await,
            "GET /desk/claims/{id}" => desk::one(self, &Visit::of(request, &self.verifier)?).await,
            "GET /desk/warranties" => desk::search(self, &Visit::of(request, &self.verifier)?).await,
            _ => Err(Problem::not_found("page")),
        }
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() && request.path().starts_with("/desk") {
            return edge::desk::refused(request, problem);
        }
        refused(&self.context, request, &self.verifier, &self.shop, problem).await
    }
}

impl ShowWarranty {
    /// What the address names, and as whom it is read. Who may not know of it hears that there is none.
    fn named<Id: std::str::FromStr>(&self, request: &Request, what: &str) -> Result<(Id, Reader, Caller), Problem> {
        let id = request.parse_parameter("id", what)?;
        let caller = self.verifier.caller(request)?;
        let reader = reader(&caller, Action::ViewClaims, request.query("token")).map_err(|problem| {
            if problem.kind == ProblemKind::NotFound { Problem::not_found(what) } else { problem }
        })?;
        Ok((id, reader, caller))
    }

    async fn of<S: Setting + Send>(&self, topic: &Cached<S>) -> Result<S, Problem> {
        topic.get(self.context.now()).await.map_err(|error| unavailable(&error))
    }
}
