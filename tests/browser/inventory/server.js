// The inventory page without the shop: the bundled files, a page such as the desk renders, rows, and a place to save.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { page } from './page.js';

const web = fileURLToPath(new URL('../../../shared/pages/web', import.meta.url));
/** As every page of the shop is sent. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
  + "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const PAGE = 500;

const THINGS = ['Morning mug', 'Espresso cup', 'Bud vase', 'Linen napkin', 'Serving board', 'Butter dish', 'Table lamp', 'Milk jug'];
const GLAZES = ['cobalt', 'celadon', 'iron', 'oat', 'charcoal', 'butter', 'madder', 'mist'];

/** Items whose numbers follow from their place, so that a test can name them. */
export function items(count) {
  return Array.from({ length: count }, (_, n) => {
    const on_hand = (n * 37) % 240;
    return {
      sku: `SKU-${String(n + 1).padStart(5, '0')}`,
      title: `${THINGS[n % 8]}, ${GLAZES[Math.floor(n / 8) % 8]}`,
      available: on_hand,
      reserved: n % 7,
      locations: [{ location: n % 5 === 4 ? 'annexe' : 'main', on_hand, committed: n % 4, incoming: n % 9 ? 0 : 24, damaged: 0, quality_control: 0, buffer: 0 }],
    };
  });
}

export async function startInventory(count = 10_000) {
  const files = await mkdtemp(join(tmpdir(), 'inventory-'));
  await promisify(execFile)(process.execPath, ['bundle.mjs', files], { cwd: web });
  const manifest = new Map((await readFile(join(files, 'manifest.tsv'), 'utf8')).trim().split('\n').map((line) => {
    const [name, file, type] = line.split('\t');
    return [`/assets/${file}`, { name, type, path: join(files, file) }];
  }));
  const assets = new Map([...manifest].map(([path, { name }]) => [name, path]));

  const shop = {
    stock: items(count),
    /** What was asked to be saved: {key, csrf, lines}. */
    saves: [],
    /** Cursors whose page is not answered until they are let go. */
    held: new Map(),
    /** The page of rows that is answered with 503, once. */
    broken: null,
    edits: 'on_hand damaged',
    at(sku, location) {
      return shop.stock.find((item) => item.sku === sku).locations.find((one) => one.location === location);
    },
    /** Rows from `cursor` on wait for what this returns to be called. */
    hold(cursor) {
      let go;
      shop.held.set(cursor, new Promise((resolve) => { go = resolve; }));
      return go;
    },
    reset(to = count) {
      Object.assign(shop, { stock: items(to), saves: [], broken: null, edits: 'on_hand damaged' });
      shop.held.clear();
    },
  };

  const routes = {
    'GET /desk/stock': (_, url) => [200, 'text/html; charset=utf-8', page({ assets, shop, query: url.searchParams })],
    'GET /rows': async (_, url) => {
      const from = url.searchParams.get('cursor') ?? '0';
      await shop.held.get(from);
      if (shop.broken === from) {
        shop.broken = null;
        return [503, 'application/problem+json', JSON.stringify({ title: 'Busy', status: 503 })];
      }
      const end = Number(from) + PAGE;
      return json(200, { items: shop.stock.slice(Number(from), end), next: end < shop.stock.length ? String(end) : null });
    },
    'POST /save': async (request) => {
      const { lines } = JSON.parse(await text(request));
      shop.saves.push({ key: request.headers['idempotency-key'], csrf: request.headers['x-csrf-token'], lines });
      return save(shop, lines);
    },
  };

  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://127.0.0.1');
    const asset = manifest.get(url.pathname);
    if (asset) {
      response.writeHead(200, { 'content-type': asset.type, 'content-encoding': asset.path.endsWith('.woff2') ? 'identity' : 'gzip' });
      response.end(await readFile(asset.path.endsWith('.woff2') ? asset.path : `${asset.path}.gz`));
      return;
    }
    const route = routes[`${request.method} ${url.pathname}`];
    const [status, type, body] = route ? await route(request, url) : [404, 'text/plain', 'There is nothing here.'];
    response.writeHead(status, { 'content-type': type, 'content-security-policy': POLICY, 'cache-control': 'no-store' });
    response.end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

  return Object.assign(shop, {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(files, { recursive: true, force: true });
    },
  });
}

/** All or nothing, as the shop would. */
function save(shop, lines) {
  const refused = lines.flatMap((line, number) => (line.counted > 1_000_000 ? [{ pointer: `/lines/${number}/counted`, detail: 'More than a million is a mistake.' }] : []));
  if (refused.length) return problem(400, { errors: refused });
  const conflicts = lines.flatMap(({ sku, location, quantity, seen }) => {
    const now = shop.at(sku, location)[quantity];
    return now === seen ? [] : [{ sku, location, quantity, seen, now }];
  });
  if (conflicts.length) return problem(409, { conflicts });
  const booked = lines.map(({ sku, location, quantity, counted }) => {
    const at = shop.at(sku, location);
    const before = at[quantity];
    at[quantity] = counted;
    return { sku, location, before, after: counted, delta: counted - before };
  });
  return json(201, { lines: booked });
}

const json = (status, body) => [status, 'application/json', JSON.stringify(body)];
const problem = (status, body) => [status, 'application/problem+json', JSON.stringify({ type: 'about:blank', title: 'Refused', status, detail: 'Nothing was saved.', ...body })];

async function text(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}
