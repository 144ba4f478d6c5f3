//! Secrets, from SSM SecureStrings: read once per environment, never logged.
//!
//! One request is all that the shop asks of SSM. The service's SDK knows hundreds, and the errors of all of them are in
//! every zip that has it.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use bytes::Bytes;
use secrecy::SecretString;
use serde::Deserialize;
use tokio::sync::Mutex;
use url::{Position, Url};

use crate::context::Context;
use crate::function::Error;
use crate::outside::{Outside, Terms};

const TERMS: Terms = Terms {
    name: "ssm",
    attempt: Duration::from_secs(2),
    whole: Duration::from_secs(5),
    retryable: &[429, 500, 502, 503, 504],
};

/// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html>
const OPERATION: &str = "AmazonSSM.GetParameter";

/// Reads secrets by the name of their parameter.
#[derive(Default)]
pub struct Secrets {
    known: Mutex<BTreeMap<String, SecretString>>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Found {
    parameter: Parameter,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    value: String,
}

impl Secrets {
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
        let secret = parameter(context, &name).await.map_err(|error| format!("the parameter {name}: {error}"))?;
        known.insert(name, secret.clone());
        Ok(secret)
    }
}

/// GetParameter, decrypted.
async fn parameter(context: &Context, name: &str) -> Result<SecretString, Error> {
    let region = context.require("AWS_REGION")?;
    let endpoint = context.get("AWS_ENDPOINT_URL").unwrap_or_else(|| format!("https://ssm.{region}.amazonaws.com/"));
    let url: Url = endpoint.parse()?;
    let body = serde_json::to_vec(&serde_json::json!({ "Name": name, "WithDecryption": true }))?;
    let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", OPERATION)];
    let identity: Identity = Credentials::new(
        context.require("AWS_ACCESS_KEY_ID")?,
        context.require("AWS_SECRET_ACCESS_KEY")?,
        context.get("AWS_SESSION_TOKEN"),
        None,
        "environment",
    )
    .into();
    let signer = v4::SigningParams::builder()
        .identity(&identity)
        .region(&region)
        .name("ssm")
        .time(context.now().into())
        .settings(SigningSettings::default())
        .build()?
        .into();
    let signable = SignableRequest::new("POST", url.as_str(), headers.into_iter(), SignableBody::Bytes(&body))?;
    let (signature, _) = sign(signable, &signer)?.into_parts();
    let mut request = http::Request::post(url.path());
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let mut request = request.body(Bytes::from(body))?;
    signature.apply_to_request_http1x(&mut request);
    let ssm = Outside::new(TERMS, &url[..Position::BeforePath], context.sdk().http_client(), None);
    let answer = ssm.send(request).await.map_err(|failure| failure.to_string())?;
    Ok(serde_json::from_slice::<Found>(&answer.body)?.parameter.value.into())
}
