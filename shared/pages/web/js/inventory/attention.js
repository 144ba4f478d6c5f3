// What must be looked at before saving: how many cells, and the way to the next one.

import { button, element, icon, many } from "./dom.js";

export function attention(sheet, { preferences, filter, decided }) {
  const { edits } = sheet;
  const bar = element("div", { class: "notice attention", role: "group", "aria-label": "To look at", hidden: true });

  /** To the next cell that needs a look, wherever it hides. */
  function next() {
    const place = ({ row }) => sheet.positionOf(row) ?? Infinity;
    const number = (cell) => sheet.columns.findIndex((one) => one.field === cell.column);
    const cells = [...new Set([...edits.conflicts, ...edits.refused])].sort((a, b) => (place(a) === place(b) ? number(a) - number(b) : place(a) - place(b)));
    const { row, column } = sheet.selection.head;
    const after = cells.find((cell) => place(cell) > row || (place(cell) === row && number(cell) > column)) ?? cells[0];
    if (!after) return;
    if (preferences.hidden.has(after.column)) {
      preferences.show(after.column, true);
      sheet.arrange();
    }
    if (sheet.goTo(after.row, after.column)) return;
    filter.clear();
    sheet.built.then(() => sheet.goTo(after.row, after.column));
  }

  const all = (words, act) => button(words, () => {
    act(edits.conflicts);
    decided();
  });

  sheet.watch(() => {
    const { conflicts, refused } = edits;
    bar.hidden = !conflicts.length && !refused.length;
    const stamp = `${conflicts.length} ${refused.length}`;
    if (bar.dataset.drawn === stamp) return;
    bar.dataset.drawn = stamp;
    const said = [];
    if (conflicts.length) said.push(`Somebody else changed ${many(conflicts.length, "cell")}. Nothing is saved until you choose.`);
    if (refused.length) said.push(`${many(refused.length, "cell")} can't be saved as typed.`);
    const acts = [button("Next", next)];
    if (conflicts.length) acts.push(all("Keep all mine", (cells) => edits.keep(cells)), all("Take all theirs", (cells) => edits.take(cells)));
    bar.classList.toggle("tone-warn", !refused.length);
    bar.classList.toggle("tone-bad", refused.length > 0);
    const words = element("div", {}, ...said.map((one) => element("p", {}, one)));
    bar.replaceChildren(icon("alert"), element("div", {}, words, element("div", { class: "row" }, ...acts)));
  });

  return { bar, next };
}
