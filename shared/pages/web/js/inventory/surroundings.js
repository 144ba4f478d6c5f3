// What stands around the grid: tools, what is loading, what needs a look, Save, the status line.

import { fillDown, redo, undo } from "./changes.js";
import { noteOf } from "./cell.js";
import { columnMenu } from "./column-menu.js";
import { button, digits, element, icon, many } from "./dom.js";

const KEYS = [
  ["Enter, F2", "Type in the cell; Enter again commits and goes down"],
  ["Shift + arrows", "Select cells"],
  ["Ctrl + C, Ctrl + V", "Copy and paste, also from spreadsheets"],
  ["Ctrl + D", "Fill down"],
  ["Ctrl + Z, Ctrl + Y", "Undo, redo"],
  ["Ctrl + Home, Ctrl + End", "First cell, last cell"],
];

export function surroundings(page, edits) {
  const plain = page.querySelector("[data-plain]");
  const status = element("p", { class: "sheet-status", role: "status" });
  const box = element("div", { class: "sheet-box", "aria-busy": "true" });
  const count = element("p", { class: "sheet-count" }, "Loading…");
  const progress = element("progress", { "aria-label": "Rows loaded" });
  const attention = element("div", { class: "notice attention", role: "group", "aria-label": "To look at", hidden: true });
  const none = element("div", { class: "sheet-none", hidden: true });
  const note = element("div", { class: "cell-note", id: "cell-note", hidden: true });
  const tools = element("div", { class: "sheet-tools" });
  const bar = element("div", { class: "save-bar" });
  const whole = element("div", { class: "stack-s inventory" }, tools, attention, box, bar);
  let loading = true;

  plain.hidden = true;
  page.classList.add("enhanced");
  plain.before(whole);

  const say = (words, tone = "plain") => {
    status.className = `sheet-status ${tone}`;
    status.textContent = words;
  };

  function attach(sheet, { preferences, columns, filter, save }) {
    const undoButton = tool("undo", "Undo", "Ctrl+Z", () => undo(sheet));
    const redoButton = tool("redo", "Redo", "Ctrl+Y", () => redo(sheet));
    const saving = button("Save", async () => {
      saving.setAttribute("aria-busy", "true");
      const look = await save();
      saving.removeAttribute("aria-busy");
      if (look) next();
    }, "button");
    const discard = button("Discard", () => {
      const gone = edits.discard();
      sheet.paint();
      say(`Discarded ${many(gone, "change")}. Undo brings ${gone === 1 ? "it" : "them"} back.`);
      sheet.focus();
    });
    const settable = columns.some((column) => column.settable);

    if (settable) tools.append(element("div", { class: "tool-group", role: "group", "aria-label": "Edit" }, undoButton, redoButton, tool("fill", "Fill down", "Ctrl+D", () => fillDown(sheet))));
    tools.append(element("div", { class: "sheet-loading" }, count, progress), columnMenu(columns, preferences, sheet));
    bar.append(...(settable ? [saving, discard] : []), status);
    box.append(none, note);
    keysOf(document.querySelector("#keys dl"));
    sheet.choose = () => note.querySelector("button")?.focus();

    /** To the next cell that needs a look, wherever it hides. */
    function next() {
      const place = ({ row }) => sheet.positionOf(row) ?? Infinity;
      const cells = [...new Set([...edits.conflicts, ...edits.refused])].sort((a, b) => place(a) - place(b));
      const { row, column } = sheet.selection.head;
      const number = (cell) => sheet.columns.findIndex((one) => one.field === cell.column);
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

    function decided(words) {
      sheet.paint();
      const left = edits.conflicts.length;
      say(`${words} ${left ? `${many(left, "cell")} left to choose.` : "Save to book it."}`);
      sheet.focus();
    }

    function drawAttention() {
      const conflicts = edits.conflicts;
      const refused = edits.refused;
      attention.hidden = !conflicts.length && !refused.length;
      const stamp = `${conflicts.length} ${refused.length}`;
      if (attention.dataset.drawn === stamp) return;
      attention.dataset.drawn = stamp;
      const said = [];
      if (conflicts.length) said.push(`Somebody else changed ${many(conflicts.length, "cell")}. Nothing is saved until you choose.`);
      if (refused.length) said.push(`${many(refused.length, "cell")} can't be saved as typed.`);
      const acts = [button("Next", next)];
      if (conflicts.length) {
        acts.push(
          button("Keep all mine", () => {
            edits.keep(edits.conflicts);
            decided("Yours are kept.");
          }),
          button("Take all theirs", () => {
            edits.take(edits.conflicts);
            decided("Theirs are taken.");
          }),
        );
      }
      attention.classList.toggle("tone-warn", !refused.length);
      attention.classList.toggle("tone-bad", refused.length > 0);
      attention.replaceChildren(icon("alert"), element("div", {}, ...said.map((words) => element("p", {}, words)), element("div", { class: "row" }, ...acts)));
    }

    function drawNote() {
      const { row, column } = sheet.current;
      const typed = row && column.settable ? edits.of(row, column.field) : null;
      const words = sheet.editing ? null : noteOf(typed);
      const cell = words ? sheet.cellAt(sheet.selection.head.row, sheet.selection.head.column) : null;
      for (const described of sheet.root.querySelectorAll("[aria-describedby=cell-note]")) if (described !== cell) described.removeAttribute("aria-describedby");
      note.hidden = !cell || sheet.isCovered(cell);
      if (note.hidden) return;
      cell.setAttribute("aria-describedby", note.id);
      const stamp = [row.id, column.field, typed.text, words].join("\n");
      if (note.dataset.drawn !== stamp) {
        note.dataset.drawn = stamp;
        note.classList.toggle("tone-warn", typed.now !== undefined);
        note.classList.toggle("tone-bad", typed.now === undefined);
        note.replaceChildren(element("p", {}, words));
        if (typed.now !== undefined) note.append(choices(typed));
      }
      const frame = box.getBoundingClientRect();
      const at = cell.getBoundingClientRect();
      const below = at.bottom - frame.top + 6;
      const top = below + note.offsetHeight < frame.height ? below : at.top - frame.top - note.offsetHeight - 6;
      const left = Math.max(8, Math.min(at.right - frame.left - note.offsetWidth, frame.width - note.offsetWidth - 8));
      note.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
    }

    function choices(typed) {
      const keep = button(`Keep ${typed.value}`, () => {
        edits.keep([typed]);
        decided(`${typed.value} is kept.`);
      });
      const take = button(`Take ${typed.now}`, () => {
        const { now } = typed;
        edits.take([typed]);
        decided(`${now} is taken.`);
      });
      return element("div", { class: "row" }, keep, take);
    }

    note.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.preventDefault();
        sheet.focus();
      } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
        const all = [...note.querySelectorAll("button")];
        all.find((one) => one !== document.activeElement)?.focus();
      }
    });

    function drawCount() {
      if (!loading) count.textContent = filter.active ? `${digits(sheet.order.length)} of ${many(sheet.rows.length, "row")}` : many(sheet.rows.length, "row");
      none.hidden = loading || sheet.order.length > 0;
      const stamp = sheet.rows.length ? "hidden" : "none";
      if (none.hidden || none.dataset.drawn === stamp) return;
      none.dataset.drawn = stamp;
      if (sheet.rows.length) none.replaceChildren(element("p", { class: "strong" }, "No row matches."), button("Clear the filters", () => filter.clear()));
      else none.replaceChildren(element("p", { class: "strong" }, "No stock yet."), element("p", { class: "muted" }, "Every SKU appears here, with what lies where."));
    }

    let drawn = -1;
    sheet.watch(() => {
      if (drawn !== edits.size) {
        drawn = edits.size;
        saving.textContent = edits.size ? `Save ${many(edits.size, "change")}` : "Save";
        discard.hidden = !edits.size;
      }
      undoButton.setAttribute("aria-disabled", String(!edits.canUndo));
      redoButton.setAttribute("aria-disabled", String(!edits.canRedo));
      drawAttention();
      drawNote();
      drawCount();
    });
    this.drawCount = drawCount;
    sheet.built.then(() => sheet.holder.addEventListener("scroll", drawNote));
  }

  return {
    box,
    say,
    attach,
    drawCount() {},
    loading(items, total) {
      loading = true;
      progress.hidden = false;
      if (total) Object.assign(progress, { max: Math.max(total, items), value: items });
      count.textContent = items ? `${digits(items)}${total ? ` of about ${digits(Math.max(total, items))}` : ""} SKUs loaded` : "Loading…";
    },
    loaded() {
      loading = false;
      progress.hidden = true;
      box.removeAttribute("aria-busy");
      this.drawCount();
    },
    /** Not one row came: the table that the page brought does its work. */
    unavailable() {
      whole.hidden = true;
      plain.hidden = false;
      page.classList.remove("enhanced");
      const words = "The spreadsheet could not be loaded. The table below does the same, page by page.";
      plain.before(element("div", { class: "notice tone-warn", role: "status" }, icon("alert"), element("div", {}, element("p", {}, words))));
    },
    interrupted(again) {
      progress.hidden = true;
      const retry = button("Load the rest", () => {
        retry.remove();
        again();
      });
      count.after(retry);
      say("The connection broke while rows were loading. What is here can be worked with.", "bad");
    },
  };
}

function tool(picture, words, keys, press) {
  const made = button("", press, "tool");
  made.append(icon(picture), element("span", { class: "visually-hidden" }, words));
  made.title = `${words} (${keys})`;
  return made;
}

/** The desk's list of keys, which "?" opens, learns the grid's. */
function keysOf(list) {
  if (!list) return;
  for (const [keys, words] of KEYS) list.append(element("dt", {}, element("kbd", {}, keys)), element("dd", {}, words));
}
