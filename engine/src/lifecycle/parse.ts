// Lifecycle model JSON from outside: all problems at once, each with its place and a way out.
import type { LifecycleDefinition, StageDefinition } from '../definition.ts';
import { isRecord, Reader } from '../lib/reader.ts';
import { parseRule } from '../rules/parse.ts';
import type { Known } from '../rules/parse.ts';
import type { Parsed } from '../rules/rule.ts';

export const STAGES_MAX = 12;

export function parseLifecycle(json: unknown, known: Known, path = ''): Parsed<LifecycleDefinition> {
  const reader = new Reader();
  if (!isRecord(json)) {
    reader.problem(
      'wrong_type',
      path,
      'A lifecycle model is an object.',
      'Send {"key", "name", "stages": […]}.',
    );
    return { ok: false, problems: reader.problems };
  }
  reader.noOtherKeys(json, ['key', 'name', 'stages', 'tested_first'], path);
  const key = reader.ownKey(json, path);
  const name = reader.text(json, 'name', path, 80);
  const list = json['stages'];
  const stages: StageDefinition[] = [];
  if (!Array.isArray(list) || list.length < 2 || list.length > STAGES_MAX) {
    reader.problem(
      'wrong_type',
      `${path}/stages`,
      'A model has 2 to 12 stages.',
      'List them in the order of the relationship; the lowest is tested first.',
    );
  } else {
    list.forEach((item: unknown, i) => {
      const stage = readStage(reader, item, known, `${path}/stages/${i}`);
      if (stage === null) return;
      if (stages.some((s) => s.key === stage.key)) {
        reader.problem(
          'duplicate',
          `${path}/stages/${i}/key`,
          `Two stages are called "${stage.key}".`,
          'Give each its own key.',
        );
      }
      stages.push(stage);
    });
  }
  const first = json['tested_first'];
  const testedFirst =
    first === undefined
      ? undefined
      : reader.known(json, 'tested_first', path, new Set(stages.map((s) => s.key)), 'stage');
  if (reader.problems.length > 0 || key === null || name === null)
    return { ok: false, problems: reader.problems };
  return {
    ok: true,
    value: { key, name, stages, ...(typeof testedFirst === 'string' ? { tested_first: testedFirst } : {}) },
  };
}

function readStage(reader: Reader, json: unknown, known: Known, path: string): StageDefinition | null {
  if (!isRecord(json)) {
    reader.problem('wrong_type', path, 'A stage is an object.', 'Send {"key", "name", "rule", "look"}.');
    return null;
  }
  reader.noOtherKeys(json, ['key', 'name', 'rule', 'look', 'action'], path);
  const key = reader.ownKey(json, path);
  const name = reader.text(json, 'name', path, 80);
  const rule = reader.take(parseRule(json['rule'], known, `${path}/rule`));
  const look =
    json['look'] === undefined
      ? 'growing'
      : reader.oneOf(json, 'look', path, ['growing', 'decline', 'ended']);
  const action =
    json['action'] === undefined ? undefined : (reader.text(json, 'action', path, 400) ?? undefined);
  if (key === null || name === null || rule === undefined || look === null) return null;
  return { key, name, rule, look, ...(action === undefined ? {} : { action }) };
}
