//! The template's resources, read one by one.
//!
//! Knows which properties the engine runs and, on explicit lists, which matter on AWS alone. It deliberately refuses
//! everything else by name.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::intrinsics::{Template, scalar};
use super::{
    Event, FunctionSpec, HttpSource, MailEvents, Model, QueueSource, QueueSpec, Redrive, ScheduleSource, Statement,
    StreamSource, TableSpec, TemplateError, kebab,
};
use crate::pattern::Pattern;
use crate::schedule::Rule;

/// Resource types that matter on AWS alone.
const CLOUD_ONLY: [&str; 20] = [
    "AWS::ApiGatewayV2::ApiMapping",
    "AWS::ApiGatewayV2::DomainName",
    "AWS::Budgets::Budget",
    "AWS::CertificateManager::Certificate",
    "AWS::CloudFront::Distribution",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::IAM::Role",
    "AWS::KMS::Alias",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::Logs::MetricFilter",
    "AWS::Logs::QueryDefinition",
    "AWS::S3::BucketPolicy",
    "AWS::SES::EmailIdentity",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::SSM::Parameter",
    "AWS::XRay::Group",
];

const FUNCTION_ELSEWHERE: [&str; 14] = [
    "Architectures",
    "AutoPublishAlias",
    "Description",
    "EphemeralStorage",
    "Handler",
    "KmsKeyArn",
    "Layers",
    "LoggingConfig",
    "PackageType",
    "RecursiveLoop",
    "ReservedConcurrentExecutions",
    "Runtime",
    "Tags",
    "Tracing",
];
const API_ELSEWHERE: [&str; 10] = [
    "AccessLogSettings",
    "CorsConfiguration",
    "DefaultRouteSettings",
    "Description",
    "DisableExecuteApiEndpoint",
    "Domain",
    "FailOnWarnings",
    "Name",
    "StageName",
    "Tags",
];
const QUEUE_ELSEWHERE: [&str; 6] = [
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "ReceiveMessageWaitTimeSeconds",
    "RedriveAllowPolicy",
    "SqsManagedSseEnabled",
    "Tags",
];
const TABLE_ELSEWHERE: [&str; 8] = [
    "BillingMode",
    "ContributorInsightsSpecification",
    "DeletionProtectionEnabled",
    "OnDemandThroughput",
    "PointInTimeRecoverySpecification",
    "SSESpecification",
    "TableClass",
    "Tags",
];
const BUCKET_ELSEWHERE: [&str; 9] = [
    "BucketEncryption",
    "CorsConfiguration",
    "LifecycleConfiguration",
    "LoggingConfiguration",
    "NotificationConfiguration",
    "OwnershipControls",
    "PublicAccessBlockConfiguration",
    "Tags",
    "VersioningConfiguration",
];

fn shape(at: &str, why: &str) -> TemplateError {
    TemplateError::Shape { at: at.to_owned(), why: why.to_owned() }
}

/// A resource's resolved properties, and where they stand.
struct Properties {
    at: String,
    map: Map<String, Value>,
}

impl Properties {
    fn new(at: String, value: Value) -> Result<Self, TemplateError> {
        match value {
            Value::Object(map) => Ok(Self { at, map }),
            Value::Null => Ok(Self { at, map: Map::new() }),
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                Err(shape(&at, "a mapping is expected"))
            }
        }
    }

    /// Refuses what is neither run nor known to matter elsewhere.
    fn only(&self, run: &[&str], elsewhere: &[&str]) -> Result<(), TemplateError> {
        match self.map.keys().find(|key| !run.contains(&key.as_str()) && !elsewhere.contains(&key.as_str())) {
            Some(property) => Err(TemplateError::Property { at: self.at.clone(), property: property.clone() }),
            None => Ok(()),
        }
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.map.get(name)
    }

    fn text(&self, name: &str) -> Result<String, TemplateError> {
        self.get(name).and_then(scalar).ok_or_else(|| shape(&self.at, &format!("{name} is expected, a scalar")))
    }

    fn number(&self, name: &str, otherwise: u64) -> Result<u64, TemplateError> {
        match self.get(name) {
            None => Ok(otherwise),
            Some(value) => scalar(value)
                .and_then(|text| text.parse().ok())
                .ok_or_else(|| shape(&self.at, &format!("{name} is a whole number"))),
        }
    }

    fn flag(&self, name: &str) -> bool {
        self.get(name).and_then(scalar).as_deref() == Some("true")
    }

    fn inner(&self, name: &str) -> Result<Self, TemplateError> {
        Self::new(format!("{}.{name}", self.at), self.get(name).cloned().unwrap_or(Value::Null))
    }
}

pub(super) fn model(template: &Template) -> Result<Model, TemplateError> {
    let mut model = Model { parameters: template.parameters().clone(), ..Model::default() };
    let mut destinations = Vec::new();
    let mut subscriptions = Vec::new();
    let mut apis = Vec::new();
    for (logical, kind, properties) in template.resources()? {
        if CLOUD_ONLY.contains(&kind) {
            continue;
        }
        let properties = Properties::new(logical.to_owned(), template.resolve(properties, logical)?)?;
        match kind {
            "AWS::Serverless::Function" => {
                model.functions.push(function(template, logical, properties)?);
            }
            "AWS::DynamoDB::Table" => {
                let table = table(template, logical, &properties)?;
                model.tables.insert(table.name.clone(), table);
            }
            "AWS::SQS::Queue" => {
                model.queues.insert(logical.to_owned(), queue(logical, &properties)?);
            }
            "AWS::S3::Bucket" => {
                properties.only(&["BucketName"], &BUCKET_ELSEWHERE)?;
                model.buckets.push(template.physical(logical, "BucketName", kebab, logical)?);
            }
            "AWS::Serverless::HttpApi" => apis.push(properties),
            "AWS::SES::ConfigurationSet" | "AWS::SNS::Topic" => {}
            "AWS::SES::ConfigurationSetEventDestination" => destinations.push(properties),
            "AWS::SNS::Subscription" => subscriptions.push(properties),
            other => {
                return Err(TemplateError::Kind { logical: logical.to_owned(), kind: other.to_owned() });
            }
        }
    }
    model.functions.sort_by(|a, b| a.folder.cmp(&b.folder));
    for api in &apis {
        routes(api, &mut model)?;
    }
    for destination in &destinations {
        mail_events(destination, &subscriptions, &mut model)?;
    }
    check(&model)?;
    Ok(model)
}

/// What the parts of a model must know of each other.
fn check(model: &Model) -> Result<(), TemplateError> {
    let unknown = |at: &str, name: &str| TemplateError::Unknown { at: at.to_owned(), name: name.to_owned() };
    for queue in model.queues.values() {
        if let Some(redrive) = &queue.redrive
            && !model.queues.contains_key(&redrive.to)
        {
            return Err(unknown(&queue.name, &redrive.to));
        }
    }
    for function in &model.functions {
        for event in &function.events {
            match event {
                Event::Queue(source) if !model.queues.contains_key(&source.queue) => {
                    return Err(unknown(&function.logical, &source.queue));
                }
                Event::Stream(source) => {
                    let streams = model.tables.get(&source.table).is_some_and(|table| table.streams);
                    if !streams {
                        return Err(unknown(&function.logical, &source.table));
                    }
                    if let Some(bucket) = &source.parking
                        && !model.buckets.contains(bucket)
                    {
                        return Err(unknown(&function.logical, bucket));
                    }
                }
                Event::Http(_) | Event::Queue(_) | Event::Schedule(_) => {}
            }
        }
    }
    Ok(())
}

/// The routes of an API, each given to its function.
///
/// The definition is OpenAPI: an operation names one of the components' integrations, an integration its function.
fn routes(api: &Properties, model: &mut Model) -> Result<(), TemplateError> {
    api.only(&["DefinitionBody"], &API_ELSEWHERE)?;
    let definition = api.inner("DefinitionBody")?;
    definition.only(&["openapi", "paths", "components"], &["info"])?;
    let integrations = definition.inner("components")?.inner("x-amazon-apigateway-integrations")?;
    for (path, operations) in definition.inner("paths")?.map {
        let operations = Properties::new(format!("{} {path}", definition.at), operations)?;
        for method in operations.map.keys() {
            let operation = operations.inner(method)?;
            operation.only(&["x-amazon-apigateway-integration", "isDefaultRoute"], &[])?;
            let reference = operation.inner("x-amazon-apigateway-integration")?.text("$ref")?;
            let integration = integrations.inner(&last_part(&reference, '/'))?;
            integration.only(&["type", "httpMethod", "payloadFormatVersion", "uri"], &["credentials"])?;
            if integration.text("type")? != "aws_proxy" || integration.text("payloadFormatVersion")? != "2.0" {
                return Err(shape(&integration.at, "only functions are called, in payload format 2.0"));
            }
            let uri = integration.text("uri")?;
            let called = uri.strip_suffix("/invocations").map(|arn| last_part(arn, ':')).unwrap_or_default();
            let function = model
                .functions
                .iter_mut()
                .find(|function| function.folder == called)
                .ok_or_else(|| TemplateError::Unknown { at: integration.at.clone(), name: uri })?;
            let method =
                if method == "x-amazon-apigateway-any-method" { "ANY".to_owned() } else { method.to_ascii_uppercase() };
            let path = if operation.flag("isDefaultRoute") { "$default".to_owned() } else { path.clone() };
            function.events.push(Event::Http(HttpSource { method, path }));
        }
    }
    Ok(())
}

fn mail_events(destination: &Properties, subscriptions: &[Properties], model: &mut Model) -> Result<(), TemplateError> {
    let set = destination.text("ConfigurationSetName")?;
    let events = destination.inner("EventDestination")?;
    if !events.flag("Enabled") {
        return Ok(());
    }
    let topic = events.inner("SnsDestination")?.text("TopicARN")?;
    let types = events
        .get("MatchingEventTypes")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_ascii_lowercase)
        .collect::<Vec<_>>();
    for subscription in subscriptions {
        if subscription.text("TopicArn")? != topic || subscription.text("Protocol")? != "sqs" {
            continue;
        }
        subscription.only(&["TopicArn", "Protocol", "Endpoint", "RawMessageDelivery"], &["RedrivePolicy"])?;
        model.mail_events.push(MailEvents {
            set: set.clone(),
            types: types.clone(),
            topic: topic.clone(),
            queue: last_part(&subscription.text("Endpoint")?, ':'),
            raw: subscription.flag("RawMessageDelivery"),
        });
    }
    Ok(())
}

fn last_part(text: &str, separator: char) -> String {
    text.rsplit(separator).next().unwrap_or_default().to_owned()
}

fn function(template: &Template, logical: &str, mut own: Properties) -> Result<FunctionSpec, TemplateError> {
    let globals = Properties::new(
        "Globals.Function".to_owned(),
        template.resolve(&template.globals("Function"), "Globals.Function")?,
    )?;
    let mut environment: BTreeMap<String, String> = BTreeMap::new();
    for scope in [&globals, &own] {
        for (name, value) in &scope.inner("Environment")?.inner("Variables")?.map {
            let text = scalar(value).ok_or_else(|| shape(logical, &format!("the variable {name} is a scalar")))?;
            environment.insert(name.clone(), text);
        }
    }
    for (name, value) in globals.map {
        own.map.entry(name).or_insert(value);
    }
    own.only(&["CodeUri", "Environment", "Policies", "Events", "MemorySize", "Timeout"], &FUNCTION_ELSEWHERE)?;
    let memory_mb =
        u32::try_from(own.number("MemorySize", 128)?).map_err(|_| shape(logical, "MemorySize is too large"))?;
    Ok(FunctionSpec {
        logical: logical.to_owned(),
        folder: template.folder(logical),
        environment,
        statements: statements(&own)?,
        memory_mb,
        timeout: Duration::from_secs(own.number("Timeout", 3)?),
        events: own
            .inner("Events")?
            .map
            .into_iter()
            .map(|(name, value)| event(logical, &name, value))
            .collect::<Result<_, _>>()?,
    })
}

fn statements(own: &Properties) -> Result<Vec<Statement>, TemplateError> {
    let at = format!("{}.Policies", own.at);
    let mut granted = Vec::new();
    for policy in own.get("Policies").and_then(Value::as_array).into_iter().flatten() {
        let listed = policy
            .get("Statement")
            .and_then(Value::as_array)
            .ok_or_else(|| shape(&at, "only policies with statements are run"))?;
        for statement in listed {
            let statement = Properties::new(at.clone(), statement.clone())?;
            statement.only(&["Effect", "Action", "Resource"], &["Sid"])?;
            if statement.text("Effect")? != "Allow" {
                return Err(shape(&at, "only Allow statements are run"));
            }
            let texts = |name: &str| -> Result<Vec<String>, TemplateError> {
                let value = statement.get(name);
                let items = match value {
                    Some(Value::Array(items)) => items.iter().map(scalar).collect(),
                    Some(one) => scalar(one).map(|text| vec![text]),
                    None => None,
                };
                items.ok_or_else(|| shape(&at, &format!("{name} is expected, one or a list")))
            };
            granted.push(Statement { actions: texts("Action")?, resources: texts("Resource")? });
        }
    }
    Ok(granted)
}

fn event(logical: &str, name: &str, value: Value) -> Result<Event, TemplateError> {
    let at = format!("{logical}.Events.{name}");
    let event = Properties::new(at.clone(), value)?;
    let kind = event.text("Type")?;
    let properties = event.inner("Properties")?;
    match kind.as_str() {
        "SQS" => {
            properties.only(
                &["Queue", "BatchSize", "FunctionResponseTypes", "FilterCriteria", "ScalingConfig"],
                &["MaximumBatchingWindowInSeconds", "Enabled"],
            )?;
            Ok(Event::Queue(QueueSource {
                queue: last_part(&properties.text("Queue")?, ':'),
                batch_size: batch_size(&properties, 10)?,
                reports_failures: reports_failures(&properties),
                filters: filters(&properties)?,
                concurrency: usize::try_from(properties.inner("ScalingConfig")?.number("MaximumConcurrency", 0)?)
                    .ok()
                    .filter(|most| *most > 0),
            }))
        }
        "DynamoDB" => {
            properties.only(
                &[
                    "Stream",
                    "BatchSize",
                    "FunctionResponseTypes",
                    "FilterCriteria",
                    "BisectBatchOnFunctionError",
                    "MaximumRetryAttempts",
                    "DestinationConfig",
                    "StartingPosition",
                ],
                &["Enabled", "MaximumBatchingWindowInSeconds", "MaximumRecordAgeInSeconds", "ParallelizationFactor"],
            )?;
            if properties.text("StartingPosition")? != "TRIM_HORIZON" {
                return Err(shape(&at, "streams are read from TRIM_HORIZON"));
            }
            Ok(Event::Stream(StreamSource {
                id: format!("{logical}.{name}"),
                table: stream_table(&properties.text("Stream")?, &at)?,
                batch_size: batch_size(&properties, 100)?,
                reports_failures: reports_failures(&properties),
                filters: filters(&properties)?,
                bisects: properties.flag("BisectBatchOnFunctionError"),
                retries: match properties.get("MaximumRetryAttempts").and_then(scalar).as_deref() {
                    None | Some("-1") => None,
                    Some(text) => Some(text.parse().map_err(|_| shape(&at, "MaximumRetryAttempts is a whole number"))?),
                },
                parking: parking(&properties)?,
            }))
        }
        "Schedule" | "ScheduleV2" => {
            properties.only(
                &["Schedule", "ScheduleExpression", "Input"],
                &["Description", "Enabled", "FlexibleTimeWindow", "Name", "OmitName", "RetryPolicy", "State"],
            )?;
            let expression = properties.text("ScheduleExpression").or_else(|_| properties.text("Schedule"))?;
            Ok(Event::Schedule(ScheduleSource {
                id: format!("{logical}.{name}"),
                rule: Rule::parse(&expression).map_err(|error| shape(&at, &error.to_string()))?,
                input: properties.get("Input").and_then(scalar),
            }))
        }
        other => Err(TemplateError::Kind { logical: at, kind: other.to_owned() }),
    }
}

fn batch_size(properties: &Properties, otherwise: u64) -> Result<usize, TemplateError> {
    let size = properties.number("BatchSize", otherwise)?;
    usize::try_from(size).ok().filter(|size| *size > 0).ok_or_else(|| shape(&properties.at, "BatchSize is 1 or more"))
}

fn reports_failures(properties: &Properties) -> bool {
    properties
        .get("FunctionResponseTypes")
        .and_then(Value::as_array)
        .is_some_and(|types| types.contains(&json!("ReportBatchItemFailures")))
}

fn filters(properties: &Properties) -> Result<Vec<Pattern>, TemplateError> {
    properties
        .inner("FilterCriteria")?
        .get("Filters")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|filter| {
            let text = filter
                .get("Pattern")
                .and_then(Value::as_str)
                .ok_or_else(|| shape(&properties.at, "a filter has a Pattern"))?;
            Pattern::parse(text).map_err(|error| shape(&properties.at, &error.to_string()))
        })
        .collect()
}

fn stream_table(arn: &str, at: &str) -> Result<String, TemplateError> {
    arn.split_once(":table/")
        .and_then(|(_, rest)| rest.split_once("/stream/"))
        .map(|(table, _)| table.to_owned())
        .ok_or_else(|| shape(at, "Stream is a table's StreamArn"))
}

fn parking(properties: &Properties) -> Result<Option<String>, TemplateError> {
    let failure = properties.inner("DestinationConfig")?.inner("OnFailure")?;
    match failure.get("Destination").and_then(Value::as_str) {
        None => Ok(None),
        Some(arn) => arn
            .strip_prefix("arn:aws:s3:::")
            .map(|bucket| Some(bucket.to_owned()))
            .ok_or_else(|| shape(&failure.at, "batches are parked in a bucket")),
    }
}

fn table(template: &Template, logical: &str, properties: &Properties) -> Result<TableSpec, TemplateError> {
    properties.only(
        &[
            "AttributeDefinitions",
            "GlobalSecondaryIndexes",
            "KeySchema",
            "LocalSecondaryIndexes",
            "StreamSpecification",
            "TableName",
            "TimeToLiveSpecification",
        ],
        &TABLE_ELSEWHERE,
    )?;
    let name = template.physical(logical, "TableName", str::to_owned, logical)?;
    let mut create = json!({ "TableName": name, "BillingMode": "PAY_PER_REQUEST" });
    for part in ["AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "LocalSecondaryIndexes"] {
        if let Some(value) = properties.get(part) {
            create[part] = value.clone();
        }
    }
    let stream = properties.inner("StreamSpecification")?;
    let streams = stream.get("StreamViewType").is_some();
    if streams {
        create["StreamSpecification"] = json!({
            "StreamEnabled": true,
            "StreamViewType": stream.text("StreamViewType")?,
        });
    }
    let ttl = properties.inner("TimeToLiveSpecification")?;
    Ok(TableSpec { name, create, streams, ttl: ttl.flag("Enabled").then(|| ttl.text("AttributeName")).transpose()? })
}

fn queue(logical: &str, properties: &Properties) -> Result<QueueSpec, TemplateError> {
    properties
        .only(&["DelaySeconds", "MessageRetentionPeriod", "RedrivePolicy", "VisibilityTimeout"], &QUEUE_ELSEWHERE)?;
    let redrive = match properties.get("RedrivePolicy") {
        None => None,
        Some(_) => {
            let policy = properties.inner("RedrivePolicy")?;
            Some(Redrive {
                to: last_part(&policy.text("deadLetterTargetArn")?, ':'),
                after: u32::try_from(policy.number("maxReceiveCount", 10)?)
                    .map_err(|_| shape(logical, "maxReceiveCount is too large"))?,
            })
        }
    };
    Ok(QueueSpec {
        name: logical.to_owned(),
        visibility: Duration::from_secs(properties.number("VisibilityTimeout", 30)?),
        retention: Duration::from_secs(properties.number("MessageRetentionPeriod", 345_600)?),
        delay: Duration::from_secs(properties.number("DelaySeconds", 0)?),
        redrive,
    })
}
