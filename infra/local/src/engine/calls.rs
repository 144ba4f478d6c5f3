//! Calls to services: who may, what goes wrong, what they do, what they cost.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use bytes::Bytes;
use http::{Request as HttpRequest, Response};
use serde_json::{Value, json};

use super::{Inner, NOTES, SourceKind};
use crate::dynamo::{self, Outline, Units};
use crate::faults::{self, Call, Fault, Faults, Tampering};
use crate::iam::Need;
use crate::journeys::{CallView, Notes, Recorded};
use crate::keep::{Change, held};
use crate::limit::WriteLimit;
use crate::sqs::{Draft, call as call_queue, needs as queue_needs};
use crate::template::{ACCOUNT, REGION, bucket_arn};
use crate::wire::{Answer, Request, Service};
use crate::{cloudwatch, s3, ses};

/// How many calls, and how many lines of metrics, are kept for tests to look at.
const RECORDED: usize = 200_000;

/// The message attribute that carries the correlation id.
const CORRELATION: &str = "correlation";

/// What comes back over the wire.
pub(crate) enum Reply {
    /// An answer.
    Answer(Response<Bytes>),
    /// None, within the caller's patience.
    Lost,
    /// None, and the caller's process is gone.
    Dead,
}

/// What a call asks, as far as it has to be known before it is performed.
enum Asked {
    /// Something of the tables, whose request stays the bytes that it came in.
    Tables(Outline),
    /// What JSON says.
    Json(Value),
    /// A mail.
    Mail(ses::Form),
    /// What the service itself reads.
    Other,
}

impl Asked {
    fn read(request: &Request) -> Result<Self, Answer> {
        match request.service {
            Service::DynamoDb => Outline::read(request.http.body()).map(Self::Tables).map_err(|error| {
                Answer::json_error(400, "com.amazon.coral.service#SerializationException", &error.to_string())
            }),
            Service::Sqs | Service::Ssm => request.json().map(Self::Json),
            Service::Ses => Ok(Self::Mail(ses::Form::read(request))),
            Service::S3 | Service::CloudWatch | Service::Stripe | Service::Other => Ok(Self::Other),
        }
    }
}

/// What a call did.
struct Performed {
    answer: Answer,
    units: Units,
}

impl From<Answer> for Performed {
    fn from(answer: Answer) -> Self {
        Self { answer, units: Units::default() }
    }
}

impl Inner {
    /// Answers a call.
    pub(crate) async fn dispatch(&self, http: HttpRequest<Bytes>) -> Reply {
        let mut request = Request::read(http);
        let asked = match Asked::read(&request) {
            Ok(asked) => asked,
            Err(answer) => return Reply::Answer(answer.into_http(&self.new_id())),
        };
        match (request.service, &asked) {
            (Service::S3, _) => request.operation = s3::operation_name(&request),
            (Service::CloudWatch, _) => request.operation = cloudwatch::operation(&request),
            (_, Asked::Mail(form)) => request.operation = ses::operation(form),
            (_, Asked::Tables(_) | Asked::Json(_) | Asked::Other) => {}
        }
        let needs = self.needs(&request, &asked);
        let call = Call {
            number: self.calls.fetch_add(1, Ordering::SeqCst) + 1,
            caller: request.caller.clone(),
            service: request.service,
            operation: request.operation.clone(),
            resources: needs.iter().map(|need| need.resource.clone()).collect(),
        };
        let notes = NOTES.try_with(Arc::clone).ok();
        let started = Instant::now();
        let reply = self.troubled(&mut request, asked, &needs, &call, notes.as_deref()).await;
        let (reply, units) = match reply {
            Ok(performed) => (Reply::Answer(performed.answer.into_http(&self.new_id())), performed.units),
            Err(reply) => (reply, Units::default()),
        };
        let resources: Vec<String> = {
            let mut names: Vec<String> = call.resources.iter().map(|arn| short(arn)).collect();
            names.dedup();
            names
        };
        if let Some(notes) = &notes {
            notes.call(CallView {
                service: call.service,
                operation: call.operation.clone(),
                resources: resources.clone(),
                took_us: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
                read_units: units.read,
                write_units: units.write,
                status: match &reply {
                    Reply::Answer(response) => response.status().as_u16(),
                    Reply::Lost | Reply::Dead => 0,
                },
            });
        }
        self.record(Recorded {
            caller: call.caller,
            service: call.service,
            operation: call.operation,
            resources,
            units,
        });
        reply
    }

    /// Notes a call for a test to look at; a running shop has journeys instead.
    fn record(&self, call: Recorded) {
        if self.seed.is_none() {
            return;
        }
        remember(&mut held(&self.recorded), call);
    }

    /// Performs a call with whatever goes wrong before and after it.
    async fn troubled(
        &self,
        request: &mut Request,
        asked: Asked,
        needs: &[Need],
        call: &Call,
        notes: Option<&Notes>,
    ) -> Result<Performed, Reply> {
        let items = match &asked {
            Asked::Tables(outline) => outline.items(),
            Asked::Json(_) | Asked::Mail(_) | Asked::Other => 0,
        };
        let faults = self.faults();
        if let Some(fault) = faults.before(call)
            && let Some(answer) = self.suffered(fault, request, items, notes).await?
        {
            return Ok(answer.into());
        }
        let performed = match self.grants.check(&request.caller, needs) {
            Ok(()) => self.tampered(&*faults, request, asked, call, notes).await,
            Err(denied) => {
                tracing::error!("{denied}");
                Answer::denied(request.service, &denied).into()
            }
        };
        match faults.after(call) {
            None => Ok(performed),
            Some(fault) => Ok(match self.suffered(fault, request, items, notes).await? {
                Some(answer) => answer.into(),
                None => performed,
            }),
        }
    }

    /// Performs a call as a sabotage leaves it; without one, as it is.
    async fn tampered(
        &self,
        faults: &dyn Faults,
        request: &mut Request,
        asked: Asked,
        call: &Call,
        notes: Option<&Notes>,
    ) -> Performed {
        if !faults.sabotages() {
            return self.perform(request, &asked, notes).await;
        }
        let mut body = match &asked {
            Asked::Tables(_) | Asked::Json(_) => request.json().unwrap_or_default(),
            Asked::Mail(_) | Asked::Other => Value::Null,
        };
        let tampering = faults.tamper(call, request.http.headers_mut(), &mut body);
        let asked = match asked {
            Asked::Tables(_) | Asked::Json(_) => {
                *request.http.body_mut() = body.to_string().into();
                Asked::read(request).unwrap_or(Asked::Other)
            }
            Asked::Mail(_) | Asked::Other => asked,
        };
        let mut performed = match tampering {
            Tampering::Nothing => self.perform(request, &asked, notes).await,
            Tampering::Twice => {
                let first = self.perform(request, &asked, notes).await;
                self.perform(request, &asked, notes).await;
                first
            }
            Tampering::Unwritten => Answer::json(&json!({})).into(),
        };
        faults.retell(call, &body, &mut performed.answer.body);
        performed
    }

    /// What goes wrong for now.
    pub(super) fn faults(&self) -> Arc<dyn Faults> {
        self.faults
            .read()
            .map(|faults| Arc::clone(&faults))
            .unwrap_or_else(|poisoned| Arc::clone(&poisoned.into_inner()))
    }

    /// How much is written at most for now.
    fn limit(&self) -> Option<Arc<WriteLimit>> {
        self.limit.read().map_or_else(|poisoned| poisoned.into_inner().clone(), |limit| limit.clone())
    }

    /// What a fault makes of a call: an answer of its own, none at all, or nothing but time.
    async fn suffered(
        &self,
        fault: Fault,
        request: &Request,
        items: usize,
        notes: Option<&Notes>,
    ) -> Result<Option<Answer>, Reply> {
        match fault {
            Fault::Throttle => Ok(Some(faults::throttled(request.service))),
            Fault::ServerError => Ok(Some(faults::failed(request.service))),
            Fault::TransactionConflict => Ok(Some(faults::conflicted(&request.operation, items))),
            Fault::LostAnswer => Err(Reply::Lost),
            Fault::Delay(time) => {
                tokio::time::sleep(time).await;
                Ok(None)
            }
            Fault::Crash => match notes {
                Some(notes) => {
                    notes.die();
                    Err(Reply::Dead)
                }
                None => Err(Reply::Lost),
            },
        }
    }

    fn needs(&self, request: &Request, asked: &Asked) -> Vec<Need> {
        match (request.service, asked) {
            (_, Asked::Tables(outline)) => dynamo::needs(&request.operation, outline),
            (Service::Ssm, Asked::Json(body)) => parameter_names(body)
                .iter()
                .map(|name| Need::new(&format!("ssm:{}", request.operation), parameter_arn(name)))
                .collect(),
            (_, Asked::Json(body)) => queue_needs(&request.operation, body),
            (Service::S3, Asked::Other) => s3::needs(request),
            (_, Asked::Mail(form)) => ses::needs(form, |need| self.grants.allows(&request.caller, need)),
            (Service::CloudWatch, Asked::Other) => cloudwatch::needs(request),
            // The payment provider asks for its own key.
            (_, Asked::Other) => Vec::new(),
        }
    }

    async fn perform(&self, request: &Request, asked: &Asked, notes: Option<&Notes>) -> Performed {
        let operation = request.operation.as_str();
        match (request.service, asked) {
            (_, Asked::Tables(outline)) if dynamo::known(operation) => {
                let limit = self.limit();
                let body = request.http.body();
                let admitted = match limit.as_ref().map(|limit| limit.admit(operation, body)).transpose() {
                    Ok(admitted) => admitted,
                    Err(throttled) => return throttled.into(),
                };
                let done = self.dynamo.call(operation, outline, body);
                if let (Some(limit), Some(admitted)) = (limit, admitted) {
                    limit.pay(&admitted, done.units.write);
                }
                for table in &done.written {
                    self.wake_stream(table);
                }
                Performed { answer: done.answer, units: done.units }
            }
            (Service::Sqs, Asked::Json(body)) => self.perform_queue(request, body, notes).into(),
            (Service::Ssm, Asked::Json(body)) => self.parameters(operation, body).into(),
            (Service::S3, _) => {
                let bucket = request.path().trim_start_matches('/');
                let bucket = bucket.split('/').next().unwrap_or_default();
                // Who may list a bucket is told that a key is not there; who may not, only that it is refused.
                let list = Need::new("s3:ListBucket", bucket_arn(bucket));
                let lists = self.grants.allows(&request.caller, &list);
                if lists {
                    self.grants.also_used([(request.caller.clone(), list.action, list.resource)]);
                }
                self.buckets.call(request, lists, self.now()).into()
            }
            (_, Asked::Mail(form)) => {
                let done = self.mailbox.call(form, &self.model.mail_events, self.now(), &self.new_id());
                for event in done.events {
                    self.put_message(&event.queue, "ses", event.body);
                }
                done.answer.into()
            }
            (Service::CloudWatch, _) => self.cloudwatch.call(request).into(),
            (Service::Stripe, _) => {
                let http = &request.http;
                let (status, body) = self.stripe.request(
                    http.method().as_str(),
                    http.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str),
                    http.headers(),
                    http.body(),
                    self.now(),
                );
                self.keep_books();
                Answer {
                    status,
                    headers: vec![("content-type".into(), "application/json".to_owned())],
                    body: body.into(),
                }
                .into()
            }
            (Service::DynamoDb | Service::Sqs | Service::Ses | Service::Ssm | Service::Other, _) => {
                Answer::unknown_operation(request.service, operation).into()
            }
        }
    }

    fn perform_queue(&self, request: &Request, body: &Value, notes: Option<&Notes>) -> Answer {
        let done =
            call_queue(&self.queues, &request.operation, body, &request.caller, self.now(), &mut || self.new_id());
        if let Some(queue) = &done.sent_to {
            self.wake_queue(queue);
            if let Some(notes) = notes {
                let entries = body.get("Entries").and_then(Value::as_array);
                for entry in entries.map_or(std::slice::from_ref(body), Vec::as_slice) {
                    let attribute = entry.pointer(&format!("/MessageAttributes/{CORRELATION}/StringValue"));
                    if let Some(id) = attribute.and_then(Value::as_str) {
                        notes.sent_for(id);
                    }
                }
            }
        }
        done.answer
    }

    /// Puts a message of the outer world's into a queue.
    pub(super) fn put_message(&self, queue: &str, sender: &str, body: String) {
        let draft = Draft { body, attributes: json!({}), delay: None };
        self.queues.send(queue, sender, vec![draft], self.now(), || self.new_id());
        self.wake_queue(queue);
    }

    /// The parameter store.
    fn parameters(&self, operation: &str, body: &Value) -> Answer {
        let told = |name: &str, value: &str| {
            json!({
                "Name": name, "Type": "SecureString", "Value": value, "Version": 1, "DataType": "text",
                "ARN": parameter_arn(name), "LastModifiedDate": self.now().as_second(),
            })
        };
        let names = parameter_names(body);
        match operation {
            "GetParameter" => {
                let name = names.first().map(String::as_str).unwrap_or_default();
                match self.secrets.get(name) {
                    Some(value) => Answer::json(&json!({ "Parameter": told(name, value) })),
                    None => Answer::json_error(400, "ParameterNotFound", name),
                }
            }
            "GetParameters" => {
                let (known, unknown): (Vec<_>, Vec<_>) =
                    names.iter().partition(|name| self.secrets.contains_key(*name));
                let known: Vec<Value> =
                    known.into_iter().filter_map(|name| Some(told(name, self.secrets.get(name)?))).collect();
                Answer::json(&json!({ "Parameters": known, "InvalidParameters": unknown }))
            }
            other => Answer::unknown_operation(Service::Ssm, other),
        }
    }

    pub(super) fn keep_books(&self) {
        if !self.keep.keeps() {
            return;
        }
        self.keep.write(vec![Change::Put(super::start::STRIPE, "books".to_owned(), self.stripe.snapshot())]);
    }

    pub(super) fn wake_queue(&self, queue: &str) {
        for source in &self.sources {
            if let SourceKind::Queue(spec) = &source.kind
                && spec.queue == queue
            {
                source.wake.up();
            }
        }
    }

    fn wake_stream(&self, table: &str) {
        for source in &self.sources {
            if let SourceKind::Stream(spec, _) = &source.kind
                && spec.table == table
            {
                source.wake.up();
            }
        }
    }
}

/// Keeps the latest of what tests look at.
pub(super) fn remember<T>(kept: &mut Vec<T>, one: T) {
    if kept.len() >= RECORDED {
        kept.drain(..RECORDED / 2);
    }
    kept.push(one);
}

fn parameter_names(body: &Value) -> Vec<String> {
    let one = body.get("Name").and_then(Value::as_str).map(str::to_owned);
    let many =
        body.get("Names").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    one.into_iter().chain(many).collect()
}

fn parameter_arn(name: &str) -> String {
    let slash = if name.starts_with('/') { "" } else { "/" };
    format!("arn:aws:ssm:{REGION}:{ACCOUNT}:parameter{slash}{name}")
}

/// The part of an ARN that people know a resource by.
fn short(arn: &str) -> String {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or(arn);
    resource.trim_start_matches("table/").trim_start_matches("parameter").to_owned()
}
