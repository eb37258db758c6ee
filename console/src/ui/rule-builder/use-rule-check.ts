// Asks the engine itself about the rule being edited: what is wrong where, and how it reads. No round trip.
import { parseRule, sentence, type Known, type Names } from '@rapport/engine';
import { useMemo } from 'react';
import type { FieldProblem } from '../../api/problem.ts';
import type { RuleJson } from '../../api/rules.ts';
import type { Vocabulary } from '../../api/vocabulary.ts';

export interface RuleCheck {
  readonly sentence: string | null;
  readonly problems: readonly FieldProblem[];
}

export function useRuleCheck(
  seen: Vocabulary | undefined,
): { readonly check: (rule: RuleJson) => RuleCheck } | null {
  return useMemo(() => {
    if (!seen) return null;
    const known = knownOf(seen);
    const names = namesOf(seen);
    return {
      check: (rule) => {
        const parsed = parseRule(rule, known);
        return parsed.ok
          ? { sentence: sentence(parsed.value, names), problems: [] }
          : { sentence: null, problems: parsed.problems };
      },
    };
  }, [seen]);
}

const keys = (things: readonly { readonly key: string }[]): ReadonlySet<string> =>
  new Set(things.map(({ key }) => key));
const named = (
  things: readonly { readonly key: string; readonly name: string }[],
): ReadonlyMap<string, string> => new Map(things.map(({ key, name }) => [key, name]));

function knownOf(seen: Vocabulary): Known {
  return {
    segments: keys(seen.segments),
    models: new Map(seen.models.map(({ key, stages }) => [key, keys(stages)])),
    programmes: new Map(seen.programmes.map(({ key, tiers }) => [key, keys(tiers)])),
    journeys: keys(seen.journeys),
    topics: keys(seen.topics),
  };
}

function namesOf(seen: Vocabulary): Names {
  return {
    segments: named(seen.segments),
    models: named(seen.models),
    stages: new Map(
      seen.models.flatMap((model) => model.stages.map(({ key, name }) => [`${model.key}/${key}`, name])),
    ),
    programmes: named(seen.programmes),
    tiers: new Map(
      seen.programmes.flatMap((programme) =>
        programme.tiers.map(({ key, name }) => [`${programme.key}/${key}`, name]),
      ),
    ),
    journeys: named(seen.journeys),
    topics: named(seen.topics),
  };
}
