// A broken law in words: the world that broke it as a story a person can read, and what was expected.
import type { Definition, EventFact, Rule } from '../src/index.ts';
import { sentence } from '../src/index.ts';
import { Disagreement } from './law.ts';

/** Whatever a check has drawn. Fields whose names say what they are become words, the rest is shown as JSON. */
export function tellWorld(world: unknown): readonly string[] {
  if (typeof world !== 'object' || world === null) return [`  ${JSON.stringify(world)}`];
  return Object.entries(world).flatMap(
    ([name, value]) => tellers[name]?.(value as never) ?? [tellPlain(name, value)],
  );
}

export function tellError(error: unknown): readonly string[] {
  if (error instanceof Disagreement)
    return [
      `  about:    ${error.about}`,
      `  expected: ${valueWords(error.expected)}`,
      `  got:      ${valueWords(error.got)}`,
    ];
  return [error instanceof Error ? (error.stack ?? error.message) : String(error)].map((text) => `  ${text}`);
}

const tellers: { readonly [name: string]: ((value: never) => readonly string[]) | undefined } = {
  world: tellWorld,
  definition: tellDefinition,
  asked: (asked: Rule | readonly Rule[]) => [asked].flat().flatMap((each) => tellRule('asked', each)),
  rules: (rules: readonly Rule[]) => rules.flatMap((each, i) => tellRule(`rule ${i + 1}`, each)),
  history: (events: readonly EventFact[]) => [
    '  what happened:',
    ...events.toSorted((a, b) => a.at - b.at).map((event) => `    ${time(event.at)}  ${tellEvent(event)}`),
  ],
  now: (now: number) => [`  now: ${time(now)}`],
};

function tellDefinition(definition: Definition): readonly string[] {
  return [
    `  the shop: ${definition.time_zone}, ${definition.currency}, usual gap ${definition.gap_days ?? 'unknown'}`,
    ...definition.segments.flatMap((each) => tellRule(`segment ${each.key}`, each.rule)),
    ...definition.models.flatMap((each) =>
      each.stages.flatMap((stage) => tellRule(`stage ${each.key}/${stage.key}`, stage.rule)),
    ),
    ...(definition.programmes ?? []).map((each) => `  programme ${each.key}: ${JSON.stringify(each)}`),
    ...definition.journeys.flatMap((each) =>
      Object.values(each.versions).map((graph) => `  journey ${each.key}: ${JSON.stringify(graph)}`),
    ),
  ];
}

function tellRule(name: string, rule: Rule): readonly string[] {
  return [`  ${name}: ${sentence(rule)}`, `    ${JSON.stringify(rule)}`];
}

function tellEvent(event: EventFact): string {
  const parts = [event.properties, event.traits].filter((each) => Object.keys(each).length > 0);
  const ids = event.identities.map(([kind, value]) => `${kind} ${value}`);
  return [
    `${event.name} (${event.id}, ${event.trust})`,
    ...parts.map((each) => JSON.stringify(each)),
    ...ids,
  ].join(' ');
}

function tellPlain(name: string, value: unknown): string {
  return `  ${name}: ${JSON.stringify(value)}`;
}

/** A decision says when it was due; other values are shown as they are. */
function valueWords(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  if (typeof value !== 'object' || value === null || !('due_at' in value) || typeof value.due_at !== 'number')
    return text;
  return `due ${time(value.due_at)}: ${text}`;
}

function time(at: number): string {
  return new Date(at).toISOString();
}
