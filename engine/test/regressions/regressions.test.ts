// Worlds in which a law of the engine broke once, each lived again: see README.md here. The drawn world itself is kept, so
// that it stays the same when what is drawn changes.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { laws } from '../../sim/laws.ts';
import { relive } from '../../sim/run.ts';

interface Kept {
  readonly law: string;
  readonly check: string;
  readonly world: unknown;
}

const folder = new URL('.', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.json'));

test.each(names.map((name) => name.replace('.json', '')))('%s', (name) => {
  const kept = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Kept;
  const law = laws.find((each) => each.name === kept.law);
  const check = law?.checks.find((each) => each.says === kept.check);
  if (law === undefined || check === undefined)
    throw new Error(
      `No law “${kept.law}” says “${kept.check}” any more: say it in the file as it is said now.`,
    );
  const words = relive(law, check, kept.world);
  if (words !== null) expect.fail(words);
});

test('each is told in the README', () => {
  const told = readFileSync(new URL('README.md', folder), 'utf8');
  for (const name of names) expect(told).toContain(`\`${name}\``);
});
