// What a site says, in the shapes that Segment's own client takes. Reads arguments and never refuses: what is wrong is
// refused by the server, which keeps it with its reason where the owner of the site can see it.

/** One event without its id, time, person and surroundings. */
export type Said = { readonly type: Verb; readonly [field: string]: unknown };
export type Verb = 'page' | 'identify' | 'track' | 'group' | 'alias';
type Fields = { readonly [name: string]: unknown };

/** `page([[category,] name,] [properties])` */
export function readPage(args: readonly unknown[], here: Fields): Said {
  const texts = args.filter((arg) => typeof arg === 'string');
  const [category, name] = texts.length > 1 ? texts : [undefined, texts[0]];
  return { type: 'page', category, name, properties: { ...here, ...args.find(isFields) } };
}

/** `track(event, [properties])` */
export function readTrack([event, properties]: readonly unknown[]): Said {
  return { type: 'track', event, properties: ownOr(properties, {}) };
}

/** `identify([userId,] [traits])` */
export function readIdentify(args: readonly unknown[]): Said & { readonly userId: string | undefined } {
  const [first, second] = args;
  return isFields(first)
    ? { type: 'identify', userId: undefined, traits: first }
    : { type: 'identify', userId: readId(first), traits: ownOr(second, {}) };
}

/** `group(groupId, [traits])` */
export function readGroup([groupId, traits]: readonly unknown[]): Said & {
  readonly groupId: string | undefined;
} {
  return { type: 'group', groupId: readId(groupId), traits: ownOr(traits, {}) };
}

/** `alias(userId, [previousId])`; without one, whoever it was until now. */
export function readAlias([userId, previousId]: readonly unknown[], until: string): Said {
  return { type: 'alias', userId: readId(userId), previousId: readId(previousId) ?? until };
}

/** A function at the end is called when the event is on its way: `track('Left', {}, () => { location = … })`. */
export function callbackOf(args: readonly unknown[]): (() => unknown) | null {
  const last = args[args.length - 1];
  return typeof last === 'function' ? () => last() : null;
}

function readId(value: unknown): string | undefined {
  return value === undefined || value === null || value === '' ? undefined : String(value);
}

/** Anything but a callback goes on as it is. */
function ownOr(value: unknown, otherwise: Fields): unknown {
  return value === undefined || value === null || typeof value === 'function' ? otherwise : value;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
