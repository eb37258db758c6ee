// A journey's nodes in words and marks, for its picture and its table.
import type { GraphNode, Journey, NodeNumbers } from '../api/journeys.ts';
import type { Json } from '../api/rules.ts';
import type { IconName } from '../ui/icons.tsx';
import { durationWords, type Formats } from './format.ts';

const kinds: { readonly [kind: string]: { readonly icon: IconName; readonly name: string } } = {
  trigger: { icon: 'play', name: 'Start' },
  wait: { icon: 'clock', name: 'Wait' },
  wait_time: { icon: 'clock', name: 'Wait for a time of day' },
  wait_until: { icon: 'clock', name: 'Wait until' },
  branch: { icon: 'branch', name: 'Branch' },
  email: { icon: 'mailbox', name: 'E-mail' },
  webhook: { icon: 'webhook', name: 'Webhook' },
  exit: { icon: 'flag', name: 'End' },
};

export const nodeKind = (kind: string) => kinds[kind] ?? { icon: 'info' as const, name: kind };

/** `templates`: names by key, so that an e-mail is called what its template is called. */
export function nodeLabel(node: GraphNode, label: string | undefined, templates: TemplateNames): string {
  const template = typeof node['template'] === 'string' ? templates[node['template']] : undefined;
  if (node.kind === 'email' && template) return `E-mail: ${template}`;
  if (label) return label;
  if (node.kind === 'wait' && typeof node['for'] === 'string') return `Wait ${durationWords(node['for'])}`;
  return nodeKind(node.kind).name;
}

export interface TemplateNames {
  readonly [key: string]: string;
}

/** How often somebody may enter. */
export function reentryWords(reentry: Json | undefined): string {
  if (reentry === 'once') return 'once ever';
  if (reentry === 'after_exit') return 'again, when no run is under way';
  if (typeof reentry === 'object' && reentry !== null && 'after' in reentry) {
    return `again, ${durationWords(String(reentry['after']))} after the last start`;
  }
  return '–';
}

/** A node's figures as short words: who came and is here, then what left and what did not, then the control group. */
export interface NodeFigures {
  readonly people: readonly string[];
  readonly messages: readonly string[];
  readonly control: string | null;
}

export function nodeFigures(
  node: GraphNode,
  numbers: NodeNumbers | undefined,
  formats: Formats,
): NodeFigures {
  if (!numbers) return { people: [], messages: [], control: null };
  const control = numbers.control > 0 ? `${formats.number(numbers.control)} control group` : null;
  return {
    people: peopleFigures(node, numbers, formats),
    messages: messageFigures(node, numbers, formats),
    control,
  };
}

function peopleFigures(node: GraphNode, numbers: NodeNumbers, formats: Formats): string[] {
  if (node.kind === 'trigger') return [`${formats.number(numbers.entered)} entered`];
  if (node.kind === 'exit') return [`${formats.number(numbers.entered)} came to the end`];
  const out = [`${formats.number(numbers.entered)} came`];
  if (numbers.here > 0 || isWaiting(node.kind)) out.push(`${formats.number(numbers.here)} here now`);
  if (numbers.left > 0) out.push(`${formats.number(numbers.left)} left`);
  return out;
}

const isWaiting = (kind: string): boolean => kind.startsWith('wait');

export function messageFigures(
  node: GraphNode,
  numbers: NodeNumbers | undefined,
  formats: Formats,
): string[] {
  if (!numbers || (node.kind !== 'email' && node.kind !== 'webhook')) return [];
  const out = [`${formats.number(numbers.sent)} sent`];
  const say = (n: number, words: string) => {
    if (n > 0) out.push(`${formats.number(n)} ${words}`);
  };
  say(numbers.waiting, 'waiting');
  say(numbers.dropped, 'not sent');
  say(numbers.failed, 'failed');
  say(numbers.uncertain, 'uncertain');
  say(numbers.withheld, 'withheld');
  return out;
}

/** What the numbers say in one sentence: rates only from 30 people on. */
export function journeyFinding(
  period: Journey['period'],
  { days, formats }: { readonly days: number | null; readonly formats: Formats },
): string {
  const when = days === null ? '' : ` in the last ${days} days`;
  if (period.entered === 0) return `Nobody entered${when}.`;
  const treated = { of: period.entered - period.control, goals: period.goals - period.goals_control };
  const entered = `${formats.number(period.entered)} entered${when}`;
  if (period.goals === 0) return `${entered}; nobody has reached the goal yet.`;
  const reached = `${entered}; ${formats.number(period.goals)} reached the goal`;
  if (treated.of < 30 || period.control < 30) return `${reached}.`;
  const rate = (goals: number, of: number): string => formats.share(goals / of);
  return `${reached}: ${rate(treated.goals, treated.of)} with the messages, ${rate(period.goals_control, period.control)} in the control group.`;
}
