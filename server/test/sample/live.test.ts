// What happens to people of the sample store after it was loaded goes with them, and what happened to others stays.
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import { changeDefinition } from '../../src/postgres/definitions.ts';
import { examine } from '../../src/postgres/doctor.ts';
import { inTransaction } from '../../src/postgres/pool.ts';
import { samplePersonKey } from '../../src/postgres/sample-ids.ts';
import { beginSample, endSample } from '../../src/sample/define.ts';
import { loadSample, type SampleDeps } from '../../src/sample/load.ts';
import { removeSample } from '../../src/sample/remove.ts';
import { countRows } from '../support/count-rows.ts';
import { createIngestWorld, type IngestWorld } from '../support/ingest-world.ts';

let world: IngestWorld;
beforeAll(async () => {
  world = await createIngestWorld();
});
afterAll(() => world.close());

test('they live on, become one with each other but with nobody real, and leave nothing behind', async () => {
  const { pool, programs, workspaceId } = world;
  const now = (): number => Date.now();
  const deps: SampleDeps = {
    pool,
    programs,
    now,
    newId: uuidv7,
    secret: 'a secret of the tests, long enough',
    publicUrl: 'http://localhost:21500',
    log: createLog({ level: 'error' }),
  };
  const identify = {
    type: 'identify',
    userId: 'real',
    messageId: 'r1',
    traits: { email: 'ana@example.com' },
  };
  expect((await world.batch([identify])).body.rejected).toEqual([]);
  const before = await countRows(pool);
  await changeDefinition(
    pool,
    {
      workspaceId,
      auditId: uuidv7(),
      at: new Date(),
      by: null,
      action: 'sample_store.load',
      subject: 'sample store',
    },
    (connection, definition) =>
      beginSample(connection, definition, {
        workspaceId,
        seed: 1,
        beside: true,
        people: 80,
        now: now(),
        newId: uuidv7,
      }),
  );
  await loadSample(deps, workspaceId);
  await programs.reload(workspaceId);
  const [one, two] = await usersOf();

  const order = { type: 'track', event: 'Order Completed', properties: { order_id: 'live-1', total: 20 } };
  const answer = await world.batch([
    { ...order, userId: one, messageId: 'l1' },
    { type: 'page', userId: one, anonymousId: 'a browser of mine', messageId: 'l2' },
    { type: 'alias', userId: one, previousId: two, messageId: 'l3' },
    { type: 'alias', userId: 'real', previousId: one, messageId: 'l4' },
  ]);
  expect(answer.status).toBe(200);
  const [{ n: merged } = { n: 0 }] = await world.rows<{ n: number }>(
    'select count(*)::int as n from people where merged_into is not null',
  );
  expect(merged).toBe(1);
  expect(await world.rows(`select 1 from events where message_id like 'l%'`)).toHaveLength(4);
  // The refused link with somebody real is told in quarantine, which is a log: it stays.
  expect(await world.rows('select code from quarantine')).toEqual([{ code: 'sample_person' }]);
  await pool.query('delete from quarantine');
  expect(await examine({ pool, programs }, workspaceId)).toMatchObject({ counts: {} });

  await inTransaction(pool, (connection) => endSample(connection, workspaceId));
  await removeSample(deps, workspaceId);
  const left = await world.rows<{ message_id: string }>('select message_id from events order by 1');
  // Told of the one who exists, whatever it said of the other.
  expect(left.map(({ message_id: id }) => id)).toEqual(['l4', 'r1']);
  expect(await world.rows('select 1 from seen')).toHaveLength(2);
  await pool.query(`delete from events where message_id = 'l4'`);
  await pool.query('delete from seen where ctid = (select max(ctid) from seen)');
  expect(await countRows(pool)).toEqual(before);
});

/** Two who are known, by their user ids. */
async function usersOf(): Promise<readonly string[]> {
  const keys = Array.from({ length: 100 }, (_, i) => samplePersonKey(world.workspaceId, 1, i + 1).id);
  const rows = await world.rows<{ value: string }>(
    `select value from identities where kind = 'user_id' and person_id = any($1::uuid[]) order by value limit 2`,
    [keys],
  );
  return rows.map(({ value }) => value);
}
