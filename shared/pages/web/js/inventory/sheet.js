// The grid: Tabulator draws, scrolls, sorts and filters; what is selected, typed
// and focused is ours. Tabulator's own ranges walk every row at every step, and
// leave the focus behind.

import { FilterModule, FormatModule, FrozenColumnsModule, ResizeTableModule, SortModule, Tabulator } from "tabulator-tables";
import { drawCell, editorOf } from "./cell.js";
import { element } from "./dom.js";
import { Selection } from "./selection.js";

Tabulator.registerModule([FilterModule, FormatModule, FrozenColumnsModule, ResizeTableModule, SortModule]);

const ROW_HEIGHT = matchMedia("(pointer: coarse)").matches ? 44 : 36;
const alphabet = new Intl.Collator("en", { numeric: true });

export class Sheet {
  /** Rows that pass the filter, in the order shown. */
  order = [];
  rows = [];
  columns = [];
  built;
  editing = null;
  #positions = new Map();
  #lines = new WeakMap();
  #rowOf = new WeakMap();
  #here = null;
  #held = false;
  #parked = false;
  #stop = null;
  #watchers = [];
  #handle = element("span", { class: "fill-handle", "aria-hidden": "true" });

  constructor(box, { columns, preferences, edits, say }) {
    Object.assign(this, { box, preferences, edits, say });
    this.columns = preferences.shown;
    this.selection = new Selection(() => ({ rows: this.order.length, columns: this.columns.length }));
    this.selection.move(0, Math.max(0, this.columns.findIndex((column) => column.settable)));
    this.root = element("div", { "aria-label": "Inventory", "aria-multiselectable": "true", class: "sheet" });
    box.append(this.root);
    this.table = new Tabulator(this.root, {
      index: "id",
      height: "100%",
      rowHeight: ROW_HEIGHT,
      layout: "fitColumns",
      columnHeaderSortMulti: false,
      columns: this.#definitions(),
      rowFormatter: (row) => this.#line(row.getElement(), row.getData()),
    });
    this.built = new Promise((resolve) => this.table.on("tableBuilt", resolve)).then(() => this.#begin());
  }

  /** Calls `watcher` after whatever changed what is shown. */
  watch(watcher) {
    this.#watchers.push(watcher);
  }

  get current() {
    const { row, column } = this.selection.head;
    return { row: this.order[row], column: this.columns[column] };
  }

  get pageOfRows() {
    return Math.max(1, Math.floor(this.holder.clientHeight / ROW_HEIGHT) - 1);
  }

  /** The cell's element, while it is drawn. */
  cellAt(row, column) {
    const line = this.#lines.get(this.order[row]);
    return line?.isConnected ? line.children[column] : null;
  }

  /** Where a drawn element lies; null outside of the rows. */
  placeOf(target) {
    const cell = target?.closest?.(".tabulator-cell");
    const row = cell && this.#positions.get(this.#rowOf.get(cell.parentElement));
    return row === undefined || row === null ? null : { row, column: [...cell.parentElement.children].indexOf(cell) };
  }

  positionOf(row) {
    return this.#positions.get(row);
  }

  async append(rows) {
    await this.built;
    const first = !this.rows.length;
    this.rows.push(...rows);
    // Only setData measures the columns; only addData leaves the scrolling alone.
    await (first ? this.table.setData(rows) : this.table.addData(rows, false));
    this.paint();
  }

  filter(keeps) {
    this.built.then(() => {
      this.#finish();
      this.table.setFilter(keeps);
    });
  }

  /** Columns were chosen, or frozen. */
  arrange() {
    const field = this.current.column?.field;
    this.#finish();
    const sorted = this.table.getSorters().map(({ field, dir }) => ({ column: field, dir }));
    const left = this.holder.scrollLeft;
    const top = this.holder.scrollTop;
    this.columns = this.preferences.shown;
    this.table.setColumns(this.#definitions());
    if (sorted.length) this.table.setSort(sorted.filter((one) => this.columns.some((column) => column.field === one.column)));
    const kept = this.columns.findIndex((column) => column.field === field);
    this.selection.move(this.selection.head.row, kept < 0 ? 0 : kept);
    this.holder.scrollTo(left, top);
    this.#dressHeader();
    this.paint();
  }

  /** Moves the selection's head, scrolls there and focuses it. */
  go(row, column, extend = false) {
    this.selection.move(row, column, extend);
    this.show();
  }

  /** Selects a box, with the focus where it was. */
  select({ top, left, bottom, right }) {
    this.selection.move(top, left);
    this.selection.move(bottom, right, true);
    this.show();
  }

  /** Selects a cell wherever it is; false where the filter hides it. */
  goTo(row, field) {
    const at = this.#positions.get(row);
    const column = this.columns.findIndex((one) => one.field === field);
    if (at === undefined || column < 0) return false;
    this.go(at, column);
    return true;
  }

  show() {
    this.#reveal();
    this.paint();
    this.focus();
  }

  focus() {
    this.#held = true;
    this.#stop?.focus({ preventScroll: true });
  }

  /** Starts typing in the current cell; `over` empties it for the key that comes. */
  edit(over = false) {
    const { row, column } = this.current;
    if (!row) return;
    if (!column.settable) {
      this.say(`${column.title} can't be changed here.`);
      return;
    }
    this.show();
    const { row: at, column: number } = this.selection.head;
    const cell = this.cellAt(at, number);
    if (!cell) return;
    // A redraw, as when a phone's keyboard opens, would take the field away.
    this.table.blockRedraw();
    const input = editorOf(row, column, over ? "" : this.edits.text(row, column.field));
    this.editing = { row, column, input, over };
    cell.classList.add("typing");
    cell.replaceChildren(input);
    input.addEventListener("blur", () => this.#finish());
    input.focus({ preventScroll: true });
    input.select();
  }

  /** Ends typing; `keep` false forgets it. */
  endEdit(keep) {
    if (!this.editing) return;
    const { row, column, input } = this.editing;
    this.editing = null;
    const cell = input.parentElement;
    cell?.classList.remove("typing");
    if (cell) delete cell.dataset.drawn;
    if (keep) this.put([{ row, column: column.field, text: input.value }]);
    else this.paint();
    this.table.restoreRedraw();
  }

  #finish() {
    this.endEdit(true);
  }

  /** Whether a cell lies under the frozen columns, or outside of the frame. */
  isCovered(cell) {
    const at = cell.getBoundingClientRect();
    const frame = this.holder.getBoundingClientRect();
    const frozen = cell.classList.contains("tabulator-frozen") ? 0 : this.#frozenWidth();
    return at.bottom <= frame.top || at.top >= frame.bottom || at.right <= frame.left + frozen || at.left >= frame.right;
  }

  /** Writes texts as one step. */
  put(changes) {
    const count = this.edits.put(changes);
    const refused = changes.filter(({ row, column }) => this.edits.of(row, column)?.why);
    this.paint();
    if (refused.length === 1) this.say(this.edits.of(refused[0].row, refused[0].column).why, "bad");
    else if (refused.length) this.say(`${refused.length} cells are not whole numbers. They are marked.`, "bad");
    return count;
  }

  /** Draws the present state onto the rows that are in the document. */
  paint() {
    const { box, head, isOne } = this.selection;
    this.root.setAttribute("aria-rowcount", String(this.order.length + 1));
    for (const line of this.body.children) {
      const row = this.#rowOf.get(line);
      const at = this.#positions.get(row);
      if (at === undefined) continue;
      line.setAttribute("aria-rowindex", String(at + 2));
      line.classList.toggle("here", at === head.row);
      const inRows = at >= box.top && at <= box.bottom;
      this.columns.forEach((column, number) => {
        const cell = line.children[number];
        if (!cell || cell.contains(this.editing?.input)) return;
        drawCell(cell, row, column, this.edits);
        const selected = inRows && number >= box.left && number <= box.right;
        cell.classList.toggle("in-range", selected && !isOne);
        cell.classList.toggle("range-top", selected && at === box.top);
        cell.classList.toggle("range-bottom", selected && at === box.bottom);
        cell.classList.toggle("range-left", selected && number === box.left);
        cell.classList.toggle("range-right", selected && number === box.right);
        cell.classList.toggle("cursor", at === head.row && number === head.column);
        cell.setAttribute("aria-selected", String(selected));
      });
    }
    this.#placeHandle(box);
    this.#placeStop(head);
    for (const watcher of this.#watchers) watcher();
  }

  #begin() {
    this.holder = this.root.querySelector(".tabulator-tableholder");
    this.body = this.root.querySelector(".tabulator-table");
    this.header = this.root.querySelector(".tabulator-header");
    this.header.tabIndex = -1;
    // What can have the focus must have a role, and the grid's children are groups of rows.
    this.root.removeAttribute("aria-owns");
    this.holder.setAttribute("role", "rowgroup");
    this.body.setAttribute("role", "presentation");
    this.#dressHeader();
    this.#reorder();
    this.table.on("renderComplete", () => {
      this.#reorder();
      this.paint();
      this.#hold();
    });
    this.table.on("scrollVertical", () => {
      this.paint();
      this.#hold();
    });
    this.table.on("dataSorted", () => this.#dressHeader());
    this.root.addEventListener("focusin", (event) => {
      this.#held = true;
      // The rows' frame has the tab stop only while the current cell is out of sight.
      if (event.target === this.holder && !this.#parked && this.order.length) this.show();
    });
    this.root.addEventListener("focusout", (event) => {
      if (this.root.contains(event.relatedTarget)) return;
      // A cell that scrolled away takes the focus with it; that is no leaving.
      queueMicrotask(() => {
        if (event.target.isConnected) this.#held = false;
      });
    });
    this.paint();
  }

  #definitions() {
    const firstNumber = this.columns.findIndex((column) => column.number);
    const frozen = Math.min(this.preferences.frozen, firstNumber < 0 ? Infinity : firstNumber);
    return this.columns.map((column, number) => ({
      field: column.field,
      title: column.title,
      ...(column.width ? { width: column.width, minWidth: column.width } : { minWidth: column.minWidth }),
      frozen: number < frozen,
      cssClass: [column.number && "num", column.settable && "settable", column.field].filter(Boolean).join(" "),
      sorter: column.number ? (a, b) => a - b : (a, b) => alphabet.compare(a, b),
      headerSortTristate: true,
      titleFormatter: () => element("button", { type: "button", tabindex: "-1", class: "sort", title: column.everywhere && "At all locations together" }, column.title),
      formatter: (cell) => this.#cell(cell.getElement(), column, number),
    }));
  }

  #cell(cell, column, number) {
    cell.tabIndex = -1;
    cell.setAttribute("aria-colindex", String(number + 1));
    if (!column.settable) cell.setAttribute("aria-readonly", "true");
    // paint() fills it: every way of drawing rows ends there.
    return document.createDocumentFragment();
  }

  #line(line, row) {
    this.#lines.set(row, line);
    this.#rowOf.set(line, row);
  }

  #dressHeader() {
    this.root.setAttribute("aria-colcount", String(this.columns.length));
    this.root.querySelector(".tabulator-headers").setAttribute("aria-rowindex", "1");
    this.#headers().forEach((header, number) => header.setAttribute("aria-colindex", String(number + 1)));
  }

  #headers() {
    return [...this.root.querySelectorAll(".tabulator-col")];
  }

  // The selection stays with its row when the order changes.
  #reorder() {
    this.order = this.table.getData("active");
    this.#positions = new Map(this.order.map((row, at) => [row, at]));
    const { head } = this.selection;
    if (head.row < 0) return;
    const at = this.#positions.get(this.#here);
    if (this.#here && at !== head.row) this.selection.move(at ?? 0, head.column);
  }

  #reveal() {
    const { row, column } = this.selection.head;
    const { holder } = this;
    if (row >= 0) {
      const top = row * ROW_HEIGHT;
      const spare = holder.clientHeight - ROW_HEIGHT;
      if (top < holder.scrollTop) holder.scrollTop = top;
      else if (top > holder.scrollTop + spare) holder.scrollTop = top - spare;
    }
    const drawn = this.table.getColumns();
    if (drawn[column] && !drawn[column].getDefinition().frozen) {
      const left = drawn.slice(0, column).reduce((sum, one) => sum + one.getWidth(), 0);
      const right = left + drawn[column].getWidth();
      if (left - this.#frozenWidth() < holder.scrollLeft) holder.scrollLeft = left - this.#frozenWidth();
      else if (right > holder.scrollLeft + holder.clientWidth) holder.scrollLeft = right - holder.clientWidth;
    }
    this.#scrolled();
    // Far away Tabulator guesses where its rows begin, and is a little off.
    const line = this.#lines.get(this.order[row]);
    if (!line?.isConnected) return;
    const hidden = Math.min(0, line.offsetTop - holder.scrollTop) || Math.max(0, line.offsetTop + ROW_HEIGHT - holder.scrollTop - holder.clientHeight);
    if (!hidden) return;
    holder.scrollTop += hidden;
    this.#scrolled();
  }

  // Tabulator draws the rows when it hears of the scrolling, which the browser tells it later.
  #scrolled() {
    this.holder.dispatchEvent(new Event("scroll"));
  }

  #frozenWidth() {
    return this.table.getColumns().reduce((sum, one) => sum + (one.getDefinition().frozen ? one.getWidth() : 0), 0);
  }

  #placeHandle(box) {
    const settable = this.columns.slice(box.left, box.right + 1).some((column) => column.settable);
    const cell = settable && !this.editing && box.bottom >= 0 ? this.cellAt(box.bottom, box.right) : null;
    if (cell) cell.append(this.#handle);
    else this.#handle.remove();
  }

  // One element of the grid is in the tab order.
  #placeStop(head) {
    this.#here = this.order[head.row] ?? this.#here;
    const stop = (head.row < 0 ? this.#headers()[head.column]?.querySelector("button") : this.cellAt(head.row, head.column)) ?? this.holder;
    this.holder.tabIndex = -1;
    if (this.#stop && this.#stop !== stop) this.#stop.tabIndex = -1;
    this.#stop = stop;
    stop.tabIndex = 0;
  }

  // Takes the focus up again where redrawing dropped it.
  #hold() {
    if (this.editing && !this.editing.input.isConnected) this.#finish();
    const active = document.activeElement;
    if (!this.#held || (active !== document.body && active !== this.holder) || active === this.#stop) return;
    this.#parked = this.#stop === this.holder;
    this.focus();
    this.#parked = false;
  }
}
