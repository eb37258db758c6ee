// What another version of a journey would mean for those under way: which steps are new, gone or changed, and how many stand where.
import type { JourneyGraph } from '@rapport/engine';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { listVersions } from '../postgres/journeys.ts';
import { loadHere } from '../postgres/runs.ts';
import type { HereRow } from '../postgres/runs.ts';
import { actorOf } from './auth.ts';
import type { App, HttpDeps } from './deps.ts';
import { getJourney, journeyParams, labelsOf, pickVersion, versionQuery } from './journey-view.ts';
import { loadKnown } from './known.ts';

const stepSchema = z.object({
  node: z.string(),
  label: z.string(),
  change: z.enum(['new', 'gone', 'changed', 'same']),
  /** Who stands there on other versions. */
  runs: z.number().int(),
});

const differenceSchema = z
  .object({
    version: z.number().int(),
    /** Runs under way on other versions: all, and what moving would do to them. */
    runs: z.number().int(),
    moves: z.number().int(),
    leaves: z.number().int(),
    steps: z.array(stepSchema),
  })
  .meta({ id: 'JourneyDifference' });

export function registerJourneyDifference(app: App, deps: HttpDeps): void {
  app.get(
    '/api/journeys/:id/difference',
    {
      schema: {
        tags: ['journeys'],
        summary: 'What switching to a version would mean for runs under way on others',
        params: journeyParams,
        querystring: versionQuery,
        response: { 200: differenceSchema },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const db = deps.pools.console;
      const key = request.params.id;
      const row = await getJourney(db, workspaceId, key);
      const versions = await listVersions(db, { workspaceId, key });
      const next = pickVersion(versions, request.query.version, key);
      const { definition } = await deps.programs.get(workspaceId);
      const { names } = await loadKnown(db, workspaceId, definition);
      const here = (await loadHere(db, { workspaceId, key })).filter(
        ({ version }) => version !== next.version,
      );
      const before = versions.find(
        ({ version }) => version === (row.active_version ?? oldestWithRuns(here) ?? next.version),
      );
      const labels = { ...labelsOf(before?.graph ?? next.graph, names), ...labelsOf(next.graph, names) };
      const steps = compare(before?.graph ?? next.graph, next.graph, here).map((step) => ({
        ...step,
        label: labels[step.node] ?? step.node,
      }));
      const kept = (node: string): boolean => node in next.graph.nodes;
      return {
        version: next.version,
        runs: sum(here),
        moves: sum(here.filter(({ node }) => kept(node))),
        leaves: sum(here.filter(({ node }) => !kept(node))),
        steps,
      };
    },
  );
}

const sum = (rows: readonly HereRow[]): number => rows.reduce((total, { runs }) => total + runs, 0);

function oldestWithRuns(here: readonly HereRow[]): number | undefined {
  return here.length === 0 ? undefined : Math.min(...here.map(({ version }) => version));
}

function compare(before: JourneyGraph, after: JourneyGraph, here: readonly HereRow[]) {
  const nodes = [...new Set([...Object.keys(before.nodes), ...Object.keys(after.nodes)])];
  return nodes.map((node) => {
    const [was, is] = [before.nodes[node], after.nodes[node]];
    const change =
      was === undefined
        ? ('new' as const)
        : is === undefined
          ? ('gone' as const)
          : isDeepStrictEqual(was, is)
            ? ('same' as const)
            : ('changed' as const);
    return { node, change, runs: sum(here.filter((row) => row.node === node)) };
  });
}
