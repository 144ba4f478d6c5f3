// The desk's extras: keys, more rows for variants, a question before leaving.

import "./behaviour.js";
import "./upload.js";
import "./scan.js";

const OFF = "desk-keys-off";
const keysOn = () => localStorage.getItem(OFF) === null;
let leader = 0;

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !keysOn()) return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  if (event.key === "g") {
    leader = event.timeStamp;
    return;
  }
  if (leader && event.timeStamp - leader < 1500) {
    leader = 0;
    const link = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (link) {
      event.preventDefault();
      link.click();
    }
    return;
  }
  if (event.key === "/") {
    const search = document.querySelector("[data-search]");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  }
  if (event.key === "?") document.getElementById("keys")?.showModal();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys]")) document.getElementById("keys")?.showModal();
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  const add = event.target.closest("[data-add-row]");
  if (add) addRow(add);
});

const toggle = document.getElementById("keys-off");
if (toggle) {
  toggle.checked = !keysOn();
  toggle.addEventListener("change", () => {
    if (toggle.checked) localStorage.setItem(OFF, "1");
    else localStorage.removeItem(OFF);
  });
}

// The template's row says __n__ where the row's number goes.
function addRow(button) {
  const template = document.getElementById(button.dataset.addRow);
  const body = document.getElementById(template.dataset.into);
  const number = body.rows.length;
  const html = template.innerHTML.replaceAll("__n__", String(number));
  body.insertAdjacentHTML("beforeend", html);
  body.rows[number]?.querySelector("input")?.focus();
}

// Unsaved work is not lost by a stray click.
for (const form of document.querySelectorAll("[data-unsaved]")) {
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}
