// Goods go from one location to another: staff send, receive and call back without JavaScript; axe looks at the pages.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import AxeBuilder from '@axe-core/playwright';
import { startBrowser, startShop } from './shop.js';

const SKU = 'MUG-MORNING-COBALT';

let shop;
let browser;
let page;
let looker;
let other;

const token = async (role) => (await (await fetch(`${shop.url}/_local/token?role=${role}`)).text()).trim();
const api = async (path, init = {}) => shop.json(path, { ...init, headers: { authorization: `Bearer ${await token('owner')}` } });
/** What a location has of a SKU. */
const at = async (sku, location) => (await api(`/api/stock/${sku}`)).locations.find((one) => one.location === location) ?? {};
const press = (name) => page.getByRole('button', { name, exact: true }).click();
const fill = async (values) => {
  for (const [name, value] of Object.entries(values)) {
    const field = page.locator(`[name="${name}"]`);
    if (await field.evaluate((one) => one.tagName) === 'SELECT') await field.selectOption(value);
    else await field.fill(value);
  }
};
const shown = async (values) => {
  for (const [name, value] of Object.entries(values)) assert.equal(await page.locator(`[name="${name}"]`).inputValue(), value, name);
};
/** Waits until the page says what is wrong: exactly these fields, each with a link to it. */
async function refused(...names) {
  await page.getByRole('heading', { name: 'There is a problem' }).waitFor();
  const named = await page.locator('[aria-invalid="true"]').evaluateAll((all) => all.map((one) => one.name));
  assert.deepEqual(named.sort(), [...names].sort());
  for (const name of names) {
    const id = await page.locator(`[name="${name}"]`).getAttribute('id');
    assert.ok(await page.locator(`main a[href="#${id}"]`).count() > 0, `nothing leads to ${id}`);
  }
}
/** axe finds nothing serious on a phone and wide, light and dark, and nothing scrolls sideways: on the page as it was answered, with its scripts. */
async function look() {
  const found = [];
  const [address, body] = [page.url(), await page.content()];
  await looker.route(address, (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body }));
  await looker.goto(address);
  for (const width of [360, 1280]) {
    await looker.setViewportSize({ width, height: 800 });
    for (const colorScheme of ['light', 'dark']) {
      await looker.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page: looker }).setLegacyMode().options({ resultTypes: ['violations'] }).analyze();
      for (const one of violations.filter((one) => ['serious', 'critical'].includes(one.impact))) {
        found.push(`${width} ${colorScheme}: ${one.id}: ${one.nodes[0]?.html}`);
      }
    }
    const wide = await looker.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) found.push(`${width}: scrolls to ${wide}`);
  }
  await looker.unroute(address);
  assert.deepEqual(found, []);
}

before(async () => {
  shop = await startShop();
  browser = await startBrowser();
  const settings = await api('/api/settings/locations');
  settings.locations.push({ id: 'annex', name: 'Annex', address: '' });
  await api('/api/settings/locations', { method: 'PUT', body: JSON.stringify(settings) });
  // What functions know of the settings is a minute old at most.
  await shop.advance('61s');
  const { items } = await api('/api/stock?limit=500');
  other = items.find((one) => one.sku !== SKU && one.available > 5).sku;
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 1280, height: 900 } });
  await context.addCookies([{ name: 'staff', value: await token('warehouse'), url: shop.url }]);
  context.setDefaultTimeout(10_000);
  page = await context.newPage();
  looker = await (await browser.newContext({ reducedMotion: 'reduce' })).newPage();
});

after(async () => {
  await browser?.close();
  await shop?.stop();
});

test('the stock leads to transfers, of which there are none', async () => {
  await page.goto(`${shop.url}/desk/stock`);
  await page.getByRole('main').getByRole('link', { name: 'Transfers' }).click();
  await page.getByText('What is on the road appears here.').waitFor();
  await look();
});

test('what is free is shown, and a refused form keeps what was typed', async () => {
  await page.getByRole('link', { name: 'New transfer' }).click();
  await look();
  await fill({ from: 'main', 'line.0.sku': SKU, 'line.0.quantity': 'some' });
  await press('Show what is free');
  const { on_hand: there, committed } = await at(SKU, 'main');
  const free = page.getByRole('region', { name: 'Free at' }).getByRole('row').filter({ hasText: SKU });
  assert.equal(await free.locator('td').last().textContent(), String(there - committed));
  await press('Send');
  await refused('to', 'line.0.quantity');
  await shown({ from: 'main', 'line.0.sku': SKU, 'line.0.quantity': 'some' });
  await look();
  await fill({ to: 'main', 'line.0.quantity': String(there + 1), 'line.1.sku': 'NO-SUCH', 'line.1.quantity': '1' });
  await press('Send');
  await refused('to', 'line.1.sku');
  await fill({ to: 'annex', 'line.1.sku': other, 'line.1.quantity': '4', note: 'For the window' });
  await press('Send');
  await refused('line.0.quantity');
  await shown({ to: 'annex', 'line.1.sku': other, note: 'For the window' });
});

test('what is sent is on the road', async () => {
  const before = await at(SKU, 'main');
  await fill({ 'line.0.quantity': '6' });
  await press('Send');
  await page.getByText('Sent. It is incoming where it goes.').waitFor();
  await page.getByText('For the window').waitFor();
  assert.equal(before.on_hand - (await at(SKU, 'main')).on_hand, 6);
  assert.equal((await at(SKU, 'annex')).incoming, 6);
  await look();
});

test('it is received in parts, and what cannot be is refused with what was typed', async () => {
  await shown({ 'line.0.received': '6', 'line.1.received': '4' });
  await fill({ 'line.0.received': '5', 'line.0.damaged': '2', 'line.1.received': 'all' });
  await press('Book what came');
  await refused('line.1.received');
  await fill({ 'line.1.received': '' });
  await press('Book what came');
  await refused('line.0.received');
  await shown({ 'line.0.received': '5', 'line.0.damaged': '2', 'line.1.received': '' });
  await look();
  await fill({ 'line.0.received': '3', 'line.0.damaged': '1', 'line.0.missing': '1' });
  await press('Book what came');
  await page.getByText('Booked.', { exact: true }).waitFor();
  await page.getByText('3 good, 1 damaged, 1 missing').waitFor();
  assert.equal(await page.locator('.title-row .badge').textContent(), 'Part received');
  const { on_hand, damaged, incoming } = await at(SKU, 'annex');
  assert.deepEqual({ on_hand, damaged, incoming }, { on_hand: 3, damaged: 1, incoming: 1 });
  assert.equal(await page.getByRole('button', { name: 'Cancel the transfer' }).count(), 0, 'some of it came');
  await press('Book what came');
  await page.getByText('Nothing left to do.').waitFor();
  assert.equal(await page.locator('.title-row .badge').textContent(), 'Received');
  assert.equal((await at(other, 'annex')).on_hand, 4);
  await page.goto(`${shop.url}/desk/transfers`);
  assert.equal(await page.locator('tbody tr').count(), 0, 'nothing is on the road');
  await page.getByRole('link', { name: 'All', exact: true }).click();
  assert.equal(await page.locator('tbody tr').count(), 1);
  await look();
});

test('the ledger tells of it and leads there', async () => {
  await page.goto(`${shop.url}/desk/stock/${SKU}`);
  await page.getByRole('row').filter({ hasText: 'Transfer lost' }).getByRole('link').click();
  await page.getByRole('heading', { level: 1, name: /^Transfer / }).waitFor();
});

test('what turns back can be sold again, and is not shown as to be received on a page that is old', async () => {
  const before = await at(SKU, 'main');
  await page.goto(`${shop.url}/desk/transfers/new?from=main&sku=${SKU}`);
  await fill({ to: 'annex', 'line.0.quantity': '2' });
  await press('Send');
  await page.getByText('Sent. It is incoming where it goes.').waitFor();
  const old = await page.context().newPage();
  await old.goto(page.url());
  await page.locator('details:has(form[action$="/cancel"]) summary').click();
  await press('Cancel the transfer');
  await page.getByText('Cancelled. Everything is back where it left.').waitFor();
  assert.deepEqual(await at(SKU, 'main'), before);
  await old.getByRole('button', { name: 'Book what came' }).click();
  await old.getByRole('heading', { name: 'There is a problem' }).waitFor();
  assert.equal(await old.getByRole('button', { name: 'Book what came' }).count(), 0);
  assert.deepEqual(await at(SKU, 'main'), before);
});

test('whoever may only look is offered nothing to do', async () => {
  await page.context().addCookies([{ name: 'staff', value: await token('merchandiser'), url: shop.url }]);
  await page.goto(`${shop.url}/desk/transfers?view=all`);
  assert.equal(await page.getByRole('link', { name: 'New transfer' }).count(), 0);
  await page.locator('tbody a').first().click();
  await page.getByText('Nothing left to do.').waitFor();
});
