import { expect, test } from 'vitest';
import {
  blankModel,
  changedStage,
  formOf,
  modelKey,
  movedStage,
  turnsOf,
  turnWords,
  withNewStage,
  withoutStage,
} from './model-draft.ts';

const { model } = withNewStage({ ...blankModel, name: 'Ours' }, ['stage_3']);
const keys = (of: typeof model) => of.stages.map(({ key }) => key);

test('a new stage comes last with a key that nothing had before', () => {
  expect(keys(model)).toEqual(['everyone', 'customers', 'stage_4']);
});

test('the lowest is tried first, unless one is named', () => {
  expect([...turnsOf(model).entries()]).toEqual([
    ['stage_4', 1],
    ['customers', 2],
    ['everyone', 3],
  ]);
  expect(turnsOf({ ...model, tested_first: 'customers' }).get('customers')).toBe(1);
  expect([turnWords(1, 3), turnWords(2, 3), turnWords(3, 3)]).toEqual(['first', 'as number 2', 'last']);
});

test('stages change places, and stay where they are at the ends', () => {
  expect(keys(movedStage(model, 'stage_4', -1))).toEqual(['everyone', 'stage_4', 'customers']);
  expect(movedStage(model, 'everyone', -1)).toBe(model);
  expect(movedStage(model, 'stage_4', 1)).toBe(model);
});

test('a stage that is taken out is tried first no more', () => {
  expect(withoutStage({ ...model, tested_first: 'customers' }, 'customers')).toMatchObject({
    tested_first: null,
    stages: [{ key: 'everyone' }, { key: 'stage_4' }],
  });
});

test('a renamed stage keeps its key, and an empty action is none', () => {
  const form = formOf(changedStage(model, 'customers', { name: ' Buyers ', action: ' ' }));
  expect(form.stages[1]).toEqual({
    key: 'customers',
    name: 'Buyers',
    look: 'growing',
    rule: { kind: 'orders', op: 'at_least', n: 1 },
  });
});

test.each([
  ['Our ladder', 'our_ladder'],
  ['Ladder', 'ladder_2'],
  ['نموذج', 'model'],
])('the model %s gets the key %s', (name, key) => {
  expect(modelKey(name, new Set(['ladder']))).toBe(key);
});
