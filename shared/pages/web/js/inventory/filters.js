// The page's filter form, at work on the grid.

import { counted } from "./edits.js";

export function filters(form, sheet) {
  const field = (name) => form?.elements[name];
  const value = (name) => field(name)?.value.trim() ?? "";

  const apply = () => {
    const words = value("q").toLowerCase().split(/\s+/).filter(Boolean);
    const place = value("location");
    const typed = value("below");
    const below = typed ? counted(typed) : {};
    if (below.why) field("below").setAttribute("aria-invalid", "true");
    else field("below")?.removeAttribute("aria-invalid");
    sheet.filter((row) => {
      if (place && row.location !== place) return false;
      if (below.value !== undefined && !(row.available < below.value)) return false;
      const text = `${row.sku} ${row.title}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    if (below.why) sheet.say(`Available below: ${below.why}`, "bad");
  };

  const remember = () => {
    const url = new URL(location.href);
    for (const name of ["q", "location", "below"]) {
      if (value(name)) url.searchParams.set(name, value(name));
      else url.searchParams.delete(name);
    }
    history.replaceState(history.state, "", url);
  };

  form?.addEventListener("input", apply);
  form?.addEventListener("change", remember);
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    apply();
    remember();
  });
  if (["q", "location", "below"].some(value)) apply();

  return {
    get active() {
      return ["q", "location", "below"].some(value);
    },
    clear() {
      for (const name of ["q", "location", "below"]) if (field(name)) field(name).value = "";
      apply();
      remember();
    },
  };
}
