// Standing as a fold of decisions: the only way it ever changes, so that the log alone can make it again.
import { mergeStandings } from './merge-standing.ts';
import type { Decision } from './decision.ts';
import { DAY_MS } from './lib/instant.ts';
import { countRefund, NO_POINTS, post } from './loyalty/ledger.ts';
import type { Consent, OpenMessage, PointsStanding, Run, Standing } from './person.ts';

/** How many hand-offs caps look back on, and how far. */
const SENDS_MAX = 64;
const SENDS_KEPT_MS = 31 * DAY_MS;

export function emptyStanding(): Standing {
  return {
    seq: 0,
    stages: {},
    segments: {},
    episode: { n: 1, since: null, gone: false },
    consents: {},
    runs: {},
    journeys: {},
    open: {},
    sends: [],
    soft_bounces: {},
  };
}

/** Law 7: stored standing equals this, over the stored log in the order of `seq`. */
export function foldStanding(decisions: readonly Decision[]): Standing {
  return decisions.reduce(applyDecision, emptyStanding());
}

export function applyDecision(standing: Standing, decision: Decision): Standing {
  return { ...change(standing, decision), seq: decision.seq + 1 };
}

function change(s: Standing, d: Decision): Standing {
  switch (d.kind) {
    case 'stage_changed':
      return d.to === null
        ? { ...s, stages: without(s.stages, d.model) }
        : { ...s, stages: { ...s.stages, [d.model]: { stage: d.to, since: d.due_at } } };
    case 'segment_joined':
      return { ...s, segments: { ...s.segments, [d.segment]: d.due_at } };
    case 'segment_left':
      return { ...s, segments: without(s.segments, d.segment) };
    case 'episode_ended':
      return { ...s, episode: { ...s.episode, gone: true } };
    case 'episode_opened':
      return { ...s, episode: { n: d.n, since: d.due_at, gone: false } };
    case 'consent_changed': {
      const consent: Consent = { status: d.status, basis: d.basis, source: d.source, at: d.due_at };
      return { ...s, consents: { ...s.consents, [`${d.channel}/${d.topic}`]: consent } };
    }
    case 'run_started':
      return startRun(s, d.run);
    case 'run_moved': {
      const run = s.runs[d.run];
      if (run === undefined) return s;
      return {
        ...s,
        runs: { ...s.runs, [d.run]: { ...run, node: d.to, node_at: d.due_at, visit: run.visit + 1 } },
      };
    }
    case 'run_versioned': {
      const run = s.runs[d.run];
      return run === undefined ? s : { ...s, runs: { ...s.runs, [d.run]: { ...run, version: d.version } } };
    }
    case 'goal_reached': {
      const run = s.runs[d.run];
      return run === undefined ? s : { ...s, runs: { ...s.runs, [d.run]: { ...run, goal_at: d.due_at } } };
    }
    case 'run_ended':
      return endRun(s, d);
    case 'message_requested':
      return d.first_look.verdict === 'drop' ? s : { ...s, open: { ...s.open, [d.message.id]: d.message } };
    case 'message_withheld':
      return s;
    case 'message_looked':
      return look(s, d);
    case 'message_result':
      return result(s, d);
    case 'points_posted':
      return withPoints(s, d.programme, post(s.points?.[d.programme] ?? NO_POINTS, d, d.due_at));
    case 'refund_counted':
      return withPoints(s, d.programme, countRefund(s.points?.[d.programme] ?? NO_POINTS, d.order, d.amount));
    case 'tier_changed':
      return d.to === null
        ? { ...s, tiers: without(s.tiers ?? {}, d.programme) }
        : { ...s, tiers: { ...s.tiers, [d.programme]: { tier: d.to, since: d.due_at } } };
    case 'thawed':
    case 'frozen':
      return s;
    case 'restated':
      return { ...emptyStanding(), consents: s.consents };
    case 'merged':
      return mergeStandings(s, d.standing);
  }
}

function withPoints(s: Standing, programme: string, points: PointsStanding): Standing {
  return { ...s, points: { ...s.points, [programme]: points } };
}

function startRun(s: Standing, run: Run): Standing {
  const before = s.journeys[run.journey];
  const entry = { entries: (before?.entries ?? 0) + 1, last_at: run.started_at, arm: run.arm };
  return { ...s, runs: { ...s.runs, [run.id]: run }, journeys: { ...s.journeys, [run.journey]: entry } };
}

/** A run that reached its goal or was left takes its waiting messages with it; one that walked to its exit does not. */
function endRun(s: Standing, d: Extract<Decision, { kind: 'run_ended' }>): Standing {
  const runs = without(s.runs, d.run);
  if (d.reason === 'exit' || d.reason === 'merged') return { ...s, runs };
  const cancelled = d.reason === 'goal' ? 'goal_reached' : 'run_ended';
  const open = Object.fromEntries(
    Object.entries(s.open).map(([id, m]): [string, OpenMessage] =>
      m.run === d.run && !m.promised ? [id, { ...m, cancelled }] : [id, m],
    ),
  );
  return { ...s, runs, open };
}

function look(s: Standing, d: Extract<Decision, { kind: 'message_looked' }>): Standing {
  const message = s.open[d.message];
  if (message === undefined) return s;
  const { verdict } = d;
  switch (verdict.verdict) {
    case 'drop':
      return { ...s, open: without(s.open, d.message) };
    case 'hold': {
      // A promotion that waits for a complaint to be solved is not too late the moment it is.
      const expiresAt =
        verdict.reason === 'open_complaint'
          ? Math.max(message.expires_at, verdict.until + DAY_MS)
          : message.expires_at;
      return { ...s, open: { ...s.open, [d.message]: { ...message, expires_at: expiresAt } } };
    }
    case 'send': {
      const open = { ...s.open, [d.message]: { ...message, handing: true } };
      if (!message.marketing) return { ...s, open };
      const kept = s.sends.filter(([at]) => at > d.due_at - SENDS_KEPT_MS);
      return {
        ...s,
        open,
        sends: [...kept, [d.due_at, message.channel, message.id] as const].slice(-SENDS_MAX),
      };
    }
  }
}

function result(s: Standing, d: Extract<Decision, { kind: 'message_result' }>): Standing {
  const message = s.open[d.message];
  if (message === undefined) return s;
  const { outcome } = d;
  if (outcome.kind === 'sent') {
    return { ...s, open: without(s.open, d.message), soft_bounces: without(s.soft_bounces, message.channel) };
  }
  if (outcome.kind === 'uncertain') return { ...s, open: without(s.open, d.message) };
  // Proven not handed over: it does not count against the caps.
  const sends = s.sends.filter(([, , id]) => id !== d.message);
  if (outcome.permanent) return { ...s, sends, open: without(s.open, d.message) };
  const open = { ...s.open, [d.message]: { ...message, handing: false } };
  if (!SOFT_BOUNCES.has(outcome.code)) return { ...s, sends, open };
  const soft = (s.soft_bounces[message.channel] ?? 0) + 1;
  return { ...s, sends, open, soft_bounces: { ...s.soft_bounces, [message.channel]: soft } };
}

/** Temporary failures that speak of the address. A provider that is down says nothing about the people behind it. */
const SOFT_BOUNCES: ReadonlySet<string> = new Set(['recipient_deferred', 'mailbox_full']);

export function without<T>(
  record: { readonly [key: string]: T },
  key: string,
): { readonly [key: string]: T } {
  if (!(key in record)) return record;
  const { [key]: _gone, ...rest } = record;
  return rest;
}
