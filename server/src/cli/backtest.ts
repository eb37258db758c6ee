// `rapport backtest KIND KEY`: what a rule, segment, model or journey would have done over stored history, in sentences or as
// JSON. The same as the API answers, run in this process; the result stays in the list of backtests. Contacts nobody.
import { readFile } from 'node:fs/promises';
import { Argument, InvalidArgumentError, type Command } from 'commander';
import { runBacktest } from '../backtest/run.ts';
import { ProblemError } from '../errors.ts';
import { askedSchema, readAsked, type Asked } from '../http/backtest-asked.ts';
import { viewBacktest } from '../http/backtest-view.ts';
import type { BacktestProgress } from '../postgres/backtest-stored.ts';
import { findBacktest, insertBacktest, type BacktestRow } from '../postgres/backtests.ts';
import { loadDefinition } from '../postgres/programs.ts';
import { backtestWords } from './backtest-words.ts';
import { print, withDatabase, type CommandContext } from './context.ts';
import { getWorkspace } from './workspace.ts';

const kinds = ['segment', 'journey', 'model', 'rule'] as const;
type Kind = (typeof kinds)[number];

type Flags = {
  readonly rule?: string;
  readonly graph?: string;
  readonly model?: string;
  readonly version?: number;
  readonly from?: string;
  readonly to?: string;
  readonly assumeConsent?: boolean;
  readonly holdOut?: boolean;
  readonly others: boolean;
  readonly sample?: number;
  readonly json?: boolean;
};

const shownMs = 300;

export function addBacktest(program: Command): void {
  program
    .command('backtest')
    .description(
      'what a segment, journey, model or rule would have done over stored history; contacts nobody',
    )
    .addArgument(new Argument('<kind>', 'what is tested').choices([...kinds]))
    .argument('[key]', 'its key; leave it out with a file')
    .option('--rule <file>', 'a rule that is not stored, as JSON')
    .option('--graph <file>', 'a journey that is not stored, as JSON')
    .option('--model <file>', 'a lifecycle model that is not stored, as JSON')
    .option('--version <n>', 'of the journey (default: the newest)', readNumber)
    .option('--from <day>', 'the beginning, e.g. 2025-06-01 (default: a year before the end)')
    .option(
      '--to <day>',
      'the end, not included (default: now, or the day up to which most people are known)',
    )
    .option('--assume-consent', 'take everyone to have agreed before their first event')
    .option('--hold-out', 'keep the journey’s own control group')
    .option('--no-others', 'leave other journeys that are on aside')
    .option('--sample <n>', 'people whose story is told, 0 to 100', readNumber)
    .option('--json', 'print what the API answers')
    .action((kind: Kind, key: string | undefined, flags: Flags) =>
      withDatabase((context) => backtest(context, { kind, key, flags })),
    );
}

interface Call {
  readonly kind: Kind;
  readonly key: string | undefined;
  readonly flags: Flags;
}

async function backtest(context: CommandContext, call: Call): Promise<void> {
  const { pool, url, now, log } = context;
  const { id: workspaceId } = await getWorkspace(context);
  const definition = await loadDefinition(pool, workspaceId);
  const asked = await readAsked({ db: pool, definition, now: now() }, await readCall(call));
  const id = context.newId();
  await insertBacktest(pool, { id, workspaceId, asked, by: null, at: now(), state: 'running' });
  const row = await getRow(context, workspaceId, id);
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    await runBacktest({ pool, url, now, log }, row, {
      signal: stopping.signal,
      onProgress: createProgress(now),
    });
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  }
  const ended = await viewBacktest(pool, definition, await getRow(context, workspaceId, id));
  if (call.flags.json === true) print(JSON.stringify(ended, null, 2));
  if (ended.result === null) throw notDone(ended.state, ended.problem);
  if (call.flags.json !== true) for (const line of backtestWords(ended, ended.result)) print(line);
}

/** What the API would have been sent. */
async function readCall({ kind, key, flags }: Call): Promise<Asked> {
  const span = {
    ...(flags.from === undefined ? {} : { from: flags.from }),
    ...(flags.to === undefined ? {} : { to: flags.to }),
    ...(flags.sample === undefined ? {} : { sample: flags.sample }),
  };
  const parsed = askedSchema.safeParse({
    of: await readOf({ kind, key, flags }),
    ...span,
    assume_consent: flags.assumeConsent ?? false,
    hold_out: flags.holdOut ?? false,
    others: flags.others,
  });
  if (parsed.success) return parsed.data;
  throw new ProblemError(
    {
      code: 'command_failed',
      message: 'The backtest cannot be asked like this.',
      hint: 'See rapport backtest --help.',
    },
    {
      problems: parsed.error.issues.map((issue) => ({
        code: 'invalid_body',
        path: issue.path.join('/'),
        message: issue.message,
        hint: 'See rapport backtest --help.',
      })),
    },
  );
}

async function readOf({ kind, key, flags }: Call): Promise<unknown> {
  const given = key === undefined ? {} : { key };
  switch (kind) {
    case 'segment':
      if (key === undefined) throw usage('Which segment?', 'Name its key: rapport backtest segment quiet.');
      return { kind, key };
    case 'rule':
      if (flags.rule === undefined)
        throw usage('Which rule?', 'Give it as a file: rapport backtest rule --rule rule.json.');
      return { kind, rule: await readJson(flags.rule) };
    case 'model':
      return { kind, ...given, ...(flags.model === undefined ? {} : { model: await readJson(flags.model) }) };
    case 'journey':
      return {
        kind,
        ...given,
        ...(flags.version === undefined ? {} : { version: flags.version }),
        ...(flags.graph === undefined ? {} : { graph: await readJson(flags.graph) }),
      };
  }
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw usage(
      `${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
      'Check its name.',
    );
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw usage(
      `${file} is no JSON: ${cause instanceof Error ? cause.message : String(cause)}.`,
      'Correct it.',
    );
  }
}

/** One line that rewrites itself on a terminal; nothing in a log file. */
function createProgress(now: () => number): (progress: BacktestProgress) => void {
  let shownAt = 0;
  return ({ phase, share, people, events }) => {
    if (!process.stderr.isTTY || now() - shownAt < shownMs) return;
    shownAt = now();
    if (phase === 'learning') {
      process.stderr.write('\r\u001b[Klearning what was known at each month');
      return;
    }
    process.stderr.write(`\r\u001b[K${Math.round(share * 100)} %: ${people} people, ${events} events`);
  };
}

async function getRow(context: CommandContext, workspaceId: string, id: string): Promise<BacktestRow> {
  const row = await findBacktest(context.pool, workspaceId, id);
  if (row === undefined) throw new Error(`The backtest ${id} was just made and is gone.`);
  return row;
}

function notDone(
  state: string,
  problem: { readonly message: string; readonly hint: string } | null,
): ProblemError {
  return new ProblemError({
    code: 'command_failed',
    message: problem === null ? `The backtest was ${state}.` : problem.message,
    hint: problem === null ? 'Run the same command again: it changes nothing.' : problem.hint,
  });
}

function usage(message: string, hint: string): ProblemError {
  return new ProblemError({ code: 'command_failed', message, hint });
}

function readNumber(text: string): number {
  const n = Number(text);
  if (!Number.isInteger(n)) throw new InvalidArgumentError('Give a whole number.');
  return n;
}
