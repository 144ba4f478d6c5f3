//! Signs people in by a link in a mail, and staff to the desk. The only function that signs a token.
//!
//! A link carries a random secret; only its digest is a key in the table. The answer is the same for any address.

mod find;
mod tokens;
mod view;

use contracts::auth::{LinkRequest, TokenAnswer, TokenRequest};
use contracts::event::{Event, ShopEvent};
use contracts::{Problem, ProblemKind};
use domain::settings::ShopSettings;
use domain::text::{Email, Secret};
use edge::auth::Audience;
use edge::http::{is_local, unavailable};
use edge::{Context, Cookie, Error, Function, HttpHandler, Request, Response};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use store::lists::Lists;
use store::people::{LinkRecord, People, PersonRecord, SessionRecord, Surface};
use store::settings::{Cached, SettingsTable};
use store::stamp::Cause;

use crate::tokens::Signer;

/// The function.
pub const FUNCTION: Function = edge::http::http::<SignIn>();

/// How long a link works.
const LINK_LIFE: SignedDuration = SignedDuration::from_mins(15);
/// How long a session renews access tokens: customers 90 days, staff 14.
const SHOP_SESSION: SignedDuration = SignedDuration::from_hours(90 * 24);
const STAFF_SESSION: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How often one address, and one network address, may ask within an hour.
const LINKS_PER_ADDRESS: u64 = 5;
const LINKS_PER_NETWORK: u64 = 60;
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Signs in.
pub struct SignIn {
    context: Context,
    people: People,
    lists: Lists,
    shop: Cached<ShopSettings>,
    signer: Signer,
    owner: Option<Email>,
}

impl HttpHandler for SignIn {
    fn new(context: &Context) -> Result<Self, Error> {
        let owner = context
            .get("OWNER_EMAIL")
            .map(|email| Email::new(email).map_err(|error| format!("OWNER_EMAIL: {error}")))
            .transpose()?;
        Ok(Self {
            people: context.table()?,
            lists: context.table()?,
            shop: Cached::new(context.table::<SettingsTable>()?),
            signer: Signer::new(context)?,
            owner,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        match request.route() {
            "POST /api/auth/link" => self.api_link(request).await,
            "POST /api/auth/token" => self.api_token(request).await,
            "GET /sign-in" => Ok(view::ask(self, request, Surface::Shop).await),
            "GET /desk/sign-in" => Ok(view::ask(self, request, Surface::Staff).await),
            "POST /sign-in" => self.form_link(request, Surface::Shop).await,
            "POST /desk/sign-in" => self.form_link(request, Surface::Staff).await,
            "GET /sign-in/confirm" => Ok(view::confirm(self, request, Surface::Shop).await),
            "GET /desk/sign-in/confirm" => Ok(view::confirm(self, request, Surface::Staff).await),
            "POST /sign-in/confirm" => self.form_confirm(request, Surface::Shop).await,
            "POST /desk/sign-in/confirm" => self.form_confirm(request, Surface::Staff).await,
            "ANY /sign-in/renew" => self.renew(request, Surface::Shop).await,
            "ANY /desk/sign-in/renew" => self.renew(request, Surface::Staff).await,
            "GET /orders/find" => Ok(find::page(self, request).await),
            "POST /orders/find" => find::find(self, request).await,
            "POST /sign-out" => self.sign_out(request, Surface::Shop).await,
            "POST /desk/sign-out" => self.sign_out(request, Surface::Staff).await,
            _ => Err(Problem::not_found("page")),
        }
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() {
            return view::refused(self, request, problem).await;
        }
        Response::problem(request, problem)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AskForm {
    email: String,
    return_to: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfirmForm {
    token: String,
    /// The link's record knows better where to go.
    #[serde(rename = "return_to")]
    _return_to: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignOutForm {
    #[serde(rename = "return_to")]
    _return_to: Option<String>,
}

impl SignIn {
    async fn api_link(&self, request: &Request) -> Result<Response, Problem> {
        let body: LinkRequest = request.json()?;
        let surface = if body.staff { Surface::Staff } else { Surface::Shop };
        self.send_link(request, &body.email, surface, None).await?;
        Response::json(202, &serde_json::json!({}))
    }

    async fn form_link(&self, request: &Request, surface: Surface) -> Result<Response, Problem> {
        let form: AskForm = request.form()?;
        self.send_link(request, &form.email, surface, form.return_to).await?;
        Ok(Response::see_other(match surface {
            Surface::Shop => "/sign-in?sent=yes",
            Surface::Staff => "/desk/sign-in?sent=yes",
        }))
    }

    /// Keeps a link and has it mailed, where the address may sign in; says the same either way.
    async fn send_link(
        &self,
        request: &Request,
        email: &str,
        surface: Surface,
        return_to: Option<String>,
    ) -> Result<(), Problem> {
        let email = Email::new(email)
            .map_err(|_| Problem::field("/email", "Enter an email address, like name@example.com."))?;
        let now = self.context.now();
        let network = request.source_ip().unwrap_or_default();
        if self.count(&format!("network:{network}"), now).await? > LINKS_PER_NETWORK {
            return Err(Problem::new(
                ProblemKind::TooMany,
                "Too many sign-in links were asked for from here. Try again in an hour.",
            ));
        }
        let asked = self.count(&format!("address:{}", email.key()), now).await?;
        if asked > LINKS_PER_ADDRESS || !self.may_sign_in(surface, &email).await? {
            return Ok(());
        }
        let secret = Secret::from_bytes(self.context.random());
        let link = LinkRecord {
            email: email.clone(),
            surface,
            until: now + LINK_LIFE,
            return_to: return_to.filter(|path| is_local(path)),
        };
        let event = Event::Shop(ShopEvent::SignInRequested {
            email,
            staff: surface == Surface::Staff,
            secret: secret.reveal(),
        });
        let cause = Cause::new("guest", "sign-in", request.correlation());
        self.people.keep_link(secret.digest(), &link, event, cause).await.map_err(|error| unavailable(&error))
    }

    async fn count(&self, what: &str, now: Timestamp) -> Result<u64, Problem> {
        self.people.count(&format!("link:{what}"), HOUR, now).await.map_err(|error| unavailable(&error))
    }

    async fn may_sign_in(&self, surface: Surface, email: &Email) -> Result<bool, Problem> {
        match surface {
            Surface::Shop => Ok(true),
            Surface::Staff => Ok(self.is_owner(email) || self.find(surface, email).await?.is_some()),
        }
    }

    fn is_owner(&self, email: &Email) -> bool {
        self.owner.as_ref().is_some_and(|owner| owner.key() == email.key())
    }

    async fn find(&self, surface: Surface, email: &Email) -> Result<Option<PersonRecord>, Problem> {
        self.people.person(surface, email).await.map_err(|error| unavailable(&error))
    }

    async fn api_token(&self, request: &Request) -> Result<Response, Problem> {
        let body: TokenRequest = request.json()?;
        let (person, surface, _) = self.take(&body.token).await?;
        let access_token = self.signer.sign(&self.context, &person, surface).await?;
        Response::json(200, &TokenAnswer { access_token, expires_in: edge::auth::ACCESS_TOKEN_SECS })
    }

    async fn form_confirm(&self, request: &Request, surface: Surface) -> Result<Response, Problem> {
        let form: ConfirmForm = request.form()?;
        let (person, surface_of_link, return_to) = self.take(&form.token).await?;
        if surface_of_link != surface {
            return Err(expired());
        }
        let secret = Secret::from_bytes(self.context.random());
        let (life, home) = match surface {
            Surface::Shop => (SHOP_SESSION, "/account"),
            Surface::Staff => (STAFF_SESSION, "/desk"),
        };
        let session = SessionRecord { email: person.email.clone(), surface, until: self.context.now() + life };
        self.people.keep_session(secret.digest(), &session).await.map_err(|error| unavailable(&error))?;
        let access = self.signer.sign(&self.context, &person, surface).await?;
        Ok(Response::see_other(return_to.as_deref().unwrap_or(home))
            .cookie(access_cookie(surface, &access))
            .cookie(Cookie::lasting(audience(surface).session(), &secret.reveal(), life.as_secs().unsigned_abs())))
    }

    /// Takes a link's secret and admits its person.
    async fn take(&self, token: &str) -> Result<(PersonRecord, Surface, Option<String>), Problem> {
        let secret: Secret = token.parse().map_err(|_| expired())?;
        let now = self.context.now();
        let link = self
            .people
            .take_link(secret.digest(), now)
            .await
            .map_err(|error| unavailable(&error))?
            .ok_or_else(expired)?;
        let person = self.admit(link.surface, &link.email, now).await?;
        Ok((person, link.surface, link.return_to))
    }

    async fn admit(&self, surface: Surface, email: &Email, now: Timestamp) -> Result<PersonRecord, Problem> {
        if let Some(known) = self.find(surface, email).await? {
            return Ok(known);
        }
        let role = match surface {
            Surface::Shop => None,
            Surface::Staff if self.is_owner(email) => Some(domain::people::Role::Owner),
            Surface::Staff => return Err(expired()),
        };
        let person = PersonRecord { id: self.context.new_id(), email: email.clone(), role, since: now };
        self.people.admit(surface, person).await.map_err(|error| unavailable(&error))
    }

    /// Gives a new access token for a session, and goes back to where the old one had ended; without a session, as
    /// nobody. 307 keeps a form's POST.
    async fn renew(&self, request: &Request, surface: Surface) -> Result<Response, Problem> {
        let back = request.query("to").filter(|path| is_local(path)).unwrap_or("/");
        let home = || {
            Response::new(307, "text/plain; charset=utf-8", "")
                .header("location", back)
                .header("cache-control", "no-store")
        };
        let ended = || {
            let audience = audience(surface);
            home().cookie(Cookie::removal(audience.session())).cookie(Cookie::removal(audience.cookie()))
        };
        let secret = request.cookie(audience(surface).session()).and_then(|text| text.parse::<Secret>().ok());
        let Some(secret) = secret else {
            return Ok(ended());
        };
        let session =
            self.people.session(secret.digest(), self.context.now()).await.map_err(|error| unavailable(&error))?;
        let Some(session) = session.filter(|session| session.surface == surface) else {
            return Ok(ended());
        };
        let Some(person) = self.find(surface, &session.email).await? else {
            return Ok(ended());
        };
        let access = self.signer.sign(&self.context, &person, surface).await?;
        Ok(home().cookie(access_cookie(surface, &access)))
    }

    async fn sign_out(&self, request: &Request, surface: Surface) -> Result<Response, Problem> {
        let SignOutForm { .. } = request.form()?;
        if let Some(secret) = request.cookie(audience(surface).session()).and_then(|text| text.parse::<Secret>().ok()) {
            self.people.end_session(secret.digest()).await.map_err(|error| unavailable(&error))?;
        }
        Ok(Response::see_other("/")
            .cookie(Cookie::removal(audience(surface).session()))
            .cookie(Cookie::removal(audience(surface).cookie())))
    }
}

fn expired() -> Problem {
    Problem::new(ProblemKind::Unauthenticated, "This link was used already or is too old. Ask for a new one.")
}

fn access_cookie(surface: Surface, token: &str) -> Cookie {
    Cookie::lasting(audience(surface).cookie(), token, edge::auth::ACCESS_TOKEN_SECS.unsigned_abs())
}

fn audience(surface: Surface) -> Audience {
    match surface {
        Surface::Shop => Audience::Shop,
        Surface::Staff => Audience::Staff,
    }
}
