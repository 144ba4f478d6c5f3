// Bundles the browser's files into the directory named by the first argument.
//
// Writes <name>.<hash>.<ext>, the same with .br and .gz beside it where that
// is smaller (a large file only as .gz), and manifest.tsv: one line a file, `logical name, file, type`.
// Called by build.rs, which turns the manifest into Rust.

import { build } from "esbuild";
import { readFileSync, writeFileSync, mkdirSync, rmSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync, constants } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, "out"));
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const types = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

const result = await build({
  absWorkingDir: here,
  entryPoints: ["css/shop.css", "css/desk.css", "css/docs.css", "css/inventory.css", "js/shop.js", "js/desk.js", "js/docs.js", "js/inventory.js", "img/favicon.svg"],
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  charset: "utf8",
  legalComments: "none",
  target: ["es2022", "chrome111", "firefox121", "safari16.4"],
  entryNames: "[name].[hash]",
  assetNames: "[name].[hash]",
  publicPath: "/assets",
  loader: { ".woff2": "file", ".svg": "copy" },
  metafile: true,
  logLevel: "warning",
});

const lines = [];
for (const output of Object.keys(result.metafile.outputs)) {
  const file = basename(output);
  const extension = extname(file);
  const logical = file.replace(/\.[A-Z0-9]+(\.[a-z0-9]+)$/, "$1");
  const bytes = readFileSync(join(out, file));
  if (extension !== ".woff2") {
    const brotli = brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    });
    writeFileSync(join(out, `${file}.gz`), gzipSync(bytes, { level: 9 }));
    // What is large and seldom asked for is embedded once: a function's binary counts at its cold start.
    if (bytes.length > 100_000) rmSync(join(out, file));
    else writeFileSync(join(out, `${file}.br`), brotli);
  }
  lines.push([logical, file, types[extension]].join("\t"));
}
writeFileSync(join(out, "manifest.tsv"), `${lines.sort().join("\n")}\n`);
