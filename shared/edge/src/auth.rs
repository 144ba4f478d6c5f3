//! Who asks: access tokens, verified in the function itself.
//!
//! Knows the tokens' claims and the public keys; it deliberately cannot sign one (only the sign-in function can).

use contracts::Problem;
use domain::id::PersonId;
use domain::people::{Action, Role};
use domain::text::Email;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::{Deserialize, Serialize};

use crate::context::{Clock, Context};
use crate::es256;
use crate::function::Error;
use crate::http::Request;

/// The one algorithm that tokens are signed with.
pub const ALGORITHM: Algorithm = Algorithm::ES256;

/// How long an access token lives, in seconds.
pub const ACCESS_TOKEN_SECS: i64 = 15 * 60;

/// A surface of the shop: a token is good for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The storefront.
    Shop,
    /// The desk.
    Staff,
}

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who.
    pub sub: PersonId,
    /// The mail address that was proven by a link.
    pub email: Email,
    /// For which surface.
    pub aud: Audience,
    /// What staff may do; none for customers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The shop that issued it.
    pub iss: String,
    /// When it was issued, in seconds since 1970.
    pub iat: i64,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
}

/// A person behind a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// The proven mail address.
    pub email: Email,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// Anybody.
    Guest,
    /// A signed-in customer.
    Customer(Person),
    /// Staff, with what they may do.
    Staff(Person, Role),
}

impl Caller {
    /// Staff who may do `action`.
    ///
    /// # Errors
    /// 401 for a guest, 403 for customers and for staff whose role may not.
    pub fn staff(&self, action: Action) -> Result<&Person, Problem> {
        match self {
            Self::Guest => Err(Problem::unauthenticated()),
            Self::Customer(_) => Err(Problem::forbidden("This is for staff.")),
            Self::Staff(person, role) if role.may(action) => Ok(person),
            Self::Staff(_, role) => Err(Problem::forbidden(format!("The role {role} may not do this."))),
        }
    }

    /// The signed-in person, customer or staff.
    pub fn person(&self) -> Option<&Person> {
        match self {
            Self::Guest => None,
            Self::Customer(person) | Self::Staff(person, _) => Some(person),
        }
    }

    /// How the audit trail names the caller.
    pub fn actor(&self) -> String {
        match self {
            Self::Guest => "guest".to_owned(),
            Self::Customer(person) => person.id.to_string(),
            Self::Staff(person, role) => format!("{role}:{}", person.id),
        }
    }
}

/// One public key, as the template's PublicKeys parameter lists them.
#[derive(Deserialize)]
struct PublicKey {
    kid: String,
    pem: String,
}

/// Verifies access tokens.
pub struct Verifier {
    keys: Vec<(String, DecodingKey)>,
    issuer: String,
    clock: Clock,
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verifier").field("keys", &self.keys.len()).finish_non_exhaustive()
    }
}

impl Verifier {
    /// A verifier from PUBLIC_KEYS (JSON: `[{"kid": .., "pem": ..}]`, two at most live at a time) and TOKEN_ISSUER.
    ///
    /// # Errors
    /// When one of them is missing or is no key.
    pub fn new(context: &Context) -> Result<Self, Error> {
        es256::install();
        let listed: Vec<PublicKey> = serde_json::from_str(&context.require("PUBLIC_KEYS")?)?;
        let keys = listed
            .into_iter()
            .map(|key| Ok((key.kid, DecodingKey::from_ec_pem(key.pem.as_bytes())?)))
            .collect::<Result<_, Error>>()?;
        Ok(Self { keys, issuer: context.require("TOKEN_ISSUER")?, clock: context.clock() })
    }

    /// Who asks, by the bearer token or else by the surface's cookie. A bad bearer token is refused; a stale cookie
    /// is a guest's.
    ///
    /// # Errors
    /// 401 for a bearer token that is not good.
    pub fn caller(&self, request: &Request) -> Result<Caller, Problem> {
        if let Some(header) = request.header("authorization") {
            let token = header.strip_prefix("Bearer ").ok_or_else(Problem::unauthenticated)?;
            return self.verify(token).ok_or_else(Problem::unauthenticated);
        }
        let staff = request.cookie(Audience::Staff.cookie()).and_then(|token| self.verify(token));
        let shop = || request.cookie(Audience::Shop.cookie()).and_then(|token| self.verify(token));
        // At the desk a customer's token is nobody's: who is staff too renews theirs.
        let shop = || if request.path().starts_with("/desk") { None } else { shop() };
        Ok(staff.or_else(shop).unwrap_or(Caller::Guest))
    }

    fn verify(&self, token: &str) -> Option<Caller> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        let kid = header.kid?;
        let (_, key) = self.keys.iter().find(|(known, _)| *known == kid)?;
        let mut rules = Validation::new(ALGORITHM);
        rules.set_required_spec_claims(&["exp", "iss", "aud"]);
        rules.set_audience(&["shop", "staff"]);
        rules.set_issuer(&[&self.issuer]);
        rules.validate_exp = false; // by our own clock, below
        let claims = jsonwebtoken::decode::<Claims>(token, key, &rules).ok()?.claims;
        let now = self.clock.now().as_second();
        if claims.exp <= now || claims.iat > now + 60 {
            return None;
        }
        let person = Person { id: claims.sub, email: claims.email };
        match (claims.aud, claims.role) {
            (Audience::Staff, Some(role)) => Some(Caller::Staff(person, role)),
            (Audience::Staff, None) => None,
            (Audience::Shop, _) => Some(Caller::Customer(person)),
        }
    }
}

impl Audience {
    /// The cookie that carries this surface's access token.
    pub const fn cookie(self) -> &'static str {
        match self {
            Self::Shop => "shop",
            Self::Staff => "staff",
        }
    }

    /// The cookie of a session, which outlives the access token and renews it.
    pub const fn session(self) -> &'static str {
        match self {
            Self::Shop => "shop_session",
            Self::Staff => "staff_session",
        }
    }
}
