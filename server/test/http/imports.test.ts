import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readId } from '../../src/http/ids.ts';
import { createImportWorker } from '../../src/workers/import.ts';
import { createApiWorld } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

let world: ApiWorld;
let marketer: Caller;
let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'rapport-uploads-'));
  world = await createApiWorld({ config: { dataDir } });
  marketer = await world.signIn('marketer');
});
afterAll(async () => {
  await world.close();
  await rm(dataDir, { recursive: true, force: true });
});

const FILE =
  'order_id,email,name,date,total\n1,ana@example.org,Ana,2025-01-31,19.99\n2,bo@example.org,Bo,2025-02-01,=1+1\n';

const upload = (content: string | Buffer, headers: Record<string, string> = {}, name = 'orders.csv') =>
  world.app.inject({
    method: 'POST',
    url: `/api/imports?file_name=${encodeURIComponent(name)}`,
    headers: { origin: 'http://localhost:4000', 'content-type': 'text/csv', ...marketer.headers, ...headers },
    payload: content,
  });

/** Runs the worker, as app.ts would, until the import has ended. */
async function runUntilEnded(id: string): Promise<Record<string, unknown>> {
  const { deps, pool } = world;
  const worker = createImportWorker({
    pool,
    programs: deps.programs as never,
    now: deps.now,
    newId: deps.newId,
    secret: deps.config.secret,
    log: deps.log,
  });
  try {
    await expect
      .poll(async () => (await world.call(marketer, 'GET', `/api/imports/${id}`)).json().finished_at, {
        timeout: 20_000,
      })
      .not.toBeNull();
  } finally {
    await worker.stop();
  }
  return (await world.call(marketer, 'GET', `/api/imports/${id}`)).json() as Record<string, unknown>;
}

test('a file is uploaded, previewed, corrected, started, watched, and its refused rows fetched', async () => {
  const uploaded = await upload(FILE);
  expect(uploaded.statusCode, uploaded.body).toBe(201);
  const made = uploaded.json();
  expect(made).toMatchObject({
    file_name: 'orders.csv',
    status: 'preview',
    options: { permission: 'none', as_of: null },
    preview: { readable: true, kind: 'orders', encoding: 'utf-8', delimiter: 'commas', rows: 2 },
  });
  expect(made.id).toMatch(/^imp_/);
  expect(made.preview.columns.map(({ role }: { role: string }) => role)).toEqual([
    'order_id',
    'email',
    'name',
    'date',
    'total',
  ]);
  expect(made.preview.items[0]).toMatchObject({
    row: 2,
    kind: 'order',
    who: 'email ana@example.org',
    total: 19.99,
  });
  expect(made.preview.items[1]).toMatchObject({ row: 3, kind: 'refused' });

  const changed = await world.call(marketer, 'PUT', `/api/imports/${made.id}`, {
    map: { 'traits.nickname': 'name' },
    currency: 'USD',
    as_of: '2025-03-31',
    permission: 'existing',
  });
  expect(changed.statusCode, changed.body).toBe(200);
  expect(changed.json().preview).toMatchObject({ currency: 'USD' });
  expect(changed.json().options.as_of).toMatch(/^2025-(03-31|04-01)T/);

  const started = await world.call(marketer, 'POST', `/api/imports/${made.id}/start`, {});
  expect(started.statusCode, started.body).toBe(202);
  expect(started.json().status).toBe('storing');
  expect(world.woken).toContain('imports');
  const again = await world.call(marketer, 'POST', `/api/imports/${made.id}/start`, {});
  expect(again.json()).toMatchObject({ status: 409, code: 'conflict' });

  expect(await runUntilEnded(made.id)).toMatchObject({
    status: 'done',
    progress: { rows: 2, orders: 1, people: 1, refused: 1, established: 1 },
  });
  expect(await readdir(path.join(dataDir, 'imports'))).toEqual([]);
  const refused = await world.call(marketer, 'GET', `/api/imports/${made.id}/refused`);
  expect(refused.headers['content-type']).toBe('text/csv; charset=utf-8');
  expect(refused.body.split('\r\n')[1]).toContain('3,amount_unreadable,');
  const [first] = (await world.call(marketer, 'GET', '/api/imports')).json().items;
  expect(first.id).toBe(made.id);

  const same = (await upload(FILE)).json();
  expect(same.notices.map(({ code }: { code: string }) => code)).toEqual(['same_file']);
});

test('a form with a file is taken too, and its name cannot leave the folder', async () => {
  const boundary = 'xyz';
  const form = [
    `--${boundary}`,
    'content-disposition: form-data; name="file"; filename="../../etc/pass\u0007wd.csv"',
    'content-type: text/csv',
    '',
    FILE,
    `--${boundary}--`,
    '',
  ].join('\r\n');
  const response = await world.app.inject({
    method: 'POST',
    url: '/api/imports',
    headers: {
      origin: 'http://localhost:4000',
      'content-type': `multipart/form-data; boundary=${boundary}`,
      ...marketer.headers,
    },
    payload: form,
  });
  expect(response.statusCode, response.body).toBe(201);
  expect(response.json()).toMatchObject({ file_name: 'passwd.csv', preview: { readable: true, rows: 2 } });
});

test('a file that cannot be read says why, can be corrected, and cannot be started before', async () => {
  const made = (await upload('wer,wann,wieviel\nana@example.org,31.01.2025,"5,00"\n')).json();
  expect(made.preview).toMatchObject({ readable: true });
  const odd = (await upload('a,b,c\n7,x,y\n')).json();
  expect(odd.preview).toMatchObject({ readable: false, problems: [{ code: 'column_missing' }] });
  const refused = await world.call(marketer, 'POST', `/api/imports/${odd.id}/start`, {});
  expect(refused.json()).toMatchObject({
    status: 422,
    code: 'invalid_file',
    errors: [{ code: 'column_missing' }],
  });
  const corrected = await world.call(marketer, 'PUT', `/api/imports/${odd.id}`, {
    map: { user_id: '1' },
    kind: 'people',
  });
  expect(corrected.json().preview).toMatchObject({ readable: true, kind: 'people' });
});

test('strange uploads and options are refused with a code and a hint', async () => {
  const made = (await upload(FILE)).json();
  const cases = [
    [await upload('{}', { 'content-type': 'application/json' }), 415, 'unsupported_media_type'],
    [
      await world.call(marketer, 'PUT', `/api/imports/${made.id}`, { permission: 'everybody' }),
      400,
      'invalid_body',
    ],
    [await world.call(marketer, 'PUT', `/api/imports/${made.id}`, { colour: 'red' }), 400, 'invalid_body'],
    [await world.call(marketer, 'PUT', `/api/imports/${made.id}`, { as_of: 'soon' }), 422, 'invalid_body'],
    [
      await world.call(marketer, 'PUT', `/api/imports/${made.id}`, { as_of: '2999-01-01' }),
      422,
      'invalid_body',
    ],
    [
      await world.call(marketer, 'GET', '/api/imports/imp_00000000-0000-7000-8000-000000000000'),
      404,
      'not_found',
    ],
    [await world.call(marketer, 'GET', '/api/imports/nonsense'), 404, 'not_found'],
  ] as const;
  for (const [response, status, code] of cases) {
    expect(response.json(), response.body).toMatchObject({ code });
    expect([status, 400]).toContain(response.statusCode);
    expect(response.json().hint).not.toBe('');
  }
  const gz = (await upload(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]))).json();
  expect(gz.preview.problems[0]).toMatchObject({ code: 'file_compressed' });
});

test('a permission without its source, and a file of which nothing would be left, are not started', async () => {
  const made = (await upload(FILE)).json();
  const unsourced = await world.call(marketer, 'POST', `/api/imports/${made.id}/start`, {
    permission: 'opted_in',
  });
  expect(unsourced.json()).toMatchObject({ code: 'invalid_body' });
  expect(unsourced.body).toContain('permission_source');
  const swapped = await world.call(marketer, 'POST', `/api/imports/${made.id}/start`, {
    kind: 'orders',
    map: { date: 'total', total: 'name' },
  });
  expect(swapped.json()).toMatchObject({ code: 'invalid_file' });
  expect(swapped.body).toContain('Every row of orders.csv would be refused');
  const again = (await world.call(marketer, 'GET', `/api/imports/${made.id}`)).json();
  expect(again).toMatchObject({ status: 'preview', options: { permission: 'none' } });
});

test('that a file reaches until now is an answer once somebody gave it', async () => {
  const made = (await upload(FILE)).json();
  expect(made.options.as_of_said).toBeUndefined();
  const said = await world.call(marketer, 'PUT', `/api/imports/${made.id}`, { as_of: null });
  expect(said.json().options).toMatchObject({ as_of: null, as_of_said: true });
});

test('an import that was not started can be cancelled', async () => {
  const made = (await upload(FILE)).json();
  const cancelled = await world.call(marketer, 'POST', `/api/imports/${made.id}/cancel`, {});
  expect(cancelled.json()).toMatchObject({ status: 'cancelled' });
  expect(existsSync(path.join(dataDir, 'imports', made.id.slice(4)))).toBe(false);
  expect((await world.call(marketer, 'POST', `/api/imports/${made.id}/start`, {})).statusCode).toBe(409);
});

test('an import that has ended can be taken back once, by whoever may import, and that is written down', async () => {
  const { id } = (await upload('order_id,email,date,total\n77,kim@example.org,2025-03-01,12\n')).json();
  const undo = (caller: Caller) => world.call(caller, 'POST', `/api/imports/${id}/undo`);
  const early = await undo(marketer);
  expect(early.statusCode).toBe(409);
  expect(early.json()).toMatchObject({
    detail: 'The import of orders.csv has not ended.',
    hint: 'Wait for its end, or stop it first.',
  });
  await world.call(marketer, 'POST', `/api/imports/${id}/start`, {});
  expect(await runUntilEnded(id)).toMatchObject({ status: 'done', undoable: true });
  expect((await undo(await world.signIn('agent'))).statusCode).toBe(403);
  const ahead = await world.call(marketer, 'GET', `/api/imports/${id}/undo`);
  expect(ahead.json()).toEqual({ people: 1, looked_at: 1, removed: 1, kept: 0, facts: 1 });
  const started = await undo(marketer);
  expect(started.statusCode).toBe(202);
  expect(started.json()).toMatchObject({
    status: 'undoing',
    undoable: false,
    progress: { undo: { of: 1, done: 0 } },
  });
  expect((await undo(marketer)).json()).toMatchObject({
    detail: 'The import of orders.csv is taken back already.',
  });
  const { rows } = await world.pool.query(`select detail from audit_log where action = 'import.undo'`);
  expect(rows).toEqual([{ detail: { people: 1 } }]);
});

test('an import of before whom it touched was kept says that it cannot be taken back, and why', async () => {
  const { id } = (await upload('order_id,email,date,total\n78,lu@example.org,2025-03-01,12\n')).json();
  await world.call(marketer, 'POST', `/api/imports/${id}/start`, {});
  expect(await runUntilEnded(id)).toMatchObject({ undoable: true, not_undoable: null });
  await world.pool.query('update imports set undoable = false where id = $1', [readId('imp', id)]);
  const look = await world.call(marketer, 'GET', `/api/imports/${id}`);
  expect(look.json()).toMatchObject({ undoable: false, not_undoable: 'too_old' });
  for (const method of ['GET', 'POST'] as const) {
    const refused = await world.call(marketer, method, `/api/imports/${id}/undo`);
    expect(refused.statusCode).toBe(409);
    expect(refused.json().detail).toMatch(/was made before Rapport kept whom an import touches/);
  }
});

test('a stranger may upload nothing', async () => {
  const response = await world.app.inject({
    method: 'POST',
    url: '/api/imports',
    headers: { 'content-type': 'text/csv' },
    payload: FILE,
  });
  expect(response.statusCode).toBe(401);
});
