// Starts the built shop in memory on a free port, and a browser to visit it with.

import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const binary = fileURLToPath(new URL('../../target/debug/shop', import.meta.url));

const freePort = () => new Promise((resolve, reject) => {
  const server = createServer();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

/** Starts a shop, with more words on its command line; resolves when it says that it is ready. */
export async function startShop(...words) {
  const port = await freePort();
  const process = spawn(binary, ['--memory', '--port', String(port), ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve, reject) => {
    let said = '';
    process.stdout.on('data', (chunk) => {
      said += chunk;
      if (said.includes('Ready')) resolve();
    });
    process.once('exit', (code) => reject(new Error(`the shop ended with ${code}: ${said}`)));
  });
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    /** Ends it; what its functions did on which resource is kept where the proof looks for it. */
    stop: async () => {
      const directory = env.RECORD_GRANTS;
      if (directory) {
        const { used } = await (await fetch(`${url}/_local/grants`, { headers: { accept: 'application/json' } })).json();
        await mkdir(directory, { recursive: true });
        await writeFile(`${directory}/browser-${port}.json`, JSON.stringify(used));
      }
      process.kill('SIGINT');
    },
    json: async (path, init = {}) => {
      const headers = { accept: 'application/json', 'content-type': 'application/json', ...init.headers };
      return (await fetch(url + path, { ...init, headers })).json();
    },
    /** Lets time pass; everything that is due has happened when it answers. */
    advance: (time) => fetch(`${url}/_local/clock`, {
      method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json' }, body: JSON.stringify({ advance: time }),
    }),
    mails: async () => (await (await fetch(`${url}/_local/mails`, { headers: { accept: 'application/json' } })).json()).items,
  };
}

/** Debian's Chromium, without the calls that it would make by itself. */
export const startBrowser = () => chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
