//! A function as a value: what Lambda, the emulator and the local engine all start and invoke.
//!
//! An invocation is bytes in, bytes out, as in Lambda's own protocol, so that every engine runs the same code.

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;

use crate::context::Context;

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
    start: fn(&Context) -> Result<Arc<dyn Invoke>, Error>,
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Function")
    }
}

impl Function {
    /// A function that starts so.
    pub const fn new(start: fn(&Context) -> Result<Arc<dyn Invoke>, Error>) -> Self {
        Self { start }
    }

    /// Starts it: reads its configuration and makes its clients.
    ///
    /// # Errors
    /// When its configuration is not complete.
    pub fn start(&self, context: &Context) -> Result<Arc<dyn Invoke>, Error> {
        (self.start)(context)
    }
}
