// Leaves about what the person is: traits, identities, a stable random share. Time alone changes only how long ago
// a trait was said.
import { share } from '../../lib/id.ts';
import { pathReader } from '../../lib/json.ts';
import type { Scope } from '../../memory/plan.ts';
import type { Memory, TraitValue } from '../../person.ts';
import { compileComparison } from '../compare.ts';
import type { Leaf } from '../evaluate.ts';
import { lasting, NO, YES } from '../evaluate.ts';
import type { Read } from '../reads.ts';
import type { Json, Rule } from '../rule.ts';
import { durationOf } from '../window.ts';
import { dateWords, listWords, valueWords } from '../words.ts';

export function compileTrait(rule: Extract<Rule, { kind: 'trait' }>, scope: Scope): Leaf {
  const test = compileComparison(rule.op, rule.value, scope.zone);
  const read = traitReader(rule.path);
  const key = rule.path.split('.')[0]!;
  const said = (memory: Memory): TraitValue | undefined => {
    const name = [rule.path, key].find((each) => Object.hasOwn(memory.traits, each));
    return name === undefined ? undefined : memory.traits[name];
  };
  const { said_by: saidBy, said_within: saidWithin } = rule;
  const withinMs = saidWithin === undefined ? null : durationOf(saidWithin);
  const isAskedWho = saidBy !== undefined || withinMs !== null;
  return {
    needs: [],
    reads: traitReads(rule.path),
    ask: ({ memory, now }) => {
      if (!test(read(memory))) return NO;
      if (!isAskedWho) return YES;
      const standing = said(memory);
      if (standing === undefined || saidBy?.includes(standing.p) === false) return NO;
      if (withinMs === null) return YES;
      const until = standing.at + withinMs;
      return now < until ? { holds: true, until } : NO;
    },
    evidence: ({ memory }) => {
      const value = valueWords(read(memory));
      const standing = said(memory);
      return standing === undefined
        ? value
        : `${value}, ${standing.p} on ${dateWords(scope.zone, standing.at)}`;
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

/** The trait of this very name, or the path inside the trait of its first part. */
export function traitReads(path: string): readonly Read[] {
  return [`trait:${path}`, `trait:${path.split('.')[0]!}`];
}

export function traitReader(path: string): (memory: Memory) => Json | undefined {
  const read = readTraits(path);
  return ({ traits }) => read(traits);
}

/** The trait of this very name, else the trait of the first segment and the rest of the path inside its value. */
export function readTraits(path: string): (traits: Memory['traits']) => Json | undefined {
  const dot = path.indexOf('.');
  const head = dot < 0 ? path : path.slice(0, dot);
  const inside = dot < 0 ? null : pathReader(path.slice(dot + 1));
  return (traits) => {
    if (Object.hasOwn(traits, path)) return traits[path]!.v;
    return inside !== null && Object.hasOwn(traits, head) ? inside(traits[head]!.v) : undefined;
  };
}
