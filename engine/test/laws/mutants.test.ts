// The test of the tests: the engine with one mistake in it, copied aside, must break the law that is there to notice it.
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const engine = fileURLToPath(new URL('../..', import.meta.url));

interface Mistake {
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly from: string;
  readonly to: string;
  readonly law: string;
}

const MISTAKES: readonly Mistake[] = [
  {
    name: 'nobody foresees that this period becomes the previous one',
    file: 'rules/periods.ts',
    from: '{ from: start, to: next, begins: next },',
    to: '{ from: next, to: afterNext, begins: next },',
    law: 'oracle',
  },
  {
    name: 'a window holds an instant too long',
    file: 'rules/window.ts',
    from: 'return view.now < at + view.ms;',
    to: 'return view.now <= at + view.ms;',
    law: 'oracle',
  },
  {
    name: 'the appointment is forgotten after it was kept',
    file: 'step.ts',
    from: 'this.wake = all ? until : earliest(this.wake, until);',
    to: 'this.wake = all && at === this.wake ? null : earliest(this.wake, until);',
    law: 'wakes',
  },
  {
    name: 'a late event is dropped',
    file: 'memory/remember.ts',
    from: 'const changed = new Map<string, Slot | undefined>();\n  for (const planned of slotsFor(plan, event.name)) {',
    to: 'if (memory.last_at !== null && event.at < memory.last_at) return memory;\n  const changed = new Map<string, Slot | undefined>();\n  for (const planned of slotsFor(plan, event.name)) {',
    law: 'arrival',
  },
  {
    name: 'a true `any` holds only until its first true rule turns',
    file: 'rules/compile.ts',
    from: 'if (answer.until > trueUntil) trueUntil = answer.until;',
    to: 'if (trueUntil < 0 || answer.until < trueUntil) trueUntil = answer.until;',
    law: 'oracle',
  },
  {
    name: 'what was spent and then refunded is not owed',
    file: 'loyalty/earn.ts',
    from: "from('debt', known.spent - known.debt);",
    to: '',
    law: 'ledger',
  },
  {
    name: 'a changed rule keeps its answer',
    file: 'changed.ts',
    from: 'known.get(name) === rules ? [] : [place]',
    to: 'known.has(name) ? [] : [place]',
    law: 'touched',
  },
  {
    name: 'a changed program forgets what silence has changed since the last look',
    file: 'step.ts',
    from: '&& !this.isDue(at))',
    to: ')',
    law: 'touched',
  },
  {
    name: 'a refund does not take the order back',
    file: 'memory/orders.ts',
    from: 'if (more?.returned === true) return false;',
    to: '',
    law: 'oracle',
  },
  {
    name: 'the day before midnight is counted a day longer',
    file: 'memory/cells.ts',
    from: 'return cells.filter((cell) => cell[0] >= oldest);',
    to: 'return cells.filter((cell) => cell[0] >= oldest - 1);',
    law: 'oracle',
  },
  {
    name: 'a sequence forgets an end that came before its beginning was told',
    file: 'memory/sequences.ts',
    from: 'const next = placed(slot, [part.at, part.id, part.key, firstEnd(slot, part.at, part.key)], perKey);',
    to: 'const next = placed(slot, [part.at, part.id, part.key, null], perKey);',
    law: 'arrival',
  },
  {
    name: 'a rule is not asked when a trait that it reads changes',
    file: 'rules/leaves/facts.ts',
    from: 'reads: traitReads(rule.path),',
    to: 'reads: [],',
    law: 'touched',
  },
  {
    name: 'what a moment decided counts from when it was noticed',
    file: 'standing.ts',
    from: 'node: d.to, node_at: d.due_at,',
    to: 'node: d.to, node_at: d.decided_at,',
    law: 'wakes',
  },
  {
    name: 'the control group is drawn by chance',
    file: 'journeys/start.ts',
    from: "return share('hold-out', draft.program.definition.workspace, journey, draft.id) < holdOut",
    to: 'return Math.random() < holdOut',
    law: 'determinism',
  },
  {
    name: 'of two histories the newest times of one are lost',
    file: 'memory/slots.ts',
    from: 'const at = [...a.at, ...b.at].sort((x, y) => y - x);',
    to: 'const at = [...a.at];',
    law: 'merge',
  },
  {
    name: 'the newest times are kept without end',
    file: 'memory/slots.ts',
    from: 'return next.length > size ? next.slice(0, size) : next;',
    to: 'return next;',
    law: 'bounded',
  },
  {
    name: 'a refold forgets the last fact',
    file: 'refold.ts',
    from: 'refoldMemory(program.plan, events, Math.max(now, person.advanced_to))',
    to: 'refoldMemory(program.plan, events.slice(0, -1), Math.max(now, person.advanced_to))',
    law: 'rebuild',
  },
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'mutants-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the laws notice', () => {
  test.concurrent.each(MISTAKES)('that $name', { timeout: 120_000 }, async (mistake) => {
    const { code, words } = await simulate(copyWith(mistake), [
      '--law',
      mistake.law,
      '--seeds',
      '8',
      '--worlds',
      '25',
    ]);
    expect(words).toContain(`Law “${mistake.law}” is broken`);
    expect(words).toMatch(/Again: npm run sim -- --law \w+ --check \d --seed \d+ --path [\d:]+/);
    expect(code).toBe(1);
  });

  test.concurrent('nothing in the engine as it is', { timeout: 120_000 }, async () => {
    const whole = path.join(folder, 'whole');
    cpSync(path.join(engine, 'src'), path.join(whole, 'src'), { recursive: true });
    const { code, words } = await simulate(whole, ['--seeds', '1', '--worlds', '8']);
    expect(code, words).toBe(0);
  });
});

function copyWith({ name, file, from, to }: Mistake): string {
  const copy = path.join(folder, name.replaceAll(/\W+/g, '-'));
  cpSync(path.join(engine, 'src'), path.join(copy, 'src'), { recursive: true });
  const mutated = path.join(copy, 'src', file);
  const text = readFileSync(mutated, 'utf8');
  expect(text.split(from).length - 1, `${file} has this text once: ${from}`).toBe(1);
  writeFileSync(
    mutated,
    text.replace(from, () => to),
  );
  return copy;
}

function simulate(
  engineFolder: string,
  args: readonly string[],
): Promise<{ readonly code: number; readonly words: string }> {
  // Without a package.json above it, Node would have to guess what kind of modules these are.
  writeFileSync(path.join(engineFolder, 'package.json'), '{"type":"module"}\n');
  const main = path.join(engine, 'sim/main.ts');
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [main, ...args, '--shrink', '2', '--engine', engineFolder],
      { maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) =>
        resolve({
          code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1,
          words: stdout + stderr,
        }),
    );
  });
}
