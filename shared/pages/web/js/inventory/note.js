// The words beside the current cell: why it is not taken, or whose number is to hold.

import { noteOf } from "./cell.js";
import { button, element } from "./dom.js";

export function note(sheet, decided) {
  const { edits, box } = sheet;
  const made = element("div", { class: "cell-note", id: "cell-note", hidden: true });

  const choice = (words, act) => button(words, () => {
    act();
    decided();
  });

  function draw() {
    const { row, column } = sheet.current;
    const typed = row && column.settable ? edits.of(row, column.field) : null;
    const words = sheet.editing ? null : noteOf(typed);
    const cell = words ? sheet.cellAt(sheet.selection.head.row, sheet.selection.head.column) : null;
    for (const described of sheet.root.querySelectorAll("[aria-describedby=cell-note]")) if (described !== cell) described.removeAttribute("aria-describedby");
    made.hidden = !cell || sheet.isCovered(cell);
    if (made.hidden) return;
    cell.setAttribute("aria-describedby", made.id);
    const stamp = [row.id, column.field, typed.text, words].join("\n");
    if (made.dataset.drawn !== stamp) {
      made.dataset.drawn = stamp;
      const clash = typed.now !== undefined;
      made.classList.toggle("tone-warn", clash);
      made.classList.toggle("tone-bad", !clash);
      made.replaceChildren(element("p", {}, words));
      if (clash) made.append(element("div", { class: "row" }, choice(`Keep ${typed.value}`, () => edits.keep([typed])), choice(`Take ${typed.now}`, () => edits.take([typed]))));
    }
    place(cell);
  }

  // Beside the cell, so that the ones under it stay in sight; under it where there is no room.
  function place(cell) {
    const frame = box.getBoundingClientRect();
    const at = cell.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = made;
    const beside = at.right - frame.left + 6;
    const fits = beside + width + 8 < frame.width;
    const left = fits ? beside : Math.max(8, at.right - frame.left - width);
    const under = fits ? at.top - frame.top : at.bottom - frame.top + 6;
    const over = fits ? frame.height - height - 8 : at.top - frame.top - height - 6;
    const top = under + height + 8 < frame.height ? under : over;
    made.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  made.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      sheet.focus();
    } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      [...made.querySelectorAll("button")].find((one) => one !== document.activeElement)?.focus();
    }
  });
  box.append(made);
  sheet.watch(draw);
  sheet.built.then(() => sheet.holder.addEventListener("scroll", draw));
  sheet.choose = () => made.querySelector("button")?.focus();
}
