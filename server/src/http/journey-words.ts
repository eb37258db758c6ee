// A journey in words: what each node does, who enters, what holds back. Shown beside the picture and before switching on.
import { parseDuration } from '@rapport/engine';
import type { JourneyGraph, JourneyNode, Names, PolicyDefinition, Selector, Trigger } from '@rapport/engine';
import { storedSentence as sentence } from './stored-rule.ts';

export function nodeLabel(node: JourneyNode, names: Names, templates?: ReadonlyMap<string, string>): string {
  switch (node.kind) {
    case 'trigger':
      return `When a person ${triggerWords(node.on, names)}${node.where === undefined ? '' : ` and ${sentence(node.where, names)}`}`;
    case 'wait':
      return `Wait ${durationWords(node.for)}`;
    case 'wait_time':
      return `Wait until ${node.at}${weekdayWords(node.weekdays)}, where the person lives`;
    case 'wait_until': {
      const what =
        node.event === undefined
          ? node.rule === undefined
            ? 'something'
            : `the person ${sentence(node.rule, names)}`
          : `${eventWords(node.event)}${node.by === undefined ? '' : ` with the same ${node.by}`}`;
      return `Wait for ${what}, at most ${durationWords(node.within)}`;
    }
    case 'branch':
      return `If the person ${sentence(node.rule, names)}`;
    case 'email':
      return `E-mail: ${templates?.get(node.template) ?? node.template}`;
    case 'webhook':
      return `Webhook: ${hostOf(node.url)}`;
    case 'exit':
      return 'End';
  }
}

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

function weekdayWords(days: readonly number[] | undefined): string {
  if (days === undefined || days.length === 7) return '';
  if (days.join() === '1,2,3,4,5') return ' on a working day';
  return ` on ${days.map((day) => weekdays[day - 1] ?? '').join(' or ')}`;
}

export function triggerWords(trigger: Trigger, names: Names): string {
  switch (trigger.kind) {
    case 'event':
      return `does ${eventWords(trigger)}`;
    case 'segment_joined':
      return `joins ${names.segments?.get(trigger.segment) ?? trigger.segment}`;
    case 'segment_left':
      return `leaves ${names.segments?.get(trigger.segment) ?? trigger.segment}`;
    case 'stage_reached':
      return `reaches ${names.stages?.get(`${trigger.model}/${trigger.stage}`) ?? trigger.stage} (${names.models?.get(trigger.model) ?? trigger.model})`;
    case 'api':
      return 'is sent in by the API';
    case 'any':
      return trigger.of.map((one) => triggerWords(one, names)).join(' or ');
  }
}

/** "A person enters when they reach Build-up (Relationship); once." */
export function entersWords(graph: JourneyGraph, names: Names): string {
  const entry = graph.nodes[graph.entry];
  if (entry?.kind !== 'trigger') return 'Nobody can enter.';
  const where = entry.where === undefined ? '' : ` and ${sentence(entry.where, names)}`;
  return `A person enters when the person ${triggerWords(entry.on, names)}${where}; ${reentryWords(graph.reentry)}.`;
}

function reentryWords(reentry: JourneyGraph['reentry']): string {
  if (reentry === 'once') return 'once';
  if (reentry === 'after_exit') return 'again after the end of the run before';
  return `again at the earliest ${durationWords(reentry.after)} later`;
}

export function controlWords(graph: JourneyGraph): string {
  const share = graph.hold_out ?? 0;
  if (share === 0) return 'There is no control group: what the journey causes cannot be measured.';
  const ofHundred = Number((share * 100).toFixed(1));
  return `${ofHundred} of 100 are kept as control group and get nothing but what was promised, so that we can see whether it helps.`;
}

export function limitWords(policy: PolicyDefinition): string {
  const perDay = `${policy.marketing_per_day} marketing message${policy.marketing_per_day === 1 ? '' : 's'} a day`;
  return `At most ${perDay} and ${policy.marketing_per_week} in 7 days over all channels.`;
}

/** The path as one line: "When … → E-mail: Welcome → Wait 60 days → …", along the first edge of every node. */
export function pathWords(
  graph: JourneyGraph,
  names: Names,
  templates?: ReadonlyMap<string, string>,
): string {
  const seen = new Set<string>();
  const labels: string[] = [];
  let key: string | undefined = graph.entry;
  while (key !== undefined && !seen.has(key)) {
    seen.add(key);
    const node: JourneyNode | undefined = graph.nodes[key];
    if (node === undefined) break;
    if (node.kind !== 'exit') labels.push(nodeLabel(node, names, templates));
    key = nextOf(node);
  }
  return labels.join(' → ');
}

function nextOf(node: JourneyNode): string | undefined {
  if (node.kind === 'exit') return undefined;
  return node.kind === 'branch' ? node.then : node.next;
}

function eventWords(selector: Selector): string {
  const names = typeof selector.event === 'string' ? [selector.event] : selector.event;
  return names.includes('*') ? 'anything' : names.join(' or ');
}

export function durationWords(duration: string): string {
  const ms = parseDuration(duration);
  if (ms === null) return duration;
  const units = [
    { name: 'day', ms: 86_400_000 },
    { name: 'hour', ms: 3_600_000 },
    { name: 'minute', ms: 60_000 },
  ];
  const unit = units.find((one) => ms >= one.ms && ms % one.ms === 0) ?? { name: 'second', ms: 1000 };
  const n = ms / unit.ms;
  return `${n} ${unit.name}${n === 1 ? '' : 's'}`;
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? url;
}
