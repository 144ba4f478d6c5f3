//! The shop's settings, a topic at a time, and who is staff: by programs, and on the desk's pages.

mod form;
mod page;
mod staff;

use contracts::{Problem, ProblemKind};
use domain::people::Action;
use domain::settings::{
    LocationSettings, PaymentSettings, PurchasingSettings, ReturnSettings, Setting, ShopSettings, SupportSettings,
    Topic, WarrantySettings,
};
use domain::shipping::ShippingSettings;
use domain::tax::TaxSettings;
use edge::auth::Verifier;
use edge::desk::{DeskFrame, Visit, refused};
use edge::http::{from_json, internal, unavailable};
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use pages::layout::Section;
use serde_json::Value;
use store::StoreError;
use store::people::People;
use store::settings::SettingsTable;
use store::stamp::Cause;

/// The function.
pub const FUNCTION: Function = edge::http::http::<EditSettings>();

/// Edits settings.
pub struct EditSettings {
    context: Context,
    settings: SettingsTable,
    people: People,
    verifier: Verifier,
}

impl HttpHandler for EditSettings {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            settings: context.table()?,
            people: context.table()?,
            verifier: Verifier::new(context)?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        if request.path().starts_with("/desk") {
            return self.at_desk(&Visit::of(request, &self.verifier)?).await;
        }
        let caller = self.verifier.caller(request)?;
        match request.route() {
            "GET /api/settings/{topic}" => {
                caller.staff(Action::ViewSettings)?;
                Response::json(200, &self.read(topic(request)?).await?)
            }
            "PUT /api/settings/{topic}" => {
                caller.staff(Action::EditSettings)?;
                let cause = Cause::new(caller.actor(), "settings", request.correlation());
                Response::json(200, &self.write(topic(request)?, request.json()?, cause).await?)
            }
            "GET /api/staff" => staff::list(self, &caller).await,
            "PUT /api/staff" => staff::put(self, request, &caller).await,
            _ => Err(Problem::not_found("page")),
        }
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() { refused(request, problem) } else { Response::problem(request, problem) }
    }
}

fn topic(request: &Request) -> Result<Topic, Problem> {
    request.parse_parameter("topic", "topic")
}

impl EditSettings {
    async fn at_desk(&self, visit: &Visit<'_>) -> Result<Response, Problem> {
        match visit.request.route() {
            "GET /desk/settings/{topic}" => page::page(self, visit).await,
            "POST /desk/settings/{topic}" => page::save(self, visit).await,
            "GET /desk/staff" => staff::page(self, visit).await,
            "POST /desk/staff" => staff::add(self, visit).await,
            "POST /desk/staff/remove" => staff::remove(self, visit).await,
            _ => Err(Problem::not_found("page")),
        }
    }

    async fn read(&self, topic: Topic) -> Result<Value, Problem> {
        match topic {
            Topic::Shop => self.read_as::<ShopSettings>().await,
            Topic::Taxes => self.read_as::<TaxSettings>().await,
            Topic::Shipping => self.read_as::<ShippingSettings>().await,
            Topic::Payments => self.read_as::<PaymentSettings>().await,
            Topic::Locations => self.read_as::<LocationSettings>().await,
            Topic::Returns => self.read_as::<ReturnSettings>().await,
            Topic::Support => self.read_as::<SupportSettings>().await,
            Topic::Purchasing => self.read_as::<PurchasingSettings>().await,
            Topic::Warranty => self.read_as::<WarrantySettings>().await,
        }
    }

    async fn read_as<S: Setting>(&self) -> Result<Value, Problem> {
        json(&self.settings.read::<S>().await.map_err(|error| unavailable(&error))?)
    }

    /// Writes a topic over the version that it names; version 0, or none, stands for the one that is kept.
    async fn write(&self, topic: Topic, settings: Value, cause: Cause) -> Result<Value, Problem> {
        match topic {
            Topic::Shop => self.write_as::<ShopSettings>(settings, cause).await,
            Topic::Taxes => self.write_as::<TaxSettings>(settings, cause).await,
            Topic::Shipping => self.write_as::<ShippingSettings>(settings, cause).await,
            Topic::Payments => self.write_as::<PaymentSettings>(settings, cause).await,
            Topic::Locations => self.write_as::<LocationSettings>(settings, cause).await,
            Topic::Returns => self.write_as::<ReturnSettings>(settings, cause).await,
            Topic::Support => self.write_as::<SupportSettings>(settings, cause).await,
            Topic::Purchasing => self.write_as::<PurchasingSettings>(settings, cause).await,
            Topic::Warranty => self.write_as::<WarrantySettings>(settings, cause).await,
        }
    }

    async fn write_as<S: Setting>(&self, settings: Value, cause: Cause) -> Result<Value, Problem> {
        let settings: S = from_json(settings)?;
        settings.check().map_err(Problem::fields)?;
        let current: S = self.settings.read().await.map_err(|error| unavailable(&error))?;
        let settings = if settings.version() == 0 { settings.with_version(current.version()) } else { settings };
        match self.settings.write(settings, cause).await {
            Ok(settings) => json(&settings),
            Err(StoreError::Stale) => {
                let detail = "Somebody else changed these settings meanwhile. Look at them once more.";
                Err(Problem::new(ProblemKind::Stale, detail).with("version", current.version()))
            }
            Err(error) => Err(unavailable(&error)),
        }
    }

    async fn shop(&self) -> Result<ShopSettings, Problem> {
        self.settings.read().await.map_err(|error| unavailable(&error))
    }

    /// The frame of a desk page.
    async fn frame(&self, visit: &Visit<'_>, section: Section) -> Result<DeskFrame, Problem> {
        Ok(DeskFrame::new(&self.context, visit, &self.shop().await?, Some(section)))
    }
}

fn json<S: Setting>(settings: &S) -> Result<Value, Problem> {
    serde_json::to_value(settings).map_err(|error| internal("settings have no JSON", &error))
}
