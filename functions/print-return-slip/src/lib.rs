//! Prints the slip that goes into the parcel of a return: where it goes, what is in it, and a code that the desk's scanner
//! reads. For who may see the return.

use contracts::Problem;
use domain::calendar::{civil, day};
use domain::id::ReturnId;
use domain::people::Action;
use domain::returns::{Return, ReturnLine};
use domain::settings::ShopSettings;
use edge::auth::Verifier;
use edge::http::{internal, unavailable};
use edge::orders::reader;
use edge::page::refused;
use edge::return_view::reason_words;
use edge::returns::Destination;
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use print::{ReturnSlip, Shop, SlipLine, return_slip_pdf};
use store::returns::Returns;
use store::settings::{Cached, SettingsTable};

/// The function.
pub const FUNCTION: Function = edge::http::http::<PrintReturnSlip>();

/// Prints slips.
pub struct PrintReturnSlip {
    context: Context,
    returns: Returns,
    shop: Cached<ShopSettings>,
    destination: Destination,
    verifier: Verifier,
}

impl HttpHandler for PrintReturnSlip {
    fn new(context: &Context) -> Result<Self, Error> {
        let settings: SettingsTable = context.table()?;
        Ok(Self {
            returns: context.table()?,
            destination: Destination::new(&settings),
            shop: Cached::new(settings),
            verifier: Verifier::new(context)?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        let id: ReturnId = request.parse_parameter("id", "return")?;
        let reader = reader(&self.verifier.caller(request)?, Action::ViewReturns, request.query("token"))?;
        let now = self.context.now();
        let read = |error| unavailable(&error);
        let back = self.returns.get(&id, &reader).await.map_err(read)?.ok_or_else(|| Problem::not_found("return"))?;
        if !back.status.is_awaited() {
            let detail = "There is a slip while the goods may be sent, not before and not after.";
            return Err(Problem::conflict(detail).with("state", back.status.as_str()));
        }
        let shop = self.shop.get(now).await.map_err(read)?;
        let to = self.destination.address(&shop, now).await.map_err(read)?;
        let pdf = return_slip_pdf(&slip(&back, &shop, to), now);
        let pdf = pdf.map_err(|error| internal("a return slip was not printed", &error))?;
        let name = format!("inline; filename=\"return-{}.pdf\"", back.id.number());
        let answer = Response::new(200, "application/pdf", pdf);
        Ok(answer.header("content-disposition", &name).header("cache-control", "no-store"))
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        refused(&self.context, request, &self.verifier, &self.shop, problem).await
    }
}

fn slip(back: &Return, shop: &ShopSettings, send_to: Vec<String>) -> ReturnSlip {
    let line = |line: &ReturnLine| SlipLine {
        sku: line.quoted.sku.to_string(),
        title: line.title.clone(),
        quantity: line.quoted.quantity.get(),
        reason: reason_words(line.quoted.reason).to_owned(),
    };
    let mut steps = vec!["Put this paper into the parcel, with the items.".to_owned()];
    steps.push(match &back.label {
        Some(label) => format!("Put the {} label on the parcel.", label.carrier),
        None => "Write the address above on the parcel.".to_owned(),
    });
    steps.push("Keep the receipt that you get when you drop it off.".to_owned());
    ReturnSlip {
        shop: Shop {
            name: shop.name.clone(),
            // The name stands above it already.
            address: shop.legal_address.lines().filter(|line| *line != shop.name).map(str::to_owned).collect(),
            mail: shop.support_email.to_string(),
        },
        number: back.id.number().to_string(),
        order_number: back.order_number.to_string(),
        date: day(back.created),
        send_by: back.due.map(civil),
        sender: back.name.clone(),
        send_to,
        lines: back.lines.iter().map(line).collect(),
        steps,
        language: "en".to_owned(),
    }
}
