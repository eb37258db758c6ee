// Where each order's lines begin and end in the file, in a few dozen bytes an order, so that an order can be finished
// at its last line however far apart its lines are. It holds hashes, never the ids themselves; two ids that share a
// hash only keep an order open longer.

/** Dense numbers for 53-bit hashes: an open-addressed table in typed arrays. */
export type NumberTable = {
  /** The number of this hash, a new one when it is seen for the first time. */
  readonly numberOf: (hash: number) => number;
  readonly size: () => number;
};

export function createNumberTable(): NumberTable {
  let capacity = 1 << 12;
  let keys = new Float64Array(capacity);
  let numbers = new Int32Array(capacity);
  let size = 0;

  function slotOf(hash: number): number {
    let slot = hash % capacity;
    for (;;) {
      const key = keys[slot];
      if (key === hash || key === 0) return slot;
      slot = (slot + 1) % capacity;
    }
  }

  function grow(): void {
    const [oldKeys, oldNumbers] = [keys, numbers];
    capacity *= 2;
    keys = new Float64Array(capacity);
    numbers = new Int32Array(capacity);
    oldKeys.forEach((key, at) => {
      if (key === 0) return;
      const slot = slotOf(key);
      keys[slot] = key;
      numbers[slot] = oldNumbers[at] ?? 0;
    });
  }

  return {
    numberOf(hash) {
      const key = hash + 1;
      let slot = slotOf(key);
      if (keys[slot] === key) return numbers[slot] ?? 0;
      if (size * 2 >= capacity) {
        grow();
        slot = slotOf(key);
      }
      keys[slot] = key;
      numbers[slot] = size;
      size += 1;
      return size - 1;
    },
    size: () => size,
  };
}

/** Occurrences of the same content so far, the current one included. */
export function createOccurrences(): (hash: number) => number {
  const table = createNumberTable();
  const counts = createGrowing();
  return (hash) => counts.add(table.numberOf(hash), 1);
}

export type OrderIndex = {
  readonly note: (orderId: string, record: number) => void;
  readonly lastRecordOf: (orderId: string) => number;
  readonly linesOf: (orderId: string) => number;
  /** How many orders there are. */
  readonly orders: () => number;
  /** The most lines of unfinished orders that stand in memory at one time. */
  readonly peakLines: (records: number) => number;
};

export function createOrderIndex(): OrderIndex {
  const table = createNumberTable();
  const firsts = createGrowing();
  const lasts = createGrowing();
  const counts = createGrowing();
  const numberOf = (orderId: string) => table.numberOf(hash53(orderId));
  return {
    note(orderId, record) {
      const number = numberOf(orderId);
      if (counts.add(number, 1) === 1) firsts.set(number, record);
      lasts.set(number, record);
    },
    lastRecordOf: (orderId) => lasts.get(numberOf(orderId)),
    linesOf: (orderId) => counts.get(numberOf(orderId)),
    orders: () => table.size(),
    peakLines(records) {
      const change = new Int32Array(records + 2);
      for (let number = 0; number < table.size(); number += 1) {
        const lines = counts.get(number);
        if (lines < 2) continue;
        const [first, end] = [firsts.get(number), lasts.get(number) + 1];
        change[first] = (change[first] ?? 0) + lines;
        change[end] = (change[end] ?? 0) - lines;
      }
      let held = 0;
      let peak = 0;
      for (const step of change) {
        held += step;
        if (held > peak) peak = held;
      }
      return peak;
    },
  };
}

/** 53 bits of a text (cyrb53): for tables and for sharing out, never for ids that are stored. */
export function hash53(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}

type Growing = {
  readonly get: (at: number) => number;
  readonly set: (at: number, value: number) => void;
  /** Adds and returns the new value. */
  readonly add: (at: number, value: number) => number;
};

function createGrowing(): Growing {
  let values = new Uint32Array(1 << 12);
  const fit = (at: number) => {
    if (at < values.length) return;
    const larger = new Uint32Array(Math.max(values.length * 2, at + 1));
    larger.set(values);
    values = larger;
  };
  return {
    get: (at) => values[at] ?? 0,
    set(at, value) {
      fit(at);
      values[at] = value;
    },
    add(at, value) {
      fit(at);
      const sum = (values[at] ?? 0) + value;
      values[at] = sum;
      return sum;
    },
  };
}
