// Rules as they are stored, shown: one that cannot be read (of an older version, or edited by hand) says so, with what is wrong, and
// takes nothing else with it.
import { parseRule, sentence } from '@rapport/engine';
import type { Names, Problem, Rule } from '@rapport/engine';
import type { KnownThings } from './known.ts';

const unreadable = 'cannot be read as a rule';

/** Its words, or that there are none. */
export function readably(words: () => string): string {
  try {
    // What is stored may be anything: words that are none come out as undefined.
    const said: unknown = words();
    return typeof said === 'string' ? said : unreadable;
  } catch {
    return unreadable;
  }
}

export const storedSentence = (rule: Rule, names: Names): string => readably(() => sentence(rule, names));

/** What keeps a stored rule from being asked; none: it is asked as it stands. */
export function storedProblems(rule: unknown, things: KnownThings, path = '/rule'): Problem[] {
  const parsed = parseRule(rule, things.known, path);
  return parsed.ok ? [] : [...parsed.problems];
}
