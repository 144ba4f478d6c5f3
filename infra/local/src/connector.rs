//! The way from an SDK client to the engine, in the same process.
//!
//! Knows how the SDK hands requests over; it deliberately knows no service. Who asks is in the request's signature,
//! which invocation it belongs to in the task that polls it.

use std::fmt;
use std::sync::{Arc, Weak};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body_util::BodyExt;

use crate::engine::{Inner, Reply};

/// Answers an SDK client's requests from the engine.
#[derive(Clone)]
pub(crate) struct InProcess(Weak<Inner>);

impl InProcess {
    pub(crate) fn client(engine: Weak<Inner>) -> SharedHttpClient {
        SharedHttpClient::new(Self(engine))
    }

    async fn answer(engine: Arc<Inner>, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
        let (parts, body) = request.into_parts();
        let body = match body.bytes() {
            Some(bytes) => Bytes::copy_from_slice(bytes),
            None => body.collect().await.map_err(ConnectorError::user)?.to_bytes(),
        };
        // A call is on the caller's stack: a boxed one keeps the handlers' futures small.
        match Box::pin(engine.dispatch(http::Request::from_parts(parts, body))).await {
            Reply::Answer(response) => response
                .map(SdkBody::from)
                .try_into()
                .map_err(|error: aws_smithy_runtime_api::http::HttpError| ConnectorError::other(error.into(), None)),
            Reply::Lost => Err(ConnectorError::timeout("the answer was lost".into())),
            Reply::Dead => std::future::pending().await,
        }
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InProcess")
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let engine = self.0.upgrade();
        HttpConnectorFuture::new(async move {
            match engine {
                Some(engine) => Self::answer(engine, request).await,
                None => Err(ConnectorError::io("the engine is gone".into())),
            }
        })
    }
}

impl HttpClient for InProcess {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
