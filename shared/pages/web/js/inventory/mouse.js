// Selecting by dragging, the fill handle, and touch.

import { fill } from "./changes.js";

export function mouse(sheet) {
  const { root } = sheet;
  let touched = false;

  root.addEventListener("pointerdown", (event) => {
    touched = event.pointerType === "touch";
    if (touched || event.button !== 0 || event.target.closest("a, input, button")) return;
    const place = sheet.placeOf(event.target);
    if (!place) return;
    if (event.target.closest(".fill-handle")) dragFill(sheet, event);
    else {
      sheet.endEdit(true);
      sheet.go(place.row, place.column, event.shiftKey);
      drag(sheet, event, (at) => sheet.go(at.row, at.column, true));
    }
  });
  // The focus was set by hand, and the text of many cells is not to be marked.
  root.addEventListener("mousedown", (event) => {
    if (sheet.placeOf(event.target) && !event.target.closest("a, input")) event.preventDefault();
  });
  root.addEventListener("dblclick", (event) => {
    if (sheet.placeOf(event.target) && !sheet.editing && !event.target.closest("a, .fill-handle")) sheet.edit();
  });
  // A finger scrolls; a tap selects, and a tap on the selected cell types in it.
  root.addEventListener("click", (event) => {
    const place = touched && !event.target.closest("a, input") ? sheet.placeOf(event.target) : null;
    if (!place) return;
    const { head } = sheet.selection;
    const again = head.row === place.row && head.column === place.column && sheet.cellAt(head.row, head.column) === document.activeElement;
    sheet.go(place.row, place.column);
    if (again && sheet.edits.of(sheet.current.row, sheet.current.column.field)?.now === undefined) sheet.edit();
  });
}

/** Follows the pointer over the cells until it is let go; beyond the edges the rows scroll. */
function drag(sheet, event, over, end = () => {}) {
  const { holder } = sheet;
  let pointer = event;
  let last = "";
  let turn = 0;
  const follow = () => {
    const frame = holder.getBoundingClientRect();
    const [left, right, top, bottom] = [frame.left, frame.left + holder.clientWidth, frame.top, frame.top + holder.clientHeight];
    const beyond = (at, low, high) => (at < low ? at - low : at > high ? at - high : 0);
    const [x, y] = [beyond(pointer.clientX, left, right), beyond(pointer.clientY, top, bottom)];
    if (x || y) holder.scrollBy(x / 4, y / 4);
    const inside = (at, low, high) => Math.max(low + 2, Math.min(at, high - 2));
    const place = sheet.placeOf(document.elementFromPoint(inside(pointer.clientX, left, right), inside(pointer.clientY, top, bottom)));
    if (place && `${place.row} ${place.column}` !== last) {
      last = `${place.row} ${place.column}`;
      over(place);
    }
    cancelAnimationFrame(turn);
    if (x || y) turn = requestAnimationFrame(follow);
  };
  const move = (event) => {
    pointer = event;
    follow();
  };
  const stop = () => {
    cancelAnimationFrame(turn);
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", stop);
    removeEventListener("pointercancel", stop);
    end();
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", stop);
  addEventListener("pointercancel", stop);
}

/** The selection grows along one side, and what it grew by is filled with what it held. */
function dragFill(sheet, event) {
  const from = { ...sheet.selection.box };
  let to = from;
  drag(
    sheet,
    event,
    (at) => {
      const rows = at.row > from.bottom ? at.row - from.bottom : at.row < from.top ? at.row - from.top : 0;
      const columns = at.column > from.right ? at.column - from.right : at.column < from.left ? at.column - from.left : 0;
      to = { ...from };
      if (Math.abs(rows) >= Math.abs(columns)) {
        if (rows > 0) to.bottom += rows;
        else to.top += rows;
      } else if (columns > 0) to.right += columns;
      else to.left += columns;
      sheet.select(to);
    },
    () => {
      if (to.top < from.top) fill(sheet, from, { ...to, bottom: from.top - 1 });
      else if (to.bottom > from.bottom) fill(sheet, from, { ...to, top: from.bottom + 1 });
      else if (to.left < from.left) fill(sheet, from, { ...to, right: from.left - 1 });
      else if (to.right > from.right) fill(sheet, from, { ...to, left: from.right + 1 });
    },
  );
}
