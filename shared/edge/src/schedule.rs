//! Schedules at a function's edge: a tick in, nothing out.

use std::future::Future;
use std::sync::Arc;

use futures::future::BoxFuture;

use crate::context::Context;
use crate::function::{Error, Function, Invoke};
use crate::metrics::Trigger;

/// A function that runs on a schedule.
pub trait ScheduleHandler: Sized + Send + Sync + 'static {
    /// Reads its configuration and makes its clients.
    ///
    /// # Errors
    /// When its configuration is not complete.
    fn new(context: &Context) -> Result<Self, Error>;

    /// Does what is due. A tick may be lost or come twice.
    fn handle(&self) -> impl Future<Output = Result<(), Error>> + Send;
}

/// The function that runs on a schedule with this handler.
pub const fn schedule<H: ScheduleHandler>() -> Function {
    Function::new(Trigger::Schedule, |context| Ok(Arc::new(Runner { handler: H::new(context)? })))
}

struct Runner<H> {
    handler: H,
}

impl<H: ScheduleHandler> Invoke for Runner<H> {
    fn invoke<'a>(&'a self, _event: &'a [u8]) -> BoxFuture<'a, Result<Vec<u8>, Error>> {
        Box::pin(async move {
            self.handler.handle().await?;
            Ok(b"null".to_vec())
        })
    }
}
