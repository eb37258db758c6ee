// The command line as a person meets it: a process, words on stdout and stderr, an exit code.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from './support/postgres.ts';

const bin = fileURLToPath(new URL('../bin/rapport.js', import.meta.url));
let database: TestDatabase;
let dataDir: string;

beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = await mkdtemp(path.join(tmpdir(), 'rapport-cli-'));
});

afterAll(async () => {
  await database.drop();
  await rm(dataDir, { recursive: true });
});

test.each([
  'start',
  'migrate',
  'user create',
  'key create',
  'import',
  'backtest',
  'demo',
  'doctor',
  'rebuild',
])('“%s --help” says what it takes and exits with 0', (command) => {
  const { code, stdout } = rapport([...command.split(' '), '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain(`Usage: rapport ${command}`);
});

test.each([
  ['dance', /unknown command 'dance'/],
  ['key create', /--kind <kind>/],
  ['key create --kind skeleton', /Allowed choices are server, browser/],
  ['user create --email sally --name Sally --role owner', /“sally” is not an e-mail address/],
  ['import', /missing required argument 'file'/],
  ['demo --seed -1', /Give a whole number from 0 to/],
  ['backtest weather', /Allowed choices are segment, journey, model, rule/],
  ['backtest segment', /Which segment\?/],
  ['backtest rule', /Which rule\?/],
  ['backtest rule --rule nowhere.json', /nowhere\.json cannot be read/],
  ['backtest segment nobody_made_this', /There is no segment "nobody_made_this"/],
  ['backtest journey welcome --from yesterday', /neither a day nor an instant/],
  ['backtest segment quiet --sample 1000', /sample: /],
])('“%s” fails in words, without a stack trace', (command, words) => {
  const { code, stderr } = rapport(command.split(' '));
  expect(code).toBe(1);
  expect(stderr).toMatch(words);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test('settings that are wrong are all reported, each with a hint', () => {
  const { code, stderr } = rapport(['migrate'], { env: { PORT: 'x', SMTP_URL: 'y', RAPPORT_DTAA: 'z' } });
  expect(code).toBe(1);
  expect(stderr.match(/→/g)).toHaveLength(3);
  expect(stderr).toContain('Did you mean RAPPORT_DATA?');
});

test('a database that does not answer is told in words, and with RAPPORT_DEBUG also where', () => {
  const env = { DATABASE_URL: 'postgres://u:geheim@127.0.0.1:1/rapport' };
  const quiet = rapport(['migrate'], { env });
  expect(quiet).toMatchObject({ code: 1, stderr: expect.stringContaining('The database does not answer') });
  expect(quiet.stderr).not.toMatch(/^\s+at /m);
  const loud = rapport(['migrate'], { env: { ...env, RAPPORT_DEBUG: '1' } });
  expect(loud.stderr).toMatch(/^\s+at /m);
  expect(quiet.stderr + loud.stderr).not.toContain('geheim');
});

test('migrate says what there was to do', () => {
  expect(rapport(['migrate'])).toMatchObject({ code: 0, stdout: 'The schema is up to date.\n' });
});

test('key create prints a working key alone on the last line, and stores only its hash', async () => {
  const { code, stdout } = rapport(['key', 'create', '--kind', 'server', '--name', 'shop']);
  expect(code).toBe(0);
  const key = stdout.trimEnd().split('\n').at(-1) ?? '';
  expect(key).toMatch(/^rk_[\w-]{20,}$/);
  const rows = await query(`select kind, name, encode(hash, 'escape') as hash from keys`);
  expect(rows).toMatchObject([{ kind: 'server', name: 'shop' }]);
  expect(JSON.stringify(rows)).not.toContain(key.slice(3));
});

test('user create takes the password from standard input, once for an address', async () => {
  const command = [
    'user',
    'create',
    '--email',
    'Ana@Shop.example',
    '--name',
    'Ana',
    '--role',
    'owner',
    '--password-stdin',
  ];
  expect(rapport(command, { input: 'a long password\n' })).toMatchObject({ code: 0 });
  expect(await query('select email, role from users')).toEqual([
    { email: 'ana@shop.example', role: 'owner' },
  ]);
  const again = rapport(command, { input: 'a long password\n' });
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('already') });
  const short = rapport(command, { input: 'short\n' });
  expect(short).toMatchObject({ code: 1, stderr: expect.stringContaining('The password has 5 characters') });
});

test('doctor finds nothing wrong in a new installation, and rebuild nothing to mend', () => {
  expect(rapport(['doctor'])).toMatchObject({ code: 0, stdout: expect.stringContaining('All is well.') });
  expect(rapport(['rebuild'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('0 people rebuilt'),
  });
});

test('import reads a file of orders, tells what was refused and why, and changes nothing the second time', async () => {
  const file = path.join(dataDir, 'orders.csv');
  const rows = [
    '1,ana@shop.example,2026-01-05,49.90',
    '2,bob@shop.example,2026-02-05,19.90',
    '3,bob@shop.example,soon,1',
  ];
  await writeFile(file, `order_id,email,date,total\n${rows.join('\n')}\n`);
  const first = rapport(['import', file, '--permission', 'existing', '--currency', 'EUR']);
  expect(first).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('2 orders, 0 refunds, 2 new people'),
  });
  expect(await readFile(`${file}.refused.csv`, 'utf8')).toContain("'soon' is not a date");
  expect(await query('select count(*)::integer as n from messages')).toEqual([{ n: 0 }]);
  const second = rapport(['import', file, '--currency', 'EUR']);
  expect(second).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('0 orders, 0 refunds, 0 new people; 2 known'),
  });
  expect(rapport(['doctor'])).toMatchObject({ code: 0, stdout: expect.stringContaining('2 people') });
});

test('backtest tells in sentences, or as the API answers, what would have happened with what was imported', async () => {
  const file = path.join(dataDir, 'rule.json');
  await writeFile(file, JSON.stringify({ kind: 'orders', op: 'at_least', n: 1 }));
  const command = ['backtest', 'rule', '--rule', file, '--from', '2026-02-01', '--to', '2026-03-01'];
  const words = rapport(command);
  expect(words).toMatchObject({ code: 0, stderr: '' });
  expect(words.stdout.split('\n')).toEqual([
    'From 1 February 2026 to 1 March 2026, 1 person would have come to meet this rule; 0 of 1 would have ordered anyway.',
    'this rule: has ordered',
    '',
    expect.stringContaining('2026-02-01     █'),
    'Reached: 1 person; 1 was in it before; 2 are in it at the end.',
    'Would have ordered anyway within two of their usual gaps: 0 of 1.',
    'Lived through: 2 people, 2 events. Nothing was changed and nobody was contacted.',
    '',
  ]);
  const told = JSON.parse(rapport([...command, '--json']).stdout) as { state: string; result: object };
  expect(told).toMatchObject({ state: 'done', result: { reached: { people: 1, already: 1, at_end: 2 } } });
  expect(await query(`select count(*)::integer as n from backtests where state = 'done'`)).toEqual([
    { n: 2 },
  ]);
  expect(rapport(['doctor'])).toMatchObject({ code: 0 });
});

test.each([
  [['nowhere.csv'], /There is no file nowhere.csv/],
  [[tmpdir()], /Give a file, not a folder/],
  [[bin], /There is no column/],
  [[bin, '--as-of', '2999-01-01'], /--as-of: '2999-01-01' lies in the future/],
  [[bin, '--map', 'date'], /Give it as role=column/],
  [[bin, '--permission', 'perhaps'], /Allowed choices are none, existing, opted-in/],
])('import %j fails in words and imports nothing', (args, words) => {
  const { code, stderr } = rapport(['import', ...args]);
  expect(stderr).toMatch(words);
  expect(code).toBe(1);
});

test('demo stands beside nobody real unasked, and takes out only what is there', () => {
  const refused = rapport(['demo']);
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There are real people here already'),
  });
  expect(refused.stderr).toContain('--beside');
  expect(rapport(['demo', '--remove'])).toMatchObject({
    code: 0,
    stdout: 'There is no sample store here.\n',
  });
});

test('under an older Node the command starts itself again with the one that npm installed', (context) => {
  const old = findOldNode();
  if (old === undefined) return context.skip('there is no Node older than 26 on this machine');
  const { code, stdout } = rapport(['migrate'], { node: old });
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'The schema is up to date.\n' });
  expect(rapport(['dance'], { node: old }).code).toBe(1);
});

function rapport(
  args: readonly string[],
  options: { readonly env?: Record<string, string>; readonly input?: string; readonly node?: string } = {},
): { code: number; stdout: string; stderr: string } {
  const env = {
    PATH: process.env['PATH'] ?? '',
    DATABASE_URL: database.url,
    RAPPORT_DATA: dataDir,
    ...options.env,
  };
  try {
    const stdout = execFileSync(options.node ?? process.execPath, [bin, ...args], {
      env,
      input: options.input ?? '',
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return { code: 0, stdout, stderr: '' };
  } catch (error) {
    if (!isExit(error)) throw error;
    return { code: error.status, stdout: error.stdout, stderr: error.stderr };
  }
}

function isExit(error: unknown): error is { status: number; stdout: string; stderr: string } {
  return error instanceof Error && 'status' in error && typeof error.status === 'number';
}

function findOldNode(): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, 'node'))
    .filter((file) => existsSync(file))
    .find(
      (file) =>
        Number(execFileSync(file, ['-p', 'process.versions.node'], { encoding: 'utf8' }).split('.')[0]) < 26,
    );
}

async function query(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
