// What stands around the grid: the tools, how much has come, Save, the status line.

import { attention } from "./attention.js";
import { fillDown, redo, undo } from "./changes.js";
import { columnMenu } from "./column-menu.js";
import { button, digits, element, icon, many } from "./dom.js";
import { note } from "./note.js";

const KEYS = [
  ["Enter, F2", "Type in the cell; Enter again commits and goes down"],
  ["Enter", "At a conflict: to the choice"],
  ["Shift + arrows", "Select cells"],
  ["Ctrl + C, Ctrl + V", "Copy and paste, also from spreadsheets"],
  ["Ctrl + D", "Fill down"],
  ["Ctrl + Z, Ctrl + Y", "Undo, redo"],
  ["Ctrl + Home, Ctrl + End", "First cell, last cell"],
];

export function surroundings(page) {
  const plain = page.querySelector("[data-plain]");
  const status = element("p", { class: "sheet-status", role: "status" });
  const box = element("div", { class: "sheet-box", "aria-busy": "true" });
  const count = element("p", { class: "sheet-count" }, "Loading…");
  const progress = element("progress", { "aria-label": "Rows loaded" });
  const none = element("div", { class: "sheet-none", hidden: true });
  const tools = element("div", { class: "sheet-tools" });
  const saving = element("div", { class: "save-bar" });
  const whole = element("div", { class: "inventory" }, tools, box, saving);
  let loading = true;
  let drawCount = () => {};

  plain.hidden = true;
  page.classList.add("enhanced");
  plain.before(whole);

  const say = (words, tone = "plain") => {
    status.className = `sheet-status ${tone}`;
    status.textContent = words;
  };

  function attach(sheet, { preferences, columns, filter, save }) {
    const { edits } = sheet;
    const decided = () => {
      sheet.paint();
      const left = edits.conflicts.length;
      say(left ? `${many(left, "cell")} left to choose.` : edits.size ? "Save to book it." : "Theirs are taken; nothing is left to save.");
      sheet.focus();
    };
    const look = attention(sheet, { preferences, filter, decided });
    box.before(look.bar);
    box.append(none);
    note(sheet, decided);
    if (columns.some((column) => column.settable)) {
      tools.append(editTools(sheet));
      saving.append(...saveAndDiscard(sheet, save, look.next, say));
    }
    saving.append(status);
    tools.append(element("div", { class: "sheet-loading" }, count, progress), columnMenu(columns, preferences, sheet));
    listKeys(document.querySelector("#keys dl"));

    drawCount = () => {
      if (loading) return;
      count.textContent = filter.active ? `${digits(sheet.order.length)} of ${many(sheet.rows.length, "row")}` : many(sheet.rows.length, "row");
      none.hidden = sheet.order.length > 0;
      const stamp = sheet.rows.length ? "filtered" : "none";
      if (none.hidden || none.dataset.drawn === stamp) return;
      none.dataset.drawn = stamp;
      if (sheet.rows.length) none.replaceChildren(element("p", { class: "strong" }, "No row matches."), button("Clear the filters", () => filter.clear()));
      else none.replaceChildren(element("p", { class: "strong" }, "No stock yet."), element("p", { class: "muted" }, "Every SKU appears here, with what lies where."));
    };
    sheet.watch(drawCount);
  }

  return {
    box,
    say,
    attach,
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
      drawCount();
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

function editTools(sheet) {
  const undoTool = tool("undo", "Undo", "Ctrl+Z", () => undo(sheet));
  const redoTool = tool("redo", "Redo", "Ctrl+Y", () => redo(sheet));
  sheet.watch(() => {
    undoTool.setAttribute("aria-disabled", String(!sheet.edits.canUndo));
    redoTool.setAttribute("aria-disabled", String(!sheet.edits.canRedo));
  });
  return element("div", { class: "tool-group", role: "group", "aria-label": "Edit" }, undoTool, redoTool, tool("fill", "Fill down", "Ctrl+D", () => fillDown(sheet)));
}

function tool(picture, words, keys, press) {
  const made = button("", press, "tool");
  made.append(icon(picture), element("span", { class: "visually-hidden" }, words));
  made.title = `${words} (${keys})`;
  return made;
}

function saveAndDiscard(sheet, save, next, say) {
  const { edits } = sheet;
  const press = button("Save", async () => {
    press.setAttribute("aria-busy", "true");
    const look = await save();
    press.removeAttribute("aria-busy");
    if (look) next();
  }, "button");
  const discard = button("Discard", () => {
    const gone = edits.discard();
    sheet.paint();
    say(`Discarded ${many(gone, "change")}. Undo brings ${gone === 1 ? "it" : "them"} back.`);
    sheet.focus();
  });
  let drawn = -1;
  sheet.watch(() => {
    if (drawn === edits.size) return;
    drawn = edits.size;
    press.textContent = edits.size ? `Save ${many(edits.size, "change")}` : "Save";
    discard.hidden = !edits.size;
  });
  return [press, discard];
}

/** The desk's list of keys, which "?" opens, learns the grid's. */
function listKeys(list) {
  if (!list) return;
  for (const [keys, words] of KEYS) list.append(element("dt", {}, element("kbd", {}, keys)), element("dd", {}, words));
}
