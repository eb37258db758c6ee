import { describe, expect, test } from 'vitest';
import type { Graph } from '../api/journeys.ts';
import {
  blankGraph,
  insertOn,
  movedDown,
  movedUp,
  outlineOf,
  removeStep,
  triggerOf,
  triggersOf,
} from './journey-draft.ts';
import { purchaseEvent } from './purchase.ts';

const choices = { template: 'welcome', topic: 'offers', purchase: ['Booking Completed', 'Stay Completed'] };
const line: Graph = {
  entry: 't',
  nodes: {
    t: { kind: 'trigger', on: { kind: 'api' }, next: 'w' },
    w: { kind: 'wait', for: 'P1D', next: 'm' },
    m: { kind: 'email', template: 'welcome', topic: 'offers', next: 'x' },
    x: { kind: 'exit' },
  },
};
const path = (graph: Graph): string => {
  const out: string[] = [];
  for (let id: string | undefined = graph.entry; id !== undefined;) {
    out.push(id);
    id = graph.nodes[id]?.next;
  }
  return out.join(' ');
};

describe('a step', () => {
  test('is put on a way, and leads to where that led', () => {
    const { graph, added } = insertOn(line, { from: 'w', edge: 'next' }, 'wait_time', choices);
    expect(added).toBe('wait_time');
    expect(path(graph)).toBe('t w wait_time m x');
  });

  test('that waits for an order waits for what counts as one here, as does a journey that begins with nothing', () => {
    const { graph, added } = insertOn(line, { from: 'w', edge: 'next' }, 'wait_until', choices);
    expect(graph.nodes[added]).toMatchObject({ event: { event: ['Booking Completed', 'Stay Completed'] } });
    const hotel = purchaseEvent({ purchase: ['Booking Completed', 'Stay Completed'] });
    expect(blankGraph(hotel).nodes['start']).toMatchObject({
      on: { event: ['Booking Completed', 'Stay Completed'] },
    });
    expect(purchaseEvent({ purchase: ['Course Enrolled'] })).toBe('Course Enrolled');
    expect([purchaseEvent({ purchase: [] }), purchaseEvent(undefined)]).toEqual([
      'Order Completed',
      'Order Completed',
    ]);
  });

  test('that parts leads both ways on; taken out again, everything is as before', () => {
    const { graph } = insertOn(line, { from: 'w', edge: 'next' }, 'branch', choices);
    expect(graph.nodes['branch']).toMatchObject({ then: 'm', else: 'm' });
    expect(removeStep(graph, 'branch')).toEqual(line);
  });

  test('an end put in the middle cuts off what nobody can reach any more', () => {
    const { graph } = insertOn(line, { from: 't', edge: 'next' }, 'exit', choices);
    expect(Object.keys(graph.nodes)).toEqual(['t', 'exit']);
  });

  test('changes places with the one before or after, but never with the start or across a parting', () => {
    expect(path(movedUp(line, 'm')!)).toBe('t m w x');
    expect(path(movedDown(line, 'w')!)).toBe('t m w x');
    expect(movedUp(line, 'w')).toBe(null);
    expect(movedDown(line, 'm')).toBe(null);
    const parted = insertOn(line, { from: 'w', edge: 'next' }, 'branch', choices).graph;
    expect(movedUp(parted, 'm')).toBe(null);
    expect(movedUp(parted, 'branch')).toBe(null);
  });

  test('neither the start nor the last end can be taken out', () => {
    expect(removeStep(line, 't')).toBe(line);
    expect(removeStep(line, 'x')).toBe(line);
  });
});

test('the outline shows each step once; ways that meet again go on below', () => {
  const parted = insertOn(line, { from: 't', edge: 'next' }, 'branch', choices).graph;
  const nested = insertOn(parted, { from: 'branch', edge: 'then' }, 'webhook', choices).graph;
  expect(outlineOf(nested)).toEqual([
    { kind: 'step', id: 't', ways: [] },
    {
      kind: 'step',
      id: 'branch',
      ways: [
        {
          edge: 'then',
          items: [
            { kind: 'step', id: 'webhook', ways: [] },
            { kind: 'goes_on', id: 'w' },
          ],
        },
        { edge: 'else', items: [{ kind: 'goes_on', id: 'w' }] },
      ],
    },
    { kind: 'step', id: 'w', ways: [] },
    { kind: 'step', id: 'm', ways: [] },
    { kind: 'step', id: 'x', ways: [] },
  ]);
});

test('a ring is shown once and ends where it began', () => {
  const ring: Graph = {
    ...line,
    nodes: { ...line.nodes, m: { kind: 'branch', rule: {}, then: 'w', else: 'x' } },
  };
  const text = JSON.stringify(outlineOf(ring));
  expect(text.match(/"kind":"step","id":"w"/g)).toHaveLength(1);
  expect(text).toContain('{"kind":"goes_on","id":"w"}');
});

test('one way in stands alone, several are any of them', () => {
  const api = { kind: 'api' };
  const joined = { kind: 'segment_joined', segment: 'known' };
  expect(triggerOf([api])).toEqual(api);
  expect(triggersOf(triggerOf([api, joined]))).toEqual([api, joined]);
});
