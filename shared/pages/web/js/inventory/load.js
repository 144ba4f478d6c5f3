// The rows, page by page. What has come can be worked with while the rest is on its way.

import { rowsOf } from "./columns.js";

/** Redrawing for every page would make the scrolling stutter. */
const AT_ONCE = 2000;

export function load({ rows: address, total }, places, sheet, around) {
  const place = [...places.keys()].find(Boolean);
  let cursor = null;
  let items = 0;
  const waiting = [];

  const page = async () => {
    const url = new URL(address, location.href);
    if (cursor) url.searchParams.set("cursor", cursor);
    const answer = await fetch(url, { headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(`the rows were answered with ${answer.status}`);
    return answer.json();
  };

  const go = async () => {
    around.loading(items, Number(total) || 0);
    try {
      do {
        const { items: found, next } = await page();
        waiting.push(...found.flatMap((item) => rowsOf(item, place)));
        const first = items === 0;
        items += found.length;
        cursor = next;
        if (first || !next || waiting.length >= AT_ONCE) {
          await sheet.append(waiting.splice(0));
        }
        around.loading(items, Number(total) || 0);
      } while (cursor);
      around.loaded();
    } catch (error) {
      console.warn(error);
      if (waiting.length) await sheet.append(waiting.splice(0));
      if (items === 0) around.unavailable();
      else around.interrupted(go);
    }
  };

  return go();
}
