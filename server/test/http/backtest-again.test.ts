// A backtest whose process was killed is asked once more by one call. No worker runs here: what is queued stays queued.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiWorld } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

let world: ApiWorld;
let marketer: Caller;

beforeAll(async () => {
  world = await createApiWorld();
  marketer = await world.signIn('marketer');
});
afterAll(() => world.close());

test('the same question once more, with its span; not while it is under way', async () => {
  const asked = { of: { kind: 'segment', key: 'quiet' }, from: '2026-01-01T00:00:00Z' };
  const response = await world.call(marketer, 'POST', '/api/backtests', asked);
  expect(response.statusCode, response.body).toBe(202);
  const first = response.json();
  const again = () => world.call(marketer, 'POST', `/api/backtests/${first.id}/again`);
  expect((await again()).statusCode).toBe(409);

  await world.pool.query(`update backtests set state = 'interrupted'`);
  const repeated = await again();
  expect(repeated.statusCode, repeated.body).toBe(202);
  expect(repeated.json()).toMatchObject({
    of: first.of,
    from: first.from,
    to: first.to,
    name: first.name,
    state: 'queued',
  });
  expect(repeated.json().id).not.toBe(first.id);
  expect(repeated.headers['location']).toBe(`/api/backtests/${repeated.json().id}`);
});
