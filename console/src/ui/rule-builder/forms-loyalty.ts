// Conditions about a loyalty programme: tiers and points.
import type { Vocabulary } from '../../api/vocabulary.ts';
import { amounts, verb, words, type Form } from './form.ts';
import type { Part } from './part.ts';

const programmeOf = (seen: Vocabulary): string => seen.programmes[0]?.key ?? '';
const inProgramme: Part = { part: 'thing', key: 'programme', label: 'Loyalty programme', of: 'programmes' };
const howMany: readonly Part[] = [
  { part: 'choice', key: 'op', label: 'How many', options: amounts },
  { part: 'number', key: 'value', label: 'Points', unit: ['point', 'points'] },
];

/** What differs by what is asked of the points. */
function pointsParts(of: unknown): readonly Part[] {
  switch (of) {
    case 'earned':
      return [
        verb('has earned', 'has not earned'),
        ...howMany,
        words('in'),
        inProgramme,
        { part: 'window', shapes: ['ever', 'last', 'calendar'] },
      ];
    case 'expiring':
      return [
        verb('has', 'does not have'),
        ...howMany,
        words('in'),
        inProgramme,
        words('that expire within'),
        { part: 'duration', key: 'within', label: 'Within' },
      ];
    case 'owed':
      return [verb('owes', 'does not owe'), ...howMany, words('in'), inProgramme];
    default:
      return [verb('has', 'does not have'), ...howMany, words('to spend in'), inProgramme];
  }
}

export const loyaltyForms = {
  tier: {
    menu: [
      {
        group: 'loyalty',
        title: 'is in a tier',
        example: 'is in the tier “Gold” of “Club”',
        also: 'loyalty programme vip level status member gold silver',
        rule: (seen) => ({
          kind: 'tier',
          programme: programmeOf(seen),
          tier: seen.programmes[0]?.tiers[0]?.key ?? '',
        }),
      },
    ],
    parts: () => [
      verb('is in', 'is not in'),
      words('the tier'),
      { part: 'stages', key: 'tier', model: 'programme' },
      words('of'),
      inProgramme,
      {
        part: 'more',
        key: 'for',
        add: 'for so long',
        start: 'P30D',
        parts: [words('for at least'), { part: 'duration', key: 'for', label: 'For at least' }],
      },
    ],
  },
  points: {
    menu: [
      {
        group: 'loyalty',
        title: 'points to spend',
        example: 'has at least 500 points to spend in “Club”',
        also: 'loyalty balance reward redeem',
        rule: (seen) => ({
          kind: 'points',
          programme: programmeOf(seen),
          of: 'balance',
          op: 'at_least',
          value: 500,
        }),
      },
      {
        group: 'loyalty',
        title: 'points about to expire',
        example: 'has more than 0 points in “Club” that expire within 30 days',
        also: 'loyalty expiry lapse remind',
        rule: (seen) => ({
          kind: 'points',
          programme: programmeOf(seen),
          of: 'expiring',
          within: 'P30D',
          op: 'over',
          value: 0,
        }),
      },
      {
        group: 'loyalty',
        title: 'points earned',
        example: 'has earned at least 1000 points in “Club” this year',
        also: 'loyalty collected year',
        rule: (seen) => ({
          kind: 'points',
          programme: programmeOf(seen),
          of: 'earned',
          window: { last: 'P365D' },
          op: 'at_least',
          value: 1000,
        }),
      },
      {
        group: 'loyalty',
        title: 'owes points',
        example: 'owes more than 0 points in “Club”',
        also: 'loyalty debt refund taken back',
        rule: (seen) => ({ kind: 'points', programme: programmeOf(seen), of: 'owed', op: 'over', value: 0 }),
      },
    ],
    parts: (rule) => pointsParts(rule['of']),
  },
} as const satisfies { readonly [kind: string]: Form };
