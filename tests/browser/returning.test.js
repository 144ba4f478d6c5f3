// Something comes back: a buyer on a phone asks for it, with and without JavaScript, and the warehouse takes it in with a scanner.

import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import AxeBuilder from '@axe-core/playwright';
import { startBrowser, startShop } from './shop.js';

const PHONE = { width: 360, height: 800 };
const WIDE = { width: 1280, height: 900 };
// One white dot, as a camera would send it.
const DOT = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/x8AAwMCAO+ip1sAAAAASUVORK5CYII=', 'base64',
);

let browser;

before(async () => {
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
});

/** A shop that has delivered two mugs and a bowl, and pages to visit it with. */
async function openShop() {
  const shop = await startShop('--no-seed');
  let keys = 0;
  const token = async (role) => (await (await fetch(`${shop.url}/_local/token?role=${role}`)).text()).trim();
  const send = (method) => async (path, body) => {
    keys += 1;
    const headers = { authorization: `Bearer ${await token('owner')}`, 'idempotency-key': `key-${keys}` };
    const answer = await shop.json(path, { method, headers, body: JSON.stringify(body) });
    assert.ok(!(answer.status >= 400), `${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const [put, post] = [send('PUT'), send('POST')];
  for (const [slug, sku, title, barcode] of [['mug', 'MUG-1', 'Enamel mug', '4006381333931'], ['bowl', 'BOWL-1', 'Oat bowl', '4006381333948']]) {
    await put(`/api/products/${slug}`, {
      title, status: 'active', category: 'kitchen',
      variants: [{ sku, title: '', price: { amount: 1999, currency: 'EUR' }, weight_g: 350, barcode }],
    });
    await post('/api/stock/adjustments', { lines: [{ sku, location: 'main', counted: 9, reason: 'counted' }] });
  }
  const cart = await post('/api/carts', {});
  await put(`/api/carts/${cart.id}/items/MUG-1`, { quantity: 2 });
  await put(`/api/carts/${cart.id}/items/BOWL-1`, { quantity: 1 });
  const placed = await post('/api/checkout', {
    cart_id: cart.id, email: 'buyer@example.com', shipping_method: 'standard', payment_method: 'bank_transfer',
    shipping_address: { name: 'Robin Example', line1: '1 Example Street', city: 'Berlin', postal_code: '10115', country: 'DE' },
  });
  await post(`/api/orders/${placed.order.id}/mark-paid`, { reference: 'Statement 7' });
  await shop.advance('1s');
  await post(`/api/orders/${placed.order.id}/ship`, { carrier: 'DHL' });
  await post(`/api/orders/${placed.order.id}/deliver`, {});
  await shop.advance('1s');
  return {
    ...shop,
    post,
    order: placed,
    visit: async (role, options) => {
      const context = await browser.newContext(options);
      if (role) await context.addCookies([{ name: 'staff', value: await token(role), url: shop.url }]);
      context.setDefaultTimeout(10_000);
      return Object.assign(await context.newPage(), { scripted: options.javaScriptEnabled !== false });
    },
  };
}

/** What axe finds wrong with a page, where it has JavaScript to look with, and whether the page is wider than the screen. */
async function sound(page, name) {
  if (page.scripted) {
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), [], name);
  }
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${name} is ${wide} px too wide`);
}

/** Asks for mugs back, from the order's page on; the return's id. */
async function ask(page, shop, pieces, refund) {
  await page.goto(shop.order.view_url);
  await page.getByRole('link', { name: 'Return items' }).click();
  await sound(page, 'the choice');
  await page.getByRole('button', { name: /Continue|Review|See/ }).click();
  assert.match(await page.getByRole('alert').or(page.locator('.error-summary')).first().textContent(), /There is a problem/);
  await page.locator('[name="quantity.MUG-1"]').selectOption(String(pieces));
  await page.locator('[name="reason.MUG-1"]').selectOption('damaged');
  await page.getByRole('button', { name: /Continue|Review|See/ }).click();
  assert.ok((await page.locator('main').textContent()).includes(refund), refund);
  await sound(page, 'the review');
  await page.locator('[name="comment"]').fill('Both handles are off.');
  await page.getByRole('button', { name: 'Ask for this return' }).click();
  await page.getByText('We have your request.').waitFor();
  await sound(page, 'the return');
  return page.url().match(/ret_\w+/)[0];
}

suite('a return', () => {
  let shop;
  let id;

  before(async () => {
    shop = await openShop();
  });

  after(() => shop?.stop());

  test('is asked for on a phone without JavaScript, with a picture', async () => {
    const page = await shop.visit(null, { javaScriptEnabled: false, viewport: PHONE });
    id = await ask(page, shop, 1, '€19.99');
    await page.locator('input[type=file]').setInputFiles({ name: 'handle.png', mimeType: 'image/png', buffer: DOT });
    await page.getByRole('button', { name: 'Add the picture' }).click();
    await page.getByText('The picture is added.').waitFor();
    const picture = page.locator(`img[src*="/returns/${id}/photos/1"]`);
    assert.equal(await picture.evaluate((img) => img.complete && img.naturalWidth), 1, 'the bucket shows it');
    await page.locator('input[type=file]').setInputFiles({ name: 'page.png', mimeType: 'image/png', buffer: Buffer.from('<html>') });
    await page.getByRole('button', { name: 'Add the picture' }).click();
    await page.getByText('Choose a JPEG, PNG, WebP or AVIF picture.').first().waitFor();
    await sound(page, 'a refused picture');
  });

  test('is called off again by who has JavaScript', async () => {
    const page = await shop.visit(null, { viewport: PHONE });
    await ask(page, shop, 1, '€19.99');
    await page.getByText('Cancel this return').click();
    await page.getByRole('button', { name: 'Cancel the return' }).click();
    await page.getByText('Your return is cancelled.').waitFor();
    await sound(page, 'a cancelled return');
  });

  test('is approved at the desk, and its slip is printed', async () => {
    const page = await shop.visit('support', { viewport: WIDE });
    await page.goto(`${shop.url}/desk/returns`);
    await sound(page, 'the list');
    await page.getByRole('link', { name: /^[0-9A-Z]{10}$/ }).first().click();
    await sound(page, 'the request');
    await page.getByRole('button', { name: /Approve/ }).click();
    await page.getByText('Approved.').waitFor();
    await shop.advance('1s');
    const mail = (await shop.mails()).find(({ subject }) => subject === `Return for ${shop.order.order.number} approved`);
    const slip = mail.text.match(/https?:\/\/\S+\/slip\.pdf\S*/)[0];
    const pdf = await fetch(slip);
    assert.equal(pdf.headers.get('content-type'), 'application/pdf');
  });

  test('is taken in with a scanner and paid back with the keyboard', async () => {
    const page = await shop.visit('warehouse', { viewport: WIDE });
    const found = await shop.json(`/api/returns/${id}?token=${new URL(shop.order.view_url).searchParams.get('token')}`);
    await page.goto(`${shop.url}/desk/returns`);
    // The scanner types the number of the slip, then Enter.
    await page.keyboard.type(found.number);
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(id));
    const scan = async (code) => {
      await page.keyboard.type(code);
      await page.keyboard.press('Enter');
    };
    await scan('4006381333931');
    await page.getByText(/Enamel mug: 1 of 1/).waitFor();
    assert.equal(await page.locator('[name="line.0.received"]').inputValue(), '1');
    await scan('0000000000000');
    await page.getByText(/Nothing of this return has that code/).waitFor();
    await page.locator('[name="line.0.resellable"]').fill('');
    await page.locator('[name="line.0.damaged"]').fill('1');
    await sound(page, 'the parcel');
    await page.locator('[name="line.0.damaged"]').press('Enter');
    const refund = page.getByRole('button', { name: 'Refund €19.99' });
    await refund.waitFor();
    await sound(page, 'what was looked at');
    await refund.focus();
    await page.keyboard.press('Enter');
    await page.getByText('Settled. The customer gets a mail.').waitFor();
    const stock = await shop.json('/api/stock/MUG-1', { headers: { authorization: `Bearer ${(await (await fetch(`${shop.url}/_local/token?role=owner`)).text()).trim()}` } });
    assert.deepEqual([stock.locations[0].on_hand, stock.locations[0].damaged, stock.locations[0].quality_control], [7, 1, 0]);
  });

  test('is told to its buyer until the end', async () => {
    const page = await shop.visit(null, { viewport: PHONE });
    await page.goto(shop.order.view_url);
    await page.locator(`a[href*="${id}"]`).first().click();
    assert.match(await page.locator('main').textContent(), /€19\.99 goes back to your bank account/);
    await sound(page, 'the settled return');
    await page.goto(`${shop.url}/returns`);
    await sound(page, 'how returns work');
  });
});

suite('store credit', () => {
  let shop;
  let code;

  before(async () => {
    shop = await openShop();
  });

  after(() => shop?.stop());

  /** Puts two mugs into the cart and opens the checkout, the address filled in. */
  async function checkout(page) {
    await page.goto(`${shop.url}/products/mug`);
    await page.locator('form[action="/cart/items"] button[type="submit"]').first().click();
    await page.getByText("You've just added this product to the cart").first().waitFor();
    await page.goto(`${shop.url}/checkout`);
    await page.fill('[name="email"]', 'friend@example.com');
    await page.fill('[name="shipping_name"]', 'Robin Example');
    await page.fill('[name="shipping_line1"]', '1 Example Street');
    await page.fill('[name="shipping_city"]', 'Berlin');
    await page.fill('[name="shipping_postal_code"]', '10115');
  }

  test('is chosen on a phone, given at the desk and mailed with its code', async () => {
    const page = await shop.visit(null, { viewport: PHONE });
    await page.goto(shop.order.view_url);
    await page.getByRole('link', { name: 'Return items' }).click();
    await page.locator('[name="quantity.MUG-1"]').selectOption('1');
    await page.locator('[name="reason.MUG-1"]').selectOption('damaged');
    await page.getByRole('button', { name: /Continue|Review|See/ }).click();
    await page.getByLabel('Store credit, to spend on something else').check();
    await sound(page, 'the choice of credit');
    await page.getByRole('button', { name: 'Ask for this return' }).click();
    await page.getByText('We have your request.').waitFor();
    const id = page.url().match(/ret_\w+/)[0];
    assert.match(await page.locator('main').textContent(), /to your store credit/);
    await shop.post(`/api/returns/${id}/approve`, {});
    await shop.post(`/api/returns/${id}/receive`, { lines: [{ sku: 'MUG-1', quantity: 1 }] });
    await shop.post(`/api/returns/${id}/inspect`, { lines: [{ sku: 'MUG-1', damaged: 1 }] });
    const desk = await shop.visit('warehouse', { viewport: WIDE });
    await desk.goto(`${shop.url}/desk/returns/${id}`);
    await sound(desk, 'what is to be credited');
    await desk.getByRole('button', { name: 'Give €19.99 of store credit' }).click();
    await desk.getByText('Settled. The customer gets a mail.').waitFor();
    await shop.advance('1s');
    const mail = (await shop.mails()).find(({ subject }) => subject === `Store credit for your return of ${shop.order.order.number}`);
    [code] = mail.text.match(/[0-9A-Z]{4}(-[0-9A-Z]{4}){3}/);
    await page.reload();
    assert.match(await page.locator('main').textContent(), /You have €19\.99 of store credit/);
    await sound(page, 'the credited return');
  });

  test('pays a part at checkout with JavaScript, and the button says what is left', async () => {
    const page = await shop.visit(null, { viewport: PHONE });
    await checkout(page);
    await page.getByText('Use store credit').click();
    await page.fill('[name="credit_code"]', 'AAAA-AAAA-AAAA-AAAA');
    await page.locator('[name="credit_code"]').blur();
    await page.getByText('We know no store credit with this code.').waitFor();
    await page.fill('[name="credit_code"]', code.toLowerCase());
    await page.locator('[name="credit_code"]').blur();
    await page.getByText('Pays €19.99 of it.').waitFor();
    // A mug and 4.90 of delivery.
    await page.locator('button.wide', { hasText: 'Pay €4.90' }).waitFor();
    await sound(page, 'a checkout with credit');
    await page.locator('button.wide[value="place"]').click();
    await page.waitForURL(/\/_local\/stripe\/pay\//);
    assert.match(await page.locator('body').textContent(), /4\.90/);
    await page.getByRole('button', { name: /^Pay/ }).first().click();
    await page.waitForURL(/\/orders\/ord_/);
    await shop.advance('1s');
    await page.reload();
    assert.match(await page.locator('main').textContent(), /Store credit[^€]*€19\.99/);
    await sound(page, 'the order paid with credit');
  });

  test('shows without JavaScript first what it pays, and says when nothing is left', async () => {
    const page = await shop.visit(null, { javaScriptEnabled: false, viewport: PHONE });
    await checkout(page);
    await page.getByText('Use store credit').click();
    await page.fill('[name="credit_code"]', 'nonsense');
    await page.locator('button.wide[value="place"]').click();
    await page.getByText('A code has 16 letters and digits').first().waitFor();
    await page.fill('[name="credit_code"]', code);
    await page.locator('button.wide[value="place"]').click();
    await page.getByText('There is no store credit left on this code.').waitFor();
    assert.equal(await page.inputValue('[name="credit_code"]'), code);
    assert.equal(await page.inputValue('[name="email"]'), 'friend@example.com');
    await sound(page, 'a spent code');
  });

  test('stands on the page of who is signed in', async () => {
    const page = await shop.visit(null, { viewport: PHONE });
    await page.goto(`${shop.url}/sign-in`);
    await page.fill('[name="email"]', 'buyer@example.com');
    await page.getByRole('button', { name: /link/i }).click();
    await shop.advance('1s');
    const mail = (await shop.mails()).find(({ subject }) => subject === 'Your sign-in link');
    await page.goto(mail.text.match(/https?:\/\/\S+\/sign-in\/confirm\S+/)[0]);
    await page.getByRole('button', { name: /sign in/i }).click();
    await page.goto(`${shop.url}/account`);
    await page.getByText('What came and went').click();
    assert.match(await page.locator('main').textContent(), /−?-?€19\.99/);
    await sound(page, 'the account with credit');
  });
});

suite('an exchange', () => {
  const WANTED = 'What is in my cart, instead';
  let shop;

  before(async () => {
    shop = await openShop();
  });

  after(() => shop?.stop());

  /** Puts the bowl into the cart. */
  async function fill(page) {
    await page.goto(`${shop.url}/products/bowl`);
    await page.locator('form[action="/cart/items"] button[type="submit"]').first().click();
    await page.getByText("You've just added this product to the cart").first().waitFor();
  }

  /** Chooses a broken mug, from the order's page on. */
  async function review(page) {
    await page.goto(shop.order.view_url);
    await page.getByRole('link', { name: 'Return items' }).click();
    await page.locator('[name="quantity.MUG-1"]').selectOption('1');
    await page.locator('[name="reason.MUG-1"]').selectOption('damaged');
    await page.getByRole('button', { name: /Continue|Review|See/ }).click();
  }

  test('is chosen on a phone, made at the desk and followed to its order', async () => {
    const page = await shop.visit(null, { viewport: PHONE });
    await fill(page);
    await review(page);
    await page.getByLabel(WANTED).check();
    assert.match(await page.locator('main').textContent(), /What comes back pays for it\./);
    await sound(page, 'the choice of something else');
    await page.getByRole('button', { name: 'Ask for this return' }).click();
    await page.getByText('We have your request.').waitFor();
    const id = page.url().match(/ret_\w+/)[0];
    const asked = page.url();
    assert.match(await page.locator('section[aria-labelledby="wanted"]').textContent(), /Oat bowl × 1/);
    await sound(page, 'the return for something else');
    await page.goto(`${shop.url}/cart`);
    assert.doesNotMatch(await page.locator('main').textContent(), /Oat bowl/, 'it is asked for now');

    await shop.post(`/api/returns/${id}/approve`, {});
    await shop.post(`/api/returns/${id}/receive`, { lines: [{ sku: 'MUG-1', quantity: 1 }] });
    await shop.post(`/api/returns/${id}/inspect`, { lines: [{ sku: 'MUG-1', damaged: 1 }] });
    const desk = await shop.visit('warehouse', { viewport: WIDE });
    await desk.goto(`${shop.url}/desk/returns/${id}`);
    assert.match(await desk.locator('section[aria-labelledby="wanted"]').textContent(), /Oat bowl × 1/);
    await desk.getByText('Give something else').click();
    await desk.getByRole('button', { name: 'Refund €19.99 instead' }).waitFor();
    await sound(desk, 'what is to be exchanged');
    await desk.getByRole('button', { name: 'Exchange it', exact: true }).click();
    await desk.getByText('Settled. The customer gets a mail.').waitFor();
    await sound(desk, 'what was exchanged');
    await shop.advance('1s');
    const mail = (await shop.mails()).find(({ subject }) => subject === `Your exchange for ${shop.order.order.number}`);
    assert.ok(mail, 'a mail tells of it');

    await page.goto(asked);
    assert.match(await page.locator('main').textContent(), /What you wanted instead is an order of its own now/);
    await sound(page, 'the exchanged return');
    const link = page.locator('section[aria-labelledby="wanted"] a');
    const number = (await link.textContent()).match(/[0-9A-Z]{10}/)[0];
    assert.ok(mail.text.includes(number), `the mail names ${number}`);
    await link.click();
    await page.waitForURL(/\/orders\/ord_/);
    const order = await page.locator('main').textContent();
    assert.ok(order.includes(number) && order.includes('Oat bowl'), order);
    assert.match(order, /From your return[^€]*€19\.99/);
    await sound(page, 'the order had in exchange');
  });

  test('is told of without JavaScript where the cart is empty, and chosen once it is not', async () => {
    const page = await shop.visit(null, { javaScriptEnabled: false, viewport: PHONE });
    await review(page);
    await page.getByText('Something else instead? Put it into your cart first, then come back here.').waitFor();
    assert.equal(await page.getByLabel(WANTED).count(), 0);
    await sound(page, 'the review with an empty cart');
    await fill(page);
    await review(page);
    await page.getByLabel(WANTED).check();
    await sound(page, 'the review with a full cart');
    await page.getByRole('button', { name: 'Ask for this return' }).click();
    await page.getByText('We have your request.').waitFor();
    assert.match(await page.locator('section[aria-labelledby="wanted"]').textContent(), /Oat bowl × 1/);
    await sound(page, 'the return that was asked for without JavaScript');
  });
});
