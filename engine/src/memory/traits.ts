// Facts about the person, each with where it came from. Declared outranks observed, imported, predicted; a server
// outranks a browser within the same rank; then the newest, then the greater event id stands.
import type { EventFact } from '../input.ts';
import type { Memory, Provenance, TraitValue } from '../person.ts';
import { compareText, FORBIDDEN_KEYS, isSmall } from '../lib/json.ts';
import { isLater } from './slots.ts';

/** More keys than this: the first in the alphabet stay. */
export const TRAITS_MAX = 256;
export const TRAIT_CHARS_MAX = 4_096;
export const TRAIT_KEY_CHARS_MAX = 200;
export const IDENTITY_KINDS_MAX = 32;

/** What people say of themselves in a form is declared; what a program says of them is observed. */
const DECLARING: ReadonlySet<string> = new Set(['Preference Told', 'Survey Answered', 'Form Submitted']);

/** How much of a set of traits is kept. */
export interface TraitLimits {
  /** More keys than this: the first in the alphabet stay. */
  readonly keys: number;
  readonly keyChars: number;
  readonly chars: number;
}

const PERSON_LIMITS: TraitLimits = {
  keys: TRAITS_MAX,
  keyChars: TRAIT_KEY_CHARS_MAX,
  chars: TRAIT_CHARS_MAX,
};

type Traits = Memory['traits'];
type Identities = Memory['identities'];

export function foldTraits(traits: Traits, event: EventFact): Traits {
  // A group's traits are facts about the account.
  return event.type === 'group' ? traits : saidIn(event, PERSON_LIMITS, traits);
}

/** What one event says, on top of what was said before. */
export function saidIn(event: EventFact, limits: TraitLimits, before: Traits = {}): Traits {
  let next = before;
  const p = provenanceOf(event);
  for (const key of Object.keys(event.traits)) {
    if (FORBIDDEN_KEYS.has(key) || key.length > limits.keyChars) continue;
    const v = event.traits[key]!;
    if (!isSmall(v, limits.chars)) continue;
    const said: TraitValue = {
      v,
      at: event.at,
      p,
      ...(event.trust === 'browser' ? { b: true as const } : {}),
      s: event.id,
    };
    next = withTrait(next, key, said, limits.keys);
  }
  return next;
}

export function mergeTraits(a: Traits, b: Traits): Traits {
  return mergeSaid(a, b, PERSON_LIMITS);
}

export function mergeSaid(a: Traits, b: Traits, limits: TraitLimits): Traits {
  return Object.keys(b).reduce((traits, key) => withTrait(traits, key, b[key]!, limits.keys), a);
}

export function foldIdentities(identities: Identities, event: EventFact): Identities {
  let next = identities;
  for (const [kind, value] of event.identities) next = withIdentity(next, kind, [value, event.at, event.id]);
  return next;
}

export function mergeIdentities(a: Identities, b: Identities): Identities {
  return Object.keys(b).reduce((identities, kind) => withIdentity(identities, kind, b[kind]!), a);
}

function withIdentity(identities: Identities, kind: string, said: Identities[string]): Identities {
  if (FORBIDDEN_KEYS.has(kind)) return identities;
  const known = Object.hasOwn(identities, kind) ? identities[kind] : undefined;
  if (known !== undefined && !isNewerIdentity(said, known)) return identities;
  return withKey(identities, kind, said, IDENTITY_KINDS_MAX);
}

/** One event may come with two values of a kind: the greater text stands. */
function isNewerIdentity(a: Identities[string], b: Identities[string]): boolean {
  if (a[1] === b[1] && a[2] === b[2]) return a[0] > b[0];
  return isLater(a[1], a[2], b[1], b[2]);
}

function withTrait(traits: Traits, key: string, said: TraitValue, keysMax: number): Traits {
  const known = Object.hasOwn(traits, key) ? traits[key] : undefined;
  return known === undefined || outranks(said, known) ? withKey(traits, key, said, keysMax) : traits;
}

function outranks(a: TraitValue, b: TraitValue): boolean {
  const difference = rankOf(a) - rankOf(b);
  return difference === 0 ? isLater(a.at, a.s, b.at, b.s) : difference > 0;
}

const RANK: { readonly [p in Provenance]: number } = { declared: 6, observed: 4, imported: 2, predicted: 0 };

function rankOf(value: TraitValue): number {
  return RANK[value.p] + (value.b === true ? 0 : 1);
}

function provenanceOf(event: EventFact): Provenance {
  if (event.trust === 'import') return 'imported';
  return DECLARING.has(event.name) ? 'declared' : 'observed';
}

/** Keys stay sorted, so that equal contents have equal bytes. */
function withKey<T>(
  from: { readonly [key: string]: T },
  key: string,
  value: T,
  max: number,
): { readonly [key: string]: T } {
  if (Object.hasOwn(from, key)) return { ...from, [key]: value };

  const keys = Object.keys(from);
  // Most of what comes too late in the alphabet is refused here, before anything is sorted.
  if (keys.length >= max && keys.every((each) => each < key)) return from;

  keys.push(key);
  keys.sort(compareText);
  const next: { [key: string]: T } = {};
  for (const each of keys.slice(0, max)) next[each] = each === key ? value : from[each]!;
  return next;
}
