// Shapes that several nouns share on the wire: instants, durations, selectors, keys, rules. The rule language itself is
// parsed by the engine; here it is only known to be JSON.
import { z } from 'zod';

export const jsonSchema = z.json();

/** A rule or a graph as sent: the engine says what is wrong with it. */
export const looseSchema = z.record(z.string(), z.unknown());

/** One thing that is wrong with a definition. */
export const problemItemSchema = z.object({
  code: z.string(),
  path: z.string(),
  message: z.string(),
  hint: z.string(),
});

export const keySchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'is not a key: lower case letters, digits, _ and -, at most 64');

export const nameSchema = z.string().trim().min(1).max(200);

export const durationSchema = z
  .string()
  .max(40)
  .regex(
    /^P(?=.)(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$/,
    'is not a duration such as P60D or PT6H (no months or years)',
  );

const comparisons = [
  'is',
  'is_not',
  'one_of',
  'none_of',
  'contains',
  'not_contains',
  'starts_with',
  'ends_with',
  'matches',
  'over',
  'at_least',
  'under',
  'at_most',
  'before',
  'after',
  'known',
  'unknown',
] as const;

const eventNameSchema = z.string().min(1).max(200);

export const selectorSchema = z
  .object({
    event: z.union([eventNameSchema, z.array(eventNameSchema).min(1).max(50)]),
    where: z
      .array(
        z.object({
          property: z.string().min(1).max(200),
          op: z.enum(comparisons),
          value: jsonSchema.optional(),
        }),
      )
      .max(50)
      .optional(),
  })
  .meta({ id: 'Selector' });

/** ISO 8601 with milliseconds, from whatever holds an instant. */
export function iso(at: Date | number): string {
  return (typeof at === 'number' ? new Date(at) : at).toISOString();
}

export function isoOrNull(at: Date | number | null | undefined): string | null {
  if (at === null || at === undefined || (typeof at === 'number' && !Number.isFinite(at))) return null;
  return iso(at);
}

/** What names a thing, and so keeps it from being deleted. */
export const referenceSchema = z.object({
  kind: z.enum(['segment', 'model', 'journey', 'programme']),
  key: z.string(),
  name: z.string(),
});

/** A key made from a name steps aside for that of something deleted: `welcome_2`. One that is in use is left to be refused. */
export function besideDeleted(
  key: string,
  keys: { readonly all: ReadonlySet<string>; readonly inUse: ReadonlySet<string> },
): string {
  if (keys.inUse.has(key)) return key;
  for (let n = 1; ; n += 1) {
    const free = n === 1 ? key : `${key.slice(0, 60)}_${n}`;
    if (!keys.all.has(free)) return free;
  }
}
