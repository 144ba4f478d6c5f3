//! Secrets, from SSM SecureStrings: read once per environment, never logged.

use std::collections::BTreeMap;

use aws_sdk_ssm::Client;
use secrecy::SecretString;
use tokio::sync::Mutex;

use crate::context::Context;
use crate::function::Error;

/// Reads secrets by the name of their parameter.
pub struct Secrets {
    client: Client,
    known: Mutex<BTreeMap<String, SecretString>>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}

impl Secrets {
    /// A reader in this context.
    pub fn new(context: &Context) -> Self {
        Self { client: Client::new(context.sdk()), known: Mutex::default() }
    }

    /// The secret in the parameter that the variable `variable` names.
    ///
    /// # Errors
    /// When the variable or the parameter is missing, or the function may not read it.
    pub async fn read(&self, context: &Context, variable: &str) -> Result<SecretString, Error> {
        let name = context.require(variable)?;
        let mut known = self.known.lock().await;
        if let Some(secret) = known.get(&name) {
            return Ok(secret.clone());
        }
        let answer = self
            .client
            .get_parameter()
            .name(&name)
            .with_decryption(true)
            .send()
            .await
            .map_err(|error| format!("{name}: {}", aws_sdk_ssm::error::DisplayErrorContext(&error)))?;
        let value = answer
            .parameter
            .and_then(|parameter| parameter.value)
            .ok_or_else(|| format!("the parameter {name} is empty"))?;
        let secret = SecretString::from(value);
        known.insert(name, secret.clone());
        Ok(secret)
    }
}
