// Changes to many cells at once; each is one step of undo.

import { many } from "./dom.js";

/** The cells of a box that may be set. */
export function settableIn(sheet, { top, bottom, left, right }) {
  const cells = [];
  for (let at = Math.max(0, top); at <= bottom; at++) {
    for (let number = left; number <= right; number++) {
      if (sheet.columns[number].settable) cells.push({ at, number, row: sheet.order[at], column: sheet.columns[number].field });
    }
  }
  return cells;
}

/** The first row of the selection into the others; a single row takes the one above it. */
export function fillDown(sheet) {
  const box = { ...sheet.selection.box };
  if (box.top < 0) return;
  const source = box.top === box.bottom ? box.top - 1 : box.top;
  if (source < 0) {
    sheet.say("There is no row above to fill from.");
    return;
  }
  fill(sheet, { ...box, top: source, bottom: source }, { ...box, top: source + 1 });
}

/** Repeats the cells of one box over another. */
export function fill(sheet, from, to) {
  const height = from.bottom - from.top + 1;
  const width = from.right - from.left + 1;
  const place = (at, start, size) => start + ((((at - start) % size) + size) % size);
  const changes = settableIn(sheet, to).flatMap(({ at, number, row, column }) => {
    const source = sheet.columns[place(number, from.left, width)];
    if (!source.number) return [];
    return [{ row, column, text: sheet.edits.text(sheet.order[place(at, from.top, height)], source.field) }];
  });
  const count = sheet.put(changes);
  if (!changes.length) sheet.say("Nothing here can be filled: these columns can't be changed.");
  else if (!changes.some(({ row, column }) => sheet.edits.of(row, column)?.why)) sheet.say(`Filled ${many(count, "cell")}.`);
}

/** Writes a pasted table from the selection's first cell on; over a larger selection it is repeated. */
export function paste(sheet, table) {
  const { box } = sheet.selection;
  if (box.top < 0) return;
  const height = table.length;
  const width = Math.max(...table.map((line) => line.length));
  const rows = box.bottom - box.top + 1;
  const columns = box.right - box.left + 1;
  const repeats = rows % height === 0 && columns % width === 0;
  const bottom = box.top + (repeats ? rows : height) - 1;
  const right = box.left + (repeats ? columns : width) - 1;
  const to = { top: box.top, left: box.left, bottom: Math.min(bottom, sheet.order.length - 1), right: Math.min(right, sheet.columns.length - 1) };
  const cells = settableIn(sheet, to);
  const changes = cells.flatMap(({ at, number, row, column }) => {
    const text = table[(at - to.top) % height][(number - to.left) % width];
    return text === undefined ? [] : [{ row, column, text }];
  });
  const count = sheet.put(changes);
  // The first cell stays the current one.
  sheet.selection.move(to.bottom, to.right);
  sheet.selection.move(to.top, to.left, true);
  sheet.show();
  const bad = changes.filter(({ row, column }) => sheet.edits.of(row, column)?.why).length;
  const said = [`Pasted: ${many(count, "cell")} changed.`];
  if (bad) said.push(`${bad === 1 ? "1 is not a whole number and is marked." : `${bad} are not whole numbers and are marked.`}`);
  if (cells.length < (to.bottom - to.top + 1) * (to.right - to.left + 1)) said.push("Columns that can't be changed here were left out.");
  if (bottom > to.bottom) said.push(`${many(bottom - to.bottom, "row")} did not fit below.`);
  sheet.say(said.join(" "), bad ? "bad" : undefined);
}

export function undo(sheet) {
  walk(sheet, sheet.edits.undo(), "Undone", "Nothing to undo.");
}

export function redo(sheet) {
  walk(sheet, sheet.edits.redo(), "Redone", "Nothing to redo.");
}

function walk(sheet, step, done, none) {
  if (!step) {
    sheet.say(none);
    return;
  }
  if (!sheet.goTo(step[0].row, step[0].column)) sheet.paint();
  sheet.say(`${done}: ${many(step.length, "cell")}.`);
}
