// Which people a batch of events speaks of: links are followed in memory, merges worked out, refused links named.
// Pure; the caller holds the locks. Arrival order never changes which identities belong together, except where two
// claim one anonymous id: there the first stands and the reason is shown.
import { identityBucket } from './bucket.ts';
import type { IncomingEvent, Refusal } from './incoming.ts';
import { isSamplePerson } from './sample-ids.ts';

/** A person merged into from more than this many others is a fault of the sender, not a person. */
export const ALIASES_MAX = 64;
export const IDENTITIES_MAX = 200;

export interface IdentityKey {
  readonly kind: string;
  readonly value: string;
  /** Of the row, where it is known already. */
  readonly bucket?: number;
}

/** What is stored of an identity. */
export interface KnownIdentity extends IdentityKey {
  readonly personId: string;
  /** Anonymous ids: the first user_id they were seen with. */
  readonly userId: string | null;
}

/** What resolution must know of a stored person. */
export interface KnownPerson {
  readonly id: string;
  readonly createdAt: number;
  /** How many were merged into them so far. */
  readonly aliases: number;
  readonly hasUserId: boolean;
  /** How many identities lead to them; counted only where new ones are to be added. */
  readonly identities: number;
}

export interface ResolveInput {
  readonly events: readonly IncomingEvent[];
  readonly known: ReadonlyMap<string, KnownIdentity>;
  readonly people: ReadonlyMap<string, KnownPerson>;
  /** Browsers may link to known people only with a token signed by the shop's server. */
  readonly strict: boolean;
  /** Whether an event carries such a token. The signature's own module will answer; until then nobody does. */
  readonly hasToken: (event: IncomingEvent) => boolean;
}

/** People who turn out to be one, and what leads to them from now on. */
export interface Group {
  /** The earliest made first: the survivor. Empty: a new person. */
  readonly people: readonly string[];
  readonly newIdentities: readonly (IdentityKey & {
    readonly browser: boolean;
    readonly userId: string | null;
  })[];
  /** messageId of the event that joined them. */
  readonly cause: string;
}

export interface ResolvedEvent {
  readonly event: IncomingEvent;
  readonly group: Group;
  /** Identities that were not linked and do not count for this event. */
  readonly refused: readonly (IdentityKey & { readonly refusal: Refusal })[];
}

export interface Resolution {
  readonly events: readonly ResolvedEvent[];
  readonly groups: readonly Group[];
  /** Anonymous ids already stored that met their first user_id. */
  readonly marks: readonly { readonly anonymousId: string; readonly userId: string }[];
}

export function identityText(kind: string, value: string): string {
  return `${kind}\n${value}`;
}

/** With its text, made once: it is looked up several times. */
export interface NamedIdentity extends IdentityKey {
  readonly text: string;
  readonly bucket: number;
}

const namedBy = new WeakMap<IncomingEvent, readonly NamedIdentity[]>();

/** All identities that an event names, the strongest first. An alias names its earlier id as either kind. */
export function identitiesOf(event: IncomingEvent): readonly NamedIdentity[] {
  const before = namedBy.get(event);
  if (before !== undefined) return before;
  const named = event.fact.identities.map(([kind, value]) => nameIdentity(kind, value));
  if (event.previousId !== null) {
    // Right after the first: once the two are one, whatever else the event names is no longer someone else's.
    named.splice(
      1,
      0,
      nameIdentity('user_id', event.previousId),
      nameIdentity('anonymous_id', event.previousId),
    );
  }
  namedBy.set(event, named);
  return named;
}

function nameIdentity(kind: string, value: string): NamedIdentity {
  return { kind, value, text: identityText(kind, value), bucket: identityBucket(kind, value) };
}

interface Added {
  readonly kind: string;
  readonly value: string;
  readonly browser: boolean;
  userId: string | null;
}

/** A set of identities and people that belong together; `parent` when it was joined to another. */
interface Node {
  parent: Node | null;
  people: KnownPerson[];
  /** Null: none so far, as for nearly everyone. */
  added: Map<string, Added> | null;
  hasUserId: boolean;
  cause: string;
}

export function resolve(input: ResolveInput): Resolution {
  const nodes = new Map<string, Node>();
  const byPerson = new Map<string, Node>();
  const marks = new Map<string, string>();
  const placed: {
    readonly event: IncomingEvent;
    readonly node: Node;
    readonly refused: ResolvedEvent['refused'];
  }[] = [];
  const all = new Set<Node>();

  /** The node an identity is in already, or null when nobody has it yet. */
  const find = (key: NamedIdentity): Node | null => {
    const { text } = key;
    const made = nodes.get(text);
    if (made !== undefined) return root(made);
    const known = input.known.get(text);
    if (known === undefined) return null;
    const person = input.people.get(known.personId);
    if (person === undefined) throw new Error(`an identity leads to nobody (${known.personId})`);
    let node = byPerson.get(person.id);
    if (node === undefined) {
      node = { parent: null, people: [person], added: null, hasUserId: person.hasUserId, cause: '' };
      byPerson.set(person.id, node);
      all.add(node);
    }
    nodes.set(text, node);
    return root(node);
  };

  const add = (node: Node, key: NamedIdentity, event: IncomingEvent): void => {
    const { kind, value, text } = key;
    node.added ??= new Map();
    node.added.set(text, { kind, value, browser: event.fact.trust === 'browser', userId: null });
    nodes.set(text, node);
    if (key.kind === 'user_id' && key.value !== event.previousId) node.hasUserId = true;
  };

  for (const event of input.events) {
    const refused: (IdentityKey & { readonly refusal: Refusal })[] = [];
    let named = identitiesOf(event);
    if (input.strict && event.fact.trust === 'browser' && !input.hasToken(event)) {
      const anonymous = named.find((key) => key.kind === 'anonymous_id');
      const home = anonymous === undefined ? null : find(anonymous);
      for (const key of named) {
        if (key.kind === 'anonymous_id' || (home !== null && find(key) === home)) continue;
        refused.push({ ...key, refusal: tokenNeeded(key) });
      }
      if (anonymous !== undefined)
        named = named.filter((key) => !refused.some((r) => r.kind === key.kind && r.value === key.value));
    }
    const first = named[0];
    if (first === undefined) throw new Error('an event without identities passed the door');
    let node = find(first);
    if (node === null) {
      node = { parent: null, people: [], added: null, hasUserId: false, cause: event.fact.id };
      all.add(node);
      add(node, first, event);
    }
    const userId = event.fact.identities.find(([kind]) => kind === 'user_id')?.[1] ?? null;
    for (const key of named.slice(1)) {
      // Of an earlier id that was refused as a user, the anonymous reading is refused too.
      if (key.value === event.previousId && refused.some((r) => r.value === key.value)) continue;
      const other = find(key);
      const ownAnonymous = key.kind === 'anonymous_id' && key.value !== event.previousId;
      const refusal =
        other === root(node)
          ? null
          : refuseLink(root(node), other, {
              key,
              event,
              userId: ownAnonymous ? userId : null,
              mark: markOf(key),
            });
      if (refusal !== null) {
        refused.push({ ...key, refusal });
        continue;
      }
      node = root(node);
      if (other === null) add(node, key, event);
      else if (other !== node) node = join(node, other, event.fact.id);
      if (ownAnonymous && userId !== null) mark(key, userId);
    }
    placed.push({ event, node, refused });
  }

  function markOf(key: NamedIdentity): string | null {
    if (key.kind !== 'anonymous_id') return null;
    const { text } = key;
    const added = root(nodes.get(text) ?? NOBODY).added?.get(text);
    return added?.userId ?? marks.get(key.value) ?? input.known.get(text)?.userId ?? null;
  }

  function mark(key: NamedIdentity, userId: string): void {
    if (markOf(key) !== null) return;
    const { text } = key;
    const added = root(nodes.get(text) ?? NOBODY).added?.get(text);
    if (added !== undefined) added.userId = userId;
    else marks.set(key.value, userId);
  }

  const groups = new Map<Node, Group>();
  const groupOf = (node: Node): Group => {
    const top = root(node);
    let group = groups.get(top);
    if (group === undefined) {
      if (top.people.length > 1)
        top.people.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
      const newIdentities = top.added === null ? [] : [...top.added.values()];
      group = { people: top.people.map((p) => p.id), newIdentities, cause: top.cause };
      groups.set(top, group);
    }
    return group;
  };
  const events = placed.map(({ event, node, refused }) => ({ event, group: groupOf(node), refused }));
  return {
    events,
    groups: [...groups.values()],
    marks: [...marks].map(([anonymousId, userId]) => ({ anonymousId, userId })),
  };
}

const NOBODY: Node = { parent: null, people: [], added: null, hasUserId: false, cause: '' };

function root(node: Node): Node {
  let top = node;
  while (top.parent !== null) top = top.parent;
  return top;
}

function join(a: Node, b: Node, cause: string): Node {
  b.parent = a;
  a.people.push(...b.people);
  if (b.added !== null) a.added = new Map([...(a.added ?? []), ...b.added]);
  a.hasUserId ||= b.hasUserId;
  if (a.people.length > 1) a.cause = cause;
  return a;
}

interface Link {
  readonly key: IdentityKey;
  readonly event: IncomingEvent;
  /** The user_id that an anonymous id is said to belong to. */
  readonly userId: string | null;
  readonly mark: string | null;
}

/** Why two sets may not become one; null: they may. */
function refuseLink(node: Node, other: Node | null, link: Link): Refusal | null {
  const { key, event, userId, mark } = link;
  if (userId !== null && mark !== null && mark !== userId) return sharedDevice(key, mark, userId);
  if (other === null) {
    const count = node.people.reduce((sum, p) => sum + p.identities, node.added?.size ?? 0);
    return count >= IDENTITIES_MAX ? tooManyIdentities(key) : null;
  }
  if (madeUp(node) !== null && madeUp(other) !== null && madeUp(node) !== madeUp(other))
    return sampleLink(key);
  // A user id that nobody has yet is only a new name: what a browser may not do is make one of two known users.
  const stored = node.people.length > 0 && other.people.length > 0;
  if (event.fact.trust === 'browser' && stored && node.hasUserId && other.hasUserId) return browserMerge(key);
  const merged = [...node.people, ...other.people].reduce((sum, p) => sum + p.aliases + 1, 0) - 1;
  return merged > ALIASES_MAX ? tooManyMerges(key) : null;
}

/** Whether they belong to the sample store; null: nobody stored yet. */
function madeUp(node: Node): boolean | null {
  const [first] = node.people;
  return first === undefined ? null : isSamplePerson(first.id);
}

function sampleLink(key: IdentityKey): Refusal {
  return {
    code: 'sample_person',
    field: fieldOf(key),
    message: `${shown(key.value)} belongs to the sample store on one side only: nobody real becomes one with it.`,
    hint: 'Ids like sample-00001 belong to the sample store. Use others, or remove it.',
  };
}

function sharedDevice(key: IdentityKey, first: string, second: string): Refusal {
  return {
    code: 'shared_device',
    field: 'anonymousId',
    message: `anonymousId ${shown(key.value)} belongs to user ${shown(first)} and came with user ${shown(second)}: a shared device.`,
    hint: 'Call reset() when someone signs out. The event was counted for the user, the two were not made one.',
  };
}

function browserMerge(key: IdentityKey): Refusal {
  return {
    code: 'browser_merge',
    field: fieldOf(key),
    message: `A browser said that ${shown(key.value)} and another known user are the same person.`,
    hint: 'Two known users are joined only by your server: send the alias or identify call with a server key.',
  };
}

function tokenNeeded(key: IdentityKey): Refusal {
  return {
    code: 'token_needed',
    field: fieldOf(key),
    message: `A browser linked ${shown(key.value)} without a signed token, and strict linking is on.`,
    hint: 'Send the token made by your server, or switch strict linking off in the settings.',
  };
}

function tooManyMerges(key: IdentityKey): Refusal {
  return {
    code: 'too_many_merges',
    field: fieldOf(key),
    message: `${shown(key.value)} would join more than ${ALIASES_MAX} people into one.`,
    hint: 'An id that many people send is not theirs: look for a fixed value in the code of the site.',
  };
}

function tooManyIdentities(key: IdentityKey): Refusal {
  return {
    code: 'too_many_identities',
    field: fieldOf(key),
    message: `${shown(key.value)} would be one of more than ${IDENTITIES_MAX} identities of one person.`,
    hint: 'An address or id that many people send is not theirs: look for a fixed value in the code of the site.',
  };
}

function fieldOf(key: IdentityKey): string {
  switch (key.kind) {
    case 'user_id':
      return 'userId';
    case 'anonymous_id':
      return 'anonymousId';
    default:
      return `traits.${key.kind}`;
  }
}

function shown(value: string): string {
  return value.length > 60 ? `"${value.slice(0, 60).toWellFormed()}…"` : `"${value}"`;
}
