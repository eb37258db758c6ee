// Reads the rules about silence and what is to be expected.
import { parseDuration } from '../lib/duration.ts';
import { shown } from '../lib/reader.ts';
import type { Budget } from '../prediction/parameters.ts';
import { BUDGETS } from '../prediction/parameters.ts';
import type { LeafContext, ReadLeaf } from './parse-parts.ts';
import { AMOUNT_OPS, COUNT_MAX, readAmount, readNumber, readOptionalWhole } from './parse-parts.ts';

type PredictionKind = 'quiet' | 'predicted' | 'order_chance' | 'next_order' | 'lifetime_value';
type Fields = { readonly [key: string]: unknown };

export const PREDICTION_KEYS: { readonly [kind in PredictionKind]: readonly string[] } = {
  quiet: ['of', 'one_in', 'gaps', 'min', 'max', 'days_at_least'],
  predicted: [],
  order_chance: ['within', 'op', 'share'],
  next_order: ['within'],
  lifetime_value: ['op', 'value'],
};

export const PREDICTION_READERS: { readonly [kind in PredictionKind]: ReadLeaf } = {
  quiet: (context, json, path) => {
    const { reader } = context;
    const of = reader.oneOf(json, 'of', path, ['orders', 'visits'] as const);
    const oneIn = readBudget(context, json, path);
    const gaps = readNumber(reader, json, 'gaps', path, { above: 0, max: 100 });
    const min = reader.duration(json, 'min', path);
    const max = reader.duration(json, 'max', path);
    const days = readOptionalWhole(reader, json, 'days_at_least', path, { min: 1, max: COUNT_MAX });
    if (of === null || oneIn === null || gaps === null || min === null || max === null || days === null)
      return null;
    if ((parseDuration(min) ?? 0) > (parseDuration(max) ?? 0)) {
      reader.problem(
        'contradiction',
        `${path}/min`,
        `"min" ${min} is longer than "max" ${max}.`,
        'Swap them.',
      );
    }
    return { kind: 'quiet', of, ...oneIn, gaps, min, max, ...days };
  },
  predicted: () => ({ kind: 'predicted' }),
  order_chance: ({ reader }, json, path) => {
    const within = reader.duration(json, 'within', path);
    const op = reader.oneOf(json, 'op', path, AMOUNT_OPS);
    const share = readNumber(reader, json, 'share', path, { min: 0, max: 1 });
    return within === null || op === null || share === null
      ? null
      : { kind: 'order_chance', within, op, share };
  },
  next_order: ({ reader }, json, path) => {
    const within = reader.duration(json, 'within', path);
    return within === null ? null : { kind: 'next_order', within };
  },
  lifetime_value: ({ reader }, json, path) => {
    const op = reader.oneOf(json, 'op', path, AMOUNT_OPS);
    const value = readAmount(reader, json, path);
    return op === null || value === null ? null : { kind: 'lifetime_value', op, value };
  },
};

function readBudget({ reader }: LeafContext, json: Fields, path: string): { one_in?: Budget } | null {
  const { one_in: value } = json;
  if (value === undefined) return {};
  const budget = BUDGETS.find((each) => each === value);
  if (budget !== undefined) return { one_in: budget };
  reader.problem(
    'not_one_of',
    `${path}/one_in`,
    `"one_in" is ${shown(value)}.`,
    `Use one of: ${BUDGETS.join(', ')}; 3 for a friendly question, 10 for a discount.`,
  );
  return null;
}
