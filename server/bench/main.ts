// `npm run bench`: measures what the design promises in this very run, prints a table and writes one JSON object. A missed
// budget is shown as missed and is no failure of the run; a measurement that failed is (exit code 1).
import { loadavg } from 'node:os';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { absence } from './absence.ts';
import { backfill } from './backfill.ts';
import { backtest } from './backtest.ts';
import { consolePages } from './console.ts';
import { engine } from './engine.ts';
import { ingest } from './ingest.ts';
import { latency } from './latency.ts';
import { peopleSearch } from './people-search.ts';
import { predict } from './predict.ts';
import { send } from './send.ts';
import { start } from './start.ts';
import {
  figureNames,
  isFigureName,
  toFigure,
  type Figure,
  type FigureName,
  type Measure,
} from './support/figure.ts';
import { printTable, toJson } from './support/report.ts';
import { measureJitterMs } from './support/statistics.ts';
import { tag } from './tag.ts';
import { waiting } from './waiting.ts';

const measures: readonly Measure[] = [
  start,
  engine,
  predict,
  ingest,
  latency,
  send,
  waiting,
  backfill,
  backtest,
  absence,
  consolePages,
  peopleSearch,
  tag,
];

const usage = `npm run bench -- [--json FILE] [--only name,name] [--quick]

  --json FILE   write { "name": { "value", "unit", "budget", "ok" } } there
  --only names  measure only what gives these figures
  --quick       smaller numbers: a look, not a measurement

figures: ${figureNames.join(', ')}`;

interface Options {
  readonly json: string | undefined;
  readonly only: ReadonlySet<FigureName> | undefined;
  readonly quick: boolean;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
process.exitCode = await main();

async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === 'string') {
    process.stdout.write(`${options}\n`);
    return options === usage ? 0 : 2;
  }
  await describeMachine(options);
  const figures = new Map<FigureName, Figure>();
  let failed = false;
  for (const measure of measures) {
    const wanted = measure.names.filter((name) => options.only?.has(name) ?? true);
    if (wanted.length === 0) continue;
    const values = await runMeasure(measure, options.quick);
    for (const name of wanted) {
      const value = values?.[name];
      const figure = toFigure(name, value === undefined || !Number.isFinite(value) ? null : value);
      failed ||= figure.value === null;
      figures.set(name, figure);
    }
  }
  process.stdout.write(`\n${printTable(figures)}\n`);
  if (options.quick) process.stdout.write('--quick: smaller numbers were used; these are no measurements.\n');
  if (options.json !== undefined) await writeFile(options.json, toJson(figures));
  return failed ? 1 : 0;
}

function readOptions(): Options | string {
  try {
    const { values } = parseArgs({
      options: {
        json: { type: 'string' },
        only: { type: 'string' },
        quick: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return usage;
    const names = values.only?.split(',').map((name) => name.trim());
    const unknown = names?.filter((name) => !isFigureName(name)) ?? [];
    if (unknown.length > 0) return `There is no figure “${unknown.join('”, “')}”.\n\n${usage}`;
    return { json: values.json, only: names && new Set(names.filter(isFigureName)), quick: values.quick };
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n\n${usage}`;
  }
}

async function describeMachine(options: Options): Promise<void> {
  const { availableParallelism, totalmem, cpus } = await import('node:os');
  const jitterMs = await measureJitterMs(options.quick ? 1_000 : 3_000);
  const load = loadavg()[0] ?? 0;
  process.stdout.write(
    `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}\n` +
      `timers of the idle machine fire ${jitterMs.toFixed(1)} ms late (p99): the floor under every latency below\n`,
  );
  if (load > 0.5)
    process.stdout.write(
      `the machine is not idle (load ${load.toFixed(1)}): figures will be worse than they are\n`,
    );
}

/** undefined: it failed, and said why. */
async function runMeasure(
  measure: Measure,
  quick: boolean,
): Promise<Partial<Record<FigureName, number>> | undefined> {
  process.stdout.write(`\n${measure.title}\n`);
  try {
    return await measure.run({ quick, note: (line) => process.stdout.write(`  ${line}\n`) });
  } catch (error) {
    process.stdout.write(
      `  failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return undefined;
  }
}
