//! Signing access tokens.

use contracts::Problem;
use edge::auth::{ACCESS_TOKEN_SECS, ALGORITHM, Audience, Claims};
use edge::http::internal;
use edge::secrets::Secrets;
use edge::{Context, Error};
use jsonwebtoken::{EncodingKey, Header};
use secrecy::ExposeSecret;
use serde::Deserialize;
use store::people::{PersonRecord, Surface};
use tokio::sync::OnceCell;

/// Signs access tokens with the shop's private key, which this function alone may read.
pub(crate) struct Signer {
    secrets: Secrets,
    issuer: String,
    key: OnceCell<(String, EncodingKey)>,
}

/// The signing key's parameter: JSON with its name and the PKCS #8 PEM.
#[derive(Deserialize)]
struct SigningKey {
    kid: String,
    pem: String,
}

impl Signer {
    pub(crate) fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self { secrets: Secrets::default(), issuer: context.require("TOKEN_ISSUER")?, key: OnceCell::new() })
    }

    /// An access token for this person on this surface.
    pub(crate) async fn sign(
        &self,
        context: &Context,
        person: &PersonRecord,
        surface: Surface,
    ) -> Result<String, Problem> {
        let (kid, key) = self
            .key
            .get_or_try_init(|| self.load(context))
            .await
            .map_err(|error| internal("the signing key was not read", &error))?;
        let now = context.now().as_second();
        let claims = Claims {
            sub: person.id,
            email: person.email.clone(),
            aud: match surface {
                Surface::Shop => Audience::Shop,
                Surface::Staff => Audience::Staff,
            },
            role: person.role,
            iss: self.issuer.clone(),
            iat: now,
            exp: now + ACCESS_TOKEN_SECS,
        };
        let mut header = Header::new(ALGORITHM);
        header.kid = Some(kid.clone());
        jsonwebtoken::encode(&header, &claims, key).map_err(|error| internal("a token was not signed", &error))
    }

    async fn load(&self, context: &Context) -> Result<(String, EncodingKey), Error> {
        edge::es256::install();
        let secret = self.secrets.read(context, "SIGNING_KEY_PARAMETER").await?;
        let key: SigningKey = serde_json::from_str(secret.expose_secret())?;
        Ok((key.kid, EncodingKey::from_ec_pem(key.pem.as_bytes())?))
    }
}
