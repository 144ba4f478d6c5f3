// Elements, in few words.

/** Makes an element; `attributes` as in HTML, children are nodes or texts. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value == null) continue;
    made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

export function button(words, press, look = "button quiet") {
  const made = element("button", { type: "button", class: look }, words);
  made.addEventListener("click", press);
  return made;
}

const PATHS = {
  alert: "M12 4 2.8 20h18.4zM12 10v4.5M12 17.3h.01",
  undo: "M9 5 4.5 9.5 9 14M5 9.5h9a5 5 0 0 1 0 10h-4",
  redo: "M15 5l4.5 4.5L15 14M19 9.5h-9a5 5 0 0 0 0 10h4",
  fill: "M5 4h14v5H5zM12 12v8M8.5 16.5 12 20l3.5-3.5",
  columns: "M4 5h16v14H4zM9.3 5v14M14.7 5v14",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  for (const [key, value] of Object.entries({ class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" })) {
    svg.setAttribute(key, value);
  }
  svg.append(path);
  return svg;
}

const number = new Intl.NumberFormat("en");

/** "1 change", "3,000 changes". */
export function many(count, word, plural = `${word}s`) {
  return `${number.format(count)} ${count === 1 ? word : plural}`;
}

export const digits = (count) => number.format(count);
