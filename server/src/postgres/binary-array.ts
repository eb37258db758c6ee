// Arrays as Postgres receives them in binary: a statement with thousands of rows is then sent without quoting and
// escaping a single text (measured 2 to 3 times cheaper than array literals for states of 1 kB, on both sides).
// Only builds parameters for `$n::type[]`; null elements where the type says so.

const INT2 = 21;
const INT4 = 23;
const TEXT = 25;
const BOOL = 16;
const BYTEA = 17;
const TIMESTAMPTZ = 1184;
const UUID = 2950;
const HEADER_BYTES = 20;
/** Postgres counts microseconds from 2000-01-01. */
const EPOCH_2000_MS = 946_684_800_000;

export function int2Array(values: readonly number[]): Buffer {
  if (values.length === 0) return empty(INT2);
  const buffer = begin(INT2, HEADER_BYTES + values.length * 6, values.length, false);
  let at = HEADER_BYTES;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? 0;
    at = putLength(buffer, at, 2);
    buffer[at] = value >> 8;
    buffer[at + 1] = value;
    at += 2;
  }
  return buffer;
}

export function int4Array(values: readonly (number | null)[]): Buffer {
  if (values.length === 0) return empty(INT4);
  const nulls = countNulls(values);
  const buffer = begin(INT4, HEADER_BYTES + values.length * 8 - nulls * 4, values.length, nulls > 0);
  let at = HEADER_BYTES;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? null;
    if (value === null) {
      at = putLength(buffer, at, -1);
      continue;
    }
    at = putInt32(buffer, putLength(buffer, at, 4), value);
  }
  return buffer;
}

export function boolArray(values: readonly boolean[]): Buffer {
  if (values.length === 0) return empty(BOOL);
  const buffer = begin(BOOL, HEADER_BYTES + values.length * 5, values.length, false);
  let at = HEADER_BYTES;
  for (let i = 0; i < values.length; i += 1) {
    at = putLength(buffer, at, 1);
    buffer[at] = values[i] === true ? 1 : 0;
    at += 1;
  }
  return buffer;
}

/** Instants in whole milliseconds since 1970. */
export function instantArray(values: readonly (number | null)[]): Buffer {
  if (values.length === 0) return empty(TIMESTAMPTZ);
  const nulls = countNulls(values);
  const buffer = begin(TIMESTAMPTZ, HEADER_BYTES + values.length * 12 - nulls * 8, values.length, nulls > 0);
  let at = HEADER_BYTES;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? null;
    if (value === null) {
      at = putLength(buffer, at, -1);
      continue;
    }
    at = putLength(buffer, at, 8);
    const micros = (value - EPOCH_2000_MS) * 1_000;
    if (Number.isSafeInteger(micros)) {
      const high = Math.floor(micros / 4_294_967_296);
      putInt32(buffer, at, high);
      putInt32(buffer, at + 4, micros - high * 4_294_967_296);
    } else buffer.writeBigInt64BE(BigInt(value - EPOCH_2000_MS) * 1_000n, at);
    at += 8;
  }
  return buffer;
}

export function uuidArray(values: readonly (string | null)[]): Buffer {
  if (values.length === 0) return empty(UUID);
  const nulls = countNulls(values);
  const buffer = begin(UUID, HEADER_BYTES + values.length * 20 - nulls * 16, values.length, nulls > 0);
  let at = HEADER_BYTES;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? null;
    if (value === null) {
      at = putLength(buffer, at, -1);
      continue;
    }
    at = putUuid(buffer, putLength(buffer, at, 16), value);
  }
  return buffer;
}

export function byteaArray(values: readonly Buffer[]): Buffer {
  if (values.length === 0) return empty(BYTEA);
  let size = HEADER_BYTES;
  for (const value of values) size += 4 + value.length;
  const buffer = begin(BYTEA, size, values.length, false);
  let at = HEADER_BYTES;
  for (const value of values) {
    at = putLength(buffer, at, value.length);
    buffer.set(value, at);
    at += value.length;
  }
  return buffer;
}

export function textArray(values: readonly (string | null)[]): Buffer {
  if (values.length === 0) return empty(TEXT);
  let size = HEADER_BYTES;
  let nulls = false;
  for (const value of values) {
    size += 4 + (value === null ? 0 : Buffer.byteLength(value));
    nulls ||= value === null;
  }
  const buffer = begin(TEXT, size, values.length, nulls);
  let at = HEADER_BYTES;
  for (const value of values) {
    if (value === null) {
      at = putLength(buffer, at, -1);
      continue;
    }
    const length = buffer.write(value, at + 4, 'utf8');
    at = putLength(buffer, at, length) + length;
  }
  return buffer;
}

function countNulls(values: readonly unknown[]): number {
  let nulls = 0;
  for (let i = 0; i < values.length; i += 1) if (values[i] === null) nulls += 1;
  return nulls;
}

/** Lengths are small or -1. */
function putLength(buffer: Buffer, at: number, length: number): number {
  return putInt32(buffer, at, length);
}

function putInt32(buffer: Buffer, at: number, value: number): number {
  buffer[at] = value >>> 24;
  buffer[at + 1] = value >>> 16;
  buffer[at + 2] = value >>> 8;
  buffer[at + 3] = value;
  return at + 4;
}

/** 8-4-4-4-12, without a text in between. */
function putUuid(buffer: Buffer, at: number, id: string): number {
  if (id.length !== 36) throw new Error(`not a UUID: ${id}`);
  let to = at;
  for (let from = 0; from < 36; from += 2) {
    if (id.charCodeAt(from) === HYPHEN) from += 1;
    const high = NIBBLES[id.charCodeAt(from)] ?? -1;
    const low = NIBBLES[id.charCodeAt(from + 1)] ?? -1;
    if (high < 0 || low < 0) throw new Error(`not a UUID: ${id}`);
    buffer[to] = (high << 4) | low;
    to += 1;
  }
  return to;
}

const HYPHEN = 45;
/** By character code; -1: not a hexadecimal digit. */
const NIBBLES: Int8Array = Int8Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? -1 : value;
});

function begin(oid: number, size: number, length: number, nulls: boolean): Buffer {
  const buffer = Buffer.allocUnsafe(size);
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(nulls ? 1 : 0, 4);
  buffer.writeInt32BE(oid, 8);
  buffer.writeInt32BE(length, 12);
  buffer.writeInt32BE(1, 16);
  return buffer;
}

function empty(oid: number): Buffer {
  const buffer = Buffer.alloc(12);
  buffer.writeInt32BE(oid, 8);
  return buffer;
}
