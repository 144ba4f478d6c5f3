// Which columns this person looks at, kept on this device where it may be.

const KEY = "inventory-columns";

export class Preferences {
  #columns;
  hidden;
  frozen;

  constructor(columns) {
    this.#columns = columns;
    let kept = null;
    try {
      kept = JSON.parse(localStorage.getItem(KEY));
    } catch {
      // Denied or not ours: as new.
    }
    const known = kept && Array.isArray(kept.hidden) && [1, 2, 3].includes(kept.frozen);
    this.hidden = new Set(known ? kept.hidden : columns.filter((column) => column.seldom).map((column) => column.field));
    this.frozen = known ? kept.frozen : this.#usual();
  }

  // A phone has no room for a second column that stays.
  #usual() {
    return matchMedia("(min-width: 64rem)").matches ? 2 : 1;
  }

  get shown() {
    return this.#columns.filter((column) => column.field === "sku" || !this.hidden.has(column.field));
  }

  show(field, yes) {
    if (yes) this.hidden.delete(field);
    else this.hidden.add(field);
    this.#keep();
  }

  freeze(count) {
    this.frozen = count;
    this.#keep();
  }

  #keep() {
    try {
      localStorage.setItem(KEY, JSON.stringify({ hidden: [...this.hidden], frozen: this.frozen }));
    } catch {
      // Denied: it holds until the page is left.
    }
  }
}
