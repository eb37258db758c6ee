// The five lifecycle models of PRODUCT.md section 3 as data. Each can be edited; several run side by side; the first is the default.
import type { LifecycleDefinition, StageDefinition } from '../definition.ts';
import type { Rule } from '../rules/rule.ts';

const all = (...rules: readonly Rule[]): Rule => ({ kind: 'all', rules });
const any = (...rules: readonly Rule[]): Rule => ({ kind: 'any', rules });
const not = (rule: Rule): Rule => ({ kind: 'not', rule });
const segment = (key: string): Rule => ({ kind: 'segment', segment: key });
const orders = (n: number): Rule => ({ kind: 'orders', op: 'at_least', n });

const everyone: Rule = all();
const known = segment('known');
const consented = segment('consented');
const ordered = orders(1);
const talks = segment('talks');
const warning = segment('warning');
const gone = segment('gone');
const promotes = segment('promotes');
const noOrder: Rule = { kind: 'orders', op: 'at_most', n: 0 };
const answered = (metrics: readonly string[]): Rule => ({
  kind: 'count',
  event: 'Survey Answered',
  where: [{ property: 'metric', op: 'one_of', value: metrics }],
  op: 'at_least',
  n: 1,
});
/** Answers the person gave in their own words: kept as traits `answer_1` …, counted as events. */
const toldUs = (n: number): Rule => ({ kind: 'count', event: 'Preference Told', op: 'at_least', n });

export const lifecyclePresets: readonly LifecycleDefinition[] = [
  {
    key: 'default',
    name: 'Relationship',
    stages: [
      stage(
        'acquaintance',
        'Acquaintance',
        everyone,
        'growing',
        'one question in exchange for something useful',
      ),
      stage(
        'build_up',
        'Build-up',
        all(known, any(consented, ordered, talks)),
        'growing',
        'welcome kit; second-purchase offer at 60 days',
      ),
      stage('continuation', 'Continuation', orders(2), 'growing', 'thank by name, early access'),
      stage(
        'deterioration',
        'Deterioration',
        all(any(ordered, talks), warning),
        'decline',
        'ask what changed; an offer only after 14 days without answer',
      ),
      stage('termination', 'Termination', gone, 'ended', 'thanks, one exit question, then silence'),
    ],
  },
  {
    key: 'ladder',
    name: 'Loyalty ladder',
    stages: [
      stage('suspect', 'Suspect', everyone, 'growing', 'value exchange on the site'),
      stage(
        'prospect',
        'Prospect',
        all(known, consented, noOrder),
        'growing',
        'explain the fit from their answers',
      ),
      stage('customer', 'Customer', ordered, 'growing', 'tips, then CSAT'),
      stage(
        'partner',
        'Partner',
        all(orders(3), { kind: 'order_span', at_least: 'P180D' }, talks, not(warning)),
        'growing',
        'ask their advice',
      ),
      stage('advocate', 'Advocate', all(promotes, orders(2)), 'growing', 'thank, then invite to refer'),
      stage('former_customer', 'Former customer', all(ordered, gone), 'ended', '“we fixed what you told us”'),
    ],
  },
  {
    key: 'purchase',
    name: 'Purchase',
    tested_first: 'transaction',
    stages: [
      stage('awareness', 'Awareness', everyone, 'growing', 'a guide, not an offer'),
      stage(
        'comparison',
        'Comparison',
        all(
          noOrder,
          any(
            { kind: 'count', event: 'Product Viewed', window: { last: 'P14D' }, op: 'at_least', n: 3 },
            {
              kind: 'per_value',
              event: 'Product Viewed',
              property: 'product_id',
              window: { last: 'P14D' },
              n: 2,
            },
            {
              kind: 'count',
              event: ['Product Added', 'Cart Viewed', 'Checkout Started'],
              window: { last: 'P14D' },
              op: 'at_least',
              n: 1,
            },
          ),
        ),
        'growing',
        'help comparing, from a person',
      ),
      stage(
        'transaction',
        'Transaction',
        { kind: 'last_order', within: 'P14D' },
        'growing',
        'confirm; “did it arrive well?”',
      ),
      stage('reinforcement', 'Reinforcement', ordered, 'growing', 'replenish or complement'),
      stage('advocacy', 'Advocacy', promotes, 'growing', 'ask for a review'),
    ],
  },
  {
    key: 'dialogue',
    name: 'Dialogue',
    stages: [
      stage('interaction', 'Interaction', everyone, 'growing', 'invite an answer'),
      stage(
        'communication',
        'Communication',
        all(known, any(consented, talks)),
        'growing',
        'use one answer in a subject line',
      ),
      stage(
        'valuation',
        'Valuation',
        any(orders(2), all(ordered, answered(['csat', 'nps']))),
        'growing',
        'act on the score',
      ),
      stage('termination', 'Termination', gone, 'ended', 'thanks, one exit question, then silence'),
    ],
  },
  {
    key: 'tasks',
    name: 'Four tasks',
    stages: [
      stage('to_acquire', 'To acquire', everyone, 'growing', 'form or sweepstakes'),
      stage(
        'to_understand',
        'To understand',
        all(known, any(consented, ordered)),
        'growing',
        'the next best question',
      ),
      stage(
        'to_engage',
        'To engage',
        all(known, any(consented, ordered), any(toldUs(3), all(ordered, toldUs(1)))),
        'growing',
        'products from those answers',
      ),
      stage(
        'to_keep',
        'To keep',
        any(orders(2), all(ordered, { kind: 'trait', path: 'member', op: 'is', value: true })),
        'growing',
        'recognise a non-purchase action',
      ),
    ],
  },
];

function stage(
  key: string,
  name: string,
  rule: Rule,
  look: StageDefinition['look'],
  action: string,
): StageDefinition {
  return { key, name, rule, look, action };
}
