// The inventory's spreadsheet in a real browser, on a page of its own server: it needs no built shop.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import AxeBuilder from '@axe-core/playwright';
import { startInventory } from './inventory/server.js';
import { startBrowser } from './shop.js';

const COUNT = 10_000;

let shop;
let browser;
let context;
let page;
let problems;

before(async () => {
  shop = await startInventory(COUNT);
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await shop?.stop();
});

beforeEach(() => shop.reset());
afterEach(async () => {
  await context.close();
  assert.deepEqual(problems, []);
});

/** Opens the page and waits until every row has come. */
async function open(options = {}, path = '/desk/stock', rows = /^10,000 rows$/) {
  context = await browser.newContext({ viewport: { width: 1280, height: 900 }, permissions: ['clipboard-read', 'clipboard-write'], ...options });
  page = await context.newPage();
  problems = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) problems.push(message.text()); });
  await page.goto(shop.url + path);
  if (rows) await page.locator('.sheet-count', { hasText: rows }).waitFor();
}

/** An answer that is refused is an error on the browser's console; here it is meant. */
const meant = (status) => { problems = problems.filter((one) => !one.includes(`status of ${status}`)); };

const sku = (n) => `SKU-${String(n).padStart(5, '0')}`;
const line = (n) => page.locator('[role="row"]', { has: page.getByRole('link', { name: sku(n), exact: true }) });
const cell = (n, column = 'on_hand') => line(n).locator(`[role="gridcell"].${column}`);
const status = (text) => page.locator('.sheet-status', { hasText: text }).waitFor();
const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
const current = () => page.evaluate(() => {
  const { activeElement: at } = document;
  return `${at.parentElement.getAttribute('aria-rowindex')} ${at.getAttribute('tabulator-field')}`;
});
const save = () => page.getByRole('button', { name: /^Save/ }).click();
const copy = async (text) => page.evaluate((words) => navigator.clipboard.writeText(words), text);
const values = (numbers, column = 'on_hand') => Promise.all(numbers.map(async (n) => (await cell(n, column).textContent()).trim()));

test('types and saves, all changes at once', async () => {
  await open();
  await cell(2).click();
  await page.keyboard.type('12');
  await press('Enter');
  await page.keyboard.type('7');
  await press('Enter');
  assert.deepEqual(await values([2, 3]), ['12was 37', '7was 74']);
  assert.equal(await current(), '5 on_hand');
  await page.getByRole('button', { name: 'Save 2 changes' }).click();
  await status('Saved 2 changes.');
  const [{ key, csrf, lines }] = shop.saves;
  assert.match(key, /^[0-9a-f]{32}$/);
  assert.equal(csrf, 'token-of-the-form');
  assert.deepEqual(lines, [
    { sku: sku(2), location: 'main', counted: 12, seen: 37, quantity: 'on_hand', reason: 'counted' },
    { sku: sku(3), location: 'main', counted: 7, seen: 74, quantity: 'on_hand', reason: 'counted' },
  ]);
  assert.deepEqual(await values([2, 3]), ['12', '7']);
  assert.deepEqual(await values([2, 3], 'available'), ['12', '7']);
  // What was saved can still be taken back, by saving again.
  await cell(2).click();
  await press('Control+z', 'Control+z');
  assert.deepEqual(await values([2, 3]), ['37was 12', '74was 7']);
});

test('pastes a block, and takes it back and forth in one step', async () => {
  await open();
  await cell(2).click();
  await copy('"1"\t2\t"a\nb"\r\n4\t5\t6\r\n7\t8\t9\r\n');
  await press('Control+v');
  // Between the quantities that may be set stand those that may not.
  assert.deepEqual(await values([2, 3, 4]), ['1was 37', '4was 74', '7was 111']);
  assert.deepEqual(await values([2, 3, 4], 'committed'), ['1', '2', '3']);
  await status("Columns that can't be changed here were left out.");
  assert.equal(await page.locator('.in-range').count(), 9);
  await press('Control+z');
  assert.deepEqual(await values([2, 3, 4]), ['37', '74', '111']);
  await press('Control+y');
  assert.deepEqual(await values([2, 3, 4]), ['1was 37', '4was 74', '7was 111']);
  await press('Control+z', 'Control+Shift+z');
  assert.deepEqual(await values([2, 3, 4]), ['1was 37', '4was 74', '7was 111']);
});

test('pastes a 3x3 range where every column may be set', async () => {
  shop.edits = 'damaged quality_control buffer';
  await open();
  await cell(2, 'damaged').click();
  await copy('1\t2\t3\n4\t5\t6\n7\t8\t9');
  await press('Control+v');
  const block = await Promise.all(['damaged', 'quality_control', 'buffer'].map((column) => values([2, 3, 4], column)));
  assert.deepEqual(block, [['1', '4', '7'], ['2', '5', '8'], ['3', '6', '9']].map((column) => column.map((value) => `${value}was 0`)));
  await page.getByRole('button', { name: 'Save 9 changes' }).click();
  await status('Saved 9 changes.');
  assert.deepEqual(shop.at(sku(4), 'main').buffer, 9);
});

test('one value fills the whole selection; a longer paste than rows says so', async () => {
  shop.reset(20);
  await open({}, '/desk/stock', /^20 rows$/);
  await cell(2).click();
  await press('Shift+ArrowDown', 'Shift+ArrowDown');
  await copy('5');
  await press('Control+v');
  assert.deepEqual(await values([2, 3, 4, 5]), ['5was 37', '5was 74', '5was 111', '148']);
  await press('Control+End');
  await copy('1\n2\n3');
  await press('ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'Control+v');
  await status('2 rows did not fit below.');
});

test('fills down by key and by dragging the handle', async () => {
  await open();
  await cell(3).click();
  await page.keyboard.type('8');
  await press('Enter', 'ArrowUp', 'Shift+ArrowDown', 'Shift+ArrowDown', 'Control+d');
  assert.deepEqual(await values([3, 4, 5]), ['8was 74', '8was 111', '8was 148']);
  await press('Control+z');
  assert.deepEqual(await values([3, 4, 5]), ['8was 74', '111', '148']);
  await cell(3).click();
  const from = await page.locator('.fill-handle').boundingBox();
  const to = await cell(6).boundingBox();
  await page.mouse.move(from.x + 4, from.y + 4);
  await page.mouse.down();
  await page.mouse.move(to.x + 40, to.y + 10);
  await page.mouse.up();
  assert.deepEqual(await values([3, 4, 5, 6]), ['8was 74', '8was 111', '8was 148', '8was 185']);
});

test('a conflict is shown in its cell, and resolved both ways', async () => {
  await open();
  for (const [n, value] of [[2, '12'], [3, '13'], [4, '14']]) {
    await cell(n).click();
    await page.keyboard.type(value);
    await press('Enter');
  }
  shop.at(sku(2), 'main').on_hand = 30;
  shop.at(sku(3), 'main').on_hand = 31;
  await save();
  await status('Nothing was saved: somebody else changed 2 of these cells.');
  meant(409);
  assert.deepEqual(await values([2, 3, 4]), ['yours 12 · now 30', 'yours 13 · now 31', '14was 111']);
  assert.equal(shop.at(sku(4), 'main').on_hand, 111);
  // By keyboard: the first conflict is selected; Enter goes to the choice.
  assert.equal(await current(), '3 on_hand');
  await press('Enter', 'Enter');
  assert.equal(await cell(2).textContent(), '12was 30');
  assert.equal(await current(), '3 on_hand');
  // By mouse.
  await cell(3).click();
  await page.getByRole('button', { name: 'Take 31' }).click();
  assert.equal(await cell(3).textContent(), '31');
  await page.getByRole('button', { name: 'Save 2 changes' }).click();
  await status('Saved 2 changes.');
  assert.deepEqual(shop.saves[1].lines.map(({ counted, seen }) => [counted, seen]), [[12, 30], [14, 111]]);
  assert.notEqual(shop.saves[0].key, shop.saves[1].key);
});

test('all conflicts can be settled at once', async () => {
  await open();
  await cell(2).click();
  await copy('1\n2\n3');
  await press('Control+v');
  for (const n of [2, 3, 4]) shop.at(sku(n), 'main').on_hand = 50;
  await save();
  await page.getByRole('button', { name: 'Take all theirs' }).click();
  meant(409);
  assert.deepEqual(await values([2, 3, 4]), ['50', '50', '50']);
  await press('Control+z');
  assert.deepEqual(await values([2, 3, 4]), ['1was 50', '2was 50', '3was 50']);
});

test('what is no whole number is marked, kept and not sent', async () => {
  await open();
  await cell(2).click();
  await copy('12\nmany\n-3\n1.5');
  await press('Control+v');
  await status('3 are not whole numbers and are marked.');
  assert.equal(await page.locator('[aria-invalid="true"]').count(), 3);
  await page.getByRole('button', { name: 'Save 4 changes' }).click();
  await status('Nothing was saved: 3 cells are not whole numbers.');
  assert.equal(shop.saves.length, 0);
  assert.equal(await current(), '4 on_hand');
  await page.getByText('“many” is not a whole number.').waitFor();
  await page.keyboard.type('4');
  await press('Enter');
  await page.getByText("A count can't be below 0.").first().waitFor();
  assert.equal(await page.locator('[aria-invalid="true"]').count(), 2);
  await press('Delete');
  await status("A count can't be emptied. Type 0 if there are none.");
});

test("the shop's refusal stands at its cell", async () => {
  await open();
  await cell(3).click();
  await page.keyboard.type('2000000');
  await press('Enter');
  await page.keyboard.type('5');
  await press('Enter');
  await save();
  await status('Nothing was saved: 1 cell was refused.');
  meant(400);
  assert.equal(await cell(3).getAttribute('aria-invalid'), 'true');
  await page.locator('.cell-note', { hasText: 'More than a million is a mistake.' }).waitFor();
});

test('a broken connection keeps the edits, and sends the same adjustment again', async () => {
  await open();
  await cell(2).click();
  await page.keyboard.type('12');
  await press('Enter');
  const keys = [];
  await page.route('**/save', (route) => {
    keys.push(route.request().headers()['idempotency-key']);
    return route.abort();
  });
  await save();
  await status('Your changes are still here');
  assert.equal(await cell(2).textContent(), '12was 37');
  await page.unroute('**/save');
  await save();
  await status('Saved 1 change.');
  assert.deepEqual(shop.saves.map(({ key }) => key), keys);
  problems = problems.filter((one) => !one.includes('net::ERR_FAILED'));
});

test('by keyboard alone', async () => {
  await open();
  await page.getByLabel('Available below').focus();
  await press('Tab', 'Tab', 'Tab', 'Tab', 'Tab');
  assert.equal(await current(), '2 on_hand');
  const walk = async (keys, where) => {
    await press(...keys);
    assert.equal(await current(), where, keys.join(' '));
  };
  await walk(['ArrowDown', 'ArrowRight'], '3 committed');
  await walk(['Home'], '3 sku');
  await walk(['End'], '3 damaged');
  await walk(['Control+ArrowDown'], '10001 damaged');
  await walk(['Control+ArrowLeft'], '10001 sku');
  await walk(['Control+Home'], '2 sku');
  await walk(['Control+End'], '10001 damaged');
  await walk(['Control+Home', 'PageDown', 'PageUp'], '2 sku');
  await press('Control+Home', 'Shift+End', 'Shift+ArrowDown');
  assert.equal(await page.locator('.in-range').count(), 18);
  await press('Escape');
  assert.equal(await page.locator('.in-range').count(), 0);
  // Typing, mending, giving up.
  await press('Control+Home', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowDown');
  await page.keyboard.type('4');
  await press('ArrowDown');
  assert.equal(await cell(2).textContent(), '4was 37');
  await press('ArrowUp', 'F2', 'End', '2', 'Enter');
  assert.equal(await cell(2).textContent(), '42was 37');
  assert.equal(await current(), '4 on_hand');
  await press('Enter');
  await page.keyboard.type('999');
  await press('Escape');
  assert.equal(await cell(3).textContent(), '74');
  assert.equal(await current(), '4 on_hand');
  // The header is a step up from the first row.
  await press('Control+ArrowUp', 'ArrowUp', 'Enter');
  assert.equal(await page.locator('.tabulator-col.on_hand').getAttribute('aria-sort'), 'ascending');
  // Tab leaves the grid, to Save.
  await press('Tab', 'Enter');
  await status('Saved 1 change.');
  await press('Shift+Tab');
  assert.equal(await page.evaluate(() => document.activeElement.closest('[role="grid"]') !== null), true);
  assert.equal(await page.locator('[role="grid"] [tabindex="0"]').count(), 1);
});

test('the current cell keeps the keys when it is scrolled out of sight', async () => {
  await open();
  const far = (row) => page.waitForFunction((at) => !document.querySelector(`[aria-rowindex="${at}"]`), row);
  await cell(3).click();
  await page.mouse.wheel(0, 5000);
  await far(4);
  assert.equal(await page.locator('[role="grid"] [tabindex="0"]').count(), 1);
  await press('ArrowDown');
  assert.equal(await current(), '5 on_hand');
  // What is being typed there is kept.
  await page.keyboard.type('77');
  await page.mouse.wheel(0, 8000);
  await far(5);
  await press('ArrowUp');
  assert.equal(await current(), '4 on_hand');
  assert.equal(await cell(4).textContent(), '77was 111');
});

test('selects by dragging, beyond the edge as well', async () => {
  await open();
  const from = await cell(3).boundingBox();
  const to = await cell(7, 'reserved').boundingBox();
  await page.mouse.move(from.x + 5, from.y + 5);
  await page.mouse.down();
  await page.mouse.move(to.x + 5, to.y + 5);
  await page.mouse.up();
  assert.equal(await page.locator('.in-range').count(), 15);
  assert.equal(await current(), '8 reserved');
  await page.mouse.move(from.x + 5, from.y + 5);
  await page.mouse.down();
  await page.mouse.move(from.x + 5, 895);
  await page.waitForFunction(() => document.querySelector('.tabulator-tableholder').scrollTop > 2000);
  await page.mouse.up();
  await press('Escape');
  assert.ok(Number((await current()).split(' ')[0]) > 50);
});

test('copies as text and as a table', async () => {
  shop.stock[2].title = 'Bud "vase"\ttall';
  shop.stock[3].title = '=2+3';
  await open();
  await cell(3, 'title').click();
  await press('Shift+ArrowDown', 'Shift+ArrowRight', 'Shift+ArrowRight', 'Control+c');
  await status('Copied 6 cells.');
  const [plain, html] = await page.evaluate(async () => {
    const [item] = await navigator.clipboard.read();
    return Promise.all(['text/plain', 'text/html'].map(async (type) => (await item.getType(type)).text()));
  });
  assert.equal(plain.replaceAll('\r', ''), '"Bud ""vase""\ttall"\tMain store\t74\n\'=2+3\tMain store\t111');
  assert.match(html, /<td>Main store<\/td><td>74<\/td>/);
});

test('sort, filter and choice of columns keep the edits', async () => {
  await open();
  await cell(2).click();
  await page.keyboard.type('9');
  await press('Enter');
  await page.locator('.tabulator-col.on_hand button').click();
  await page.locator('.tabulator-col.on_hand button').click();
  assert.equal(await page.locator('.tabulator-col.on_hand').getAttribute('aria-sort'), 'descending');
  await page.getByLabel('SKU or product').fill('sku-0000');
  await page.locator('.sheet-count', { hasText: /^9 of 10,000 rows$/ }).waitFor();
  assert.equal(await cell(2).textContent(), '9was 37');
  const shown = await page.locator('[role="gridcell"].on_hand').allTextContents();
  assert.deepEqual(shown.map((text) => parseInt(text, 10)), [222, 185, 148, 111, 74, 56, 19, 9, 0]);
  await page.getByRole('combobox', { name: 'Location' }).selectOption('annexe');
  assert.equal(new URL(page.url()).search, '?q=sku-0000&location=annexe');
  await page.locator('.sheet-count', { hasText: /^1 of 10,000 rows$/ }).waitFor();
  await page.getByLabel('Available below').fill('10');
  await page.getByText('No row matches.').waitFor();
  await page.getByRole('button', { name: 'Save 1 change' }).waitFor();
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await page.locator('.sheet-count', { hasText: /^10,000 rows$/ }).waitFor();
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByLabel('Committed').uncheck();
  assert.equal(await page.locator('.tabulator-col.committed').count(), 0);
  await page.getByLabel('Stay in sight').selectOption('1');
  assert.equal(await page.locator('.tabulator-col.tabulator-frozen').count(), 1);
  await page.getByRole('button', { name: 'Discard' }).click();
  await status('Discarded 1 change.');
  await page.reload();
  await page.locator('.tabulator-col.incoming').waitFor();
  assert.equal(await page.locator('.tabulator-col.committed').count(), 0);
});

test('columns can be chosen where nothing may be stored', async () => {
  await open({}, '/desk/stock', null);
  await context.addInitScript(() => Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError'); } }));
  // The desk's own script reads its switch for keys; only the grid is looked at here.
  await page.route('**/desk.*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
  await page.reload();
  await page.locator('.sheet-count', { hasText: /^10,000 rows$/ }).waitFor();
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByLabel('Committed').uncheck();
  assert.equal(await page.locator('.tabulator-col.committed').count(), 0);
});

test('asks before unsaved work is left', async () => {
  await open();
  await cell(2).click();
  await page.keyboard.type('9');
  await press('Enter');
  const asked = page.waitForEvent('dialog');
  const leaving = page.close({ runBeforeUnload: true });
  const dialog = await asked;
  assert.equal(dialog.type(), 'beforeunload');
  await dialog.dismiss();
  await leaving;
  await save();
  await status('Saved 1 change.');
});

test('rows can be worked with while the rest is loading', async () => {
  const go = shop.hold('3000');
  await open({}, '/desk/stock', /^3,000 of about 10,000 SKUs loaded$/);
  await cell(2).click();
  await page.keyboard.type('5');
  // A page of rows that comes meanwhile takes nothing away.
  go();
  await page.locator('.sheet-count', { hasText: /^10,000 rows$/ }).waitFor();
  await page.keyboard.type('6');
  await press('Enter');
  assert.equal(await cell(2).textContent(), '56was 37');
  assert.equal(await current(), '4 on_hand');
  await press('Control+End');
  assert.equal(await current(), '10001 damaged');
});

test('a connection that breaks while loading can be taken up again', async () => {
  shop.broken = '3000';
  await open({}, '/desk/stock', /^3,000 of about 10,000/);
  await page.getByRole('button', { name: 'Load the rest' }).click();
  await page.locator('.sheet-count', { hasText: /^10,000 rows$/ }).waitFor();
  problems = problems.filter((one) => !one.includes('503'));
});

test('without rows the table of the page does the work', async () => {
  shop.broken = '0';
  await open({}, '/desk/stock', null);
  await page.getByText('The spreadsheet could not be loaded.').waitFor();
  await page.getByRole('textbox', { name: `On hand, ${sku(1)}, main` }).waitFor();
  assert.equal(await page.locator('[role="grid"]:visible').count(), 0);
  problems = problems.filter((one) => !one.includes('503'));
});

test('who may only read is not offered to save', async () => {
  shop.edits = '';
  await open();
  await cell(2).click();
  await page.keyboard.type('9');
  await status("On hand can't be changed here.");
  assert.equal(await page.getByRole('button', { name: /^Save/ }).count(), 0);
});

test('on a phone a tap selects, and another one types', async () => {
  await open({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await cell(2).tap();
  assert.equal(await current(), '3 on_hand');
  await cell(2).tap();
  await page.keyboard.type('12');
  await press('Enter');
  assert.equal(await cell(2).textContent(), '12was 37');
  // The page stays as wide as the screen; the grid scrolls in its box.
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  await press('End');
  assert.equal(await current(), '4 incoming');
});

test('without JavaScript the page is a table with forms', async () => {
  await open({ javaScriptEnabled: false }, '/desk/stock', null);
  await page.getByRole('textbox', { name: `On hand, ${sku(1)}, main` }).waitFor();
  await page.getByRole('button', { name: 'Show' }).waitFor();
  assert.equal(await page.locator('[role="grid"]').count(), 0);
});

for (const colorScheme of ['light', 'dark']) {
  for (const [device, viewport] of [['desktop', { width: 1280, height: 900 }], ['phone', { width: 390, height: 844 }]]) {
    test(`axe finds nothing on a ${device} in ${colorScheme}`, async () => {
      await open({ colorScheme, viewport });
      const found = [];
      const look = async (what) => {
        const { violations } = await new AxeBuilder({ page }).analyze();
        for (const one of violations) found.push(`${what}: ${one.id}: ${one.nodes[0]?.html}`);
      };
      await look('as it is');
      await cell(2).click();
      await page.keyboard.type('12');
      await press('Enter');
      shop.at(sku(2), 'main').on_hand = 30;
      await save();
      await page.getByRole('button', { name: 'Keep 12' }).waitFor();
      meant(409);
      await cell(4).click();
      await copy('many');
      await press('Control+v', 'Shift+ArrowDown');
      await page.getByRole('button', { name: 'Columns' }).click();
      await look('a conflict, a bad cell, a range, the columns');
      await page.getByLabel('SKU or product').fill('nothing like it');
      await page.getByText('No row matches.').waitFor();
      await look('nothing found');
      assert.deepEqual(found, []);
    });
  }
}
