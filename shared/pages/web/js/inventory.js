// The inventory as a spreadsheet. The page works without it: a table with forms.
//
// What the page gives (GET /desk/stock):
//   <section data-inventory          one a page
//     data-rows="URL"                GET answers {"items": [...], "next": cursor or null}; `cursor=` is added for what follows. An item is
//                                    {sku, title, available, reserved, locations: [{location, on_hand, committed, incoming, damaged,
//                                    quality_control, buffer}]}. All stock, unfiltered: the filters work here. Pages of 500 or more
//                                    load fastest.
//     data-save="URL"                POST, see save.js
//     data-csrf="token"              sent as the header x-csrf-token
//     data-edits="on_hand damaged"   the quantities that this person may set; empty: to read only
//     data-total="10000"             about how many SKUs there are; may be absent
//     data-ledger="/desk/stock/">    a SKU is a link to this and its name; may be absent
//     <form data-filter>             GET, with `q`, `location` (a select: ids and names, the empty one first) and `below`; any may be absent
//     <div data-plain>               the table with its forms: stays without scripts, or where the rows cannot be loaded
//
// The filters are then the grid's own, and stay in the address. A `#keys dl` learns the grid's keys.
// inventory.css and inventory.js stand beside desk.css and desk.js.

import { columnsOf } from "./inventory/columns.js";
import { Edits } from "./inventory/edits.js";
import { filters } from "./inventory/filters.js";
import { keyboard } from "./inventory/keyboard.js";
import { load } from "./inventory/load.js";
import { mouse } from "./inventory/mouse.js";
import { Preferences } from "./inventory/preferences.js";
import { saver } from "./inventory/save.js";
import { Sheet } from "./inventory/sheet.js";
import { surroundings } from "./inventory/surroundings.js";
import { transfer } from "./inventory/transfer.js";

const page = document.querySelector("[data-inventory]");
if (page) start(page);

function start(page) {
  const form = page.querySelector("[data-filter]");
  const places = new Map([...(form?.elements.location?.options ?? [])].map((option) => [option.value, option.label]));
  const edits = new Edits();
  const columns = columnsOf(page.dataset, places);
  const preferences = new Preferences(columns);
  const around = surroundings(page);
  const sheet = new Sheet(around.box, { columns, preferences, edits, say: around.say });
  const filter = filters(form, sheet);

  around.attach(sheet, { preferences, columns, filter, save: saver(page.dataset, edits, sheet, around.say) });
  keyboard(sheet);
  mouse(sheet);
  transfer(sheet);
  load(page.dataset, places, sheet, around);

  addEventListener("beforeunload", (event) => {
    if (edits.size) event.preventDefault();
  });
}
