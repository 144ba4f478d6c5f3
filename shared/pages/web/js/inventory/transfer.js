// Copying to and pasting from spreadsheets.

import { paste } from "./changes.js";
import { many } from "./dom.js";
import { harmless, htmlTable, plainTable, readTable } from "./table-text.js";

export function transfer(sheet) {
  const copy = (event) => {
    const { box } = sheet.selection;
    if (sheet.editing || box.top < 0 || !sheet.order.length) return;
    event.preventDefault();
    const columns = sheet.columns.slice(box.left, box.right + 1);
    const shown = (row, column) => {
      if (column.number) return sheet.edits.text(row, column.field);
      return harmless(column.show ? column.show(row) : row[column.field]);
    };
    const table = sheet.order.slice(box.top, box.bottom + 1).map((row) => columns.map((column) => shown(row, column)));
    event.clipboardData.setData("text/plain", plainTable(table));
    event.clipboardData.setData("text/html", htmlTable(table));
    const words = `Copied ${many(table.length * columns.length, "cell")}.`;
    sheet.say(event.type === "cut" ? `${words} Counts can't be cut; they stay.` : words);
  };
  sheet.root.addEventListener("copy", copy);
  sheet.root.addEventListener("cut", copy);
  sheet.root.addEventListener("paste", (event) => {
    if (sheet.editing) return;
    event.preventDefault();
    const text = event.clipboardData.getData("text/plain");
    if (!text || !sheet.order.length) sheet.say("There is no text on the clipboard to paste.");
    else paste(sheet, readTable(text));
  });
}
