// One cell: what it shows, and the field to type in.

import { element } from "./dom.js";

/** Draws a cell unless it already shows this. */
export function drawCell(cell, row, column, edits) {
  const typed = column.settable ? edits.of(row, column.field) : undefined;
  const text = typed ? typed.text : column.show ? column.show(row) : String(row[column.field]);
  const stamp = typed ? [text, row.saved[column.field], typed.now, typed.why].join("\n") : text;
  if (cell.dataset.drawn === stamp) return;
  cell.dataset.drawn = stamp;
  cell.classList.toggle("changed", Boolean(typed));
  cell.classList.toggle("conflict", typed?.now !== undefined);
  cell.classList.toggle("bad", Boolean(typed?.why));
  if (typed?.why) cell.setAttribute("aria-invalid", "true");
  else cell.removeAttribute("aria-invalid");
  cell.replaceChildren(...content(row, column, text, typed));
  if (!column.number) cell.title = text;
}

function content(row, column, text, typed) {
  if (typed?.now !== undefined) return [element("span", { class: "both" }, `yours ${text} · now ${typed.now}`)];
  if (typed) {
    const value = element("span", { class: "value" }, text === "" ? "empty" : text);
    return [value, element("span", { class: "was" }, `was ${row.saved[column.field]}`)];
  }
  if (column.href) return [element("a", { href: column.href(row), tabindex: "-1", class: "code" }, text)];
  if (column.field === "available" && row.available <= 0) return [element("span", { class: "zero" }, `${text} none`)];
  return [text];
}

/** What stands beside the current cell, if it needs words. */
export function noteOf(typed) {
  if (typed?.now !== undefined) return `Somebody else made it ${typed.now}.`;
  return typed?.why ?? null;
}

/** The name of a cell, read aloud. */
export function nameOf(row, column) {
  return `${column.title}, ${row.sku}, ${row.location}`;
}

export function editorOf(row, column, text) {
  const input = element("input", { class: "typing-field", inputmode: "numeric", autocomplete: "off", spellcheck: "false", "aria-label": nameOf(row, column) });
  input.value = text;
  return input;
}
