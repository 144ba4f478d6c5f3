"""Deploys the shop into MiniStack, an emulator of AWS, and tells where it is.

`python tests/deployed/cloud.py --binaries DIR --stripe URL --keys FILE --into FILE --log FILE` starts the emulator on free ports of
loopback, uploads each function of infra/template.yaml as the zip that Lambda takes, translates the template with
aws-sam-translator, deploys it with CloudFormation and writes where the shop is. The emulator lets each function do what its role is
granted and no more. Then each line of the input is answered with a line of JSON until the input ends, and everything is taken down:
`look` tells what waits in queues, what died there, and which batches of streams were given up.

With `--faults SEED` functions reach the emulator through the fault proxy of faults.py alone: `storm` begins its faults, `calm` ends
them, and both tell what struck so far. What failed is then given again after a sixth of the time, since here time is real, and the
emulator is the one of rereading.py. Grants are not looked at: the proxy sends requests on under another host than was signed.

What differs from AWS, and is bridged here alone: the emulator runs processes of this machine, so the functions are x86_64 where it
is; it ignores an HttpApi's Body, so routes and integrations are spelt out; it refuses an alarm that does arithmetic, so those are
left out; it asks for a grant of sqs:SendMessageBatch, which IAM does not know, and for one of SES's version 1 on every resource, so
these two are added; and functions need its address and the stand-in's for Stripe. It tells each function its own AWS_ENDPOINT_URL,
over the one that the function was deployed with, so that one is the proxy's too.
"""

import argparse
import contextlib
import io
import json
import os
import pathlib
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "prove"))
REGION = "eu-central-1"
os.environ.update(AWS_DEFAULT_REGION=REGION, AWS_ACCESS_KEY_ID="000000000000", AWS_SECRET_ACCESS_KEY="none")

import boto3  # noqa: E402
from botocore.config import Config  # noqa: E402

import faults  # noqa: E402
import lint  # noqa: E402
from samtranslator.yaml_helper import yaml_parse  # noqa: E402

CODE = "cartwright-code"
STACK = "cartwright"
START_SECONDS = 60
# How many times sooner than in the template a message that failed is given again under faults.
SOONER = 6


def main():
    words = argparse.ArgumentParser()
    words.add_argument("--binaries", type=pathlib.Path, required=True)
    words.add_argument("--stripe", required=True)
    words.add_argument("--keys", type=pathlib.Path, required=True)
    words.add_argument("--into", type=pathlib.Path, required=True)
    words.add_argument("--log", type=pathlib.Path, required=True)
    words.add_argument("--faults", type=int, metavar="SEED")
    asked = words.parse_args()
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    with contextlib.ExitStack() as stack:
        keys = json.loads(asked.keys.read_text(encoding="utf-8"))
        if asked.faults is None:
            stack.enter_context(emulator(["-m", "ministack"], port, endpoint, True, asked.log))
            deployed = deploy(asked.binaries, endpoint, endpoint, asked.stripe, keys, 1)
            commands = {}
        else:
            proxy_port = free_port()
            program = [str(pathlib.Path(__file__).with_name("rereading.py"))]
            stack.enter_context(emulator(program, port, f"http://127.0.0.1:{proxy_port}", False, asked.log))
            log = asked.log.with_name("faults.log")
            proxy = stack.enter_context(faults.proxy(proxy_port, endpoint, asked.faults, log))
            deployed = deploy(asked.binaries, endpoint, proxy.endpoint, asked.stripe, keys, SOONER)
            commands = {"storm": proxy.storm, "calm": proxy.calm}
        asked.into.write_text(json.dumps(deployed), encoding="utf-8")
        print("deployed", flush=True)
        commands["look"] = lambda: look(endpoint)
        for line in sys.stdin:
            print(json.dumps(commands[line.strip()]()), flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def emulator(program, port, reached, guarded, log):
    """MiniStack, from its start to its end. It is ended by SIGTERM, so that it ends the functions' processes too."""
    endpoint = f"http://127.0.0.1:{port}"
    own = {
        "GATEWAY_PORT": str(port),
        "AWS_ENDPOINT_URL": reached,
        "AUTH": "true" if guarded else "false",
        "MINISTACK_REGION": REGION,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "PERSIST_STATE": "0",
    }
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, *program], env={**os.environ, **own}, stdout=out, stderr=out, stdin=subprocess.DEVNULL
        )
        try:
            await_health(process, endpoint)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def await_health(process, endpoint):
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{endpoint}/_ministack/health", timeout=2):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
    raise SystemExit(f"the emulator did not start within {START_SECONDS} s; its log says why")


def client_of(service, endpoint):
    return boto3.client(service, endpoint_url=endpoint, config=Config(retries={"max_attempts": 1}))


def deploy(binaries, endpoint, reached, stripe, keys, sooner):
    """Deploys into the emulator at `endpoint`, whom functions find at `reached`."""
    client = lambda service: client_of(service, endpoint)  # noqa: E731
    domain = endpoint.removeprefix("http://")
    template = yaml_parse(lint.TEMPLATE.read_text(encoding="utf-8"))
    s3 = client("s3")
    s3.create_bucket(Bucket=CODE, CreateBucketConfiguration={"LocationConstraint": REGION})
    for _, function in lint.of_type(template, "AWS::Serverless::Function"):
        name = lint.folder_of(function)
        s3.put_object(Bucket=CODE, Key=f"{name}.zip", Body=zipped(binaries / name))
        bridge(function["Properties"], reached, stripe)
    for _, queue in lint.of_type(template, "AWS::SQS::Queue"):
        if "VisibilityTimeout" in queue["Properties"]:
            queue["Properties"]["VisibilityTimeout"] //= sooner

    ssm = client("ssm")
    for name, value in {
        "/cartwright/signing-key": keys["secret"],
        "/cartwright/stripe/secret-key": "sk_test_local",
        "/cartwright/stripe/webhook-secret": "whsec_local",
    }.items():
        ssm.put_parameter(Name=name, Type="SecureString", Value=value)
    client("ses").verify_email_identity(EmailAddress="shop@example.com")

    parameters = {
        "ShopDomain": domain,
        "ShopScheme": "http",
        "OwnerEmail": "owner@example.com",
        "MailSender": "shop@example.com",
        "PaymentProvider": "stripe",
        "PublicKeys": keys["public"],
        "OrderIdKey": "orders-of-the-emulator-are-derived-with-this",
        "GatherSeconds": "3",
    }
    translation = without_arithmetic(spelt_out(lint.translate(template, CODE)))
    cloudformation = client("cloudformation")
    body = json.dumps(translation)
    s3.put_object(Bucket=CODE, Key="template.json", Body=body.encode())
    cloudformation.create_stack(
        StackName=STACK,
        TemplateURL=f"{endpoint}/{CODE}/template.json",
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        Capabilities=["CAPABILITY_IAM"],
    )
    finished(cloudformation)
    return {
        "endpoint": endpoint,
        "host": f"{made(endpoint)['ShopApi']}.execute-api.localhost:{endpoint.rsplit(':', 1)[1]}",
        "url": f"http://{domain}",
    }


def made(endpoint):
    """What the stack made, by its name in the template."""
    resources = client_of("cloudformation", endpoint).describe_stack_resources(StackName=STACK)["StackResources"]
    return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources}


def look(endpoint):
    with urllib.request.urlopen(f"{endpoint}/_ministack/sqs/messages", timeout=10) as answer:
        accounts = json.load(answer)["messages"]
    bodies = {
        url.rsplit("/", 1)[-1]: [message["Body"] for message in messages]
        for regions in accounts.values()
        for queues in regions.values()
        for url, messages in queues.items()
    }
    names = made(endpoint)
    within = lambda name: bodies[names[name].rsplit("/", 1)[-1]]  # noqa: E731
    queues = [{"name": name, "waiting": within(name), "dead": []} for name in sorted(names) if name.endswith("Queue")]
    queues.append({"name": "DeadLetters", "waiting": [], "dead": within("DeadLetters")})
    parked = client_of("s3", endpoint).list_objects_v2(Bucket=names["ParkedEventsBucket"]).get("Contents", [])
    return {"queues": queues, "parked": [entry["Key"] for entry in parked]}


def zipped(binary):
    """What Lambda takes for provided.al2023: one executable called bootstrap, without what a debugger wants."""
    packed = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        stripped = pathlib.Path(folder) / "bootstrap"
        subprocess.run(["strip", "-o", stripped, binary], check=True)
        code = stripped.read_bytes()
    entry = zipfile.ZipInfo("bootstrap", date_time=(1980, 1, 1, 0, 0, 0))
    entry.external_attr = 0o755 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(entry, code, compresslevel=1)
    return packed.getvalue()


def bridge(properties, reached, stripe):
    properties["Architectures"] = ["arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"]
    variables = properties.setdefault("Environment", {}).setdefault("Variables", {})
    variables["AWS_ENDPOINT_URL"] = reached
    if "PAYMENT_PROVIDER" in variables:
        variables["STRIPE_ENDPOINT"] = stripe
    for policy in properties.get("Policies", []):
        for statement in policy["Statement"]:
            if "sqs:SendMessage" in statement["Action"]:
                statement["Action"].append("sqs:SendMessageBatch")
            if "ses:SendRawEmail" in statement["Action"]:
                statement["Resource"] = "*"


def spelt_out(translation):
    """The routes of the API's Body as resources of their own."""
    resources = translation["Resources"]
    body = resources["ShopApi"]["Properties"].pop("Body")
    resources["ShopApi"]["Properties"].update(Name="cartwright", ProtocolType="HTTP")
    for name, integration in body["components"]["x-amazon-apigateway-integrations"].items():
        resources[f"{name}Integration"] = {
            "Type": "AWS::ApiGatewayV2::Integration",
            "Properties": {
                "ApiId": {"Ref": "ShopApi"},
                "IntegrationType": "AWS_PROXY",
                "IntegrationUri": integration["uri"],
                "PayloadFormatVersion": integration["payloadFormatVersion"],
                "CredentialsArn": integration["credentials"],
            },
        }
    for path, methods in body["paths"].items():
        for method, operation in methods.items():
            route = "$default" if path == "/$default" else f"{method_of(method)} {path}"
            resources[f"Route{sum(name.startswith('Route') for name in resources)}"] = {
                "Type": "AWS::ApiGatewayV2::Route",
                "Properties": {
                    "ApiId": {"Ref": "ShopApi"},
                    "RouteKey": route,
                    "Target": {"Fn::Join": ["/", ["integrations", {"Ref": f"{lint.integration_of(operation)}Integration"}]]},
                },
            }
    return translation


def without_arithmetic(translation):
    """No alarms with Metrics: the emulator refuses them by name. Nothing but cfn-lint has seen these two."""
    resources = translation["Resources"]
    for name, alarm in list(lint.of_type(translation, "AWS::CloudWatch::Alarm")):
        if "Metrics" in alarm["Properties"]:
            del resources[name]
    return translation


def method_of(method):
    return "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()


def finished(cloudformation):
    while True:
        stack = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
        status = stack["StackStatus"]
        if status == "CREATE_COMPLETE":
            return
        if not status.endswith("_IN_PROGRESS"):
            events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
            reasons = [
                f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}"
                for event in events
                if event["ResourceStatus"].endswith("FAILED")
            ]
            raise SystemExit("the stack was not made: " + "; ".join(reasons))
        time.sleep(0.2)


if __name__ == "__main__":
    main()
