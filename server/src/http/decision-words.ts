// A decision as one plain sentence for the timeline: what happened to this person, not how it is stored.
import type { Decision, DropReason, HoldReason, Names, Posting, RunEnd, Verdict } from '@rapport/engine';

/** Names of things, and what nodes of a run are called, if known. */
export interface DecisionNames extends Names {
  /** By run id. */
  readonly runs?: ReadonlyMap<string, string>;
  /** What a node of a run does, in words; undefined where the run is not known any more. */
  readonly node?: (run: string, node: string) => string | undefined;
  readonly templates?: ReadonlyMap<string, string>;
}

export function decisionSentence(decision: Decision, names: DecisionNames): string {
  const model = (key: string): string => names.models?.get(key) ?? key;
  const stage = (of: string, key: string | null): string =>
    key === null ? 'no stage' : (names.stages?.get(`${of}/${key}`) ?? key);
  const segment = (key: string): string => names.segments?.get(key) ?? key;
  const journey = (key: string): string => names.journeys?.get(key) ?? key;
  const run = (id: string | null): string => {
    const key = id === null ? undefined : names.runs?.get(id);
    return key === undefined ? 'a journey' : journey(key);
  };
  const node = (id: string, key: string): string => names.node?.(id, key) ?? key.replaceAll('_', ' ');
  const template = (key: string): string => names.templates?.get(key) ?? key;
  switch (decision.kind) {
    case 'stage_changed':
      return decision.from === null
        ? `Entered ${stage(decision.model, decision.to)} (${model(decision.model)}).`
        : `Moved from ${stage(decision.model, decision.from)} to ${stage(decision.model, decision.to)} (${model(decision.model)}).`;
    case 'segment_joined':
      return `Joined the segment ${segment(decision.segment)}.`;
    case 'segment_left':
      return `Left the segment ${segment(decision.segment)}.`;
    case 'episode_ended':
      return 'The relationship ended.';
    case 'episode_opened':
      return `Came back: episode ${decision.n} of the relationship began.`;
    case 'consent_changed':
      return `${decision.status === 'given' ? 'Agreed' : 'Said no'} to ${channelWords(decision.channel)} about ${
        decision.topic === '*' ? 'everything' : (names.topics?.get(decision.topic) ?? decision.topic)
      } (${decision.basis.replaceAll('_', ' ')}).`;
    case 'run_started':
      return decision.run.arm === 'control'
        ? `Entered the journey ${journey(decision.run.journey)}, in its control group.`
        : `Entered the journey ${journey(decision.run.journey)}.`;
    case 'run_moved':
      return `Went on in ${run(decision.run)}: ${node(decision.run, decision.from)} → ${node(decision.run, decision.to)}${decision.branch === null ? '' : ` (${decision.branch})`}.`;
    case 'run_versioned':
      return `Goes on in version ${decision.version} of ${run(decision.run)}.`;
    case 'goal_reached':
      return `Reached the goal of ${run(decision.run)}.`;
    case 'run_ended':
      return `Left the journey ${journey(decision.journey)}: ${endWords(decision.reason)}.`;
    case 'message_requested': {
      const what = decision.webhook === null ? channelWords(decision.message.channel) : 'a webhook call';
      const by = decision.message.journey === null ? '' : ` by ${journey(decision.message.journey)}`;
      return `${upperFirst(what)} was decided${by}${decision.template === null ? '' : ` (${template(decision.template)})`}. ${verdictWords(decision.first_look)}`;
    }
    case 'message_withheld':
      return `A message of ${run(decision.run)} was withheld: control group.`;
    case 'message_looked':
      return decision.verdict.verdict === 'send'
        ? 'Looked at again: it may go.'
        : verdictWords(decision.verdict);
    case 'message_result':
      switch (decision.outcome.kind) {
        case 'sent':
          return `The message was handed over (${decision.outcome.via}).`;
        case 'failed':
          return `The message failed${decision.outcome.permanent ? ' for good' : ' for now'}: ${decision.outcome.code.replaceAll('_', ' ')}.`;
        case 'uncertain':
          return 'Whether the message left is uncertain; it is not repeated by itself.';
      }
      break;
    case 'points_posted':
      return `${pointsWords(decision)} (${names.programmes?.get(decision.programme) ?? decision.programme}).`;
    case 'refund_counted':
      return `The refund of order ${decision.order.replace(/^[#~]/, '')} was counted for points.`;
    case 'tier_changed': {
      const tier = (key: string): string => names.tiers?.get(`${decision.programme}/${key}`) ?? key;
      const of = names.programmes?.get(decision.programme) ?? decision.programme;
      if (decision.to === null) return `Left the tier ${tier(decision.from ?? '')} (${of}).`;
      return decision.from === null
        ? `Reached the tier ${tier(decision.to)} (${of}).`
        : `Moved from the tier ${tier(decision.from)} to ${tier(decision.to)} (${of}).`;
    }
    case 'thawed':
      return 'Brought to today.';
    case 'frozen':
      return 'Known up to an earlier day only.';
    case 'restated':
      return 'Established anew by a later import.';
    case 'merged':
      return 'Another record of the same person was merged into this one.';
  }
  return decision satisfies never;
}

/** What a posting was, from the person's side. */
export function pointsWords({
  entry,
  from,
  to,
  points,
}: Pick<Posting, 'entry' | 'from' | 'to' | 'points'>): string {
  const n = `${points} ${points === 1 ? 'point' : 'points'}`;
  switch (entry) {
    case 'earned':
      return to === 'debt' ? `Earned ${n}, which settled what was owed` : `Earned ${n}`;
    case 'awarded':
      return to === 'debt' ? `Was given ${n}, which settled what was owed` : `Was given ${n}`;
    case 'opened':
      return `Brought along ${n}`;
    case 'spent':
      return `Spent ${n}`;
    case 'corrected':
      return `${n} taken back by hand`;
    case 'expired':
      return `${n} expired`;
    case 'reversed':
      return from === 'debt'
        ? `${n} of a refunded order were spent already and are owed`
        : `${n} taken back by a refund`;
    case 'settled':
      return `${n} settled what was owed`;
    case 'restated':
      return `${n} cleared, to be counted anew by an import`;
  }
}

function verdictWords(verdict: Verdict): string {
  switch (verdict.verdict) {
    case 'send':
      return 'It may go.';
    case 'hold':
      return `It waits: ${holdWords[verdict.reason]}.`;
    case 'drop':
      return `Not sent: ${dropWords[verdict.reason]}.`;
  }
}

const holdWords: { readonly [reason in HoldReason]: string } = {
  open_complaint: 'a complaint is open',
  cap_day: 'enough was sent today',
  cap_week: 'enough was sent this week',
  cap_channel: 'enough was sent on this channel',
  quiet_hours: 'quiet hours',
  rate: 'its turn has not come',
};

const dropWords: { readonly [reason in DropReason]: string } = {
  goal_reached: 'the goal was reached before',
  run_ended: 'the journey ended for this person',
  no_address: 'there is no address',
  no_consent: 'they did not agree to this topic',
  suppressed: 'the address is suppressed',
  open_complaint: 'a complaint is open',
  too_late: 'it would come too late to be useful',
  journey_off: 'the journey was switched off',
  restored: 'it was due before a backup was restored',
};

function endWords(reason: RunEnd): string {
  switch (reason) {
    case 'goal':
      return 'the goal was reached';
    case 'exit_rule':
      return 'the exit condition holds';
    case 'exit':
      return 'it came to its end';
    case 'left':
      return 'taken out';
    case 'merged':
      return 'another run of the same person goes on';
    case 'withdrawn':
      return 'consent was withdrawn';
  }
}

export function channelWords(channel: string): string {
  switch (channel) {
    case '*':
      return 'messages';
    case 'email':
      return 'an e-mail';
    case 'sms':
      return 'an SMS';
    default:
      return channel;
  }
}

function upperFirst(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
