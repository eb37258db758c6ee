// npm run sim -- --seeds N [--law name] [--check n] [--seed S] [--path p] [--engine dir] [--keep name]:
// lives random worlds and exits 0 when
// every law holds; else tells the seed, the story made small, what was expected, and the command that lives it again.
import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { Check, Law } from './law.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1' },
    law: { type: 'string' },
    check: { type: 'string' },
    seed: { type: 'string', default: '1' },
    path: { type: 'string' },
    /** What breaks is kept under this name in engine/test/regressions, to be lived again by every test run. */
    keep: { type: 'string' },
    /** A folder with another `src`: the laws ask that engine instead. */
    engine: { type: 'string' },
    /** Of each check under each seed. fast-check begins a seed with small worlds and lets them grow. */
    worlds: { type: 'string', default: '40' },
    /** Seconds in which a broken world may be made smaller. */
    shrink: { type: 'string', default: '30' },
  },
});

if (values.engine !== undefined) useEngine(path.resolve(values.engine));
const { laws } = await import('./laws.ts');
const { runCheck } = await import('./run.ts');

const chosen = laws.filter((law) => values.law === undefined || law.name === values.law);
if (chosen.length === 0) {
  say(`There is no law “${values.law}”. There are: ${laws.map((law) => law.name).join(', ')}.`);
  process.exit(2);
}

const first = whole('seed');
const seeds = values.path === undefined ? whole('seeds') : 1;
let broken = 0;
for (const law of chosen) {
  const began = performance.now();
  const asked = law.checks.filter((_, i) => values.check === undefined || i + 1 === whole('check'));
  const { worlds, words } = simulate(law, asked);
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  if (words !== null) {
    broken += 1;
    say(`${words}\n`);
  }
  say(`${law.name}: ${words === null ? 'holds' : 'is broken'} (${worlds} worlds, ${seconds} s)`);
}
process.exitCode = broken === 0 ? 0 : 1;

/** Every check under every seed, up to the first that breaks: the others may say the same in other words. */
function simulate(
  law: Law,
  checks: readonly Check[],
): { readonly worlds: number; readonly words: string | null } {
  let worlds = 0;
  for (let seed = first; seed < first + seeds; seed++) {
    for (const check of checks) {
      const outcome = runCheck(law, check, {
        seed,
        runs: whole('worlds'),
        shrinkMs: whole('shrink') * 1_000,
        ...(values.path === undefined ? {} : { path: values.path }),
      });
      if (outcome.kind === 'broken') {
        keep(law, check, outcome.world);
        return { worlds, words: outcome.words };
      }
      worlds += outcome.worlds;
    }
  }
  return { worlds, words: null };
}

function keep(law: Law, check: Check, world: unknown): void {
  if (values.keep === undefined || world === undefined) return;
  const file = new URL(`../test/regressions/${values.keep}.json`, import.meta.url);
  const kept = { law: law.name, check: check.says, world };
  writeFileSync(file, `${JSON.stringify(kept, null, 1)}\n`);
  say(`Kept as ${fileURLToPath(file)}. Say in its README what broke.`);
}

function whole(name: 'seeds' | 'seed' | 'check' | 'shrink' | 'worlds'): number {
  const n = Number(values[name]);
  if (Number.isSafeInteger(n) && n >= 0) return n;
  say(`--${name} is ${values[name]}, not a whole number.`);
  process.exit(2);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Whoever imports this engine's source gets that of the other folder; laws and oracle stay these. */
function useEngine(folder: string): void {
  const ours = new URL('../src/', import.meta.url).href;
  const theirs = pathToFileURL(path.join(folder, 'src') + path.sep).href;
  registerHooks({
    resolve: (specifier, context, next) => {
      const found = next(specifier, context);
      return found.url.startsWith(ours) ? { ...found, url: theirs + found.url.slice(ours.length) } : found;
    },
  });
}
