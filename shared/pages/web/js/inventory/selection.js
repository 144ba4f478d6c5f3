// Which cells are selected: an anchor and a head, by position. Row -1 is the header.

export class Selection {
  anchor = { row: 0, column: 0 };
  head = { row: 0, column: 0 };
  #size;

  /** `size` says how many rows and columns there are. */
  constructor(size) {
    this.#size = size;
  }

  get box() {
    const { anchor, head } = this;
    return {
      top: Math.min(anchor.row, head.row),
      bottom: Math.max(anchor.row, head.row),
      left: Math.min(anchor.column, head.column),
      right: Math.max(anchor.column, head.column),
    };
  }

  get isOne() {
    return this.anchor.row === this.head.row && this.anchor.column === this.head.column;
  }

  /** Moves the head, and with it the anchor unless the selection is extended. */
  move(row, column, extend = false) {
    const { rows, columns } = this.#size();
    this.head = {
      row: Math.max(extend ? 0 : -1, Math.min(row, Math.max(0, rows - 1))),
      column: Math.max(0, Math.min(column, columns - 1)),
    };
    if (!extend || this.anchor.row < 0) this.anchor = { ...this.head };
  }

  all() {
    const { rows, columns } = this.#size();
    this.anchor = { row: Math.max(0, rows - 1), column: columns - 1 };
    this.head = { row: 0, column: 0 };
  }
}
