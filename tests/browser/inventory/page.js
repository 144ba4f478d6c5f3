// The page of stock as the desk renders it, with its table and forms in the grid's place.

const escape = (text) => String(text).replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]);
const NAV = [['Orders', 'o'], ['Products', 'p'], ['Stock', 'i'], ['Costs', 'c'], ['Settings', 's'], ['Staff', 't']];

export function page({ assets, shop, query }) {
  const value = (name) => escape(query.get(name) ?? '');
  const places = [['', 'Everywhere'], ['main', 'Main store'], ['annexe', 'Annexe']];
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Stock · Sill &amp; Saucer</title>
<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="${assets.get('desk.css')}"><link rel="stylesheet" href="${assets.get('inventory.css')}">
<link rel="icon" href="${assets.get('favicon.svg')}" type="image/svg+xml">
<script type="module" src="${assets.get('desk.js')}"></script><script type="module" src="${assets.get('inventory.js')}"></script>
</head>
<body data-offline="You're offline. Nothing is saved until you're back.">
<a class="skip" href="#main">Skip to content</a>
<div class="desk">
<header class="desk-nav"><a class="desk-brand" href="/desk"><span>Sill &amp; Saucer</span></a>
<nav class="desk-menu" aria-label="Desk">${NAV.map(([words, key]) => `<a href="/desk/${words.toLowerCase()}" data-key="${key}"${words === 'Stock' ? ' aria-current="page"' : ''}>${words} <kbd aria-hidden="true">g ${key}</kbd></a>`).join('')}</nav>
<div class="desk-person"><span class="strong">owner@example.com</span><span class="muted">Owner</span></div></header>
<main id="main" class="desk-main" tabindex="-1"><div class="stack">
<div class="title-row"><h1>Stock</h1></div>
<section class="stack" data-inventory data-rows="/rows" data-save="/save" data-csrf="token-of-the-form" data-edits="${shop.edits}" data-total="${shop.stock.length}" data-ledger="/desk/stock/">
<form class="filter-row" data-filter action="/desk/stock" method="get">
<div class="field"><label for="filter-q">SKU or product</label><input class="input" id="filter-q" name="q" type="search" value="${value('q')}" data-search></div>
<div class="field"><label for="filter-location">Location</label><select class="select" id="filter-location" name="location">${places.map(([id, words]) => `<option value="${id}"${query.get('location') === id ? ' selected' : ''}>${words}</option>`).join('')}</select></div>
<div class="field"><label for="filter-below">Available below</label><input class="input" id="filter-below" name="below" inputmode="numeric" value="${value('below')}"></div>
<button class="button quiet" type="submit">Show</button>
</form>
<div class="stack" data-plain>${plain(shop)}</div>
</section>
</div></main>
<footer class="desk-foot"><button class="link-button js-only" type="button" data-keys>Keys</button><a href="/">Open the shop</a></footer>
</div>
<dialog id="keys" aria-labelledby="keys-title"><div class="stack"><h2 id="keys-title">Keys</h2><dl class="facts"><dt><kbd>/</kbd></dt><dd>Search</dd><dt><kbd>?</kbd></dt><dd>This list</dd></dl>
<button class="button quiet" type="button" data-close>Close</button></div></dialog>
</body></html>`;
}

function plain({ stock }) {
  if (!stock.length) return '<div class="empty"><p>Every SKU with its quantities appears here.</p></div>';
  const rows = stock.slice(0, 25).flatMap((item) => item.locations.map((at) => `<tr>
<th scope="row"><div><a class="code" href="/desk/stock/${item.sku}">${item.sku}</a><div class="small muted">${escape(item.title)}</div></div></th>
<td data-label="Location">${at.location}</td>
<td class="num" data-label="On hand"><form class="row" action="/desk/stock/adjustments" method="post">
<input type="hidden" name="csrf" value="token-of-the-form"><input type="hidden" name="sku" value="${item.sku}"><input type="hidden" name="location" value="${at.location}">
<input class="input num w-s" name="quantity" inputmode="numeric" value="${at.on_hand}" aria-label="On hand, ${item.sku}, ${at.location}"><button class="button quiet" type="submit">Save</button></form></td>
<td class="num" data-label="Available">${item.available}</td></tr>`));
  return `<div class="table-wrap" tabindex="0" role="region" aria-label="Stock"><table class="table dense cards-on-phone">
<thead><tr><th scope="col">SKU</th><th scope="col">Location</th><th scope="col" class="num">On hand</th><th scope="col" class="num">Available</th></tr></thead>
<tbody>${rows.join('')}</tbody></table></div>`;
}
