// Which columns are shown, and how many stay while the rest scrolls sideways.

import { button, element, icon } from "./dom.js";

export function columnMenu(columns, preferences, sheet) {
  const opener = button("", () => toggle(), "button quiet");
  const panel = element("div", { class: "column-panel", id: "column-panel", role: "group", "aria-label": "Columns", hidden: true });
  const menu = element("div", { class: "column-menu" }, opener, panel);
  opener.append(icon("columns"), "Columns");
  opener.setAttribute("aria-expanded", "false");
  opener.setAttribute("aria-controls", panel.id);

  const toggle = (open = panel.hidden) => {
    panel.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
  };

  const frozen = element("select", { class: "select", id: "frozen" });
  ["SKU", "SKU and product", "SKU to location"].forEach((words, number) => {
    const option = element("option", { value: String(number + 1) }, words);
    option.selected = preferences.frozen === number + 1;
    frozen.append(option);
  });
  frozen.addEventListener("change", () => {
    preferences.freeze(Number(frozen.value));
    sheet.arrange();
  });

  for (const column of columns.slice(1)) {
    const box = element("input", { type: "checkbox", "data-column": column.field });
    box.checked = !preferences.hidden.has(column.field);
    box.addEventListener("change", () => {
      preferences.show(column.field, box.checked);
      sheet.arrange();
    });
    panel.append(element("label", { class: "column-choice" }, box, element("span", {}, column.title), ...(column.everywhere ? [element("span", { class: "muted small" }, "all locations")] : [])));
  }
  const numbersFirst = columns[1].number;
  if (!numbersFirst) panel.append(element("div", { class: "field" }, element("label", { for: "frozen" }, "Stay in sight"), frozen));

  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || panel.hidden) return;
    toggle(false);
    opener.focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!menu.contains(event.target)) toggle(false);
  });
  return menu;
}
