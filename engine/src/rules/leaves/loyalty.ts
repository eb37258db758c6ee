// Leaves about a loyalty programme: the tier a person is in, and points. Points go by time alone, so answers about what can
// be spent know when that will be.
import type { Expiry } from '../../definition.ts';
import { monthOf } from '../../lib/calendar.ts';
import type { Instant } from '../../lib/instant.ts';
import { NEVER } from '../../lib/instant.ts';
import { lotsOf, spendable } from '../../loyalty/lapse.ts';
import { NO_POINTS } from '../../loyalty/ledger.ts';
import type { Scope } from '../../memory/plan.ts';
import type { PointsStanding } from '../../person.ts';
import { compileCellWindow } from '../cell-window.ts';
import type { EvaluationContext, Leaf } from '../evaluate.ts';
import { lasting, NO, YES } from '../evaluate.ts';
import type { Answer, Rule } from '../rule.ts';
import { durationOf } from '../window.ts';
import { dateWords, plural } from '../words.ts';
import { compareAmount } from './tallies.ts';

type PointsRule = Extract<Rule, { kind: 'points' }>;

export function compileTier(rule: Extract<Rule, { kind: 'tier' }>, scope: Scope): Leaf {
  const tiers = typeof rule.tier === 'string' ? [rule.tier] : rule.tier;
  const forMs = rule.for === undefined ? 0 : durationOf(rule.for);
  return {
    needs: [],
    reads: [`tier:${rule.programme}`],
    ask: ({ standing, now }) => {
      const position = standing.tiers?.[rule.programme];
      if (position === undefined || !tiers.includes(position.tier)) return NO;
      const due = position.since + forMs;
      return now >= due ? YES : { holds: false, until: due };
    },
    evidence: ({ standing }) => {
      const position = standing.tiers?.[rule.programme];
      return position === undefined
        ? 'in no tier'
        : `in ${position.tier} since ${dateWords(scope.zone, position.since)}`;
    },
  };
}

export function compilePoints(rule: PointsRule, scope: Scope): Leaf {
  const expiry = scope.definition.programmes?.find(({ key }) => key === rule.programme)?.expiry;
  const asked = askedOf(rule, scope, expiry);
  return {
    needs: [],
    reads: [`points:${rule.programme}`],
    ask: (context) => asked.ask(pointsOf(context, rule), context),
    evidence: (context) => asked.evidence(pointsOf(context, rule), context),
  };
}

interface Asked {
  readonly ask: (points: PointsStanding, context: EvaluationContext) => Answer;
  readonly evidence: (points: PointsStanding, context: EvaluationContext) => string;
}

function pointsOf({ standing }: EvaluationContext, { programme }: PointsRule): PointsStanding {
  return standing.points?.[programme] ?? NO_POINTS;
}

function askedOf(rule: PointsRule, scope: Scope, expiry: Expiry | undefined): Asked {
  const holds = (n: number): boolean => compareAmount(n, rule.op, rule.value);
  switch (rule.of) {
    case 'owed':
      return {
        ask: ({ debt }) => lasting(holds(debt)),
        evidence: ({ debt }) => `${plural(debt, 'point')} owed`,
      };
    case 'balance':
      return {
        ask: (points, { now }) => {
          const edges = lotsOf(points, expiry).map(([goes]) => goes);
          return askAtEdges(edges, now, (at) => holds(spendable(points, expiry, at)));
        },
        evidence: (points, { now }) => `${plural(spendable(points, expiry, now), 'point')} to spend`,
      };
    case 'expiring': {
      const withinMs = rule.within === undefined ? 0 : durationOf(rule.within);
      const going = (points: PointsStanding, at: Instant): number =>
        lotsOf(points, expiry).reduce(
          (n, [goes, lot]) => (goes - withinMs <= at && at < goes ? n + lot : n),
          0,
        );
      return {
        ask: (points, { now }) => {
          const edges = lotsOf(points, expiry).flatMap(([goes]) => [goes - withinMs, goes]);
          return askAtEdges(
            edges.sort((a, b) => a - b),
            now,
            (at) => holds(going(points, at)),
          );
        },
        evidence: (points, { now }) => `${plural(going(points, now), 'point')} about to expire`,
      };
    }
    case 'earned':
      return earnedIn(rule, scope, holds);
  }
}

function earnedIn(rule: PointsRule, scope: Scope, holds: (n: number) => boolean): Asked {
  if (rule.window === undefined) {
    return {
      ask: ({ earned }) => lasting(holds(earned)),
      evidence: ({ earned }) => `${plural(earned, 'point')} earned in all`,
    };
  }
  const window = compileCellWindow(rule.window, scope.zone);
  const indexOf = window.unit === 'month' ? monthOf : (day: number) => day;
  return {
    ask: ({ days }, context) => {
      const tallies = days.map(([day, n]) => ({ index: indexOf(day), amount: BigInt(n), count: 1 }));
      return window.ask(context, tallies, (amount) => holds(Number(amount)));
    },
    evidence: ({ days }, context) => {
      const inside = window.inside(context);
      const sum = days.reduce((n, [day, points]) => (inside(indexOf(day)) ? n + points : n), 0);
      return `${plural(sum, 'point')} earned`;
    },
  };
}

/** Changes only at one of these instants, in order: the first at which it does is its `until`. */
function askAtEdges(edges: readonly Instant[], now: Instant, holdsAt: (at: Instant) => boolean): Answer {
  const holds = holdsAt(now);
  const until = edges.find((edge) => edge > now && holdsAt(edge) !== holds) ?? NEVER;
  return { holds, until };
}
