// The keys of a spreadsheet.

import { fillDown, redo, undo } from "./changes.js";

const MOVES = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Keys that stay the desk's own. */
const DESK = new Set(["/", "?"]);

export function keyboard(sheet) {
  sheet.root.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.defaultPrevented) return;
    const done = sheet.editing ? whileTyping(sheet, event) : command(sheet, event) || move(sheet, event) || act(sheet, event);
    if (done) {
      event.preventDefault();
      event.stopPropagation();
    }
  });
}

function whileTyping(sheet, event) {
  const { key } = event;
  const { row, column } = sheet.selection.head;
  if (key === "Escape") {
    sheet.endEdit(false);
    sheet.focus();
    return true;
  }
  if (key === "Enter") {
    sheet.endEdit(true);
    sheet.go(row + (event.shiftKey ? -1 : 1), column);
    return true;
  }
  // Typed over a cell, the arrows go on to the next one; in a text being mended they move in it.
  if (sheet.editing.over && key in MOVES && !event.shiftKey) {
    sheet.endEdit(true);
    const [down, right] = MOVES[key];
    sheet.go(row + down, column + right);
    return true;
  }
  return false;
}

function command(sheet, event) {
  if (!event.ctrlKey && !event.metaKey) return false;
  switch (event.key.toLowerCase()) {
    case "z":
      if (event.shiftKey) redo(sheet);
      else undo(sheet);
      return true;
    case "y":
      redo(sheet);
      return true;
    case "d":
      fillDown(sheet);
      return true;
    case "a":
      sheet.selection.all();
      sheet.show();
      return true;
    default:
      return false;
  }
}

function move(sheet, event) {
  const { key, shiftKey } = event;
  const far = event.ctrlKey || event.metaKey;
  const { row, column } = sheet.selection.head;
  const lastRow = sheet.order.length - 1;
  const lastColumn = sheet.columns.length - 1;
  if (key in MOVES) {
    const [down, right] = MOVES[key];
    // Every cell holds something, so the end of what is filled is the edge.
    const to = far
      ? { row: down < 0 ? 0 : down > 0 ? lastRow : row, column: right < 0 ? 0 : right > 0 ? lastColumn : column }
      : { row: row + down, column: column + right };
    sheet.go(to.row, to.column, shiftKey);
    return true;
  }
  switch (key) {
    case "Home":
      sheet.go(far ? 0 : row, 0, shiftKey);
      return true;
    case "End":
      sheet.go(far ? lastRow : row, lastColumn, shiftKey);
      return true;
    case "PageUp":
      sheet.go(Math.max(0, row - sheet.pageOfRows), column, shiftKey);
      return true;
    case "PageDown":
      sheet.go(Math.max(0, row) + sheet.pageOfRows, column, shiftKey);
      return true;
    default:
      return false;
  }
}

function act(sheet, event) {
  const { key } = event;
  if (event.ctrlKey || event.metaKey) return false;
  const { row, column } = sheet.current;
  // In the header, Enter and Space are the sort button's.
  if (!row) return false;
  switch (key) {
    case "Enter":
      if (sheet.edits.of(row, column.field)?.now !== undefined) sheet.choose();
      else if (column.href) sheet.cellAt(sheet.selection.head.row, sheet.selection.head.column).querySelector("a").click();
      else sheet.edit();
      return true;
    case "F2":
      sheet.edit();
      return true;
    case "Escape":
      sheet.selection.move(sheet.selection.head.row, sheet.selection.head.column);
      sheet.paint();
      return true;
    case "Delete":
    case "Backspace":
      sheet.say(column.settable ? "A count can't be emptied. Type 0 if there are none." : `${column.title} can't be changed here.`);
      return true;
    default:
      if (key.length !== 1 || DESK.has(key)) return false;
      // The field has the focus before the key arrives in it, so this one is not held back.
      if (key !== " ") sheet.edit(true);
      event.stopPropagation();
      return key === " " || !sheet.editing;
  }
}
