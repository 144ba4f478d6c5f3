// axe finds nothing serious on any page of a shopper's or of the desk, light and dark, as it is and when refused.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import AxeBuilder from '@axe-core/playwright';
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

const pages = ['/', '/?q=mug', '/?q=nothing-like-it', '/categories/mugs', '/products/morning-mug', '/products/bud-vase', '/cart', '/cart/added',
  '/checkout', '/sign-in', '/sign-in?sent=yes', '/orders', '/help', '/nowhere', '/desk/sign-in', '/api/docs'];

const desk = ['/desk/orders', '/desk/products', '/desk/products/morning-mug', '/desk/products/new', '/desk/stock', '/desk/stock/MUG-MORNING-COBALT',
  '/desk/costs', '/desk/settings/shop', '/desk/settings/shipping', '/desk/settings/taxes', '/desk/staff', '/desk/nowhere'];

for (const colorScheme of ['light', 'dark']) {
  test(`pages in ${colorScheme}`, async () => {
    const context = await browser.newContext({ colorScheme, viewport: { width: 768, height: 900 } });
    const page = await context.newPage();
    await page.goto(`${shop.url}/products/espresso-cup`);
    await page.locator('form[action="/cart/items"] button[type="submit"]').first().click();
    await page.getByText("You've just added this product to the cart").first().waitFor();
    const found = [];
    const look = async (what) => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      for (const one of violations.filter((one) => ['serious', 'critical'].includes(one.impact))) {
        found.push(`${what}: ${one.id}: ${one.nodes[0]?.html}`);
      }
    };
    for (const path of pages) {
      await page.goto(shop.url + path);
      await look(path);
    }
    await page.goto(`${shop.url}/checkout`);
    await page.locator('button.wide[value="place"]').click();
    await page.getByText('There is a problem').waitFor();
    await look('/checkout refused');
    const token = await (await fetch(`${shop.url}/_local/token?role=owner`)).text();
    await context.addCookies([{ name: 'staff', value: token.trim(), url: shop.url }]);
    for (const path of desk) {
      await page.goto(shop.url + path);
      assert.equal(new URL(page.url()).pathname, path.split('?')[0]);
      await look(path);
    }
    assert.deepEqual(found, []);
    await context.close();
  });
}
