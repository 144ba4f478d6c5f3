// Lighthouse gives the pages that sell 95 or more, on the phone that it emulates.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startShop } from './shop.js';

const lighthouse = fileURLToPath(new URL('./node_modules/.bin/lighthouse', import.meta.url));
const flags = '--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

let shop;
let folder;
let cart;

before(async () => {
  shop = await startShop();
  folder = await mkdtemp(join(tmpdir(), 'lighthouse-'));
  cart = (await shop.json('/api/carts', { method: 'POST', body: '{}' })).id;
  await shop.json(`/api/carts/${cart}/items/CUP-ESPRESSO-IRON`, { method: 'PUT', body: '{"quantity":2}' });
});

after(async () => {
  await shop?.stop();
  await rm(folder, { recursive: true, force: true });
});

for (const path of ['/', '/products/morning-mug', '/cart', '/checkout']) {
  test(`scores of ${path}`, async () => {
    const report = join(folder, 'report.json');
    // What may not be indexed (a cart) is not asked to be.
    const categories = path === '/' || path.startsWith('/products') ? 'performance,accessibility,best-practices,seo' : 'performance,accessibility,best-practices';
    await promisify(execFile)(lighthouse, [shop.url + path, '--quiet', '--output=json', `--output-path=${report}`, `--only-categories=${categories}`,
      `--chrome-flags=${flags}`, `--extra-headers=${JSON.stringify({ Cookie: `cart=${cart}` })}`], { env: { ...process.env, CHROME_PATH: '/usr/bin/chromium' } });
    const result = JSON.parse(await readFile(report, 'utf8'));
    assert.equal(new URL(result.finalDisplayedUrl).pathname, path);
    for (const [name, category] of Object.entries(result.categories)) {
      assert.ok(category.score >= 0.95, `${name}: ${category.score}`);
    }
  });
}
