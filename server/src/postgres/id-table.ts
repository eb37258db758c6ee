// Which of many people a row belongs to, asked for every row of a large reading: ids as they come over the line, looked up
// without making a text of each. Grows by what is added, forgets nothing.

const ID_BYTES = 16;

export class IdTable {
  private ids: Buffer;
  private values: Int32Array;
  /** Index into ids and values, plus one; 0: free. */
  private slots: Int32Array;
  private count = 0;

  constructor(expected: number) {
    const room = Math.max(16, expected);
    this.ids = Buffer.alloc(room * ID_BYTES);
    this.values = new Int32Array(room);
    this.slots = new Int32Array(slotsFor(room));
  }

  /** An id that is there already gets the new value. */
  set(id: string, value: number): void {
    const bytes = Buffer.from(id.replaceAll('-', ''), 'hex');
    if (bytes.length !== ID_BYTES) throw new Error(`"${id}" is no uuid`);
    const found = this.place(bytes, 0);
    const known = (this.slots[found] ?? 0) - 1;
    if (known >= 0) {
      this.values[known] = value;
      return;
    }
    if (this.count === this.values.length) {
      this.grow();
      this.set(id, value);
      return;
    }
    bytes.copy(this.ids, this.count * ID_BYTES);
    this.values[this.count] = value;
    this.count += 1;
    this.slots[found] = this.count;
  }

  /** The value of the id at this place of `data`; -1: it was never set. */
  find(data: Buffer, at: number): number {
    const index = (this.slots[this.place(data, at)] ?? 0) - 1;
    return index < 0 ? -1 : (this.values[index] ?? -1);
  }

  /** Where the id is, or the free slot where it would be. */
  private place(data: Buffer, at: number): number {
    const { ids, slots } = this;
    const mask = slots.length - 1;
    // The end of an id is chance, its beginning is time.
    let slot = data.readInt32LE(at + 12) & mask;
    for (;;) {
      const index = (slots[slot] ?? 0) - 1;
      if (index < 0) return slot;
      const own = index * ID_BYTES;
      if (
        ids.readInt32LE(own + 12) === data.readInt32LE(at + 12) &&
        ids.readInt32LE(own + 8) === data.readInt32LE(at + 8) &&
        ids.readInt32LE(own + 4) === data.readInt32LE(at + 4) &&
        ids.readInt32LE(own) === data.readInt32LE(at)
      )
        return slot;
      slot = (slot + 1) & mask;
    }
  }

  private grow(): void {
    const room = this.values.length * 2;
    this.ids = Buffer.concat([this.ids], room * ID_BYTES);
    const values = new Int32Array(room);
    values.set(this.values);
    this.values = values;
    this.slots = new Int32Array(slotsFor(room));
    for (let index = 0; index < this.count; index += 1) {
      this.slots[this.place(this.ids, index * ID_BYTES)] = index + 1;
    }
  }
}

/** A power of two, at most half full. */
function slotsFor(room: number): number {
  return 2 ** Math.ceil(Math.log2(room * 2));
}
