// What was typed and is not yet saved, and the way back through it.
//
// A row has `saved` (what the shop last said) and `typed` (cells that differ);
// `row[column]` is the number in force, by which the grid sorts. Knows neither
// the grid nor the server.

const DIGITS = /^\d{1,9}$/;

/** The whole number in a text, or why it is none. */
export function counted(text) {
  const trimmed = text.trim();
  if (DIGITS.test(trimmed)) return { value: Number(trimmed) };
  if (trimmed === "") return { why: "Enter a number; 0 if there are none." };
  if (/^[-−]\s*\d+$/.test(trimmed)) return { why: "A count can't be below 0." };
  if (/^\d{10,}$/.test(trimmed)) return { why: "Enter a number of at most 9 digits." };
  if (/^\d+[.,]\d+$/.test(trimmed)) return { why: "Enter a whole number, without point or comma." };
  return { why: `“${trimmed.length > 20 ? `${trimmed.slice(0, 20)}…` : trimmed}” is not a whole number.` };
}

export class Edits {
  #cells = new Set();
  #past = [];
  #future = [];

  /** The cell as typed, if it differs from what is saved. */
  of(row, column) {
    return row.typed?.[column];
  }

  /** What the cell shows. */
  text(row, column) {
    return this.of(row, column)?.text ?? String(row[column]);
  }

  get size() {
    return this.#cells.size;
  }

  get cells() {
    return [...this.#cells];
  }

  get conflicts() {
    return this.cells.filter((cell) => cell.now !== undefined);
  }

  /** Cells that say why they are not taken. */
  get refused() {
    return this.cells.filter((cell) => cell.why);
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /** Writes texts as one step; says how many changed. A change is {row, column, text}. */
  put(changes) {
    const step = changes
      .map(({ row, column, text }) => ({ row, column, from: this.text(row, column), to: text.trim() }))
      .filter(({ from, to }) => from !== to);
    if (!step.length) return 0;
    this.#past.push(step);
    this.#future = [];
    for (const { row, column, to } of step) this.#write(row, column, to);
    return step.length;
  }

  /** Takes back the last step and returns it. */
  undo() {
    const step = this.#past.pop();
    if (!step) return null;
    this.#future.push(step);
    // Backwards: a paste may write a cell twice.
    for (const { row, column, from } of step.toReversed()) this.#write(row, column, from);
    return step;
  }

  redo() {
    const step = this.#future.pop();
    if (!step) return null;
    this.#past.push(step);
    for (const { row, column, to } of step) this.#write(row, column, to);
    return step;
  }

  /** Back to what is saved, as one step. */
  discard() {
    return this.put(this.cells.map(({ row, column, now }) => ({ row, column, text: String(now ?? row.saved[column]) })));
  }

  /** The typed value is meant although somebody else was faster. */
  keep(cells) {
    for (const cell of cells) {
      cell.row.saved[cell.column] = cell.now;
      delete cell.now;
    }
  }

  /** The other's value is taken, as one step. */
  take(cells) {
    return this.put(cells.map(({ row, column, now }) => ({ row, column, text: String(now) })));
  }

  /** Somebody else made it `now`. */
  conflict(row, column, now) {
    const cell = this.of(row, column);
    if (!cell || cell.value === now) {
      row.saved[column] = now;
      this.#write(row, column, cell ? cell.text : String(now));
    } else {
      cell.now = now;
      delete cell.why;
    }
  }

  /** The shop refused the typed value. */
  refuse(row, column, why) {
    const cell = this.of(row, column);
    if (cell) cell.why = why;
  }

  /** The shop has booked `after`; what was typed meanwhile stays typed. */
  settle(row, column, sent, after) {
    const text = this.text(row, column);
    row.saved[column] = after;
    this.#write(row, column, text === sent ? String(after) : text);
  }

  #write(row, column, text) {
    const old = this.of(row, column);
    if (old) {
      // Who types over a conflict has seen both values.
      if (old.now !== undefined) row.saved[column] = old.now;
      this.#cells.delete(old);
      delete row.typed[column];
    }
    const { value, why } = counted(text);
    row[column] = value ?? row.saved[column];
    if (value === row.saved[column]) return;
    const cell = { row, column, text, value, why };
    row.typed ??= {};
    row.typed[column] = cell;
    this.#cells.add(cell);
  }
}
