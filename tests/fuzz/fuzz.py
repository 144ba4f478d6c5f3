"""Every operation of the API, held against its own description.

    python tests/fuzz/fuzz.py target/debug/shop [--examples N] [--seed N]
    python tests/fuzz/fuzz.py --url http://127.0.0.1:3000 [--examples N] [--seed N]

First each operation gets a good request and has to grant it; then schemathesis tries all of them with what fits the
description and with what does not, once for each caller. No answer may be a server error, and each has to have a
status, a content type and a body that the description knows. A failure comes with a curl line, which repeats it where
the shop was started by hand and given by --url.

This program starts the shop and puts things in it. It deliberately does not know which requests are tried: that is
schemathesis.toml and hooks.py.
"""

import argparse
import collections
import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import schemathesis
from schemathesis.core.failures import FailureGroup

import rules  # noqa: F401, its check is registered by that
import valid
import world

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
CALLERS = ("owner", "warehouse", "customer", "nobody")
# The operations that write the settings and what is sold: each accepted write of theirs is undone.
SETTINGS = "PUT /api/settings/{topic}"
PRODUCTS = ("PUT /api/products/{slug}", "DELETE /api/products/{slug}")
KEYED = (
    "POST /api/checkout",
    "POST /api/orders/{id}/refund",
    "POST /api/purchase-orders/{id}/receive",
    "POST /api/stock/adjustments",
    "POST /api/transfers",
    "POST /api/transfers/{id}/receive",
)


@contextlib.contextmanager
def started(binary):
    """A shop in memory on a free port, for as long as it is needed; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [binary, "--memory", "--port", str(port)]
    with tempfile.TemporaryFile() as log:
        shop = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            said = ""
            while "Ready" not in said:
                line = shop.stdout.readline()
                if not line:
                    raise SystemExit(f"the shop ended with {shop.wait()}: {said}")
                said += line
            yield f"http://127.0.0.1:{port}"
            keep_grants(f"http://127.0.0.1:{port}")
        finally:
            shop.send_signal(signal.SIGINT)
            try:
                shop.wait(timeout=10)
            except subprocess.TimeoutExpired:
                shop.kill()
            log.seek(0)
            errors = [line for line in log.read().decode(errors="replace").splitlines() if "panicked" in line]
            print(*errors[:20], sep="\n", end="\n" if errors else "")


def keep_grants(url):
    """What the functions did on which resource goes where the proof looks for it."""
    directory = os.environ.get("RECORD_GRANTS")
    if directory:
        with urllib.request.urlopen(f"{url}/_local/grants") as answer:
            used = json.load(answer)["used"]
        path = pathlib.Path(directory)
        path.mkdir(parents=True, exist_ok=True)
        (path / "fuzz.json").write_text(json.dumps(used), encoding="utf-8")


def grants(shop, description):
    """Sends the good requests. The operations that were granted, and what was wrong."""
    schema = schemathesis.openapi.from_dict(description)
    schema.config.output.sanitization.update(enabled=False)
    granted, failures = set(), []
    for label, good in valid.requests(shop, world.World(shop, 2)):
        method, path = label.split(" ", 1)
        body = {} if good.body is None else {"body": good.body, "media_type": valid.JSON}
        case = schema[path][method].Case(path_parameters=good.path, query=good.query, headers=good.headers, **body)
        answer = case.call(base_url=shop.url)
        if answer.status_code != good.status:
            failures.append(f"{label} answered {answer.status_code}, not {good.status}: {answer.text[:400]}\n"
                            f"    {case.as_curl_command()}")
            continue
        granted.add(label)
        try:
            case.validate_response(answer)
        except FailureGroup as group:
            failures.append(f"{label}: {group}")
    return granted, failures


def real(shop, made, settings):
    """What the hooks are told of the shop."""
    owner = shop.staff("owner")
    get = lambda path: shop.send("GET", path, token=owner, expect=200).json()
    cursors = {
        "GET /api/products": get("/api/products?limit=1")["next"],
        "GET /api/orders": get("/api/orders?limit=1")["next"],
        "GET /api/stock/{sku}/ledger": get(f"/api/stock/{made.SKU}/ledger")["next"],
    }
    good = collections.defaultdict(list)
    for label, request in valid.requests(shop, made):
        good[label] += [request.body] if isinstance(request.body, dict) else []
    claims = get("/api/warranty-claims")["items"]
    product = ["PUT", f"/api/products/{made.SLUG}", made.draft(made.SLUG, made.SKU)]
    repairs = {label: [product] for label in PRODUCTS}
    repairs[SETTINGS] = [["PUT", f"/api/settings/{topic}", body] for topic, body in settings.items()]
    return {
        "url": shop.url,
        "owner": owner,
        "orders": made.orders,
        "numbers": [order["number"] for order in made.orders],
        "carts": made.carts,
        "certificates": [claim["certificate"] for claim in claims],
        "claims": [claim["id"] for claim in claims],
        "codes": [shop.credit_code()],
        "skus": [made.SKU, "FUZZ-2", "FUZZ-3"],
        "slugs": [made.SLUG, "fuzz-draft", "fuzz-gone"],
        "settings": list(settings),
        "cursors": {label: [cursor] for label, cursor in cursors.items() if cursor},
        "fit": {
            "POST /api/orders/{id}/mark-paid": made.unpaid,
            "POST /api/orders/{id}/ship": made.paid,
            "POST /api/orders/{id}/refund": made.paid,
            "POST /api/orders/{id}/deliver": made.shipped,
            "POST /api/orders/{id}/refund-paid": made.canceled,
        },
        "keyed": KEYED,
        "good": good,
        "repairs": repairs,
    }


def tried(shop, caller, description, examples, seed, settings, directory):
    """Lets schemathesis try every operation as this caller: how often each got which status, what failed, the words."""
    # What was asked before must not count against the limits of an hour.
    shop.advance("61m")
    made = world.World(shop, 8)
    token = {"customer": lambda: made.customer, "nobody": lambda: None}.get(caller, lambda: shop.staff(caller))()
    things, answers, report = (directory / f"{caller}.{name}.json" for name in ("world", "answers", "report"))
    things.write_text(json.dumps(real(shop, made, settings)), encoding="utf-8")
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml"), "run"]
    command += [str(description), "--url", shop.url, "--seed", str(seed), "--max-examples", str(examples), "--no-color"]
    command += ["--report", "json", "--report-json-path", str(report)]
    command += ["--header", f"Authorization: Bearer {token}"] if token else []
    environment = {**os.environ, "PYTHONPATH": str(HERE), "FUZZ_WORLD": str(things), "FUZZ_ANSWERS": str(answers)}
    environment["PYTHONHASHSEED"] = "0"  # what is chosen from sets depends on it
    run = subprocess.run(
        command, cwd=HERE, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    for topic, body in settings.items():
        shop.send("PUT", f"/api/settings/{topic}", body, token=shop.staff("owner"), expect=200)
    told = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}
    found = told.get("test_cases", {}).get("unique_failures", 0) + len(told.get("errors", []))
    counted = json.loads(answers.read_text(encoding="utf-8")) if answers.exists() else {}
    return counted, max(found, 1 if run.returncode else 0), run.stdout


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("shop", nargs="?", help="the built shop, started in memory")
    arguments.add_argument("--url", help="a shop that runs already; it is filled, and left as it then is")
    arguments.add_argument("--examples", type=int, default=20, help="random cases of an operation and a caller (20)")
    arguments.add_argument("--seed", type=int, default=1, help="another one tries other cases (1)")
    asked = arguments.parse_args()
    if bool(asked.shop) == bool(asked.url):
        arguments.error("give the built shop, or --url")
    began = time.monotonic()
    binary = str(pathlib.Path(asked.shop).resolve()) if asked.shop else None
    with started(binary) if binary else contextlib.nullcontext(asked.url) as url, \
            tempfile.TemporaryDirectory() as directory:
        failed = run(world.Shop(url), asked, pathlib.Path(directory), began)
    sys.exit(1 if failed else 0)


def run(shop, asked, directory, began):
    """The whole of it; how much failed."""
    description = shop.send("GET", "/openapi.json", expect=200).json()
    labels = {f"{method.upper()} {path}" for path, item in description["paths"].items() for method in item
              if method in ("get", "put", "post", "delete", "patch")}
    written = directory / "openapi.json"
    written.write_text(json.dumps(description), encoding="utf-8")
    owner = shop.staff("owner")
    settings = {topic: shop.send("GET", f"/api/settings/{topic}", token=owner, expect=200).json() | {"version": 0}
                for topic in world.TOPICS}

    granted, failures = grants(shop, description)
    failures += [f"{label} has no good request in valid.py" for label in sorted(labels - granted)
                 if not any(failure.startswith(label) for failure in failures)]
    for failure in failures:
        print(f"FAILED {failure}\n")
    failed, cases = len(failures), 0
    print(f"granted: {len(granted)} of {len(labels)} operations")
    for caller in CALLERS:
        answers, found, output = tried(shop, caller, written, asked.examples, asked.seed, settings, directory)
        if found:
            print(output)
        untried = labels - {label.rsplit(" ", 1)[0] for label in answers}
        for label in sorted(untried):
            print(f"FAILED {label} was not tried as {caller}")
        failed += found + len(untried)
        cases += sum(answers.values())
        reached = {label.rsplit(" ", 1)[0] for label in answers if label.rsplit(" ", 1)[1].startswith("2")}
        statuses = ", ".join(sorted({label.rsplit(" ", 1)[1] for label in answers}))
        print(f"{caller}: {sum(answers.values())} cases, {len(reached)} operations granted, answered {statuses}")
    took = time.monotonic() - began
    print(f"fuzz: {len(labels)} operations, {cases} cases as {len(CALLERS)} callers, {failed} failures in {took:.0f} s")
    return failed


if __name__ == "__main__":
    main()
