// What a rule may speak of: names of events and their properties, traits, and everything defined, as seen in this workspace.
import { decodePerson } from '@rapport/engine';
import type { Definition, Json } from '@rapport/engine';
import { z } from 'zod';
import { listTopics } from '../postgres/content-keys.ts';
import { sampleEventBodies, sampleEventNames, sampleStates } from '../postgres/vocabulary.ts';
import type { Bounds, SeenName } from '../postgres/vocabulary.ts';
import { actorOf } from './auth.ts';
import type { App, HttpDeps } from './deps.ts';
import { eventsNamed } from './known.ts';

const namesMax = 10_000;
const pathsMax = 300;
const pathCharsMax = 200;
const examplesMax = 8;
const exampleCharsMax = 80;
const nestedMax = 4;
const keptMs = 30_000;
const keptMax = 1_000;

const pathSchema = z
  .object({
    path: z.string(),
    /** What its values were: text, number, boolean, list. */
    types: z.array(z.enum(['text', 'number', 'boolean', 'list'])),
    examples: z.array(z.union([z.string(), z.number(), z.boolean()])),
  })
  .meta({ id: 'SeenPath' });
type SeenPath = z.infer<typeof pathSchema>;

const thingSchema = z.object({ key: z.string(), name: z.string() });

const vocabularySchema = z
  .object({
    events: z.array(z.object({ name: z.string(), seen: z.number().int() })),
    /** Events looked at, and whether these were all. */
    looked: z.object({ events: z.number().int(), whole: z.boolean() }),
    /** Names of the events that count as an order here; none: any event may. */
    purchase: z.array(z.string()),
    traits: z.array(pathSchema),
    segments: z.array(thingSchema),
    models: z.array(thingSchema.extend({ stages: z.array(thingSchema) })),
    journeys: z.array(thingSchema),
    programmes: z.array(thingSchema.extend({ tiers: z.array(thingSchema) })),
    topics: z.array(thingSchema),
    channels: z.array(z.string()),
  })
  .meta({ id: 'Vocabulary' });

interface Seen {
  readonly events: readonly SeenName[];
  readonly looked: { readonly events: number; readonly whole: boolean };
  readonly traits: readonly SeenPath[];
}

export function registerVocabulary(app: App, deps: HttpDeps): void {
  const db = deps.pools.console;
  const bounds = (rowsMax: number): Bounds => ({ rowsMax, budgetMs: 300, now: deps.now });
  const seen = keepBriefly(deps.now, async (workspaceId: string): Promise<Seen> => {
    const [{ names, looked, whole }, states] = await Promise.all([
      sampleEventNames(db, workspaceId, { ...bounds(50_000), rowsMin: 20_000 }),
      sampleStates(db, workspaceId, bounds(500)),
    ]);
    return { events: names.slice(0, namesMax), looked: { events: looked, whole }, traits: traitsIn(states) };
  });
  const properties = keepBriefly(deps.now, async (of: string): Promise<readonly SeenPath[]> => {
    const [workspaceId = '', ...names] = JSON.parse(of) as string[];
    const bodies = await sampleEventBodies(db, workspaceId, names.includes('*') ? null : names, bounds(300));
    return pathsIn(bodies.map(factIn));
  });

  app.get(
    '/api/vocabulary',
    {
      schema: {
        tags: ['segments'],
        summary: 'What a rule may speak of: events, traits and definitions, as seen here',
        response: { 200: vocabularySchema },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const { definition } = await deps.programs.get(workspaceId);
      const [{ events, looked, traits }, topics] = await Promise.all([
        seen(workspaceId),
        listTopics(db, workspaceId),
      ]);
      return {
        events: [...events],
        looked,
        traits: [...traits],
        ...thingsIn(definition),
        topics: topics.map(({ key, name }) => ({ key, name })),
      };
    },
  );

  app.get(
    '/api/vocabulary/properties',
    {
      schema: {
        tags: ['segments'],
        summary: 'What events of a name carry, with examples',
        querystring: z.object({
          event: z
            .union([z.string().max(pathCharsMax), z.array(z.string().max(pathCharsMax)).max(50)])
            .meta({ description: 'A name, several, or * for any' }),
        }),
        response: { 200: z.object({ items: z.array(pathSchema) }) },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const { event } = request.query;
      const names = typeof event === 'string' ? [event] : [...event].sort();
      return { items: [...(await properties(JSON.stringify([workspaceId, ...names])))] };
    },
  );
}

/** An answer is given again for half a minute; a failed one is not. */
function keepBriefly<T>(now: () => number, load: (of: string) => Promise<T>): (of: string) => Promise<T> {
  const answers = new Map<string, { readonly at: number; readonly value: Promise<T> }>();
  return (of) => {
    const known = answers.get(of);
    if (known !== undefined && now() - known.at < keptMs) return known.value;
    if (answers.size >= keptMax) answers.clear();
    const value = load(of);
    answers.set(of, { at: now(), value });
    value.catch(() => answers.delete(of));
    return value;
  };
}

function thingsIn(definition: Definition) {
  return {
    purchase: eventsNamed(definition.purchase),
    segments: definition.segments.map(({ key, name }) => ({ key, name })),
    models: definition.models.map(({ key, name, stages }) => ({
      key,
      name,
      stages: stages.map((stage) => ({ key: stage.key, name: stage.name })),
    })),
    journeys: definition.journeys.map(({ key, name }) => ({ key, name })),
    programmes: (definition.programmes ?? []).map(({ key, name, tiers }) => ({
      key,
      name,
      tiers: tiers.map((tier) => ({ key: tier.key, name: tier.name })),
    })),
    channels: ['email', 'sms', 'push', 'whatsapp', 'webhook'],
  };
}

function traitsIn(states: readonly string[]): readonly SeenPath[] {
  return pathsIn(
    states.map((state) => {
      const { traits } = decodePerson(state).memory;
      return Object.fromEntries(Object.entries(traits).map(([key, { v }]) => [key, v]));
    }),
  );
}

/** Identify and group carry traits, the others properties: what rules read. */
function factIn(body: string): Json {
  const { type, traits, properties } = JSON.parse(body) as { type: string; traits: Json; properties: Json };
  return type === 'identify' || type === 'group' ? traits : properties;
}

/** Dotted paths of all values, most frequent first. */
function pathsIn(objects: readonly Json[]): readonly SeenPath[] {
  const found = new Map<string, Path>();
  for (const object of objects) walk(object, '', 0, found);
  return [...found]
    .sort(([a, x], [b, y]) => y.seen - x.seen || (a < b ? -1 : 1))
    .slice(0, pathsMax)
    .map(([path, { types, examples }]) => ({ path, types: [...types], examples: [...examples] }));
}

interface Path {
  seen: number;
  readonly types: Set<SeenPath['types'][number]>;
  readonly examples: Set<string | number | boolean>;
}

function walk(value: Json, path: string, depth: number, found: Map<string, Path>): void {
  if (value === null) return;
  if (typeof value === 'object' && !Array.isArray(value)) {
    if (depth >= nestedMax) return;
    for (const [key, child] of Object.entries(value)) {
      // A key with a dot in it can be asked for at the top only.
      if (key === '' || (depth > 0 && key.includes('.'))) continue;
      walk(child, path === '' ? key : `${path}.${key}`, depth + 1, found);
    }
    return;
  }
  if (path === '' || path.length > pathCharsMax) return;
  const known = found.get(path) ?? { seen: 0, types: new Set(), examples: new Set() };
  if (known.seen === 0 && found.size >= pathsMax * 4) return;
  found.set(path, known);
  known.seen += 1;
  if (typeof value === 'string') known.types.add('text');
  else if (typeof value === 'number') known.types.add('number');
  else if (typeof value === 'boolean') known.types.add('boolean');
  else known.types.add('list');
  if (typeof value === 'object' || known.examples.size >= examplesMax) return;
  if (typeof value !== 'string' || (value !== '' && value.length <= exampleCharsMax))
    known.examples.add(value);
}
