"""What the generated cases are mended with, so that they reach the functions' own rules.

Schemathesis loads it. It knows the names of parameters and fields, and puts ids in their place that are in the shop;
it knows a good body for an operation, and changes one field of it to what was generated. It deliberately chooses by the
case itself, never by chance, so that a seed repeats a run. It leaves alone whatever a case breaks on purpose.
"""

import atexit
import collections
import hashlib
import json
import os
import zlib

import requests
import schemathesis
from schemathesis.core.parameters import ParameterLocation

import rules  # noqa: F401, its check is registered by that
import world

# Written by fuzz.py: what is in the shop, and where to say what was answered.
with open(os.environ["FUZZ_WORLD"], encoding="utf-8") as file:
    REAL = json.load(file)
ANSWERS = collections.Counter()
WEBHOOK = "POST /api/webhooks/stripe"

# Values that a field or a parameter of this name is known to take.
FIELDS = {
    "cart_id": REAL["carts"],
    "certificate": REAL["certificates"],
    "code": REAL["codes"],
    "country": ["DE", "FR", "US"],
    "credit_code": REAL["codes"],
    "currency": ["EUR"],
    "defect": ["broken", "accident", "lost"],
    "email": ["buyer@example.com", "customer@example.com"],
    "filename": ["mug.webp"],
    "location": ["main"],
    "number": REAL["numbers"],
    "payment_method": ["bank_transfer", "card"],
    "resolution": ["refund", "credit", "exchange", "repair", "replace"],
    "shipping_method": ["standard"],
    "sku": REAL["skus"],
    "slug": REAL["slugs"],
    "sort": ["relevance", "newest", "price_ascending", "price_descending"],
    "status": ["pending_payment", "placed", "completed", "canceled", "expired"],
    "tax_class": ["standard"],
    "topic": list(REAL["settings"]),
}


def choose(seed, values):
    """One of `values`; the same for the same seed."""
    return values[zlib.crc32(seed.encode()) % len(values)]


def mostly(seed):
    """Yes, three times of four."""
    return zlib.crc32(b"mostly" + seed.encode()) % 4 != 0


def negative(case, location):
    """Whether the case breaks this part of the request on purpose."""
    return case.meta is not None and case.meta.is_negative_at(location)


def filled(value, seed):
    """A body with known values in the place of texts."""
    if isinstance(value, list):
        return [filled(item, f"{seed}/{index}") for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    done = {}
    for name, field in value.items():
        at = f"{seed}/{name}"
        if isinstance(field, str) and name in FIELDS and mostly(at):
            done[name] = choose(at, FIELDS[name])
        else:
            done[name] = filled(field, at)
    return done


def near(good, generated, seed):
    """A good body, whole or with one field, at any depth, as it was generated."""
    if isinstance(good, list) and isinstance(generated, list) and good and generated:
        return [near(good[0], generated[0], f"{seed} item"), *good[1:]]
    if not isinstance(good, dict) or not isinstance(generated, dict):
        return generated
    if not generated or not mostly(f"{seed} change"):
        return good
    name = choose(f"{seed} field", sorted(generated))
    return {**good, name: near(good[name], generated[name], f"{seed} {name}") if name in good else generated[name]}


def event(seed):
    """A word of the payment provider's about an order that is there."""
    order = choose(seed, REAL["orders"])["id"]
    amount = zlib.crc32(seed.encode()) % 10_000 - 1_000
    said = {"currency": "eur", "payment_intent": f"pi_{amount % 3}", "metadata": {"order": order}}
    session = {**said, "id": "cs_1", "expires_at": 1, "status": "complete", "amount_total": amount}
    session |= {"payment_status": choose(seed, ["paid", "unpaid"]), "client_reference_id": order}
    refund = {**said, "id": "re_1", "amount": amount, "status": choose(seed, ["succeeded", "failed", "pending"])}
    events = {
        "checkout.session.completed": session,
        "checkout.session.async_payment_failed": session,
        "checkout.session.expired": session,
        "payment_intent.payment_failed": {**said, "id": "pi_1"},
        "refund.updated": refund,
        "refund.failed": refund,
        "customer.created": {},
    }
    kind = choose(f"{seed} kind", list(events))
    return {"id": "evt_1", "type": kind, "data": {"object": events[kind]}}


def sign(request):
    """Signs a webhook as the provider does."""
    body = request.body or b""
    request.headers["Stripe-Signature"] = world.signature(body if isinstance(body, bytes) else body.encode(), now())
    return request


def now():
    """The shop's time, in seconds since 1970."""
    answer = requests.get(f"{REAL['url']}/_local/clock", headers={"accept": "application/json"}, timeout=30).json()
    return world.seconds(answer["now"])


@schemathesis.hook
def before_call(context, case, kwargs):
    """Puts things in the case's place that are in the shop."""
    label = case.operation.label
    seed = f"{label} {case.path_parameters!r} {case.query!r} {case.body!r}"
    fit = REAL["fit"].get(label) if mostly(f"fit {seed}") else None
    known = choose(seed, fit or REAL["orders"])
    if not negative(case, ParameterLocation.PATH) and mostly(f"path {seed}"):
        ids = {"/api/orders/": [known["id"]], "/api/carts/": REAL["carts"]}
        ids |= {"/api/warranties/": REAL["certificates"], "/api/warranty-claims/": REAL["claims"]}
        known_ids = [known for path, known in ids.items() if path in label]
        for name in case.path_parameters:
            values = known_ids[0] if name == "id" and known_ids else FIELDS.get(name)
            if values:
                case.path_parameters[name] = choose(seed, values)
    if not negative(case, ParameterLocation.QUERY):
        for name, value in case.query.items():
            at = f"{seed} {name}"
            if isinstance(value, str) and name in FIELDS and mostly(at):
                case.query[name] = choose(at, FIELDS[name])
            elif name == "cursor" and label in REAL["cursors"] and mostly(at):
                case.query[name] = choose(at, REAL["cursors"][label])
            elif name == "token":
                case.query[name] = known["token"]
    if not negative(case, ParameterLocation.BODY):
        if label == WEBHOOK and mostly(seed):
            case.body = event(seed)
        elif isinstance(case.body, (dict, list)):
            good = REAL["good"].get(label)
            body = near(choose(seed, good), case.body, seed) if good and mostly(f"near {seed}") else case.body
            case.body = filled(body, seed)
    if label == WEBHOOK and case.method == "POST" and not negative(case, ParameterLocation.HEADER) and mostly(seed):
        kwargs["auth"] = sign
    if label in REAL["keyed"] and not negative(case, ParameterLocation.HEADER) and mostly(f"key {seed}"):
        # The same body with the same key: an answer is repeated now and then.
        case.headers["Idempotency-Key"] = hashlib.sha256(repr(case.body).encode()).hexdigest()


@schemathesis.hook
def after_call(context, case, response):
    """Counts the answer, and undoes what would leave the other cases nothing to work on."""
    if case.method.upper() == case.operation.method.upper():
        ANSWERS[f"{case.operation.label} {response.status_code}"] += 1
    if response.status_code >= 300:
        return
    for method, path, body in REAL["repairs"].get(case.operation.label, []):
        headers = {"authorization": f"Bearer {REAL['owner']}"}
        requests.request(method, REAL["url"] + path, json=body, headers=headers, timeout=30)


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """An empty value of a query stands for none: it is not refused, whatever its type."""
    emptied = any(value in ("", [""]) for value in case.query.values())
    return not (type(failure).__name__ == "AcceptedNegativeData" and emptied)


@atexit.register
def tell():
    """Says how often each operation was answered with which status."""
    with open(os.environ["FUZZ_ANSWERS"], "w", encoding="utf-8") as out:
        json.dump(ANSWERS, out)
