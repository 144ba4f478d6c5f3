// A stock list from the browser: straight to where it is kept, looked at, booked. And without scripts, by the form.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser, startShop } from './shop.js';

let shop;
let browser;
let staff;

// Longer than a form may send: 4 MB.
const ROWS = 2_000;
const list = () => {
  const title = 'A vase of stoneware thrown and glazed by hand '.repeat(4);
  const rows = Array.from({ length: ROWS }, (_, row) => `WEB-${row},main,${row + 1},${title}${row},9.90,${' '.repeat(2_000)}`);
  return `SKU,Location,Count,Title,Price,Note\n${rows.join('\n')}\n`;
};

const sent = async (settings, text, hindered = false) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...settings });
  await context.addCookies([{ name: 'staff', value: staff, url: shop.url }]);
  const page = await context.newPage();
  if (hindered) await page.route('**/*', (route) => (route.request().method() === 'PUT' ? route.abort() : route.continue()));
  await page.goto(`${shop.url}/desk/stock/imports`);
  await page.getByLabel('File', { exact: true }).setInputFiles({ name: 'vases.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.getByRole('button', { name: 'Look at it' }).click();
  await page.waitForURL(/\/desk\/stock\/imports\/imp_/);
  return page;
};

before(async () => {
  shop = await startShop();
  browser = await startBrowser();
  staff = (await (await fetch(`${shop.url}/_local/token?role=warehouse`)).text()).trim();
});

after(async () => {
  await browser?.close();
  await shop?.stop();
});

test('a list that is longer than a form takes is sent, looked at and booked', async () => {
  const text = list();
  assert.ok(text.length > 4 * 1024 * 1024);
  const page = await sent({}, text);
  await page.getByRole('button', { name: 'Book it' }).click();
  await page.getByText('Booked', { exact: true }).first().waitFor();
  const last = await shop.json(`/api/stock/WEB-${ROWS - 1}`, { headers: { authorization: `Bearer ${staff}` } });
  assert.equal(last.locations[0].on_hand, ROWS);
});

test('where the file does not get through, the form sends it', async () => {
  const page = await sent({}, 'SKU,Location,Count\nMUG-MORNING-OAT,main,16\n', true);
  await page.getByText('MUG-MORNING-OAT').first().waitFor();
});

test('without scripts the form sends it', async () => {
  const page = await sent({ javaScriptEnabled: false }, 'SKU,Location,Count\nMUG-MORNING-OAT,main,17\n');
  await page.getByText('MUG-MORNING-OAT').first().waitFor();
});
