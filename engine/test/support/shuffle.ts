// Orders of arrival from a seed, so that a failing case is small to print and the same every time.

export type Arrival = 'in_order' | 'some_late' | 'any_order';

export function arrange<T extends { readonly at: number; readonly id: string }>(
  items: readonly T[],
  arrival: Arrival,
  seed: number,
): readonly T[] {
  const random = generator(seed);
  const sorted = items.toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  if (arrival === 'in_order') return sorted;
  if (arrival === 'some_late') {
    const late = new Set(sorted.filter(() => random() < 0.1));
    const rest = sorted.filter((item) => !late.has(item));
    for (const item of late) rest.splice(Math.floor(random() * (rest.length + 1)), 0, item);
    return rest;
  }
  return sorted
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

/** mulberry32: small, seeded, good enough to shuffle. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
