"""One good request for every operation of the description, and the answer that it is to get.

An operation that is missing here fails the run: every new one brings its request. Deliberately nothing is checked
here; the answers are held against the description by the caller.
"""

import dataclasses
import json

import world

JSON = "application/json"
PNG = {"filename": "mug.png", "bytes": 1000}


@dataclasses.dataclass
class Valid:
    """A request that the shop has to grant."""

    status: int
    path: dict = dataclasses.field(default_factory=dict)
    query: dict = dataclasses.field(default_factory=dict)
    headers: dict = dataclasses.field(default_factory=dict)
    body: object = None


def requests(shop, made):
    """Good requests: operation by operation, in an order in which each finds what it needs."""
    owner = {"authorization": f"Bearer {shop.staff('owner')}"}
    keyed = lambda: {**owner, "idempotency-key": shop.key()}
    unpaid, other = shop.order({made.SKU: 1}), shop.order({made.SKU: 1})
    paid, back = (shop.paid(shop.staff("owner"), {made.SKU: 2}) for _ in range(2))
    shop.settle()
    line = {"sku": made.SKU, "location": "main", "delta": 5, "reason": "received"}
    draft = {"title": "Enamel mug", "variants": [{"sku": "FUZZ-9", "price": {"amount": 1999, "currency": "EUR"}}]}
    settings = shop.send("GET", "/api/settings/returns", token=shop.staff("owner"), expect=200).json()
    cart = {"id": made.carts[0]}
    at_order = lambda order: {"id": order["id"]}
    yield "GET /health", Valid(200)
    yield "GET /openapi.json", Valid(200)
    search = {"q": "mug", "in_stock": "true", "sort": "price_ascending", "limit": "5"}
    yield "GET /api/products", Valid(200, query=search)
    yield "GET /api/products/{slug}", Valid(200, {"slug": made.SLUG})
    yield "POST /api/carts", Valid(201, body={})
    yield "GET /api/carts/{id}", Valid(200, cart)
    yield "PUT /api/carts/{id}/items/{sku}", Valid(200, {**cart, "sku": "FUZZ-2"}, body={"quantity": 2})
    yield "DELETE /api/carts/{id}/items/{sku}", Valid(200, {**cart, "sku": "FUZZ-2"})
    order = world.checkout(made.carts[0])
    yield "POST /api/checkout", Valid(201, headers={"idempotency-key": shop.key()}, body=order)
    order = world.checkout(made.carts[1], "card")
    yield "POST /api/checkout", Valid(201, headers={"idempotency-key": shop.key()}, body=order)
    yield "GET /api/orders", Valid(200, query={"status": "placed", "limit": "5"}, headers=owner)
    yield "GET /api/orders", Valid(200, headers={"authorization": f"Bearer {made.customer}"})
    yield "GET /api/orders/{id}", Valid(200, at_order(unpaid), query={"token": unpaid["token"]})
    yield "POST /api/orders/{id}/cancel", Valid(200, at_order(other), headers=owner, body={"reason": "changed my mind"})
    waits = shop.short(shop.staff("owner"), "fuzz-waits", "FUZZ-5")
    yield "POST /api/orders/{id}/cancel-backorder", Valid(200, at_order(waits), headers=owner)
    yield "POST /api/orders/{id}/mark-paid", Valid(200, at_order(unpaid), headers=owner, body={"reference": "12"})
    parcel = {"carrier": "DHL", "tracking": "JD01", "lines": [{"sku": made.SKU, "quantity": 2}]}
    yield "POST /api/orders/{id}/ship", Valid(200, at_order(paid), headers=owner, body=parcel)
    yield "POST /api/orders/{id}/deliver", Valid(200, at_order(paid), headers=owner, body={})
    refund = {"reason": "chipped", "lines": [{"sku": made.SKU, "quantity": 1}]}
    yield "POST /api/orders/{id}/refund", Valid(200, at_order(back), headers=keyed(), body=refund)
    yield "POST /api/orders/{id}/refund-paid", Valid(200, at_order(back), headers=owner, body={"reference": "13"})
    yield "GET /api/orders/{id}", Valid(200, at_order(back), headers=owner)
    sent = [shop.shipped(shop.staff("owner"), {made.SKU: 1}) for _ in range(12)]
    asked = lambda number: world.returning(sent[number], made.SKU)
    link = lambda number: {"token": sent[number]["token"]}
    after = lambda number, *steps: {"id": shop.returned(shop.staff("owner"), sent[number], made.SKU, steps)}
    yield "POST /api/returns/quote", Valid(200, query=link(0), body=asked(0))
    yield "POST /api/returns", Valid(201, query=link(0), body=asked(0))
    yield "GET /api/returns", Valid(200, query={"view": "to_decide"}, headers=owner)
    returned = after(1)
    yield "GET /api/returns/{id}", Valid(200, returned, query=link(1))
    photo = {"filename": "crack.jpg", "bytes": 1000}
    yield "POST /api/returns/{id}/photos", Valid(201, returned, query=link(1), body=photo)
    yield "POST /api/returns/{id}/approve", Valid(200, returned, headers=owner, body={})
    label = {"carrier": "DHL", "tracking": "JD01", "label_url": "https://carrier.example.com/label.pdf"}
    yield "POST /api/returns/{id}/label", Valid(200, returned, headers=owner, body=label)
    yield "POST /api/returns/{id}/sent", Valid(200, returned, query=link(1), body={"carrier": "DHL"})
    yield "POST /api/returns/{id}/decline", Valid(200, after(2), headers=owner, body={"reason": "too late"})
    yield "POST /api/returns/{id}/cancel", Valid(200, after(3), query=link(3), body={})
    came = {"lines": [{"sku": made.SKU, "quantity": 1}]}
    yield "POST /api/returns/{id}/receive", Valid(200, after(4, "approve"), headers=owner, body=came)
    seen = {"lines": [{"sku": made.SKU, "damaged": 1}]}
    yield "POST /api/returns/{id}/inspect", Valid(200, after(5, "approve", "receive"), headers=owner, body=seen)
    through = after(6, "approve", "receive", "inspect")
    yield "POST /api/returns/{id}/resolve", Valid(200, through, headers=owner, body={})
    rejected = after(7, "approve", "receive", "reject")
    yield "POST /api/returns/{id}/send-back", Valid(200, rejected, headers=owner, body={"carrier": "DHL"})
    yield "POST /api/returns/{id}/close", Valid(200, after(8, "approve", "receive", "reject"), headers=owner, body={})
    instead = [world.instead(shop.cart({"FUZZ-2": count})) for count in (1, 3)]
    yield "POST /api/returns", Valid(201, query=link(10), body={**asked(10), **instead[0]})
    steps = ("approve", "receive", "inspect")
    swapped = {"id": shop.returned(shop.staff("owner"), sent[11], made.SKU, steps, **instead[1])}
    yield "POST /api/returns/{id}/resolve", Valid(200, swapped, headers=owner, body={"resolution": "exchange"})
    yield "GET /api/returns/{id}", Valid(200, swapped, query=link(11))
    staff = shop.staff("owner")
    held = [shop.shipped(staff, {made.SKU: 1}) for _ in range(11)]
    one = shop.guaranteed(staff, held[0])
    at, secret = {"id": one["id"]}, {"token": one["token"]}
    yield "GET /api/warranties", Valid(200, query={"order_id": held[0]["id"]}, headers=owner)
    yield "GET /api/warranties", Valid(200, headers={"authorization": f"Bearer {made.customer}"})
    yield "GET /api/warranties/{id}", Valid(200, at, query=secret)
    yield "POST /api/warranties/{id}/offer", Valid(200, at, query=secret, body={"email": "friend@example.com"})
    yield "POST /api/warranties/{id}/keep", Valid(200, at, query=secret, body={})
    given = shop.guaranteed(staff, held[1])
    friend = {"email": "friend@example.com"}
    shop.send("POST", f"/api/warranties/{given['id']}/offer?token={given['token']}", friend, expect=200)
    taken = shop.guaranteed(staff, held[1], offered=True)
    yield "POST /api/warranties/{id}/accept", Valid(200, {"id": taken["id"]}, query={"token": taken["token"]}, body={})
    keyless = {"idempotency-key": shop.key()}
    yield "POST /api/warranty-claims", Valid(201, query=secret, headers=keyless, body=world.claiming(one))
    yield "GET /api/warranty-claims", Valid(200, query={"view": "asked"}, headers=owner)
    claim = lambda number, *steps: shop.claimed(staff, held[number], *steps)
    of = lambda made_of: {"id": made_of["id"]}
    seen = claim(2)
    yield "GET /api/warranty-claims/{id}", Valid(200, of(seen), query={"token": seen["token"]})
    yield "POST /api/warranty-claims/{id}/withdraw", Valid(200, of(seen), query={"token": seen["token"]}, body={})
    keeps = {"resolution": "replace", "keep_item": True}
    yield "POST /api/warranty-claims/{id}/approve", Valid(200, of(claim(3)), headers=owner, body=keeps)
    yield "POST /api/warranty-claims/{id}/deny", Valid(200, of(claim(4)), headers=owner, body={"reason": "worn"})
    yield "POST /api/warranty-claims/{id}/receive", Valid(200, of(claim(5, "approve")), headers=owner, body={})
    finding = {"finding": "The rivet is gone.", "resolution": "repair"}
    here = claim(6, "approve", "receive")
    yield "POST /api/warranty-claims/{id}/diagnose", Valid(200, of(here), headers=owner, body=finding)
    here = claim(7, "approve", "receive", "diagnose")
    yield "POST /api/warranty-claims/{id}/repair", Valid(200, of(here), headers=owner, body={})
    here = claim(8, "approve", "receive", "diagnose", "repair")
    back = {"carrier": "DHL", "tracking": "JD01"}
    yield "POST /api/warranty-claims/{id}/resolve", Valid(200, of(here), headers=owner, body=back)
    for number, remedy in [(9, "replace"), (10, "refund")]:
        here = claim(number, "approve", "receive")
        yield "POST /api/warranty-claims/{id}/resolve", Valid(200, of(here), headers=owner, body={"resolution": remedy})
    shop.credited(shop.staff("owner"), sent[9], made.SKU)
    credit = {"credit_code": shop.credit_code()}
    yield "GET /api/store-credit", Valid(200, query={"email": "buyer@example.com"}, headers=owner)
    yield "GET /api/store-credit", Valid(200, query={"code": credit["credit_code"]})
    yield "GET /api/store-credit", Valid(200, headers={"authorization": f"Bearer {made.customer}"})
    order = {**world.checkout(shop.cart({made.SKU: 2})), **credit}
    yield "POST /api/checkout", Valid(201, headers={"idempotency-key": shop.key()}, body=order)
    yield "PUT /api/products/{slug}", Valid(201, {"slug": "fuzz-new"}, headers=owner, body=draft)
    yield "PUT /api/products/{slug}", Valid(200, {"slug": "fuzz-new"}, headers=owner, body=draft)
    yield "POST /api/products/{slug}/images", Valid(201, {"slug": "fuzz-new"}, headers=owner, body=PNG)
    yield "DELETE /api/products/{slug}", Valid(204, {"slug": "fuzz-new"}, headers=owner)
    supplier = {"name": "Acme Pottery", "email": "orders@acme.example.com", "currency": "EUR", "lead_time_days": 7}
    yield "PUT /api/suppliers/{id}", Valid(201, {"id": "acme"}, headers=owner, body=supplier)
    yield "PUT /api/suppliers/{id}", Valid(200, {"id": "acme"}, headers=owner, body=supplier)
    yield "GET /api/suppliers", Valid(200, headers=owner)
    rule = {"location": "main", "supplier": "acme", "reorder_point": 20, "lead_time_days": 7, "pack_size": 6}
    yield "PUT /api/reorder-rules/{sku}", Valid(201, {"sku": made.SKU}, headers=owner, body=rule)
    yield "GET /api/reorder-rules/{sku}", Valid(200, {"sku": made.SKU}, query={"location": "main"}, headers=owner)
    yield "PUT /api/reorder-rules/{sku}", Valid(201, {"sku": "FUZZ-2"}, headers=owner, body=rule)
    yield "DELETE /api/reorder-rules/{sku}", Valid(204, {"sku": "FUZZ-2"}, query={"location": "main"}, headers=owner)
    yield "POST /api/reorder-runs", Valid(202, headers=owner, body={})
    shop.settle()
    yield "GET /api/reorder-suggestions", Valid(200, query={"sku": made.SKU}, headers=owner)
    lines = [{"sku": made.SKU, "location": "main", "quantity": 12, "unit_cost": {"amount": 900, "currency": "EUR"}}]
    shop.supplier(shop.staff("owner"))
    drafts = [shop.drafted(shop.staff("owner"), lines) for _ in range(4)]
    at_draft = lambda number: {"id": drafts[number]["id"]}
    purchase = {"supplier": "acme", "lines": lines}
    yield "POST /api/purchase-orders", Valid(201, headers=keyed(), body=purchase)
    yield "GET /api/purchase-orders", Valid(200, query={"status": "draft", "supplier": "acme"}, headers=owner)
    yield "GET /api/purchase-orders/{id}", Valid(200, at_draft(0), headers=owner)
    yield "GET /api/purchase-orders/{id}/order.pdf", Valid(200, at_draft(0), headers=owner)
    yield "GET /api/purchase-orders/{id}/order.csv", Valid(200, at_draft(0), headers=owner)
    yield "PUT /api/purchase-orders/{id}/lines", Valid(200, at_draft(0), headers=owner, body={"lines": lines})
    yield "POST /api/purchase-orders/{id}/hold", Valid(200, at_draft(0), headers=owner, body={"reason": "wait"})
    yield "POST /api/purchase-orders/{id}/resume", Valid(200, at_draft(0), headers=owner, body={})
    yield "POST /api/purchase-orders/{id}/approve", Valid(200, at_draft(0), headers=owner, body={"send": False})
    yield "POST /api/purchase-orders/{id}/send", Valid(200, at_draft(0), headers=owner, body={})
    came = {"lines": [{"sku": made.SKU, "location": "main", "quantity": 10, "damaged": 1}]}
    yield "POST /api/purchase-orders/{id}/receive", Valid(200, at_draft(0), headers=keyed(), body=came)
    yield "POST /api/purchase-orders/{id}/close", Valid(200, at_draft(0), headers=owner, body={})
    yield "POST /api/purchase-orders/{id}/cancel", Valid(200, at_draft(1), headers=owner, body={"reason": "too dear"})
    for number, act in [(2, "take-proposal"), (3, "reject-proposal")]:
        shop.proposed(shop.staff("owner"), drafts[number]["id"], 6)
        yield f"POST /api/purchase-orders/{{id}}/{act}", Valid(200, at_draft(number), headers=owner, body={})
    suggested = {"location": "main"}
    shop.suggested(shop.staff("owner"), made.SKU)
    yield "POST /api/reorder-suggestions/{sku}/dismiss", Valid(200, {"sku": made.SKU}, headers=owner, body=suggested)
    yield "GET /api/stock", Valid(200, query={"location": "main", "below": "1000000"}, headers=owner)
    yield "GET /api/stock/{sku}", Valid(200, {"sku": made.SKU}, headers=owner)
    yield "GET /api/stock/{sku}/ledger", Valid(200, {"sku": made.SKU}, headers=owner)
    yield "PUT /api/stock/{sku}/backorders", Valid(200, {"sku": made.SKU}, headers=owner, body={"limit": 5})
    yield "POST /api/stock/adjustments", Valid(201, headers=keyed(), body={"lines": [line]})
    shop.second_location(shop.staff("owner"))
    way = {"from": "main", "to": "annex", "lines": [{"sku": made.SKU, "quantity": 3}], "note": "for the window"}
    yield "POST /api/transfers", Valid(201, headers=keyed(), body=way)
    at_transfer = [{"id": shop.transferred(shop.staff("owner"), way)} for _ in range(2)]
    yield "GET /api/transfers", Valid(200, query={"status": "in_transit"}, headers=owner)
    yield "GET /api/transfers/{id}", Valid(200, at_transfer[0], headers=owner)
    part = {"lines": [{"sku": made.SKU, "received": 1, "damaged": 1, "missing": 1}]}
    yield "POST /api/transfers/{id}/receive", Valid(200, at_transfer[0], headers=keyed(), body=part)
    yield "POST /api/transfers/{id}/cancel", Valid(200, at_transfer[1], headers=owner, body={})
    yield "POST /api/stock/{sku}/shards", Valid(200, {"sku": made.SKU}, headers=owner, body={"shards": 3})
    listed = shop.imported(shop.staff("owner"), f"sku,delta\n{made.SKU},1\n")
    yield "POST /api/stock/imports", Valid(201, headers=owner, body={"filename": "stock.csv", "bytes": 1000})
    yield "GET /api/stock/imports", Valid(200, headers=owner)
    yield "GET /api/stock/imports/{id}", Valid(200, {"id": listed}, headers=owner)
    yield "GET /api/stock/imports/{id}/rows", Valid(200, {"id": listed}, headers=owner)
    columns = {"sku": 0, "delta": 1}
    yield "PUT /api/stock/imports/{id}/mapping", Valid(200, {"id": listed}, headers=owner, body=columns)
    booked = shop.imported(shop.staff("owner"), f"sku,delta\n{made.SKU},2\n")
    yield "POST /api/stock/imports/{id}/apply", Valid(200, {"id": booked}, headers=owner, body={})
    yield "POST /api/stock/imports/{id}/undo", Valid(200, {"id": booked}, headers=owner, body={})
    yield "GET /api/stock/export.csv", Valid(200, headers=owner)
    yield "GET /api/stock/export.xlsx", Valid(200, headers=owner)
    for topic in world.TOPICS:
        yield "GET /api/settings/{topic}", Valid(200, {"topic": topic}, headers=owner)
    yield "PUT /api/settings/{topic}", Valid(200, {"topic": "returns"}, headers=owner, body=settings)
    yield "GET /api/staff", Valid(200, headers=owner)
    packer = {"email": "packer@example.com", "role": "warehouse"}
    yield "PUT /api/staff", Valid(200, headers=owner, body=packer)
    yield "POST /api/auth/link", Valid(202, body={"email": "buyer@example.com"})
    yield "POST /api/auth/token", Valid(200, body={"token": shop.mailed_secret("other@example.com")})
    event = {"id": "evt_1", "type": "customer.created", "data": {"object": {}}}
    # As the client writes it: the signature is of these very bytes.
    signed = world.signature(json.dumps(event).encode(), shop.now())
    yield "POST /api/webhooks/stripe", Valid(200, headers={"stripe-signature": signed}, body=event)
