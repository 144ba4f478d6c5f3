//! The way a function binary runs on Lambda: clients are made and the connection to DynamoDB is open before the first
//! event is asked for, while Lambda still gives a starting function all of a processor.

use std::process::ExitCode;
use std::sync::Arc;

use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::value::RawValue;

use crate::context::Context;
use crate::function::{Error, Function};
use crate::telemetry;

/// Runs the function until Lambda ends the environment: the whole of a function's `main`.
pub fn run(function: Function) -> ExitCode {
    telemetry::start();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(error = %error, "no runtime");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(serve(function)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = %error, "the function ended");
            ExitCode::FAILURE
        }
    }
}

async fn serve(function: Function) -> Result<(), Error> {
    let context = Context::of_process()?;
    let started = function.start(&context)?;
    context.warm_up().await;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Box<RawValue>>| {
        let started = Arc::clone(&started);
        async move {
            let answer = started.invoke(event.payload.get().as_bytes()).await?;
            Ok::<_, Error>(RawValue::from_string(String::from_utf8(answer)?)?)
        }
    }))
    .await
}
