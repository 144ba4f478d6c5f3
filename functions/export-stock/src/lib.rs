//! Exports stock as CSV or XLSX, with the columns that an import takes: one row for each SKU and location.
//!
//! A function answers 6 MB at most: a larger file goes to the imports' bucket, and the answer leads to it for ten
//! minutes. An import takes 100,000 rows, so a shop of more has to split the file before it brings it back.

mod file;

use std::time::Duration;

use contracts::Problem;
use domain::people::Action;
use domain::settings::LocationSettings;
use edge::auth::Verifier;
use edge::http::{internal, unavailable};
use edge::objects::Kind;
use edge::{Context, Error, Function, HttpHandler, Objects, Request, Response};
use store::settings::{Cached, SettingsTable};
use store::stock::StockTable;

use crate::file::{File, Format};

/// The function.
pub const FUNCTION: Function = edge::http::http::<ExportStock>();

/// How many SKUs are read at a time.
const PAGE: usize = 500;
/// How long the address of a large file is good.
const LIFE: Duration = Duration::from_secs(10 * 60);

/// Exports stock.
pub struct ExportStock {
    context: Context,
    stock: StockTable,
    locations: Cached<LocationSettings>,
    files: Objects,
    verifier: Verifier,
    /// The largest file that is answered itself, in bytes.
    largest: usize,
}

impl HttpHandler for ExportStock {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            stock: context.table()?,
            locations: Cached::new(context.table::<SettingsTable>()?),
            files: Objects::new(context, "IMPORTS_BUCKET")?,
            verifier: Verifier::new(context)?,
            largest: context.require("LARGEST_ANSWER")?.parse()?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        self.verifier.caller(request)?.staff(Action::ViewStock)?;
        let format = match request.route() {
            "GET /api/stock/export.csv" => Format::Csv,
            "GET /api/stock/export.xlsx" => Format::Xlsx,
            _ => return Err(Problem::not_found("page")),
        };
        let name = format!("stock-{}.{}", self.context.now().strftime("%Y-%m-%d"), format.ending());
        let bytes = self.write(format).await?;
        if bytes.len() <= self.largest {
            return Ok(Response::new(200, format.content_type(), bytes)
                .header("content-disposition", &format!("attachment; filename=\"{name}\""))
                .header("cache-control", "no-store"));
        }
        let key = format!("exports/{}/{name}", data_encoding::HEXLOWER.encode(&self.context.random::<16>()));
        let kind = Kind { content_type: format.content_type(), cache_control: "no-store" };
        let kept = self.files.put(&key, kind, bytes).await;
        kept.map_err(|error| internal("an export was not kept", &error))?;
        Ok(Response::see_other(&self.files.link(&key, &name, LIFE)).header("cache-control", "no-store"))
    }
}

impl ExportStock {
    async fn write(&self, format: Format) -> Result<Vec<u8>, Problem> {
        let unwritten = |error: sheets::SheetError| internal("an export has no form", &error);
        let now = self.context.now();
        let places = self.locations.get(now).await.map_err(|error| unavailable(&error))?.locations;
        let places: Vec<_> = places.into_iter().map(|place| place.id).collect();
        let mut file = File::new(format, now.as_second()).map_err(unwritten)?;
        let mut after = None;
        loop {
            let page = self.stock.page(&places, after.as_ref(), PAGE).await.map_err(|error| unavailable(&error))?;
            for stock in &page.items {
                file.rows(stock, &places).map_err(unwritten)?;
            }
            after = page.next;
            if after.is_none() {
                return file.finish().map_err(unwritten);
            }
        }
    }
}
