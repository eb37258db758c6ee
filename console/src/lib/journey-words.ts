// A journey's nodes in words and marks, for its picture and its table.
import type { GraphNode, NodeNumbers } from '../api/journeys.ts';
import type { Json } from '../api/rules.ts';
import type { IconName } from '../ui/icons.tsx';
import { durationWords, type Formats } from './format.ts';

const kinds: { readonly [kind: string]: { readonly icon: IconName; readonly name: string } } = {
  trigger: { icon: 'play', name: 'Start' },
  wait: { icon: 'clock', name: 'Wait' },
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

/** The figures of a node as short words: who is here, what left and what did not. */
export function nodeFigures(node: GraphNode, numbers: NodeNumbers | undefined, formats: Formats): string[] {
  if (!numbers) return [];
  const out: string[] = [];
  const say = (n: number | undefined, words: string) => {
    if (n !== undefined && n > 0) out.push(`${formats.number(n)} ${words}`);
  };
  if (node.kind === 'trigger') {
    out.push(`${formats.number(numbers.passed)} entered`);
    return out;
  }
  if (node.kind === 'exit') {
    out.push(`${formats.number(Math.max(numbers.passed, numbers.here))} came to the end`);
    return out;
  }
  out.push(`${formats.number(numbers.here)} here`);
  if (node.kind === 'email' || node.kind === 'webhook') {
    out.push(`${formats.number(numbers.sent ?? 0)} sent`);
    say(numbers.waiting, 'waiting');
    say(numbers.dropped, 'not sent');
    say(numbers.failed, 'failed');
    say(numbers.withheld, 'withheld');
  } else {
    out.push(`${formats.number(numbers.passed)} passed`);
  }
  return out;
}
