// Every ready journey over the generated shop: what a backtest says it would have done is what it did when people lived with
// it switched on, though the two share no driver.
import {
  addOutcome,
  backtestPerson,
  backtestResult,
  compile,
  DAY_MS,
  DEFAULT_POLICY,
  emptyTally,
  lifecyclePresets,
  newPerson,
  prepareBacktest,
  readyJourneys,
  relive,
  shippedSegments,
} from '@rapport/engine';
import type { Definition, JourneyGraph } from '@rapport/engine';
import { beforeAll, expect, test } from 'vitest';
import { sampleShop, type SamplePerson } from '../../src/sample/shop/shop.ts';

const UNTIL = Date.UTC(2026, 5, 1, 10);
/** All of the story: before a span nobody is in a run. */
const SPAN = { from: UNTIL - 600 * DAY_MS, to: UNTIL };

let shop: readonly SamplePerson[];
beforeAll(() => {
  shop = [...sampleShop({ seed: 1, until: UNTIL, timeZone: 'Europe/Berlin', currency: 'EUR', people: 500 })];
});

test.each(readyJourneys.map(({ key, graph }) => [key, graph] as const))(
  '“%s” lets in whom it would have let in, and asks for as many messages',
  (key, ready) => {
    const graph = { ...ready, hold_out: 0 };
    const told = backtest(key, graph);
    const lived = live(key, graph);
    expect(lived.entered).toBeGreaterThan(key === 'birthday' ? 3 : 20);
    expect(told.reached).toMatchObject({ people: lived.people, times: lived.entered });
    expect(told.messages?.asked).toBe(lived.asked);
  },
);

function backtest(key: string, graph: JourneyGraph) {
  const options = { span: SPAN, others: true, holdOut: false, assumeConsent: false };
  const prepared = prepareBacktest(definitionWith([]), { kind: 'journey', key, version: 1, graph }, options);
  const tally = emptyTally();
  for (const { n, events } of shop) {
    const history = { id: `p${n}`, events, consents: [], contacts: [], knownUntil: UNTIL };
    addOutcome(prepared, tally, backtestPerson(prepared, history), 5);
  }
  return backtestResult(prepared, tally);
}

function live(key: string, graph: JourneyGraph) {
  const program = compile(definitionWith([{ key, name: key, active: 1, versions: { '1': graph } }]));
  const people = new Set<number>();
  let [entered, asked] = [0, 0];
  for (const { n, events } of shop) {
    const born = newPerson(program, `p${n}`, events[0]?.at ?? UNTIL);
    const lived = relive(program, born, events, { until: UNTIL, via: 'mailbox' });
    if (lived.kind !== 'stepped') throw new Error(lived.kind);
    for (const { kind, due_at: at } of lived.decisions) {
      if (at < SPAN.from || at >= SPAN.to) continue;
      if (kind === 'message_requested') asked += 1;
      if (kind !== 'run_started') continue;
      entered += 1;
      people.add(n);
    }
  }
  return { entered, asked, people: people.size };
}

function definitionWith(journeys: Definition['journeys']): Definition {
  return {
    workspace: 'the sample',
    version: 1,
    changed_at: 0,
    time_zone: 'Europe/Berlin',
    currency: 'EUR',
    purchase: { event: 'Order Completed' },
    refund: { event: ['Order Refunded', 'Order Cancelled'] },
    visit: { event: ['Page Viewed', 'Screen Viewed'] },
    gap_days: 30,
    visit_gap_days: null,
    segments: shippedSegments,
    models: lifecyclePresets.slice(0, 1),
    journeys,
    policy: DEFAULT_POLICY,
  };
}
