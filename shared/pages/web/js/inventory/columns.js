// The columns: what they are called, how wide, what of them may be set.

const QUANTITIES = [
  ["on_hand", "On hand"],
  ["committed", "Committed"],
  ["reserved", "Reserved"],
  ["available", "Available"],
  ["incoming", "Incoming"],
  ["damaged", "Damaged"],
  ["quality_control", "Quality check"],
  ["buffer", "Buffer"],
];

/** Of the whole SKU, wherever it lies. */
const EVERYWHERE = new Set(["reserved", "available"]);

/** Shown only when asked for, unless they may be set. */
const SELDOM = new Set(["damaged", "quality_control", "buffer"]);

/** Every column in its order. */
export function columnsOf({ edits = "", ledger }, places) {
  const settable = new Set(edits.split(" ").filter(Boolean));
  const words = [
    { field: "sku", title: "SKU", width: 168, href: ledger ? (row) => ledger + encodeURIComponent(row.sku) : null },
    { field: "title", title: "Product", minWidth: 184 },
    { field: "location", title: "Location", width: 120, show: (row) => places.get(row.location) ?? row.location },
  ];
  const quantities = QUANTITIES.map(([field, title]) => ({
    field,
    title,
    number: true,
    settable: settable.has(field),
    everywhere: EVERYWHERE.has(field),
    seldom: SELDOM.has(field) && !settable.has(field),
    width: settable.has(field) ? 176 : Math.max(104, title.length * 8 + 44),
  }));
  const [sku, ...rest] = words;
  // On a phone two columns are in sight: what it is, and what may be set.
  if (!matchMedia("(min-width: 48rem)").matches) return [sku, ...quantities.filter((one) => one.settable), ...rest, ...quantities.filter((one) => !one.settable)];
  return [...words, ...quantities];
}

const NOTHING = { on_hand: 0, committed: 0, incoming: 0, damaged: 0, quality_control: 0, buffer: 0 };

/** The rows of an item: one a location; where it lies nowhere yet, one of the first place. */
export function rowsOf({ sku, title, available, reserved, locations }, place) {
  const lying = locations.length || !place ? locations : [{ location: place, ...NOTHING }];
  return lying.map((at) => ({ id: `${sku}\n${at.location}`, sku, title, available, reserved, ...at, saved: { ...at } }));
}
