//! A function as a value: what Lambda, the emulator and the local engine all start and invoke.
//!
//! An invocation is bytes in, bytes out, as in Lambda's own protocol, so that every engine runs the same code.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use futures::future::BoxFuture;

use crate::context::Context;
use crate::metrics::Trigger;

/// A failed start or a failed invocation. The text goes to the log and, on AWS, to the function's error metric.
pub type Error = lambda_runtime::Error;

/// A started function: its clients are made, it waits for events.
pub trait Invoke: Send + Sync {
    /// Handles one event: its JSON in, the answer's JSON out.
    fn invoke<'a>(&'a self, event: &'a [u8]) -> BoxFuture<'a, Result<Vec<u8>, Error>>;
}

/// A function before its start.
#[derive(Clone, Copy)]
pub struct Function {
    trigger: Trigger,
    start: fn(&Context) -> Result<Arc<dyn Invoke>, Error>,
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Function")
    }
}

impl Function {
    /// A function that is invoked by such a trigger and starts so.
    pub const fn new(trigger: Trigger, start: fn(&Context) -> Result<Arc<dyn Invoke>, Error>) -> Self {
        Self { trigger, start }
    }

    /// Starts it: reads its configuration and makes its clients.
    ///
    /// # Errors
    /// When its configuration is not complete.
    pub fn start(&self, context: &Context) -> Result<Arc<dyn Invoke>, Error> {
        let started = (self.start)(context)?;
        Ok(Arc::new(Measured { started, trigger: self.trigger, context: context.clone(), cold: AtomicBool::new(true) }))
    }
}

/// A started function that tells what each invocation cost.
struct Measured {
    started: Arc<dyn Invoke>,
    trigger: Trigger,
    context: Context,
    cold: AtomicBool,
}

impl Invoke for Measured {
    fn invoke<'a>(&'a self, event: &'a [u8]) -> BoxFuture<'a, Result<Vec<u8>, Error>> {
        Box::pin(async move {
            let began = Instant::now();
            let answer = self.started.invoke(event).await;
            let cold = self.cold.swap(false, Ordering::Relaxed);
            self.context.metrics().invoked(self.trigger, began.elapsed(), cold, self.context.now().as_millisecond());
            answer
        })
    }
}
