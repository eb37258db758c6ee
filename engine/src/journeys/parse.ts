// Journey JSON from outside into a graph that may run: all problems at once, each with its place and a way out.
import { readSegment } from '../rules/parse-parts.ts';
import type { JourneyGraph, JourneyNode, Trigger } from '../definition.ts';
import { isRecord, Reader } from '../lib/reader.ts';
import { parseSelector } from '../rules/parse.ts';
import type { Known } from '../rules/parse.ts';
import type { Parsed } from '../rules/rule.ts';
import { readKey, readRule, readWaitTime, readWaitUntil, waitsForEvent } from './parse-waits.ts';

export const NODES_MAX = 200;
export const HOLD_OUT_MAX = 0.5;

/** What a journey may refer to. */
export interface JourneyKnown extends Known {
  readonly templates: ReadonlySet<string>;
  readonly topics: ReadonlySet<string>;
}

const NODE_KINDS = [
  'trigger',
  'wait',
  'wait_time',
  'wait_until',
  'branch',
  'email',
  'webhook',
  'exit',
] as const;
const GRAPH_KEYS = ['entry', 'nodes', 'goal', 'exit_when', 'hold_out', 'reentry'];
const NODE_KEYS: { readonly [kind: string]: readonly string[] } = {
  trigger: ['kind', 'on', 'where', 'key', 'next'],
  wait: ['kind', 'for', 'next'],
  wait_time: ['kind', 'at', 'weekdays', 'next'],
  wait_until: ['kind', 'event', 'by', 'rule', 'within', 'next', 'timeout'],
  branch: ['kind', 'rule', 'then', 'else'],
  email: ['kind', 'template', 'topic', 'marketing', 'promised', 'shelf_life', 'offer', 'next'],
  webhook: ['kind', 'url', 'promised', 'shelf_life', 'next'],
  exit: ['kind'],
};

export function parseJourney(json: unknown, known: JourneyKnown, path = ''): Parsed<JourneyGraph> {
  const reader = new Reader();
  if (!isRecord(json)) {
    reader.problem('wrong_type', path, 'A journey is an object.', 'Send {"entry": …, "nodes": {…}}.');
    return { ok: false, problems: reader.problems };
  }
  reader.noOtherKeys(json, GRAPH_KEYS, path);
  const entry = reader.text(json, 'entry', path) ?? '';
  const nodes = readNodes(reader, json['nodes'], `${path}/nodes`, known);
  checkEdges(reader, entry, nodes, path);
  const goal = readGoal(reader, json['goal'], known, `${path}/goal`);
  const exitWhen =
    json['exit_when'] === undefined
      ? undefined
      : readRule(reader, json['exit_when'], known, `${path}/exit_when`);
  const holdOut = reader.optionalNumber(json, 'hold_out', path, { min: 0, max: HOLD_OUT_MAX });
  const reentry = readReentry(reader, json['reentry'], `${path}/reentry`);
  if (reader.problems.length > 0) return { ok: false, problems: reader.problems };
  return {
    ok: true,
    value: {
      entry,
      nodes: Object.fromEntries(nodes),
      ...(goal === undefined ? {} : { goal }),
      ...(exitWhen === undefined ? {} : { exit_when: exitWhen }),
      ...(holdOut === undefined ? {} : { hold_out: holdOut }),
      reentry,
    },
  };
}

function readNodes(
  reader: Reader,
  json: unknown,
  path: string,
  known: JourneyKnown,
): ReadonlyMap<string, JourneyNode> {
  const nodes = new Map<string, JourneyNode>();
  if (!isRecord(json)) {
    reader.problem(
      'wrong_type',
      path,
      '"nodes" is an object of nodes by key.',
      'Send {"welcome": {"kind": "trigger", …}, …}.',
    );
    return nodes;
  }
  const keys = Object.keys(json);
  if (keys.length > NODES_MAX) {
    reader.problem(
      'too_many',
      path,
      `${keys.length} nodes; at most ${NODES_MAX}.`,
      'Split the journey in two.',
    );
    return nodes;
  }
  for (const key of keys) {
    const at = `${path}/${key}`;
    if (!/^[a-z0-9_]{1,64}$/.test(key)) {
      reader.problem(
        'bad_key',
        at,
        `"${key.slice(0, 80)}" is no node key.`,
        'Use lower case letters, digits and _, at most 64.',
      );
      continue;
    }
    const node = readNode(reader, json[key], at, known);
    if (node !== null) nodes.set(key, node);
  }
  return nodes;
}

function readNode(reader: Reader, json: unknown, path: string, known: JourneyKnown): JourneyNode | null {
  if (!isRecord(json)) {
    reader.problem('wrong_type', path, 'A node is an object.', `Give it a "kind": ${NODE_KINDS.join(', ')}.`);
    return null;
  }
  const kind = reader.oneOf(json, 'kind', path, NODE_KINDS);
  if (kind === null) return null;
  reader.noOtherKeys(json, NODE_KEYS[kind] ?? [], path);
  const next = kind === 'branch' || kind === 'exit' ? '' : (reader.text(json, 'next', path) ?? '');
  switch (kind) {
    case 'trigger': {
      const on = readTrigger(reader, json['on'], `${path}/on`, known);
      const where =
        json['where'] === undefined ? undefined : readRule(reader, json['where'], known, `${path}/where`);
      const key = readKey(reader, json['key'], `${path}/key`);
      if (key !== undefined && on !== null && !waitsForEvent(on)) {
        reader.problem(
          'key_without_event',
          `${path}/key`,
          'Only an event has properties.',
          'Leave "key" out.',
        );
      }
      if (on === null) return null;
      return {
        kind,
        on,
        next,
        ...(where === undefined ? {} : { where }),
        ...(key === undefined ? {} : { key }),
      };
    }
    case 'wait': {
      const length = reader.duration(json, 'for', path);
      return length === null ? null : { kind, for: length, next };
    }
    case 'wait_time':
      return readWaitTime(reader, json, path, next);
    case 'wait_until':
      return readWaitUntil(reader, json, path, known, next);
    case 'branch': {
      const rule = readRule(reader, json['rule'], known, `${path}/rule`);
      const then = reader.text(json, 'then', path) ?? '';
      const otherwise = reader.text(json, 'else', path) ?? '';
      return rule === undefined ? null : { kind, rule, then, else: otherwise };
    }
    case 'email':
      return readEmail(reader, json, path, known, next);
    case 'webhook':
      return readWebhook(reader, json, path, next);
    case 'exit':
      return { kind };
  }
}

function readEmail(
  reader: Reader,
  json: { readonly [key: string]: unknown },
  path: string,
  known: JourneyKnown,
  next: string,
): JourneyNode | null {
  const template = reader.known(json, 'template', path, known.templates, 'template');
  const topic = reader.known(json, 'topic', path, known.topics, 'topic');
  const marketing = reader.optionalBoolean(json, 'marketing', path);
  const promised = reader.optionalBoolean(json, 'promised', path);
  const shelfLife =
    json['shelf_life'] === undefined ? undefined : (reader.duration(json, 'shelf_life', path) ?? undefined);
  const offer = reader.optionalJsonObject(json, 'offer', path);
  if (template === null || topic === null) return null;
  return {
    kind: 'email',
    template,
    topic,
    next,
    ...(marketing === undefined ? {} : { marketing }),
    ...(promised === undefined ? {} : { promised }),
    ...(shelfLife === undefined ? {} : { shelf_life: shelfLife }),
    ...(offer === undefined ? {} : { offer }),
  };
}

function readWebhook(
  reader: Reader,
  json: { readonly [key: string]: unknown },
  path: string,
  next: string,
): JourneyNode | null {
  const url = reader.text(json, 'url', path);
  const promised = reader.optionalBoolean(json, 'promised', path);
  const shelfLife =
    json['shelf_life'] === undefined ? undefined : (reader.duration(json, 'shelf_life', path) ?? undefined);
  if (url === null) return null;
  if (!/^https?:\/\/[^\s/?#]+/i.test(url) || url.length > 2_000) {
    reader.problem(
      'bad_url',
      `${path}/url`,
      `"${url.slice(0, 80)}" is no web address.`,
      'Use https://… (http:// only on a private network).',
    );
    return null;
  }
  return {
    kind: 'webhook',
    url,
    next,
    ...(promised === undefined ? {} : { promised }),
    ...(shelfLife === undefined ? {} : { shelf_life: shelfLife }),
  };
}

function readTrigger(reader: Reader, json: unknown, path: string, known: JourneyKnown): Trigger | null {
  if (!isRecord(json)) {
    reader.problem(
      'wrong_type',
      path,
      'A trigger needs "on".',
      'For example {"kind": "stage_reached", "model": "default", "stage": "build_up"}.',
    );
    return null;
  }
  const kinds = ['event', 'segment_joined', 'segment_left', 'stage_reached', 'api', 'any'] as const;
  const kind = reader.oneOf(json, 'kind', path, kinds);
  switch (kind) {
    case null:
      return null;
    case 'event': {
      const { kind: _kind, ...rest } = json;
      const selector = reader.take(parseSelector(rest, path));
      return selector === undefined ? null : { kind, ...selector };
    }
    case 'segment_joined':
    case 'segment_left': {
      const segment = readSegment(reader, known, json, path);
      return segment === null ? null : { kind, segment };
    }
    case 'stage_reached': {
      const model = reader.known(json, 'model', path, new Set(known.models.keys()), 'lifecycle model');
      if (model === null) return null;
      const stage = reader.known(
        json,
        'stage',
        path,
        known.models.get(model) ?? new Set(),
        `stage of ${model}`,
      );
      return stage === null ? null : { kind, model, stage };
    }
    case 'api':
      return { kind };
    case 'any': {
      const list = json['of'];
      if (
        !Array.isArray(list) ||
        list.length === 0 ||
        list.length > 10 ||
        list.some((t) => isRecord(t) && t['kind'] === 'any')
      ) {
        reader.problem(
          'wrong_type',
          `${path}/of`,
          '"of" is a list of 1 to 10 triggers.',
          'List the triggers; "any" inside "any" is not needed.',
        );
        return null;
      }
      const of = list
        .map((t: unknown, i) => readTrigger(reader, t, `${path}/of/${i}`, known))
        .filter((t) => t !== null);
      return { kind, of };
    }
  }
}

function readGoal(reader: Reader, json: unknown, known: JourneyKnown, path: string): JourneyGraph['goal'] {
  if (json === undefined) return undefined;
  if (!isRecord(json)) {
    reader.problem('wrong_type', path, 'A goal is an object.', 'Send {"rule": {…}, "exits": true}.');
    return undefined;
  }
  reader.noOtherKeys(json, ['rule', 'exits'], path);
  const rule = readRule(reader, json['rule'], known, `${path}/rule`);
  const exits = reader.optionalBoolean(json, 'exits', path) ?? true;
  return rule === undefined ? undefined : { rule, exits };
}

function readReentry(reader: Reader, json: unknown, path: string): JourneyGraph['reentry'] {
  if (json === undefined || json === 'once') return 'once';
  if (json === 'after_exit') return 'after_exit';
  if (isRecord(json)) {
    reader.noOtherKeys(json, ['after'], path);
    const after = reader.duration(json, 'after', path);
    return after === null ? 'once' : { after };
  }
  reader.problem('wrong_type', path, 'Unknown re-entry.', 'Use "once", "after_exit" or {"after": "P90D"}.');
  return 'once';
}

/** Every edge ends somewhere, every node can be reached, one way in, and no ring without a wait in it. */
function checkEdges(
  reader: Reader,
  entry: string,
  nodes: ReadonlyMap<string, JourneyNode>,
  path: string,
): void {
  const start = nodes.get(entry);
  if (start?.kind !== 'trigger' && reader.problems.length === 0) {
    reader.problem(
      'no_entry',
      `${path}/entry`,
      `"${entry}" is no trigger node.`,
      'Name the trigger at which people enter.',
    );
  }
  for (const [key, node] of nodes) {
    if (node.kind === 'trigger' && key !== entry) {
      reader.problem(
        'second_trigger',
        `${path}/nodes/${key}`,
        'A journey has one trigger.',
        'Put several into one with {"kind": "any", "of": […]}.',
      );
    }
    for (const [edge, to] of edges(node)) {
      if (nodes.has(to)) continue;
      const hint = `Use one of: ${[...nodes.keys()].join(', ').slice(0, 200)}.`;
      reader.problem(
        'dangling',
        `${path}/nodes/${key}/${edge}`,
        `Node "${key}" leads to "${to}", which does not exist.`,
        hint,
      );
    }
  }
  const entered = nodes.get(entry);
  for (const [key, node] of nodes) {
    if (node.kind !== 'wait_until' || node.by === undefined) continue;
    if (entered?.kind === 'trigger' && entered.key !== undefined) continue;
    reader.problem(
      'no_run_key',
      `${path}/nodes/${key}/by`,
      `"${key}" compares "${node.by}" with the run's key, and the trigger names none.`,
      `Give the trigger "key": "${node.by}".`,
    );
  }
  if (reader.problems.length > 0) return;
  const reached = new Set<string>();
  const visit = (key: string): void => {
    const node = nodes.get(key);
    if (reached.has(key) || node === undefined) return;
    reached.add(key);
    for (const [, to] of edges(node)) visit(to);
  };
  visit(entry);
  for (const key of nodes.keys()) {
    if (!reached.has(key))
      reader.problem(
        'unreachable',
        `${path}/nodes/${key}`,
        `Nobody can reach "${key}".`,
        'Lead an edge to it or remove it.',
      );
  }
  const ring = instantRing(nodes);
  if (ring !== null) {
    reader.problem(
      'ring',
      `${path}/nodes/${ring[0]}`,
      `${ring.join(' → ')} goes round without waiting.`,
      'Put a wait of at least a minute into the ring.',
    );
  }
}

function edges(node: JourneyNode): readonly (readonly [string, string])[] {
  switch (node.kind) {
    case 'branch':
      return [
        ['then', node.then],
        ['else', node.else],
      ];
    case 'wait_until':
      return [
        ['next', node.next],
        ['timeout', node.timeout],
      ];
    case 'exit':
      return [];
    default:
      return [['next', node.next]];
  }
}

/** A ring of nodes that a run would walk in one instant. A `wait_until` counts as none: what it awaits may be there already. */
function instantRing(nodes: ReadonlyMap<string, JourneyNode>): readonly string[] | null {
  const clear = new Set<string>();
  const follow = (key: string, way: readonly string[]): readonly string[] | null => {
    if (way.includes(key)) return [...way.slice(way.indexOf(key)), key];
    const node = nodes.get(key);
    if (node === undefined || node.kind === 'wait' || clear.has(key)) return null;
    for (const [, to] of edges(node)) {
      const ring = follow(to, [...way, key]);
      if (ring !== null) return ring;
    }
    clear.add(key);
    return null;
  };
  for (const key of nodes.keys()) {
    const ring = follow(key, []);
    if (ring !== null) return ring;
  }
  return null;
}
