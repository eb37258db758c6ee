// Leaves about what was decided: stages, segments, consents, episodes, runs. Only `stage … for` changes by time alone.
import type { Scope } from '../../memory/plan.ts';
import type { Standing } from '../../person.ts';
import type { Leaf } from '../evaluate.ts';
import { lasting, NO, YES } from '../evaluate.ts';
import type { Rule } from '../rule.ts';
import { durationOf } from '../window.ts';
import { dateWords, plural } from '../words.ts';
import { compareCount } from './events.ts';

export function compileStage(rule: Extract<Rule, { kind: 'stage' }>, scope: Scope): Leaf {
  const stages = typeof rule.stage === 'string' ? [rule.stage] : rule.stage;
  const forMs = rule.for === undefined ? 0 : durationOf(rule.for);
  return {
    needs: [],
    reads: [`stage:${rule.model}`],
    ask: ({ standing, now }) => {
      const position = standing.stages[rule.model];
      if (position === undefined || !stages.includes(position.stage)) return NO;
      const due = position.since + forMs;
      return now >= due ? YES : { holds: false, until: due };
    },
    evidence: ({ standing }) => {
      const position = standing.stages[rule.model];
      return position === undefined
        ? 'in no stage'
        : `in ${position.stage} since ${dateWords(scope.zone, position.since)}`;
    },
  };
}

export function compileSegment(rule: Extract<Rule, { kind: 'segment' }>, scope: Scope): Leaf {
  return {
    needs: [],
    reads: [`segment:${rule.segment}`],
    ask: ({ standing }) => lasting(Object.hasOwn(standing.segments, rule.segment)),
    evidence: ({ standing }) => {
      const since = standing.segments[rule.segment];
      return since === undefined ? 'not a member' : `a member since ${dateWords(scope.zone, since)}`;
    },
  };
}

export function compileConsent(rule: Extract<Rule, { kind: 'consent' }>): Leaf {
  return {
    needs: [],
    reads: ['consents'],
    ask: ({ standing }) => lasting(isConsentGiven(standing.consents, rule)),
    evidence: ({ standing }) => {
      const given = Object.keys(standing.consents).filter(
        (key) => standing.consents[key]?.status === 'given',
      );
      return given.length === 0 ? 'none given' : `given: ${given.sort().join(', ')}`;
    },
  };
}

export function compileEpisode(rule: Extract<Rule, { kind: 'episode' }>): Leaf {
  return {
    needs: [],
    reads: ['episode'],
    ask: ({ standing }) => lasting(compareCount(standing.episode.n, rule.op, rule.n)),
    evidence: ({ standing }) => `episode ${standing.episode.n}`,
  };
}

export function compileInJourney(rule: Extract<Rule, { kind: 'in_journey' }>): Leaf {
  const runs = (standing: Standing): number => {
    let n = 0;
    for (const id in standing.runs) if (standing.runs[id]?.journey === rule.journey) n++;
    return n;
  };
  return {
    needs: [],
    reads: [`journey:${rule.journey}`],
    ask: ({ standing }) => lasting(runs(standing) > 0),
    evidence: ({ standing }) => plural(runs(standing), 'run'),
  };
}

/**
 * Whether some consent for what is asked was given and not withdrawn since, by a word on the same or on all channels and
 * topics. At one and the same instant the withdrawal stands.
 */
export function isConsentGiven(
  consents: Standing['consents'],
  asked: { readonly channel?: string; readonly topic?: string },
): boolean {
  const words = Object.entries(consents).map(([key, consent]) => ({ ...consent, ...splitKey(key) }));
  return words.some((given) => {
    if (given.status !== 'given' || !fits(asked.channel, given.channel) || !fits(asked.topic, given.topic))
      return false;
    const channel = asked.channel ?? given.channel;
    const topic = asked.topic ?? given.topic;
    const withdrawn = words.some(
      (word) =>
        word.status === 'withdrawn' &&
        word.at >= given.at &&
        (word.channel === channel || word.channel === '*') &&
        (word.topic === topic || word.topic === '*'),
    );
    return !withdrawn;
  });
}

function fits(asked: string | undefined, given: string): boolean {
  return asked === undefined || given === '*' || given === asked;
}

function splitKey(key: string): { channel: string; topic: string } {
  const slash = key.indexOf('/');
  return { channel: key.slice(0, slash), topic: key.slice(slash + 1) };
}
