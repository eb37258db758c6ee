import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { errorCatalogue } from '../../src/errors.ts';
import { createApiWorld } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

let world: ApiWorld;
let owner: Caller;
let consoleDir: string;
beforeAll(async () => {
  consoleDir = await mkdtemp(path.join(tmpdir(), 'rapport-console-'));
  await mkdir(path.join(consoleDir, 'assets'));
  await writeFile(path.join(consoleDir, 'index.html'), '<!doctype html><title>Rapport</title>');
  await writeFile(path.join(consoleDir, 'assets', 'app-1a2b.js'), 'export {};');
  world = await createApiWorld({ config: { consoleDir, requestsPerMinute: 200 } });
  owner = await world.signIn('owner');
});
afterAll(async () => {
  await world.close();
  await rm(consoleDir, { recursive: true });
});

const raw = (payload: string | Buffer, headers: { readonly [name: string]: string } = {}) =>
  world.app.inject({
    method: 'POST',
    url: '/api/segments',
    headers: {
      origin: 'http://localhost:4000',
      'content-type': 'application/json',
      ...owner.headers,
      ...headers,
    },
    payload,
  });

test('strange bodies are refused with a code and a hint, and the server stays up', async () => {
  const deep = `{"name":"x","rule":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
  const cases: readonly (readonly [string, string | Buffer, number, string])[] = [
    ['broken', '{"name": ', 400, 'malformed_json'],
    ['empty', '', 400, 'malformed_json'],
    ['a list', '[]', 400, 'invalid_body'],
    ['null', 'null', 400, 'invalid_body'],
    ['wrong types', '{"name": 5, "rule": "x"}', 400, 'invalid_body'],
    ['NUL', '{"name": "a\\u0000b", "rule": {}}', 400, 'invalid_body'],
    [
      'NUL inside',
      '{"name": "a", "rule": {"kind": "trait", "path": "x", "op": "is", "value": "\\u0000"}}',
      400,
      'invalid_body',
    ],
    ['prototype', '{"name": "a", "__proto__": {"admin": true}, "rule": {}}', 400, 'malformed_json'],
    ['constructor', '{"name": "a", "rule": {"constructor": {"prototype": {}}}}', 400, 'malformed_json'],
    ['too deep', deep, 400, 'invalid_body'],
    ['too large', `{"name":"${'x'.repeat(10_000_000)}"}`, 413, 'body_too_large'],
  ];
  for (const [name, payload, status, code] of cases) {
    const response = await raw(payload);
    expect(response.statusCode, `${name}: ${response.body}`).toBe(status);
    expect(response.headers['content-type'], name).toBe('application/problem+json; charset=utf-8');
    const problem = response.json();
    expect(problem.code, `${name}: ${response.body}`).toBe(code);
    expect(problem.hint.length, name).toBeGreaterThan(5);
    expect(problem.title).toBe(Object.entries(errorCatalogue).find(([key]) => key === code)?.[1].title);
  }
  const type = await raw('<xml/>', { 'content-type': 'application/xml' });
  expect(type.statusCode).toBe(415);
  expect((await world.call(null, 'GET', '/health')).statusCode).toBe(200);
});

test('emoji, right-to-left and very long texts are kept or refused, never broken', async () => {
  const rule = { kind: 'orders', op: 'at_least', n: 1 };
  const name = '👩‍🍳 מועדון قهوة';
  const made = await world.call(owner, 'POST', '/api/segments', { key: 'emoji', name, rule });
  expect(made.json().name).toBe(name);
  const long = await world.call(owner, 'POST', '/api/segments', {
    key: 'long',
    name: 'x'.repeat(100_000),
    rule,
  });
  expect(long.statusCode).toBe(400);
  const unpaired = await raw(
    '{"key": "pair", "name": "\\ud800", "rule": {"kind": "orders", "op": "at_least", "n": 1}}',
  );
  expect(unpaired.statusCode, unpaired.body).toBeLessThan(500);
});

test('an unknown address, method or page is a 404 that says where to look', async () => {
  for (const [method, url] of [
    ['GET', '/api/nothing'],
    ['POST', '/api/people'],
    ['GET', '/v2/x'],
  ] as const) {
    const response = await world.call(owner, method, url, method === 'POST' ? {} : undefined);
    expect(response.statusCode, url).toBe(404);
    expect(response.json()).toMatchObject({ code: 'not_found', status: 404 });
  }
});

test('the same Idempotency-Key does it once, and tells a reused key', async () => {
  const headers = { 'idempotency-key': 'make one key' };
  const first = await world.call(owner, 'POST', '/api/keys', { kind: 'browser', name: 'once' }, headers);
  const second = await world.call(owner, 'POST', '/api/keys', { kind: 'browser', name: 'once' }, headers);
  expect(second.statusCode).toBe(201);
  expect(second.headers['idempotency-replayed']).toBe('true');
  expect(second.json()).toEqual(first.json());
  const other = await world.call(owner, 'POST', '/api/keys', { kind: 'server', name: 'once' }, headers);
  expect(other.json()).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
  const { items } = (await world.call(owner, 'GET', '/api/keys')).json();
  expect(items.filter(({ name }: { name: string }) => name === 'once')).toHaveLength(1);
  const kept = await world.pool.query<{ body: Buffer }>('select body from idempotency_keys');
  expect(kept.rows.some(({ body }) => body.includes(first.json().key))).toBe(false);

  const parallel = await Promise.all(
    Array.from({ length: 5 }, () =>
      world.call(
        owner,
        'POST',
        '/api/keys',
        { kind: 'browser', name: 'raced' },
        { 'idempotency-key': 'race' },
      ),
    ),
  );
  expect(parallel.filter(({ statusCode }) => statusCode === 201).length).toBeGreaterThan(0);
  const after = (await world.call(owner, 'GET', '/api/keys')).json().items;
  expect(after.filter(({ name }: { name: string }) => name === 'raced')).toHaveLength(1);

  const failed = { 'idempotency-key': 'fails first' };
  expect(
    (
      await world.call(
        owner,
        'POST',
        '/api/segments',
        { key: 'emoji', name: 'Taken', rule: { kind: 'consent' } },
        failed,
      )
    ).statusCode,
  ).toBe(409);
  await world.call(owner, 'DELETE', '/api/segments/emoji');
  expect(
    (
      await world.call(
        owner,
        'POST',
        '/api/segments',
        { key: 'emoji', name: 'Taken', rule: { kind: 'consent' } },
        failed,
      )
    ).statusCode,
  ).toBe(201);
});

test('every answer carries security headers and, under /api, the rate limit', async () => {
  const response = await world.call(owner, 'GET', '/api/segments');
  expect(response.headers['content-security-policy']).toContain("script-src 'self';");
  expect(response.headers['x-content-type-options']).toBe('nosniff');
  expect(Number(response.headers['ratelimit-remaining'])).toBeLessThan(
    Number(response.headers['ratelimit-limit']),
  );
});

test('too many requests are told when to come back', async () => {
  const guest = await world.serverKey();
  let last = await world.call(guest, 'GET', '/api/setup');
  for (let sent = 0; sent < 250 && last.statusCode === 200; sent += 1)
    last = await world.call(guest, 'GET', '/api/setup');
  expect(last.statusCode).toBe(429);
  expect(last.json()).toMatchObject({ code: 'too_many_requests', status: 429 });
  expect(Number(last.headers['retry-after'])).toBeGreaterThan(0);
  expect((await world.call(owner, 'GET', '/api/setup')).statusCode).toBe(200);
});

test('the list of doors is OpenAPI 3.1 and can be read', async () => {
  const openapi = (await world.call(null, 'GET', '/api/openapi.json')).json();
  expect(openapi.openapi).toMatch(/^3\.1/);
  for (const url of ['/api/journeys', '/api/segments', '/api/people', '/api/lifecycle'])
    expect(Object.keys(openapi.paths)).toContain(url);
  expect(openapi.components.schemas.Person).toBeDefined();
  const page = await world.call(null, 'GET', '/api/docs/');
  expect(page.statusCode).toBe(200);
  expect(page.body).toContain('openapi.json');
});

test('the console answers for its own addresses, its files are kept for ever, its page is not', async () => {
  const accept = { accept: 'text/html' };
  for (const url of ['/', '/people/per_1', '/setup?token=x']) {
    const page = await world.call(null, 'GET', url, undefined, accept);
    expect(page.statusCode, url).toBe(200);
    expect(page.body).toContain('<title>Rapport</title>');
    expect(page.headers['cache-control']).toBe('no-cache');
  }
  const file = await world.call(null, 'GET', '/assets/app-1a2b.js');
  expect(file.headers['cache-control']).toContain('immutable');
  expect((await world.call(null, 'GET', '/assets/gone.js', undefined, accept)).statusCode).toBe(404);
  expect((await world.call(null, 'GET', '/../package.json', undefined, accept)).body).not.toContain(
    'dependencies',
  );
});

test('ready means: the database answers and is migrated', async () => {
  expect((await world.call(null, 'GET', '/health')).json()).toEqual({ status: 'ready' });
  await world.pool.query(`delete from migrations where name = '0002_auth.sql'`);
  const response = await world.call(null, 'GET', '/health');
  expect(response.statusCode).toBe(503);
  expect(response.json().reason).toContain('0002_auth.sql');
});

test('a DELETE that says application/json and nothing else is taken as one without a body', async () => {
  const answer = await world.app.inject({
    method: 'DELETE',
    url: '/api/segments/nothing',
    headers: { ...owner.headers, origin: 'http://localhost:4000', 'content-type': 'application/json' },
  });
  expect(answer.statusCode).toBe(404);
});

test('the type of a problem leads to a page that explains it', async () => {
  const problem = await world.call(owner, 'GET', '/api/segments/nothing');
  const [page, code] = String(problem.json().type).split('#');
  const answer = await world.app.inject({ method: 'GET', url: page ?? '' });
  expect(answer.statusCode).toBe(200);
  expect(answer.body).toContain(code);
  expect((await world.app.inject({ method: 'GET', url: '/docs/..%2fpackage' })).statusCode).toBe(400);
});
