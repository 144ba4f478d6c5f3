//! What the shop costs: dollars by day, by function and an order, as the functions themselves counted them.
//!
//! Every invocation writes what it was billed for as a metric; this page sums those metrics. It deliberately knows
//! nothing of what is paid while nobody shops, nor of free tiers and discounts: the bill has them.

mod spending;

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::error::DisplayErrorContext;
use aws_sdk_cloudwatch::types::{Metric, MetricDataQuery, MetricDataResult, MetricStat};
use contracts::{Problem, ProblemKind};
use domain::people::Action;
use domain::settings::ShopSettings;
use edge::auth::Verifier;
use edge::desk::{DeskFrame, Visit, refused};
use edge::http::{internal, unavailable};
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use pages::layout::{Head, Section};
use spending::Spending;
use store::settings::{Cached, SettingsTable};

/// The function.
pub const FUNCTION: Function = edge::http::http::<ShowCosts>();

/// How many days may be looked at; the first is what is shown unasked.
const DAYS: [i64; 3] = [30, 7, 90];

/// A day, in seconds: the width of a sum.
const DAY: i32 = 86_400;

/// Shows costs.
pub struct ShowCosts {
    context: Context,
    cloudwatch: Client,
    namespace: String,
    shop: Cached<ShopSettings>,
    verifier: Verifier,
}

impl HttpHandler for ShowCosts {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            cloudwatch: Client::new(context.sdk()),
            namespace: context.require("METRICS_NAMESPACE")?,
            shop: Cached::new(context.table::<SettingsTable>()?),
            verifier: Verifier::new(context)?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        let visit = Visit::of(request, &self.verifier)?;
        let shop = self.shop.get(self.context.now()).await.map_err(|error| unavailable(&error))?;
        let frame = DeskFrame::new(&self.context, &visit, &shop, Some(Section::Costs));
        match self.costs(&visit).await {
            Ok(view) => Ok(frame.page(200, &Head::private("Costs"), &pages::desk::costs(&view))),
            Err(problem) if request.wants_page() => Ok(frame.refuse(request, &problem)),
            Err(problem) => Err(problem),
        }
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() { refused(request, problem) } else { Response::problem(request, problem) }
    }
}

impl ShowCosts {
    async fn costs(&self, visit: &Visit<'_>) -> Result<pages::desk::Costs, Problem> {
        visit.needs(Action::ViewCosts)?;
        let days = match visit.request.query("days").filter(|typed| !typed.is_empty()) {
            None => DAYS[0],
            Some(typed) => DAYS
                .into_iter()
                .find(|days| days.to_string() == typed)
                .ok_or_else(|| Problem::field("/days", "Choose 7, 30 or 90 days."))?,
        };
        let last = domain::calendar::date(self.context.now());
        let unfit = |error: jiff::Error| internal("a day that is none", &error);
        let first = last.checked_sub((days - 1).days()).map_err(unfit)?;
        let mut spending = Spending::new(first, last);
        for series in self.series(first, last).await? {
            let label = series.label().unwrap_or_default();
            for (at, value) in series.timestamps().iter().zip(series.values()) {
                let day = Timestamp::from_second(at.secs()).map_err(unfit)?.to_zoned(TimeZone::UTC).date();
                match series.id() {
                    Some(ORDERS) => spending.ordered(day, *value),
                    _ => spending.spent(label, day, *value),
                }
            }
        }
        Ok(spending.view(days, &DAYS))
    }

    /// The sums by day: what each function cost, and the orders.
    async fn series(&self, first: Date, last: Date) -> Result<Vec<MetricDataResult>, Problem> {
        let cost = format!("SEARCH('{{{},Function}} MetricName=\"Cost\"', 'Sum', {DAY})", self.namespace);
        let orders = Metric::builder().namespace(&self.namespace).metric_name("Orders").build();
        let orders = MetricStat::builder().metric(orders).period(DAY).stat("Sum").build();
        let queries = vec![
            MetricDataQuery::builder().id("cost").expression(cost).label("${PROP('Dim.Function')}").build(),
            MetricDataQuery::builder().id(ORDERS).metric_stat(orders).build(),
        ];
        let midnight = |day: Date| {
            let moment = day.to_zoned(TimeZone::UTC).map_err(|error| internal("a day that is none", &error))?;
            Ok::<_, Problem>(aws_sdk_cloudwatch::primitives::DateTime::from_secs(moment.timestamp().as_second()))
        };
        let after = last.tomorrow().map_err(|error| internal("a day that is none", &error))?;
        let mut found = Vec::new();
        let mut next = None;
        loop {
            let answer = self
                .cloudwatch
                .get_metric_data()
                .set_metric_data_queries(Some(queries.clone()))
                .start_time(midnight(first)?)
                .end_time(midnight(after)?)
                .set_next_token(next)
                .send()
                .await
                .map_err(|error| {
                    tracing::warn!(error = %DisplayErrorContext(&error), "the metrics were not read");
                    Problem::new(ProblemKind::Busy, "CloudWatch did not answer. Please try again in a moment.")
                })?;
            found.extend(answer.metric_data_results.unwrap_or_default());
            next = answer.next_token;
            if next.is_none() {
                return Ok(found);
            }
        }
    }
}

/// The name of the query for orders.
const ORDERS: &str = "orders";
