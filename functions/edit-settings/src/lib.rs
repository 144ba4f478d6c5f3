//! The shop's settings, a topic at a time, and who is staff.

mod staff;

use std::collections::BTreeMap;

use contracts::{Problem, ProblemKind};
use domain::people::Action;
use domain::settings::{
    LocationSettings, PaymentSettings, ReturnSettings, Setting, ShopSettings, SupportSettings, Topic,
};
use domain::shipping::ShippingSettings;
use domain::tax::TaxSettings;
use edge::auth::{Caller, Verifier};
use edge::http::unavailable;
use edge::page::{DeskFrame, ShopFrame, desk_refusal};
use edge::settings_form;
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use pages::layout::Section;
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
        let caller = self.verifier.caller(request)?;
        match request.route() {
            "GET /api/settings/{topic}" => {
                caller.staff(Action::ViewSettings)?;
                self.show(topic(request)?).await
            }
            "PUT /api/settings/{topic}" => {
                caller.staff(Action::EditSettings)?;
                self.put(topic(request)?, request, &caller).await
            }
            "POST /desk/settings/{topic}" => {
                caller.staff(Action::EditSettings)?;
                self.post(topic(request)?, request, &caller).await
            }
            "GET /api/staff" => staff::list(self, &caller).await,
            "PUT /api/staff" => staff::put(self, request, &caller).await,
            "POST /desk/staff" => staff::post(self, request, &caller).await,
            "POST /desk/staff/remove" => staff::remove(self, request, &caller).await,
            _ => Err(Problem::not_found("page")),
        }
    }

    fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() {
            ShopFrame::new(&self.context, request, &Caller::Guest, &ShopSettings::initial()).refuse(request, problem)
        } else {
            Response::problem(request, problem)
        }
    }
}

fn topic(request: &Request) -> Result<Topic, Problem> {
    request.parse_parameter("topic", "topic")
}

impl EditSettings {
    async fn show(&self, topic: Topic) -> Result<Response, Problem> {
        match topic {
            Topic::Shop => self.read::<ShopSettings>().await,
            Topic::Taxes => self.read::<TaxSettings>().await,
            Topic::Shipping => self.read::<ShippingSettings>().await,
            Topic::Payments => self.read::<PaymentSettings>().await,
            Topic::Locations => self.read::<LocationSettings>().await,
            Topic::Returns => self.read::<ReturnSettings>().await,
            Topic::Support => self.read::<SupportSettings>().await,
        }
    }

    async fn read<S: Setting>(&self) -> Result<Response, Problem> {
        let settings: S = self.settings.read().await.map_err(|error| unavailable(&error))?;
        Response::json(200, &settings)
    }

    async fn put(&self, topic: Topic, request: &Request, caller: &Caller) -> Result<Response, Problem> {
        let cause = Cause::new(caller.actor(), "settings", request.correlation());
        match topic {
            Topic::Shop => self.write(request.json::<ShopSettings>()?, cause).await,
            Topic::Taxes => self.write(request.json::<TaxSettings>()?, cause).await,
            Topic::Shipping => self.write(request.json::<ShippingSettings>()?, cause).await,
            Topic::Payments => self.write(request.json::<PaymentSettings>()?, cause).await,
            Topic::Locations => self.write(request.json::<LocationSettings>()?, cause).await,
            Topic::Returns => self.write(request.json::<ReturnSettings>()?, cause).await,
            Topic::Support => self.write(request.json::<SupportSettings>()?, cause).await,
        }
    }

    /// Writes a topic over the version that it names; version 0, or none, stands for the one that is kept.
    async fn write<S: Setting>(&self, settings: S, cause: Cause) -> Result<Response, Problem> {
        settings.check().map_err(Problem::fields)?;
        let current: S = self.settings.read().await.map_err(|error| unavailable(&error))?;
        let settings = if settings.version() == 0 { settings.with_version(current.version()) } else { settings };
        match self.settings.write(settings, cause).await {
            Ok(settings) => Response::json(200, &settings),
            Err(StoreError::Stale) => Err(Problem::new(
                ProblemKind::Stale,
                "Somebody else changed these settings meanwhile. Read them again.",
            )
            .with("version", current.version())),
            Err(error) => Err(unavailable(&error)),
        }
    }

    async fn post(&self, topic: Topic, request: &Request, caller: &Caller) -> Result<Response, Problem> {
        let typed: BTreeMap<String, String> = request.form::<Vec<(String, String)>>()?.into_iter().collect();
        let cause = Cause::new(caller.actor(), "settings", request.correlation());
        let done = match topic {
            Topic::Shop => self.write_typed::<ShopSettings>(&typed, cause).await,
            Topic::Taxes => self.write_typed::<TaxSettings>(&typed, cause).await,
            Topic::Shipping => self.write_typed::<ShippingSettings>(&typed, cause).await,
            Topic::Payments => self.write_typed::<PaymentSettings>(&typed, cause).await,
            Topic::Locations => self.write_typed::<LocationSettings>(&typed, cause).await,
            Topic::Returns => self.write_typed::<ReturnSettings>(&typed, cause).await,
            Topic::Support => self.write_typed::<SupportSettings>(&typed, cause).await,
        };
        match done {
            Ok(_) => Ok(Response::see_other(&format!("/desk/settings/{topic}?done=saved"))),
            Err(problem) if problem.kind.status() < 500 => {
                self.desk(request, caller, Section::Settings, &problem).await
            }
            Err(problem) => Err(problem),
        }
    }

    /// Writes what was typed into a topic's form.
    async fn write_typed<S: Setting>(
        &self,
        typed: &BTreeMap<String, String>,
        cause: Cause,
    ) -> Result<Response, Problem> {
        let version = typed.get("version").and_then(|version| version.parse().ok()).unwrap_or_default();
        let json = settings_form::read(S::TOPIC, version, typed).map_err(Problem::fields)?;
        let settings = serde_json::from_value(json).map_err(|error| Problem::malformed(format!("{error}.")))?;
        self.write::<S>(settings, cause).await
    }

    /// The desk's page that says no.
    async fn desk(
        &self,
        request: &Request,
        caller: &Caller,
        section: Section,
        problem: &Problem,
    ) -> Result<Response, Problem> {
        let Caller::Staff(person, role) = caller else {
            return Err(Problem::unauthenticated());
        };
        let shop: ShopSettings = self.settings.read().await.map_err(|error| unavailable(&error))?;
        let frame = DeskFrame::new(&self.context, request, (person, *role), &shop, Some(section));
        Ok(desk_refusal(frame, problem))
    }
}
