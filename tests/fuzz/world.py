"""A shop with real things in it: products, stock, carts, and orders in every state.

Knows how to reach a running shop, its console too, and how to place and pay an order. It deliberately knows nothing of
schemathesis: what is made here is only found by its ids.
"""

import calendar
import hashlib
import hmac
import re
import time
import urllib.parse

import requests

ADDRESS = {"name": "Ada Lovelace", "line1": "Ringstr. 1", "city": "Berlin", "postal_code": "10115", "country": "DE"}
# What the local shop's stand-in for the payment provider signs with.
WEBHOOK_SECRET = b"whsec_local"
# How the code of store credit stands in a mail: Crockford's base 32.
CREDIT_CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}\b")
TOPICS = ("shop", "taxes", "shipping", "payments", "locations", "returns", "support", "purchasing", "warranty")


class Refused(Exception):
    """An answer that the world cannot be made with."""


class Shop:
    """A running shop, its API and its console."""

    def __init__(self, url):
        self.url = url.rstrip("/")
        self.session = requests.Session()
        self.keys = 0

    def send(self, method, path, body=None, *, token=None, expect=None, **headers):
        """Sends a request; an answer with another status than expected ends the run."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            headers["authorization"] = f"Bearer {token}"
        answer = self.session.request(
            method, self.url + path, json=body, headers=headers, timeout=30, allow_redirects=False
        )
        if expect is not None and answer.status_code != expect:
            raise Refused(f"{method} {path} answered {answer.status_code}, not {expect}: {answer.text[:500]}")
        return answer

    def key(self):
        """A new Idempotency-Key."""
        self.keys += 1
        return f"fuzz-{time.time_ns()}-{self.keys}"

    def staff(self, role):
        """A token of a member of the staff."""
        return self.send("GET", f"/_local/token?role={role}", expect=200).text.strip()

    def advance(self, length):
        """Lets time pass; everything that fell due has happened when it answers."""
        self.send("POST", "/_local/clock", {"advance": length}, expect=200)

    def now(self):
        """The shop's time, in seconds since 1970."""
        return seconds(self.send("GET", "/_local/clock", accept="application/json", expect=200).json()["now"])

    def settle(self):
        """Lets everything that is under way arrive: mails are sent, lists have the orders."""
        self.advance("1s")

    def mailed_secret(self, email):
        """Asks for a sign-in link; the secret in the mail."""
        self.send("POST", "/api/auth/link", {"email": email}, expect=202)
        self.settle()
        mails = self.send("GET", "/_local/mails", accept="application/json", expect=200).json()["items"]
        texts = [mail["text"] for mail in mails if email in str(mail["to"]) and "token=" in mail["text"]]
        if not texts:
            raise Refused(f"no sign-in link came for {email}")
        return re.search(r"/sign-in/confirm\S*token=([\w-]+)", texts[-1]).group(1)

    def customer(self, email):
        """A token of a customer, signed in by mail."""
        secret = self.mailed_secret(email)
        return self.send("POST", "/api/auth/token", {"token": secret}, expect=200).json()["access_token"]

    def product(self, token, slug, draft):
        """Writes a product."""
        answer = self.send("PUT", f"/api/products/{slug}", draft, token=token)
        if answer.status_code not in (200, 201):
            raise Refused(f"the product {slug} was refused: {answer.text[:500]}")

    def stock(self, token, sku, delta):
        """Books what came of a SKU."""
        line = {"sku": sku, "location": "main", "delta": delta, "reason": "received"}
        self.send(
            "POST", "/api/stock/adjustments", {"lines": [line]}, token=token, idempotency_key=self.key(), expect=201
        )

    def second_location(self, token):
        """Makes a second place that holds stock."""
        settings = self.send("GET", "/api/settings/locations", token=token, expect=200).json()
        known = [place["id"] for place in settings["locations"]]
        if "annex" not in known:
            settings["locations"].append({"id": "annex", "name": "Annex", "address": ""})
            self.send("PUT", "/api/settings/locations", settings, token=token, expect=200)
        # What functions know of the settings is a minute old at most.
        self.advance("61s")

    def transferred(self, token, body):
        """Sends a transfer off; its id."""
        return self.send("POST", "/api/transfers", body, token=token, idempotency_key=self.key(), expect=201).json()["id"]

    def imported(self, token, text):
        """Uploads a stock list and has it looked at; the id of its import."""
        asked = {"filename": "stock.csv", "bytes": len(text), "dry_run": True}
        opened = self.send("POST", "/api/stock/imports", asked, token=token, expect=201).json()
        upload = opened["upload"]
        answer = self.session.put(upload["url"], data=text.encode(), headers=upload["headers"], timeout=30)
        if answer.status_code != 200:
            raise Refused(f"the upload answered {answer.status_code}: {answer.text[:500]}")
        self.send("GET", f"/api/stock/imports/{opened['id']}", token=token, expect=200)
        self.settle()
        return opened["id"]

    def cart(self, lines, token=None):
        """A cart with so many of each SKU; its id."""
        cart = self.send("POST", "/api/carts", {}, token=token, expect=201).json()["id"]
        for sku, quantity in lines.items():
            self.send("PUT", f"/api/carts/{cart}/items/{sku}", {"quantity": quantity}, token=token, expect=200)
        return cart

    def order(self, lines, method="bank_transfer", email="buyer@example.com", token=None):
        """An order that is not paid: its id and the secret of its link."""
        body = checkout(self.cart(lines, token), method, email)
        answer = self.send("POST", "/api/checkout", body, token=token, idempotency_key=self.key(), expect=201).json()
        token = answer["view_url"].split("token=")[1].split("&")[0]
        return {"id": answer["order"]["id"], "number": answer["order"]["number"], "token": token}

    def paid(self, staff, lines, **others):
        """A paid order whose stock has its location."""
        order = self.order(lines, **others)
        path = f"/api/orders/{order['id']}/mark-paid"
        self.send("POST", path, {"reference": "statement 12"}, token=staff, expect=200)
        return order

    def shipped(self, staff, lines):
        """An order whose parcel has left."""
        order = self.paid(staff, lines)
        self.settle()
        self.send("POST", f"/api/orders/{order['id']}/ship", {"carrier": "DHL"}, token=staff, expect=200)
        return order

    def returned(self, staff, order, sku, steps=(), **wanted):
        """A return of one unit of an order, for what is wanted, taken through these steps; its id."""
        body = {**returning(order, sku), **wanted}
        back = self.send("POST", f"/api/returns?token={order['token']}", body, expect=201).json()["id"]
        bodies = {
            "receive": {"lines": [{"sku": sku, "quantity": 1}]},
            "inspect": {"lines": [{"sku": sku, "resellable": 1}]},
            "reject": {"lines": [{"sku": sku, "rejected": 1}], "reason": "used"},
        }
        for step in steps:
            path = "inspect" if step == "reject" else step
            self.send("POST", f"/api/returns/{back}/{path}", bodies.get(step, {}), token=staff, expect=200)
        return back

    def guaranteed(self, staff, order, offered=False):
        """The warranty of an order's first unit, as its link opens it: its holder's, or the one of an offer of it."""
        self.settle()
        found = self.send("GET", f"/api/warranties?order_id={order['id']}", token=staff, expect=200).json()["items"]
        path = f"/warranty/{found[-1]['id']}{'/accept' if offered else ''}"
        mails = self.send("GET", "/_local/mails", accept="application/json", expect=200).json()["items"]
        links = [link for mail in mails for link in re.findall(rf"{path}\?token=(\S+)", mail["text"])]
        if not links:
            raise Refused(f"no link to {path} was mailed")
        return {"id": found[-1]["id"], "token": urllib.parse.unquote(links[-1])}

    def claimed(self, staff, order, *steps):
        """A claim on the warranty of an order's first unit, taken through these steps: its id and the secret of its link."""
        one = self.guaranteed(staff, order)
        path = f"/api/warranty-claims?token={one['token']}"
        claim = self.send("POST", path, claiming(one), expect=201).json()["id"]
        bodies = {"approve": {"resolution": "repair"}}
        for step in steps:
            self.send("POST", f"/api/warranty-claims/{claim}/{step}", bodies.get(step, {}), token=staff, expect=200)
        return {"id": claim, "token": one["token"]}

    def credited(self, staff, order, sku):
        """Takes one unit of an order back for store credit."""
        self.returned(staff, order, sku, ("approve", "receive", "inspect", "resolve"), resolution="credit")
        self.settle()

    def credit_code(self):
        """The code of store credit that was mailed last; an address has one alone."""
        mails = self.send("GET", "/_local/mails", accept="application/json", expect=200).json()["items"]
        codes = [found.group(0) for mail in mails if (found := CREDIT_CODE.search(mail["text"]))]
        if not codes:
            raise Refused("no code of store credit was mailed")
        return codes[-1]

    def short(self, staff, slug, sku):
        """A paid order of one piece that waits for stock."""
        self.product(staff, slug, World.draft(slug, sku))
        self.send("PUT", f"/api/stock/{sku}/backorders", {"limit": 5}, token=staff, expect=200)
        order = self.paid(staff, {sku: 1})
        self.settle()
        return order

    def supplier(self, token):
        """Writes the supplier that everything is bought from."""
        acme = {"name": "Acme Pottery", "email": "orders@acme.example.com", "currency": "EUR"}
        self.send("PUT", "/api/suppliers/acme", acme, token=token)

    def drafted(self, token, lines):
        """A purchase order that staff work on."""
        body = {"supplier": "acme", "lines": lines}
        return self.send("POST", "/api/purchase-orders", body, token=token, expect=201).json()

    def proposed(self, token, order, quantity):
        """Has a drafted purchase order sent, and its supplier propose so many of its first line."""
        path = f"/api/purchase-orders/{order}"
        number = self.send("POST", f"{path}/approve", {"send": True}, token=token, expect=200).json()["number"]
        self.settle()
        mails = self.send("GET", "/_local/mails", accept="application/json", expect=200).json()["items"]
        texts = [mail["text"] for mail in mails if number in mail["subject"] and "/supplier/" in mail["text"]]
        link = re.search(r"/supplier/[\w.-]+", texts[-1]).group(0)
        csrf = "A" * 22
        form = {"csrf": csrf, "idempotency_key": "k", "answer": "propose", "line.0.quantity": str(quantity)}
        answer = self.session.post(
            self.url + link, data=form, headers={"cookie": f"csrf={csrf}"}, timeout=30, allow_redirects=False
        )
        if answer.status_code != 303:
            raise Refused(f"a proposal was answered {answer.status_code}: {answer.text[:500]}")

    def suggested(self, token, sku):
        """Has a SKU suggested, whatever there is of it."""
        rule = {"location": "main", "supplier": "acme", "reorder_point": 1000000, "lead_time_days": 7}
        self.send("PUT", f"/api/reorder-rules/{sku}", rule, token=token)
        self.settle()


def checkout(cart, method="bank_transfer", email="buyer@example.com"):
    """What a checkout is asked with."""
    return {
        "cart_id": cart,
        "email": email,
        "shipping_address": ADDRESS,
        "shipping_method": "standard",
        "payment_method": method,
    }


def returning(order, sku):
    """What one unit is asked back with."""
    return {"order_id": order["id"], "lines": [{"sku": sku, "quantity": 1, "reason": "damaged"}], "comment": "chipped"}


def claiming(certificate):
    """What a claim is made with."""
    return {"certificate": certificate["id"], "defect": "broken", "description": "The handle came off."}


def instead(cart):
    """What asks for the things in a cart instead."""
    return {"resolution": "exchange", "cart_id": cart}


def signature(body, at):
    """The header that a webhook with this body is believed by, sent at this second."""
    digest = hmac.new(WEBHOOK_SECRET, f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def seconds(instant):
    """An instant as the console tells it, in seconds since 1970."""
    return calendar.timegm(time.strptime(instant.split(".")[0].rstrip("Z"), "%Y-%m-%dT%H:%M:%S"))


class World:
    """What was put in place, by what it is asked for with. Made anew for each caller: fuzzing uses it up."""

    SKU = "FUZZ-1"
    SLUG = "fuzz-mug"

    def __init__(self, shop, orders):
        self.shop = shop
        owner = shop.staff("owner")
        shop.product(owner, self.SLUG, self.draft(self.SLUG, self.SKU))
        shop.product(owner, "fuzz-bowl", self.draft("fuzz-bowl", "FUZZ-2"))
        shop.product(owner, "fuzz-draft", self.draft("fuzz-draft", "FUZZ-3", "draft"))
        shop.product(owner, "fuzz-gone", self.draft("fuzz-gone", "FUZZ-4"))
        shop.send("DELETE", "/api/products/fuzz-gone", token=owner, expect=204)
        for sku in (self.SKU, "FUZZ-2"):
            shop.stock(owner, sku, 5000)
        self.customer = shop.customer("customer@example.com")
        lines = {self.SKU: 2, "FUZZ-2": 1}
        self.unpaid = [shop.order(lines) for _ in range(orders)]
        self.unpaid += [shop.order(lines, "card") for _ in range(orders)]
        self.own = [shop.order(lines, email="customer@example.com", token=self.customer) for _ in range(orders)]
        self.paid = [shop.paid(owner, lines) for _ in range(orders)]
        self.shipped = [shop.paid(owner, lines) for _ in range(orders)]
        self.canceled = [shop.paid(owner, lines) for _ in range(orders)]
        shop.settle()
        for order in self.shipped:
            parcel = {"carrier": "DHL", "tracking": "JD01"}
            shop.send("POST", f"/api/orders/{order['id']}/ship", parcel, token=owner, expect=200)
        for order in self.canceled:
            shop.send("POST", f"/api/orders/{order['id']}/cancel", {}, token=owner, expect=200)
        self.carts = [shop.cart({self.SKU: 1}) for _ in range(5 * orders)] + [shop.cart({})]
        shop.settle()

    @staticmethod
    def draft(slug, sku, status="active"):
        """A product with one variant, as it is put."""
        variant = {"sku": sku, "title": "White", "price": {"amount": 1999, "currency": "EUR"}, "weight_g": 350}
        return {"title": f"Product {slug}", "status": status, "category": "fuzz", "warranty_months": 24, "variants": [variant]}

    @property
    def orders(self):
        """Every order: its id and the secret of its link."""
        return self.unpaid + self.own + self.paid + self.shipped + self.canceled
