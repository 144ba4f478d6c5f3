// A shopper buys in a real browser: desktop and phone, with and without JavaScript; and reads the mail.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser, startShop } from './shop.js';

let shop;
let browser;

before(async () => {
  shop = await startShop();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await shop?.stop();
});

const viewports = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

async function buy(page, email) {
  await page.goto(`${shop.url}/products/espresso-cup`);
  await page.locator('form[action="/cart/items"] button[type="submit"]').first().click();
  await page.getByText("You've just added this product to the cart").first().waitFor();
  await page.locator('a[href="/checkout"]:visible').first().click();
  await page.locator('h1', { hasText: 'Checkout' }).waitFor();
  await page.fill('[name="email"]', email);
  await page.fill('[name="shipping_name"]', 'Robin Example');
  await page.fill('[name="shipping_line1"]', '1 Example Street');
  await page.fill('[name="shipping_city"]', 'Berlin');
  await page.fill('[name="shipping_postal_code"]', '10115');
  await page.locator('button.wide[value="place"]').click();
  await page.waitForURL(/\/_local\/stripe\/pay\//);
  await page.getByRole('button', { name: /^Pay/ }).first().click();
  await page.waitForURL(/\/orders\/ord_/);
  await shop.advance('1s');
  await page.reload();
  const text = await page.locator('main').innerText();
  const mail = (await shop.mails()).find((one) => [one.to].flat().join().includes(email));
  assert.ok(mail, 'a mail arrived');
  assert.match(mail.subject, /^Order [0-9A-Z]{10} confirmed$/);
  const number = mail.subject.split(' ')[1];
  assert.ok(text.includes(number), `the order page names ${number}`);
  assert.ok(mail.text.includes(number) && mail.html.includes('Espresso cup'));
}

for (const [name, viewport] of Object.entries(viewports)) {
  for (const javaScriptEnabled of [true, false]) {
    test(`buys on a ${name} ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
      const context = await browser.newContext({ viewport, javaScriptEnabled });
      const page = await context.newPage();
      const problems = [];
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('console', (message) => { if (message.type() === 'error') problems.push(message.text()); });
      await buy(page, `${name}-${javaScriptEnabled ? 'js' : 'plain'}@example.com`);
      assert.deepEqual(problems, []);
      await context.close();
    });
  }
}

test('keeps what was typed when the form is refused', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${shop.url}/products/espresso-cup`);
  await page.locator('form[action="/cart/items"] button[type="submit"]').first().click();
  await page.goto(`${shop.url}/checkout`);
  await page.fill('[name="shipping_name"]', 'Robin Example');
  await page.locator('button.wide[value="place"]').click();
  await page.getByText('There is a problem').waitFor();
  assert.equal(await page.inputValue('[name="shipping_name"]'), 'Robin Example');
  assert.match(await page.title(), /^Error:/);
  await context.close();
});
