// The spreadsheet on the shop itself: what is typed is booked, and what somebody else booked meanwhile is told.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser, startShop } from './shop.js';

const SKU = 'MUG-MORNING-COBALT';

let shop;
let browser;
let page;
let staff;

const stock = async () => (await shop.json(`/api/stock/${SKU}`, { headers: { authorization: `Bearer ${staff}` } }));
const onHand = async () => (await stock()).locations[0].on_hand;
const cell = (column) => page.locator('[role="row"]', { has: page.getByRole('link', { name: SKU, exact: true }) }).locator(`[role="gridcell"].${column}`);
const save = () => page.getByRole('button', { name: /^Save/ }).click();
const status = (text) => page.locator('.sheet-status', { hasText: text }).waitFor();

before(async () => {
  shop = await startShop();
  browser = await startBrowser();
  staff = (await (await fetch(`${shop.url}/_local/token?role=warehouse`)).text()).trim();
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  await context.addCookies([{ name: 'staff', value: staff, url: shop.url }]);
  page = await context.newPage();
  await page.goto(`${shop.url}/desk/stock`);
  await page.locator('.sheet-count', { hasText: /rows$/ }).waitFor();
});

after(async () => {
  await browser?.close();
  await shop?.stop();
});

test('a count that is typed is booked', async () => {
  const before = await onHand();
  await cell('on_hand').click();
  await page.keyboard.type(String(before + 7));
  await page.keyboard.press('Enter');
  await save();
  await status('Saved 1 change.');
  assert.equal(await onHand(), before + 7);
});

test('who was faster is told of, and their number can be taken', async () => {
  const shown = await onHand();
  const adjustment = { lines: [{ sku: SKU, location: 'main', delta: -2, reason: 'damaged' }] };
  await shop.json('/api/stock/adjustments', {
    method: 'POST', body: JSON.stringify(adjustment), headers: { authorization: `Bearer ${staff}`, 'idempotency-key': 'faster' },
  });
  await cell('on_hand').click();
  await page.keyboard.type(String(shown + 1));
  await page.keyboard.press('Enter');
  await save();
  await status('somebody else changed');
  assert.equal(await onHand(), shown - 2, 'nothing was booked');
  await cell('on_hand').click();
  await page.getByRole('button', { name: `Take ${shown - 2}` }).click();
  assert.equal((await cell('on_hand').textContent()).trim(), String(shown - 2));
});

test('what is kept from sale is set beside what lies there', async () => {
  const { available } = await stock();
  await cell('on_hand').click();
  await page.getByRole('columnheader', { name: /Buffer/ }).scrollIntoViewIfNeeded();
  await cell('buffer').click();
  await page.keyboard.type('4');
  await page.keyboard.press('Enter');
  await save();
  await status('Saved 1 change.');
  assert.equal((await stock()).available, available - 4);
});
