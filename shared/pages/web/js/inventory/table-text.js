// Tables as text: what spreadsheets put on the clipboard, and take from it.

/** Reads tab-separated text; a cell in quotes may hold tabs, line ends and doubled quotes. */
export function readTable(text) {
  const cell = /(?:"((?:[^"]|"")*)"(?=[\t\r\n]|$)|([^\t\r\n]*))(\t|\r\n|\n|\r|$)/y;
  const rows = [[]];
  for (;;) {
    const [, quoted, plain, end] = cell.exec(text);
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "\t") continue;
    // The last line's end opens no line of its own.
    if (cell.lastIndex >= text.length) return rows;
    rows.push([]);
  }
}

/** Writes a table as tab-separated text. */
export function plainTable(rows) {
  return rows.map((row) => row.map((cell) => (/[\t\r\n"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join("\t")).join("\n");
}

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Writes a table as HTML. */
export function htmlTable(rows) {
  const cell = (text) => `<td>${text.replace(/[&<>"]/g, (sign) => ESCAPES[sign])}</td>`;
  return `<table>${rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("")}</table>`;
}

/** A text that a spreadsheet would run as a formula is kept a text. */
export function harmless(text) {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}
