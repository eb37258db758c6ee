// Runs a law of engine/sim as tests: half a minute for each law in CI, ten seconds elsewhere, RAPPORT_LAW_SECONDS otherwise.
// Every run draws other worlds; what breaks is told with its seed and the command that lives it again.
import { describe, expect, test } from 'vitest';
import { laws } from '../../sim/laws.ts';
import { runCheck } from '../../sim/run.ts';

const SECONDS = Number(process.env['RAPPORT_LAW_SECONDS'] ?? (process.env['CI'] === 'true' ? 30 : 10));
/** Drawing, and making a broken world small, come on top. */
const GRACE_MS = 90_000;

export function prove(name: string): void {
  const law = laws.find((each) => each.name === name);
  if (law === undefined) throw new Error(`There is no law “${name}”.`);
  const parts = law.checks.reduce((sum, check) => sum + check.share, 0);
  const seed = Math.floor(Math.random() * 2 ** 31);

  describe(`the law “${name}” holds in random worlds`, () => {
    for (const check of law.checks) {
      const ms = (SECONDS * 1_000 * check.share) / parts;
      test(
        `${check.says}`,
        () => {
          const outcome = runCheck(law, check, { seed, ms });
          if (outcome.kind === 'broken') expect.fail(outcome.words);
          expect(outcome.worlds).toBeGreaterThan(0);
        },
        ms + GRACE_MS,
      );
    }
  });
}
