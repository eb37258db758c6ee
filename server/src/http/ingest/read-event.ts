// One foreign event read into a fact, or refused with the field, the value and what to do. Written by hand because it
// is the hot path: one look at each value, no schema walked, nothing copied but what is kept. Pure but for new ids.
import type { EventFact, EventType, Json, Trust } from '@rapport/engine';
import { hash } from 'node:crypto';
import type { IncomingEvent, Refusal, RefusalCode, Refused } from '../../postgres/incoming.ts';
import { encodeEventBody } from '../../postgres/events.ts';
import { ID_CHARS_MAX, isPlaceholder, normaliseEmail, normalisePhone } from './identities.ts';
import { DEPTH_MAX, excerpt, inspect, inspectText } from './inspect.ts';
import type { Finding } from './inspect.ts';
import { ownTime, parseTime } from './time.ts';

export const EVENT_BYTES_MAX = 32 * 1024;
export const NAME_CHARS_MAX = 200;
/** What quarantine keeps of a refused event. */
export const KEPT_CHARS_MAX = 4_096;

export interface ReadContext {
  readonly workspaceId: string;
  readonly trust: Trust;
  readonly receivedAt: number;
  /** Of the request; an event's own wins. */
  readonly sentAt: unknown;
  /** Given by the door (`/v1/track`); absent in a batch. */
  readonly type: EventType | null;
  readonly newId: () => string;
}

export type ReadEvent =
  | { readonly kind: 'event'; readonly event: IncomingEvent }
  | { readonly kind: 'refused'; readonly refused: Refused };

type Raw = { readonly [key: string]: unknown };

const NAMES: { readonly [type in EventType]: string } = {
  identify: 'Identified',
  track: '',
  page: 'Page Viewed',
  screen: 'Screen Viewed',
  group: 'Grouped',
  alias: 'Aliased',
};

export function readEvent(raw: unknown, index: number, context: ReadContext): ReadEvent {
  if (!isObject(raw)) {
    return refuse(
      raw,
      index,
      'not_an_object',
      null,
      `An event is ${excerpt(raw)} instead of an object.`,
      'Send {"type": "track", …}.',
    );
  }
  const type = context.type ?? raw['type'];
  if (!isEventType(type)) return refuseType(raw, index, type);
  const messageId = raw['messageId'] ?? raw['message_id'] ?? null;
  if (messageId !== null && (typeof messageId !== 'string' || messageId === '')) {
    return refuse(
      raw,
      index,
      'invalid_type',
      'messageId',
      `messageId is ${excerpt(messageId)}.`,
      'Send a text, different for each event; a retry repeats it.',
    );
  }
  if (messageId !== null && messageId.length > ID_CHARS_MAX)
    return refuseLong(raw, index, 'messageId', messageId, ID_CHARS_MAX);
  for (const field of ['properties', 'traits', 'context'] as const) {
    const value = raw[field];
    if (value !== undefined && value !== null && !isObject(value)) {
      return refuse(
        raw,
        index,
        'invalid_type',
        field,
        `${field} is ${excerpt(value)} instead of an object.`,
        `Send ${field} as {"name": value}, or leave it out.`,
      );
    }
  }
  const found = findBad(raw);
  if (found !== null) return refuseFound(raw, index, found);
  const name = nameOf(raw, type);
  if (typeof name !== 'string') {
    return refuse(
      raw,
      index,
      name === undefined ? 'missing_field' : 'invalid_type',
      'event',
      `A track call has ${name === undefined ? 'no event name' : `${excerpt(name)} as its event name`}.`,
      'Send "event": "Order Completed" or another name.',
    );
  }
  if (name.length > NAME_CHARS_MAX) return refuseLong(raw, index, 'event', name, NAME_CHARS_MAX);
  const time = ownTime(raw['timestamp'], {
    sentAt: parseTime(raw['sentAt'] ?? context.sentAt),
    receivedAt: context.receivedAt,
  });
  if (time.kind !== 'at') return refuseTime(raw, index, time);
  const ids = readIdentities(raw, type);
  if ('refusal' in ids) return { kind: 'refused', refused: refusedOf(raw, index, ids.refusal) };
  const fact: EventFact = {
    id: messageId ?? context.newId(),
    at: time.at,
    type,
    name,
    trust: context.trust,
    properties: propertiesOf(raw, type),
    traits: jsonObject(type === 'identify' || type === 'group' ? raw['traits'] : contextTraits(raw)),
    identities: ids.identities,
  };
  const kept = keptContext(raw);
  const body = encodeEventBody(fact, kept);
  if (
    body.length > EVENT_BYTES_MAX ||
    (body.length * 3 > EVENT_BYTES_MAX && Buffer.byteLength(body) > EVENT_BYTES_MAX)
  ) {
    return refuse(
      raw,
      index,
      'event_too_large',
      null,
      `The event is ${Math.ceil(Buffer.byteLength(body) / 1024)} KB; at most 32 KB are taken.`,
      'Send ids instead of whole documents in properties and traits.',
    );
  }
  return {
    kind: 'event',
    event: {
      index,
      fact,
      receivedAt: context.receivedAt,
      context: kept,
      previousId: ids.previousId,
      body,
      messageHash:
        messageId === null ? null : hash16(`${context.workspaceId}\n${context.trust}\n${messageId}`),
      bodyHash: hash16(
        `${typeof raw['timestamp'] === 'string' ? raw['timestamp'] : ''}\n${ids.previousId ?? ''}\n${name}\n${body}`,
      ),
      notices: isBrowserConsent(fact) ? [...ids.notices, browserConsent()] : ids.notices,
      size: body.length * 2 + 1_000,
    },
  };
}

export function refusal(code: RefusalCode, field: string | null, message: string, hint: string): Refusal {
  return { code, field, message, hint };
}

/** What quarantine keeps of something that could not be read. */
export function keptText(raw: unknown): string {
  let text: string;
  try {
    text = typeof raw === 'string' ? raw : (JSON.stringify(raw) ?? String(raw));
  } catch {
    // Nested deeper than the stack.
    text = '(nested too deep to show)';
  }
  return text.slice(0, KEPT_CHARS_MAX).replaceAll('\0', '\u{FFFD}').toWellFormed();
}

interface Identities {
  readonly identities: EventFact['identities'];
  readonly previousId: string | null;
  readonly notices: readonly Refusal[];
}

function readIdentities(raw: Raw, type: EventType): Identities | { readonly refusal: Refusal } {
  const identities: (readonly [string, string])[] = [];
  const notices: Refusal[] = [];
  const idFields = [
    ['user_id', 'userId'],
    ['anonymous_id', 'anonymousId'],
  ] as const;
  for (const [kind, field] of idFields) {
    const id = readId(raw, field);
    if (typeof id === 'object' && id !== null) return { refusal: id };
    if (id === null) continue;
    if (isPlaceholder(id)) notices.push(placeholder(field, id));
    else identities.push([kind, id]);
  }
  const traits = type === 'identify' ? raw['traits'] : type === 'group' ? null : contextTraits(raw);
  if (isObject(traits)) {
    const email = normaliseEmail(traits['email']);
    if (email !== null) identities.push(['email', email]);
    const phone = normalisePhone(traits['phone']);
    if (phone !== null) identities.push(['phone', phone]);
  }
  let previousId: string | null = null;
  if (type === 'alias') {
    const previous = readId(raw, 'previousId');
    if (typeof previous === 'object' && previous !== null) return { refusal: previous };
    if (previous === null) {
      return {
        refusal: refusal(
          'missing_field',
          'previousId',
          'An alias call has no previousId.',
          'Send the id that the person had before.',
        ),
      };
    }
    if (previous === raw['userId'] || previous === String(raw['userId'])) {
      notices.push(
        refusal(
          'self_alias',
          'previousId',
          `${excerpt(previous)} is an alias of itself.`,
          'Nothing to link; call alias with the earlier id.',
        ),
      );
    } else if (isPlaceholder(previous)) notices.push(placeholder('previousId', previous));
    else previousId = previous;
  }
  if (identities.length > 0) return { identities, previousId, notices };
  const first = notices[0];
  if (first !== undefined && first.code === 'placeholder_id') return { refusal: first };
  return {
    refusal: refusal(
      'missing_identity',
      'userId',
      'The event says of nobody: neither userId nor anonymousId.',
      'Send userId for people you know, anonymousId for the others.',
    ),
  };
}

/** A number is what many shops have as customer id; everything else that is no text is a mistake. */
function readId(raw: Raw, field: string): string | null | Refusal {
  const value = raw[field];
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (typeof value !== 'string') {
    return refusal(
      'invalid_type',
      field,
      `${field} is ${excerpt(value)} instead of a text.`,
      `Send ${field} as a text.`,
    );
  }
  const id = value.trim();
  if (id.length > ID_CHARS_MAX) {
    return refusal(
      'too_long',
      field,
      `${field} has ${id.length} characters; at most ${ID_CHARS_MAX} are taken.`,
      'Send a shorter id, for example a hash of it.',
    );
  }
  return id === '' ? null : id;
}

function placeholder(field: string, value: string): Refusal {
  return refusal(
    'placeholder_id',
    field,
    `${field} is ${excerpt(value)}, which names nobody.`,
    'Leave the field out until the id is known.',
  );
}

/** The engine leaves it out (policy/consent.ts); here the sender's developer gets to know. */
function isBrowserConsent(fact: EventFact): boolean {
  return fact.type === 'track' && fact.name === 'Consent Given' && fact.trust === 'browser';
}

function browserConsent(): Refusal {
  return refusal(
    'browser_consent',
    'event',
    'Consent Given came with a browser key and changes no consent.',
    'A browser may withdraw a consent but never give one. Send Consent Given from the server, with a server key.',
  );
}

/** Everything that is kept is looked through: the values that would break further on are found here, with their place. */
function findBad(raw: Raw): Finding | null {
  for (const field of [
    'messageId',
    'message_id',
    'userId',
    'anonymousId',
    'previousId',
    'groupId',
    'event',
    'name',
    'category',
  ] as const) {
    const value = raw[field];
    if (typeof value !== 'string') continue;
    const found = inspectText(value);
    if (found !== null) return { ...found, path: field };
  }
  for (const field of ['properties', 'traits', 'context'] as const) {
    const found = inspect(raw[field]);
    if (found !== null)
      return {
        ...found,
        path: found.path === '' ? field : `${field}${found.path.startsWith('[') ? '' : '.'}${found.path}`,
      };
  }
  return Object.hasOwn(raw, '__proto__')
    ? { code: 'forbidden_key', path: '__proto__', value: '"__proto__"' }
    : null;
}

const FOUND_WORDS: { readonly [code in Finding['code']]: readonly [string, string] } = {
  too_deep: [`is nested deeper than ${DEPTH_MAX} levels`, 'Flatten it, or send it as a text.'],
  nul_character: ['holds a NUL character, which no database text can', 'Remove the character U+0000.'],
  broken_unicode: [
    'holds half a character (a lone surrogate)',
    'Cut texts between whole characters; send valid UTF-8.',
  ],
  forbidden_key: [
    'is a name that is not taken',
    'Rename the field: __proto__, constructor and prototype are refused.',
  ],
  invalid_number: ['is not a number that can be kept', 'Send a finite number.'],
};

function refuseFound(raw: Raw, index: number, found: Finding): ReadEvent {
  const [what, hint] = FOUND_WORDS[found.code];
  return refuse(raw, index, found.code, found.path, `${found.path} (${found.value}) ${what}.`, hint);
}

function refuseTime(
  raw: Raw,
  index: number,
  time: Exclude<ReturnType<typeof ownTime>, { kind: 'at' }>,
): ReadEvent {
  const value = excerpt(raw['timestamp']);
  if (time.kind === 'invalid') {
    return refuse(
      raw,
      index,
      'invalid_time',
      'timestamp',
      `timestamp is ${value}, which is no ISO 8601 time.`,
      'Send it like 2026-05-03T10:15:00.000Z, or leave it out.',
    );
  }
  const read = safeIso(time.at);
  if (time.kind === 'too_old') {
    return refuse(
      raw,
      index,
      'time_too_old',
      'timestamp',
      `timestamp ${value} means ${read}, before 1970.`,
      'Send the time at which it happened.',
    );
  }
  return refuse(
    raw,
    index,
    'time_ahead',
    'timestamp',
    `timestamp ${value} means ${read}, more than 10 minutes ahead.`,
    'Set the clock of the sender, or send sentAt so that the difference can be corrected.',
  );
}

function safeIso(at: number): string {
  return Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : 'a time beyond all calendars';
}

function refuseType(raw: Raw, index: number, type: unknown): ReadEvent {
  const hint = 'Send identify, track, page, screen, group or alias.';
  if (type === undefined) return refuse(raw, index, 'missing_field', 'type', 'The event has no type.', hint);
  return refuse(raw, index, 'unknown_type', 'type', `type is ${excerpt(type)}.`, hint);
}

function refuseLong(raw: Raw, index: number, field: string, value: string, max: number): ReadEvent {
  return refuse(
    raw,
    index,
    'too_long',
    field,
    `${field} has ${value.length} characters; at most ${max} are taken.`,
    'Send a shorter one.',
  );
}

function refuse(
  raw: unknown,
  index: number,
  code: RefusalCode,
  field: string | null,
  message: string,
  hint: string,
): ReadEvent {
  return { kind: 'refused', refused: refusedOf(raw, index, refusal(code, field, message, hint)) };
}

function refusedOf(raw: unknown, index: number, why: Refusal): Refused {
  const id = isObject(raw) ? raw['messageId'] : null;
  const messageId =
    typeof id === 'string' ? id.slice(0, ID_CHARS_MAX).replaceAll('\0', '').toWellFormed() : null;
  return { index, refusal: why, messageId, body: keptText(raw) };
}

/** Undefined: missing. Anything that is no text is handed back to be named in the refusal. */
function nameOf(raw: Raw, type: EventType): unknown {
  if (type !== 'track') return NAMES[type];
  const name = raw['event'];
  if (name === undefined || name === null || name === '') return undefined;
  return typeof name === 'string' ? name.trim() || undefined : name;
}

/** Page and screen carry their name and category beside the properties; they count as properties. */
function propertiesOf(raw: Raw, type: EventType): EventFact['properties'] {
  const properties = jsonObject(raw['properties']);
  if (type === 'group')
    return typeof raw['groupId'] === 'string' ? { ...properties, group_id: raw['groupId'] } : properties;
  if (type !== 'page' && type !== 'screen') return properties;
  const { name, category } = raw;
  if (typeof name !== 'string' && typeof category !== 'string') return properties;
  return {
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof category === 'string' ? { category } : {}),
    ...properties,
  };
}

function contextTraits(raw: Raw): unknown {
  const context = raw['context'];
  return isObject(context) ? context['traits'] : undefined;
}

/** Kept for later questions (page, campaign, locale); traits and the names of libraries are not. */
function keptContext(raw: Raw): unknown {
  const context = raw['context'];
  if (!isObject(context)) return undefined;
  let kept: { [key: string]: unknown } | undefined;
  for (const key in context) {
    if (key === 'traits' || key === 'library' || key === 'userAgentData') continue;
    kept ??= {};
    kept[key] = context[key];
  }
  return kept;
}

function jsonObject(value: unknown): { readonly [key: string]: Json } {
  // JSON.parse made it and inspect() looked through it.
  return isObject(value) ? (value as { readonly [key: string]: Json }) : {};
}

function isObject(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEventType(value: unknown): value is EventType {
  return typeof value === 'string' && Object.hasOwn(NAMES, value);
}

function hash16(text: string): Buffer {
  return hash('sha256', text, 'buffer').subarray(0, 16);
}
