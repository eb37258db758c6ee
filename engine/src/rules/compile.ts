// Compiles a parsed rule into closures that answer without looking anything up twice. Logic lives here, leaves in leaves/.
import { NEVER } from '../lib/instant.ts';
import type { Need, Scope } from '../memory/plan.ts';
import { compileAmount } from './leaves/amounts.ts';
import { compileDistinct } from './leaves/distinct.ts';
import { compileCount, compileDays, compileLatest, compilePerValue } from './leaves/events.ts';
import { compileIdentity, compileShare, compileTrait } from './leaves/facts.ts';
import { compileAccount, compileOpenConversation } from './leaves/accounts.ts';
import { compileDate } from './leaves/dates.ts';
import { compileMostFrequent } from './leaves/frequent.ts';
import { compilePoints, compileTier } from './leaves/loyalty.ts';
import { compileLastOrder, compileOrders, compileOrderSpan, compileQuiet } from './leaves/purchases.ts';
import {
  compileLifetimeValue,
  compileNextOrder,
  compileOrderChance,
  compilePredicted,
} from './leaves/predictions.ts';
import { compileSequence } from './leaves/sequences.ts';
import {
  compileConsent,
  compileEpisode,
  compileInJourney,
  compileSegment,
  compileStage,
} from './leaves/standing.ts';
import { compileSpend } from './leaves/spend.ts';
import { compileSpendTrend, compileTrend } from './leaves/trends.ts';
import type { Ask, CompiledRule, Leaf } from './evaluate.ts';
import { YES } from './evaluate.ts';
import { readsOfNeeds } from './reads.ts';
import type { LeafRule, Rule } from './rule.ts';

export type { CompiledRule } from './evaluate.ts';

/** `rule` has been parsed. */
export function compileRule(rule: Rule, scope: Scope): CompiledRule {
  switch (rule.kind) {
    case 'all': {
      const children = rule.rules.map((each) => compileRule(each, scope));
      return compound(rule, children, askAll(children));
    }
    case 'any': {
      const children = rule.rules.map((each) => compileRule(each, scope));
      return compound(rule, children, askAny(children));
    }
    case 'not': {
      const child = compileRule(rule.rule, scope);
      return compound(rule, [child], askNot(child));
    }
    default:
      return compiledLeaf(rule, compileLeaf(rule, scope));
  }
}

function compiledLeaf(rule: LeafRule, leaf: Leaf): CompiledRule {
  const reads = [...new Set([...readsOfNeeds(leaf.needs), ...leaf.reads])];
  return { rule, children: [], ...leaf, reads };
}

function compileLeaf(rule: LeafRule, scope: Scope): Leaf {
  switch (rule.kind) {
    case 'trait':
      return compileTrait(rule, scope);
    case 'account':
      return compileAccount(rule, scope);
    case 'open_conversation':
      return compileOpenConversation(scope);
    case 'identity':
      return compileIdentity(rule);
    case 'count':
      return compileCount(rule, scope);
    case 'days':
      return compileDays(rule, scope);
    case 'sum':
    case 'average':
    case 'minimum':
    case 'maximum':
      return compileAmount(rule, scope);
    case 'distinct':
      return compileDistinct(rule, scope);
    case 'trend':
      return compileTrend(rule, scope);
    case 'latest':
    case 'first':
      return compileLatest(rule, scope);
    case 'most_frequent':
      return compileMostFrequent(rule, scope);
    case 'sequence':
    case 'unfollowed':
      return compileSequence(rule, scope);
    case 'per_value':
      return compilePerValue(rule, scope);
    case 'orders':
      return compileOrders(rule);
    case 'order_span':
      return compileOrderSpan(rule, scope);
    case 'last_order':
      return compileLastOrder(rule, scope);
    case 'spend':
      return compileSpend(rule, scope);
    case 'spend_trend':
      return compileSpendTrend(rule, scope);
    case 'quiet':
      return compileQuiet(rule, scope);
    case 'predicted':
      return compilePredicted(scope);
    case 'order_chance':
      return compileOrderChance(rule, scope);
    case 'next_order':
      return compileNextOrder(rule, scope);
    case 'lifetime_value':
      return compileLifetimeValue(rule, scope);
    case 'date':
    case 'anniversary':
      return compileDate(rule, scope);
    case 'stage':
      return compileStage(rule, scope);
    case 'segment':
      return compileSegment(rule, scope);
    case 'consent':
      return compileConsent(rule);
    case 'episode':
      return compileEpisode(rule);
    case 'tier':
      return compileTier(rule, scope);
    case 'points':
      return compilePoints(rule, scope);
    case 'in_journey':
      return compileInJourney(rule);
    case 'share':
      return compileShare(rule);
  }
}

function compound(rule: Rule, children: readonly CompiledRule[], ask: Ask): CompiledRule {
  const needs: readonly Need[] = children.flatMap((child) => child.needs);
  const reads = [...new Set(children.flatMap((child) => child.reads))];
  return { rule, children, needs, reads, ask, evidence: () => '' };
}

/** True until its first child may turn false; false until its last false child may turn true. */
function askAll(children: readonly CompiledRule[]): Ask {
  return (context) => {
    let trueUntil = NEVER;
    let falseUntil = -1;
    for (const child of children) {
      const answer = child.ask(context);
      if (answer.holds) {
        if (answer.until < trueUntil) trueUntil = answer.until;
      } else {
        if (answer.until === NEVER) return answer;
        if (answer.until > falseUntil) falseUntil = answer.until;
      }
    }
    if (falseUntil >= 0) return { holds: false, until: falseUntil };
    return trueUntil === NEVER ? YES : { holds: true, until: trueUntil };
  };
}

/** False until its first child may turn true; true until its last true child may turn false. */
function askAny(children: readonly CompiledRule[]): Ask {
  return (context) => {
    let trueUntil = -1;
    let falseUntil = NEVER;
    for (const child of children) {
      const answer = child.ask(context);
      if (!answer.holds) {
        if (answer.until < falseUntil) falseUntil = answer.until;
      } else {
        if (answer.until === NEVER) return answer;
        if (answer.until > trueUntil) trueUntil = answer.until;
      }
    }
    return trueUntil >= 0 ? { holds: true, until: trueUntil } : { holds: false, until: falseUntil };
  };
}

function askNot(child: CompiledRule): Ask {
  return (context) => {
    const { holds, until } = child.ask(context);
    return { holds: !holds, until };
  };
}
