// Ids that nobody else makes. Those of events begin with their time, so that sorting them gives the order in which they
// were said.

let count = 0;

/** `crypto.randomUUID` is missing on plain http. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function newMessageId(at: number): string {
  count = (count + 1) % 46_656;
  return `${timeId(at)}${count.toString(36).padStart(3, '0')}-${newId()}`;
}

/** Greater than every id made before, smaller than every id made after this instant. */
export function timeId(at: number): string {
  return Math.max(0, at).toString(36).padStart(9, '0');
}
