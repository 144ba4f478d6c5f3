//! Signing in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Asks for a sign-in link by mail. The answer is 202 for any address.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkRequest {
    /// Where the link goes.
    #[schema(example = "buyer@example.com")]
    pub email: String,
    /// Whether to sign in to the desk.
    #[serde(default)]
    pub staff: bool,
}

/// The secret from the link.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// It works once.
    pub token: String,
}

/// An access token.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TokenAnswer {
    /// Send it as `Authorization: Bearer`.
    pub access_token: String,
    /// Its life in seconds.
    pub expires_in: i64,
}
