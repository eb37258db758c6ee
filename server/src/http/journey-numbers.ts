// A journey's live numbers on its nodes and ways, put together from counted rows. Pure, apart from asking for them once for everyone
// who looks.
import type { JourneyGraph, JourneyNode } from '@rapport/engine';
import { z } from 'zod';
import { loadJourneyNumbers, loadJourneyTotals } from '../postgres/runs.ts';
import type { JourneyNumbers, JourneyTotals, MessagesRow } from '../postgres/runs.ts';
import type { HttpDeps } from './deps.ts';
import { reasonText } from './message-words.ts';

export const numbersSchema = z
  .object({
    entered: z.number().int(),
    here: z.number().int(),
    went_on: z.number().int(),
    left: z.number().int(),
    /** Of those who came here and those who stand here, in the control group. */
    control: z.number().int(),
    here_control: z.number().int(),
    sent: z.number().int(),
    waiting: z.number().int(),
    dropped: z.number().int(),
    failed: z.number().int(),
    uncertain: z.number().int(),
    /** Not sent because the person is in the control group. */
    withheld: z.number().int(),
    reasons: z.array(
      z.object({ state: z.string(), reason: z.string(), text: z.string(), messages: z.number().int() }),
    ),
    ends: z.array(z.object({ reason: z.string(), runs: z.number().int() })),
  })
  .meta({ id: 'JourneyNodeNumbers' });
export const edgeSchema = z.object({
  from: z.string(),
  to: z.string(),
  runs: z.number().int(),
  control: z.number().int(),
});
export const periodSchema = z.object({
  entered: z.number().int(),
  control: z.number().int(),
  goals: z.number().int(),
  goals_control: z.number().int(),
});

type NodeView = z.infer<typeof numbersSchema>;

export interface CountsOfJourneys {
  readonly totals: (workspaceId: string) => Promise<ReadonlyMap<string, JourneyTotals>>;
  /** `days` null: ever. */
  readonly numbers: (of: {
    readonly workspaceId: string;
    readonly key: string;
    readonly days: number | null;
  }) => Promise<JourneyNumbers>;
}

/** One count at a time for each journey and period; dear ones are kept for a while. */
export function countJourneys(deps: HttpDeps): CountsOfJourneys {
  const failed = 'a journey could not be counted';
  const totals = deps.counting.keep((id, db) => loadJourneyTotals(db, id), { failed });
  const numbers = deps.counting.keep(
    (of, db) => {
      const [workspaceId = '', key = '', days = ''] = of.split(' ');
      const since = days === '' ? null : new Date(deps.now() - Number(days) * 86_400_000);
      return loadJourneyNumbers(db, { workspaceId, key, since });
    },
    { failed },
  );
  return {
    totals: totals.get,
    numbers: ({ workspaceId, key, days }) => numbers.get(`${workspaceId} ${key} ${days ?? ''}`),
  };
}

export function viewNumbers(
  graph: JourneyGraph,
  counted: JourneyNumbers,
): {
  readonly numbers: { [node: string]: NodeView };
  readonly edges: z.infer<typeof edgeSchema>[];
  readonly period: z.infer<typeof periodSchema>;
  readonly runningByVersion: ReadonlyMap<number, number>;
} {
  const nodes = new Map(Object.keys(graph.nodes).map((key) => [key, empty()]));
  const edges = new Map<string, z.infer<typeof edgeSchema>>();
  const period = { entered: 0, control: 0, goals: 0, goals_control: 0 };
  const runningByVersion = new Map<number, number>();
  const entry = nodes.get(graph.entry);
  for (const row of counted.started) {
    const isControl = row.arm === 'control';
    period.entered += row.runs;
    period.goals += row.goals;
    if (isControl) period.control += row.runs;
    if (isControl) period.goals_control += row.goals;
    if (entry !== undefined) arrive(entry, row.runs, isControl);
  }
  for (const row of counted.here) {
    runningByVersion.set(row.version, (runningByVersion.get(row.version) ?? 0) + row.runs);
    const node = nodes.get(row.node);
    if (node === undefined) continue;
    node.here += row.runs;
    if (row.arm === 'control') node.here_control += row.runs;
  }
  for (const row of counted.moves) {
    const isControl = row.arm === 'control';
    const [from, to] = [nodes.get(row.from), nodes.get(row.to)];
    if (from !== undefined) from.went_on += row.runs;
    if (from !== undefined && isControl && isWithheld(graph.nodes[row.from])) from.withheld += row.runs;
    if (to !== undefined) arrive(to, row.runs, isControl);
    if (from === undefined || to === undefined) continue;
    const key = `${row.from} ${row.to}`;
    const edge = edges.get(key) ?? { from: row.from, to: row.to, runs: 0, control: 0 };
    edge.runs += row.runs;
    if (isControl) edge.control += row.runs;
    edges.set(key, edge);
  }
  for (const row of counted.ended) {
    const node = nodes.get(row.node);
    if (node === undefined) continue;
    node.left += row.runs;
    const known = node.ends.find((end) => end.reason === row.reason);
    if (known === undefined) node.ends.push({ reason: row.reason, runs: row.runs });
    else known.runs += row.runs;
  }
  for (const row of counted.messages) addMessages(nodes.get(row.node), row);
  for (const node of nodes.values()) {
    node.reasons.sort((a, b) => b.messages - a.messages || (a.reason < b.reason ? -1 : 1));
    node.ends.sort((a, b) => b.runs - a.runs || (a.reason < b.reason ? -1 : 1));
  }
  return { numbers: Object.fromEntries(nodes), edges: [...edges.values()], period, runningByVersion };
}

function empty(): NodeView {
  return {
    entered: 0,
    here: 0,
    went_on: 0,
    left: 0,
    control: 0,
    here_control: 0,
    sent: 0,
    waiting: 0,
    dropped: 0,
    failed: 0,
    uncertain: 0,
    withheld: 0,
    reasons: [],
    ends: [],
  };
}

function arrive(node: NodeView, runs: number, isControl: boolean): void {
  node.entered += runs;
  if (isControl) node.control += runs;
}

/** What the control group walks past without getting it. */
function isWithheld(node: JourneyNode | undefined): boolean {
  return (node?.kind === 'email' || node?.kind === 'webhook') && node.promised !== true;
}

function addMessages(node: NodeView | undefined, row: MessagesRow): void {
  if (node === undefined) return;
  switch (row.state) {
    case 'sent':
    case 'dropped':
    case 'failed':
    case 'uncertain':
      node[row.state] += row.messages;
      break;
    default:
      node.waiting += row.messages;
  }
  if (row.reason === null || row.state === 'sent') return;
  node.reasons.push({
    state: row.state,
    reason: row.reason,
    text: reasonText(row.state, row.reason) ?? row.reason,
    messages: row.messages,
  });
}
