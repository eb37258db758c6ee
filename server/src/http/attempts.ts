// Counts failed attempts (a wrong password, a wrong set-up token) per name within a window, so that guessing is slow.
// Only failures count: whoever knows the password is never locked out by their own success. In memory, bounded.
import { ProblemError } from '../errors.ts';

export interface Attempts {
  /** Throws 429 when any of these names has failed too often. */
  readonly check: (names: readonly string[]) => void;
  readonly failed: (names: readonly string[]) => void;
  readonly succeeded: (names: readonly string[]) => void;
}

export class TooManyAttempts extends ProblemError {
  readonly retryAfterSeconds: number;
  constructor(retryAfterSeconds: number) {
    super({
      code: 'too_many_requests',
      message: 'Too many failed attempts.',
      hint: `Wait ${retryAfterSeconds} s and try again.`,
    });
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

const namesMax = 50_000;

export function countAttempts(options: {
  readonly max: number;
  readonly windowMs: number;
  readonly now: () => number;
}): Attempts {
  const failures = new Map<string, { count: number; until: number }>();
  const current = (name: string): { count: number; until: number } | undefined => {
    const entry = failures.get(name);
    if (entry === undefined || entry.until > options.now()) return entry;
    failures.delete(name);
    return undefined;
  };
  return {
    check(names) {
      for (const name of names) {
        const entry = current(name);
        if (entry === undefined || entry.count < options.max) continue;
        throw new TooManyAttempts(Math.max(1, Math.ceil((entry.until - options.now()) / 1000)));
      }
    },
    failed(names) {
      for (const name of names) {
        const entry = current(name) ?? { count: 0, until: options.now() + options.windowMs };
        // The oldest goes first; whoever fills the map only makes others forgotten, never locked out.
        if (failures.size >= namesMax) failures.delete(failures.keys().next().value ?? '');
        failures.set(name, { count: entry.count + 1, until: entry.until });
      }
    },
    succeeded(names) {
      for (const name of names) failures.delete(name);
    },
  };
}
