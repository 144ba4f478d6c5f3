// A warranty from the mail to its end: a buyer on a phone claims, with and without JavaScript, the desk has the item replaced, and
// a certificate goes from one phone to another.

import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import AxeBuilder from '@axe-core/playwright';
import { startBrowser, startShop } from './shop.js';

const PHONE = { width: 360, height: 800 };
const WIDE = { width: 1280, height: 900 };
const BUYER = 'buyer@example.com';
const FRIEND = 'friend@example.com';

let browser;

before(async () => {
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
});

/** A shop that sent a lamp with each of these serial numbers, the links to their certificates, and pages to visit it with. */
async function openShop(...serials) {
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
  await put('/api/products/lamp', {
    title: 'Table lamp', status: 'active', category: 'lighting', warranty_months: 24,
    variants: [{ sku: 'LAMP-1', title: 'Celadon', price: { amount: 8900, currency: 'EUR' }, weight_g: 1800 }],
  });
  await post('/api/stock/adjustments', { lines: [{ sku: 'LAMP-1', location: 'main', counted: 9, reason: 'counted' }] });
  const cart = await post('/api/carts', {});
  await put(`/api/carts/${cart.id}/items/LAMP-1`, { quantity: serials.length });
  const { order } = await post('/api/checkout', {
    cart_id: cart.id, email: BUYER, shipping_method: 'standard', payment_method: 'bank_transfer',
    shipping_address: { name: 'Robin Example', line1: '1 Example Street', city: 'Berlin', postal_code: '10115', country: 'DE' },
  });
  await post(`/api/orders/${order.id}/mark-paid`, { reference: 'Statement 7' });
  await shop.advance('1s');
  await post(`/api/orders/${order.id}/ship`, { carrier: 'DHL', serials: serials.map((serial) => ({ sku: 'LAMP-1', serial })) });
  await shop.advance('1s');
  const it = {
    ...shop,
    order,
    post,
    /** The latest mail with this subject. */
    mail: async (subject) => {
      await shop.advance('1s');
      const found = (await shop.mails()).filter((mail) => mail.subject === subject);
      assert.ok(found.length, `a mail says: ${subject}`);
      return found.reduce((one, other) => (other.n > one.n ? other : one));
    },
    /** The links to certificates in the latest mail with this subject. */
    links: async (subject) => (await it.mail(subject)).text.match(/https?:\/\/\S+\/warranty\/\S+/g),
    visit: async (role, options) => {
      const context = await browser.newContext(options);
      if (role) await context.addCookies([{ name: 'staff', value: await token(role), url: shop.url }]);
      context.setDefaultTimeout(10_000);
      return Object.assign(await context.newPage(), { scripted: options.javaScriptEnabled !== false });
    },
  };
  return Object.assign(it, { certificates: await it.links(`Your warranty for order ${order.number}`) });
}

/** What axe finds wrong with a page, where it has JavaScript to look with, and whether it is wider than a phone, a tablet or its own screen. */
async function sound(page, name) {
  if (page.scripted) {
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), [], name);
  }
  const own = page.viewportSize();
  for (const width of new Set([360, 768, own.width])) {
    await page.setViewportSize({ ...own, width });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wide <= 0, `${name} is ${wide} px too wide at ${width} px`);
  }
  await page.setViewportSize(own);
}

const words = (page) => page.locator('main').textContent();

/** Makes a claim from a certificate's link on; at first nothing is chosen. */
async function claim(page, link) {
  await page.goto(link);
  await page.getByRole('link', { name: 'Make a claim' }).click();
  await sound(page, 'the form');
  await page.getByLabel('What happened?').fill('The switch came off.');
  await page.getByRole('button', { name: 'Send the claim' }).click();
  const problem = page.getByRole('alert');
  assert.match(await problem.textContent(), /There is a problem.*Choose what is wrong\./s);
  assert.ok(await problem.evaluate((box) => box === document.activeElement), 'what is wrong has the focus');
  assert.match(await page.title(), /^Error: /);
  assert.equal(await page.getByLabel('What happened?').inputValue(), 'The switch came off.', 'what was typed stays');
  await sound(page, 'the form with what is wrong');
  const choice = page.getByRole('radio', { name: 'It broke or came apart in ordinary use' });
  if (page.scripted) {
    await problem.getByRole('link').click();
    assert.ok(await page.getByRole('radio').first().evaluate((radio) => radio === document.activeElement), 'it leads to the choice');
  }
  await choice.check();
  await page.getByRole('button', { name: 'Send the claim' }).click();
  await page.getByText('We have your claim.').waitFor();
  await sound(page, 'the claim');
}

suite('a claim', () => {
  const NEW = 'SN-NEW-1';
  let shop;
  let number;
  let claimed;

  before(async () => {
    shop = await openShop('SN-OLD-1');
  });

  after(() => shop?.stop());

  test('begins with a certificate, which is printed without the ways around it', async () => {
    const page = await shop.visit(null, { viewport: PHONE });
    const [link] = shop.certificates;
    await page.goto(link);
    for (const said of ['Table lamp', 'In force', 'SN-OLD-1', 'What is not covered']) assert.ok((await words(page)).includes(said), said);
    const code = page.getByRole('img', { name: 'QR code that opens this certificate' });
    assert.deepEqual([await code.isVisible(), await code.locator('path').count()], [true, 1]);
    assert.equal(await page.locator('.panel a[href*="/warranty/"]').getAttribute('href'), link, 'the code is the link of the mail');
    await sound(page, 'the certificate');
    await page.emulateMedia({ media: 'print' });
    for (const gone of ['header nav', '.breadcrumb', 'form', '[data-print]']) {
      assert.equal(await page.locator(gone).filter({ visible: true }).count(), 0, `${gone} on paper`);
    }
    assert.ok(await code.isVisible(), 'the code on paper');
    await page.emulateMedia({ media: null });
    await page.goto(`${shop.url}/warranty`);
    await page.getByRole('link', { name: 'Find your order' }).waitFor();
    await sound(page, 'where a warranty begins');
  });

  test('is made on a phone without JavaScript, and withdrawn', async () => {
    const page = await shop.visit(null, { javaScriptEnabled: false, viewport: PHONE });
    await claim(page, shop.certificates[0]);
    await page.getByText('Withdraw this claim').click();
    await page.getByRole('button', { name: 'Withdraw the claim' }).click();
    await page.getByText('Your claim is withdrawn.').waitFor();
    await sound(page, 'the withdrawn claim');
  });

  test('is made with JavaScript, and the certificate leads to it', async () => {
    const page = await shop.visit(null, { viewport: PHONE });
    await claim(page, shop.certificates[0]);
    claimed = page.url();
    number = (await page.getByRole('heading', { level: 1 }).textContent()).match(/[0-9A-Z]{10}/)[0];
    const mail = await shop.mail(`We have your warranty claim ${number}`);
    assert.equal(mail.text.match(/https?:\/\/\S+\/warranty-claims\/\S+/)[0], claimed.replace('&done=claimed', ''));
    await page.goto(shop.certificates[0]);
    await page.getByText('We are working on a claim already').waitFor();
    await sound(page, 'the certificate with a claim');
    await page.getByRole('link', { name: number }).click();
    await page.getByText('Keep the item until you hear from us.').waitFor();
  });

  test('is found at the desk and approved', async () => {
    const page = await shop.visit('support', { viewport: WIDE });
    await page.goto(`${shop.url}/desk/claims`);
    await sound(page, 'the list');
    await page.getByRole('link', { name: 'Find a certificate' }).click();
    await page.keyboard.type('SN-OLD-1');
    await page.keyboard.press('Enter');
    await page.getByRole('cell', { name: 'SN-OLD-1' }).waitFor();
    await sound(page, 'the certificate that was searched for');
    await page.goto(`${shop.url}/desk/claims`);
    await page.getByRole('link', { name: number }).click();
    await sound(page, 'the claim to decide');
    await page.getByRole('radio', { name: 'Repair' }).check();
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Approved. The holder gets a mail.').waitFor();
    await sound(page, 'the claim whose item is awaited');
    const buyer = await shop.visit(null, { viewport: PHONE });
    await buyer.goto(claimed);
    await buyer.getByRole('heading', { name: /^Send it by / }).waitFor();
    await sound(buyer, 'the claim whose item is to be sent');
    assert.match((await shop.mail(`Claim ${number} approved`)).text, /We repair it and send\s+it back to you\./);
  });

  test('is taken in with a scanner, and what was found is another thing than was thought', async () => {
    const page = await shop.visit('warehouse', { viewport: WIDE });
    await page.goto(`${shop.url}/desk/claims`);
    // The scanner types the number on the parcel, then Enter.
    await page.keyboard.type(number);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'The item came' }).click();
    await page.getByText('Booked. The holder gets a mail.').waitFor();
    await sound(page, 'the item that came');
    await page.getByLabel('What was found').fill('The wire is torn inside.');
    await page.getByRole('radio', { name: 'Replacement' }).check();
    await page.getByRole('button', { name: 'Save what was found' }).click();
    await page.getByText('Saved.').waitFor();
    await sound(page, 'what was found');
  });

  test('has another one ordered, which leaves with its serial number', async () => {
    const page = await shop.visit('support', { viewport: WIDE });
    await page.goto(`${shop.url}/desk/claims?q=${number}`);
    await sound(page, 'the replacement to order');
    await page.getByRole('button', { name: 'Order the replacement' }).click();
    await page.getByText('Done. The holder gets a mail.').waitFor();
    await sound(page, 'the replacement that is ordered');
    const order = await page.getByRole('link', { name: 'Replacement order' }).getAttribute('href');
    await shop.advance('1s');
    const packer = await shop.visit('warehouse', { viewport: WIDE });
    await packer.goto(shop.url + order);
    await packer.locator('[name="serials.LAMP-1"]').focus();
    await packer.keyboard.type(NEW);
    await packer.keyboard.press('Enter');
    await packer.locator('form[action$="/ship"] [name="carrier"]').fill('DHL');
    await sound(packer, 'the order that replaces it');
    await packer.getByRole('button', { name: 'Ship', exact: true }).click();
    await packer.getByText('Shipped').first().waitFor();
    await shop.advance('1s');
    await page.reload();
    await page.getByText('Nothing is left to do.').waitFor();
    await sound(page, 'the completed claim at the desk');
  });

  test('is over for its holder, and one certificate leads to the other', async () => {
    const page = await shop.visit(null, { viewport: PHONE });
    await page.goto(claimed);
    await page.getByText('Completed', { exact: true }).first().waitFor();
    assert.match(await words(page), /The wire is torn inside\./);
    await sound(page, 'the completed claim');
    await page.locator('section[aria-labelledby="remedy"] a').click();
    const order = await page.getByRole('heading', { level: 1 }).textContent();
    const [mailed] = await shop.links(`Your warranty for order ${order.match(/[0-9A-Z]{10}/)[0]}`);
    await page.goto(shop.certificates[0]);
    await page.getByText('Replaced', { exact: true }).first().waitFor();
    assert.equal(await page.getByRole('link', { name: 'Make a claim' }).count(), 0);
    await sound(page, 'the certificate of what was replaced');
    await page.getByRole('link', { name: 'See the certificate of the new one' }).click();
    assert.match(await words(page), new RegExp(NEW));
    assert.equal(page.url(), mailed, 'it is the link of the mail');
    await sound(page, 'the certificate of the new one');
    await page.getByRole('link', { name: 'See the certificate of that one' }).click();
    assert.match(await words(page), /SN-OLD-1/);
  });
});

suite('a warranty that is passed on', () => {
  let shop;
  let owner;
  let taken;

  before(async () => {
    shop = await openShop('SN-1', 'SN-2');
    owner = await shop.visit(null, { viewport: PHONE });
  });

  after(() => shop?.stop());

  /** Offers the certificate to its new owner; the link that they are mailed. */
  async function offer() {
    await owner.getByLabel('Email address of the new owner').fill(FRIEND);
    await owner.getByRole('button', { name: 'Send the offer' }).click();
    await owner.getByText('We have mailed the link.').waitFor();
    const mail = await shop.mail('A warranty is yours to take');
    assert.match([mail.to].flat().join(), new RegExp(FRIEND));
    return mail.text.match(/https?:\/\/\S+\/accept\S+/)[0];
  }

  test('is offered by its holder, to somebody else alone, and taken back', async () => {
    await owner.goto(shop.certificates[0]);
    for (const [typed, said] of [['nobody', /Enter an email address/], [BUYER, /This is the address that the warranty belongs to already\./]]) {
      await owner.getByLabel('Email address of the new owner').fill(typed);
      await owner.getByRole('button', { name: 'Send the offer' }).click();
      await owner.getByRole('alert').getByText(said).waitFor();
      assert.equal(await owner.getByLabel('Email address of the new owner').inputValue(), typed, 'what was typed stays');
      await sound(owner, 'a refused offer');
    }
    const link = await offer();
    await sound(owner, 'the offered certificate');
    await owner.getByRole('button', { name: 'Take the offer back' }).click();
    await owner.getByText('The warranty stays yours.').waitFor();
    assert.equal((await owner.request.get(link)).status(), 404, 'the offer is gone');
  });

  test('is taken on another phone without JavaScript', async () => {
    const link = await offer();
    const scripted = await shop.visit(null, { viewport: PHONE });
    await scripted.goto(link);
    await sound(scripted, 'the offer');
    const friend = await shop.visit(null, { javaScriptEnabled: false, viewport: PHONE });
    await friend.goto(link);
    assert.doesNotMatch(await words(friend), new RegExp(BUYER), 'nothing is told of its holder');
    await friend.getByRole('button', { name: 'Take it over' }).click();
    await friend.getByText('The warranty is yours.').waitFor();
    assert.match(await words(friend), new RegExp(FRIEND));
    await sound(friend, 'the certificate that was taken');
    [taken] = await shop.links('The warranty is yours now');
    assert.equal(friend.url().replace('&done=taken', ''), taken);
  });

  test('opens to nobody by the links of before', async () => {
    const former = await owner.goto(shop.certificates[0]);
    assert.equal(former.status(), 404);
    await sound(owner, 'a link that opens nothing');
    assert.doesNotMatch((await shop.mail('Your warranty was passed on')).text, /\/warranty\//);
    const other = await owner.goto(shop.certificates[1]);
    assert.equal(other.status(), 200, 'the other lamp is whose it was');
  });

  test('is claimed on by its new owner, who says where they live', async () => {
    const page = await shop.visit(null, { viewport: PHONE });
    await page.goto(taken);
    await page.getByRole('link', { name: 'Make a claim' }).click();
    await sound(page, 'the form that asks for an address');
    await page.getByRole('radio', { name: "It doesn't do what it should" }).check();
    await page.getByLabel('What happened?').fill('It flickers.');
    await page.getByLabel('City').fill('Hamburg');
    await page.getByRole('button', { name: 'Send the claim' }).click();
    await page.getByRole('alert').waitFor();
    assert.equal(await page.getByLabel('City').inputValue(), 'Hamburg', 'what was typed stays');
    assert.ok(await page.getByRole('radio', { name: "It doesn't do what it should" }).isChecked());
    await sound(page, 'the form whose address is not whole');
    await page.fill('[name="shipping_name"]', 'Sam Example');
    await page.fill('[name="shipping_line1"]', '2 Example Street');
    await page.fill('[name="shipping_postal_code"]', '20095');
    await page.getByRole('button', { name: 'Send the claim' }).click();
    await page.getByText('We have your claim.').waitFor();
    await sound(page, "the new owner's claim");
  });
});
