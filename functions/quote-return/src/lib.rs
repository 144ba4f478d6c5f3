//! Says what would go back for goods, to the cent and with every rule that lowers it, before anybody asks them back.
//!
//! It only reads.

use contracts::Problem;
use contracts::returns::{QuoteAnswer, ReturnRequest};
use domain::id::OrderId;
use domain::people::Action;
use domain::returns::quote;
use domain::settings::ReturnSettings;
use edge::auth::Verifier;
use edge::http::unavailable;
use edge::orders::{OrderDesk, reader};
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use store::settings::{Cached, SettingsTable};

/// The function.
pub const FUNCTION: Function = edge::http::http::<QuoteReturn>();

/// Quotes returns.
pub struct QuoteReturn {
    context: Context,
    desk: OrderDesk,
    settings: Cached<ReturnSettings>,
    verifier: Verifier,
}

impl HttpHandler for QuoteReturn {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            desk: OrderDesk::new(context)?,
            settings: Cached::new(context.table::<SettingsTable>()?),
            verifier: Verifier::new(context)?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        let asking: ReturnRequest = request.json()?;
        let asked = asking.asked().map_err(Problem::fields)?;
        asking.resolution().map_err(|error| Problem::fields(vec![error]))?;
        let id: OrderId = asking.order_id.parse().map_err(|_| Problem::not_found("order"))?;
        let reader = reader(&self.verifier.caller(request)?, Action::ViewReturns, request.query("token"))?;
        let order = self.desk.load(&id, &reader).await?;
        let now = self.context.now();
        let settings = self.settings.get(now).await.map_err(|error| unavailable(&error))?;
        match quote(&order, &asked, settings.label_cost, now) {
            Ok(quote) => Response::json(200, &QuoteAnswer::from(&quote)),
            Err(refusals) => Err(asking.refused(&refusals)),
        }
    }
}
