//! The payment provider that the configuration chose, with its key read once.

use crate::context::Context;
use crate::function::Error;
use crate::payments::{Provider, Stripe};
use crate::secrets::Secrets;

/// Opens the provider when it is first needed: most requests never call it.
#[derive(Debug)]
pub struct ProviderDoor {
    context: Context,
    secrets: Secrets,
}

impl ProviderDoor {
    /// A door in this context.
    pub fn new(context: &Context) -> Self {
        Self { context: context.clone(), secrets: Secrets::default() }
    }

    /// The provider.
    ///
    /// # Errors
    /// When the configuration names none that there is, or its key cannot be read.
    pub async fn open(&self) -> Result<Provider, Error> {
        match self.context.require("PAYMENT_PROVIDER")?.as_str() {
            "none" => Ok(Provider::None),
            "stripe" => {
                let key = self.secrets.read(&self.context, "STRIPE_SECRET_PARAMETER").await?;
                let http = self.context.sdk().http_client();
                // Set by hand alone, to have a stand-in on loopback answer in Stripe's place.
                Ok(Provider::Stripe(match self.context.get("STRIPE_ENDPOINT") {
                    Some(endpoint) => Stripe::at(&endpoint, key, http),
                    None => Stripe::new(key, http),
                }))
            }
            other => Err(format!("PAYMENT_PROVIDER: there is no provider called {other}").into()),
        }
    }
}
