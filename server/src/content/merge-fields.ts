// Which facts about a person a letter writes out, and which of them are not known of the one it is rendered for. Reads the Liquid of
// subject, preview line and body, so that letters of blocks and MJML written by hand are told alike.
import { nearest } from './liquid.ts';

export interface MergeField {
  readonly path: string;
  /** null: not known, the fallback stands in its place. */
  readonly value: string | null;
  readonly fallback: string;
}

/** What is always there in one way or another (the business, links, the offer) is no field of a person. */
const ROOTS: readonly string[] = ['person', 'rhythm', 'event'];
/** Known under these names whatever the sender of events called them. */
const USUAL: readonly string[] = ['first_name', 'last_name', 'name', 'email'];
const FIELDS_MAX = 100;

const OUTPUT = /\{\{-?\s*([a-z_]\w*(?:\.[\w-]+)+)\s*((?:\|[^}]*)?)-?\}\}/gi;
const CONDITION = /\{%-?\s*(?:if|elsif|unless|case)\s+([^%]*)%\}/g;
const FALLBACK = /\|\s*default:\s*(?:'([^']*)'|"([^"]*)")/;

/** Each field once, in order of appearance. What stands only behind a question about itself reads well without it, and is left out. */
export function mergeFieldsIn(
  sources: readonly string[],
  data: { readonly [key: string]: unknown },
): readonly MergeField[] {
  const found = new Map<string, MergeField>();
  for (const source of sources) {
    const asked = [...source.matchAll(CONDITION)].map(([, condition = '']) => condition).join(' ');
    for (const [, path = '', filters = ''] of source.matchAll(OUTPUT)) {
      if (found.has(path) || found.size >= FIELDS_MAX || !ROOTS.includes(path.split('.')[0] ?? '')) continue;
      const [, single, double] = FALLBACK.exec(filters) ?? [];
      const fallback = single ?? double;
      const value = valueAt(data, path);
      if (value === null && fallback === undefined && asked.includes(path)) continue;
      found.set(path, { path, value, fallback: fallback ?? '' });
    }
  }
  return [...found.values()];
}

/** The name that was probably meant by one that is not known of this person. */
export function meantBy(field: MergeField, data: { readonly [key: string]: unknown }): string | undefined {
  const [root, name, ...deeper] = field.path.split('.');
  if (root !== 'person' || name === undefined || deeper.length > 0 || field.value !== null) return undefined;
  const person = data['person'];
  const known = typeof person === 'object' && person !== null ? Object.keys(person) : [];
  if (USUAL.includes(name) || known.includes(name)) return undefined;
  const near = nearest(name, [...USUAL, ...known]);
  return near === undefined ? undefined : `person.${near}`;
}

function valueAt(data: { readonly [key: string]: unknown }, path: string): string | null {
  let value: unknown = data;
  for (const part of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return null;
    value = Reflect.get(value, part);
  }
  // As Liquid's `default` takes it: false, nothing and the empty text fall back.
  if (value === null || value === undefined || value === '' || value === false) return null;
  return typeof value === 'object' ? null : String(value).slice(0, 200);
}
