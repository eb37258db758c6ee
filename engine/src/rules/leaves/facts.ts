// Leaves about what the person is: traits, identities, a stable random share. Time alone never changes them.
import { share } from '../../lib/id.ts';
import { pathReader } from '../../lib/json.ts';
import type { Scope } from '../../memory/plan.ts';
import type { Memory } from '../../person.ts';
import { compileComparison } from '../compare.ts';
import type { Leaf } from '../evaluate.ts';
import { lasting } from '../evaluate.ts';
import type { Json, Rule } from '../rule.ts';
import { dateWords, listWords, valueWords } from '../words.ts';

export function compileTrait(rule: Extract<Rule, { kind: 'trait' }>, scope: Scope): Leaf {
  const test = compileComparison(rule.op, rule.value, scope.zone);
  const read = traitReader(rule.path);
  const key = rule.path.split('.')[0]!;
  return {
    needs: [],
    // The trait of this very name, or the path inside the trait of its first part.
    reads: [`trait:${rule.path}`, `trait:${key}`],
    ask: ({ memory }) => lasting(test(read(memory))),
    evidence: ({ memory }) => {
      const value = valueWords(read(memory));
      const name = [rule.path, key].find((each) => Object.hasOwn(memory.traits, each));
      const said = name === undefined ? undefined : memory.traits[name];
      return said === undefined ? value : `${value}, ${said.p} on ${dateWords(scope.zone, said.at)}`;
    },
  };
}

export function compileIdentity(rule: Extract<Rule, { kind: 'identity' }>): Leaf {
  return {
    needs: [],
    reads: ['identities'],
    ask: ({ memory }) => lasting(rule.has.some((kind) => Object.hasOwn(memory.identities, kind))),
    evidence: ({ memory }) => {
      const kinds = rule.has.filter((kind) => Object.hasOwn(memory.identities, kind));
      return kinds.length === 0 ? 'none' : listWords(kinds, 'and');
    },
  };
}

export function compileShare(rule: Extract<Rule, { kind: 'share' }>): Leaf {
  return {
    needs: [],
    reads: [],
    ask: ({ personId }) => lasting(share(personId, rule.salt) < rule.of),
    evidence: ({ personId }) => `drawn at ${(share(personId, rule.salt) * 100).toFixed(1)} %`,
  };
}

/** The trait of this very name, else the trait of the first segment and the rest of the path inside its value. */
function traitReader(path: string): (memory: Memory) => Json | undefined {
  const dot = path.indexOf('.');
  const head = dot < 0 ? path : path.slice(0, dot);
  const inside = dot < 0 ? null : pathReader(path.slice(dot + 1));
  return ({ traits }) => {
    if (Object.hasOwn(traits, path)) return traits[path]!.v;
    return inside !== null && Object.hasOwn(traits, head) ? inside(traits[head]!.v) : undefined;
  };
}
