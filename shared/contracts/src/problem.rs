//! What a caller hears when the answer is no: RFC 9457 problem details, from one table of types.
//!
//! Knows titles and statuses; knows nothing of how an answer is sent or what is logged.

use domain::catalog::FieldError;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

macro_rules! problem_kinds {
    ($($(#[$doc:meta])* $name:ident = $status:literal $slug:literal $title:literal;)*) => {
        /// Every kind of problem that Cartwright answers with.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProblemKind { $($(#[$doc])* $name,)* }

        impl ProblemKind {
            /// Every kind, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The HTTP status that goes with it.
            pub const fn status(self) -> u16 { match self { $(Self::$name => $status,)* } }

            /// The last part of its type URI.
            pub const fn slug(self) -> &'static str { match self { $(Self::$name => $slug,)* } }

            /// Its title: the same for every occurrence.
            pub const fn title(self) -> &'static str { match self { $(Self::$name => $title,)* } }
        }
    };
}

problem_kinds! {
    /// The bytes are not what the route takes: broken JSON, an unknown field, a wrong type or value.
    Malformed = 400 "malformed" "The request is malformed";
    /// Nobody is signed in, or the token is not (or no longer) good.
    Unauthenticated = 401 "unauthenticated" "Sign in first";
    /// The caller is known but may not do this.
    Forbidden = 403 "forbidden" "Not allowed";
    /// There is no such thing, or the caller may not know of it.
    NotFound = 404 "not-found" "Not found";
    /// The route exists, but not with this method.
    MethodNotAllowed = 405 "method-not-allowed" "Method not allowed";
    /// The state of the thing says no.
    Conflict = 409 "conflict" "The state does not allow this";
    /// Less is available than was asked for.
    OutOfStock = 409 "out-of-stock" "Not enough in stock";
    /// A price, or the total, is not the one that was shown.
    PriceChanged = 409 "price-changed" "The price has changed";
    /// The cart became an order already.
    CartOrdered = 409 "cart-ordered" "This cart was ordered already";
    /// Somebody changed it since it was read.
    Stale = 409 "stale" "It was changed meanwhile";
    /// The body is larger than the route takes.
    TooLarge = 413 "too-large" "The request is too large";
    /// The content type is not what the route takes.
    UnsupportedMediaType = 415 "unsupported-media-type" "Unsupported content type";
    /// The same Idempotency-Key came with another body.
    KeyReused = 422 "idempotency-key-reused" "The Idempotency-Key was used for another request";
    /// Well-formed, but the shop cannot do it.
    Unprocessable = 422 "unprocessable" "The shop cannot do this";
    /// Too many requests from this caller.
    TooMany = 429 "too-many-requests" "Too many requests";
    /// A defect or an outage; the caller hears an id and nothing else.
    Internal = 500 "internal" "Something went wrong on our side";
    /// The payment provider did not answer.
    ProviderUnavailable = 502 "provider-unavailable" "The payment provider did not answer";
    /// Try again in a moment.
    Busy = 503 "busy" "The shop is busy";
}

/// One problem, as it is answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// Its kind.
    pub kind: ProblemKind,
    /// What is wrong this time, for a person.
    pub detail: String,
    /// The fields that are wrong, by JSON pointer.
    pub errors: Vec<FieldError>,
    /// Members of this kind's own, such as the state that said no.
    pub members: Map<String, Value>,
}

impl Problem {
    /// A problem of this kind that says why.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), errors: Vec::new(), members: Map::new() }
    }

    /// 400, with what is wrong.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(ProblemKind::Malformed, detail)
    }

    /// 400 naming each wrong field.
    pub fn fields(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [one] => one.detail.clone(),
            many => format!("{} fields are wrong.", many.len()),
        };
        Self { errors, ..Self::malformed(detail) }
    }

    /// 400 naming one wrong field.
    pub fn field(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::fields(vec![FieldError { pointer: pointer.into(), detail: detail.into() }])
    }

    /// 404 for `what` ("order", "product"): there is none, or the caller may not know of it.
    pub fn not_found(what: &str) -> Self {
        Self::new(ProblemKind::NotFound, format!("There is no such {what}."))
    }

    /// 401.
    pub fn unauthenticated() -> Self {
        Self::new(ProblemKind::Unauthenticated, "This needs a valid access token.")
    }

    /// 403.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(ProblemKind::Forbidden, detail)
    }

    /// 409 with the state that said no and what would be legal.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(ProblemKind::Conflict, detail)
    }

    /// The same problem with one more member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// The body: problem+json with its members. `instance` names this occurrence (a path, or the
    /// correlation id of a failure).
    pub fn body(&self, instance: &str) -> Value {
        let mut body = Map::new();
        body.insert("type".into(), format!("https://cartwright.example.com/problems/{}", self.kind.slug()).into());
        body.insert("title".into(), self.kind.title().into());
        body.insert("status".into(), self.kind.status().into());
        body.insert("detail".into(), self.detail.clone().into());
        body.insert("instance".into(), instance.into());
        if !self.errors.is_empty() {
            let errors =
                self.errors.iter().map(|error| serde_json::json!({ "pointer": error.pointer, "detail": error.detail }));
            body.insert("errors".into(), errors.collect());
        }
        for (name, value) in &self.members {
            body.insert(name.clone(), value.clone());
        }
        Value::Object(body)
    }
}

/// The shape of a problem, for the API's description.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ProblemBody {
    /// A URI that names the kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "https://cartwright.example.com/problems/out-of-stock")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong this time.
    pub detail: String,
    /// This occurrence.
    pub instance: String,
    /// The fields that are wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemField>,
}

/// One wrong field of a request.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ProblemField {
    /// A JSON pointer to the field.
    pub pointer: String,
    /// What is wrong with it.
    pub detail: String,
}
