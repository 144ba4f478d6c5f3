"""Lints infra/template.yaml: `python tests/prove/lint.py` from the repository's root, with requirements.txt installed.

Four parts: cfn-lint on the template; cfn-lint on its translation by aws-sam-translator, where the functions, roles and event
sources that SAM makes show; the house's own rules; two budgets, resources in a stack and dollars in an idle month.
It knows what the template says and deliberately not what the functions do: that a grant suffices is shown by the journeys, which
run on an engine that enforces it.
"""

import collections
import copy
import json
import os
import pathlib
import re
import sys

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")  # aws-sam-translator wants to know; nothing is called

import cfnlint  # noqa: E402
from samtranslator.parser.parser import Parser  # noqa: E402
from samtranslator.translator.translator import Translator  # noqa: E402
from samtranslator.yaml_helper import yaml_parse  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "infra" / "template.yaml"
TRANSLATION = ROOT / "target" / "prove" / "template.translated.json"
REGION = os.environ["AWS_DEFAULT_REGION"]

RESOURCES_MAX = 450  # CloudFormation stops at 500
IDLE_DOLLARS_MAX = 5.00

# Dollars a month, list prices of us-east-1. An idle queue's event source polls with five long polls of 20 s, 648,000 requests.
# Polling a table's stream, and schedules and functions at this rate, cost nothing to speak of.
POLLER = 0.648 * 0.40
ALARM_METRIC = 0.10
CUSTOM_METRIC = 0.30
# aws.amazon.com/cloudwatch/pricing: "3 Dashboards for up to 50 metrics per month" are free, and stay so. Of everything else the free
# part is left out here: other stacks of the account may have used it up.
DASHBOARD = 3.00
DASHBOARDS_FREE = 3
ROUTES_MAX = 300  # of one HTTP API, until more are asked for
ROLE_POLICY_MAX = 10240
ARN_SAMPLE = '"arn:aws:lambda:ap-southeast-2:123456789012:function:cartwright--ABCDEFGHIJKL",'
DASHBOARD_METRICS_MAX = 50

SAMPLE_PARAMETERS = {
    "ShopDomain": "shop.example.com",
    "OwnerEmail": "owner@example.com",
    "MailSender": "orders@example.com",
    "OrderIdKey": "0" * 32,
}


class ManagedPolicies(dict):
    """Stands in for the account's list of AWS managed policies: SAM writes the names it needs as ARNs itself."""


def main():
    source = TEMPLATE.read_text(encoding="utf-8")
    template = yaml_parse(source)
    findings = [f"template: {finding}" for finding in cfn_lint(TEMPLATE)]

    translation = translate(template)
    TRANSLATION.parent.mkdir(parents=True, exist_ok=True)
    TRANSLATION.write_text(json.dumps(translation, indent=1), encoding="utf-8")
    findings += [f"translation: {finding}" for finding in cfn_lint(TRANSLATION)]

    findings += [f"house: {finding}" for finding in house_rules(template)]

    count = len(translation["Resources"])
    if count >= RESOURCES_MAX:
        findings.append(f"budget: {count} resources after translation, {RESOURCES_MAX} are too many")
    idle, parts = idle_dollars(translation["Resources"])
    if idle >= IDLE_DOLLARS_MAX:
        findings.append(f"budget: an idle month costs ${idle:.2f} ({parts}), ${IDLE_DOLLARS_MAX:.2f} is too much")

    for finding in findings:
        print(finding)
    functions = sum(1 for _ in of_type(template, "AWS::Serverless::Function"))
    print(f"template: {functions} functions, {count} resources of {RESOURCES_MAX}, ${idle:.2f} an idle month of ${IDLE_DOLLARS_MAX:.2f} ({parts}), {len(findings)} findings")
    return 1 if findings else 0


def cfn_lint(path):
    matches = cfnlint.api.lint_file(path, cfnlint.ManualArgs(regions=[REGION]))
    return [f"{path.name}:{match.linenumber}: {match.rule.id} {match.message}" for match in matches]


def translate(template, bucket="bucket"):
    """What CloudFormation would be given: each function's code is <folder>.zip in a bucket, built or not."""
    packaged = copy.deepcopy(template)
    for _, function in of_type(packaged, "AWS::Serverless::Function"):
        function["Properties"]["CodeUri"] = f"s3://{bucket}/{folder_of(function)}.zip"
    return Translator(ManagedPolicies(), Parser()).translate(packaged, SAMPLE_PARAMETERS)


def folder_of(function):
    return pathlib.PurePosixPath(function["Properties"]["CodeUri"]).name


def of_type(template, kind):
    return ((name, resource) for name, resource in template["Resources"].items() if resource["Type"] == kind)


def house_rules(template):
    resources = template["Resources"]
    functions = dict(of_type(template, "AWS::Serverless::Function"))
    yield from rule_folders(functions)
    yield from rule_grants(functions)
    yield from rule_environment(functions)
    yield from rule_queues(template, functions)
    yield from rule_streams(functions)
    yield from rule_routes(template)
    yield from rule_dashboard(template)
    yield from rule_left_over(template)
    for name, table in of_type(template, "AWS::DynamoDB::Table"):
        properties = table["Properties"]
        kept = (
            table.get("DeletionPolicy") == table.get("UpdateReplacePolicy") == "Retain"
            and properties.get("DeletionProtectionEnabled") is True
            and properties.get("BillingMode") == "PAY_PER_REQUEST"
            and properties.get("SSESpecification") == {"SSEEnabled": True}
            and properties.get("PointInTimeRecoverySpecification") == {"PointInTimeRecoveryEnabled": True}
        )
        if not kept:
            yield f"{name} is not on demand, encrypted, recoverable and protected from deletion"
    for name, bucket in of_type(template, "AWS::S3::Bucket"):
        if "PublicAccessBlockConfiguration" not in bucket["Properties"] or f"{name}Policy" not in resources:
            yield f"{name} does not block public access and plain HTTP"


def rule_folders(functions):
    folders = {path.parent.name for path in (ROOT / "functions").glob("*/Cargo.toml")}
    named = set()
    for name, function in functions.items():
        folder = function["Properties"]["CodeUri"].removeprefix("../functions/")
        named.add(folder)
        if name != "".join(word.capitalize() for word in folder.split("-")) + "Function":
            yield f"{name} is not the name that folder functions/{folder} gives"
        if function.get("Metadata") != {"BuildMethod": "rust-cargolambda", "BuildProperties": {"Binary": folder}}:
            yield f"{name} is not built as the binary {folder} by cargo-lambda"
    for folder in sorted(folders - named):
        yield f"functions/{folder} has no function in the template"
    for folder in sorted(named - folders):
        yield f"the template has a function for functions/{folder}, which is not there"


def statements(function):
    for policy in function["Properties"].get("Policies", []):
        yield from policy["Statement"]


# What IAM knows no resource for.
WITHOUT_RESOURCE = {"cloudwatch:GetMetricData"}


def rule_grants(functions):
    for name, function in functions.items():
        for statement in statements(function):
            actions, targets = statement["Action"], statement["Resource"]
            if statement["Effect"] != "Allow" or not isinstance(actions, list):
                yield f"{name} has a statement that is no Allow of a list of actions"
                continue
            for action in actions:
                if "*" in action or action in ("dynamodb:Scan", "dynamodb:PartiQLSelect"):
                    yield f"{name} is granted {action}"
            for target in targets if isinstance(targets, list) else [targets]:
                # An object's key is the one thing after a bucket's ARN, all keys or those below one name; everything else is named
                # in full.
                text = json.dumps(target)
                if text == '"*"' and set(actions) <= WITHOUT_RESOURCE:
                    continue
                named = re.sub(r"\.Arn\}(/[a-z]+)?/\*", "", text) if all(a.startswith("s3:") for a in actions) else text
                if "*" in named:
                    yield f"{name} is granted {', '.join(actions)} on a wildcard"


def referred(value):
    """Logical ids that a value names, by Ref, GetAtt or Sub."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "Ref":
                yield inner
            elif key == "Fn::GetAtt":
                yield inner[0] if isinstance(inner, list) else inner.split(".")[0]
            elif key == "Fn::Sub":
                text = inner[0] if isinstance(inner, list) else inner
                for piece in text.split("${")[1:]:
                    yield piece.split("}")[0].split(".")[0]
                if isinstance(inner, list):
                    yield from referred(inner[1])
            else:
                yield from referred(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from referred(inner)


def rule_environment(functions):
    """A variable that names a table, queue, bucket or parameter comes with a grant on it, and a grant with its variable."""
    for name, function in functions.items():
        variables = function["Properties"].get("Environment", {}).get("Variables", {})
        told = {target for value in variables.values() for target in referred(value)}
        granted = {target for statement in statements(function) for target in referred(statement["Resource"])}

        def matters(targets):
            return {t for t in targets if t.endswith(("Table", "Queue", "Bucket", "SecretName", "KeyName"))}

        for target in sorted(matters(told) - granted):
            yield f"{name} is told of {target} and granted nothing on it"
        for target in sorted(matters(granted) - told):
            yield f"{name} is granted {target} and not told of it"
        for key, value in variables.items():
            table = key.removesuffix("_TABLE")
            if table != key and value != {"Ref": table.capitalize() + "Table"}:
                yield f"{name}'s {key} is another table"


def events(functions, kind):
    for name, function in functions.items():
        for event in function["Properties"].get("Events", {}).values():
            if event["Type"] == kind:
                yield name, function, event["Properties"]


def rule_queues(template, functions):
    resources = template["Resources"]
    timeout = template["Globals"]["Function"]["Timeout"]
    alarmed = {
        next(referred(dimension["Value"]))
        for _, alarm in of_type(template, "AWS::CloudWatch::Alarm")
        for metric in [alarm["Properties"], *(one.get("MetricStat", {}).get("Metric", {}) for one in alarm["Properties"].get("Metrics", []))]
        for dimension in metric.get("Dimensions", [])
    }
    read = set()
    for name, function, event in events(functions, "SQS"):
        queue = next(referred(event["Queue"]))
        read.add(queue)
        needed = 6 * function["Properties"].get("Timeout", timeout)
        if resources[queue]["Properties"]["VisibilityTimeout"] < needed:
            yield f"{queue} hides a message for less than {needed} s, six times the timeout of {name}"
        if event.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
            yield f"{name} cannot answer for part of a batch of {queue}"
    for name, queue in of_type(template, "AWS::SQS::Queue"):
        properties = queue["Properties"]
        if properties.get("SqsManagedSseEnabled") is not True:
            yield f"{name} is not encrypted"
        if name == "DeadLetters":
            if properties.get("MessageRetentionPeriod") != 1_209_600 or name not in alarmed:
                yield f"{name} does not keep for 14 days, or raises no alarm"
            continue
        redrive = properties.get("RedrivePolicy", {})
        if redrive.get("maxReceiveCount") not in range(5, 11) or list(referred(redrive)) != ["DeadLetters"]:
            yield f"{name} does not give up into DeadLetters after five to ten tries"
        if name not in read:
            yield f"nobody reads {name}"


def rule_streams(functions):
    readers = collections.Counter()
    for name, _, event in events(functions, "DynamoDB"):
        readers[next(referred(event["Stream"]))] += 1
        finite = (
            event.get("BisectBatchOnFunctionError") is True
            and event.get("MaximumRetryAttempts") == 10
            and event.get("FunctionResponseTypes") == ["ReportBatchItemFailures"]
            and event.get("DestinationConfig", {}).get("OnFailure", {}).get("Type") == "S3"
        )
        if not finite:
            yield f"{name} does not bisect, try a finite number of times and park what fails"
    for table, count in readers.items():
        if count > 2:
            yield f"the stream of {table} has {count} readers, two are the limit"


def rule_routes(template):
    """A route names an integration, an integration its function, and the API's role may call these functions and no other. What a
    role says in all is limited, and a function's ARN is about a hundred letters of it."""
    definition = template["Resources"]["ShopApi"]["Properties"]["DefinitionBody"]
    integrations = definition["components"]["x-amazon-apigateway-integrations"]
    used = set()
    count = 0
    for path, operations in definition["paths"].items():
        for method, operation in operations.items():
            count += 1
            name = integration_of(operation)
            used.add(name)
            if name not in integrations:
                yield f"{method} {path} names {name}, which is no integration"
    if count > ROUTES_MAX:
        yield f"{count} routes, {ROUTES_MAX} are the quota of an API"
    called = set()
    for name, integration in integrations.items():
        functions = {one for one in referred(integration["uri"]) if not one.startswith("AWS::")}
        called |= functions
        if name not in used:
            yield f"no route names the integration {name}"
        if functions != {f"{name}Function"}:
            yield f"the integration {name} calls another function than {name}Function"
    role = template["Resources"]["ShopApiRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"][0]
    granted = [next(referred(one)) for one in role["Resource"]]
    if sorted(called) != sorted(granted):
        yield f"the API may call and has no route to, or the other way round: {', '.join(sorted(called ^ set(granted)))}"
    size = sum(len(ARN_SAMPLE) + len(name) for name in granted)
    if size > ROLE_POLICY_MAX:
        yield f"the policy of ShopApiRole has about {size} letters, {ROLE_POLICY_MAX} are the limit"


def integration_of(operation):
    """The name of the integration that an operation of the API refers to."""
    return operation["x-amazon-apigateway-integration"]["$ref"].rpartition("/")[2]


def rule_left_over(template):
    """What outlives the stack is named by its outputs: who takes the shop down finds it there."""
    for output, kind in (("TableNames", "AWS::DynamoDB::Table"), ("BucketNames", "AWS::S3::Bucket")):
        named = set(referred(template["Outputs"][output]["Value"]))
        for name, _ in of_type(template, kind):
            if name not in named:
                yield f"{name} is not among the {output}"


def rule_dashboard(template):
    """Every queue is on the dashboard, and the dashboard is one that is free."""
    shown = set()
    for name, dashboard in of_type(template, "AWS::CloudWatch::Dashboard"):
        body = dashboard["Properties"]["DashboardBody"]
        shown |= set(referred(body))
        count = dashboard_metrics(body)
        if count > DASHBOARD_METRICS_MAX:
            yield f"{name} shows {count} metrics, {DASHBOARD_METRICS_MAX} are free"
    for name, _ in of_type(template, "AWS::SQS::Queue"):
        if name not in shown:
            yield f"{name} is on no dashboard"


def dashboard_metrics(body):
    """How many metrics a dashboard shows. What a SEARCH finds is counted by the SLICE around it."""
    count = 0
    for widget in json.loads(body["Fn::Sub"])["widgets"]:
        for metric in widget["properties"]["metrics"]:
            if isinstance(metric[0], str):
                count += 1
            elif "SEARCH(" in metric[0]["expression"]:
                count += int(re.fullmatch(r"SLICE\(.*, 0, (\d+)\)", metric[0]["expression"])[1])
    return count


def idle_dollars(resources):
    pollers = alarms = metrics = dashboards = scheduled = 0.0
    for resource in resources.values():
        properties = resource.get("Properties", {})
        match resource["Type"]:
            case "AWS::Lambda::EventSourceMapping":
                pollers += "StartingPosition" not in properties
            case "AWS::CloudWatch::Alarm":
                alarms += max(1, sum("MetricStat" in metric for metric in properties.get("Metrics", [])))
            case "AWS::Logs::MetricFilter":
                metrics += len(properties["MetricTransformations"])
            case "AWS::CloudWatch::Dashboard":
                dashboards += 1
            case "AWS::Scheduler::Schedule":
                scheduled += hours_a_day(properties["ScheduleExpression"]) / 24
    # A function tells its Cost as often as it runs: what a schedule runs, by its own name and as a part of all functions' cost. A
    # metric is charged by the hour in which it is told.
    metrics += scheduled + 1 if scheduled else 0
    paid = max(0, dashboards - DASHBOARDS_FREE)
    total = pollers * POLLER + alarms * ALARM_METRIC + metrics * CUSTOM_METRIC + paid * DASHBOARD
    return total, (f"{pollers:.0f} queues polled, {alarms:.0f} metrics in alarms, {metrics:.2f} metrics, "
                   f"{paid:.0f} paid dashboards of {dashboards:.0f}")


def hours_a_day(expression):
    """In how many hours of a day a schedule runs something: `rate(1 minute)` in all, `cron(15,45 3 * * ? *)` in one."""
    hours = re.fullmatch(r"cron\(\S+ (\d+(?:,\d+)*) .*\)", expression)
    return len(hours[1].split(",")) if hours else 24


if __name__ == "__main__":
    sys.exit(main())
