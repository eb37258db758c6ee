import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSampleWorker, type SampleWorker } from '../../src/workers/sample.ts';
import { createApiWorld, order, type ApiWorld, type Caller } from '../support/api-world.ts';

let world: ApiWorld;
let marketer: Caller;
let worker: SampleWorker | undefined;
beforeAll(async () => {
  world = await createApiWorld();
  marketer = await world.signIn('marketer');
});
afterAll(async () => {
  await worker?.stop();
  await world.close();
});

const look = async (): Promise<Record<string, unknown>> =>
  (await world.call(marketer, 'GET', '/api/sample-store')).json();

function work(): SampleWorker {
  const { pool, deps } = world;
  return startSampleWorker({
    pool,
    programs: deps.programs,
    now: deps.now,
    newId: deps.newId,
    secret: deps.config.secret,
    publicUrl: deps.config.publicUrl,
    log: deps.log,
  });
}

test(
  'one press puts it in, a second press changes nothing, a third takes it out',
  { timeout: 120_000 },
  async () => {
    expect(await look()).toMatchObject({ state: 'none', real_people: false });
    const pressed = await world.call(marketer, 'POST', '/api/sample-store', { seed: 5 });
    expect(pressed.statusCode, pressed.body).toBe(202);
    expect(pressed.json()).toMatchObject({ state: 'loading', seed: 5, people: { done: 0, of: 3_000 } });
    expect(world.woken).toContain('sample');
    const again = await world.call(marketer, 'POST', '/api/sample-store');
    expect(again.json()).toMatchObject({ state: 'loading', seed: 5 });
    const { rows } = await world.pool.query(`select 1 from program_changes where what like 'sample_store%'`);
    expect(rows).toHaveLength(1);

    worker = work();
    await expect.poll(async () => Number((await look())['events']), { timeout: 60_000 }).toBeGreaterThan(0);
    const people = (await world.call(marketer, 'GET', '/api/people')).json();
    expect(people.items.length).toBeGreaterThan(0);
    const gone = await world.call(marketer, 'DELETE', '/api/sample-store');
    expect(gone.statusCode).toBe(202);
    expect(gone.json()).toMatchObject({ state: 'removing' });
    const early = await world.call(marketer, 'POST', '/api/sample-store');
    expect([202, 409]).toContain(early.statusCode);
    if (early.statusCode === 409) expect(early.json()).toMatchObject({ code: 'conflict' });
    worker.wake();
    await expect.poll(async () => (await look())['state'], { timeout: 60_000 }).toBe('none');
    expect((await world.call(marketer, 'GET', '/api/people')).json().items).toHaveLength(0);
    expect((await world.call(marketer, 'DELETE', '/api/sample-store')).json()).toMatchObject({
      state: 'none',
    });
  },
);

test('beside real people it asks first, in words', async () => {
  await world.person([order('ana@shop.example', world.clock.now - 86_400_000)]);
  const refused = await world.call(marketer, 'POST', '/api/sample-store');
  expect(refused.statusCode).toBe(409);
  expect(refused.json()).toMatchObject({ code: 'conflict', hint: expect.stringContaining('"beside": true') });
  expect(await look()).toMatchObject({ state: 'none', real_people: true });
});

test('an agent may look and not change it; a seed that is none is refused', async () => {
  const agent = await world.signIn('agent');
  expect((await world.call(agent, 'GET', '/api/sample-store')).statusCode).toBe(200);
  expect((await world.call(agent, 'POST', '/api/sample-store')).statusCode).toBe(403);
  expect((await world.call(agent, 'DELETE', '/api/sample-store')).statusCode).toBe(403);
  const refused = await world.call(marketer, 'POST', '/api/sample-store', { seed: -1 });
  expect(refused.statusCode).toBe(400);
});
