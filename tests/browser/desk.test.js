// Staff at the desk, without JavaScript: what is typed is saved, and what is refused stays typed.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser, startShop } from './shop.js';

let shop;
let browser;
let context;
let page;
let staff;

const token = async () => (await (await fetch(`${shop.url}/_local/token?role=owner`)).text()).trim();
const api = (path, init = {}) => shop.json(path, { ...init, headers: { authorization: `Bearer ${staff}`, ...init.headers } });

/** Signs the owner in by the mailed link. */
async function signIn() {
  await page.goto(`${shop.url}/desk`);
  await page.fill('[name="email"]', 'owner@example.com');
  await page.getByRole('button', { name: /link/ }).click();
  await page.getByRole('heading', { name: 'Check your email' }).waitFor();
  await shop.advance('1s');
  const mails = (await shop.mails()).filter((mail) => [mail.to].flat().join().includes('owner@example.com'));
  const link = mails.at(-1).text.match(/https?:\/\/\S+\/desk\/sign-in\/confirm\S+/)[0];
  await page.goto(link);
  await page.locator('main button[type="submit"]').click();
  await page.getByRole('heading', { name: 'Orders' }).waitFor();
}

const save = () => page.getByRole('button', { name: 'Save' }).click();
const flash = (text) => page.getByText(text, { exact: true }).waitFor();
const refused = () => page.getByRole('heading', { name: 'There is a problem' }).waitFor();

before(async () => {
  shop = await startShop();
  browser = await startBrowser();
  context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 1280, height: 900 } });
  page = await context.newPage();
  await signIn();
  staff = await token();
});

after(async () => {
  await browser?.close();
  await shop?.stop();
});

for (const topic of ['shop', 'taxes', 'shipping', 'payments', 'locations', 'returns', 'support']) {
  test(`${topic}: an untouched form changes nothing`, async () => {
    const before = await api(`/api/settings/${topic}`);
    await page.goto(`${shop.url}/desk/settings/${topic}`);
    await save();
    await flash('Saved.');
    const { version, ...kept } = await api(`/api/settings/${topic}`);
    assert.equal(version, before.version + 1);
    assert.deepEqual({ ...kept, version: before.version }, before);
  });
}

test('settings that are refused stay typed, and name the cell', async () => {
  await page.goto(`${shop.url}/desk/settings/shipping`);
  await page.fill('[name="methods.0.bands"]', '2000=5.90, 31500=1x');
  await page.fill('[name="methods.1.name"]', 'By courier');
  await save();
  await refused();
  assert.equal(await page.inputValue('[name="methods.0.bands"]'), '2000=5.90, 31500=1x');
  assert.equal(await page.inputValue('[name="methods.1.name"]'), 'By courier');
  assert.equal(await page.getAttribute('[name="methods.0.bands"]', 'aria-invalid'), 'true');
  await page.fill('[name="methods.0.bands"]', '2000=5.90, any=12.50');
  await save();
  await flash('Saved.');
  const { zones } = await api('/api/settings/shipping');
  assert.deepEqual(zones[0].methods[0].bands.map((band) => [band.up_to_g, band.price.amount]), [[2000, 590], [null, 1250]]);
  assert.equal(zones[0].methods[1].name, 'By courier');

  await page.goto(`${shop.url}/desk/settings/shipping`);
  await page.fill('[name="methods.2.max_days"]', '0');
  await save();
  await refused();
  assert.equal(await page.getAttribute('[name="methods.2.min_days"]', 'aria-invalid')
    ?? await page.getAttribute('[name="methods.2.max_days"]', 'aria-invalid'), 'true');
});

test('a product is written, refused with what was typed, and given a picture', async () => {
  await page.goto(`${shop.url}/desk/products/new`);
  await page.fill('[name="title"]', 'Salt cellar');
  await page.fill('[name="slug"]', 'salt-cellar');
  await page.fill('[name="description"]', 'Keeps salt dry.\n\nWith a lid.');
  await page.selectOption('[name="status"]', 'active');
  await page.fill('[name="variant.0.sku"]', 'SALT-1');
  await page.fill('[name="variant.0.price"]', 'twelve');
  await page.fill('[name="variant.0.options"]', 'colour');
  await save();
  await refused();
  assert.equal(await page.inputValue('[name="variant.0.price"]'), 'twelve');
  assert.equal(await page.getAttribute('[name="variant.0.price"]', 'aria-invalid'), 'true');
  assert.equal(await page.getAttribute('[name="variant.0.options"]', 'aria-invalid'), 'true');
  assert.equal((await page.inputValue('[name="description"]')).replaceAll('\r', ''), 'Keeps salt dry.\n\nWith a lid.');
  await page.fill('[name="variant.0.price"]', '12,50');
  await page.fill('[name="variant.0.options"]', 'colour=grey');
  await save();
  await flash('Saved.');
  const product = await api('/api/products/salt-cellar');
  assert.equal(product.variants[0].price.amount, 1250);

  await page.goto(`${shop.url}/desk/products/new`);
  await page.fill('[name="title"]', 'Another');
  await page.fill('[name="slug"]', 'salt-cellar');
  await page.fill('[name="variant.0.sku"]', 'SALT-2');
  await page.fill('[name="variant.0.price"]', '1');
  await save();
  await refused();
  assert.equal(await page.getAttribute('[name="slug"]', 'aria-invalid'), 'true');
  assert.equal((await api('/api/products/salt-cellar')).title, 'Salt cellar');

  await page.goto(`${shop.url}/desk/products/salt-cellar`);
  const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
  await page.setInputFiles('[name="image"]', { name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('not a picture') });
  await page.fill('[name="alt"]', 'A salt cellar');
  await page.getByRole('button', { name: 'Add the picture' }).click();
  await refused();
  assert.equal(await page.inputValue('[name="alt"]'), 'A salt cellar');
  await page.setInputFiles('[name="image"]', { name: 'salt.png', mimeType: 'image/png', buffer: png });
  await page.getByRole('button', { name: 'Add the picture' }).click();
  await flash('The picture is added.');
  await page.goto(`${shop.url}/products/salt-cellar`);
  const src = await page.locator('img[alt="A salt cellar"]').first().getAttribute('src');
  const answer = await fetch(shop.url + src);
  assert.equal(answer.headers.get('content-type'), 'image/png');
  assert.match(answer.headers.get('cache-control'), /immutable/);
  assert.deepEqual(Buffer.from(await answer.arrayBuffer()), png);
  await page.goto(`${shop.url}/desk/products/salt-cellar`);
  await page.getByRole('button', { name: 'Remove A salt cellar' }).click();
  await flash('The picture is removed.');
  assert.deepEqual((await api('/api/products/salt-cellar')).images ?? [], []);
});

test('who saves over somebody else is told first', async () => {
  await page.goto(`${shop.url}/desk/products/bud-vase`);
  const other = await context.newPage();
  await other.goto(`${shop.url}/desk/products/bud-vase`);
  await other.fill('[name="title"]', 'Bud vase, tall');
  await other.getByRole('button', { name: 'Save' }).click();
  await other.getByText('Saved.', { exact: true }).waitFor();
  await other.close();
  await page.fill('[name="title"]', 'Bud vase, small');
  await page.fill('[name="variant.0.price"]', 'cheap');
  await save();
  await refused();
  // What was wrong is mended; that somebody else was faster is still said.
  await page.fill('[name="variant.0.price"]', '20');
  await save();
  await refused();
  assert.equal(await page.inputValue('[name="title"]'), 'Bud vase, small');
  assert.equal((await api('/api/products/bud-vase')).title, 'Bud vase, tall');
  await save();
  await flash('Saved.');
  assert.equal((await api('/api/products/bud-vase')).title, 'Bud vase, small');
});

test('what was typed while the token ended is saved', async () => {
  await page.goto(`${shop.url}/desk/products/bud-vase`);
  await page.fill('[name="title"]', 'Bud vase, late');
  await shop.advance('20m');
  await save();
  await flash('Saved.');
  staff = await token();
  assert.equal((await api('/api/products/bud-vase')).title, 'Bud vase, late');
});

test('a refused parcel, adjustment and colleague stay typed', async () => {
  const post = (path, body, headers = {}) => api(path, { method: 'POST', body: JSON.stringify(body), headers });
  const cart = await post('/api/carts', {});
  await api(`/api/carts/${cart.id}/items/SALT-1`, { method: 'PUT', body: JSON.stringify({ quantity: 1 }) });
  await post('/api/stock/adjustments', { lines: [{ sku: 'SALT-1', location: 'main', delta: 5, reason: 'received' }] }, { 'idempotency-key': 'salt' });
  const { order } = await post('/api/checkout', {
    cart_id: cart.id, email: 'buyer@example.com', shipping_method: 'standard', payment_method: 'bank_transfer',
    shipping_address: { name: 'Robin Example', line1: '1 Example Street', city: 'Berlin', postal_code: '10115', country: 'DE' },
  }, { 'idempotency-key': 'desk-order' });
  await page.goto(`${shop.url}/desk/orders/${order.id}`);
  await page.getByRole('button', { name: 'Mark as paid' }).click();
  await refused();
  await page.fill('[name="reference"]', 'Statement 7');
  await page.getByRole('button', { name: 'Mark paid' }).click();
  await flash('Marked as paid.');
  await shop.advance('1s');
  await page.reload();
  await page.fill('[name="tracking"]', '00340434');
  await page.getByRole('button', { name: 'Ship', exact: true }).click();
  await refused();
  assert.equal(await page.inputValue('[name="tracking"]'), '00340434');
  await page.fill('[name="carrier"]', 'DHL');
  await page.getByRole('button', { name: 'Ship', exact: true }).click();
  await flash('Shipped. The customer gets a mail.');

  await page.goto(`${shop.url}/desk/stock`);
  await page.fill('[name="sku"]', 'SALT-1');
  await page.fill('[name="quantity"]', 'some');
  await page.fill('[name="note"]', 'counted twice');
  await page.getByRole('button', { name: 'Book it' }).click();
  await refused();
  assert.equal(await page.inputValue('[name="note"]'), 'counted twice');
  await page.fill('[name="quantity"]', '3');
  await page.getByRole('button', { name: 'Book it' }).click();
  await flash('Booked.');

  await page.goto(`${shop.url}/desk/staff`);
  await page.fill('[name="email"]', 'packer at example.com');
  await page.selectOption('[name="role"]', 'warehouse');
  await page.getByRole('button', { name: 'Add' }).click();
  await refused();
  assert.equal(await page.inputValue('[name="email"]'), 'packer at example.com');
  assert.equal(await page.inputValue('[name="role"]'), 'warehouse');
});
