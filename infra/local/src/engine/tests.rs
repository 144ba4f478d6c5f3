use super::*;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};

use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use edge::objects::{Kind, Opened};
use edge::{Context, Error};
use futures::future::BoxFuture;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::faults::{Arrangement, Call, Fault};
use crate::template::Parameters;
use crate::wire::Service;

const TEMPLATE: &str = r##"
Resources:
  OrdersTable:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
      StreamSpecification: { StreamViewType: NEW_AND_OLD_IMAGES }
  MailsQueue:
    Type: AWS::SQS::Queue
    Properties: { VisibilityTimeout: 60, RedrivePolicy: { deadLetterTargetArn: !GetAtt MailsDeadLetters.Arn, maxReceiveCount: 3 } }
  MailsDeadLetters: { Type: AWS::SQS::Queue, Properties: { MessageRetentionPeriod: 1209600 } }
  Media: { Type: AWS::S3::Bucket }
  Parked: { Type: AWS::S3::Bucket }
  PlaceFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ../functions/place
      Environment: { Variables: { TABLE: !Ref OrdersTable, MEDIA_BUCKET: !Ref Media } }
      Policies:
        - Statement: [{ Effect: Allow, Action: [dynamodb:PutItem], Resource: !GetAtt OrdersTable.Arn }]
  RelayFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ../functions/relay
      Environment: { Variables: { QUEUE: !Ref MailsQueue } }
      Policies:
        - Statement: [{ Effect: Allow, Action: [sqs:SendMessage], Resource: !GetAtt MailsQueue.Arn }]
      Events:
        Orders:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt OrdersTable.StreamArn
            StartingPosition: TRIM_HORIZON
            BatchSize: 8
            FilterCriteria: { Filters: [{ Pattern: '{"dynamodb":{"NewImage":{"emits":{"S":[{"exists":true}]}}}}' }] }
            BisectBatchOnFunctionError: true
            MaximumRetryAttempts: 3
            FunctionResponseTypes: [ReportBatchItemFailures]
            DestinationConfig: { OnFailure: { Type: S3, Destination: !GetAtt Parked.Arn } }
  MailFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ../functions/mail
      Timeout: 5
      Events:
        Queue: { Type: SQS, Properties: { Queue: !GetAtt MailsQueue.Arn, BatchSize: 10, FunctionResponseTypes: [ReportBatchItemFailures] } }
  TickFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ../functions/tick
      Events:
        Minute: { Type: ScheduleV2, Properties: { ScheduleExpression: rate(1 minute) } }
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      DefinitionBody:
        openapi: 3.0.1
        paths:
          "/orders/{id}":
            put: { x-amazon-apigateway-integration: { $ref: "#/components/x-amazon-apigateway-integrations/Place" } }
        components:
          x-amazon-apigateway-integrations:
            Place:
              type: aws_proxy
              httpMethod: POST
              payloadFormatVersion: "2.0"
              uri: !Sub "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${PlaceFunction.Arn}/invocations"
"##;

type Work = fn(Context, Value) -> BoxFuture<'static, Result<Value, Error>>;

struct Small(Context, Work);

impl Invoke for Small {
    fn invoke<'a>(&'a self, event: &'a [u8]) -> BoxFuture<'a, Result<Vec<u8>, Error>> {
        let (context, work) = (self.0.clone(), self.1);
        Box::pin(async move {
            let answer = work(context, serde_json::from_slice(event)?).await?;
            Ok(answer.to_string().into_bytes())
        })
    }
}

const PLACE: Function = Function::new(edge::Trigger::Http, |context| {
    Ok(Arc::new(Small(context.clone(), |context, event| {
        Box::pin(async move {
            let id = event["pathParameters"]["id"].as_str().unwrap_or_default().to_owned();
            let emits = if id.starts_with("silent") { None } else { Some("placed".to_owned()) };
            let mut put = Put::builder()
                .table_name(context.require("TABLE")?)
                .item("pk", AttributeValue::S(id.clone()))
                .condition_expression("attribute_not_exists(pk)");
            if let Some(emits) = emits {
                put = put.item("emits", AttributeValue::S(emits));
            }
            let written = context
                .dynamodb()
                .transact_write_items()
                .transact_items(TransactWriteItem::builder().put(put.build()?).build())
                .send()
                .await;
            Ok(match written {
                Ok(_) => json!({"statusCode": 201, "headers": {"x-correlation-id": format!("c-{id}")}, "body": id}),
                Err(error) => json!({"statusCode": 409, "body": format!("{:?}", error.into_service_error())}),
            })
        })
    })))
});

const RELAY: Function = Function::new(edge::Trigger::Stream, |context| {
    Ok(Arc::new(Small(context.clone(), |context, event| {
        Box::pin(async move {
            let sqs = aws_sdk_sqs::Client::new(context.sdk());
            for record in event["Records"].as_array().unwrap() {
                let id = record["dynamodb"]["NewImage"]["pk"]["S"].as_str().unwrap();
                if id == "poison" {
                    return Err("poison".into());
                }
                if id.starts_with("report") {
                    let sequence = &record["dynamodb"]["SequenceNumber"];
                    return Ok(json!({"batchItemFailures": [{"itemIdentifier": sequence}]}));
                }
                let correlation = aws_sdk_sqs::types::MessageAttributeValue::builder()
                    .data_type("String")
                    .string_value(format!("c-{id}"))
                    .build()?;
                sqs.send_message()
                    .queue_url(context.require("QUEUE")?)
                    .message_body(id)
                    .message_attributes("correlation", correlation)
                    .send()
                    .await?;
            }
            Ok(json!({"batchItemFailures": []}))
        })
    })))
});

const MAIL: Function = Function::new(edge::Trigger::Queue, |context| {
    Ok(Arc::new(Small(context.clone(), |_, event| {
        Box::pin(async move {
            let mut failed = Vec::new();
            for record in event["Records"].as_array().unwrap() {
                match record["body"].as_str().unwrap() {
                    "bad" => failed.push(json!({"itemIdentifier": record["messageId"]})),
                    "worse" => panic!("a poison message"),
                    "slow" => tokio::time::sleep(std::time::Duration::from_secs(60)).await,
                    _good => {}
                }
            }
            Ok(json!({"batchItemFailures": failed}))
        })
    })))
});

static TICKS: AtomicU32 = AtomicU32::new(0);

const TICK: Function = Function::new(edge::Trigger::Schedule, |context| {
    Ok(Arc::new(Small(context.clone(), |_, _| {
        Box::pin(async move {
            TICKS.fetch_add(1, Ordering::SeqCst);
            Ok(Value::Null)
        })
    })))
});

fn engine() -> Engine {
    Engine::memory(Options {
        template: TEMPLATE.to_owned(),
        parameters: Parameters::new(),
        secrets: BTreeMap::new(),
        functions: [("place", PLACE), ("relay", RELAY), ("mail", MAIL)]
            .map(|(folder, function)| (folder.to_owned(), function))
            .into(),
        ..Options::default()
    })
    .unwrap()
}

async fn put(engine: &Engine, id: &str) -> u16 {
    let request = Request::put(format!("/orders/{id}")).body(Bytes::new()).unwrap();
    engine.http(request).await.status().as_u16()
}

#[tokio::test(start_paused = true)]
async fn an_order_travels_from_a_request_through_a_stream_and_a_queue() {
    let engine = engine();
    assert_eq!(put(&engine, "a").await, 201);
    assert_eq!(put(&engine, "silent").await, 201);
    assert!(engine.messages("Mails").is_empty());
    engine.settle().await;
    assert!(engine.messages("Mails").is_empty());
    let journey = engine.journey("c-a").unwrap();
    assert_eq!(journey.title, "PUT /orders/a");
    assert_eq!(journey.status, Some(201));
    let steps: Vec<(&str, &str)> =
        journey.steps.iter().map(|step| (step.function.as_str(), step.trigger.as_str())).collect();
    assert_eq!(steps, [("place", "PUT /orders/a"), ("relay", "stream Orders"), ("mail", "queue Mails")]);
    assert_eq!(journey.steps[0].calls[0].write_units, 2.0);
    assert!(journey.cost_usd > 0.0);
    // The silent record did not reach the function.
    assert!(engine.functions_of("c-silent").is_subset(&BTreeSet::from(["place".to_owned()])));
    assert_eq!(engine.missing(), ["tick"]);
    // Everything is through: the stream keeps one record, to count on from.
    assert_eq!(engine.0.dynamo.stream("OrdersTable", 0, 10).await.unwrap().len(), 1);
}

#[test]
fn a_function_that_is_started_again_draws_other_secrets() {
    let draw = |start| start::seeded(7, "sign-in", start).bytes::<16>();
    assert_eq!(draw(0), draw(0));
    assert_ne!(draw(0), draw(1));
    assert_ne!(draw(1), draw(2));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_granted_is_denied() {
    let engine = engine();
    let context = engine.0.context("relay", 0, engine.0.lambda_variables("relay")).unwrap();
    let error = context
        .dynamodb()
        .get_item()
        .table_name("OrdersTable")
        .key("pk", AttributeValue::S("a".to_owned()))
        .send()
        .await
        .unwrap_err();
    let text = format!("{error:?}");
    assert!(text.contains("AccessDeniedException"), "{text}");
    assert!(text.contains("relay is not authorized to perform dynamodb:GetItem"), "{text}");
    assert_eq!(engine.grants().denied().len(), 1);
    let developer = engine.developer().unwrap();
    let tables = developer.dynamodb().list_tables().send().await.unwrap();
    assert_eq!(tables.table_names(), ["OrdersTable"]);
    let unknown = developer.dynamodb().list_backups().send().await.unwrap_err();
    assert!(format!("{unknown:?}").contains("UnknownOperation"));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_always_fails_becomes_a_dead_letter() {
    for body in ["bad", "worse", "slow"] {
        let engine = engine();
        assert!(engine.send("Mails", body.to_owned()));
        assert!(engine.send("Mails", "good".to_owned()));
        engine.advance(SignedDuration::from_mins(10)).await;
        let dead: Vec<String> = engine.dead_letters("Mails").into_iter().map(|message| message.body).collect();
        // A whole batch fails where the function does; the good one goes with it.
        let expected: &[&str] = if body == "bad" { &["bad"] } else { &[body, "good"] };
        assert_eq!(dead, expected);
        assert_eq!(engine.redrive("Mails"), Some(expected.len()));
        assert!(engine.dead_letters("Mails").is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_poison_record_is_halved_out_and_parked_and_the_rest_goes_through() {
    let engine = engine();
    for id in ["a", "b", "poison", "c", "d", "e"] {
        assert_eq!(put(&engine, id).await, 201);
    }
    engine.settle().await;
    engine.advance(SignedDuration::from_mins(1)).await;
    let parked = engine.parked();
    assert_eq!(parked.len(), 1);
    let body: Value = serde_json::from_str(&parked[0].body).unwrap();
    assert_eq!(body["DDBStreamBatchInfo"]["batchSize"], 1);
    assert!(body["payload"].as_str().unwrap().contains("poison"));
    let relayed: BTreeSet<String> = engine
        .journeys()
        .into_iter()
        .filter(|journey| journey.steps.iter().any(|step| step.function == "mail"))
        .map(|journey| journey.id)
        .collect();
    assert_eq!(relayed, ["c-a", "c-b", "c-c", "c-d", "c-e"].map(str::to_owned).into());
}

#[tokio::test(start_paused = true)]
async fn a_reported_record_is_retried_alone_and_what_stands_before_it_is_not() {
    let engine = engine();
    for id in ["a", "report"] {
        assert_eq!(put(&engine, id).await, 201);
    }
    engine.advance(SignedDuration::from_mins(5)).await;
    let sent = engine.take_calls().iter().filter(|call| call.service == Service::Sqs).count();
    assert_eq!(sent, 1);
    assert_eq!(engine.parked().len(), 1);
}

struct Once(AtomicU32, Service, Fault, bool);

impl Faults for Once {
    fn before(&self, call: &Call) -> Option<Fault> {
        self.strike(call, false)
    }

    fn after(&self, call: &Call) -> Option<Fault> {
        self.strike(call, true)
    }

    fn arrange(&self, _queue: &str, messages: usize) -> Option<Arrangement> {
        Some(Arrangement { order: (0..messages).rev().collect(), again: self.0.fetch_add(1, Ordering::SeqCst) < 2 })
    }
}

impl Once {
    fn strike(&self, call: &Call, after: bool) -> Option<Fault> {
        (call.service == self.1 && after == self.3 && self.0.fetch_add(1, Ordering::SeqCst) == 0).then_some(self.2)
    }
}

#[tokio::test(start_paused = true)]
async fn faults_strike_between_a_function_and_a_service() {
    let outcomes = [
        (Fault::Throttle, false, 201),
        (Fault::ServerError, false, 201),
        (Fault::LostAnswer, false, 201),
        // The SDK sends the same token again: the transaction is not done twice.
        (Fault::LostAnswer, true, 201),
        (Fault::TransactionConflict, false, 409),
        (Fault::Crash, false, 500),
        (Fault::Crash, true, 500),
        (Fault::Delay(std::time::Duration::from_millis(50)), false, 201),
    ];
    for (fault, after, status) in outcomes {
        let engine = engine();
        engine.set_faults(Arc::new(Once(AtomicU32::new(0), Service::DynamoDb, fault, after)));
        assert_eq!(put(&engine, "a").await, status, "{fault:?} {after}");
        // What happened before the process died stays.
        let again = put(&engine, "a").await;
        let done = status == 201 || (fault == Fault::Crash && after);
        assert_eq!(again, if done { 409 } else { 201 }, "{fault:?} {after}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_can_come_reversed_and_twice() {
    let engine = engine();
    engine.set_faults(Arc::new(Once(AtomicU32::new(0), Service::Other, Fault::Throttle, false)));
    assert!(engine.send("Mails", "good".to_owned()));
    engine.settle().await;
    assert!(engine.messages("Mails").is_empty());
}

#[tokio::test(start_paused = true)]
async fn thirty_days_of_ticks_pass_in_seconds() {
    let engine = Engine::memory(Options {
        template: TEMPLATE.to_owned(),
        functions: vec![("tick".to_owned(), TICK)],
        ..Options::default()
    })
    .unwrap();
    let before = engine.clock().now();
    let after = engine.advance(SignedDuration::from_hours(30 * 24)).await;
    assert_eq!(after.duration_since(before), SignedDuration::from_hours(30 * 24));
    assert_eq!(TICKS.load(Ordering::SeqCst), 43_200);
}

#[tokio::test(start_paused = true)]
async fn a_presigned_upload_lands_in_its_bucket() {
    let engine = engine();
    let developer = engine.developer().unwrap();
    let objects = edge::Objects::new(&developer, "MEDIA_BUCKET").unwrap();
    let kind = Kind { content_type: "image/png", cache_control: "no-cache" };
    let Opened { url, headers } = objects.open("a b/c.png", kind, 3, std::time::Duration::from_secs(600));
    assert!(url.starts_with("http://127.0.0.1:3000/_aws/media/a%20b/c.png?"), "{url}");
    let mut request = Request::put(&url);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let response = engine.http(request.body(Bytes::from_static(b"png")).unwrap()).await;
    assert_eq!(response.status(), 200);
    let got = objects.get("a b/c.png").await.unwrap().unwrap();
    assert_eq!((got.content_type.as_str(), got.bytes.as_slice()), ("image/png", b"png".as_slice()));
    objects.put("x", kind, "1").await.unwrap();
    objects.put("x", kind, "2").await.unwrap();
    assert_eq!(objects.get("x").await.unwrap().unwrap().bytes, b"2");
    assert!(objects.get("y").await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_seeded_engine_does_the_same_every_time() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let engine = engine();
        for id in ["a", "b"] {
            put(&engine, id).await;
        }
        engine.send("Mails", "bad".to_owned());
        engine.advance(SignedDuration::from_mins(5)).await;
        let dead: Vec<_> = engine.dead_letters("Mails").into_iter().map(|message| (message.id, message.sent)).collect();
        runs.push((dead, engine.clock().now()));
    }
    assert_eq!(runs[0], runs[1]);
}

#[tokio::test(start_paused = true)]
async fn the_shop_s_own_template_starts() {
    let engine = Engine::memory(Options { functions: Vec::new(), ..Options::default() }).unwrap();
    assert!(engine.is_empty().await);
    assert!(engine.token("owner").unwrap().split('.').count() == 3);
    assert!(engine.variables().contains_key("ORDERS_TABLE"));
    engine.reset().await.unwrap();
    let response = engine.http(Request::get("/").body(Bytes::new()).unwrap()).await;
    assert_eq!(response.status(), 500);
}
