import { gunzipSync } from 'node:zlib';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiWorld, type ApiWorld } from '../support/api-world.ts';

const script = 'console.log("the tag");\n'.repeat(40);
let dir: string;
let world: ApiWorld;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'rapport-tag-'));
  const tagFile = path.join(dir, 'tag.js');
  await writeFile(tagFile, script);
  world = await createApiWorld({ config: { tagFile } });
});

afterAll(async () => {
  await world?.close();
  await rm(dir, { recursive: true, force: true });
});

const ask = (headers: { readonly [name: string]: string } = {}) =>
  world.app.inject({ url: '/tag.js', headers: { origin: 'https://shop.example', ...headers } });

describe('/tag.js', () => {
  test('is given to any site, as JavaScript, without anybody signed in', async () => {
    const answer = await ask();
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe(script);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'cache-control': 'public, max-age=3600, stale-while-revalidate=86400',
      vary: 'accept-encoding',
    });
  });

  test('is packed for who takes gzip, and only for them', async () => {
    const packed = await ask({ 'accept-encoding': 'gzip, deflate, br' });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(packed.rawPayload).toString()).toBe(script);
    const refused = await ask({ 'accept-encoding': 'br, gzip;q=0' });
    expect(refused.headers['content-encoding']).toBeUndefined();
    expect(refused.headers['etag']).not.toBe(packed.headers['etag']);
  });

  test('costs no bytes when the browser has it already', async () => {
    const first = await ask({ 'accept-encoding': 'gzip' });
    const again = await ask({
      'accept-encoding': 'gzip',
      'if-none-match': `W/${String(first.headers['etag'])}`,
    });
    expect(again.statusCode).toBe(304);
    expect(again.body).toBe('');
    expect((await ask({ 'if-none-match': '"another"' })).statusCode).toBe(200);
  });

  test('sets no cookie and needs none', async () => {
    expect((await ask()).cookies).toEqual([]);
  });
});
