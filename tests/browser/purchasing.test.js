// The shop buys from suppliers: staff at the desk and the supplier on a phone, without JavaScript; axe looks at the pages.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, suite, test } from 'node:test';
import AxeBuilder from '@axe-core/playwright';
import { startBrowser, startShop } from './shop.js';

const PHONE = { width: 360, height: 800 };
const WIDE = { width: 1280, height: 900 };

let browser;

before(async () => {
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
});

const DEMO = new URL('../../infra/local/seed/catalogue.json', import.meta.url);

/** A shop with the demo's goods and nobody who supplies them, what staff do there over the API, and pages of people without JavaScript. */
async function openShop() {
  const shop = await startShop('--no-seed');
  // What is sold on one day stays in it.
  const { now } = await shop.json('/_local/clock');
  if (new Date(now).getUTCHours() === 23) await shop.advance('1h');
  let keys = 0;
  const token = async (role) => (await (await fetch(`${shop.url}/_local/token?role=${role}`)).text()).trim();
  const api = async (path, { role = 'owner', ...init } = {}) => {
    keys += 1;
    const headers = { authorization: `Bearer ${await token(role)}`, 'idempotency-key': `key-${keys}` };
    const answer = await shop.json(path, { ...init, headers });
    assert.ok(!(answer.status >= 400), `${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const send = (method) => (path, body) => api(path, { method, body: JSON.stringify(body) });
  const [put, post] = [send('PUT'), send('POST')];
  const lines = [];
  for (const { slug, product, stock } of JSON.parse(await readFile(DEMO, 'utf8'))) {
    await put(`/api/products/${slug}`, product);
    for (const [sku, counted] of Object.entries(stock)) if (counted) lines.push({ sku, location: 'main', counted, reason: 'counted' });
  }
  while (lines.length) await post('/api/stock/adjustments', { lines: lines.splice(0, 40) });
  const it = {
    ...shop,
    api,
    put,
    post,
    /** Lets everything happen that is due now. */
    settle: () => shop.advance('1s'),
    /** Until a suggestion has gone out, or waits for staff. */
    gather: () => shop.advance('3m'),
    supplier: (id, name) => put(`/api/suppliers/${id}`, { name, email: `orders@${id}.example.com`, currency: 'EUR' }),
    /** Has `sku` ordered at so many, for so many cents apiece; changes of the rule come on top. */
    rule: async (sku, reorderPoint, cents, more = {}) => {
      await put(`/api/reorder-rules/${sku}`, {
        location: 'main', supplier: 'acme', reorder_point: reorderPoint, lead_time_days: 7, minimum_order: 10, pack_size: 6,
        review_days: 7, service_level: 0.95, unit_cost: { amount: cents, currency: 'EUR' }, ...more,
      });
      await shop.advance('1s');
    },
    /** Sells so many for money that came, and ships them. */
    sell: async (sku, quantity) => {
      const cart = await post('/api/carts', {});
      await put(`/api/carts/${cart.id}/items/${sku}`, { quantity });
      const { order } = await post('/api/checkout', {
        cart_id: cart.id, email: 'buyer@example.com', shipping_method: 'standard', payment_method: 'bank_transfer',
        shipping_address: { name: 'Robin Example', line1: '1 Example Street', city: 'Berlin', postal_code: '10115', country: 'DE' },
      });
      await post(`/api/orders/${order.id}/mark-paid`, { reference: 'Statement 7' });
      await shop.advance('1s');
      await post(`/api/orders/${order.id}/ship`, { carrier: 'DHL' });
      await shop.advance('1s');
    },
    orders: async () => (await api('/api/purchase-orders')).items,
    order: (id) => api(`/api/purchase-orders/${id}`),
    mailsTo: async (address) => (await shop.mails()).filter((mail) => [mail.to].flat().join().includes(address)),
    /** The supplier's own page, from their latest mail. */
    supplierLink: async () => (await it.mailsTo('orders@acme.example.com')).at(-1).text.match(/https?:\/\/\S+\/supplier\/\S+/)[0],
    /** A page of somebody in this role; `null` is somebody without. */
    visit: async (role, options = {}) => {
      const context = await browser.newContext({ javaScriptEnabled: false, viewport: WIDE, ...options });
      if (role) await context.addCookies([{ name: 'staff', value: await token(role), url: shop.url }]);
      context.setDefaultTimeout(10_000);
      return context.newPage();
    },
    /** Signs this page in anew: the token has ended while time passed. */
    again: async (page) => page.context().addCookies([{ name: 'staff', value: await token('owner'), url: shop.url }]),
  };
  return it;
}

const flash = (page, text) => page.getByText(text, { exact: true }).waitFor();
const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
/** Waits until the page says what is wrong: exactly these fields. */
async function refused(page, ...names) {
  await page.getByRole('heading', { name: 'There is a problem' }).waitFor();
  const named = await page.locator('[aria-invalid="true"]').evaluateAll((all) => all.map((one) => one.name));
  assert.deepEqual(named.sort(), [...names].sort());
  // The summary leads to each of them.
  for (const name of names) {
    const id = await page.locator(`[name="${name}"][aria-invalid="true"]`).getAttribute('id');
    assert.ok(await page.locator(`main a[href="#${id}"]`).count() > 0, `nothing leads to ${id}`);
  }
}
const typed = async (page, values) => {
  for (const [name, value] of Object.entries(values)) assert.equal(await page.locator(`[name="${name}"]`).last().inputValue(), value, name);
};
const fill = async (page, values) => {
  for (const [name, value] of Object.entries(values)) await page.locator(`[name="${name}"]`).last().fill(value);
};
/** The form of an action of a purchase order, opened where it is folded. */
async function unfold(page, path) {
  const form = page.locator(`details:has(form[action$="/${path}"])`);
  if (await form.getAttribute('open') === null) await form.locator('summary').click();
  return form;
}
const row = (page, text) => page.getByRole('row').filter({ hasText: text });
const states = (page) => page.locator('.title-row .badge').allTextContents();

suite('what to order', () => {
  const SKU = 'CUP-ESPRESSO-IRON';
  const OTHER = 'BOTTLE-OIL-CHARCOAL';
  const ITS_PAGE = `/desk/reorders/${SKU}?location=main`;
  let shop;
  let page;

  before(async () => {
    shop = await openShop();
    // Six a day for five days: 60 of 90 are left.
    for (let day = 0; day < 5; day += 1) {
      await shop.sell(SKU, 6);
      await shop.advance('24h');
    }
    page = await shop.visit('owner');
  });

  after(() => shop?.stop());

  test('a supplier is refused with what was typed, then added and changed', async () => {
    await page.goto(`${shop.url}/desk/reorders`);
    await page.getByRole('link', { name: 'Add a supplier' }).click();
    const wrong = { name: 'Acme Pottery', id: 'Acme!', email: 'orders at acme', lead_time_days: 'soon' };
    await fill(page, wrong);
    await press(page, 'Add');
    await refused(page, 'id', 'email', 'lead_time_days');
    await typed(page, wrong);
    assert.deepEqual((await shop.api('/api/suppliers')).items, []);
    await fill(page, { id: 'acme', email: 'orders@acme.example.com', lead_time_days: '7' });
    await press(page, 'Add');
    await flash(page, 'Saved.');
    assert.match(await row(page, 'Acme Pottery').textContent(), /orders@acme\.example\.com.*EUR.*7 days/);

    await page.getByRole('link', { name: 'Change Acme Pottery' }).click();
    await fill(page, { name: 'Acme & Daughters', lead_time_days: '10' });
    await press(page, 'Save');
    await flash(page, 'Saved.');
    const [{ id, name, lead_time_days }, ...others] = (await shop.api('/api/suppliers')).items;
    assert.deepEqual([id, name, lead_time_days, others], ['acme', 'Acme & Daughters', 10, []]);
  });

  test('a rule is refused with what was typed, then saved, and leads to what it decides', async () => {
    await page.goto(`${shop.url}/desk/reorders`);
    await page.getByRole('link', { name: 'New rule' }).click();
    const wrong = { sku: SKU, lead_time_days: 'ten', service_level: 'most', unit_cost: 'dear', pack_size: '6' };
    await fill(page, wrong);
    await press(page, 'Save the rule');
    await refused(page, 'lead_time_days', 'service_level', 'unit_cost');
    await typed(page, wrong);
    await fill(page, { lead_time_days: '10', lead_time_deviation_days: '2', service_level: '120', unit_cost: '90,00' });
    await press(page, 'Save the rule');
    await refused(page, 'service_level');
    await fill(page, { sku: 'NO-SUCH', service_level: '95' });
    await press(page, 'Save the rule');
    await refused(page, 'sku');
    await typed(page, { sku: 'NO-SUCH', unit_cost: '90,00', lead_time_deviation_days: '2' });
    await fill(page, { sku: SKU });
    await press(page, 'Save the rule');
    await flash(page, 'Saved.');
    assert.equal(page.url(), `${shop.url}${ITS_PAGE}&done=saved`);
    // It is looked at in the next moments.
    await shop.settle();
    await page.reload();
    // d = 6, sd = 0: SS = 1.645 * 6 * 2 = 19.7, ROP = 79.7, Q = 79.7 + 42 - 60 = 61.7, in packs of six 66.
    await page.getByText(/^Order 66: 60 are left/).waitFor();
    assert.match(await row(page, 'Reorder point').first().textContent(), /ROP79\.7/);
    const rule = await shop.api(`/api/reorder-rules/${SKU}`);
    assert.deepEqual([rule.reorder_point, rule.service_level, rule.unit_cost.amount], [null, 0.95, 9000]);
  });

  test('a rule is changed where its decision stands', async () => {
    await page.goto(shop.url + ITS_PAGE);
    const rule = page.locator('section[aria-labelledby="rule"]');
    await rule.locator('[name="pack_size"]').fill('0');
    await rule.locator('[name="order_cost"]').fill('15');
    await press(page, 'Save the rule');
    await refused(page, 'pack_size');
    await typed(page, { pack_size: '0', order_cost: '15', lead_time_days: '10', unit_cost: '90.00' });
    await fill(page, { pack_size: '25' });
    await press(page, 'Save the rule');
    await flash(page, 'Saved.');
    await page.getByText(/^Order 75: 60 are left/).waitFor();
    assert.equal((await shop.api(`/api/reorder-rules/${SKU}`)).pack_size, 25);
  });

  test('what if: another quantity and the figures that change, and nothing is saved', async () => {
    const kept = await shop.api(`/api/reorder-rules/${SKU}`);
    await page.goto(shop.url + ITS_PAGE);
    const form = page.locator('#what-if');
    const cells = { lead_time_days: '20', service_level: '99', pack_size: '1' };
    for (const [name, value] of Object.entries(cells)) await form.locator(`[name="${name}"]`).fill(value);
    await press(page, 'Try it');
    // SS = 2.326 * 6 * 2 = 27.9, ROP = 147.9, Q = 147.9 + 42 - 60 = 129.9.
    await page.locator('.what-if-result').waitFor();
    assert.deepEqual(await page.locator('.what-if-result .amount').allTextContents(), ['75', '130']);
    const changed = page.getByRole('table', { name: 'Figures that would change' });
    assert.deepEqual(await changed.locator('tbody tr').evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent))),
      [['Safety factor', '1.64', '2.33'], ['Safety stock', '19.7', '27.9'], ['Reorder point', '79.7', '148']]);
    for (const [name, value] of Object.entries(cells)) assert.equal(await form.locator(`[name="${name}"]`).inputValue(), value);

    await form.locator('[name="lead_time_days"]').fill('a while');
    await press(page, 'Try it');
    await refused(page, 'lead_time_days');
    assert.equal(await form.locator('[name="lead_time_days"]').inputValue(), 'a while');
    assert.equal(await page.locator('.what-if-result').count(), 0);
    await form.locator('[name="lead_time_days"]').fill('20');
    await form.locator('[name="service_level"]').fill('100');
    await press(page, 'Try it');
    await refused(page, 'service_level');
    assert.deepEqual(await shop.api(`/api/reorder-rules/${SKU}`), kept);
  });

  test('everything is looked at on demand', async () => {
    await shop.rule(OTHER, 5, 400);
    const look = async () => (await shop.api(`/api/reorder-suggestions?sku=${SKU}`)).items[0].position.on_hand;
    await shop.post('/api/stock/adjustments', { lines: [{ sku: SKU, location: 'main', delta: -2, reason: 'damaged' }] });
    await shop.settle();
    assert.equal(await look(), 60, 'it was below the line before: nobody looked');
    await page.goto(`${shop.url}/desk/reorders`);
    await press(page, 'Look now');
    await flash(page, 'Every SKU with a rule is looked at in the next moments.');
    await shop.settle();
    assert.equal(await look(), 58);
    await page.goto(`${shop.url}/desk/reorders`);
    assert.match(await row(page, SKU).textContent(), /Sells 42 a week · 58 left · 10.day supplier.*75/);
  });

  test('the list has views, and is searched within one', async () => {
    const skus = () => page.locator('tbody th a').allTextContents();
    await page.goto(`${shop.url}/desk/reorders`);
    assert.deepEqual(await skus(), [SKU]);
    await page.getByRole('link', { name: 'Not needed' }).click();
    assert.deepEqual(await skus(), [OTHER]);
    assert.match(await row(page, OTHER).textContent(), /nothing.*Enough/);
    await page.getByRole('link', { name: 'All', exact: true }).click();
    assert.deepEqual((await skus()).sort(), [OTHER, SKU]);
    await fill(page, { q: 'oil' });
    await press(page, 'Search');
    assert.deepEqual(await skus(), [OTHER]);
    await fill(page, { q: 'espresso' });
    await press(page, 'Search');
    assert.deepEqual(await skus(), [SKU]);
    await page.getByRole('link', { name: 'Not needed' }).click();
    await page.getByText('Nothing here is called “espresso”.').waitFor();
    await page.getByRole('link', { name: 'Everything to order' }).click();
    assert.deepEqual(await skus(), [SKU]);
  });

  test('what is dismissed leaves the list and its purchase order', async () => {
    assert.equal((await shop.orders())[0].status, 'suggested');
    await page.goto(`${shop.url}/desk/reorders`);
    await row(page, SKU).getByRole('button', { name: /^Dismiss/ }).click();
    await flash(page, 'Dismissed. It is suggested again once there was enough of it.');
    assert.deepEqual(await states(page), ['Dismissed']);
    assert.equal(await page.getByRole('button', { name: /^Dismiss/ }).count(), 0);
    await page.goto(`${shop.url}/desk/reorders`);
    assert.equal(await row(page, SKU).count(), 0);
    assert.equal((await shop.orders())[0].status, 'canceled');
  });
});

suite('a purchase order', () => {
  const SKU = 'CUP-ESPRESSO-IRON';
  let shop;
  let page;
  let phone;
  let id;
  let link;

  before(async () => {
    shop = await openShop();
    await shop.supplier('acme', 'Acme Pottery');
    await shop.rule(SKU, 80, 10_000);
    // 75 of 90 are left: Q = max(10, 80 - 75) = 10, in packs of six 12, for 1,200 euros.
    await shop.sell(SKU, 15);
    await shop.gather();
    page = await shop.visit('owner');
    phone = await shop.visit(null, { viewport: PHONE });
    [{ id }] = await shop.orders();
  });

  after(() => shop?.stop());

  const open = () => page.goto(`${shop.url}/desk/purchase-orders/${id}`);

  test('above the limit it waits for approval, and goes out with it as PDF and CSV', async () => {
    await page.goto(`${shop.url}/desk/purchase-orders`);
    assert.equal((await page.locator('[aria-current="page"]', { hasText: 'To approve' }).count()), 1);
    assert.match(await row(page, 'Acme Pottery').textContent(), /Suggested.*not asked.*12.*1,200\.00/);
    assert.deepEqual(await shop.mailsTo('acme.example.com'), []);
    await row(page, 'Acme Pottery').getByRole('link').click();
    assert.deepEqual(await states(page), ['Suggested']);
    await page.getByRole('checkbox', { name: 'Send it to the supplier at once' }).check();
    await press(page, 'Approve');
    await flash(page, 'Sent. The supplier gets a mail.');
    assert.deepEqual(await states(page), ['Sent', 'Answer awaited']);
    await shop.settle();
    const [mail, ...others] = await shop.mailsTo('orders@acme.example.com');
    assert.deepEqual(others, []);
    assert.deepEqual(mail.attachments.map((file) => file.content_type), ['application/pdf', 'text/csv']);
    await page.goto(`${shop.url}/desk/purchase-orders`);
    await page.getByText('Orders that wait for approval appear here.').waitFor();
    await page.getByRole('link', { name: 'On order' }).click();
    assert.match(await row(page, 'Acme Pottery').textContent(), /Sent.*Answer awaited/);
  });

  test('its supplier proposes another day and quantity on a phone', async () => {
    link = await shop.supplierLink();
    await phone.goto(link);
    await phone.getByRole('heading', { name: 'What is ordered' }).waitFor();
    const { expected } = await shop.order(id);
    const later = new Date(Date.parse(expected) + 7 * 86_400_000).toISOString().slice(0, 10);
    await phone.locator('summary', { hasText: 'Propose a change' }).click();
    await fill(phone, { expected: later, 'line.0.quantity': 'dozen', note: 'The kiln is full.\nA week later then.' });
    await press(phone, 'Send the proposal');
    await refused(phone, 'line.0.quantity');
    await typed(phone, { expected: later, 'line.0.quantity': 'dozen' });
    assert.equal((await phone.locator('[name="note"]').inputValue()).replaceAll('\r', ''), 'The kiln is full.\nA week later then.');
    // What was refused stands open.
    assert.ok(await phone.getByRole('button', { name: 'Send the proposal' }).isVisible());
    assert.equal((await shop.order(id)).answer, 'awaited');
    await fill(phone, { 'line.0.quantity': '18' });
    await press(phone, 'Send the proposal');
    await phone.getByRole('heading', { level: 1, name: 'Thank you. We have your proposal.' }).waitFor();
    await phone.goto(link);
    await phone.getByText('You proposed a change.').waitFor();
    const { answer, proposal } = await shop.order(id);
    assert.deepEqual([answer, proposal.expected, proposal.lines.map((line) => line.quantity)], ['proposed', later, [18]]);
  });

  test('staff see what was ordered beside what is proposed, and take it', async () => {
    await shop.settle();
    await page.goto(`${shop.url}/desk/purchase-orders`);
    assert.match(await row(page, 'Acme Pottery').textContent(), /Change proposed/);
    await row(page, 'Acme Pottery').getByRole('link').click();
    const compared = page.getByRole('table', { name: 'Ordered and proposed' });
    const cells = await compared.locator('tbody td').allTextContents();
    assert.deepEqual(cells.slice(2), ['12', '18']);
    assert.notEqual(cells[0], cells[1]);
    assert.match(await page.locator('blockquote').textContent(), /A week later then\./);
    await press(page, 'Take it');
    await flash(page, 'Taken. The supplier gets a mail.');
    assert.deepEqual(await states(page), ['Acknowledged', 'Accepted']);
    const order = await shop.order(id);
    assert.equal(order.lines[0].quantity, 18);
    await page.locator('aside').getByText(cells[1]).waitFor();
  });

  test('what came is counted, and more damaged than came is refused', async () => {
    await open();
    await unfold(page, 'receive');
    await fill(page, { 'line.0.quantity': '5', 'line.0.damaged': '6' });
    await press(page, 'Book what came');
    await refused(page, 'line.0.damaged');
    await typed(page, { 'line.0.quantity': '5', 'line.0.damaged': '6' });
    assert.equal((await shop.order(id)).lines[0].received, 0);
    await fill(page, { 'line.0.damaged': '1' });
    await page.locator('main form button[type="submit"]').click();
    await flash(page, 'Booked.');
    assert.deepEqual((await states(page))[0], 'Part received');
    await shop.settle();
    const { locations: [shelf] } = await shop.api(`/api/stock/${SKU}`);
    assert.deepEqual([shelf.on_hand, shelf.damaged, shelf.incoming], [79, 1, 13]);
  });

  test('it is put aside for a reason, taken up again, and closed with what is missing', async () => {
    await open();
    await unfold(page, 'hold');
    const reason = page.locator('form[action$="/hold"] [name="reason"]');
    await reason.fill('A quarrel'.padEnd(600, '!'));
    await press(page, 'Put on hold');
    await refused(page, 'reason');
    await typed(page, { reason: 'A quarrel'.padEnd(600, '!') });
    await fill(page, { reason: 'A quarrel' });
    await page.locator('main form button[type="submit"]').click();
    await flash(page, 'Put on hold.');
    assert.deepEqual((await states(page))[0], 'On hold');
    await page.getByText('A quarrel').first().waitFor();
    await phone.goto(link);
    await phone.getByRole('heading', { name: 'This order is on hold' }).waitFor();
    await press(page, 'Resume');
    await flash(page, 'It goes on.');
    assert.deepEqual((await states(page))[0], 'Part received');
    await unfold(page, 'close');
    await press(page, 'Close');
    await flash(page, 'Closed.');
    assert.deepEqual((await states(page))[0], 'Closed');
    await shop.settle();
    const { locations: [shelf] } = await shop.api(`/api/stock/${SKU}`);
    assert.deepEqual([shelf.on_hand, shelf.incoming], [79, 0]);
    await phone.goto(link);
    await phone.getByRole('heading', { name: 'This order is done' }).waitFor();
    assert.equal(await phone.locator('main form').count(), 0);
  });

  test('one typed by hand: more rows, a wrong SKU, other lines, called off', async () => {
    await page.goto(`${shop.url}/desk/purchase-orders`);
    await page.getByRole('link', { name: 'New purchase order' }).click();
    await page.locator('[name="supplier"]').selectOption('acme');
    const cell = (name) => page.locator(`form [name="${name}"]`);
    const rows = () => page.locator('#line-rows tr').count();
    const before = await rows();
    await cell('line.0.sku').fill('BOTTLE-OIL-CHARCOAL');
    await cell('line.0.quantity').fill('24');
    await press(page, 'Add rows');
    await cell(`line.${before}.sku`).waitFor();
    assert.ok(await rows() > before);
    assert.equal(await cell('line.0.sku').inputValue(), 'BOTTLE-OIL-CHARCOAL');
    assert.equal(await cell('line.0.quantity').inputValue(), '24');
    assert.equal(await page.locator('[name="supplier"]').inputValue(), 'acme');
    await cell('line.1.sku').fill('NO-SUCH');
    await cell('line.1.quantity').fill('6');
    await cell('line.1.unit_cost').fill('8,50');
    await press(page, 'Save the draft');
    await refused(page, 'line.1.sku');
    assert.equal(await cell('line.1.sku').inputValue(), 'NO-SUCH');
    assert.equal(await cell('line.1.unit_cost').inputValue(), '8,50');
    await cell('line.1.sku').fill('BOWL-SALT-IRON');
    await press(page, 'Save the draft');
    await flash(page, 'The draft is saved.');
    assert.deepEqual(await states(page), ['Draft']);
    const draft = page.url().match(/po_[0-9a-z]+/)[0];
    const lines = async () => (await shop.order(draft)).lines.map((line) => [line.sku, line.quantity, line.unit_cost?.amount]);
    assert.deepEqual((await lines()).sort(), [['BOTTLE-OIL-CHARCOAL', 24, undefined], ['BOWL-SALT-IRON', 6, 850]]);

    await page.getByRole('link', { name: 'Change the lines' }).click();
    const index = await cell('line.0.sku').inputValue() === 'BOWL-SALT-IRON' ? 0 : 1;
    await cell(`line.${index}.quantity`).fill('none');
    await press(page, 'Save the draft');
    await refused(page, `line.${index}.quantity`);
    await cell(`line.${index}.quantity`).fill('10');
    for (const name of ['sku', 'quantity', 'unit_cost']) await cell(`line.${1 - index}.${name}`).fill('');
    await press(page, 'Save the draft');
    await flash(page, 'The draft is saved.');
    assert.deepEqual(await lines(), [['BOWL-SALT-IRON', 10, 850]]);

    // Somebody else calls it off on the same page; this one is told that it is older.
    const other = await page.context().newPage();
    await other.goto(page.url());
    await unfold(page, 'cancel');
    await page.locator('form[action$="/cancel"] [name="reason"]').fill('Not this year');
    await press(page, 'Cancel the order');
    await flash(page, 'Cancelled.');
    assert.deepEqual(await states(page), ['Cancelled']);
    await shop.settle();
    await press(other, 'Approve');
    await other.getByRole('link', { name: 'Back to the purchase order' }).click();
    assert.deepEqual(await states(other), ['Cancelled']);
    const { status, reason } = await shop.order(draft);
    assert.deepEqual([status, reason], ['canceled', 'Not this year']);
  });
});

suite('who may do what', () => {
  const SKU = 'CUP-ESPRESSO-IRON';
  let shop;
  let id;

  before(async () => {
    shop = await openShop();
    await shop.supplier('acme', 'Acme Pottery');
    await shop.rule(SKU, 80, 10_000, { lead_time_days: 30 });
    for (let day = 0; day < 3; day += 1) {
      await shop.sell(SKU, 3);
      await shop.advance('24h');
    }
  });

  after(() => shop?.stop());

  test("the digest's link asks, its button approves, and a second press says so", async () => {
    // Few are left of what takes thirty days to come.
    await shop.sell(SKU, 75);
    await shop.gather();
    await shop.advance('24h');
    [{ id }] = await shop.orders();
    const digest = (await shop.mailsTo('owner@example.com')).filter((mail) => /run(s)? low/.test(mail.subject)).at(-1);
    const link = digest.text.match(/https?:\/\/\S+\/approve\/\S+/)[0];
    const page = await shop.visit(null, { viewport: PHONE });
    await page.goto(link);
    await page.getByRole('heading', { name: /^Approve purchase order \S+\?$/ }).waitFor();
    assert.equal((await shop.order(id)).status, 'suggested');
    // The same page twice, as when somebody goes back and presses again.
    const second = await page.context().newPage();
    await second.goto(link);
    for (const one of [page, second]) {
      await press(one, 'Approve and send');
      await one.getByRole('heading', { name: /is approved$/ }).waitFor();
      assert.equal((await shop.order(id)).status, 'sent');
    }
    await shop.settle();
    assert.equal((await shop.mailsTo('orders@acme.example.com')).length, 1);
    await page.goto(link);
    await page.getByRole('heading', { name: /is approved$/ }).waitFor();
    assert.equal(await page.getByRole('button').count(), 0);
    await page.goto(link.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')));
    assert.equal(await page.getByRole('button').count(), 0);
  });

  test('the warehouse sees purchase orders and receives, and finds nothing to approve or to rule', async () => {
    const draft = await shop.post('/api/purchase-orders', { supplier: 'acme', lines: [{ sku: 'BOWL-SALT-IRON', location: 'main', quantity: 6 }] });
    const page = await shop.visit('warehouse');
    const buttons = () => page.locator('main').getByRole('button').allTextContents();
    await page.goto(`${shop.url}/desk/purchase-orders?view=all`);
    assert.equal(await page.locator('tbody tr').count(), (await shop.orders()).length);
    assert.equal(await page.getByRole('link', { name: 'New purchase order' }).count(), 0);
    await page.goto(`${shop.url}/desk/purchase-orders/${draft.id}`);
    assert.deepEqual(await buttons(), []);
    assert.equal(await page.getByRole('link', { name: 'Change the lines' }).count(), 0);
    await page.goto(`${shop.url}/desk/purchase-orders/${id}`);
    assert.deepEqual((await buttons()).map((words) => words.trim()), ['Book what came']);
    await fill(page, { 'line.0.quantity': '6', 'line.0.damaged': '0' });
    await press(page, 'Book what came');
    await flash(page, 'Booked.');
    assert.equal((await shop.order(id)).lines[0].received, 6);

    await page.goto(`${shop.url}/desk/reorders?view=all`);
    assert.deepEqual((await buttons()).map((words) => words.trim()), ['Search']);
    assert.equal(await page.getByRole('link', { name: 'New rule' }).count(), 0);
    await row(page, SKU).getByRole('link').first().click();
    await page.getByRole('heading', { name: SKU }).waitFor();
    assert.deepEqual((await buttons()).map((words) => words.trim()), ['Try it']);
    await page.goto(`${shop.url}/desk/suppliers`);
    await page.getByRole('link', { name: /Orders of Acme/ }).waitFor();
    assert.deepEqual(await buttons(), []);
    assert.equal(await page.getByRole('link', { name: /^Change/ }).count(), 0);
    for (const path of ['/desk/reorder-rules/new', '/desk/purchase-orders/new', `/desk/purchase-orders/${draft.id}/lines`]) {
      assert.equal((await page.goto(shop.url + path)).status(), 403, path);
    }
  });

  test('a line leads the warehouse somewhere', async () => {
    const { id: draft } = (await shop.orders()).find((order) => order.status === 'draft');
    const page = await shop.visit('warehouse');
    await page.goto(`${shop.url}/desk/purchase-orders/${draft}`);
    const hrefs = await page.locator('main tbody th a').evaluateAll((links) => links.map((link) => link.href));
    for (const href of hrefs) assert.equal((await page.goto(href)).status(), 200, href);
  });

  test('a merchandiser writes and sends orders, and leaves approving to the owner', async () => {
    const [draft] = (await shop.orders()).filter((order) => order.status === 'draft');
    const page = await shop.visit('merchandiser');
    const path = `${shop.url}/desk/purchase-orders/${draft.id}`;
    await page.goto(path);
    await page.getByRole('link', { name: 'Change the lines' }).waitFor();
    assert.equal(await page.locator('form[action$="/approve"]').count(), 0);
    await shop.post(`/api/purchase-orders/${draft.id}/approve`, {});
    await page.goto(path);
    await unfold(page, 'send');
    await press(page, 'Send');
    await flash(page, 'Sent. The supplier gets a mail.');
  });

  test('support finds nothing of purchasing', async () => {
    const page = await shop.visit('support');
    await page.goto(`${shop.url}/desk/orders`);
    const links = await page.locator('nav a').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
    assert.ok(links.includes('/desk/orders'));
    assert.deepEqual(links.filter((href) => /reorder|purchase|supplier/.test(href)), []);
    for (const path of ['reorders', `reorders/${SKU}`, 'purchase-orders', `purchase-orders/${id}`, 'suppliers']) {
      assert.equal((await page.goto(`${shop.url}/desk/${path}`)).status(), 403, path);
    }
  });
});

suite('every page of it, with JavaScript', () => {
  const SKU = 'CUP-ESPRESSO-IRON';
  let shop;
  let page;
  let said;
  const order = {};

  before(async () => {
    shop = await openShop();
    page = await shop.visit('owner', { javaScriptEnabled: true, reducedMotion: 'reduce' });
    said = [];
    page.on('pageerror', (error) => said.push(error.message));
    page.on('console', (message) => {
      // A refused form is an answer like any other.
      if (['error', 'warning'].includes(message.type()) && !/status of 4(00|22)/.test(message.text())) said.push(message.text());
    });
  });

  after(() => shop?.stop());

  /** axe finds nothing serious, narrow and wide, light and dark; nothing scrolls sideways; no script was stopped or broke. */
  async function look({ sideways = true } = {}) {
    const found = [];
    for (const viewport of [PHONE, WIDE]) {
      await page.setViewportSize(viewport);
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        const { violations } = await new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] }).analyze();
        for (const one of violations.filter((one) => ['serious', 'critical'].includes(one.impact))) {
          found.push(`${viewport.width} ${colorScheme}: ${one.id}: ${one.nodes[0]?.html}`);
        }
      }
    }
    for (const width of sideways ? [320, 360] : []) {
      await page.setViewportSize({ ...PHONE, width });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      if (wide > width) found.push(`${width}: scrolls to ${wide}`);
    }
    assert.deepEqual([...found, ...said.splice(0)], []);
  }

  const shows = (what, path, heading) => test(what, async () => {
    await page.goto(shop.url + (path instanceof Function ? path() : path));
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    await look();
  });

  suite('before anything is there', () => {
    shows('no reorders', '/desk/reorders', 'Reorders');
    shows('no purchase orders', '/desk/purchase-orders', 'Purchase orders');
    shows('no suppliers', '/desk/suppliers', 'Suppliers');
    shows('a rule without a supplier', '/desk/reorder-rules/new', 'New reorder rule');
    shows('a purchase order without a supplier', '/desk/purchase-orders/new', 'New purchase order');
  });

  suite('with orders in every state', () => {
    let links;

    before(async () => {
      await shop.supplier('acme', 'Acme Pottery');
      await shop.supplier('long', 'Donaudampfschifffahrtsgesellschaft and Sons of Upper Austria');
      for (let day = 0; day < 12; day += 1) {
        await shop.sell(SKU, day % 3 + 1);
        await shop.advance('24h');
      }
      await shop.rule('BOTTLE-OIL-CHARCOAL', 5, 400, { supplier: 'long' });
      await shop.rule(SKU, null, 9_900, { lead_time_days: 40, order_cost: { amount: 1500, currency: 'EUR' }, holding_cost: { amount: 900, currency: 'EUR' } });
      order.suggested = (await shop.orders())[0].id;
      await shop.sell(SKU, 60);
      const lines = ['BOWL-SALT-IRON', 'BOARD-CHEESE-WALNUT'].map((sku) => (
        { sku, location: 'main', quantity: 12, unit_cost: { amount: 12_345, currency: 'EUR' } }));
      for (const name of ['draft', 'asked', 'proposed', 'part', 'over']) {
        order[name] = (await shop.post('/api/purchase-orders', { supplier: name === 'asked' ? 'long' : 'acme', lines })).id;
        if (name !== 'draft') await shop.post(`/api/purchase-orders/${order[name]}/approve`, { send: true });
      }
      // What is called off before its mail has gone is not mailed.
      await shop.settle();
      await shop.post(`/api/purchase-orders/${order.part}/receive`, { lines: [{ sku: 'BOWL-SALT-IRON', quantity: 5, damaged: 1 }] });
      await shop.post(`/api/purchase-orders/${order.over}/cancel`, { reason: 'Too dear' });
      // Until the next morning, when what waits is told.
      await shop.advance('24h');
      const mails = await shop.mails();
      const linkIn = (pattern) => new URL(mails.map((mail) => mail.text?.match(pattern)?.[0]).filter(Boolean).at(-1)).pathname;
      links = { approve: linkIn(/https?:\/\/\S+\/approve\/\S+/) };
      for (const name of ['asked', 'proposed', 'part', 'over']) links[name] = linkIn(new RegExp(`https?://\\S+/supplier/${order[name]}\\S+`));
      await shop.again(page);
    });

    shows('what to order', '/desk/reorders', 'Reorders');
    shows('a search', '/desk/reorders?view=all&q=oil', 'Reorders');
    shows('a search that finds nothing', '/desk/reorders?view=not_needed&q=nothing-like-it', 'Reorders');
    shows('a SKU, its picture and its figures', `/desk/reorders/${SKU}?location=main`, SKU);
    const tried = (days) => `/desk/reorders/${SKU}?location=main&lead_time_days=${days}&lead_time_deviation_days=2&service_level=99&minimum_order=1`
      + '&pack_size=1&review_days=7';
    shows('another rule', tried('50'), SKU);
    shows('another rule, refused', tried('a while'), SKU);
    shows('the list', '/desk/purchase-orders?view=all', 'Purchase orders');
    shows('the suppliers, one being changed', '/desk/suppliers?change=acme', 'Suppliers');
    for (const name of ['suggested', 'draft', 'asked', 'part', 'over']) {
      shows(`an order: ${name}`, () => `/desk/purchase-orders/${order[name]}`, /^Purchase order/);
    }
    shows('other lines', () => `/desk/purchase-orders/${order.draft}/lines`, /^Change purchase order/);
    shows('what the supplier is asked', () => links.asked, /^Purchase order/);
    shows('what the supplier has sent in part', () => links.part, /^Purchase order/);
    shows('what the supplier need not deliver', () => links.over, 'This order is cancelled');

    test('what waits for approval, by mail', async () => {
      await page.goto(shop.url + links.approve);
      await page.getByRole('heading', { name: /^Approve purchase order/ }).waitFor();
      await look({ sideways: false });
    });

    test('on a narrow phone the link to approve does not scroll sideways', async () => {
      await page.goto(shop.url + links.approve);
      await page.setViewportSize({ ...PHONE, width: 320 });
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
    });

    test('on a phone no list cuts a long name off', async () => {
      await page.setViewportSize(PHONE);
      for (const path of ['purchase-orders?view=all', 'suppliers', 'reorders?view=all']) {
        await page.goto(`${shop.url}/desk/${path}`);
        const [shown, whole] = await page.locator('.table-wrap').first().evaluate((list) => [list.clientWidth, list.scrollWidth]);
        assert.equal(whole, shown, path);
      }
    });

    test('of a cancelled order no answer is awaited', async () => {
      await page.goto(`${shop.url}/desk/purchase-orders?view=all`);
      assert.doesNotMatch(await row(page, 'Cancelled').textContent(), /Answer awaited/);
    });

    test("a supplier's proposal: refused, sent, and on the desk", async () => {
      await page.goto(shop.url + links.proposed);
      await page.locator('summary', { hasText: 'Propose a change' }).click();
      await fill(page, { 'line.0.quantity': 'dozen', 'line.1.quantity': 'twelve', expected: '2020-01-01' });
      await press(page, 'Send the proposal');
      await refused(page, 'line.0.quantity', 'line.1.quantity', 'expected');
      await look();
      await fill(page, { 'line.0.quantity': '6', 'line.1.quantity': '12', expected: '', note: 'The kiln is small.' });
      await press(page, 'Send the proposal');
      await page.getByText('Thank you. We have your proposal.').waitFor();
      await look();
      await page.goto(`${shop.url}/desk/purchase-orders/${order.proposed}`);
      await page.getByRole('button', { name: 'Take it' }).waitFor();
      await look();
    });

    test('a new purchase order, with a line more, and refused', async () => {
      await page.goto(`${shop.url}/desk/purchase-orders/new`);
      const before = await page.locator('#line-rows tr').count();
      await press(page, 'Add a line');
      assert.equal(await page.locator('#line-rows tr').count(), before + 1);
      await fill(page, { 'line.0.sku': 'NO-SUCH', 'line.0.quantity': '6', [`line.${before}.sku`]: 'BOWL-SALT-IRON', [`line.${before}.quantity`]: 'six' });
      await page.locator('[name="supplier"]').selectOption('acme');
      await press(page, 'Save the draft');
      // The filled rows come first now.
      await refused(page, 'line.1.quantity');
      await fill(page, { 'line.1.quantity': '6' });
      await press(page, 'Save the draft');
      await refused(page, 'line.0.sku');
      await look();
    });

    test('a supplier and a rule, refused', async () => {
      await page.goto(`${shop.url}/desk/suppliers`);
      await fill(page, { id: 'Acme!', name: 'Acme', email: 'nobody' });
      await press(page, 'Add');
      await refused(page, 'id', 'email');
      await look();
      await page.goto(`${shop.url}/desk/reorder-rules/new?sku=NO-SUCH`);
      await fill(page, { lead_time_days: '', service_level: 'most' });
      await press(page, 'Save the rule');
      await refused(page, 'lead_time_days', 'service_level');
      await look();
    });

    test('more damaged than came, refused', async () => {
      await page.goto(`${shop.url}/desk/purchase-orders/${order.part}`);
      await unfold(page, 'receive');
      await fill(page, { 'line.0.quantity': '1', 'line.0.damaged': '2' });
      await press(page, 'Book what came');
      await refused(page, 'line.0.damaged');
      await look();
    });

    test('approved by mail', async () => {
      await page.goto(shop.url + links.approve);
      await press(page, 'Approve and send');
      await page.getByRole('heading', { name: /is approved$/ }).waitFor();
      await look({ sideways: false });
    });
  });
});
