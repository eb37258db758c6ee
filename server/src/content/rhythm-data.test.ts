// What a letter is told of somebody's rhythm, and how it is written there.
import { compile, DAY_MS, DEFAULT_POLICY, newPerson, step } from '@rapport/engine';
import type { Definition, Person, Prediction } from '@rapport/engine';
import { expect, test } from 'vitest';
import type { Letter } from './blocks/letter.ts';
import { letterMjml } from './blocks/mjml.ts';
import { rhythmData } from './rhythm-data.ts';
import { compileTemplate, renderMessage } from './template.ts';

const ID = '01a205fe-35eb-7f48-82d9-40062ab0535d';
const BEGAN = Date.UTC(2026, 0, 1, 12);
/** Orders of 20.00 every thirty days; the last on 2 March. */
const DAYS = [0, 30, 60];
const LAST = BEGAN + 60 * DAY_MS;

const everywhere = (share: number) => ({ new: share, fast: share, middle: share, slow: share });
const PREDICTION: Prediction = {
  fitted_at: BEGAN,
  purchases: {
    verdict: 'fits',
    model: { k: 1, modified: true, r: 0.525, alpha: 43.28, a: 0.891, b: 1.614 },
    groups: [40, 90],
    thresholds: { one_in_3: everywhere(0.3), one_in_10: everywhere(0.1) },
    pooled_gap_days: { one_in_3: 60, one_in_10: 150 },
  },
  visits: null,
  spending: { p: 6.25, q: 3.74, v: 1_544 },
};

const programOf = (more: Partial<Definition>) =>
  compile({
    workspace: 'w',
    version: 1,
    changed_at: 0,
    time_zone: 'Europe/Berlin',
    currency: 'EUR',
    purchase: { event: 'Order Completed' },
    refund: { event: 'Order Refunded' },
    visit: { event: 'Page Viewed' },
    gap_days: null,
    visit_gap_days: null,
    segments: [
      {
        key: 'worth',
        name: 'Worth',
        rule: { kind: 'lifetime_value', op: 'over', value: '100' },
      },
    ],
    models: [],
    journeys: [],
    policy: DEFAULT_POLICY,
    ...more,
  });

function customer(program: ReturnType<typeof programOf>, days: readonly number[]): Person {
  let person = newPerson(program, ID, BEGAN);
  for (const [n, day] of days.entries()) {
    const at = BEGAN + day * DAY_MS;
    const properties = { order_id: `o${n}`, total: 20 };
    const event = {
      id: `m${n}`,
      at,
      type: 'track',
      name: 'Order Completed',
      trust: 'server',
      properties,
      traits: {},
      identities: [],
    } as const;
    const stepped = step(program, person, { kind: 'event', event }, at);
    if (stepped.kind !== 'stepped') throw new Error(stepped.kind);
    person = stepped.person;
  }
  return person;
}

test('a learnt rhythm says when the next order is expected and what it is worth', () => {
  const program = programOf({ prediction: PREDICTION });
  const rhythm = rhythmData(program, customer(program, DAYS), LAST + 10 * DAY_MS);
  expect(rhythm).toMatchObject({
    orders: 3,
    last_order_at: LAST,
    silent_days: 10,
    usual_gap_days: 30,
    worth_so_far: 6_000,
  });
  expect(rhythm?.next_order_at).toBeGreaterThan(LAST + 10 * DAY_MS);
  expect(rhythm?.chance_30_days).toBeGreaterThan(0);
  expect(rhythm?.chance_365_days).toBeGreaterThan(rhythm?.chance_90_days ?? 100);
  expect(rhythm?.worth_expected).toBeGreaterThan(0);
});

test('without a learnt rhythm only what was seen is said, and of who never ordered nothing', () => {
  const program = programOf({});
  expect(rhythmData(program, customer(program, [0]), BEGAN + DAY_MS)).toEqual({
    ...{ orders: 1, last_order_at: BEGAN, silent_days: 1, usual_gap_days: null, next_order_at: null },
    ...{ chance_30_days: null, chance_90_days: null, chance_365_days: null },
    ...{ worth_so_far: null, worth_expected: null },
  });
  expect(rhythmData(program, newPerson(program, ID, 0), BEGAN)).toBeNull();
});

test('a letter of blocks writes it as a day, or its fallback', async () => {
  const field = { type: 'field' as const, attrs: { path: 'rhythm.next_order_at', fallback: 'soon' } };
  const letter: Letter = {
    blocks: [
      { id: 'a', kind: 'text', text: { type: 'doc', content: [{ type: 'paragraph', content: [field] }] } },
    ],
    why: { type: 'doc', content: [] },
  };
  const compiled = await compileTemplate({
    key: 'rhythm',
    version: 1,
    name: 'Rhythm',
    channel: 'email',
    purpose: 'transactional',
    preheader: '',
    subject: 'Every {{ rhythm.usual_gap_days | default: "few" }} days',
    body_mjml: letterMjml(letter, 'transactional'),
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  const said = (rhythm: object | null) =>
    renderMessage(compiled.template, { rhythm, zone: 'UTC', locale: 'en' });
  expect(said({ usual_gap_days: 30, next_order_at: LAST })).toMatchObject({
    message: { subject: 'Every 30 days', text: expect.stringContaining('March 2, 2026') },
  });
  expect(said(null)).toMatchObject({
    message: { subject: 'Every few days', text: expect.stringContaining('soon') },
  });
});
