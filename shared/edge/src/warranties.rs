//! Commands to warranty certificates and claims, as every function gives them: read, decide, write, and again when somebody else
//! was faster.
//!
//! Knows who may reach them and how an outcome is told. It deliberately decides nothing (that is `domain`'s) and knows no route.

use contracts::Problem;
use contracts::warranty::ClaimAnswer;
use domain::id::{CertificateId, ClaimId, OrderId};
use domain::order::{Order, RequestMark};
use domain::refusal::Refusal;
use domain::text::Digest;
use domain::warranty::{Certificate, CertificateEvent, Claim, Decision};
use jiff::Timestamp;
use store::orders::{Orders, Reader};
use store::stamp::Cause;
use store::stock::StockTable;
use store::warranties::Warranties;

use crate::context::Context;
use crate::deciding::{repeated, until_written, written};
use crate::environment::MissingVariable;
use crate::http::{Request, Response, encoded};
use crate::orders::{NotDone, key_reused};

/// Where certificates and claims are read and commanded.
pub struct WarrantyDesk {
    /// The table.
    pub warranties: Warranties,
    orders: Option<Orders>,
    stock: Option<StockTable>,
    context: Context,
}

impl std::fmt::Debug for WarrantyDesk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WarrantyDesk").finish_non_exhaustive()
    }
}

/// A claim, and all that is decided about it with.
#[derive(Debug)]
pub struct Case {
    /// The claim.
    pub claim: Claim,
    /// Its certificate.
    pub certificate: Certificate,
    /// The order that the unit was bought with.
    pub order: Order,
    /// The order that was placed for it.
    pub replacement: Option<Order>,
}

impl Case {
    /// The orders that it is decided about with.
    pub const fn orders(&self) -> (&Order, Option<&Order>) {
        (&self.order, self.replacement.as_ref())
    }
}

fn none(what: &str) -> NotDone {
    NotDone::Told(Problem::not_found(what))
}

impl WarrantyDesk {
    /// In this context. A function that passes certificates on has no orders table, one whose commands move no stock no stock
    /// table.
    ///
    /// # Errors
    /// When the template does not name the table of warranties.
    pub fn new(context: &Context) -> Result<Self, MissingVariable> {
        Ok(Self {
            warranties: context.table()?,
            orders: context.table().ok(),
            stock: context.table().ok(),
            context: context.clone(),
        })
    }

    /// The certificate with this id, where the reader may see it.
    ///
    /// # Errors
    /// 404, or the table's error.
    pub async fn certificate(&self, id: &CertificateId, reader: &Reader) -> Result<Certificate, NotDone> {
        self.warranties.certificate(id, reader).await?.ok_or_else(|| none("warranty"))
    }

    /// The claim with this id, where the reader may see it.
    ///
    /// # Errors
    /// 404, or the table's error.
    pub async fn claim(&self, id: &ClaimId, reader: &Reader) -> Result<Claim, NotDone> {
        self.warranties.claim(id, reader).await?.ok_or_else(|| none("claim"))
    }

    /// An order of a certificate or of a claim.
    ///
    /// # Errors
    /// 404, or the table's error.
    pub async fn order(&self, id: &OrderId) -> Result<Order, NotDone> {
        self.orders()?.get(id, &Reader::Shop).await?.ok_or(NotDone::NoOrder)
    }

    fn orders(&self) -> Result<&Orders, NotDone> {
        self.orders.as_ref().ok_or(NotDone::NoOrder)
    }

    /// The claim with this id and what it is decided about with, where the reader may see it.
    ///
    /// # Errors
    /// 404, or the table's error.
    pub async fn case(&self, id: &ClaimId, reader: &Reader) -> Result<Case, NotDone> {
        let claim = self.claim(id, reader).await?;
        let replacement = async {
            match &claim.replacement {
                Some(order) => self.order(order).await.map(Some),
                None => Ok(None),
            }
        };
        let (certificate, order, replacement) =
            tokio::join!(self.certificate(&claim.certificate, &Reader::Shop), self.order(&claim.order), replacement);
        Ok(Case { certificate: certificate?, order: order?, replacement: replacement?, claim })
    }

    /// Has `decide` decide about a claim, writes it and answers the claim as it then is. Where somebody else wrote it, its
    /// certificate or its order meanwhile, it is asked again. A request that bears a mark and was answered before changes
    /// nothing more.
    ///
    /// # Errors
    /// What `decide` refuses, or the table's error; nothing was written then.
    pub async fn run(
        &self,
        id: &ClaimId,
        reader: &Reader,
        cause: &Cause,
        mark: Option<RequestMark>,
        decide: impl Fn(&Case, Timestamp) -> Result<Decision, NotDone> + Send + Sync,
    ) -> Result<Claim, NotDone> {
        until_written(&self.context, || async {
            let case = self.case(id, reader).await?;
            if repeated(mark, |key| case.claim.answered(key))? {
                return Ok(Some(case.claim));
            }
            let now = self.context.now();
            let mut decision = decide(&case, now)?;
            if let Some(mark) = mark.filter(|_| decision.changed) {
                decision = decision.marked(mark);
            }
            let tables = (self.orders()?, self.stock.as_ref());
            let before = (&case.claim, &case.certificate);
            written(self.warranties.commit(tables, before, &decision, cause, now).await)
        })
        .await
    }

    /// Has `claim` decide about a new claim on a certificate, and writes both. A request that bears a mark and was answered
    /// before is answered with what was made then.
    ///
    /// # Errors
    /// What is refused, or the table's error; nothing was written then.
    pub async fn make(
        &self,
        id: &CertificateId,
        reader: &Reader,
        cause: &Cause,
        mark: Option<RequestMark>,
        claim: impl Fn(&Certificate, &Order, Timestamp) -> Result<Decision, Refusal> + Send + Sync,
    ) -> Result<Claim, NotDone> {
        // A key is the certificate's: others may have the same.
        let own = |mark: RequestMark| RequestMark { key: Digest::of(format!("{id} {}", mark.key).as_bytes()), ..mark };
        let mark = mark.map(own);
        until_written(&self.context, || async {
            if let Some(mark) = mark
                && let Some(made) = self.warranties.made(&mark.key).await?
            {
                if made.body != mark.body {
                    return Err(NotDone::Told(key_reused()));
                }
                return self.claim(&made.id, reader).await.map(Some);
            }
            let certificate = self.certificate(id, reader).await?;
            let order = self.order(&certificate.order).await?;
            let decision = claim(&certificate, &order, self.context.now())?;
            written(self.warranties.create(&certificate, &decision, mark, cause).await)
        })
        .await
    }

    /// Has `change` make the next certificate of one, writes it and answers it as it then is. A request that bears a mark and
    /// was answered before changes nothing more.
    ///
    /// # Errors
    /// What `change` refuses, or the table's error; nothing was written then.
    pub async fn change(
        &self,
        id: &CertificateId,
        reader: &Reader,
        cause: &Cause,
        mark: Option<RequestMark>,
        change: impl Fn(&Certificate, Timestamp) -> Result<(Certificate, Vec<CertificateEvent>), NotDone> + Send + Sync,
    ) -> Result<Certificate, NotDone> {
        until_written(&self.context, || async {
            let before = self.certificate(id, reader).await?;
            if repeated(mark, |key| before.answered(key))? {
                return Ok(Some(before));
            }
            let now = self.context.now();
            let (mut next, events) = change(&before, now)?;
            if let Some(mark) = mark {
                next = next.marked(mark);
            }
            written(self.warranties.write(Some(&before), &next, &events, cause, now).await)
        })
        .await
    }
}

/// The address of a certificate's page in the shop, with the secret that opens it where there is one.
pub fn certificate_path(id: &CertificateId, token: Option<&str>) -> String {
    with_token(&format!("/warranty/{id}"), token)
}

/// The address of a claim's page in the shop, with the secret that opens it where there is one.
pub fn claim_path(id: &ClaimId, token: Option<&str>) -> String {
    with_token(&format!("/warranty-claims/{id}"), token)
}

/// The address by which somebody takes a certificate that is offered to them.
pub fn offer_path(id: &CertificateId, token: &str) -> String {
    with_token(&format!("/warranty/{id}/accept"), Some(token))
}

fn with_token(path: &str, token: Option<&str>) -> String {
    match token {
        Some(token) => format!("{path}?token={}", encoded(token)),
        None => path.to_owned(),
    }
}

/// The answer to a command that staff gave: to the desk's form the claim's page there, to a program the claim.
///
/// # Errors
/// 500 where the claim has no JSON.
pub fn answered(request: &Request, claim: &Claim, done: &str) -> Result<Response, Problem> {
    if crate::orders::is_desk(request) {
        return Ok(Response::see_other(&format!("/desk/claims/{}?done={done}", claim.id)));
    }
    Response::json(200, &ClaimAnswer::from(claim))
}
