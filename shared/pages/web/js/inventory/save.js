// One save: the changed cells as adjustments of 40 lines at most, one after the other; each of them all or nothing.
//
// POST to data-save, with the headers idempotency-key and x-csrf-token:
//   {"lines": [{"sku", "location", "counted": 12, "seen": 9, "quantity": "on_hand", "reason": "counted"}]}
// `seen` is what the grid showed before the edit. Answers:
//   201  {"lines": [{sku, location, before, after, delta}]}, in the order sent
//   409  problem+json with "conflicts": [{sku, location, quantity, seen, now}]; nothing was saved
//   400  problem+json with "errors": [{"pointer": "/lines/3/counted", "detail"}]; nothing was saved
// Whatever else is answered, or nothing: the edits stay.

import { admitted } from "../session.js";
import { many } from "./dom.js";

const PATIENCE_MS = 60_000;

/** What the shop takes at once. */
const LINES = 40;

/** What one more of a quantity does to what is available. */
const SELLS = { on_hand: 1, buffer: -1 };

export function saver({ save: address, csrf }, edits, sheet, say) {
  let under = false;
  // Kept until the shop has answered: the same edits sent again are the same adjustment.
  let attempt = null;

  const send = (lines) => {
    const body = JSON.stringify({ lines });
    if (attempt?.body !== body) attempt = { body, key: randomKey() };
    return fetch(address, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json", "idempotency-key": attempt.key, "x-csrf-token": csrf },
      body,
      // A signed-out browser is sent to the sign-in page, which would answer 200.
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  };

  /** True where there is something to look at before saving again. */
  return async function save() {
    if (under) return false;
    sheet.endEdit(true);
    const cells = edits.cells;
    if (!cells.length) {
      say("Nothing has changed.");
      return false;
    }
    const unreadable = cells.filter((cell) => cell.value === undefined);
    if (unreadable.length) {
      say(`Nothing was saved: ${many(unreadable.length, "cell is not a whole number", "cells are not whole numbers")}.`, "bad");
      return true;
    }
    if (edits.conflicts.length) {
      say(`Nothing was saved: choose a number for ${many(edits.conflicts.length, "cell")} first.`, "bad");
      return true;
    }
    under = true;
    say(`Saving ${many(cells.length, "change")}…`);
    try {
      for (let at = 0; at < cells.length; at += LINES) {
        const some = cells.slice(at, at + LINES);
        const response = await admitted(() => send(linesOf(some)));
        const answer = await response.json().catch(() => ({}));
        if (response.status < 500 && response.status !== 401 && !(response.ok && !answer.lines)) attempt = null;
        if (response.ok && answer.lines) booked(some, answer.lines);
        else return settle(response, answer, some, at ? `Saved ${many(at, "change")}, and not the rest` : "Nothing was saved");
      }
      say(`Saved ${many(cells.length, "change")}.`, "ok");
      return false;
    } catch {
      say("Nothing came back from the shop. Your changes are still here: save again when you're connected.", "bad");
      return false;
    } finally {
      under = false;
    }
  };

  function settle(response, answer, cells, begin) {
    if (response.ok) throw new TypeError("the answer was cut off");
    if (response.status === 409 && answer.conflicts?.length) return clashed(answer.conflicts, begin);
    if (response.status === 400 && answer.errors?.some(({ pointer }) => /^\/lines\/\d/.test(pointer))) return refused(cells, answer, begin);
    if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) {
      say("You're signed out, or your role can't change stock. Your changes are still here: sign in in another tab, then save again.", "bad");
    } else {
      say(`${begin}: ${answer.detail ?? `the shop answered ${response.status}`}. Your changes are still here.`, "bad");
    }
    return false;
  }

  function booked(cells, lines) {
    const moved = new Map();
    cells.forEach(({ row, column, text }, number) => {
      const { after, delta } = lines[number];
      edits.settle(row, column, text, after);
      moved.set(row.sku, (moved.get(row.sku) ?? 0) + delta * (SELLS[column] ?? 0));
    });
    // What is available is counted over all locations.
    for (const row of sheet.rows) if (moved.has(row.sku)) row.available += moved.get(row.sku);
    sheet.paint();
  }

  function clashed(conflicts, begin) {
    const rows = new Map(sheet.rows.map((row) => [row.id, row]));
    for (const { sku, location, quantity, now } of conflicts) {
      const row = rows.get(`${sku}\n${location}`);
      if (row) edits.conflict(row, quantity, now);
    }
    sheet.paint();
    const left = edits.conflicts.length;
    say(left ? `${begin}: somebody else changed ${many(left, "of these cells", "of these cells")}. Choose for each.`
      : `${begin}: somebody else has made the same changes. Save again for the rest.`, "bad");
    return left > 0;
  }

  function refused(cells, { errors }, begin) {
    for (const { pointer, detail } of errors) {
      const cell = cells[Number(/^\/lines\/(\d+)/.exec(pointer)?.[1])];
      if (cell) edits.refuse(cell.row, cell.column, detail);
    }
    sheet.paint();
    say(`${begin}: ${many(edits.refused.length, "cell was", "cells were")} refused.`, "bad");
    return true;
  }
}

const linesOf = (cells) => cells.map(({ row, column, value }) => ({
  sku: row.sku, location: row.location, counted: value, seen: row.saved[column], quantity: column, reason: "counted",
}));

function randomKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
