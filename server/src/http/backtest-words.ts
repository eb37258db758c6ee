// What a backtest says in sentences: its finding, why messages were held or not sent, the story of one person. Decides nothing.
import { DAY_MS, localDay } from '@rapport/engine';
import type { SamplePerson, StoryItem, Zone } from '@rapport/engine';
import type { BacktestAsked, StoredResult } from '../postgres/backtest-stored.ts';

const numbers = new Intl.NumberFormat('en');
const days = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});

export function numberWords(n: number): string {
  return numbers.format(n);
}

/** "1 person is", "1,204 people are", or without a verb. */
export function peopleWords(n: number, one = '', many = ''): string {
  const [noun, verb] = n === 1 ? ['person', one] : ['people', many];
  return `${numberWords(n)} ${noun}${verb === '' ? '' : ` ${verb}`}`;
}

export function dayWords(zone: Zone, at: number): string {
  return days.format(localDay(zone, at) * DAY_MS);
}

/** "From 1 June 2025 to 1 June 2026, 340 people would have entered “Broken rhythm”; 61 of 310 would have ordered anyway (20 %)." */
export function titleWords(zone: Zone, asked: BacktestAsked, result: StoredResult): string {
  const { people } = result.reached;
  const span = `From ${dayWords(zone, asked.from)} to ${dayWords(zone, asked.to)}`;
  const who = people === 0 ? 'nobody' : peopleWords(people);
  const found = `${span}, ${who} ${verbWords(asked)}`;
  const { of, people: ordered, share } = result.ordered_anyway;
  // Of a model it is told for each stage: moving between good ones is no alarm.
  if (of === 0 || asked.of.kind === 'model') return `${found}.`;
  const rate = share === null ? '' : ` (${Math.round(share * 100)} %)`;
  return `${found}; ${numberWords(ordered)} of ${numberWords(of)} would have ordered anyway${rate}.`;
}

/** How the parameters of predictions were come by; null: nothing here asks for any, or it ran before this was told. */
export function learntWords({ learnt, refits }: StoredResult): string | null {
  if (learnt === undefined || learnt.kind === 'not_asked') return null;
  if (learnt.kind === 'failed')
    return `The rhythm is the one in use today, which also knows what came after: it could not be learnt month by month (${learnt.why}).`;
  const times = learnt.fits.length === 1 ? 'once' : `${learnt.fits.length} times`;
  const moved =
    refits === undefined || refits.people === 0
      ? 'nobody was moved by that'
      : `${peopleWords(refits.people, 'was', 'were')} moved by that, which starts nothing and is not counted as reached`;
  const without = learnt.fits.filter(({ verdict }) => verdict !== 'fits').length;
  if (without === learnt.fits.length)
    return `At the beginning and at each month after it too little was known to learn a model from: usual gaps were used; ${moved}.`;
  const fallback =
    without === 0 ? '' : ` In ${without} of these times that was too little: usual gaps were used instead.`;
  return `The rhythm was learnt ${times}, at the beginning and at each month after it, of what was known until then; ${moved}.${fallback}`;
}

export function verbWords({ of, name }: Pick<BacktestAsked, 'of' | 'name'>): string {
  switch (of.kind) {
    case 'rule':
      return 'would have come to meet this rule';
    case 'segment':
      return `would have joined “${name}”`;
    case 'model':
      return `would have moved between stages of “${name}”`;
    case 'journey':
      return 'key' in of ? `would have entered “${name}”` : 'would have entered this journey';
  }
}

/** Of a message that waited or was not sent: the end of a sentence. */
export function reasonWords(reason: string): string {
  return reasons[reason] ?? reason;
}

const reasons: { readonly [reason: string]: string } = {
  open_complaint: 'a complaint was open',
  cap_day: 'enough was sent that day',
  cap_week: 'enough was sent that week',
  cap_channel: 'enough was sent on that channel',
  quiet_hours: 'quiet hours',
  rate: 'it waited for its turn',
  restored: 'it may have gone out before a backup was restored',
  goal_reached: 'the goal was reached before',
  run_ended: 'the journey had ended for this person',
  no_address: 'there is no address',
  no_consent: 'they had not agreed to this topic',
  suppressed: 'the address is suppressed',
  too_late: 'it would have come too late to be useful',
  journey_off: 'the journey was off',
};

export function endWords(reason: string): string {
  return ends[reason] ?? reason;
}

const ends: { readonly [reason: string]: string } = {
  goal: 'reached the goal',
  exit_rule: 'left by the exit rule',
  exit: 'walked to its end',
  left: 'was taken out',
  merged: 'turned out to be someone else',
  withdrawn: 'withdrew',
};

/** "Reached on 3 May 2026 by silence alone; ordered again 12 days later." */
export function personWords(zone: Zone, person: SamplePerson): string {
  const first = person.items.find((item) => item.kind === 'reached' && item.to !== null);
  const when =
    first === undefined ? 'Reached' : `Reached on ${dayWords(zone, first.at)} ${becauseWords(first)}`;
  const times = person.times > 1 ? `, ${person.times} times in all` : '';
  return `${when}${times}; ${anywayWords(zone, person, first?.at ?? 0)}.`;
}

function anywayWords(zone: Zone, { anyway }: SamplePerson, at: number): string {
  const after = anyway.orderedAt === null ? null : Math.floor((anyway.orderedAt - at) / DAY_MS);
  const later = after === 0 ? 'ordered within a day' : `ordered ${after} day${after === 1 ? '' : 's'} later`;
  switch (anyway.verdict) {
    case 'ordered':
      return `${later}, without any message`;
    case 'not_ordered':
      return `did not order until ${dayWords(zone, anyway.until)}`;
    case 'contacted':
      return `${after === null ? 'did not order' : later}, but had a message from us meanwhile`;
    case 'undecided':
      return `${after === null ? 'no order so far' : later}; it counts from ${dayWords(zone, anyway.until)} on`;
  }
}

function becauseWords(item: StoryItem): string {
  if (item.kind !== 'reached' || item.event === null) return 'by silence alone';
  return `by “${item.event}”`;
}

export interface StoryNames {
  readonly zone: Zone;
  readonly asked: BacktestAsked;
  readonly stages: ReadonlyMap<string, string>;
  readonly journeys: ReadonlyMap<string, string>;
  readonly templates: ReadonlyMap<string, string>;
}

/** One line of a person's timeline. */
export function itemWords(item: StoryItem, names: StoryNames): string {
  switch (item.kind) {
    case 'reached':
      return `${reachedWords(item, names)}, ${becauseWords(item)}.`;
    case 'left':
      return 'Would have left again.';
    case 'relearnt':
      return relearntWords(item, names);
    case 'message':
      return messageWords(item, names);
    case 'goal':
      return 'Would have reached the goal.';
    case 'ended':
      return `The journey would have ended: ${endWords(item.reason)}.`;
    case 'order':
      return 'Ordered.';
    case 'contact':
      return 'Got a marketing message from us.';
  }
}

function reachedWords(item: Extract<StoryItem, { kind: 'reached' }>, names: StoryNames): string {
  if (names.asked.of.kind !== 'model') return `W${verbWords(names.asked).slice(1)}`;
  const name = (stage: string | null): string =>
    stage === null ? 'no stage' : (names.stages.get(stage) ?? stage);
  return item.from === null
    ? `Would have come to ${name(item.to)}`
    : `Would have moved from ${name(item.from)} to ${name(item.to)}`;
}

function relearntWords(item: Extract<StoryItem, { kind: 'relearnt' }>, names: StoryNames): string {
  const what =
    names.asked.of.kind === 'model'
      ? reachedWords({ ...item, kind: 'reached', event: null }, names)
      : item.to === null
        ? 'Would have left'
        : reachedWords({ ...item, kind: 'reached', event: null }, names);
  return `${what}, because the rhythm was learnt again.`;
}

function messageWords(item: Extract<StoryItem, { kind: 'message' }>, names: StoryNames): string {
  const what =
    item.template === null ? 'Webhook' : `E-mail: ${names.templates.get(item.template) ?? item.template}`;
  const whose = item.own ? '' : ` (${names.journeys.get(item.journey) ?? item.journey})`;
  const reason = item.reason === null ? '' : `: ${reasonWords(item.reason)}`;
  switch (item.what) {
    case 'sent':
      return `${what}${whose} would have been sent.`;
    case 'held':
      return `${what}${whose} would have waited${reason}.`;
    case 'dropped':
      return `${what}${whose} would not have been sent${reason}.`;
    case 'withheld':
      return `${what}${whose} would have been kept from the control group.`;
    case 'waiting':
      return `${what}${whose} would still be waiting.`;
  }
}
