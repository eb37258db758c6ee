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
  return fixed(INT2, 2, values, (buffer, at, value) => buffer.writeInt16BE(value, at));
}

export function int4Array(values: readonly (number | null)[]): Buffer {
  return fixed(INT4, 4, values, (buffer, at, value) => buffer.writeInt32BE(value, at));
}

export function boolArray(values: readonly boolean[]): Buffer {
  return fixed(BOOL, 1, values, (buffer, at, value) => buffer.writeUInt8(value ? 1 : 0, at));
}

/** Instants in whole milliseconds since 1970. */
export function instantArray(values: readonly (number | null)[]): Buffer {
  return fixed(TIMESTAMPTZ, 8, values, (buffer, at, value) => {
    buffer.writeBigInt64BE(BigInt(value - EPOCH_2000_MS) * 1000n, at);
  });
}

export function uuidArray(values: readonly (string | null)[]): Buffer {
  return fixed(UUID, 16, values, (buffer, at, value) => {
    // 8-4-4-4-12: written in parts, so that no text is built without its hyphens.
    let offset = buffer.write(value.slice(0, 8), at, 'hex') + at;
    offset += buffer.write(value.slice(9, 13), offset, 'hex');
    offset += buffer.write(value.slice(14, 18), offset, 'hex');
    offset += buffer.write(value.slice(19, 23), offset, 'hex');
    buffer.write(value.slice(24), offset, 'hex');
  });
}

export function byteaArray(values: readonly Buffer[]): Buffer {
  let size = HEADER_BYTES;
  for (const value of values) size += 4 + value.length;
  const buffer = begin(BYTEA, size, values.length, false);
  let at = HEADER_BYTES;
  for (const value of values) {
    at = buffer.writeInt32BE(value.length, at);
    at += value.copy(buffer, at);
  }
  return values.length === 0 ? empty(BYTEA) : buffer;
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
      at = buffer.writeInt32BE(-1, at);
      continue;
    }
    const length = buffer.write(value, at + 4, 'utf8');
    buffer.writeInt32BE(length, at);
    at += 4 + length;
  }
  return buffer;
}

function fixed<T>(
  oid: number,
  width: number,
  values: readonly (T | null)[],
  write: (buffer: Buffer, at: number, value: T) => void,
): Buffer {
  if (values.length === 0) return empty(oid);
  let nulls = 0;
  for (const value of values) if (value === null) nulls += 1;
  const buffer = begin(
    oid,
    HEADER_BYTES + values.length * (4 + width) - nulls * width,
    values.length,
    nulls > 0,
  );
  let at = HEADER_BYTES;
  for (const value of values) {
    if (value === null) {
      at = buffer.writeInt32BE(-1, at);
      continue;
    }
    at = buffer.writeInt32BE(width, at);
    write(buffer, at, value);
    at += width;
  }
  return buffer;
}

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
