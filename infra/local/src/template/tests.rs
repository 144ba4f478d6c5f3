use super::*;

const MINI: &str = r##"
Parameters:
  Domain: { Type: String }
  Shards: { Type: Number, Default: 4 }
  Empty: { Type: String, Default: "" }
Conditions:
  Named: !Not [!Equals [!Ref Empty, ""]]
Globals:
  Function: { Runtime: provided.al2023, MemorySize: 512, Timeout: 10, Environment: { Variables: { LEVEL: INFO } } }
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
      StreamSpecification: { StreamViewType: NEW_AND_OLD_IMAGES }
      TimeToLiveSpecification: { AttributeName: ttl, Enabled: true }
  Mails:
    Type: AWS::SQS::Queue
    Properties: { VisibilityTimeout: 60, RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 5 } }
  Dead: { Type: AWS::SQS::Queue, Properties: { MessageRetentionPeriod: 1209600 } }
  ParkedEvents: { Type: AWS::S3::Bucket }
  Hidden: { Type: AWS::Nonsense::Thing, Condition: Named }
  Alarm: { Type: AWS::CloudWatch::Alarm, Properties: { Anything: at all } }
  SendMailFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ../functions/send-mail
      Timeout: 30
      Environment:
        Variables:
          ORDERS: !Ref Orders
          QUEUE: !Ref Mails
          URL: !Sub "https://${Domain}/x"
          JOINED: !Join [",", [a, !Ref Shards]]
          CHOSEN: !If [Named, yes, no]
          PART: !Select [1, !Split ["@", "a@b"]]
      Policies:
        - Statement:
            - { Effect: Allow, Action: dynamodb:GetItem, Resource: !GetAtt Orders.Arn }
            - { Effect: Allow, Action: [s3:PutObject], Resource: !Sub "${ParkedEvents.Arn}/*" }
      Events:
        Queue: { Type: SQS, Properties: { Queue: !GetAtt Mails.Arn, BatchSize: 7, FunctionResponseTypes: [ReportBatchItemFailures] } }
        Tick: { Type: ScheduleV2, Properties: { ScheduleExpression: rate(1 minute), Input: '{"a":1}' } }
        Stream:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt Orders.StreamArn
            StartingPosition: TRIM_HORIZON
            FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] }
            MaximumRetryAttempts: 10
            BisectBatchOnFunctionError: true
            DestinationConfig: { OnFailure: { Type: S3, Destination: !GetAtt ParkedEvents.Arn } }
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      DefinitionBody:
        openapi: 3.0.1
        paths:
          "/x/{id}":
            get: { x-amazon-apigateway-integration: { $ref: "#/components/x-amazon-apigateway-integrations/SendMail" } }
        components:
          x-amazon-apigateway-integrations:
            SendMail:
              type: aws_proxy
              httpMethod: POST
              payloadFormatVersion: "2.0"
              uri: !Sub "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${SendMailFunction.Arn}/invocations"
"##;

fn read(text: &str) -> Result<Model, TemplateError> {
    let given = Parameters::from([("Domain".to_owned(), "shop.example.com".to_owned())]);
    Model::read(text, &given, "http://127.0.0.1:3000/_aws")
}

#[test]
fn references_are_followed() {
    let model = read(MINI).unwrap();
    let function = model.function("send-mail").unwrap();
    let variable = |name: &str| function.environment.get(name).unwrap().as_str();
    assert_eq!(variable("ORDERS"), "Orders");
    assert_eq!(variable("QUEUE"), "http://127.0.0.1:3000/_aws/000000000000/Mails");
    assert_eq!(variable("URL"), "https://shop.example.com/x");
    assert_eq!(variable("JOINED"), "a,4");
    assert_eq!(variable("CHOSEN"), "no");
    assert_eq!(variable("PART"), "b");
    assert_eq!(variable("LEVEL"), "INFO");
    assert_eq!(function.memory_mb, 512);
    assert_eq!(function.timeout, Duration::from_secs(30));
    assert_eq!(function.statements[0].resources, ["arn:aws:dynamodb:eu-central-1:000000000000:table/Orders"]);
    assert_eq!(function.statements[1].resources, ["arn:aws:s3:::parked-events/*"]);
}

#[test]
fn sources_are_typed() {
    let model = read(MINI).unwrap();
    let mut seen = Vec::new();
    for event in &model.function("send-mail").unwrap().events {
        match event {
            Event::Http(http) => {
                assert_eq!((http.method.as_str(), http.path.as_str()), ("GET", "/x/{id}"));
                seen.push("http");
            }
            Event::Queue(queue) => {
                assert_eq!((queue.queue.as_str(), queue.batch_size), ("Mails", 7));
                assert!(queue.reports_failures);
                seen.push("queue");
            }
            Event::Stream(stream) => {
                assert_eq!(stream.table, "Orders");
                assert_eq!(stream.retries, Some(10));
                assert_eq!(stream.parking.as_deref(), Some("parked-events"));
                assert!(stream.bisects && !stream.reports_failures);
                seen.push("stream");
            }
            Event::Schedule(schedule) => {
                assert_eq!(schedule.input.as_deref(), Some("{\"a\":1}"));
                seen.push("schedule");
            }
        }
    }
    seen.sort_unstable();
    assert_eq!(seen, ["http", "queue", "schedule", "stream"]);
    assert_eq!(model.queues["Mails"].redrive, Some(Redrive { to: "Dead".to_owned(), after: 5 }));
    assert_eq!(model.tables["Orders"].ttl.as_deref(), Some("ttl"));
}

#[test]
fn what_is_not_understood_is_named() {
    let error = |text: String| read(&text).unwrap_err().to_string();
    assert!(error(MINI.replace("AWS::CloudWatch::Alarm", "AWS::Glue::Job")).contains("AWS::Glue::Job"));
    assert!(error(MINI.replace("VisibilityTimeout", "FifoQueue")).contains("FifoQueue"));
    assert!(error(MINI.replace("!GetAtt Dead.Arn", "!GetAtt Nobody.Arn")).contains("Nobody"));
    assert!(error(MINI.replace("${SendMailFunction.Arn}", "${Orders.Arn}")).contains("table/Orders"));
    assert!(error(MINI.replace("aws_proxy", "http_proxy")).contains("only functions"));
    assert!(error(MINI.replace("!Ref Shards", "!ImportValue x")).contains("Fn::ImportValue"));
    assert!(error(MINI.replace("Effect: Allow, Action: dynamodb", "Effect: Deny, Action: dynamodb")).contains("Allow"));
    assert!(Model::read(MINI, &Parameters::new(), "http://x").unwrap_err().to_string().contains("Domain"));
}

#[test]
fn the_shop_s_own_template_is_understood() {
    let text = include_str!("../../../template.yaml");
    let given = Parameters::from(
        [
            ("ShopDomain", "127.0.0.1:3000"),
            ("OwnerEmail", "owner@example.com"),
            ("MailSender", "shop@example.com"),
            ("OrderIdKey", "0123456789abcdef0123456789abcdef"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let model = Model::read(text, &given, "http://127.0.0.1:3000/_aws").unwrap();
    assert!(model.functions.len() > 20);
    assert!(!model.mail_events.is_empty());
    for function in &model.functions {
        assert!(!function.events.is_empty(), "{} has no event", function.folder);
    }
}
