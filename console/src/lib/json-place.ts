// Finds the line of a JSON pointer inside a text, so that a problem can be shown at its place. Never throws on bad text.

/** 1-based line of the value at `pointer`, or of the nearest parent that is there. */
export function lineOf(text: string, pointer: string): number {
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const reader = { text, at: 0 };
  skipSpace(reader);
  let found = reader.at;
  for (const key of keys) {
    const next = enter(reader, key);
    if (next === null) break;
    found = next;
  }
  return text.slice(0, found).split('\n').length;
}

interface Reader {
  readonly text: string;
  at: number;
}

function skipSpace(reader: Reader): void {
  while (/\s/.test(reader.text[reader.at] ?? '')) reader.at += 1;
}

/** Moves to the value of `key` in the object or array that begins here. */
function enter(reader: Reader, key: string): number | null {
  const opening = reader.text[reader.at];
  if (opening !== '{' && opening !== '[') return null;
  reader.at += 1;
  for (let index = 0; ; index += 1) {
    skipSpace(reader);
    const start = reader.at;
    let name = String(index);
    if (opening === '{') {
      if (reader.text[reader.at] !== '"') return null;
      name = stringAt(reader);
      skipSpace(reader);
      if (reader.text[reader.at] !== ':') return null;
      reader.at += 1;
      skipSpace(reader);
    }
    if (reader.text[reader.at] === undefined || reader.text[reader.at] === ']') return null;
    if (name === key) return opening === '{' ? start : reader.at;
    skipValue(reader);
    skipSpace(reader);
    if (reader.text[reader.at] !== ',') return null;
    reader.at += 1;
  }
}

function stringAt(reader: Reader): string {
  const start = reader.at;
  reader.at += 1;
  while (reader.at < reader.text.length && reader.text[reader.at] !== '"')
    reader.at += reader.text[reader.at] === '\\' ? 2 : 1;
  reader.at += 1;
  return reader.text.slice(start + 1, reader.at - 1);
}

function skipValue(reader: Reader): void {
  let depth = 0;
  while (reader.at < reader.text.length) {
    const char = reader.text[reader.at] ?? '';
    if (char === '"') {
      stringAt(reader);
      if (depth === 0) return;
      continue;
    }
    if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') {
      if (depth === 0) return;
      depth -= 1;
      if (depth === 0) {
        reader.at += 1;
        return;
      }
    } else if (char === ',' && depth === 0) return;
    reader.at += 1;
  }
}
