"""What goes wrong between the functions and the emulator, and when it stops: the fault proxy microburst.

It passes everything until a storm begins, strikes while the storm lasts, and passes everything again. Which request is struck is
dice of a seed; which request comes when is not, so two storms of one seed are alike and not the same.
"""

import contextlib
import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import boto3
from botocore.config import Config

START_SECONDS = 60

# The proxy takes no seed: its dice are the ones of Python's own module.
SEEDED = "import random, sys; random.seed(int(sys.argv.pop(1))); from microburst.cli import main; sys.exit(main())"

# An answer that is later than the SDK waits for it: the work is done after its caller gave up.
TOO_LATE = {"latency": {"min": 2500, "max": 3000}}
SLOW = {"latency": {"min": 5, "max": 300}}
# The work is done, and the connection breaks before its answer is whole.
RESET_AFTER = {"response": {"abort_bytes": 0}}

CLAIMS = {"service": "dynamodb", "resource": "MailTable"}


def failed(code):
    return {"error": {"code": code, "status": 500, "message": "made to fail"}}


def throttled(code):
    return {"error": {"code": code, "status": 400, "message": "made to slow down"}}


# The first that strikes wins. The mail service and the table of claims are throttled and slow, and nothing else: whether a mail went
# out whose claim or answer was lost is settled after an hour, which nobody waits for here, and the simulation does.
STORM = [
    ("throttled", {**CLAIMS, "sequence": {"fail": 1, "pass": 9}, **throttled("ThrottlingException")}),
    ("slow", {**CLAIMS, **SLOW}),
    (
        "conflict",
        {
            "service": "dynamodb",
            "operation": "TransactWriteItems",
            "probability": 0.05,
            "error": {
                "code": "TransactionCanceledException",
                "status": 400,
                "message": "Transaction cancelled, please refer cancellation reasons for specific reasons [TransactionConflict]",
                "fields": {"CancellationReasons": [{"Code": "TransactionConflict", "Message": "made to conflict"}]},
            },
        },
    ),
    ("throttled", {"service": "dynamodb", "probability": 0.02, **throttled("ThrottlingException")}),
    ("throttled", {"service": "sqs", "probability": 0.02, **throttled("RequestThrottled")}),
    ("throttled", {"service": "ssm", "probability": 0.02, **throttled("ThrottlingException")}),
    ("throttled", {"service": "ses", "probability": 0.05, **throttled("Throttling")}),
    *[
        strike
        for service in ("dynamodb", "sqs", "ssm", "s3")
        for strike in (
            ("5xx", {"service": service, "probability": 0.02, **failed("InternalServerError")}),
            ("reset before", {"service": service, "probability": 0.01, "reset": True}),
            ("reset after", {"service": service, "probability": 0.02, **RESET_AFTER}),
            ("too late", {"service": service, "probability": 0.005, **TOO_LATE}),
        )
    ],
    ("slow", {"service": "*", "probability": 0.1, **SLOW}),
]


@contextlib.contextmanager
def proxy(port, upstream, seed, log):
    """The proxy, from its start to its end."""
    arguments = [sys.executable, "-c", SEEDED, str(seed), "--upstream", upstream, "--port", str(port), "--no-resign"]
    with log.open("wb") as out:
        process = subprocess.Popen(arguments, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
        try:
            yield Proxy(process, f"http://127.0.0.1:{port}")
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)


class Proxy:
    def __init__(self, process, endpoint):
        self.endpoint = endpoint
        self.kinds = {}
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                self.ask("GET", "health")
                break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                if time.monotonic() > until or process.poll() is not None:
                    raise SystemExit(f"the fault proxy did not start within {START_SECONDS} s; its log says why") from None
                time.sleep(0.1)
        self.warm()

    def warm(self):
        """The first request to each service loads its model and keeps all others waiting: it is made before anybody waits."""
        config = Config(retries={"max_attempts": 1}, read_timeout=START_SECONDS)
        client = lambda service: boto3.client(service, endpoint_url=self.endpoint, config=config)  # noqa: E731
        client("dynamodb").list_tables()
        client("sqs").list_queues()
        client("ssm").describe_parameters()
        client("ses").list_identities()
        client("s3").list_buckets()

    def ask(self, method, path, body=None):
        request = urllib.request.Request(
            f"{self.endpoint}/_microburst/{path}", method=method, data=None if body is None else json.dumps(body).encode()
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def storm(self):
        made = self.ask("POST", "rules", [rule for _, rule in STORM])
        self.kinds.update({rule["id"]: f"{kind} ({rule['service']})" for (kind, _), rule in zip(STORM, made, strict=True)})
        return self.told()

    def calm(self):
        self.ask("POST", "rules", [])
        return self.told()

    def told(self):
        """Requests that passed, and faults that struck, by kind."""
        stats = self.ask("GET", "stats")
        faults = {}
        for rule in stats["by_rule"]:
            kind = self.kinds[rule["id"]]
            faults[kind] = faults.get(kind, 0) + rule["fired"]
        return {"requests": stats["requests"]["total"], "faults": faults}
